//! The two tiles of ПОС in a page's menu: «Сообщить о проблеме» and «Высказать мнение».
//!
//! The shapes of their addresses are those that regional centres check:
//! <https://github.com/smkthat/find-pos-widgets>.

use serde::Serialize;
use serde_json::Value;
use vkapi::types::Group;

pub use crate::domain::page::{Defect, TileKind};

const HOST: &str = "pos.gosuslugi.ru";

/// A tile of ПОС as it stands in the menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// What it is for.
    pub kind: TileKind,
    /// Where it leads.
    pub url: String,
    /// What is wrong with it, nothing if it is right.
    pub defects: Vec<Defect>,
}

/// The tiles of ПОС on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tiles {
    /// VK tells nothing of the menu.
    Hidden,
    /// What there is, in the menu's order.
    Seen(Vec<Tile>),
}

impl Tiles {
    /// Reads them off the page; whatever shape VK gives the menu, every address in it is looked at.
    pub fn of(group: &Group) -> Self {
        let Some(menu) = group.menu.as_ref().filter(|menu| menu.is_object() || menu.is_array()) else {
            return Self::Hidden;
        };
        let mut urls = Vec::new();
        addresses(menu, &mut urls);
        Self::Seen(urls.into_iter().filter_map(tile).collect())
    }

    /// Everything that is wrong: with each tile in the menu's order, then what is missing or there twice.
    pub fn defects(&self) -> Vec<(TileKind, Defect)> {
        let Self::Seen(tiles) = self else { return Vec::new() };
        let of = |kind| tiles.iter().filter(|tile| tile.kind == kind).count();
        let number = |kind| match of(kind) {
            0 => Some((kind, Defect::Missing)),
            1 => None,
            _ => Some((kind, Defect::Twice)),
        };
        let wrong = tiles.iter().flat_map(|tile| tile.defects.iter().map(|defect| (tile.kind, *defect)));
        wrong.chain([TileKind::Problem, TileKind::Opinion].into_iter().filter_map(number)).collect()
    }

    /// How many of the two kinds have a right tile: 0, 1 or 2.
    pub fn right(&self) -> u8 {
        let Self::Seen(tiles) = self else { return 0 };
        let has = |kind| u8::from(tiles.iter().any(|tile| tile.kind == kind && tile.defects.is_empty()));
        has(TileKind::Problem) + has(TileKind::Opinion)
    }
}

fn addresses<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str().filter(|_| name == "url") {
                    Some(url) => found.push(url),
                    None => addresses(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| addresses(item, found)),
        _ => {}
    }
}

