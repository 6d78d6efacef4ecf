//! VK takes twenty calls a second: whoever waits for an answer is served first, and nobody is written to twice.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    ops::Range,
    sync::Arc,
    time::Duration,
};

use kurator::{
    app::{App, Parts},
    chat::Region,
    config::{Audit, Campaigns, Staff},
    content::DEFAULT_NORM,
    domain::{
        Clock, Consent, Hm, Ms, Person, Reminder, ReminderKey, Retention, Rule, TestClock, Weekdays, What,
        Zone, attention::Rules,
    },
    store::{AnyStore, Commit, MemStore, Op, Store},
};
use tests::{GROUP, TOKEN, load_content, monday};
use vk_sandbox::{Call, Sandbox};
use vkapi::{
    Bot, Limits,
    types::{GroupId, UserId},
};

/// Who gets the announcement; the first is its author.
const READERS: Range<i64> = 1000..1300;
/// Of these, who talk at the same time…
const TALKERS: Range<i64> = 1100..1220;
/// …and whose reminder is due at the same time.
const REMINDED: Range<i64> = 1220..1260;
const TEXT: &str = "Завтра в десять часов встреча с редакторами страниц.";

/// People who agreed and have met the bot, some with a reminder due at this moment.
async fn people(due: Ms) -> MemStore {
    let store = MemStore::new();
    let consent = load_content().unwrap().consent().version;
    let mut ops = Vec::new();
    for id in READERS {
        let person = Person {
            consent: Some(Consent { version: consent, at: monday() }),
            onboarded: Some(monday()),
            ..Person::new(UserId(id), monday())
        };
        ops.push(Op::PutPerson(Box::new(person)));
        if REMINDED.contains(&id) {
            let rule = Some(Rule::weekly(Weekdays::ALL, Hm { hour: 10, minute: 0 }));
            ops.push(Op::PutReminder(Reminder {
                key: ReminderKey { person: UserId(id), n: 1 },
                due,
                rule,
                what: What::Post,
            }));
        }
    }
    store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    store
}

/// Places of the calls that said this, among all in the order VK answered them.
fn places(calls: &[Call], text: &str) -> Vec<usize> {
    let says = |call: &Call| {
        call.result == Ok(()) && call.param("message").is_some_and(|message| message.contains(text))
    };
    calls.iter().enumerate().filter(|(_, call)| says(call)).map(|(place, _)| place).collect()
}

fn metrics(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

async fn settled(app: &App, sandbox: &Sandbox) {
    let done = async {
        while !app.is_settled(&sandbox.last_ts()).await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), done).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_to_three_hundred_waits_for_who_talks_and_never_breaks_the_limit() {
    let clock = TestClock::still(monday());
    let ours = clock.clone();
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).now(Arc::new(move || ours.now().0));
    let sandbox = sandbox.start("127.0.0.1:0").await.unwrap();
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let parts = Parts {
        bot: Bot::builder(TOKEN).api_url(&sandbox.api_url()).build().unwrap(),
        limits: Some(Limits::community()),
        group: GroupId(GROUP),
        store: AnyStore::Mem(people(monday().plus(Ms::HOUR)).await),
        content: load_content().unwrap(),
        clock: Arc::new(clock.clone()),
        region: Region {
            name: "Ольховская область".into(),
            zone: Zone::try_from("Europe/Moscow".to_owned()).unwrap(),
            attention: Rules::default(),
            norm: DEFAULT_NORM.to_owned(),
            care: kurator::domain::Care::default(),
            retention: Retention::default(),
        },
        staff: Staff { trainers: vec![READERS.start], ..Staff::default() },
        campaigns: Campaigns::default(),
        service: None,
        audit: Audit::default(),
        http: Some(listen),
        chance: 7,
    };
    let app = App::start(parts).await.unwrap();
    while !sandbox.call_counts().contains_key("groups.getLongPollServer") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for id in READERS {
        sandbox.allow(id);
    }
    let author = READERS.start;
    sandbox.write(author, "Меню");
    settled(&app, &sandbox).await;
    for typed in ["Кабинет", "Новое объявление", TEXT] {
        sandbox.write(author, typed);
        settled(&app, &sandbox).await;
    }
    sandbox.clear_calls();

    // All at once: six seconds of answers, two of reminders, and the announcement.
    for id in TALKERS {
        sandbox.write(id, "Меню");
    }
    // All of them are to stand in the queue before what has to wait for them.
    while !metrics(listen).contains(&format!("{{kind=\"message_new\"}} {}", 4 + TALKERS.count())) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    clock.advance(Ms::HOUR);
    let confirm = sandbox.conversation(author).last().unwrap().cmid;
    sandbox.press(author, confirm, "Отправить: 300 чел.").unwrap();
    settled(&app, &sandbox).await;
    // Whoever is being reminded gets the announcement a minute later.
    clock.advance(Ms::MINUTE);
    settled(&app, &sandbox).await;

    let calls = sandbox.calls();
    let refused: Vec<&Call> = calls.iter().filter(|call| call.result == Err(6)).collect();
    // Only a machine that stands still for a quarter of a second makes calls come closer together than they may.
    assert!(
        refused.len() <= calls.len() / 50,
        "too many calls a second: {} of {}",
        refused.len(),
        calls.len()
    );
    for id in READERS {
        let got = sandbox.conversation(id).into_iter().filter(|m| !m.from_person && m.text == TEXT).count();
        // The author was also shown how it will look.
        assert_eq!(got, if id == author { 2 } else { 1 }, "reader {id}");
        let came = sandbox.conversation(id).iter().filter(|m| m.text.contains("Время записи")).count();
        assert_eq!(came, usize::from(REMINDED.contains(&id)), "reader {id}");
    }
    let answers = places(&calls, "Чем помочь?");
    let reminders = places(&calls, "Время записи");
    let campaign = places(&calls, TEXT);
    // Three calls, and one for those who were being reminded.
    assert_eq!((answers.len(), reminders.len(), campaign.len()), (TALKERS.count(), REMINDED.count(), 4));
    // While people talk, a reminder and a part of the announcement leave now and then, at one call of the twenty.
    let meanwhile = |of: &[usize]| of.iter().filter(|place| *place < answers.last().unwrap()).count();
    assert!(meanwhile(&reminders) <= answers.len() / 15, "answers {answers:?}, reminders {reminders:?}");
    assert!(meanwhile(&campaign) <= answers.len() / 15, "answers {answers:?}, announcement {campaign:?}");

    sandbox.write(author, "Кабинет");
    settled(&app, &sandbox).await;
    let report = sandbox.conversation(author).last().unwrap().text.clone();
    assert!(report.contains("Отправлено. Доставлено: 300 из 300."), "{report}");
    app.stop().await.unwrap();
}
