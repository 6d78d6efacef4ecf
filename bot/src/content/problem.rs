use std::{fmt, ops::Range};

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The content cannot be used until it is mended.
    Error,
    /// The content works; somebody should look.
    Warning,
}

/// One thing wrong in a content file, told to the person who edits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path of the file, as it can be opened from where the check was started.
    pub file: String,
    /// The line in the file, counted from 1.
    pub line: Option<usize>,
    /// What is wrong and what is expected, in Russian.
    pub what: String,
    /// Whether the content can be used with it.
    pub severity: Severity,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        if self.severity == Severity::Warning {
            f.write_str("предупреждение: ")?;
        }
        f.write_str(&self.what)
    }
}

/// What a reference points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Guide,
    Checklist,
    Course,
    Lesson,
    Norm,
}

/// A slug or an id named in one file that must exist in another; checked when all files are read.
pub(crate) struct Reference {
    pub(crate) file: String,
    pub(crate) line: Option<usize>,
    pub(crate) field: &'static str,
    pub(crate) kind: Kind,
    pub(crate) target: String,
}

/// What is found out while one file is read.
pub(crate) struct Notes<'a> {
    file: String,
    toml: &'a str,
    /// Lines of the file before the TOML begins.
    skipped: usize,
    pub(crate) problems: Vec<Problem>,
    pub(crate) references: Vec<Reference>,
}

impl<'a> Notes<'a> {
    pub(crate) fn new(file: &str, toml: &'a str, skipped: usize) -> Self {
        Self { file: file.to_owned(), toml, skipped, problems: Vec::new(), references: Vec::new() }
    }

    /// The TOML being read.
    pub(crate) fn toml(&self) -> &'a str {
        self.toml
    }

    /// The line of the file at which a span of the TOML begins.
    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        self.skipped + line_at(self.toml, span.start)
    }

    pub(crate) fn error(&mut self, line: Option<usize>, what: impl Into<String>) {
        self.note(line, what.into(), Severity::Error);
    }

    pub(crate) fn warn(&mut self, line: Option<usize>, what: impl Into<String>) {
        self.note(line, what.into(), Severity::Warning);
    }

    fn note(&mut self, line: Option<usize>, what: String, severity: Severity) {
        self.problems.push(Problem { file: self.file.clone(), line, what, severity });
    }

    pub(crate) fn refer(&mut self, line: Option<usize>, field: &'static str, kind: Kind, target: &str) {
        let (file, target) = (self.file.clone(), target.to_owned());
        self.references.push(Reference { file, line, field, kind, target });
    }
}

/// The line, from 1, that holds the byte at `offset`.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.char_indices().take_while(|(at, _)| *at < offset).filter(|(_, c)| *c == '\n').count()
}
