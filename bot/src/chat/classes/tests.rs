//! Who may do what with a class, and what comes of guessing.

use vkapi::types::UserId;

use crate::{
    chat::{Action, Event, Say, Turn, tests::World},
    domain::{
        Class, ClassAsk, ClassId, ClassState, Consent, Hall, Level, Ms, Role, SeatState, Sphere, TRIES,
    },
    store::{Expect, Op, OutFile},
};

/// The classes of the world that tests are played in.
const TO_COME: ClassId = ClassId(1);
const ON: ClassId = ClassId(2);
const OVER: ClassId = ClassId(3);
const DRAFT: ClassId = ClassId(4);
const ME: UserId = UserId(7);

fn world(role: Role) -> World {
    let mut world = World::new(role);
    world.person.consent = Some(Consent { version: u32::MAX, at: Ms(1) });
    world.person.onboarded = Some(Ms(1));
    world
}

fn text(turn: &Turn) -> String {
    turn.says.iter().map(|say| say.screen.text.clone()).collect::<Vec<_>>().join("\n")
}

fn press(world: &mut World, action: Action) -> Turn {
    world.play(&Event::Press(Some(action), None))
}

fn write(world: &mut World, typed: &str) -> Turn {
    world.play(&Event::Text { text: typed.to_owned(), action: None, plain: false, link: None })
}

fn audited<'a>(turn: &'a Turn, what: &str) -> Option<&'a str> {
    turn.ops.iter().find_map(|op| match op {
        Op::Audit(entry) | Op::Refuse(entry) if entry.what == what => Some(entry.detail.as_str()),
        _ => None,
    })
}

#[test]
fn forged_buttons_of_staff_change_nothing_and_are_logged() {
    let ask = |id, of| Action::ClassAsk { id, of, n: false };
    let forged = [
        Action::Training { p: 0 },
        ask(ClassId(0), ClassAsk::Title),
        ask(TO_COME, ClassAsk::When),
        ask(ON, ClassAsk::Code),
        ask(ON, ClassAsk::Walk),
        Action::ClassSet { id: TO_COME, of: ClassAsk::Seats, v: 0, n: false },
        Action::ClassFrom { p: 0 },
        Action::ClassOf { c: "first-week".into(), r: None },
        Action::ClassRoom { id: TO_COME },
        Action::ClassEdit { id: TO_COME, more: false },
        Action::ClassOpen { id: DRAFT },
        Action::ClassStop { id: TO_COME },
        Action::ClassStopYes { id: TO_COME },
        Action::ClassPeople { id: ON, p: 0 },
        Action::ClassCame { id: ON, u: ME, on: true, p: 0 },
        Action::ClassWindow { id: ON, m: 30 },
        Action::ClassRecord { id: OVER, all: true },
        Action::ClassTable { id: ON },
        Action::ClassVoices { id: OVER },
        Action::ClassDoorSend { id: ON },
    ];
    for role in [Role::Admin, Role::Curator] {
        for action in &forged {
            let turn = press(&mut world(role), action.clone());
            assert!(audited(&turn, "refused").is_some(), "{role:?} {action:?}");
            let changes =
                |op: &Op| matches!(op, Op::PutClass(_) | Op::PutSeat(_) | Op::DropClass(_) | Op::Wake(..));
            assert!(!turn.ops.iter().any(changes), "{role:?} {action:?}");
            assert!(turn.says.iter().all(|say: &Say| say.file.is_none()), "{role:?} {action:?}");
        }
    }
    // Who was a trainer when she began to type is none when she sends it.
    let mut world = world(Role::Trainer);
    press(&mut world, ask(TO_COME, ClassAsk::Title));
    world.role = Role::Admin;
    let turn = write(&mut world, "Моё занятие");
    assert!(!turn.ops.iter().any(|op| matches!(op, Op::PutClass(_))));
    assert_eq!(world.person.form, None, "her form went with her role");
    assert!(!world.halls[&TO_COME].class.title.contains("Моё"));
}

