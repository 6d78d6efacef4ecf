//! Six weeks of four administrators, to be read: `docs/handbook/six-weeks.md`. `UPDATE=1` writes it anew.

use std::{fmt::Write as _, fs, path::Path};

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use vkapi::types::GroupId;

use super::{Ground, Nudge, Subject, Waiting, answered, nudge, remember, tests::week_from};
use crate::{
    domain::{
        Day, Ms, PageRef, Sphere,
        comments::Question,
        page::{Answer, Aspect, Best, Found, Lack, Nudged, Shown, Sum, Week, Zone},
    },
    pages::audit::tests::CONTENT,
};

/// The Monday of the first nudge; it is about the week before.
const FIRST: Date = date(2026, 9, 28);

/// What a page did in a week: posts, its best post with its reactions, subscribers, points.
type Lived = (u16, Option<(&'static str, u32)>, u32, u8);

struct Page {
    named: PageRef,
    found: Vec<Found>,
    lacks: Vec<Lack>,
    lived: Vec<Lived>,
    /// The nudge in which a reader waits for an answer.
    asked: Option<usize>,
}

struct Admin {
    name: &'static str,
    about: &'static str,
    sphere: Sphere,
    pages: Vec<Page>,
    /// What she answers to the nth advice of each week, and a remark about the week.
    answers: [Option<(usize, Answer)>; 6],
}

impl Page {
    /// A reader waits for an answer when the nudge of that number comes.
    fn asked(self, nudge: usize) -> Self {
        Self { asked: Some(nudge), ..self }
    }
}

fn lack(what: Aspect, points: u8, minutes: u16) -> Lack {
    Lack { what, points, minutes }
}

fn page(id: i64, name: &str, lacks: &[Lack], missing: &[Aspect], lived: &[Lived]) -> Page {
    Page {
        named: PageRef { id: GroupId(id), screen_name: format!("club{id}"), name: name.to_owned() },
        found: missing.iter().map(|what| Found { what: *what, there: false, shown: Shown::Page }).collect(),
        lacks: lacks.to_vec(),
        lived: lived.to_vec(),
        asked: None,
    }
}

#[expect(clippy::too_many_lines, reason = "a list: four lives of seven weeks")]
fn admins() -> Vec<Admin> {
    let (done, how, later) = (Answer::Done, Answer::How, Answer::Later);
    let tiles = lack(Aspect::Tiles, 10, 15);
    vec![
        Admin {
            name: "Анна",
            about: "ведёт страницу школы: начала с одной записи в неделю",
            sphere: Sphere::School,
            pages: vec![page(
                501,
                "Школа № 5 города Ольховска",
                &[lack(Aspect::Cover, 10, 15), tiles, lack(Aspect::Views, 10, 30)],
                &[Aspect::Pinned, Aspect::Formats],
                &[
                    (1, Some(("Первый звонок глазами первоклассников", 34)), 1_100, 45),
                    (1, Some(("Расписание кружков на сентябрь", 9)), 1_104, 45),
                    (2, Some(("Сегодня в столовой пекли пироги", 21)), 1_110, 50),
                    (3, Some(("Кто приходит в школу раньше всех", 40)), 1_121, 87),
                    (2, Some(("Учитель физики и его телескоп", 52)), 1_130, 57),
                    (3, Some(("Спасибо бабушкам на продлёнке", 38)), 1_138, 92),
                    (4, Some(("Выпускник вернулся учителем", 71)), 1_155, 97),
                ],
            )],
            answers: [Some((0, done)), Some((1, how)), None, Some((0, done)), None, Some((0, done))],
        },
        Admin {
            name: "Мария",
            about: "медсестра поликлиники: две недели страница молчала",
            sphere: Sphere::Clinic,
            pages: vec![
                page(
                    502,
                    "Ольховская поликлиника",
                    &[lack(Aspect::Badge, 10, 15), lack(Aspect::Description, 5, 10), tiles],
                    &[],
                    &[
                        (3, Some(("Где сделать прививку от гриппа", 64)), 2_340, 70),
                        (2, Some(("Новый аппарат УЗИ: как записаться", 48)), 2_345, 30),
                        (0, None, 2_343, 30),
                        (0, None, 2_341, 30),
                        (1, Some(("Мы вернулись! Часы приёма в ноябре", 57)), 2_350, 30),
                        (3, None, 2_352, 70),
                        (3, Some(("Педиатр отвечает на три вопроса", 90)), 2_371, 80),
                    ],
                )
                .asked(3),
            ],
            answers: [None, None, None, Some((0, done)), Some((1, done)), None],
        },
        Admin {
            name: "Ольга",
            about: "библиотекарь: пишет много, но обложку ставить не хочет",
            sphere: Sphere::Culture,
            pages: vec![page(
                503,
                "Библиотека имени Чехова",
                &[lack(Aspect::Cover, 10, 15)],
                &[Aspect::Own],
                &[
                    (5, Some(("Книжный шкаф на вокзале", 18)), 410, 80),
                    (5, Some(("Кот Пушок выбирает книгу недели", 66)), 412, 80),
                    (6, Some(("Вечер с поэтом: фотографии", 25)), 412, 80),
                    (4, Some(("Читательский билет за пять минут", 12)), 415, 80),
                    (5, Some(("Новинки октября", 14)), 415, 80),
                    (5, Some(("", 19)), 419, 80),
                    (7, Some(("Ночь искусств: как это было", 83)), 440, 80),
                ],
            )],
            answers: [Some((0, later)), None, None, None, Some((0, later)), None],
        },
        Admin {
            name: "Ирина",
            about: "заведующая: у неё две страницы, детский сад и ясли",
            sphere: Sphere::Kindergarten,
            pages: vec![
                page(
                    504,
                    "Детский сад «Рябинка»",
                    &[lack(Aspect::Avatar, 5, 5), tiles],
                    &[Aspect::Site],
                    &[
                        (2, Some(("Осенний утренник", 30)), 286, 45),
                        (3, Some(("Лепим ёжиков из шишек", 44)), 290, 85),
                        (3, Some(("Меню на неделю", 11)), 291, 85),
                        (2, Some(("Кто спит в тихий час", 25)), 291, 45),
                        (3, Some(("Папы чинят качели", 61)), 299, 85),
                        (3, Some(("Зачем детям лужи", 37)), 301, 85),
                        (4, Some(("Ищем имя для черепахи", 80)), 312, 85),
                    ],
                ),
                page(
                    505,
                    "Ясли № 2",
                    &[lack(Aspect::Connected, 10, 60)],
                    &[Aspect::Phone, Aspect::Address],
                    &[
                        (0, None, 90, 40),
                        (1, Some(("Ждём малышей в сентябре", 6)), 91, 40),
                        (0, None, 91, 40),
                        (0, None, 92, 40),
                        (1, None, 92, 40),
                        (2, Some(("Первые шаги", 15)), 95, 40),
                        (3, Some(("Что взять с собой в группу", 22)), 99, 80),
                    ],
                ),
            ],
            answers: [Some((0, done)), Some((0, done)), None, None, None, Some((0, how))],
        },
    ]
}

fn weeks(page: &Page, upto: usize) -> Vec<Week> {
    let lived = page.lived.iter().take(upto + 2).enumerate();
    lived
        .map(|(n, (posts, best, members, score))| {
            let from = Day(Day::from(FIRST).0 + 7 * (n as i32 - 2));
            let mut lacks = page.lacks.clone();
            if *posts < 3 {
                lacks.insert(0, lack(Aspect::Posts, 40, 20));
            }
            let of = week_from(from, 40 + n as i64, *posts);
            let best = best.map(|(words, reactions)| Best {
                words: words.to_owned(),
                reactions,
                ..of.best.clone().expect("a week with a best post has posts")
            });
            Week {
                best,
                members: Some(*members),
                score: Some(*score),
                zone: Some(match score {
                    90.. => Zone::Green,
                    70..90 => Zone::Yellow,
                    _ => Zone::Red,
                }),
                views: Sum { sum: 0, median: (*posts > 0).then_some(members / 4) },
                lacks,
                ..of
            }
        })
        .collect()
}

/// Six Mondays of one administrator.
fn told(admin: &Admin, seed: u64) -> String {
    let mut text = format!("## {}\n\n*{} {}.*\n", admin.name, admin.name, admin.about);
    let mut nudged = Nudged::default();
    for (n, answer) in admin.answers.iter().enumerate() {
        let today = FIRST.checked_add((7 * n as i64).days()).expect("a date");
        let lived: Vec<Vec<Week>> = admin.pages.iter().map(|page| weeks(page, n)).collect();
        let both = admin.pages.iter().zip(&lived);
        let subjects: Vec<Subject<'_>> = both
            .map(|(page, weeks)| {
                let waiting = page.asked.filter(|week| *week == n).map(|_| Waiting {
                    count: 1,
                    oldest: Question { post: 44, comment: 7, at: Ms(0) },
                    since: today.checked_sub(4.days()).expect("a date"),
                });
                Subject { page: &page.named, weeks, found: &page.found, waiting }
            })
            .collect();
        let (content, sphere) = (&CONTENT, Some(admin.sphere));
        let mut after = nudged.clone();
        let given: Nudge<'_> = {
            let ground = Ground { content, today, sphere, nudged: &nudged, passed: &[], seed };
            nudge(&ground, &subjects).expect("the pages are known")
        };
        write!(text, "\n**{}**\n\n", today.strftime("%d.%m")).expect("a text");
        for line in given.text.lines() {
            writeln!(text, "> {line}  ").expect("a text");
        }
        remember(&mut after, &given);
        if let Some((place, answer)) = answer
            && let Some(chosen) = given.chosen.get(*place)
        {
            let said = match answer {
                Answer::Done => "Сделано",
                Answer::How => "Как сделать",
                Answer::Later => "Не сейчас",
            };
            write!(text, "\n*{} нажимает «{}. {said}».*\n", admin.name, place + 1).expect("a text");
            assert!(answered(&mut after, chosen.page.id, &chosen.advice.id, *answer));
        }
        nudged = after;
    }
    text
}

#[test]
fn six_weeks_of_four_administrators_read_as_they_are_written() {
    let mut text = "# Шесть недель\n\nТак читаются письма Куратора о неделе страницы. Четыре администратора, шесть понедельников; \
        под письмом — что человек нажал.\n\nЗаписать заново: `UPDATE=1 cargo test -p kurator --lib six_weeks`.\n\n"
        .to_owned();
    let all: Vec<String> =
        admins().iter().enumerate().map(|(n, admin)| told(admin, 1_001 + n as u64)).collect();
    text.push_str(&all.join("\n"));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/handbook/six-weeks.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, written, "UPDATE=1 writes it anew; read it");
}
