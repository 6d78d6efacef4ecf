//! A head looks closer, down to the pages that are of no municipality.

use vkapi::types::GroupId;

use super::{
    Action, Event, Turn,
    tests::{CONTENT, World},
};
use crate::{
    domain::{PageRef, Role, page::Page},
    store::{OutFile, Sheet},
};

/// A region of which two pages are of no municipality and one is.
fn region() -> World {
    let mut world = World::new(Role::Head);
    let v = CONTENT.consent().version;
    world.play(&Event::Press(Some(Action::Consent { yes: true, v }), None));
    for (id, name, town) in [
        (5, "Школа без района", None),
        (6, "Клуб без района", Some("")),
        (7, "Школа Моршанска", Some("Моршанск")),
    ] {
        let page = PageRef { id: GroupId(id), screen_name: format!("page{id}"), name: name.to_owned() };
        let municipality = town.filter(|town| !town.is_empty()).map(str::to_owned);
        world.pages.insert(GroupId(id), Page { municipality, ..Page::new(page, world.now) });
    }
    world
}

fn press(world: &mut World, action: Action) -> Turn {
    world.play(&Event::Press(Some(action), None))
}

fn text(turn: &Turn) -> String {
    turn.says.iter().map(|say| say.screen.text.clone()).collect::<Vec<_>>().join("\n")
}

/// The labels of buttons with what they do.
fn buttons(turn: &Turn) -> Vec<(String, Action)> {
    let drawn = turn.says.iter().flat_map(|say| say.screen.draw(false).offers);
    drawn.filter_map(|offer| Some((offer.label.clone(), Action::read(&offer.payload)?))).collect()
}

#[test]
fn pages_of_no_municipality_are_reached_from_the_summary_by_their_own_button() {
    let mut world = region();
    let turn = press(&mut world, Action::Report { m: None, p: 0 });
    let nowhere = Action::Report { m: Some(String::new()), p: 0 };
    let label = buttons(&turn).into_iter().find(|(_, action)| *action == nowhere).map(|(label, _)| label);
    assert_eq!(label.as_deref(), Some("Без муниципалитета: 2"));
    let turn = press(&mut world, nowhere);
    assert!(text(&turn).starts_with("Без муниципалитета: 2 страницы"), "{}", text(&turn));
    let pages: Vec<GroupId> = buttons(&turn)
        .into_iter()
        .filter_map(|(_, action)| match action {
            Action::BoardPage { g } => Some(g),
            _ => None,
        })
        .collect();
    assert_eq!(pages, [GroupId(5), GroupId(6)], "those and no other");
    let file = |turn: &Turn| turn.says.iter().find_map(|say| say.file.clone());
    let m = Some(String::new());
    let picture = press(&mut world, Action::ReportPicture { m: m.clone() });
    assert_eq!(file(&picture), Some(OutFile::Summary(m.clone())));
    let table = press(&mut world, Action::ReportTable { m: m.clone() });
    assert_eq!(file(&table), Some(OutFile::Sheet(Sheet::Pages(m))));
    let one = press(&mut world, Action::BoardPage { g: GroupId(5) });
    assert!(text(&one).contains("Школа без района"), "{}", text(&one));
}

#[test]
fn where_every_page_has_a_municipality_there_is_no_such_button_and_a_forged_one_is_refused() {
    let mut world = region();
    world.pages.retain(|_, page| page.municipality.is_some());
    let nowhere = Action::Report { m: Some(String::new()), p: 0 };
    let turn = press(&mut world, Action::Report { m: None, p: 0 });
    assert!(buttons(&turn).iter().all(|(_, action)| *action != nowhere));
    let turn = press(&mut world, nowhere);
    assert!(turn.ops.iter().any(|op| matches!(op, crate::store::Op::Refuse(_))));
}
