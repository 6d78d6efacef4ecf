//! Looks over the draft of a post: what a reader may miss or stumble over. It never judges opinions.

mod words;

use std::sync::LazyLock;

use regex::Regex;

use words::Advice;
pub use words::Words;

/// The most remarks told at once: more than that is not read.
const REMARKS: usize = 5;
/// The most words shown in one remark.
const SHOWN: usize = 3;
/// A post longer than this is seldom read to its end (our own advice, in characters).
const LONG: usize = 1_500;
/// A first line longer than this is cut in the feed (our own advice, in characters).
const FIRST_LINE: usize = 100;
/// A sentence longer than this is hard to read aloud (our own advice, in words).
const SENTENCE: usize = 25;
/// More hashtags than this look like noise (our own advice).
const HASHTAGS: usize = 4;
/// A word of so many letters is not the beginning of another.
const LITTLE: usize = 2;
/// So many words in capitals are a shout.
const SHOUTED: usize = 3;

/// Something worth changing, the most useful first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// It looks like personal data of a child: a name beside a class or a group.
    Child(String),
    /// It looks like the whole name of somebody who won something, perhaps a child.
    Winner(String),
    /// It looks like a document's number or a home address.
    Private(String),
    /// It invites to something and does not say these: `date`, `time`, `place`, `contact`.
    Missing(Vec<&'static str>),
    /// Officialese, with plain words for it.
    Plain(Vec<(String, String)>),
    /// The first line does not tell what it is about.
    FirstLine(usize),
    /// A sentence of so many words, by its beginning.
    Sentence(String, usize),
    /// Longer than is read; so many characters.
    Long(usize),
    /// Foreign words, with Russian ones for them.
    Foreign(Vec<(String, String)>),
    /// Whole words in capitals.
    Shout(usize),
    /// Too many hashtags.
    Hashtags(usize),
}

/// Looks a draft over; at most five remarks, the most useful first.
pub fn check(draft: &str, words: &Words) -> Vec<Remark> {
    let text = folded(draft);
    let all = [
        child(draft).or_else(|| winner(draft)),
        private(&text),
        missing(&text),
        advised(&text, &words.plain).map(Remark::Plain),
        first_line(draft),
        sentence(draft),
        long(draft),
        advised(&text, &words.foreign).map(Remark::Foreign),
        shout(draft),
        hashtags(draft),
    ];
    all.into_iter().flatten().take(REMARKS).collect()
}

/// Lower case, «ё» as «е», each run of white space one space.
fn folded(text: &str) -> String {
    let lower = text.to_lowercase().replace('ё', "е");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A pattern compiled once; each is used by a test, so none can silently fail to compile.
type Pattern = LazyLock<Option<Regex>>;

macro_rules! pattern {
    ($name:ident = $regex:literal) => {
        static $name: Pattern = LazyLock::new(|| Regex::new($regex).ok());
    };
}

pattern!(
    CLASS = r"(?i)\b\d{1,2}\s*[-«\x22]?\s*[а-яё]?\s*[»\x22]?\s*класс|(?i)воспитанни\w+|(?i)учени[кц]\w*|(?i)групп\w+ «"
);
// «Смирнов Артём, 4 «Б»», «Маша Орлова (7 лет)»: no word tells that it is a class.
pattern!(
    BESIDE = r"(\b[А-ЯЁ][а-яё]{2,}(?:\s+[А-ЯЁ][а-яё]{2,})+)[\s,(–—-]*(?:из\s+)?(?:(?:[1-9]|1[01])\s*[-«\x22]?\s*[А-Ка-к](?:[»\x22]|\b)|(?:[3-9]|1[0-7])\s+(?:лет|года)\b)"
);
pattern!(NAMED = r"\b[А-ЯЁ][а-яё]{2,}(?:\s+[А-ЯЁ][а-яё]{2,})+\b");
pattern!(
    WON = r"(?i)\bпобедил|\bпобедител|\bвыиграл|\bпризёр|\bпризер|\bлауреат|\bдипломант|\b(?:перв|втор|трет)\w+ место\b|\b[123] место\b|\b(?:взял|взяла|завоевал|завоевала) \w+(?: медаль| кубок| награду)"
);
// Who is told by her work is grown up.
pattern!(
    WORKS = r"(?i)\b(?:учител|педагог|преподавател|воспитател|тренер|директор|заведующ|библиотекар|врач|медсестр|фельдшер|глав[аы]\b|депутат|специалист|сотрудни|коллег|ветеран|художни|мастер\b|руководител|начальни|пенсионер)"
);
pattern!(
    PRIVATE =
        r"\d{3}-\d{3}-\d{3}[ -]\d{2}|паспорт\w*\s*(?:серия|№|\d)|проживает по адресу|проживающ\w+ по адресу"
);
pattern!(
    RECRUITS = r"(?:осуществля\w+|объявля\w+|открыт|продолжа\w+|начался|начина\w+|идет|ведется) (?:\w+ )?(?:набор|прием заяв|прием документ|запись)"
);
pattern!(
    INVITES = r"приглаша|приходите|состоится|пройдет|ждем вас|ждем всех|начало в|регистрация на|запись на|вход свободный"
);
pattern!(
    DATE = r"\b\d{1,2}[./]\d{1,2}|\b\d{1,2}(?:-го)? (?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)|сегодня|завтра|послезавтра|понедельник|вторник|сред[ауы]|четверг|пятниц|суббот|воскресень"
);
pattern!(
    TIME = r"\b\d{1,2}[:.]\d{2}|\bв \d{1,2}(?:-00)?\b(?: час| утра| дня| вечера)?|полдень|весь день|с \d{1,2} до \d{1,2}"
);
pattern!(
    PLACE = r"\bул\.|улиц|\bд\. ?\d|\bдом[еу]? |кабинет|каб\.|\bзал[еау]?\b|адрес|библиотек|школ|поликлиник|больниц|музе|клуб|стадион|площад|парк|онлайн|в группе|по ссылке|\bцентр"
);
pattern!(
    CONTACT = r"\+?\d[\d\s()-]{4,}\d|тел\.|телефон|звоните|пишите|vk\.|@\w|https?://|сообщени|по ссылке|mail"
);

fn found<'a>(pattern: &Pattern, text: &'a str) -> Option<&'a str> {
    pattern.as_ref()?.find(text).map(|m| m.as_str())
}

