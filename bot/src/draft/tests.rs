use proptest::prelude::*;

use super::{Remark, Words, check, words::Advice};

fn words() -> Words {
    let advice = |said: &[&str], better: &str| Advice {
        said: said.iter().map(|s| (*s).to_owned()).collect(),
        better: better.to_owned(),
    };
    Words {
        plain: vec![
            advice(&["осуществля"], "идёт"),
            advice(&["в рамках"], "на"),
            advice(&["является"], "это"),
            advice(&["в связи с"], "потому что"),
        ],
        foreign: vec![advice(&["дедлайн"], "срок")],
    }
}

fn remarks(draft: &str) -> Vec<Remark> {
    check(draft, &words())
}

#[test]
fn a_good_post_has_no_remarks() {
    let post = "Завтра в 15:00 — мастер-класс по лепке из глины.\nЖдём вас в библиотеке на Садовой, зал на первом этаже. \
                Вопросы — по телефону 2-15-40.";
    assert_eq!(remarks(post), []);
    assert_eq!(remarks(""), []);
}

#[test]
fn an_invitation_tells_when_where_and_whom_to_ask() {
    assert_eq!(
        remarks("Приглашаем на концерт!"),
        [Remark::Missing(vec!["date", "time", "place", "contact"])]
    );
    assert_eq!(
        remarks("Приглашаем на концерт 5 декабря в 17:00 в музей"),
        [Remark::Missing(vec!["contact"])]
    );
    assert_eq!(remarks("Вчера был концерт, пели всем двором"), [], "a report invites to nothing");
}

#[test]
fn officialese_and_foreign_words_get_plain_ones() {
    let found =
        remarks("В рамках недели ОСУЩЕСТВЛЯЕТСЯ приём заявок по телефону 2-15-40, дедлайны — пятница");
    assert_eq!(
        found,
        [
            Remark::Plain(vec![("в рамках".into(), "на".into()), ("осуществляется".into(), "идёт".into())]),
            Remark::Foreign(vec![("дедлайны".into(), "срок".into())]),
        ]
    );
    assert_eq!(remarks("Мы сильны в связи своей с читателями"), [], "a little word is meant whole");
    assert_eq!(
        remarks("Закрыто в связи с ремонтом"),
        [Remark::Plain(vec![("в связи с".into(), "потому что".into())])]
    );
    assert_eq!(remarks("Подрамкахник неосуществляемый"), [], "only from the beginning of a word");
}

#[test]
fn a_childs_name_beside_a_class_is_the_first_thing_told() {
    let found = remarks("Поздравляем! Петров Иван из 3 «Б» класса занял первое место, в рамках олимпиады");
    assert_eq!(found[0], Remark::Child("Петров Иван".into()));
    assert_eq!(remarks("Сегодня 3 «Б» класс сажал деревья"), []);
    assert_eq!(remarks("С 3 «Б» классом пел Игорь Петрович, а танцевала Анна Ильинична"), []);
    let whole =
        remarks("Занятие вела Анна Ильинична. Петров Иван Сергеевич из 3 «Б» класса занял первое место");
    assert_eq!(whole[0], Remark::Child("Петров Иван Сергеевич".into()));
    assert_eq!(remarks("Анна Петрова, библиотекарь, советует книгу"), []);
}

#[test]
fn a_childs_name_beside_a_class_or_an_age_needs_no_word_for_it() {
    for (draft, name) in [
        ("Поздравляем! Смирнов Артём, 4 «Б», взял первое место", "Смирнов Артём"),
        ("Лучше всех читала Орлова Маша (7 лет)", "Орлова Маша"),
        ("Второе место: Смирнов Артём из 4-Б", "Смирнов Артём"),
        ("Лучшую ученицу зовут Орлова Маша", "Орлова Маша"),
    ] {
        assert_eq!(remarks(draft)[0], Remark::Child(name.into()), "{draft}");
    }
    for draft in [
        "Ждём на улице Марии Цукановой, 4 Б",
        "Занятие вела Анна Ильинична, 4 «Б» слушал",
        "Вышла книга, в ней Анна Петрова пишет про 4 дня в лесу",
    ] {
        assert!(!remarks(draft).iter().any(|r| matches!(r, Remark::Child(_))), "{draft}");
    }
}

