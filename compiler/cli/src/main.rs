//! `machinec`: checks, builds, inspects and explains `.machine` files. Here: from arguments to an exit code.
//!
//! `args` defines all options, `command` has a file for each subcommand, `error` says what can go wrong besides
//! mistakes in sources. Nothing is started or initialised that the subcommand at hand does not need.

mod args;
mod command;
mod error;
mod inspect;
mod output;
mod report;
mod sources;

use args::Arguments;
use clap::Parser;
use command::Verdict;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let verdict = command::run(&arguments).unwrap_or_else(|error| {
        output::error(&error, arguments.color);
        Verdict::Mistakes
    });
    match verdict {
        Verdict::Fine => ExitCode::SUCCESS,
        Verdict::Mistakes => ExitCode::FAILURE,
    }
}
