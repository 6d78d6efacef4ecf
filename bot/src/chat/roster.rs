//! The roster in the chat: loading a sheet that was sent, how far the institutions' people are, invitations.

use super::{Action, Choice, Known, Need, Screen, Talk, menu, router::Step, short};
use crate::{
    domain::{
        Form,
        roster::{self, Counts, Lists, SentSheet, SheetFault, Trial},
    },
    sheets,
    store::{Op, OutFile},
};

/// Municipalities told on a screen.
const TOWNS: usize = 8;
/// Municipalities whose links are told on a screen, each with a button.
const LINKS: usize = 4;
/// Rows with mistakes told in the chat.
const TOLD: usize = 10;
/// Names told in the chat of what would disappear or is not hers.
const NAMES: usize = 8;

fn lists<'a>(talk: &Talk<'a>) -> Result<Option<&'a Lists>, Need> {
    Ok(match talk.known(Need::Roster(talk.person.id))? {
        Known::Roster(lists) => Some(lists.as_ref()),
        _ => None,
    })
}

/// How the roster stands, and what can be done with it.
pub(super) fn open(talk: &mut Talk<'_>) -> Step {
    let Some(lists) = lists(talk)? else { return Ok(()) };
    let mut lines = vec![talk.f("roster-title", &[("count", lists.all.all.into())])];
    if lists.all.all > 0 {
        lines.push(counts(talk, &lists.all));
        for (name, town) in lists.each.iter().take(TOWNS) {
            let name = if name.is_empty() { talk.t("roster-nowhere") } else { name.clone() };
            let args = [("town", name.into()), ("all", town.all.into()), ("never", town.never.into())];
            lines.push(talk.f("roster-town", &args));
        }
        if lists.each.len() > TOWNS {
            lines.push(talk.f("roster-more", &[("count", (lists.each.len() - TOWNS).into())]));
        }
    }
    let mut screen =
        Screen::text(lines.join("\n")).row([talk.choice("roster-load", Action::RosterLoad).main()]);
    if lists.all.all > 0 {
        screen = screen.row([
            talk.choice("roster-coverage", Action::RosterSend),
            talk.choice("roster-invites", Action::Invites { p: 0 }),
        ]);
    }
    talk.show(screen.row([talk.choice("back", Action::People), menu::home(talk)]));
    Ok(())
}

fn counts(talk: &Talk<'_>, counts: &Counts) -> String {
    let Counts { all: _, writable, stopped, never, nobody } = counts;
    let args = [
        ("writable", (*writable).into()),
        ("stopped", (*stopped).into()),
        ("never", (*never).into()),
        ("nobody", (*nobody).into()),
    ];
    talk.f("roster-counts", &args)
}

/// Asks for the file.
pub(super) fn ask(talk: &mut Talk<'_>) {
    talk.form(Some(Form::RosterFile));
    talk.show(Screen::text(talk.t("roster-ask")).row([menu::cancel_button(talk)]));
}

/// Something was typed where a file is awaited.
pub(super) fn typed(talk: &mut Talk<'_>) {
    talk.say(Screen::text(talk.t("roster-ask")).row([menu::cancel_button(talk)]));
}

/// A sheet was sent: what it would change, row by row what is wrong, and whether to.
pub(super) fn sent(talk: &mut Talk<'_>, sheet: &SentSheet) -> Step {
    let Known::Sheet(read) = talk.known(Need::Sheet(talk.person.id, sheet.clone()))? else { return Ok(()) };
    match read {
        Ok(trial) => ask_yes(talk, sheet, trial),
        Err(fault) => refused(talk, fault),
    }
    Ok(())
}

fn refused(talk: &mut Talk<'_>, fault: &SheetFault) {
    talk.form(Some(Form::RosterFile));
    // That VK does not give a file is nobody's doing.
    if *fault != SheetFault::Unreachable {
        talk.audit("roster-refused", format!("{fault:?}"));
    }
    let text = match fault {
        SheetFault::Big => talk.f("roster-big", &[("most", SentSheet::MIB.into())]),
        SheetFault::Many => talk.f("roster-many", &[("most", SentSheet::ROWS.into())]),
        SheetFault::Unreachable => talk.t("roster-unreachable"),
        SheetFault::Unread(why) => talk.f("roster-unread", &[("why", why.clone().into())]),
    };
    talk.say(Screen::text(text).row([menu::cancel_button(talk)]));
}

