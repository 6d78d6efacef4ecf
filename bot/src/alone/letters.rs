//! Announcements as somebody of ill will would have them: beyond her rights, agreed to by herself, sent twice.

use vk_sandbox::check_message;
use vkapi::types::{Cmid, GroupId, UserId};

use super::{Alone, fuzz::acquaint};
use crate::{
    chat::{Action, Chip, Do, Event},
    config::Staff,
    domain::{
        Came, Campaign, CampaignId, CampaignState, Class, ClassId, ClassState, CodeWord, Context, Grant,
        Handoff, Ms, PageRef, Pause, Person, Reads, Recipient, Role, Rule, Scope, Seat, SeatState, Skip,
        Weekdays, Zone,
        attention::{Body, Held, Kind},
        letter::{Addressee, Amends, Crowd, Letter, LetterButton, Stage, When},
        page::{Admin, Aspect, Page, Word},
        segment::{Atom, Saved, Segment},
    },
    store::{Commit, Op, Store},
};

const AUTHOR: UserId = UserId(1006);
const OTHER: UserId = UserId(1007);
const SCOPED: UserId = UserId(1010);

async fn make(bot: &Alone, ops: Vec<Op>) {
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
}

/// A bot that knows people of two towns, each by the number's parity.
async fn known(people: std::ops::Range<i64>) -> Alone {
    let mut bot = Alone::new(Staff { trainers: vec![AUTHOR.0, OTHER.0], ..Staff::default() });
    let consent = Some(crate::domain::Consent { version: 1, at: Ms(0) });
    let town = |id: i64| if id % 2 == 0 { "Ольховск" } else { "Тамбов" }.to_owned();
    let person = |id| Person { consent, municipality: Some(town(id)), ..Person::new(UserId(id), Ms(0)) };
    make(&bot, people.map(|id| Op::PutPerson(Box::new(person(id)))).collect()).await;
    acquaint(&mut bot, AUTHOR).await;
    acquaint(&mut bot, OTHER).await;
    bot
}

fn press(action: Action) -> Event {
    Event::Press(Some(action), Some(Cmid(3)))
}

fn typed(text: &str) -> Event {
    Event::Text { text: text.to_owned(), action: None, plain: false, link: None }
}

fn to(id: CampaignId, d: Do) -> Event {
    press(Action::Letter { id, d })
}

async fn drafted(bot: &mut Alone) -> Letter {
    bot.hear(AUTHOR, &press(Action::Announce)).await;
    bot.hear(AUTHOR, &typed("Завтра в 15:00 семинар для всех")).await;
    bot.core.store.letters(1).await.unwrap().remove(0)
}

async fn stage(bot: &Alone, id: CampaignId) -> Stage {
    bot.core.store.letter(id).await.unwrap().unwrap().stage
}

#[tokio::test]
async fn a_trainer_of_a_town_reaches_nobody_elsewhere() {
    let bot = known(1..100).await;
    let scope = Scope { municipality: Some("ольховск".into()), ..Scope::default() };
    let (role, by) = (Role::Trainer, Some(UserId(1)));
    let grant = Grant { id: 1, who: SCOPED, role, scope, by, at: Ms(0), note: String::new() };
    make(&bot, vec![Op::PutGrant(Box::new(grant))]).await;
    let crowd = |atoms: Vec<Atom>| Crowd {
        by: SCOPED,
        to: Segment { atoms },
        rest: None,
        when: When::Now,
        spread: 0,
    };
    let everybody = bot.core.audience(&crowd(Vec::new())).await.unwrap();
    assert_eq!(everybody.len(), 49);
    assert!(everybody.iter().all(|(who, _)| who.0 % 2 == 0), "only hers");
    assert_eq!(bot.core.count(&crowd(vec![Atom::Place("Тамбов".into())])).await.unwrap(), 0);
    assert_eq!(bot.core.towns(SCOPED).await.unwrap(), [("Ольховск".to_owned(), 49)]);
    // Taken away, the right reaches nobody, whatever was begun before.
    make(&bot, vec![Op::DropGrant(SCOPED, 1)]).await;
    assert_eq!(bot.core.audience(&crowd(Vec::new())).await.unwrap().len(), 0);
}

