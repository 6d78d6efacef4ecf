//! The roster as regional centres keep it: the columns that are known, in any order, by their usual names.

use std::collections::HashMap;

use vkapi::types::{GroupId, UserId};

use super::{FILE, Line, ROWS, TOP, Unread, delimited, xlsx};
use crate::{
    domain::{
        Sphere,
        roster::{Field, Institution, RosterKey, Untold, is_ogrn},
        text,
    },
    pages::{Address, person_address},
};

/// The most characters of a name, a founder, a person.
const NAME: usize = 200;
/// The most characters of a municipality.
const PLACE: usize = 100;
/// The most characters of a cell that is repeated to whoever sent it.
const SAID: usize = 60;

/// Rows that the log names.
const NAMED: usize = 20;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// The good rows in the order they stand, each key once.
    pub rows: Vec<Institution>,
    /// What is wrong with others, or odd about these, by number.
    pub told: Vec<Told>,
    /// What it does not tell of them.
    pub untold: Untold,
    /// The numbers of rows that no honest table has: with formulas for texts, or of absurd length.
    pub suspicious: Vec<u32>,
}

/// A word about a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its number in the file, from 1.
    pub row: u32,
    /// What is wrong, in Russian.
    pub why: String,
    /// The row was taken all the same, without what is wrong in it.
    pub kept: bool,
}

impl Roster {
    /// How many rows were not taken.
    pub fn bad(&self) -> usize {
        self.told.iter().filter(|told| !told.kept).count()
    }
}

/// Numbers of rows in a few words, for the log.
pub fn rows_told(rows: &[u32]) -> String {
    let some: Vec<String> = rows.iter().take(NAMED).map(u32::to_string).collect();
    let more = if rows.len() > NAMED { format!(" and {} more", rows.len() - NAMED) } else { String::new() };
    format!("rows {}{more}", some.join(", "))
}

/// Reads a roster from the bytes of an XLSX or CSV file, whichever it is.
pub fn read(bytes: &[u8]) -> Result<Roster, Unread> {
    if bytes.len() > FILE {
        return Err(Unread::Big);
    }
    let mut reading = Reading::default();
    if bytes.starts_with(b"PK\x03\x04") {
        // `begin` and `each` are never called at once.
        let reading = std::cell::RefCell::new(&mut reading);
        xlsx::rows(
            bytes,
            || reading.borrow_mut().begin(),
            |number, line| reading.borrow_mut().row(number, line),
        )?;
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Unread::Old);
    } else {
        let text = delimited::text(bytes);
        let known = |separator| {
            let (mut most, mut seen) = (0, 0);
            let counted = delimited::rows(&text, separator, |_, line| {
                most = most.max(heading(&line).map_or(0, |columns| columns.len()));
                seen += 1;
                Ok(seen < TOP)
            });
            counted.map(|()| most)
        };
        let mut best = (0, None);
        for separator in delimited::SEPARATORS {
            let found = known(separator)?;
            if found > best.0 {
                best = (found, Some(separator));
            }
        }
        let separator = best.1.ok_or(Unread::NoHeading)?;
        delimited::rows(&text, separator, |number, line| reading.row(number, line))?;
    }
    reading.end()
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Column {
    Founder,
    Name,
    Ogrn,
    Sphere,
    Municipality,
    Page,
    /// Something about a page, which is its address if no other column is.
    OfPage,
    PageId,
    Responsible,
    Vk,
}