/// The names, cut, with how many more there are.
fn names<'n>(talk: &Talk<'_>, names: impl ExactSizeIterator<Item = &'n String>) -> String {
    let more = names.len().saturating_sub(NAMES);
    let mut lines: Vec<String> = names.take(NAMES).map(|name| format!("— {}", short(name, 60))).collect();
    if more > 0 {
        lines.push(talk.f("roster-more", &[("count", more.into())]));
    }
    lines.join("\n")
}

fn ask_yes(talk: &mut Talk<'_>, sheet: &SentSheet, trial: &Trial) {
    let (new, changed) = (trial.change.new.len(), trial.change.changed.len());
    let gone = &trial.change.gone;
    let args = [
        ("name", sheet.name.clone().into()),
        ("new", new.into()),
        ("changed", changed.into()),
        ("same", trial.change.same.into()),
        ("bad", trial.bad.into()),
    ];
    let mut lines = vec![talk.f("roster-trial", &args)];
    if !trial.lacks.is_empty() {
        let lacks = trial.lacks.iter().map(|field| talk.t(field.phrase()));
        let lacks = lacks.collect::<Vec<_>>().join(", ");
        lines.push(talk.f("roster-lacks", &[("columns", lacks.into())]));
    }
    for (row, why, kept) in trial.told.iter().take(TOLD) {
        let key = if *kept { "roster-odd" } else { "roster-bad" };
        lines.push(talk.f(key, &[("row", i64::from(*row).into()), ("why", short(why, 120).into())]));
    }
    if trial.told.len() > TOLD {
        lines.push(talk.f("roster-more", &[("count", (trial.told.len() - TOLD).into())]));
    }
    if !trial.suspicious.is_empty() {
        talk.audit("roster-suspicious", format!("{}: {}", sheet.name, sheets::rows_told(&trial.suspicious)));
    }
    if !trial.outside.is_empty() {
        lines.push(talk.f("roster-outside", &[("count", trial.outside.len().into())]));
        lines.push(names(talk, trial.outside.iter()));
        talk.refuse();
    }
    if !gone.is_empty() {
        lines.push(talk.f("roster-gone", &[("count", gone.len().into())]));
        lines.push(names(talk, gone.iter().map(|one| &one.name)));
    }
    let more = trial.told.len() > TOLD || trial.outside.len() > NAMES || gone.len() > NAMES;
    if more {
        lines.push(talk.t("roster-all-in-file"));
    }
    // A row with a mistake looks as if its institution had disappeared.
    let may_remove = !gone.is_empty() && trial.bad == 0 && trial.outside.is_empty();
    let mut screen = Screen::default();
    if new + changed > 0 {
        let label = talk.f("roster-yes", &[("count", (new + changed).into())]);
        screen = screen.row([Choice::new(label, Action::RosterYes { drop: false }).good()]);
    }
    if may_remove {
        let label = talk.f("roster-yes-drop", &[("count", gone.len().into())]);
        screen = screen.row([Choice::new(label, Action::RosterYes { drop: true })]);
    }
    if screen.rows.is_empty() {
        lines.push(talk.t("roster-nothing"));
        talk.form(None);
        screen = screen.row([talk.choice("back", Action::Roster), menu::home(talk)]);
    } else {
        lines.push(talk.t("roster-confirm"));
        talk.form(Some(Form::RosterSheet { sheet: Box::new(sheet.clone()), sum: trial.sum }));
        screen = screen.row([menu::cancel_button(talk)]);
    }
    screen.text = lines.join("\n");
    if more {
        talk.send(screen, OutFile::Trial(Box::new(sheet.clone())));
    } else {
        talk.say(screen);
    }
}

