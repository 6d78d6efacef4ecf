//! Seats are never given twice, whoever comes and goes in whatever order.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*};

use super::*;

const START: Ms = Ms(1_800_000_000_000);

fn hall(seats: Option<u16>) -> Hall {
    let zone = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
    let class = Class::new(ClassId(1), UserId(1), Ms(1), zone, "Обложка за час".to_owned());
    let class = Class { state: ClassState::Open, starts: START, seats, ..class };
    Hall { class, seats: Vec::new() }
}

fn people(hall: &Hall, state: SeatState) -> Vec<i64> {
    hall.in_order(state).into_iter().map(|seat| seat.person.0).collect()
}

#[test]
fn the_first_who_waits_gets_the_seat_that_is_given_up() {
    let mut hall = hall(Some(2));
    for person in 1..=4 {
        hall.join(UserId(person), Ms(person)).unwrap();
    }
    assert_eq!(people(&hall, SeatState::Enrolled), [1, 2]);
    assert_eq!((hall.place(UserId(3)), hall.place(UserId(4))), (Some(1), Some(2)));
    assert_eq!(hall.leave(UserId(1), Ms(9)), [UserId(3)]);
    assert_eq!(people(&hall, SeatState::Enrolled), [2, 3]);
    assert!(hall.seat(UserId(3)).unwrap().news.has(News::SEAT));
    // Who comes back is the last.
    assert_eq!(hall.join(UserId(1), Ms(10)), Ok(SeatState::Waiting));
    assert_eq!(people(&hall, SeatState::Waiting), [4, 1]);
    // Who leaves while waiting frees nothing, and is told nothing any more.
    assert_eq!(hall.leave(UserId(4), Ms(11)), []);
    assert_eq!(people(&hall, SeatState::Waiting), [1]);
}

#[test]
fn more_seats_go_to_those_who_wait() {
    let mut hall = hall(Some(1));
    for person in 1..=3 {
        hall.join(UserId(person), Ms(1)).unwrap();
    }
    hall.class.seats = Some(2);
    assert_eq!(hall.fill(Ms(2)), [UserId(2)]);
    hall.class.seats = None;
    assert_eq!(hall.fill(Ms(2)), [UserId(3)]);
    assert_eq!(hall.free(), None);
}

#[test]
fn nobody_enrols_too_late_and_nobody_moves_up_once_it_has_begun() {
    let mut hall = hall(Some(1));
    hall.class.enrol_by = Some(START.plus(-Ms::DAY));
    hall.join(UserId(1), START.plus(-2 * Ms::DAY)).unwrap();
    hall.join(UserId(2), START.plus(-2 * Ms::DAY)).unwrap();
    assert_eq!(hall.join(UserId(3), START.plus(-Ms::DAY)), Err(Shut::Late));
    assert_eq!(hall.join(UserId(3), START), Err(Shut::Begun));
    assert_eq!(hall.leave(UserId(1), START), []);
    // After the deadline, but before it begins, a seat still goes on.
    assert_eq!(hall.fill(START.plus(-1)), [UserId(2)]);
    hall.class.state = ClassState::Cancelled;
    assert_eq!(hall.join(UserId(3), Ms(5)), Err(Shut::Away));
}

#[test]
fn what_comes_comes_once_and_the_later_word_makes_the_earlier_needless() {
    let mut hall = hall(None);
    hall.join(UserId(1), Ms(1)).unwrap();
    let (class, seat) = (&hall.class, hall.seat(UserId(1)).unwrap());
    let (day, hour) = (START.plus(-Ms::DAY), START.plus(-Ms::HOUR));
    assert_eq!(seat.next_cue(class, Ms(2)), Some(day));
    assert_eq!(seat.cue(class, day, day), Some(Cue::Day));
    assert_eq!(seat.next_cue(class, day), Some(hour));
    assert_eq!(seat.cue(class, day, hour.plus(5)), Some(Cue::Hour), "both are due after a stop");
    assert_eq!(seat.cue(class, hour, START), None, "it has begun");
    assert_eq!(seat.next_cue(class, hour), None);
    let came = Seat { came: Some(Came { at: START, by: None }), ..seat.clone() };
    assert_eq!(came.next_cue(class, START), Some(class.ends()));
    assert_eq!(came.cue(class, class.ends(), class.ends()), Some(Cue::Ask));
    let rated = Seat { mark: Some(5), ..came.clone() };
    assert_eq!(rated.next_cue(class, START), None);
    let cancelled = Class { state: ClassState::Cancelled, ..class.clone() };
    assert_eq!(came.cues(&cancelled), []);
}

