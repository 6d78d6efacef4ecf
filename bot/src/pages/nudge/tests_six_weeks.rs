//! Six weeks of four administrators, to be read: `docs/handbook/six-weeks.md`. `UPDATE=1` writes it anew.
//!
//! What they post is made up; everything else is as it is on a region's server: their pages stand in the sandbox, the
//! night's reader looks at them over VK's methods, counts and scores them, and what she says is done is done on the page.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use futures::future::BoxFuture;
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use serde_json::json;
use vk_sandbox::{Comment, Page as Wall, Post, Sandbox, Settings};
use vkapi::{
    Bot,
    types::{GroupId, UserId},
};

use super::{Ground, Nudge, Subject, Waiting, answered, nudge, remember};
use crate::{
    config::Audit,
    domain::{
        Clock, Day, Ms, PageRef, Sphere, Zone,
        page::{Answer, Aspect, Page, Sight, Week, Word},
    },
    pages::{Auditor, Reader, audit::tests::CONTENT},
    store::{AnyStore, Commit, MemStore, Op, Store},
};

const SERVICE: &str = "service-key-of-six-weeks";
/// The Monday of the first nudge; it is about the week before.
const FIRST: Date = date(2026, 9, 28);
/// Weeks that are known before it.
const BEFORE: usize = 2;
/// How long a question waits before it is spoken of: what the norm says.
const PATIENCE: i64 = 8 * Ms::HOUR;
const PROBLEM: &str =
    "https://pos.gosuslugi.ru/form/?opaId=217373&utm_source=vk&utm_medium=68&utm_campaign=1026801221810";
const OPINION: &str = "https://pos.gosuslugi.ru/og/org-activities?reg_code=68&utm_source=vk1&utm_medium=68&utm_campaign=1026801221810";

