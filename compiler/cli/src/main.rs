//! `machinec`: checks, builds, inspects and explains `.machine` files. Here: from arguments to an exit code.
//!
//! `args` defines all options, `command` has a file for each subcommand, `error` says what can go wrong besides
//! mistakes in sources. Nothing is started or initialised that the subcommand at hand does not need.

mod args;
mod command;
mod error;
mod fix;
mod inspect;
mod output;
mod patch;
mod recording;
mod replace;
mod replay;
mod report;
mod schedules;
mod simulate;
mod sources;
mod watch;

use args::Arguments;
use clap::Parser;
use command::Verdict;
use std::process::ExitCode;

fn main() -> ExitCode {
    // The same program, started a second time to end the commands of a runtime that was killed.
    machine_drivers::guard::main_if_asked();
    let arguments = Arguments::parse();
    match command::run(&arguments) {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Mistakes) => ExitCode::FAILURE,
        Err(error) => {
            output::error(&error, arguments.color);
            ExitCode::from(error.exit_code())
        }
    }
}
