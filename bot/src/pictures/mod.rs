//! Pictures that go into the chat: the eight weeks of a page, a region's summary, a word of thanks, a link as a code. Opaque, so that they read the same in
//! both of VK's themes; large letters, as a phone shows them at a third of their size.

use std::{num::NonZero, sync::LazyLock, thread};

use tokio::sync::Semaphore;

mod canvas;
mod card;
mod code;
mod palette;
mod paper;
mod sheet;
mod summary;
mod thanks;

pub use card::{Card, CardWeek};
pub use code::CodeSheet;
pub use paper::Paper;
pub use summary::Summary;
pub use thanks::Thanks;

/// A picture that could not be drawn: its size or its font is wrong, which is a mistake of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a picture could not be drawn")]
pub struct Undrawn;

/// So many pictures are drawn at once: more than there are cores only take memory, some ten megabytes each.
static TABLES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(tables()));

fn tables() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Draws beside everything else: it takes some milliseconds of a core, in which nobody has to wait for an answer.
///
/// # Errors
/// It could not be drawn, which is a mistake of ours.
pub async fn drawn(
    draw: impl FnOnce() -> Result<Vec<u8>, Undrawn> + Send + 'static,
) -> Result<Vec<u8>, Undrawn> {
    let _table = TABLES.acquire().await.map_err(|_| Undrawn)?;
    tokio::task::spawn_blocking(draw).await.unwrap_or(Err(Undrawn))
}

/// Waits till nothing is being drawn, and says whether anything was: a test whose clock jumps must not jump meanwhile.
#[cfg(test)]
pub async fn finished() -> bool {
    let all = tables();
    if TABLES.available_permits() == all {
        return false;
    }
    drop(TABLES.acquire_many(all as u32).await);
    true
}

#[cfg(test)]
mod tests;
