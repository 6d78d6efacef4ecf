//! A night over a region of 1,050 pages at VK's pace: `cargo run -p tests --bin audit`
//!
//! Prints how many calls it took beside how many it may, and the same night with a stop in the middle. `-- --pages 100`
//! for a smaller one; with `--fast` VK has no pace: 1,050 pages with their comments take the best part of an hour by it.

use std::process::ExitCode;

use tests::audit::{self, Region};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (pages, paced) = match &args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (Ok(Region::default().pages), true),
        ["--fast"] => (Ok(Region::default().pages), false),
        ["--pages", n] => (n.parse(), true),
        ["--pages", n, "--fast"] => (n.parse(), false),
        _ => (Ok(0), true),
    };
    let Some(pages) = pages.ok().filter(|pages| *pages > 0) else {
        eprintln!("there are only --pages, with a number, and --fast");
        return ExitCode::FAILURE;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(work(pages, paced))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

async fn work(pages: usize, paced: bool) -> anyhow::Result<()> {
    for stop_after in [None, Some(pages as u64 / 2)] {
        let region = Region { pages, stop_after, paced, ..Region::default() };
        let night = audit::run(&region).await?;
        let stopped = if stop_after.is_some() { ", stopped in the middle" } else { "" };
        println!(
            "{} pages{stopped}: {} calls (at most {}, {:.3} of it) and {} reads of comments (at most {}), {} questions \
             without an answer, {:.1?}{}; {:?}",
            night.pages,
            night.calls,
            night.most,
            night.calls as f64 / night.most as f64,
            night.comments,
            region.comments_a_day,
            night.questions,
            night.took,
            if paced { " at 3 a second" } else { "" },
            night.states
        );
    }
    Ok(())
}
