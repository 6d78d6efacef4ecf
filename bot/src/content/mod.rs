//! What the bot teaches and says: loads `content/`, proves it right, and holds it.
//!
//! Everything is judged in one go and every fault comes with its file and line, so that an editor who is
//! no programmer mends them all at once. Content with an error is never used.

mod advice;
mod body;
mod checklist;
mod consent;
mod course;
mod fields;
mod guide;
mod idea;
mod ids;
mod lesson;
mod load;
mod norm;
mod occasion;
mod problem;
mod production;
mod schema;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_advice;
#[cfg(test)]
mod tests_calendar;
#[cfg(test)]
mod tests_lessons;
#[cfg(test)]
mod tests_norms;
#[cfg(test)]
mod tests_own;
mod texts;

pub use advice::Advice;
pub use body::Variant;
pub use checklist::{Audience, Check, Checklist, Period, Step};
pub use consent::Consent;
pub use course::{Course, CourseKind, Run};
pub(crate) use fields::{RawReview, label, read, review, text, well_formed};
pub use fields::{Review, Source};
pub use guide::{Card, Guide};
pub use idea::{Idea, Template};
pub use lesson::{ASKED, Lesson, Question};
pub use norm::{DEFAULT as DEFAULT_NORM, Formula, Norm, Part, Step as ViewsStep, What};
pub use occasion::{Occasion, Tone};
pub(crate) use problem::Notes;
pub use problem::{Problem, Severity};
pub use schema::{KINDS, schema};
pub use texts::{Arg, Texts};

use crate::{
    domain::{Calendar, Sphere},
    draft,
    search::{Index, Parts, Synonyms},
};

/// Everything in `content/`, proven and ready; shared behind an `Arc`.
#[derive(Debug)]
pub struct Content {
    guides: Vec<Guide>,
    checklists: Vec<Checklist>,
    courses: Vec<Course>,
    lessons: Vec<Lesson>,
    occasions: Vec<Occasion>,
    calendar: Calendar,
    ideas: Vec<idea::OfSphere>,
    norms: Vec<Norm>,
    advice: Vec<Advice>,
    consent: Consent,
    texts: Texts,
    draft_words: draft::Words,
    synonyms: Synonyms,
    index: Index,
    ids: ids::Ids,
    version: String,
}

impl Content {
    /// All guides, by category and slug.
    pub fn guides(&self) -> &[Guide] {
        &self.guides
    }

    /// The guide with this slug, or the one that took its place.
    pub fn guide(&self, slug: &str) -> Option<&Guide> {
        let named = |slug: &str| self.guides.iter().find(|g| g.slug == slug);
        named(slug).or_else(|| self.ids.successor(slug).and_then(named))
    }

    /// All checklists in their order.
    pub fn checklists(&self) -> &[Checklist] {
        &self.checklists
    }

    /// The checklist with this id.
    pub fn checklist(&self, id: &str) -> Option<&Checklist> {
        self.checklists.iter().find(|c| c.id == id)
    }

    /// All courses in their order.
    pub fn courses(&self) -> &[Course] {
        &self.courses
    }

    /// The course with this id.
    pub fn course(&self, id: &str) -> Option<&Course> {
        self.courses.iter().find(|c| c.id == id)
    }

    /// All lessons in their order.
    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }

    /// The lesson with this id.
    pub fn lesson(&self, id: &str) -> Option<&Lesson> {
        self.lessons.iter().find(|l| l.id == id)
    }

    /// The calendar, in the order of its files.
    pub fn occasions(&self) -> &[Occasion] {
        &self.occasions
    }

    /// Which days are worked.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// What a sphere can post about, at least twelve.
    pub fn ideas(&self, sphere: Sphere) -> &[Idea] {
        self.ideas.iter().find(|i| i.sphere == sphere).map_or(&[], |i| &i.ideas)
    }

    /// A sphere's posts to fill in, at least five.
    pub fn templates(&self, sphere: Sphere) -> &[Template] {
        self.ideas.iter().find(|i| i.sphere == sphere).map_or(&[], |i| &i.templates)
    }

    /// What regions ask of their pages, by id.
    pub fn norms(&self) -> &[Norm] {
        &self.norms
    }

    /// The norm with this id.
    pub fn norm(&self, id: &str) -> Option<&Norm> {
        self.norms.iter().find(|n| n.id == id)
    }

    /// What can be done for a page, in the order of its files.
    pub fn advice(&self) -> &[Advice] {
        &self.advice
    }

    /// What a person agrees to.
    pub fn consent(&self) -> &Consent {
        &self.consent
    }

    /// The phrases of the interface.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The words a draft is looked over for.
    pub fn draft_words(&self) -> &draft::Words {
        &self.draft_words
    }

    /// The search over the guides.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The search over the guides with these parts of its method, built anew.
    pub fn index_of(&self, parts: Parts) -> Index {
        Index::build(&self.guides, &self.synonyms, parts)
    }

    /// The lines that `ids.txt` lacks.
    pub fn new_ids(&self) -> Vec<String> {
        let (guides, checklists) = (self.guides.iter(), self.checklists.iter());
        let now = ids::all(guides, checklists, self.courses.iter(), self.lessons.iter());
        self.ids.missing(&now).into_iter().map(str::to_owned).collect()
    }

    /// A short mark that changes when any file does; comparable between runs of one build.
    pub fn version(&self) -> &str {
        &self.version
    }
}
