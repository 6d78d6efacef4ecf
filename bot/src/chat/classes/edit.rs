//! How staff sets up a class, changes it, publishes it and cancels it.

use jiff::civil::DateTime;

use super::{GATHER, covers, may, paper, people, room, save, seat, theirs, when};
use crate::{
    chat::{Action, Choice, Known, Need, Screen, Talk, menu, router::Step, staff, told},
    content::{Course, Run},
    domain::{
        Class, ClassAsk, ClassId, ClassState, CodeWord, Days, Form, Hall, Level, Ms, News, Role, SEATS,
        SeatState, Sphere, text, when as days,
    },
    store::{Expect, Op},
};

/// Characters of a title, of what a class is for, of a place, of a municipality, of a code word, of a link.
const TITLE: std::ops::RangeInclusive<usize> = 5..=80;
const ABOUT: usize = 1_000;
const PLACE: usize = 200;
const TOWN: usize = 60;
const CODE: std::ops::RangeInclusive<usize> = 3..=40;
const LINK: usize = 300;
/// The shortest class and the longest, in minutes.
const MINUTES: std::ops::RangeInclusive<i64> = 10..=1_440;
/// Lengths and numbers of seats offered as buttons.
const LENGTHS: [i32; 4] = [60, 90, 120, 180];
const ROOMS: [i32; 4] = [20, 30, 50, 100];
/// Hours before it begins until which people enrol, offered as buttons.
const BEFORE: [i32; 3] = [0, 24, 72];
/// How long after the end the code word is still taken, in milliseconds.
const AFTER: i64 = 30 * Ms::MINUTE;
/// Courses a screen offers.
const COURSES: usize = 4;

/// Asks something about a class.
pub(in crate::chat) fn ask(talk: &mut Talk<'_>, id: ClassId, of: ClassAsk, next: bool) -> Step {
    match of {
        ClassAsk::Guess => return seat::ask_guess(talk, id),
        ClassAsk::Name => return paper::ask_name(talk, id),
        ClassAsk::Voice => return seat::one(talk, id),
        ClassAsk::Walk => return people::ask(talk, id),
        _ => {}
    }
    if id.0 == 0 {
        if may(talk) {
            talk.form(Some(Form::Class { id, of: ClassAsk::Title, next: true }));
            let screen = Screen::text(talk.t("class-ask-new"))
                .row([talk.choice("class-from-course", Action::ClassFrom { p: 0 })])
                .row([talk.choice("to-training", Action::Training { p: 0 }), menu::cancel_button(talk)]);
            talk.show(screen);
        }
        return Ok(());
    }
    let Some(hall) = theirs(talk, id)? else { return Ok(()) };
    question(talk, &hall.class, of, next);
    Ok(())
}

/// Asks it, with the values that are chosen most.
fn question(talk: &mut Talk<'_>, class: &Class, of: ClassAsk, next: bool) {
    let id = class.id;
    talk.form(Some(Form::Class { id, of, next }));
    let set = |v| Action::ClassSet { id, of, v, n: next };
    let (key, choices) = match of {
        ClassAsk::Title => ("class-ask-title", Vec::new()),
        ClassAsk::About => ("class-ask-about", Vec::new()),
        ClassAsk::When => ("class-ask-when", Vec::new()),
        ClassAsk::Minutes => {
            let lengths =
                LENGTHS.map(|v| Choice::new(talk.f("minutes-short", &[("n", i64::from(v).into())]), set(v)));
            ("class-ask-minutes", lengths.into())
        }
        ClassAsk::Place => ("class-ask-place", vec![talk.choice("class-link-later", set(0))]),
        ClassAsk::Seats => {
            let mut rooms: Vec<Choice> = ROOMS.iter().map(|v| Choice::new(v.to_string(), set(*v))).collect();
            rooms.push(talk.choice("class-seats-all", set(0)));
            ("class-ask-seats", rooms)
        }
        ClassAsk::EnrolBy => {
            let keys = ["class-by-start", "class-by-day", "class-by-three"];
            let hours = keys.into_iter().zip(BEFORE).map(|(key, v)| talk.choice(key, set(v)));
            ("class-ask-enrol", hours.collect())
        }
        ClassAsk::Spheres => {
            let toggles = Sphere::ALL.iter().enumerate().map(|(v, sphere)| {
                let name = talk.t(&format!("sphere-{}", sphere.slug()));
                let on = class.spheres.contains(sphere);
                Choice::new(if on { format!("✅ {name}") } else { name }, set(v as i32))
            });
            ("class-ask-spheres", toggles.collect())
        }
        ClassAsk::Town => ("class-ask-town", vec![talk.choice("class-town-all", set(0))]),
        ClassAsk::Level => {
            let keys = ["level-any", "level-start", "level-grow"];
            let levels = keys.into_iter().zip(0..).map(|(key, v)| talk.choice(key, set(v)));
            ("class-ask-level", levels.collect())
        }
        ClassAsk::Code => ("class-ask-code", Vec::new()),
        _ => ("class-ask-record", Vec::new()),
    };
    let back = match of.next() {
        Some(then) if next && of == ClassAsk::About => {
            talk.choice("skip", Action::ClassAsk { id, of: then, n: true })
        }
        _ if matches!(of, ClassAsk::Code | ClassAsk::Record) => talk.choice("back", Action::ClassRoom { id }),
        _ => talk.choice("back", Action::ClassEdit { id, more: false }),
    };
    talk.show(Screen::text(talk.t(key)).grid(2, choices).row([back, menu::home(talk)]));
}