/// What a heading's cell says its column holds.
fn column(title: &str) -> Option<Column> {
    let title = text::folded(title);
    let has = |parts: &[&str]| parts.iter().any(|part| title.contains(part));
    let word = |words: &[&str]| title.split(' ').any(|w| words.contains(&w));
    let page = has(&["страниц", "сообществ", "групп", "паблик"]);
    let person = has(&["ответственн", "администратор", "личн"]);
    let number = word(&["id", "ид", "айди", "vkid", "idvk"]) || title == "вк";
    if has(&["телефон", "почт", "mail", "должност", "инн", "дата", "количеств", "число"])
    {
        return None;
    }
    Some(match () {
        () if has(&["огрн"]) => Column::Ogrn,
        () if has(&["учредител"]) => Column::Founder,
        () if number && page && !person => Column::PageId,
        () if number => Column::Vk,
        () if page && has(&["наименован", "назван"]) => return None,
        () if person && (page || has(&["ссылк", "профил"])) => Column::Vk,
        () if has(&["ссылк", "url", "адрес вк", "адрес vk"]) || (page && has(&["адрес"])) => {
            Column::Page
        }
        () if page => Column::OfPage,
        () if has(&["муниципальн", "муниципалитет"]) && !has(&["учрежден", "организац"]) => {
            Column::Municipality
        }
        () if word(&["мо", "район", "округ", "город", "территория"]) => {
            Column::Municipality
        }
        () if has(&["сфер", "отрасл", "направлени", "вид деятельности"]) || title.starts_with("тип ") => {
            Column::Sphere
        }
        () if person || word(&["фио"]) || has(&["контактное лицо"]) => Column::Responsible,
        () if has(&["наименован", "назван", "учрежден", "организац"]) => {
            Column::Name
        }
        () => return None,
    })
}

/// The columns of a heading by their places; `None` if the row is none. Of two that mean the same the first counts.
fn heading(line: &Line) -> Option<HashMap<Column, usize>> {
    let Line::Cells(cells) = line else { return None };
    let mut columns = HashMap::new();
    for (at, title) in cells.iter().enumerate().filter(|(_, title)| title.len() <= 400) {
        if let Some(column) = column(title) {
            columns.entry(column).or_insert(at);
        }
    }
    if let Some(at) = columns.remove(&Column::OfPage) {
        columns.entry(Column::Page).or_insert(at);
    }
    let known = columns.contains_key(&Column::Name)
        && [Column::Ogrn, Column::Page, Column::PageId].iter().any(|c| columns.contains_key(c));
    known.then_some(columns)
}

/// A table on its way.
#[derive(Default)]
struct Reading {
    columns: Option<HashMap<Column, usize>>,
    /// Rows seen before the heading was found.
    top: usize,
    rows: usize,
    roster: Roster,
    seen: HashMap<RosterKey, u32>,
    done: bool,
}

impl Reading {
    /// Another sheet begins: the first that has a heading is the roster.
    fn begin(&mut self) {
        self.done = self.columns.is_some();
        self.top = 0;
    }

    fn row(&mut self, number: u32, line: Line) -> Result<bool, Unread> {
        if self.done {
            return Ok(false);
        }
        let Some(columns) = &self.columns else {
            self.top += 1;
            if self.top <= TOP {
                self.columns = heading(&line);
            }
            return Ok(true);
        };
        let cells = match line {
            Line::Cells(cells) => cells,
            Line::Long => {
                self.tell(number, "строка длиннее 64 КБ".to_owned(), false);
                self.roster.suspicious.push(number);
                return Ok(true);
            }
        };
        let mut fields = Fields { cells: &cells, columns, odd: Vec::new() };
        if fields.is_empty() {
            return Ok(true);
        }
        self.rows += 1;
        if self.rows > ROWS {
            return Err(Unread::Bomb);
        }
        let formula = fields.has_formula();
        let read = fields.institution();
        let odd = std::mem::take(&mut fields.odd);
        if formula {
            self.roster.suspicious.push(number);
        }
        match read {
            Err(why) => self.tell(number, why, false),
            Ok(institution) => {
                if let Some(first) = self.seen.get(&institution.key) {
                    let why = format!("повторяет строку {first}: та же страница или тот же ОГРН");
                    self.tell(number, why, false);
                    return Ok(true);
                }
                self.seen.insert(institution.key.clone(), number);
                // It stays a text, here and in whatever is exported.
                if formula {
                    self.tell(number, "в ячейке формула: записана как обычный текст".to_owned(), true);
                }
                for (field, why) in odd {
                    self.tell(number, why, true);
                    self.roster.untold.cells.insert((institution.key.clone(), field));
                }
                self.roster.rows.push(institution);
            }
        }
        Ok(true)
    }

