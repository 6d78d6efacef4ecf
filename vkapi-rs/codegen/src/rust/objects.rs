//! Objects and lists of values.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use anyhow::{Result, anyhow, ensure};

use super::{Features, HEAD, Writer, names, names::pascal, section, shape::shape};
use crate::{
    Files,
    facts::{Def, Member, Type},
    overlay::EVENT,
};

impl Writer<'_> {
    pub(super) fn objects(&self, files: &mut Files) -> Result<()> {
        let mut sections: BTreeMap<&str, BTreeMap<Features, Vec<&str>>> = BTreeMap::new();
        let reached = self.reached();
        for (name, features) in &reached {
            let by_hand = self.overlay.types.contains_key(name);
            let written = !by_hand
                && !matches!(self.facts.types.get(name), None | Some(Def::Alias(_)))
                && self.named_type(name) == self.overlay.rust_name(name);
            if written {
                let groups = sections.entry(section(name)).or_default();
                groups.entry(features.clone()).or_default().push(name);
            }
        }
        let events = sections.remove(section(EVENT)).unwrap_or_default();
        files.insert("../src/types/events.rs".to_owned(), self.event_objects(events)?);
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
                 methods::Done,\n    types::{{\n        field::{{numbers, object, one_of, shapes, texts}},\n        *,\n    }},\n}};\n"
            );
            for (features, types) in groups {
                self.group(&mut out, &features, &types)?;
            }
            files.insert(format!("../src/types/schema/{}.rs", names::snake(name)), out);
        }
        Ok(())
    }

    /// What the same features want, each kind of declaration in one block.
    pub(super) fn group(&self, out: &mut String, features: &Features, types: &[&str]) -> Result<()> {
        for word in ["object", "texts", "numbers", "one_of", "shapes"] {
            let mut block = String::new();
            for name in types {
                let Some(def) = self.facts.types.get(*name) else { continue };
                match (word, def) {
                    ("object", Def::Object(_)) => self.object(&mut block, name)?,
                    ("texts", Def::Texts(values)) => {
                        let values =
                            values.iter().map(|text| (pascal(text), format!("{text:?}"), text.clone()));
                        self.list(&mut block, name, values)?;
                    }
                    ("numbers", Def::Numbers(values)) => {
                        let values = values.iter().filter_map(|(number, name)| {
                            let name = name.as_ref()?;
                            Some((pascal(name), number.to_string(), name.replace('_', " ")))
                        });
                        self.list(&mut block, name, values)?;
                    }
                    ("one_of", Def::OneOf { tag: Some(tag), variants }) => {
                        self.one_of(&mut block, name, tag, variants)?;
                    }
                    ("shapes", Def::OneOf { tag: None, variants }) => {
                        self.shapes(&mut block, name, variants)?;
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
        self.head(out, name)?;
        writeln!(out, "    {} {{", self.overlay.rust_name(name))?;
        for member in &members {
            writeln!(out, "        /// {}", self.explain(name, member))?;
            let field = names::field(&member.name, &names);
            let wire = if field == member.name { String::new() } else { format!(" = {:?}", member.name) };
            writeln!(out, "        {field}: {}{wire},", self.member_type(name, member))?;
        }
        writeln!(out, "    }}")?;
        Ok(())
    }

    /// What a type is, for a reader.
    fn head(&self, out: &mut String, name: &str) -> Result<()> {
        match self.overlay.docs.get(name) {
            Some(told) => writeln!(out, "\n    /// {told}")?,
            None => writeln!(out, "\n    /// VK's `{name}`.")?,
        }
        Ok(())
    }

    /// What a member is in Rust. Only what has no sensible "nothing" is demanded, and of numbers only `id`: VK leaves
    /// others out now and then, whatever its schema says. An event that does not say whom and what it is about is none.
    fn member_type(&self, of: &str, member: &Member) -> String {
        if let Some(told) = self.overlay.members.get(&format!("{of}.{}", member.name)) {
            return told.clone();
        }
        let event = of.starts_with(EVENT);
        let demanded = member.required && (member.name == "id" || event && is_id(&member.name));
        let mut plain = self.rust_type(&member.kind);
        if let Some(id) = Self::id_type(member).or_else(|| event.then(|| event_id(member)).flatten()) {
            plain = plain.replace("i64", id);
        }
        match self.facts.resolve(&member.kind) {
            Type::List(_) | Type::Map(_) | Type::Any => plain,
            _ if plain == "Value" || plain.starts_with("BTreeMap") => plain,
            Type::Int | Type::Num if !demanded => format!("Option<{plain}>"),
            Type::Ref(_) if self.is_object(&member.kind) && !member.required => {
                format!("Option<Box<{plain}>>")
            }
            Type::Ref(_) if self.is_object(&member.kind) => format!("Box<{plain}>"),
            Type::Int | Type::Num => plain,
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
        self.head(out, name)?;
        writeln!(out, "    {} by {tag:?} {{", self.overlay.rust_name(name))?;
        for (value, kind) in variants {
            writeln!(out, "        {}({}) = {value:?},", pascal(value), self.rust_type(kind))?;
        }
        writeln!(out, "    }}")?;
        Ok(())
    }

    /// One of several that no member tells apart, but the shape of the JSON does.
    fn shapes(&self, out: &mut String, name: &str, variants: &[(String, Type)]) -> Result<()> {
        self.head(out, name)?;
        writeln!(out, "    {} {{", self.overlay.rust_name(name))?;
        let mut taken = BTreeSet::new();
        for (_, kind) in variants {
            let shape =
                self.shape(kind).ok_or_else(|| anyhow!("{name}: {kind:?} has no shape of its own"))?;
            ensure!(taken.insert(shape), "{name}: two of the shape {shape}");
            let plain = self.rust_type(kind);
            let (told, of) = match shape {
                "Flag" => ("A flag.", plain),
                "Number" => ("A number.", plain),
                "Text" => ("A text.", plain),
                "List" => ("A list.", plain),
                _ => ("One thing.", format!("Box<{plain}>")),
            };
            writeln!(out, "        /// {told}\n        {shape}({of}),")?;
        }
        writeln!(out, "    }}")?;
        Ok(())
    }

    /// What JSON a value is.
    fn shape(&self, kind: &Type) -> Option<&'static str> {
        shape(self.facts, self.overlay, kind)
    }

    fn list(
        &self,
        out: &mut String,
        name: &str,
        values: impl Iterator<Item = (String, String, String)>,
    ) -> Result<()> {
        let mut taken = BTreeSet::new();
        self.head(out, name)?;
        writeln!(out, "    {} {{", self.overlay.rust_name(name))?;
        for (mut variant, value, words) in values {
            while !taken.insert(variant.clone()) {
                variant.push('_');
            }
            writeln!(out, "        /// `{words}`.\n        {variant} = {value},")?;
        }
        writeln!(out, "    }}")?;
        Ok(())
    }
}

/// Whether a member of an event tells whom or what it is about.
fn is_id(name: &str) -> bool {
    name.ends_with("_id") || name == "cmid"
}

/// Whose number a member of an event is: a person's or that of anyone who writes, communities too.
fn event_id(member: &Member) -> Option<&'static str> {
    match (&member.kind, member.name.as_str()) {
        (Type::Int, "from_id" | "to_id" | "liker_id" | "reacted_id" | "deleter_id") => Some("PeerId"),
        (Type::Int, "admin_id") => Some("UserId"),
        _ => None,
    }
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
