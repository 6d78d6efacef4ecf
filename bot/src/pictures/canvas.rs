//! Shapes and letters on a sheet.

use std::sync::LazyLock;

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform,
};
use ttf_parser::{Face, OutlineBuilder};

use super::{Undrawn, palette::Palette};

static REGULAR: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::parse(include_bytes!("../../fonts/PTS55F.ttf"), 0).ok());
static BOLD: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::parse(include_bytes!("../../fonts/PTS75F.ttf"), 0).ok());

/// A colour by its red, green and blue.
pub(super) type Rgb = (u8, u8, u8);

/// A rectangle: left, top, width, height.
pub(super) type Place = (f32, f32, f32, f32);

/// How thick letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Which part of a text stands at its `x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) colour: Rgb,
    pub(super) align: Align,
}

/// A sheet being drawn on; x to the right, y down, in pixels.
pub(super) struct Canvas {
    sheet: Pixmap,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32, ground: Rgb) -> Result<Self, Undrawn> {
        let mut sheet = Pixmap::new(width, height).ok_or(Undrawn)?;
        sheet.fill(Color::from_rgba8(ground.0, ground.1, ground.2, 255));
        Ok(Self { sheet })
    }

    /// A filled rectangle with corners rounded by `round`.
    pub(super) fn block(&mut self, place: Place, round: f32, colour: Rgb) {
        if let Some(path) = rounded(place, round) {
            self.fill(&path, colour);
        }
    }

    /// The edge of such a rectangle.
    pub(super) fn frame(&mut self, place: Place, round: f32, width: f32, colour: Rgb) {
        if let Some(path) = rounded(place, round) {
            self.stroke(&path, width, false, colour);
        }
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: &[(f32, f32)], width: f32, dashed: bool, colour: Rgb) {
        let mut path = PathBuilder::new();
        for (n, (x, y)) in points.iter().enumerate() {
            if n == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
        }
        if let Some(path) = path.finish() {
            self.stroke(&path, width, dashed, colour);
        }
    }

    /// A filled circle.
    pub(super) fn dot(&mut self, x: f32, y: f32, radius: f32, colour: Rgb) {
        if let Some(path) = PathBuilder::from_circle(x, y, radius) {
            self.fill(&path, colour);
        }
    }

    /// A line of text whose letters stand on `y`; what the font lacks is left out.
    pub(super) fn text(&mut self, x: f32, y: f32, style: Style, text: &str) {
        let Some(face) = face(style.weight) else { return };
        let scale = style.size / f32::from(face.units_per_em());
        let from = match style.align {
            Align::Left => x,
            Align::Middle => x - width(text, style.size, style.weight) / 2.0,
            Align::Right => x - width(text, style.size, style.weight),
        };
        let mut pen = Pen { path: PathBuilder::new(), x: from, y, scale };
        for glyph in text.chars().filter_map(|c| face.glyph_index(c)) {
            face.outline_glyph(glyph, &mut pen);
            pen.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
        }
        if let Some(path) = pen.path.finish() {
            self.fill(&path, style.colour);
        }
    }

    /// The sheet as a PNG.
    pub(super) fn png(&self) -> Result<Vec<u8>, Undrawn> {
        let mut packed = Vec::new();
        let mut encoder = png::Encoder::new(&mut packed, self.sheet.width(), self.sheet.height());
        // Opaque: what lies under it is never seen.
        let palette = Palette::of(self.sheet.data());
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(palette.colours);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Default);
        encoder.set_filter(png::FilterType::NoFilter);
        let mut writer = encoder.write_header().map_err(|_| Undrawn)?;
        writer.write_image_data(&palette.dots).map_err(|_| Undrawn)?;
        writer.finish().map_err(|_| Undrawn)?;
        Ok(packed)
    }

    fn fill(&mut self, path: &Path, colour: Rgb) {
        self.sheet.fill_path(path, &paint(colour), FillRule::Winding, Transform::identity(), None);
    }

    fn stroke(&mut self, path: &Path, width: f32, dashed: bool, colour: Rgb) {
        let dash = dashed.then(|| StrokeDash::new(vec![width * 4.0, width * 3.0], 0.0)).flatten();
        let (line_cap, line_join) = (LineCap::Round, LineJoin::Round);
        let stroke = Stroke { width, dash, line_cap, line_join, ..Stroke::default() };
        self.sheet.stroke_path(path, &paint(colour), &stroke, Transform::identity(), None);
    }
}

/// How wide a text is.
pub(super) fn width(text: &str, size: f32, weight: Weight) -> f32 {
    let Some(face) = face(weight) else { return 0.0 };
    let glyphs = text.chars().filter_map(|c| face.glyph_index(c));
    let units: f32 = glyphs.map(|glyph| f32::from(face.glyph_hor_advance(glyph).unwrap_or(0))).sum();
    units * size / f32::from(face.units_per_em())
}

/// A text broken at spaces into at most `most` lines that are no wider than `room`; what is left over ends in «…».
pub(super) fn wrapped(text: &str, size: f32, weight: Weight, room: f32, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let longer = if lines[last].is_empty() { word.to_owned() } else { format!("{} {word}", lines[last]) };
        if lines[last].is_empty() || width(&longer, size, weight) <= room {
            lines[last] = longer;
        } else {
            lines.push(word.to_owned());
        }
    }
    let cut = lines.len() > most;
    lines.truncate(most.max(1));
    for (n, line) in lines.iter_mut().enumerate() {
        let dots = if cut && n + 1 == most.max(1) { "…" } else { "" };
        if width(&format!("{line}{dots}"), size, weight) > room || !dots.is_empty() {
            while !line.is_empty() && width(&format!("{line}…"), size, weight) > room {
                line.pop();
            }
            *line = format!("{}…", line.trim_end());
        }
    }
    lines
}

fn face(weight: Weight) -> Option<&'static Face<'static>> {
    match weight {
        Weight::Regular => REGULAR.as_ref(),
        Weight::Bold => BOLD.as_ref(),
    }
}

fn paint(colour: Rgb) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(colour.0, colour.1, colour.2, 255);
    paint
}

fn rounded(rect: Place, round: f32) -> Option<Path> {
    let rect = Rect::from_xywh(rect.0, rect.1, rect.2, rect.3)?;
    let r = round.min(rect.width() / 2.0).min(rect.height() / 2.0);
    if r <= 0.0 {
        return Some(PathBuilder::from_rect(rect));
    }
    let (x, y, right, bottom) = (rect.left(), rect.top(), rect.right(), rect.bottom());
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    path.line_to(right - r, y);
    path.quad_to(right, y, right, y + r);
    path.line_to(right, bottom - r);
    path.quad_to(right, bottom, right - r, bottom);
    path.line_to(x + r, bottom);
    path.quad_to(x, bottom, x, bottom - r);
    path.line_to(x, y + r);
    path.quad_to(x, y, x + r, y);
    path.close();
    path.finish()
}

/// Puts a glyph's outline into a path: fonts count upwards, pictures downwards.
struct Pen {
    path: PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
