use std::fmt::{Debug, Write};

use serde::Deserialize;
use vkapi::types::GroupId;

use super::*;
use crate::{
    domain::{
        Asked, CampaignId, CampaignState, Class, ClassAsk, ClassId, ClassState, Day, Days, Fate, Form, Hm,
        How, Level, ListOf, MonthDay, Ms, Pause, Reads, Reminder, Role, Rule, Scope, Seat, SeatState, Skip,
        Sphere, Tally, Weekdays, What,
        attention::{Body, Held, Kind},
        letter::{Ask, LetterButton, Rest, Stage, When},
        page::{Admin, Aspect, Found, PageClass, PostKind, Proof, Shown, State},
        roster::SentSheet,
        segment::{Atom, Segment, Size},
    },
    store::{OutFile, OutLane, conformance::samples::*},
};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// These bytes were written by a released version and mean this value, which is still written so.
///
/// When a newer version of the record is added, the old bytes stay here and are checked by `decode` alone.
fn same<R: Record + Debug + PartialEq>(bytes: &str, value: &R) {
    assert_eq!(hex(&value.encode().unwrap()), bytes, "{value:?} is written otherwise than before");
    assert_eq!(R::decode(&unhex(bytes)).unwrap(), *value);
}

/// The same of a person as her record was before `invited`, the last of it.
fn same_person(bytes: &str, value: &Person) {
    let body = bytes.strip_prefix("01").unwrap();
    let invited = value.invited.as_ref();
    let told =
        invited.map_or("00".to_owned(), |name| format!("01{:02x}{}", name.len(), hex(name.as_bytes())));
    same(&format!("02{body}{told}"), value);
    assert_eq!(Person::decode(&unhex(bytes)).unwrap(), Person { invited: None, ..value.clone() });
}

fn with_form(form: Form) -> Person {
    Person { form: Some(form), ..person(1) }
}

#[test]
fn first_version_of_numbers_and_text() {
    same("0101", &1_u32);
    same("01ac02", &300_u64);
    same("0101", &Ms(-1));
    same("010a31373830303030303030", &"1780000000".to_owned());
}

#[test]
fn first_version_of_a_person() {
    same_person("01020002020000000000000000010101010000000100000000", &person(1));
    same_person(
        "010e0380a0abfef962c0bab7fef9620102e8a7abfef96201c0c9b2fef96201010110d09cd0bed180d188d0b0d0bdd181d0ba019a010364733512d094d0b5d182d181d0b0d0b420e284962035010d4575726f70652f4d6f73636f7701151e0900010a323032362d31322d3134010ad09ed0bbd18cd0b3d0b00112010a323032362d31322d30310100010100010305010104d094d0b0027b7d0401d8040100010b67756964655f636f7665720101030902d0b0080180d5c3fef962",
        &full_person(7),
    );
}

#[test]
fn first_version_of_every_form() {
    same_person("0102000202000000000000000001010101000100000100000000", &with_form(Form::Municipality));
    same_person("0102000202000000000000000001010101000101000100000000", &with_form(Form::Page));
    same_person("0102000202000000000000000001010101000102000100000000", &with_form(Form::Days));
    same_person(
        "01020002020000000000000000010101010001037f000100000000",
        &with_form(Form::Hour { days: Weekdays::ALL }),
    );
    same_person("0102000202000000000000000001010101000104000100000000", &with_form(Form::Question));
    same_person("0102000202000000000000000001010101000105000100000000", &with_form(Form::AnnounceText));
    same_person("0102000202000000000000000001010101000107000100000000", &with_form(Form::Draft));
    same_person(
        "01020002020000000000000000010101010001080103000100000000",
        &with_form(Form::Reply { to: vec![3] }),
    );
    same_person(
        "0102000202000000000000000001010101000109010302d0b0000100000000",
        &with_form(Form::ReplyConfirm { to: vec![3], text: "а".to_owned() }),
    );
    same_person(
        "010200020200000000000000000101010100010602d0b0000100000000",
        &with_form(Form::AnnounceConfirm { text: "а".to_owned() }),
    );
    same_person(
        "010200020200000000000000000101010100010e07000100000000",
        &with_form(Form::AgainConfirm { of: CampaignId(7) }),
    );
}

