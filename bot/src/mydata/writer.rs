//! All that is kept about a person put into words: the order of the file, and what she herself is.

use super::{
    COPIES, Kept,
    json::{Json, NOTHING, list, maybe, object, value, whole},
    records::{advised, named, refused, streak},
};
use crate::{
    content::Content,
    domain::{
        Arrived, Asking, Away, Deputy, Link, Ms, Offer, PageRef, Person, Progress, Reminder, Retention,
        Subscriptions, Zone,
        attention::{Ledger, Quiet},
    },
    retention, schedule,
};

/// Puts records into words.
pub(super) struct Writer<'a> {
    pub(super) zone: &'a Zone,
    pub(super) content: &'a Content,
    /// The norm of the region.
    pub(super) norm: &'a str,
    /// How long things are kept.
    pub(super) retention: Retention,
}

impl Writer<'_> {
    pub(super) fn all(&self, kept: Kept, now: Ms) -> Json {
        let Kept {
            person,
            steps,
            progress,
            reminders,
            runs,
            nudged,
            opinion,
            named,
            ledger,
            asked,
            talks,
            shows,
            waiting,
            received,
            letters,
            seats,
            deeds,
            roles,
            refused,
        } = kept;
        let Progress { rounds, lessons, streak } = progress;
        let Ledger { rev: _, sent, held } = ledger;
        object([
            (
                "Что это",
                value(
                    "Всё, что бот «Куратор» хранит о вас. Прочесть и удалить это можно в любой момент: «Настройки».",
                ),
            ),
            ("Составлено", self.moment(now)),
            ("Часы", value(format!("по часовому поясу {}", self.zone.name()))),
            ("Сколько это хранится, дней", self.periods()),
            ("О вас", self.person(person)),
            ("Напоминания", list(reminders, |r| self.reminder(r))),
            ("Чьи страницы вы вели и ведёте", list(runs, |r| self.run(r))),
            ("Советы о страницах", self::advised(nudged)),
            ("Ваша оценка бота", opinion.map_or(NOTHING, |opinion| self.opinion(opinion))),
            ("В реестре региона вы отвечаете за страницы", list(named, self::named)),
            ("Отметки в чек-листах", list(steps, |(key, tick)| self.tick(key, tick))),
            ("Закрытые круги чек-листов", list(rounds, |r| self.round(r))),
            ("Уроки", list(lessons, |l| self.lesson(l))),
            ("Недели подряд", self::streak(streak)),
            ("Вопросы", list(asked, |asked| self.asked(asked))),
            ("Разговоры с кураторами", list(talks, |talk| self.talk(talk))),
            ("Страницы, которые вы разрешили показывать как пример", list(shows, |shown| self.shows(shown))),
            ("Когда бот писал первым", list(sent, |at| self.moment(at))),
            ("Отложено до удобного часа", list(held, |held| self.held(held))),
            ("Ждут отправки вам", list(waiting, |m| self.message(m))),
            ("Объявления, посланные вам", list(received, |r| self.received(r))),
            ("Объявления, которые вы писали", list(letters, |letter| self.letter(letter))),
            ("Занятия", list(seats, |seat| self.seat(seat))),
            ("Ваши действия как сотрудника", list(deeds, |d| self.deed(d))),
            ("Ваши роли", list(roles, |grant| self.role(grant))),
            ("Нажатия без права на них", self::refused(refused)),
        ])
    }

    /// How long what is told below stays.
    pub(super) fn periods(&self) -> Json {
        let Retention { silent_days, warned_days, announcement_days, log_days } = self.retention;
        object([
            ("Вопросы и разговоры с кураторами", value(schedule::QUESTIONS / Ms::DAY)),
            ("Объявления, посланные вам", value(announcement_days)),
            ("Сообщения вам, которые ВКонтакте не принял", value(retention::PARKED / Ms::DAY)),
            ("Ваши действия как сотрудника", value(log_days)),
            ("Остальное — после вашего последнего слова; затем бот предупредит", value(silent_days)),
            ("Остальное — после предупреждения", value(warned_days)),
            ("Удалённое в резервных копиях", value(COPIES)),
        ])
    }

    pub(super) fn moment(&self, at: Ms) -> Json {
        value(self.zone.local(at).strftime("%Y-%m-%d %H:%M").to_string())
    }

    pub(super) fn maybe(&self, at: Option<Ms>) -> Json {
        at.map_or(NOTHING, |at| self.moment(at))
    }

    pub(super) fn person(&self, person: Person) -> Json {
        let Person {
            id,
            rev,
            since,
            seen,
            consent,
            onboarded,
            sphere,
            municipality,
            pages,
            zone,
            quiet,
            away,
            subscriptions,
            writable,
            plain,
            form,
            offers,
            next_reminder,
            came,
            link,
            asking,
            warned,
            invited,
        } = person;
        let Subscriptions { reminders, announcements, tips } = subscriptions;
        let pages = list(pages, |PageRef { id, screen_name, name }| {
            object([
                ("Название", value(name)),
                ("Адрес", value(format!("vk.ru/{screen_name}"))),
                ("Номер", value(id.0)),
            ])
        });
        let consent = consent.map(|c| object([("Версия", value(c.version)), ("Когда", self.moment(c.at))]));
        let sphere = sphere.map(|s| self.content.texts().get(&format!("sphere-{}", s.slug())));
        let link = link.map(|Link { name, waits }| {
            object([("Название", value(name)), ("Ещё не открыта", value(waits))])
        });
        let asking = asking.map(|Asking { n: _, mark: _, text, id: _ }| value(text));
        let quiet = quiet.map(|Quiet { from, to }| value(format!("{from}–{to}")));
        let away = away.map(|Away { back, deputy, from }| {
            let deputy = deputy.map(|Deputy { name, id }| {
                object([("Имя", value(name)), ("Номер во ВКонтакте", maybe(id.map(|id| id.0)))])
            });
            object([
                ("С какого дня", maybe(from.map(|from| from.to_string()))),
                ("Вернётесь", value(back.to_string())),
                ("Замещает", deputy.unwrap_or(NOTHING)),
            ])
        });
        let offers = list(offers, |Offer { number, label, payload }| {
            object([("Номер", value(number)), ("Надпись", value(label)), ("Что делает", value(payload))])
        });
        object([
            ("Номер во ВКонтакте", value(id.0)),
            ("Согласие на обработку данных", consent.unwrap_or(NOTHING)),
            ("Написали впервые", self.moment(since)),
            ("Написали в последний раз", self.moment(seen)),
            ("Знакомство закончено", self.maybe(onboarded)),
            ("Сфера", maybe(sphere)),
            ("Муниципалитет", maybe(municipality)),
            ("Страницы", pages),
            ("Часовой пояс, если выбран", maybe(zone.as_ref().map(Zone::name))),
            ("Тихие часы, если выбраны", quiet.unwrap_or(NOTHING)),
            ("Отпуск", away.unwrap_or(NOTHING)),
            (
                "Что бот может присылать",
                object([
                    ("Напоминания", value(reminders)),
                    ("Советы", value(tips)),
                    ("Объявления", value(announcements)),
                ]),
            ),
            ("Сообщения от бота разрешены", value(writable)),
            ("Приложение без кнопок под сообщениями", value(plain)),
            ("Ссылка, по которой пришли", link.unwrap_or(NOTHING)),
            ("Приглашение, по которому пришли впервые", maybe(invited)),
            ("Последний вопрос, без личного", asking.unwrap_or(NOTHING)),
            ("Незаконченный ввод", form.map_or(NOTHING, |form| whole(&form))),
            ("Кнопки последнего сообщения", offers),
            ("Предупреждение об удалении", self.maybe(warned)),
            (
                "О чём были последние напоминания без ответа",
                list(came, |Arrived { at, what }| {
                    object([("Когда", self.moment(at)), ("О чём", list(what, |what| whole(&what)))])
                }),
            ),
            ("Номер следующего напоминания", value(next_reminder)),
            ("Сколько раз менялась запись", value(rev)),
        ])
    }

    pub(super) fn reminder(&self, reminder: Reminder) -> Json {
        let Reminder { key, due, rule, what } = reminder;
        object([
            ("Номер", value(key.n)),
            ("Когда придёт", self.moment(due)),
            ("О чём", whole(&what)),
            ("Как повторяется", whole(&rule)),
        ])
    }
}
