//! Values that tests are made of.

use std::sync::Arc;

use vkapi::types::{Cmid, GroupId, PeerId, UserId};

use crate::{
    domain::{
        Arrived, Asked, AskedKey, Asking, Away, Came, Campaign, CampaignId, CampaignState, Certificate,
        Class, ClassId, ClassState, CodeWord, Consent, Context, Day, Deputy, Fate, Form, Grant, Handoff, Hm,
        How, LessonMark, Level, Link, Lost, Ms, News, Offer, Opinion, PageRef, Person, PostRef, Progress,
        Reads, Reminder, ReminderKey, Role, Round, Rule, Scope, Seat, SeatState, Sphere, Streak,
        Subscriptions, Tick, Weekdays, What, Zone,
        attention::{Body, Held, Kind, Ledger, Quiet},
        comments::{Comments, Question},
        letter::{Amends, Letter, LetterButton, Rest, Stage, When},
        page::{
            Admin, Advised, Answer, Aspect, Best, Defect, Example, Found, Hours, Lack, Month, Nudged, Page,
            PostKind, Proof, Shown, Sight, State, Sum, TileKind, Unscored, Watch, Week, Word, Zone as Light,
        },
        rhythm::Badge,
        roster::{Institution, RosterKey},
        segment::{Atom, Saved, Segment, Size},
    },
    store::{AuditEntry, Commit, Expect, Op, OutLane, OutMessage, Place, StepKey},
};

pub(crate) fn commit(expect: impl IntoIterator<Item = Expect>, ops: impl IntoIterator<Item = Op>) -> Commit {
    Commit { expect: expect.into_iter().collect(), ops: ops.into_iter().collect() }
}

/// A person with every field filled.
pub(crate) fn full_person(id: i64) -> Person {
    Person {
        id: UserId(id),
        rev: 3,
        since: Ms(1_700_000_000_000),
        seen: Ms(1_700_000_100_000),
        consent: Some(Consent { version: 2, at: Ms(1_700_000_000_500) }),
        onboarded: Some(Ms(1_700_000_060_000)),
        sphere: Some(Sphere::Kindergarten),
        municipality: Some("Моршанск".to_owned()),
        pages: vec![PageRef {
            id: GroupId(77),
            screen_name: "ds5".to_owned(),
            name: "Детсад № 5".to_owned(),
        }],
        zone: Zone::try_from("Europe/Moscow".to_owned()).ok(),
        quiet: Some(Quiet { from: Hm { hour: 21, minute: 30 }, to: Hm { hour: 9, minute: 0 } }),
        away: Some(Away {
            back: jiff::civil::date(2026, 12, 14),
            deputy: Some(Deputy { name: "Ольга".to_owned(), id: Some(UserId(9)) }),
            from: Some(jiff::civil::date(2026, 12, 1)),
        }),
        subscriptions: Subscriptions { reminders: true, announcements: false, tips: true },
        writable: true,
        plain: false,
        form: Some(Form::Hour { days: Weekdays::of(&[0, 2]) }),
        offers: vec![Offer { number: 1, label: "Да".to_owned(), payload: "{}".to_owned() }],
        next_reminder: 4,
        came: vec![arrived(What::Post)],
        link: Some(Link { name: "guide_cover".to_owned(), waits: true }),
        asking: Some(Asking { n: 3, mark: 9, text: "а".to_owned(), id: 8 }),
        warned: Some(Ms(1_700_000_200_000)),
        invited: Some("i-p2".to_owned()),
    }
}

pub(crate) fn person(id: i64) -> Person {
    Person::new(UserId(id), Ms(1))
}

pub(crate) fn put(person: &Person) -> Op {
    Op::PutPerson(Box::new(person.clone()))
}

pub(crate) fn step(person: i64, checklist: &str, step: &str) -> StepKey {
    StepKey { person: UserId(person), checklist: checklist.to_owned(), step: step.to_owned() }
}