#[test]
fn first_version_of_a_form_about_a_class() {
    let form = |of| with_form(Form::Class { id: ClassId(7), of, next: true });
    same_person("0102000202000000000000000001010101000118070001000100000000", &form(ClassAsk::Title));
    same_person("0102000202000000000000000001010101000118070e01000100000000", &form(ClassAsk::Voice));
    same_person("0102000202000000000000000001010101000118070f01000100000000", &form(ClassAsk::Walk));
}

#[test]
fn first_version_of_a_form_that_waits_for_a_link() {
    same_person(
        "010200020200000000000000000101010100010a067765656b6c79056672657368000100000000",
        &with_form(Form::Proof { list: "weekly".to_owned(), step: "fresh".to_owned() }),
    );
}

#[test]
fn first_version_of_every_sphere() {
    for (i, sphere) in Sphere::ALL.into_iter().enumerate() {
        let bytes = format!("0102000202000001{i:02x}0000000000010101010000000100000000");
        same_person(&bytes, &Person { sphere: Some(sphere), ..person(1) });
    }
}

#[test]
fn first_version_of_what_a_person_has_done() {
    same("02d8040000", &tick(300));
    assert_eq!(Tick::decode(&unhex("01d80400")).unwrap(), tick(300));
    same("0202019a010a00", &Tick { post: progress().rounds[0].posts.first().copied(), ..tick(1) });
    same("0200000000000000", &Progress::default());
    let whole = "01067765656b6c79d8c4020308019a010a010a66697273742d706f737402010377687901010301010ed8c402020401cac402";
    same(&format!("02{whole}0103dac402"), &progress());
    let before = crate::domain::Streak { lost: None, ..progress().streak };
    let first = Progress { streak: before, ..progress() };
    assert_eq!(Progress::decode(&unhex(&format!("01{whole}"))).unwrap(), first);
}

#[test]
fn first_version_of_a_reminder() {
    same("010e0280a0abfef962010111010a313937302d30312d3035010a1e00", &reminder(7, 2, 1_700_000_000_000));
    let once = Reminder { rule: None, ..reminder(7, 2, 5) };
    same("010e020a0000", &once);
    same(
        "010e020a00010ad0bed182d187d191d182",
        &Reminder { what: What::Task("отчёт".to_owned()), ..once.clone() },
    );
    let (whose, back) = (UserId(8), jiff::civil::date(2026, 12, 14));
    let cover = What::Cover { whose, page: "Школа".to_owned(), sphere: Some(Sphere::School), back };
    same(
        "010e020a0002100ad0a8d0bad0bed0bbd0b001000a323032362d31322d3134",
        &Reminder { what: cover, ..once.clone() },
    );
    same("010e020a0004", &Reminder { what: What::Back, ..once.clone() });
    same("010e020a0005", &Reminder { what: What::Nudge, ..once.clone() });
    same("010e020a0009", &Reminder { what: What::Opinion, ..once });
    same("0180a0abfef962030115d0bcd0b5d0bdd18cd188d0b520d181d0bbd0bed0b2", &opinion(3));
    same("010e000a0003", &Reminder::digest(UserId(7), Ms(5)));
}

#[test]
fn first_version_of_every_rule() {
    let from = jiff::civil::date(2026, 11, 9);
    let month = |on| Days::Month { on, every: 3, from };
    for (bytes, days) in [
        ("010e020a01000a323032362d31312d30390209050f0000", Days::Date(from)),
        (
            "010e020a01017f020a323032362d31312d30390209050f0000",
            Days::Week { on: Weekdays::ALL, every: 2, from },
        ),
        ("010e020a0102000f030a323032362d31312d30390209050f0000", month(MonthDay::Day(15))),
        (
            "010e020a010201ff04030a323032362d31312d30390209050f0000",
            month(MonthDay::Nth { nth: -1, weekday: 4 }),
        ),
        ("010e020a0103021d0209050f0000", Days::Year { month: 2, day: 29 }),
        ("010e020a01040209050f0000", Days::Working),
    ] {
        let rule = Some(Rule { days, times: vec![Hm { hour: 9, minute: 5 }, Hm { hour: 15, minute: 0 }] });
        same(bytes, &Reminder { rule, ..reminder(7, 2, 5) });
    }
}

