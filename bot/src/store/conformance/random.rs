//! Random commits, made on disk and in memory, are answered alike and read alike.

use futures::future::join_all;
use proptest::{collection::vec, prelude::*};
use vkapi::types::{GroupId, UserId};

use super::samples::*;
use crate::{
    domain::{
        AskedKey, CampaignId, CampaignState, ClassId, Day, Ms, Person, Recipient, ReminderKey, Skip,
        letter::Stage,
    },
    store::{Commit, Expect, MemStore, Op, OutId, OutMessage, SledStore, Store},
};

const PEOPLE: std::ops::Range<i64> = 1..5;

fn expect() -> impl Strategy<Value = Expect> {
    prop_oneof![
        (0..6).prop_map(|e| Expect::EventNew(format!("e{e}"))),
        (PEOPLE, 0..3_u64).prop_map(|(p, rev)| Expect::PersonRev(UserId(p), rev)),
        (PEOPLE, 1..3_u16, 0..6_i64)
            .prop_map(|(p, n, due)| Expect::ReminderDue(ReminderKey { person: UserId(p), n }, Ms(due))),
        (1..4_u64).prop_map(|c| Expect::CampaignNew(CampaignId(c))),
        (PEOPLE, 0..4_u32).prop_map(|(p, rev)| Expect::LedgerRev(UserId(p), rev)),
        (PEOPLE, 0..3_u16, 0..3_u64)
            .prop_map(|(p, n, id)| Expect::AskedWaits(AskedKey { person: UserId(p), n }, id)),
        (1..4_u64).prop_map(|c| Expect::CampaignIs(CampaignId(c), CampaignState::Running)),
        (1..4_i64, 0..3_u32).prop_map(|(g, rev)| Expect::PageRev(GroupId(g), rev)),
        (1..4_i64, 0..6_i64).prop_map(|(g, at)| Expect::SightDue(GroupId(g), Ms(at))),
        (PEOPLE, vec(1..3_u64, 0..2)).prop_map(|(p, ids)| Expect::GrantsAre(UserId(p), ids)),
        (1..4_u64, 3..5_u32).prop_map(|(c, rev)| Expect::LetterRev(CampaignId(c), rev)),
        (1..5_u64, 0..3_u32).prop_map(|(n, rev)| Expect::HandoffRev(n, rev)),
        (1..4_i64, 0..3_u32).prop_map(|(g, rev)| Expect::WatchRev(GroupId(g), rev)),
        (1..3_u64, 0..5_u32).prop_map(|(c, rev)| Expect::ClassRev(ClassId(c), rev)),
        (1..3_u64, PEOPLE, 0..3_u32).prop_map(|(c, p, rev)| Expect::SeatRev(ClassId(c), UserId(p), rev)),
    ]
}

