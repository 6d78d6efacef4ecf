//! A trainer's hand on an announcement that goes on, and the bot's own: pause, go on, cancel, and the breaker. What is
//! shown here is counted in calls, not timed: VK takes twenty in any second.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{ops::Range, sync::Arc, time::Duration};

use kurator::{
    config::Staff,
    domain::{
        Campaign, CampaignId, CampaignState, Clock, Consent, Ms, Person, Reads, SystemClock,
        letter::{Letter, Stage},
    },
    store::{Commit, Op, SledOptions, SledStore, Store},
};
use tests::{
    GROUP, Setup, TOKEN, World, load_content, monday,
    real::{self, RUNS, Real, Signal},
};
use vk_sandbox::{Call, Sandbox, Settings};
use vkapi::{Limits, types::UserId};

/// Runs the announcement.
const TRAINER: i64 = 7;
/// What VK takes in a second.
const A_SECOND: usize = 20;
const TEXT: &str = "Завтра в десять часов встреча с редакторами страниц.";

fn everybody(people: &Range<i64>, now: Ms) -> Vec<Op> {
    let consent = Some(Consent { version: load_content().unwrap().consent().version, at: now });
    let person = |id: i64| Person { consent, onboarded: Some(now), ..Person::new(UserId(id), now) };
    let ids = [TRAINER].into_iter().chain(people.clone());
    let mut ops: Vec<Op> = ids.map(|id| Op::PutPerson(Box::new(person(id)))).collect();
    let campaign = Campaign {
        id: CampaignId(1),
        author: UserId(TRAINER),
        at: now,
        text: TEXT.to_owned(),
        state: CampaignState::Scheduled,
        // In a minute: the trainer opens its report before it begins.
        starts: now.plus(60_000),
        local: false,
        reads: Reads::default(),
    };
    let recipients: Arc<[_]> = people.clone().map(|id| (UserId(id), campaign.starts)).collect();
    ops.push(Op::StartCampaign(campaign, recipients));
    ops
}

/// A bot under VK's limits, whose trainer has the announcement's report before her; it begins now.
async fn begins(people: &Range<i64>, refuse: impl Fn(i64) -> bool) -> World {
    let settings = Settings { latency: Duration::from_millis(60), ..Settings::default() };
    let setup = Setup {
        staff: Staff { trainers: vec![TRAINER], ..Staff::default() },
        settings,
        limits: Some(Limits::community()),
        first: everybody(people, monday()),
        ..Setup::default()
    };
    let world = World::start(setup).await.unwrap();
    people.clone().filter(|id| !refuse(*id)).for_each(|id| world.sandbox.allow(id));
    world.sandbox.write(TRAINER, "Кабинет");
    world.settle().await.unwrap();
    press(&world.sandbox, "Отчёт: Завтра в…");
    world.settle().await.unwrap();
    world.clock.advance(60_000);
    world
}

/// The newest message to the trainer that has a button, and what is written on that.
fn offered(sandbox: &Sandbox, label: &str) -> Option<(i64, String)> {
    let begins = label.strip_suffix('…').unwrap_or(label);
    sandbox.conversation(TRAINER).iter().rev().find_map(|message| {
        let rows = message.keyboard.iter().flat_map(|k| k["buttons"].as_array().unwrap());
        let mut buttons = rows.flat_map(|row| row.as_array().unwrap());
        let label = buttons.find_map(|b| b["action"]["label"].as_str().filter(|l| l.starts_with(begins)))?;
        Some((message.cmid, label.to_owned()))
    })
}

/// The trainer presses a button under the newest message that has it.
fn press(sandbox: &Sandbox, label: &str) {
    match offered(sandbox, label) {
        Some((cmid, label)) => drop(sandbox.press(TRAINER, cmid, &label).unwrap()),
        None => panic!("no button «{label}»: {:#?}", sandbox.conversation(TRAINER)),
    }
}