#[test]
fn first_version_of_a_queued_message() {
    same("010e000d04d094d0b001027b7d0118000a0000", &message(7, "Да"));
    let parked = Parked { message: message(7, "Да"), why: "914".to_owned(), at: Ms(5) };
    same("010e000d04d094d0b001027b7d0118000a0000033931340a", &parked);
    let bare = OutMessage { lane: OutLane::Reminder, keyboard: None, edit: None, ..message(7, "") };
    same("010e000d0001027b7d011801000a0000", &OutMessage { file: Some(OutFile::MyData), ..message(7, "") });
    let card = OutFile::Card(vkapi::types::GroupId(5));
    same("010e000d0001027b7d011801010a0a0000", &OutMessage { file: Some(card), ..message(7, "") });
    let thanks = OutFile::Thanks("a".to_owned());
    same("010e000d0001027b7d0118010201610a0000", &OutMessage { file: Some(thanks), ..message(7, "") });
    let beside = OutFile::Beside(vkapi::types::GroupId(5));
    same("010e000d0001027b7d011801030a0a0000", &OutMessage { file: Some(beside), ..message(7, "") });
    let calendar = OutFile::Calendar(ClassId(5));
    same("010e000d0001027b7d0118010c050a0000", &OutMessage { file: Some(calendar), ..message(7, "") });
    let paper = OutFile::Certificate(5);
    same("010e000d0001027b7d0118010d050a0000", &OutMessage { file: Some(paper), ..message(7, "") });
    let people = OutFile::People(ClassId(5));
    same("010e000d0001027b7d0118010e050a0000", &OutMessage { file: Some(people), ..message(7, "") });
    let sheet = SentSheet { name: "a".to_owned(), url: "b".to_owned(), size: 5 };
    let trial = OutFile::Trial(Box::new(sheet));
    same("010e000d0001027b7d0118010f01610162050a0000", &OutMessage { file: Some(trial), ..message(7, "") });
    let door = OutFile::Door(ClassId(5));
    same("010e000d0001027b7d01180110050a0000", &OutMessage { file: Some(door), ..message(7, "") });
    let invite = OutFile::Invite("a".to_owned());
    same("010e000d0001027b7d0118011101610a0000", &OutMessage { file: Some(invite), ..message(7, "") });
    let list = OutFile::List(ListOf::Questions);
    same("010e000d0001027b7d01180112020a0000", &OutMessage { file: Some(list), ..message(7, "") });
    same("010e010d000000000aac0212", &OutMessage { attempts: 300, not_before: Ms(9), ..bare });
}

#[test]
fn first_version_of_a_campaign_and_its_recipients() {
    same(
        "0103021220d0a1d0bed0b2d0b5d189d0b0d0bdd0b8d0b520d0b220d181d180d0b5d0b4d1830114000000",
        &campaign(3, CampaignState::Running),
    );
    same(
        "0103021220d0a1d0bed0b2d0b5d189d0b0d0bdd0b8d0b520d0b220d181d180d0b5d0b4d1830514000000",
        &campaign(3, CampaignState::Finished),
    );
    let reads = Reads { next: Some(Ms(5)), last: Some(Ms(4)) };
    let state = CampaignState::Paused(Pause::Text(914));
    let bytes =
        "0103021220d0a1d0bed0b2d0b5d189d0b0d0bdd0b8d0b520d0b220d181d180d0b5d0b4d1830202a40e1401010a0108";
    same(bytes, &Campaign { local: true, reads, ..campaign(3, state) });
    same("01020280a8d6b907", &ids(&[1, 1_000_000_000]));
    let states = vec![
        (UserId(1), Recipient::Queued(Ms(5))),
        (UserId(2), Recipient::Sent(70)),
        (UserId(3), Recipient::Read),
        (UserId(4), Recipient::Refused(901)),
        (UserId(5), Recipient::Skipped(Skip::Unreachable)),
        (UserId(6), Recipient::Cancelled),
    ];
    same("010602000a04018c01060208038a0e0a04010c05", &states);
    let tally = Tally { queued: 1, sent: 2, read: 3, refused: 4, skipped: 5, cancelled: 6 };
    same("0101020304050600", &Counts { tally, handed_out: None });
    same("01010203040506010a0e", &Counts { tally, handed_out: Some((Ms(5), UserId(7))) });
}

