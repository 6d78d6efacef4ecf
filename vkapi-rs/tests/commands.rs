//! Commands people type.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use proptest::prelude::*;
use vkapi::{
    types::GroupId,
    utils::command::{Argument, BotCommands, CommandError},
};

const GROUP: GroupId = GroupId(7);

/// Кофейня.
/// Что я умею:
#[derive(BotCommands, Clone, Debug, PartialEq)]
#[command(prefixes = ["/", "!"], screen_name = "coffee.shop")]
enum Command {
    /// показать это
    #[command(rename = "помощь", aliases = ["help", "начать", "ещё"])]
    Help,
    /// заказать напиток
    #[command(rename = "заказ")]
    Order {
        /// сколько
        count: u8,
        /// напиток
        drink: String,
    },
    /// переименовать
    Rename(String, String, Option<i64>),
    Цена(f64, bool),
    #[command(hide)]
    GoHome,
    /// позвать
    Call {
        /// кого
        whom: Option<String>,
    },
}

// Without a doc comment nothing stands above the list.
#[derive(BotCommands, Clone, Debug, PartialEq)]
#[command(prefixes = ["", "бот "])]
enum Bare {
    #[command(rename = "меню")]
    Menu,
}

fn parse(text: &str) -> Result<Command, CommandError> {
    Command::parse(text, GROUP)
}

