//! A small Markdown.

use super::{Formatted, is_web};

/// What a backslash takes the meaning of.
const MARKS: [char; 7] = ['\\', '*', '_', '[', ']', '(', ')'];

/// Reads a small Markdown: `**bold**`, `*italic*`, `__underlined__`, `[a link](https://…)`, one inside of another.
///
/// It cannot fail: a mark without its pair, a link to anything but an `http` or `https` address, a mark beside a
/// space (`2 * 2`) or two underscores inside of a word stay as they are written. A backslash makes the mark after
/// it plain; [`escape`] does so for a whole text.
pub fn markdown(source: &str) -> Formatted {
    let mut out = Formatted::new();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        let piece = match c {
            '*' => asterisks(source, at),
            '_' => underscores(source, at),
            '[' => link(source, at),
            _ => None,
        };
        if let Some((piece, end)) = piece {
            out = out.plain(std::mem::take(&mut plain)).plain(piece);
            at = end;
        } else if c == '\\' && source[at + 1..].starts_with(MARKS) {
            plain.push_str(&source[at + 1..at + 2]);
            at += 2;
        } else {
            // A run of marks is plain as a whole, or its end would be tried as a beginning.
            let run = if matches!(c, '*' | '_') { run(source, at, c) } else { c.len_utf8() };
            plain.push_str(&source[at..at + run]);
            at += run;
        }
    }
    out.plain(plain)
}

/// Makes a text mean itself in [`markdown`]: for names and words of strangers.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if MARKS.contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Something formatted, and where it ends in the source.
type Piece = Option<(Formatted, usize)>;

fn asterisks(source: &str, at: usize) -> Piece {
    let opening = run(source, at, '*');
    let inside = at + opening;
    if opening > 3 || source[inside..].starts_with(char::is_whitespace) {
        return None;
    }
    let mut closings = Runs { source, at: inside, mark: '*' }
        .filter(|(start, _)| !source[..*start].ends_with(char::is_whitespace))
        .peekable();
    // Three open both styles: which one is the outer is told by what is closed first.
    let width = match opening {
        3 if closings.peek().is_some_and(|(_, run)| *run == 2) => 1,
        3 => 2,
        width => width,
    };
    let (start, closing) = closings.find(|(_, run)| *run == width || *run == 3)?;
    let end = start + closing;
    let content = markdown(&source[at + width..end - width]);
    let piece = Formatted::new();
    Some((if width == 2 { piece.bold(content) } else { piece.italic(content) }, end))
}

fn underscores(source: &str, at: usize) -> Piece {
    let inside = at + run(source, at, '_');
    let opens = inside - at == 2
        && !source[..at].ends_with(char::is_alphanumeric)
        && !source[inside..].starts_with(char::is_whitespace);
    if !opens {
        return None;
    }
    let (start, _) = Runs { source, at: inside, mark: '_' }.find(|(start, run)| {
        *run == 2
            && !source[..*start].ends_with(char::is_whitespace)
            && !source[start + run..].starts_with(char::is_alphanumeric)
    })?;
    Some((Formatted::new().underline(markdown(&source[inside..start])), start + 2))
}

fn link(source: &str, at: usize) -> Piece {
    let (close, _) = unescaped(source, at + 1).find(|(_, c)| matches!(c, '[' | ']' | '\n'))?;
    let text = &source[at + 1..close];
    let address = close + "](".len();
    if text.is_empty() || !source[close..].starts_with("](") {
        return None;
    }
    let mut depth = 0_usize;
    let length = source[address..].find(|c| {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return true,
            ')' => depth -= 1,
            _ => {}
        }
        false
    })?;
    let url = &source[address..address + length];
    if !is_web(url) {
        return None;
    }
    let piece = Formatted::new().link(markdown(text), url).ok()?;
    Some((piece, address + length + 1))
}

/// How many bytes of `mark` follow each other from `at` on.
fn run(source: &str, at: usize, mark: char) -> usize {
    source[at..].len() - source[at..].trim_start_matches(mark).len()
}

/// The characters from `at` on with their places, but for those after a backslash.
fn unescaped(source: &str, at: usize) -> impl Iterator<Item = (usize, char)> {
    let mut chars = source[at..].char_indices();
    std::iter::from_fn(move || {
        let (offset, c) = chars.next()?;
        if c == '\\' && chars.as_str().starts_with(MARKS) {
            chars.next();
        }
        Some((at + offset, c))
    })
}

/// Runs of a mark: where each starts, and how many there are.
struct Runs<'a> {
    source: &'a str,
    at: usize,
    mark: char,
}

impl Iterator for Runs<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        let (start, _) = unescaped(self.source, self.at).find(|(_, c)| *c == self.mark)?;
        let run = run(self.source, start, self.mark);
        self.at = start + run;
        Some((start, run))
    }
}
