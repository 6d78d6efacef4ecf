use super::{
    Action, Choice, Known, Need, Screen, Talk, campaign, claims, desk, letter, menu, questions, router::Step,
    runners, short,
};
use crate::{
    domain::{Form, ListOf, board::Show},
    store::OutFile,
};

/// The most buttons below a message.
const BUTTONS: usize = 10;
/// Announcements with a button in the staff's room.
const REPORTS: usize = 2;
/// Announcements told there: of those that were sent, and of those that wait or come again.
const TOLD: (usize, usize) = (3, 4);
/// Announcements on a page of their list, a row each: VK's six rows but for those that lead elsewhere.
const LISTED: usize = 4;

/// Answers those who have no right as if the button were an old one, and says no more.
pub(super) fn may(talk: &mut Talk<'_>, right: bool) -> bool {
    if !right {
        talk.refuse();
        talk.toast(talk.t("stale-button"));
        menu::open(talk);
    }
    right
}

/// A number for something that this turn creates; it stays below 2⁵³, which a payload keeps, and is never 0.
pub(super) fn id_of(talk: &Talk<'_>) -> u64 {
    (talk.scene().nonce & ((1 << 53) - 1)).max(1)
}

/// Drops a form that she has no right to any more; true if there was one.
pub(super) fn lost(talk: &mut Talk<'_>) -> bool {
    let role = talk.scene().role;
    let lost = talk.person.form.as_ref().is_some_and(|form| role < form.needs());
    if lost {
        talk.form(None);
    }
    lost
}

/// The staff's room: the last announcements, and a new one.
pub(super) fn cabinet(talk: &mut Talk<'_>) -> Step {
    let role = talk.scene().role;
    if !may(talk, role.has_cabinet()) {
        return Ok(());
    }
    if !role.is_staff() {
        let report = talk.choice("report-open", Action::Report { m: None, p: 0 }).main();
        let screen = Screen::text(talk.t("cabinet-title")).row([report, menu::home(talk)]);
        talk.show(screen);
        return Ok(());
    }
    let need = Need::Campaigns(talk.person.id, 0, TOLD.0);
    let Known::Campaigns(campaigns, _) = talk.known(need)? else { return Ok(()) };
    let mut text = talk.t("cabinet-title");
    let mut last = Vec::new();
    for (one, tally) in campaigns {
        let title = campaign::title(&one.text);
        text = format!("{text}\n\n«{title}»\n{}", campaign::standing(talk, one, *tally, None));
        let label = talk.f("campaign-report", &[("title", short(&title, 24).into())]);
        last.push(Choice::new(label, Action::Campaign { id: one.id }));
    }
    let waiting_letters = if role.may_announce() { letter::waiting(talk)? } else { Vec::new() };
    for (line, _) in waiting_letters.iter().take(TOLD.1) {
        text = format!("{text}\n\n{line}");
    }
    if campaigns.is_empty() {
        text = format!("{text}\n\n{}", talk.t("cabinet-empty"));
    }
    let (groups, waiting) = questions::counts(talk)?;
    let label = talk.f("questions-open", &[("count", groups.into())]);
    let open = Choice::new(label, Action::Questions { p: 0 });
    let people = talk.choice("people-open", Action::People);
    let mut work = vec![if waiting > 0 { open.main() } else { open }, people];
    if waiting > 0 {
        text = format!("{text}\n\n{}", talk.f("questions-waiting", &[("count", waiting.into())]));
    }
    let (talks, due) = desk::counts(talk)?;
    if talks > 0 {
        let label = talk.f("handoffs-count", &[("count", talks.into())]);
        let open = Choice::new(label, Action::Handoffs { p: 0 });
        work.push(if due > 0 { open.main() } else { open });
    }
    work.push(talk.choice("board-open", Action::Board { f: Show::All, p: 0 }));
    work.push(talk.choice("report-open", Action::Report { m: None, p: 0 }));
    let contested = runners::contested(talk)?.len();
    if contested > 0 {
        let label = talk.f("runners-open", &[("count", contested.into())]);
        work.push(Choice::new(label, Action::Runners).main());
    }
    // All of them at once would be more than VK's ten buttons, and none would be shown: one leads to the other.
    let claimed = claims::claimed(talk)?.len();
    if claimed > 0 && contested == 0 {
        let label = talk.f("claims-open", &[("count", claimed.into())]);
        work.push(Choice::new(label, Action::Claims));
    }
    let mut row = Vec::new();
    if role.may_announce() {
        row.push(talk.choice("announce", Action::Announce).main());
        row.push(talk.choice("training", Action::Training { p: 0 }));
    }
    if campaigns.len() > 1 || !waiting_letters.is_empty() {
        let choice = talk.choice("letters", Action::Letters { p: 0 });
        row.push(if waiting_letters.is_empty() { choice } else { choice.main() });
    }
    row.push(menu::home(talk));
    // The last announcements get what the work leaves of VK's ten buttons.
    last.truncate(BUTTONS.saturating_sub(work.len() + row.len()).min(REPORTS));
    talk.show(Screen::text(text).grid(2, last).grid(2, work).row(row));
    Ok(())
}

