use super::{Action, Screen, Talk, ask, menu, reminders};
use crate::{
    domain::Form,
    draft::{self, Remark},
    search::Outcome,
};

/// The most characters of a draft that are looked at: VK's limit for a message.
const DRAFT: usize = 4_096;

/// A text of fewer characters may be a question that the guides answer.
const QUESTION: usize = 40;
/// A text of fewer words is no post.
const WORDS: usize = 3;

/// What was typed while a draft is awaited is one: no thanks, no wish to be reminded, no question to the guides.
pub(super) fn is_one(talk: &Talk<'_>, typed: &str) -> bool {
    if !typed.chars().any(char::is_alphanumeric)
        || ask::small_talk(talk, typed).is_some()
        || reminders::wants(talk, typed)
    {
        return false;
    }
    let typed = typed.trim();
    let asks = typed.chars().count() < QUESTION || (typed.ends_with('?') && !typed.contains('\n'));
    !(asks && matches!(talk.content().index().find(typed).outcome, Outcome::Answer(_)))
}

/// Asks for a draft.
pub(super) fn open(talk: &mut Talk<'_>) {
    talk.form(Some(Form::Draft));
    talk.show(Screen::text(talk.t("draft-ask")).row([menu::cancel_button(talk)]));
}

/// Looks a draft over and waits for the next: a draft is often mended and sent again. `pictured`: files came with it.
pub(super) fn look(talk: &mut Talk<'_>, typed: &str, pictured: bool) {
    if typed.split_whitespace().count() < WORDS {
        return talk
            .say(Screen::text(talk.t("draft-short")).row([menu::cancel_button(talk), menu::home(talk)]));
    }
    let text: String = typed.chars().take(DRAFT).collect();
    let remarks = draft::check(&text, talk.content().draft_words());
    let mut lines = vec![talk.t(if remarks.is_empty() { "draft-good" } else { "draft-title" })];
    for (i, remark) in remarks.iter().enumerate() {
        lines.push(format!("{}. {}", i + 1, words(talk, remark)));
    }
    if !pictured {
        lines.push(talk.t("draft-picture"));
    }
    if !remarks.is_empty() {
        lines.push(talk.t("draft-yours"));
    }
    let list = Action::List { c: "before-post".into(), p: 0 };
    let screen = Screen::text(lines.join("\n\n"))
        .row([talk.choice("draft-list", list)])
        .row([menu::cancel_button(talk), menu::home(talk)]);
    talk.say(screen);
}

fn words(talk: &Talk<'_>, remark: &Remark) -> String {
    let number = |key: &str, n: usize| talk.f(key, &[("n", n.into())]);
    let pairs = |key: &str, pairs: &[(String, String)]| {
        let lines: Vec<String> = pairs.iter().map(|(said, better)| format!("«{said}» → {better}")).collect();
        format!("{}\n{}", talk.t(key), lines.join("\n"))
    };
    match remark {
        Remark::Child(name) => talk.f("draft-child", &[("name", name.clone().into())]),
        Remark::Winner(name) => talk.f("draft-winner", &[("name", name.clone().into())]),
        Remark::Private(what) => talk.f("draft-private", &[("what", what.clone().into())]),
        Remark::Missing(what) => {
            let names: Vec<String> = what.iter().map(|w| talk.t(&format!("draft-missing-{w}"))).collect();
            talk.f("draft-missing", &[("what", names.join(", ").into())])
        }
        Remark::Plain(found) => pairs("draft-plain", found),
        Remark::Foreign(found) => pairs("draft-foreign", found),
        Remark::FirstLine(n) => number("draft-first-line", *n),
        Remark::Sentence(start, n) => {
            talk.f("draft-sentence", &[("start", start.clone().into()), ("n", (*n).into())])
        }
        Remark::Long(n) => number("draft-long", *n),
        Remark::Shout(n) => number("draft-shout", *n),
        Remark::Hashtags(n) => number("draft-hashtags", *n),
    }
}