pub(crate) fn tick(at: i64) -> Tick {
    Tick { at: Ms(at), post: None, seen: false }
}

/// Progress with every field filled.
pub(crate) fn progress() -> Progress {
    let post = PostRef { group: GroupId(77), post: 5 };
    let round = Round { list: "weekly".to_owned(), from: Day(20_780), done: 3, of: 8, posts: vec![post] };
    let lesson = LessonMark {
        lesson: "first-post".to_owned(),
        card: 2,
        answers: vec![("why".to_owned(), true)],
        best: Some(3),
        tries: 1,
        passed: Some(Ms(7)),
    };
    let lost = Some(Lost { run: 3, on: Day(20_781) });
    let streak = Streak { week: Day(20_780), run: 2, best: 4, forgiven: Some(Day(20_773)), lost };
    Progress { rounds: vec![round], lessons: vec![lesson], streak }
}

pub(crate) fn reminder(person: i64, n: u16, due: i64) -> Reminder {
    let rule = Rule::weekly(Weekdays::of(&[0, 4]), Hm { hour: 10, minute: 30 });
    Reminder {
        key: ReminderKey { person: UserId(person), n },
        due: Ms(due),
        rule: Some(rule),
        what: What::Post,
    }
}

pub(crate) fn message(to: i64, text: &str) -> OutMessage {
    OutMessage {
        to: PeerId(to),
        lane: OutLane::Reply,
        random_id: -7,
        text: text.to_owned(),
        keyboard: Some("{}".to_owned()),
        edit: Some(Cmid(12)),
        file: None,
        at: Ms(5),
        attempts: 0,
        not_before: Ms(0),
    }
}

pub(crate) fn campaign(id: u64, state: CampaignState) -> Campaign {
    Campaign {
        id: CampaignId(id),
        author: UserId(1),
        at: Ms(9),
        text: "Совещание в среду".to_owned(),
        state,
        starts: Ms(10),
        local: false,
        reads: Reads::default(),
    }
}

pub(crate) fn asked(person: i64, n: u16, id: u64, at: i64) -> Asked {
    Asked {
        key: AskedKey { person: UserId(person), n },
        id,
        at: Ms(at),
        text: "как прибить пост".to_owned(),
        how: How::Unsure,
        guide: None,
        waits: true,
        fate: Fate::Open,
    }
}

pub(crate) fn audit(at: i64, what: &str) -> AuditEntry {
    AuditEntry {
        at: Ms(at),
        who: UserId(1),
        what: what.to_owned(),
        detail: "12".to_owned(),
        before: None,
        after: Some("да".to_owned()),
    }
}

pub(crate) fn held(text: &str) -> Held {
    Held { kind: Kind::Nudge, at: Ms(5), body: Body::Text(text.to_owned()) }
}

pub(crate) fn ledger() -> Ledger {
    let campaign = Held { kind: Kind::Announcement, at: Ms(6), body: Body::Campaign(CampaignId(3)) };
    let body = Body::Cover {
        whose: UserId(8),
        name: "Анна".to_owned(),
        page: "Школа".to_owned(),
        back: jiff::civil::date(2026, 12, 14),
    };
    let cover = Held { kind: Kind::Nudge, at: Ms(7), body };
    Ledger { rev: 2, sent: vec![Ms(1), Ms(300)], held: vec![held("да"), campaign, cover] }
}

/// A page with every field filled.
pub(crate) fn page(id: i64, admins: &[i64]) -> Page {
    let named = PageRef { id: GroupId(id), screen_name: format!("ds{id}"), name: "Детсад".to_owned() };
    let admin = |person: &i64| Admin { proof: Proof::Code(Ms(9)), ..Admin::new(UserId(*person), Ms(4)) };
    let word = Word { what: Aspect::Badge, yes: true, by: UserId(1), confirmed: true, at: Ms(6) };
    Page {
        sphere: Some(Sphere::Kindergarten),
        municipality: Some("Моршанск".to_owned()),
        admins: admins.iter().map(admin).collect(),
        said: vec![word],
        ..Page::new(named, Ms(3))
    }
}