#[test]
fn the_code_word_is_guessed_five_times_and_no_more() {
    let mut world = world(Role::Admin);
    let here = Action::ClassAsk { id: ON, of: ClassAsk::Guess, n: false };
    press(&mut world, here.clone());
    for n in 1..=TRIES {
        let turn = write(&mut world, "берёза");
        assert_eq!(audited(&turn, "code-word-refused").is_some(), n == TRIES, "guess {n}");
    }
    let seat = world.halls[&ON].seat(ME).unwrap().clone();
    assert_eq!((seat.tries, seat.came), (TRIES, None));
    // The right word is too late now, by the button and by a form forged before.
    assert!(text(&press(&mut world, here)).contains("тренер"));
    world.person.form = Some(crate::domain::Form::Class { id: ON, of: ClassAsk::Guess, next: false });
    write(&mut world, "ёлка");
    assert_eq!(world.halls[&ON].seat(ME).unwrap().came, None);
}

#[test]
fn the_word_of_the_staffs_room_is_no_answer_to_a_question_about_a_class() {
    let mut world = world(Role::Trainer);
    press(&mut world, Action::ClassAsk { id: TO_COME, of: ClassAsk::Code, n: false });
    assert!(matches!(world.person.form, Some(crate::domain::Form::Class { of: ClassAsk::Code, .. })));
    let turn = write(&mut world, "Кабинет");
    assert_eq!(world.person.form, None);
    assert!(!turn.ops.iter().any(|op| matches!(op, Op::PutClass(_))));
}

#[test]
fn the_code_word_counts_only_in_its_time_and_for_who_is_enrolled() {
    let mut world = world(Role::Admin);
    for id in [TO_COME, OVER, DRAFT] {
        world.person.form = Some(crate::domain::Form::Class { id, of: ClassAsk::Guess, next: false });
        let turn = write(&mut world, "ёлка");
        assert!(!turn.ops.iter().any(|op| matches!(op, Op::PutSeat(_))), "{id:?}");
    }
    press(&mut world, Action::ClassAsk { id: ON, of: ClassAsk::Guess, n: false });
    let turn = write(&mut world, "Ёлка!");
    assert!(turn.expect.contains(&Expect::SeatRev(ON, ME, 0)));
    assert!(world.halls[&ON].seat(ME).unwrap().came.is_some());
    // Presence is one person's matter: it does not stand in the way of others who type the word at the same moment.
    assert!(!turn.expect.iter().any(|expect| matches!(expect, Expect::ClassRev(..))));
}

#[test]
fn a_certificate_is_given_to_who_was_there_and_says_what_she_wrote() {
    let mut world = world(Role::Admin);
    for id in [TO_COME, ON, DRAFT, ClassId(9)] {
        let turn = press(&mut world, Action::ClassPaper { id });
        assert!(turn.says.iter().all(|say| say.file.is_none()), "{id:?}");
    }
    press(&mut world, Action::ClassPaper { id: OVER });
    let refused = write(&mut world, "https://vk.ru/anna");
    assert!(!refused.ops.iter().any(|op| matches!(op, Op::PutCertificate(_))));
    let turn = write(&mut world, "Анна Петрова");
    let number = turn.says.iter().find_map(|say| match say.file {
        Some(OutFile::Certificate(number)) => Some(number),
        _ => None,
    });
    let number = number.unwrap();
    let told = text(&write(
        &mut world,
        &format!("проверь сертификат {}", crate::domain::Certificate::written(number)),
    ));
    assert!(told.contains("настоящий") && told.contains("Анна Петрова"), "{told}");
    let told = text(&write(&mut world, "0000-0000-0000"));
    assert!(!told.contains("Анна") && told.contains("нет"), "{told}");
    // Under its number she may write her name otherwise; it stays hers and one.
    press(&mut world, Action::ClassAsk { id: OVER, of: ClassAsk::Name, n: false });
    let again = write(&mut world, "Анна Сергеевна Петрова");
    assert!(again.says.iter().any(|say| say.file == Some(OutFile::Certificate(number))));
}

