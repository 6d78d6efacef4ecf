use jiff::civil::{Date, date};

use super::{Action, Choice, Screen, Talk, menu};
use crate::{
    content::{Idea, Occasion, Tone},
    domain::Sphere,
};

/// Ideas shown at a time.
const IDEAS: usize = 3;
/// How many days ahead occasions are shown, today included.
const DAYS: usize = 7;
/// A Monday: from here on weeks are counted.
const MONDAY: Date = date(1970, 1, 5);

/// «Что опубликовать?»: three ideas, and before the first of them the occasions of the next days. After a reminder
/// it comes as a message of its own: the reminder keeps its «Готово».
pub(super) fn open(talk: &mut Talk<'_>, page: usize, apart: bool) {
    let pages = pages(talk);
    let page = page % pages;
    let mut text = talk.t("ideas-title");
    if page == 0 || apart {
        let coming = coming(talk, talk.person.sphere, today(talk), DAYS);
        if !coming.is_empty() {
            text = format!("{text}\n\n{}", talk.t("ideas-occasions"));
            for (day, occasion) in &coming {
                text = format!("{text}\n{}", dated(talk, *day, occasion));
            }
        }
    }
    for idea in page_of(talk, sphere(talk), page) {
        text = format!("{text}\n\n💡 {}\n{}", idea.title, idea.text);
    }
    let mut row = vec![draft_button(talk, false).main()];
    if pages > 1 {
        row.push(talk.choice("ideas-more", Action::Ideas { p: (page + 1) % pages, apart: false }));
    }
    let screen = Screen::text(text).row(row).row([menu::home(talk)]);
    tell(talk, screen, apart);
}

/// A post to fill in.
pub(super) fn template(talk: &mut Talk<'_>, n: usize, apart: bool) {
    let templates = talk.content().templates(sphere(talk));
    let n = n % templates.len().max(1);
    let Some(template) = templates.get(n) else {
        talk.toast(talk.t("stale-button"));
        return menu::open(talk);
    };
    let how = talk.f("template-how", &[("title", template.title.clone().into())]);
    let other = Action::Template { n: (n + 1) % templates.len(), apart: false };
    let screen = Screen::text(format!("{how}\n\n{}", template.body))
        .row([
            talk.choice("template-other", other).main(),
            talk.choice("ideas", Action::Ideas { p: 0, apart: false }),
        ])
        .row([talk.choice("draft", Action::Draft), menu::home(talk)]);
    tell(talk, screen, apart);
}

fn tell(talk: &mut Talk<'_>, screen: Screen, apart: bool) {
    if apart { talk.say(screen) } else { talk.show(screen) }
}

/// The button that leads here from a screen that is left for it.
pub(super) fn button(talk: &Talk<'_>) -> Choice {
    talk.choice("ideas", Action::Ideas { p: 0, apart: false })
}

/// The buttons of a reminder, which stays as it is when they are pressed.
pub(super) fn beside_reminder(talk: &Talk<'_>) -> [Choice; 2] {
    let (page, _) = of_the_day(today(talk));
    [talk.choice("reminder-idea", Action::Ideas { p: page, apart: true }), draft_button(talk, true)]
}

/// What a reminder says besides that it is time: today's occasion for a sphere, or its idea of the day.
pub(super) fn line(talk: &Talk<'_>, sphere: Option<Sphere>) -> Option<String> {
    let today = today(talk);
    if let Some((_, occasion)) = coming(talk, sphere, today, 1).first() {
        let what = named(talk, occasion);
        return Some(talk.f("idea-today", &[("what", what.into())]));
    }
    let (page, place) = of_the_day(today);
    let sphere = sphere.unwrap_or(Sphere::Other);
    let pages = talk.content().ideas(sphere).len().div_ceil(IDEAS).max(1);
    let idea = *page_of(talk, sphere, page % pages).get(place)?;
    let idea = format!("{}. {}", idea.title, idea.text);
    Some(talk.f("idea-line", &[("idea", idea.into())]))
}

/// The page and the place on it of a day's idea: another one each day of the week.
fn of_the_day(day: Date) -> (usize, usize) {
    let day = day.weekday().to_monday_zero_offset() as usize;
    (day / IDEAS, day % IDEAS)
}

/// The occasions for her from a day on, soonest first.
fn coming<'a>(talk: &Talk<'a>, sphere: Option<Sphere>, from: Date, days: usize) -> Vec<(Date, &'a Occasion)> {
    let all = talk.content().occasions();
    let hers = |o: &&Occasion| o.concerns(sphere);
    let mut coming = Vec::new();
    for day in from.series(jiff::Span::new().days(1)).take(days) {
        coming.extend(all.iter().filter(hers).filter(|o| o.on(day.year()).contains(&day)).map(|o| (day, o)));
    }
    coming
}

/// An occasion with its day.
fn dated(talk: &Talk<'_>, day: Date, occasion: &Occasion) -> String {
    let weekday = talk.t(&format!("day-{}", day.weekday().to_monday_zero_offset()));
    let date = day.strftime("%d.%m").to_string();
    let what = named(talk, occasion);
    talk.f("occasion", &[("date", date.into()), ("day", weekday.into()), ("what", what.into())])
}

/// An occasion with how one writes on it.
fn named(talk: &Talk<'_>, occasion: &Occasion) -> String {
    let mut what = occasion.title.clone();
    if occasion.own {
        what = format!("{what} {}", talk.t("occasion-unsure"));
    }
    what.push('.');
    if let Some(hint) = &occasion.hint {
        what = format!("{what} {hint}");
    }
    match occasion.tone {
        Tone::Memory => format!("{what} {}", talk.t("tone-memory")),
        Tone::Profession if occasion.hint.is_none() => format!("{what} {}", talk.t("tone-profession")),
        Tone::Inform if occasion.hint.is_none() => format!("{what} {}", talk.t("tone-inform")),
        Tone::Celebrate | Tone::Inform | Tone::Profession => what,
    }
}

fn draft_button(talk: &Talk<'_>, apart: bool) -> Choice {
    let many = talk.content().templates(sphere(talk)).len().max(1);
    let n = (week(talk) + own_start(talk)) % many;
    talk.choice("template", Action::Template { n, apart })
}

/// Three of her sphere's ideas. The round of all of them goes on from page to page and from week to week, and begins
/// at another place for each person, so that neighbours do not post the same.
fn page_of<'a>(talk: &Talk<'a>, sphere: Sphere, page: usize) -> Vec<&'a Idea> {
    let ideas = talk.content().ideas(sphere);
    let start = own_start(talk) + IDEAS * (week(talk) + page);
    ideas.iter().cycle().skip(start % ideas.len().max(1)).take(IDEAS.min(ideas.len())).collect()
}

fn pages(talk: &Talk<'_>) -> usize {
    talk.content().ideas(sphere(talk)).len().div_ceil(IDEAS).max(1)
}

fn own_start(talk: &Talk<'_>) -> usize {
    talk.person.id.0.unsigned_abs() as usize % 997
}

fn week(talk: &Talk<'_>) -> usize {
    let days = MONDAY.until(today(talk)).map_or(0, |passed| passed.get_days());
    usize::try_from(days / 7).unwrap_or_default()
}

fn today(talk: &Talk<'_>) -> Date {
    talk.zone().local(talk.now()).date()
}

/// Whoever has not told her sphere gets what suits any institution.
fn sphere(talk: &Talk<'_>) -> Sphere {
    talk.person.sphere.unwrap_or(Sphere::Other)
}
