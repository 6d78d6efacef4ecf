//! Kills the real bot as often as asked: `cargo run --release -p tests --bin crash -- --kills 100 --seed 7`.
//! With `--recipients 10000 --troubles 1` an announcement goes on meanwhile, and VK has troubles of every kind.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use tests::{
    crash::{Plan, run},
    real,
};

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
    let mut plan = Plan {
        kills: 100,
        people: 50,
        seed: 1,
        recipients: 0,
        troubles: false,
        longest_life: Duration::from_secs(3),
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next().with_context(|| format!("{name} needs a number"))?;
        match name.as_str() {
            "--kills" => plan.kills = value.parse()?,
            "--people" => plan.people = value.parse()?,
            "--recipients" => plan.recipients = value.parse()?,
            "--troubles" => plan.troubles = value.parse::<u8>()? > 0,
            "--seed" => plan.seed = value.parse()?,
            _ => bail!(
                "unknown {name}: there are --kills, --people, --recipients, --troubles and --seed, each with a number"
            ),
        }
    }
    real::build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let summary = runtime.block_on(run(plan))?;
    println!("seed {}: {summary}", plan.seed);
    Ok(())
}
