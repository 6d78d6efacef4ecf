use anyhow::Context;
use vk_sandbox::ChatMessage;

/// How an offered choice is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By a callback button under this message, by row and column.
    Press(i64, usize, usize),
    /// By typing a number.
    Type(String),
}

/// A choice that a message offers and whose label is as wanted: a button, or in its absence a numbered line.
pub(crate) fn choice(message: &ChatMessage, wanted: impl Fn(&str) -> bool) -> anyhow::Result<How> {
    let rows = message.keyboard.as_ref().and_then(|keyboard| keyboard["buttons"].as_array());
    for (row, buttons) in rows.into_iter().flatten().enumerate() {
        for (column, button) in buttons.as_array().into_iter().flatten().enumerate() {
            if button["action"]["label"].as_str().is_some_and(&wanted) {
                return Ok(How::Press(message.cmid, row, column));
            }
        }
    }
    let lines = message.text.lines().filter_map(|line| line.split_once(". "));
    let mut numbered = lines.filter(|(number, _)| number.chars().all(|c| c.is_ascii_digit()));
    let line = numbered.find(|(_, label)| wanted(label)).map(|(number, _)| How::Type(number.to_owned()));
    line.with_context(|| format!("no such choice in {message:#?}"))
}

/// The steps of a shown checklist that are ticked, by their numbers from 0.
pub(crate) fn ticked(text: &str) -> Vec<usize> {
    let marked = text.lines().filter_map(|line| line.strip_prefix("✅ "));
    marked.filter_map(|line| line.split_once(". ")?.0.parse::<usize>().ok()?.checked_sub(1)).collect()
}
