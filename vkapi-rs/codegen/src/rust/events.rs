//! Events: what they carry, and the list of their kinds.

use std::fmt::Write;

use anyhow::{Result, anyhow, ensure};

use super::{Features, HEAD, Writer, names};
use crate::{
    Files,
    facts::{Def, Type},
    overlay::EVENT,
};

impl Writer<'_> {
    /// The kinds of events, in order of their names.
    pub(super) fn event_names(&self) -> Vec<&str> {
        let Some(Def::Texts(names)) = self.facts.types.get("callback_type") else { return Vec::new() };
        let mut names: Vec<_> = names.iter().map(String::as_str).collect();
        names.retain(|name| !self.overlay.no_events.contains(*name));
        names.sort_unstable();
        names
    }

    /// What events alone carry; what they share with methods is among the objects.
    pub(super) fn event_objects(
        &self,
        groups: std::collections::BTreeMap<Features, Vec<&str>>,
    ) -> Result<String> {
        let mut out = format!(
            "{HEAD}//! What events carry that no method answers with.\n\n#![allow(clippy::wildcard_imports, unused_imports)]\n\n\
             use serde_json::Value;\n\nuse super::{{\n    field::{{numbers, object, texts}},\n    schema::*,\n    *,\n}};\n"
        );
        for (features, types) in groups {
            ensure!(features.is_empty(), "events are always there");
            self.group(&mut out, &features, &types)?;
        }
        Ok(out)
    }

    /// The list of kinds, as a macro that hands it to another one.
    pub(super) fn events(&self, files: &mut Files) -> Result<()> {
        let mut out = format!("{HEAD}//! The kinds of events.\n\n");
        out += "/// Every kind of event this crate knows: what it is, its variant, its object, VK's name, the filter's name.\n";
        out += "macro_rules! update_kinds {\n    ($then:ident) => {\n        $then! {\n";
        for name in self.event_names() {
            let told = self.overlay.events.get(name).ok_or_else(|| anyhow!("nothing is told of {name}"))?;
            let object = format!("{EVENT}{name}");
            ensure!(self.facts.types.contains_key(&object), "there is no {object}");
            let object = self.path(&Type::Ref(object));
            let variant = names::pascal(name);
            writeln!(
                out,
                "            /// {told}\n            {variant}({object}) = {name:?}, filter_{name};"
            )?;
        }
        out += "        }\n    };\n}\npub(crate) use update_kinds;\n";
        files.insert("../src/types/kinds.rs".to_owned(), out);
        Ok(())
    }

    /// A type with the way to it from anywhere in `vkapi-rs`.
    fn path(&self, kind: &Type) -> String {
        let plain = self.rust_type(kind);
        match self.facts.resolve(kind) {
            Type::Ref(name) if name.starts_with(EVENT) || self.overlay.types.contains_key(name) => {
                format!("$crate::types::{plain}")
            }
            Type::Ref(_) => format!("$crate::types::schema::{plain}"),
            _ => format!("serde_json::{plain}"),
        }
    }
}
