use std::fmt;

use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue, concurrent::FluentBundle};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use unic_langid::LanguageIdentifier;

use super::{
    fields::{self, LABEL},
    problem::{Notes, line_at},
};

/// The most characters of a message.
/// <https://dev.vk.com/ru/method/messages.send>
const MESSAGE: usize = 4096;
/// The forms a Russian number asks for: 1 пост, 2 поста, 5 постов.
const FORMS: [&str; 3] = ["one", "few", "many"];

/// A value put into a phrase.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Words.
    Text(String),
    /// A number, which also chooses the plural; exact up to 2⁵³.
    Number(i64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u8> for Arg {
    fn from(number: u8) -> Self {
        Self::Number(number.into())
    }
}

impl From<u16> for Arg {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Arg {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Self::from(number as u64)
    }
}

/// The phrases of the interface.
pub struct Texts {
    bundle: FluentBundle<FluentResource>,
    names: Vec<String>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Texts")
    }
}

impl Texts {
    /// The phrase that needs no values.
    pub fn get(&self, key: &str) -> String {
        self.format(key, &[])
    }

    /// The phrase with values put in. One that is not there comes as `⟨key⟩` and is logged as an error.
    pub fn format(&self, key: &str, args: &[(&str, Arg)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|m| m.value()) else {
            tracing::error!(key, "no such phrase");
            return format!("⟨{key}⟩");
        };
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            values.set(
                *name,
                match value {
                    Arg::Text(text) => FluentValue::from(text.as_str()),
                    Arg::Number(number) => FluentValue::from(*number),
                },
            );
        }
        let mut errors = Vec::new();
        let phrase = self.bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a phrase lacks something");
        }
        phrase
    }

    /// Takes the phrases of another file in the place of those with their names; each must be one of these.
    pub(crate) fn replace(&mut self, notes: &mut Notes<'_>) {
        let resource = resource(notes);
        let mut names: Vec<String> = resource.entries().filter_map(name).collect();
        for (at, name) in names.iter().enumerate() {
            let line = line_of(notes.toml(), name);
            if names[..at].contains(name) {
                notes.error(line, format!("фраза «{name}» написана дважды"));
            } else if !self.names.contains(name) {
                // A later version may do without one: that is no reason not to start.
                notes.warn(line, format!("фразы «{name}» у бота нет, эта ни на что не влияет"));
            }
        }
        names.extend_from_slice(&self.names);
        judge(notes, &resource, &names);
        self.bundle.add_resource_overriding(resource);
    }

    /// Whether there is such a phrase.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }
}

/// Reads the phrases; what is wrong goes to `notes`, which must hold the whole file.
pub(crate) fn parse(notes: &mut Notes<'_>) -> Texts {
    let resource = resource(notes);
    let names: Vec<String> = resource.entries().filter_map(name).collect();
    judge(notes, &resource, &names);
    let language: LanguageIdentifier = "ru".parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    if let Err(errors) = bundle.add_resource(resource) {
        for error in errors {
            let what = match &error {
                FluentError::Overriding { id, .. } => format!("фраза «{id}» написана дважды"),
                other => other.to_string(),
            };
            notes.error(None, what);
        }
    }
    Texts { bundle, names }
}

fn resource(notes: &mut Notes<'_>) -> FluentResource {
    let source = notes.toml();
    match FluentResource::try_new(source.to_owned()) {
        Ok(resource) => resource,
        Err((resource, errors)) => {
            for error in errors {
                let line = line_at(source, error.pos.start);
                notes.error(Some(line), format!("не читается как Fluent ({})", error.kind));
            }
            resource
        }
    }
}

/// Notes what is wrong with each phrase; `names` are those it may take.
fn judge(notes: &mut Notes<'_>, resource: &FluentResource, names: &[String]) {
    let source = notes.toml();
    for entry in resource.entries() {
        if let Some(name) = name(entry) {
            Judge { notes, names, line: line_of(source, &name), name: &name }.entry(entry);
        }
    }
}

fn name(entry: &Entry<&str>) -> Option<String> {
    match entry {
        Entry::Message(m) => Some(m.id.name.to_owned()),
        Entry::Term(t) => Some(format!("-{}", t.id.name)),
        _ => None,
    }
}

fn line_of(source: &str, name: &str) -> Option<usize> {
    let starts = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='));
    source.lines().position(starts).map(|at| at + 1)
}

struct Judge<'n, 'a> {
    notes: &'n mut Notes<'a>,
    names: &'n [String],
    line: Option<usize>,
    name: &'n str,
}

impl Judge<'_, '_> {
    fn entry(&mut self, entry: &Entry<&str>) {
        let (value, attributes) = match entry {
            Entry::Message(m) => (m.value.as_ref(), &m.attributes),
            Entry::Term(t) => (Some(&t.value), &t.attributes),
            _ => return,
        };
        if let Some(value) = value {
            self.pattern(value);
            let max = if self.name.starts_with("button-") { LABEL } else { MESSAGE };
            fields::fits(self.notes, self.line, &format!("фраза «{}»", self.name), &bare(value), max);
        }
        for attribute in attributes {
            self.pattern(&attribute.value);
        }
    }

    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        let (selector, variants) = match expression {
            Expression::Inline(inline) => return self.inline(inline),
            Expression::Select { selector, variants } => (selector, variants),
        };
        self.inline(selector);
        for variant in variants {
            self.pattern(&variant.value);
        }
        let number = |key: &VariantKey<&str>| match key {
            VariantKey::Identifier { name } => FORMS.contains(name) || *name == "two",
            VariantKey::NumberLiteral { .. } => true,
        };
        let has = |form: &str| {
            variants.iter().any(|v| matches!(v.key, VariantKey::Identifier { name } if name == form))
        };
        let counts =
            matches!(selector, InlineExpression::FunctionReference { id, .. } if id.name == "NUMBER");
        // «0 → ничего, иначе …» leaves the plural to a choice inside its default.
        let inner = variants.iter().any(|v| v.default && chooses(&v.value));
        if (counts || variants.iter().any(|v| number(&v.key))) && !inner {
            let missing: Vec<&str> = FORMS.into_iter().filter(|form| !has(form)).collect();
            if !missing.is_empty() {
                let what = format!("фраза «{}»: у числа нет форм {}", self.name, missing.join(", "));
                self.notes.error(self.line, what);
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        let target = match inline {
            InlineExpression::MessageReference { id, .. } => id.name.to_owned(),
            InlineExpression::TermReference { id, .. } => format!("-{}", id.name),
            InlineExpression::Placeable { expression } => return self.expression(expression),
            _ => return,
        };
        if !self.names.contains(&target) {
            self.notes.error(self.line, format!("фраза «{}» берёт «{target}», а её нет", self.name));
        }
    }
}

fn chooses(pattern: &Pattern<&str>) -> bool {
    pattern
        .elements
        .iter()
        .any(|e| matches!(e, PatternElement::Placeable { expression: Expression::Select { .. } }))
}

/// The longest text a phrase can come to, values left out.
fn bare(pattern: &Pattern<&str>) -> String {
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                let longest = variants.iter().map(|v| bare(&v.value)).max_by_key(|t| t.chars().count());
                text.push_str(&longest.unwrap_or_default());
            }
            PatternElement::Placeable { .. } => {}
        }
    }
    text
}
