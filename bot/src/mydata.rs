//! «Мои данные»: everything that is kept about a person, as one JSON file that she can read.
//!
//! Every record is taken apart field by field, so that a field added to one does not compile until it is told here.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;
use vkapi::{RequestError, types::UserId};

use crate::{
    content::Content,
    core::Core,
    domain::{
        Arrived, Asked, Asking, Away, Came, Campaign, Certificate, Context, Day, Deputy, Grant, Handoff,
        LessonMark, Line, Link, Ms, Offer, Opinion, PageRef, Person, Progress, Recipient, Reminder,
        Retention, Round, Scope, Seat, SeatState, Skip, Streak, Subscriptions, Tick, Zone,
        attention::{Held, Ledger, Quiet},
        letter::{Letter, Pressed},
        page::{Admin, Advised, Aspect, Nudged, Proof, Word},
        roster::Institution,
    },
    outbox::document,
    retention, schedule,
    store::{AuditEntry, OutFile, OutId, OutMessage, Result, StepKey, Store},
};

/// The file's name.
const NAME: &str = "moi-dannye.json";
/// The document's title in the chat.
const TITLE: &str = "Мои данные.json";
/// What is not known.
const NOTHING: Json = Json::Plain(Value::Null);
/// How many days what is deleted stays in the store's own copies.
const COPIES: u32 = 14;
/// Messages read at a time when those that wait for her are looked for.
const READ: usize = 1_000;

/// Everything that is kept about a person.
struct Kept {
    person: Person,
    steps: Vec<(StepKey, Tick)>,
    progress: Progress,
    reminders: Vec<Reminder>,
    runs: Vec<(PageRef, Admin, Vec<Word>)>,
    nudged: Nudged,
    opinion: Option<Opinion>,
    named: Vec<Institution>,
    ledger: Ledger,
    asked: Vec<Asked>,
    talks: Vec<Handoff>,
    shows: Vec<(PageRef, Ms)>,
    waiting: Vec<OutMessage>,
    received: Vec<(Campaign, Recipient, Pressed)>,
    letters: Vec<Letter>,
    seats: Vec<(Option<String>, Seat, Option<Certificate>)>,
    deeds: Vec<AuditEntry>,
    roles: Vec<Grant>,
    refused: Option<(Day, u16)>,
}

/// Reads everything that is kept about a person; `None` if nothing is.
async fn read(store: &impl Store, user: UserId) -> Result<Option<Kept>> {
    let Some(person) = store.person(user).await? else { return Ok(None) };
    let mut waiting = Vec::new();
    let mut after: Option<OutId> = None;
    loop {
        let messages = store.outbox(after, READ).await?;
        let Some((last, _)) = messages.last() else { break };
        after = Some(*last);
        waiting.extend(messages.into_iter().map(|(_, m)| m).filter(|m| m.to.user() == Some(user)));
    }
    let parked = store.parked(None, usize::MAX).await?.into_iter().map(|(_, parked)| parked.message);
    waiting.extend(parked.filter(|m| m.to.user() == Some(user)));
    let deeds = store.audit(usize::MAX).await?.into_iter().filter(|e| e.who == user).collect();
    Ok(Some(Kept {
        person,
        steps: store.steps(user).await?,
        progress: store.progress(user).await?,
        reminders: store.reminders(user).await?,
        runs: runs(store, user).await?,
        nudged: store.nudged(user).await?,
        opinion: store.opinion(user).await?,
        named: store.institutions_of(user).await?,
        ledger: store.ledger(user).await?,
        asked: store.asked_by(user).await?,
        talks: store.handoffs_of(user).await?,
        shows: shows(store, user).await?,
        waiting,
        received: received(store, user).await?,
        letters: store.letters(usize::MAX).await?.into_iter().filter(|l| l.author == user).collect(),
        seats: seats(store, user).await?,
        deeds,
        roles: store.grants_of(user).await?,
        refused: store.refused(user).await?,
    }))
}

