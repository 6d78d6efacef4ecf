//! Somebody of staff reaches for what is not hers: she is refused, it is logged, and nothing comes of it.

use vkapi::types::{Cmid, GroupId, PeerId, UserId};

use super::Alone;
use crate::{
    chat::{Action, Do, Event, tests::CONTENT},
    config::Staff,
    domain::{
        CampaignId, CampaignState, ClassAsk, ClassId, Consent, Fate, Form, Grant, Ms, Pause, Person, Role,
        Scope,
        board::Show,
        letter::{Letter, Stage, When},
        page::{Page, PageClass},
        segment::{Atom, Segment},
    },
    store::{
        Commit, Op, Store,
        conformance::samples::{
            asked, campaign, class, due_now, full_person, handoff, letter, page, put, seat,
        },
    },
};

const CURATOR: UserId = UserId(1005);
const ADMIN: i64 = 101;
/// Whose the announcements of the samples are.
const AUTHOR: UserId = UserId(1);

fn announcement(id: u64, stage: Stage) -> Letter {
    let to = Segment { atoms: vec![Atom::Unseen(30)] };
    Letter {
        rev: 0,
        author: AUTHOR,
        to,
        rest: None,
        when: When::Now,
        watch: None,
        ..letter(id, AUTHOR.0, stage)
    }
}

fn samples_page() -> Page {
    Page { municipality: Some("Моршанск".to_owned()), ..page(77, &[ADMIN]) }
}

/// A bot with an administrator of Моршанск, her page and her question, and a curator of this municipality.
async fn bot(town: &str, role: Role) -> Alone {
    let bot = Alone::new(Staff::default());
    let consent = Some(Consent { version: CONTENT.consent().version, at: Ms(1) });
    let known = |id| Person { consent, away: None, form: None, ..full_person(id) };
    let scope = Scope { municipality: Some(town.to_owned()), ..Scope::default() };
    let grant = Grant { id: 1, by: Some(UserId(1)), scope, ..Grant::of_config(CURATOR, role) };
    // Announcements are of somebody who trains Моршанск.
    let theirs = Scope { municipality: Some("Моршанск".to_owned()), ..Scope::default() };
    let author =
        Grant { id: 2, by: Some(UserId(1)), scope: theirs, ..Grant::of_config(AUTHOR, Role::Trainer) };
    let page = samples_page();
    let ops = vec![
        put(&known(ADMIN)),
        put(&known(CURATOR.0)),
        Op::PutGrant(Box::new(grant)),
        Op::PutPage(Box::new(page)),
        Op::PutHandoff(Box::new(handoff(5, ADMIN, None))),
        Op::PutAsked(Box::new(asked(ADMIN, 0, 6, 5))),
        Op::PutLetter(Box::new(announcement(8, Stage::Sent { by: None }))),
        Op::StartCampaign(campaign(8, CampaignState::Running), due_now(&[ADMIN])),
        Op::PutLetter(Box::new(announcement(9, Stage::Waits { since: bot.core.clock.now(), people: 1 }))),
        Op::PutLetter(Box::new(announcement(10, Stage::Repeats { next: Some(Ms(i64::MAX)), by: None }))),
        Op::PutClass(Box::new(class(3))),
        Op::PutSeat(Box::new(seat(3, ADMIN, 0))),
        Op::PutGrant(Box::new(author)),
    ];
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    bot
}

