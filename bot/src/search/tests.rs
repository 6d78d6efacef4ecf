use std::path::Path;

use clap::ValueEnum;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{Found, Index, Outcome, Part, Parts, Synonyms, eval};
use crate::content::{Content, Guide, Notes, Review};

const TODAY: Date = date(2026, 11, 23);

const SYNONYMS: &str = r#"
filler = ["как", "что", "где", "и", "в", "на", "мне", "надо", "подскажите", "пожалуйста", "меня", "привет", "чтобы"]
[[same]]
words = ["обложка", "шапка"]
heard = ["баннер"]
[[same]]
words = ["закрепить"]
heard = ["прибить сверху"]
[[same]]
words = ["двухфакторная защита"]
heard = ["код из смс"]
[[outside]]
id = "medicine"
words = ["записаться к терапевту", "болит горло", "температура"]
"#;

fn guide(slug: &str, title: &str, ask: &[&str], answer: &str) -> Guide {
    Guide {
        slug: slug.into(),
        category: "design".into(),
        title: title.into(),
        ask: ask.iter().map(ToString::to_string).collect(),
        tags: vec![],
        spheres: vec![],
        review: Review { sources: vec![], own: true, reviewed: TODAY, review_by: TODAY },
        see: vec![],
        checklist: None,
        course: None,
        answer: answer.into(),
        cards: vec![],
        variants: vec![],
    }
}

fn index() -> Index {
    index_of(Parts::default())
}

fn index_of(parts: Parts) -> Index {
    let mut guides = vec![
        guide("cover", "Обложка страницы", &["какого размера картинка вверху"], "Главное — в середине."),
        guide("pin", "Закрепить запись", &["какой пост держать первым"], "Три точки, «Закрепить»."),
        guide("two-factor", "Двухфакторная защита", &["вход с телефоном"], "Включите в настройках."),
        guide("passwords", "Надёжный пароль", &["как часто менять пароль"], "Длинный и свой."),
        guide(
            "confirm",
            "Подтвердить страницу",
            &["подтверждение через Госуслуги"],
            "Откройте «Управление».",
        ),
        guide("qr", "QR-код в здании", &["распечатать qr"], "Повесьте у входа."),
        guide("live", "Прямой эфир", &["как провести эфир с врачом"], "Проверьте звук."),
        guide("tree", "Ёлка", &["огни"], "Зажгите вовремя."),
        guide("basics", "Что и как", &["начало"], "По порядку."),
        guide("webinar", "Запись эфира ЦУР", &["где запись эфира с обучения"], "Спросите куратора."),
    ];
    // Rarity is told among many: other topics, as there are in earnest.
    guides.extend(
        (0..80).map(|n| guide(&format!("other-{n}"), &format!("Правило {n}{n}"), &["правило"], "Иное.")),
    );
    let mut notes = Notes::new("synonyms.toml", SYNONYMS, 0);
    let synonyms = Synonyms::parse(&mut notes).unwrap();
    assert_eq!(notes.problems, []);
    Index::build(&guides, &synonyms, parts)
}

#[track_caller]
fn first(question: &str, slug: &str) {
    let found = index().find(question);
    assert_ne!(found.outcome, Outcome::Nothing, "{question}");
    assert_eq!(found.candidates.first().map(|c| c.slug.as_str()), Some(slug), "{question}: {found:?}");
}

#[test]
fn a_question_is_understood_however_it_is_put() {
    first("закрепите запись", "pin");
    first("подтвердите страницу", "confirm");
    first("подтверждение страницы", "confirm");
    first("надежным паролем", "passwords");
}

#[test]
fn other_names_of_a_thing_lead_to_it() {
    first("размер шапки", "cover");
    first("баннер", "cover");
    first("чтобы запись прибить сверху", "pin");
    first("код из смс", "two-factor");
}

#[test]
fn slips_and_spelling_by_ear_are_forgiven() {
    first("облажка", "cover");
    first("абложка", "cover");
    first("двухфакторнаяя защта", "two-factor");
    first("потвердить страницу", "confirm");
}

#[test]
fn the_keyboard_and_the_alphabet_do_not_matter() {
    first("j,kj;rf", "cover");
    first("yflt;ysq gfhjkm", "passwords");
    first("йк", "qr");
    first("kak zakrepit zapis", "pin");
    first("nadezhniy parol", "passwords");
}

#[test]
fn words_stuck_together_or_torn_apart_are_mended() {
    first("какзакрепитьзапись", "pin");
    first("надопароль", "passwords");
    first("об ложка", "cover");
    first("гос услуги подтверждение", "confirm");
}

#[test]
fn a_long_ramble_is_heard_for_what_it_asks() {
    first(
        "привет подскажите пожалуйста мне начальница в пятницу сказала что надо обложку на страницу чтобы покрасивее",
        "cover",
    );
}

