//! A second person's word on an announcement to many, and announcements that come again and again.

use vkapi::types::UserId;

use super::{
    super::{Action, Choice, Known, Need, Screen, Talk, Tell, menu, router::Step, short, staff, told},
    Do, begin, found, put_as, reach, ruled, view, when,
};
use crate::domain::{
    CampaignId, Form, Rights, Role,
    letter::{Ask, Letter, Stage},
    text,
};

/// The most characters of a word on why not.
const WORD: usize = 300;
/// How much an audience may have grown since it was shown to who agrees, in percent.
const GROWN: usize = 5;

/// Who else may agree, if somebody has to: none, and nobody can be asked.
pub(super) fn needed(talk: &Talk<'_>, id: CampaignId, people: usize) -> Result<Option<Vec<UserId>>, Need> {
    let Known::Approval(above) = talk.known(Need::Approval)? else { return Ok(None) };
    if above.is_none_or(|above| people <= above) {
        return Ok(None);
    }
    let Known::Staff(grants) = talk.known(Need::Staff)? else { return Ok(None) };
    let me = talk.person.id;
    let may = grants.iter().filter(|grant| grant.role >= Role::Trainer && grant.who != me);
    let mut others: Vec<UserId> = may.map(|grant| grant.who).collect();
    others.sort_unstable();
    others.dedup();
    // Who trains a part of the region says nothing to what reaches beyond it.
    if let Some(reach) = reach(talk, id)? {
        others.retain(|who| reach.is_ruled_by(&Rights::new(*who, grants.iter().cloned())));
    }
    Ok(Some(others))
}

/// Asks the others to agree.
pub(super) fn request(talk: &mut Talk<'_>, mut letter: Letter, people: usize, others: &[UserId]) {
    let id = letter.id;
    if others.is_empty() {
        let back = talk.choice("back", Action::Letter { id, d: Do::Look });
        talk.show(Screen::text(talk.t("approve-nobody")).row([back, menu::home(talk)]));
        return;
    }
    letter.stage = Stage::Waits { since: talk.now(), people: u32::try_from(people).unwrap_or(u32::MAX) };
    put_as(talk, &letter, "announce-ask", format!("{} to {people} people", id.0));
    let text = talk.f("approve-ask", &[("title", view::title(&letter).into()), ("count", people.into())]);
    for to in others {
        talk.tell(Tell { to: *to, text: text.clone() });
    }
    let text = talk.f("approve-asked", &[("count", people.into())]);
    talk.show(Screen::text(text).row([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]));
}

