//! Eight weeks of a page: posts against the norm, and the line of its score.

use super::{
    Undrawn,
    canvas::{Align, Canvas, Rgb, Style, Weight, wrapped},
};
use crate::{
    content::Texts,
    domain::{
        Day,
        page::{Week, Zone},
    },
};

/// Weeks that are shown.
const WEEKS: usize = 8;
/// A longer name does not fit.
const LONG: usize = 38;
const WIDTH: u32 = 1_080;
const HEIGHT: u32 = 1_000;
const EDGE: f32 = 48.0;
/// Room for the marks of the score, before the first week.
const LEFT: f32 = 76.0;
/// A column taller than this many posts is cut, and its number says how many there were.
const TALLEST: u16 = 12;

const GROUND: Rgb = (246, 248, 251);
const PANEL: Rgb = (255, 255, 255);
const INK: Rgb = (28, 33, 43);
const FAINT: Rgb = (92, 102, 118);
const RULE: Rgb = (214, 220, 229);
const GOOD: Rgb = (35, 140, 92);
const LESS: Rgb = (224, 160, 48);
const LINE: Rgb = (38, 98, 196);

/// A week of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardWeek {
    /// Its Monday.
    pub from: Day,
    /// Posts in it; `None`: nothing is known of it.
    pub posts: Option<u16>,
    /// Posts the norm asked for.
    pub asked: u8,
    /// Points, if it was scored.
    pub score: Option<u8>,
}

/// What a card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The page's name.
    pub title: String,
    /// Eight weeks, oldest first, without gaps.
    pub weeks: Vec<CardWeek>,
    /// Where the last score is.
    pub zone: Option<Zone>,
}

impl Card {
    /// The card of a page's last eight weeks; a week nothing is known of stays an empty place. `None` without any week.
    pub fn of(title: &str, weeks: &[Week]) -> Option<Self> {
        let last = weeks.last()?;
        let place = |back: usize| {
            let from = Day(last.from.0 - 7 * back as i32);
            match weeks.iter().rev().find(|week| week.from == from) {
                Some(week) => {
                    CardWeek { from, posts: Some(week.posts), asked: week.asked, score: week.score }
                }
                None => CardWeek { from, posts: None, asked: last.asked, score: None },
            }
        };
        let weeks = (0..WEEKS).rev().map(place).collect();
        Some(Self { title: title.to_owned(), weeks, zone: last.zone })
    }

    /// Draws it as a PNG of 1080 × 1000 pixels.
    ///
    /// # Errors
    /// The sheet could not be made, which is a mistake of ours.
    pub fn png(&self, texts: &Texts) -> Result<Vec<u8>, Undrawn> {
        let mut canvas = Canvas::new(WIDTH, HEIGHT, GROUND)?;
        let name = style(46.0, Weight::Bold, INK, Align::Left);
        let room = WIDTH as f32 - 2.0 * EDGE;
        let title = wrapped(called(&self.title), name.size, name.weight, room, 1);
        canvas.text(EDGE, 78.0, name, title.first().map_or("", String::as_str));
        canvas.text(EDGE, 130.0, style(34.0, Weight::Regular, FAINT, Align::Left), &texts.get("card-posts"));
        let asked = self.weeks.last().map_or(0, |week| week.asked);
        let norm = texts.format("card-norm", &[("asked", asked.into())]);
        canvas.text(WIDTH as f32 - EDGE, 130.0, style(34.0, Weight::Regular, FAINT, Align::Right), &norm);
        self.posts(&mut canvas, (EDGE, 156.0, room, 420.0));
        canvas.text(EDGE, 636.0, style(34.0, Weight::Regular, FAINT, Align::Left), &texts.get("card-score"));
        self.score(&mut canvas, texts, (EDGE, 662.0, room, 260.0));
        let note = style(30.0, Weight::Regular, FAINT, Align::Middle);
        canvas.text(WIDTH as f32 / 2.0, HEIGHT as f32 - 28.0, note, &texts.get("card-note"));
        canvas.png()
    }

