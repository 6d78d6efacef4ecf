//! The questions without an answer, for staff: what is asked again and again, and who waits for a word.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Choice, Known, Need, Screen, Talk, Tell, handoff, menu, router::Step, short, staff};
use crate::{
    content::Content,
    domain::{Asked, Fate, Form, Handoff, How, ListOf, Place, Role},
    store::{Expect, Op},
};

/// Groups a screen shows.
const GROUPS: usize = 4;
/// Examples shown of a group.
const EXAMPLES: usize = 5;
/// Guides offered for a group.
const OFFERED: usize = 4;
/// The shortest answer and the longest, in UTF-16 units: VK's limit for a message with room for the question.
const REPLY: std::ops::RangeInclusive<usize> = 2..=3_000;
/// The most people who get the same answer at once.
const TOGETHER: usize = 50;

/// Questions that mean the same, the newest first.
pub(crate) struct Group<'a>(pub(crate) Vec<&'a Asked>);

impl Group<'_> {
    fn id(&self) -> u64 {
        self.0.first().map_or(0, |a| a.id)
    }

    /// How many of them wait for a person's word.
    pub(crate) fn waiting(&self) -> usize {
        self.0.iter().filter(|a| a.waits).count()
    }
}

/// The questions of those she is curator of.
fn hers<'a>(talk: &Talk<'a>) -> Result<Vec<&'a Asked>, Need> {
    let Known::Gathered(all) = talk.known(Need::Questions)? else { return Ok(Vec::new()) };
    let covered = |place: &Place| talk.scene().rights.covers(Role::Curator, place);
    Ok(all.iter().filter(|(_, place)| covered(place)).map(|(asked, _)| asked).collect())
}

/// What staff has to look at, grouped: those that somebody waits for first, then by how often it was asked.
fn groups<'a>(talk: &Talk<'a>) -> Result<Vec<Group<'a>>, Need> {
    Ok(grouped(talk.content(), &hers(talk)?))
}

/// Of these questions what staff has to look at, those that mean the same together: first what somebody waits for, then
/// by how often it was asked.
pub(crate) fn grouped<'a>(content: &Content, asked: &[&'a Asked]) -> Vec<Group<'a>> {
    let open: Vec<&Asked> = asked.iter().copied().filter(|a| a.is_open()).collect();
    let texts: Vec<String> = open.iter().map(|a| worded(content, a)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let places = content.index().groups(&texts).into_iter();
    let mut groups: Vec<Group<'_>> =
        places.map(|places| Group(places.into_iter().map(|at| open[at]).collect())).collect();
    groups.sort_by_key(|g| std::cmp::Reverse((g.waiting(), g.0.len())));
    groups
}

/// The question; of one whose words are not known any more, the guide that did not help.
pub(crate) fn worded(content: &Content, asked: &Asked) -> String {
    if !asked.text.is_empty() {
        return asked.text.clone();
    }
    let guide = asked.guide.as_deref().and_then(|slug| content.guide(slug));
    guide.map_or_else(String::new, |g| g.title.clone())
}

fn words(talk: &Talk<'_>, asked: &Asked) -> String {
    worded(talk.content(), asked)
}

/// How many groups there are and how many questions wait for a person.
pub(super) fn counts(talk: &Talk<'_>) -> Result<(usize, usize), Need> {
    let groups = groups(talk)?;
    Ok((groups.len(), groups.iter().map(Group::waiting).sum()))
}

fn find<'a>(talk: &mut Talk<'a>, id: u64) -> Result<Option<Group<'a>>, Need> {
    let found = groups(talk)?.into_iter().find(|g| g.0.iter().any(|a| a.id == id));
    if found.is_none() {
        let Known::Gathered(all) = talk.known(Need::Questions)? else { return Ok(None) };
        let place = all.iter().find(|(asked, _)| asked.id == id).map(|(_, place)| place);
        let strange = place.is_some_and(|place| !talk.scene().rights.covers(Role::Curator, place));
        if !staff::may(talk, !strange) {
            return Ok(None);
        }
        talk.toast(talk.t("questions-gone"));
        list(talk, 0)?;
    }
    Ok(found)
}

/// All groups, a page of them.
pub(super) fn list(talk: &mut Talk<'_>, page: usize) -> Step {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(());
    }
    let groups = groups(talk)?;
    let pages = groups.len().div_ceil(GROUPS).max(1);
    let page = page.min(pages - 1);
    let mut text = if groups.is_empty() {
        talk.t("questions-none")
    } else {
        let waiting: usize = groups.iter().map(Group::waiting).sum();
        talk.f("questions-title", &[("count", groups.len().into()), ("waiting", waiting.into())])
    };
    let mut screen = Screen::default();
    for group in groups.iter().skip(page * GROUPS).take(GROUPS) {
        let Some(first) = group.0.first() else { continue };
        let question = words(talk, first);
        let times =
            talk.f("questions-times", &[("n", group.0.len().into()), ("waiting", group.waiting().into())]);
        text = format!("{text}\n\n«{}» — {times}", short(&question, 120));
        screen = screen.row([Choice::new(question, Action::Question { id: group.id() })]);
    }
    screen.text = text;
    if !groups.is_empty() {
        screen = screen.row([staff::table(talk, ListOf::Questions)]);
    }
    let mut row = menu::pager(talk, page, pages, |p| Action::Questions { p });
    row.extend([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]);
    talk.show(screen.row(row));
    Ok(())
}

