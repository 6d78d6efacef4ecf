//! «Люди и реестр»: who has which role and where, giving one and taking it away, and the log of what staff did.

use vkapi::types::{GroupId, UserId};

use super::{
    Action, Choice, Colleague, Known, Need, Screen, Talk, Tell, handoff, menu,
    router::Step,
    short,
    staff::{self, id_of},
};
use crate::{
    domain::{
        Form, Grant, Granting, ListOf, Place, Rights, Role, Scope, Sphere,
        rights::{GRANTED, REVOKED},
        text,
    },
    pages::Address,
    store::{AuditEntry, Expect, Op, OutFile},
};

/// Roles a screen shows.
const ROLES: usize = 3;
/// Municipalities offered as buttons.
const TOWNS: usize = 6;
/// The most characters of a municipality's name.
const TOWN: usize = 60;
/// Lines of the log that are shown in the chat.
const LINES: usize = 5;

/// The room behind «Люди и реестр».
pub(super) fn open(talk: &mut Talk<'_>) {
    let mine = rights_told(talk);
    let text = talk.f("people-title", &[("mine", mine.into())]);
    let mut screen = Screen::text(text)
        .row([talk.choice("roles-open", Action::Roles { p: 0 })])
        .row([talk.choice("roster-open", Action::Roster)]);
    if talk.scene().role.may_read_log() {
        screen = screen.row([talk.choice("log-open", Action::Log)]);
    }
    talk.show(screen.row([back(talk), menu::home(talk)]));
}

fn back(talk: &Talk<'_>) -> Choice {
    talk.choice("menu-cabinet", Action::Cabinet)
}

/// Her own roles in words.
fn rights_told(talk: &Talk<'_>) -> String {
    let told = |grant: &Grant| format!("— {}", role_at(talk, grant.role, &grant.scope));
    talk.scene().rights.grants().iter().map(told).collect::<Vec<_>>().join("\n")
}

/// «Куратор: Моршанск, Детский сад».
pub(super) fn role_at(talk: &Talk<'_>, role: Role, scope: &Scope) -> String {
    let role = talk.t(&format!("role-{}", role.slug()));
    format!("{role}: {}", place(talk, scope))
}

/// A part of the region in words.
pub(super) fn place(talk: &Talk<'_>, scope: &Scope) -> String {
    let Scope { municipality, sphere, page } = scope;
    let mut parts: Vec<String> = municipality.iter().cloned().collect();
    parts.extend(sphere.map(|s| talk.t(&format!("sphere-{}", s.slug()))));
    parts.extend(page.map(|page| format!("vk.ru/club{page}")));
    if parts.is_empty() { talk.t("role-whole") } else { parts.join(", ") }
}

fn who(grant: &Grant) -> String {
    named(grant.who, &grant.note)
}

fn named(id: UserId, name: &str) -> String {
    if name.is_empty() { format!("vk.ru/id{id}") } else { format!("{name} (vk.ru/id{id})") }
}

/// The roles she sees: those within what is hers as a curator or more.
fn seen<'a>(talk: &Talk<'a>) -> Result<Vec<&'a Grant>, Need> {
    let Known::Staff(all) = talk.known(Need::Staff)? else { return Ok(Vec::new()) };
    Ok(talk.scene().rights.seen(all))
}

fn find<'a>(talk: &Talk<'a>, person: UserId, id: u64) -> Result<Option<&'a Grant>, Need> {
    Ok(seen(talk)?.into_iter().find(|grant| grant.who == person && grant.id == id))
}

/// Who has which role.
pub(super) fn list(talk: &mut Talk<'_>, page: usize) -> Step {
    let all = seen(talk)?;
    let pages = all.len().div_ceil(ROLES).max(1);
    let page = page.min(pages - 1);
    let mut lines = vec![talk.f("roles-title", &[("count", all.len().into())])];
    let mut screen = Screen::default();
    for grant in all.into_iter().skip(page * ROLES).take(ROLES) {
        let key = if grant.by.is_some() { "roles-one" } else { "roles-config" };
        let role = role_at(talk, grant.role, &grant.scope);
        lines.push(talk.f(key, &[("who", who(grant).into()), ("role", role.into())]));
        if talk.scene().rights.may_revoke(grant) {
            let name = if grant.note.is_empty() { format!("id{}", grant.who) } else { grant.note.clone() };
            let label = talk.f("roles-look", &[("who", short(&name, 26).into())]);
            screen = screen.row([Choice::new(label, Action::Role { u: grant.who, n: grant.id })]);
        }
    }
    screen.text = lines.join("\n");
    screen = screen.row([talk.choice("role-new", Action::RoleNew).main(), staff::table(talk, ListOf::Roles)]);
    screen = screen.row(menu::pager(talk, page, pages, |p| Action::Roles { p }));
    talk.show(screen.row([talk.choice("back", Action::People), menu::home(talk)]));
    Ok(())
}

