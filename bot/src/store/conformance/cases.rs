use std::sync::Arc;

use vkapi::types::{GroupId, UserId};

use super::samples::*;
use crate::{
    domain::{
        Asked, Away, Campaign, CampaignId, CampaignState, Class, ClassId, Day, Handoff, Ms, Pause, Person,
        Progress, Reads, Recipient, Reminder, Skip, Tally, What,
        attention::Ledger,
        comments::Comments,
        letter::{Amends, Letter, Pressed, Stage},
        page::{Nudged, Page, Sight, Watch},
        roster::Institution,
    },
    store::{Expect, Op, OutId, OutMessage, Parked, Place, REFUSALS_A_DAY, Store, StoreError},
};

const ME: UserId = UserId(7);

async fn make(store: &impl Store, ops: impl IntoIterator<Item = Op>) -> Vec<OutId> {
    store.commit(commit([], ops)).await.unwrap().queued
}

pub(super) async fn a_commit_is_made_whole(store: impl Store) {
    let group = GroupId(5);
    let ops = [
        Op::SawEvent("e1".to_owned(), Ms(10)),
        Op::SetCursor(group, "42".to_owned()),
        put(&full_person(7)),
        Op::SetStep(step(7, "first", "a"), Some(tick(10))),
        Op::PutReminder(reminder(7, 1, 100)),
        Op::Enqueue(message(7, "Привет")),
    ];
    let done = store.commit(commit([Expect::EventNew("e1".to_owned())], ops)).await.unwrap();
    assert_eq!(store.person(ME).await.unwrap(), Some(Person { rev: 4, ..full_person(7) }));
    assert_eq!(store.cursor(group).await.unwrap().as_deref(), Some("42"));
    assert_eq!(store.steps(ME).await.unwrap(), [(step(7, "first", "a"), tick(10))]);
    assert_eq!(store.reminders(ME).await.unwrap(), [reminder(7, 1, 100)]);
    assert_eq!(store.outbox(None, 9).await.unwrap(), [(done.queued[0], message(7, "Привет"))]);
}

/// Every kind of change, for commits that must not be made.
fn everything() -> Vec<Op> {
    vec![
        Op::SawEvent("new".to_owned(), Ms(1)),
        Op::SetCursor(GroupId(5), "43".to_owned()),
        put(&person(7)),
        put(&person(8)),
        Op::SetStep(step(7, "first", "a"), Some(tick(1))),
        Op::PutReminder(reminder(7, 1, 1)),
        Op::Enqueue(message(7, "нет")),
        Op::StartCampaign(campaign(1, CampaignState::Running), due_now(&[7])),
        Op::PutProgress(ME, Box::new(progress())),
        Op::Audit(audit(1, "нет")),
    ]
}

async fn nothing_of_everything(store: &impl Store) {
    assert_eq!(store.cursor(GroupId(5)).await.unwrap(), None);
    assert_eq!(store.person(UserId(8)).await.unwrap(), None);
    assert!(store.steps(ME).await.unwrap().is_empty());
    assert_eq!(store.progress(ME).await.unwrap(), Progress::default());
    assert!(store.reminders(ME).await.unwrap().is_empty());
    assert_eq!(store.next_due().await.unwrap(), None);
    assert!(store.outbox(None, 9).await.unwrap().is_empty());
    assert!(store.campaigns(9).await.unwrap().is_empty());
    assert!(store.active().await.unwrap().is_empty());
    assert!(store.audit(9).await.unwrap().is_empty());
    store.commit(commit([Expect::EventNew("new".to_owned())], [])).await.unwrap();
}

pub(super) async fn a_change_from_an_older_revision_changes_nothing(store: impl Store) {
    let first = [Expect::PersonRev(ME, 0)];
    store.commit(commit(first, [put(&person(7))])).await.unwrap();
    let read = store.person(ME).await.unwrap().unwrap();
    assert_eq!(read.rev, 1);
    store.commit(commit([Expect::PersonRev(ME, read.rev)], [put(&read)])).await.unwrap();

    for stale in [0, 1, 3] {
        let refused = store.commit(commit([Expect::PersonRev(ME, stale)], everything())).await;
        assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    }
    assert_eq!(store.person(ME).await.unwrap().unwrap().rev, 2);
    nothing_of_everything(&store).await;
}

pub(super) async fn an_event_seen_before_changes_nothing(store: impl Store) {
    let event = || [Expect::EventNew("e1".to_owned())];
    store.commit(commit(event(), [Op::SawEvent("e1".to_owned(), Ms(10))])).await.unwrap();
    let again = store.commit(commit(event(), everything())).await;
    assert!(matches!(again, Err(StoreError::Duplicate)), "{again:?}");
    nothing_of_everything(&store).await;
}

pub(super) async fn a_mark_of_an_event_is_swept_when_it_is_old(store: impl Store) {
    let saw = |event: &str, at| Op::SawEvent(event.to_owned(), Ms(at));
    make(&store, (0..2_500).map(|i| Op::SawEvent(format!("old {i}"), Ms(i % 10)))).await;
    make(&store, [saw("edge", 10), saw("new", 11), saw("again", 5)]).await;
    make(&store, [saw("again", 12)]).await;
    assert_eq!(store.sweep(Ms(10)).await.unwrap(), 2_500);
    assert_eq!(store.sweep(Ms(10)).await.unwrap(), 0);
    for gone in ["old 0", "old 2499"] {
        store.commit(commit([Expect::EventNew(gone.to_owned())], [])).await.unwrap();
    }
    for kept in ["edge", "new", "again"] {
        let again = store.commit(commit([Expect::EventNew(kept.to_owned())], [])).await;
        assert!(matches!(again, Err(StoreError::Duplicate)), "{kept}: {again:?}");
    }
}

pub(super) async fn due_reminders_come_in_order_up_to_the_limit_and_the_moment(store: impl Store) {
    let set = [(9, 1, 300), (7, 2, 100), (8, 1, 200), (7, 1, 100), (6, 1, 301), (300, 1, 100)];
    make(&store, set.map(|(who, n, due)| Op::PutReminder(reminder(who, n, due)))).await;
    let due = async |now, n| -> Vec<(i64, u16)> {
        let due = store.due(Ms(now), n).await.unwrap();
        due.iter().map(|r| (r.key.person.0, r.key.n)).collect()
    };
    assert_eq!(due(300, 1_000).await, [(7, 1), (7, 2), (300, 1), (8, 1), (9, 1)]);
    assert_eq!(due(300, 2).await, [(7, 1), (7, 2)]);
    assert!(due(300, 0).await.is_empty());
    assert_eq!(due(199, 9).await, [(7, 1), (7, 2), (300, 1)]);
    assert!(due(99, 9).await.is_empty());
    assert_eq!(due(i64::MAX, 9).await.len(), 6);
    assert_eq!(store.next_due().await.unwrap(), Some(Ms(100)));
}

pub(super) async fn what_was_sent_and_what_waits_is_kept_for_who_is_there(store: impl Store) {
    let spend = |at| Op::Spend(ids(&[7, 8]), Ms(at));
    make(&store, [put(&person(7)), spend(20), spend(10)]).await;
    make(&store, [Op::Hold(ME, held("раз"), Ms(500)), Op::Hold(ME, held("два"), Ms(900))]).await;
    make(&store, [Op::Hold(UserId(8), held("нет"), Ms(100))]).await;
    let kept = store.ledger(ME).await.unwrap();
    assert_eq!((kept.rev, &kept.sent[..]), (4, &[Ms(10), Ms(20)][..]));
    assert_eq!(kept.held, [held("раз"), held("два")]);
    assert_eq!(store.ledger(UserId(8)).await.unwrap(), Ledger::default(), "nobody is there");
    // The earlier moment stays, an earlier one that comes later counts.
    assert_eq!(store.reminders(ME).await.unwrap(), [Reminder::digest(ME, Ms(500))]);
    make(&store, [Op::Hold(ME, held("три"), Ms(300))]).await;
    assert_eq!(store.next_due().await.unwrap(), Some(Ms(300)));

    let stale = store.commit(commit([Expect::LedgerRev(ME, 4)], [Op::PutLedger(ME, kept)])).await;
    assert!(matches!(stale, Err(StoreError::Conflict)), "{stale:?}");
    let mut read = store.ledger(ME).await.unwrap();
    let rev = read.rev;
    assert_eq!(read.take_held().len(), 3);
    store.commit(commit([Expect::LedgerRev(ME, rev)], [Op::PutLedger(ME, read.clone())])).await.unwrap();
    assert_eq!(store.ledger(ME).await.unwrap(), read);
}

