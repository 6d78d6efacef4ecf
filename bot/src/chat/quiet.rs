//! Her quiet hours: when nothing may come to her by itself. The night is always among them.

use super::{Action, Choice, Screen, Talk, due, menu, reminders, settings};
use crate::domain::{Form, Hm, attention::Quiet};

/// Hours offered as buttons: from, to.
const OFFERED: [(u8, u8); 4] = [(20, 9), (21, 9), (22, 7), (23, 8)];
/// Whoever chooses hours without this one has most likely told when the bot may write.
const NIGHT: Hm = Hm { hour: 4, minute: 0 };
/// Minutes of a day that have to be left to write in: fewer would hold everything for ever.
const LEFT: i32 = 180;
const DAY: i32 = 24 * 60;

/// Shows her hours and asks for others.
pub(super) fn open(talk: &mut Talk<'_>) {
    talk.form(Some(Form::Quiet));
    let text = talk.f("quiet-title", &hours(due::quiet(talk)));
    let screen = choices(talk, text);
    talk.show(screen);
}

/// The hours to choose from, under this text.
fn choices(talk: &Talk<'_>, text: String) -> Screen {
    let at = |hour| Hm { hour, minute: 0 };
    let offered = OFFERED.map(|(from, to)| {
        let quiet = Quiet { from: at(from), to: at(to) };
        Choice::new(told(quiet), Action::QuietSet { f: quiet.from, t: quiet.to })
    });
    let usual = told(talk.scene().region.attention.quiet);
    let usual = Choice::new(talk.f("quiet-usual", &[("hours", usual.into())]), Action::QuietUsual);
    Screen::text(text)
        .grid(2, offered)
        .row([usual])
        .row([talk.choice("back", Action::Settings), menu::home(talk)])
}

/// Hours in words.
pub(super) fn told(quiet: Quiet) -> String {
    format!("{}–{}", quiet.from, quiet.to)
}

fn hours(quiet: Quiet) -> [(&'static str, crate::content::Arg); 2] {
    [("from", quiet.from.to_string().into()), ("to", quiet.to.to_string().into())]
}

/// Hours were typed: «с 21 до 8», «с 10 вечера до 7 утра».
pub(super) fn typed(talk: &mut Talk<'_>, typed: &str) {
    if let Some(quiet) = read(typed) {
        keep(talk, quiet);
    } else {
        let screen = choices(talk, talk.t("quiet-unclear"));
        talk.say(screen);
    }
}

/// Hours were chosen.
pub(super) fn set(talk: &mut Talk<'_>, from: Hm, to: Hm) {
    keep(talk, Quiet { from, to });
}

/// The installation's hours are hers again.
pub(super) fn usual(talk: &mut Talk<'_>) {
    talk.person.quiet = None;
    kept(talk);
}

fn keep(talk: &mut Talk<'_>, quiet: Quiet) {
    let minutes = |at: Hm| i32::from(at.hour) * 60 + i32::from(at.minute);
    let long = (minutes(quiet.to) - minutes(quiet.from)).rem_euclid(DAY);
    let problem = if long == 0 || DAY - long < LEFT {
        "quiet-all-day"
    } else if !quiet.has(NIGHT) {
        "quiet-no-night"
    } else {
        talk.person.quiet = Some(quiet);
        return kept(talk);
    };
    talk.form(Some(Form::Quiet));
    let text = talk.f(problem, &hours(Quiet { from: quiet.to, to: quiet.from }));
    let screen = choices(talk, text);
    talk.show(screen);
}

/// Says what holds now, and which of her reminders it moves.
fn kept(talk: &mut Talk<'_>) {
    talk.form(None);
    let quiet = due::quiet(talk);
    talk.toast(talk.f("quiet-kept", &hours(quiet)));
    let moved = reminders::standing(talk).iter().any(|reminder| {
        reminder.rule.as_ref().is_some_and(|rule| rule.times.iter().any(|at| quiet.has(*at)))
    });
    if moved {
        let text = talk.f("quiet-moves", &hours(quiet));
        let to =
            [talk.choice("menu-reminders", Action::Reminders), talk.choice("to-settings", Action::Settings)];
        talk.show(Screen::text(text).row(to).row([menu::home(talk)]));
    } else {
        settings::open(talk);
    }
}

/// Two times of day in what was typed.
fn read(typed: &str) -> Option<Quiet> {
    let mut times: Vec<Hm> = Vec::new();
    let said = typed.to_lowercase().replace(['-', '–', '—'], " ");
    for word in said.split_whitespace() {
        if word.contains(|c: char| c.is_ascii_digit()) {
            times.push(time(word)?);
            continue;
        }
        let Some(last) = times.last_mut() else { continue };
        let evening = ["вечер", "дня"].iter().any(|w| word.starts_with(w));
        if evening && last.hour < 12 {
            last.hour += 12;
        } else if word.starts_with("ночи") && last.hour == 12 {
            last.hour = 0;
        }
    }
    match times[..] {
        [from, to] => Some(Quiet { from, to }),
        _ => None,
    }
}

fn time(word: &str) -> Option<Hm> {
    let word = word.trim_matches(|c: char| !c.is_ascii_digit());
    let (hour, minute) = word.split_once([':', '.']).unwrap_or((word, "0"));
    let time = Hm { hour: hour.parse::<u8>().ok()? % 24, minute: minute.parse().ok()? };
    (hour.len() <= 2 && hour.parse::<u8>().is_ok_and(|h| h <= 24) && time.minute < 60).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_understood_as_people_type_them() {
        let at = |hour, minute| Hm { hour, minute };
        for (typed, from, to) in [
            ("с 21 до 8", at(21, 0), at(8, 0)),
            ("21:30-7:15", at(21, 30), at(7, 15)),
            ("не пишите с 10 вечера до 7 утра", at(22, 0), at(7, 0)),
            ("с 24 до 9", at(0, 0), at(9, 0)),
            ("22.00 — 06.00", at(22, 0), at(6, 0)),
            ("с 12 ночи до 8", at(0, 0), at(8, 0)),
        ] {
            assert_eq!(read(typed), Some(Quiet { from, to }), "{typed}");
        }
        for typed in ["вечером", "с 21", "25 до 3 30 4", "с 21 до 8 и с 13 до 14", "с 22:70 до 8"]
        {
            assert_eq!(read(typed), None, "{typed}");
        }
    }
}