fn gone(talk: &mut Talk<'_>) -> Step {
    talk.toast(talk.t("role-gone"));
    list(talk, 0)
}

/// One role of somebody, with the way to take it away.
pub(super) fn one(talk: &mut Talk<'_>, person: UserId, id: u64) -> Step {
    let Some(grant) = find(talk, person, id)? else { return gone(talk) };
    let since = talk.zone().local(grant.at).date().strftime("%d.%m.%Y").to_string();
    let by = grant.by.map(|by| format!("vk.ru/id{by}")).unwrap_or_default();
    let role = role_at(talk, grant.role, &grant.scope);
    let args =
        [("who", who(grant).into()), ("role", role.into()), ("since", since.into()), ("by", by.into())];
    let mut screen = Screen::text(talk.f("role-about", &args));
    if talk.scene().rights.may_revoke(grant) {
        screen = screen.row([talk.choice("role-drop", Action::RoleDrop { u: person, n: id })]);
    }
    talk.show(screen.row([talk.choice("back", Action::Roles { p: 0 }), menu::home(talk)]));
    Ok(())
}

/// Asks once more before a role is taken away.
pub(super) fn drop(talk: &mut Talk<'_>, person: UserId, id: u64) -> Step {
    let Some(grant) = find(talk, person, id)? else { return gone(talk) };
    if !staff::may(talk, talk.scene().rights.may_revoke(grant)) {
        return Ok(());
    }
    let key = if person == talk.person.id { "role-drop-own" } else { "role-drop-ask" };
    let role = role_at(talk, grant.role, &grant.scope);
    let text = talk.f(key, &[("who", who(grant).into()), ("role", role.into())]);
    let screen = Screen::text(text).row([
        talk.choice("role-drop-yes", Action::RoleDropYes { u: person, n: id }),
        talk.choice("role-keep", Action::Role { u: person, n: id }),
    ]);
    talk.show(screen);
    Ok(())
}

/// Takes a role away: its screens and forms are gone from the next thing she does.
pub(super) fn drop_yes(talk: &mut Talk<'_>, person: UserId, id: u64) -> Step {
    let Some(grant) = find(talk, person, id)? else { return gone(talk) };
    if !staff::may(talk, talk.scene().rights.may_revoke(grant)) {
        return Ok(());
    }
    let Known::Staff(all) = talk.known(Need::Staff)? else { return Ok(()) };
    let here = here(talk, person)?;
    talk.expect(Expect::GrantsAre(person, ids(all, person)));
    talk.op(Op::DropGrant(person, id));
    revoked(talk, grant);
    let left = all.iter().filter(|g| g.who == person && g.id != id).cloned();
    handoff::leave(talk, person, &Rights::new(person, left))?;
    let role = role_at(talk, grant.role, &grant.scope);
    if person == talk.person.id {
        talk.toast(talk.t("role-dropped-own"));
        menu::open(talk);
        return Ok(());
    }
    if here {
        let text = talk.f("role-told-drop", &[("role", role.clone().into())]);
        talk.tell(Tell { to: person, text });
    }
    let text = talk.f("role-dropped", &[("who", who(grant).into()), ("role", role.into())]);
    talk.show(Screen::text(text).row([talk.choice("roles-open", Action::Roles { p: 0 }), menu::home(talk)]));
    Ok(())
}

/// Writes into the log that a role was taken away.
pub(super) fn revoked(talk: &mut Talk<'_>, grant: &Grant) {
    talk.audit_change(REVOKED, format!("id{}", grant.who), Some(grant.json()), None);
}

fn ids(all: &[Grant], person: UserId) -> Vec<u64> {
    all.iter().filter(|g| g.who == person && g.by.is_some()).map(|g| g.id).collect()
}

