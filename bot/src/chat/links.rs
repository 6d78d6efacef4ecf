//! Deep links: the places that `vk.me/<community>?ref=<name>` opens.

use super::{
    Action, Talk, menu,
    router::{self, Step},
};
use crate::{
    content::Content,
    domain::{ClassId, Link, roster, text},
};

/// The most characters kept of a link's name.
const NAME: usize = 64;

/// Places that have a name of their own, by the phrase of their title.
fn places() -> [(&'static str, &'static str, Action); 12] {
    [
        ("menu", "menu", Action::Menu),
        ("ask", "menu-ask", Action::Ask),
        ("checklists", "menu-checklists", Action::Lists { p: 0 }),
        ("reminders", "menu-reminders", Action::Reminders),
        ("lessons", "lessons", Action::Lessons { p: 0 }),
        ("courses", "menu-courses", Action::Courses { p: 0, l: None }),
        ("page", "menu-page", Action::Page),
        ("progress", "menu-progress", Action::Progress),
        ("settings", "menu-settings", Action::Settings),
        ("my-data", "my-data", Action::MyData),
        ("ideas", "ideas", Action::Ideas { p: 0, apart: false, s: None }),
        ("draft", "draft", Action::Draft),
    ]
}

/// The place of this name: the phrase of its title, and what opens it.
pub(super) fn named(name: &str) -> Option<(&'static str, Action)> {
    places().into_iter().find(|(known, ..)| *known == name).map(|(_, title, action)| (title, action))
}

/// What a link of this name opens; `None` for a name that there is not, or not any more.
pub fn place(content: &Content, name: &str) -> Option<Action> {
    let name = name.trim().to_lowercase();
    if let Some((_, action)) = named(&name) {
        return Some(action);
    }
    // An invitation leads to the bot itself; its name tells from where she came.
    if roster::is_invite(&name) {
        return Some(Action::Menu);
    }
    let (kind, id) = name.split_once('_')?;
    match kind {
        "guide" => content.guide(id).map(|g| Action::Guide {
            g: g.slug.clone(),
            n: 0,
            c: None,
            k: None,
            l: None,
            q: None,
        }),
        "checklist" => content.checklist(id).map(|c| Action::List { c: c.id.clone(), p: 0 }),
        "course" => content.course(id).map(|c| Action::Course { c: c.id.clone() }),
        // Whether there is such a class is looked up when it is opened.
        "event" => id.parse().ok().map(|id| Action::Class { id: ClassId(id) }),
        "here" => {
            let (id, k) = id.split_once('_')?;
            Some(Action::ClassDoor { id: ClassId(id.parse().ok()?), k: k.to_owned() })
        }
        "lesson" => content.lesson(id).map(|l| Action::Lesson { l: l.id.clone() }),
        _ => None,
    }
}

/// The names of all links with what each opens: places, guides, checklists, courses, lessons.
pub fn all(content: &Content) -> Vec<(String, String)> {
    let titled = |(name, key, _): (&str, &str, Action)| (name.to_owned(), content.texts().get(key));
    let mut all: Vec<(String, String)> = places().map(titled).into();
    all.extend(content.guides().iter().map(|g| (format!("guide_{}", g.slug), g.title.clone())));
    all.extend(content.checklists().iter().map(|c| (format!("checklist_{}", c.id), c.title.clone())));
    all.extend(content.courses().iter().map(|c| (format!("course_{}", c.id), c.title.clone())));
    all.extend(content.lessons().iter().map(|l| (format!("lesson_{}", l.id), l.title.clone())));
    all
}