#[test]
fn first_version_of_an_announcement() {
    same(
        "0106030e1220d094d0bed0b1d180d18bd0b920d0b4d0b5d0bdd18c2c207bd0b8d0bcd18f7d21010a70686f746f315f325f6b030008d0a1d0b0d0b9d1820d68747470733a2f2f766b2e72750108d0a3d180d0bed0ba0c6c6573736f6e5f666972737402030010d09cd0bed180d188d0b0d0bdd181d0ba020106070102010113323032362d31322d31345431303a33303a3030011e00010e180a",
        &letter(6, 7, Stage::Draft),
    );
    let bare = |stage| Letter { stage, ..Letter::draft(CampaignId(6), UserId(7), Ms(9), "Да".to_owned()) };
    same("0106000e1204d094d0b00000000000000000", &bare(Stage::Draft));
    same("0106000e1204d094d0b0000000000000010aac0200", &bare(Stage::Waits { since: Ms(5), people: 300 }));
    let join = LetterButton::Join { label: "Да".to_owned(), class: ClassId(5) };
    same(
        "0106000e1204d094d0b000010304d094d0b005000000000000",
        &Letter { buttons: vec![join], ..bare(Stage::Draft) },
    );
    let word = "Рано".to_owned();
    same(
        "0106000e1204d094d0b000000000000002100a08d0a0d0b0d0bdd0be00",
        &bare(Stage::Declined { by: UserId(8), at: Ms(5), word }),
    );
    same("0106000e1204d094d0b000000000000003011000", &bare(Stage::Sent { by: Some(UserId(8)) }));
    same("0106000e1204d094d0b000000000000004010a0000", &bare(Stage::Repeats { next: Some(Ms(5)), by: None }));
    same("0106000e1204d094d0b0000000000000050e01101201018c01ac02020000", &bare(Stage::Amended(amends())));
    let rule = Rule::weekly(Weekdays::of(&[1]), Hm { hour: 9, minute: 30 });
    same(
        "0106000e1204d094d0b0000000010200020102010a313937302d30312d303501091e000000",
        &Letter { when: When::Repeat(rule), rest: Some((CampaignId(2), Rest::Unread)), ..bare(Stage::Draft) },
    );
    let every = [
        Atom::Place("а".to_owned()),
        Atom::Sphere(Sphere::School),
        Atom::Size(Size::Huge),
        Atom::Zone(crate::domain::page::Zone::Red),
        Atom::Seen(7),
        Atom::Unseen(30),
        Atom::Silent(7),
        Atom::Learnt("a".to_owned()),
        Atom::Unlearnt("a".to_owned()),
        Atom::Done("a".to_owned()),
        Atom::Undone("a".to_owned()),
        Atom::Class(PageClass::Card),
        Atom::Came("a".to_owned()),
        Atom::Missed("a".to_owned()),
        Atom::CameTo(ClassId(5)),
        Atom::MissedAt(ClassId(5)),
    ];
    same(
        "0106000e1204d094d0b00000100002d0b00100020403000407051e06070701610801610901610a01610b020c01610d01610e050f050000000000",
        &Letter { to: Segment { atoms: every.to_vec() }, ..bare(Stage::Draft) },
    );
}

#[test]
fn first_version_of_what_readers_pressed() {
    same("01010a00", &Pressed { acked: Some(Ms(5)), opened: None });
    same("0100010c", &Pressed { acked: None, opened: Some(Ms(6)) });
}

#[test]
fn first_version_of_a_segment_that_has_a_name() {
    same("01030cd09cd0bed0bbd187d0b0d1820212030010d09cd0bed180d188d0b0d0bdd181d0ba02010607", &saved(3));
}