#[test]
fn a_winner_by_whole_name_may_be_a_child_and_the_verb_before_is_no_part_of_it() {
    for (draft, name) in [
        ("Победил Смирнов Артём", "Смирнов Артём"),
        ("Вчера прошла олимпиада.\nПервое место заняла Орлова Маша!", "Орлова Маша"),
        ("Лауреатом стал Смирнов Артём Игоревич", "Смирнов Артём Игоревич"),
    ] {
        assert_eq!(remarks(draft), [Remark::Winner(name.into())], "{draft}");
    }
    assert_eq!(remarks("Победил Смирнов Артём, 4 «Б»"), [Remark::Child("Смирнов Артём".into())]);
    assert_eq!(remarks("Победила Маша (7 лет)"), [Remark::Child("Маша".into())]);
    for draft in [
        "Победил учитель Смирнов Артём",
        "Победила Анна Петрова, учитель химии",
        "Победила Анна Ильинична",
        "Победила дружба. На снимке — улица Марии Цукановой",
        "Победил 4 «Б», а песню написал Андрей Петров",
        "Победили в Нижнем Новгороде, ура",
        "Победителям Великой Отечественной — низкий поклон",
    ] {
        assert!(!remarks(draft).iter().any(|r| matches!(r, Remark::Winner(_))), "{draft}");
    }
}

#[test]
fn whoever_is_to_join_has_to_know_whom_to_ask() {
    let contact = |draft: &str| remarks(draft).contains(&Remark::Missing(vec!["contact"]));
    assert!(contact("Объявляется набор в кружок шахмат"));
    assert!(contact("Открыт новый набор в хор"));
    assert!(!contact("Открыт набор в хор, телефон 2-15-40"));
    assert!(!contact("Подарили детям набор красок"));
}

#[test]
fn of_two_turns_of_speech_over_one_another_one_is_told() {
    let advice = |said: &str, better: &str| Advice { said: vec![said.to_owned()], better: better.to_owned() };
    let words = Words {
        plain: vec![advice("мероприяти", "праздник"), advice("данное мероприятие", "этот праздник")],
        foreign: Vec::new(),
    };
    let found = check("Нам понравилось данное мероприятие", &words);
    assert_eq!(found, [Remark::Plain(vec![("данное мероприятие".into(), "этот праздник".into())])]);
}

#[test]
fn numbers_of_documents_are_noticed() {
    assert!(matches!(&remarks("СНИЛС 112-233-445 95")[..], [Remark::Private(_)]));
    assert!(matches!(&remarks("Семья, проживающая по адресу: Садовая, 5")[..], [Remark::Private(_)]));
}

#[test]
fn the_form_of_a_text_is_looked_at_last() {
    let long = "Слово ".repeat(300);
    assert!(remarks(&long).contains(&Remark::Long(1800)));
    assert!(matches!(remarks(&"слово ".repeat(30))[..], [Remark::Sentence(_, 30)]));
    assert_eq!(remarks("ВНИМАНИЕ ВСЕМ РОДИТЕЛЯМ"), [Remark::Shout(3)]);
    assert_eq!(remarks("#а #б #в #г #д"), [Remark::Hashtags(5)]);
    let title = "а".repeat(120);
    let body = "Коротко.\n".repeat(20);
    assert_eq!(remarks(&format!("{title}\n{body}")), [Remark::FirstLine(120)]);
}

proptest! {
    #[test]
    fn any_text_gets_at_most_five_remarks(text in any::<String>()) {
        prop_assert!(remarks(&text).len() <= 5);
    }
}