fn parts(sandbox: &Sandbox) -> Vec<Call> {
    let calls = sandbox.calls().into_iter();
    calls.filter(|call| call.result == Ok(()) && call.param("message") == Some(TEXT)).collect()
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waits = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let patience = Duration::from_secs(60);
    tokio::time::timeout(patience, waits).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// How many parts have left when no more are on their way.
async fn left(sandbox: &Sandbox) -> usize {
    loop {
        let before = parts(sandbox).len();
        tokio::time::sleep(Duration::from_millis(300)).await;
        if parts(sandbox).len() == before {
            return before;
        }
    }
}

/// The trainer's word was taken: her press is answered.
async fn answered(sandbox: &Sandbox, says: &str) {
    let shows =
        || sandbox.conversation(TRAINER).iter().rev().any(|m| !m.from_person && m.text.contains(says));
    until(says, shows).await;
}

fn got(sandbox: &Sandbox, person: i64) -> usize {
    sandbox.conversation(person).iter().filter(|m| m.text == TEXT).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn pause_and_resume_act_within_what_vk_takes_in_a_second_and_nobody_gets_it_twice() {
    let people = 10_000..16_000;
    let world = begins(&people, |_| false).await;
    let sandbox = &world.sandbox;
    until("a third of it", || parts(sandbox).len() >= 20).await;
    press(sandbox, "Пауза");
    answered(sandbox, "На паузе.").await;
    let before = parts(sandbox).len();
    world.settle().await.unwrap();
    let after = left(sandbox).await;
    assert!(before < 60 && after < 60, "there was nothing left to pause: {before}, {after}");
    assert!(after - before <= A_SECOND, "{} parts left after the pause", after - before);
    // However long it stands, nothing leaves.
    world.pass(3 * 3_600_000, 600_000).await.unwrap();
    assert_eq!(parts(sandbox).len(), after);

    press(sandbox, "Продолжить");
    answered(sandbox, "Отправляется").await;
    let everybody = until("everybody", || people.clone().all(|id| got(sandbox, id) == 1));
    tokio::select! { () = everybody => {}, () = tick(&world) => {} }
    world.settle().await.unwrap();
    assert!(people.clone().all(|id| got(sandbox, id) == 1), "somebody got it twice");
    world.stop().await.unwrap();
}

/// Somebody whose call was broken off by the pause is asked after when a moment of the clock has passed.
async fn tick(world: &World) {
    loop {
        world.clock.advance(50);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_acts_within_what_vk_takes_in_a_second_and_the_report_counts_everybody() {
    let people = 20_000..26_000;
    let world = begins(&people, |_| false).await;
    let sandbox = &world.sandbox;
    until("a third of it", || parts(sandbox).len() >= 20).await;
    press(sandbox, "Отменить");
    answered(sandbox, "Вернуть отправку будет нельзя").await;
    press(sandbox, "Да, отменить");
    answered(sandbox, "Отменяется.").await;
    let before = parts(sandbox).len();
    let rest = async { world.settle().await.unwrap() };
    tokio::select! { () = rest => {}, () = tick(&world) => {} }
    let after = parts(sandbox).len();
    assert!(after < 60, "there was nothing left to cancel");
    assert!(after - before <= A_SECOND, "{} parts left after the cancel", after - before);
    let have = people.clone().filter(|id| got(sandbox, *id) == 1).count();
    assert_eq!(have, after * 100);
    press(sandbox, "Обновить");
    world.settle().await.unwrap();
    let counted = format!("Доставлено: {have} из {}", people.end - people.start);
    let report = sandbox.conversation(TRAINER).last().unwrap().text.clone();
    assert!(report.contains("Отменено.") && report.contains(&counted), "{counted}: {report}");
    world.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_too_many_refuse_pauses_by_itself_and_its_author_hears_why() {
    let people = 30_000..36_000;
    // Four in ten: above the thirty percent of the config.
    let world = begins(&people, |id| id % 10 < 4).await;
    let sandbox = &world.sandbox;
    world.settle().await.unwrap();
    let tried = left(sandbox).await;
    assert!(tried <= 1 + A_SECOND, "{tried} parts left before it paused");
    answered(sandbox, "ВКонтакте отказывает 40 % получателей").await;
    press(sandbox, "Обновить");
    world.settle().await.unwrap();
    let report = sandbox.conversation(TRAINER).iter().rev().find(|m| m.text.contains("На паузе")).cloned();
    let report = report.unwrap().text;
    assert!(report.contains("слишком много отказов"), "{report}");
    world.pass(24 * 3_600_000, 3_600_000).await.unwrap();
    assert_eq!(parts(sandbox).len(), tried);
    world.stop().await.unwrap();
}

/// The other text for it.
const MENDED: &str = "Завтра в одиннадцать часов встреча с редакторами страниц.";

/// Kills the bot when it has made so many of these calls, and starts another on what it has left.
async fn kill_at(sandbox: &Sandbox, bot: &mut Real, config: &std::path::Path, method: &str, calls: u64) {
    until(method, || sandbox.call_counts().get(method).copied().unwrap_or(0) >= calls).await;
    bot.signal(Signal::KILL).unwrap();
    let new = Real::run(config).unwrap();
    let old = std::mem::replace(bot, new);
    old.end(Duration::from_secs(60)).await.unwrap();
    bot.says(RUNS, Duration::from_secs(60)).await.unwrap();
}

/// Presses «Обновить» until the report says that.
async fn reported(sandbox: &Sandbox, says: &str) {
    until("the report", || offered(sandbox, "Обновить").is_some()).await;
    for _ in 0..600 {
        press(sandbox, "Обновить");
        tokio::time::sleep(Duration::from_millis(100)).await;
        if sandbox.conversation(TRAINER).iter().any(|m| !m.from_person && m.text.contains(says)) {
            return;
        }
    }
    panic!("never «{says}»: {:#?}", sandbox.conversation(TRAINER).last());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_killed_while_it_mends_and_takes_back_what_was_delivered_does_all_of_it_and_counts_everybody_once()
 {
    let people = 40_000..40_500;
    let settings =
        Settings { latency: Duration::from_millis(10), requests_per_second: None, ..Settings::default() };
    let sandbox = Sandbox::builder()
        .group(GROUP, "Куратор", TOKEN)
        .settings(settings)
        .start("127.0.0.1:0")
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = format!("{}[staff]\ntrainers = [{TRAINER}]\n", real::config(&sandbox, folder.path()));
    let config = real::write(folder.path(), &config).unwrap();
    let options = SledOptions { path: folder.path().join("store"), allow_unsafe: true, cache_bytes: 8 << 20 };
    let store = SledStore::open(&options).unwrap();
    let (id, now) = (CampaignId(1), SystemClock.now().plus(-60_000));
    let mut ops = everybody(&people, now);
    let stage = Stage::Sent { by: None };
    let letter = Letter { stage, ..Letter::draft(id, UserId(TRAINER), now, TEXT.to_owned()) };
    ops.push(Op::PutLetter(Box::new(letter)));
    store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    tokio::task::spawn_blocking(move || drop(store)).await.unwrap();
    people.clone().for_each(|id| sandbox.allow(id));

    let mut bot = Real::run(&config).unwrap();
    bot.says(RUNS, Duration::from_secs(60)).await.unwrap();
    until("everybody", || people.clone().all(|id| got(&sandbox, id) == 1)).await;
    sandbox.write(TRAINER, "Кабинет");
    answered(&sandbox, "Завтра в десять").await;
    press(&sandbox, "Отчёт: Завтра в…");
    answered(&sandbox, TEXT).await;
    reported(&sandbox, "Отправлено.").await;

    let texts = |text: &str| {
        let has = |id: i64| sandbox.conversation(id).iter().filter(|m| m.text == text).count();
        people.clone().map(has).collect::<Vec<_>>()
    };
    press(&sandbox, "Исправить текст");
    answered(&sandbox, "Пришлите новый текст целиком").await;
    sandbox.write(TRAINER, MENDED);
    answered(&sandbox, "Так будет выглядеть").await;
    press(&sandbox, "Исправить: 500");
    kill_at(&sandbox, &mut bot, &config, "messages.edit", 150).await;
    until("all have the other text", || texts(MENDED).iter().all(|n| *n == 1)).await;
    assert!(texts(TEXT).iter().all(|n| *n == 0), "somebody has both");
    press(&sandbox, "Как идёт отправка");
    reported(&sandbox, "Исправлено у 500 человек").await;

    press(&sandbox, "Отозвать");
    answered(&sandbox, "Убрать объявление из чатов").await;
    press(&sandbox, "Да, отозвать");
    kill_at(&sandbox, &mut bot, &config, "messages.delete", 150).await;
    until("nobody has it", || texts(MENDED).iter().all(|n| *n == 0)).await;
    press(&sandbox, "Как идёт отправка");
    reported(&sandbox, "Отозвано у 500 человек").await;
    bot.signal(Signal::TERM).unwrap();
    assert_eq!(bot.end(Duration::from_secs(60)).await.unwrap().code, Some(0));
    sandbox.shutdown().await;
}
