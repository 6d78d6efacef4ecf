//! Objects and lists of values.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use anyhow::Result;

use super::{Features, HEAD, Writer, names, names::pascal, section};
use crate::{
    Files,
    facts::{Def, Member, Type},
};

impl Writer<'_> {
    pub(super) fn objects(&self, files: &mut Files) -> Result<()> {
        let mut sections: BTreeMap<&str, BTreeMap<Features, Vec<&str>>> = BTreeMap::new();
        let reached = self.reached();
        for (name, features) in &reached {
            let written = !matches!(
                self.facts.types.get(name),
                None | Some(Def::Alias(_) | Def::OneOf { tag: None, .. })
            ) && self.named_type(name) == pascal(name);
            if written {
                let groups = sections.entry(section(name)).or_default();
                groups.entry(features.clone()).or_default().push(name);
            }
        }
        let mut list = format!(
            "{HEAD}//! The objects of VK's schema that answers are made of and [`types`](super) has not by hand.\n\n"
        );
        list += "#![allow(clippy::wildcard_imports, unused_imports)]\n\n";
        for (before, after) in [("mod ", ";"), ("pub use ", "::*;")] {
            for (name, groups) in &sections {
                let all = groups.keys().flatten().cloned().collect();
                let features = if groups.contains_key(&Features::new()) { Features::new() } else { all };
                writeln!(list, "{}{before}{}{after}", gate(&features), names::snake(name))?;
            }
            list.push('\n');
        }
        files.insert("../src/types/schema/mod.rs".to_owned(), list.trim_end().to_owned() + "\n");
        for (name, groups) in sections {
            let mut out = format!(
                "{HEAD}use std::collections::BTreeMap;\n\nuse serde_json::Value;\n\nuse super::*;\nuse crate::{{\n    \
                 methods::Done,\n    types::{{\n        field::{{numbers, object, one_of, texts}},\n        *,\n    }},\n}};\n"
            );
            for (features, types) in groups {
                self.group(&mut out, &features, &types)?;
            }
            files.insert(format!("../src/types/schema/{}.rs", names::snake(name)), out);
        }
        Ok(())
    }

    /// What the same features want, each kind of declaration in one block.
    fn group(&self, out: &mut String, features: &Features, types: &[&str]) -> Result<()> {
        for word in ["object", "texts", "numbers", "one_of"] {
            let mut block = String::new();
            for name in types {
                let Some(def) = self.facts.types.get(*name) else { continue };
                match (word, def) {
                    ("object", Def::Object(_)) => self.object(&mut block, name)?,
                    ("texts", Def::Texts(values)) => {
                        let values =
                            values.iter().map(|text| (pascal(text), format!("{text:?}"), text.clone()));
                        list(&mut block, name, values)?;
                    }
                    ("numbers", Def::Numbers(values)) => {
                        let values = values.iter().filter_map(|(number, name)| {
                            let name = name.as_ref()?;
                            Some((pascal(name), number.to_string(), name.replace('_', " ")))
                        });
                        list(&mut block, name, values)?;
                    }
                    ("one_of", Def::OneOf { tag: Some(tag), variants }) => {
                        self.one_of(&mut block, name, tag, variants)?;
                    }
                    _ => {}
                }
            }
            if !block.is_empty() {
                writeln!(
                    out,
                    "\n{}{word}! {{{}}}",
                    gate(features),
                    block.trim_end_matches('\n').to_owned() + "\n"
                )?;
            }
        }
        Ok(())
    }

    fn object(&self, out: &mut String, name: &str) -> Result<()> {
        let members = self.facts.members(name).unwrap_or_default();
        let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
        writeln!(out, "\n    /// VK's `{name}`.\n    {} {{", pascal(name))?;
        for member in &members {
            writeln!(out, "        /// {}", self.explain(member))?;
            let field = names::field(&member.name, &names);
            let wire = if field == member.name { String::new() } else { format!(" = {:?}", member.name) };
            writeln!(out, "        {field}: {}{wire},", self.member_type(member))?;
        }
        writeln!(out, "    }}")?;
        Ok(())
    }

    /// What a member is in Rust. Only what has no sensible "nothing" is demanded, and of numbers only `id`: VK leaves
    /// others out now and then, whatever its schema says.
    fn member_type(&self, member: &Member) -> String {
        let mut plain = self.rust_type(&member.kind);
        if let Some(id) = Self::id_type(member) {
            plain = plain.replace("i64", id);
        }
        match self.facts.resolve(&member.kind) {
            Type::List(_) | Type::Map(_) | Type::Any => plain,
            _ if plain == "Value" => plain,
            Type::Int | Type::Num if !(member.required && member.name == "id") => format!("Option<{plain}>"),
            Type::Ref(_) if self.is_object(&member.kind) && !member.required => {
                format!("Option<Box<{plain}>>")
            }
            Type::Ref(_) if self.is_object(&member.kind) => format!("Box<{plain}>"),
            _ if member.required => plain,
            _ => format!("Option<{plain}>"),
        }
    }

    fn is_object(&self, kind: &Type) -> bool {
        let Type::Ref(name) = self.facts.resolve(kind) else { return false };
        let object = matches!(self.facts.types.get(name), Some(Def::Object(_) | Def::OneOf { .. }));
        object && self.overlay.types.get(name).is_none_or(|rust| rust != "bool" && rust != "Value")
    }

    fn one_of(&self, out: &mut String, name: &str, tag: &str, variants: &[(String, Type)]) -> Result<()> {
        writeln!(out, "\n    /// VK's `{name}`.\n    {} by {tag:?} {{", pascal(name))?;
        for (value, kind) in variants {
            writeln!(out, "        {}({}) = {value:?},", pascal(value), self.rust_type(kind))?;
        }
        writeln!(out, "    }}")?;
        Ok(())
    }
}

fn list(out: &mut String, name: &str, values: impl Iterator<Item = (String, String, String)>) -> Result<()> {
    let mut taken = BTreeSet::new();
    writeln!(out, "\n    /// VK's `{name}`.\n    {} {{", pascal(name))?;
    for (mut variant, value, words) in values {
        while !taken.insert(variant.clone()) {
            variant.push('_');
        }
        writeln!(out, "        /// `{words}`.\n        {variant} = {value},")?;
    }
    writeln!(out, "    }}")?;
    Ok(())
}

/// The condition of what only some features want.
pub(super) fn gate(features: &Features) -> String {
    let features: Vec<_> = features.iter().map(|feature| format!("feature = {feature:?}")).collect();
    let line = match features.len() {
        0 => return String::new(),
        1 => format!("#[cfg({})]\n", features.join("")),
        _ => format!("#[cfg(any({}))]\n", features.join(", ")),
    };
    // As rustfmt has it.
    if line.trim_end().len() > 110 {
        format!("#[cfg(any(\n    {}\n))]\n", features.join(",\n    "))
    } else {
        line
    }
}
