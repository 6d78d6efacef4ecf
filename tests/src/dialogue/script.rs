use anyhow::{Context, bail};
use kurator::domain::Ms;

use super::cast::{self, Member};

/// The names of days in a direction, Monday first.
const DAYS: [[&str; 2]; 7] = [
    ["понедельник", "понедельника"],
    ["вторник", "вторника"],
    ["среда", "среды"],
    ["четверг", "четверга"],
    ["пятница", "пятницы"],
    ["суббота", "субботы"],
    ["воскресенье", "воскресенья"],
];

/// A paragraph of a transcript.
pub(super) struct Block {
    /// As written.
    pub(super) text: String,
    /// What it asks for and in which line, if it is no prose.
    pub(super) command: Option<(usize, Command)>,
}

/// A moment of the week by the region's clock: the day (Monday is 0), the hour and the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) day: u8,
    pub(super) hour: u8,
    pub(super) minute: u8,
}

/// What happens.
pub(super) enum Command {
    /// A person does something.
    Person(&'static Member, Deed),
    /// She has gone through consent and the interview before.
    Acquainted(&'static Member),
    /// So many milliseconds pass.
    Pass(i64),
    /// The next such moment comes.
    Until(Moment),
    /// The bot is stopped and started.
    Restart,
    /// The bot is stopped, and started when the moment has come.
    Down(Moment),
    /// The bot is stopped, and people go on.
    Off,
    /// So many milliseconds pass, and the bot is started again.
    On(i64),
    /// A page gets a new short name and name.
    Renamed { page: String, screen_name: String, name: String },
    /// A page is banned.
    Banned(String),
    /// The bot has a service key: it looks at pages.
    Sees,
    /// A post comes out on a page.
    Posted { page: String, text: String },
    /// Somebody comments on the newest post of a page, or the page answers the last comment.
    Commented { page: String, text: String, answer: bool },
    /// VK does not answer questions about pages, or does again.
    PagesDown(bool),
    /// The text of the consent gets a new version.
    Consent,
    /// Six more schools run their pages with the bot.
    Schools,
    /// So many people whom nobody knows by name come by a link and press the first button under what it opens.
    CrowdEnrols { people: usize, link: String },
    /// So many of them open it again, press that they are there, and write a word.
    CrowdIsThere { people: usize, link: String, word: String },
}

/// What a person does.
pub(super) enum Deed {
    Writes(String),
    /// Presses a button under the newest message that has it, so many times at once.
    Presses(String, usize),
    /// Presses a button under the input field.
    PressesBelow(String),
    /// Sends a message without text, with an attachment of this type.
    Sends(&'static str),
    /// Sends a document: a file of `tests/dialogues/files`.
    SendsFile(String),
    /// Sends a message with a payload of her own making.
    Forges(String),
    /// Her VK shows no buttons under messages, or does again.
    Plain(bool),
    /// Forbids messages; `true` when VK does not tell the bot.
    Denies(bool),
    Allows,
    /// Opens the chat and sees what is new.
    Reads,
    /// Follows a link of this name and presses «Начать».
    Follows(String),
    /// Follows a link of this name and writes something.
    FollowsAndWrites(String, String),
    /// Points her camera at the newest picture that somebody has got, follows the code on it and writes something.
    Scans(&'static Member, String),
}

impl Command {
    /// Whether the bot has to remember over a restart.
    pub(super) fn restarts(&self) -> bool {
        matches!(self, Self::Restart | Self::Down(_) | Self::Off)
    }

    /// Whether the bot has to see pages.
    pub(super) fn sees(&self) -> bool {
        matches!(self, Self::Sees)
    }
}

/// Reads a transcript, leaving out the bot's answers: the quoted lines.
pub(super) fn read(written: &str) -> anyhow::Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let lines = written.lines().chain([""]);
    for (i, line) in lines.enumerate() {
        let line = line.trim_end();
        if !line.is_empty() && !line.starts_with('>') {
            paragraph.push(line);
            continue;
        }
        if paragraph.is_empty() {
            continue;
        }
        let first = i + 1 - paragraph.len();
        let text = paragraph.join("\n");
        let command = command(&text).with_context(|| format!("строка {first}: {text}"))?;
        // A line break that Markdown shows.
        let text = if command.is_some() { paragraph.join("  \n") } else { text };
        blocks.push(Block { text, command: command.map(|c| (first, c)) });
        paragraph.clear();
    }
    Ok(blocks)
}

fn command(text: &str) -> anyhow::Result<Option<Command>> {
    if let Some(rest) = text.strip_prefix("**") {
        let (name, rest) = rest.split_once("**").context("нет вторых «**» после имени")?;
        let said = name.strip_suffix(':');
        let member = cast::named(said.unwrap_or(name))?;
        let deed = match said {
            Some(_) => Deed::Writes(rest.trim().to_owned()),
            None => deed(rest.trim())?,
        };
        return Ok(Some(Command::Person(member, deed)));
    }
    match text.strip_prefix('*').and_then(|t| t.strip_suffix(".*")) {
        Some(direction) => self::direction(direction).map(Some),
        None => Ok(None),
    }
}

fn deed(words: &str) -> anyhow::Result<Deed> {
    if let Some(label) = between(words, "нажимает внизу «", "»") {
        return Ok(Deed::PressesBelow(label.to_owned()));
    }
    if let Some(label) = between(words, "нажимает «", "»") {
        return Ok(Deed::Presses(label.to_owned(), 1));
    }
    if let Some(label) = between(words, "дважды нажимает «", "»") {
        return Ok(Deed::Presses(label.to_owned(), 2));
    }
    if let Some(name) = between(words, "приходит по ссылке `", "`") {
        return Ok(Deed::Follows(name.to_owned()));
    }
    if let Some((name, text)) =
        words.strip_prefix("приходит по ссылке `").and_then(|rest| rest.split_once("` и пишет: "))
    {
        return Ok(Deed::FollowsAndWrites(name.to_owned(), text.to_owned()));
    }
    if let Some((owner, text)) = words
        .strip_prefix("наводит камеру на картинку, которую получила ")
        .and_then(|rest| rest.split_once(", и пишет: "))
    {
        return Ok(Deed::Scans(cast::named(owner)?, text.to_owned()));
    }
    if let Some(name) = between(words, "присылает файл `", "`") {
        return Ok(Deed::SendsFile(name.to_owned()));
    }
    if let Some(payload) = between(words, "подделывает кнопку `", "`") {
        return Ok(Deed::Forges(payload.to_owned()));
    }
    Ok(match words {
        "присылает стикер" => Deed::Sends("sticker"),
        "присылает фотографию" => Deed::Sends("photo"),
        "присылает голосовое сообщение" => Deed::Sends("audio_message"),
        "заходит со старого телефона, где кнопок под сообщениями нет" => {
            Deed::Plain(true)
        }
        "заходит с обычного телефона" => Deed::Plain(false),
        "запрещает сообщения" => Deed::Denies(false),
        "запрещает сообщения, но ВКонтакте не сообщает об этом Куратору" => {
            Deed::Denies(true)
        }
        "разрешает сообщения" => Deed::Allows,
        "открывает чат и читает" => Deed::Reads,
        _ => bail!("непонятно, что делает человек"),
    })
}

fn direction(words: &str) -> anyhow::Result<Command> {
    let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
    if ["уже знакома с Куратором", "уже знаком с Куратором"].contains(&rest)
    {
        return Ok(Command::Acquainted(cast::named(first)?));
    }
    if let Some(moment) = words.strip_prefix("Наступает ") {
        return Ok(Command::Until(moment_of(moment)?));
    }
    if let Some(moment) = words.strip_prefix("Куратор выключен до ") {
        return Ok(Command::Down(moment_of(moment)?));
    }
    if let Some(span) = words.strip_prefix("Куратор включается через ") {
        return Ok(Command::On(span_of(span)?));
    }
    if let Some(span) = words.strip_prefix("Проходит ").or_else(|| words.strip_prefix("Проходят "))
    {
        return Ok(Command::Pass(span_of(span)?));
    }
    if let Some(crowd) = between(words, "По ссылке `", " человек") {
        let (link, people) = crowd.split_once("` записываются ещё ").context("нет «` записываются ещё »")?;
        return Ok(Command::CrowdEnrols { people: people.parse()?, link: link.to_owned() });
    }
    if let Some(crowd) = between(words, "По ссылке `", "»") {
        let (link, rest) = crowd.split_once("` отмечаются ").context("нет «` отмечаются »")?;
        let (people, word) = rest.split_once(" человек словом «").context("нет « человек словом «»")?;
        let (link, word) = (link.to_owned(), word.to_owned());
        return Ok(Command::CrowdIsThere { people: people.parse()?, link, word });
    }
    if let Some(page) = between(words, "Страницу ", " заблокировали") {
        return Ok(Command::Banned(page.to_owned()));
    }
    if let Some(post) = between(words, "На странице ", "»") {
        for (words, answer) in
            [(" под последней записью пишут: «", false), (" на комментарий отвечают: «", true)]
        {
            if let Some((page, text)) = post.split_once(words) {
                return Ok(Command::Commented { page: page.to_owned(), text: text.to_owned(), answer });
            }
        }
        let (page, text) = post.split_once(" выходит запись «").context("какая запись?")?;
        return Ok(Command::Posted { page: page.to_owned(), text: text.to_owned() });
    }
    if let Some(change) = between(words, "Страница ", "»") {
        let (page, change) = change.split_once(" теперь ").context("какая страница и как теперь?")?;
        let (screen_name, name) = change.split_once(" — «").context("нет адреса и названия через « — «»")?;
        let (page, screen_name, name) = (page.to_owned(), screen_name.to_owned(), name.to_owned());
        return Ok(Command::Renamed { page, screen_name, name });
    }
    Ok(match words {
        "Куратор перезапускается" => Command::Restart,
        "Куратор выключается" => Command::Off,
        "У Куратора есть сервисный ключ" => Command::Sees,
        "Текст согласия меняется" => Command::Consent,
        "Ещё шесть школ ведут свои страницы с Куратором" => {
            Command::Schools
        }
        "ВКонтакте перестаёт отвечать о страницах" => {
            Command::PagesDown(true)
        }
        "ВКонтакте снова отвечает о страницах" => Command::PagesDown(false),
        _ => bail!("непонятно, что происходит"),
    })
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.strip_prefix(before)?.strip_suffix(after)
}

/// «вторник, 10:00».
fn moment_of(words: &str) -> anyhow::Result<Moment> {
    let (day, time) = words.split_once(", ").context("нужны день и время: «вторник, 10:00»")?;
    let day = DAYS.iter().position(|names| names.contains(&day)).context("нет такого дня недели")?;
    let (hour, minute) = time.split_once(':').context("время пишется так: 10:00")?;
    Ok(Moment { day: day as u8, hour: hour.parse()?, minute: minute.parse()? })
}

/// «3 дня», «час».
fn span_of(words: &str) -> anyhow::Result<i64> {
    let (count, unit) = words.split_once(' ').unwrap_or(("1", words));
    let unit = match unit {
        "минута" | "минуту" | "минуты" | "минут" => Ms::MINUTE,
        "час" | "часа" | "часов" => Ms::HOUR,
        "день" | "дня" | "дней" => Ms::DAY,
        "неделя" | "недели" | "недель" => 7 * Ms::DAY,
        _ => bail!("неизвестная мера времени: {unit}"),
    };
    Ok(count.parse::<i64>()? * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_left_out_and_prose_is_kept() {
        let blocks =
            read("# Название\n\nПросто\nслова.\n\n**Анна:** Меню\n\n> Чем помочь?\n>\n> [А]\n\n*Проходит 3 дня.*\n")
                .unwrap();
        let texts: Vec<_> = blocks.iter().map(|b| b.text.as_str()).collect();
        assert_eq!(texts, ["# Название", "Просто\nслова.", "**Анна:** Меню", "*Проходит 3 дня.*"]);
        assert!(
            matches!(&blocks[2].command, Some((6, Command::Person(m, Deed::Writes(t)))) if m.name == "Анна" && t == "Меню")
        );
        assert!(matches!(&blocks[3].command, Some((_, Command::Pass(ms))) if *ms == 3 * Ms::DAY));
    }

    #[test]
    fn what_is_nearly_a_command_is_a_mistake_and_not_prose() {
        for written in
            ["**Анна** нажимает Меню", "**Зинаида:** Меню", "*Проходит 3 века.*", "*Наступает вторник.*"]
        {
            assert!(read(written).is_err(), "{written}");
        }
    }
}
