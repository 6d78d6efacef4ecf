//! What was meant when the keyboard stood in another language, or Russian was typed in Latin letters.

use super::words::folded;

const KEYS: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const LETTERS: &str = "йцукенгшщзхъфывапролджэячсмитьбюе";

/// Text typed in Russian while the keyboard was in English: «gjcn» → «пост».
pub(crate) fn russian_keys(text: &str) -> String {
    swapped(text, KEYS, LETTERS)
}

/// Text typed in English while the keyboard was in Russian: «йк» → «qr».
pub(crate) fn english_keys(text: &str) -> String {
    swapped(text, LETTERS, KEYS)
}

fn swapped(text: &str, from: &str, to: &str) -> String {
    // A shifted key is the same letter in capitals.
    let unshifted = text.chars().map(|c| match c {
        '{' => '[',
        '}' => ']',
        ':' => ';',
        '"' => '\'',
        '<' => ',',
        '>' => '.',
        '~' => '`',
        other => other,
    });
    let text = folded(&unshifted.collect::<String>());
    let key = |c: char| from.chars().position(|f| f == c).and_then(|at| to.chars().nth(at));
    text.chars().map(|c| key(c).unwrap_or(c)).collect()
}

/// Sounds spelled with several Latin letters, longest first, then with one.
const SPELLED: [(&str, &str); 45] = [
    ("shch", "щ"),
    ("sch", "щ"),
    ("zh", "ж"),
    ("kh", "х"),
    ("ts", "ц"),
    ("ch", "ч"),
    ("sh", "ш"),
    ("yu", "ю"),
    ("ju", "ю"),
    ("iu", "ю"),
    ("ya", "я"),
    ("ja", "я"),
    ("ia", "я"),
    ("yo", "е"),
    ("jo", "е"),
    ("ye", "е"),
    ("ey", "ей"),
    ("iy", "ий"),
    ("yy", "ый"),
    ("a", "а"),
    ("b", "б"),
    ("c", "ц"),
    ("d", "д"),
    ("e", "е"),
    ("f", "ф"),
    ("g", "г"),
    ("h", "х"),
    ("i", "и"),
    ("j", "й"),
    ("k", "к"),
    ("l", "л"),
    ("m", "м"),
    ("n", "н"),
    ("o", "о"),
    ("p", "п"),
    ("q", "к"),
    ("r", "р"),
    ("s", "с"),
    ("t", "т"),
    ("u", "у"),
    ("v", "в"),
    ("w", "в"),
    ("x", "кс"),
    ("y", "ы"),
    ("z", "з"),
];

/// Russian typed in Latin letters: «kak zakrepit» → «как закрепит».
pub(crate) fn spelled(text: &str) -> String {
    let text = folded(text);
    let mut rest = text.as_str();
    let mut russian = String::with_capacity(text.len() * 2);
    while let Some(next) = rest.chars().next() {
        if let Some((latin, letter)) = SPELLED.iter().find(|(latin, _)| rest.starts_with(latin)) {
            russian.push_str(letter);
            rest = &rest[latin.len()..];
        } else {
            russian.push(if next == '\'' { 'ь' } else { next });
            rest = &rest[next.len_utf8()..];
        }
    }
    russian
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrong_keyboard_is_understood_both_ways() {
        assert_eq!(russian_keys("pfrhtgbnm gjcn"), "закрепить пост");
        assert_eq!(russian_keys("J,KJ;RF"), "обложка");
        assert_eq!(english_keys("йк"), "qr");
    }

    #[test]
    fn latin_letters_spell_russian() {
        assert_eq!(spelled("kak zakrepit zapis"), "как закрепит запис");
        assert_eq!(spelled("Obyavlenie shkoly, yarmarka"), "обявление школы, ярмарка");
    }
}