/// The answer to a question about a class was typed.
pub(super) fn typed(talk: &mut Talk<'_>, id: ClassId, of: ClassAsk, next: bool, typed: &str) -> Step {
    if id.0 == 0 {
        if !may(talk) {
            return Ok(());
        }
        let Some(title) = title_of(typed) else {
            talk.say(Screen::text(talk.t("class-bad-title")).row([menu::cancel_button(talk)]));
            return Ok(());
        };
        return create(talk, title, None, None);
    }
    let Some(before) = theirs(talk, id)? else { return Ok(()) };
    match read(talk, &before, of, typed) {
        Ok(class) => put(talk, &before, class, of, next),
        Err(why) => {
            talk.say(Screen::text(why).row([menu::cancel_button(talk)]));
            Ok(())
        }
    }
}

fn title_of(typed: &str) -> Option<String> {
    let whole = TITLE.contains(&typed.trim().chars().count());
    text::line(typed, *TITLE.end()).filter(|t| whole && t.chars().any(char::is_alphabetic))
}

/// The class with what was typed in it, or why that cannot be.
fn read(talk: &Talk<'_>, before: &Hall, of: ClassAsk, typed: &str) -> Result<Class, String> {
    let mut class = before.class.clone();
    let typed = typed.trim();
    let number = typed.split_whitespace().next().and_then(|word| word.parse::<i64>().ok());
    match of {
        ClassAsk::Title => class.title = title_of(typed).ok_or_else(|| talk.t("class-bad-title"))?,
        ClassAsk::About => {
            let (length, most) = (typed.chars().count(), ABOUT);
            if length > most {
                return Err(talk.f("class-bad-about", &[("length", length.into()), ("most", most.into())]));
            }
            typed.clone_into(&mut class.about);
        }
        ClassAsk::When => set_start(&mut class, moment(talk, &before.class, typed)?),
        ClassAsk::Minutes => {
            let minutes = number.filter(|n| MINUTES.contains(n)).and_then(|n| u16::try_from(n).ok());
            class.minutes = minutes.ok_or_else(|| talk.t("class-bad-minutes"))?;
        }
        ClassAsk::Place => {
            let (place, link) = place_of(typed).ok_or_else(|| talk.t("class-bad-place"))?;
            (class.place, class.link) = (place, link);
        }
        ClassAsk::Seats => set_seats(talk, before, &mut class, number.unwrap_or(-1))?,
        ClassAsk::EnrolBy => {
            let by = moment(talk, &before.class, typed)?;
            if class.starts.0 > 0 && by > class.starts {
                return Err(talk.t("class-bad-enrol"));
            }
            class.enrol_by = Some(by);
        }
        ClassAsk::Town => {
            let town = text::line(typed, TOWN).filter(|t| t.chars().any(char::is_alphabetic));
            class.municipality = Some(town.ok_or_else(|| talk.t("municipality-unclear"))?);
        }
        ClassAsk::Code => {
            let word = text::line(typed, *CODE.end() + 1).filter(|w| {
                CODE.contains(&w.chars().count()) && text::folded(w).chars().count() >= *CODE.start()
            });
            let word = word.ok_or_else(|| talk.t("class-bad-code"))?;
            let (opens, closes) = match &class.code {
                Some(code) => (code.opens, code.closes),
                None => (class.starts, class.ends().plus(AFTER)),
            };
            class.code = Some(CodeWord { word, opens, closes });
        }
        ClassAsk::Record => class.record = Some(link_of(typed).ok_or_else(|| talk.t("class-bad-link"))?),
        ClassAsk::Spheres | ClassAsk::Level => return Err(talk.t("class-choose")),
        ClassAsk::Guess | ClassAsk::Name | ClassAsk::Voice | ClassAsk::Walk => {}
    }
    Ok(class)
}

