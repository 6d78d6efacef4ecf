//! Each record in words.

use super::{
    json::{Json, NOTHING, list, maybe, object, value, whole},
    writer::Writer,
};
use crate::{
    domain::{
        Asked, Came, Campaign, Certificate, Context, Day, Grant, Handoff, LessonMark, Line, Ms, Opinion,
        PageRef, Recipient, Round, Scope, Seat, SeatState, Skip, Streak, Tick,
        attention::Held,
        letter::{Letter, Pressed},
        page::{Admin, Advised, Aspect, Nudged, Proof, Word},
        roster::Institution,
    },
    store::{AuditEntry, OutMessage, StepKey},
};

impl Writer<'_> {
    pub(super) fn opinion(&self, opinion: Opinion) -> Json {
        let Opinion { at, score, word } = opinion;
        object([("Когда", self.moment(at)), ("Из десяти", value(score)), ("Что поправить", maybe(word))])
    }

    pub(super) fn shows(&self, (page, at): (PageRef, Ms)) -> Json {
        object([("Название", value(page.name)), ("Когда", self.moment(at))])
    }

    pub(super) fn talk(&self, talk: Handoff) -> Json {
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

    pub(super) fn run(&self, (page, admin, said): (PageRef, Admin, Vec<Word>)) -> Json {
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

    pub(super) fn word(&self, word: Word) -> Json {
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

    pub(super) fn tick(&self, key: StepKey, tick: Tick) -> Json {
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

    pub(super) fn round(&self, round: Round) -> Json {
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

    pub(super) fn lesson(&self, mark: LessonMark) -> Json {
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

    pub(super) fn asked(&self, asked: Asked) -> Json {
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

    pub(super) fn held(&self, held: Held) -> Json {
        let Held { kind, at, body } = held;
        object([("Вид", whole(&kind)), ("С какого времени", self.moment(at)), ("Что", whole(&body))])
    }

    pub(super) fn message(&self, message: OutMessage) -> Json {
        object([("Текст", value(message.text)), ("Поставлено в очередь", self.moment(message.at))])
    }

    pub(super) fn received(&self, (campaign, state, did): (Campaign, Recipient, Pressed)) -> Json {
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

    pub(super) fn role(&self, grant: Grant) -> Json {
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

    pub(super) fn letter(&self, letter: Letter) -> Json {
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

    pub(super) fn seat(&self, (title, seat, paper): (Option<String>, Seat, Option<Certificate>)) -> Json {
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

    pub(super) fn deed(&self, entry: AuditEntry) -> Json {
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
pub(super) fn named(institution: Institution) -> Json {
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
pub(super) fn refused(refused: Option<(Day, u16)>) -> Json {
    let told =
        |(day, n): (Day, u16)| object([("День", value(day.date().to_string())), ("Сколько раз", value(n))]);
    refused.map_or(NOTHING, told)
}

/// Her weeks in a row.
pub(super) fn streak(streak: Streak) -> Json {
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
pub(super) fn advised(nudged: Nudged) -> Json {
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