fn child(draft: &str) -> Option<Remark> {
    let beside = BESIDE.as_ref()?.captures_iter(draft).find_map(|met| {
        let name = met.get(1)?;
        // «Ул. Марии Цукановой, 4 Б» is a house.
        let before = draft.get(..name.start())?.trim_end().to_lowercase();
        let street =
            ["ул.", "улица", "улице", "улицы", "пер.", "пр."].iter().any(|word| before.ends_with(word));
        let name = bare(name.as_str());
        (!street && !grown_up(name)).then(|| Remark::Child(name.to_owned()))
    });
    if beside.is_some() {
        return beside;
    }
    found(&CLASS, draft)?;
    named(draft).map(|name| Remark::Child(name.to_owned()))
}

/// The first whole name in a text that is not of somebody grown up.
fn named(draft: &str) -> Option<&str> {
    let mut names = NAMED.as_ref()?.find_iter(draft).map(|m| bare(m.as_str()));
    names.find(|name| name.contains(char::is_whitespace) && !grown_up(name))
}

/// «Победил Смирнов Артём»: no class, no age, and yet a child as a rule where pupils compete. The name stands beside the word
/// that tells of winning, and nothing in the sentence tells of somebody's work.
fn winner(draft: &str) -> Option<Remark> {
    draft
        .split(['.', '!', '?', '\n'])
        .filter(|sentence| found(&WORKS, sentence).is_none())
        .flat_map(|sentence| sentence.split([',', ';']))
        .filter(|clause| found(&WON, clause).is_some())
        .find_map(|clause| {
            let names = NAMED.as_ref()?.find_iter(clause).map(|m| bare(m.as_str()));
            let mut whole = names.filter(|name| name.split_whitespace().count() > 1 && !grown_up(name));
            whole.find(|name| name.split_whitespace().any(is_given))
        })
        .map(|name| Remark::Winner(name.to_owned()))
}

/// Given names as children of this country have them, without the endings that change, folded; «Великая Отечественная» and
/// «Нижний Новгород» are written like names and have none.
const GIVEN: &str = "аделин азат айгул айдар айнур алевтин александр алексе ален алин алис алл альберт альбин амин амир анастаси \
    анатоли ангелин андре ан анн антон арин арсени арт артем артур богдан булат вадим валенти валер варвар васили васил \
    василис вер вероник виктор виктори виолетт витали владимир владислав вячеслав галин георги герман глеб григори дамир \
    даниил данил дарь даш денис диан динар дмитри ев евгени егор екатерин елен елизавет жан захар злат иван игор ильдар \
    ильнур иль ирин камил кар карин катер кат кирилл кир клим константин ксени кузьм лев леонид лид лили лиз людмил магомед \
    макар максим марат маргарит мари марин марк марсел марь маш матве милан милен мирон мирослав михаил мих надежд настя \
    наталь ната никит никола нин олег олес оле ольг ол павел петр пет полин прохор рамил регин ренат ринат роберт родион \
    роман ростислав руслан савели саш светлан святослав семен серафим серге соф софи софь станислав степан таис тамар тан \
    татьян тимофе тимур тих ульян федор федр эвелин эдуард эльвир эмил юл юли юль юри яков ян ярослав";

/// A word is one of the given names, in any case.
fn is_given(word: &str) -> bool {
    let word = folded(word);
    let ends = [
        "", "а", "я", "у", "ю", "е", "и", "ы", "й", "ь", "ой", "ей", "ом", "ем", "ия", "ию", "ии", "ием",
        "ья", "ью",
    ];
    let stems = GIVEN.split_whitespace();
    stems.filter_map(|stem| word.strip_prefix(stem)).any(|end| ends.contains(&end))
}

