//! The demo's region: invented people of every role, pages with weeks behind them, and who already knows the bot.

use fastrand::Rng;
use vk_sandbox::{Page as Shown, Sandbox};
use vkapi::types::{GroupId, UserId};

use crate::{
    domain::{
        Clock, Consent, Day, Days, Hm, Ms, PageRef, Person, Reminder, ReminderKey, Rule, Sphere, Tick,
        Weekdays, What, Zone,
        page::{Admin, Page, Sight},
    },
    store::{AnyStore, Commit, Op, Result, StepKey, Store},
};

/// Who has not met the bot yet, and the staff: id, first and last name.
const CAST: [(i64, &str, &str); 8] = [
    (1001, "Анна", "Петрова (школа)"),
    (1002, "Мария", "Ким (поликлиника)"),
    (1003, "Ольга", "Седова (библиотека)"),
    (1004, "Ирина", "Лаптева (детский сад)"),
    (CURATOR, "Сергей", "Орлов (куратор)"),
    (TRAINER, "Елена", "Власова (тренер ЦУР)"),
    (OWNER, "Павел", "Руднев (владелец бота)"),
    (HEAD, "Наталья", "Громова (руководитель ЦУР)"),
];
pub(super) const CURATOR: i64 = 1005;
pub(super) const TRAINER: i64 = 1006;
pub(super) const OWNER: i64 = 1007;
pub(super) const HEAD: i64 = 1008;

/// The pages of those who have not met the bot yet: id, short name, name, topic, followers.
const PAGES: [(i64, &str, &str, &str, i64); 4] = [
    (501, "olhovsk_school5", "Школа № 5 города Ольховска", "Образовательное учреждение", 1_105),
    (502, "olhovsk_clinic", "Ольховская поликлиника", "Медицинское учреждение", 2_340),
    (503, "olhovsk_library", "Библиотека имени Чехова, Ольховск", "Библиотека", 412),
    (504, "olhovsk_ryabinka", "Детский сад «Рябинка», Ольховск", "Детский сад", 286),
];
/// The first of the other pages, and of the people who run them.
const PAGE: i64 = 700_000;
const PERSON: i64 = 20_000;
/// Weeks that pages have lived.
const WEEKS: i64 = 10;
const WEEK: i64 = 7 * 86_400;
/// Changes of one commit.
const TOGETHER: usize = 2_000;
const FIRST: [&str; 16] = [
    "Татьяна",
    "Наталья",
    "Светлана",
    "Юлия",
    "Марина",
    "Екатерина",
    "Галина",
    "Людмила",
    "Алла",
    "Вера",
    "Надежда",
    "Оксана",
    "Дарья",
    "Ксения",
    "Лариса",
    "Полина",
];
const LAST: [&str; 16] = [
    "Иванова",
    "Кузнецова",
    "Соколова",
    "Попова",
    "Лебедева",
    "Новикова",
    "Морозова",
    "Волкова",
    "Зайцева",
    "Павлова",
    "Семёнова",
    "Голубева",
    "Виноградова",
    "Богданова",
    "Воробьёва",
    "Фёдорова",
];
const TOWNS: [&str; 8] = [
    "Ольховск",
    "Сосновский округ",
    "Заречный",
    "Берёзовский округ",
    "Липки",
    "Новые Ключи",
    "Дубравский округ",
    "Подгорный",
];

/// Shows everybody and every page in the sandbox; the pages but the first four.
pub(super) fn show(sandbox: &Sandbox, pages: usize, seed: u64, now: Ms) -> Vec<Shown> {
    for (id, first, last) in CAST {
        sandbox.add_person(id, first, last);
    }
    let since = now.0 / 1_000 - WEEKS * WEEK;
    let lives = vk_sandbox::region(1, PAGES.len(), seed, since);
    for ((id, screen_name, name, activity, members_count), like) in PAGES.into_iter().zip(lives) {
        sandbox.add_page(Shown {
            id,
            screen_name: screen_name.into(),
            name: name.into(),
            activity: activity.into(),
            members_count,
            ..like
        });
    }
    let region = vk_sandbox::region(PAGE, pages, seed, since);
    for (n, page) in (0..).zip(&region) {
        sandbox.add_page(page.clone());
        let (first, last) = name(n, seed);
        sandbox.add_person(PERSON + n, first, last);
        sandbox.allow(PERSON + n);
    }
    region
}