#[tokio::test]
async fn nobody_agrees_to_her_own_and_nobody_without_the_right_to_any() {
    let mut bot = known(1..400).await;
    acquaint(&mut bot, UserId(7)).await;
    let letter = drafted(&mut bot).await;
    let id = letter.id;
    bot.hear(AUTHOR, &to(id, Do::Send)).await;
    assert!(matches!(stage(&bot, id).await, Stage::Waits { people: 401, .. }));
    for (who, d) in
        [(AUTHOR, Do::Yes(1_000)), (UserId(7), Do::Yes(1_000)), (UserId(7), Do::No), (AUTHOR, Do::Send)]
    {
        bot.hear(who, &to(id, d)).await;
        assert!(matches!(stage(&bot, id).await, Stage::Waits { .. }), "{who}");
    }
    assert_eq!(bot.core.store.campaign(id).await.unwrap(), None);
    let refused = bot.core.store.audit(99).await.unwrap();
    let refused = |who| refused.iter().filter(|entry| entry.what == "refused" && entry.who == who).count();
    assert_eq!((refused(AUTHOR), refused(UserId(7))), (1, 2));
    // Who agrees has seen fewer: she looks once more.
    bot.hear(OTHER, &to(id, Do::Yes(300))).await;
    assert_eq!(bot.core.store.campaign(id).await.unwrap(), None);
    bot.hear(OTHER, &to(id, Do::Yes(401))).await;
    assert_eq!(stage(&bot, id).await, Stage::Sent { by: Some(OTHER) });
    assert_eq!(bot.core.store.tally(id).await.unwrap().queued, 401);
    // What she reads is not what is sent if it can still be changed.
    for d in [Do::Send, Do::Drop, Do::Bare, Do::All, Do::Text] {
        bot.hear(AUTHOR, &to(id, d)).await;
    }
    bot.hear(AUTHOR, &typed("Совсем другой текст объявления")).await;
    let kept = bot.core.store.letter(id).await.unwrap().unwrap();
    assert_eq!((kept.text, kept.stage), (letter.text, Stage::Sent { by: Some(OTHER) }));
}

#[tokio::test]
async fn a_request_that_nobody_answers_is_not_agreed_to_later() {
    let mut bot = known(1..400).await;
    let id = drafted(&mut bot).await.id;
    bot.hear(AUTHOR, &to(id, Do::Send)).await;
    bot.pass(3 * Ms::DAY).await;
    bot.hear(OTHER, &to(id, Do::Yes(401))).await;
    assert_eq!(bot.core.store.campaign(id).await.unwrap(), None);
    bot.hear(AUTHOR, &to(id, Do::Stop)).await;
    assert_eq!(stage(&bot, id).await, Stage::Draft);
}

#[tokio::test]
async fn a_button_of_an_announcement_that_was_not_hers_leaves_nothing() {
    let mut bot = known(1..10).await;
    let id = drafted(&mut bot).await.id;
    bot.hear(AUTHOR, &to(id, Do::Ack)).await;
    let (author, at) = (AUTHOR, Ms(1));
    let campaign = Campaign {
        id,
        author,
        at,
        text: "Завтра".into(),
        state: CampaignState::Running,
        starts: at,
        local: false,
        reads: Reads::default(),
    };
    make(&bot, vec![Op::StartCampaign(campaign, vec![(OTHER, at)].into())]).await;
    for who in [AUTHOR, OTHER] {
        bot.hear(who, &press(Action::LetterPress { id, n: 0 })).await;
        bot.hear(who, &press(Action::LetterPress { id, n: 7 })).await;
        bot.hear(who, &press(Action::LetterPress { id: CampaignId(5), n: 0 })).await;
    }
    let pressed = bot.core.store.pressed(id, None, 9).await.unwrap();
    assert_eq!(pressed.iter().map(|(who, _)| *who).collect::<Vec<_>>(), [OTHER]);
    assert_eq!(bot.failed(), 0);
}

#[tokio::test]
async fn one_that_comes_again_is_sent_once_each_time() {
    let mut bot = known(1..10).await;
    let draft = drafted(&mut bot).await;
    let rule = Rule::weekly(Weekdays::of(&[1]), crate::domain::Hm { hour: 9, minute: 0 });
    let due = bot.core.clock.now().plus(Ms::HOUR);
    let stage = Stage::Repeats { next: Some(due), by: None };
    let letter = Letter { when: When::Repeat(rule), stage, ..draft.clone() };
    make(&bot, vec![Op::PutLetter(Box::new(letter))]).await;
    let campaigns = async |bot: &Alone| bot.core.store.campaigns(9).await.unwrap().len();
    crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    assert_eq!(campaigns(&bot).await, 0, "its moment has not come");
    bot.pass(Ms::HOUR).await;
    for _ in 0..3 {
        crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    }
    assert_eq!(campaigns(&bot).await, 1);
    let next = crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    assert!(next.is_some_and(|at| at > bot.core.clock.now()));
    // A bot that did not run for long sends no word of last week.
    bot.pass(9 * Ms::DAY).await;
    crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    assert_eq!(campaigns(&bot).await, 1);
}