/// The announcements a person was sent, with what she did with each.
async fn received(store: &impl Store, user: UserId) -> Result<Vec<(Campaign, Recipient, Pressed)>> {
    let mut found = Vec::new();
    for (campaign, state) in store.received(user).await? {
        let before = Some(UserId(user.0.saturating_sub(1)));
        let next = store.pressed(campaign.id, before, 1).await?;
        let did = next.first().filter(|(who, _)| *who == user).map(|(_, did)| *did).unwrap_or_default();
        found.push((campaign, state, did));
    }
    Ok(found)
}
/// The classes a person has to do with: the title, her seat, her certificate.
async fn seats(store: &impl Store, user: UserId) -> Result<Vec<(Option<String>, Seat, Option<Certificate>)>> {
    let mut found = Vec::new();
    for seat in store.seats_of(user).await? {
        let title = store.class(seat.class).await?.map(|class| class.title);
        let paper = match seat.paper {
            Some(number) => store.certificate(number).await?,
            None => None,
        };
        found.push((title, seat, paper));
    }
    Ok(found)
}

/// The pages a person runs or ran.
async fn runs(store: &impl Store, user: UserId) -> Result<Vec<(PageRef, Admin, Vec<Word>)>> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let pages = store.pages(after, READ).await?;
        let Some(last) = pages.last() else { return Ok(found) };
        after = Some(last.id);
        for page in &pages {
            let hers = page.admins.iter().filter(|admin| admin.person == user);
            let said = || page.said.iter().filter(|word| word.by == user).copied().collect();
            found.extend(hers.map(|admin| (page.named(), *admin, said())));
        }
    }
}

/// The pages that a person lets be shown as an example.
async fn shows(store: &impl Store, user: UserId) -> Result<Vec<(PageRef, Ms)>> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let pages = store.pages(after, READ).await?;
        let Some(last) = pages.last() else { return Ok(found) };
        after = Some(last.id);
        for page in &pages {
            let word = store.watch(page.id).await?.and_then(|watch| watch.example);
            found.extend(word.filter(|word| word.by == user).map(|word| (page.named(), word.at)));
        }
    }
}

/// Uploads the file that goes with a message; what to attach, if anything does.
///
/// # Errors
/// VK or the store cannot be reached now: the message has to wait. Where the file can never be sent, the message says so
/// instead.
pub(crate) async fn attach(
    core: &Core,
    message: &mut OutMessage,
) -> std::result::Result<Option<String>, RequestError> {
    let (Some(OutFile::MyData), Some(user)) = (&message.file, message.to.user()) else { return Ok(None) };
    let kept =
        read(core.store.as_ref(), user).await.map_err(|error| RequestError::Network(Arc::new(error)))?;
    // She has been forgotten since; her messages are leaving the queue.
    let Some(kept) = kept else { return Ok(None) };
    let zone = kept.person.zone.clone().unwrap_or_else(|| core.region.zone.clone());
    let norm = &core.region.norm;
    let written = Writer { zone: &zone, content: &core.content(), norm, retention: core.region.retention }
        .all(kept, core.clock.now());
    let bytes = serde_json::to_vec_pretty(&written).unwrap_or_default();
    document(core, message, bytes, (NAME, TITLE), "my-data-failed").await
}

/// A JSON value whose members stay in the order they are written.
enum Json {
    Plain(Value),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Plain(value) => value.serialize(serializer),
            Self::List(list) => serializer.collect_seq(list),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

fn value(value: impl Into<Value>) -> Json {
    Json::Plain(value.into())
}

fn maybe(value: Option<impl Into<Value>>) -> Json {
    Json::Plain(value.map_or(Value::Null, Into::into))
}

fn list<T>(values: impl IntoIterator<Item = T>, write: impl Fn(T) -> Json) -> Json {
    Json::List(values.into_iter().map(write).collect())
}

fn whole(value: &impl Serialize) -> Json {
    Json::Plain(serde_json::to_value(value).unwrap_or_default())
}

/// Puts records into words.
struct Writer<'a> {
    zone: &'a Zone,
    content: &'a Content,
    /// The norm of the region.
    norm: &'a str,
    /// How long things are kept.
    retention: Retention,
}

fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
    Json::Object(members.into())
}