#[test]
fn a_class_that_is_changed_tells_everybody_once_and_seats_are_not_taken_from_anybody() {
    let mut world = world(Role::Trainer);
    press(&mut world, Action::ClassJoin { id: TO_COME });
    for typed in ["0", "-5", "1001", "много"] {
        press(&mut world, Action::ClassAsk { id: TO_COME, of: ClassAsk::Seats, n: false });
        write(&mut world, typed);
        let seats = world.halls[&TO_COME].class.seats;
        assert_eq!(seats, if typed == "0" { None } else { seats }, "{typed}");
        world.halls.get_mut(&TO_COME).unwrap().class.seats = Some(3);
    }
    press(&mut world, Action::ClassAsk { id: ON, of: ClassAsk::Seats, n: false });
    let turn = write(&mut world, "1");
    assert!(text(&turn).contains('2'), "two are enrolled: {}", text(&turn));
    assert_eq!(world.halls[&ON].class.seats, Some(3));
    press(&mut world, Action::ClassAsk { id: TO_COME, of: ClassAsk::When, n: false });
    let turn = write(&mut world, "через неделю в 15:00");
    let woken = turn.ops.iter().filter(|op| matches!(op, Op::Wake(who, _) if *who == ME)).count();
    assert_eq!(woken, 1);
    let old = press(&mut world, Action::ClassStopYes { id: TO_COME });
    assert!(audited(&old, "class-cancelled").is_some());
    assert_eq!(world.halls[&TO_COME].class.state, ClassState::Cancelled);
    assert_eq!(world.halls[&TO_COME].seat(ME).unwrap().state, SeatState::Enrolled);
    // An old button of what is cancelled enrols nobody.
    world.halls.get_mut(&TO_COME).unwrap().seats.clear();
    let turn = press(&mut world, Action::ClassJoin { id: TO_COME });
    assert!(!turn.ops.iter().any(|op| matches!(op, Op::PutSeat(_))));
}

#[test]
fn who_came_without_a_seat_is_noted_by_the_trainer_once_it_has_begun() {
    let mut world = world(Role::Trainer);
    let walk = |id| Action::ClassAsk { id, of: ClassAsk::Walk, n: false };
    press(&mut world, walk(TO_COME));
    assert_eq!(world.person.form, None, "nobody is there yet");
    let hall = world.halls.get_mut(&ON).unwrap();
    hall.seats.retain(|seat| seat.person == ME);
    hall.class.seats = Some(1);
    let before = world.halls[&ON].clone();
    press(&mut world, walk(ON));
    assert!(text(&write(&mut world, "никто")).contains("Не нашёл"));
    // Of who has never agreed nothing is kept.
    assert!(text(&write(&mut world, "vk.ru/id9")).contains("ещё не писал"));
    assert_eq!(world.halls[&ON], before);
    let turn = write(&mut world, "vk.ru/id8");
    let hall = &world.halls[&ON];
    let seat = hall.seat(UserId(8)).unwrap().clone();
    assert_eq!((seat.state, seat.came.unwrap().by), (SeatState::Enrolled, Some(ME)), "however full it is");
    assert_eq!(hall.count(SeatState::Enrolled), 2);
    assert_eq!(audited(&turn, "class-came"), Some("class 2 person 8"));
    // Who is one of its people already stays where she is.
    press(&mut world, walk(ON));
    write(&mut world, "vk.ru/id8");
    assert_eq!(world.halls[&ON].seat(UserId(8)), Some(&seat));
}

