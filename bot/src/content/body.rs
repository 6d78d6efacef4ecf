//! The texts of a guide: common ones, those of single spheres, and the places where a region's norm is put in.

use super::{
    fields,
    guide::{BODY, Guide, plain},
    norm::Norm,
    problem::{Notes, Problem, Severity},
};
use crate::domain::Sphere;

const MORE: &str = "## Подробнее:";
const ALSO: &str = "## Для:";
const INSTEAD: &str = "## Вместо:";
/// What a text may ask of the norm.
pub(super) const OF_NORM: [&str; 2] = ["posts", "first_answer"];

/// What single spheres read after the common text of a part, or instead of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Which part: 0 is the answer, then the cards.
    pub part: usize,
    /// Whose.
    pub spheres: Vec<Sphere>,
    /// The common text is left out.
    pub instead: bool,
    /// Plain text; with the common one, if that stays, at most 900 characters.
    pub text: String,
}

/// A part as it stands in the file.
pub(super) struct Part {
    /// Absent: the answer.
    pub(super) title: Option<String>,
    pub(super) line: usize,
    pub(super) text: String,
}

/// Takes a body apart; the lines are counted from `first`.
pub(super) fn parts(notes: &mut Notes<'_>, body: &str, first: usize) -> (Vec<Part>, Vec<Variant>) {
    let mut parts = vec![Part { title: None, line: first, text: String::new() }];
    let mut variants: Vec<Variant> = Vec::new();
    let mut varied = false;
    for (line, text) in (first..).zip(body.lines()) {
        if let Some(title) = text.strip_prefix(MORE) {
            parts.push(Part { title: Some(title.trim().to_owned()), line, text: String::new() });
            varied = false;
            continue;
        }
        let instead = text.starts_with(INSTEAD);
        if let Some(named) = text.strip_prefix(ALSO).or_else(|| text.strip_prefix(INSTEAD)) {
            let spheres = fields::named_spheres(notes, line, named);
            variants.push(Variant { part: parts.len() - 1, spheres, instead, text: String::new() });
            varied = true;
            continue;
        }
        plain(notes, line, text);
        placeholders(notes, line, text, &OF_NORM);
        let into = match variants.last_mut().filter(|_| varied) {
            Some(variant) => Some(&mut variant.text),
            None => parts.last_mut().map(|part| &mut part.text),
        };
        if let Some(into) = into {
            into.push_str(text.trim_end());
            into.push('\n');
        }
    }
    for part in &mut parts {
        part.text = part.text.trim().to_owned();
    }
    for variant in &mut variants {
        variant.text = variant.text.trim().to_owned();
        if variant.text.is_empty() || variant.spheres.is_empty() {
            notes.error(None, "раздел для сферы: нужны и сфера, и текст");
        }
    }
    (parts, variants)
}

/// Notes a place for something that has no name among these.
pub(super) fn placeholders(notes: &mut Notes<'_>, line: usize, text: &str, names: &[&str]) {
    for asked in text.split("{{").skip(1) {
        let name = asked.split_once("}}").map(|(name, _)| name.trim());
        if !name.is_some_and(|name| names.contains(&name)) {
            let known = names.iter().map(|n| format!("{{{{{n}}}}}")).collect::<Vec<_>>().join(", ");
            let what = name.unwrap_or("не закрыто");
            notes.error(Some(line), format!("неизвестная подстановка «{what}»; бывают: {known}"));
        }
    }
}

impl Norm {
    /// A text with the norm put into the places that ask for it: `{{posts}}`, `{{first_answer}}`.
    pub fn filled(&self, text: &str) -> String {
        if !text.contains("{{") {
            return text.to_owned();
        }
        let posts = self.posts_a_week;
        let one = posts % 10 == 1 && posts % 100 != 11;
        text.replace("{{posts}}", &format!("{posts} {}", if one { "записи" } else { "записей" }))
            .replace("{{first_answer}}", &self.first_answer)
    }
}

impl Guide {
    /// What a part says to someone of a sphere where a norm is in force; 0 is the answer, then the cards.
    pub fn says(&self, part: usize, sphere: Option<Sphere>, norm: Option<&Norm>) -> String {
        let common = match part.checked_sub(1).and_then(|i| self.cards.get(i)) {
            Some(card) => &card.text,
            None => &self.answer,
        };
        let mine =
            self.variants.iter().filter(|v| v.part == part && sphere.is_some_and(|s| v.spheres.contains(&s)));
        let mut texts = Vec::new();
        if !mine.clone().any(|v| v.instead) {
            texts.push(common.as_str());
        }
        texts.extend(mine.map(|v| v.text.as_str()));
        let text = texts.join("\n\n");
        norm.map_or_else(|| text.clone(), |norm| norm.filled(&text))
    }

    /// What is wrong with the length of its parts for some sphere where some norm is in force.
    pub(super) fn too_long(&self, norms: &[Norm], file: &str) -> Option<Problem> {
        let spheres = [None].into_iter().chain(Sphere::ALL.map(Some));
        for (part, sphere) in (0..=self.cards.len()).flat_map(|p| spheres.clone().map(move |s| (p, s))) {
            if self.says(part, None, None).chars().count() > BODY {
                // Told already, with its line.
                continue;
            }
            for norm in norms {
                let length = self.says(part, sphere, Some(norm)).chars().count();
                if length > BODY {
                    let what =
                        if part == 0 { "ответ".to_owned() } else { format!("карточка {part}") };
                    let whose = sphere.map_or("для всех", Sphere::slug);
                    let what =
                        format!("{what}, {whose}, норма {}: {length} знаков, помещается {BODY}", norm.id);
                    return Some(Problem {
                        file: file.to_owned(),
                        line: None,
                        what,
                        severity: Severity::Error,
                    });
                }
            }
        }
        None
    }
}
