use kurator::{
    content::{Audience, Checklist, Content},
    search::Outcome,
};

/// How many lists people use, all on the first page.
const LISTS: usize = 2;
/// How many steps of a list have buttons on its first page.
const BUTTONS: usize = 5;
/// How many questions people know to ask.
const QUESTIONS: usize = 40;

/// What people know of the content: some of its lists, and which answer belongs to which question.
#[derive(Debug)]
pub struct Book {
    /// The lists they use.
    pub(crate) lists: Vec<List>,
    /// Questions, and how their answers begin: no two begin alike.
    pub(crate) questions: Vec<(String, String)>,
}

/// A checklist.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) id: String,
    pub(crate) title: String,
    /// The ids of all its steps.
    pub(crate) steps: Vec<String>,
    /// How many of them have buttons on its first page.
    pub(crate) buttons: usize,
}

impl Book {
    /// Reads the content.
    pub fn new(content: &Content) -> Self {
        let list = |list: &Checklist| List {
            id: list.id.clone(),
            title: list.title.clone(),
            steps: list.steps.iter().map(|step| step.id.clone()).collect(),
            buttons: list.steps.len().min(BUTTONS),
        };
        let admins = content.checklists().iter().filter(|list| list.audience == Audience::Admin);
        let mut questions = Vec::new();
        for guide in content.guides() {
            let Some(question) = guide.ask.first() else { continue };
            if questions.len() < QUESTIONS
                && content.index().find(question).outcome == Outcome::Answer(guide.slug.clone())
            {
                questions.push((question.clone(), format!("{}\n", guide.title)));
            }
        }
        Self { lists: admins.take(LISTS).map(list).collect(), questions }
    }
}