#[tokio::test]
async fn a_room_with_everything_in_it_still_has_its_buttons() {
    let mut bot = known(20..30).await;
    let mut ops = Vec::new();
    for n in 1..=3 {
        let campaign = Campaign {
            id: CampaignId(n),
            author: AUTHOR,
            at: Ms(0),
            text: format!("Объявление {n}"),
            state: CampaignState::Finished,
            starts: Ms(0),
            local: false,
            reads: Reads::default(),
        };
        ops.push(Op::StartCampaign(campaign, [(UserId(20), Ms(0))].into()));
        let named =
            PageRef {
                id: GroupId(n as i64), screen_name: format!("p{n}"), name: format!("Школа № {n}")
            };
        let mut page = Page::new(named, Ms(0));
        page.admins = vec![Admin::new(UserId(20), Ms(0)), Admin::new(UserId(21), Ms(0))];
        page.say(Word { what: Aspect::Badge, yes: true, by: UserId(20), confirmed: false, at: Ms(0) });
        ops.push(Op::PutPage(Box::new(page)));
        let talk =
            Handoff::new(n, UserId(20 + n as i64), Ms(0), Context::default(), None, "Как поменять обложку?");
        ops.push(Op::PutHandoff(Box::new(talk)));
    }
    make(&bot, ops).await;
    bot.hear(AUTHOR, &press(Action::Announce)).await;
    bot.hear(AUTHOR, &typed("Завтра в 15:00 семинар для всех")).await;
    let room = bot.hear(AUTHOR, &press(Action::Cabinet)).await.messages.pop().unwrap();
    let keyboard = room.keyboard.expect("all of the room's buttons are gone");
    for label in ["Кто ведёт страницу", "Новое объявление", "Занятия", "Вопросы людей", "Меню"]
    {
        assert!(keyboard.contains(label), "{label}: {keyboard}");
    }
    let runners = bot.hear(AUTHOR, &press(Action::Runners)).await.messages.pop().unwrap();
    assert!(runners.keyboard.unwrap().contains("Слова о страницах: 3"));
}

/// An announcement of this number, as far as a campaign tells.
fn campaign(id: u64, state: CampaignState) -> Campaign {
    Campaign {
        id: CampaignId(id),
        author: AUTHOR,
        at: Ms(1),
        text: format!("Объявление № {id}."),
        state,
        starts: Ms(1),
        local: false,
        reads: Reads::default(),
    }
}

#[tokio::test]
async fn however_many_came_after_it_an_announcement_that_waits_for_its_hour_is_found_and_cancelled() {
    let mut bot = known(1..10).await;
    let start = |id, state| Op::StartCampaign(campaign(id, state), [(OTHER, Ms(1))].into());
    let mut ops = vec![start(1, CampaignState::Scheduled)];
    ops.extend((2..=140).map(|id| start(id, CampaignState::Finished)));
    make(&bot, ops).await;
    let mut seen = Vec::new();
    for p in 0.. {
        let list = bot.hear(AUTHOR, &press(Action::Letters { p })).await.messages.pop().unwrap();
        assert!(list.keyboard.is_some(), "its buttons are gone");
        let numbers =
            list.text.lines().filter_map(|line| line.strip_prefix("«Объявление № ")?.strip_suffix(".»"));
        seen.extend(numbers.map(|number| number.parse::<u64>().unwrap()));
        if !list.keyboard.unwrap().contains("Дальше") {
            break;
        }
    }
    let all: Vec<u64> = [1].into_iter().chain((2..=140).rev()).collect();
    assert_eq!(seen, all, "each once, what goes on first");
    let id = CampaignId(1);
    bot.hear(AUTHOR, &press(Action::CampaignCancelYes { id, was: CampaignState::Scheduled })).await;
    assert_eq!(bot.core.store.campaign(id).await.unwrap().unwrap().state, CampaignState::Cancelling);
    // A page that is no more is the first.
    let first = bot.hear(AUTHOR, &press(Action::Letters { p: 99 })).await.messages.pop().unwrap();
    assert!(first.text.contains("Объявление № 140."), "{}", first.text);
}

#[tokio::test]
async fn what_waits_for_a_word_stands_above_what_comes_again_and_every_one_of_them_can_be_ended() {
    let mut bot = known(1..10).await;
    let rule = Rule::weekly(Weekdays::of(&[1]), crate::domain::Hm { hour: 9, minute: 0 });
    let letter = |id, author, stage| {
        let text = format!("Каждый вторник № {id}");
        Op::PutLetter(Box::new(Letter {
            when: When::Repeat(rule.clone()),
            stage,
            ..Letter::draft(CampaignId(id), author, Ms(1), text)
        }))
    };
    let now = bot.core.clock.now();
    let mut ops = vec![letter(1, OTHER, Stage::Waits { since: now, people: 400 })];
    ops.extend(
        (2..=7).map(|id| letter(id, AUTHOR, Stage::Repeats { next: Some(now.plus(Ms::DAY)), by: None })),
    );
    ops.push(letter(8, AUTHOR, Stage::Draft));
    make(&bot, ops).await;
    let page = async |bot: &mut Alone, p| {
        bot.hear(AUTHOR, &press(Action::Letters { p })).await.messages.pop().unwrap()
    };
    let (first, second) = (page(&mut bot, 0).await, page(&mut bot, 1).await);
    let at = |text: &str, id: u64| text.find(&format!("№ {id}"));
    assert!(at(&first.text, 1) < at(&first.text, 7) && at(&first.text, 1).is_some(), "{}", first.text);
    for id in [2, 3, 4, 8] {
        assert!(at(&second.text, id).is_some(), "{}", second.text);
    }
    bot.hear(AUTHOR, &to(CampaignId(2), Do::Stop)).await;
    assert_eq!(stage(&bot, CampaignId(2)).await, Stage::Repeats { next: None, by: None });
}