pub(super) async fn a_moved_reminder_leaves_nothing_behind(store: impl Store) {
    make(&store, [Op::PutReminder(reminder(7, 1, 100)), Op::PutReminder(reminder(7, 2, 150))]).await;
    make(&store, [Op::PutReminder(reminder(7, 1, 200))]).await;
    let dues = |rs: Vec<Reminder>| rs.iter().map(|r| (r.key.n, r.due.0)).collect::<Vec<_>>();
    assert_eq!(dues(store.due(Ms(1_000), 9).await.unwrap()), [(2, 150), (1, 200)]);
    assert_eq!(dues(store.reminders(ME).await.unwrap()), [(1, 200), (2, 150)]);
    make(&store, [Op::DropReminder(reminder(7, 1, 0).key), Op::DropReminder(reminder(7, 9, 0).key)]).await;
    assert_eq!(dues(store.due(Ms(1_000), 9).await.unwrap()), [(2, 150)]);
    assert_eq!(dues(store.reminders(ME).await.unwrap()), [(2, 150)]);
}

pub(super) async fn a_reminder_taken_by_another_is_not_taken_again(store: impl Store) {
    let due = reminder(7, 1, 100);
    make(&store, [Op::PutReminder(due.clone())]).await;
    let take = || commit([Expect::ReminderDue(due.key, due.due)], [Op::PutReminder(reminder(7, 1, 200))]);
    store.commit(take()).await.unwrap();
    assert!(matches!(store.commit(take()).await, Err(StoreError::Conflict)));
    let absent = commit([Expect::ReminderDue(reminder(8, 1, 0).key, Ms(100))], []);
    assert!(matches!(store.commit(absent).await, Err(StoreError::Conflict)));
}

pub(super) async fn messages_are_numbered_in_the_order_they_are_queued(store: impl Store) {
    let queue = |range: std::ops::Range<i64>| range.map(|i| Op::Enqueue(message(i, &i.to_string())));
    let mut numbers = make(&store, queue(0..300)).await;
    // A number is never used again, even if its message was the last one.
    let last = numbers[299];
    make(&store, [Op::FinishOut(last)]).await;
    numbers.extend(make(&store, queue(300..302)).await);
    assert!(numbers.is_sorted_by(|a, b| a < b));
    numbers.retain(|n| *n != last);

    let all = store.outbox(None, 1_000).await.unwrap();
    assert_eq!(all.iter().map(|(id, _)| *id).collect::<Vec<_>>(), numbers);
    assert!(all.iter().zip((0..).filter(|i| *i != 299)).all(|((_, m), i)| m.to.0 == i));
    let some = store.outbox(Some(numbers[10]), 3).await.unwrap();
    assert_eq!(some, all[11..14]);
}

pub(super) async fn a_retried_message_stays_with_its_attempts(store: impl Store) {
    let id = make(&store, [Op::Enqueue(message(7, "а"))]).await[0];
    make(&store, [Op::RetryOut(id, 3, Ms(900)), Op::RetryOut(OutId(id.0 + 1), 1, Ms(1))]).await;
    let kept = OutMessage { attempts: 3, not_before: Ms(900), ..message(7, "а") };
    assert_eq!(store.outbox(None, 9).await.unwrap(), [(id, kept)]);
}

pub(super) async fn a_finished_message_is_gone(store: impl Store) {
    let ids = make(&store, [Op::Enqueue(message(7, "а")), Op::Enqueue(message(7, "б"))]).await;
    make(&store, [Op::FinishOut(ids[0]), Op::FinishOut(ids[0])]).await;
    make(&store, [Op::RetryOut(ids[0], 1, Ms(1))]).await;
    assert_eq!(store.outbox(None, 9).await.unwrap(), [(ids[1], message(7, "б"))]);
}

pub(super) async fn a_message_vk_does_not_take_is_kept_apart(store: impl Store) {
    let queued = make(&store, [7, 8, 9].map(|who| Op::Enqueue(message(who, "а")))).await;
    let park = |id| Op::ParkOut(id, "914".to_owned(), Ms(5));
    make(&store, [park(queued[0]), park(queued[1]), park(OutId(99))]).await;
    let parked = |to| Parked { message: message(to, "а"), why: "914".to_owned(), at: Ms(5) };
    assert_eq!(store.parked(None, 9).await.unwrap(), [(queued[0], parked(7)), (queued[1], parked(8))]);
    assert_eq!(store.parked(Some(queued[0]), 9).await.unwrap(), [(queued[1], parked(8))]);
    assert_eq!(store.outbox(None, 9).await.unwrap(), [(queued[2], message(9, "а"))]);
    make(&store, [Op::Forget(ME)]).await;
    assert_eq!(store.parked(None, 9).await.unwrap(), [(queued[1], parked(8))]);
}

pub(super) async fn who_may_be_written_to_is_set_without_reading_her(store: impl Store) {
    make(&store, [put(&person(7)), Op::SetWritable(ME, false), Op::SetWritable(UserId(8), false)]).await;
    let kept = store.person(ME).await.unwrap().unwrap();
    assert_eq!((kept.writable, kept.rev), (false, 2));
    make(&store, [Op::SetWritable(ME, false)]).await;
    assert_eq!(store.person(ME).await.unwrap().unwrap().rev, 2);
    assert_eq!(store.person(UserId(8)).await.unwrap(), None);
}

pub(super) async fn whether_everything_sent_has_its_receipt_is_kept(store: impl Store) {
    assert!(!store.clean().await.unwrap());
    for clean in [true, false, true] {
        make(&store, [Op::SetClean(clean)]).await;
        assert_eq!(store.clean().await.unwrap(), clean);
    }
}

pub(super) async fn when_the_bot_was_at_work_last_is_kept(store: impl Store) {
    assert_eq!(store.alive().await.unwrap(), None);
    for at in [5, 9, 3].map(Ms) {
        make(&store, [Op::SetAlive(at)]).await;
        assert_eq!(store.alive().await.unwrap(), Some(at));
    }
}

pub(super) async fn a_campaign_counts_who_stands_where(store: impl Store) {
    let (id, running) = (CampaignId(4), campaign(4, CampaignState::Running));
    make(&store, [Op::StartCampaign(running.clone(), due_now(&[30, 10, 20, 40, 50, 10]))]).await;
    assert_eq!(store.campaign(id).await.unwrap(), Some(running));
    assert_eq!(store.queued(id, None, 2).await.unwrap(), places(&[10, 20]));
    assert_eq!(store.tally(id).await.unwrap(), Tally { queued: 5, ..Tally::default() });

    let states = vec![
        (UserId(10), Recipient::Sent(70)),
        (UserId(30), Recipient::Refused(901)),
        (UserId(40), Recipient::Skipped(Skip::Unwanted)),
        (UserId(20), Recipient::Queued(Ms(0))),
        (UserId(99), Recipient::Sent(71)),
    ];
    let other = Op::Settle(CampaignId(5), vec![(UserId(10), Recipient::Sent(1))]);
    make(&store, [Op::Settle(id, states), other]).await;
    let tally = Tally { queued: 2, sent: 1, refused: 1, skipped: 1, ..Tally::default() };
    assert_eq!(store.tally(id).await.unwrap(), tally);
    assert_eq!(store.queued(id, None, 9).await.unwrap(), places(&[20, 50]));
    assert_eq!(store.tally(CampaignId(5)).await.unwrap(), Tally::default());
    let all = [
        (UserId(10), Recipient::Sent(70)),
        (UserId(20), Recipient::Queued(Ms(0))),
        (UserId(30), Recipient::Refused(901)),
        (UserId(40), Recipient::Skipped(Skip::Unwanted)),
        (UserId(50), Recipient::Queued(Ms(0))),
    ];
    assert_eq!(store.recipients(id, None, 9).await.unwrap(), all);
    assert_eq!(store.recipients(id, Some(UserId(25)), 2).await.unwrap(), all[2..4]);

    let again = vec![
        (UserId(30), Recipient::Queued(Ms(0))),
        (UserId(10), Recipient::Read),
        (UserId(20), Recipient::Cancelled),
        // Of someone named twice the last counts.
        (UserId(50), Recipient::Queued(Ms(7))),
        (UserId(50), Recipient::Refused(7)),
    ];
    make(&store, [Op::Settle(id, again)]).await;
    let tally = Tally { queued: 1, read: 1, refused: 1, skipped: 1, cancelled: 1, ..Tally::default() };
    assert_eq!(store.tally(id).await.unwrap(), tally);
    assert_eq!(store.queued(id, None, 9).await.unwrap(), places(&[30]));
}

