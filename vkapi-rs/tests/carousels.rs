//! Carousels and their limits.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use proptest::prelude::*;
use serde_json::{Value, json};
use vk_sandbox::Sandbox;
use vkapi::{
    Bot,
    keyboard::{Button, Keyboard, KeyboardError, MAX_PAYLOADS},
    utils::carousel::{Card, Carousel, CarouselError, MAX_CARD_BUTTONS, MAX_CARDS, MAX_TITLE},
};

fn card() -> Card {
    Card::titled("Утро", "Полтора часа").button(Button::text("Хочу", ()))
}

#[test]
fn the_json_is_what_vk_takes() {
    let card = Card::titled("Утро", "Полтора часа")
        .photo("photo-7_45_key_1")
        .open_link("https://vk.ru/a")
        .button(Button::callback("Хочу", 1));
    let carousel = Carousel::new([
        card,
        Card::titled("а", "б").photo("-7_46").open_photo().button(Button::text("в", ())),
    ]);
    let json: Value = serde_json::from_str(&carousel.unwrap().to_json()).unwrap();
    assert_eq!(
        json,
        json!({"type": "carousel", "elements": [
            {
                "title": "Утро", "description": "Полтора часа", "photo_id": "-7_45",
                "action": {"type": "open_link", "link": "https://vk.ru/a"},
                "buttons": [{"action": {"type": "callback", "label": "Хочу", "payload": "1"}}],
            },
            {
                "title": "а", "description": "б", "photo_id": "-7_46", "action": {"type": "open_photo"},
                "buttons": [{"action": {"type": "text", "label": "в"}}],
            },
        ]})
    );
    let pictured = Carousel::new([Card::pictured("photo-7_45").button(Button::text("в", ()))]).unwrap();
    assert!(!String::from(pictured).contains("title"), "what a card has not is left out");
}

#[test]
fn all_cards_have_the_same_parts() {
    for other in [card().photo("-7_45"), card().open_link("https://vk.ru")] {
        assert_eq!(Carousel::new([card(), other]), Err(CarouselError::Parts));
    }
    let pictured = Card::pictured("-7_45").button(Button::text("в", ()));
    assert_eq!(Carousel::new([card().photo("-7_45"), pictured]), Err(CarouselError::Parts));
}

#[test]
fn a_photo_is_an_owner_and_a_number() {
    for bad in ["", "photo", "7", "doc-7_45", "-7_", "-7_-45", "photo-7_x", "+7_4"] {
        assert!(matches!(Carousel::new([card().photo(bad)]), Err(CarouselError::Photo(_))), "{bad}");
    }
    assert_eq!(Carousel::new([card().open_photo()]), Err(CarouselError::NoPhoto));
}

#[test]
fn a_press_upon_a_card_opens_only_addresses_of_the_web() {
    let link = "javascript:x".to_owned();
    assert_eq!(Carousel::new([card().open_link(&link)]), Err(CarouselError::Link(link)));
}

#[test]
fn buttons_are_checked_as_those_of_keyboards() {
    let error = Carousel::new([card().button(Button::text("", ()))]).unwrap_err();
    assert!(matches!(error, CarouselError::Button(KeyboardError::Label { .. })), "{error}");
}

#[test]
fn payloads_have_a_limit_together() {
    let long = |count: usize| (0..count).map(|_| Button::text("Хочу", "п".repeat(198)));
    let cards = |count| long(count).map(|button| card().button(button));
    assert!(Carousel::new(cards(MAX_PAYLOADS / 200)).is_ok());
    let error = CarouselError::Button(KeyboardError::Payloads { chars: 1200 });
    assert_eq!(Carousel::new(cards(6)), Err(error));
    assert!(Keyboard::new().row(long(5)).is_ok());
    let keyboard = Keyboard::new().row(long(5)).unwrap().row([Button::text("Ещё", 1)]);
    assert_eq!(keyboard, Err(KeyboardError::Payloads { chars: 1001 }));
}

#[tokio::test]
async fn the_sandbox_takes_a_carousel_at_its_limits() {
    let sandbox = Sandbox::builder().group(7, "Куратор", "group-token").start("127.0.0.1:0").await.unwrap();
    sandbox.add_person(5, "Мария", "Петрова");
    sandbox.write(5, "Здравствуйте!");
    let text = "ы".repeat(MAX_TITLE);
    let full = (0..MAX_CARD_BUTTONS).fold(Card::titled(&text, &text), |card, number| {
        card.button(Button::callback("к".repeat(40), number))
    });
    let carousel = Carousel::new(vec![full.open_link("https://vk.ru"); MAX_CARDS]).unwrap();
    let bot = Bot::builder("group-token").api_url(&sandbox.api_url()).build().unwrap();
    bot.messages_send(5, "Вот").template(carousel).await.unwrap();
    let sent = sandbox.conversation(5).pop().unwrap();
    assert_eq!(sent.template.unwrap()["elements"].as_array().unwrap().len(), MAX_CARDS);
    sandbox.shutdown().await;
}

proptest! {
    #[test]
    fn a_carousel_is_taken_exactly_within_the_limits(
        cards in 0_usize..13,
        buttons in 0_usize..6,
        title in 75_usize..85,
        description in prop::sample::select(vec![0_usize, 1, 79, 80, 81]),
    ) {
        let card = Card::titled("🙂".repeat(title), "ы".repeat(description));
        let card = (0..buttons).fold(card, |card, _| card.button(Button::text("Хочу", ())));
        let fits = (1..=MAX_CARDS).contains(&cards)
            && (1..=MAX_CARD_BUTTONS).contains(&buttons)
            && title <= MAX_TITLE
            && (1..=MAX_TITLE).contains(&description);
        prop_assert_eq!(Carousel::new(vec![card; cards]).is_ok(), fits);
    }
}