/// She came by a link. VK may repeat its name with every message of the conversation, so only a new name counts, or
/// the same with «Начать».
pub(super) fn came(talk: &mut Talk<'_>, name: &str, typed: &str) {
    let Some(name) = text::line(name, NAME) else { return };
    let start = text::folded(typed) == text::folded(&talk.t("word-start"));
    let old = talk.person.link.as_ref().is_some_and(|link| link.name == name);
    // Whoever was too early looks at the screen again.
    let start = start || (is_door(&name) && is_word(talk, typed));
    if roster::is_invite(&name) {
        talk.person.invited.get_or_insert_with(|| name.clone());
    }
    if start || !old {
        talk.person.link = Some(Link { name, waits: true });
    }
}

/// Whether a link's name is that of one that is shown at a class.
fn is_door(name: &str) -> bool {
    name.to_lowercase().starts_with("here_")
}

/// Whether that is what one is asked to write there.
fn is_word(talk: &Talk<'_>, typed: &str) -> bool {
    text::folded(typed) == text::folded(&talk.t("class-door-word"))
}

/// Whether what she wrote says no more than that she has come, so that the place is opened at once: a greeting, or at a class
/// what the screen asks for, or a sign for want of a word.
pub(super) fn arrives(talk: &Talk<'_>, typed: &str) -> bool {
    let door = talk.person.link.as_ref().is_some_and(|link| link.waits && is_door(&link.name));
    let said = is_word(talk, typed) || !typed.chars().any(char::is_alphanumeric);
    ready(talk) && (super::ask::greets(talk, typed) || (door && said))
}

/// Whether a place waits to be opened and nothing is in its way: she has agreed and answered the interview.
pub(super) fn ready(talk: &Talk<'_>) -> bool {
    let waits = talk.person.link.as_ref().is_some_and(|link| link.waits);
    waits && super::interview::consented(talk) && talk.person.onboarded.is_some()
}

/// Opens the place that waits, in a message of its own.
pub(super) fn open(talk: &mut Talk<'_>) -> Step {
    if !ready(talk) {
        return Ok(());
    }
    let Some(link) = &mut talk.person.link else { return Ok(()) };
    link.waits = false;
    let name = link.name.clone();
    talk.press(None);
    if let Some(action) = place(talk.content(), &name) {
        router::act(talk, action)
    } else {
        let text = talk.t("link-gone");
        menu::draw(talk, text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::tests::CONTENT;

    #[test]
    fn every_link_that_is_listed_opens_its_place() {
        let all = all(&CONTENT);
        let lesson = CONTENT.lessons().first().unwrap();
        let opens = place(&CONTENT, &format!("lesson_{}", lesson.id));
        assert_eq!(opens, Some(Action::Lesson { l: lesson.id.clone() }));
        assert!(all.len() > 10 + CONTENT.guides().len());
        for (name, title) in all {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c)));
            assert!(name.len() <= NAME && !title.is_empty(), "{name}");
            assert!(place(&CONTENT, &name).is_some(), "{name}");
            assert_eq!(place(&CONTENT, &name.to_uppercase()), place(&CONTENT, &name), "{name}");
        }
    }

    #[test]
    fn an_invitation_opens_the_menu() {
        for name in ["i-p77", "I-P77", "i-n-school_5", "m-0a1b2c3d"] {
            assert_eq!(place(&CONTENT, name), Some(Action::Menu), "{name}");
        }
    }

    #[test]
    fn the_link_of_a_class_carries_what_stands_for_its_word() {
        let open = Action::ClassDoor { id: ClassId(12), k: "0a1b2c3d".to_owned() };
        assert_eq!(place(&CONTENT, "here_12_0a1b2c3d"), Some(open));
        for name in ["here_12", "here__0a1b2c3d", "here_x_0a1b2c3d", "here_"] {
            assert_eq!(place(&CONTENT, name), None, "{name}");
        }
    }

    #[test]
    fn other_names_open_nothing() {
        for name in
            ["", "guide", "guide_", "guide_no-such", "cabinet", "withdraw-yes", "poster7", "_", "menu_x"]
        {
            assert_eq!(place(&CONTENT, name), None, "{name}");
        }
    }
}
