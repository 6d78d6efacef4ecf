//! Methods.

use std::{collections::BTreeMap, fmt::Write};

use anyhow::{Result, anyhow};

use super::{
    Features, HEAD, Writer, community, limits,
    names::{self, pascal, snake},
    objects::gate,
    reach::feature,
    section,
};
use crate::{
    Files,
    facts::{Member, MethodFact, Token, Type},
};

/// How names of methods begin that only look.
const LOOKS: [&str; 6] = ["get", "search", "is", "are", "check", "resolve"];

/// A type with its path, since some share their names with requests.
fn qualified(rust: &str) -> String {
    const PLAIN: [&str; 6] = ["BTreeMap", "Done", "IdOr", "String", "Value", "Vec"];
    let mut out = String::new();
    for part in rust.split_inclusive(|letter: char| !letter.is_alphanumeric()) {
        let name = part.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        if name.starts_with(|letter: char| letter.is_ascii_uppercase()) && !PLAIN.contains(&name) {
            out.push_str("told::");
        }
        out.push_str(part);
    }
    out
}

impl Writer<'_> {
    pub(super) fn methods(&self, files: &mut Files) -> Result<()> {
        let mut sections: BTreeMap<&str, [Vec<&str>; 2]> = BTreeMap::new();
        for (name, method) in &self.facts.methods {
            if !self.overlay.by_hand.contains(name) {
                let parts = sections.entry(section(name)).or_default();
                parts[usize::from(!community(&method.tokens))].push(name);
            }
        }
        let mut list = format!("{HEAD}//! The methods of VK's schema that are not written by hand.\n\n");
        list += "#![allow(clippy::wildcard_imports, unused_imports)]\n\n";
        list += "/// The types that answers are made of, apart from the requests' own.\n";
        list += "mod told {\n    pub(super) use crate::types::{schema::*, *};\n}\n\n";
        for part in ["mod ", "pub use "] {
            for (name, [open, closed]) in &sections {
                let features = if open.is_empty() && !closed.is_empty() {
                    Features::from([feature(name)])
                } else {
                    Features::new()
                };
                let rest = if part == "mod " { ";" } else { "::*;" };
                writeln!(list, "{}{part}{}{rest}", gate(&features), snake(name))?;
            }
            list.push('\n');
        }
        files.insert("../src/methods/schema/mod.rs".to_owned(), list.trim_end().to_owned() + "\n");
        for (name, [open, closed]) in sections {
            let mut out = format!(
                "{HEAD}use std::collections::BTreeMap;\n\nuse serde_json::Value;\n\nuse super::told;\nuse crate::{{\n    \
                 methods::{{Done, schema_macros::*}},\n    types::{{Cmid, GroupId, IdOr, PeerId, UserId}},\n}};\n"
            );
            self.part(&mut out, &Features::new(), &open)?;
            self.part(&mut out, &Features::from([feature(name)]), &closed)?;
            files.insert(format!("../src/methods/schema/{}.rs", snake(name)), out);
        }
        Ok(())
    }

    fn part(&self, out: &mut String, features: &Features, methods: &[&str]) -> Result<()> {
        if methods.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}methods! {{", gate(features))?;
        for (at, name) in methods.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            let method = self.facts.methods.get(*name).ok_or_else(|| anyhow!("no method {name}"))?;
            self.method(out, name, method)?;
        }
        writeln!(out, "}}")?;
        Ok(())
    }

    fn method(&self, out: &mut String, name: &str, method: &MethodFact) -> Result<()> {
        let demanded = self.overlay.required.get(name);
        let is_required = |param: &&Member| {
            param.required || demanded.is_some_and(|demanded| demanded.contains(&param.name))
        };
        let required: Vec<_> = match demanded {
            Some(demanded) => {
                let find = |name: &String| method.params.iter().find(|param| param.name == *name);
                let first =
                    demanded.iter().map(|param| find(param).ok_or_else(|| anyhow!("{name}: no {param}")));
                let first = first.collect::<Result<Vec<_>>>()?;
                let rest =
                    method.params.iter().filter(|param| param.required && !demanded.contains(&param.name));
                first.into_iter().chain(rest).collect()
            }
            None => method.params.iter().filter(is_required).collect(),
        };
        let names: Vec<_> = method.params.iter().map(|param| param.name.as_str()).collect();
        self.method_docs(out, name, method, &required)?;
        let tokens = method.tokens.iter().filter_map(|token| match token {
            Token::User => Some("User"),
            Token::Group => Some("Community"),
            Token::Service => Some("Service"),
            Token::Open => None,
        });
        write!(
            out,
            "    {} {} {name:?} [{}] {} {} (",
            snake(name),
            pascal(name),
            tokens.collect::<Vec<_>>().join(" "),
            self.idempotent(name),
            self.batchable(name, method),
        )?;
        let args = required.iter().map(|param| {
            format!(
                "{} {} {:?}",
                names::field(&param.name, &names),
                self.param_type(param, param.required),
                param.name
            )
        });
        write!(out, "{}", args.collect::<Vec<_>>().join(", "))?;
        let answer = match (self.overlay.answers.get(name), method.answers.first()) {
            (Some(answer), _) => answer.clone(),
            (None, Some(answer)) => self.rust_type(answer),
            (None, None) => "Value".to_owned(),
        };
        writeln!(out, ") -> {} {{", qualified(&answer))?;
        for param in method.params.iter().filter(|param| !is_required(param)) {
            writeln!(out, "        /// {}", self.explain(name, param))?;
            let field = names::field(&param.name, &names);
            writeln!(out, "        {field} {} {:?},", self.param_type(param, false), param.name)?;
        }
        writeln!(out, "    }}")?;
        Ok(())
    }

    fn method_docs(
        &self,
        out: &mut String,
        name: &str,
        method: &MethodFact,
        required: &[&Member],
    ) -> Result<()> {
        let summary = self.overlay.docs.get(name).cloned().unwrap_or_else(|| format!("Calls `{name}`."));
        writeln!(out, "    /// {summary} <https://dev.vk.com/ru/method/{name}>\n    ///")?;
        let keys: Vec<_> = method
            .tokens
            .iter()
            .map(|token| match token {
                Token::User => "a user's",
                Token::Group => "a community's",
                Token::Service => "a service",
                Token::Open => "no",
            })
            .collect();
        let keys = match keys[..] {
            [] => "VK does not say whose key it takes.".to_owned(),
            ["a user's"] => "Takes a user's key only: with a community's VK refuses.".to_owned(),
            ["a service"] => "Takes a service key only.".to_owned(),
            [one] => format!("Takes {one} key only."),
            _ => format!("Takes {} key.", keys.join(" or ")),
        };
        writeln!(out, "    /// {keys}")?;
        for param in required {
            let told = self.explain(name, param);
            if !limits(param).is_empty()
                || self.overlay.glossary.contains_key(&param.name)
                || told.contains('`')
            {
                writeln!(out, "    ///\n    /// `{}`: {told}", param.name)?;
            }
        }
        if !method.errors.is_empty() {
            let codes: Vec<_> = method.errors.iter().map(ToString::to_string).collect();
            writeln!(out, "    ///\n    /// Errors of its own: {}.", codes.join(", "))?;
        }
        Ok(())
    }

    /// How a parameter is taken: `(type)`, or `[type, least ..= most]` for a list.
    fn param_type(&self, param: &Member, demanded: bool) -> String {
        let scalar = |kind: &Type| match self.facts.resolve(kind) {
            Type::Int => Self::id_type(param).unwrap_or("i64").to_owned(),
            Type::Num => "f64".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Ref(name) => match self.named_type(name).as_str() {
                "bool" => "bool".to_owned(),
                "i64" => "i64".to_owned(),
                _ => "str".to_owned(),
            },
            _ => "str".to_owned(),
        };
        match self.facts.resolve(&param.kind) {
            Type::List(of) => {
                let least = u8::from(demanded);
                let most = param.max_items.map(|most| most.to_string()).unwrap_or_default();
                format!("[{} {least} {most}]", scalar(of))
            }
            kind => format!("({})", scalar(kind)),
        }
    }

    /// Whether saying a method twice does no more than saying it once.
    pub(super) fn idempotent(&self, name: &str) -> bool {
        let verb = name.rsplit('.').next().unwrap_or(name);
        let looks = LOOKS.iter().any(|look| {
            let rest = verb.strip_prefix(look);
            rest.is_some_and(|rest| rest.chars().next().is_none_or(|letter| letter.is_ascii_uppercase()))
        });
        self.overlay.idempotent.get(name).copied().unwrap_or(looks)
    }

    /// Whether a method may go inside of an `execute`: what keeps an upload may not, and a service key has no `execute`
    /// of its own rights.
    pub(super) fn batchable(&self, name: &str, method: &MethodFact) -> bool {
        let verb = name.rsplit('.').next().unwrap_or(name);
        let derived = !verb.starts_with("save") && method.tokens != [Token::Service];
        self.overlay.batchable.get(name).copied().unwrap_or(derived)
    }
}
