//! A night over a region of 1,050 pages at VK's pace: `cargo run -p tests --bin audit`
//!
//! Prints how many calls it took beside how many it may, and the same with the real bot, killed five times with SIGKILL in
//! the middle: no page that was written down is read again, the one in hand at a kill may be. `-- --pages 100` for a smaller
//! one; with `--fast` VK has no pace in the first night, and the killed one, which always keeps it, is over a hundred
//! pages: 1,050 with their comments take the best part of an hour by it.

use std::process::ExitCode;

use tests::{
    audit::{self, Night, Region, killed},
    real,
};

/// How often the bot is killed.
const KILLS: usize = 5;
/// The killed night with `--fast`: pages, and posts whose comments are read.
const FEW: (usize, u32) = (100, 60);

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
    let region = Region { pages, paced, ..Region::default() };
    let night = audit::run(&region).await?;
    told("", &night, region.comments_a_day, paced);
    real::build()?;
    let (pages, comments_a_day) =
        if paced { (pages, region.comments_a_day) } else { (pages.min(FEW.0), FEW.1) };
    let killed = killed::run(pages, KILLS, comments_a_day, 7).await?;
    let how = format!(
        ", killed {} times with SIGKILL, {} walls read again (at most one a kill)",
        killed.kills, killed.again
    );
    told(&how, &killed.night, comments_a_day, true);
    Ok(())
}

fn told(how: &str, night: &Night, comments_a_day: u32, paced: bool) {
    println!(
        "{} pages{how}: {} calls (at most {}, {:.3} of it) and {} reads of comments (at most {comments_a_day}), {} \
         questions without an answer, {:.1?}{}; {:?}",
        night.pages,
        night.calls,
        night.most,
        night.calls as f64 / night.most as f64,
        night.comments,
        night.questions,
        night.took,
        if paced { " at 3 a second" } else { "" },
        night.states
    );
}