fn reached() -> Vec<Action> {
    let m = || Some("Моршанск".to_owned());
    vec![
        Action::BoardPage { g: GroupId(77) },
        Action::WriteTo { g: GroupId(77) },
        Action::PageClass { g: GroupId(77), c: PageClass::Card },
        Action::Handoff { id: 5 },
        Action::HandoffTake { id: 5 },
        Action::HandoffSay { id: 5 },
        Action::HandoffClose { id: 5 },
        Action::HandoffDraft { id: 5 },
        Action::Report { m: m(), p: 0 },
        Action::ReportPicture { m: m() },
        Action::ReportTable { m: m() },
        Action::Runner { g: GroupId(77) },
        Action::RunnerYes { g: GroupId(77), u: UserId(ADMIN) },
        Action::RunnerNo { g: GroupId(77), u: UserId(ADMIN) },
        Action::Claim { g: GroupId(77) },
        Action::ClaimSay { g: GroupId(77), w: "badge".to_owned(), yes: false },
        Action::Question { id: 6 },
        Action::QuestionFile { id: 6 },
        Action::QuestionFiled { id: 6, g: None },
        Action::QuestionHide { id: 6 },
        Action::Reply { id: 6 },
        Action::Campaign { id: CampaignId(8) },
        Action::CampaignWatch { id: CampaignId(8) },
        Action::Unacked { id: CampaignId(8), p: 0 },
        Action::ReportFile { id: CampaignId(8) },
    ]
}

/// What a trainer does with announcements and classes.
fn trained() -> Vec<Action> {
    let (id, class) = (CampaignId(8), ClassId(3));
    let was = CampaignState::Running;
    vec![
        Action::CampaignPause { id },
        Action::CampaignResume { id, why: Pause::Staff },
        Action::CampaignCancel { id },
        Action::CampaignCancelYes { id, was },
        Action::CampaignAgain { id },
        Action::AgainUnacked { id },
        Action::Letter { id: CampaignId(9), d: Do::Judge },
        Action::Letter { id: CampaignId(9), d: Do::Yes(1_000) },
        Action::Letter { id: CampaignId(9), d: Do::No },
        Action::Letter { id: CampaignId(10), d: Do::Judge },
        Action::Letter { id: CampaignId(10), d: Do::Stop },
        Action::ClassRoom { id: class },
        Action::ClassEdit { id: class, more: false },
        Action::ClassAsk { id: class, of: ClassAsk::Record, n: false },
        Action::ClassSet { id: class, of: ClassAsk::Minutes, v: 60, n: false },
        Action::ClassStop { id: class },
        Action::ClassStopYes { id: class },
        Action::ClassPeople { id: class, p: 0 },
        Action::ClassCame { id: class, u: UserId(ADMIN), on: false, p: 0 },
        Action::ClassWindow { id: class, m: 30 },
        Action::ClassRecord { id: class, all: true },
        Action::ClassTable { id: class },
        Action::ClassVoices { id: class },
        Action::ClassDoorSend { id: class },
        Action::ClassAnnounce { id: class },
    ]
}

#[tokio::test]
async fn a_trainer_rules_over_nothing_of_another_municipality() {
    let kept = async |bot: &Alone| {
        let store = &bot.core.store;
        let letters =
            (store.letter(CampaignId(9)).await.unwrap(), store.letter(CampaignId(10)).await.unwrap());
        let class = (store.class(ClassId(3)).await.unwrap(), store.seats(ClassId(3)).await.unwrap());
        (letters, class, store.campaign(CampaignId(8)).await.unwrap().unwrap().state)
    };
    for action in trained() {
        let mut bot = bot("Кирсанов", Role::Trainer).await;
        let before = kept(&bot).await;
        let answered = bot.hear(CURATOR, &Event::Press(Some(action.clone()), Some(Cmid(3)))).await;
        assert_eq!(answered.snackbar, Some(CONTENT.texts().get("stale-button")), "{action:?}");
        assert!(answered.messages.iter().all(|m| m.to == PeerId::from(CURATOR)), "{action:?}");
        assert_eq!(refused(&bot).await, 1, "{action:?}");
        assert_eq!(kept(&bot).await, before, "{action:?}");
    }
    // Nor is she shown it, nor asked to agree to it.
    let mut bot = bot("Кирсанов", Role::Trainer).await;
    for action in [Action::Cabinet, Action::Letters { p: 0 }] {
        let list = bot.hear(CURATOR, &Event::Press(Some(action), Some(Cmid(3)))).await;
        assert!(
            list.messages.iter().all(|m| !m.text.contains("Совещание") && !m.text.contains("Добрый день"))
        );
    }
}

