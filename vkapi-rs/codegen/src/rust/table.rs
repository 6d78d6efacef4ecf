//! What is known of methods by name, for calls that have nothing else.

use std::fmt::Write;

use super::{HEAD, Writer};
use crate::Files;

impl Writer<'_> {
    pub(super) fn table(&self, files: &mut Files) {
        let mut out = format!("{HEAD}//! What is known of methods by their names.\n\n");
        out += "/// Every method of VK's schema in order: whether it may be said twice, and whether it may go inside of an\n";
        out += "/// `execute`.\npub(super) const METHODS: &[(&str, bool, bool)] = &[\n";
        for (name, method) in &self.facts.methods {
            let (idempotent, batchable) = (self.idempotent(name), self.batchable(name, method));
            _ = writeln!(out, "    ({name:?}, {idempotent}, {batchable}),");
        }
        out += "];\n";
        files.insert("../src/methods/table.rs".to_owned(), out);
    }
}
