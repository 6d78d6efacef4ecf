//! The `kurator` binary: its commands are in [`kurator::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    kurator::cli::main()
}