#[test]
fn one_clear_match_is_the_answer_and_likely_ones_are_offered() {
    assert_eq!(index().find("двухфакторная защита").outcome, Outcome::Answer("two-factor".into()));
    let Outcome::Maybe(offered) = index().find("эфир").outcome else {
        panic!("«эфир» is two topics")
    };
    assert!(offered.contains(&"live".to_owned()) && offered.contains(&"webinar".to_owned()), "{offered:?}");
}

#[test]
fn what_is_none_of_our_business_is_not_answered() {
    let found = index().find("болит горло и температура");
    assert_eq!((found.outcome, found.outside.as_deref()), (Outcome::Nothing, Some("medicine")));
    for strange in ["", " \n", "привет", "шарлотка", "👍", "что мне надо", "12345", "\u{0}\u{202e}"]
    {
        let found = index().find(strange);
        assert_eq!((found.outcome, found.outside), (Outcome::Nothing, None), "{strange:?}");
    }
}

#[test]
fn an_eval_counts_by_kind_what_was_right_refused_and_wrong() {
    let table = "id\tquestion\texpected\tkind\n\
        1\tобложка\tcover\tplain\n\
        2\tпароль\tqr,passwords\tplain\n\
        3\tдвухфакторная защита\tcover\tplain\n\
        4\tшарлотка\t-\tother\n\
        5\tдвухфакторная защита\t-\tother\n\
        broken\n";
    let report = eval(&index(), table);
    let printed = report.to_string();
    assert_eq!(printed.lines().last(), Some("top1=0.667 top3=0.667 refused=0.500 confident_wrong=0.400"));
    assert!(printed.contains("пропущено: 1"), "{printed}");
    assert_eq!(report.misses().iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["3", "5"]);
}

#[test]
fn each_part_of_the_method_makes_some_question_better() {
    let answer = |slug: &str| Outcome::Answer(slug.into());
    let either = |one: &str, other: &str| Outcome::Maybe(vec![one.into(), other.into()]);
    let cases = [
        (Part::Asks, "какого размера картинка вверху", answer("cover")),
        (Part::Texts, "у входа", either("two-factor", "qr")),
        (Part::Synonyms, "баннер", answer("cover")),
        (Part::Filler, "где?", Outcome::Nothing),
        (Part::Stems, "паролями", answer("passwords")),
        (Part::Families, "закрепление", answer("pin")),
        (Part::Yo, "елки", answer("tree")),
        (Part::Ear, "эфер", either("live", "webinar")),
        (Part::Slips, "оболжка", answer("cover")),
        (Part::Apart, "какзакрепить", answer("pin")),
        (Part::Joined, "об ложка", answer("cover")),
        (Part::Layout, "j,kj;rf", answer("cover")),
        (Part::Latin, "nadezhniy parol", answer("passwords")),
        (Part::Likeness, "эфир с обучения", answer("webinar")),
        (Part::Exact, "что и как", answer("basics")),
        (Part::Outside, "температура в здании", Outcome::Nothing),
        (Part::Strange, "эфир врач сейф", either("live", "webinar")),
        (Part::Choice, "эфир", either("live", "webinar")),
    ];
    let whole = index();
    for part in Part::value_variants() {
        let (_, question, outcome) = cases.iter().find(|c| c.0 == *part).unwrap();
        let less = index_of(Parts::default().without(*part)).find(question).outcome;
        assert_eq!(whole.find(question).outcome, *outcome, "{part:?}: {question}");
        assert_ne!(less, *outcome, "{part:?}: {question}");
    }
}

fn within_promises(found: &Found) {
    assert!(found.candidates.len() <= 5);
    assert!(found.candidates.windows(2).all(|w| w[0].score >= w[1].score));
    match &found.outcome {
        Outcome::Answer(slug) => assert_eq!(*slug, found.candidates[0].slug),
        Outcome::Maybe(slugs) => assert!((2..=4).contains(&slugs.len())),
        Outcome::Nothing => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_an_outcome_within_the_promises(text in "\\PC*") {
        within_promises(&index().find(&text));
    }

    #[test]
    fn any_russian_gets_an_outcome_within_the_promises(text in "([а-яёa-z,;' ]{0,60}|обложка|запись|эфир| ){0,8}") {
        within_promises(&index().find(&text));
    }
}

#[test]
fn a_message_of_one_endless_word_is_no_burden() {
    for endless in ["а".repeat(4096), "обложка".repeat(585), "j,kj;rf".repeat(585), "q".repeat(4096)]
    {
        within_promises(&index().find(&endless));
    }
}

#[test]
fn the_very_words_of_a_guide_are_answered_by_it() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let (content, _) = Content::load(&dir, TODAY).unwrap_or_else(|problems| panic!("{problems:#?}"));
    for guide in content.guides() {
        let shouted = guide.title.to_uppercase();
        let found = content.index().find(&shouted);
        assert_eq!(found.outcome, Outcome::Answer(guide.slug.clone()), "«{shouted}»");
    }
    let found = content.index().find("как закрепить запись?");
    assert_eq!(found.outcome, Outcome::Answer("pin-and-unpin".into()));
    assert_eq!(found.candidates.first().map(|c| c.slug.as_str()), Some("pin-and-unpin"));
}