#[test]
fn first_version_of_a_form_about_an_announcement() {
    let id = CampaignId(7);
    for (bytes, ask) in [
        ("01020002020000000000000000010101010001160700000100000000", Ask::Text),
        ("01020002020000000000000000010101010001160701000100000000", Ask::Button),
        ("01020002020000000000000000010101010001160702000100000000", Ask::When),
        ("01020002020000000000000000010101010001160703000100000000", Ask::Name),
        ("01020002020000000000000000010101010001160704000100000000", Ask::As),
        ("01020002020000000000000000010101010001160705000100000000", Ask::Why),
        ("01020002020000000000000000010101010001160706000100000000", Ask::Files),
        ("01020002020000000000000000010101010001160707000100000000", Ask::Mend),
    ] {
        same_person(bytes, &with_form(Form::Letter { id, ask }));
    }
    same_person(
        "010200020200000000000000000101010100011a0702d0b0000100000000",
        &with_form(Form::Mend { id, text: "а".to_owned() }),
    );
}

#[test]
fn first_version_of_a_line_of_the_log() {
    let old = AuditEntry { after: None, ..audit(9, "announce") };
    assert_eq!(AuditEntry::decode(&unhex("01120208616e6e6f756e6365023132")).unwrap(), old);
}

#[test]
fn second_version_of_a_line_of_the_log() {
    same("02120208616e6e6f756e6365023132000104d0b4d0b0", &audit(9, "announce"));
}

#[test]
fn first_version_of_a_role() {
    same("01050e020110d09cd0bed180d188d0b0d0bdd181d0ba0101019a0101020a08d090d0bdd0bdd0b0", &grant(7, 5));
    for (i, role) in Role::GRANTED.into_iter().enumerate() {
        let bare = Grant { role, scope: Scope::default(), by: None, note: String::new(), ..grant(7, 5) };
        same(&format!("01050e{:02x}000000000a00", i + 1), &bare);
    }
    same("01010e", &Refusals { day: Day(-1), n: 14 });
}

#[test]
fn first_version_of_a_ledger() {
    same(
        "01020202d80403000a0004d0b4d0b0010c0103000e021008d090d0bdd0bdd0b00ad0a8d0bad0bed0bbd0b00a323032362d31322d3134",
        &ledger(),
    );
    same("01000000", &Ledger::default());
}

#[test]
fn first_version_of_a_question() {
    same(
        "010e02ac020a1ed0bad0b0d0ba20d0bfd180d0b8d0b1d0b8d182d18c20d0bfd0bed181d18201000100",
        &asked(7, 2, 300, 5),
    );
    let filed = Asked {
        how: How::Unhelpful,
        guide: Some("cover".to_owned()),
        waits: false,
        fate: Fate::Filed(Some("pin".to_owned())),
        ..asked(7, 2, 300, 5)
    };
    same(
        "010e02ac020a1ed0bad0b0d0ba20d0bfd180d0b8d0b1d0b8d182d18c20d0bfd0bed181d182020105636f7665720003010370696e",
        &filed,
    );
    same(
        "010e02010a1ed0bad0b0d0ba20d0bfd180d0b8d0b1d0b8d182d18c20d0bfd0bed181d1820000010300",
        &Asked { how: How::Unknown, fate: Fate::Filed(None), ..asked(7, 2, 1, 5) },
    );
    same(
        "010e02010a1ed0bad0b0d0ba20d0bfd180d0b8d0b1d0b8d182d18c20d0bfd0bed181d18203000101",
        &Asked { how: How::Helped, fate: Fate::Answered, ..asked(7, 2, 1, 5) },
    );
    same(
        "010e02010a1ed0bad0b0d0ba20d0bfd180d0b8d0b1d0b8d182d18c20d0bfd0bed181d18201000102",
        &Asked { fate: Fate::Hidden, ..asked(7, 2, 1, 5) },
    );
}

