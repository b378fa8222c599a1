//! All arguments of `machined`. Parsing, help, completions and man page come from these definitions alone.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
    0  it was told to end, by SIGINT or SIGTERM
    1  it cannot start; the message says why
    2  the command line is wrong
   74  a disk failed or is full: start it again when that is mended
  100  another machined runs on the same state directory";

/// Runs compiled tables on this node, for ever
///
/// `machinec build FILE -o DIR` makes tables, `machined run --tables DIR --state STATE` runs them.
#[derive(Debug, Parser)]
#[command(name = "machined", version, after_help = EXIT_CODES, max_term_width = 100, disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Run),
    /// Writes the completions for a shell to standard output
    Completions {
        /// For which shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Writes the man page to standard output
    Man,
}

/// Runs the machines of a directory, and goes on where it was when it ended
///
/// Tables that are added, changed or removed are taken in while it runs; a table that cannot be used leaves the
/// running one as it is. SIGHUP looks at the tables and opens the event file anew.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Run {
    /// The directory that tables are shipped to, as `machinec build -o DIR` makes them; it may be empty. Commands run in
    /// `DIR/NAME` if there is such a directory, else in `DIR`
    #[arg(long, value_name = "DIR")]
    pub(crate) tables: PathBuf,
    /// Where it remembers; made if it is not there. One runtime and one node a directory
    #[arg(long, value_name = "DIR")]
    pub(crate) state: PathBuf,
    /// The node's name in events: letters, digits, `.`, `_` and `-`; the host's name if none is given
    #[arg(long, value_name = "NAME")]
    pub(crate) node: Option<String>,
    /// What is written to standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) output: Output,
    /// What this node knows: a file with one JSON object. It is read again when it changes, and at SIGHUP
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// Append CloudEvents to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) events_file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// A line for people for each thing that happens
    #[default]
    Lines,
    /// CloudEvents, one JSON object a line
    Events,
    /// Nothing
    None,
}