#[tokio::test]
async fn what_was_taken_back_or_cancelled_comes_in_no_digest() {
    let amended = |recall| {
        Stage::Amended(Amends {
            by: AUTHOR,
            agreed: None,
            at: Ms(1),
            recall,
            after: None,
            done: 0,
            missed: 0,
            over: true,
        })
    };
    for (state, stage, comes) in [
        (CampaignState::Finished, Stage::Sent { by: None }, true),
        (CampaignState::Finished, amended(false), true),
        (CampaignState::Finished, amended(true), false),
        (CampaignState::Cancelled, Stage::Sent { by: None }, false),
    ] {
        let mut bot = known(1..10).await;
        let id = CampaignId(5);
        let now = bot.core.clock.now();
        let letter = Letter {
            stage: stage.clone(),
            ..Letter::draft(id, AUTHOR, now, "Объявление № 5.".into())
        };
        let held = Held { kind: Kind::Announcement, at: now, body: Body::Campaign(id) };
        let ops = vec![
            Op::StartCampaign(campaign(5, state), [(UserId(4), now)].into()),
            Op::PutLetter(Box::new(letter)),
            Op::Hold(UserId(4), held, now.plus(Ms::HOUR)),
        ];
        make(&bot, ops).await;
        let came = bot.pass(2 * Ms::HOUR).await;
        assert_eq!(came.iter().any(|message| message.text.contains("№ 5")), comes, "{state:?} {stage:?}");
        assert_eq!(bot.failed(), 0);
    }
}

#[tokio::test]
async fn who_got_it_in_a_digest_is_asked_for_her_word_as_well() {
    let bot = known(1..10).await;
    let id = CampaignId(5);
    let buttons = vec![LetterButton::Ack];
    let letter = Letter {
        stage: Stage::Sent { by: None },
        buttons,
        ..Letter::draft(id, AUTHOR, Ms(1), "Объявление № 5.".into())
    };
    let people: Vec<_> = [2, 4, 6].map(|id| (UserId(id), Ms(1))).into();
    let states = [
        (UserId(2), Recipient::Read),
        (UserId(4), Recipient::Skipped(Skip::Digest)),
        (UserId(6), Recipient::Skipped(Skip::Unwanted)),
    ];
    let ops = vec![
        Op::StartCampaign(campaign(5, CampaignState::Running), people.into()),
        Op::PutLetter(Box::new(letter)),
        Op::Settle(id, states.into()),
        Op::Press(id, UserId(2), true, Ms(2)),
        Op::PutCampaign(campaign(5, CampaignState::Finished)),
    ];
    make(&bot, ops).await;
    let (left, all) = bot.core.unacked(id, AUTHOR, 0, 9).await.unwrap();
    assert_eq!((left.iter().map(|(who, _)| who.0).collect::<Vec<_>>(), all), (vec![4], 1));
    let mut bot = bot;
    let report = bot.hear(AUTHOR, &press(Action::Campaign { id })).await.messages.pop().unwrap();
    assert!(report.text.contains("Ознакомились: 1 из 2."), "{}", report.text);
    bot.hear(AUTHOR, &press(Action::AgainUnacked { id })).await;
    let again = bot.core.store.letters(1).await.unwrap().remove(0);
    assert_eq!(bot.core.count(&again.crowd()).await.unwrap(), 1);
}

