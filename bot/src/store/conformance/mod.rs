//! What every engine promises, checked on each by the same cases.

mod cases;
mod random;
pub(crate) mod samples;

use tempfile::TempDir;

use super::{MemStore, SledOptions, SledStore};

/// Options for a directory of a test; its file system may refuse the sync attribute.
pub(crate) fn options(dir: &TempDir) -> SledOptions {
    SledOptions { path: dir.path().join("store"), allow_unsafe: true, cache_bytes: 8 << 20 }
}

/// A new store on disk; its directory lives as long as the second value.
pub(crate) fn sled() -> (SledStore, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (SledStore::open(&options(&dir)).unwrap(), dir)
}

macro_rules! conformance {
    ($engine:ident, $fresh:expr, $($case:ident)+) => {
        mod $engine {
            $(
                #[tokio::test]
                async fn $case() {
                    let (store, _kept) = $fresh;
                    super::cases::$case(store).await;
                }
            )+
        }
    };
}

macro_rules! for_every_engine {
    ($($case:ident)+) => {
        conformance!(memory, (super::MemStore::new(), ()), $($case)+);
        conformance!(on_disk, super::sled(), $($case)+);
        conformance!(chosen_at_start, {
            let (store, dir) = super::sled();
            (crate::store::AnyStore::Sled(store), dir)
        }, $($case)+);
    };
}

for_every_engine! {
    a_commit_is_made_whole
    a_change_from_an_older_revision_changes_nothing
    an_event_seen_before_changes_nothing
    a_mark_of_an_event_is_swept_when_it_is_old
    due_reminders_come_in_order_up_to_the_limit_and_the_moment
    what_was_sent_and_what_waits_is_kept_for_who_is_there
    a_moved_reminder_leaves_nothing_behind
    a_reminder_taken_by_another_is_not_taken_again
    messages_are_numbered_in_the_order_they_are_queued
    a_retried_message_stays_with_its_attempts
    a_finished_message_is_gone
    a_campaign_counts_who_stands_where
    a_big_campaign_is_worked_off_in_any_order
    a_campaign_is_started_once
    a_campaign_is_changed_only_as_it_is_known
    recipients_come_in_the_order_of_their_moments
    a_message_vk_does_not_take_is_kept_apart
    who_may_be_written_to_is_set_without_reading_her
    whether_everything_sent_has_its_receipt_is_kept
    when_the_bot_was_at_work_last_is_kept
    campaigns_are_listed_newest_first_and_running_ones_apart
    a_forgotten_person_is_nowhere
    who_was_forgotten_does_not_come_back_with_a_late_receipt
    who_is_forgotten_looks_after_nobody_and_asks_nobody
    steps_are_ticked_and_unticked
    progress_is_written_over_as_a_whole
    what_a_person_was_sent_is_told_newest_first
    people_are_listed_by_id_from_anywhere
    the_cursor_is_kept_for_each_group
    the_log_is_read_newest_first
    questions_are_listed_by_age_and_by_person
    a_question_changes_only_while_it_is_the_same
    numbers_of_any_sign_and_size_are_kept_in_order
    a_page_changes_only_from_its_last_revision
    pages_are_looked_at_in_the_order_they_are_due
    weeks_of_a_page_are_kept_apart_and_leave_by_age
    walls_are_counted_by_the_day
    comments_are_kept_of_a_page_and_counted_apart_from_walls
    who_is_forgotten_runs_no_page
    the_roster_is_listed_by_key_and_by_whom_it_names
    who_is_forgotten_is_named_by_no_institution
    roles_are_kept_by_person_and_expected_as_they_are
    refusals_do_not_fill_the_log
    an_announcement_changes_only_from_its_last_revision
    an_announcement_that_comes_again_is_found_below_any_number_of_others
    only_recipients_press_and_the_first_time_counts
    who_is_forgotten_leaves_no_draft_and_pressed_nothing
    segments_are_listed_by_number
    what_commits_touch_is_told_from_the_first_question_on
    conversations_are_listed_while_they_go_on_and_by_whose_they_are
    who_is_forgotten_is_in_no_conversation_and_shows_no_page
    a_class_and_its_seats_change_only_from_their_last_revision
    who_is_forgotten_has_no_seat_and_no_certificate
    a_campaign_that_is_dropped_leaves_nothing
    the_log_and_parked_messages_leave_line_by_line
    a_person_is_woken_for_her_classes_at_the_earliest_moment
}
