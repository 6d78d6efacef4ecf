//! `kurator page`: what a page looks like from outside, and what that is worth by a norm.

use std::sync::Arc;

use super::{Failed, open_content, region};
use crate::{
    chat::{PageFault, defect, unscored},
    config::Config,
    content::{Norm, Texts},
    domain::{SystemClock, comments::Question},
    pages::{
        Reader, WallFault,
        audit::{
            Evidence, Look, Measures, Said, Score, Scored, Unscored, Wall, Zone, commented, score, waiting,
        },
    },
};
use serde_json::json;

/// Under so many posts comments are read.
const POSTS: usize = 5;

/// Looks at a page and prints fields, measures, score with its evidence, and what would bring more.
pub(super) async fn page(
    config: Config,
    address: &str,
    norm: Option<&str>,
    as_json: bool,
) -> Result<(), Failed> {
    let content = open_content(&config.content)?;
    let id = match norm {
        Some(id) => id.to_owned(),
        None => region(&config, &content)?.norm,
    };
    let texts = content.texts();
    let norm = content.norm(&id).ok_or_else(|| Failed::config(format!("--norm: нормы «{id}» нет")))?;
    let bot = super::service(&config)?.ok_or_else(|| Failed::config(texts.get("audit-no-service")))?;
    let reader = Reader::new(bot, Arc::new(SystemClock));
    let failed = |fault| {
        Failed::other(texts.get(match fault {
            PageFault::NoAddress => "page-no-address",
            PageFault::NoPage => "page-no-page",
            PageFault::Unreachable => "page-unreachable-now",
        }))
    };
    let look = reader.look(address).await.map_err(failed)?;
    let questions = questions(&reader, &look).await.map_err(failed)?;
    // What nobody can see from outside is asked in the chat, not here.
    let scored = score(&look, Said::default(), norm);
    let measures = Measures::of(&look);
    if as_json {
        let (score, why) = (scored.as_ref().ok(), scored.as_ref().err());
        let whole = json!({
            "id": look.group.id.0, "name": look.group.name, "norm": norm.id,
            "measures": measures, "score": score, "unscored": why,
            "questions": questions.iter().map(|question| json!({
                "post": question.post, "comment": question.comment, "at": question.at.0 / 1_000,
                "link": question.link(look.group.id),
            })).collect::<Vec<_>>(),
        });
        println!("{whole:#}");
    } else {
        println!("{}", told(texts, &look, &measures, &scored, norm));
        for question in &questions {
            println!("{}", texts.format("audit-question", &[("link", question.link(look.group.id).into())]));
        }
    }
    Ok(())
}

/// Questions without an answer below the newest posts that have comments: a call for each post.
async fn questions(reader: &Reader, look: &Look) -> Result<Vec<Question>, PageFault> {
    let Wall::Read(wall) = &look.wall else { return Ok(Vec::new()) };
    let mut questions = Vec::new();
    for (post, _) in commented(wall, look.at).into_iter().take(POSTS) {
        match reader.comments(look.group.id, post).await {
            Ok(comments) => questions.extend(waiting(look.group.id, post, &comments)),
            Err(WallFault::Shut) => {}
            Err(WallFault::Limit | WallFault::Unreachable) => return Err(PageFault::Unreachable),
        }
    }
    Ok(questions)
}

fn told(
    texts: &Texts,
    look: &Look,
    measures: &Measures,
    scored: &Result<Score, Unscored>,
    norm: &Norm,
) -> String {
    let mut lines = vec![format!("{} — vk.ru/club{}", look.group.name, look.group.id)];
    lines.extend(measured(texts, measures));
    lines.push(String::new());
    match scored {
        Ok(score) => {
            lines.push(headline(texts, score, norm));
            lines.extend(score.parts.iter().map(|part| part_line(texts, look, part)));
            let defects = measures.tiles.defects().into_iter();
            lines.extend(defects.map(|(tile, wrong)| format!("— {}", defect(texts, tile, wrong))));
            if !score.gains.is_empty() {
                lines.push(String::new());
                lines.push(texts.get("audit-gains"));
            }
            lines.extend(score.gains.iter().map(|gain| {
                let what = texts.get(&format!("audit-what-{}", gain.what.slug()));
                let (points, minutes) = (u32::from(gain.points), u32::from(gain.minutes));
                texts.format(
                    "audit-gain",
                    &[("points", points.into()), ("what", what.into()), ("minutes", minutes.into())],
                )
            }));
        }
        Err(why) => lines.push(unscored(texts, why)),
    }
    lines.join("\n")
}