pub(super) async fn recipients_come_in_the_order_of_their_moments(store: impl Store) {
    let id = CampaignId(4);
    let set = [(7, 300), (8, 100), (9, -5), (6, 300), (5, 100)];
    let all: Arc<[_]> = set.map(|(who, due)| (UserId(who), Ms(due))).into();
    make(&store, [Op::StartCampaign(campaign(4, CampaignState::Scheduled), all)]).await;
    let queued = async |after: Option<(i64, i64)>, n| -> Vec<(i64, i64)> {
        let after = after.map(|(due, who)| (Ms(due), UserId(who)));
        store.queued(id, after, n).await.unwrap().iter().map(|(due, who)| (due.0, who.0)).collect()
    };
    assert_eq!(queued(None, 9).await, [(-5, 9), (100, 5), (100, 8), (300, 6), (300, 7)]);
    assert_eq!(queued(Some((100, 5)), 2).await, [(100, 8), (300, 6)]);
    assert_eq!(queued(Some((100, 6)), 1).await, [(100, 8)]);
    assert_eq!(queued(Some((200, 0)), 9).await, [(300, 6), (300, 7)]);

    // One is put off; she comes in her new turn.
    make(&store, [Op::Settle(id, vec![(UserId(5), Recipient::Queued(Ms(300)))])]).await;
    assert_eq!(queued(None, 9).await, [(-5, 9), (100, 8), (300, 5), (300, 6), (300, 7)]);

    assert_eq!(store.handed_out(id).await.unwrap(), None);
    for (to, expected) in [((100, 8), (100, 8)), ((-5, 9), (100, 8)), ((300, 5), (300, 5))] {
        make(&store, [Op::HandOut(id, (Ms(to.0), UserId(to.1)))]).await;
        assert_eq!(store.handed_out(id).await.unwrap(), Some((Ms(expected.0), UserId(expected.1))));
    }
    make(&store, [Op::HandOut(CampaignId(5), (Ms(1), UserId(1)))]).await;
    assert_eq!(store.handed_out(CampaignId(5)).await.unwrap(), None);
}

pub(super) async fn a_big_campaign_is_worked_off_in_any_order(store: impl Store) {
    let id = CampaignId(1);
    let people: Vec<UserId> = (1..=2_000).map(|i| UserId(i * 3)).collect();
    let all: Vec<Place> = people.iter().map(|person| (Ms(0), *person)).collect();
    let start = people.iter().map(|person| (*person, Ms(0))).collect();
    make(&store, [Op::StartCampaign(campaign(1, CampaignState::Running), start)]).await;
    assert_eq!(store.queued(id, None, 5_000).await.unwrap(), all);
    assert_eq!(store.queued(id, None, 700).await.unwrap(), all[..700]);
    assert_eq!(store.queued(id, Some(all[699]), 700).await.unwrap(), all[700..1_400]);

    // Every second from the end, then all others from the start, then all back in disorder.
    let settle = |some: Vec<UserId>, to| Op::Settle(id, some.into_iter().map(|p| (p, to)).collect());
    let second = people.iter().copied().rev().step_by(2).collect::<Vec<_>>();
    make(&store, [settle(second.clone(), Recipient::Sent(1))]).await;
    let mut left = all.clone();
    left.retain(|(_, p)| !second.contains(p));
    assert_eq!(store.queued(id, None, 5_000).await.unwrap(), left);
    for some in left.chunks(100) {
        assert_eq!(store.queued(id, None, 100).await.unwrap(), some);
        make(&store, [settle(some.iter().map(|(_, p)| *p).collect(), Recipient::Refused(901))]).await;
    }
    assert!(store.queued(id, None, 1).await.unwrap().is_empty());
    let tally = Tally { sent: 1_000, refused: 1_000, ..Tally::default() };
    assert_eq!(store.tally(id).await.unwrap(), tally);
    assert_eq!(store.recipients(id, None, 5_000).await.unwrap().len(), 2_000);

    let mut mixed = people.clone();
    mixed.sort_by_key(|p| p.0 * 7_919 % 2_003);
    for some in mixed.chunks(500) {
        make(&store, [settle(some.to_vec(), Recipient::Queued(Ms(0)))]).await;
    }
    assert_eq!(store.queued(id, None, 5_000).await.unwrap(), all);
    assert_eq!(store.tally(id).await.unwrap(), Tally { queued: 2_000, ..Tally::default() });
}

pub(super) async fn a_campaign_is_started_once(store: impl Store) {
    let id = CampaignId(4);
    let start = |who: &[i64]| {
        let op = Op::StartCampaign(campaign(4, CampaignState::Running), due_now(who));
        commit([Expect::CampaignNew(CampaignId(4))], [op])
    };
    store.commit(start(&[1, 2])).await.unwrap();
    assert!(matches!(store.commit(start(&[3])).await, Err(StoreError::Conflict)));
    assert_eq!(store.queued(id, None, 9).await.unwrap(), places(&[1, 2]));

    // Without that precondition it is started anew, with these recipients and no others.
    make(
        &store,
        [Op::Settle(id, vec![(UserId(1), Recipient::Sent(5))]), Op::HandOut(id, (Ms(0), UserId(1)))],
    )
    .await;
    make(&store, start(&[3]).ops).await;
    assert_eq!(store.queued(id, None, 9).await.unwrap(), places(&[3]));
    assert_eq!(store.tally(id).await.unwrap(), Tally { queued: 1, ..Tally::default() });
    assert_eq!(store.handed_out(id).await.unwrap(), None);
}

pub(super) async fn a_campaign_is_changed_only_as_it_is_known(store: impl Store) {
    let is = |id, state| [Expect::CampaignIs(CampaignId(id), state)];
    make(&store, [Op::StartCampaign(campaign(4, CampaignState::Running), due_now(&[1]))]).await;
    let paused = campaign(4, CampaignState::Paused(Pause::Staff));
    store.commit(commit(is(4, CampaignState::Running), [Op::PutCampaign(paused)])).await.unwrap();
    for (id, state) in [
        (4, CampaignState::Running),
        (4, CampaignState::Paused(Pause::Refusals)),
        (5, CampaignState::Running),
    ] {
        let refused = store.commit(commit(is(id, state), [Op::SetClean(true)])).await;
        assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    }
    assert!(!store.clean().await.unwrap());
}

pub(super) async fn campaigns_are_listed_newest_first_and_running_ones_apart(store: impl Store) {
    let start = |n| Op::StartCampaign(campaign(n, CampaignState::Running), due_now(&[1]));
    make(&store, [start(2), start(300), start(1)]).await;
    let numbers = |list: Vec<Campaign>| list.iter().map(|c| c.id.0).collect::<Vec<_>>();
    assert_eq!(numbers(store.campaigns(2).await.unwrap()), [300, 2]);
    assert_eq!(numbers(store.active().await.unwrap()), [1, 2, 300]);

    make(&store, [Op::PutCampaign(campaign(2, CampaignState::Finished))]).await;
    assert_eq!(numbers(store.active().await.unwrap()), [1, 300]);
    assert_eq!(store.campaign(CampaignId(2)).await.unwrap().unwrap().state, CampaignState::Finished);
    assert_eq!(numbers(store.campaigns(9).await.unwrap()), [300, 2, 1]);
    assert_eq!(store.queued(CampaignId(2), None, 9).await.unwrap(), places(&[1]));

    // Those that are over but for a look at who has read them are still something to be done about.
    let reads = Reads { next: Some(Ms(70)), last: None };
    let looked = |n, state| Op::PutCampaign(Campaign { reads, ..campaign(n, state) });
    make(
        &store,
        [looked(2, CampaignState::Finished), Op::PutCampaign(campaign(1, CampaignState::Cancelled))],
    )
    .await;
    assert_eq!(numbers(store.active().await.unwrap()), [2, 300]);
}

