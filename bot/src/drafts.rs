//! Drafts of content from what people said: files for an editor to finish.

use std::fmt::Write;

use jiff::{ToSpan, civil::Date};

use crate::domain::{Handoff, Line, mask::masked};

/// The draft of a guide: its header with what is to be filled in, the question in its words, and staff's answers.
///
/// Names, numbers and links are masked, as whoever said them spoke to one person.
pub(crate) fn guide(one: &Handoff, today: Date) -> String {
    let review = today.saturating_add(6.months());
    let asked: Vec<&Line> = one.lines.iter().filter(|line| !line.staff).collect();
    let mut text = String::from(
        "+++\n# Имя латиницей через дефис: по нему подсказку находят ссылки; потом не меняется.\n",
    );
    text.push_str("slug = \"\"\n# Название, до 80 знаков.\ntitle = \"\"\n");
    text.push_str("# Как об этом спрашивают. Допишите ещё вариантов своими словами.\nask = [\n");
    for line in &asked {
        let _ = writeln!(text, "  {},", quoted(&masked(&line.text)));
    }
    text.push_str("]\ntags = []\n# Для кого; пусто — для всех.\n");
    let sphere = one.context.sphere.map(|sphere| format!("# Спросили из сферы: {}\n", sphere.slug()));
    let _ = writeln!(text, "{}spheres = []", sphere.unwrap_or_default());
    text.push_str("# Откуда это известно. Если это ваш совет, а не факт: own = true вместо sources.\n");
    text.push_str("sources = [{ title = \"\", url = \"https://\" }]\n");
    let _ = writeln!(text, "reviewed = {today}\nreview_by = {review}\nsee = []\n+++");
    for line in one.lines.iter().filter(|line| line.staff) {
        let _ = writeln!(text, "{}\n", masked(&line.text));
    }
    text
}

/// A text as TOML takes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use vkapi::types::UserId;

    use super::*;
    use crate::domain::{Context, Ms, Sphere};

    #[test]
    fn a_draft_has_a_header_that_reads_as_toml_and_no_name_in_it() {
        let context = Context { sphere: Some(Sphere::School), ..Context::default() };
        let question = "Можно ли \"снять\" Иванова Петра Сергеевича?\n\\ +7 912 345-67-89";
        let mut one = Handoff::new(1, UserId(7), Ms(0), context, None, question);
        one.say(Ms(1), true, "Можно, если есть согласие.");
        let draft = guide(&one, date(2026, 11, 27));
        let (header, body) = draft.strip_prefix("+++\n").unwrap().split_once("+++\n").unwrap();
        let header: toml::Table = toml::from_str(header).unwrap();
        let asked = header["ask"][0].as_str().unwrap();
        assert!(asked.starts_with("Можно ли \"снять\" [имя]") && !asked.contains("912"), "{asked}");
        assert_eq!(header["review_by"].to_string(), "2027-05-27");
        assert_eq!(body, "Можно, если есть согласие.\n\n");
    }
}
