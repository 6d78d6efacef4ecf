//! How much disk a region takes in a year: `cargo run --release -p tests --bin year`
//!
//! 1,700 people and 1,050 pages live through 365 days over the real store: reminders and answers to them, conversations,
//! ticks, rounds and lessons, questions, two announcements a week with their receipts and reads, the nightly looks at pages,
//! the mark that the bot is at work. Exports, the journal, sweeping and compaction go as in the bot, a day's files growing
//! a day older each night.
//!
//! Of the last sixteen days each commit is made by itself and shaped as the bot's: the mark of the event, the person, the
//! answer with its keyboard, the cursor, then the receipt. Exports, journal and marks reach back no further. Of the weeks
//! before only what is kept for long is written, many people to a commit. Fails above the aim. `-- --days 30` for less.

use std::{
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, ensure};
use kurator::{
    domain::{
        Asked, AskedKey, Campaign, CampaignId, CampaignState, Consent, Day, Days, Fate, Hm, How, LessonMark,
        Ms, PageRef, Person, PostRef, Progress, Reads, Recipient, Reminder, ReminderKey, Round, Rule, Sphere,
        Tick, Weekdays, What,
        comments::{Comments, Question},
        page::{Admin, Aspect, Found, Lack, Month, Page, PostKind, Shown, Sight, State, Sum, Week, Zone},
    },
    store::{
        AuditEntry, Commit, Committed, Expect, Op, OutLane, OutMessage, SledOptions, SledStore, StepKey,
        Store,
    },
};
use tests::{monday, real};
use vkapi::types::{GroupId, PeerId, UserId};

const PEOPLE: i64 = 1_700;
const PAGES: i64 = 1_050;
/// The most it may take.
const AIM: u64 = 300_000_000;
/// How many write side by side.
const WRITERS: i64 = 32;
/// What a person does in a day on which she comes by.
const DEEDS: i64 = 5;
/// She comes by every second day.
const VISITS: i64 = 2;
/// Exports of a day, besides the first; the bot makes one an hour, of which those of a day but the last go.
const EXPORTS: usize = 3;
/// How long marks of events are kept.
const MARKS: i64 = 48 * Ms::HOUR;
/// So many days at the end are lived commit by commit: more than the journal and exports are kept.
const WHOLE: i64 = 16;
/// Changes to a commit in the days before, and how often copies are made in them.
const TOGETHER: usize = 2_000;
const COPIED: i64 = 10;
/// Checklists, and steps of each.
const LISTS: i64 = 16;
const STEPS: i64 = 10;
/// Questions kept of a person who asks one a week: those of 90 days.
const ASKED: i64 = 13;
/// Lessons and closed rounds that a person has after a year; both come evenly.
const LESSONS: i64 = 10;
const ROUNDS: i64 = 60;
/// The bot notes so often a day that it is at work.
const BEATS: i64 = 24 * 60;
const TEXT: &str = "Запуск страницы\nДесять шагов от приказа до первой записи: страница подтверждена, защищена и готова \
    принимать подписчиков.\n\n▓▓▓░░░░░░░ 3/10\n\n✅ 1. Издан приказ: кто ведёт страницу и кто замещает\n✅ 2. Вы добавлены \
    администратором организации на Госуслугах\n⬜ 3. Страница открыта для всех и не заблокирована\n⬜ 4. Название страницы \
    совпадает с названием организации\n\nКнопки — для пунктов 1–5. Нажмите номер, чтобы отметить или снять отметку.";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let days = match (args.next().as_deref(), args.next().map(|n| n.parse())) {
        (None, _) => 365,
        (Some("--days"), Some(Ok(n))) => n,
        _ => {
            eprintln!("there is only --days, with a number");
            return ExitCode::FAILURE;
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(work(days))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

async fn work(days: i64) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("store");
    let options = SledOptions { path: path.clone(), allow_unsafe: true, cache_bytes: 64 << 20 };
    let store = Arc::new(tokio::task::spawn_blocking(move || SledStore::open(&options)).await??);
    let began = Instant::now();
    enter(&store).await?;
    let (mut most, mut commits) = (0, 0);
    for day in 0..days {
        let today = monday().plus(day * Ms::DAY);
        let whole = day >= days - WHOLE;
        commits += if whole { live(&store, day, today).await? } else { pass(&store, day, today).await? };
        if day % 7 == 1 || day % 7 == 3 {
            announce(&store, day, today).await?;
        }
        if whole {
            for _ in 0..EXPORTS {
                store.backup().await?;
            }
        }
        night(&store, day, today, whole).await?;
        most = most.max(real::size(&path));
        if day % 30 == 29 {
            eprintln!("day {}: {} MB, {:.0?}", day + 1, real::size(&path) / 1_000_000, began.elapsed());
        }
        for kept in ["journal", "exports"] {
            grow_older(&path.join(kept))?;
        }
    }
    store.backup().await?;
    let of = |name: &str| real::size(&path.join(name)) / 1_000_000;
    println!(
        "{PEOPLE} people and {PAGES} pages over {days} days, {commits} commits; {:.0?}",
        began.elapsed()
    );
    println!(
        "files of the store {} MB, journal {} MB, exports {} MB",
        of("db"),
        of("journal"),
        of("exports")
    );
    println!("disk, most at any day's end   {} MB  (aim {} MB)", most / 1_000_000, AIM / 1_000_000);
    ensure!(most <= AIM, "it takes too much");
    Ok(())
}

/// Everything that is kept gets a day older.
fn grow_older(folder: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let file = std::fs::File::options().append(true).open(&path)?;
        let modified: SystemTime = file.metadata()?.modified()?;
        file.set_modified(modified - Duration::from_secs(24 * 60 * 60))?;
    }
    Ok(())
}