fn tile(url: &str) -> Option<Tile> {
    let trimmed = url.trim();
    let (scheme, rest) = trimmed.split_once("://").unwrap_or(("", trimmed));
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    if host.trim().to_lowercase() != HOST {
        return None;
    }
    let kind = match path.trim().trim_end_matches('/') {
        "form" => TileKind::Problem,
        "og/org-activities" => TileKind::Opinion,
        _ => return None,
    };
    let query = query.split('#').next().unwrap_or_default();
    let values: Vec<(&str, &str)> =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(n, v)| (n.trim(), v.trim())).collect();
    let value = |name: &str| values.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
    let digits = |name: &str, lengths: std::ops::RangeInclusive<usize>| {
        value(name).is_some_and(|v| lengths.contains(&v.len()) && v.bytes().all(|b| b.is_ascii_digit()))
    };
    let placeholder = values.iter().any(|(_, v)| {
        let bare = v.trim_matches(|c: char| !c.is_ascii_alphabetic() && c != '-' && c != '_');
        ["OGRN", "ID", "REG-CODE", "REG_CODE", "MUN-CODE", "MUN_CODE"]
            .contains(&bare.to_ascii_uppercase().as_str())
    });
    let own = match kind {
        TileKind::Problem => (!digits("opaId", 1..=20)).then_some(Defect::OpaId),
        TileKind::Opinion => {
            (!digits("reg_code", 2..=8) && !digits("mun_code", 8..=8)).then_some(Defect::Territory)
        }
    };
    let checks = [
        placeholder.then_some(Defect::Placeholder),
        trimmed.contains(char::is_whitespace).then_some(Defect::Space),
        (scheme != "https").then_some(Defect::Insecure),
        own,
        (!value("utm_source").is_some_and(|v| ["vk", "vk1", "vk2"].contains(&v))).then_some(Defect::Source),
        (!digits("utm_medium", 2..=4)).then_some(Defect::Medium),
        (!digits("utm_campaign", 13..=13)).then_some(Defect::Ogrn),
    ];
    Some(Tile { kind, url: trimmed.to_owned(), defects: checks.into_iter().flatten().collect() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PROBLEM: &str =
        "https://pos.gosuslugi.ru/form/?opaId=217373&utm_source=vk&utm_medium=68&utm_campaign=1026801221810";
    const OPINION: &str = "https://pos.gosuslugi.ru/og/org-activities?reg_code=68&utm_source=vk1&utm_medium=68&utm_campaign=1026801221810";

    fn page(menu: &Value) -> Group {
        serde_json::from_value(json!({"id": 1, "name": "Школа", "menu": menu})).unwrap()
    }

    fn defects(url: &str) -> Vec<Defect> {
        let Tiles::Seen(tiles) = Tiles::of(&page(&json!({"items": [{"url": url}]}))) else {
            panic!("no menu")
        };
        assert_eq!(tiles.len(), 1, "{url}");
        tiles[0].defects.clone()
    }

    #[test]
    fn two_right_tiles_are_seen_in_whatever_shape_the_menu_comes() {
        let items = json!([{"id": 1, "title": "Сообщить", "url": PROBLEM}, {"url": "https://vk.com/a"}, {"url": OPINION}]);
        for menu in [json!({"items": items}), items.clone(), json!({"count": 3, "menu": {"items": items}})] {
            assert_eq!(Tiles::of(&page(&menu)).right(), 2, "{menu}");
        }
        for menu in [json!(null), json!(false), json!("menu")] {
            assert_eq!(Tiles::of(&page(&menu)), Tiles::Hidden);
        }
        assert_eq!(Tiles::of(&page(&json!([]))), Tiles::Seen(vec![]));
    }

    #[test]
    fn one_kind_twice_is_one() {
        let twice = Tiles::of(&page(&json!([{"url": PROBLEM}, {"url": PROBLEM}])));
        assert_eq!(twice.right(), 1);
        assert_eq!(
            twice.defects(),
            [(TileKind::Problem, Defect::Twice), (TileKind::Opinion, Defect::Missing)]
        );
        let both = Tiles::of(&page(&json!([{"url": PROBLEM}, {"url": OPINION}])));
        assert_eq!(both.defects(), []);
        assert_eq!(Tiles::Hidden.defects(), []);
    }

    #[test]
    fn every_defect_is_told() {
        assert_eq!(defects(PROBLEM), []);
        assert_eq!(defects(OPINION), []);
        assert_eq!(defects(&OPINION.replace("reg_code=68", "mun_code=68701000")), []);
        assert_eq!(defects(&PROBLEM.replace("1026801221810", "OGRN")), [Defect::Placeholder, Defect::Ogrn]);
        assert_eq!(defects(&PROBLEM.replace("217373", "<ID>")), [Defect::Placeholder, Defect::OpaId]);
        assert_eq!(
            defects(&OPINION.replace("reg_code=68", "reg_code=REG-CODE")),
            [Defect::Placeholder, Defect::Territory]
        );
        assert_eq!(defects(&OPINION.replace("reg_code=68", "mun_code=687")), [Defect::Territory]);
        assert_eq!(defects(&PROBLEM.replace("&utm_medium", "& utm_medium")), [Defect::Space]);
        assert_eq!(defects(&PROBLEM.replace("https", "http")), [Defect::Insecure]);
        assert_eq!(defects(&PROBLEM.replace("opaId=217373&", "")), [Defect::OpaId]);
        assert_eq!(defects(&PROBLEM.replace("utm_source=vk", "utm_source=ok")), [Defect::Source]);
        assert_eq!(defects(&PROBLEM.replace("utm_medium=68", "utm_medium=6")), [Defect::Medium]);
        assert_eq!(defects(&PROBLEM.replace("1026801221810", "102680122181")), [Defect::Ogrn]);
    }
}