#[test]
fn first_version_of_a_page_and_what_was_seen_of_it() {
    same(
        "019a010004647337370cd094d0b5d182d181d0b0d0b401010110d09cd0bed180d188d0b0d0bdd181d0ba06010e0801120001000102010c",
        &page(77, &[7]),
    );
    let curator = Proof::Curator { by: UserId(1), at: Ms(9) };
    let admins = vec![
        Admin { until: Some(Ms(8)), ..Admin::new(UserId(7), Ms(4)) },
        Admin { proof: curator, ..Admin::new(UserId(8), Ms(5)) },
    ];
    same(
        "019a010004647337370cd094d0b5d182d181d0b0d0b4000006020e08000110100a0202120000",
        &Page { admins, sphere: None, municipality: None, said: vec![], ..page(77, &[]) },
    );
    let Sight {
        id, next, read, state, renamed, fails, members, last_post, alarmed, score, zone, found, ..
    } = sight(77, 300);
    let before = Sight {
        read,
        state,
        renamed,
        fails,
        members,
        last_post,
        alarmed,
        score,
        zone,
        found,
        ..Sight::new(id, next)
    };
    let old = "019a01d804010e01010a06d0a1d0b0d0b40101a40301040102014b010103040000060101031201029a01";
    assert_eq!(Sight::decode(&unhex(old)).unwrap(), before);
    same(
        "029a01d804010e01010a06d0a1d0b0d0b40101a40301040102014b010103040000060101031201029a010103060e010405019a01019003a40301010701010112150101d8c40204010c019003a403ac02140301",
        &sight(77, 300),
    );
    for (i, state) in
        [State::New, State::Open, State::Closed, State::NoWall, State::Deleted, State::Banned, State::Gone]
            .into_iter()
            .enumerate()
    {
        let bytes = format!("029a01d80400{i:02x}{}", "0".repeat(36));
        same(&bytes, &Sight { state, ..Sight::new(GroupId(77), Ms(300)) });
    }
    same(
        "01d8c4020e0403030200010603c8010164280114060103000001a403014b01010101019a010410d0a3d182d180d0b5d0bdd0bdd0b8d0ba015a0c01040a0f",
        &week(20_780),
    );
}

#[test]
fn first_version_of_what_the_night_has_to_tell() {
    let page = GroupId(77);
    let bodies = [
        Body::Silence { page, name: "Сад".to_owned(), last: Ms(2), asked: 3 },
        Body::Misses(page),
        Body::Question { page },
        Body::Shut { page, state: State::Closed },
    ];
    let held = bodies.map(|body| Held { kind: Kind::Nudge, at: Ms(7), body }).to_vec();
    same(
        "01000004000e049a0106d0a1d0b0d0b40403000e059a01000e069a01000e079a0102",
        &Ledger { held, ..Ledger::default() },
    );
}

#[test]
fn first_version_of_what_a_person_was_advised() {
    same("0101d8c402030105636f7665729a01d8c40201020105636f76657202", &nudged());
    same("0100000000", &Nudged::default());
}

#[test]
fn first_version_of_an_institution_of_the_roster() {
    same(
        "0100040cd094d0b5d182d181d0b0d0b40106d0a0d09ed09e01e392cebdf41d01010110d09cd0bed180d188d0b0d0bdd181d0ba010264730108d090d0bdd0bdd0b0010e",
        &institution(2, Some(7)),
    );
    same(
        "0102030cd094d0b5d182d181d0b0d0b40106d0a0d09ed09e01e392cebdf41d01010110d09cd0bed180d188d0b0d0bdd181d0ba010264730108d090d0bdd0bdd0b000",
        &institution(3, None),
    );
    same(
        "0101036473340cd094d0b5d182d181d0b0d0b40106d0a0d09ed09e01e392cebdf41d01010110d09cd0bed180d188d0b0d0bdd181d0ba010264730108d090d0bdd0bdd0b000",
        &institution(4, None),
    );
}

#[test]
fn first_version_of_a_conversation_and_of_what_curators_keep() {
    same(
        "0101000ed00f019a01036473350cd094d0b5d182d181d0b0d0b401010110d09cd0bed180d188d0b0d0bdd181d0ba0901010105636f7665720106d0b3d0b4d0b502d00f0007d09ad0b0d0ba3fa01f0107d0a2d0b0d0ba2e0112011201f02e01c03e01904e00",
        &handoff(1, 7, Some(9)),
    );
    same("019a010001d8c40201e6c402010e0e", &watch(77, 7));
}