fn person(n: i64, at: Ms) -> Person {
    Person {
        consent: Some(Consent { version: 1, at: monday() }),
        onboarded: Some(monday()),
        municipality: Some("Ольховский район, посёлок Заречный".to_owned()),
        sphere: Some(Sphere::School),
        pages: vec![page_of(n)],
        next_reminder: 4,
        seen: at,
        ..Person::new(UserId(1_000 + n), monday())
    }
}

fn page_of(n: i64) -> PageRef {
    let id = n % PAGES + 1;
    PageRef {
        id: GroupId(id), screen_name: format!("olhovsk_school{id}"), name: format!("МБОУ СОШ № {id}")
    }
}

fn message(to: UserId, at: Ms, lane: OutLane) -> OutMessage {
    let button = |n: usize| {
        format!(
            "{{\"action\":{{\"type\":\"callback\",\"label\":\"⬜ {n}\",\"payload\":{{\"a\":\"tick\",\"l\":\"start\",\"s\":\"step{n}\"}}}},\"color\":\"secondary\"}}"
        )
    };
    let buttons: Vec<String> = (1..9).map(button).collect();
    OutMessage {
        to: PeerId::from(to),
        lane,
        random_id: 7,
        text: TEXT.to_owned(),
        keyboard: Some(format!("{{\"inline\":true,\"buttons\":[[{}]]}}", buttons.join(","))),
        file: None,
        edit: None,
        at,
        attempts: 0,
        not_before: at,
    }
}

fn reminder(person: UserId, n: u16, due: Ms) -> Reminder {
    let on = Weekdays::of(&[1, 3]);
    let rule =
        Rule { days: Days::Week { on, every: 1, from: due.date() }, times: vec![Hm { hour: 10, minute: 0 }] };
    Reminder { key: ReminderKey { person, n }, due, rule: Some(rule), what: What::Post }
}

async fn make(store: &SledStore, ops: Vec<Op>) -> anyhow::Result<Committed> {
    Ok(store.commit(Commit { expect: Vec::new(), ops }).await?)
}

async fn enter(store: &SledStore) -> anyhow::Result<()> {
    for n in 0..PEOPLE {
        let id = UserId(1_000 + n);
        let mut ops = vec![Op::PutPerson(Box::new(person(n, monday())))];
        ops.extend((1..4).map(|k| Op::PutReminder(reminder(id, k, monday().plus(Ms::DAY)))));
        make(store, ops).await?;
    }
    for n in 0..PAGES {
        let mut page = Page::new(page_of(n), monday());
        page.admins.push(Admin::new(UserId(1_000 + n), monday()));
        make(store, vec![Op::PutPage(Box::new(page))]).await?;
    }
    Ok(())
}

/// What is left of a day of everybody, many people to a commit.
async fn pass(store: &SledStore, day: i64, today: Ms) -> anyhow::Result<i64> {
    let mut ops = Vec::new();
    for n in 0..PEOPLE {
        let id = UserId(1_000 + n);
        if [1, 3].contains(&(day % 7)) {
            ops.push(Op::PutReminder(reminder(id, 1, today.plus(2 * Ms::DAY))));
        }
        if (day + n) % VISITS == 0 {
            ops.push(Op::PutPerson(Box::new(person(n, today))));
            ops.extend((0..DEEDS).filter_map(|deed| ticked(id, day, deed, today)));
            ops.extend(learnt(id, day, today));
        }
    }
    let mut commits = 0;
    while !ops.is_empty() {
        let some = ops.drain(..TOGETHER.min(ops.len())).collect();
        make(store, some).await?;
        commits += 1;
    }
    Ok(commits)
}