fn measured(texts: &Texts, measures: &Measures) -> Vec<String> {
    let Some(month) = &measures.month else { return Vec::new() };
    let last = match measures.silent_days {
        Some(days) => texts.format("audit-last-days", &[("days", whole(days).into())]),
        None => texts.get("audit-last-none"),
    };
    let number = |n: Option<i64>| n.map_or_else(|| "—".to_owned(), |n| n.to_string());
    let mut lines = vec![texts.format(
        "audit-fields",
        &[
            ("members", number(measures.profile.members).into()),
            ("last", last.into()),
            ("posts", month.posts.to_string().into()),
            ("own", month.own.to_string().into()),
        ],
    )];
    if month.posts > 0 {
        lines.push(texts.format(
            "audit-median",
            &[
                ("views", number(month.views.median).into()),
                ("likes", number(month.likes.median).into()),
                ("comments", number(month.comments.median).into()),
                ("reposts", number(month.reposts.median).into()),
            ],
        ));
    }
    if let Some(tenths) = month.engagement {
        let percent = format!("{},{}", tenths / 10, tenths % 10);
        lines.push(texts.format("audit-engagement", &[("percent", percent.into())]));
    }
    lines
}

fn headline(texts: &Texts, score: &Score, norm: &Norm) -> String {
    let zone = texts.get(match score.zone {
        Zone::Green => "audit-zone-green",
        Zone::Yellow => "audit-zone-yellow",
        Zone::Red => "audit-zone-red",
    });
    let points = u32::from(score.points);
    texts.format(
        "audit-score",
        &[("points", points.into()), ("zone", zone.into()), ("norm", norm.title.clone().into())],
    )
}

fn part_line(texts: &Texts, look: &Look, part: &Scored) -> String {
    let what = texts.get(&format!("audit-what-{}", part.what.slug()));
    let (got, of) = (u32::from(part.got), u32::from(part.of));
    let why = evidence(texts, look, &part.evidence);
    texts.format(
        "audit-part",
        &[("got", got.into()), ("of", of.into()), ("what", what.into()), ("why", why.into())],
    )
}

fn evidence(texts: &Texts, look: &Look, evidence: &Evidence) -> String {
    match evidence {
        Evidence::Filled => texts.get("audit-filled"),
        Evidence::Empty => texts.get("audit-empty"),
        Evidence::Unknown => texts.get("audit-unknown"),
        Evidence::Said(true) => texts.get("audit-said-yes"),
        Evidence::Said(false) => texts.get("audit-said-no"),
        Evidence::Tiles(right) => texts.format("audit-tiles", &[("right", u32::from(*right).into())]),
        Evidence::Posts { ids, asked } => {
            let posts = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            let links: Vec<String> =
                ids.iter().map(|id| format!("vk.ru/wall-{}_{id}", look.group.id)).collect();
            let key = if ids.is_empty() { "audit-posts" } else { "audit-posts-links" };
            let asked = u32::from(*asked);
            texts.format(
                key,
                &[("posts", posts.into()), ("asked", asked.into()), ("links", links.join(", ").into())],
            )
        }
        Evidence::Views { views, members, percent } => texts.format(
            "audit-views",
            &[
                ("views", views.to_string().into()),
                ("members", whole(*members).into()),
                ("percent", percent.to_string().into()),
            ],
        ),
    }
}

fn whole(n: i64) -> u32 {
    u32::try_from(n.max(0)).unwrap_or(u32::MAX)
}
