use super::{Action, Choice, Screen, Talk, classes, due, interview, menu, people, quiet, router::Step};
use crate::{
    content::Texts,
    domain::{Form, Ms, Reminder, Sphere, Zone},
    store::{Op, OutFile},
};

/// Time zones a screen shows.
const ZONES_SHOWN: usize = 4;
/// Russia's eleven zones by a well-known city, west to east; the names are in the phrases `zone-N`.
const ZONES: [&str; 11] = [
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
];

/// All settings.
pub(super) fn open(talk: &mut Talk<'_>) {
    let person = &talk.person;
    let unset = talk.t("unset");
    let sphere = person.sphere.map_or_else(|| unset.clone(), |s| talk.t(&format!("sphere-{}", s.slug())));
    let town = person.municipality.clone().unwrap_or(unset);
    let subscriptions = person.subscriptions;
    let zone = zone_name(talk, talk.zone().name());
    let on_off = |on| talk.t(if on { "on" } else { "off" });
    let lines = [
        talk.t("settings-title"),
        talk.f("known-sphere", &[("value", sphere.into())]),
        talk.f("known-municipality", &[("value", town.into())]),
        talk.f("known-zone", &[("value", zone.into())]),
        talk.f("known-quiet", &[("value", quiet::told(due::quiet(talk)).into())]),
        talk.f("known-reminders", &[("value", on_off(subscriptions.reminders).into())]),
        talk.f("known-tips", &[("value", on_off(subscriptions.tips).into())]),
        talk.f("known-news", &[("value", on_off(subscriptions.announcements).into())]),
    ];
    let switch = |on: bool, [start, stop]: [&str; 2], to: fn(bool) -> Action| {
        talk.choice(if on { stop } else { start }, to(!on))
    };
    let screen = Screen::text(lines.join("\n"))
        .row([talk.choice("set-sphere", Action::SphereSet), talk.choice("set-municipality", Action::TownSet)])
        .row([talk.choice("set-zone", Action::ZoneSet { p: 0 }), talk.choice("set-quiet", Action::Quiet)])
        .row([switch(subscriptions.reminders, ["reminders-start", "reminders-stop"], |on| {
            Action::SubReminders { on }
        })])
        .row([
            switch(subscriptions.tips, ["tips-start", "tips-stop"], |on| Action::SubTips { on }),
            switch(subscriptions.announcements, ["news-start", "news-stop"], |on| Action::SubNews { on }),
        ])
        .row([talk.choice("my-data", Action::MyData), talk.choice("withdraw", Action::Withdraw)])
        .row([menu::home(talk)]);
    talk.show(screen);
}

/// The spheres to choose from, under this text.
pub(super) fn sphere_choices(talk: &Talk<'_>, text: String) -> Screen {
    let choices = Sphere::ALL.map(|s| talk.choice(&format!("sphere-{}", s.slug()), Action::Sphere { s }));
    Screen::text(text).grid(2, choices)
}

/// Offers the spheres.
pub(super) fn spheres(talk: &mut Talk<'_>) {
    let text = talk.t("set-sphere-title");
    let screen = sphere_choices(talk, text).row([talk.choice("back", Action::Settings), menu::home(talk)]);
    talk.show(screen);
}

/// Asks for the municipality.
pub(super) fn town(talk: &mut Talk<'_>) {
    talk.form(Some(Form::Municipality));
    talk.show(Screen::text(talk.t("set-municipality-title")).row([menu::cancel_button(talk)]));
}

pub(super) fn zone_name(talk: &Talk<'_>, zone: &str) -> String {
    zone_told(talk.content().texts(), zone)
}

/// What a time zone is called: «Москва (МСК)».
pub(crate) fn zone_told(texts: &Texts, zone: &str) -> String {
    ZONES.iter().position(|z| *z == zone).map_or_else(|| zone.to_owned(), |i| texts.get(&format!("zone-{i}")))
}

/// Offers the time zones.
pub(super) fn zones(talk: &mut Talk<'_>, page: usize) {
    let pages = ZONES.len().div_ceil(ZONES_SHOWN);
    let page = page.min(pages - 1);
    let mut screen = Screen::text(talk.t("set-zone-title"));
    for (i, zone) in ZONES.iter().enumerate().skip(page * ZONES_SHOWN).take(ZONES_SHOWN) {
        let action = Action::Zone { z: (*zone).to_owned() };
        screen = screen.row([Choice::new(talk.t(&format!("zone-{i}")), action)]);
    }
    let mut row = menu::pager(talk, page, pages, |p| Action::ZoneSet { p });
    row.extend([talk.choice("back", Action::Settings), menu::home(talk)]);
    talk.show(screen.row(row));
}

