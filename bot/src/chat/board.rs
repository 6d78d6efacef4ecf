//! «Мои страницы»: a curator's pages by zone, silent ones first, one page, search, tables, and the Friday digest.

use std::fmt::Write;

use vkapi::types::GroupId;

use super::{
    Action, Choice, Known, Need, Screen, Talk, Tell, desk, menu, page as own, router::Step, short, staff,
    standing,
};
use crate::{
    content::{Arg, Audience, Norm},
    domain::{
        Days, Form, Ms, Place, Reminder, ReminderKey, Role, Rule, Weekdays, What,
        attention::{Kind, Ledger, Verdict, verdict},
        board::{self, Row, Show, Summary},
        page::{Aspect, Page, PageClass, Zone},
        text,
    },
    store::{Op, OutFile, Sheet},
};

/// Pages a screen shows: four of ten buttons.
const SHOWN: usize = 4;
/// Checklists a screen offers.
const LISTS: usize = 4;
/// Pages named in the digest.
const NAMED: usize = 5;
/// Weeks of a page that are told.
const WEEKS: usize = 4;

/// The pages she looks after with this role: those that are silent longest first, then by zone and points.
pub(super) fn hers<'a>(talk: &Talk<'a>, role: Role) -> Result<Vec<&'a Row>, Need> {
    let Known::Board(all) = talk.known(Need::Board)? else { return Ok(Vec::new()) };
    let rights = talk.scene().rights;
    let mut rows: Vec<&Row> = all.iter().filter(|row| rights.covers(role, &row.place())).collect();
    let now = talk.now();
    rows.sort_by_key(|row| {
        let silent = row.silent_days(now).filter(|_| row.is_silent(now));
        (std::cmp::Reverse(silent), row.zone().is_none(), row.zone(), row.score(), row.page.id)
    });
    Ok(rows)
}

/// The list, a screen of it.
pub(super) fn list(talk: &mut Talk<'_>, show: Show, p: usize) -> Step {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(());
    }
    let now = talk.now();
    let rows: Vec<&Row> = hers(talk, Role::Curator)?.into_iter().filter(|row| show.fits(row, now)).collect();
    let title = talk.f(&format!("board-{}", show.slug()), &[("count", rows.len().into())]);
    let pages = rows.len().div_ceil(SHOWN).max(1);
    let p = p.min(pages - 1);
    let some: Vec<&Row> = rows.iter().skip(p * SHOWN).take(SHOWN).copied().collect();
    let pager = menu::pager(talk, p, pages, |p| Action::Board { f: show, p });
    draw(talk, title, &some, pager);
    Ok(())
}

fn draw(talk: &mut Talk<'_>, title: String, rows: &[&Row], pager: Vec<Choice>) {
    let mut text = title;
    let mut choices = Vec::new();
    for row in rows {
        let _ = write!(text, "\n\n{}", line(talk, row));
        choices.push(Choice::new(short(&row.page.name, 40), Action::BoardPage { g: row.page.id }));
    }
    let screen = Screen::text(text)
        .grid(2, choices)
        .row(pager)
        .row([talk.choice("board-pick", Action::BoardPick), talk.choice("board-find", Action::BoardFind)])
        .row([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]);
    talk.show(screen);
}

/// A page in a line: its zone, points, silence, weeks below the norm.
fn line(talk: &Talk<'_>, row: &Row) -> String {
    let mut parts = Vec::new();
    parts.extend(row.score().map(|score| talk.f("board-score", &[("score", score.into())])));
    let days = row.silent_days(talk.now()).filter(|_| row.is_silent(talk.now()));
    parts.extend(days.map(|days| talk.f("board-silent-days", &[("days", days.into())])));
    let misses = row.misses(talk.today().monday());
    if misses > 1 {
        parts.push(talk.f("board-misses-weeks", &[("weeks", misses.into())]));
    }
    if row.reachable == 0 {
        parts.push(talk.t("board-nobody"));
    }
    let mark = mark(talk, row.zone());
    if parts.is_empty() {
        parts.push(talk.t("board-unknown"));
    }
    format!("{mark} {} — {}", row.page.name, parts.join(", "))
}

pub(super) fn mark(talk: &Talk<'_>, zone: Option<Zone>) -> String {
    talk.t(match zone {
        Some(Zone::Green) => "board-mark-green",
        Some(Zone::Yellow) => "board-mark-yellow",
        Some(Zone::Red) => "board-mark-red",
        None => "board-mark-none",
    })
}