#[tokio::test]
async fn the_municipalitys_own_trainer_is_let_in() {
    for action in trained() {
        let mut bot = bot("Моршанск", Role::Trainer).await;
        bot.hear(CURATOR, &Event::Press(Some(action.clone()), Some(Cmid(3)))).await;
        assert_eq!(refused(&bot).await, 0, "{action:?}");
    }
}

/// Nothing of what she reached for is another than it was.
async fn unharmed(bot: &Alone) {
    let page = bot.core.store.page(GroupId(77)).await.unwrap().unwrap();
    assert_eq!((page.admins, page.said), (samples_page().admins, samples_page().said));
    let asked = bot.core.store.asked(9).await.unwrap();
    assert!(asked.iter().all(|asked| asked.waits && asked.fate == Fate::Open), "{asked:?}");
    assert_eq!(bot.core.store.handoff(5).await.unwrap().unwrap().by, None);
}

async fn refused(bot: &Alone) -> usize {
    let log = bot.core.store.audit(usize::MAX).await.unwrap();
    log.iter().filter(|entry| entry.what == "refused").count()
}

#[tokio::test]
async fn a_curator_reaches_no_other_municipality() {
    for action in reached() {
        let mut bot = bot("Кирсанов", Role::Curator).await;
        let answered = bot.hear(CURATOR, &Event::Press(Some(action.clone()), Some(Cmid(3)))).await;
        assert_eq!(answered.snackbar, Some(CONTENT.texts().get("stale-button")), "{action:?}");
        assert!(answered.messages.iter().all(|m| m.to == PeerId::from(CURATOR)), "{action:?}");
        assert_eq!(refused(&bot).await, 1, "{action:?}");
        unharmed(&bot).await;
    }
    let mut bot = bot("Кирсанов", Role::Curator).await;
    let before = bot.core.store.handoff(5).await.unwrap();
    // A form of hers that names another's page or conversation is worth no more than the button.
    for form in [Form::HandoffSay { id: 5 }, Form::WriteTo { page: GroupId(77) }] {
        let curator = bot.person(CURATOR).await.unwrap();
        let typing = Op::PutPerson(Box::new(Person { form: Some(form.clone()), ..curator }));
        bot.core.store.commit(Commit { expect: Vec::new(), ops: vec![typing] }).await.unwrap();
        let text = "Здравствуйте, это не ваш куратор".to_owned();
        let typed = Event::Text { text, action: None, plain: false, link: None };
        let answered = bot.hear(CURATOR, &typed).await;
        assert!(answered.messages.iter().all(|m| m.to == PeerId::from(CURATOR)), "{form:?}");
    }
    assert_eq!(bot.core.store.handoff(5).await.unwrap(), before);
    // Her own list does not show it.
    let list =
        bot.hear(CURATOR, &Event::Press(Some(Action::Board { f: Show::All, p: 0 }), Some(Cmid(3)))).await;
    assert!(list.messages.iter().all(|m| !m.text.contains("Детсад")), "{:?}", list.messages);
}

#[tokio::test]
async fn the_municipalitys_own_curator_is_let_in() {
    for action in reached() {
        let mut bot = bot("Моршанск", Role::Curator).await;
        bot.hear(CURATOR, &Event::Press(Some(action.clone()), Some(Cmid(3)))).await;
        assert_eq!(refused(&bot).await, 0, "{action:?}");
    }
}

#[tokio::test]
async fn a_head_reads_and_does_nothing_else() {
    for action in reached() {
        let mut bot = bot("Моршанск", Role::Head).await;
        bot.hear(CURATOR, &Event::Press(Some(action.clone()), Some(Cmid(3)))).await;
        let reads = action.needs() == Role::Head;
        assert_eq!(refused(&bot).await, usize::from(!reads), "{action:?}");
    }
}
