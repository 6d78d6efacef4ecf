//! What recipients do with an announcement, and who has not.

use super::{
    super::{Action, Known, Need, Screen, Talk, act_on, classes, content_link, menu, router::Step, staff},
    found, seen, view,
};
use crate::{
    domain::{CampaignId, letter::LetterButton},
    store::Op,
};

/// People a screen names.
const NAMED: usize = 20;

/// A button below an announcement was pressed. It counts for recipients alone, whoever presses.
pub(in super::super) fn press(talk: &mut Talk<'_>, id: CampaignId, n: usize) -> Step {
    let letter = found(talk, id)?;
    let Some(button) = letter.and_then(|letter| letter.buttons.get(n)) else {
        talk.toast(talk.t("stale-button"));
        if !talk.is_press() {
            menu::open(talk);
        }
        return Ok(());
    };
    let (person, now) = (talk.person.id, talk.now());
    let Known::Received(received) = talk.known(Need::Received(id, person))? else { return Ok(()) };
    if !received {
        // Its author looks at it, or somebody forged the button.
        talk.toast(talk.t("letter-not-yours"));
        if !talk.is_press() {
            menu::open(talk);
        }
        return Ok(());
    }
    match button {
        LetterButton::Ack => {
            talk.op(Op::Press(id, person, true, now));
            talk.toast(talk.t("letter-acked"));
            if !talk.is_press() {
                talk.say(Screen::text(talk.t("letter-acked")).row([menu::home(talk)]));
            }
            Ok(())
        }
        LetterButton::Open { name, .. } => {
            talk.op(Op::Press(id, person, false, now));
            // The announcement stays as it is.
            talk.press(None);
            if let Some(action) = content_link(talk.content(), name) {
                return act_on(talk, action);
            }
            let text = talk.t("link-gone");
            menu::draw(talk, text);
            Ok(())
        }
        LetterButton::Join { class, .. } => {
            talk.op(Op::Press(id, person, false, now));
            talk.press(None);
            classes::join(talk, *class)
        }
        LetterButton::Link { .. } => Ok(()),
    }
}

/// Who got it and has not pressed «Ознакомлен», a page of them.
pub(in super::super) fn unacked(talk: &mut Talk<'_>, id: CampaignId, page: usize) -> Step {
    if !seen(talk, id)? {
        return Ok(());
    }
    let Some(letter) = found(talk, id)? else {
        talk.toast(talk.t("stale-button"));
        return staff::cabinet(talk);
    };
    let title = view::title(letter);
    let Known::Unacked(people, all) =
        talk.known(Need::Unacked(id, talk.person.id, page.saturating_mul(NAMED), NAMED))?
    else {
        return Ok(());
    };
    let all = *all;
    let args = [("title", title.into()), ("n", all.into())];
    let mut text = talk.f(if all == 0 { "unacked-none" } else { "unacked-title" }, &args);
    for (person, reader) in people {
        let page = reader.page.clone().unwrap_or_else(|| talk.t("unacked-no-page"));
        let place = reader.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
        text = format!("{text}\n— {page}{place}: vk.ru/id{person}");
    }
    let pager = menu::pager(talk, page, all.div_ceil(NAMED), |p| Action::Unacked { id, p });
    let mut screen = Screen::text(text).row(pager);
    if all > 0 {
        let mut row = vec![talk.choice("campaign-file", Action::ReportFile { id })];
        if talk.scene().role.may_announce() {
            row.push(talk.choice("campaign-again-ack", Action::AgainUnacked { id }));
        }
        screen = screen.row(row);
    }
    talk.show(screen.row([talk.choice("back", Action::Campaign { id }), menu::home(talk)]));
    Ok(())
}