#[tokio::test]
async fn one_that_comes_again_waits_for_a_second_word_when_it_has_grown() {
    let mut bot = known(1..400).await;
    let draft = drafted(&mut bot).await;
    let rule = Rule::weekly(Weekdays::ALL, crate::domain::Hm { hour: 12, minute: 0 });
    let due = bot.core.clock.now().plus(Ms::HOUR);
    let letter =
        Letter { when: When::Repeat(rule), stage: Stage::Repeats { next: Some(due), by: None }, ..draft };
    let id = letter.id;
    make(&bot, vec![Op::PutLetter(Box::new(letter))]).await;
    bot.pass(Ms::HOUR).await;
    crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    assert_eq!(bot.core.store.campaigns(9).await.unwrap().len(), 0, "nobody has agreed to so many");
    assert!(matches!(stage(&bot, id).await, Stage::Waits { people: 401, .. }));
    let told = bot.pass(Ms::HOUR).await;
    let to = |who: UserId, what: &str| {
        told.iter().any(|message| message.to.user() == Some(who) && message.text.contains(what))
    };
    assert!(to(OTHER, "Нужно ваше согласие") && to(AUTHOR, "401 человек"), "{told:?}");
    bot.hear(OTHER, &press(Action::Letter { id, d: Do::Yes(401) })).await;
    assert!(matches!(stage(&bot, id).await, Stage::Repeats { next: Some(_), by: Some(OTHER) }));
    bot.pass(2 * Ms::HOUR).await;
    crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    assert_eq!(bot.core.store.campaigns(9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_segment_with_a_name_is_used_again_and_forgotten() {
    let mut bot = known(1..10).await;
    let first = drafted(&mut bot).await.id;
    let town = Atom::Place("Тамбов".to_owned());
    bot.hear(AUTHOR, &to(first, Do::Chip(town.clone(), 0))).await;
    bot.hear(AUTHOR, &to(first, Do::Keep)).await;
    bot.hear(AUTHOR, &typed("Мой район")).await;
    let kept = bot.core.store.segments().await.unwrap();
    assert_eq!(kept.iter().map(|saved| saved.name.as_str()).collect::<Vec<_>>(), ["Мой район"]);
    let number = kept[0].id;
    let second = drafted(&mut bot).await.id;
    bot.hear(AUTHOR, &to(second, Do::Saved)).await;
    bot.hear(AUTHOR, &to(second, Do::Use(number))).await;
    let letter = bot.core.store.letter(second).await.unwrap().unwrap();
    assert_eq!(letter.to.atoms, [town]);
    assert_eq!(bot.core.count(&letter.crowd()).await.unwrap(), 5);
    let more = (10..=16).map(|id| {
        let (name, segment) = (format!("Сегмент № {id}"), Segment::default());
        Op::PutSegment(Box::new(Saved { id, name, by: AUTHOR, at: Ms(1), segment }))
    });
    make(&bot, more.collect()).await;
    let mut seen = Vec::new();
    for page in 0..4 {
        let list = bot.hear(AUTHOR, &to(second, Do::SavedPage(page))).await.messages.pop().unwrap();
        let keyboard = list.keyboard.expect("its buttons are gone");
        seen.extend((10..=16).rev().filter(|id| keyboard.contains(&format!("Сегмент № {id}"))));
    }
    assert_eq!(seen, [16, 15, 14, 13, 12, 11, 10], "each can be taken");
    make(&bot, (10..=16).map(Op::DropSegment).collect()).await;
    bot.hear(AUTHOR, &to(second, Do::Forget(number))).await;
    assert!(bot.core.store.segments().await.unwrap().is_empty());
    // The announcement it was used for keeps its conditions; the old button says that it is gone.
    assert_eq!(bot.core.store.letter(second).await.unwrap().unwrap().to, letter.to);
    let gone = bot.hear(AUTHOR, &to(second, Do::Use(number))).await;
    assert!(gone.snackbar.is_some());
}

#[tokio::test]
async fn an_announcement_that_is_over_goes_after_its_time_with_who_was_sent_it() {
    let mut bot = known(1..10).await;
    let days = i64::from(bot.core.region.retention.announcement_days);
    let now = bot.core.clock.now();
    let begun = |id, state, days_ago: i64| {
        let campaign = Campaign { starts: now.plus(-days_ago * Ms::DAY), ..campaign(id, state) };
        Op::StartCampaign(campaign, [(OTHER, now)].into())
    };
    let letter = |id, stage| {
        Op::PutLetter(Box::new(Letter {
            stage,
            ..Letter::draft(CampaignId(id), AUTHOR, now, "Текст".into())
        }))
    };
    let being_changed = Amends {
        by: AUTHOR,
        agreed: None,
        at: now,
        recall: true,
        after: None,
        done: 0,
        missed: 0,
        over: false,
    };
    make(
        &bot,
        vec![
            begun(1, CampaignState::Finished, days + 1),
            letter(1, Stage::Sent { by: None }),
            Op::Press(CampaignId(1), OTHER, true, now),
            begun(2, CampaignState::Finished, days - 1),
            begun(3, CampaignState::Paused(Pause::Staff), days + 1),
            begun(4, CampaignState::Cancelled, days + 1),
            begun(5, CampaignState::Finished, days + 1),
            letter(5, Stage::Amended(being_changed)),
            letter(6, Stage::Draft),
        ],
    )
    .await;
    crate::retention::age(&bot.core).await.unwrap();
    let left: Vec<u64> = bot.core.store.campaigns(9).await.unwrap().iter().map(|c| c.id.0).collect();
    assert_eq!(left, [5, 3, 2], "what is over and old goes");
    let letters: Vec<u64> = bot.core.store.letters(9).await.unwrap().iter().map(|l| l.id.0).collect();
    assert_eq!(letters, [6, 5]);
    let hers: Vec<u64> =
        bot.core.store.received(OTHER).await.unwrap().iter().map(|(campaign, _)| campaign.id.0).collect();
    assert_eq!(hers, [5, 3, 2]);
    assert!(bot.core.store.pressed(CampaignId(1), None, 9).await.unwrap().is_empty());
    // Her old button and a look at its figures find nothing, and say so.
    let pressed = bot.hear(OTHER, &press(Action::LetterPress { id: CampaignId(1), n: 0 })).await;
    assert!(pressed.snackbar.is_some() || !pressed.messages.is_empty());
    let figures = bot.hear(AUTHOR, &press(Action::Campaign { id: CampaignId(1) })).await;
    assert!(figures.snackbar.is_some() || !figures.messages.is_empty());
    assert_eq!(bot.failed(), 0);
}

#[tokio::test]
async fn one_that_comes_again_goes_by_the_regions_clock_whatever_its_authors_shows() {
    let mut bot = known(1..10).await;
    let zone = Zone::try_from("Asia/Vladivostok".to_owned()).unwrap();
    let author = Person { zone: Some(zone), ..bot.person(AUTHOR).await.unwrap() };
    make(&bot, vec![Op::PutPerson(Box::new(author))]).await;
    let id = drafted(&mut bot).await.id;
    bot.hear(AUTHOR, &to(id, Do::Ask)).await;
    let said = bot.hear(AUTHOR, &typed("по понедельникам в 9")).await;
    let told = &said.last(AUTHOR).unwrap().text;
    assert!(told.contains("по часам региона: Москва"), "{told}");
    bot.hear(AUTHOR, &to(id, Do::Send)).await;
    let Stage::Repeats { next: Some(next), .. } = stage(&bot, id).await else { panic!("it does not repeat") };
    let region = bot.core.region.zone.local(next);
    assert_eq!((region.hour(), region.date().weekday()), (9, jiff::civil::Weekday::Monday), "{region}");
    // And so does the one after it.
    bot.pass(next.0 - bot.core.clock.now().0).await;
    crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    let Stage::Repeats { next: Some(second), .. } = stage(&bot, id).await else { panic!("it has ended") };
    assert_eq!(second, next.plus(7 * Ms::DAY));
    // Of whoever lives by the region's clock nothing more is said.
    let id = drafted(&mut bot).await.id;
    let author = Person { zone: None, ..bot.person(AUTHOR).await.unwrap() };
    make(&bot, vec![Op::PutPerson(Box::new(author))]).await;
    bot.hear(AUTHOR, &to(id, Do::Ask)).await;
    let said = bot.hear(AUTHOR, &typed("по понедельникам в 9")).await;
    assert!(!said.last(AUTHOR).unwrap().text.contains("по часам региона"));
}

#[tokio::test]
async fn who_was_at_a_class_of_no_course_is_announced_to_by_its_chip() {
    let mut bot = known(1..10).await;
    let now = bot.core.clock.now();
    let zone = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
    let class = |id, starts: Ms, course: Option<&str>| Class {
        state: ClassState::Open,
        starts,
        course: course.map(str::to_owned),
        ..Class::new(ClassId(id), AUTHOR, Ms(1), zone.clone(), format!("Занятие {id}"))
    };
    let came = |class, who| {
        let came = Some(Came { at: now, by: None });
        Op::PutSeat(Box::new(Seat { came, ..Seat::new(ClassId(class), UserId(who)) }))
    };
    let put = |class| Op::PutClass(Box::new(class));
    make(
        &bot,
        vec![
            put(class(1, now.plus(-Ms::DAY), None)),
            put(class(2, now.plus(Ms::DAY), None)),
            put(class(3, now.plus(-Ms::DAY), Some("start"))),
            put(class(4, now.plus(-300 * Ms::DAY), None)),
            came(1, 3),
            came(1, 4),
        ],
    )
    .await;
    let id = drafted(&mut bot).await.id;
    let shown = bot.hear(AUTHOR, &to(id, Do::Chips(Chip::Lesson, 0))).await;
    let keyboard = shown.last(AUTHOR).unwrap().keyboard.clone().unwrap();
    assert!(keyboard.contains("были на «Занятие 1, 22 ноября»"), "{keyboard}");
    assert!(keyboard.contains("не были на «Занятие 1, 22 ноября»"), "{keyboard}");
    for other in [2, 3, 4] {
        assert!(!keyboard.contains(&format!("Занятие {other}")), "{other}: {keyboard}");
    }
    let said = bot.hear(AUTHOR, &to(id, Do::Chip(Atom::CameTo(ClassId(1)), 0))).await;
    assert!(said.last(AUTHOR).unwrap().text.contains("Подходит: 2"), "{}", said.last(AUTHOR).unwrap().text);
    let panel = bot.hear(AUTHOR, &to(id, Do::Look)).await;
    assert!(panel.messages.iter().any(|m| m.text.contains("были на «Занятие 1, 22 ноября»")));
    // What is not offered is no condition, whoever forges it.
    bot.hear(AUTHOR, &to(id, Do::Chip(Atom::CameTo(ClassId(2)), 0))).await;
    let atoms = bot.core.store.letter(id).await.unwrap().unwrap().to.atoms;
    assert_eq!(atoms, [Atom::CameTo(ClassId(1))]);
}

#[tokio::test]
async fn metrics_count_who_waits_for_an_announcement_by_whether_it_pauses() {
    let bot = known(1..10).await;
    let to = |ids: &[i64]| ids.iter().map(|id| (UserId(*id), Ms(1))).collect();
    let told = async |queued: u64, paused: u64| {
        let text = crate::ops::told(&bot.core).await;
        for (state, count) in [("queued", queued), ("paused", paused)] {
            let line = format!("kurator_campaign_recipients{{state=\"{state}\"}} {count}");
            assert!(text.lines().any(|told| told == line), "{line}: {text}");
        }
    };
    told(0, 0).await;
    let going = vec![
        Op::StartCampaign(campaign(5, CampaignState::Running), to(&[2, 3, 4])),
        Op::Settle(CampaignId(5), [(UserId(2), Recipient::Sent(1))].into()),
        Op::StartCampaign(campaign(6, CampaignState::Running), to(&[6])),
    ];
    make(&bot, going).await;
    told(3, 0).await;
    make(&bot, vec![Op::PutCampaign(campaign(5, CampaignState::Paused(Pause::Staff)))]).await;
    told(1, 2).await;
    make(&bot, vec![Op::PutCampaign(campaign(5, CampaignState::Cancelled))]).await;
    told(1, 0).await;
}

#[tokio::test]
async fn who_agrees_sees_by_her_own_clock_what_was_set_by_the_authors() {
    let mut bot = known(1..10).await;
    let zone = |name: &str| Some(Zone::try_from(name.to_owned()).unwrap());
    let author = Person { zone: zone("Asia/Vladivostok"), ..bot.person(AUTHOR).await.unwrap() };
    make(&bot, vec![Op::PutPerson(Box::new(author))]).await;
    // It is 9 in the morning in Moscow, 16 in Vladivostok: its 20 o'clock today is 13 here, its 10 was at 3.
    let waits = |id: u64, hour: i8| {
        let local = jiff::civil::datetime(2026, 11, 23, hour, 0, 0, 0);
        let stage = Stage::Waits { since: bot.core.clock.now(), people: 11 };
        let when = When::At { local, own: false };
        let draft = Letter::draft(CampaignId(id), AUTHOR, Ms(1), format!("Семинар {id}"));
        Op::PutLetter(Box::new(Letter { when, stage, ..draft }))
    };
    let ops = vec![waits(1, 20), waits(2, 10)];
    make(&bot, ops).await;
    let shown = bot.hear(OTHER, &to(CampaignId(1), Do::Judge)).await;
    let told = &shown.last(OTHER).unwrap().text;
    assert!(told.contains("Когда: сегодня в 13:00"), "{told}");
    bot.hear(OTHER, &to(CampaignId(1), Do::Yes(11))).await;
    let campaign = bot.core.store.campaign(CampaignId(1)).await.unwrap().unwrap();
    assert_eq!(bot.core.region.zone.local(campaign.starts).hour(), 13);
    // By Moscow's clock 10 were still to come; by the author's it is over.
    bot.hear(OTHER, &to(CampaignId(2), Do::Yes(11))).await;
    assert_eq!(bot.core.store.campaign(CampaignId(2)).await.unwrap(), None);
    assert!(matches!(stage(&bot, CampaignId(2)).await, Stage::Declined { .. }));
}

/// A class of this number that begins in so many days, of a town, with one seat.
fn class_in(bot: &Alone, id: u64, days: i64, town: Option<&str>) -> Class {
    let now = bot.clock_now();
    let zone = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
    let class = Class::new(ClassId(id), AUTHOR, now, zone, format!("Занятие {id} {{и}} ещё"));
    let starts = now.plus(days * Ms::DAY);
    Class { state: ClassState::Open, starts, seats: Some(1), municipality: town.map(str::to_owned), ..class }
}

#[tokio::test]
async fn an_announcement_of_a_class_goes_to_those_it_is_for_and_one_press_enrols_once() {
    let mut bot = known(1..10).await;
    for who in [2, 4, 5] {
        acquaint(&mut bot, UserId(who)).await;
    }
    let class = class_in(&bot, 5, 3, Some("Ольховск"));
    make(&bot, vec![Op::PutClass(Box::new(class.clone()))]).await;
    bot.hear(AUTHOR, &press(Action::ClassAnnounce { id: class.id })).await;
    let letter = bot.core.store.letters(1).await.unwrap().remove(0);
    let id = letter.id;
    assert_eq!(letter.to.atoms, [Atom::Place("Ольховск".into())]);
    assert_eq!(letter.buttons, [LetterButton::Join { label: "Записаться".into(), class: class.id }]);
    let shown = crate::chat::letter_text(&bot.core.content(), &letter, &Addressee::default());
    assert!(shown.contains("«Занятие 5 {и} ещё»") && shown.contains("(МСК)"), "{shown}");
    bot.hear(AUTHOR, &to(id, Do::Send)).await;
    assert_eq!(bot.core.store.tally(id).await.unwrap().queued, 4, "2, 4, 6 and 8 are of the town");
    // Who gets it presses; twice is once, and whoever comes late waits for a seat.
    for _ in 0..2 {
        bot.hear(UserId(2), &press(Action::LetterPress { id, n: 0 })).await;
    }
    bot.hear(UserId(4), &press(Action::LetterPress { id, n: 0 })).await;
    // Who does not get it enrols in nothing by it.
    let refused = bot.hear(UserId(5), &press(Action::LetterPress { id, n: 0 })).await;
    assert_eq!(refused.snackbar, Some(crate::chat::tests::CONTENT.texts().get("letter-not-yours")));
    let hall = bot.core.hall(class.id).await.unwrap().unwrap();
    let seats: Vec<(i64, SeatState)> = hall.seats.iter().map(|seat| (seat.person.0, seat.state)).collect();
    assert_eq!(seats, [(2, SeatState::Enrolled), (4, SeatState::Waiting)]);
    let report = bot.hear(AUTHOR, &press(Action::Campaign { id })).await.messages.pop().unwrap();
    assert!(report.text.contains("Нажали кнопку: 2."), "{}", report.text);
    // It is over: the button says so and enrols nobody.
    bot.clock.advance(4 * Ms::DAY);
    bot.hear(UserId(4), &press(Action::LetterPress { id, n: 0 })).await;
    let after = bot.core.hall(class.id).await.unwrap().unwrap();
    assert_eq!(after.seats.iter().filter(|seat| seat.state == SeatState::Enrolled).count(), 1);
    let letters = bot.core.store.letters(99).await.unwrap().len();
    bot.hear(AUTHOR, &press(Action::ClassAnnounce { id: class.id })).await;
    assert_eq!(bot.core.store.letters(99).await.unwrap().len(), letters, "nothing to announce any more");
}

#[tokio::test]
async fn classes_that_people_enrol_in_are_put_below_an_announcement_each_once_and_ack_stays_last() {
    let mut bot = known(1..10).await;
    let ops = (1..=9).map(|n| Op::PutClass(Box::new(class_in(&bot, n, n as i64, None)))).collect();
    make(&bot, ops).await;
    let begun = class_in(&bot, 20, -1, None);
    make(&bot, vec![Op::PutClass(Box::new(begun))]).await;
    let id = drafted(&mut bot).await.id;
    let offered = bot.hear(AUTHOR, &to(id, Do::Buttons)).await.messages.pop().unwrap();
    assert!(offered.keyboard.unwrap().contains("Запись на занятие"));
    let list = bot.hear(AUTHOR, &to(id, Do::Classes(1))).await.messages.pop().unwrap();
    let keyboard = list.keyboard.expect("its buttons are gone");
    assert!(check_message(&list.text, Some(&keyboard)).is_ok(), "{keyboard}");
    for label in ["Занятие 5 ", "Занятие 8 ", "‹ Раньше", "Дальше ›", "Назад", "Отмена"]
    {
        assert!(keyboard.contains(label), "{label}: {keyboard}");
    }
    for d in
        [Do::Ack, Do::Join(ClassId(1)), Do::Join(ClassId(1)), Do::Join(ClassId(20)), Do::Join(ClassId(2))]
    {
        bot.hear(AUTHOR, &to(id, d)).await;
    }
    bot.hear(AUTHOR, &to(id, Do::Join(ClassId(3)))).await;
    let full = bot.hear(AUTHOR, &to(id, Do::Join(ClassId(4)))).await;
    assert_eq!(full.snackbar, Some(crate::chat::tests::CONTENT.texts().get("letter-buttons-full")));
    let kept = bot.core.store.letter(id).await.unwrap().unwrap().buttons;
    let join = |n: u64, label: &str| LetterButton::Join { label: label.to_owned(), class: ClassId(n) };
    let wanted = [
        join(1, "Записаться"),
        join(2, "Записаться: Занятие 2 {и} ещё"),
        join(3, "Записаться: Занятие 3 {и} ещё"),
        LetterButton::Ack,
    ];
    assert_eq!(kept, wanted);
}

#[tokio::test]
async fn the_room_of_a_class_with_a_code_word_keeps_its_ten_buttons_before_and_after_it_is_announced() {
    let mut bot = known(1..3).await;
    let now = bot.clock_now();
    let code = CodeWord { word: "ёлка".into(), opens: now, closes: now.plus(9 * Ms::DAY) };
    let class = Class { code: Some(code), ..class_in(&bot, 5, 3, None) };
    make(&bot, vec![Op::PutClass(Box::new(class))]).await;
    for (passed, has, lacks) in [(0, "Объявить", "Отзывы"), (4 * Ms::DAY, "Отзывы", "Объявить")]
    {
        bot.clock.advance(passed);
        let room =
            bot.hear(AUTHOR, &press(Action::ClassRoom { id: ClassId(5) })).await.messages.pop().unwrap();
        let keyboard = room.keyboard.expect("its buttons are gone");
        assert!(check_message(&room.text, Some(&keyboard)).is_ok(), "{keyboard}");
        assert!(keyboard.contains(has) && !keyboard.contains(lacks), "{keyboard}");
        assert_eq!(keyboard.matches("\"label\"").count(), 10, "{keyboard}");
    }
}
