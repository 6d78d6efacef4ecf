//! Measures the whole bot against the sandbox with VK's limits:
//! `cargo run --release -p tests --bin load -- peer_ids|execute|texts|crowd|free [people] [alone]`.

use std::process::ExitCode;

use anyhow::Context;
use tests::load::{Row, run};

fn main() -> ExitCode {
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

fn work() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let row = args.next().and_then(|name| Row::named(&name));
    let row = row.context("which row? peer_ids, execute, texts, crowd or free")?;
    let (mut people, mut alone) = (row.people(), false);
    for arg in args {
        match arg.as_str() {
            "alone" => alone = true,
            number => people = number.parse().context("how many people is a number")?,
        }
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(row, people, alone))
}
