//! Transcripts: what people write and press is read from a file and played; what the bot answers is written into it.
//!
//! How a transcript is written is told in `dialogues/README.md`.

mod answers;
mod camera;
mod cast;
mod player;
mod script;

use anyhow::Context;

use self::player::Player;

/// Plays a transcript; returns it with the answers the bot gave now.
///
/// # Errors
/// A line that is no command, a button that is not there, a bot that fails or does not come to rest.
pub async fn play(written: &str) -> anyhow::Result<String> {
    let blocks = script::read(written)?;
    let any = |of: fn(&script::Command) -> bool| {
        blocks.iter().filter_map(|block| block.command.as_ref()).any(|(_, command)| of(command))
    };
    let (restarts, sees) = (any(script::Command::restarts), any(script::Command::sees));
    let mut player = Player::start(restarts, sees).await?;
    let mut out = Vec::new();
    for block in &blocks {
        out.push(block.text.clone());
        if let Some((line, command)) = &block.command {
            let answers =
                player.play(command).await.with_context(|| format!("строка {line}: {}", block.text))?;
            out.extend(answers);
        }
    }
    player.end().await?;
    Ok(out.join("\n\n") + "\n")
}
