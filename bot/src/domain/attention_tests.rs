use jiff::civil::date;
use proptest::{collection::vec, prelude::*};

use super::*;
use crate::domain::Holiday;

const ZONES: [&str; 13] = [
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
    // Where clocks are set twice a year, by an hour and by half an hour.
    "Europe/Berlin",
    "Australia/Lord_Howe",
];

fn zone(name: &str) -> Zone {
    Zone::try_from(name.to_owned()).unwrap()
}

fn hm(hour: u8, minute: u8) -> Hm {
    Hm { hour, minute }
}

fn moscow(day: Date, at: Hm) -> Ms {
    zone("Europe/Moscow").moment(day.at(at.hour as i8, at.minute as i8, 0, 0))
}

/// The verdict on something of that kind in Moscow on 2026's calendar.
fn judged(ledger: &Ledger, back: Option<Date>, kind: Kind, now: Ms) -> Verdict {
    let calendar = Calendar::new(
        vec![Holiday { month: 11, day: 4, carried: true }],
        [(date(2026, 12, 31), false), (date(2026, 11, 7), true)],
    );
    let zone = zone("Europe/Moscow");
    let reader = Reader { zone: &zone, quiet: Quiet::USUAL, away: back.map(|day| (None, day)) };
    verdict(&Rules::default(), &calendar, &reader, ledger, kind, now)
}

fn spent(at: &[Ms]) -> Ledger {
    let mut ledger = Ledger::default();
    for at in at {
        ledger.spend(*at);
    }
    ledger
}

#[test]
fn nobody_is_woken_and_nudges_wait_for_a_working_day() {
    let none = Ledger::default();
    let (tuesday, saturday) = (date(2026, 11, 24), date(2026, 11, 28));
    assert_eq!(judged(&none, None, Kind::Nudge, moscow(tuesday, hm(10, 0))), Verdict::Now);
    let morning = moscow(tuesday, hm(8, 0));
    for night in [moscow(tuesday, hm(4, 0)), moscow(date(2026, 11, 23), hm(22, 0))] {
        assert_eq!(judged(&none, None, Kind::Announcement, night), Verdict::Later(morning));
    }
    let monday = moscow(date(2026, 11, 30), hm(8, 0));
    assert_eq!(judged(&none, None, Kind::Tip, moscow(saturday, hm(12, 0))), Verdict::Later(monday));
    assert_eq!(judged(&none, None, Kind::Announcement, moscow(saturday, hm(12, 0))), Verdict::Now);
    // A holiday is no working day, a worked Saturday is one.
    let after_holiday = moscow(date(2026, 11, 5), hm(8, 0));
    let holiday = moscow(date(2026, 11, 4), hm(9, 0));
    assert_eq!(judged(&none, None, Kind::Nudge, holiday), Verdict::Later(after_holiday));
    assert_eq!(judged(&none, None, Kind::Nudge, moscow(date(2026, 11, 7), hm(9, 0))), Verdict::Now);
}

#[test]
fn the_fourth_in_a_week_waits_for_the_first_to_grow_old() {
    let monday = moscow(date(2026, 11, 23), hm(10, 0));
    let ledger = spent(&[monday, monday.plus(Ms::HOUR), monday.plus(Ms::DAY)]);
    let now = monday.plus(2 * Ms::DAY);
    assert_eq!(judged(&ledger, None, Kind::Tip, now), Verdict::Digest(monday.plus(WEEK)));
    assert_eq!(judged(&ledger, None, Kind::Tip, monday.plus(WEEK)), Verdict::Now);
    // Something that is held goes first.
    let mut waiting = spent(&[monday]);
    waiting.hold(Held { kind: Kind::Tip, at: now, body: Body::Text("да".to_owned()) });
    assert_eq!(judged(&waiting, None, Kind::Nudge, now), Verdict::Digest(now));
}

#[test]
fn a_vacation_holds_announcements_and_puts_off_the_rest() {
    let now = moscow(date(2026, 11, 24), hm(12, 0));
    let back = Some(date(2026, 12, 7));
    let first = moscow(date(2026, 12, 7), hm(8, 0));
    assert_eq!(judged(&Ledger::default(), back, Kind::Announcement, now), Verdict::Digest(first));
    assert_eq!(judged(&Ledger::default(), back, Kind::Nudge, now), Verdict::Later(first));
    assert_eq!(judged(&Ledger::default(), back, Kind::Nudge, first), Verdict::Now);
}

#[test]
fn a_clock_that_was_set_back_does_not_open_the_budget_and_a_mad_one_does_not_close_it() {
    let now = moscow(date(2026, 11, 24), hm(12, 0));
    let ahead = spent(&[now.plus(Ms::HOUR), now.plus(Ms::DAY), now.plus(2 * Ms::DAY)]);
    assert_eq!(ahead.used(now), 3);
    let mad = spent(&[now.plus(300 * Ms::DAY); 3]);
    assert_eq!(mad.used(now), 0);
}

#[test]
fn what_comes_late_counts_from_when_it_comes() {
    let (monday, thursday) = (Ms(0), Ms(3 * Ms::DAY));
    let mut ledger = spent(&[monday]);
    ledger.respend(monday, thursday);
    assert_eq!((ledger.used(Ms(WEEK + 1)), ledger.sent.len()), (1, 1));
    // Her own reminder was not counted.
    ledger.respend(Ms(5), thursday);
    assert_eq!(ledger.used(thursday), 1);
    // After a week it is not known any more whether it was.
    ledger.respend(monday, monday.plus(WEEK));
    assert_eq!(ledger.used(monday.plus(WEEK)), 2);
}

