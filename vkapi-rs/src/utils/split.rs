//! Long texts as several messages.
//!
//! VK refuses a message above its limit with error 914, and counts in an undocumented unit; UTF-16 units are never
//! fewer than characters, and all of VK's own offsets are in them.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// UTF-16 units of a message's text. `messages.edit` documents 4096; `messages.send` takes no more in practice.
pub const MAX_TEXT: usize = 4096;

/// Cuts a text into messages of up to [`MAX_TEXT`] UTF-16 units; see [`split_by`].
pub fn split(text: &str) -> Vec<&str> {
    split_by(text, MAX_TEXT)
}

/// Cuts a text into parts of up to `limit` UTF-16 units (at least 2, a character may have that many).
///
/// A cut is made between paragraphs if that leaves the part at least half full, else between lines, else between
/// sentences; else between words, else between letters as people see them, never within an emoji or an accent. Only
/// a single letter longer than the limit is cut inside.
///
/// Nothing but whitespace around the cuts and around the whole text is left out, and no part is blank: a blank text
/// has no parts.
pub fn split_by(text: &str, limit: usize) -> Vec<&str> {
    ranges(text, limit).into_iter().map(|range| &text[range]).collect()
}

/// Where the parts are, in bytes.
pub(crate) fn ranges(text: &str, limit: usize) -> Vec<Range<usize>> {
    let limit = limit.max(2);
    let mut parts = Vec::new();
    let mut rest = skip_blank(text, 0);
    while rest < text.len() {
        let end = reach(text, rest, limit);
        let cut = if skip_blank(text, end) == text.len() { text.len() } else { cut(text, rest, end, limit) };
        let part = rest..trimmed(text, rest, cut);
        // A letter too long for a message may begin with a space, which is then alone.
        if !part.is_empty() {
            parts.push(part);
        }
        rest = skip_blank(text, cut);
    }
    parts
}

/// The farthest end of a letter that the limit lets in; within a letter that is too long by itself.
fn reach(text: &str, from: usize, limit: usize) -> usize {
    let mut left = limit;
    let mut end = from;
    for letter in text[from..].graphemes(true) {
        let units = units(letter);
        if units > left {
            break;
        }
        left -= units;
        end += letter.len();
    }
    if end > from {
        return end;
    }
    for c in text[from..].chars() {
        if c.len_utf16() > left {
            break;
        }
        left -= c.len_utf16();
        end += c.len_utf8();
    }
    end
}

/// The best place to cut `text[from..end]`, which more than whitespace follows.
fn cut(text: &str, from: usize, end: usize, limit: usize) -> usize {
    let gaps: Vec<_> = gaps(text, from, end).collect();
    let half_full = |at: &usize| units(&text[from..*at]) * 2 >= limit;
    let after = |newlines| gaps.iter().rev().find(|gap| gap.newlines >= newlines).map(|gap| gap.start);
    // Sentences and words are bound by other rules than letters, so what they agree upon is looked for.
    let letters = text[from..end].grapheme_indices(true).map(|(at, _)| from + at);
    let letters: Vec<_> = letters.chain([end]).collect();
    let last = |bounds: &mut dyn Iterator<Item = usize>| {
        bounds.take_while(|at| *at <= end).filter(|at| letters.binary_search(at).is_ok()).last()
    };
    let sentence = || {
        let starts = text[from..].split_sentence_bound_indices().map(|(at, _)| from + at);
        last(&mut starts.map(|start| trimmed(text, from, start)))
    };
    let word = || {
        let mut starts = text[from..].split_word_bound_indices().map(|(at, _)| from + at);
        last(&mut starts).filter(|at| *at > from)
    };
    None.or_else(|| after(2).filter(half_full))
        .or_else(|| after(1).filter(half_full))
        .or_else(|| sentence().filter(half_full))
        .or_else(|| after(0))
        .or_else(word)
        .unwrap_or(end)
}

/// Whitespace between words where a line may be broken.
struct Gap {
    start: usize,
    newlines: usize,
}

/// The gaps that begin after `from` and not after `end`.
fn gaps(text: &str, from: usize, end: usize) -> impl Iterator<Item = Gap> {
    let mut letters =
        text[from..].grapheme_indices(true).map(move |(at, letter)| (from + at, letter)).peekable();
    std::iter::from_fn(move || {
        let (start, first) =
            letters.find(|(at, letter)| *at > end || is_gap(letter)).filter(|(at, _)| *at <= end)?;
        let mut newlines = usize::from(first.contains('\n'));
        while let Some((_, letter)) = letters.next_if(|(_, letter)| is_blank(letter)) {
            newlines += usize::from(letter.contains('\n'));
        }
        Some(Gap { start, newlines })
    })
}

fn is_blank(letter: &str) -> bool {
    letter.chars().all(char::is_whitespace)
}

/// No-break spaces hold a number to its word.
fn is_gap(letter: &str) -> bool {
    is_blank(letter) && !letter.contains(['\u{a0}', '\u{2007}', '\u{202f}'])
}

fn skip_blank(text: &str, from: usize) -> usize {
    from + text[from..].graphemes(true).take_while(|letter| is_blank(letter)).map(str::len).sum::<usize>()
}

/// The end of `text[from..to]` without the whitespace at its end.
fn trimmed(text: &str, from: usize, to: usize) -> usize {
    to - text[from..to]
        .graphemes(true)
        .rev()
        .take_while(|letter| is_blank(letter))
        .map(str::len)
        .sum::<usize>()
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