/// A sight with every field filled.
pub(crate) fn sight(id: i64, next: i64) -> Sight {
    let found = |what, there, shown| Found { what, there, shown };
    Sight {
        read: Some(Ms(7)),
        state: State::Open,
        renamed: Some((Ms(5), "Сад".to_owned())),
        fails: 1,
        members: Some(420),
        last_post: Some(Ms(2)),
        alarmed: Some(Ms(1)),
        score: Some(75),
        zone: Some(Light::Yellow),
        found: vec![
            found(Aspect::Cover, false, Shown::Page),
            found(Aspect::Posts, true, Shown::Count(3)),
            found(Aspect::Visual, true, Shown::Post(77)),
        ],
        unscored: Some(Unscored::Young { days: 3, least: 14 }),
        parts: vec![(Aspect::Cover, 5)],
        posts: vec![77],
        views: Some((400, 420)),
        defects: vec![(TileKind::Opinion, Defect::Ogrn)],
        comments: Some(true),
        hours: Some(Hours { from: 18, posts: 21 }),
        earned: vec![(Badge::Month, Day(20_780))],
        best_run: 4,
        month: Some(Month {
            posts: 12,
            members: Some((400, 420)),
            views: 300,
            likes: 20,
            comments: 3,
            reposts: 1,
        }),
        ..Sight::new(GroupId(id), Ms(next))
    }
}

/// A week with every field filled.
pub(crate) fn week(from: i32) -> Week {
    let sum = |sum| Sum { sum, median: Some(sum / 2) };
    let best =
        Best { post: 77, at: Ms(2), words: "Утренник".to_owned(), views: Some(90), reactions: 12 };
    Week {
        from: Day(from),
        at: Ms(7),
        posts: 4,
        own: 3,
        asked: 3,
        kinds: vec![(PostKind::Repost, 1), (PostKind::Photo, 3)],
        views: sum(200),
        likes: sum(40),
        comments: sum(6),
        reposts: Sum::default(),
        members: Some(420),
        score: Some(75),
        zone: Some(Light::Yellow),
        silent_days: Some(1),
        best: Some(best),
        lacks: vec![Lack { what: Aspect::Cover, points: 10, minutes: 15 }],
    }
}

pub(crate) fn nudged() -> Nudged {
    let (page, week) = (GroupId(77), Day(20_780));
    let advised = Advised { advice: "cover".to_owned(), page, week, answer: Some(Answer::Later) };
    Nudged { week: Some(week), turns: 3, advised: vec![advised], declined: vec![("cover".to_owned(), 2)] }
}

pub(crate) fn opinion(score: u8) -> Opinion {
    Opinion { at: Ms(1_700_000_000_000), score, word: Some("меньше слов".to_owned()) }
}

/// A conversation with every field filled, taken by `by`.
pub(crate) fn handoff(id: u64, who: i64, by: Option<i64>) -> Handoff {
    let page = PageRef { id: GroupId(77), screen_name: "ds5".to_owned(), name: "Детсад".to_owned() };
    let context = Context {
        page: Some(page),
        sphere: Some(Sphere::Kindergarten),
        municipality: Some("Моршанск".to_owned()),
        asked: 9,
        how: Some(How::Unsure),
        guide: Some("cover".to_owned()),
        before: vec!["где".to_owned()],
    };
    let mut talk = Handoff::new(id, UserId(who), Ms(1_000), context, None, "Как?");
    talk.say(Ms(2_000), true, "Так.");
    Handoff {
        told: by.map(UserId).into_iter().collect(),
        by: by.map(UserId),
        due: Some(Ms(3_000)),
        escalated: Some(Ms(4_000)),
        silent: Some(Ms(5_000)),
        ..talk
    }
}

/// The same, ended.
pub(crate) fn closed(id: u64, who: i64) -> Handoff {
    Handoff { closed: Some(Ms(6_000)), ..handoff(id, who, None) }
}