#[test]
fn a_ledger_stays_small() {
    let mut ledger = Ledger::default();
    for i in 0..500 {
        ledger.spend(Ms(i));
        ledger.hold(Held { kind: Kind::Tip, at: Ms(i), body: Body::Text(i.to_string()) });
    }
    assert_eq!((ledger.sent.len(), ledger.held.len()), (SENT, HELD));
    assert_eq!(ledger.sent.last(), Some(&Ms(499)));
    assert_eq!(ledger.held.last().unwrap().at, Ms(499));
}

#[test]
fn a_clock_set_back_an_hour_finds_what_was_sent_before_its_week() {
    let mut ledger = Ledger::default();
    let first = Ms(1_774_000_000_000);
    ledger.spend(first);
    ledger.spend(first.plus(WEEK));
    assert_eq!(ledger.used(first.plus(WEEK)), 1);
    assert_eq!(ledger.used(first.plus(WEEK - Ms::HOUR)), 2);
}

/// A sender that does what the verdict says, with a clock that goes on, jumps and is set back.
fn never_over(world: &World, steps: &[Step]) -> Result<(), TestCaseError> {
    let World { rules, calendar, zone, quiet, back } = world;
    let zone = self::zone(ZONES[*zone]);
    let reader = Reader { zone: &zone, quiet: *quiet, away: back.map(|day| (None, day)) };
    let mut ledger = Ledger::default();
    let mut now = zone.moment(date(2026, 3, 25).at(12, 0, 0, 0));
    let mut sent: Vec<(Ms, Kind)> = Vec::new();
    for step in steps {
        now = now.plus(step.passes * Ms::MINUTE);
        let left = match step.kind {
            Some(kind) => match verdict(rules, calendar, &reader, &ledger, kind, now) {
                Verdict::Now => Some(kind),
                Verdict::Later(at) => {
                    prop_assert!(at > now);
                    None
                }
                Verdict::Digest(at) => {
                    prop_assert!(at >= now);
                    ledger.hold(Held { kind, at: now, body: Body::Text(String::new()) });
                    None
                }
            },
            None if ledger.held.is_empty() => None,
            None => match verdict_on_held(rules, calendar, &reader, &ledger, now) {
                Verdict::Now => {
                    let merged = ledger.take_held();
                    Some(
                        merged.iter().map(|h| h.kind).find(|k| *k == Kind::Announcement).unwrap_or(Kind::Tip),
                    )
                }
                Verdict::Later(at) | Verdict::Digest(at) => {
                    prop_assert!(at > now);
                    None
                }
            },
        };
        if let Some(kind) = left {
            ledger.spend(now);
            sent.push((now, kind));
        }
    }
    for (at, kind) in &sent {
        let local = zone.local(*at);
        prop_assert!(!quiet.has(zone.time(*at)), "{local} is quiet");
        prop_assert!(back.is_none_or(|back| local.date() >= back), "{local}: she is away");
        prop_assert!(*kind == Kind::Announcement || calendar.is_working(local.date()), "{local} is free");
        let week = sent.iter().filter(|(other, _)| other.0 > at.0 - WEEK && other.0 <= at.0).count();
        prop_assert!(week <= usize::from(rules.a_week), "{week} in the week before {local}");
    }
    Ok(())
}

#[derive(Clone, Debug)]
struct World {
    rules: Rules,
    calendar: Calendar,
    zone: usize,
    quiet: Quiet,
    back: Option<Date>,
}

#[derive(Clone, Debug)]
struct Step {
    /// Minutes; negative if the clock was set back.
    passes: i64,
    /// What wants to leave; `None` is what is held.
    kind: Option<Kind>,
}

fn quiet() -> impl Strategy<Value = Quiet> {
    let time = || (0..24_u8, 0..60_u8).prop_map(|(hour, minute)| hm(hour, minute));
    (time(), time()).prop_map(|(from, to)| Quiet { from, to })
}

fn world() -> impl Strategy<Value = World> {
    let day = (0..400_i64).prop_map(|n| date(2026, 1, 1) + jiff::Span::new().days(n));
    let calendar = (
        vec((1..13_i8, 1..29_i8, any::<bool>()), 0..20),
        vec((day.clone(), any::<bool>()), 0..40),
    )
        .prop_map(|(holidays, days)| {
            let holidays =
                holidays.into_iter().map(|(month, day, carried)| Holiday { month, day, carried }).collect();
            Calendar::new(holidays, days)
        });
    (1..6_u8, calendar, 0..ZONES.len(), quiet(), proptest::option::of(day)).prop_map(
        |(a_week, calendar, zone, quiet, back)| World {
            rules: Rules { quiet, a_week },
            calendar,
            zone,
            quiet,
            back,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![
        Just(None),
        Just(Some(Kind::Nudge)),
        Just(Some(Kind::Announcement)),
        Just(Some(Kind::Tip)),
    ];
    let passes = prop_oneof![
        6 => 0..600_i64,
        2 => 600..6_000_i64,
        // Set back an hour, forward a day.
        1 => Just(-60),
        1 => Just(1_440),
    ];
    (passes, kind).prop_map(|(passes, kind)| Step { passes, kind })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_leaves_in_quiet_hours_or_over_budget(world in world(), steps in vec(step(), 1..120)) {
        never_over(&world, &steps)?;
    }

    #[test]
    fn the_end_of_quiet_hours_is_near_and_not_quiet(quiet in quiet(), zone in 0..ZONES.len(), at in 0..700_000_i64) {
        let zone = super::tests::zone(ZONES[zone]);
        let at = Ms(1_774_000_000_000).plus(at * Ms::MINUTE);
        let end = quiet.end(&zone, at);
        prop_assert!(!quiet.covers(&zone, end));
        prop_assert!(end >= at && end.0 - at.0 <= 26 * Ms::HOUR, "{} h", (end.0 - at.0) / Ms::HOUR);
    }
}