#[test]
fn classes_are_listed_by_level_and_for_all_if_she_asks() {
    let mut world = world(Role::Admin);
    world.person.sphere = Some(Sphere::School);
    let mut put = |id: u64, level, spheres: &[Sphere]| {
        let hall = world.halls[&TO_COME].clone();
        let title = format!("Занятие уровня {id}");
        let class = Class { id: ClassId(id), title, level, spheres: spheres.to_vec(), ..hall.class };
        world.halls.insert(ClassId(id), Hall { class, seats: Vec::new() });
    };
    put(11, Some(Level::Start), &[]);
    put(12, Some(Level::Grow), &[]);
    put(13, None, &[]);
    put(14, Some(Level::Grow), &[Sphere::Clinic]);
    world.halls.retain(|id, _| id.0 > 10);
    for (level, all, shown) in [
        (None, false, &[11, 12, 13][..]),
        (Some(Level::Start), false, &[11, 13]),
        (Some(Level::Grow), false, &[12, 13]),
        (Some(Level::Grow), true, &[12, 13, 14]),
        (None, true, &[11, 12, 13, 14]),
    ] {
        let told = text(&press(&mut world, Action::Classes { p: 0, l: level, all }));
        let listed: Vec<u64> =
            (11..=14).filter(|id| told.contains(&format!("«Занятие уровня {id}»"))).collect();
        assert_eq!(listed, shown, "{level:?} {all}: {told}");
    }
}

#[test]
fn a_class_of_a_course_takes_what_the_course_says() {
    let mut world = world(Role::Trainer);
    let course = crate::chat::tests::CONTENT.courses().first().unwrap();
    press(&mut world, Action::ClassFrom { p: 0 });
    let turn = press(&mut world, Action::ClassOf { c: course.id.clone(), r: None });
    let made = turn.ops.iter().find_map(|op| match op {
        Op::PutClass(class) => Some(class.clone()),
        _ => None,
    });
    let made = made.expect("a draft");
    assert_eq!(
        (made.title.as_str(), made.course.as_deref()),
        (course.title.as_str(), Some(course.id.as_str()))
    );
    assert_eq!((made.state, made.level), (ClassState::Draft, Some(course.level)));
}

/// She comes by the link of the picture on the screen and writes this.
fn scan(world: &mut World, link: &str, typed: &str) -> Turn {
    let (text, link) = (typed.to_owned(), Some(link.to_owned()));
    world.play(&Event::Text { text, action: None, plain: false, link })
}

fn door(world: &World, id: ClassId) -> String {
    world.halls[&id].class.door().unwrap()
}

#[test]
fn the_link_on_the_screen_notes_who_is_there_as_the_word_does() {
    let mut world = world(Role::Admin);
    let link = door(&world, ON);
    let turn = scan(&mut world, &link, "Я здесь");
    assert_eq!(turn.says.len(), 1, "no more than asked for: {}", text(&turn));
    assert!(text(&turn).contains("отмечено"), "{}", text(&turn));
    assert!(turn.expect.contains(&Expect::SeatRev(ON, ME, 0)));
    assert_eq!(world.halls[&ON].seat(ME).unwrap().came.unwrap().by, None);
    // Again it changes nothing.
    let turn = scan(&mut world, &link, "я здесь!");
    assert!(text(&turn).contains("Отмечено: вы были"), "{}", text(&turn));
    assert!(!turn.ops.iter().any(|op| matches!(op, Op::PutSeat(_))));
}

#[test]
fn the_link_is_refused_before_and_after_its_time_and_taken_when_the_time_has_come() {
    let mut world = world(Role::Admin);
    let window = |world: &mut World, from: i64, to: i64| {
        let now = world.now;
        let code = world.halls.get_mut(&ON).unwrap().class.code.as_mut().unwrap();
        (code.opens, code.closes) = (now.plus(from * Ms::MINUTE), now.plus(to * Ms::MINUTE));
    };
    let link = door(&world, ON);
    for (from, to) in [(10, 40), (-40, -10)] {
        window(&mut world, from, to);
        let turn = scan(&mut world, &link, "Я здесь");
        assert!(text(&turn).starts_with("Отмечаю по этой картинке"), "{}", text(&turn));
        let seat = world.halls[&ON].seat(ME).unwrap();
        assert_eq!((seat.came, seat.tries), (None, 0), "who is early has guessed nothing");
    }
    window(&mut world, -5, 30);
    assert!(text(&scan(&mut world, &link, "Я здесь")).contains("отмечено"));
    // The class was over for those of another day: the link of one class is none of another.
    let other = door(&world, TO_COME);
    assert_ne!(
        other.rsplit_once('_').unwrap().1,
        link.rsplit_once('_').unwrap().1,
        "the same word, another class"
    );
}