/// A moment to come by the clock of the class.
fn moment(talk: &Talk<'_>, class: &Class, typed: &str) -> Result<Ms, String> {
    let local = class.zone.local(talk.now());
    let said = days::read(typed, local);
    let (day, time) = match said.as_ref().map(|wish| (wish.days, wish.times.first())) {
        Some((Some(Days::Date(day)), Some(time))) => (day, *time),
        _ => return Err(talk.t("class-bad-when")),
    };
    let at = class.zone.moment(day.at(time.hour as i8, time.minute as i8, 0, 0));
    if at > talk.now() { Ok(at) } else { Err(talk.t("class-when-past")) }
}

/// Moves a class; what hangs on its time moves with it.
fn set_start(class: &mut Class, starts: Ms) {
    let by = starts.0 - class.starts.0;
    let set = class.starts.0 > 0;
    class.starts = starts;
    if let Some(code) = class.code.as_mut().filter(|_| set) {
        (code.opens, code.closes) = (code.opens.plus(by), code.closes.plus(by));
    }
    if let Some(enrol) = class.enrol_by.filter(|_| set) {
        class.enrol_by = Some(enrol.plus(by));
    }
}

fn set_seats(talk: &Talk<'_>, hall: &Hall, class: &mut Class, seats: i64) -> Result<(), String> {
    let seats = u16::try_from(seats).ok().filter(|n| *n <= SEATS);
    let seats = seats.ok_or_else(|| talk.f("class-bad-seats", &[("most", i64::from(SEATS).into())]))?;
    let enrolled = hall.count(SeatState::Enrolled);
    if seats > 0 && usize::from(seats) < enrolled {
        return Err(talk.f("class-few-seats", &[("enrolled", enrolled.into())]));
    }
    class.seats = (seats > 0).then_some(seats);
    Ok(())
}

