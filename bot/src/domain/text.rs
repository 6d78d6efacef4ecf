//! Text as people type it: what counts as the same label, and what may be kept of a typed line.

/// The label without what people leave out or add when they type it: case, «ё», spaces, signs, a leading number.
pub fn folded(text: &str) -> String {
    let lower = text.to_lowercase().replace('ё', "е");
    let kept: String = lower.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect::<String>();
    let mut words: Vec<&str> = kept.split_whitespace().collect();
    if words.len() > 1 && words.first().is_some_and(|w| w.chars().all(|c| c.is_ascii_digit())) {
        words.remove(0);
    }
    words.join(" ")
}

/// One line without control characters, cut to `max` characters; `None` if nothing is left.
pub fn line(text: &str, max: usize) -> Option<String> {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let joined = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = joined.chars().take(max).collect();
    let cut = cut.trim_end().to_owned();
    (!cut.is_empty()).then_some(cut)
}

/// The first line that has something to read, cut to `max` characters with «…» at a word's end; empty if there is none.
pub fn begins(text: &str, max: usize) -> String {
    let line = text.lines().find(|l| l.chars().any(char::is_alphanumeric)).unwrap_or_default();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= max {
        return line;
    }
    let kept: String = line.chars().take(max.saturating_sub(1)).collect();
    let whole = kept.rsplit_once(' ').map_or(kept.as_str(), |(whole, _)| whole);
    format!("{}…", whole.trim_end_matches([',', '.', ':', ';', ' ', '—']))
}

/// Whether a text has this whole number in it, written in digits.
pub fn has_number(text: &str, number: i64) -> bool {
    let digits = number.to_string();
    text.match_indices(&digits).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + digits.len()..].chars().next();
        ![before, after].into_iter().flatten().any(|c| c.is_ascii_digit())
    })
}

/// Insertions, deletions, replacements and swaps of neighbours between two words, if at most `allowed`.
pub fn distance(a: &[char], b: &[char], allowed: usize) -> Option<usize> {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut cost = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row.push(cost);
        }
        if row.iter().min().is_none_or(|least| *least > allowed) {
            return None;
        }
        before = above;
        above = row;
    }
    above.last().copied().filter(|d| *d <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_known_however_it_is_typed() {
        for typed in ["Чек-листы", "чек листы", "1. ЧЕК-ЛИСТЫ", "1) Чек-листы ✅"]
        {
            assert_eq!(folded(typed), "чек листы");
        }
        assert_eq!(folded("Обучение"), folded("ОБУЧЕНИЕ!"));
        assert_eq!(folded("Ещё"), "еще");
        assert_eq!(folded("3"), "3", "a bare number stays a number");
    }

    #[test]
    fn a_number_is_found_whole_or_not_at_all() {
        for text in ["7", r#"{"a":"cover","whose":7}"#, "№7,", "17 и 7"] {
            assert!(has_number(text, 7), "{text}");
        }
        for text in ["", "17", "70", "7071", "семь"] {
            assert!(!has_number(text, 7), "{text}");
        }
    }

    #[test]
    fn a_typed_line_is_one_line_within_its_length() {
        assert_eq!(line("  Тамбов\n\tг.о. ", 60).as_deref(), Some("Тамбов г.о."));
        assert_eq!(line("абвгд", 3).as_deref(), Some("абв"));
        assert_eq!(line(" \u{0}\n ", 10), None);
    }
}