#[test]
fn a_code_word_is_known_however_it_is_typed_and_only_in_its_time() {
    let code = CodeWord { word: "Синяя Ёлка".to_owned(), opens: Ms(10), closes: Ms(20) };
    for typed in ["синяя елка", "СИНЯЯ ЁЛКА!", " «Синяя  ёлка» "] {
        assert!(code.fits(typed), "{typed}");
    }
    for typed in ["", "елка", "синяя", "!"] {
        assert!(!code.fits(typed), "{typed}");
    }
    assert!(!CodeWord { word: "!".to_owned(), ..code.clone() }.fits("?"), "no word fits nothing");
    assert_eq!([9, 10, 19, 20].map(|now| code.is_open(Ms(now))), [false, true, true, false]);
}

#[test]
fn who_it_is_for_is_told_by_sphere_and_municipality() {
    let mut class = hall(None).class;
    assert!(class.fits(Some(Sphere::School), Some("Ольховск")));
    class.spheres = vec![Sphere::Clinic];
    class.municipality = Some("Ольховск".to_owned());
    assert!(class.fits(Some(Sphere::Clinic), Some("ольховск")));
    assert!(class.fits(None, None));
    assert!(!class.fits(Some(Sphere::School), Some("Ольховск")));
    assert!(!class.fits(Some(Sphere::Clinic), Some("Берёзовск")));
}

#[test]
fn a_number_is_read_as_it_is_written_and_as_people_type_it() {
    let number = Certificate::number_of(u64::MAX);
    assert_eq!((number, Certificate::written(number).as_str()), (73_709_551_615, "0737-0955-1615"));
    assert_eq!(Certificate::written(7), "0000-0000-0007");
    for typed in [
        "0000-0000-0007",
        "000000000007",
        "Сертификат № 0000 0000 0007",
        "проверить сертификат 0000—0000—0007?",
    ] {
        assert_eq!(Certificate::read(typed), Some(7), "{typed}");
    }
    for typed in ["", "7", "0000-0000-000", "0000-0000-00071", "тел. 0000-0000-0007", "0000-0000-0007 руб"]
    {
        assert_eq!(Certificate::read(typed), None, "{typed}");
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Join(i64),
    Leave(i64),
    Seats(Option<u16>),
    Forget(i64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (1..12_i64).prop_map(Act::Join),
        4 => (1..12_i64).prop_map(Act::Leave),
        1 => proptest::option::of(1..6_u16).prop_map(Act::Seats),
        1 => (1..12_i64).prop_map(Act::Forget),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn seats_are_never_oversold_and_the_order_of_waiting_is_kept(acts in vec(act(), 1..60)) {
        let mut hall = hall(Some(3));
        // The model: who came in what order, as two plain lists.
        let (mut inside, mut line): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
        for (at, act) in acts.into_iter().enumerate() {
            let now = Ms(at as i64);
            let mut told: Vec<i64> = Vec::new();
            match act {
                Act::Join(who) => {
                    hall.join(UserId(who), now).unwrap();
                    if !inside.contains(&who) && !line.contains(&who) {
                        line.push(who);
                    }
                }
                Act::Leave(who) => {
                    told = hall.leave(UserId(who), now).into_iter().map(|p| p.0).collect();
                    inside.retain(|p| *p != who);
                    line.retain(|p| *p != who);
                }
                Act::Seats(seats) => {
                    // Fewer than are enrolled is refused where it is asked for.
                    if seats.is_none_or(|n| usize::from(n) >= inside.len()) {
                        hall.class.seats = seats;
                        told = hall.fill(now).into_iter().map(|p| p.0).collect();
                    }
                }
                Act::Forget(who) => {
                    hall.leave(UserId(who), now);
                    hall.seats.retain(|seat| seat.person.0 != who);
                    inside.retain(|p| *p != who);
                    line.retain(|p| *p != who);
                }
            }
            let most = hall.class.seats.map_or(usize::MAX, usize::from);
            let moved: Vec<i64> = line.drain(..line.len().min(most.saturating_sub(inside.len()))).collect();
            if matches!(act, Act::Leave(_) | Act::Seats(_)) {
                prop_assert_eq!(&told, &moved, "each who moves up is told, and nobody else");
            }
            inside.extend(moved);
            prop_assert!(hall.count(SeatState::Enrolled) <= most);
            let enrolled: BTreeSet<i64> = people(&hall, SeatState::Enrolled).into_iter().collect();
            prop_assert_eq!(enrolled, inside.iter().copied().collect::<BTreeSet<_>>());
            prop_assert_eq!(people(&hall, SeatState::Waiting), line.clone());
            let everybody: BTreeSet<UserId> = hall.seats.iter().map(|seat| seat.person).collect();
            prop_assert_eq!(everybody.len(), hall.seats.len(), "one seat a person");
        }
    }
}
