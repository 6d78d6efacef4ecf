//! Calls written as VKScript, <https://dev.vk.com/ru/method/execute>.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
};

use crate::transport::Call;

/// Bytes from which a value that several calls have is written once, as a variable.
const LONG: usize = 64;
/// Bytes a variable takes beside its value, with its name in a call: `var a24="…";a24`.
const VARIABLE: usize = 14;

/// Parameters VK reads of a whole request and not of a call inside of a script.
const OF_REQUEST: [&str; 9] = [
    "access_token",
    "captcha_key",
    "captcha_sid",
    "confirm",
    "https",
    "lang",
    "success_token",
    "test_mode",
    "v",
];

/// Whether the call means the same inside of a script.
pub(super) fn can_carry(call: &Call) -> bool {
    let name = |method: &str| method.chars().all(|char| char.is_ascii_alphanumeric() || char == '.');
    name(&call.method) && call.form.iter().all(|(name, _)| !OF_REQUEST.contains(&name.as_str()))
}

/// A script that makes the calls in order and returns what each returned.
pub(super) fn of(calls: &[&Call]) -> String {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for value in calls.iter().copied().flat_map(long) {
        *times.entry(value).or_default() += 1;
    }
    let mut code = String::new();
    let mut names: HashMap<&str, String> = HashMap::new();
    for value in calls.iter().copied().flat_map(long).filter(|value| times[value] > 1) {
        if !names.contains_key(value) {
            let name = format!("a{}", names.len());
            code.push_str("var ");
            code.push_str(&name);
            code.push('=');
            write_text(&mut code, value);
            code.push(';');
            names.insert(value, name);
        }
    }
    code.push_str("return [");
    for (index, call) in calls.iter().enumerate() {
        if index > 0 {
            code.push(',');
        }
        write_call(&mut code, call, &names);
    }
    code.push_str("];");
    code
}

/// How many bytes at most the call adds to a script that has said these long values already.
pub(super) fn length(call: &Call, said: &HashSet<String>) -> usize {
    let mut code = String::new();
    let names =
        long(call).filter(|value| said.contains(*value)).map(|value| (value, String::new())).collect();
    write_call(&mut code, call, &names);
    code.len() + 1 + VARIABLE * long(call).count()
}

/// The values of a call that are not written again in a script that has them.
pub(super) fn long(call: &Call) -> impl Iterator<Item = &str> {
    call.form.iter().map(|(_, value)| value.as_str()).filter(|value| value.len() >= LONG)
}

/// The same strings as in a form: VK reads parameters of a script as it does those of a request.
fn write_call(code: &mut String, call: &Call, names: &HashMap<&str, String>) {
    code.push_str("API.");
    code.push_str(&call.method);
    code.push_str("({");
    for (index, (name, value)) in call.form.iter().enumerate() {
        if index > 0 {
            code.push(',');
        }
        write_text(code, name);
        code.push(':');
        match names.get(value.as_str()) {
            Some(name) => code.push_str(name),
            None => write_text(code, value),
        }
    }
    code.push_str("})");
}

fn write_text(code: &mut String, text: &str) {
    code.push('"');
    let mut before = '"';
    for char in text.chars() {
        match char {
            '"' => code.push_str("\\\""),
            '\\' => code.push_str("\\\\"),
            '\n' => code.push_str("\\n"),
            '\r' => code.push_str("\\r"),
            '\t' => code.push_str("\\t"),
            // `</script>` may end what carries the script, and these two end a line in the middle of a text.
            '/' if before == '<' => code.push_str("\\/"),
            '\u{2028}' | '\u{2029}' | '\0'..='\x1f' => {
                // Writing to a string cannot fail.
                let _ = write!(code, "\\u{:04x}", u32::from(char));
            }
            _ => code.push(char),
        }
        before = char;
    }
    code.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::transport::Lane;

    fn call(text: &str) -> Call {
        Call::new("messages.send", vec![("message".to_owned(), text.to_owned())], Lane::Reply)
    }

    /// Any text, with what scripts stumble over more often than chance would have it.
    fn text() -> impl Strategy<Value = String> {
        const ODD: [char; 14] = [
            '"', '\'', '\\', '\n', '\r', '\t', '\0', '/', '<', '\u{7f}', '\u{2028}', '\u{2029}', '\u{feff}',
            '😀',
        ];
        let letter = prop_oneof![any::<char>(), prop::sample::select(&ODD[..])];
        prop::collection::vec(letter, 0..40).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn any_text_is_one_line_of_json_that_reads_back_the_same(text in text()) {
            let code = of(&[&call(&text)]);
            let inside = code.strip_prefix(r#"return [API.messages.send({"message":"#).unwrap();
            let literal = inside.strip_suffix("})];").unwrap();
            prop_assert_eq!(&serde_json::from_str::<String>(literal).unwrap(), &text);
            let broken = ["\n", "\r", "\u{2028}", "\u{2029}", "\0", "</"].iter().any(|part| literal.contains(part));
            prop_assert!(!broken);
            prop_assert!(code.len() < length(&call(&text), &HashSet::new()) + "return [];".len());
        }

        #[test]
        fn what_calls_share_is_said_once_and_takes_no_more_than_was_counted(
            texts in prop::collection::vec(text(), 1..4),
            of_whom in prop::collection::vec(any::<prop::sample::Index>(), 1..25),
        ) {
            let texts: Vec<_> = texts.iter().map(|text| format!("{text}{}", "ы".repeat(LONG / 2))).collect();
            let calls: Vec<_> = of_whom.iter().map(|index| call(&texts[index.index(texts.len())])).collect();
            let code = of(&calls.iter().collect::<Vec<_>>());

            let (mut said, mut counted) = (HashSet::new(), "return [];".len());
            for call in &calls {
                counted += length(call, &said);
                said.extend(long(call).map(str::to_owned));
            }
            prop_assert!(code.len() <= counted, "{} > {counted}", code.len());
            for text in &said {
                let mut literal = String::new();
                write_text(&mut literal, text);
                let shared = calls.iter().filter(|call| long(call).any(|value| value == text)).count() > 1;
                let of_all = code.matches(&format!("={literal};")).count();
                let in_calls = code.matches(&format!("\"message\":{literal}")).count();
                prop_assert_eq!((of_all, in_calls), if shared { (1, 0) } else { (0, 1) });
            }
        }
    }

    #[test]
    fn what_vk_reads_of_the_whole_request_is_not_put_into_a_script() {
        assert!(can_carry(&call("v")));
        let own = Call::new("users.get", vec![("lang".to_owned(), "en".to_owned())], Lane::Reply);
        assert!(!can_carry(&own) && !can_carry(&Call::new("a;b", Vec::new(), Lane::Reply)));
    }
}
