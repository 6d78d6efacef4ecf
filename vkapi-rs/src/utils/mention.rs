//! Mentions: made on purpose, and taken out of what strangers write.

use crate::types::PeerId;

/// A mention of a person or a community by a name: `[id1|Мария]`. A person so named is told, unless the request says
/// `disable_mentions`.
///
/// What would break the mention is taken out of the name; without a name it is `@id1`, and a chat, which cannot be
/// mentioned, is its name alone. <https://dev.vk.com/ru/reference/objects/message>
pub fn mention(whom: impl Into<PeerId>, name: impl AsRef<str>) -> String {
    let whom = whom.into();
    let name: String = name.as_ref().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name = name.replace(['[', ']', '|'], "");
    let address = match (whom.user(), whom.group()) {
        (Some(user), _) => format!("id{user}"),
        (_, Some(group)) => format!("club{group}"),
        _ => return name.trim().to_owned(),
    };
    match name.trim() {
        "" => format!("@{address}"),
        name => format!("[{address}|{name}]"),
    }
}

/// Makes a stranger's text safe to repeat: nobody in it is mentioned, `@all` calls nobody, and no address in it becomes
/// a link.
///
/// The characters such things need are replaced by ones that look alike, one for one: `@`, `*`, the `|` within
/// brackets, a slash after a colon, dots of addresses. People read the same, and offsets in the text stay right. Doing it
/// twice changes nothing more.
pub fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut in_brackets = false;
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        match c {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ => {}
        }
        safe.push(match c {
            '@' => '＠',
            '*' => '∗',
            '|' if in_brackets => '∣',
            '/' if last_seen(&text[..at]) == Some(':') => '∕',
            '.' if in_address(&text[..at], rest) => '․',
            c => c,
        });
    }
    safe
}

/// Whether a dot stands as in `vk.ru`: after a letter or what may pass for one, before two letters at least. What cannot
/// be seen does not count, for it may be dropped on the way.
fn in_address(before: &str, after: &str) -> bool {
    let mut after = after.chars().filter(|c| !is_invisible(*c));
    let may_be_a_name = |c: char| match c {
        '-' | '_' => true,
        // What stands in for another character was none of a name's before.
        '＠' | '∗' | '∣' | '∕' | '․' => false,
        c => !c.is_whitespace() && !c.is_ascii_punctuation(),
    };
    last_seen(before).is_some_and(may_be_a_name)
        && after.next().is_some_and(char::is_alphabetic)
        && after.next().is_some_and(|c| c.is_alphanumeric() || c == '-')
}

fn last_seen(text: &str) -> Option<char> {
    text.chars().rev().find(|c| !is_invisible(*c))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