pub(super) async fn a_forgotten_person_is_nowhere(store: impl Store) {
    let start = |n| Op::StartCampaign(campaign(n, CampaignState::Running), due_now(&[5, 7, 9]));
    let mut ops = vec![start(1), start(2), Op::Settle(CampaignId(2), vec![(ME, Recipient::Sent(0))])];
    for who in [7, 8] {
        ops.push(put(&full_person(who)));
        ops.push(Op::SetStep(step(who, "first", "a"), Some(tick(1))));
        ops.push(Op::PutProgress(UserId(who), Box::new(progress())));
        ops.push(Op::PutReminder(reminder(who, 1, 100 + who)));
        ops.push(Op::PutReminder(reminder(who, 2, 50 + who)));
        ops.push(Op::Enqueue(message(who, "Привет")));
    }
    let queued = make(&store, ops).await;
    make(&store, [Op::Forget(ME)]).await;

    assert_eq!(store.person(ME).await.unwrap(), None);
    assert!(store.steps(ME).await.unwrap().is_empty());
    assert_eq!(store.progress(ME).await.unwrap(), Progress::default());
    assert!(store.received(ME).await.unwrap().is_empty());
    assert_eq!(store.progress(UserId(8)).await.unwrap(), progress());
    assert!(store.reminders(ME).await.unwrap().is_empty());
    assert_eq!(store.due(Ms(1_000), 9).await.unwrap(), [reminder(8, 2, 58), reminder(8, 1, 108)]);
    assert_eq!(store.outbox(None, 9).await.unwrap(), [(queued[1], message(8, "Привет"))]);
    for id in [CampaignId(1), CampaignId(2)] {
        assert_eq!(store.queued(id, None, 9).await.unwrap(), places(&[5, 9]));
        assert_eq!(store.recipients(id, None, 9).await.unwrap().len(), 2);
        assert_eq!(store.tally(id).await.unwrap(), Tally { queued: 2, ..Tally::default() });
    }
    assert_eq!(store.steps(UserId(8)).await.unwrap().len(), 1);
    assert_eq!(store.reminders(UserId(8)).await.unwrap().len(), 2);
    store.commit(commit([Expect::PersonRev(ME, 0)], [put(&person(7))])).await.unwrap();
}

pub(super) async fn who_was_forgotten_does_not_come_back_with_a_late_receipt(store: impl Store) {
    let id = CampaignId(1);
    let ops = [
        Op::StartCampaign(campaign(1, CampaignState::Running), due_now(&[7])),
        Op::Enqueue(message(7, "Привет")),
    ];
    let out = make(&store, ops).await[0];
    make(&store, [Op::Forget(ME)]).await;
    make(&store, [Op::Settle(id, vec![(ME, Recipient::Sent(0))]), Op::RetryOut(out, 1, Ms(1))]).await;
    make(&store, [Op::HandOut(id, (Ms(3), ME))]).await;
    assert_eq!(store.handed_out(id).await.unwrap(), Some((Ms(3), UserId(6))));
    assert_eq!(store.tally(id).await.unwrap(), Tally::default());
    assert!(store.outbox(None, 9).await.unwrap().is_empty());
}

pub(super) async fn who_is_forgotten_looks_after_nobody_and_asks_nobody(store: impl Store) {
    let (her, other, back) = (UserId(8), UserId(9), jiff::civil::date(2026, 12, 14));
    // Eight is away and has named seven; nine was asked by both.
    let came = vec![arrived(cover(9, 1, 7).what), arrived(cover(9, 2, 8).what)];
    let asked_by = |whose: &[i64]| whose.iter().map(|who| answer(*who)).collect::<Vec<_>>();
    let queued = OutMessage { keyboard: Some(answer(7).payload), ..message(9, "Анна просит") };
    let ops = [
        put(&person(7)),
        put(&away(8, 7)),
        put(&Person { came: came.clone(), offers: asked_by(&[7, 8, 77]), ..person(9) }),
        Op::PutReminder(cover(9, 1, 7)),
        Op::PutReminder(cover(9, 2, 8)),
        Op::Hold(other, request(7), Ms(400)),
        Op::Hold(other, request(8), Ms(400)),
        Op::Enqueue(queued.clone()),
        Op::Enqueue(queued.clone()),
    ];
    let ids = make(&store, ops).await;
    make(&store, [Op::ParkOut(ids[1], "100".to_owned(), Ms(5)), Op::Forget(ME)]).await;

    let kept = store.person(her).await.unwrap().unwrap();
    assert_eq!((kept.away, kept.rev), (Some(Away { back, deputy: None, from: None }), 2));
    let kept = store.person(other).await.unwrap().unwrap();
    assert_eq!((kept.came, kept.offers, kept.rev), (came[1..].to_vec(), asked_by(&[8, 77]), 2));
    let digest = Reminder::digest(other, Ms(400));
    assert_eq!(store.reminders(other).await.unwrap(), [digest, cover(9, 2, 8)]);
    let ledger = store.ledger(other).await.unwrap();
    assert_eq!((ledger.held, ledger.rev), (vec![request(8)], 3));
    let bare = OutMessage { keyboard: None, ..queued };
    assert_eq!(store.outbox(None, 9).await.unwrap(), [(ids[0], bare.clone())]);
    assert_eq!(store.parked(None, 9).await.unwrap()[0].1.message, bare);
}

pub(super) async fn steps_are_ticked_and_unticked(store: impl Store) {
    let set = |who, list: &str, id: &str, at: Option<i64>| Op::SetStep(step(who, list, id), at.map(tick));
    let ops = [
        set(7, "b", "1", Some(1)),
        set(7, "ab", "c", Some(2)),
        set(7, "a", "bc", Some(3)),
        set(8, "a", "bc", Some(4)),
        set(7, "b", "2", Some(5)),
    ];
    make(&store, ops).await;
    make(&store, [set(7, "b", "1", None), set(7, "b", "2", Some(6)), set(7, "z", "z", None)]).await;
    let expected =
        [(step(7, "a", "bc"), tick(3)), (step(7, "ab", "c"), tick(2)), (step(7, "b", "2"), tick(6))];
    assert_eq!(store.steps(ME).await.unwrap(), expected);
    assert_eq!(store.steps(UserId(8)).await.unwrap(), [(step(8, "a", "bc"), tick(4))]);
}

pub(super) async fn progress_is_written_over_as_a_whole(store: impl Store) {
    assert_eq!(store.progress(ME).await.unwrap(), Progress::default());
    make(&store, [Op::PutProgress(ME, Box::new(progress()))]).await;
    assert_eq!(store.progress(ME).await.unwrap(), progress());
    make(&store, [Op::PutProgress(ME, Box::default())]).await;
    assert_eq!(store.progress(ME).await.unwrap(), Progress::default());
}

pub(super) async fn what_a_person_was_sent_is_told_newest_first(store: impl Store) {
    let start = |n, who: &[i64]| Op::StartCampaign(campaign(n, CampaignState::Running), due_now(who));
    let ops = [
        start(1, &[5, 7]),
        start(2, &[5]),
        start(3, &[7]),
        Op::Settle(CampaignId(1), vec![(ME, Recipient::Refused(901))]),
    ];
    make(&store, ops).await;
    let received = store.received(ME).await.unwrap();
    let told: Vec<_> = received.iter().map(|(campaign, state)| (campaign.id.0, *state)).collect();
    assert_eq!(told, [(3, Recipient::Queued(Ms(0))), (1, Recipient::Refused(901))]);
}