/// Which of them to show.
pub(super) fn pick(talk: &mut Talk<'_>) {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return;
    }
    let choices: Vec<Choice> = Show::PICKED
        .into_iter()
        .map(|f| talk.choice(&format!("board-pick-{}", f.slug()), Action::Board { f, p: 0 }))
        .collect();
    let screen = Screen::text(talk.t("board-pick-title"))
        .grid(2, choices)
        .row([talk.choice("board-tables", Action::BoardTables { p: 0 })])
        .row([talk.choice("board-open", Action::Board { f: Show::All, p: 0 }), menu::home(talk)]);
    talk.show(screen);
}

/// Asks for a part of a page's name.
pub(super) fn find(talk: &mut Talk<'_>) {
    if staff::may(talk, talk.scene().role.is_staff()) {
        talk.form(Some(Form::PageSearch));
        talk.show(Screen::text(talk.t("board-find-ask")).row([menu::cancel_button(talk)]));
    }
}

/// A part of a name was typed: the pages that have it in their name, their address or their municipality's.
pub(super) fn found(talk: &mut Talk<'_>, typed: &str) -> Step {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(());
    }
    let said = text::folded(typed);
    let has = |row: &&Row| {
        let town = row.page.municipality.as_deref().unwrap_or_default();
        [row.page.name.as_str(), row.page.screen_name.as_str(), town]
            .iter()
            .any(|name| !said.is_empty() && text::folded(name).contains(&said))
    };
    let rows: Vec<&Row> = hers(talk, Role::Curator)?.into_iter().filter(has).collect();
    let title = talk.f("board-found", &[("count", rows.len().into())]);
    let some: Vec<&Row> = rows.into_iter().take(SHOWN).collect();
    draw(talk, title, &some, Vec::new());
    Ok(())
}

/// One page: how it stands, its last weeks, and what can be done.
pub(super) fn one(talk: &mut Talk<'_>, id: GroupId) -> Step {
    if !staff::may(talk, talk.scene().role.has_cabinet()) {
        return Ok(());
    }
    let Known::Board(all) = talk.known(Need::Board)? else { return Ok(()) };
    let Some(row) = all.iter().find(|row| row.page.id == id) else {
        talk.toast(talk.t("stale-button"));
        return staff::cabinet(talk);
    };
    let rights = talk.scene().rights;
    if !staff::may(talk, rights.covers(Role::Head, &row.place())) {
        return Ok(());
    }
    let curator = rights.covers(Role::Curator, &row.place());
    let mut text = format!("{}\n{}", own::title(&row.page.named()), line(talk, row));
    if let Some(town) = &row.page.municipality {
        let _ = write!(text, "\n{}", talk.f("board-town", &[("town", town.clone().into())]));
    }
    for (what, key) in [(Aspect::Badge, "board-no-badge"), (Aspect::Tiles, "board-no-tiles")] {
        if row.lacks(what) {
            let _ = write!(text, "\n{}", talk.t(key));
        }
    }
    let monday = talk.today().monday();
    let over: Vec<_> = row.weeks.iter().filter(|week| week.from < monday).collect();
    if !over.is_empty() {
        let weeks: Vec<String> =
            over.iter().rev().take(WEEKS).rev().map(|w| format!("{} из {}", w.posts, w.asked)).collect();
        let _ = write!(text, "\n{}", talk.f("board-weeks", &[("weeks", weeks.join(", ").into())]));
    }
    if let Some(watch) = row.watch.as_ref().filter(|watch| watch.warned.is_some()) {
        let key = if watch.told.is_some() { "board-told" } else { "board-warned" };
        let _ = write!(text, "\n{}", talk.t(key));
    }
    let class = row.page.class();
    let classes = standing::norm(talk).filter(|norm| curator && norm.classes.is_some());
    if let Some(norm) = classes {
        let _ = write!(text, "\n{}", talk.f("page-class-now", &class_args(talk, class, norm)));
    }
    let mut screen = Screen::text(text);
    if classes.is_some() {
        let others = PageClass::ALL.into_iter().filter(|other| *other != class);
        screen = screen
            .row(others.map(|c| {
                talk.choice(&format!("page-class-to-{}", c.slug()), Action::PageClass { g: id, c })
            }));
    }
    if curator {
        screen = screen.row([
            talk.choice("write-to", Action::WriteTo { g: id }).main(),
            talk.choice("board-runners", Action::Runner { g: id }),
        ]);
    }
    let back = if curator {
        talk.choice("board-open", Action::Board { f: Show::All, p: 0 })
    } else {
        talk.choice("report-open", Action::Report { m: None, p: 0 })
    };
    talk.show(screen.row([back, menu::home(talk)]));
    Ok(())
}

