//! VK's names in Rust.

/// Words of the language that no name may be.
const KEYWORDS: [&str; 14] = [
    "as", "async", "box", "for", "if", "in", "match", "mod", "move", "pub", "ref", "return", "static", "use",
];

/// `messages_message` and `messages.getHistory` as names of types.
pub(super) fn pascal(name: &str) -> String {
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

/// A name as a sentence: `members_count` is «Members count.»
pub(super) fn words(name: &str) -> String {
    let plain = snake(name).replace('_', " ");
    let mut letters = plain.trim().chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let sentence: String = first.into_iter().chain(letters).collect();
    let abbreviated = sentence
        .split(' ')
        .map(|word| match word {
            "Id" | "id" => "id".to_owned(),
            "url" | "Url" => "URL".to_owned(),
            "ids" | "Ids" => "ids".to_owned(),
            _ => word.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ");
    format!("{abbreviated}.")
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
        assert_eq!(words("members_count"), "Members count.");
    }
}
