//! What changed of something, for the log.

use serde::Serialize;
use serde_json::{Map, Value};

/// How something was and how it is, as JSON of only what is not the same in both; `None` where it was not or is not there.
/// The revision by which the store tells versions apart is nobody's to read.
pub fn change<T: Serialize>(before: Option<&T>, after: Option<&T>) -> (Option<String>, Option<String>) {
    let read = |thing: Option<&T>| thing.and_then(|thing| serde_json::to_value(thing).ok());
    match (read(before), read(after)) {
        (Some(Value::Object(mut was)), Some(Value::Object(mut is))) => {
            let same = |key: &String, a: &Value, other: &Map<String, Value>| other.get(key) == Some(a);
            let kept = was.clone();
            was.retain(|key, value| key != "rev" && !same(key, value, &is));
            is.retain(|key, value| key != "rev" && !same(key, value, &kept));
            (Some(Value::Object(was).to_string()), Some(Value::Object(is).to_string()))
        }
        (was, is) => (was.map(|was| was.to_string()), is.map(|is| is.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CampaignState, Ms, Pause};

    #[derive(Serialize)]
    struct Thing {
        rev: u32,
        name: &'static str,
        state: CampaignState,
        at: Ms,
    }

    #[test]
    fn only_what_is_not_the_same_is_told() {
        let was = Thing { rev: 1, name: "Семинар", state: CampaignState::Running, at: Ms(5) };
        let is =
            Thing { rev: 2, name: "Семинар", state: CampaignState::Paused(Pause::Staff), at: Ms(5) };
        let told = |text: &str| Some(text.to_owned());
        assert_eq!(
            change(Some(&was), Some(&is)),
            (told(r#"{"state":"Running"}"#), told(r#"{"state":{"Paused":"Staff"}}"#))
        );
        assert_eq!(change(Some(&"а"), Some(&"б")), (told(r#""а""#), told(r#""б""#)));
        let (before, after) = change(None, Some(&is));
        assert_eq!(before, None);
        assert!(after.is_some_and(|text| text.contains("Семинар")));
    }
}
