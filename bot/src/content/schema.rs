//! What fields the files of content have, as JSON Schema for editors; a test holds it against the loader.

use serde_json::{Map, Value, json};

use super::fields::{LABEL, TITLE};
use crate::domain::{Sphere, page::Aspect};

/// The kinds of files there is a schema for, by the folder or the file they are in.
pub const KINDS: [&str; 10] = [
    "advice",
    "calendar",
    "checklists",
    "courses",
    "draft",
    "ideas",
    "lessons",
    "norms",
    "production",
    "synonyms",
];

/// A field: its name, what it may be, and what it is in a few words.
type Field = (&'static str, Value, &'static str);

/// The schema of a kind of file; nothing for a kind that there is none of.
pub fn schema(kind: &str) -> Option<Value> {
    let (title, fields) = match kind {
        "advice" => ("Советы", with_review(vec![table("advice", advice())])),
        "calendar" => ("Поводы месяца", with_review(vec![table("occasion", occasion())])),
        "checklists" => ("Чек-лист", with_review(checklist())),
        "courses" => ("Курс", with_review(course())),
        "draft" => ("Слова для проверки черновика", draft()),
        "ideas" => ("Идеи и заготовки сферы", with_review(ideas())),
        "lessons" => ("Урок", with_review(lesson())),
        "norms" => ("Норма", with_review(norm())),
        "production" => ("Рабочие дни", with_review(production())),
        "synonyms" => ("Слова для поиска", synonyms()),
        _ => return None,
    };
    let mut schema = object(fields);
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!(title);
    Some(schema)
}

fn object(fields: Vec<Field>) -> Value {
    let mut properties = Map::new();
    for (name, mut what, about) in fields {
        what["description"] = json!(about);
        properties.insert(name.to_owned(), what);
    }
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn text(max: usize) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": max})
}

fn any_text() -> Value {
    json!({"type": "string", "minLength": 1})
}

fn number() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn yes() -> Value {
    json!({"type": "boolean"})
}

fn date() -> Value {
    json!({"type": "string", "format": "date"})
}

fn list(of: &Value) -> Value {
    json!({"type": "array", "items": of})
}

fn one_of(names: &[&str]) -> Value {
    json!({"enum": names})
}

fn spheres() -> Field {
    ("spheres", list(&one_of(&Sphere::ALL.map(Sphere::slug))), "для кого; пусто — для всех")
}

fn id() -> Field {
    ("id", json!({"type": "string", "pattern": "^[a-z0-9-]{1,40}$"}), "постоянное имя")
}

fn order() -> Field {
    ("order", json!({"type": "integer"}), "место в списке")
}

fn table(name: &'static str, fields: Vec<Field>) -> Field {
    (name, list(&object(fields)), "таблицы одного вида, по одной на каждую")
}

fn with_review(mut fields: Vec<Field>) -> Vec<Field> {
    let source = object(vec![
        ("title", any_text(), "как называется"),
        ("url", any_text(), "адрес"),
        ("own", yes(), "наш собственный совет"),
    ]);
    fields.push(("sources", list(&source), "откуда это известно"));
    fields.extend(dates());
    fields
}

fn dates() -> Vec<Field> {
    vec![
        ("own", yes(), "наш собственный совет, без источника"),
        ("reviewed", date(), "когда человек сверил с источником"),
        ("review_by", date(), "когда сверить снова"),
    ]
}

fn aspects() -> Value {
    let names: Vec<&str> = Aspect::ALL.iter().map(|(name, _)| *name).collect();
    one_of(&names)
}

fn advice() -> Vec<Field> {
    vec![
        id(),
        ("mends", aspects(), "что поправит"),
        ("minutes", number(), "сколько займёт у одного человека"),
        ("guide", any_text(), "подсказка, где сказано как"),
        ("lesson", any_text(), "урок об этом"),
        ("say", list(&text(150)), "две формулировки или больше: они чередуются"),
    ]
}

fn occasion() -> Vec<Field> {
    vec![
        id(),
        ("title", text(TITLE), "как называется день"),
        ("rule", any_text(), "когда: fixed 11-29, nth 3 sun 3, last sun 11, manual 2026-05-26"),
        spheres(),
        ("tone", one_of(&["celebrate", "memory", "inform", "profession"]), "как писать"),
        ("hint", text(200), "что показать"),
        ("own", yes(), "дата не подтверждена документом"),
    ]
}

fn checklist() -> Vec<Field> {
    let step = vec![
        id(),
        ("text", text(120), "что сделать"),
        ("check", one_of(&["self", "auto", "hint", "curator"]), "кто отмечает"),
        ("guide", any_text(), "подсказка «Как сделать?»"),
        ("why", text(200), "почему это важно"),
        ("retired", yes(), "шаг больше не нужен"),
    ];
    vec![
        id(),
        ("title", text(LABEL), "название: это и подпись кнопки"),
        ("about", text(200), "зачем он"),
        order(),
        ("period", one_of(&["once", "weekly", "monthly", "quarterly", "event"]), "когда начинается заново"),
        ("for", one_of(&["admin", "curator"]), "чья это работа"),
        table("step", step),
    ]
}