impl Writer<'_> {
    fn all(&self, kept: Kept, now: Ms) -> Json {
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
    fn periods(&self) -> Json {
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

    fn moment(&self, at: Ms) -> Json {
        value(self.zone.local(at).strftime("%Y-%m-%d %H:%M").to_string())
    }

    fn maybe(&self, at: Option<Ms>) -> Json {
        at.map_or(NOTHING, |at| self.moment(at))
    }

    fn person(&self, person: Person) -> Json {
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

    fn reminder(&self, reminder: Reminder) -> Json {
        let Reminder { key, due, rule, what } = reminder;
        object([
            ("Номер", value(key.n)),
            ("Когда придёт", self.moment(due)),
            ("О чём", whole(&what)),
            ("Как повторяется", whole(&rule)),
        ])
    }

    fn opinion(&self, opinion: Opinion) -> Json {
        let Opinion { at, score, word } = opinion;
        object([("Когда", self.moment(at)), ("Из десяти", value(score)), ("Что поправить", maybe(word))])
    }

    fn shows(&self, (page, at): (PageRef, Ms)) -> Json {
        object([("Название", value(page.name)), ("Когда", self.moment(at))])
    }

    fn talk(&self, talk: Handoff) -> Json {
        let Handoff {
            id: _,
            rev: _,
            who: _,
            at,
            context,
            lines,
            told: _,
            by: _,
            due,
            escalated,
            silent,
            closed,
        } = talk;
        let Context { page, sphere, municipality, asked: _, how: _, guide, before } = context;
        let said = |line: Line| {
            let Line { at, staff, text } = line;
            let who = if staff { "куратор" } else { "вы" };
            object([("Когда", self.moment(at)), ("Кто", value(who)), ("Что", value(text))])
        };
        object([
            ("Начат", self.moment(at)),
            ("Страница", maybe(page.map(|page| page.name))),
            ("Сфера", maybe(sphere.map(|s| self.content.texts().get(&format!("sphere-{}", s.slug()))))),
            ("Муниципалитет", maybe(municipality)),
            ("Подсказка, которую показал бот", maybe(guide)),
            ("Что вы спрашивали до этого", list(before, value)),
            ("Что сказано", list(lines, said)),
            ("Когда обещан ответ", self.maybe(due)),
            ("Когда о задержке узнал тренер", self.maybe(escalated)),
            ("До какого времени молчит бот", self.maybe(silent)),
            ("Закончен", self.maybe(closed)),
        ])
    }

    fn run(&self, (page, admin, said): (PageRef, Admin, Vec<Word>)) -> Json {
        let PageRef { id: _, screen_name, name } = page;
        let Admin { person: _, since, proof, until } = admin;
        let proof = match proof {
            Proof::None => value("с ваших слов"),
            Proof::Code(at) => object([("Бот увидел ваш код на странице", self.moment(at))]),
            Proof::Curator { by: _, at } => object([("Подтвердил куратор", self.moment(at))]),
        };
        object([
            ("Название", value(name)),
            ("Адрес", value(format!("vk.ru/{screen_name}"))),
            ("С какого времени", self.moment(since)),
            ("По какое время", self.maybe(until)),
            ("Чем подтверждено", proof),
            ("Ваши слова о странице", list(said, |word| self.word(word))),
        ])
    }

    fn word(&self, word: Word) -> Json {
        let Word { what, yes, by: _, confirmed: _, at } = word;
        let what = match what {
            Aspect::Named => self.content.texts().get("peers-name"),
            Aspect::Flagship => self.content.texts().get("page-class-flagship"),
            Aspect::Card => self.content.texts().get("page-class-card"),
            what => self.content.texts().get(&format!("audit-what-{what}")),
        };
        object([
            ("О чём", value(what)),
            ("Ответ", value(if yes { "да" } else { "нет" })),
            ("Когда", self.moment(at)),
        ])
    }

    fn tick(&self, key: StepKey, tick: Tick) -> Json {
        let StepKey { person: _, checklist, step } = key;
        let Tick { at, post, seen } = tick;
        let known = self.content.checklist(&checklist);
        let text = known.and_then(|list| {
            list.steps.iter().chain(&list.retired).find(|s| s.id == step).map(|s| s.text.clone())
        });
        let norm = self.content.norm(self.norm);
        let text = text.map(|text| norm.map_or_else(|| text.clone(), |norm| norm.filled(&text)));
        object([
            ("Чек-лист", value(known.map_or(checklist, |list| list.title.clone()))),
            ("Пункт", value(text.unwrap_or(step))),
            ("Отмечен", self.moment(at)),
            ("Увидел сам бот", value(seen)),
            ("Запись", maybe(post.map(|post| post.to_string()))),
        ])
    }

    fn round(&self, round: Round) -> Json {
        let Round { list: id, from, done, of, posts } = round;
        let title = self.content.checklist(&id).map_or(id, |list| list.title.clone());
        object([
            ("Чек-лист", value(title)),
            ("С какого дня", value(from.date().to_string())),
            ("Сделано", value(done)),
            ("Из", value(of)),
            ("Записи", list(posts, |post| value(post.to_string()))),
        ])
    }

    fn lesson(&self, mark: LessonMark) -> Json {
        let LessonMark { lesson, card, answers, best, tries, passed } = mark;
        let known = self.content.lesson(&lesson);
        let question = |id: String| known.and_then(|l| l.question(&id)).map_or(id, |q| q.text.clone());
        let answers =
            list(answers, |(id, right)| object([("Вопрос", value(question(id))), ("Верно", value(right))]));
        object([
            ("Урок", value(known.map_or(lesson.clone(), |l| l.title.clone()))),
            ("Карточек пройдено", value(card)),
            ("Ответы этой попытки", answers),
            ("Лучший результат", maybe(best)),
            ("Попыток", value(tries)),
            ("Пройден", self.maybe(passed)),
        ])
    }

    fn asked(&self, asked: Asked) -> Json {
        let Asked { key: _, id: _, at, text, how, guide, waits, fate } = asked;
        let guide = guide.map(|slug| self.content.guide(&slug).map_or(slug, |g| g.title.clone()));
        object([
            ("Когда", self.moment(at)),
            ("Вопрос, без личного", value(text)),
            ("Что вышло", whole(&how)),
            ("Какой ответ", maybe(guide)),
            ("Ждёт ответа человека", value(waits)),
            ("Что сделали сотрудники", whole(&fate)),
        ])
    }

    fn held(&self, held: Held) -> Json {
        let Held { kind, at, body } = held;
        object([("Вид", whole(&kind)), ("С какого времени", self.moment(at)), ("Что", whole(&body))])
    }

    fn message(&self, message: OutMessage) -> Json {
        object([("Текст", value(message.text)), ("Поставлено в очередь", self.moment(message.at))])
    }

    fn received(&self, (campaign, state, did): (Campaign, Recipient, Pressed)) -> Json {
        let Pressed { acked, opened } = did;
        let state = match state {
            Recipient::Queued(_) => "ждёт отправки".to_owned(),
            Recipient::Sent(_) => "доставлено".to_owned(),
            Recipient::Read => "прочитано".to_owned(),
            Recipient::Refused(code) => format!("ВКонтакте не принял, ошибка {code}"),
            Recipient::Skipped(Skip::Unwanted) => "не отправлено: вы отказались".to_owned(),
            Recipient::Skipped(Skip::Unreachable) => "не отправлено: сообщения были запрещены".to_owned(),
            Recipient::Skipped(Skip::Digest) => "пришло в сводке".to_owned(),
            Recipient::Cancelled => "отменено".to_owned(),
        };
        object([
            ("Текст", value(campaign.text)),
            ("Когда", self.moment(campaign.at)),
            ("Что стало", value(state)),
            ("Вы нажали «Ознакомлен»", self.maybe(acked)),
            ("Вы нажали другую кнопку", self.maybe(opened)),
        ])
    }

    fn role(&self, grant: Grant) -> Json {
        let Grant { id: _, who: _, role, scope, by: _, at, note } = grant;
        let Scope { municipality, sphere, page } = scope;
        let texts = self.content.texts();
        object([
            ("Роль", value(texts.get(&format!("role-{}", role.slug())))),
            ("Муниципалитет", maybe(municipality)),
            ("Сфера", maybe(sphere.map(|s| texts.get(&format!("sphere-{}", s.slug()))))),
            ("Номер страницы", maybe(page.map(|page| page.0))),
            ("С какого времени", self.moment(at)),
            ("Как вы записаны", value(note)),
        ])
    }

    fn letter(&self, letter: Letter) -> Json {
        let Letter {
            id: _,
            rev: _,
            author: _,
            at,
            text,
            files,
            buttons,
            to,
            rest: _,
            when,
            spread,
            stage,
            watch: _,
        } = letter;
        object([
            ("Начато", self.moment(at)),
            ("Текст", value(text)),
            ("Вложения", list(files, value)),
            ("Кнопки", whole(&buttons)),
            ("Кому", whole(&to)),
            ("Когда отправить", whole(&when)),
            ("За сколько минут", value(spread)),
            ("Что с ним", whole(&stage)),
        ])
    }

    fn seat(&self, (title, seat, paper): (Option<String>, Seat, Option<Certificate>)) -> Json {
        let Seat { class: _, person: _, rev: _, n, at, state, came, tries, mark, voice, paper: number, news } =
            seat;
        let state = match state {
            SeatState::Enrolled => "записаны",
            SeatState::Waiting => "в листе ожидания",
            SeatState::Left => "отказались",
        };
        let came = came.map(|Came { at, by }| {
            let how = if by.is_some() {
                "отметил тренер"
            } else {
                "вы назвали кодовое слово"
            };
            object([("Когда", self.moment(at)), ("Как", value(how))])
        });
        let paper =
            paper.map(|paper| {
                let Certificate {
                    number,
                    class: _,
                    person: _,
                    name,
                    title: _,
                    held: _,
                    zone: _,
                    minutes: _,
                    at,
                } = paper;
                object([
                    ("Номер", value(Certificate::written(number))),
                    ("Имя", value(name)),
                    ("Выдан", self.moment(at)),
                ])
            });
        object([
            ("Занятие", maybe(title)),
            ("Как вы записаны", value(state)),
            ("Когда записались", self.moment(at)),
            ("Номер в очереди записи", value(n)),
            ("Вы были", came.unwrap_or(NOTHING)),
            ("Неверных попыток назвать слово", value(tries)),
            ("Ваша оценка", maybe(mark)),
            ("Ваш отзыв, без личного", maybe(voice)),
            ("Номер сертификата", maybe(number.map(Certificate::written))),
            ("Сертификат", paper.unwrap_or(NOTHING)),
            ("О чём ещё сообщит бот", whole(&news)),
        ])
    }

    fn deed(&self, entry: AuditEntry) -> Json {
        let AuditEntry { at, who: _, what, detail, before, after } = entry;
        object([
            ("Когда", self.moment(at)),
            ("Что", value(what)),
            ("Подробности", value(detail)),
            ("Было", maybe(before)),
            ("Стало", maybe(after)),
        ])
    }
}

/// The institution's key and who she is there are told by its other fields.
fn named(institution: Institution) -> Json {
    let page = institution.address();
    let Institution {
        key: _,
        name,
        founder,
        ogrn,
        sphere: _,
        municipality,
        screen_name: _,
        responsible,
        vk: _,
    } = institution;
    object([
        ("Учреждение", value(name)),
        ("Страница", maybe(page)),
        ("ОГРН", maybe(ogrn)),
        ("Учредитель", maybe(founder)),
        ("Муниципалитет", maybe(municipality)),
        ("Как вы записаны", maybe(responsible)),
    ])
}

/// How often a person tried what she may not.
fn refused(refused: Option<(Day, u16)>) -> Json {
    let told =
        |(day, n): (Day, u16)| object([("День", value(day.date().to_string())), ("Сколько раз", value(n))]);
    refused.map_or(NOTHING, told)
}

/// Her weeks in a row.
fn streak(streak: Streak) -> Json {
    let Streak { week, run, best, forgiven, lost } = streak;
    if run == 0 {
        return NOTHING;
    }
    object([
        ("Сейчас", value(run)),
        ("Больше всего", value(best)),
        ("Последняя неделя с понедельника", value(week.date().to_string())),
        ("Прощённый пропуск", maybe(forgiven.map(|day| day.date().to_string()))),
        ("Недель до пропуска, который можно отработать", maybe(lost.map(|lost| lost.run))),
        ("День первого дела после него", maybe(lost.map(|lost| lost.on.date().to_string()))),
    ])
}

/// What she was advised about her pages, and how she took it.
fn advised(nudged: Nudged) -> Json {
    let Nudged { week, turns, advised, declined } = nudged;
    let advice = list(advised, |Advised { advice, page, week, answer }| {
        object([
            ("Совет", value(advice)),
            ("Номер страницы", value(page.0)),
            ("Неделя с понедельника", value(week.date().to_string())),
            ("Ваш ответ", whole(&answer)),
        ])
    });
    let declined = list(declined, |(advice, times)| {
        object([("Совет", value(advice)), ("Сколько раз «Не сейчас»", value(times))])
    });
    object([
        ("Последняя неделя с советами, с понедельника", maybe(week.map(|w| w.date().to_string()))),
        ("Сколько раз приходили советы", value(turns)),
        ("Какие", advice),
        ("От чего отказались", declined),
    ])
}