fn recipient() -> impl Strategy<Value = Recipient> {
    prop_oneof![
        (0..3_i64).prop_map(|due| Recipient::Queued(Ms(due))),
        (0..3_i64).prop_map(Recipient::Sent),
        Just(Recipient::Refused(901)),
        Just(Recipient::Skipped(Skip::Unwanted))
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let state = prop_oneof![Just(CampaignState::Running), Just(CampaignState::Finished)];
    prop_oneof![
        (0..6, 0..9_i64).prop_map(|(e, at)| Op::SawEvent(format!("e{e}"), Ms(at))),
        (1..3_i64, 0..9_u8).prop_map(|(g, ts)| Op::SetCursor(GroupId(g), ts.to_string())),
        (PEOPLE, 0..3_u64).prop_map(|(p, rev)| {
            let mut changed = person(p);
            changed.rev = rev;
            put(&changed)
        }),
        (PEOPLE, PEOPLE, PEOPLE).prop_map(|(p, deputy, whose)| {
            put(&Person { offers: vec![answer(whose)], ..away(p, deputy) })
        }),
        (PEOPLE, 1..3_u16, PEOPLE).prop_map(|(p, n, whose)| Op::PutReminder(cover(p, n, whose))),
        (PEOPLE, PEOPLE, 0..9_i64).prop_map(|(p, whose, at)| Op::Hold(UserId(p), request(whose), Ms(at))),
        (PEOPLE, PEOPLE).prop_map(|(p, whose)| {
            Op::Enqueue(OutMessage { keyboard: Some(answer(whose).payload), ..message(p, "y") })
        }),
        (PEOPLE, "[ab]{0,2}", "[ab]{0,2}", proptest::option::of(0..9_i64))
            .prop_map(|(p, list, id, at)| Op::SetStep(step(p, &list, &id), at.map(tick))),
        (PEOPLE, 0..3_u16).prop_map(|(p, run)| {
            let mut changed = progress();
            changed.streak.run = run;
            Op::PutProgress(UserId(p), Box::new(changed))
        }),
        (PEOPLE, 1..3_u16, 0..6_i64).prop_map(|(p, n, due)| Op::PutReminder(reminder(p, n, due))),
        (PEOPLE, 1..3_u16).prop_map(|(p, n)| Op::DropReminder(ReminderKey { person: UserId(p), n })),
        PEOPLE.prop_map(|p| Op::Enqueue(message(p, "x"))),
        (1..12_u64).prop_map(|id| Op::FinishOut(OutId(id))),
        (1..12_u64, 1..4_u16, 0..9_i64).prop_map(|(id, tries, at)| Op::RetryOut(OutId(id), tries, Ms(at))),
        (1..12_u64, 0..9_i64).prop_map(|(id, at)| Op::ParkOut(OutId(id), "914".to_owned(), Ms(at))),
        (1..4_u64, state.clone(), vec((PEOPLE.prop_map(UserId), (0..3_i64).prop_map(Ms)), 0..6))
            .prop_map(|(c, state, who)| Op::StartCampaign(campaign(c, state), who.into())),
        (1..4_u64, 0..3_i64, PEOPLE).prop_map(|(c, due, p)| Op::HandOut(CampaignId(c), (Ms(due), UserId(p)))),
        (PEOPLE, any::<bool>()).prop_map(|(p, on)| Op::SetWritable(UserId(p), on)),
        any::<bool>().prop_map(Op::SetClean),
        (0..9_i64).prop_map(|at| Op::SetAlive(Ms(at))),
        (1..4_u64, state).prop_map(|(c, state)| Op::PutCampaign(campaign(c, state))),
        (1..4_u64, vec((PEOPLE.prop_map(UserId), recipient()), 0..6))
            .prop_map(|(c, states)| Op::Settle(CampaignId(c), states)),
        (0..4_i64, "[a-z]").prop_map(|(at, what)| Op::Audit(audit(at, &what))),
        (vec(PEOPLE, 0..4), 0..9_i64).prop_map(|(who, at)| Op::Spend(ids(&who), Ms(at))),
        (PEOPLE, 0..9_i64, 0..9_i64).prop_map(|(p, was, at)| Op::Respend(UserId(p), Ms(was), Ms(at))),
        (PEOPLE, "[a-z]", 0..9_i64).prop_map(|(p, text, at)| Op::Hold(UserId(p), held(&text), Ms(at))),
        PEOPLE.prop_map(|p| Op::PutLedger(UserId(p), ledger())),
        (PEOPLE, 0..3_u16, 0..3_u64, 0..6_i64)
            .prop_map(|(p, n, id, at)| Op::PutAsked(asked(p, n, id, at).into())),
        (PEOPLE, 0..3_u16, 0..3_u64, 0..6_i64)
            .prop_map(|(p, n, id, at)| Op::ChangeAsked(asked(p, n, id, at).into())),
        (PEOPLE, 0..3_u16).prop_map(|(p, n)| Op::DropAsked(AskedKey { person: UserId(p), n })),
        PEOPLE.prop_map(|p| Op::Forget(UserId(p))),
        (1..4_i64, vec(PEOPLE, 0..3)).prop_map(|(g, who)| Op::PutPage(page(g, &who).into())),
        (1..4_i64).prop_map(|g| Op::DropPage(GroupId(g))),
        (1..4_i64, 0..6_i64).prop_map(|(g, at)| Op::PutSight(sight(g, at).into())),
        (1..4_i64, -2..3_i32).prop_map(|(g, from)| Op::PutWeek(GroupId(g), week(from).into())),
        (1..4_i64, -2..3_i32).prop_map(|(g, from)| Op::DropWeeks(GroupId(g), Day(from))),
        (-1..2_i32, 0..3_u32).prop_map(|(day, n)| Op::ReadWalls(Day(day), n)),
        PEOPLE.prop_map(|p| Op::PutNudged(UserId(p), nudged().into())),
        (PEOPLE, 0..11_u8).prop_map(|(p, score)| Op::PutOpinion(UserId(p), opinion(score))),
        (1..5_u64, proptest::option::of(PEOPLE))
            .prop_map(|(n, who)| Op::PutInstitution(institution(n, who).into())),
        (1..5_u64).prop_map(|n| Op::DropInstitution(institution(n, None).key)),
        (PEOPLE, 1..3_u64).prop_map(|(p, id)| Op::PutGrant(grant(p, id).into())),
        (PEOPLE, 1..3_u64).prop_map(|(p, id)| Op::DropGrant(UserId(p), id)),
        (PEOPLE, 0..9_i64).prop_map(|(p, at)| Op::Refuse(refusal(p, at))),
        (1..4_u64, PEOPLE, any::<bool>()).prop_map(|(c, p, sent)| {
            let stage = if sent { Stage::Sent { by: None } } else { Stage::Draft };
            Op::PutLetter(letter(c, p, stage).into())
        }),
        (1..4_u64).prop_map(|c| Op::DropLetter(CampaignId(c))),
        (1..4_u64, PEOPLE, any::<bool>(), 0..9_i64).prop_map(|(c, p, ack, at)| Op::Press(
            CampaignId(c),
            UserId(p),
            ack,
            Ms(at)
        )),
        (1..4_u64).prop_map(|id| Op::PutSegment(saved(id).into())),
        (1..4_u64).prop_map(Op::DropSegment),
        (1..5_u64, PEOPLE, proptest::option::of(PEOPLE))
            .prop_map(|(n, p, by)| Op::PutHandoff(handoff(n, p, by).into())),
        (1..5_u64, PEOPLE).prop_map(|(n, p)| Op::PutHandoff(closed(n, p).into())),
        (1..5_u64).prop_map(Op::DropHandoff),
        (1..4_i64, PEOPLE).prop_map(|(g, p)| Op::PutWatch(watch(g, p).into())),
        (1..4_i64).prop_map(|g| Op::PutComments(comments(g).into())),
        (-1..2_i32, 0..3_u32).prop_map(|(day, n)| Op::ReadComments(Day(day), n)),
        (1..3_u64).prop_map(|c| Op::PutClass(class(c).into())),
        (1..3_u64).prop_map(|c| Op::DropClass(ClassId(c))),
        (1..3_u64, PEOPLE, 0..2_u32).prop_map(|(c, p, rev)| Op::PutSeat(seat(c, p, rev).into())),
        (1..3_u64, PEOPLE).prop_map(|(c, p)| Op::PutCertificate(certificate(c, p).into())),
        (PEOPLE, 0..9_i64).prop_map(|(p, at)| Op::Wake(UserId(p), Ms(at))),
        (1..4_u64).prop_map(|c| Op::DropCampaign(CampaignId(c))),
        (0..4_i64, 1..9_u64).prop_map(|(at, n)| Op::DropAudit((Ms(at), n))),
        (1..12_u64).prop_map(|id| Op::DropParked(OutId(id))),
    ]
}

/// What a test does with a store.
#[derive(Clone, Debug)]
enum Act {
    /// Makes commits at once, so that some are merged.
    Commits(Vec<Commit>),
    /// Removes old marks.
    Sweep(Ms),
    /// Closes the store and opens it again.
    Reopen,
    /// Closes the store, takes the engine's files away and opens it again: the journal makes them anew.
    Lose,
}

fn act() -> impl Strategy<Value = Act> {
    let commit = (vec(expect(), 0..3), vec(op(), 0..6)).prop_map(|(expect, ops)| Commit { expect, ops });
    prop_oneof![
        16 => vec(commit, 1..6).prop_map(Act::Commits),
        2 => (0..10_i64).prop_map(|at| Act::Sweep(Ms(at))),
        2 => Just(Act::Reopen),
        1 => Just(Act::Lose),
    ]
}

/// Everything that can be read, as text.
async fn everything(store: &impl Store) -> Vec<String> {
    let mut all = vec![
        format!("{:?}", store.people(None, 9).await),
        format!("{:?}", store.due(Ms(3), 3).await),
        format!("{:?}", store.due(Ms(i64::MAX), 99).await),
        format!("{:?}", store.next_due().await),
        format!("{:?}", store.outbox(Some(OutId(2)), 99).await),
        format!("{:?}", store.active().await),
        format!("{:?}", store.campaigns(9).await),
        format!("{:?}", store.audit(5).await),
        format!("{:?}", store.audit_before(Ms(3), None, 4).await),
        format!("{:?}", store.audit_before(Ms(3), Some((Ms(1), 2)), 4).await),
        format!("{:?}", store.asked(5).await),
        format!("{:?}", store.asked_before(Ms(3), 4).await),
        format!("{:?}", store.parked(None, 9).await),
        format!("{:?}", store.clean().await),
        format!("{:?}", store.alive().await),
        format!("{:?}", store.pages(None, 9).await),
        format!("{:?}", store.sights_due(Ms(3), 2).await),
        format!("{:?}", store.next_sight().await),
        format!("{:?}", store.handoffs().await),
        format!("{:?}", store.handoffs_closed(3, 9).await),
        format!("{:?}", store.institutions(None, 9).await),
        format!("{:?}", store.grants().await),
        format!("{:?}", store.letters(2).await),
        format!("{:?}", store.segments().await),
        format!("{:?}", store.institutions(Some(institution(2, None).key), 1).await),
    ];
    all.push(format!("{:?}", store.classes(None, 9).await));
    all.push(format!("{:?}", store.classes(Some(ClassId(1)), 1).await));
    for c in (1..3).map(ClassId) {
        all.push(format!("{:?}", store.class(c).await));
        all.push(format!("{:?}", store.seats(c).await));
        for p in PEOPLE {
            all.push(format!("{:?}", store.certificate(certificate(c.0, p).number).await));
        }
    }
    for day in (-1..2).map(Day) {
        all.push(format!("{:?}", store.walls(day).await));
        all.push(format!("{:?}", store.comments_read(day).await));
    }
    for g in (1..4).map(GroupId) {
        all.push(format!("{:?}", store.page(g).await));
        all.push(format!("{:?}", store.sight(g).await));
        all.push(format!("{:?}", store.weeks(g).await));
        all.push(format!("{:?}", store.watch(g).await));
        all.push(format!("{:?}", store.comments(g).await));
    }
    for p in PEOPLE.map(UserId) {
        all.push(format!("{:?}", store.person(p).await));
        all.push(format!("{:?}", store.steps(p).await));
        all.push(format!("{:?}", store.progress(p).await));
        all.push(format!("{:?}", store.received(p).await));
        all.push(format!("{:?}", store.reminders(p).await));
        all.push(format!("{:?}", store.ledger(p).await));
        all.push(format!("{:?}", store.asked_by(p).await));
        all.push(format!("{:?}", store.nudged(p).await));
        all.push(format!("{:?}", store.opinion(p).await));
        all.push(format!("{:?}", store.opinions(Some(p), 2).await));
        all.push(format!("{:?}", store.institutions_of(p).await));
        all.push(format!("{:?}", store.grants_of(p).await));
        all.push(format!("{:?}", store.refused(p).await));
        all.push(format!("{:?}", store.handoffs_of(p).await));
        all.push(format!("{:?}", store.seats_of(p).await));
    }
    for c in (1..4).map(CampaignId) {
        all.push(format!("{:?}", store.campaign(c).await));
        all.push(format!("{:?}", store.tally(c).await));
        all.push(format!("{:?}", store.queued(c, None, 3).await));
        all.push(format!("{:?}", store.queued(c, Some((Ms(1), UserId(2))), 3).await));
        all.push(format!("{:?}", store.recipients(c, Some(UserId(1)), 9).await));
        all.push(format!("{:?}", store.handed_out(c).await));
        all.push(format!("{:?}", store.letter(c).await));
        all.push(format!("{:?}", store.pressed(c, None, 2).await));
        all.push(format!("{:?}", store.pressed(c, Some(UserId(2)), 9).await));
    }
    for g in (1..3).map(GroupId) {
        all.push(format!("{:?}", store.cursor(g).await));
    }
    all
}

async fn same(acts: Vec<Act>) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir()?;
    let open = || SledStore::open(&super::options(&dir)).map_err(|e| TestCaseError::fail(e.to_string()));
    let (mut disk, memory) = (open()?, MemStore::new());
    for act in acts {
        match act {
            Act::Commits(commits) => {
                let made = join_all(commits.iter().cloned().map(|c| disk.commit(c))).await;
                let expected = join_all(commits.into_iter().map(|c| memory.commit(c))).await;
                prop_assert_eq!(format!("{made:?}"), format!("{expected:?}"));
            }
            Act::Sweep(before) => {
                prop_assert_eq!(disk.sweep(before).await.ok(), memory.sweep(before).await.ok());
            }
            Act::Reopen => {
                drop(disk);
                disk = open()?;
            }
            Act::Lose => {
                drop(disk);
                std::fs::rename(dir.path().join("store/db"), tempfile::tempdir()?.path().join("db"))?;
                disk = open()?;
            }
        }
        prop_assert_eq!(everything(&disk).await, everything(&memory).await);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_on_disk_does_what_the_model_does(acts in vec(act(), 1..20)) {
        tokio::runtime::Builder::new_current_thread().build()?.block_on(same(acts))?;
    }
}