fn ticked(id: UserId, day: i64, deed: i64, at: Ms) -> Option<Op> {
    let place = day * DEEDS + deed;
    let (list, step) = (place % LISTS, place / LISTS % STEPS);
    let key = StepKey { person: id, checklist: format!("list{list}"), step: format!("step{step}") };
    (deed % 2 == 0)
        .then(|| Op::SetStep(key, ((day + deed) % 3 > 0).then_some(Tick { at, post: None, seen: false })))
}

/// What a person has learnt and closed by a day, and once a week a question; a place among hers is used again.
fn learnt(id: UserId, day: i64, at: Ms) -> Vec<Op> {
    let lesson = |n: i64| LessonMark {
        lesson: format!("three-a-week-{n}"),
        card: 4,
        answers: (0..3).map(|q| (format!("question-{q}"), q > 0)).collect(),
        best: Some(2),
        tries: 1,
        passed: Some(at),
    };
    let post = PostRef { group: GroupId(id.0), post: day };
    let round = |n: i64| Round {
        list: format!("weekly-{}", n % 3),
        from: Day(20_000 + n as i32),
        done: 6,
        of: 8,
        posts: vec![post, post],
    };
    let progress = Progress {
        rounds: (0..ROUNDS * day / 365).map(round).collect(),
        lessons: (0..LESSONS * day / 365).map(lesson).collect(),
        ..Progress::default()
    };
    let mut ops = vec![Op::PutProgress(id, Box::new(progress))];
    if day % 7 < VISITS {
        let key = AskedKey { person: id, n: (day / 7 % ASKED) as u16 };
        ops.push(Op::PutAsked(Box::new(Asked {
            key,
            id: (day * PEOPLE + id.0).unsigned_abs(),
            at,
            text: "Подскажите, как закрепить запись, если кнопки в меню нет?".to_owned(),
            how: How::Unsure,
            guide: None,
            waits: false,
            fate: Fate::Open,
        })));
    }
    ops
}

/// A day of everybody, some side by side; how many commits that was.
async fn live(store: &Arc<SledStore>, day: i64, today: Ms) -> anyhow::Result<i64> {
    let mut living = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(store);
        living.spawn(async move {
            let mut commits = 0;
            for n in (0..PEOPLE).filter(|n| n % WRITERS == writer) {
                commits += live_one(&store, day, today, n).await?;
            }
            for beat in (0..BEATS).filter(|n| n % WRITERS == writer) {
                make(&store, vec![Op::SetAlive(today.plus(beat * Ms::MINUTE))]).await?;
            }
            anyhow::Ok(commits)
        });
    }
    let mut commits = BEATS;
    while let Some(lived) = living.join_next().await {
        commits += lived??;
    }
    Ok(commits)
}

async fn live_one(store: &SledStore, day: i64, today: Ms, n: i64) -> anyhow::Result<i64> {
    let id = UserId(1_000 + n);
    let mut commits = 0;
    if [1, 3].contains(&(day % 7)) {
        let due = vec![
            Op::PutPerson(Box::new(person(n, today))),
            Op::PutReminder(reminder(id, 1, today.plus(2 * Ms::DAY))),
            Op::Enqueue(message(id, today, OutLane::Reminder)),
        ];
        let queued = make(store, due).await?.queued;
        make(store, queued.into_iter().map(Op::FinishOut).collect()).await?;
        commits += 2;
    }
    if (day + n) % VISITS == 0 {
        for deed in 0..DEEDS {
            let at = today.plus(deed * Ms::MINUTE);
            let event = format!("{n:08x}{day:08x}{deed:08x}0123456789abcdef");
            let mut ops = vec![
                Op::SawEvent(event.clone(), at),
                Op::PutPerson(Box::new(person(n, at))),
                Op::Enqueue(message(id, at, OutLane::Reply)),
                Op::SetCursor(GroupId(1), at.0.to_string()),
            ];
            ops.extend(ticked(id, day, deed, at));
            if deed == 0 {
                ops.extend(learnt(id, day, at));
            }
            let queued = store.commit(Commit { expect: vec![Expect::EventNew(event)], ops }).await?.queued;
            make(store, queued.into_iter().map(Op::FinishOut).collect()).await?;
            commits += 2;
        }
    }
    Ok(commits)
}