/// One group: examples, and what can be done.
pub(super) fn one(talk: &mut Talk<'_>, id: u64) -> Step {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(());
    }
    let Some(group) = find(talk, id)? else { return Ok(()) };
    let waiting = group.waiting();
    let mut text = talk.f("questions-times", &[("n", group.0.len().into()), ("waiting", waiting.into())]);
    let mut seen = BTreeSet::new();
    for asked in &group.0 {
        let question = words(talk, asked);
        if seen.len() < EXAMPLES && seen.insert(question.to_lowercase()) {
            text = format!("{text}\n— «{question}» ({})", talk.t(how(asked.how)));
        }
    }
    let mut screen = Screen::text(text);
    if waiting > 0 {
        screen = screen.row([talk.choice("reply", Action::Reply { id }).main()]);
    }
    let mut row = vec![talk.choice("question-file", Action::QuestionFile { id })];
    if waiting == 0 {
        row.push(talk.choice("question-hide", Action::QuestionHide { id }));
    }
    let back = talk.choice("to-questions", Action::Questions { p: 0 });
    talk.show(screen.row(row).row([back, menu::home(talk)]));
    Ok(())
}

fn how(how: How) -> &'static str {
    match how {
        How::Unknown => "how-unknown",
        How::Unsure => "how-unsure",
        How::Unhelpful => "how-unhelpful",
        How::Helped => "how-helped",
    }
}

/// Offers the guides a group may belong to.
pub(super) fn file(talk: &mut Talk<'_>, id: u64) -> Step {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(());
    }
    let Some(group) = find(talk, id)? else { return Ok(()) };
    let question = group.0.first().map(|a| words(talk, a)).unwrap_or_default();
    let found = talk.content().index().find(&question);
    let mut screen = Screen::text(talk.f("question-file-title", &[("question", question.into())]));
    for candidate in found.candidates.iter().take(OFFERED) {
        let action = Action::QuestionFiled { id, g: Some(candidate.slug.clone()) };
        screen = screen.row([Choice::new(&candidate.title, action)]);
    }
    let new = talk.choice("question-new", Action::QuestionFiled { id, g: None });
    let back = talk.choice("back", Action::Question { id });
    talk.show(screen.row([new]).row([back, menu::home(talk)]));
    Ok(())
}

/// Notes which guide a group belongs to; who waits for an answer goes on waiting.
pub(super) fn filed(talk: &mut Talk<'_>, id: u64, slug: Option<String>) -> Step {
    let slug = slug.filter(|s| talk.content().guide(s).is_some());
    let detail = slug.clone().unwrap_or_else(|| "new".to_owned());
    settle(talk, id, "question-file", &detail, "question-filed-toast", |asked| {
        (asked.fate == Fate::Open).then(|| Asked { fate: Fate::Filed(slug.clone()), ..asked.clone() })
    })
}

/// Takes a group out of the list; who waits for an answer stays in it.
pub(super) fn hide(talk: &mut Talk<'_>, id: u64) -> Step {
    settle(talk, id, "question-hide", "", "question-hidden-toast", |asked| {
        (!asked.waits).then(|| Asked { fate: Fate::Hidden, ..asked.clone() })
    })
}

/// Changes the questions of a group and shows what is left.
fn settle(
    talk: &mut Talk<'_>,
    id: u64,
    what: &str,
    detail: &str,
    toast: &str,
    change: impl Fn(&Asked) -> Option<Asked>,
) -> Step {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(());
    }
    let Some(group) = find(talk, id)? else { return Ok(()) };
    let changed: Vec<Asked> = group.0.iter().filter_map(|asked| change(asked)).collect();
    let before: Vec<&Asked> =
        group.0.iter().copied().filter(|a| changed.iter().any(|c| c.id == a.id)).collect();
    let detail = format!("{detail} {} questions", changed.len()).trim().to_owned();
    talk.audit_of(what, detail, Some(&fates(before)), Some(&fates(&changed)));
    let ids: BTreeSet<u64> = changed.iter().map(|a| a.id).collect();
    for asked in changed {
        talk.op(Op::ChangeAsked(asked.into()));
    }
    talk.toast(talk.t(toast));
    // The list as it will be; what was read is as it was.
    let left = groups(talk)?.len() - usize::from(group.0.iter().all(|a| ids.contains(&a.id) && !a.waits));
    let text = talk.f("questions-left", &[("count", left.into())]);
    let back = talk.choice("to-questions", Action::Questions { p: 0 });
    talk.show(Screen::text(text).row([back, menu::home(talk)]));
    Ok(())
}