/// A time zone was chosen: her reminders keep their hour on her own clock.
pub(super) fn zone(talk: &mut Talk<'_>, name: &str) {
    let known = ZONES.contains(&name).then(|| Zone::try_from(name.to_owned()).ok()).flatten();
    let Some(zone) = known else {
        talk.toast(talk.t("stale-button"));
        return zones(talk, 0);
    };
    for reminder in talk.reminders() {
        let calendar = talk.content().calendar();
        if let Some(due) = reminder.rule.as_ref().and_then(|r| r.next(&zone, calendar, talk.now())) {
            talk.op(Op::PutReminder(Reminder { due, ..reminder }));
        }
    }
    talk.person.zone = Some(zone);
    talk.toast(zone_name(talk, name));
    open(talk);
}

/// Switches her own reminders.
pub(super) fn reminders(talk: &mut Talk<'_>, on: bool) {
    talk.person.subscriptions.reminders = on;
    talk.toast(talk.t(if on { "reminders-started" } else { "reminders-stopped" }));
    open(talk);
}

/// Switches announcements.
pub(super) fn news(talk: &mut Talk<'_>, on: bool) {
    talk.person.subscriptions.announcements = on;
    talk.toast(talk.t(if on { "news-started" } else { "news-stopped" }));
    open(talk);
}

/// Switches nudges and tips.
pub(super) fn tips(talk: &mut Talk<'_>, on: bool) {
    talk.person.subscriptions.tips = on;
    talk.toast(talk.t(if on { "tips-started" } else { "tips-stopped" }));
    open(talk);
}

/// What is kept about her in a few words, and the way to have all of it.
pub(super) fn my_data(talk: &mut Talk<'_>) {
    let consent = talk.person.consent.map_or(Ms(0), |consent| consent.at);
    let date = talk.zone().local(consent).date().strftime("%d.%m.%Y").to_string();
    let version = talk.person.consent.map_or(0, |consent| consent.version);
    let text = talk.f("my-data-about", &[("date", date.into()), ("version", version.to_string().into())]);
    let screen = Screen::text(text)
        .row([talk.choice("my-data-send", Action::MyDataSend).main()])
        .row([talk.choice("withdraw", Action::Withdraw)])
        .row([talk.choice("back", Action::Settings), menu::home(talk)]);
    talk.show(screen);
}

/// Sends the file; what is in it is read when it leaves.
pub(super) fn my_data_send(talk: &mut Talk<'_>) {
    talk.toast(talk.t("my-data-sending"));
    let back = talk.choice("to-settings", Action::Settings);
    let screen = Screen::text(talk.t("my-data-file")).row([back, menu::home(talk)]);
    talk.send(screen, OutFile::MyData);
}

/// She has been silent for long: says that she will be forgotten unless she comes back.
pub(super) fn silent(talk: &mut Talk<'_>) {
    talk.person.warned = Some(talk.now());
    let days = talk.f("consent-days", &[("n", talk.scene().region.retention.warned_days.into())]);
    let screen = Screen::text(talk.f("silent", &[("days", days.into())]))
        .row([talk.choice("silent-here", Action::Menu).main()])
        .row([talk.choice("my-data", Action::MyData), talk.choice("withdraw", Action::Withdraw)]);
    talk.say(screen);
}

/// Asks whether she means it.
pub(super) fn withdraw(talk: &mut Talk<'_>) {
    let back = if interview::consented(talk) { Action::Settings } else { Action::Menu };
    let screen = Screen::text(talk.t("withdraw-title"))
        .row([talk.choice("withdraw-yes", Action::WithdrawYes), talk.choice("withdraw-no", back).main()]);
    talk.show(screen);
}

/// Takes her consent back and removes what is kept.
pub(super) fn withdraw_yes(talk: &mut Talk<'_>) -> Step {
    // Her seats go to whoever waits for them.
    classes::leave_all(talk)?;
    // Her roles go with her; the log tells so.
    for grant in talk.scene().rights.grants().iter().filter(|grant| grant.by.is_some()) {
        people::revoked(talk, grant);
    }
    talk.forget();
    let again = talk.choice("consent-again", Action::Menu);
    talk.show(Screen::text(talk.t("withdrawn")).row([again]));
    Ok(())
}