/// The button that sends a list as a table.
pub(super) fn table(talk: &Talk<'_>, of: ListOf) -> Choice {
    talk.choice("list-send", Action::ListSend { l: of })
}

/// Sends a list as a table, of what she sees of it.
pub(super) fn list_send(talk: &mut Talk<'_>, of: ListOf) {
    if !may(talk, talk.scene().role >= of.needs()) {
        return;
    }
    let (what, text, back) = match of {
        ListOf::Letters => ("letters-table", talk.t("letters-here"), Action::Letters { p: 0 }),
        ListOf::Classes => ("classes-table", talk.t("classes-here"), Action::Training { p: 0 }),
        ListOf::Questions => ("questions-table", talk.t("questions-here"), Action::Questions { p: 0 }),
        ListOf::Roles => ("roles-table", talk.t("roles-here"), Action::Roles { p: 0 }),
        ListOf::Handoffs => ("handoffs-table", talk.t("handoffs-here"), Action::Handoffs { p: 0 }),
    };
    talk.audit(what, String::new());
    let row = [talk.choice("back", back), menu::home(talk)];
    talk.send(Screen::text(text).row(row), OutFile::List(of));
}

/// Begins an announcement.
pub(super) fn announce(talk: &mut Talk<'_>) {
    let role = talk.scene().role;
    if may(talk, role.may_announce()) {
        talk.form(Some(Form::AnnounceText));
        talk.show(Screen::text(talk.t("announce-ask")).row([menu::cancel_button(talk)]));
    }
}

/// A button of an announcement that was made before they were kept as drafts.
pub(super) fn gone(talk: &mut Talk<'_>) -> Step {
    talk.form(None);
    talk.toast(talk.t("announce-gone"));
    // A snackbar says enough; whoever typed it sees none.
    if talk.is_press() { Ok(()) } else { cabinet(talk) }
}

/// Announcements, a page of them: those that wait for a word or come again, drafts, then those that were sent, of these
/// first those that go on.
pub(super) fn letters(talk: &mut Talk<'_>, page: usize) -> Step {
    let role = talk.scene().role;
    if !may(talk, role.is_staff()) {
        return Ok(());
    }
    let waiting = if role.may_announce() { letter::waiting(talk)? } else { Vec::new() };
    let first = page.saturating_mul(LISTED);
    let room = LISTED.saturating_sub(waiting.len().saturating_sub(first));
    let need = Need::Campaigns(talk.person.id, first.saturating_sub(waiting.len()), room);
    let Known::Campaigns(campaigns, more) = talk.known(need)? else { return Ok(()) };
    let more = *more || waiting.len() > first.saturating_add(LISTED);
    let listed: Vec<_> = waiting.into_iter().skip(first).take(LISTED).collect();
    // There are fewer than when the button was drawn.
    if page > 0 && listed.is_empty() && campaigns.is_empty() {
        return letters(talk, 0);
    }
    let mut text = talk.t("letters-title");
    let mut screen = Screen::default();
    let any = !listed.is_empty() || !campaigns.is_empty();
    if !any {
        text = format!("{text}\n\n{}", talk.t("cabinet-empty"));
    }
    let mut choices = Vec::new();
    for (line, choice) in listed {
        text = format!("{text}\n\n{line}");
        choices.push(choice);
    }
    screen = screen.grid(2, choices);
    for (one, tally) in campaigns {
        let title = campaign::title(&one.text);
        text = format!("{text}\n\n«{title}»\n{}", campaign::standing(talk, one, *tally, None));
        let label = talk.f("campaign-report", &[("title", short(&title, 24).into())]);
        screen = screen.row([Choice::new(label, Action::Campaign { id: one.id })]);
    }
    screen.text = text;
    let pages = page + 1 + usize::from(more);
    let mut row = menu::pager(talk, page, pages, |p| Action::Letters { p });
    if any {
        row.push(table(talk, ListOf::Letters));
    }
    screen = screen.row(row);
    let mut row = Vec::new();
    if role.may_announce() {
        row.push(talk.choice("announce", Action::Announce).main());
    }
    row.push(talk.choice("menu-cabinet", Action::Cabinet));
    row.push(menu::home(talk));
    talk.show(screen.row(row));
    Ok(())
}
