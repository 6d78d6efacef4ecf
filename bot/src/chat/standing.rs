//! Why her page has the points it has: every part with what shows it, what would bring more, and a way to disagree.

use vkapi::types::GroupId;

use super::{
    Action, Choice, HerPages, Screen, Seen, Talk, asked, claims::UNSEEN, menu, nudge, page::title,
    router::Step, told,
};
use crate::{
    content::{Norm, Part, Texts},
    domain::page::{Aspect, Defect, Shown, Sight, State, TileKind, Unscored, Week, Zone},
    store::OutFile,
};

/// Gains named on the page's own screen; all of them are on the next.
const NAMED: usize = 2;

/// What «Моя страница» says of the score, and the way to all of it; nothing while nothing is known.
pub(super) fn lines(talk: &Talk<'_>, seen: &Seen) -> (Vec<String>, Option<Choice>) {
    let (Some(norm), Some(sight)) = (norm(talk), seen.sight.as_ref()) else { return (Vec::new(), None) };
    let (Some(points), Some(zone)) = (sight.score, sight.zone) else {
        let why = sight.read.is_some().then(|| match (sight.state, &sight.unscored) {
            (State::Deleted | State::Banned | State::Gone, _) => talk.t("audit-closed"),
            (_, Some(why)) => unscored(talk.content().texts(), why),
            (_, None) => talk.t("standing-unscored"),
        });
        return (why.into_iter().collect(), None);
    };
    let mut lines = vec![headline(talk, points, zone, norm)];
    if let Some(week) = seen.weeks.last() {
        let wanted = week.lacks.iter().filter(|lack| !is_said(seen, lack.what));
        lines.extend(wanted.take(NAMED).map(|lack| gain(talk, lack.what, lack.points, lack.minutes)));
    }
    lines.extend(sight.hours.map(|hours| {
        let args = [
            ("from", u32::from(hours.from).into()),
            ("to", u32::from(hours.from + 3).into()),
            ("posts", hours.posts.into()),
        ];
        talk.f("standing-hours", &args)
    }));
    let why = Choice::new(
        talk.f("standing-why", &[("points", points.into())]),
        Action::Standing { p: seen.page.id.0 },
    );
    (lines, Some(why.main()))
}

fn is_hers(hers: &HerPages, page: i64) -> bool {
    hers.pages.iter().any(|seen| seen.page.id == GroupId(page))
}

/// A press on a page that is none of hers.
fn not_hers(talk: &mut Talk<'_>, page: i64) -> Step {
    super::page::not_hers(talk, GroupId(page))?;
    super::page::open(talk)
}

/// All parts of a page's score.
pub(super) fn open(talk: &mut Talk<'_>, page: i64) -> Step {
    let hers = nudge::pages(talk)?;
    if !is_hers(hers, page) {
        return not_hers(talk, page);
    }
    let found = hers.pages.iter().find(|seen| seen.page.id == GroupId(page));
    let known = found.and_then(|seen| Some((seen, seen.sight.as_ref()?)));
    let (Some((seen, sight)), Some(norm)) = (known, norm(talk)) else {
        talk.toast(talk.t("stale-button"));
        return super::page::open(talk);
    };
    let (Some(points), Some(zone)) = (sight.score, sight.zone) else { return super::page::open(talk) };
    let mut text = vec![title(&seen.page), headline(talk, points, zone, norm)];
    if let Some(read) = sight.read {
        text.push(talk.f("standing-seen", &[("when", told::moment(talk, read).into())]));
    }
    text.push(String::new());
    let week = seen.weeks.last();
    text.extend(norm.formula.parts.iter().map(|part| line(talk, seen, week, part, norm)));
    let lacks = week.map_or(&[][..], |week| &week.lacks);
    let lacks: Vec<_> = lacks.iter().filter(|lack| !is_said(seen, lack.what)).collect();
    if !lacks.is_empty() {
        text.push(String::new());
        text.push(talk.t("standing-gains"));
        text.extend(lacks.iter().map(|lack| gain(talk, lack.what, lack.points, lack.minutes)));
    }
    let mut screen = Screen::text(text.join("\n"));
    if !seen.weeks.is_empty() {
        screen = screen.row([
            talk.choice("card-button", Action::Weeks { p: page }),
            talk.choice("peers-button", Action::Peers { p: page }),
        ]);
    }
    let mut hidden = Vec::new();
    for what in UNSEEN {
        let asked = norm.formula.parts.iter().any(|part| part.what == what);
        let word = seen.kept.as_ref().and_then(|kept| kept.word(what));
        if asked && is_unseen(sight, what) && seen.kept.is_some() && !word.is_some_and(|word| word.confirmed)
        {
            let yes = !word.is_some_and(|word| word.yes);
            let action = Action::Said { p: page, w: what.slug().to_owned(), yes };
            match (what, yes) {
                (Aspect::Badge, true) => screen = screen.row([talk.choice("standing-badge-yes", action)]),
                (Aspect::Badge, false) => screen = screen.row([talk.choice("standing-badge-no", action)]),
                (Aspect::Connected, true) => {
                    screen = screen.row([talk.choice("standing-connected-yes", action)]);
                }
                (Aspect::Connected, false) => {
                    screen = screen.row([talk.choice("standing-connected-no", action)]);
                }
                (_, yes) => {
                    let key = if yes { "standing-hidden-yes" } else { "standing-hidden-no" };
                    let label = talk.f(key, &[("what", name(talk, what).into())]);
                    hidden.push(Choice::new(label, action));
                }
            }
        }
    }
    // VK takes six rows of buttons.
    screen = screen.row(hidden);
    if talk.scene().staffed {
        screen = screen.row([talk.choice("standing-appeal", Action::Appeal { p: page })]);
    }
    talk.show(screen.row([talk.choice("menu-page", Action::Page), menu::home(talk)]));
    Ok(())
}

