//! A region's or a municipality's pages on one picture: zones, and the share that reaches the norm week by week.

use super::{
    Undrawn,
    canvas::{Align, Canvas, Rgb, Style, Weight, wrapped},
};
use crate::{content::Texts, domain::board};

const WIDTH: u32 = 1_080;
const HEIGHT: u32 = 1_000;
const EDGE: f32 = 48.0;
/// Room for the marks of the trend, before the first week.
const LEFT: f32 = 92.0;

const GROUND: Rgb = (246, 248, 251);
const PANEL: Rgb = (255, 255, 255);
const INK: Rgb = (28, 33, 43);
const FAINT: Rgb = (92, 102, 118);
const RULE: Rgb = (214, 220, 229);
const GREEN: Rgb = (35, 140, 92);
const YELLOW: Rgb = (224, 160, 48);
const RED: Rgb = (201, 72, 62);
const NONE: Rgb = (168, 176, 189);
const LINE: Rgb = (38, 98, 196);

/// What the picture shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The region's or the municipality's name.
    pub title: String,
    /// The figures.
    pub figures: board::Summary,
}

impl Summary {
    /// Draws it as a PNG of 1080 × 1000 pixels.
    ///
    /// # Errors
    /// The sheet could not be made, which is a mistake of ours.
    pub fn png(&self, texts: &Texts) -> Result<Vec<u8>, Undrawn> {
        let mut canvas = Canvas::new(WIDTH, HEIGHT, GROUND)?;
        let room = WIDTH as f32 - 2.0 * EDGE;
        let name = style(46.0, Weight::Bold, INK, Align::Left);
        let title = wrapped(&self.title, name.size, name.weight, room - 260.0, 1);
        canvas.text(EDGE, 78.0, name, title.first().map_or("", String::as_str));
        let pages = texts.format("summary-pages", &[("count", self.figures.pages.into())]);
        canvas.text(WIDTH as f32 - EDGE, 78.0, style(34.0, Weight::Regular, FAINT, Align::Right), &pages);
        canvas.text(
            EDGE,
            140.0,
            style(34.0, Weight::Regular, FAINT, Align::Left),
            &texts.get("summary-zones"),
        );
        self.zones(&mut canvas, texts, (EDGE, 164.0, room, 232.0));
        canvas.text(
            EDGE,
            458.0,
            style(34.0, Weight::Regular, FAINT, Align::Left),
            &texts.get("summary-trend"),
        );
        self.trend(&mut canvas, texts, (EDGE, 484.0, room, 420.0));
        let note = style(30.0, Weight::Regular, FAINT, Align::Middle);
        canvas.text(WIDTH as f32 / 2.0, HEIGHT as f32 - 32.0, note, &texts.get("summary-note"));
        canvas.png()
    }

    /// One bar of all pages by zone, with the numbers below it.
    fn zones(&self, canvas: &mut Canvas, texts: &Texts, (x, y, w, h): (f32, f32, f32, f32)) {
        canvas.block((x, y, w, h), 24.0, PANEL);
        let all = &self.figures;
        let none = all.pages - all.green - all.yellow - all.red;
        let parts = [
            (all.green, GREEN, "summary-green"),
            (all.yellow, YELLOW, "summary-yellow"),
            (all.red, RED, "summary-red"),
            (none, NONE, "summary-none"),
        ];
        let (left, long) = (x + 32.0, w - 64.0);
        let mut at = left;
        for (count, colour, _) in parts {
            let part = long * count as f32 / all.pages.max(1) as f32;
            if count > 0 {
                canvas.block((at, y + 36.0, (part - 4.0).max(2.0), 60.0), 8.0, colour);
            }
            at += part;
        }
        let step = long / parts.len() as f32;
        for (n, (count, colour, key)) in parts.into_iter().enumerate() {
            let from = left + step * n as f32;
            canvas.dot(from + 12.0, y + 143.0, 12.0, colour);
            canvas.text(
                from + 36.0,
                y + 158.0,
                style(44.0, Weight::Bold, INK, Align::Left),
                &count.to_string(),
            );
            canvas.text(from, y + 204.0, style(30.0, Weight::Regular, FAINT, Align::Left), &texts.get(key));
        }
    }

    /// The share of pages that reached the norm, in each of the last weeks.
    fn trend(&self, canvas: &mut Canvas, texts: &Texts, (x, y, w, h): (f32, f32, f32, f32)) {
        canvas.block((x, y, w, h), 24.0, PANEL);
        let (top, floor) = (y + 84.0, y + h - 66.0);
        let high = |share: u8| floor - (floor - top) * f32::from(share.min(100)) / 100.0;
        let trend = &self.figures.trend;
        let step = (w - LEFT - 28.0) / trend.len().max(1) as f32;
        for mark in [0, 50, 100] {
            canvas.line(&[(x + LEFT, high(mark)), (x + w - 24.0, high(mark))], 2.0, false, RULE);
            let label = style(26.0, Weight::Regular, FAINT, Align::Right);
            canvas.text(x + LEFT - 12.0, high(mark) + 9.0, label, &format!("{mark} %"));
        }
        let middle = |n: usize| x + LEFT + step * (n as f32 + 0.5);
        for (n, (from, _)) in trend.iter().enumerate() {
            let date = from.date();
            let day = style(28.0, Weight::Regular, FAINT, Align::Middle);
            canvas.text(middle(n), y + h - 22.0, day, &format!("{}.{:02}", date.day(), date.month()));
        }
        let points: Vec<(usize, u8)> =
            trend.iter().enumerate().filter_map(|(n, (_, share))| Some((n, (*share)?))).collect();
        let Some((last, now)) = points.last().copied() else {
            let none = style(34.0, Weight::Regular, FAINT, Align::Middle);
            canvas.text(x + w / 2.0, y + h / 2.0, none, &texts.get("summary-no-trend"));
            return;
        };
        for pair in points.windows(2) {
            if let [(a, left), (b, right)] = *pair {
                let ends = [(middle(a), high(left)), (middle(b), high(right))];
                canvas.line(&ends, 7.0, b - a > 1, LINE);
            }
        }
        for (n, share) in &points {
            canvas.dot(middle(*n), high(*share), 11.0, LINE);
        }
        canvas.dot(middle(last), high(now), 7.0, PANEL);
        let said = texts.format("summary-now", &[("share", now.into())]);
        canvas.text(x + w - 24.0, y + 54.0, style(38.0, Weight::Bold, INK, Align::Right), &said);
    }
}

fn style(size: f32, weight: Weight, colour: Rgb, align: Align) -> Style {
    Style { size, weight, colour, align }
}
