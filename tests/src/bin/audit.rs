//! A night over a region of 1,050 pages at VK's pace: `cargo run -p tests --bin audit`
//!
//! Prints how many calls it took beside how many it may, and the same night with a stop in the middle. `-- --pages 100`
//! for a smaller one.

use std::process::ExitCode;

use tests::audit::{self, Region};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let pages = match (args.next().as_deref(), args.next().map(|n| n.parse())) {
        (None, _) => Region::default().pages,
        (Some("--pages"), Some(Ok(n))) => n,
        _ => {
            eprintln!("there is only --pages, with a number");
            return ExitCode::FAILURE;
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(work(pages))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

async fn work(pages: usize) -> anyhow::Result<()> {
    for stop_after in [None, Some(pages as u64 / 2)] {
        let region = Region { pages, stop_after, paced: true, ..Region::default() };
        let night = audit::run(&region).await?;
        let stopped = if stop_after.is_some() { ", stopped in the middle" } else { "" };
        println!(
            "{} pages{stopped}: {} calls (at most {}, {:.3} of it) and {} reads of comments (at most {}), {} questions \
             without an answer, {:.1?} at 3 a second; {:?}",
            night.pages,
            night.calls,
            night.most,
            night.calls as f64 / night.most as f64,
            night.comments,
            region.comments_a_day,
            night.questions,
            night.took,
            night.states
        );
    }
    Ok(())
}
