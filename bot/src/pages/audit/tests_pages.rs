//! Whole pages against what was counted of them by hand: `bot/tests/pages`.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use serde::Deserialize;
use serde_json::Value;

use super::{
    Evidence, Look, Measures, Profile, Said, Score, Span, Tiles, Unscored, Wall, Zone, score,
    tests::{CONTENT, NOW},
};
use crate::domain::Ms;

/// What a page comes to, as `expected.toml` words it.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Told {
    fields: String,
    tiles: Option<Vec<String>>,
    silent: Option<i64>,
    week: Option<String>,
    month: Option<String>,
    score: Option<String>,
    parts: Vec<String>,
    gains: Option<String>,
    unscored: Option<String>,
}

#[derive(Deserialize)]
struct Expected {
    story: String,
    at: Option<String>,
    norm: Option<String>,
    said: Option<String>,
    #[serde(flatten)]
    told: Told,
}

#[test]
fn every_page_comes_to_what_was_counted_by_hand() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let text = fs::read_to_string(dir.join("expected.toml")).unwrap();
    let expected: BTreeMap<String, Expected> = toml::from_str(&text).unwrap();
    let files = fs::read_dir(&dir).unwrap().filter_map(Result::ok);
    let mut pages: Vec<_> =
        files.map(|f| f.path()).filter(|p| p.extension().is_some_and(|e| e == "json")).collect();
    pages.sort();
    let names: Vec<&str> = pages.iter().map(|p| p.file_stem().unwrap().to_str().unwrap()).collect();
    assert_eq!(
        names,
        expected.keys().map(String::as_str).collect::<Vec<_>>(),
        "each page is expected, and there"
    );
    assert!(names.len() >= 40);
    let mut wrong = String::new();
    for (path, (name, expected)) in pages.iter().zip(expected) {
        let page: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let at = expected.at.map_or(NOW, |at| Ms(at.parse::<jiff::Timestamp>().unwrap().as_millisecond()));
        let norm = CONTENT.norm(expected.norm.as_deref().unwrap_or("open")).unwrap();
        let look = look(&page, at);
        let found = told(&Measures::of(&look), &score(&look, said(expected.said.as_deref()), norm));
        if found != expected.told {
            writeln!(wrong, "{name}: {}\n counted {:#?}\n found {found:#?}", expected.story, expected.told)
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The page as the bot's reader sees it in VK's two answers.
fn look(page: &Value, at: Ms) -> Look {
    let groups = &page["groups.getById"]["response"];
    let group = groups.get("groups").unwrap_or(groups)[0].clone();
    let wall = match page["wall.get"].get("response") {
        Some(posts) => {
            let items = posts["items"].as_array().unwrap().iter();
            Wall::Read(items.map(|post| serde_json::from_value(post.clone()).unwrap()).collect())
        }
        None => Wall::Shut,
    };
    Look { at, group: serde_json::from_value(group).unwrap(), wall }
}

fn said(signs: Option<&str>) -> Said {
    let mut signs = signs.unwrap_or("++").chars().map(|sign| match sign {
        '+' => Some(true),
        '-' => Some(false),
        _ => None,
    });
    Said { badge: signs.next().flatten(), connected: signs.next().flatten(), ..Said::default() }
}

fn told(measures: &Measures, scored: &Result<Score, Unscored>) -> Told {
    let score = scored.as_ref().ok();
    let zone = |score: &Score| match score.zone {
        Zone::Green => "green",
        Zone::Yellow => "yellow",
        Zone::Red => "red",
    };
    Told {
        fields: fields(&measures.profile),
        tiles: match &measures.tiles {
            Tiles::Hidden => None,
            Tiles::Seen(tiles) => Some(tiles.iter().map(tile).collect()),
        },
        silent: measures.silent_days,
        week: measures.week.as_ref().map(span),
        month: measures.month.as_ref().map(|month| {
            let median = |n: &super::Numbers| n.median.map_or("-".to_owned(), |n| n.to_string());
            let all = [&month.views, &month.likes, &month.comments, &month.reposts].map(median);
            format!("{} | medians {}", span(month), all.join(" "))
        }),
        score: score.map(|score| format!("{} {}", score.points, zone(score))),
        parts: score.map_or_else(Vec::new, |score| {
            score
                .parts
                .iter()
                .map(|p| format!("{} {} {}", p.what.slug(), p.got, evidence(&p.evidence)).trim().to_owned())
                .collect()
        }),
        gains: score.map(|score| {
            score
                .gains
                .iter()
                .map(|g| format!("{} +{}", g.what.slug(), g.points))
                .collect::<Vec<_>>()
                .join(", ")
        }),
        unscored: scored.as_ref().err().map(|why| match why {
            Unscored::Closed => "closed".to_owned(),
            Unscored::Unread => "unread".to_owned(),
            Unscored::Small { members, least } => format!("small {members} of {least}"),
            Unscored::Young { days, least } => format!("young {days} of {least}"),
        }),
    }
}

fn fields(profile: &Profile) -> String {
    let mut words = Vec::new();
    let mut flag = |word: &str, there: Option<bool>| match there {
        Some(true) => words.push(word.to_owned()),
        Some(false) => {}
        None => words.push(format!("{word}?")),
    };
    flag("open", Some(profile.open));
    flag("short-name", Some(profile.short_name));
    flag("avatar", profile.avatar);
    flag("cover", profile.cover);
    flag("address", profile.address);
    flag("phone", Some(profile.phone));
    flag("email", Some(profile.email));
    flag("site", Some(profile.site));
    words.extend(profile.pinned.map(|id| format!("pinned={id}")));
    words.push(format!("description={}", profile.description));
    words.extend(profile.members.map(|n| format!("members={n}")));
    words.join(" ")
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn tile(tile: &super::Tile) -> String {
    let defects: Vec<String> = tile.defects.iter().map(word).collect();
    if defects.is_empty() { word(tile.kind) } else { format!("{}: {}", word(tile.kind), defects.join(" ")) }
}

fn span(span: &Span) -> String {
    let mut line = format!("{}/{}", span.posts, span.own);
    for (kind, posts) in &span.kinds {
        write!(line, " {}:{posts}", word(kind)).unwrap();
    }
    if span.ads > 0 {
        write!(line, " ads:{}", span.ads).unwrap();
    }
    let engagement = span.engagement.map_or("-".to_owned(), |n| n.to_string());
    format!("{line} | views {} of {} | {engagement}", span.views.sum, span.views.known)
}

fn evidence(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Filled => "there".to_owned(),
        Evidence::Empty => "empty".to_owned(),
        Evidence::Unknown => "unknown".to_owned(),
        Evidence::Said(true) => "said".to_owned(),
        Evidence::Said(false) => "denied".to_owned(),
        Evidence::Tiles(right) => ["none", "one", "two"][usize::from(*right)].to_owned(),
        Evidence::Posts { ids, asked } => {
            let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
            format!("of {asked}: {}", ids.join(" ")).trim().to_owned()
        }
        Evidence::Views { views, members, .. } => format!("{views}/{members}"),
    }
}