/// Sends the picture of its eight weeks; it is drawn when it leaves.
pub(super) fn card(talk: &mut Talk<'_>, page: i64) -> Step {
    let hers = nudge::pages(talk)?;
    if !is_hers(hers, page) {
        return not_hers(talk, page);
    }
    let Some(seen) = hers.pages.iter().find(|s| s.page.id == GroupId(page) && !s.weeks.is_empty()) else {
        talk.toast(talk.t("stale-button"));
        return super::page::open(talk);
    };
    talk.toast(talk.t("card-sending"));
    let caption = talk.f("card-caption", &[("page", title(&seen.page).into())]);
    let screen = Screen::text(caption).row([talk.choice("menu-page", Action::Page), menu::home(talk)]);
    talk.send(screen, OutFile::Card(seen.page.id));
    Ok(())
}

/// Her word on what no machine sees.
pub(super) fn said(talk: &mut Talk<'_>, page: i64, what: &str, yes: bool) -> Step {
    let hers = nudge::pages(talk)?;
    if !is_hers(hers, page) {
        return not_hers(talk, page);
    }
    let sight = hers.pages.iter().find(|seen| seen.page.id == GroupId(page)).and_then(|s| s.sight.as_ref());
    let what = UNSEEN.into_iter().find(|aspect| aspect.slug() == what);
    let what = what.filter(|what| sight.is_none_or(|sight| is_unseen(sight, *what)));
    let noted = what.is_some_and(|what| nudge::say(talk, hers, GroupId(page), what, yes));
    talk.toast(talk.t(if noted { "standing-said" } else { "stale-button" }));
    if noted {
        let screen = Screen::text(talk.t("standing-said-text"))
            .row([talk.choice("menu-page", Action::Page), menu::home(talk)]);
        talk.show(screen);
        return Ok(());
    }
    super::page::open(talk)
}

/// «Не согласна»: shows the question with what it is about, as a curator would get it.
pub(super) fn appeal(talk: &mut Talk<'_>, page: i64) -> Step {
    let hers = nudge::pages(talk)?;
    if !is_hers(hers, page) {
        return not_hers(talk, page);
    }
    let found = hers.pages.iter().find(|seen| seen.page.id == GroupId(page));
    let points = found.and_then(|seen| Some((seen, seen.sight.as_ref()?.score?)));
    let Some((seen, points)) = points else { return super::page::open(talk) };
    let lacks = seen.weeks.last().map_or(&[][..], |week| &week.lacks);
    let lacks: Vec<String> = lacks.iter().map(|lack| name(talk, lack.what)).collect();
    let question = talk.f(
        "standing-question",
        &[
            ("page", format!("club{}", seen.page.id).into()),
            ("points", points.into()),
            ("lacks", lacks.join(", ").into()),
        ],
    );
    let mark = asked::begin(talk, &question);
    asked::ask_curator(talk, mark);
    Ok(())
}

/// No machine sees it, or VK did not show it at the last look.
fn is_unseen(sight: &Sight, what: Aspect) -> bool {
    match what {
        Aspect::Badge | Aspect::Connected => true,
        Aspect::Tiles | Aspect::Cover | Aspect::Avatar => {
            sight.read.is_some() && sight.state == State::Open && sight.found(what).is_none()
        }
        _ => false,
    }
}

/// Somebody said since the last look that it is there.
fn is_said(seen: &Seen, what: Aspect) -> bool {
    UNSEEN.contains(&what) && seen.kept.as_ref().and_then(|kept| kept.word(what)).is_some_and(|word| word.yes)
}

/// The region's norm.
pub(super) fn norm<'a>(talk: &Talk<'a>) -> Option<&'a Norm> {
    talk.content().norm(&talk.scene().region.norm)
}

fn name(talk: &Talk<'_>, what: Aspect) -> String {
    talk.t(&format!("audit-what-{what}"))
}

fn gain(talk: &Talk<'_>, what: Aspect, points: u8, minutes: u16) -> String {
    let key = match what {
        Aspect::Posts => "standing-if-posts",
        Aspect::Badge | Aspect::Connected => "standing-if-said",
        _ => "standing-if",
    };
    let args = [("points", points.into()), ("what", name(talk, what).into()), ("minutes", minutes.into())];
    talk.f(key, &args)
}

