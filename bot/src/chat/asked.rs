//! What becomes of a question after the bot's answer: «Помогло», «Не помогло», «Спросить куратора».

use super::{Action, Known, Need, Screen, Talk, ask, ask::Origin, handoff, menu, router::Step};
use crate::{
    core::hash,
    domain::{Asked, AskedKey, Asking, Fate, How, mask::masked, text::folded},
    store::Op,
};

/// Numbers from 0 to 2⁵³ survive a payload.
const ID: u64 = (1 << 53) - 1;

/// Remembers what she asks now; its mark, for the buttons of the answer.
pub(super) fn begin(talk: &mut Talk<'_>, typed: &str) -> u32 {
    let text: String = masked(typed).chars().take(Asked::TEXT).collect();
    let mark = hash(folded(&text).as_bytes()) as u32;
    let n = match &talk.person.asking {
        Some(same) if same.mark == mark => return mark,
        Some(before) => (before.n + 1) % AskedKey::MOST,
        None => 0,
    };
    talk.person.asking = Some(Asking { n, mark, text, id: 0 });
    mark
}

/// Keeps the present question for staff; once, however often it is repeated.
pub(super) fn keep(talk: &mut Talk<'_>, how: How) {
    let id = talk.scene().nonce & ID;
    let Some(asking) = talk.person.asking.as_mut().filter(|a| a.id == 0) else { return };
    asking.id = id.max(1);
    let asking = asking.clone();
    let asked = fresh(talk, &asking, how);
    talk.op(Op::PutAsked(asked.into()));
}

fn fresh(talk: &Talk<'_>, asking: &Asking, how: How) -> Asked {
    Asked {
        key: AskedKey { person: talk.person.id, n: asking.n },
        id: asking.id,
        at: talk.now(),
        text: asking.text.clone(),
        how,
        guide: None,
        waits: false,
        fate: Fate::Open,
    }
}

/// Her question with this mark as it is kept; a new one if it is not yet. `None` if she has asked another since.
fn kept(talk: &mut Talk<'_>, mark: u32) -> Result<Option<Asked>, Need> {
    let Some(asking) = talk.person.asking.clone().filter(|a| a.mark == mark) else { return Ok(None) };
    let Known::Questions(all) = talk.known(Need::QuestionsOf(talk.person.id))? else { return Ok(None) };
    if let Some(asked) = all.iter().find(|a| a.id == asking.id) {
        return Ok(Some(asked.clone()));
    }
    let id = (talk.scene().nonce & ID).max(1);
    let asking = Asking { id, ..asking };
    talk.person.asking = Some(asking.clone());
    Ok(Some(fresh(talk, &asking, How::Unknown)))
}

/// A question she asked before the present one: its words are not known any more. It takes the next place, and the
/// present one, if it is not kept yet, the one after.
fn earlier(talk: &mut Talk<'_>) -> Asked {
    let id = (talk.scene().nonce & ID).max(1);
    let present = talk.person.asking.take();
    let n = present.as_ref().map_or(0, |a| (a.n + 1) % AskedKey::MOST);
    let asking = Asking { n, mark: 0, text: String::new(), id };
    let asked = fresh(talk, &asking, How::Unknown);
    let next = (n + 1) % AskedKey::MOST;
    talk.person.asking = Some(present.map_or(asking, |present| Asking { n: next, ..present }));
    asked
}

/// Her word on an answer.
pub(super) fn helped(talk: &mut Talk<'_>, slug: &str, yes: bool, mark: u32) -> Step {
    let Some(guide) = talk.content().guide(slug) else {
        talk.toast(talk.t("stale-button"));
        menu::open(talk);
        return Ok(());
    };
    let slug = guide.slug.clone();
    let asked = match kept(talk, mark)? {
        Some(asked) => asked,
        None => earlier(talk),
    };
    let how = if yes { How::Helped } else { How::Unhelpful };
    talk.op(Op::PutAsked(Asked { how, guide: Some(slug.clone()), ..asked }.into()));
    talk.toast(talk.t(if yes { "helped-thanks" } else { "unhelpful-thanks" }));
    // The same answer without the two buttons: asked once is enough.
    ask::guide(talk, &slug, 0, &Origin::default());
    if !yes {
        let text = talk.t("unhelpful");
        let screen = offer(talk, Screen::text(text), mark)
            .row([talk.choice("ask-again", Action::Ask), menu::home(talk)]);
        talk.say(screen);
    }
    Ok(())
}

/// With a button to ask a person, where there is one to answer.
pub(super) fn offer(talk: &Talk<'_>, screen: Screen, mark: u32) -> Screen {
    if talk.scene().staffed {
        screen.row([talk.choice("ask-curator", Action::AskCurator { q: mark }).main()])
    } else {
        screen
    }
}

/// Shows what a curator would see of her question, and asks whether to hand it over.
pub(super) fn ask_curator(talk: &mut Talk<'_>, mark: u32) {
    let asking = talk.person.asking.clone().filter(|a| a.mark == mark && !a.text.is_empty());
    let Some(asking) = asking.filter(|_| talk.scene().staffed) else {
        return ask::open(talk);
    };
    let text = talk.f("curator-confirm", &[("question", asking.text.into())]);
    let screen = Screen::text(text)
        .row([talk.choice("curator-send", Action::AskCuratorYes { q: mark }).good()])
        .row([talk.choice("curator-other", Action::Ask), menu::home(talk)]);
    talk.say(screen);
}

/// Hands her question over.
pub(super) fn ask_curator_yes(talk: &mut Talk<'_>, mark: u32) -> Step {
    let known = kept(talk, mark)?.filter(|a| !a.text.is_empty() && talk.scene().staffed);
    let Some(asked) = known else {
        ask::open(talk);
        return Ok(());
    };
    if !asked.waits {
        handoff::begin(talk, &asked)?;
        talk.op(Op::PutAsked(Asked { waits: true, ..asked }.into()));
        return Ok(());
    }
    let text = talk.t("curator-waits");
    talk.show(Screen::text(text).row([talk.choice("ask-again", Action::Ask), menu::home(talk)]));
    Ok(())
}
