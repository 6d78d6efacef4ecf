use std::fmt;

/// Where a page is, by what people paste.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// By number.
    Id(i64),
    /// By short name, in lower case.
    Name(String),
}

impl Address {
    /// Reads any form of a VK address: a link with or without a host, `@name`, `club1`, `public1`, a mention
    /// `[club1|Name]`, a link to a post of the page. A person's `id1` is no page.
    pub fn read(typed: &str) -> Option<Self> {
        let word = typed.split_whitespace().find(|w| looks_like(w)).or_else(|| {
            let mut words = typed.split_whitespace();
            words.next().filter(|_| words.next().is_none())
        })?;
        let word = word.trim_matches(|c: char| "<>()«»\"',.;".contains(c)).to_lowercase();
        let word = word.strip_prefix('[').map_or(word.as_str(), |m| m.split('|').next().unwrap_or_default());
        let word = word.trim_start_matches("https://").trim_start_matches("http://");
        let word = word.trim_start_matches("www.").trim_start_matches("m.");
        let path = HOSTS.iter().find_map(|host| word.strip_prefix(host));
        let name = match path {
            Some(path) => path.trim_start_matches('/'),
            // Another site's address.
            None if word.contains('/') => return None,
            None => word.trim_start_matches(['@', '*']),
        };
        let name = name.split(['?', '#', '/', '&']).next()?;
        Self::from_wall(name).or_else(|| Self::from_number(name)).or_else(|| Self::from_name(name))
    }

    fn from_wall(name: &str) -> Option<Self> {
        let owner = name.strip_prefix("wall-")?.split('_').next()?;
        owner.parse().ok().filter(|id| *id > 0).map(Self::Id)
    }

    fn from_number(name: &str) -> Option<Self> {
        let digits = ["club", "public", "event"].iter().find_map(|p| name.strip_prefix(p))?;
        digits.parse().ok().filter(|id| *id > 0).map(Self::Id)
    }

    fn from_name(name: &str) -> Option<Self> {
        let person = name.strip_prefix("id").is_some_and(|rest| rest.parse::<i64>().is_ok());
        let fits = (2..=64).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
            && name.chars().any(|c| c.is_ascii_alphabetic());
        (fits && !person).then(|| Self::Name(name.to_owned()))
    }
}

/// Reads a link to a person: with or without a host, `@name`, `id1`, a mention `[id1|Name]`. A name in words is none.
pub(crate) fn person(typed: &str) -> Option<Address> {
    let word = typed.split_whitespace().find(|w| {
        let lower = w.to_lowercase();
        looks_like(w) || lower.starts_with("[id") || lower.strip_prefix("id").is_some_and(is_number)
    })?;
    let word = word.trim_matches(|c: char| "<>()«»\"',.;".contains(c)).to_lowercase();
    let word = word.strip_prefix('[').map_or(word.as_str(), |m| m.split('|').next().unwrap_or_default());
    let name = word.rsplit('/').next()?.trim_start_matches(['@', '*']).split(['?', '#']).next()?;
    if let Some(id) = name.strip_prefix("id").filter(|id| is_number(id)) {
        return id.parse().ok().filter(|id| *id > 0).map(Address::Id);
    }
    Address::from_name(name)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

const HOSTS: [&str; 4] = ["vk.com", "vk.ru", "vk.me", "vkontakte.ru"];

fn looks_like(word: &str) -> bool {
    let lower = word.to_lowercase();
    lower.contains('@')
        || lower.starts_with("[club")
        || HOSTS.iter().any(|host| lower.contains(&format!("{host}/")))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_address_is_read() {
        for typed in [
            "https://vk.com/School_5",
            "http://m.vk.com/school_5?from=search",
            "vk.ru/school_5",
            "@school_5",
            "school_5",
            "вот наша страница: https://vk.com/school_5, смотрите",
            "https://vk.ru/school_5/",
        ] {
            assert_eq!(Address::read(typed), Some(Address::Name("school_5".into())), "{typed}");
        }
        for typed in [
            "club215",
            "https://vk.com/public215",
            "[club215|Школа № 5]",
            "https://vk.com/wall-215_77",
            "vk.com/event215",
        ] {
            assert_eq!(Address::read(typed), Some(Address::Id(215)), "{typed}");
        }
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for typed in [
            "",
            "не знаю",
            "у нас нет страницы",
            "https://ok.ru/school",
            "id5",
            "https://vk.com/",
            "@",
            "555",
        ] {
            assert_eq!(Address::read(typed), None, "{typed}");
        }
    }
}