#[test]
fn a_link_that_is_made_up_is_a_guess() {
    let mut world = world(Role::Admin);
    for n in 1..=TRIES {
        let turn = press(&mut world, Action::ClassDoor { id: ON, k: format!("{n:08x}") });
        assert_eq!(audited(&turn, "code-word-refused").is_some(), n == TRIES, "guess {n}");
        assert_eq!(text(&turn).contains("Осталось") || text(&turn).contains("Осталась"), n < TRIES);
    }
    let seat = world.halls[&ON].seat(ME).unwrap().clone();
    assert_eq!((seat.tries, seat.came), (TRIES, None));
    // Guesses of the word and of the link are counted together, and the right one is too late.
    let link = door(&world, ON);
    assert!(text(&scan(&mut world, &link, "Я здесь")).contains("тренер"));
    assert_eq!(world.halls[&ON].seat(ME).unwrap().came, None);
}

#[test]
fn the_link_of_a_word_that_was_changed_is_no_more_and_who_has_no_seat_is_sent_to_the_trainer() {
    let mut world = world(Role::Admin);
    let old = door(&world, ON);
    world.halls.get_mut(&ON).unwrap().class.code.as_mut().unwrap().word = "сосна".to_owned();
    assert!(text(&scan(&mut world, &old, "Начать")).contains("слово с тех пор сменили"));
    world.halls.get_mut(&ON).unwrap().seats.retain(|seat| seat.person != ME);
    let new = door(&world, ON);
    let turn = scan(&mut world, &new, "Я здесь");
    assert!(text(&turn).contains("Подойдите к тренеру"), "{}", text(&turn));
    assert!(!turn.ops.iter().any(|op| matches!(op, Op::PutSeat(_))));
    // What she asks beside the link is answered, and she is noted all the same.
    world.halls.insert(ON, super::super::tests::World::new(Role::Admin).halls[&ON].clone());
    let link = door(&world, ON);
    let turn = scan(&mut world, &link, "как закрепить запись");
    assert!(turn.says.len() > 1 && text(&turn).contains("отмечено"), "{}", text(&turn));
}

#[test]
fn a_trainer_gets_the_picture_for_the_screen_with_the_link_in_words() {
    let mut world = world(Role::Trainer);
    let room = press(&mut world, Action::ClassRoom { id: ON });
    let offered = |turn: &Turn| {
        let drawn = turn.says.iter().flat_map(|say| say.screen.draw(false).offers);
        drawn.into_iter().any(|offer| offer.payload == Action::ClassDoorSend { id: ON }.payload())
    };
    assert!(offered(&room));
    let turn = press(&mut world, Action::ClassDoorSend { id: ON });
    assert!(turn.says.iter().any(|say| say.file == Some(OutFile::Door(ON))));
    assert!(text(&turn).contains(&door(&world, ON)), "{}", text(&turn));
    assert_eq!(audited(&turn, "class-door"), Some("class 2"));
    // Without a word there is nothing to show.
    world.halls.get_mut(&ON).unwrap().class.code = None;
    assert!(!offered(&press(&mut world, Action::ClassRoom { id: ON })));
    let turn = press(&mut world, Action::ClassDoorSend { id: ON });
    assert!(turn.says.iter().all(|say| say.file.is_none()));
}
