//! What people try without the right: refused, and written into the log; and what the log tells of roles.

use std::collections::BTreeSet;

use proptest::prelude::*;
use vkapi::types::{GroupId, UserId};

use super::{Alone, Answered, fuzz::acquaint};
use crate::{
    chat::{Action, Do, Event, tests::CONTENT},
    config::Staff,
    domain::{
        CampaignId, CampaignState, ClassAsk, ClassId, Form, Grant, ListOf, Ms, Pause, Role, Scope, Sphere,
        board::Show,
        page::PageClass,
        rights::{self, replayed},
    },
    retention,
    store::{AuditEntry, Commit, Op, REFUSALS_A_DAY, Store},
};

const OWNER: UserId = UserId(1007);
const TRAINER: UserId = UserId(1006);
const CURATOR: UserId = UserId(1005);
const ADMIN: UserId = UserId(101);

fn staff() -> Staff {
    Staff { owners: vec![OWNER.0], trainers: vec![TRAINER.0], ..Staff::default() }
}

fn text(text: &str) -> Event {
    Event::Text { text: text.to_owned(), action: None, plain: false, link: None }
}

fn press(action: Action) -> Event {
    Event::Press(Some(action), None)
}

/// One button of every kind that takes a role.
fn staffs() -> Vec<Action> {
    let (id, g, u, class) = (CampaignId(7), GroupId(5), UserId(8), ClassId(1));
    vec![
        Action::Cabinet,
        Action::Questions { p: 0 },
        Action::Question { id: 1 },
        Action::QuestionFile { id: 1 },
        Action::QuestionFiled { id: 1, g: None },
        Action::QuestionHide { id: 1 },
        Action::Reply { id: 1 },
        Action::ReplySend,
        Action::Announce,
        Action::AnnounceSend,
        Action::Campaign { id },
        Action::CampaignAgain { id },
        Action::CampaignPause { id },
        Action::CampaignResume { id, why: Pause::Staff },
        Action::CampaignCancel { id },
        Action::CampaignCancelYes { id, was: CampaignState::Running },
        Action::Runners,
        Action::Runner { g },
        Action::RunnerYes { g, u },
        Action::RunnerNo { g, u },
        Action::People,
        Action::Roles { p: 0 },
        Action::Role { u, n: 1 },
        Action::RoleDrop { u, n: 1 },
        Action::RoleDropYes { u, n: 1 },
        Action::RoleNew,
        Action::RoleIs { r: Role::Owner },
        Action::RolePlace { m: None, s: None, g: None },
        Action::RoleSpheres,
        Action::RoleYes,
        Action::Roster,
        Action::RosterLoad,
        Action::RosterYes { drop: true },
        Action::RosterSend,
        Action::Invites { p: 0 },
        Action::InvitesSend,
        Action::ListSend { l: ListOf::Roles },
        Action::ListSend { l: ListOf::Handoffs },
        Action::ListSend { l: ListOf::Letters },
        Action::ListSend { l: ListOf::Classes },
        Action::ListSend { l: ListOf::Questions },
        Action::InviteCode { r: "m-0a1b2c3d".to_owned() },
        Action::Log,
        Action::LogSend,
        Action::Handoffs { p: 0 },
        Action::Handoff { id: 1 },
        Action::HandoffTake { id: 1 },
        Action::HandoffDraft { id: 1 },
        Action::WriteTo { g },
        Action::Claims,
        Action::Claim { g },
        Action::ClaimSay { g, w: "badge".to_owned(), yes: true },
        Action::Letter { id: CampaignId(1), d: Do::Send },
        Action::Letters { p: 0 },
        Action::AgainUnacked { id: CampaignId(1) },
        Action::CampaignWatch { id: CampaignId(1) },
        Action::CampaignLeave { id: CampaignId(1) },
        Action::Unacked { id: CampaignId(1), p: 0 },
        Action::ReportFile { id: CampaignId(1) },
        Action::Letter { id: CampaignId(1), d: Do::Look },
        Action::Board { f: Show::All, p: 0 },
        Action::BoardPick,
        Action::BoardFind,
        Action::BoardPage { g },
        Action::BoardTables { p: 0 },
        Action::BoardTable { c: None },
        Action::Report { m: None, p: 0 },
        Action::ReportPicture { m: None },
        Action::ReportTable { m: None },
        Action::ClassAsk { id: class, of: ClassAsk::Title, n: false },
        Action::ClassSet { id: class, of: ClassAsk::Minutes, v: 60, n: false },
        Action::Training { p: 0 },
        Action::ClassFrom { p: 0 },
        Action::ClassOf { c: "first-week".to_owned(), r: None },
        Action::ClassRoom { id: class },
        Action::ClassEdit { id: class, more: false },
        Action::ClassOpen { id: class },
        Action::ClassStop { id: class },
        Action::ClassStopYes { id: class },
        Action::ClassPeople { id: class, p: 0 },
        Action::ClassCame { id: class, u, on: true, p: 0 },
        Action::ClassWindow { id: class, m: 30 },
        Action::ClassRecord { id: class, all: true },
        Action::ClassTable { id: class },
        Action::ClassVoices { id: class },
        Action::ClassDoorSend { id: class },
        Action::ClassAnnounce { id: class },
        Action::PageClass { g, c: PageClass::Card },
    ]
}