    fn tell(&mut self, row: u32, why: String, kept: bool) {
        self.roster.told.push(Told { row, why, kept });
    }

    fn end(mut self) -> Result<Roster, Unread> {
        let columns = self.columns.ok_or(Unread::NoHeading)?;
        let of = [
            (Field::Founder, Column::Founder),
            (Field::Ogrn, Column::Ogrn),
            (Field::Sphere, Column::Sphere),
            (Field::Municipality, Column::Municipality),
            (Field::Page, Column::Page),
            (Field::Responsible, Column::Responsible),
            (Field::Vk, Column::Vk),
        ];
        let lacks = of.into_iter().filter(|(_, column)| !columns.contains_key(column));
        self.roster.untold.columns = lacks.map(|(field, _)| field).collect();
        Ok(self.roster)
    }
}

/// The cells of a row by what they hold.
struct Fields<'a> {
    cells: &'a [String],
    columns: &'a HashMap<Column, usize>,
    /// What was left out of the row, and why.
    odd: Vec<(Field, String)>,
}

impl Fields<'_> {
    fn is_empty(&self) -> bool {
        self.columns.values().all(|at| self.cells.get(*at).is_none_or(|cell| cell.trim().is_empty()))
    }

    /// A cell of words would be a formula in a spreadsheet.
    fn has_formula(&self) -> bool {
        let words =
            [Column::Name, Column::Founder, Column::Municipality, Column::Responsible, Column::Sphere];
        let cells = words.iter().filter_map(|column| self.cells.get(*self.columns.get(column)?));
        cells.map(|cell| cell.trim_start()).any(|cell| cell.starts_with(['=', '@']))
    }

    /// The cell of a column; what people write for «nothing» is nothing.
    fn get(&self, column: Column, most: usize) -> Option<String> {
        let cell = self.columns.get(&column).and_then(|at| self.cells.get(*at))?;
        let line = text::line(cell, most)?;
        let nothing =
            matches!(line.to_lowercase().as_str(), "-" | "–" | "—" | "нет" | "отсутствует" | "н/д" | "0");
        (!nothing).then_some(line)
    }

    fn institution(&mut self) -> Result<Institution, String> {
        let ogrn = self.ogrn()?;
        let (number, screen_name) = self.page()?;
        let name = self.get(Column::Name, NAME).ok_or("нет наименования")?;
        let key = match (number, &screen_name, ogrn) {
            (Some(id), ..) => RosterKey::Page(id),
            (None, Some(name), _) => RosterKey::Name(name.clone()),
            (None, None, Some(ogrn)) => RosterKey::Ogrn(ogrn),
            (None, None, None) => return Err("нет ни ссылки на страницу, ни ОГРН".to_owned()),
        };
        Ok(Institution {
            key,
            name,
            founder: self.get(Column::Founder, NAME),
            ogrn,
            sphere: self.sphere(),
            municipality: self.get(Column::Municipality, PLACE),
            screen_name,
            responsible: self.get(Column::Responsible, NAME),
            vk: self.vk(),
        })
    }

    fn ogrn(&self) -> Result<Option<u64>, String> {
        let Some(said) = self.get(Column::Ogrn, SAID) else { return Ok(None) };
        if said.contains(['E', 'e', 'Е', 'е']) && said.contains('+') {
            return Err(format!(
                "ОГРН «{said}» испорчен таблицей: задайте столбцу текстовый формат и впишите его заново"
            ));
        }
        let digits: String = said.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
        if !matches!(digits.len(), 13 | 15) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("ОГРН «{said}»: в нём должно быть 13 цифр, а у предпринимателя 15"));
        }
        if !is_ogrn(&digits) {
            return Err(format!("ОГРН «{said}» с опиской: не сходится последняя, контрольная цифра"));
        }
        Ok(digits.parse().ok())
    }

    /// The page's number and short name, as far as the row tells them.
    fn page(&self) -> Result<(Option<GroupId>, Option<String>), String> {
        let mut number = None;
        if let Some(said) = self.get(Column::PageId, SAID) {
            number = Some(group(&said).ok_or_else(|| format!("«{said}» — не номер сообщества ВКонтакте"))?);
        }
        // A community's number in the column of people is the page's.
        if number.is_none() && !self.columns.contains_key(&Column::PageId) {
            let said = self.get(Column::Vk, SAID).filter(|said| said.parse::<u64>().is_err());
            number = said.and_then(|said| group(&said));
        }
        let Some(said) = self.get(Column::Page, 2_000) else { return Ok((number, None)) };
        match Address::read(&said) {
            Some(Address::Id(id)) => Ok((number.or(Some(GroupId(id))), None)),
            Some(Address::Name(name)) => Ok((number, Some(name))),
            None => Err(format!("«{}» — не адрес страницы ВКонтакте", text::begins(&said, SAID))),
        }
    }

    fn vk(&mut self) -> Option<UserId> {
        let said = self.get(Column::Vk, 300)?;
        if let Ok(id) = said.parse::<i64>() {
            if id > 0 {
                return Some(UserId(id));
            }
        } else if let Some(Address::Id(id)) = person_address(&said) {
            return Some(UserId(id));
        }
        if group(&said).is_none() {
            let said = text::begins(&said, SAID);
            let why = format!("VK id «{said}» не номер человека: впишите число или ссылку вида vk.com/id123");
            self.odd.push((Field::Vk, why));
        }
        None
    }

    fn sphere(&mut self) -> Option<Sphere> {
        let said = self.get(Column::Sphere, NAME)?;
        let found = sphere(&said);
        if found.is_none() {
            let why = format!("сфера «{}» боту не знакома", text::begins(&said, SAID));
            self.odd.push((Field::Sphere, why));
        }
        found
    }
}

