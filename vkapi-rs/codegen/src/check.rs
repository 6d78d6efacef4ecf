//! Calls held against the facts.

use std::fmt;

use serde_json::Value;

use crate::facts::{Def, Facts, Member, Type};

/// Where a call or an answer differs from the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: the parameter's name, or the way into the answer.
    pub at: String,
    /// What is wrong there.
    pub what: String,
}

impl Problem {
    fn new(at: &str, what: impl Into<String>) -> Self {
        Self { at: at.to_owned(), what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

impl Facts {
    /// What is wrong with a call: parameters as they are sent, without the key, the version and the language.
    pub fn check_request<'a>(
        &self,
        method: &str,
        params: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Vec<Problem> {
        let Some(fact) = self.methods.get(method) else {
            return vec![Problem::new(method, "there is no such method")];
        };
        let mut problems = Vec::new();
        let mut given = Vec::new();
        for (name, value) in params {
            given.push(name);
            match fact.params.iter().find(|param| param.name == name) {
                Some(param) => self.check_param(param, value, &mut problems),
                None => problems.push(Problem::new(name, "there is no such parameter")),
            }
        }
        for param in fact.params.iter().filter(|param| param.required) {
            if !given.contains(&param.name.as_str()) {
                problems.push(Problem::new(&param.name, "is missing"));
            }
        }
        problems
    }

    fn check_param(&self, param: &Member, value: &str, problems: &mut Vec<Problem>) {
        let mut wrong = |what: String| problems.push(Problem::new(&param.name, what));
        if let Some(most) = param.max_len.filter(|most| value.chars().count() as u64 > *most) {
            wrong(format!("longer than {most}"));
        }
        let Type::List(of) = self.resolve(&param.kind) else {
            return self.check_scalar(param, &param.kind, value, problems);
        };
        let items: Vec<_> = value.split(',').filter(|item| !item.is_empty()).collect();
        if let Some(most) = param.max_items.filter(|most| items.len() as u64 > *most) {
            wrong(format!("{} of them, and at most {most} may be", items.len()));
        }
        for item in items {
            self.check_scalar(param, of, item, problems);
        }
    }

    fn check_scalar(&self, param: &Member, kind: &Type, value: &str, problems: &mut Vec<Problem>) {
        let mut wrong = |what: String| problems.push(Problem::new(&param.name, what));
        let number = value.parse::<f64>().ok();
        let fits = match self.resolve(kind) {
            Type::Int => value.parse::<i64>().is_ok(),
            Type::Num => number.is_some(),
            Type::Bool => matches!(value, "0" | "1"),
            Type::Ref(name) => match self.types.get(name) {
                Some(Def::Texts(texts)) => texts.iter().any(|text| text == value),
                Some(Def::Numbers(numbers)) => numbers.iter().any(|(number, _)| number.to_string() == value),
                _ => serde_json::from_str::<Value>(value).is_ok(),
            },
            _ => true,
        };
        if !fits {
            return wrong(format!("`{value}` does not fit"));
        }
        if !param.choices.is_empty() && !param.choices.iter().any(|choice| choice == value) {
            wrong(format!("`{value}` is not one of {}", param.choices.join(", ")));
        }
        if let (Type::Int | Type::Num, Some(number)) = (kind, number) {
            let below = param.min.is_some_and(|least| number < least as f64);
            if below || param.max.is_some_and(|most| number > most as f64) {
                wrong(format!("{value} is outside of its limits"));
            }
        }
    }

    /// What is wrong with an answer: members nobody knows, members that are missing, values of another type.
    ///
    /// Where a parameter decides what is answered, the answer is held against the kind that fits best.
    pub fn check_answer(&self, method: &str, answer: &Value) -> Vec<Problem> {
        let Some(fact) = self.methods.get(method) else {
            return vec![Problem::new(method, "there is no such method")];
        };
        let checked = fact.answers.iter().map(|kind| self.check_value("response", kind, answer));
        checked.min_by_key(Vec::len).unwrap_or_default()
    }

    fn check_value(&self, at: &str, kind: &Type, value: &Value) -> Vec<Problem> {
        let fits = match self.resolve(kind) {
            Type::Int => value.is_i64() || value.is_u64(),
            Type::Num => value.is_number(),
            Type::Bool => value.is_boolean() || matches!(value.as_i64(), Some(0 | 1)),
            Type::Text => value.is_string(),
            Type::IntOrText => value.is_string() || value.is_i64(),
            Type::IdOr(_) if value.is_i64() => true,
            Type::IdOr(of) => return self.check_value(at, of, value),
            Type::Any => true,
            Type::List(of) => {
                let Value::Array(items) = value else { return vec![Problem::new(at, "is no list")] };
                let checked = items.iter().enumerate();
                return checked
                    .flat_map(|(n, item)| self.check_value(&format!("{at}[{n}]"), of, item))
                    .collect();
            }
            Type::Map(of) => {
                let Value::Object(members) = value else { return vec![Problem::new(at, "is no object")] };
                let checked = members.iter();
                return checked
                    .flat_map(|(key, item)| self.check_value(&format!("{at}.{key}"), of, item))
                    .collect();
            }
            Type::Ref(name) => return self.check_named(at, name, value),
        };
        if fits { Vec::new() } else { vec![Problem::new(at, format!("{value} does not fit"))] }
    }

    fn check_named(&self, at: &str, name: &str, value: &Value) -> Vec<Problem> {
        match self.types.get(name) {
            Some(Def::Texts(texts)) if value.as_str().is_some_and(|text| texts.iter().any(|t| t == text)) => {
                Vec::new()
            }
            Some(Def::Numbers(numbers))
                if numbers.iter().any(|(number, _)| value.as_i64() == Some(*number)) =>
            {
                Vec::new()
            }
            Some(Def::Texts(_) | Def::Numbers(_)) => {
                vec![Problem::new(at, format!("{value} is none of {name}"))]
            }
            Some(Def::OneOf { tag, variants }) => {
                let tagged = tag.as_ref().and_then(|tag| value[tag].as_str());
                let fitting = variants.iter().filter(|(name, _)| tagged.is_none_or(|tag| tag == name));
                let checked = fitting.map(|(_, kind)| self.check_value(at, kind, value));
                checked.min_by_key(Vec::len).unwrap_or_else(|| vec![Problem::new(at, "is none of its kinds")])
            }
            Some(Def::Object(_) | Def::Alias(_)) => self.check_object(at, name, value),
            None => vec![Problem::new(at, format!("there is no type {name}"))],
        }
    }

    fn check_object(&self, at: &str, name: &str, value: &Value) -> Vec<Problem> {
        let (Some(known), Value::Object(members)) = (self.members(name), value) else {
            return vec![Problem::new(at, "is no object")];
        };
        let mut problems = Vec::new();
        for (key, value) in members {
            let at = format!("{at}.{key}");
            match known.iter().find(|member| member.name == *key) {
                Some(member) => problems.extend(self.check_value(&at, &member.kind, value)),
                None => problems.push(Problem::new(&at, format!("{name} has no such member"))),
            }
        }
        for member in known.iter().filter(|member| member.required && !members.contains_key(&member.name)) {
            problems.push(Problem::new(&format!("{at}.{}", member.name), "is missing"));
        }
        problems
    }
}