fn here(talk: &Talk<'_>, person: UserId) -> Result<bool, Need> {
    Ok(matches!(talk.known(Need::Here(person))?, Known::Here(true)))
}

/// Asks who is to get a role.
pub(super) fn ask(talk: &mut Talk<'_>) {
    talk.form(Some(Form::RoleWho));
    talk.show(Screen::text(talk.t("role-who")).row([menu::cancel_button(talk)]));
}

/// Somebody was named by a link or a number.
pub(super) fn who_typed(talk: &mut Talk<'_>, typed: &str) -> Step {
    let Known::Colleague(found) = talk.known(Need::Colleague(typed.to_owned()))? else { return Ok(()) };
    let Some(Colleague { id, name, .. }) = found else {
        talk.say(Screen::text(talk.t("role-who-none")).row([menu::cancel_button(talk)]));
        return Ok(());
    };
    if *id == talk.person.id {
        talk.say(Screen::text(talk.t("role-who-self")).row([menu::cancel_button(talk)]));
        return Ok(());
    }
    let granting = Granting { who: *id, name: name.clone(), role: Role::Admin, scope: None };
    ask_role(talk, granting);
    Ok(())
}

fn ask_role(talk: &mut Talk<'_>, granting: Granting) {
    let mine = talk.scene().role;
    let text = talk.f("role-which", &[("who", named(granting.who, &granting.name).into())]);
    let choices = Role::GRANTED.into_iter().filter(|role| *role <= mine);
    let choices: Vec<Choice> =
        choices.map(|r| talk.choice(&format!("role-{}", r.slug()), Action::RoleIs { r })).collect();
    let known: Vec<String> = Role::GRANTED
        .into_iter()
        .filter(|role| *role <= mine)
        .map(|role| talk.t(&format!("role-{}-does", role.slug())))
        .collect();
    talk.form(Some(Form::Role(Box::new(granting))));
    let screen = Screen::text(format!("{text}\n\n{}", known.join("\n"))).grid(2, choices);
    talk.show(screen.row([menu::cancel_button(talk)]));
}

fn granting(talk: &Talk<'_>) -> Option<Granting> {
    match &talk.person.form {
        Some(Form::Role(granting)) => Some(Granting::clone(granting)),
        _ => None,
    }
}

/// A press for a form that is not open any more.
fn closed(talk: &mut Talk<'_>) -> Step {
    talk.form(None);
    talk.toast(talk.t("role-gone"));
    list(talk, 0)
}

/// The role was chosen: asks where it is for.
pub(super) fn role_is(talk: &mut Talk<'_>, role: Role) -> Step {
    let Some(mut granting) = granting(talk) else { return closed(talk) };
    if !staff::may(talk, role > Role::Admin && role <= talk.scene().role) {
        return Ok(());
    }
    granting.role = role;
    // An owner of a part of the region is none.
    if role == Role::Owner {
        granting.scope = Some(Scope::default());
        confirm(talk, granting);
        return Ok(());
    }
    granting.scope = None;
    ask_place(talk, granting)
}

fn ask_place(talk: &mut Talk<'_>, granting: Granting) -> Step {
    let mine: Vec<Scope> =
        talk.scene().rights.places(granting.role.max(Role::Curator)).into_iter().cloned().collect();
    let mut choices = Vec::new();
    if mine.iter().any(Scope::is_whole) {
        choices.push(talk.choice("role-whole", Action::RolePlace { m: None, s: None, g: None }));
        let Known::Municipalities(towns) = talk.known(Need::Municipalities)? else { return Ok(()) };
        choices.extend(towns.iter().take(TOWNS).map(|town| {
            choice_of(town, Scope { municipality: Some(short(town, TOWN)), ..Scope::default() })
        }));
    } else {
        choices.extend(mine.into_iter().take(TOWNS + 1).map(|scope| choice_of(&place(talk, &scope), scope)));
    }
    let role = talk.t(&format!("role-{}", granting.role.slug()));
    let text = talk.f("role-where", &[("role", role.into())]);
    talk.form(Some(Form::Role(Box::new(granting))));
    talk.show(Screen::text(text).grid(2, choices).row([menu::cancel_button(talk)]));
    Ok(())
}

fn choice_of(label: &str, scope: Scope) -> Choice {
    Choice::new(short(label, 40), Action::RolePlace { m: scope.municipality, s: scope.sphere, g: scope.page })
}