#[test]
fn first_version_of_a_class_and_what_people_have_to_do_with_it() {
    same(
        "010503020e010ed09ed0b1d0bbd0bed0b6d0bad0b01ad09ed0b1d0bbd0bed0b6d0bad0b020d0b820d0bcd0b5d0bdd18e880e3c0d4575726f70652f4d6f73636f770106d0a6d0a3d0a0011268747470733a2f2f766b2e72752f63616c6c011e01c00c01000110d09cd0bed180d188d0b0d0bdd181d0ba0100010a66697273742d7765656b0108d191d0bbd0bad0b0880eec0e011468747470733a2f2f766b2e72752f766964656f3102",
        &class(5),
    );
    let zone = class(5).zone;
    same(
        "01ac02000e0a0002d0b000005a0d4575726f70652f4d6f73636f770000000000000000000000",
        &Class::new(ClassId(300), UserId(7), Ms(5), zone, "а".to_owned()),
    );
    same(
        "010503020e020ed09ed0b1d0bbd0bed0b6d0bad0b01ad09ed0b1d0bbd0bed0b6d0bad0b020d0b820d0bcd0b5d0bdd18e880e3c0d4575726f70652f4d6f73636f770106d0a6d0a3d0a0011268747470733a2f2f766b2e72752f63616c6c011e01c00c01000110d09cd0bed180d188d0b0d0bdd181d0ba0101010a66697273742d7765656b0108d191d0bbd0bad0b0880eec0e011468747470733a2f2f766b2e72752f766964656f3102",
        &Class { state: ClassState::Cancelled, level: Some(Level::Grow), ..class(5) },
    );
    same("01050e01041000019c0e0102020105010ed0a1d0bfd0b0d181d0b8d0b1d0be01fb0321", &seat(5, 7, 1));
    same(
        "01050e00000001000000000000",
        &Seat { state: SeatState::Waiting, ..Seat::new(ClassId(5), UserId(7)) },
    );
    same("01050e00000002000000000000", &Seat::new(ClassId(5), UserId(7)));
    same(
        "01fb03050e17d090d0bdd0bdd0b020d09fd0b5d182d180d0bed0b2d0b00ed09ed0b1d0bbd0bed0b6d0bad0b0880e0d4575726f70652f4d6f73636f773cbc0f",
        &certificate(5, 7),
    );
    same("010efcff030a00080a", &Reminder::classes(UserId(7), Ms(5)));
}

#[test]
fn first_version_of_what_is_known_of_comments() {
    let before = Comments { told: Vec::new(), ..comments(77) };
    assert_eq!(Comments::decode(&unhex("019a010212031001011218b06d")).unwrap(), before);
    same("029a010212031001011218b06d011218", &comments(77));
}

#[test]
fn aspects_and_kinds_are_numbered_as_they_were() {
    let found = |what| Found { what, there: true, shown: Shown::Page };
    for (i, (_, what)) in Aspect::ALL.iter().enumerate() {
        let bytes = postcard::to_stdvec(&found(*what)).unwrap();
        assert_eq!(hex(&bytes), format!("{i:02x}0100"));
    }
    assert_eq!(hex(&postcard::to_stdvec(&PostKind::Other).unwrap()), "0b");
}

#[test]
fn spoiled_bytes_are_an_error() {
    let bytes = full_person(7).encode().unwrap();
    let spoiled: [&[u8]; 4] = [&[], &bytes[..bytes.len() - 1], &[&bytes[..], &[0]].concat(), &[2, 1]];
    for bytes in spoiled {
        assert!(matches!(Person::decode(bytes), Err(StoreError::Corrupt(_))), "{bytes:?}");
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Old(u8);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct New(u8, String);

impl From<Old> for New {
    fn from(old: Old) -> Self {
        Self(old.0, "as it was".to_owned())
    }
}

records! {
    Old { 1 => Old }
    New { 2 => New, 1 => Old }
}

#[test]
fn an_older_version_is_read_and_written_anew() {
    let read = New::decode(&Old(7).encode().unwrap()).unwrap();
    assert_eq!(read, New(7, "as it was".to_owned()));
    let written = read.encode().unwrap();
    assert_eq!(written[0], 2);
    assert_eq!(New::decode(&written).unwrap(), read);
    assert!(Old::decode(&written).is_err());
}
