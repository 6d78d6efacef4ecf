//! The parameters of one call, read as VK reads them.

use serde_json::Value;

use crate::error::ApiError;

/// Parameters in the order sent, without the token. Of a name sent twice the last one counts; an empty
/// value is as good as none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Takes out every value of a name and returns the last one.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let mut taken = None;
        self.0.retain_mut(|(key, value)| {
            let this = key == name;
            if this {
                taken = Some(std::mem::take(value));
            }
            !this
        });
        taken
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|v| !v.is_empty())
    }

    pub(crate) fn required_text(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name).ok_or_else(|| undefined(name))
    }

    pub(crate) fn int(&self, name: &str) -> Result<Option<i64>, ApiError> {
        self.text(name).map(|text| parse_int(name, text)).transpose()
    }

    pub(crate) fn required_int(&self, name: &str) -> Result<i64, ApiError> {
        self.int(name)?.ok_or_else(|| undefined(name))
    }

    /// A count or an offset: absent is `default`, above `most` or below zero is an error.
    pub(crate) fn amount(&self, name: &str, default: usize, most: usize) -> Result<usize, ApiError> {
        let Some(number) = self.int(name)? else { return Ok(default) };
        let number =
            usize::try_from(number).map_err(|_| ApiError::param(format!("{name} should be positive")))?;
        if number > most {
            return Err(ApiError::param(format!("{name} should be less or equal than {most}")));
        }
        Ok(number)
    }

    pub(crate) fn float(&self, name: &str) -> Result<Option<f64>, ApiError> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| ApiError::param(format!("{name} not float"))))
            .transpose()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), Some("1" | "true"))
    }

    /// A comma-joined list; spaces around items are ignored.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        self.text(name)
            .map(|text| text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect())
            .unwrap_or_default()
    }

    /// A comma-joined list of numbers, of at most `most` items.
    pub(crate) fn ints(&self, name: &str, most: usize) -> Result<Vec<i64>, ApiError> {
        let items = self.list(name);
        if items.len() > most {
            return Err(ApiError::param(format!("{name} should contain no more than {most} items")));
        }
        items.into_iter().map(|item| parse_int(name, item)).collect()
    }

    /// JSON in a parameter.
    pub(crate) fn json(&self, name: &str) -> Result<Option<Value>, ApiError> {
        self.text(name)
            .map(|text| {
                serde_json::from_str(text)
                    .map_err(|_| ApiError::param(format!("{name} contains incorrect JSON")))
            })
            .transpose()
    }
}

/// The refusal of a required parameter that is not there.
pub(crate) fn undefined(name: &str) -> ApiError {
    ApiError::param(format!("{name} is undefined"))
}

fn parse_int(name: &str, text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| ApiError::param(format!("{name} not integer")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params::new(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn an_empty_value_is_as_good_as_none() {
        let params = params(&[("peer_id", ""), ("count", "5")]);
        assert_eq!(params.int("peer_id"), Ok(None));
        assert_eq!(params.amount("count", 20, 200), Ok(5));
        assert_eq!(params.required_int("peer_id"), Err(undefined("peer_id")));
    }

    #[test]
    fn of_a_name_sent_twice_the_last_one_counts() {
        let mut params = params(&[("v", "5.100"), ("v", "5.199")]);
        assert_eq!(params.text("v"), Some("5.199"));
        assert_eq!(params.take("v").as_deref(), Some("5.199"));
        assert!(params.pairs().is_empty());
    }

    #[test]
    fn lists_are_split_at_commas_and_bounded() {
        let params = params(&[("peer_ids", "1, 2,,3"), ("bad", "1,x")]);
        assert_eq!(params.ints("peer_ids", 100), Ok(vec![1, 2, 3]));
        assert!(params.ints("peer_ids", 2).is_err());
        assert!(params.ints("bad", 100).is_err());
    }
}