fn name(n: i64, seed: u64) -> (&'static str, &'static str) {
    let mut rng = Rng::with_seed(seed ^ n.unsigned_abs());
    (FIRST[rng.usize(..FIRST.len())], LAST[rng.usize(..LAST.len())])
}

/// Writes those who run the other pages into the store, if nobody is in it: they agreed and answered the interview weeks
/// ago, have reminders, and have done some steps of checklists.
///
/// # Errors
/// The store cannot be read or written.
pub(super) async fn settle(
    store: &AnyStore,
    clock: &dyn Clock,
    zone: &Zone,
    content: &crate::content::Content,
    (region, seed): (&[Shown], u64),
) -> Result<()> {
    if !store.people(None, 1).await?.is_empty() {
        return Ok(());
    }
    let now = clock.now();
    let mut ops = (0..).zip(region).flat_map(|(n, page)| one(n, page, seed, zone, content, now)).peekable();
    while ops.peek().is_some() {
        let some = ops.by_ref().take(TOGETHER).collect();
        store.commit(Commit { expect: Vec::new(), ops: some }).await?;
    }
    Ok(())
}

fn one(n: i64, shown: &Shown, seed: u64, zone: &Zone, content: &crate::content::Content, now: Ms) -> Vec<Op> {
    let mut rng = Rng::with_seed(seed.wrapping_mul(31) ^ n.unsigned_abs());
    let id = UserId(PERSON + n);
    let since = now.plus(-Ms::DAY * rng.i64(7..WEEKS * 7));
    let town = TOWNS[rng.usize(..TOWNS.len())].to_owned();
    let sphere = Some(match n % 4 {
        0 => Sphere::School,
        1 => Sphere::Kindergarten,
        2 => Sphere::Clinic,
        _ => Sphere::Culture,
    });
    let named =
        PageRef { id: GroupId(shown.id), screen_name: shown.screen_name.clone(), name: shown.name.clone() };
    let person = Person {
        seen: now.plus(-Ms::HOUR * rng.i64(1..24 * 6)),
        consent: Some(Consent { version: content.consent().version, at: since }),
        onboarded: Some(since),
        sphere,
        municipality: Some(town.clone()),
        pages: vec![named.clone()],
        next_reminder: 2,
        ..Person::new(id, since)
    };
    let mut page = Page { sphere, municipality: Some(town), ..Page::new(named, since) };
    page.admins.push(Admin::new(id, since));
    let mut ops = vec![
        Op::PutSight(Box::new(Sight::new(page.id, now))),
        Op::PutPage(Box::new(page)),
        Op::PutPerson(Box::new(person)),
    ];
    let hour = Hm { hour: rng.u8(9..18), minute: 30 * rng.u8(..2) };
    let from = Day::from(zone.local(since).date()).date();
    let mut remind = |n, on: &[u8], what| {
        let days = Days::Week { on: Weekdays::of(on), every: 1, from };
        let rule = Rule { days, times: vec![hour] };
        if let Some(due) = rule.next(zone, content.calendar(), now) {
            ops.push(Op::PutReminder(Reminder {
                key: ReminderKey { person: id, n },
                due,
                rule: Some(rule),
                what,
            }));
        }
    };
    remind(1, [&[1, 3][..], &[0, 2, 4], &[2], &[1, 4]][rng.usize(..4)], What::Post);
    remind(ReminderKey::NUDGE, &[0], What::Nudge);
    for list in content.checklists().iter().take(2) {
        for step in list.steps.iter().take(rng.usize(..=list.steps.len())) {
            let key = StepKey { person: id, checklist: list.id.clone(), step: step.id.clone() };
            let tick = Tick { at: since.plus(Ms::DAY * rng.i64(0..7)), post: None, seen: false };
            ops.push(Op::SetStep(key, Some(tick)));
        }
    }
    ops
}