/// What curators keep of a page, with every field filled.
pub(crate) fn watch(id: i64, by: i64) -> Watch {
    Watch {
        id: GroupId(id),
        rev: 0,
        warned: Some(Day(20_780)),
        told: Some(Day(20_787)),
        example: Some(Example { by: UserId(by), at: Ms(7) }),
    }
}

/// What is known of a page's comments.
pub(crate) fn comments(id: i64) -> Comments {
    let question = Question { post: 9, comment: 12, at: Ms(7_000) };
    Comments { id: GroupId(id), read: vec![(9, 3), (8, 1)], open: vec![question], told: vec![(9, 12)] }
}

/// A person on vacation, whose page this colleague looks after.
pub(crate) fn away(id: i64, deputy: i64) -> Person {
    let deputy = Deputy { name: "Ольга".to_owned(), id: Some(UserId(deputy)) };
    let back = jiff::civil::date(2026, 12, 14);
    Person { away: Some(Away { back, deputy: Some(deputy), from: None }), ..person(id) }
}

/// A message that reminded somebody of this.
pub(crate) fn arrived(what: What) -> Arrived {
    Arrived { at: Ms(300), what: vec![what] }
}

/// A reminder of a post on a colleague's page.
pub(crate) fn cover(person: i64, n: u16, whose: i64) -> Reminder {
    let back = jiff::civil::date(2026, 12, 14);
    let what = What::Cover { whose: UserId(whose), page: "Школа".to_owned(), sphere: None, back };
    Reminder { what, ..reminder(person, n, 100) }
}

/// A colleague's request to look after her page.
pub(crate) fn request(whose: i64) -> Held {
    let (name, page) = ("Анна".to_owned(), "Школа".to_owned());
    let back = jiff::civil::date(2026, 12, 14);
    Held { kind: Kind::Nudge, at: Ms(7), body: Body::Cover { whose: UserId(whose), name, page, back } }
}

