//! What must not be kept of a typed text: names, numbers, addresses, links.

/// Digits in a row, with what people write between them, that may be a phone, a card, a document or a date of birth.
const DIGITS: usize = 5;
/// How patronymics of men end in each case: nothing else ends so.
const SONS: [&str; 12] = [
    "ович",
    "овича",
    "овичу",
    "овичем",
    "овиче",
    "овичи",
    "евич",
    "евича",
    "евичу",
    "евичем",
    "евиче",
    "евичи",
];
/// How those of women end.
const DAUGHTERS: [&str; 8] = ["овна", "овны", "овну", "евна", "евны", "евну", "инична", "иничну"];
/// How those of women end where adjectives do too («основной», «в деревне»): only with a capital letter.
const LIKE_ADJECTIVES: [&str; 6] = ["овне", "овной", "евне", "евной", "иничне", "иничной"];
/// The fewest letters before the ending: «Львович».
const LETTERS: usize = 3;

/// The text in one line without names of people, numbers, e-mail addresses, links and mentions of VK.
pub fn masked(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    let mut masked: Vec<String> =
        words.iter().map(|w| address(w).map_or_else(|| (*w).to_owned(), str::to_owned)).collect();
    names(&words, &mut masked);
    let mut line = masked.join(" ");
    line = numbers(&line);
    line
}

/// What stands for a word that is an address of any kind.
fn address(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric() && !"@*[".contains(c));
    let mention = bare.starts_with(['@', '*']) && bare.chars().nth(1).is_some_and(char::is_alphanumeric);
    let wiki =
        lower.contains("[id") || lower.contains("[club") || lower.contains("[public") || lower.contains('|');
    if mention
        || wiki
        || lower.contains("://")
        || ["vk.com/", "vk.ru/", "vk.me/", "t.me/", "www."].iter().any(|h| lower.contains(h))
    {
        return Some("[ссылка]");
    }
    let (user, host) = lower.split_once('@')?;
    (user.ends_with(|c: char| c.is_alphanumeric()) && host.contains('.')).then_some("[почта]")
}

fn letters(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphabetic())
}

/// A word as names are written: «Анна», not «АННА» and not «ВКонтакте».
fn name_like(word: &str) -> bool {
    let mut chars = letters(word).chars();
    let first = chars.next().is_some_and(char::is_uppercase);
    let rest: Vec<char> = chars.collect();
    first && !rest.is_empty() && rest.iter().all(|c| c.is_lowercase() || *c == '-')
}

/// «И.», «И.И.».
fn initials(word: &str) -> bool {
    let ends = word.trim_end_matches([',', ';', '?', '!']);
    ends.ends_with('.')
        && ends
            .split('.')
            .filter(|p| !p.is_empty())
            .all(|p| p.chars().count() == 1 && p.chars().all(char::is_uppercase))
        && ends.chars().any(char::is_alphabetic)
}

fn patronymic(word: &str) -> bool {
    let lower = letters(word).to_lowercase();
    let ends = |endings: &[&str]| {
        let before = endings.iter().find_map(|end| lower.strip_suffix(end));
        before.is_some_and(|before| before.chars().count() >= LETTERS)
    };
    ends(&SONS) || ends(&DAUGHTERS) || (ends(&LIKE_ADJECTIVES) && name_like(word))
}

/// Names: three words each written as one, a patronymic with the words before it, a surname with initials.
fn names(words: &[&str], masked: &mut [String]) {
    let mut hide = vec![false; words.len()];
    let mut run = 0;
    for (at, word) in words.iter().enumerate() {
        run = if name_like(word) { run + 1 } else { 0 };
        // Two at the beginning of a sentence may be «Как Тамбову», elsewhere they are a name.
        let begins =
            at + 1 == run || words.get(at.wrapping_sub(run)).is_some_and(|w| w.ends_with(['.', '!', '?']));
        if run >= 3 || (run == 2 && !begins) {
            hide[at + 1 - run..=at].fill(true);
        }
        if patronymic(word) {
            let first = at.saturating_sub(1);
            hide[first..=at].fill(true);
            if first > 0 && name_like(words[first - 1]) {
                hide[first - 1] = true;
            }
            if words.get(at + 1).is_some_and(|w| name_like(w)) {
                hide[at + 1] = true;
            }
        }
        if initials(word) {
            hide[at] = true;
            if let Some(before) = at.checked_sub(1).filter(|b| name_like(words[*b])) {
                hide[before] = true;
            }
            if words.get(at + 1).is_some_and(|w| name_like(w)) {
                hide[at + 1] = true;
            }
        }
    }
    let mut hidden = false;
    for (at, hide) in hide.into_iter().enumerate() {
        if hide {
            masked[at] = if hidden { String::new() } else { "[имя]".to_owned() };
        }
        hidden = hide;
    }
}

/// Long numbers, whatever is written between their digits; and the empty places names have left.
fn numbers(line: &str) -> String {
    let chars: Vec<char> = line.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        let begins =
            chars[at].is_numeric() || (chars[at] == '+' && chars.get(at + 1).is_some_and(|c| c.is_numeric()));
        if !begins {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let (mut end, mut digits) = (at, 0);
        while at < chars.len() && (chars[at].is_numeric() || " -–().+№/".contains(chars[at])) {
            if chars[at].is_numeric() {
                digits += 1;
                end = at + 1;
            }
            at += 1;
        }
        if digits >= DIGITS {
            out.push_str("[номер]");
        } else {
            out.extend(&chars[start..end]);
        }
        at = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_of_a_person_is_left_out() {
        for (typed, kept) in [
            ("можно ли выложить Иванов Иван Иванович 5б", "можно ли выложить [имя] 5б"),
            ("жалуется иван петрович из квартиры 5", "жалуется [имя] из квартиры 5"),
            ("фото Марии Сергеевны Ким, нужно согласие?", "фото [имя] нужно согласие?"),
            ("поздравить Петрову А. И. с юбилеем", "поздравить [имя] с юбилеем"),
            ("родители Пети Иванова против", "родители [имя] против"),
            ("позвоните +7 (912) 345-67-89 срочно", "позвоните [номер] срочно"),
            ("мой тел 89123456789", "мой тел [номер]"),
            ("родился 12.05.2010, снилс 123-456-789 00", "родился [номер], снилс [номер]"),
            ("пишите на anna.p@mail.ru", "пишите на [почта]"),
            ("взломали https://vk.com/school5 помогите", "взломали [ссылка] помогите"),
            ("привет [id1|Павел] и @durov, *club1 (тут)", "привет [ссылка] и [ссылка] [ссылка] (тут)"),
        ] {
            assert_eq!(masked(typed), kept, "{typed}");
        }
    }

    #[test]
    fn what_the_question_is_about_stays() {
        for typed in [
            "как закрепить запись",
            "сколько постов в неделю, 3 или 5?",
            "что писать 9 мая в 10:00",
            "Госуслуги не подтверждают страницу",
            "размер обложки 1920 на 768",
            "8-ФЗ и 152-ФЗ",
            "основные правила на выбор, основной раздел в деревне",
            "сделать публичную страницу, обычную запись, личный блог",
            "как назвать ДК Юность",
            "очень много вопросов о школе № 5",
        ] {
            assert_eq!(masked(typed), typed);
        }
        assert_eq!(masked(" много\n\tстрок "), "много строк");
        assert_eq!(masked(""), "");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_masked_without_links_and_long_numbers(typed in proptest::prelude::any::<String>()) {
            let kept = masked(&typed);
            proptest::prop_assert!(!kept.contains("://") && !kept.contains('\n'));
        }
    }
}