/// A community by `club1`, `-1`, a link, or its bare number.
fn group(said: &str) -> Option<GroupId> {
    let bare = said.strip_prefix('-').unwrap_or(said);
    if let Ok(id) = bare.parse::<i64>() {
        return (id > 0).then_some(GroupId(id));
    }
    match Address::read(said) {
        Some(Address::Id(id)) => Some(GroupId(id)),
        _ => None,
    }
}

/// What an institution does, by the words people use; the first that is found counts, so «спортивная школа» is sport.
fn sphere(said: &str) -> Option<Sphere> {
    const WORDS: [(Sphere, &[&str]); 8] = [
        (
            Sphere::Kindergarten,
            &["дошкольн", "детский сад", "детские сады", "детсад", "доу", "ясли", "kindergarten"],
        ),
        (Sphere::Sport, &["спорт", "физкульт", "физическ", "sport"]),
        (
            Sphere::Municipality,
            &[
                "администрац",
                "самоуправл",
                "власт",
                "омсу",
                "оиму",
                "муниципальное образование",
                "municipality",
            ],
        ),
        (Sphere::Social, &["социальн", "соцзащит", "соцобслуж", "social"]),
        (Sphere::Clinic, &["здравоохран", "медиц", "больниц", "поликлин", "здоров", "clinic"]),
        (Sphere::Culture, &["культур", "библиот", "музе", "театр", "дворец", "culture"]),
        (Sphere::School, &["образован", "школ", "гимнази", "лице", "колледж", "техникум", "school"]),
        (Sphere::Other, &["друг", "проч", "иное", "иная", "other"]),
    ];
    let said = text::folded(said);
    WORDS
        .into_iter()
        .find(|(_, words)| words.iter().any(|word| said.contains(word)))
        .map(|(sphere, _)| sphere)
}
