//! A sheet with the roster is shown before it is written, and written by whoever may.

use std::sync::Arc;

use super::{
    Action, Event, Turn,
    tests::{CONTENT, World},
};
use crate::{
    domain::{
        Role,
        roster::{Change, SentSheet, SheetFault, Trial},
    },
    store::{Op, OutFile, conformance::samples::institution},
};

/// What a sheet of that name holds.
pub(super) fn read(sheet: &SentSheet) -> Result<Arc<Trial>, SheetFault> {
    let change = Change {
        new: vec![institution(3, None)],
        changed: vec![institution(2, None)],
        gone: vec![institution(6, None)],
        same: 4,
    };
    let whole = Trial { change, sum: 7, ..Trial::default() };
    match sheet.name.as_str() {
        "reestr.xlsx" => Ok(Arc::new(whole)),
        "bad.xlsx" => {
            let told = vec![(9, "нет ни ссылки, ни ОГРН".to_owned(), false)];
            Ok(Arc::new(Trial { told, bad: 1, ..whole }))
        }
        "many.xlsx" => {
            let told = (1..=30).map(|row| (row, "нет наименования".to_owned(), false)).collect();
            Ok(Arc::new(Trial { told, bad: 30, suspicious: vec![3, 9], ..whole }))
        }
        "other.xlsx" => {
            Ok(Arc::new(Trial { outside: vec!["Школа Кирсанова".to_owned()], ..whole }))
        }
        _ if sheet.size > SentSheet::MOST => Err(SheetFault::Big),
        _ => Err(SheetFault::Unreachable),
    }
}

fn sheet(name: &str, size: u64) -> Event {
    let sheet = SentSheet { name: name.to_owned(), url: "https://vk.com/doc1_2".to_owned(), size };
    Event::Sheet { sheet, file: None, text: String::new(), plain: false }
}

fn agreed(role: Role) -> World {
    let mut world = World::new(role);
    let v = CONTENT.consent().version;
    world.play(&Event::Press(Some(Action::Consent { yes: true, v }), None));
    world
}

fn said(turn: &Turn) -> String {
    turn.says.iter().map(|say| say.screen.text.clone()).collect::<Vec<_>>().join("\n")
}

fn offered(turn: &Turn, action: &Action) -> bool {
    let drawn = turn.says.iter().map(|say| say.screen.draw(false));
    drawn.flat_map(|drawn| drawn.offers).any(|offer| offer.payload == action.payload())
}

/// How many institutions are written and removed.
fn written(turn: &Turn) -> (usize, usize) {
    let put = turn.ops.iter().filter(|op| matches!(op, Op::PutInstitution(_))).count();
    (put, turn.ops.iter().filter(|op| matches!(op, Op::DropInstitution(_))).count())
}

#[test]
fn a_sheet_is_written_only_after_it_was_shown_and_only_once() {
    for (drop, expected) in [(false, (2, 0)), (true, (2, 1))] {
        let mut world = agreed(Role::Trainer);
        let shown = world.play(&sheet("reestr.xlsx", 900));
        assert_eq!(written(&shown), (0, 0));
        assert!(said(&shown).contains("Новых: 1, изменится: 1, без изменений: 4"), "{}", said(&shown));
        assert!(said(&shown).contains("нет в файле: 1"), "{}", said(&shown));
        let yes = Event::Press(Some(Action::RosterYes { drop }), None);
        let done = world.play(&yes);
        assert_eq!(written(&done), expected);
        let logged = |op: &Op| matches!(op, Op::Audit(e) if e.what == "roster-import" && e.before.as_deref() == Some("6"));
        assert!(done.ops.iter().any(logged), "{:?}", done.ops);
        let gone = institution(6, None);
        let named = |op: &Op| {
            matches!(op, Op::Audit(e) if e.what == "roster-removed" && e.detail == "reestr.xlsx"
                && e.before.as_ref().is_some_and(|names| names.contains(&gone.name)))
        };
        assert_eq!(done.ops.iter().any(named), drop, "what has disappeared is named");
        assert_eq!(written(&world.play(&yes)), (0, 0), "the second press of the same");
    }
}

#[test]
fn nothing_is_removed_by_a_sheet_with_mistakes_or_with_what_is_anothers() {
    for name in ["bad.xlsx", "other.xlsx"] {
        let mut world = agreed(Role::Trainer);
        let shown = world.play(&sheet(name, 900));
        assert!(!offered(&shown, &Action::RosterYes { drop: true }), "{name}");
        let forged = world.play(&Event::Press(Some(Action::RosterYes { drop: true }), None));
        assert_eq!(written(&forged), (2, 0), "{name}");
        let refused = shown.ops.iter().any(|op| matches!(op, Op::Refuse(_)));
        assert_eq!(refused, name == "other.xlsx", "what is another's is logged");
    }
}

#[test]
fn what_cannot_be_read_is_told_and_an_administrators_sheet_is_a_document_like_any() {
    let mut world = agreed(Role::Trainer);
    let huge = world.play(&sheet("huge", SentSheet::MOST + 1));
    assert!(said(&huge).contains("8 МБ"));
    assert!(
        huge.ops.iter().any(|op| matches!(op, Op::Audit(e) if e.what == "roster-refused")),
        "{:?}",
        huge.ops
    );
    assert!(said(&world.play(&sheet("gone", 1))).contains("Пришлите его ещё раз"));
    let mut admin = agreed(Role::Admin);
    let turn = admin.play(&sheet("reestr.xlsx", 900));
    assert!(!said(&turn).contains("проба"));
    let forged = admin.play(&Event::Press(Some(Action::RosterYes { drop: false }), None));
    assert_eq!(written(&forged), (0, 0));
    assert!(forged.ops.iter().any(|op| matches!(op, Op::Refuse(_))));
}

#[test]
fn what_does_not_fit_the_message_comes_as_a_table() {
    let mut world = agreed(Role::Trainer);
    for (name, file) in [("bad.xlsx", false), ("many.xlsx", true)] {
        let shown = world.play(&sheet(name, 900));
        let sent =
            shown.says.iter().any(|say| matches!(&say.file, Some(OutFile::Trial(of)) if of.name == name));
        assert_eq!(sent, file, "{name}");
        let logged = |op: &Op| matches!(op, Op::Audit(e) if e.what == "roster-suspicious" && e.detail == "many.xlsx: rows 3, 9");
        assert_eq!(shown.ops.iter().any(logged), file, "{name}");
        assert_eq!(said(&shown).contains("полный список"), file, "{name}");
    }
}