/// Writes what was shown, if the file is still the same; with `drop` what it has no more goes as well.
pub(super) fn yes(talk: &mut Talk<'_>, drop: bool) -> Step {
    let Some(Form::RosterSheet { sheet, sum }) = talk.person.form.clone() else {
        talk.form(None);
        talk.toast(talk.t("role-gone"));
        return open(talk);
    };
    let Known::Sheet(read) = talk.known(Need::Sheet(talk.person.id, SentSheet::clone(&sheet)))? else {
        return Ok(());
    };
    let trial = match read {
        Ok(trial) if trial.sum == sum => trial,
        Ok(trial) => {
            ask_yes(talk, &sheet, trial);
            return Ok(());
        }
        Err(fault) => {
            refused(talk, fault);
            return Ok(());
        }
    };
    let drop = drop && trial.bad == 0 && trial.outside.is_empty();
    talk.form(None);
    let change = &trial.change;
    for one in change.new.iter().chain(&change.changed) {
        talk.op(Op::PutInstitution(Box::new(one.clone())));
    }
    let gone: &[_] = if drop { &change.gone } else { &[] };
    for one in gone {
        talk.op(Op::DropInstitution(one.key.clone()));
    }
    let before = change.same + change.changed.len() + change.gone.len();
    let after = before + change.new.len() - gone.len();
    let detail = format!("{}: +{} ~{} -{}", sheet.name, change.new.len(), change.changed.len(), gone.len());
    talk.audit_change("roster-import", detail, Some(before.to_string()), Some(after.to_string()));
    for names in roster::removed(gone) {
        talk.audit_change("roster-removed", sheet.name.clone(), Some(names), None);
    }
    let args = [
        ("new", change.new.len().into()),
        ("changed", change.changed.len().into()),
        ("gone", gone.len().into()),
    ];
    let screen = Screen::text(talk.f("roster-done", &args));
    talk.show(screen.row([talk.choice("roster-open", Action::Roster), menu::home(talk)]));
    Ok(())
}

/// Sends the table of coverage.
pub(super) fn send(talk: &mut Talk<'_>) {
    talk.audit("roster-coverage", String::new());
    let screen = Screen::text(talk.t("roster-coverage-here"));
    talk.send(screen.row([talk.choice("back", Action::Roster), menu::home(talk)]), OutFile::Coverage);
}

/// A page of the links of municipalities, and the ready invitation of one institution nobody of which has written.
pub(super) fn invites(talk: &mut Talk<'_>, page: usize) -> Step {
    let Some(lists) = lists(talk)? else { return Ok(()) };
    let mut lines = vec![talk.t("invites-title")];
    let pages = lists.silent.len().max(lists.towns.len().div_ceil(LINKS));
    let page = page.min(pages.saturating_sub(1));
    let code = |talk: &Talk<'_>, name: &str, link: &str| {
        let name = talk.f("invites-code", &[("name", short(name, 34).into())]);
        let r = link.split_once("?ref=").map_or("", |(_, r)| r).to_owned();
        Choice::new(name, Action::InviteCode { r })
    };
    let mut codes = Vec::new();
    for (town, link, count) in lists.towns.iter().skip(page * LINKS).take(LINKS) {
        codes.push(code(talk, town, link));
        let args = [("town", town.clone().into()), ("link", link.clone().into()), ("count", (*count).into())];
        lines.push(talk.f("invites-town", &args));
    }
    if let Some(invited) = lists.silent.get(page) {
        lines.push(talk.f("invites-one", &[("n", (page + 1).into()), ("all", lists.silent.len().into())]));
        let args = [("name", invited.name.clone().into()), ("link", invited.link.clone().into())];
        lines.push(talk.f("invite-head", &args));
        codes.push(code(talk, &invited.name, &invited.link));
    }
    let screen = Screen::text(lines.join("\n\n"))
        .grid(2, codes)
        .row(menu::pager(talk, page, pages, |p| Action::Invites { p }))
        .row([talk.choice("invites-send", Action::InvitesSend)])
        .row([talk.choice("back", Action::Roster), menu::home(talk)]);
    talk.show(screen);
    Ok(())
}

/// Sends the table of invitations.
pub(super) fn invites_send(talk: &mut Talk<'_>) {
    talk.audit("roster-invites", String::new());
    let screen = Screen::text(talk.t("invites-here"));
    talk.send(screen.row([talk.choice("back", Action::Roster), menu::home(talk)]), OutFile::Invites);
}

/// Sends an invitation as a picture to be printed, with its link.
pub(super) fn invite_code(talk: &mut Talk<'_>, name: &str) -> Step {
    let Some(lists) = lists(talk)? else { return Ok(()) };
    let Known::Link(link) = talk.known(Need::Link(name.to_owned()))? else { return Ok(()) };
    let Some(whom) = lists.invites(link) else {
        // It is in another's care, or not in the roster any more.
        talk.refuse();
        return open(talk);
    };
    talk.audit("roster-invite-code", name.to_owned());
    let args = [("name", whom.to_owned().into()), ("link", link.clone().into())];
    let screen = Screen::text(talk.f("invites-code-text", &args));
    let back = talk.choice("roster-invites", Action::Invites { p: 0 });
    talk.send(screen.row([back, menu::home(talk)]), OutFile::Invite(name.to_owned()));
    Ok(())
}