/// How questions stand, by their ids, for the log: what was asked in them is no business of it.
fn fates<'a>(asked: impl IntoIterator<Item = &'a Asked>) -> BTreeMap<u64, (&'a Fate, bool)> {
    asked.into_iter().map(|asked| (asked.id, (&asked.fate, asked.waits))).collect()
}

/// Asks for the answer to those of a group who wait.
pub(super) fn reply(talk: &mut Talk<'_>, id: u64) -> Step {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(());
    }
    let Some(group) = find(talk, id)? else { return Ok(()) };
    let waiting: Vec<&&Asked> = group.0.iter().filter(|a| a.waits).take(TOGETHER).collect();
    if waiting.is_empty() {
        return one(talk, id);
    }
    let questions: Vec<String> = waiting.iter().map(|a| format!("— «{}»", a.text)).collect();
    let to = waiting.iter().map(|a| a.id).collect();
    talk.form(Some(Form::Reply { to }));
    let text = talk.f("reply-ask", &[("questions", short(&questions.join("\n"), 1_500).into())]);
    talk.show(Screen::text(text).row([menu::cancel_button(talk)]));
    Ok(())
}

/// The questions of these ids that still wait, of people she is curator of.
fn waiting<'a>(talk: &Talk<'a>, ids: &[u64]) -> Result<Vec<&'a Asked>, Need> {
    Ok(hers(talk)?.into_iter().filter(|a| a.waits && ids.contains(&a.id)).collect())
}

/// The conversation that began with a question ends with the answer to it.
fn end(talk: &mut Talk<'_>, asked: u64, answer: &str) -> Step {
    let Known::Handoffs(talks) = talk.known(Need::Handoffs)? else { return Ok(()) };
    if let Some(one) = talks.iter().find(|one| one.context.asked == asked) {
        let (me, now) = (talk.person.id, talk.now());
        let mut one = Handoff { by: Some(me), due: None, silent: None, closed: Some(now), ..one.clone() };
        one.say(now, true, answer);
        handoff::put(talk, one);
    }
    Ok(())
}

/// The answer was typed: shows it as it will be read, then asks.
pub(super) fn reply_typed(talk: &mut Talk<'_>, to: Vec<u64>, typed: &str) -> Step {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(());
    }
    let typed = typed.trim();
    if !REPLY.contains(&typed.encode_utf16().count()) {
        let text = talk.f("reply-length", &[("most", (*REPLY.end()).into())]);
        talk.say(Screen::text(text).row([menu::cancel_button(talk)]));
        return Ok(());
    }
    let waiting = waiting(talk, &to)?;
    let Some(first) = waiting.first() else { return gone(talk) };
    let people = waiting.iter().map(|a| a.key.person).collect::<BTreeSet<_>>().len();
    let id = first.id;
    talk.say(Screen::text(told(talk, &first.text, typed)));
    talk.form(Some(Form::ReplyConfirm { to, text: typed.to_owned() }));
    let screen = Screen::text(talk.f("reply-confirm", &[("count", people.into())])).row([
        talk.choice("reply-send", Action::ReplySend).good(),
        talk.choice("announce-edit", Action::Reply { id }),
        menu::cancel_button(talk),
    ]);
    talk.say(screen);
    Ok(())
}

fn told(talk: &Talk<'_>, question: &str, answer: &str) -> String {
    talk.f("reply-told", &[("question", question.into()), ("answer", answer.into())])
}

fn gone(talk: &mut Talk<'_>) -> Step {
    talk.form(None);
    talk.toast(talk.t("reply-gone"));
    list(talk, 0)
}

/// Sends the answer that was shown to everybody who still waits.
pub(super) fn reply_send(talk: &mut Talk<'_>) -> Step {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(());
    }
    let Some(Form::ReplyConfirm { to, text }) = talk.person.form.clone() else { return gone(talk) };
    let waiting = waiting(talk, &to)?;
    if waiting.is_empty() {
        return gone(talk);
    }
    talk.form(None);
    let mut people = BTreeSet::new();
    let mut answered = Vec::new();
    for asked in &waiting {
        talk.expect(Expect::AskedWaits(asked.key, asked.id));
        let fate = if asked.fate == Fate::Open { Fate::Answered } else { asked.fate.clone() };
        let after = Asked { waits: false, fate, ..Asked::clone(asked) };
        answered.push(after.clone());
        talk.op(Op::ChangeAsked(after.into()));
        end(talk, asked.id, &text)?;
        if people.insert(asked.key.person) {
            let text = told(talk, &asked.text, &text);
            talk.tell(Tell { to: asked.key.person, text });
        }
    }
    let detail = format!("to {} people", people.len());
    talk.audit_of("reply", detail, Some(&fates(waiting)), Some(&fates(&answered)));
    let text = talk.f("reply-sent", &[("count", people.len().into())]);
    let back = talk.choice("to-questions", Action::Questions { p: 0 });
    talk.show(Screen::text(text).row([back, menu::home(talk)]));
    Ok(())
}