    fn posts(&self, canvas: &mut Canvas, (x, y, w, h): (f32, f32, f32, f32)) {
        canvas.block((x, y, w, h), 24.0, PANEL);
        let most = self.weeks.iter().map(|week| week.posts.unwrap_or(0).max(u16::from(week.asked) + 1)).max();
        let most = most.unwrap_or(1).clamp(4, TALLEST);
        let (top, floor) = (y + 62.0, y + h - 64.0);
        let tall = |posts: u16| (floor - top) * f32::from(posts.min(most)) / f32::from(most);
        let step = (w - LEFT - 20.0) / self.weeks.len().max(1) as f32;
        for (n, week) in self.weeks.iter().enumerate() {
            let left = x + LEFT + step * n as f32;
            let middle = left + step / 2.0;
            let day = style(28.0, Weight::Regular, FAINT, Align::Middle);
            canvas.text(middle, y + h - 20.0, day, &date(week.from));
            let Some(posts) = week.posts else {
                canvas.text(middle, floor - 14.0, style(36.0, Weight::Regular, FAINT, Align::Middle), "–");
                continue;
            };
            let colour = if posts >= u16::from(week.asked) { GOOD } else { LESS };
            let height = tall(posts).max(6.0);
            canvas.block((middle - step * 0.29, floor - height, step * 0.58, height), 10.0, colour);
            let number = style(38.0, Weight::Bold, INK, Align::Middle);
            canvas.text(middle, floor - height - 14.0, number, &posts.to_string());
        }
        // The norm lies over the columns: whether one reaches it is what the picture is about.
        for (n, week) in self.weeks.iter().enumerate() {
            let left = x + LEFT + step * n as f32;
            let line = floor - tall(u16::from(week.asked));
            canvas.line(&[(left + 4.0, line), (left + step - 8.0, line)], 4.0, true, INK);
        }
    }

    fn score(&self, canvas: &mut Canvas, texts: &Texts, (x, y, w, h): (f32, f32, f32, f32)) {
        canvas.block((x, y, w, h), 24.0, PANEL);
        let (top, floor) = (y + 70.0, y + h - 36.0);
        let high = |score: u8| floor - (floor - top) * f32::from(score.min(100)) / 100.0;
        let step = (w - LEFT - 20.0) / self.weeks.len().max(1) as f32;
        for mark in [0, 50, 100] {
            canvas.line(&[(x + LEFT, high(mark)), (x + w - 24.0, high(mark))], 2.0, false, RULE);
            let label = style(26.0, Weight::Regular, FAINT, Align::Right);
            canvas.text(x + 66.0, high(mark) + 9.0, label, &mark.to_string());
        }
        let at = |n: usize, score: u8| (x + LEFT + step * (n as f32 + 0.5), high(score));
        let points: Vec<(usize, u8)> =
            self.weeks.iter().enumerate().filter_map(|(n, week)| Some((n, week.score?))).collect();
        let Some((last, now)) = points.last().copied() else {
            let none = style(34.0, Weight::Regular, FAINT, Align::Middle);
            canvas.text(x + w / 2.0, y + h / 2.0 + 4.0, none, &texts.get("card-no-score"));
            return;
        };
        for pair in points.windows(2) {
            if let [(a, left), (b, right)] = *pair {
                canvas.line(&[at(a, left), at(b, right)], 7.0, b - a > 1, LINE);
            }
        }
        for (n, score) in &points {
            let (cx, cy) = at(*n, *score);
            canvas.dot(cx, cy, 10.0, LINE);
        }
        let (cx, cy) = at(last, now);
        canvas.dot(cx, cy, 15.0, LINE);
        canvas.dot(cx, cy, 7.0, PANEL);
        let zone = self.zone.map(|zone| {
            texts.get(match zone {
                Zone::Green => "nudge-zone-green",
                Zone::Yellow => "nudge-zone-yellow",
                Zone::Red => "nudge-zone-red",
            })
        });
        let said =
            texts.format("card-now", &[("score", now.into()), ("zone", zone.unwrap_or_default().into())]);
        canvas.text(x + w - 24.0, y + 48.0, style(38.0, Weight::Bold, INK, Align::Right), &said);
    }
}

fn style(size: f32, weight: Weight, colour: Rgb, align: Align) -> Style {
    Style { size, weight, colour, align }
}

/// What people call an institution: the name within the outer quotes of a long official one.
fn called(title: &str) -> &str {
    let within =
        title.find('«').zip(title.rfind('»')).and_then(|(from, to)| title.get(from + '«'.len_utf8()..to));
    within.filter(|name| title.chars().count() > LONG && !name.trim().is_empty()).unwrap_or(title)
}

/// The Monday's date: 5.10.
fn date(day: Day) -> String {
    let date = day.date();
    format!("{}.{:02}", date.day(), date.month())
}