/// Where it is for was typed: a municipality, or a page's address.
pub(super) fn typed(talk: &mut Talk<'_>, granting: Granting, typed: &str) -> Step {
    if granting.role == Role::Admin {
        ask_role(talk, granting);
        return Ok(());
    }
    let scope = if looks_like_page(typed) {
        let Known::Page(found) = talk.known(Need::Page(typed.to_owned()))? else { return Ok(()) };
        let Ok(card) = found else {
            talk.say(Screen::text(talk.t("role-no-page")).row([menu::cancel_button(talk)]));
            return Ok(());
        };
        Some(of_page(talk, card.id)?)
    } else {
        town(talk, typed)?
    };
    if let Some(scope) = scope {
        placed(talk, granting, scope);
    }
    Ok(())
}

fn looks_like_page(typed: &str) -> bool {
    let typed = typed.trim();
    (typed.contains('/') || typed.contains("vk.") || typed.starts_with('@') || typed.starts_with("club"))
        && Address::read(typed).is_some()
}

/// The scope of one page: in her municipality, if hers does not reach further.
fn of_page(talk: &Talk<'_>, id: GroupId) -> Result<Scope, Need> {
    let whole = talk.scene().rights.everywhere(Role::Curator);
    let kept = match talk.known(Need::Registered(id))? {
        Known::Registered(Some(page)) => Place::of_page(page),
        _ => Place::default(),
    };
    let scope = Scope { page: Some(id), ..Scope::default() };
    Ok(if whole {
        scope
    } else {
        Scope { municipality: kept.municipality, sphere: kept.sphere, page: Some(id) }
    })
}

/// The municipality that is meant; tells if none is known by that name.
fn town(talk: &mut Talk<'_>, typed: &str) -> Result<Option<Scope>, Need> {
    let Some(name) = text::line(typed, TOWN) else { return Ok(None) };
    let Known::Municipalities(towns) = talk.known(Need::Municipalities)? else { return Ok(None) };
    let said = text::folded(&name);
    if let Some(known) = towns.iter().find(|town| text::folded(town) == said) {
        return Ok(Some(Scope { municipality: Some(known.clone()), ..Scope::default() }));
    }
    // Before there is a roster nobody knows what there is.
    if towns.is_empty() {
        return Ok(Some(Scope { municipality: Some(name), ..Scope::default() }));
    }
    let begins: String = said.chars().take(3).collect();
    let alike: Vec<&String> = towns
        .iter()
        .filter(|town| {
            let town = text::folded(town);
            town.contains(&said) || town.split(' ').any(|word| word.starts_with(&begins))
        })
        .take(TOWNS)
        .collect();
    let choices: Vec<Choice> = alike
        .into_iter()
        .map(|town| choice_of(town, Scope { municipality: Some(town.clone()), ..Scope::default() }))
        .collect();
    let key = if choices.is_empty() { "role-no-town" } else { "role-like-town" };
    let text = talk.f(key, &[("town", name.into())]);
    talk.say(Screen::text(text).grid(2, choices).row([menu::cancel_button(talk)]));
    Ok(None)
}

/// Where it is for was pressed.
pub(super) fn place_is(talk: &mut Talk<'_>, scope: Scope) -> Step {
    let Some(granting) = granting(talk) else { return closed(talk) };
    placed(talk, granting, scope);
    Ok(())
}

fn placed(talk: &mut Talk<'_>, mut granting: Granting, scope: Scope) {
    if granting.role == Role::Admin {
        ask_role(talk, granting);
        return;
    }
    if !talk.scene().rights.may_grant(granting.who, granting.role, &scope) {
        talk.refuse();
        talk.say(Screen::text(talk.t("role-not-yours")).row([menu::cancel_button(talk)]));
        return;
    }
    granting.scope = Some(scope);
    confirm(talk, granting);
}

/// Offers the spheres a role can be narrowed to.
pub(super) fn spheres(talk: &mut Talk<'_>) -> Step {
    let Some(granting) = granting(talk) else { return closed(talk) };
    let Some(scope) = granting.scope else { return ask_place(talk, granting) };
    let choices = Sphere::ALL.map(|s| {
        let (m, g) = (scope.municipality.clone(), scope.page);
        talk.choice(&format!("sphere-{}", s.slug()), Action::RolePlace { m, s: Some(s), g })
    });
    let text = talk.t("role-sphere-ask");
    talk.show(Screen::text(text).grid(2, choices).row([menu::cancel_button(talk)]));
    Ok(())
}

