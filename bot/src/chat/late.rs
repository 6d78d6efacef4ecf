//! Answers to what people said while the bot was away.

use super::{Say, Screen, Turn};
use crate::content::Texts;

/// A note that would make a text longer than this goes before it as a message of its own; VK takes 4096 UTF-16 units.
const ROOM: usize = 3_800;

/// Makes a turn the answer to something said long ago: all it says comes anew, as nobody sees that an old message has
/// changed, and a line that would be shown for a moment is a message. `told` begins it with a word on the wait.
pub(crate) fn answer_late(turn: &mut Turn, texts: &Texts, told: bool) {
    for say in &mut turn.says {
        say.edit = None;
    }
    if let Some(line) = turn.snackbar.take().filter(|_| turn.says.is_empty()) {
        turn.says.push(Say { screen: Screen::text(line), edit: None, file: None });
    }
    let Some(first) = turn.says.first_mut().filter(|_| told) else { return };
    let note = texts.get("late");
    if first.screen.text.encode_utf16().count() > ROOM {
        turn.says.insert(0, Say { screen: Screen::text(note), edit: None, file: None });
    } else {
        first.screen.text = format!("{note}\n\n{}", first.screen.text);
    }
}
