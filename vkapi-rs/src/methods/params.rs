//! Parameters of the generated methods.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::errors::RequestError;

/// Parameters as VK takes them, and the first limit they break.
#[derive(Clone, Default)]
pub(crate) struct Params {
    form: Vec<(&'static str, String)>,
    broken: Option<String>,
}

impl Params {
    /// A text, or a number written as one; a parameter set again is replaced.
    pub(crate) fn text(mut self, name: &'static str, value: String) -> Self {
        match self.form.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.form.push((name, value)),
        }
        self
    }

    /// A flag.
    pub(crate) fn flag(self, name: &'static str, value: bool) -> Self {
        self.text(name, u8::from(value).to_string())
    }

    /// A list of at least `least` and at most `most[0]` values; an empty one is as good as none.
    pub(crate) fn list(
        mut self,
        name: &'static str,
        values: &[String],
        least: usize,
        most: &[usize],
    ) -> Self {
        let count = values.len();
        let too_many = most.first().filter(|most| count > **most);
        if count < least || too_many.is_some() {
            let limit =
                too_many.map_or_else(|| format!("at least {least}"), |most| format!("at most {most}"));
            self.broken.get_or_insert(format!("{name}: {count} values, and {limit} may be"));
        }
        if values.is_empty() { self } else { self.text(name, values.join(",")) }
    }

    pub(crate) fn check(&self) -> Result<(), RequestError> {
        self.broken.as_ref().map_or(Ok(()), |broken| Err(RequestError::Invalid(broken.clone())))
    }
}

impl Serialize for Params {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.form.iter().map(|(name, value)| (name, value)))
    }
}

impl fmt::Debug for Params {
    /// Parameters hold what people write: only their names are shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.form.iter().map(|(name, _)| name)).finish()
    }
}