/// An announcement to everybody, as it is sent, received and read.
async fn announce(store: &SledStore, day: i64, today: Ms) -> anyhow::Result<()> {
    let id = CampaignId(day.unsigned_abs());
    let campaign = Campaign {
        id,
        author: UserId(1),
        at: today,
        text: TEXT.to_owned(),
        state: CampaignState::Running,
        starts: today,
        local: false,
        reads: Reads::default(),
    };
    let everybody: Vec<UserId> = (0..PEOPLE).map(|n| UserId(1_000 + n)).collect();
    let queued = everybody.iter().map(|user| (*user, today)).collect();
    let (what, detail) = ("announce".to_owned(), id.0.to_string());
    let audit = AuditEntry { at: today, who: UserId(1), what, detail, before: None, after: None };
    make(store, vec![Op::StartCampaign(campaign.clone(), queued), Op::Audit(audit)]).await?;
    for part in everybody.chunks(100) {
        let sent = part.iter().map(|user| (*user, Recipient::Sent(day * PEOPLE + user.0))).collect();
        let last = part.last().copied().context("an empty part")?;
        make(
            store,
            vec![Op::Settle(id, sent), Op::Spend(part.to_vec(), today), Op::HandOut(id, (today, last))],
        )
        .await?;
    }
    for part in everybody.chunks(100) {
        let read = part.iter().filter(|user| user.0 % 3 > 0).map(|user| (*user, Recipient::Read)).collect();
        make(store, vec![Op::Settle(id, read)]).await?;
    }
    make(store, vec![Op::PutCampaign(Campaign { state: CampaignState::Finished, ..campaign })]).await?;
    Ok(())
}

/// Every page is looked at, old marks go, and the files are made anew if they have outgrown what is in them.
async fn night(store: &SledStore, day: i64, today: Ms, whole: bool) -> anyhow::Result<()> {
    let monday = Day::from(today.date()).monday();
    let mut together = Vec::new();
    for n in 0..PAGES {
        let id = page_of(n).id;
        let mut ops =
            vec![Op::PutSight(Box::new(sight(id, today))), Op::PutWeek(id, Box::new(week(monday, today)))];
        let question = |post| Question { post, comment: post * 16, at: today };
        ops.push(Op::PutComments(Box::new(Comments {
            id,
            read: (day..day + 6).map(|post| (post, 3)).collect(),
            open: vec![question(day), question(day + 1)],
            told: vec![(day, day * 16)],
        })));
        if day % 7 == 0 {
            ops.push(Op::DropWeeks(id, Day(monday.0 - 56 * 7)));
        }
        together.append(&mut ops);
        if whole || together.len() >= TOGETHER || n + 1 == PAGES {
            make(store, std::mem::take(&mut together)).await?;
        }
    }
    if !whole && day % COPIED > 0 {
        return Ok(());
    }
    store.sweep(today.plus(-MARKS)).await?;
    store.backup().await?;
    store.compact_if_grown().await?;
    Ok(())
}

fn sight(id: GroupId, at: Ms) -> Sight {
    let found = |what| Found { what, there: true, shown: Shown::Count(3) };
    let found = [Aspect::Posts, Aspect::Tiles, Aspect::Avatar, Aspect::Cover, Aspect::Views].map(found);
    Sight {
        read: Some(at),
        state: State::Open,
        members: Some(800),
        score: Some(60),
        zone: Some(Zone::Red),
        found: found.into(),
        parts: [Aspect::Posts, Aspect::Tiles, Aspect::Cover].map(|what| (what, 10)).into(),
        posts: vec![30, 29, 28],
        views: Some((4_000, 800)),
        month: Some(Month::default()),
        ..Sight::new(id, at.plus(Ms::DAY))
    }
}

fn week(from: Day, at: Ms) -> Week {
    let sum = Sum { sum: 4_000, median: Some(200) };
    let lack = |what| Lack { what, points: 10, minutes: 15 };
    Week {
        from,
        at,
        posts: 4,
        own: 3,
        asked: 3,
        kinds: vec![(PostKind::Photo, 3), (PostKind::Video, 1)],
        views: sum,
        likes: sum,
        comments: sum,
        reposts: sum,
        members: Some(800),
        score: Some(60),
        zone: Some(Zone::Red),
        silent_days: Some(1),
        best: None,
        lacks: vec![lack(Aspect::Tiles), lack(Aspect::Cover)],
    }
}