pub(super) async fn people_are_listed_by_id_from_anywhere(store: impl Store) {
    make(&store, (1..=400).rev().map(|i| put(&person(i * 10)))).await;
    let listed = async |after: Option<i64>, n| -> Vec<i64> {
        store.people(after.map(UserId), n).await.unwrap().iter().map(|p| p.id.0).collect()
    };
    assert_eq!(listed(None, 2).await, [10, 20]);
    assert_eq!(listed(Some(20), 2).await, [30, 40]);
    assert_eq!(listed(Some(25), 2).await, [30, 40]);
    assert_eq!(listed(None, 1_000).await, (1..=400).map(|i| i * 10).collect::<Vec<_>>());
    assert!(listed(Some(4_000), 2).await.is_empty());
}

pub(super) async fn the_cursor_is_kept_for_each_group(store: impl Store) {
    let set = |group, ts: &str| Op::SetCursor(GroupId(group), ts.to_owned());
    make(&store, [set(1, "10"), set(2, "20")]).await;
    make(&store, [set(1, "11")]).await;
    assert_eq!(store.cursor(GroupId(1)).await.unwrap().as_deref(), Some("11"));
    assert_eq!(store.cursor(GroupId(2)).await.unwrap().as_deref(), Some("20"));
    assert_eq!(store.cursor(GroupId(3)).await.unwrap(), None);
}

pub(super) async fn the_log_is_read_newest_first(store: impl Store) {
    make(&store, [Op::Audit(audit(20, "b")), Op::Audit(audit(10, "a")), Op::Audit(audit(20, "c"))]).await;
    make(&store, [Op::Audit(audit(20, "d"))]).await;
    let words =
        async |n| -> Vec<String> { store.audit(n).await.unwrap().into_iter().map(|e| e.what).collect() };
    assert_eq!(words(9).await, ["d", "c", "b", "a"]);
    assert_eq!(words(2).await, ["d", "c"]);
}

pub(super) async fn numbers_of_any_sign_and_size_are_kept_in_order(store: impl Store) {
    let numbers = [i64::MIN, -1, 0, 1, 1 << 32, i64::MAX];
    make(&store, numbers.iter().map(|n| put(&person(*n)))).await;
    make(&store, numbers.iter().map(|n| Op::PutReminder(reminder(*n, u16::MAX, *n)))).await;
    let people = store.people(None, 9).await.unwrap();
    assert_eq!(people.iter().map(|p| p.id.0).collect::<Vec<_>>(), numbers);
    let due = store.due(Ms(i64::MAX), 9).await.unwrap();
    assert_eq!(due.iter().map(|r| r.due.0).collect::<Vec<_>>(), numbers);
    let last = CampaignId(u64::MAX);
    make(&store, [Op::StartCampaign(campaign(u64::MAX, CampaignState::Running), due_now(&numbers))]).await;
    assert_eq!(store.queued(last, None, 9).await.unwrap(), places(&numbers));
    assert_eq!(store.queued(last, Some((Ms(0), UserId(-1))), 9).await.unwrap(), places(&numbers[2..]));
    assert_eq!(store.recipients(last, Some(UserId(1)), 9).await.unwrap().len(), 2);
}

