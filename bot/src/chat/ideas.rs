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
pub(super) fn open(talk: &mut Talk<'_>, page: usize, apart: bool, of: Option<Sphere>) {
    let sphere = sphere(talk, of);
    let pages = pages(talk, sphere);
    let page = page % pages;
    let mut text = talk.t("ideas-title");
    if page == 0 || apart {
        let coming = coming(talk, of.or(talk.person.sphere), today(talk), DAYS);
        if !coming.is_empty() {
            text = format!("{text}\n\n{}", talk.t("ideas-occasions"));
            for (day, occasion) in &coming {
                text = format!("{text}\n{}", dated(talk, *day, occasion));
            }
        }
    }
    for idea in page_of(talk, sphere, page) {
        text = format!("{text}\n\n💡 {}\n{}", idea.title, idea.text);
    }
    let mut row = vec![draft_button(talk, false, of).main()];
    if pages > 1 {
        row.push(talk.choice("ideas-more", Action::Ideas { p: (page + 1) % pages, apart: false, s: of }));
    }
    let screen = Screen::text(text).row(row).row([menu::home(talk)]);
    tell(talk, screen, apart);
}

/// A post to fill in.
pub(super) fn template(talk: &mut Talk<'_>, n: usize, apart: bool, of: Option<Sphere>) {
    let templates = talk.content().templates(sphere(talk, of));
    let n = n % templates.len().max(1);
    let Some(template) = templates.get(n) else {
        talk.toast(talk.t("stale-button"));
        return menu::open(talk);
    };
    let how = talk.f("template-how", &[("title", template.title.clone().into())]);
    let other = Action::Template { n: (n + 1) % templates.len(), apart: false, s: of };
    let screen = Screen::text(format!("{how}\n\n{}", template.body))
        .row([
            talk.choice("template-other", other).main(),
            talk.choice("ideas", Action::Ideas { p: 0, apart: false, s: of }),
        ])
        .row([talk.choice("draft", Action::Draft), menu::home(talk)]);
    tell(talk, screen, apart);
}

fn tell(talk: &mut Talk<'_>, screen: Screen, apart: bool) {
    if apart { talk.say(screen) } else { talk.show(screen) }
}

/// The button that leads here from a screen that is left for it.
pub(super) fn button(talk: &Talk<'_>) -> Choice {
    talk.choice("ideas", Action::Ideas { p: 0, apart: false, s: None })
}

/// The buttons of a reminder, which stays as it is when they are pressed; `of` is the sphere of a colleague's page.
pub(super) fn beside_reminder(talk: &Talk<'_>, of: Option<Sphere>) -> [Choice; 2] {
    let many = talk.content().ideas(sphere(talk, of)).len().max(1);
    // The page that the idea of the day is on.
    let first = first(talk) % many;
    let page = (of_the_day(talk) % many + many - first) % many / IDEAS;
    let idea = talk.choice("reminder-idea", Action::Ideas { p: page, apart: true, s: of });
    [idea, draft_button(talk, true, of)]
}

/// What a reminder says besides that it is time: today's occasion, or the idea of the day; `of` is the sphere of a
/// colleague's page.
pub(super) fn line(talk: &Talk<'_>, of: Option<Sphere>) -> Option<String> {
    if let Some((_, occasion)) = coming(talk, of.or(talk.person.sphere), today(talk), 1).first() {
        let what = named(talk, occasion);
        return Some(talk.f("idea-today", &[("what", what.into())]));
    }
    let ideas = talk.content().ideas(sphere(talk, of));
    let idea = ideas.get(of_the_day(talk) % ideas.len().max(1))?;
    let idea = format!("{}. {}", idea.title, idea.text);
    Some(talk.f("idea-line", &[("idea", idea.into())]))
}

/// The place of a day's idea in the round of all: another one each day until all were shown.
fn of_the_day(talk: &Talk<'_>) -> usize {
    own_start(talk) + days(talk)
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

fn draft_button(talk: &Talk<'_>, apart: bool, of: Option<Sphere>) -> Choice {
    let many = talk.content().templates(sphere(talk, of)).len().max(1);
    let n = (days(talk) / 7 + own_start(talk)) % many;
    talk.choice("template", Action::Template { n, apart, s: of })
}

/// Three of her sphere's ideas. The round of all of them goes on from page to page and from week to week, and begins
/// at another place for each person, so that neighbours do not post the same.
fn page_of<'a>(talk: &Talk<'a>, sphere: Sphere, page: usize) -> Vec<&'a Idea> {
    let ideas = talk.content().ideas(sphere);
    let start = first(talk) + IDEAS * page;
    ideas.iter().cycle().skip(start % ideas.len().max(1)).take(IDEAS.min(ideas.len())).collect()
}

fn pages(talk: &Talk<'_>, sphere: Sphere) -> usize {
    talk.content().ideas(sphere).len().div_ceil(IDEAS).max(1)
}

/// The place of a week's first idea in the round of all.
fn first(talk: &Talk<'_>) -> usize {
    own_start(talk) + IDEAS * (days(talk) / 7)
}

fn own_start(talk: &Talk<'_>) -> usize {
    talk.person.id.0.unsigned_abs() as usize % 997
}

/// How many days have passed since a Monday.
fn days(talk: &Talk<'_>) -> usize {
    let days = MONDAY.until(today(talk)).map_or(0, |passed| passed.get_days());
    usize::try_from(days).unwrap_or_default()
}

fn today(talk: &Talk<'_>) -> Date {
    talk.zone().local(talk.now()).date()
}

/// Whoever has not told her sphere gets what suits any institution.
fn sphere(talk: &Talk<'_>, of: Option<Sphere>) -> Sphere {
    of.or(talk.person.sphere).unwrap_or(Sphere::Other)
}