/// The word by which a payload is told apart.
fn tag(action: &Action) -> String {
    let payload: serde_json::Value = serde_json::from_str(&action.payload()).unwrap();
    payload["a"].as_str().unwrap().to_owned()
}

/// The words of all buttons that anybody may press.
fn anybodys() -> BTreeSet<&'static str> {
    "menu cancel consent sphere skip days days-ok hour lists list tick how again history next lessons lesson card quiz \
     answer retry guide helped ask-curator ask-curator-yes ask draft reminders remind-new remind-drop reminders-more done in-hour \
     tomorrow workday pass-by at remind-yes remind-time remind-days remind-weekly away away-move away-until deputy-set away-alone \
     away-end cover ideas template courses course page standing said appeal weeks thanks advised page-one page-leave \
     page-prove page-check page-set progress settings sphere-set town-set zone-set zone sub-reminders sub-news sub-tips \
     my-data my-data-send class-door withdraw withdraw-yes handoff-say handoff-close handoff-bot \
     quiet quiet-set quiet-usual peers peers-name letter-press example classes my-classes \
     class class-join class-leave class-leave-yes class-calendar class-mark class-paper opinion opinion-later"
        .split_whitespace()
        .collect()
}

/// The words of all buttons there are: serde names them to whoever sends another.
fn all() -> BTreeSet<String> {
    let error = serde_json::from_str::<Action>(r#"{"a":"?"}"#).unwrap_err().to_string();
    error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_button_is_either_anybodys_or_tried_here_without_the_right() {
    let tried: BTreeSet<String> = staffs().iter().map(tag).collect();
    let all = all();
    assert!(all.len() > 100, "{all:?}");
    let forgotten: Vec<&String> =
        all.iter().filter(|tag| !tried.contains(*tag) && !anybodys().contains(tag.as_str())).collect();
    assert!(forgotten.is_empty(), "add these to `staffs` or `anybodys`: {forgotten:?}");
    for action in staffs() {
        assert!(action.needs() > Role::Admin, "{action:?}");
        assert!(!anybodys().contains(tag(&action).as_str()), "{action:?}");
    }
}

impl Alone {
    async fn log(&self) -> Vec<AuditEntry> {
        let mut lines = self.core.store.audit(usize::MAX).await.unwrap();
        lines.reverse();
        lines
    }

    async fn refused(&self, who: UserId) -> Vec<String> {
        let lines = self.log().await.into_iter();
        lines.filter(|e| e.what == "refused" && e.who == who).map(|e| e.detail).collect()
    }

    async fn grant(&self, grant: Grant) {
        let ops = vec![Op::PutGrant(Box::new(grant))];
        self.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    }
}

fn curator_of(town: &str) -> Grant {
    Grant {
        id: 5,
        who: CURATOR,
        role: Role::Curator,
        scope: Scope { municipality: Some(town.to_owned()), ..Scope::default() },
        by: Some(OWNER),
        at: Ms(1),
        note: "Сергей".to_owned(),
    }
}

fn toast(answered: &Answered) -> &str {
    answered.snackbar.as_deref().unwrap_or_default()
}

#[tokio::test]
async fn a_forged_button_of_staff_is_refused_to_an_administrator_and_logged() {
    for action in staffs() {
        let mut bot = Alone::new(staff());
        acquaint(&mut bot, ADMIN).await;
        let before = bot.core.store.grants().await.unwrap();
        let answered = bot.hear(ADMIN, &press(action.clone())).await;
        assert_eq!(toast(&answered), CONTENT.texts().get("stale-button"), "{action:?}");
        assert!(answered.messages.iter().all(|m| m.to.user() == Some(ADMIN)), "{action:?}");
        assert_eq!(bot.refused(ADMIN).await, [action.payload()], "logged with what was pressed");
        assert_eq!(bot.core.store.grants().await.unwrap(), before);
        assert!(bot.core.store.campaigns(9).await.unwrap().is_empty());
        assert_eq!(bot.person(ADMIN).await.unwrap().form, None, "{action:?} opened a form");
    }
}

#[tokio::test]
async fn refusals_of_one_person_do_not_fill_the_log() {
    let mut bot = Alone::new(staff());
    acquaint(&mut bot, ADMIN).await;
    for _ in 0..REFUSALS_A_DAY + 9 {
        bot.hear(ADMIN, &press(Action::Log)).await;
    }
    assert_eq!(bot.refused(ADMIN).await.len(), usize::from(REFUSALS_A_DAY));
}

#[tokio::test]
async fn a_curator_reaches_no_other_municipality_and_no_higher_role() {
    let mut bot = Alone::new(staff());
    acquaint(&mut bot, CURATOR).await;
    bot.grant(curator_of("Моршанск")).await;
    let elsewhere = Grant { id: 9, who: UserId(8), ..curator_of("Кирсанов") };
    bot.grant(elsewhere.clone()).await;
    // Another municipality's roles are not to be seen, opened or taken away.
    let listed = bot.hear(CURATOR, &press(Action::Roles { p: 0 })).await;
    assert!(!listed.last(CURATOR).unwrap().text.contains("Кирсанов"));
    bot.hear(CURATOR, &press(Action::RoleDropYes { u: UserId(8), n: 9 })).await;
    assert_eq!(bot.core.store.grants_of(UserId(8)).await.unwrap(), [elsewhere]);
    // Nor granted: the place and the role come from a forged payload.
    let forged = [
        (Role::Curator, Scope { municipality: Some("Кирсанов".to_owned()), ..Scope::default() }),
        (Role::Curator, Scope::default()),
        (Role::Curator, Scope { page: Some(GroupId(5)), ..Scope::default() }),
        (Role::Trainer, curator_of("Моршанск").scope),
        (Role::Owner, Scope::default()),
    ];
    for (role, Scope { municipality, sphere, page }) in forged {
        bot.hear(CURATOR, &press(Action::RoleNew)).await;
        bot.hear(CURATOR, &text("id102")).await;
        bot.hear(CURATOR, &press(Action::RoleIs { r: role })).await;
        bot.hear(CURATOR, &press(Action::RolePlace { m: municipality, s: sphere, g: page })).await;
        bot.hear(CURATOR, &press(Action::RoleYes)).await;
        assert!(bot.core.store.grants_of(UserId(102)).await.unwrap().is_empty(), "{role:?}");
    }
    assert!(bot.refused(CURATOR).await.len() >= 5, "{:?}", bot.refused(CURATOR).await);
}

#[tokio::test]
async fn a_trainer_whose_role_is_taken_loses_her_form_and_her_buttons_at_once() {
    let mut bot = Alone::new(staff());
    acquaint(&mut bot, CURATOR).await;
    bot.grant(Grant { role: Role::Trainer, scope: Scope::default(), ..curator_of("") }).await;
    bot.hear(CURATOR, &press(Action::Announce)).await;
    bot.hear(CURATOR, &text("Завтра семинар для всех")).await;
    let id = bot.core.store.letters(1).await.unwrap()[0].id;
    bot.hear(CURATOR, &press(Action::Letter { id, d: Do::Text })).await;
    assert!(matches!(bot.person(CURATOR).await.unwrap().form, Some(Form::Letter { .. })));
    acquaint(&mut bot, OWNER).await;
    let taken = bot.hear(OWNER, &press(Action::RoleDropYes { u: CURATOR, n: 5 })).await;
    let told = taken.last(CURATOR).map(|m| m.text.clone()).unwrap_or_default();
    assert!(told.contains("Спасибо за работу"), "she is told: {told}");
    // What she types now is no announcement and no question.
    let answered = bot.hear(CURATOR, &text("Ещё раз о семинаре")).await;
    assert_eq!(answered.last(CURATOR).unwrap().text, CONTENT.texts().get("role-lost"));
    assert_eq!(bot.person(CURATOR).await.unwrap().form, None);
    for old in [Action::Letter { id, d: Do::Send }, Action::Announce, Action::Cabinet] {
        let answered = bot.hear(CURATOR, &press(old)).await;
        assert_eq!(toast(&answered), CONTENT.texts().get("stale-button"));
    }
    assert!(bot.core.store.campaigns(9).await.unwrap().is_empty());
    assert_eq!(bot.refused(CURATOR).await.len(), 3);
}

#[tokio::test]
async fn a_turn_made_before_a_role_was_taken_is_not_committed_after() {
    let mut bot = Alone::new(staff());
    acquaint(&mut bot, CURATOR).await;
    let grant = Grant { role: Role::Trainer, scope: Scope::default(), ..curator_of("") };
    bot.grant(grant.clone()).await;
    let made = bot.core.make(CURATOR, &press(Action::Announce), 77).await.unwrap();
    let ops = vec![Op::DropGrant(CURATOR, grant.id)];
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    let late =
        bot.core.commit(CURATOR, &made, crate::store::OutLane::Reply, 77, Vec::new(), Vec::new()).await;
    assert!(matches!(late, Err(crate::store::StoreError::Conflict)), "{late:?}");
}

#[tokio::test]
async fn an_administrator_reads_no_page_of_another() {
    let mut bot = Alone::new(staff());
    for who in [ADMIN, UserId(102)] {
        acquaint(&mut bot, who).await;
    }
    bot.hear(UserId(102), &press(Action::PageSet)).await;
    bot.hear(UserId(102), &text("vk.ru/school5")).await;
    assert_eq!(bot.person(UserId(102)).await.unwrap().pages.len(), 1);
    for forged in [
        Action::PageOne { g: GroupId(5) },
        Action::PageProve { g: GroupId(5) },
        Action::PageCheck { g: GroupId(5) },
        Action::PageLeave { g: GroupId(5) },
        Action::Standing { p: 5 },
        Action::Said { p: 5, w: "badge".to_owned(), yes: true },
        Action::Appeal { p: 5 },
        Action::Weeks { p: 5 },
        Action::Peers { p: 5 },
        Action::PeersName { p: 5, on: true },
        Action::Example { g: GroupId(5), on: true },
    ] {
        let answered = bot.hear(ADMIN, &press(forged.clone())).await;
        assert_eq!(bot.refused(ADMIN).await.last(), Some(&forged.payload()), "logged");
        for message in &answered.messages {
            assert!(!message.text.contains("Школа № 5"), "{forged:?}: {}", message.text);
            assert_eq!(message.file, None, "{forged:?}");
        }
    }
    let page = bot.core.store.page(GroupId(5)).await.unwrap().unwrap();
    assert!(page.present().all(|admin| admin.person == UserId(102)));
    assert!(page.said.is_empty());
    // Of a page that she ran herself an old button is no attack.
    bot.hear(UserId(102), &press(Action::PageLeave { g: GroupId(5) })).await;
    bot.hear(UserId(102), &press(Action::PageOne { g: GroupId(5) })).await;
    assert!(bot.refused(UserId(102)).await.is_empty());
}

/// One thing an owner or a trainer does about roles.
#[derive(Clone, Debug)]
enum Deed {
    Grant { by: UserId, to: i64, role: Role, town: Option<&'static str>, sphere: Option<Sphere> },
    Revoke { by: UserId, which: usize },
    Withdraw(i64),
}

fn deeds() -> impl Strategy<Value = Deed> {
    let by = prop_oneof![Just(OWNER), Just(TRAINER), Just(UserId(201))];
    let town = proptest::option::of(prop_oneof![Just("Моршанск"), Just("Кирсанов")]);
    let sphere = proptest::option::of(Just(Sphere::School));
    prop_oneof![
        6 => (by.clone(), 201_i64..204, 0_usize..4, town, sphere).prop_map(|(by, to, role, town, sphere)| {
            Deed::Grant { by, to, role: Role::GRANTED[role], town, sphere }
        }),
        3 => (by, 0_usize..6).prop_map(|(by, which)| Deed::Revoke { by, which }),
        1 => (201_i64..204).prop_map(Deed::Withdraw),
    ]
}

async fn done(deeds: Vec<Deed>) -> Result<(), TestCaseError> {
    let mut bot = Alone::new(staff());
    for who in [OWNER.0, TRAINER.0, 201, 202, 203] {
        acquaint(&mut bot, UserId(who)).await;
    }
    for deed in deeds {
        match deed {
            Deed::Grant { by, to, role, town, sphere } => {
                bot.hear(by, &press(Action::RoleNew)).await;
                bot.hear(by, &text(&format!("id{to}"))).await;
                bot.hear(by, &press(Action::RoleIs { r: role })).await;
                let m = town.map(str::to_owned);
                bot.hear(by, &press(Action::RolePlace { m, s: sphere, g: None })).await;
                bot.hear(by, &press(Action::RoleYes)).await;
            }
            Deed::Revoke { by, which } => {
                let all = bot.core.store.grants().await.unwrap();
                let Some(grant) = all.get(which) else { continue };
                bot.hear(by, &press(Action::RoleDropYes { u: grant.who, n: grant.id })).await;
            }
            Deed::Withdraw(who) => {
                bot.hear(UserId(who), &press(Action::WithdrawYes)).await;
                acquaint(&mut bot, UserId(who)).await;
            }
        }
        let log = bot.log().await;
        let lines = log.iter().map(|e| (e.what.as_str(), e.before.as_deref(), e.after.as_deref()));
        let stored = bot.core.store.grants().await.unwrap();
        let rebuilt: Vec<Grant> = replayed(lines).into_values().collect();
        prop_assert_eq!(&rebuilt, &stored);
        // Nobody has more than whoever granted it may give.
        for grant in stored.iter().filter(|g| g.by == Some(TRAINER)) {
            prop_assert!(grant.role <= Role::Trainer, "{:?}", grant);
        }
        prop_assert!(stored.iter().all(|g| g.by != Some(g.who)));
    }
    // Old lines go; what is left still tells who has which role, and nothing else.
    let stored = bot.core.store.grants().await.unwrap();
    bot.clock.advance(Ms::DAY * (1 + i64::from(bot.core.region.retention.log_days)));
    retention::age(&bot.core).await.unwrap();
    let log = bot.log().await;
    let lines = log.iter().map(|e| (e.what.as_str(), e.before.as_deref(), e.after.as_deref()));
    let rebuilt: Vec<Grant> = replayed(lines).into_values().collect();
    prop_assert_eq!(&rebuilt, &stored);
    prop_assert_eq!(log.len(), stored.len(), "{:?}", log);
    Ok(())
}

#[tokio::test]
async fn a_line_of_the_log_stays_for_its_time_and_one_of_a_role_as_long_as_it_is_held() {
    let mut bot = Alone::new(staff());
    for who in [OWNER.0, 201, 202] {
        acquaint(&mut bot, UserId(who)).await;
    }
    for to in [201, 202] {
        bot.hear(OWNER, &press(Action::RoleNew)).await;
        bot.hear(OWNER, &text(&format!("id{to}"))).await;
        bot.hear(OWNER, &press(Action::RoleIs { r: Role::Curator })).await;
        bot.hear(OWNER, &press(Action::RolePlace { m: None, s: None, g: None })).await;
        bot.hear(OWNER, &press(Action::RoleYes)).await;
    }
    bot.hear(UserId(7), &press(Action::RoleNew)).await;
    let whole = bot.log().await;
    let days = i64::from(bot.core.region.retention.log_days);
    bot.clock.advance(Ms::DAY * (days - 1));
    retention::age(&bot.core).await.unwrap();
    assert_eq!(bot.log().await, whole, "its time has not passed");
    let second = bot.core.store.grants_of(UserId(202)).await.unwrap()[0].id;
    bot.hear(OWNER, &press(Action::RoleDropYes { u: UserId(202), n: second })).await;
    bot.clock.advance(2 * Ms::DAY);
    retention::age(&bot.core).await.unwrap();
    let left: Vec<(String, bool)> =
        bot.log().await.into_iter().map(|e| (e.what, e.after.is_some())).collect();
    // The first role, and that the second was taken the other day.
    assert_eq!(left, [(rights::GRANTED.to_owned(), true), (rights::REVOKED.to_owned(), false)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn roles_rebuilt_from_the_log_are_those_that_are_stored(deeds in proptest::collection::vec(deeds(), 1..12)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(done(deeds))?;
    }
}