/// Shows what would be granted and asks.
fn confirm(talk: &mut Talk<'_>, granting: Granting) {
    let scope = granting.scope.clone().unwrap_or_default();
    let narrower = granting.role != Role::Owner && scope.sphere.is_none() && scope.page.is_none();
    let who = named(granting.who, &granting.name);
    let args = [("who", who.into()), ("role", role_at(talk, granting.role, &scope).into())];
    let mut screen =
        Screen::text(talk.f("role-confirm", &args)).row([talk.choice("role-yes", Action::RoleYes).good()]);
    if narrower {
        screen = screen.row([talk.choice("role-sphere", Action::RoleSpheres)]);
    }
    talk.form(Some(Form::Role(Box::new(granting))));
    talk.show(screen.row([menu::cancel_button(talk)]));
}

/// Grants what was shown.
pub(super) fn yes(talk: &mut Talk<'_>) -> Step {
    let Some(Granting { who, name, role, scope: Some(scope) }) = granting(talk) else { return closed(talk) };
    // Her own rights may have changed since it was shown.
    if !staff::may(talk, talk.scene().rights.may_grant(who, role, &scope)) {
        return Ok(());
    }
    let Known::Staff(all) = talk.known(Need::Staff)? else { return Ok(()) };
    let here = here(talk, who)?;
    let theirs = ids(all, who);
    talk.form(None);
    let told = role_at(talk, role, &scope);
    let to_roles = |talk: &Talk<'_>| [talk.choice("roles-open", Action::Roles { p: 0 }), menu::home(talk)];
    let same = all.iter().any(|g| g.who == who && g.role == role && g.scope == scope);
    if same || theirs.len() >= Grant::MOST {
        let key = if same { "role-has" } else { "role-many" };
        let text = talk.f(key, &[("who", named(who, &name).into()), ("role", told.into())]);
        talk.show(Screen::text(text).row(to_roles(talk)));
        return Ok(());
    }
    let (by, at) = (Some(talk.person.id), talk.now());
    let grant = Grant { id: id_of(talk), who, role, scope, by, at, note: name.clone() };
    talk.expect(Expect::GrantsAre(who, theirs));
    talk.audit_change(GRANTED, format!("id{who}"), None, Some(grant.json()));
    talk.op(Op::PutGrant(Box::new(grant)));
    if here {
        let does = talk.t(&format!("role-{}-does", role.slug()));
        let text = talk.f("role-told", &[("role", told.clone().into()), ("does", does.into())]);
        talk.tell(Tell { to: who, text });
    }
    let key = if here { "role-granted" } else { "role-granted-unknown" };
    let text = talk.f(key, &[("who", named(who, &name).into()), ("role", told.into())]);
    talk.show(Screen::text(text).row(to_roles(talk)));
    Ok(())
}

/// The last lines of the log.
pub(super) fn log(talk: &mut Talk<'_>) -> Step {
    let Known::Log(lines) = talk.known(Need::Log(LINES))? else { return Ok(()) };
    let told = |entry: &AuditEntry| {
        let at = talk.zone().local(entry.at).strftime("%d.%m %H:%M").to_string();
        let detail = short(&format!("{} {}", entry.what, entry.detail), 80);
        format!("{at} id{}: {detail}", entry.who)
    };
    let lines: Vec<String> = lines.iter().map(told).collect();
    let text = if lines.is_empty() { talk.t("log-empty") } else { talk.t("log-title") };
    let mut screen = Screen::text(format!("{text}\n\n{}", lines.join("\n")).trim_end());
    if !lines.is_empty() {
        screen = screen.row([talk.choice("log-send", Action::LogSend).main()]);
    }
    talk.show(screen.row([talk.choice("back", Action::People), menu::home(talk)]));
    Ok(())
}

/// Sends the log as a table.
pub(super) fn log_send(talk: &mut Talk<'_>) {
    talk.audit("log-export", String::new());
    let screen =
        Screen::text(talk.t("log-here")).row([talk.choice("back", Action::People), menu::home(talk)]);
    talk.send(screen, OutFile::Log);
}