fn class_args(talk: &Talk<'_>, class: PageClass, norm: &Norm) -> [(&'static str, Arg); 2] {
    let name = talk.t(&format!("page-class-{}", class.slug()));
    [("class", name.into()), ("asked", norm.asked(class).into())]
}

/// She says which kind of page it is to the region: from the next look on so many posts are asked of it. Those who run it
/// hear of it.
pub(super) fn classify(talk: &mut Talk<'_>, id: GroupId, class: PageClass) -> Step {
    let Known::Registered(Some(kept)) = talk.known(Need::Registered(id))? else {
        talk.toast(talk.t("stale-button"));
        return staff::cabinet(talk);
    };
    let mine = talk.scene().rights.covers(Role::Curator, &Place::of_page(kept));
    let norm = standing::norm(talk).filter(|norm| norm.classes.is_some());
    if !staff::may(talk, mine) {
        return Ok(());
    }
    let Some(norm) = norm.filter(|_| kept.class() != class) else { return one(talk, id) };
    let args = class_args(talk, class, norm);
    let mut page = Page::clone(kept);
    let me = talk.person.id;
    page.classify(class, me, talk.now());
    let told = talk.f("page-class-told", &[&args[..], &[("page", page.name.clone().into())]].concat());
    for to in page.present().map(|admin| admin.person).filter(|person| *person != me) {
        talk.tell(Tell { to, text: told.clone() });
    }
    talk.audit_of("page-class", id.to_string(), Some(&kept.class()), Some(&class));
    let text = talk.f("page-class-set", &[&args[..], &[("page", own::title(&page.named()).into())]].concat());
    own::put(talk, page);
    let back = talk.choice("back", Action::BoardPage { g: id });
    talk.show(Screen::text(text).row([back, menu::home(talk)]));
    Ok(())
}

/// Offers tables: the list, and pages by the steps of a checklist.
pub(super) fn tables(talk: &mut Talk<'_>, p: usize) {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return;
    }
    let lists: Vec<_> =
        talk.content().checklists().iter().filter(|list| list.audience == Audience::Admin).collect();
    let pages = lists.len().div_ceil(LISTS).max(1);
    let p = p.min(pages - 1);
    let mut screen = Screen::text(talk.t("board-tables-title"))
        .row([talk.choice("board-table-list", Action::BoardTable { c: None })]);
    for list in lists.iter().skip(p * LISTS).take(LISTS) {
        screen = screen.row([Choice::new(&list.title, Action::BoardTable { c: Some(list.id.clone()) })]);
    }
    let mut row = menu::pager(talk, p, pages, |p| Action::BoardTables { p });
    row.extend([talk.choice("board-open", Action::Board { f: Show::All, p: 0 }), menu::home(talk)]);
    talk.show(screen.row(row));
}

/// Sends one of them.
pub(super) fn table(talk: &mut Talk<'_>, list: Option<String>) {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return;
    }
    talk.audit("board-table", list.clone().unwrap_or_default());
    let sheet = list.map_or(Sheet::Pages(None), Sheet::Matrix);
    let screen = Screen::text(talk.t("board-table-text"))
        .row([talk.choice("board-tables", Action::BoardTables { p: 0 }), menu::home(talk)]);
    talk.send(screen, OutFile::Sheet(sheet));
}