/// What a page did in a week: posts, its best post with its likes, subscribers.
type Lived = (u16, Option<(&'static str, i64)>, i64);

struct Story {
    /// As it stood in VK before the first week.
    wall: Wall,
    /// What its people have said of the badge and of the connection.
    said: [bool; 2],
    lived: Vec<Lived>,
    /// The week before whose nudge a reader asks something that nobody answers.
    asked: Option<usize>,
}

struct Admin {
    name: &'static str,
    about: &'static str,
    sphere: Sphere,
    pages: Vec<Story>,
    /// What she answers to the nth advice of each week.
    answers: [Option<(usize, Answer)>; 6],
    /// She goes through the lessons she is offered.
    learns: bool,
}

/// A page with everything that a visitor looks for but these.
fn story(id: i64, name: &str, missing: &[Aspect], said: [bool; 2], lived: &[Lived]) -> Story {
    let has = |what: Aspect| !missing.contains(&what);
    let tiles =
        if has(Aspect::Tiles) { OPINION } else { &OPINION.replace("reg_code=68", "reg_code=REG-CODE") };
    let mut wall = Wall {
        id,
        screen_name: format!("olhovsk{id}"),
        name: name.to_owned(),
        activity: "Государственная организация".to_owned(),
        members_count: lived.first().map_or(0, |(_, _, members)| *members),
        ..Wall::default()
    };
    if let serde_json::Value::Object(extra) = json!({
        "has_photo": i64::from(has(Aspect::Avatar)),
        "cover": {"enabled": i64::from(has(Aspect::Cover))},
        "menu": {"items": [{"url": PROBLEM}, {"url": tiles}]},
        "addresses": {"is_enabled": has(Aspect::Address), "main_address_id": i64::from(has(Aspect::Address))},
        "contacts": [{"email": "priemnaya@olhovsk.ru"}],
    }) {
        wall.extra = extra;
    }
    if has(Aspect::Description) {
        let phone = if has(Aspect::Phone) { " Телефон 5-12-34." } else { "" };
        wall.description = format!("{name}: новости и ответы на вопросы.{phone}");
    }
    if has(Aspect::Site) {
        "olhovsk.ru".clone_into(&mut wall.site);
    }
    if has(Aspect::Pinned) {
        // Younger pages have no score yet.
        wall.posts.push(Post { pinned: true, ..post(1, -5 * 7, 9, "О нас", 12, 200) });
    } else {
        wall.posts.push(post(1, -5 * 7, 9, "Новый учебный год", 12, 200));
    }
    Story { wall, said, lived: lived.to_vec(), asked: None }
}

impl Story {
    /// A reader asks something in the week before the nudge of that number.
    fn asked(self, nudge: usize) -> Self {
        Self { asked: Some(nudge), ..self }
    }

    /// The week of that number is over: what it has posted is on its wall.
    fn live(&mut self, week: usize) {
        let Some((posts, best, members)) = self.lived.get(week).copied() else { return };
        self.wall.members_count = members;
        let first = (week as i64 - BEFORE as i64) * 7;
        for n in 0..i64::from(posts) {
            let (text, likes) = match (n, best) {
                (0, Some((text, likes))) => (text, likes),
                (_, Some((_, likes))) => ("Напоминаем о часах приёма", likes / 3),
                (_, None) => ("Объявление", 0),
            };
            let number = 10 * (week as i64 + 1) + n;
            let mut post =
                post(number, first + 1 + n * 5 / i64::from(posts.max(1)), 12, text, likes, members / 5);
            if self.asked.is_some_and(|nudge| nudge + 1 == week) && n == 0 {
                let date = post.date + 3_600;
                let text = "Подскажите, нужна ли запись?".to_owned();
                post.talk = vec![Comment { id: 7, from_id: 900, date, text, reply_to: 0 }];
            }
            self.wall.posts.push(post);
        }
    }

    /// She has done it.
    fn done(&mut self, what: Aspect) {
        let wall = &mut self.wall;
        match what {
            Aspect::Avatar => drop(wall.extra.insert("has_photo".to_owned(), json!(1))),
            Aspect::Cover => drop(wall.extra.insert("cover".to_owned(), json!({"enabled": 1}))),
            Aspect::Tiles => {
                let menu = json!({"items": [{"url": PROBLEM}, {"url": OPINION}]});
                wall.extra.insert("menu".to_owned(), menu);
            }
            Aspect::Address => {
                let map = json!({"is_enabled": true, "main_address_id": 1});
                wall.extra.insert("addresses".to_owned(), map);
            }
            Aspect::Description | Aspect::Phone => {
                wall.description = format!("{}: новости и ответы. Телефон 5-12-34.", wall.name);
            }
            Aspect::Site => "olhovsk.ru".clone_into(&mut wall.site),
            Aspect::Pinned => wall.posts.iter_mut().take(1).for_each(|post| post.pinned = true),
            Aspect::Badge => self.said[0] = true,
            Aspect::Connected => self.said[1] = true,
            _ => {}
        }
    }
}

/// A post so many days from the Monday of the first nudge on.
fn post(id: i64, days: i64, hour: i8, text: &str, likes: i64, views: i64) -> Post {
    let day = FIRST.checked_add(days.days()).expect("a date");
    let at = moscow().moment(day.at(hour, 0, 0, 0));
    let attachments = vec![json!({"type": "photo", "photo": {"id": id, "owner_id": -1, "sizes": []}})];
    Post {
        id,
        date: at.0 / 1_000,
        text: text.to_owned(),
        likes,
        views: Some(views),
        attachments,
        ..Post::default()
    }
}

fn moscow() -> Zone {
    Zone::try_from("Europe/Moscow".to_owned()).expect("a zone")
}

#[expect(clippy::too_many_lines, reason = "a list: four lives of seven weeks")]
fn admins() -> Vec<Admin> {
    let (done, how, later) = (Answer::Done, Answer::How, Answer::Later);
    vec![
        Admin {
            name: "Анна",
            about: "ведёт страницу школы: начала с одной записи в неделю",
            sphere: Sphere::School,
            pages: vec![story(
                501,
                "Школа № 5 города Ольховска",
                &[Aspect::Cover, Aspect::Tiles, Aspect::Pinned],
                [true, true],
                &[
                    (1, Some(("Первый звонок глазами первоклассников", 34)), 1_100),
                    (1, Some(("Расписание кружков на сентябрь", 9)), 1_104),
                    (2, Some(("Сегодня в столовой пекли пироги", 21)), 1_110),
                    (3, Some(("Кто приходит в школу раньше всех", 40)), 1_121),
                    (2, Some(("Учитель физики и его телескоп", 52)), 1_130),
                    (3, Some(("Спасибо бабушкам на продлёнке", 38)), 1_138),
                    (4, Some(("Выпускник вернулся учителем", 71)), 1_155),
                ],
            )],
            answers: [
                Some((0, done)),
                Some((1, how)),
                Some((1, done)),
                Some((0, done)),
                None,
                Some((0, done)),
            ],
            learns: true,
        },
        Admin {
            name: "Мария",
            about: "медсестра поликлиники: две недели страница молчала",
            sphere: Sphere::Clinic,
            pages: vec![
                story(
                    502,
                    "Ольховская поликлиника",
                    &[Aspect::Description, Aspect::Tiles],
                    [false, true],
                    &[
                        (3, Some(("Где сделать прививку от гриппа", 64)), 2_340),
                        (2, Some(("Новый аппарат УЗИ: как записаться", 48)), 2_345),
                        (0, None, 2_343),
                        (0, None, 2_341),
                        (1, Some(("Мы вернулись! Часы приёма в ноябре", 57)), 2_350),
                        (3, None, 2_352),
                        (3, Some(("Педиатр отвечает на три вопроса", 90)), 2_371),
                    ],
                )
                .asked(3),
            ],
            answers: [None, None, None, Some((0, done)), Some((1, done)), None],
            learns: false,
        },
        Admin {
            name: "Ольга",
            about: "библиотекарь: пишет много, но обложку ставить не хочет",
            sphere: Sphere::Culture,
            pages: vec![story(
                503,
                "Библиотека имени Чехова",
                &[Aspect::Cover],
                [true, true],
                &[
                    (5, Some(("Книжный шкаф на вокзале", 18)), 410),
                    (5, Some(("Кот Пушок выбирает книгу недели", 66)), 412),
                    (6, Some(("Вечер с поэтом: фотографии", 25)), 412),
                    (4, Some(("Читательский билет за пять минут", 12)), 415),
                    (5, Some(("Новинки октября", 14)), 415),
                    (5, Some(("", 19)), 419),
                    (7, Some(("Ночь искусств: как это было", 83)), 440),
                ],
            )],
            answers: [Some((0, later)), None, None, None, Some((0, later)), None],
            learns: false,
        },
        Admin {
            name: "Ирина",
            about: "заведующая: у неё две страницы, детский сад и ясли",
            sphere: Sphere::Kindergarten,
            pages: vec![
                story(
                    504,
                    "Детский сад «Рябинка»",
                    &[Aspect::Avatar, Aspect::Tiles, Aspect::Site],
                    [true, true],
                    &[
                        (2, Some(("Осенний утренник", 30)), 286),
                        (3, Some(("Лепим ёжиков из шишек", 44)), 290),
                        (3, Some(("Меню на неделю", 11)), 291),
                        (2, Some(("Кто спит в тихий час", 25)), 291),
                        (3, Some(("Папы чинят качели", 61)), 299),
                        (3, Some(("Зачем детям лужи", 37)), 301),
                        (4, Some(("Ищем имя для черепахи", 80)), 312),
                    ],
                ),
                story(
                    505,
                    "Ясли № 2",
                    &[Aspect::Phone, Aspect::Address],
                    [true, false],
                    &[
                        (0, None, 90),
                        (1, Some(("Ждём малышей в сентябре", 6)), 91),
                        (0, None, 91),
                        (0, None, 92),
                        (1, None, 92),
                        (2, Some(("Первые шаги", 15)), 95),
                        (3, Some(("Что взять с собой в группу", 22)), 99),
                    ],
                ),
            ],
            answers: [Some((0, done)), Some((0, done)), None, None, None, Some((0, how))],
            learns: true,
        },
    ]
}

/// A clock that is set.
struct Dial(AtomicI64);

impl Clock for Dial {
    fn now(&self) -> Ms {
        Ms(self.0.load(Ordering::SeqCst))
    }

    fn until(&self, _at: Ms) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// A region's server as far as it looks at pages.
struct Night {
    sandbox: Sandbox,
    clock: Arc<Dial>,
    store: Arc<AnyStore>,
    auditor: Auditor,
}

impl Night {
    async fn new() -> Self {
        let settings = Settings { service_requests_per_second: None, ..Settings::default() };
        let clock = Arc::new(Dial(AtomicI64::new(0)));
        let ours = Arc::clone(&clock);
        let sandbox = Sandbox::builder()
            .group(240_000_001, "Куратор", "a-key")
            .service_token(SERVICE)
            .now(Arc::new(move || ours.now().0))
            .settings(settings);
        let sandbox = sandbox.start("127.0.0.1:0").await.expect("a port");
        let bot = Bot::builder(SERVICE).api_url(&sandbox.api_url()).build().expect("a bot");
        let store = Arc::new(AnyStore::Mem(MemStore::new()));
        let reader = Reader::new(bot, Arc::clone(&clock) as Arc<dyn Clock>);
        let norm = CONTENT.norm("open").expect("a norm").clone();
        let auditor = Auditor::new(
            Arc::clone(&store),
            reader,
            Arc::clone(&clock) as Arc<dyn Clock>,
            norm,
            moscow(),
            Audit::default(),
        );
        Self { sandbox, clock, store, auditor }
    }

    /// One at night between Sunday and that Monday: every page is looked at.
    async fn pass(&self, today: Date, stories: &[Story]) {
        let now = moscow().moment(today.at(1, 0, 0, 0));
        self.clock.0.store(now.0, Ordering::SeqCst);
        let mut ops = Vec::new();
        for story in stories {
            let id = GroupId(story.wall.id);
            self.sandbox.add_page(story.wall.clone());
            let known = self.store.page(id).await.expect("a store");
            if known.is_none() {
                ops.push(Op::PutSight(Box::new(Sight::new(id, now))));
            }
            let mut page = known.unwrap_or_else(|| Page::new(named(story), now));
            for (what, yes) in [Aspect::Badge, Aspect::Connected].into_iter().zip(story.said) {
                page.say(Word { what, yes, by: UserId(1), confirmed: false, at: now });
            }
            ops.push(Op::PutPage(Box::new(page)));
        }
        self.store.commit(Commit { expect: Vec::new(), ops }).await.expect("a store");
        let passed = self.auditor.all(None).await.expect("a store");
        assert_eq!(passed.pages, stories.len(), "{passed:?}");
    }
}

fn named(story: &Story) -> PageRef {
    let wall = &story.wall;
    PageRef { id: GroupId(wall.id), screen_name: wall.screen_name.clone(), name: wall.name.clone() }
}

/// A page as it is kept, with its weeks that are over.
struct Kept {
    named: PageRef,
    sight: Sight,
    weeks: Vec<Week>,
    waiting: Option<Waiting>,
}

async fn kept(night: &Night, story: &Story, today: Date) -> Kept {
    let named = named(story);
    let sight = night.store.sight(named.id).await.expect("a store").expect("it was looked at");
    let mut weeks = night.store.weeks(named.id).await.expect("a store");
    weeks.retain(|week| week.from < Day::from(today));
    let open = night.store.comments(named.id).await.expect("a store").map(|c| c.open).unwrap_or_default();
    let morning = moscow().moment(today.at(10, 0, 0, 0));
    let mut waits = open.into_iter().filter(|question| question.at.plus(PATIENCE) <= morning);
    let waiting = waits.next().map(|oldest| Waiting {
        count: 1 + waits.count() as u32,
        oldest,
        since: moscow().local(oldest.at).date(),
    });
    Kept { named, sight, weeks, waiting }
}

impl Kept {
    fn subject(&self) -> Subject<'_> {
        let Sight { found, defects, hours, earned, .. } = &self.sight;
        let subject = Subject::new(&self.named, &self.weeks);
        Subject { found, defects, hours: *hours, earned, waiting: self.waiting, ..subject }
    }
}

/// Six Mondays of one administrator.
async fn told(night: &Night, mut admin: Admin, seed: u64) -> String {
    let mut text = format!("## {}\n\n*{} {}.*\n", admin.name, admin.name, admin.about);
    let (mut nudged, mut passed) = (crate::domain::page::Nudged::default(), Vec::<String>::new());
    for look in 0..BEFORE + admin.answers.len() {
        let today = FIRST.checked_add((7 * (look as i64 - BEFORE as i64)).days()).expect("a date");
        if let Some(week) = look.checked_sub(1) {
            admin.pages.iter_mut().for_each(|page| page.live(week));
        }
        night.pass(today, &admin.pages).await;
        let Some(answer) = look.checked_sub(BEFORE).map(|nudge| admin.answers[nudge]) else { continue };
        let mut all = Vec::new();
        for page in &admin.pages {
            all.push(kept(night, page, today).await);
        }
        let subjects: Vec<Subject<'_>> = all.iter().map(Kept::subject).collect();
        let (content, sphere) = (&*CONTENT, Some(admin.sphere));
        let mut after = nudged.clone();
        let lessons: Vec<&str> = passed.iter().map(String::as_str).collect();
        let ground = Ground { content, today, sphere, nudged: &nudged, passed: &lessons, seed };
        let given: Nudge<'_> = nudge(&ground, &subjects).expect("the pages are known");
        adds_up(&given, &all);
        write!(text, "\n**{}**\n\n", today.strftime("%d.%m")).expect("a text");
        for line in given.text.lines() {
            writeln!(text, "> {line}  ").expect("a text");
        }
        remember(&mut after, &given);
        let mut done = None;
        if let Some((place, answer)) = answer
            && let Some(chosen) = given.chosen.get(place)
        {
            let said = match answer {
                Answer::Done => "Сделано",
                Answer::How => "Как сделать",
                Answer::Later => "Не сейчас",
            };
            write!(text, "\n*{} нажимает «{}. {said}».*\n", admin.name, place + 1).expect("a text");
            assert!(answered(&mut after, chosen.page.id, &chosen.advice.id, answer));
            done = (answer == Answer::Done).then_some((chosen.page.id, chosen.advice.mends));
        }
        let learnt = given.lesson.filter(|_| admin.learns).map(str::to_owned);
        if let Some(lesson) = &learnt {
            let title = &CONTENT.lesson(lesson).expect("it was offered").title;
            write!(text, "\n*{} проходит урок «{title}».*\n", admin.name).expect("a text");
        }
        if let Some((id, what)) = done {
            admin.pages.iter_mut().filter(|page| page.wall.id == id.0).for_each(|page| page.done(what));
        }
        passed.extend(learnt);
        nudged = after;
    }
    text
}

/// Nobody is promised more points than there are.
fn adds_up(given: &Nudge<'_>, all: &[Kept]) {
    for page in all {
        let promised: u32 =
            given.chosen.iter().filter(|c| c.page.id == page.named.id).map(|c| u32::from(c.points)).sum();
        let Some(week) = page.weeks.last() else { continue };
        let points = week.score.map(u32::from);
        assert!(
            points.is_none_or(|points| points + promised <= 100),
            "{points:?} + {promised}: {}",
            given.text
        );
        let parts: u32 = page.sight.parts.iter().map(|(_, got)| u32::from(*got)).sum();
        assert_eq!(
            page.sight.score.map(u32::from),
            page.sight.score.map(|_| parts),
            "the parts are the points"
        );
    }
}

#[tokio::test]
async fn six_weeks_of_four_administrators_read_as_they_are_written() {
    let mut text = "# Шесть недель\n\nТак читаются письма Куратора о неделе страницы. Четыре администратора, шесть понедельников; \
        под письмом — что человек нажал. Записи придуманы, а всё остальное посчитано: страницы стоят в песочнице, бот \
        читает их ночью и оценивает по норме, а «Сделано» меняет страницу.\n\nЗаписать заново: `UPDATE=1 cargo test -p \
        kurator --lib six_weeks`.\n\n"
        .to_owned();
    let mut all = Vec::new();
    for (n, admin) in admins().into_iter().enumerate() {
        all.push(told(&Night::new().await, admin, 1_001 + n as u64).await);
    }
    text.push_str(&all.join("\n"));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/handbook/six-weeks.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, written, "UPDATE=1 writes it anew; read it");
}
