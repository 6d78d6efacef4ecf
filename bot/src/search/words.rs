//! Words of a text and the forms under which they are looked up.

use rust_stemmers::{Algorithm, Stemmer};

use super::parts::{Part, Parts};

/// Lower case, «ё» as «е».
pub(crate) fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }).collect()
}

/// The words of a text, folded: runs of letters and digits.
pub(crate) fn words(text: &str, parts: Parts) -> Vec<String> {
    let text = if parts.has(Part::Yo) { folded(text) } else { text.to_lowercase() };
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Whether a word is written in Cyrillic.
pub(crate) fn cyrillic(word: &str) -> bool {
    word.chars().any(|c| matches!(c, 'а'..='я'))
}

/// Words this short are not cut.
const UNCUT: usize = 3;

/// Cuts words to what their forms share.
pub(crate) struct Stems {
    parts: Parts,
    russian: Stemmer,
    english: Stemmer,
}

impl Stems {
    pub(crate) fn new(parts: Parts) -> Self {
        let [russian, english] = [Algorithm::Russian, Algorithm::English].map(Stemmer::create);
        Self { parts, russian, english }
    }

    /// The common part of the word's forms: «страницы», «страницу» → «страниц». Of a short word nothing is cut:
    /// «ии» and «им» would come out as «и».
    pub(crate) fn stem(&self, word: &str) -> String {
        if word.chars().count() <= UNCUT || !self.parts.has(Part::Stems) {
            return word.to_owned();
        }
        let stemmer = if cyrillic(word) { &self.russian } else { &self.english };
        stemmer.stem(word).into_owned()
    }
}

/// Endings that make one part of speech out of another, longest first.
const DERIVED: [&str; 28] = [
    "ировани",
    "ирован",
    "ировк",
    "ирова",
    "овани",
    "ован",
    "ывани",
    "ивани",
    "ыван",
    "иван",
    "ательн",
    "ениј",
    "ени",
    "ани",
    "ова",
    "ыва",
    "ива",
    "чик",
    "щик",
    "атор",
    "ость",
    "ост",
    "ен",
    "ан",
    "ац",
    "н",
    "а",
    "и",
];
/// What a consonant turns into before «-ение», «-ю», «-енный», and what it was.
const SOFTENED: [(&str, &str); 8] =
    [("жд", "д"), ("пл", "п"), ("бл", "б"), ("вл", "в"), ("мл", "м"), ("фл", "ф"), ("ст", "щ"), ("ск", "щ")];
const SHORTEST_ROOT: usize = 4;

/// What the words of one family share: «подтвердить», «подтверждение» → «подтверд».
pub(crate) fn root(stem: &str) -> String {
    let mut root = stem;
    for ending in DERIVED {
        if let Some(rest) = root.strip_suffix(ending)
            && rest.chars().count() >= SHORTEST_ROOT
        {
            root = rest;
            break;
        }
    }
    let before_k = root.strip_suffix('к').filter(|r| !r.ends_with(['а', 'е', 'и', 'о', 'у', 'ы', 'я', 'ю']));
    root =
        before_k.filter(|r| r.chars().count() >= SHORTEST_ROOT).unwrap_or(root).trim_end_matches(['ь', 'й']);
    for (soft, hard) in SOFTENED {
        if let Some(rest) = root.strip_suffix(soft)
            && rest.chars().count() >= 3
        {
            return format!("{rest}{hard}");
        }
    }
    root.to_owned()
}

/// How a word sounds: what people who write by ear write alike comes out alike.
pub(crate) fn sound(word: &str) -> String {
    let word = word.replace("тся", "ца").replace("ться", "ца").replace("сч", "щ").replace("стн", "сн");
    let mut sounds = String::with_capacity(word.len());
    let mut last = None;
    for c in word.chars() {
        let sound = match c {
            'ь' | 'ъ' => continue,
            'о' => 'а',
            'е' | 'э' | 'я' | 'ы' | 'й' => 'и',
            'ю' => 'у',
            'б' => 'п',
            'в' => 'ф',
            'г' => 'к',
            'д' => 'т',
            'ж' => 'ш',
            'з' => 'с',
            other => other,
        };
        if last != Some(sound) {
            sounds.push(sound);
        }
        last = Some(sound);
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_family_share_a_root() {
        let stems = Stems::new(Parts::default());
        let root_of = |w: &str| root(&stems.stem(w));
        for family in [
            ["подтвердить", "подтверждение", "подтверждаем"],
            ["закрепить", "закреплённая", "закрепление"],
            ["публикация", "публиковать", "публикаций"],
            ["подписчики", "подписаться", "подписан"],
            ["оформить", "оформление", "оформите"],
        ] {
            let folded_family = family.map(|w| root_of(&folded(w)));
            assert!(folded_family.iter().all(|r| *r == folded_family[0]), "{family:?}: {folded_family:?}");
        }
    }

    #[test]
    fn words_written_by_ear_sound_alike() {
        for (heard, right) in [
            ("арфография", "орфография"),
            ("абложка", "обложка"),
            ("групу", "группу"),
            ("падписчик", "подписчик"),
            ("записаца", "записаться"),
            ("вибинар", "вебинар"),
        ] {
            assert_eq!(sound(heard), sound(right));
        }
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(words("8-ФЗ: «Ещё»?", Parts::default()), ["8", "фз", "еще"]);
    }
}