fn course() -> Vec<Field> {
    let moment = || json!({"type": "string", "format": "date-time"});
    let run = vec![
        ("starts", moment(), "когда начинается, по часам региона"),
        ("minutes", number(), "сколько займёт"),
        ("place", text(200), "где проходит"),
        ("link", any_text(), "где смотреть в сети"),
        ("seats", number(), "сколько мест"),
        ("enrol_by", moment(), "до какого времени записываются"),
        ("municipality", text(60), "для какого муниципалитета"),
    ];
    vec![
        id(),
        ("title", text(TITLE), "название"),
        ("about", text(400), "о чём"),
        ("kind", one_of(&["lesson", "course", "webinar", "reading"]), "что это"),
        ("level", one_of(&["start", "grow"]), "для кого"),
        spheres(),
        ("minutes", number(), "сколько займёт"),
        ("url", any_text(), "где это"),
        ("guides", list(&any_text()), "подсказки, которые открыть"),
        order(),
        table("run", run),
    ]
}

fn draft() -> Vec<Field> {
    let word = || vec![("said", list(&any_text()), "как пишут"), ("better", any_text(), "как сказать проще")];
    let mut fields = vec![table("plain", word()), table("foreign", word())];
    fields.extend(dates());
    fields
}

fn ideas() -> Vec<Field> {
    vec![
        ("sphere", one_of(&Sphere::ALL.map(Sphere::slug)), "сфера; так же называется файл"),
        table("idea", vec![("title", text(60), "название"), ("text", text(300), "что снять и почему")]),
        table("template", vec![("title", text(60), "название"), ("body", text(700), "текст с [пробелами]")]),
    ]
}

fn lesson() -> Vec<Field> {
    let option = vec![("text", text(LABEL), "ответ"), ("right", yes(), "верный ровно один")];
    let question = vec![
        id(),
        ("text", text(250), "вопрос"),
        table("option", option),
        ("why", text(300), "покажут после ответа"),
        ("source", any_text(), "название одного из sources урока"),
        ("own", yes(), "наш совет"),
    ];
    vec![
        id(),
        ("title", text(LABEL), "название"),
        ("about", text(200), "о чём"),
        order(),
        ("minutes", number(), "сколько займёт"),
        spheres(),
        ("guide", any_text(), "подсказка, где сказано больше"),
        table("card", vec![("text", text(700), "что прочесть")]),
        table("question", question),
    ]
}

fn norm() -> Vec<Field> {
    let step = vec![("over", number(), "больше скольких"), ("points", number(), "сколько баллов")];
    let part = vec![
        ("what", aspects(), "за что"),
        ("points", number(), "сколько баллов"),
        ("minutes", number(), "сколько минут это поправить"),
        table("steps", step),
    ];
    let sample = object(vec![("members", number(), "подписчиков"), ("days", number(), "дней")]);
    let hours = json!({"type": "integer", "minimum": 1, "maximum": 80});
    let classes = object(vec![("flagship", number(), "флагман"), ("card", number(), "визитка")]);
    let zones = object(vec![("green", number(), "зелёная от"), ("yellow", number(), "жёлтая от")]);
    vec![
        id(),
        ("title", text(TITLE), "название"),
        ("like", any_text(), "имя нормы, чья формула берётся"),
        ("posts_a_week", number(), "записей в неделю не меньше"),
        ("classes", classes, "сколько записей в неделю у страниц других классов"),
        ("first_answer", any_text(), "когда первый ответ на вопрос, словами"),
        ("answer_hours", hours.clone(), "за сколько рабочих часов куратор отвечает"),
        ("reader_hours", hours, "через сколько часов вопрос читателя без ответа считается давним"),
        ("sample", sample, "меньше чего балл не ставится"),
        ("zones", zones, "с какого балла какая зона"),
        table("part", part),
    ]
}

fn production() -> Vec<Field> {
    let day = json!({"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"});
    vec![
        ("holidays", list(&day), "праздники, которые не переносятся сами"),
        ("carried", list(&day), "праздники, выходной с которых переносится на рабочий день"),
        ("free", list(&date()), "свободные дни этого года"),
        ("worked", list(&date()), "рабочие субботы этого года"),
    ]
}

fn synonyms() -> Vec<Field> {
    let words = || ("words", list(&any_text()), "слова");
    vec![
        ("filler", list(&any_text()), "слова, которые ничего не говорят о теме"),
        table("same", vec![words(), ("heard", list(&any_text()), "понимаются только в вопросах")]),
        table("outside", vec![id(), words()]),
    ]
}

#[cfg(test)]
#[path = "tests_schema.rs"]
mod tests;