/// A curator has the Friday digest, a head the Monday summary; nobody else has.
pub(super) fn keep(talk: &mut Talk<'_>) {
    let person = &talk.person;
    let ready = person.consent.is_some() && person.onboarded.is_some();
    let grants = talk.scene().rights.grants();
    let has = |role: Role| ready && grants.iter().any(|grant| grant.role == role);
    let care = talk.scene().region.care;
    let wanted = [
        (ReminderKey::FRIDAY, What::Friday, has(Role::Curator), 4, care.friday),
        (ReminderKey::MONDAY, What::Monday, has(Role::Head), 0, care.monday),
    ];
    for (n, what, wants, day, hour) in wanted {
        let key = ReminderKey { person: talk.person.id, n };
        let kept = talk.reminders().into_iter().find(|r| r.key == key);
        let same = |r: &Reminder| r.rule.as_ref().is_some_and(|rule| rule.times == [hour]);
        if !wants {
            if kept.is_some() {
                talk.op(Op::DropReminder(key));
            }
            continue;
        }
        if kept.as_ref().is_some_and(same) {
            continue;
        }
        let on = Days::Week { on: Weekdays::of(&[day]), every: 1, from: talk.today().date() };
        let rule = Rule { days: on, times: vec![hour] };
        if let Some(due) = rule.next(talk.zone(), talk.content().calendar(), talk.now()) {
            talk.op(Op::PutReminder(Reminder { key, due, rule: Some(rule), what }));
        }
    }
}

/// Whether what comes by itself may be said now; otherwise it is put off, within the week.
pub(super) fn opens(talk: &mut Talk<'_>, reminder: &Reminder, ledger: &Ledger) -> bool {
    let (region, now) = (talk.scene().region, talk.now());
    let (calendar, reader) = (talk.content().calendar(), talk.person.reader(&region.attention, &region.zone));
    match verdict(&region.attention, calendar, &reader, ledger, Kind::Nudge, now) {
        Verdict::Now => {
            let mut ledger = ledger.clone();
            ledger.spend(now);
            talk.op(Op::PutLedger(talk.person.id, ledger));
            true
        }
        Verdict::Later(at) | Verdict::Digest(at) => {
            if at < now.plus(3 * Ms::DAY) {
                talk.op(Op::PutReminder(Reminder { due: at.max(now.plus(Ms::MINUTE)), ..reminder.clone() }));
            }
            false
        }
    }
}

/// Friday: one message of how her pages stand.
pub(super) fn friday(talk: &mut Talk<'_>, reminder: &Reminder, ledger: &Ledger) -> Step {
    if !talk.scene().role.is_staff() {
        return Ok(());
    }
    let rows = hers(talk, Role::Curator)?;
    let (talks, due) = desk::counts(talk)?;
    if (rows.is_empty() && talks == 0) || !opens(talk, reminder, ledger) {
        return Ok(());
    }
    let now = talk.now();
    let all = board::summary(rows.iter().copied(), now, talk.today().monday());
    let mut lines = vec![talk.f("friday-title", &[("count", all.pages.into())]), zones(talk, &all)];
    let names = |rows: Vec<&Row>| -> String {
        let rest = rows.len().saturating_sub(NAMED);
        let mut names: Vec<String> = rows.iter().take(NAMED).map(|row| row.page.name.clone()).collect();
        if rest > 0 {
            names.push(talk.f("friday-rest", &[("count", rest.into())]));
        }
        names.join(", ")
    };
    let silent: Vec<&Row> = rows.iter().filter(|row| row.is_silent(now)).copied().collect();
    if !silent.is_empty() {
        let args = [("count", silent.len().into()), ("pages", names(silent).into())];
        lines.push(talk.f("friday-silent", &args));
    }
    let told: Vec<&Row> = rows.iter().filter(|row| Show::Misses.fits(row, now)).copied().collect();
    if !told.is_empty() {
        let args = [("count", told.len().into()), ("pages", names(told).into())];
        lines.push(talk.f("friday-told", &args));
    }
    if all.no_badge + all.no_tiles > 0 {
        let args = [("badge", all.no_badge.into()), ("tiles", all.no_tiles.into())];
        lines.push(talk.f("friday-bare", &args));
    }
    if talks > 0 {
        lines.push(talk.f("friday-talks", &[("count", talks.into()), ("due", due.into())]));
    }
    let mut row = vec![talk.choice("board-open", Action::Board { f: Show::All, p: 0 }).main()];
    if talks > 0 {
        row.push(talk.choice("handoffs-open", Action::Handoffs { p: 0 }));
    }
    talk.say(Screen::text(lines.join("\n")).row(row).row([menu::home(talk)]));
    Ok(())
}

/// How many pages are in which zone.
pub(super) fn zones(talk: &Talk<'_>, all: &Summary) -> String {
    let none = all.pages - all.green - all.yellow - all.red;
    let args = [
        ("green", all.green.into()),
        ("yellow", all.yellow.into()),
        ("red", all.red.into()),
        ("none", none.into()),
    ];
    talk.f("board-zones", &args)
}