fn told(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn a_command_has_cyrillic_names_and_aliases_in_any_case() {
    for text in ["/помощь", "!помощь", "/ПОМОЩЬ", " /help ", "/Начать", "/еще", "/Ещё\n"]
    {
        assert_eq!(parse(text), Ok(Command::Help), "{text}");
    }
    assert_eq!(parse("/go_home"), Ok(Command::GoHome));
}

#[test]
fn a_mention_of_the_community_does_for_a_prefix() {
    for text in [
        "[club7|@coffee.shop] помощь",
        "[club7|Кофейня], помощь",
        "[public7|x]:помощь",
        "[club7|x] /помощь",
        "@club7 помощь",
        "*public7, !помощь",
        "@coffee.shop помощь",
        "@Coffee.Shop помощь",
        "[coffee.shop|x] помощь",
    ] {
        assert_eq!(parse(text), Ok(Command::Help), "{text}");
    }
}

#[test]
fn what_is_said_to_others_or_to_nobody_is_no_command() {
    for text in [
        "",
        "/",
        "! ",
        "помощь",
        "[club8|x] помощь",
        "[club7|x",
        "[club7] помощь",
        "@club77 помощь",
        "@coffee помощь",
        "[id7|x] помощь",
        "[club7|x] привет всем",
        "[club7|x]",
        "@club7",
        "а /помощь",
        "/ помощь",
    ] {
        assert_eq!(parse(text), Err(CommandError::NotCommand), "{text}");
    }
}

#[test]
fn a_name_is_the_whole_word() {
    assert_eq!(parse("/помощьник"), Err(CommandError::Unknown { name: "/помощьник".to_owned() }));
    assert_eq!(told("!кофе латте"), "Не знаю команды «!кофе».");
}

#[test]
fn arguments_are_read_by_their_types() {
    let order = |count, drink: &str| Ok(Command::Order { count, drink: drink.to_owned() });
    assert_eq!(parse("/заказ 2 латте без сахара"), order(2, "латте без сахара"));
    assert_eq!(parse("/заказ\n2\n латте,\nраф "), order(2, "латте,\nраф"));
    assert_eq!(parse("/цена 3,5 да"), Ok(Command::Цена(3.5, true)));
    let rename = |a: &str, b: &str, c| Ok(Command::Rename(a.to_owned(), b.to_owned(), c));
    assert_eq!(parse("/rename «а б» \"в г\" -5"), rename("а б", "в г", Some(-5)));
    assert_eq!(parse("/rename а \"б"), rename("а", "\"б", None));
    assert_eq!(parse("/call"), Ok(Command::Call { whom: None }));
    assert_eq!(parse("/call Мария Петрова"), Ok(Command::Call { whom: Some("Мария Петрова".to_owned()) }));
}

#[test]
fn errors_can_be_told_to_the_person() {
    assert_eq!(told("/заказ"), "Не хватает: сколько. Напишите так: /заказ <сколько> <напиток>");
    assert_eq!(told("/заказ 2"), "Не хватает: напиток. Напишите так: /заказ <сколько> <напиток>");
    let wrong = "нужно целое число от 0 до 255. Напишите так: /заказ <сколько> <напиток>";
    assert_eq!(told("/заказ два латте"), format!("Не понимаю «два»: {wrong}"));
    assert_eq!(told("/заказ 300 латте"), format!("Не понимаю «300»: {wrong}"));
    assert_eq!(told("/цена inf да"), "Не понимаю «inf»: нужно число. Напишите так: /цена <1> <2>");
    assert_eq!(told("/помощь мне"), "Не понимаю, что делать с «мне». Напишите так: /помощь");
    assert!(told("/rename а б х").starts_with("Не понимаю «х»: нужно целое число"));
}

#[test]
fn an_error_repeats_a_strangers_words_harmlessly_and_shortly() {
    assert_eq!(told("/[id1|x]"), "Не знаю команды «/[id1∣x]».");
    let long = told(&format!("/помощь {}", "а".repeat(4000)));
    assert!(long.chars().count() < 130 && long.contains('…'), "{long}");
}

#[test]
fn the_list_of_commands_is_for_people() {
    let list = "Кофейня. Что я умею:\n/помощь — показать это\n/заказ <сколько> <напиток> — заказать напиток\n\
                /rename <1> <2> [3] — переименовать\n/цена <1> <2>\n/call [кого] — позвать";
    assert_eq!(Command::descriptions(), list);
}

#[test]
fn commands_may_begin_with_nothing() {
    for text in ["меню", "Бот меню", "бот меню", "[club7|x] меню"] {
        let read = Bare::parse(text, GROUP);
        assert_eq!(read.is_ok(), text != "Бот меню", "{text}: {read:?}");
    }
    assert_eq!(Bare::parse("просто слова", GROUP), Err(CommandError::NotCommand));
    assert_eq!(Bare::descriptions(), "меню");
}

#[test]
fn an_argument_may_be_of_a_type_of_ones_own() {
    #[derive(Clone, Debug, PartialEq)]
    struct Hour(u8);

    impl Argument for Hour {
        fn expected() -> String {
            "час от 0 до 23".to_owned()
        }

        fn read(word: &str) -> Option<Self> {
            word.parse().ok().filter(|hour| *hour < 24).map(Self)
        }
    }

    #[derive(BotCommands, Clone, Debug, PartialEq)]
    enum Clock {
        At(Hour),
    }

    assert_eq!(Clock::parse("/at 9", GROUP), Ok(Clock::At(Hour(9))));
    let error = Clock::parse("/at 24", GROUP).unwrap_err();
    assert_eq!(error.to_string(), "Не понимаю «24»: нужно час от 0 до 23. Напишите так: /at <1>");
}

proptest! {
    #[test]
    fn no_text_breaks_the_reading(text: String, prefix in prop::sample::select(vec![
        "", "/", "/заказ ", "/rename ", "[club7|", "@club7", "/цена ",
    ])) {
        let error = parse(&format!("{prefix}{text}")).err().map(|error| error.to_string());
        prop_assert!(error.is_none_or(|error| error.chars().count() < 300));
    }

    #[test]
    fn arguments_are_read_back_as_written(count: u8, drink in "[a-zа-яё«»\"]{1,8}( [a-zа-яё]{1,8}){0,3}") {
        let text = format!("/заказ {count} {drink}");
        prop_assert_eq!(parse(&text), Ok(Command::Order { count, drink }));
    }
}