/// The button under such a request.
pub(crate) fn answer(whose: i64) -> Offer {
    let payload = format!(r#"{{"a":"cover","whose":{whose},"yes":true}}"#);
    Offer { number: 1, label: "Да".to_owned(), payload }
}

/// An institution with every field filled: those of odd numbers are known by ОГРН, those of even ones by a page's number,
/// the fourth by a page's name.
pub(crate) fn institution(n: u64, who: Option<i64>) -> Institution {
    let key = match n {
        4 => RosterKey::Name("ds4".to_owned()),
        n if n % 2 == 1 => RosterKey::Ogrn(n),
        n => RosterKey::Page(GroupId(n.cast_signed())),
    };
    Institution {
        key,
        name: "Детсад".to_owned(),
        founder: Some("РОО".to_owned()),
        ogrn: Some(1_027_700_132_195),
        sphere: Some(Sphere::Kindergarten),
        municipality: Some("Моршанск".to_owned()),
        screen_name: Some("ds".to_owned()),
        responsible: Some("Анна".to_owned()),
        vk: who.map(UserId),
    }
}

/// A role with every field filled.
pub(crate) fn grant(who: i64, id: u64) -> Grant {
    Grant {
        id,
        who: UserId(who),
        role: Role::Curator,
        scope: Scope {
            municipality: Some("Моршанск".to_owned()),
            sphere: Some(Sphere::Kindergarten),
            page: Some(GroupId(77)),
        },
        by: Some(UserId(1)),
        at: Ms(5),
        note: "Анна".to_owned(),
    }
}

/// Somebody's try without the right.
pub(crate) fn refusal(who: i64, at: i64) -> AuditEntry {
    AuditEntry { who: UserId(who), ..audit(at, "refused") }
}

pub(crate) fn segment() -> Segment {
    let atoms = vec![Atom::Place("Моршанск".to_owned()), Atom::Size(Size::Small), Atom::Silent(7)];
    Segment { atoms }
}

pub(crate) fn saved(id: u64) -> Saved {
    Saved { id, name: "Молчат".to_owned(), by: UserId(1), at: Ms(9), segment: segment() }
}

/// An announcement with every field filled.
pub(crate) fn letter(id: u64, author: i64, stage: Stage) -> Letter {
    let link = LetterButton::Link { label: "Сайт".to_owned(), url: "https://vk.ru".to_owned() };
    let open = LetterButton::Open { label: "Урок".to_owned(), name: "lesson_first".to_owned() };
    Letter {
        rev: 3,
        files: vec!["photo1_2_k".to_owned()],
        buttons: vec![link, open, LetterButton::Ack],
        to: segment(),
        rest: Some((CampaignId(2), Rest::Unacked)),
        when: When::At { local: jiff::civil::datetime(2026, 12, 14, 10, 30, 0, 0), own: true },
        spread: 30,
        stage,
        watch: Some((UserId(author), Cmid(12), Ms(5))),
        ..Letter::draft(CampaignId(id), UserId(author), Ms(9), "Добрый день, {имя}!".to_owned())
    }
}
/// How far taking an announcement back is.
pub(crate) fn amends() -> Amends {
    Amends {
        by: UserId(7),
        agreed: Some(UserId(8)),
        at: Ms(9),
        recall: true,
        after: Some(UserId(70)),
        done: 300,
        missed: 2,
        over: false,
    }
}

/// A class with every field filled.
pub(crate) fn class(id: u64) -> Class {
    let zone = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
    Class {
        rev: 3,
        state: ClassState::Open,
        about: "Обложка и меню".to_owned(),
        starts: Ms(900),
        minutes: 60,
        place: Some("ЦУР".to_owned()),
        link: Some("https://vk.ru/call".to_owned()),
        seats: Some(30),
        enrol_by: Some(Ms(800)),
        spheres: vec![Sphere::School],
        municipality: Some("Моршанск".to_owned()),
        level: Some(Level::Start),
        course: Some("first-week".to_owned()),
        code: Some(CodeWord { word: "ёлка".to_owned(), opens: Ms(900), closes: Ms(950) }),
        record: Some("https://vk.ru/video1".to_owned()),
        edits: 2,
        ..Class::new(ClassId(id), UserId(1), Ms(7), zone, "Обложка".to_owned())
    }
}

/// A seat with every field filled.
pub(crate) fn seat(class: u64, person: i64, rev: u32) -> Seat {
    Seat {
        rev,
        n: 4,
        at: Ms(8),
        state: SeatState::Enrolled,
        came: Some(Came { at: Ms(910), by: Some(UserId(1)) }),
        tries: 2,
        mark: Some(5),
        voice: Some("Спасибо".to_owned()),
        paper: Some(class * 100 + person.cast_unsigned()),
        news: News::SEAT.and(News::RECORD),
        ..Seat::new(ClassId(class), UserId(person))
    }
}

/// The certificate of that seat.
pub(crate) fn certificate(class: u64, person: i64) -> Certificate {
    Certificate {
        number: class * 100 + person.cast_unsigned(),
        class: ClassId(class),
        person: UserId(person),
        name: "Анна Петрова".to_owned(),
        title: "Обложка".to_owned(),
        held: Ms(900),
        zone: Zone::try_from("Europe/Moscow".to_owned()).unwrap(),
        minutes: 60,
        at: Ms(990),
    }
}

/// Recipients that are due at once.
pub(crate) fn due_now(people: &[i64]) -> Arc<[(UserId, Ms)]> {
    people.iter().map(|person| (UserId(*person), Ms(0))).collect()
}

/// Their places in the queue.
pub(crate) fn places(people: &[i64]) -> Vec<Place> {
    people.iter().map(|person| (Ms(0), UserId(*person))).collect()
}

pub(crate) fn ids(people: &[i64]) -> Vec<UserId> {
    people.iter().copied().map(UserId).collect()
}