/// Beginnings of words that stand before a name with a capital letter only because a sentence begins with them.
const BEFORE: [&str; 30] = [
    "побед",
    "выигра",
    "занял",
    "заняла",
    "взял",
    "завоева",
    "призёр",
    "призер",
    "лауреат",
    "дипломант",
    "поздравл",
    "награ",
    "отличи",
    "лучш",
    "перв",
    "втор",
    "трет",
    "молод",
    "учени",
    "воспитанни",
    "наш",
    "сегодня",
    "вчера",
    "спасибо",
    "браво",
    "читал",
    "выступ",
    "место",
    "диплом",
    "грамот",
];

/// A name without the words before it that are none.
fn bare(name: &str) -> &str {
    let mut rest = name;
    while let Some((first, after)) = rest.split_once(char::is_whitespace) {
        let first = first.to_lowercase();
        if !BEFORE.iter().any(|begin| first.starts_with(begin)) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// «Игорь Петрович»: so one speaks of a teacher. A child's whole name has a surname beside it.
fn grown_up(name: &str) -> bool {
    let mut words = name.split_whitespace().skip(1);
    let second = words.next().unwrap_or_default();
    words.next().is_none() && ["вич", "ьич", "мич", "вна", "чна"].iter().any(|end| second.ends_with(end))
}

fn private(text: &str) -> Option<Remark> {
    found(&PRIVATE, text).map(|what| Remark::Private(what.to_owned()))
}

fn missing(text: &str) -> Option<Remark> {
    let all = [("date", &DATE), ("time", &TIME), ("place", &PLACE), ("contact", &CONTACT)];
    // To join something one has to know whom to ask; it has no hour.
    let needed = match (found(&INVITES, text), found(&RECRUITS, text)) {
        (_, Some(_)) => &all[3..],
        (Some(_), None) => &all[..],
        (None, None) => return None,
    };
    let missing: Vec<&'static str> =
        needed.iter().filter(|(_, p)| found(p, text).is_none()).map(|(what, _)| *what).collect();
    (!missing.is_empty()).then_some(Remark::Missing(missing))
}

/// The words of a list met in the text, each as it stands there, with the advice.
fn advised(text: &str, list: &[Advice]) -> Option<Vec<(String, String)>> {
    let mut met: Vec<(usize, String, String)> = Vec::new();
    for advice in list {
        let first = advice.said.iter().filter_map(|said| whole_word(text, said)).min();
        if let Some((at, word)) = first {
            met.push((at, word, advice.better.clone()));
        }
    }
    // Of two that lie over one another the one that begins first or says more.
    met.sort_by_key(|(at, word, _)| (*at, std::cmp::Reverse(word.len())));
    let mut end = 0;
    met.retain(|(at, word, _)| {
        let free = *at >= end;
        if free {
            end = at + word.len();
        }
        free
    });
    let shown: Vec<(String, String)> =
        met.into_iter().take(SHOWN).map(|(_, word, better)| (word, better)).collect();
    (!shown.is_empty()).then_some(shown)
}

/// Where `said` begins a word of the text, and that place to the end of its last word.
fn whole_word(text: &str, said: &str) -> Option<(usize, String)> {
    if said.is_empty() {
        return None;
    }
    text.match_indices(said).find_map(|(at, _)| {
        let before = text.get(..at)?.chars().next_back();
        if before.is_some_and(char::is_alphanumeric) {
            return None;
        }
        let rest = text.get(at + said.len()..)?;
        let tail: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        // A little word at the end is meant whole: «в связи с» is not in «в связи своей».
        let last = said.rsplit(' ').next().unwrap_or(said).chars().count();
        (tail.is_empty() || last > LITTLE).then(|| (at, format!("{said}{tail}")))
    })
}

fn first_line(draft: &str) -> Option<Remark> {
    let first = draft.lines().map(str::trim).find(|l| !l.is_empty())?;
    let length = first.chars().count();
    // A short post is its own first line.
    (length > FIRST_LINE && draft.chars().count() > 2 * FIRST_LINE).then_some(Remark::FirstLine(length))
}

fn sentence(draft: &str) -> Option<Remark> {
    let longest = draft
        .split(['.', '!', '?', '\n', ';'])
        .map(|s| (s.split_whitespace().count(), s.trim()))
        .max_by_key(|(words, _)| *words)?;
    let (words, text) = longest;
    let start: Vec<&str> = text.split_whitespace().take(4).collect();
    (words > SENTENCE).then(|| Remark::Sentence(start.join(" "), words))
}

fn long(draft: &str) -> Option<Remark> {
    let length = draft.chars().count();
    (length > LONG).then_some(Remark::Long(length))
}

fn shout(draft: &str) -> Option<Remark> {
    let shouted = draft
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| w.chars().count() > 3 && w.chars().all(char::is_uppercase))
        .count();
    (shouted >= SHOUTED).then_some(Remark::Shout(shouted))
}

fn hashtags(draft: &str) -> Option<Remark> {
    let tags = draft.split_whitespace().filter(|w| w.starts_with('#') && w.len() > 1).count();
    (tags > HASHTAGS).then_some(Remark::Hashtags(tags))
}

#[cfg(test)]
mod tests;