/// Announcements that wait for somebody's word or come again and again: a line and a button each. First those that wait for
/// hers, then her own that wait, those that come again, and last what only she may go on with; of these the newest first.
pub(in super::super) fn waiting(talk: &Talk<'_>) -> Result<Vec<(String, Choice)>, Need> {
    let Known::Letters(letters) = talk.known(Need::Letters(talk.person.id))? else { return Ok(Vec::new()) };
    let (me, now) = (talk.person.id, talk.now());
    let mut lines = Vec::new();
    for letter in letters {
        let Some(rank) = letter.listed(me, now) else { continue };
        let (id, title) = (letter.id, view::title(letter));
        let button = |key: &str, d: Do| talk.choice(key, Action::Letter { id, d });
        let named = |key: &str| talk.f(key, &[("title", title.clone().into())]);
        let line = match &letter.stage {
            Stage::Waits { .. } if letter.author != me => {
                (named("approve-waits"), button("approve-open", Do::Judge).main())
            }
            Stage::Waits { .. } => {
                let key = if letter.waits(now) { "approve-waits-mine" } else { "approve-late" };
                (named(key), button("approve-open", Do::Judge))
            }
            Stage::Repeats { next: Some(next), .. } => {
                let args = [("title", title.clone().into()), ("when", told::moment(talk, *next).into())];
                (talk.f("letter-repeats-line", &args), button("letter-repeats-open", Do::Judge))
            }
            Stage::Declined { word, .. } => {
                let args = [("title", title.clone().into()), ("word", word.clone().into())];
                (talk.f("approve-declined", &args), button("approve-mend", Do::Look))
            }
            Stage::Draft => (named("letter-draft-line"), button("letter-draft-open", Do::Look)),
            _ => continue,
        };
        lines.push((rank, line));
    }
    lines.sort_by_key(|(rank, _)| *rank);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn gone(talk: &mut Talk<'_>) -> Step {
    talk.toast(talk.t("approve-gone"));
    staff::cabinet(talk)
}

/// What somebody is asked to agree to: its text, to whom, to how many; or one that comes again and again.
pub(super) fn look(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    let Some(letter) = found(talk, id)?.cloned() else { return gone(talk) };
    if !ruled(talk, id)? {
        return Ok(());
    }
    let me = talk.person.id;
    let repeats = matches!(letter.stage, Stage::Repeats { next: Some(_), .. });
    let late = matches!(letter.stage, Stage::Waits { .. }) && !letter.waits(talk.now());
    if !(repeats || letter.waits(talk.now()) || (late && letter.author == me)) {
        return gone(talk);
    }
    let Known::Count(count) = talk.known(Need::Count(Box::new(letter.crowd())))? else { return Ok(()) };
    let count = *count;
    let shown = view::seen(talk, &letter, me)?;
    talk.say_with(shown, &letter.files);
    talk.press(None);
    let fit = talk.f("to-fit", &[("count", count.into())]);
    let text = format!("{}\n{fit}", view::facts(talk, &letter)?);
    let button = |key: &str, d: Do| talk.choice(key, Action::Letter { id, d });
    let mut screen = Screen::default();
    let note = if repeats {
        screen = screen.row([button("letter-stop", Do::Stop)]);
        None
    } else if letter.author == me {
        screen = screen.row([button("approve-back", Do::Stop)]);
        Some(talk.t(if late { "approve-late-note" } else { "approve-mine-note" }))
    } else {
        screen = screen.row([button("approve-yes", Do::Yes(count)).good(), button("approve-no", Do::No)]);
        Some(talk.f("approve-note", &[("who", format!("https://vk.ru/id{}", letter.author).into())]))
    };
    screen.text = note.map_or(text.clone(), |note| format!("{text}\n\n{note}"));
    talk.say(screen.row([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]));
    Ok(())
}

/// One that waits for the word of this person.
fn judged(talk: &mut Talk<'_>, id: CampaignId) -> Result<Option<Letter>, Need> {
    if !ruled(talk, id)? {
        talk.form(None);
        return Ok(None);
    }
    let me = talk.person.id;
    let letter = found(talk, id)?.filter(|letter| letter.waits(talk.now()) && letter.author != me).cloned();
    if letter.is_none() {
        talk.form(None);
        if found(talk, id)?.is_some_and(|letter| letter.author == me) {
            talk.refuse();
        }
        gone(talk)?;
    }
    Ok(letter)
}

/// She agrees: from now on it is known whom it goes to.
pub(in super::super) fn agree(talk: &mut Talk<'_>, id: CampaignId, seen: usize) -> Step {
    let Some(letter) = judged(talk, id)? else { return Ok(()) };
    if when::is_late(talk, &letter)? {
        talk.toast(talk.t("letter-late"));
        let word = talk.t("approve-late-word");
        decline(talk, letter, word);
        return Ok(());
    }
    let Known::Audience(audience) = talk.known(Need::Audience(Box::new(letter.crowd())))? else {
        return Ok(());
    };
    if audience.len() > seen + seen * GROWN / 100 || audience.is_empty() {
        talk.toast(talk.t("approve-grown"));
        return look(talk, id);
    }
    let author = letter.author;
    let text = talk.f("approve-agreed", &[("title", view::title(&letter).into())]);
    talk.tell(Tell { to: author, text });
    let me = talk.person.id;
    talk.audit_of("announce-agree", view::number(id), Some(&letter.stage), None);
    begin(talk, letter, &audience.clone(), Some(me));
    Ok(())
}

/// Asks why not.
pub(super) fn ask_why(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    if judged(talk, id)?.is_some() {
        talk.form(Some(Form::Letter { id, ask: Ask::Why }));
        let back = talk.choice("back", Action::Letter { id, d: Do::Judge });
        talk.show(Screen::text(talk.t("approve-why")).row([back, menu::cancel_button(talk)]));
    }
    Ok(())
}

/// Why not was typed.
pub(in super::super) fn declined(talk: &mut Talk<'_>, id: CampaignId, typed: &str) -> Step {
    let Some(letter) = judged(talk, id)? else { return Ok(()) };
    let word = short(&text::line(typed, WORD).unwrap_or_default(), WORD);
    decline(talk, letter, word);
    Ok(())
}

fn decline(talk: &mut Talk<'_>, mut letter: Letter, word: String) {
    talk.form(None);
    letter.stage = Stage::Declined { by: talk.person.id, at: talk.now(), word: word.clone() };
    put_as(talk, &letter, "announce-decline", format!("{}: {word}", letter.id.0));
    let args = [("title", view::title(&letter).into()), ("word", word.into())];
    talk.tell(Tell { to: letter.author, text: talk.f("approve-declined-note", &args) });
    let text = talk.t("approve-declined-done");
    talk.show(Screen::text(text).row([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]));
}

/// Takes an announcement back that waits, or ends one that comes again and again.
pub(super) fn stop(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    let me = talk.person.id;
    let Some(mut letter) = found(talk, id)?.cloned() else { return gone(talk) };
    match letter.stage {
        Stage::Waits { .. } if letter.author == me => {
            letter.stage = Stage::Draft;
            put_as(talk, &letter, "announce-back", view::number(id));
            super::panel(talk, &letter)
        }
        Stage::Repeats { next: Some(_), by } => {
            if !ruled(talk, id)? {
                return Ok(());
            }
            letter.stage = Stage::Repeats { next: None, by };
            put_as(talk, &letter, "announce-stop", view::number(id));
            talk.toast(talk.t("letter-stopped"));
            let text = talk.t("letter-stopped");
            talk.show(
                Screen::text(text).row([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]),
            );
            Ok(())
        }
        _ => gone(talk),
    }
}
