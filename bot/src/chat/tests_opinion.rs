//! The question what she thinks of the bot: when it comes, when it does not, and what a head reads of the answers.

use super::{Action, Event, Role, Turn, tests::CONTENT, tests::World};
use crate::{
    domain::{Ms, Reminder, What, attention::Ledger},
    store::Op,
};

fn world(role: Role) -> World {
    let mut world = World::new(role);
    let v = CONTENT.consent().version;
    world.play(&Event::Press(Some(Action::Consent { yes: true, v }), None));
    world.person.onboarded = Some(world.now);
    world.play(&Event::Press(Some(Action::Menu), None));
    world
}

fn kept(world: &World) -> Option<Reminder> {
    world.reminders.values().find(|r| r.what == What::Opinion).cloned()
}

/// Its moment comes; she wrote so many days before.
fn come(world: &mut World, wrote: i64, ledger: Ledger) -> Turn {
    let due = kept(world).unwrap();
    world.now = due.due;
    world.person.seen = due.due.plus(-wrote * Ms::DAY);
    world.play(&Event::Due(vec![due], ledger))
}

fn asks(turn: &Turn) -> bool {
    turn.says.iter().any(|say| say.screen.text.contains("Посоветовали бы"))
}

#[test]
fn it_comes_after_three_months_and_then_every_half_year() {
    let mut world = world(Role::Admin);
    let first = kept(&world).unwrap().due;
    let days = (first.0 - world.now.0) / Ms::DAY;
    assert!((90..=135).contains(&days), "{days}");
    let turn = come(&mut world, 1, Ledger::default());
    assert!(asks(&turn));
    let spent = |op: &Op| matches!(op, Op::PutLedger(_, ledger) if ledger.sent.len() == 1);
    assert!(turn.ops.iter().any(spent), "it counts against her budget");
    let days = (kept(&world).unwrap().due.0 - first.0) / Ms::DAY;
    assert!((175..=190).contains(&days), "{days}");
}

#[test]
fn who_wants_no_advice_or_has_long_been_silent_is_not_asked() {
    let mut world = world(Role::Admin);
    let turn = come(&mut world, 70, Ledger::default());
    assert!(!asks(&turn) && turn.says.is_empty());
    world.play(&Event::Press(Some(Action::SubTips { on: false }), None));
    assert_eq!(kept(&world), None);
    world.play(&Event::Press(Some(Action::SubTips { on: true }), None));
    assert!(kept(&world).is_some());
}

#[test]
fn a_used_up_budget_puts_it_off_and_does_not_lose_it() {
    let mut world = world(Role::Admin);
    let due = kept(&world).unwrap().due;
    let mut ledger = Ledger::default();
    for days in 1..=3 {
        ledger.spend(due.plus(-days * Ms::DAY));
    }
    let turn = come(&mut world, 1, ledger.clone());
    assert!(!asks(&turn));
    let later = kept(&world).unwrap().due;
    assert!(later > due && later.0 - due.0 <= 7 * Ms::DAY, "{}", (later.0 - due.0) / Ms::DAY);
    assert!(asks(&come(&mut world, 1, ledger)));
}

#[test]
fn a_head_reads_one_number_and_no_names() {
    let mut world = world(Role::Head);
    let turn = world.play(&Event::Press(Some(Action::Report { m: None, p: 0 }), None));
    let text = &turn.says.last().unwrap().screen.text;
    // Four praise, one of seven does not.
    assert!(text.contains("43 по шкале") && text.contains("за полгода — 7"), "{text}");
}
