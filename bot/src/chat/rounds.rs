//! Rounds of checklists: they begin by the calendar on her own wall, or when she begins anew; what was done in a round
//! that is over goes into its history.

use std::collections::BTreeMap;

use super::{Action, Screen, Talk, checklists, menu, progress, seen};
use crate::{
    content::{Check, Checklist, Period, Step},
    domain::{Day, PostRef, Round, Tick},
};

/// Rounds a screen shows.
const SHOWN: usize = 8;
/// Links a round shows.
const POSTS: usize = 3;

/// Closes every round that is over. Nothing has to happen at midnight: a tick belongs to the round of its day, so what
/// is from an earlier round is put away whenever she comes next.
pub(super) fn close(talk: &mut Talk<'_>) {
    let today = talk.today();
    for list in talk.content().checklists() {
        let Some(start) = list.period.start(today) else { continue };
        let mut over: BTreeMap<Day, Vec<(String, Tick)>> = BTreeMap::new();
        for (step, tick) in talk.ticks(&list.id) {
            let day: Day = talk.zone().local(tick.at).date().into();
            let from = list.period.start(day).unwrap_or(day);
            if from < start {
                over.entry(from).or_default().push((step, tick));
            }
        }
        for (from, ticks) in over {
            put_away(talk, list, from, &ticks, ticks.len());
        }
    }
}

/// Ticks what the bot itself sees of the present rounds, so that it is there when they are put away, and takes that back
/// when it sees it no more.
pub(super) fn note(talk: &mut Talk<'_>) {
    let today = talk.today();
    for list in talk.content().checklists() {
        let Some(start) = list.period.start(today) else { continue };
        let mut grew = false;
        for step in list.steps.iter().filter(|step| step.check == Check::Auto) {
            let Some(saw) = seen::saw(talk, &list.id, step) else { continue };
            let day: Day = talk.zone().local(saw.at).date().into();
            match talk.ticked(&list.id, &step.id) {
                None if saw.there && day >= start => {
                    talk.saw(&list.id, &step.id, saw.at);
                    grew = true;
                }
                Some(tick) if tick.seen && !saw.there => talk.tick(&list.id, &step.id, false),
                _ => {}
            }
        }
        if grew && checklists::ticked(talk, list) == list.steps.len() {
            completed(talk);
        }
    }
}

/// Closes what is ticked of a checklist, so that it begins anew; true if there was something.
pub(super) fn again(talk: &mut Talk<'_>, list: &Checklist) -> bool {
    let ticks = talk.ticks(&list.id);
    let Some(first) = ticks.iter().map(|(_, tick)| tick.at).min() else { return false };
    let from = talk.zone().local(first).date().into();
    // Of what the bot sees nothing is ticked where no round begins by the calendar.
    let seen =
        |step: &&Step| talk.ticked(&list.id, &step.id).is_none() && seen::is_done(talk, &list.id, step);
    let done = ticks.len() + list.steps.iter().filter(seen).count();
    put_away(talk, list, from, &ticks, done);
    true
}

fn put_away(talk: &mut Talk<'_>, list: &Checklist, from: Day, ticks: &[(String, Tick)], done: usize) {
    // A step that has since left the content was a step of that round.
    let gone = ticks.iter().filter(|(step, _)| list.step(step).is_none()).count();
    let posts: Vec<PostRef> = ticks.iter().filter_map(|(_, tick)| tick.post).collect();
    let round =
        Round { list: list.id.clone(), from, done: small(done), of: small(list.steps.len() + gone), posts };
    for (step, _) in ticks {
        talk.tick(&list.id, step, false);
    }
    talk.progress.close(round);
}

fn small(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

/// A checklist may be begun anew: it belongs to no calendar, and something of it is ticked.
pub(super) fn may_begin_again(talk: &Talk<'_>, list: &Checklist) -> bool {
    list.period == Period::Event && !talk.ticks(&list.id).is_empty()
}

/// There is something to tell of a checklist's earlier rounds or of steps it had.
pub(super) fn has_history(talk: &Talk<'_>, list: &Checklist) -> bool {
    talk.progress.rounds_of(&list.id).next().is_some() || !retired(talk, list).is_empty()
}

fn retired(talk: &Talk<'_>, list: &Checklist) -> Vec<String> {
    let kept = list.retired.iter().filter(|step| talk.ticked(&list.id, &step.id).is_some());
    kept.map(|step| talk.normed(&step.text)).collect()
}

/// The present round in words: «эта неделя, с 23.11».
pub(super) fn present(talk: &Talk<'_>, list: &Checklist) -> Option<String> {
    let start = list.period.start(talk.today())?;
    Some(
        talk.f(
            &format!("round-now-{}", word(list.period)),
            &[("when", named(talk, list.period, start).into())],
        ),
    )
}

const fn word(period: Period) -> &'static str {
    match period {
        Period::Once => "once",
        Period::Weekly => "weekly",
        Period::Monthly => "monthly",
        Period::Quarterly => "quarterly",
        Period::Event => "event",
    }
}

/// A round by its first day: «16.11–22.11», «октябрь», «III квартал».
fn named(talk: &Talk<'_>, period: Period, from: Day) -> String {
    let date = from.date();
    let year = i64::from(date.year());
    match period {
        Period::Weekly => {
            let last = Day(from.0 + 6).date();
            format!("{}–{}", date.strftime("%d.%m"), last.strftime("%d.%m.%Y"))
        }
        Period::Monthly => {
            let month = talk.t(&format!("month-name-{}", date.month()));
            format!("{month} {year}")
        }
        Period::Quarterly => talk.f(
            "round-quarter",
            &[
                ("n", ["I", "II", "III", "IV"][(date.month() as usize - 1) / 3 % 4].into()),
                ("year", year.to_string().into()),
            ],
        ),
        Period::Once | Period::Event => date.strftime("%d.%m.%Y").to_string(),
    }
}

/// The closed rounds of a checklist, newest first.
pub(super) fn history(talk: &mut Talk<'_>, list: &Checklist) {
    let mut lines = vec![talk.f("history-title", &[("list", list.title.clone().into())])];
    let rounds: Vec<Round> = talk.progress.rounds_of(&list.id).take(SHOWN).cloned().collect();
    for round in &rounds {
        let mark = if round.done >= round.of { "✅" } else { "▫️" };
        let when = named(talk, list.period, round.from);
        lines.push(format!("{mark} {when} — {}/{}", round.done, round.of));
        let posts: Vec<String> = round.posts.iter().take(POSTS).map(ToString::to_string).collect();
        if !posts.is_empty() {
            lines.push(format!("    {}", posts.join(", ")));
        }
    }
    if rounds.is_empty() {
        lines.push(talk.t("history-none"));
    }
    let retired = retired(talk, list);
    if !retired.is_empty() {
        lines.push(String::new());
        lines.push(talk.t("history-retired"));
        lines.extend(retired.iter().map(|text| format!("✅ {text}")));
    }
    let back = talk.choice("back", Action::List { c: list.id.clone(), p: 0 });
    talk.show(Screen::text(lines.join("\n")).row([back, menu::home(talk)]));
}

/// A checklist has just become whole: that counts for the week.
pub(super) fn completed(talk: &mut Talk<'_>) {
    progress::week_counts(talk);
}
