//! Numbers of errors.

use std::{collections::BTreeSet, fmt::Write};

use anyhow::{Result, ensure};

use super::{HEAD, Writer};

impl Writer<'_> {
    pub(super) fn errors(&self) -> Result<String> {
        let mut out = format!(
            "{HEAD}//! Every error of VK's schema.\n\nuse super::code::{{ErrorCode, codes}};\n\ncodes! {{\n"
        );
        let mut taken = BTreeSet::new();
        for (code, error) in &self.facts.errors {
            let name = self.overlay.errors.get(&code.to_string());
            let name = name.cloned().unwrap_or_else(|| error.name.to_ascii_uppercase());
            ensure!(taken.insert(name.clone()), "two errors are called {name}");
            writeln!(out, "    {name} = {code} {:?},", error.message)?;
        }
        out.push_str("}\n");
        Ok(out)
    }
}
