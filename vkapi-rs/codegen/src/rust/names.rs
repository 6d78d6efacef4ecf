//! VK's names in Rust.

/// Words of the language that no name may be.
const KEYWORDS: [&str; 14] = [
    "as", "async", "box", "for", "if", "in", "match", "mod", "move", "pub", "ref", "return", "static", "use",
];

/// `messages_message` and `messages.getHistory` as names of types.
pub(crate) fn pascal(name: &str) -> String {
    let mut out = String::new();
    for word in name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let shouted = word.chars().all(|letter| !letter.is_ascii_lowercase());
        let mut letters = word.chars();
        out.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        let rest = letters.as_str();
        out.push_str(&if shouted { rest.to_ascii_lowercase() } else { rest.to_owned() });
    }
    if out.starts_with(|letter: char| letter.is_ascii_digit()) { format!("N{out}") } else { out }
}

/// `messages.getHistory` as the name of a function, `extraField` as that of a field.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if !letter.is_ascii_alphanumeric() {
            if !out.ends_with('_') {
                out.push('_');
            }
            continue;
        }
        let after_capital = out.chars().last().is_none_or(|last| last == '_');
        let in_shout = name_ends_shout(&out, name);
        if letter.is_ascii_uppercase() && !after_capital && !in_shout {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// Whether the letter before was a capital too, as in `URL`.
fn name_ends_shout(written: &str, name: &str) -> bool {
    let letters = written.chars().filter(|letter| *letter != '_').count();
    let before = name.chars().filter(char::is_ascii_alphanumeric).nth(letters.saturating_sub(1));
    before.is_some_and(|letter| letter.is_ascii_uppercase())
}

/// The name of a field or an argument; `type` becomes `kind` as all over `vkapi-rs`, unless that is taken.
pub(super) fn field(name: &str, taken: &[&str]) -> String {
    match name {
        "type" if !taken.contains(&"kind") => "kind".to_owned(),
        "type" => "type_".to_owned(),
        "self" => "by_self".to_owned(),
        _ => {
            let plain = snake(name);
            if KEYWORDS.contains(&plain.as_str()) {
                format!("r#{plain}")
            } else if plain.starts_with(|letter: char| letter.is_ascii_digit()) {
                format!("n{plain}")
            } else {
                plain
            }
        }
    }
}

/// A name as a sentence: `members_count` is «How many members.»
pub(super) fn words(name: &str) -> String {
    let plain = snake(name).replace('_', " ");
    let plain = plain.trim();
    let told = [("can ", "whether one can "), ("is ", "whether it is "), ("has ", "whether it has ")];
    let told =
        told.iter().find_map(|(start, instead)| Some(format!("{instead}{}", plain.strip_prefix(start)?)));
    let told = told.or_else(|| Some(format!("how many {}", plain.strip_suffix(" count")?)));
    let told = told.unwrap_or_else(|| plain.to_owned());
    let mut letters =
        told.split(' ').map(|word| if word == "url" { "URL" } else { word }).collect::<Vec<_>>().join(" ");
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters + "."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_rusts_ways() {
        assert_eq!(pascal("messages.getHistory"), "MessagesGetHistory");
        assert_eq!(pascal("leadForms_answer_item"), "LeadFormsAnswerItem");
        assert_eq!(pascal("2fa"), "N2fa");
        assert_eq!(snake("leadForms.getUploadURL"), "lead_forms_get_upload_url");
        assert_eq!(snake("users.get"), "users_get");
        assert_eq!(snake("photo_max_orig"), "photo_max_orig");
        assert_eq!((field("type", &[]), field("ref", &[])), ("kind".to_owned(), "r#ref".to_owned()));
        assert_eq!(words("members_count"), "How many members.");
        assert_eq!(words("can_comment"), "Whether one can comment.");
        assert_eq!(words("photo_url"), "Photo URL.");
    }
}
