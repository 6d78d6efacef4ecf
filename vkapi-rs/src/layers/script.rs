//! Calls written as VKScript, <https://dev.vk.com/ru/method/execute>.

use std::fmt::Write;

use crate::transport::Call;

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
pub(super) fn of<'a>(calls: impl IntoIterator<Item = &'a Call>) -> String {
    let mut code = "return [".to_owned();
    for (index, call) in calls.into_iter().enumerate() {
        if index > 0 {
            code.push(',');
        }
        write_call(&mut code, call);
    }
    code.push_str("];");
    code
}

/// How many bytes the call takes in a script.
pub(super) fn length(call: &Call) -> usize {
    let mut code = String::new();
    write_call(&mut code, call);
    code.len() + 1
}

/// The same strings as in a form: VK reads parameters of a script as it does those of a request.
fn write_call(code: &mut String, call: &Call) {
    code.push_str("API.");
    code.push_str(&call.method);
    code.push_str("({");
    for (index, (name, value)) in call.form.iter().enumerate() {
        if index > 0 {
            code.push(',');
        }
        write_text(code, name);
        code.push(':');
        write_text(code, value);
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
            let code = of([&call(&text)]);
            let inside = code.strip_prefix(r#"return [API.messages.send({"message":"#).unwrap();
            let literal = inside.strip_suffix("})];").unwrap();
            prop_assert_eq!(&serde_json::from_str::<String>(literal).unwrap(), &text);
            let broken = ["\n", "\r", "\u{2028}", "\u{2029}", "\0", "</"].iter().any(|part| literal.contains(part));
            prop_assert!(!broken);
            prop_assert_eq!(code.len(), length(&call(&text)) + "return [];".len() - 1);
        }
    }

    #[test]
    fn what_vk_reads_of_the_whole_request_is_not_put_into_a_script() {
        assert!(can_carry(&call("v")));
        let own = Call::new("users.get", vec![("lang".to_owned(), "en".to_owned())], Lane::Reply);
        assert!(!can_carry(&own) && !can_carry(&Call::new("a;b", Vec::new(), Lane::Reply)));
    }
}