/// A link that can be opened; `https://` may be left out.
fn link_of(word: &str) -> Option<String> {
    let word = word.trim_end_matches([',', ';', '.']);
    let full = if word.contains("://") { word.to_owned() } else { format!("https://{word}") };
    let rest = full.strip_prefix("https://").or_else(|| full.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let dot = host.split_once('.').is_some_and(|(a, b)| !a.is_empty() && b.chars().count() >= 2);
    let sane = full.chars().count() <= LINK && !full.chars().any(|c| c.is_whitespace() || c.is_control());
    let plain = host.chars().all(|c| c.is_alphanumeric() || "-.:".contains(c));
    (dot && sane && plain).then_some(full)
}

/// A place, a link, or both, as they were typed together.
fn place_of(typed: &str) -> Option<(Option<String>, Option<String>)> {
    let is_link = |word: &&str| word.contains("://") || word.starts_with("vk.") || word.starts_with("www.");
    let link = match typed.split_whitespace().find(is_link) {
        Some(word) => Some(link_of(word)?),
        None => None,
    };
    let rest: Vec<&str> = typed.split_whitespace().filter(|word| !is_link(word)).collect();
    let place = text::line(&rest.join(" "), PLACE);
    let place = place.map(|p| p.trim_end_matches([',', ';', ':', '—', ' ']).to_owned());
    let place = place.filter(|p| p.chars().filter(|c| c.is_alphanumeric()).count() >= 3);
    (place.is_some() || link.is_some()).then_some((place, link))
}

/// The answer to a question was chosen from a few.
pub(in crate::chat) fn set(talk: &mut Talk<'_>, id: ClassId, of: ClassAsk, v: i32, next: bool) -> Step {
    let Some(before) = theirs(talk, id)? else { return Ok(()) };
    let mut class = before.class.clone();
    let v = i64::from(v);
    let done = match of {
        ClassAsk::Minutes if MINUTES.contains(&v) => {
            class.minutes = v as u16;
            Ok(())
        }
        ClassAsk::Place => {
            (class.place, class.link) = (None, None);
            Ok(())
        }
        ClassAsk::Seats => set_seats(talk, &before, &mut class, v),
        ClassAsk::EnrolBy if v == 0 => {
            class.enrol_by = None;
            Ok(())
        }
        ClassAsk::EnrolBy if (1..=720).contains(&v) => {
            class.enrol_by = Some(class.starts.plus(-v * Ms::HOUR));
            Ok(())
        }
        ClassAsk::Spheres => match usize::try_from(v).ok().and_then(|v| Sphere::ALL.get(v)) {
            Some(sphere) => {
                let had = class.spheres.len();
                class.spheres.retain(|s| s != sphere);
                if class.spheres.len() == had {
                    class.spheres.push(*sphere);
                }
                Ok(())
            }
            None => Err(talk.t("stale-button")),
        },
        ClassAsk::Town => {
            class.municipality = None;
            Ok(())
        }
        ClassAsk::Level => {
            class.level = match v {
                1 => Some(Level::Start),
                2 => Some(Level::Grow),
                _ => None,
            };
            Ok(())
        }
        _ => Err(talk.t("stale-button")),
    };
    match done {
        Ok(()) => put(talk, &before, class, of, next),
        Err(why) => {
            talk.toast(crate::chat::short(&why, 90));
            question(talk, &before.class, of, next);
            Ok(())
        }
    }
}

/// What a field says, for the log.
fn value(class: &Class, of: ClassAsk) -> String {
    let told = match of {
        ClassAsk::Title => class.title.clone(),
        ClassAsk::About => class.about.clone(),
        ClassAsk::When => class.zone.local(class.starts).to_string(),
        ClassAsk::Minutes => class.minutes.to_string(),
        ClassAsk::Place => format!("{:?} {:?}", class.place, class.link),
        ClassAsk::Seats => format!("{:?}", class.seats),
        ClassAsk::EnrolBy => format!("{:?}", class.enrol_by.map(|by| class.zone.local(by).to_string())),
        ClassAsk::Spheres => format!("{:?}", class.spheres),
        ClassAsk::Town => format!("{:?}", class.municipality),
        ClassAsk::Level => format!("{:?}", class.level),
        ClassAsk::Record => format!("{:?}", class.record),
        // What the word is, is nobody's but the class's.
        _ => String::new(),
    };
    crate::chat::short(&told, 80)
}

/// Writes down what became of a class; what its code word is, is nobody's but the class's.
pub(super) fn log(
    talk: &mut Talk<'_>,
    what: &str,
    detail: String,
    before: Option<&Class>,
    after: Option<&Class>,
) {
    let told = |class: &Class| {
        let code = class.code.as_ref().map(|code| CodeWord { word: "…".to_owned(), ..code.clone() });
        Class { code, ..class.clone() }
    };
    let (before, after) = (before.map(told), after.map(told));
    talk.audit_of(what, detail, before.as_ref(), after.as_ref());
}

/// Writes a class with one thing changed; whoever is enrolled or waits will be told if it matters to her.
fn put(talk: &mut Talk<'_>, before: &Hall, class: Class, of: ClassAsk, next: bool) -> Step {
    if !covers(talk, &class) {
        // What she may not see to afterwards she may not make of it.
        let text = talk.t("class-not-yours");
        talk.say(Screen::text(text).row([menu::cancel_button(talk)]));
        return Ok(());
    }
    talk.form(None);
    let now = talk.now();
    let mut after = Hall { class, seats: before.seats.clone() };
    let changed = after.class != before.class;
    let open = before.class.state == ClassState::Open;
    let news = match of {
        ClassAsk::Title | ClassAsk::About => News::ABOUT,
        ClassAsk::When | ClassAsk::Minutes => News::WHEN,
        ClassAsk::Place => News::PLACE,
        _ => News::default(),
    };
    if changed {
        let (was, is) = (value(&before.class, of), value(&after.class, of));
        talk.audit_change("class-changed", format!("class {} {of:?}", after.class.id.0), Some(was), Some(is));
    }
    if changed && open {
        after.class.edits = after.class.edits.saturating_add(1);
        if !news.is_empty() && now < before.class.ends().max(after.class.ends()) {
            after.tell(news);
        }
        after.fill(now);
    }
    if changed {
        save(talk, before, after.clone(), now.plus(GATHER));
    }
    if next && let Some(then) = of.next() {
        question(talk, &after.class, then, true);
        return Ok(());
    }
    let told = changed && open && !news.is_empty() && after.seats.iter().any(|s| s.state != SeatState::Left);
    let first = told.then(|| talk.t("class-will-tell"));
    match of {
        ClassAsk::Spheres => question(talk, &after.class, of, false),
        ClassAsk::Code => return room::show(talk, &after, Some(talk.t("class-code-set"))),
        ClassAsk::Record => room::ask_record(talk, &after),
        _ => card(talk, &after.class, of_second_half(of), first),
    }
    Ok(())
}

fn of_second_half(of: ClassAsk) -> bool {
    matches!(of, ClassAsk::EnrolBy | ClassAsk::Town | ClassAsk::Level | ClassAsk::Spheres)
}

/// What can be changed of a class.
pub(in crate::chat) fn edit(talk: &mut Talk<'_>, id: ClassId, more: bool) -> Step {
    let Some(hall) = theirs(talk, id)? else { return Ok(()) };
    card(talk, &hall.class, more, None);
    Ok(())
}

fn card(talk: &mut Talk<'_>, class: &Class, more: bool, first: Option<String>) {
    let id = class.id;
    let mut lines: Vec<String> = first.into_iter().map(|first| format!("{first}\n")).collect();
    if class.state == ClassState::Draft {
        lines.push(talk.t("class-draft"));
    }
    lines.push(format!("«{}»", class.title));
    if class.starts.0 == 0 {
        lines.push(talk.t("class-no-time"));
    }
    lines.extend(seat::facts(talk, class));
    lines.extend(class.link.clone());
    lines.push(match class.seats {
        Some(seats) => talk.f("class-seats", &[("seats", i64::from(seats).into())]),
        None => talk.t("class-seats-enough"),
    });
    if let Some(by) = class.enrol_by {
        lines.push(talk.f("class-enrol-by", &[("when", told::moment(talk, by).into())]));
    }
    if !class.about.is_empty() {
        lines.push(format!("\n{}", class.about));
    }
    let field = |key: &str, of| talk.choice(key, Action::ClassAsk { id, of, n: false });
    let fields = if more {
        vec![
            field("field-enrol", ClassAsk::EnrolBy),
            field("field-spheres", ClassAsk::Spheres),
            field("field-town", ClassAsk::Town),
            field("field-level", ClassAsk::Level),
        ]
    } else {
        vec![
            field("field-title", ClassAsk::Title),
            field("field-about", ClassAsk::About),
            field("field-when", ClassAsk::When),
            field("field-minutes", ClassAsk::Minutes),
            field("field-place", ClassAsk::Place),
            field("field-seats", ClassAsk::Seats),
        ]
    };
    let mut row = vec![
        talk.choice(if more { "field-less" } else { "field-more" }, Action::ClassEdit { id, more: !more }),
    ];
    if class.state == ClassState::Draft {
        row.push(talk.choice("class-publish", Action::ClassOpen { id }).good());
    }
    let back = talk.choice("class-room", Action::ClassRoom { id });
    talk.show(Screen::text(lines.join("\n")).grid(2, fields).row(row).row([back, menu::home(talk)]));
}

/// The courses a class can be a run of; those with a date of their own say it.
pub(in crate::chat) fn from(talk: &mut Talk<'_>, page: usize) {
    if !may(talk) {
        return;
    }
    let mut offers: Vec<Choice> = Vec::new();
    let mut courses: Vec<&Course> = talk.content().courses().iter().collect();
    courses.sort_by_key(|course| course.order);
    let zone = &talk.scene().region.zone;
    for course in &courses {
        for (r, run) in course.runs.iter().enumerate().filter(|(_, run)| zone.moment(run.starts) > talk.now())
        {
            let when = told::moment(talk, zone.moment(run.starts));
            let label = format!("{when}: {}", course.title);
            offers.push(Choice::new(label, Action::ClassOf { c: course.id.clone(), r: Some(r) }).main());
        }
    }
    offers
        .extend(courses.iter().map(|c| Choice::new(c.label(), Action::ClassOf { c: c.id.clone(), r: None })));
    let pages = offers.len().div_ceil(COURSES).max(1);
    let page = page.min(pages - 1);
    let shown = offers.into_iter().skip(page * COURSES).take(COURSES);
    let mut row = menu::pager(talk, page, pages, |p| Action::ClassFrom { p });
    row.extend([talk.choice("to-training", Action::Training { p: 0 }), menu::home(talk)]);
    talk.show(Screen::text(talk.t("class-from-title")).grid(1, shown).row(row));
}

/// Makes the draft of a class of a course, at a time that the course names or at one still to be told.
pub(in crate::chat) fn of_course(talk: &mut Talk<'_>, course: &str, run: Option<usize>) -> Step {
    if !may(talk) {
        return Ok(());
    }
    let Some(course) = talk.content().course(course) else {
        from(talk, 0);
        return Ok(());
    };
    let run = run.and_then(|r| course.runs.get(r));
    create(talk, course.title.clone(), Some(course), run)
}

/// Makes the draft of a class and asks what is still to be told.
fn create(talk: &mut Talk<'_>, title: String, course: Option<&Course>, run: Option<&Run>) -> Step {
    let Known::Classes(all) = talk.known(Need::Classes)? else { return Ok(()) };
    let id = ClassId(all.iter().map(|(class, _)| class.id.0).max().unwrap_or(0) + 1);
    let zone = talk.scene().region.zone.clone();
    let mut class = Class::new(id, talk.person.id, talk.now(), zone, title);
    if let Some(course) = course {
        class.about.clone_from(&course.about);
        class.spheres.clone_from(&course.spheres);
        class.level = Some(course.level);
        class.course = Some(course.id.clone());
        class.minutes = course.minutes.and_then(|m| u16::try_from(m).ok()).unwrap_or(class.minutes);
    }
    if let Some(run) = run {
        let at = |time: DateTime| class.zone.moment(time);
        let (starts, enrol_by) = (at(run.starts), run.enrol_by.map(at));
        (class.starts, class.enrol_by) = (starts, enrol_by);
        class.minutes = run.minutes.unwrap_or(class.minutes);
        class.place.clone_from(&run.place);
        class.link.clone_from(&run.link);
        class.municipality.clone_from(&run.municipality);
        class.seats = run.seats;
    }
    if !covers(talk, &class)
        && let Some(scope) = talk.scene().rights.places(Role::Trainer).first()
    {
        // A trainer of a part of the region sets up classes for that part.
        class.municipality = scope.municipality.clone().or(class.municipality);
        class.spheres = scope.sphere.map_or(class.spheres, |sphere| vec![sphere]);
    }
    if !staff::may(talk, covers(talk, &class)) {
        return Ok(());
    }
    talk.expect(Expect::ClassRev(id, 0));
    talk.op(Op::PutClass(Box::new(class.clone())));
    let detail = format!("class {} {}", id.0, crate::chat::short(&class.title, 80));
    log(talk, "class-new", detail, None, Some(&class));
    talk.form(None);
    match (course, run) {
        (None, _) => question(talk, &class, ClassAsk::About, true),
        (Some(_), None) => question(talk, &class, ClassAsk::When, true),
        (Some(_), Some(_)) => card(talk, &class, false, None),
    }
    Ok(())
}

/// Publishes a class: from now on people see it and enrol.
pub(in crate::chat) fn publish(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(before) = theirs(talk, id)? else { return Ok(()) };
    if before.class.state != ClassState::Draft {
        return room::show(talk, &before, None);
    }
    if before.class.starts <= talk.now() {
        let key = if before.class.starts.0 == 0 { "class-no-time" } else { "class-when-past" };
        talk.toast(talk.t(key));
        question(talk, &before.class, ClassAsk::When, false);
        return Ok(());
    }
    let mut after = before.clone();
    after.class.state = ClassState::Open;
    let detail = format!("class {} at {}", id.0, value(&after.class, ClassAsk::When));
    log(talk, "class-published", detail, Some(&before.class), Some(&after.class));
    let now = talk.now();
    save(talk, &before, after.clone(), now);
    talk.toast(talk.t("class-published-toast"));
    room::show(talk, &after, Some(talk.t("class-published")))
}

/// Asks whether a class is to be cancelled, or a draft thrown away.
pub(in crate::chat) fn stop(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = theirs(talk, id)? else { return Ok(()) };
    let people = hall.seats.iter().filter(|seat| seat.state != SeatState::Left).count();
    let args = [("title", hall.class.title.clone().into()), ("count", people.into())];
    let key = if hall.class.state == ClassState::Draft { "class-drop-ask" } else { "class-stop-ask" };
    let screen = Screen::text(talk.f(key, &args)).row([
        talk.choice("class-stop-yes", Action::ClassStopYes { id }),
        talk.choice("class-stop-no", Action::ClassRoom { id }).main(),
    ]);
    talk.show(screen.row([menu::home(talk)]));
    Ok(())
}

/// Cancels a class; everybody who is enrolled or waits is told.
pub(in crate::chat) fn stop_yes(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(before) = theirs(talk, id)? else { return Ok(()) };
    let now = talk.now();
    match before.class.state {
        ClassState::Draft => {
            talk.expect(Expect::ClassRev(id, before.class.rev));
            talk.op(Op::DropClass(id));
            log(talk, "class-dropped", format!("class {}", id.0), Some(&before.class), None);
            let text = talk.t("class-dropped");
            let back = talk.choice("to-training", Action::Training { p: 0 });
            talk.show(Screen::text(text).row([back, menu::home(talk)]));
            Ok(())
        }
        ClassState::Open if now < before.class.ends() => {
            let mut after = before.clone();
            after.class.state = ClassState::Cancelled;
            after.class.edits = after.class.edits.saturating_add(1);
            after.tell(News::CANCELLED);
            let people = after.seats.iter().filter(|seat| seat.state != SeatState::Left).count();
            let detail = format!("class {} {} people told", id.0, people);
            log(talk, "class-cancelled", detail, Some(&before.class), Some(&after.class));
            save(talk, &before, after.clone(), now);
            talk.toast(talk.t("class-stopped-toast"));
            let text = talk.f("class-stopped", &[("count", people.into())]);
            room::show(talk, &after, Some(text))
        }
        _ => room::show(talk, &before, None),
    }
}

/// Says when a class is, for lists of staff.
pub(super) fn short_when(talk: &Talk<'_>, class: &Class) -> String {
    if class.starts.0 == 0 { talk.t("class-no-time") } else { when(talk, class) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_and_a_link_are_told_apart_however_they_are_typed_together() {
        let both = |place: &str, link: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Some((some(place), some(link)))
        };
        for (typed, expected) in [
            ("ЦУР, ул. Мира, 3, зал 2", both("ЦУР, ул. Мира, 3, зал 2", "")),
            ("https://vk.ru/call/join/x", both("", "https://vk.ru/call/join/x")),
            ("vk.ru/call", both("", "https://vk.ru/call")),
            ("Зал 2; эфир: https://vk.ru/video1", both("Зал 2; эфир", "https://vk.ru/video1")),
            ("", None),
            ("—", None),
            ("https://", None),
            ("https://x y.ru", None),
            ("зал https://@vk.ru/", None),
        ] {
            assert_eq!(place_of(typed), expected, "{typed}");
        }
        assert_eq!(link_of("javascript://vk.ru/%0aalert"), None);
        assert_eq!(link_of(&format!("https://vk.ru/{}", "x".repeat(300))), None);
    }
}
