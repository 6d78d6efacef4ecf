//! Every id there ever was: people's ticks and buttons hang on them, so none may vanish unnoticed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checklist, Course, Guide, Lesson, problem::Notes};

/// The file in the folder of content.
pub(crate) const FILE: &str = "ids.txt";
const RETIRED: &str = " -> ";
/// What stands for «nothing takes its place».
const NOTHING: &str = "-";

/// The ids that were ever published; of those that are retired, what takes their place.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    /// With the line each stands on, if that is in the first file.
    live: BTreeMap<String, Option<usize>>,
    moved: BTreeMap<String, Option<String>>,
}

impl Ids {
    /// Reads the file: a line an id, «guide cover» or «guide cover -> avatar»; «#» begins a remark.
    pub(crate) fn parse(notes: &mut Notes<'_>) -> Self {
        let mut ids = Self::default();
        let lines: Vec<(usize, String)> =
            notes.toml().lines().enumerate().map(|(i, line)| (i + 1, line.trim().to_owned())).collect();
        for (at, line) in lines.into_iter().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let (id, to) = match line.split_once(RETIRED) {
                Some((id, to)) => (id.trim(), Some(to.trim())),
                None => (line.as_str(), None),
            };
            if ids.live.contains_key(id) || ids.moved.contains_key(id) {
                notes.error(Some(at), format!("«{id}» написан дважды"));
            }
            match to {
                None => drop(ids.live.insert(id.to_owned(), Some(at))),
                Some(to) => {
                    let to = (to != NOTHING).then(|| to.to_owned());
                    ids.moved.insert(id.to_owned(), to);
                }
            }
        }
        ids
    }

    /// Takes lines of another file in the place of those about the same ids.
    pub(crate) fn replace(&mut self, other: Self) {
        self.live.retain(|id, _| !other.moved.contains_key(id));
        self.moved.retain(|id, _| !other.live.contains_key(id));
        // Which file a line is of cannot be told any more.
        self.live.values_mut().for_each(|line| *line = None);
        self.live.extend(other.live.into_keys().map(|id| (id, None)));
        self.moved.extend(other.moved);
    }

    /// The slug of the guide that took this one's place.
    pub(crate) fn successor(&self, slug: &str) -> Option<&str> {
        self.moved.get(&format!("guide {slug}"))?.as_deref()
    }

    /// Notes ids that are gone, and successors that are not there; ids not listed yet are told.
    pub(crate) fn judge(&self, notes: &mut Notes<'_>, now: &BTreeSet<String>) {
        for (id, line) in self.live.iter().filter(|(id, _)| !now.contains(*id)) {
            let what = format!(
                "«{id}» пропал, а на нём держатся отметки и кнопки людей. Верните его или спишите: «{id} -> новое имя», а если замены нет, «{id} -> -»"
            );
            notes.error(*line, what);
        }
        for (id, to) in &self.moved {
            if now.contains(id) {
                notes.error(None, format!("«{id}» списан, но он есть: уберите стрелку"));
            }
            let kind = id.split_once(' ').map_or("", |(kind, _)| kind);
            if let Some(to) = to.as_ref().filter(|to| !now.contains(&format!("{kind} {to}"))) {
                notes.error(None, format!("«{id}» списан в пользу «{to}», а такого нет"));
            }
        }
        let new = now.iter().filter(|id| !self.live.contains_key(*id)).count();
        if new > 0 {
            notes.warn(None, format!("новых имён: {new}; запишите их: kurator content ids"));
        }
    }

    /// The lines to add for ids that are not listed yet.
    pub(crate) fn missing<'a>(&self, now: &'a BTreeSet<String>) -> Vec<&'a str> {
        let listed = |id: &str| self.live.contains_key(id) || self.moved.contains_key(id);
        now.iter().map(String::as_str).filter(|id| !listed(id)).collect()
    }
}

/// All ids there are, as they stand in the file.
pub(crate) fn all<'a>(
    guides: impl Iterator<Item = &'a Guide>,
    checklists: impl Iterator<Item = &'a Checklist>,
    courses: impl Iterator<Item = &'a Course>,
    lessons: impl Iterator<Item = &'a Lesson>,
) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> = guides.map(|g| format!("guide {}", g.slug)).collect();
    for list in checklists {
        ids.insert(format!("checklist {}", list.id));
        ids.extend(list.steps.iter().map(|step| format!("step {}/{}", list.id, step.id)));
    }
    ids.extend(courses.map(|c| format!("course {}", c.id)));
    ids.extend(lessons.map(|l| format!("lesson {}", l.id)));
    ids
}