pub(super) async fn questions_are_listed_by_age_and_by_person(store: impl Store) {
    let (first, second, third) = (asked(7, 0, 1, 10), asked(8, 0, 2, 20), asked(7, 1, 3, 30));
    make(&store, [&second, &third, &first].map(|a| Op::PutAsked(a.clone().into()))).await;
    assert_eq!(store.asked(2).await.unwrap(), [third.clone(), second.clone()]);
    assert_eq!(store.asked_before(Ms(30), 9).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(store.asked_by(ME).await.unwrap(), [first.clone(), third.clone()]);
    let anew = asked(7, 0, 4, 40);
    make(&store, [Op::PutAsked(anew.clone().into()), Op::DropAsked(second.key)]).await;
    assert_eq!(store.asked(9).await.unwrap(), [anew, third]);
    make(&store, [Op::Forget(ME)]).await;
    assert!(store.asked(9).await.unwrap().is_empty());
}

pub(super) async fn a_question_changes_only_while_it_is_the_same(store: impl Store) {
    let kept = asked(7, 0, 1, 10);
    make(&store, [Op::PutAsked(kept.clone().into())]).await;
    let waits = |id| commit([Expect::AskedWaits(kept.key, id)], []);
    store.commit(waits(1)).await.unwrap();
    assert!(matches!(store.commit(waits(2)).await, Err(StoreError::Conflict)));
    make(&store, [Op::ChangeAsked(asked(7, 0, 2, 99).into()), Op::ChangeAsked(asked(8, 0, 1, 10).into())])
        .await;
    assert_eq!(store.asked(9).await.unwrap(), std::slice::from_ref(&kept));
    let answered = Asked { waits: false, ..kept.clone() };
    make(&store, [Op::ChangeAsked(answered.clone().into())]).await;
    assert_eq!(store.asked(9).await.unwrap(), [answered]);
    assert!(matches!(store.commit(waits(1)).await, Err(StoreError::Conflict)));
}

pub(super) async fn a_page_changes_only_from_its_last_revision(store: impl Store) {
    let id = GroupId(77);
    let change = |rev| commit([Expect::PageRev(id, rev)], [Op::PutPage(page(77, &[7]).into())]);
    store.commit(change(0)).await.unwrap();
    assert!(matches!(store.commit(change(0)).await, Err(StoreError::Conflict)));
    assert_eq!(store.page(id).await.unwrap(), Some(Page { rev: 1, ..page(77, &[7]) }));
    assert_eq!(store.page(GroupId(78)).await.unwrap(), None);
    make(&store, (1..=300).map(|n| Op::PutPage(page(n * 10, &[]).into()))).await;
    let listed = store.pages(Some(GroupId(20)), 2).await.unwrap();
    assert_eq!(listed.iter().map(|p| p.id.0).collect::<Vec<_>>(), [30, 40]);
    assert_eq!(store.pages(None, 1_000).await.unwrap().len(), 301);
    make(&store, [Op::PutSight(sight(77, 5).into()), Op::PutWeek(id, week(20_780).into())]).await;
    make(&store, [Op::PutWeek(GroupId(30), week(20_780).into()), Op::DropPage(id)]).await;
    assert_eq!((store.page(id).await.unwrap(), store.sight(id).await.unwrap()), (None, None));
    assert!(store.weeks(id).await.unwrap().is_empty() && store.next_sight().await.unwrap().is_none());
    assert_eq!(store.weeks(GroupId(30)).await.unwrap().len(), 1);
}

pub(super) async fn pages_are_looked_at_in_the_order_they_are_due(store: impl Store) {
    make(&store, [(3, 100), (1, 200), (2, 100), (4, 300)].map(|(n, at)| Op::PutSight(sight(n, at).into())))
        .await;
    let due = async |now, n| -> Vec<i64> {
        store.sights_due(Ms(now), n).await.unwrap().iter().map(|s| s.id.0).collect()
    };
    assert_eq!(due(200, 9).await, [2, 3, 1]);
    assert_eq!(due(200, 1).await, [2]);
    assert_eq!(due(i64::MAX, 9).await.len(), 4);
    let looked = [Op::PutSight(sight(2, 900).into()), Op::PutSight(sight(2, 800).into())];
    store.commit(commit([Expect::SightDue(GroupId(2), Ms(100))], looked)).await.unwrap();
    assert_eq!(due(800, 9).await, [3, 1, 4, 2]);
    for stale in [(2, 100), (5, 100)] {
        let again = commit([Expect::SightDue(GroupId(stale.0), Ms(stale.1))], []);
        assert!(matches!(store.commit(again).await, Err(StoreError::Conflict)));
    }
    assert_eq!(store.next_sight().await.unwrap(), Some(Ms(100)));
    assert_eq!(store.sight(GroupId(4)).await.unwrap(), Some(Sight { next: Ms(300), ..sight(4, 0) }));
}

pub(super) async fn weeks_of_a_page_are_kept_apart_and_leave_by_age(store: impl Store) {
    let (one, other) = (GroupId(77), GroupId(78));
    let put = |id, from| Op::PutWeek(id, week(from).into());
    make(&store, [put(one, 20_787), put(one, 20_780), put(one, -7), put(other, 20_780)]).await;
    make(&store, [put(one, 20_787)]).await;
    let kept =
        async |id| -> Vec<i32> { store.weeks(id).await.unwrap().iter().map(|week| week.from.0).collect() };
    assert_eq!(kept(one).await, [-7, 20_780, 20_787]);
    make(&store, [Op::DropWeeks(one, Day(20_787))]).await;
    assert_eq!((kept(one).await, kept(other).await), (vec![20_787], vec![20_780]));
}

pub(super) async fn walls_are_counted_by_the_day(store: impl Store) {
    assert_eq!(store.walls(Day(0)).await.unwrap(), 0);
    make(&store, [Op::ReadWalls(Day(7), 3), Op::ReadWalls(Day(7), 2)]).await;
    assert_eq!((store.walls(Day(7)).await.unwrap(), store.walls(Day(8)).await.unwrap()), (5, 0));
    make(&store, [Op::ReadWalls(Day(8), 1)]).await;
    assert_eq!((store.walls(Day(7)).await.unwrap(), store.walls(Day(8)).await.unwrap()), (0, 1));
}

pub(super) async fn comments_are_kept_of_a_page_and_counted_apart_from_walls(store: impl Store) {
    let ops = [
        Op::PutPage(page(77, &[7]).into()),
        Op::PutComments(comments(77).into()),
        Op::PutComments(comments(78).into()),
        Op::ReadComments(Day(7), 3),
        Op::ReadWalls(Day(7), 2),
    ];
    make(&store, ops).await;
    assert_eq!(store.comments(GroupId(77)).await.unwrap(), Some(comments(77)));
    assert_eq!((store.comments_read(Day(7)).await.unwrap(), store.walls(Day(7)).await.unwrap()), (3, 2));
    let fewer = Comments { open: Vec::new(), ..comments(77) };
    make(&store, [Op::PutComments(fewer.clone().into()), Op::ReadComments(Day(8), 1)]).await;
    assert_eq!(store.comments(GroupId(77)).await.unwrap(), Some(fewer));
    assert_eq!(
        (store.comments_read(Day(7)).await.unwrap(), store.comments_read(Day(8)).await.unwrap()),
        (0, 1)
    );
    make(&store, [Op::DropPage(GroupId(77))]).await;
    let left = (store.comments(GroupId(77)).await.unwrap(), store.comments(GroupId(78)).await.unwrap());
    assert_eq!(left, (None, Some(comments(78))));
}

pub(super) async fn who_is_forgotten_runs_no_page(store: impl Store) {
    let ops = [
        Op::PutPage(page(77, &[7, 8]).into()),
        Op::PutPage(page(78, &[8]).into()),
        Op::PutNudged(ME, nudged().into()),
        Op::PutNudged(UserId(8), nudged().into()),
        Op::PutOpinion(ME, opinion(3)),
        Op::PutOpinion(UserId(8), opinion(9)),
    ];
    make(&store, ops).await;
    make(&store, [Op::Forget(ME)]).await;
    let expected = [Page { rev: 2, ..page(77, &[8]) }, Page { rev: 1, ..page(78, &[8]) }];
    assert_eq!(store.pages(None, 9).await.unwrap(), expected);
    assert_eq!(store.nudged(ME).await.unwrap(), Nudged::default());
    assert_eq!(store.nudged(UserId(8)).await.unwrap(), nudged());
    assert_eq!(store.opinion(ME).await.unwrap(), None);
    assert_eq!(store.opinions(None, 9).await.unwrap(), [(UserId(8), opinion(9))]);
    assert_eq!(store.opinions(Some(UserId(8)), 9).await.unwrap(), []);
}

pub(super) async fn the_roster_is_listed_by_key_and_by_whom_it_names(store: impl Store) {
    let put = |n, who| Op::PutInstitution(institution(n, who).into());
    make(&store, [put(5, Some(7)), put(4, Some(7)), put(3, Some(8)), put(2, None)]).await;
    let all = [(2, None), (4, Some(7)), (3, Some(8)), (5, Some(7))].map(|(n, who)| institution(n, who));
    assert_eq!(store.institutions(None, 9).await.unwrap(), all);
    assert_eq!(store.institutions(Some(all[0].key.clone()), 2).await.unwrap(), all[1..3]);
    assert_eq!(store.institutions_of(ME).await.unwrap(), [all[1].clone(), all[3].clone()]);
    make(&store, [put(5, Some(8)), Op::DropInstitution(all[1].key.clone()), put(5, Some(8))]).await;
    assert!(store.institutions_of(ME).await.unwrap().is_empty());
    assert_eq!(
        store.institutions_of(UserId(8)).await.unwrap(),
        [institution(3, Some(8)), institution(5, Some(8))]
    );
    assert_eq!(store.institutions(None, 9).await.unwrap().len(), 3);
}

pub(super) async fn who_is_forgotten_is_named_by_no_institution(store: impl Store) {
    let put = |n, who| Op::PutInstitution(institution(n, who).into());
    make(&store, [put(2, Some(7)), put(3, Some(8))]).await;
    make(&store, [Op::Forget(ME)]).await;
    let nameless = Institution { responsible: None, ..institution(2, None) };
    assert_eq!(store.institutions(None, 9).await.unwrap(), [nameless, institution(3, Some(8))]);
    assert!(store.institutions_of(ME).await.unwrap().is_empty());
}

pub(super) async fn roles_are_kept_by_person_and_expected_as_they_are(store: impl Store) {
    let put = |who, id| Op::PutGrant(grant(who, id).into());
    make(&store, [put(8, 2), put(7, 300), put(7, 4)]).await;
    assert_eq!(store.grants().await.unwrap(), [grant(7, 4), grant(7, 300), grant(8, 2)]);
    assert_eq!(store.grants_of(ME).await.unwrap(), [grant(7, 4), grant(7, 300)]);
    let expects = |ids: &[u64]| store.commit(commit([Expect::GrantsAre(ME, ids.to_vec())], []));
    expects(&[4, 300]).await.unwrap();
    for other in [&[][..], &[4], &[300, 4], &[4, 300, 301]] {
        assert!(matches!(expects(other).await, Err(StoreError::Conflict)), "{other:?}");
    }
    make(&store, [Op::DropGrant(ME, 4), Op::DropGrant(ME, 5)]).await;
    assert_eq!(store.grants_of(ME).await.unwrap(), [grant(7, 300)]);
    make(&store, [Op::Forget(ME)]).await;
    assert_eq!(store.grants().await.unwrap(), [grant(8, 2)]);
    expects(&[]).await.unwrap();
}

pub(super) async fn a_campaign_that_is_dropped_leaves_nothing(store: impl Store) {
    let many: Vec<i64> = (1..=600).collect();
    let begin = |n: u64| {
        [
            Op::StartCampaign(campaign(n, CampaignState::Running), due_now(&many)),
            Op::PutLetter(letter(n, 7, Stage::Sent { by: None }).into()),
            Op::Press(CampaignId(n), ME, true, Ms(5)),
            Op::HandOut(CampaignId(n), (Ms(0), ME)),
            Op::Settle(CampaignId(n), vec![(ME, Recipient::Sent(4))]),
        ]
    };
    make(&store, (1..=3).flat_map(begin)).await;
    make(&store, [Op::DropCampaign(CampaignId(2)), Op::DropCampaign(CampaignId(9))]).await;
    let id = CampaignId(2);
    assert_eq!(store.campaign(id).await.unwrap(), None);
    assert_eq!(store.letter(id).await.unwrap(), None);
    assert_eq!(store.handed_out(id).await.unwrap(), None);
    assert_eq!(store.tally(id).await.unwrap(), Tally::default());
    assert!(store.recipients(id, None, 9).await.unwrap().is_empty());
    assert!(store.queued(id, None, 9).await.unwrap().is_empty());
    assert!(store.pressed(id, None, 9).await.unwrap().is_empty());
    // A late receipt brings nobody back.
    make(&store, [Op::Settle(id, vec![(ME, Recipient::Read)]), Op::Press(id, ME, false, Ms(9))]).await;
    assert!(store.pressed(id, None, 9).await.unwrap().is_empty());
    let hers = store.received(ME).await.unwrap().into_iter().map(|(campaign, _)| campaign.id.0);
    assert_eq!(hers.collect::<Vec<_>>(), [3, 1]);
    assert_eq!(store.active().await.unwrap().len(), 2);
    assert_eq!(store.letters(9).await.unwrap().len(), 2);
    assert_eq!(store.queued(CampaignId(1), None, 999).await.unwrap().len(), 599);
}

pub(super) async fn the_log_and_parked_messages_leave_line_by_line(store: impl Store) {
    make(&store, [20, 10, 20, 30].iter().map(|at| Op::Audit(audit(*at, "a")))).await;
    let keys = async |before, after, n| -> Vec<(i64, u64)> {
        let found = store.audit_before(Ms(before), after, n).await.unwrap();
        found.into_iter().map(|((at, n), entry)| (at.0.min(entry.at.0), n)).collect()
    };
    assert_eq!(keys(30, None, 9).await, [(10, 2), (20, 1), (20, 3)]);
    assert_eq!(keys(30, Some((Ms(20), 1)), 9).await, [(20, 3)]);
    assert_eq!(keys(99, None, 1).await, [(10, 2)]);
    assert!(keys(5, Some((Ms(20), 1)), 9).await.is_empty());
    make(&store, [Op::DropAudit((Ms(20), 1)), Op::DropAudit((Ms(20), 9))]).await;
    assert_eq!(keys(99, None, 9).await, [(10, 2), (20, 3), (30, 4)]);

    let ids = make(&store, [Op::Enqueue(message(7, "x")), Op::Enqueue(message(8, "y"))]).await;
    make(&store, ids.iter().map(|id| Op::ParkOut(*id, "914".to_owned(), Ms(4)))).await;
    make(&store, [Op::DropParked(ids[0])]).await;
    assert_eq!(store.parked(None, 9).await.unwrap().len(), 1);
}

pub(super) async fn refusals_do_not_fill_the_log(store: impl Store) {
    let most = i64::from(REFUSALS_A_DAY);
    make(&store, (0..most + 5).map(|at| Op::Refuse(refusal(7, at)))).await;
    make(&store, [Op::Refuse(refusal(8, 3))]).await;
    assert_eq!(store.audit(99).await.unwrap().len(), usize::from(REFUSALS_A_DAY) + 1);
    assert_eq!(store.refused(ME).await.unwrap(), Some((Day(0), REFUSALS_A_DAY)));
    make(&store, [Op::Refuse(refusal(7, Ms::DAY))]).await;
    assert_eq!(store.audit(1).await.unwrap(), [refusal(7, Ms::DAY)]);
    assert_eq!(store.refused(ME).await.unwrap(), Some((Day(1), 1)));
    make(&store, [Op::Forget(ME)]).await;
    assert_eq!(store.refused(ME).await.unwrap(), None);
}

pub(super) async fn an_announcement_changes_only_from_its_last_revision(store: impl Store) {
    let id = CampaignId(5);
    let put = |stage| Op::PutLetter(letter(5, 7, stage).into());
    assert_eq!(store.letter(id).await.unwrap(), None);
    store.commit(commit([Expect::LetterRev(id, 0)], [put(Stage::Draft)])).await.unwrap();
    let kept = Letter { rev: 4, ..letter(5, 7, Stage::Draft) };
    assert_eq!(store.letter(id).await.unwrap(), Some(kept.clone()));
    let stale = commit([Expect::LetterRev(id, 3)], [Op::DropLetter(id)]);
    assert!(matches!(store.commit(stale).await, Err(StoreError::Conflict)));
    make(&store, [Op::PutLetter(letter(6, 7, Stage::Sent { by: Some(UserId(8)) }).into())]).await;
    let listed: Vec<u64> = store.letters(9).await.unwrap().iter().map(|letter| letter.id.0).collect();
    assert_eq!(listed, [6, 5]);
    assert_eq!(store.letters(1).await.unwrap().len(), 1);
    store.commit(commit([Expect::LetterRev(id, 4)], [Op::DropLetter(id)])).await.unwrap();
    assert_eq!(store.letter(id).await.unwrap(), None);
}

pub(super) async fn an_announcement_that_comes_again_is_found_below_any_number_of_others(store: impl Store) {
    let repeats = |next| Stage::Repeats { next, by: None };
    let over = Amends { over: true, ..amends() };
    let open = [
        (1, repeats(Some(Ms(9)))),
        (2, Stage::Draft),
        (3, Stage::Waits { since: Ms(1), people: 2 }),
        (4, Stage::Declined { by: ME, at: Ms(2), word: "Рано".to_owned() }),
        (5, Stage::Amended(Amends { over: false, ..amends() })),
    ];
    let done = [(6, repeats(None)), (7, Stage::Amended(over))];
    let sent = (8..300).map(|id| (id, Stage::Sent { by: None }));
    let all = open.into_iter().chain(done).chain(sent);
    make(&store, all.map(|(id, stage)| Op::PutLetter(letter(id, 7, stage).into()))).await;
    let found: Vec<u64> = store.letters_open().await.unwrap().iter().map(|letter| letter.id.0).collect();
    assert_eq!(found, [5, 4, 3, 2, 1]);
}

pub(super) async fn only_recipients_press_and_the_first_time_counts(store: impl Store) {
    let id = CampaignId(3);
    let running = campaign(3, CampaignState::Running);
    make(&store, [Op::StartCampaign(running, due_now(&[-5, 7, 9]))]).await;
    let press = |who, ack, at| Op::Press(id, UserId(who), ack, Ms(at));
    let presses = [press(7, true, 5), press(7, true, 6), press(8, true, 5), press(9, false, 4)];
    make(&store, presses).await;
    make(&store, [press(9, true, 8), press(-5, true, 9), Op::Press(CampaignId(2), ME, true, Ms(1))]).await;
    let pressed =
        |acked: Option<i64>, opened: Option<i64>| Pressed { acked: acked.map(Ms), opened: opened.map(Ms) };
    let all = [
        (UserId(-5), pressed(Some(9), None)),
        (UserId(7), pressed(Some(5), None)),
        (UserId(9), pressed(Some(8), Some(4))),
    ];
    assert_eq!(store.pressed(id, None, 9).await.unwrap(), all);
    assert_eq!(store.pressed(id, Some(UserId(-5)), 1).await.unwrap(), all[1..2]);
    assert!(store.pressed(CampaignId(2), None, 9).await.unwrap().is_empty());
}

pub(super) async fn who_is_forgotten_leaves_no_draft_and_pressed_nothing(store: impl Store) {
    let sent = Stage::Sent { by: None };
    let ops = [
        Op::StartCampaign(campaign(3, CampaignState::Running), due_now(&[7, 9])),
        Op::Press(CampaignId(3), ME, true, Ms(5)),
        Op::Press(CampaignId(3), UserId(9), true, Ms(5)),
        Op::PutLetter(letter(3, 7, sent.clone()).into()),
        Op::PutLetter(letter(4, 7, Stage::Waits { since: Ms(1), people: 2 }).into()),
        Op::PutLetter(letter(5, 8, Stage::Draft).into()),
    ];
    make(&store, ops).await;
    make(&store, [Op::Forget(ME)]).await;
    let pressed = Pressed { acked: Some(Ms(5)), opened: None };
    assert_eq!(store.pressed(CampaignId(3), None, 9).await.unwrap(), [(UserId(9), pressed)]);
    let left = [
        Letter { rev: 4, ..letter(5, 8, Stage::Draft) },
        Letter { rev: 5, watch: None, ..letter(3, 7, sent) },
    ];
    assert_eq!(store.letters(9).await.unwrap(), left);
}

pub(super) async fn segments_are_listed_by_number(store: impl Store) {
    let put = |id| Op::PutSegment(saved(id).into());
    make(&store, [put(5), put(1), put(5), Op::DropSegment(7)]).await;
    assert_eq!(store.segments().await.unwrap(), [saved(1), saved(5)]);
    make(&store, [Op::DropSegment(1)]).await;
    assert_eq!(store.segments().await.unwrap(), [saved(5)]);
}

pub(super) async fn what_commits_touch_is_told_from_the_first_question_on(store: impl Store) {
    let touched = || store.touched().take();
    make(&store, [put(&person(7))]).await;
    assert_eq!(touched(), <_>::default(), "nobody asked before");
    let ops = [
        put(&person(7)),
        Op::SetStep(step(8, "weekly", "fresh"), Some(tick(1))),
        Op::PutProgress(UserId(9), progress().into()),
        Op::SetWritable(UserId(10), false),
        Op::Forget(UserId(11)),
        Op::PutSight(sight(77, 5).into()),
        Op::PutPage(page(78, &[7]).into()),
        Op::Enqueue(message(12, "x")),
    ];
    make(&store, ops).await;
    assert_eq!(touched(), ([7, 8, 9, 10, 11].map(UserId).into(), [77, 78].map(GroupId).into()));
    assert!(store.touched().is_empty());
}

pub(super) async fn conversations_are_listed_while_they_go_on_and_by_whose_they_are(store: impl Store) {
    let put = |talk: Handoff| Op::PutHandoff(talk.into());
    make(&store, [put(handoff(3, 7, None)), put(handoff(1, 7, Some(9))), put(handoff(2, 8, None))]).await;
    let kept = |n, who, by| Handoff { rev: 1, ..handoff(n, who, by) };
    let all = [kept(1, 7, Some(9)), kept(2, 8, None), kept(3, 7, None)];
    assert_eq!(store.handoffs().await.unwrap(), all);
    assert_eq!(store.handoffs_of(ME).await.unwrap(), [all[0].clone(), all[2].clone()]);
    assert_eq!(store.handoff(2).await.unwrap(), Some(all[1].clone()));
    let stale = commit([Expect::HandoffRev(1, 0)], [Op::DropHandoff(1)]);
    assert!(matches!(store.commit(stale).await, Err(StoreError::Conflict)));
    // One that ends leaves the list and is still hers.
    let end = commit([Expect::HandoffRev(1, 1)], [put(Handoff { rev: 1, ..closed(1, 7) })]);
    store.commit(end).await.unwrap();
    assert_eq!(store.handoffs().await.unwrap(), all[1..]);
    assert_eq!(store.handoffs_of(ME).await.unwrap(), [Handoff { rev: 2, ..closed(1, 7) }, all[2].clone()]);
    assert_eq!(store.handoffs_closed(1, 9).await.unwrap(), []);
    assert_eq!(store.handoffs_closed(3, 9).await.unwrap(), [Handoff { rev: 2, ..closed(1, 7) }]);
    make(&store, [Op::DropHandoff(1), Op::DropHandoff(3)]).await;
    assert_eq!((store.handoff(1).await.unwrap(), store.handoffs_of(ME).await.unwrap()), (None, vec![]));
}

pub(super) async fn who_is_forgotten_is_in_no_conversation_and_shows_no_page(store: impl Store) {
    let put = |talk: Handoff| Op::PutHandoff(talk.into());
    let ops = [
        put(handoff(1, 7, None)),
        put(closed(2, 7)),
        put(handoff(3, 8, Some(7))),
        Op::PutWatch(watch(77, 7).into()),
        Op::PutWatch(watch(78, 8).into()),
        Op::Forget(ME),
    ];
    make(&store, ops).await;
    assert_eq!(store.handoffs().await.unwrap(), [Handoff { rev: 2, ..handoff(3, 8, None) }]);
    assert_eq!((store.handoff(2).await.unwrap(), store.handoffs_of(ME).await.unwrap()), (None, vec![]));
    let shown = Watch { rev: 2, example: None, ..watch(77, 7) };
    assert_eq!(store.watch(GroupId(77)).await.unwrap(), Some(shown));
    assert_eq!(store.watch(GroupId(78)).await.unwrap(), Some(Watch { rev: 1, ..watch(78, 8) }));
    make(&store, [Op::DropPage(GroupId(78))]).await;
    assert_eq!(store.watch(GroupId(78)).await.unwrap(), None);
}
pub(super) async fn a_class_and_its_seats_change_only_from_their_last_revision(store: impl Store) {
    let id = ClassId(5);
    let new = [Expect::ClassRev(id, 0), Expect::SeatRev(id, ME, 0)];
    let ops = [
        Op::PutClass(Class { rev: 0, ..class(5) }.into()),
        Op::PutSeat(seat(5, 7, 0).into()),
        Op::PutSeat(seat(5, 6, 0).into()),
        Op::PutSeat(seat(9, 7, 0).into()),
    ];
    store.commit(commit(new.clone(), ops.clone())).await.unwrap();
    assert!(matches!(store.commit(commit(new, ops.clone())).await, Err(StoreError::Conflict)));
    assert_eq!(store.class(id).await.unwrap(), Some(Class { rev: 1, ..class(5) }));
    assert_eq!(store.classes(None, 9).await.unwrap(), [Class { rev: 1, ..class(5) }]);
    assert!(store.classes(Some(id), 9).await.unwrap().is_empty());
    assert_eq!(store.seats(id).await.unwrap(), [seat(5, 6, 1), seat(5, 7, 1)]);
    assert_eq!(store.seats_of(ME).await.unwrap(), [seat(5, 7, 1), seat(9, 7, 1)]);
    let late = commit([Expect::SeatRev(id, ME, 0)], [Op::PutSeat(seat(5, 7, 0).into())]);
    assert!(matches!(store.commit(late).await, Err(StoreError::Conflict)));
    store.commit(commit([Expect::SeatRev(id, ME, 1)], [Op::PutSeat(seat(5, 7, 1).into())])).await.unwrap();
    make(&store, [Op::DropClass(id)]).await;
    assert_eq!(store.class(id).await.unwrap(), None);
    assert!(store.seats(id).await.unwrap().is_empty());
    assert_eq!(store.seats_of(ME).await.unwrap(), [seat(9, 7, 1)]);
}

pub(super) async fn who_is_forgotten_has_no_seat_and_no_certificate(store: impl Store) {
    let ops = [
        Op::PutClass(Class { rev: 0, ..class(5) }.into()),
        Op::PutSeat(seat(5, 7, 0).into()),
        Op::PutSeat(seat(5, 8, 0).into()),
        Op::PutCertificate(certificate(5, 7).into()),
        Op::PutCertificate(certificate(5, 8).into()),
    ];
    make(&store, ops).await;
    make(&store, [Op::Forget(ME)]).await;
    assert_eq!(store.seats(ClassId(5)).await.unwrap(), [seat(5, 8, 1)]);
    assert!(store.seats_of(ME).await.unwrap().is_empty());
    assert_eq!(store.certificate(507).await.unwrap(), None);
    assert_eq!(store.certificate(508).await.unwrap(), Some(certificate(5, 8)));
    // Whoever counted on the seats as they were has to read them again.
    assert_eq!(store.class(ClassId(5)).await.unwrap().map(|c| c.rev), Some(2));
}

pub(super) async fn a_person_is_woken_for_her_classes_at_the_earliest_moment(store: impl Store) {
    let classes = |due, since| {
        let what = What::Classes { since: Ms(since) };
        Reminder { what, ..Reminder::classes(ME, Ms(due)) }
    };
    make(&store, [Op::Wake(ME, Ms(5))]).await;
    assert!(store.reminders(ME).await.unwrap().is_empty(), "nobody is there to be woken");
    make(&store, [put(&person(7)), Op::Wake(ME, Ms(50)), Op::Wake(ME, Ms(90))]).await;
    assert_eq!(store.reminders(ME).await.unwrap(), [classes(50, 50)]);
    make(&store, [Op::Wake(ME, Ms(30))]).await;
    assert_eq!(store.due(Ms(99), 9).await.unwrap(), [classes(30, 30)]);
    // What was put off is still to be said.
    make(&store, [Op::PutReminder(classes(80, 30)), Op::Wake(ME, Ms(60))]).await;
    assert_eq!(store.due(Ms(99), 9).await.unwrap(), [classes(60, 30)]);
}