fn headline(talk: &Talk<'_>, points: u8, zone: Zone, norm: &Norm) -> String {
    let zone = talk.t(match zone {
        Zone::Green => "audit-zone-green",
        Zone::Yellow => "audit-zone-yellow",
        Zone::Red => "audit-zone-red",
    });
    let args = [("points", points.into()), ("zone", zone.into()), ("norm", norm.title.clone().into())];
    talk.f("audit-score", &args)
}

/// A part with its points and what shows it.
fn line(talk: &Talk<'_>, seen: &Seen, week: Option<&Week>, part: &Part, norm: &Norm) -> String {
    let lost = week.and_then(|week| week.lacks.iter().find(|lack| lack.what == part.what));
    let counted = seen.sight.as_ref().and_then(|s| s.parts.iter().find(|(what, _)| *what == part.what));
    // A look of an older version kept only what was missing.
    let got =
        counted.map_or(part.points.saturating_sub(lost.map_or(0, |lack| lack.points)), |(_, points)| *points);
    let mut why = why(talk, seen, part, norm);
    if got < part.points && is_said(seen, part.what) {
        why = talk.f("standing-soon", &[("said", why.into())]);
    }
    talk.f(
        "audit-part",
        &[
            ("got", got.into()),
            ("of", part.points.into()),
            ("what", name(talk, part.what).into()),
            ("why", why.into()),
        ],
    )
}

fn why(talk: &Talk<'_>, seen: &Seen, part: &Part, norm: &Norm) -> String {
    let Some(sight) = &seen.sight else { return talk.t("standing-hidden") };
    if is_unseen(sight, part.what) {
        let word = seen.kept.as_ref().and_then(|kept| kept.word(part.what));
        return talk.t(match word {
            Some(word) if word.confirmed && word.yes => "standing-confirmed",
            Some(word) if word.confirmed => "standing-confirmed-no",
            Some(word) if word.yes => "standing-self",
            Some(_) => "standing-self-no",
            None if matches!(part.what, Aspect::Badge | Aspect::Connected) => "standing-nobody",
            None => "standing-hidden-ask",
        });
    }
    let found = sight.found(part.what);
    match (part.what, found.map(|found| (found.there, found.shown))) {
        (Aspect::Posts, Some((_, Shown::Count(n)))) => {
            let asked = seen.weeks.last().map_or(norm.posts_a_week, |week| week.asked);
            let links: Vec<String> = sight.posts.iter().map(|post| link(seen, *post)).collect();
            let key = if links.is_empty() { "audit-posts" } else { "audit-posts-links" };
            let args = [("posts", n.into()), ("asked", asked.into()), ("links", links.join(", ").into())];
            talk.f(key, &args)
        }
        (Aspect::Tiles, Some((_, Shown::Count(n)))) => {
            let right = talk.f("audit-tiles", &[("right", n.into())]);
            let texts = talk.content().texts();
            let wrong = sight.defects.iter().map(|(tile, wrong)| defect(texts, *tile, *wrong));
            [right].into_iter().chain(wrong).collect::<Vec<_>>().join("; ")
        }
        (Aspect::Views, _) => match sight.views {
            Some((views, members)) => {
                let percent = u64::from(views) * 100 / u64::from(members.max(1));
                let args = [
                    ("views", views.to_string().into()),
                    ("members", members.into()),
                    ("percent", percent.to_string().into()),
                ];
                talk.f("audit-views", &args)
            }
            None => talk.t("standing-hidden"),
        },
        (_, Some((true, Shown::Post(post)))) => talk.f("standing-post", &[("link", link(seen, post).into())]),
        (_, Some((true, _))) => talk.t("audit-filled"),
        (_, Some((false, _))) => talk.t("audit-empty"),
        (_, None) => talk.t("standing-hidden"),
    }
}

fn link(seen: &Seen, post: i64) -> String {
    format!("vk.ru/wall-{}_{post}", seen.page.id)
}

/// What is wrong with a tile, in words.
pub(crate) fn defect(texts: &Texts, tile: TileKind, defect: Defect) -> String {
    let tile = texts.get(match tile {
        TileKind::Problem => "audit-tile-problem",
        TileKind::Opinion => "audit-tile-opinion",
    });
    format!("{tile}: {}", texts.get(&format!("audit-defect-{}", defect.slug())))
}

/// Why a page has no points, in words.
pub(crate) fn unscored(texts: &Texts, why: &Unscored) -> String {
    let whole = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
    match why {
        Unscored::Closed => texts.get("audit-closed"),
        Unscored::Unread => texts.get("audit-unread"),
        Unscored::Small { members, least } => {
            texts.format("audit-small", &[("members", whole(*members).into()), ("least", (*least).into())])
        }
        Unscored::Young { days, least } => {
            texts.format("audit-young", &[("days", whole(*days).into()), ("least", u32::from(*least).into())])
        }
    }
}
