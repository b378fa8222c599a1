//! One file a subcommand.

mod build;
mod check;
mod completions;
mod explain;
mod fmt;
mod graph;
mod inspect;
mod man;
mod new;
mod replay;
mod run;
mod schedule;
mod simulate;
mod test;
mod watch;

use crate::args::{Arguments, Command};
use crate::error::Error;

/// How a command ended when nothing kept it from ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All is well.
    Fine,
    /// Something is wrong, and it has been told.
    Mistakes,
}

/// Carries out one subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<Verdict, Error> {
    let color = arguments.color;
    match &arguments.command {
        Command::Check(it) => check::run(it, color),
        Command::Fmt(it) => fmt::run(it, color),
        Command::Build(it) => build::run(it, color),
        Command::Run(it) => run::run(it, color),
        Command::Test(it) => test::run(it, color),
        Command::Graph(it) => graph::run(it, color),
        Command::Simulate(it) => simulate::run(it, color),
        Command::Inspect(it) => inspect::run(it),
        Command::Replay(it) => replay::run(it, color),
        Command::Schedule(it) => schedule::run(it, color),
        Command::Watch(it) => watch::run(it, color),
        Command::Explain(it) => explain::run(it, color),
        Command::New(it) => new::run(it),
        Command::Completions(it) => completions::run(it),
        Command::Man(it) => man::run(it),
    }
}
