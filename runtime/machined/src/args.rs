//! All arguments of `machined`. Parsing, help, completions and man page come from these definitions alone.

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::SystemTime;

const EXIT_CODES: &str = "\
Exit codes:
    0  it was told to end, by SIGINT or SIGTERM
    1  it cannot start; the message says why
    2  the command line or the configuration is wrong
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
    Fire(Fire),
    Status(Status),
    Watch(Watch),
    Resend(Resend),
    Config(Config),
    Doctor(Doctor),
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
    /// A TOML file with settings; `machined config` shows all of them. What is given here as well wins
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The directory that tables are shipped to, as `machinec build -o DIR` makes them; it may be empty. Commands run in
    /// `DIR/NAME` if there is such a directory, else in `DIR`
    #[arg(long, value_name = "DIR", required_unless_present = "config")]
    pub(crate) tables: Option<PathBuf>,
    /// Where it remembers; made if it is not there. One runtime and one node a directory
    #[arg(long, value_name = "DIR", required_unless_present = "config")]
    pub(crate) state: Option<PathBuf>,
    /// The node's name in events: letters, digits, `.`, `_` and `-`; the host's name if none is given
    #[arg(long, value_name = "NAME")]
    pub(crate) node: Option<String>,
    /// What is written to standard output; lines if nothing else is said
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) output: Option<Output>,
    /// What this node knows: a file with one JSON object. It is read again when it changes, and at SIGHUP
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// Append CloudEvents to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) events_file: Option<PathBuf>,
}

const DOCTOR_EXIT_CODES: &str = "\
Exit codes:
    0  it works; there may be warnings
    1  something is at fault; each line says what, and the way out
    2  the command line or the configuration is wrong";

/// Looks whether the node gets what it wants of NATS and of a collector, and says what is wrong and what to do about it
///
/// Of NATS: name, connection, TLS, who the node is, permissions, JetStream, the stream with its subjects and limits, and the
/// buckets of its machines and limits. Of a webhook: whether somebody listens there. Of a collector of OpenTelemetry: whether
/// it takes what it is sent. Of a runtime that runs now: whether its events arrive. It changes nothing, and stores nothing.
#[derive(Args, Debug)]
#[command(after_help = DOCTOR_EXIT_CODES)]
pub(crate) struct Doctor {
    /// The configuration that the node runs with
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// The state directory, unless the configuration names it: the runtime on it is asked whether its events arrive
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// As JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// Writes a configuration with every setting and its default to standard output, or checks one
#[derive(Args, Debug)]
pub(crate) struct Config {
    /// Check this file instead, and say what is wrong with it
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

const ASK_EXIT_CODES: &str = "\
Exit codes:
    0  it is done
    1  it is not: no runtime, no such machine or event, a field that is missing or wrong; the message says what
    2  the command line is wrong
    3  the event is recorded, but the machine does not answer it where it is";

/// Sends a machine an event, and waits until what it led to is durable
///
/// The event has to be declared `from operator`: `event maintenance(reason: string) from operator`.
#[derive(Args, Debug)]
#[command(after_help = ASK_EXIT_CODES)]
pub(crate) struct Fire {
    /// The machine
    #[arg(value_name = "MACHINE")]
    pub(crate) machine: String,
    /// The event
    #[arg(value_name = "EVENT")]
    pub(crate) event: String,
    /// Its fields: `reason="new filter" for=2h`
    #[arg(value_name = "NAME=VALUE", value_parser = field)]
    pub(crate) fields: Vec<(String, String)>,
    /// The state directory of the runtime
    #[arg(long, value_name = "DIR")]
    pub(crate) state: PathBuf,
}

/// Shows how the machines of a running node are
///
/// State and since when, version, data, watchers with a fault; never a secret.
#[derive(Args, Debug)]
#[command(after_help = ASK_EXIT_CODES)]
pub(crate) struct Status {
    /// One machine; all of them without it
    #[arg(value_name = "MACHINE")]
    pub(crate) machine: Option<String>,
    /// All that is known, as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// The state directory of the runtime
    #[arg(long, value_name = "DIR")]
    pub(crate) state: PathBuf,
}

const WATCH_HELP: &str = "\
Kinds of events:
    transition  a machine went from one state to another
    outcome     a watcher reported
    fault       something went wrong: faults of watchers and calculations, refusals, drops
    event       events of the author's own
    operator    events that operators sent
    timer       timers were armed or are over
    log         lines for people, and warnings
    life        machines and the node start and stop, tables come and go
    or a type of CloudEvent, in which * stands for any text: `machine.v1.*`

Exit codes:
    0  it was interrupted, nobody reads any more, or all is shown
    1  there is no runtime to watch, or its journal cannot be read; the message says why
    2  the command line is wrong";

/// Shows what happens on a running node, a line each, until Ctrl-C
///
/// From now on, or since some moment that the journal still has. It goes on when the runtime is started again. Events that
/// are missing are said to be so. However slowly somebody reads, the node is not held up.
#[derive(Args, Debug)]
#[command(after_help = WATCH_HELP)]
pub(crate) struct Watch {
    /// Only these machines; `*` stands for any text
    #[arg(value_name = "MACHINE")]
    pub(crate) machines: Vec<String>,
    /// The state directory of the runtime
    #[arg(long, value_name = "DIR")]
    pub(crate) state: PathBuf,
    /// What happened before, too: `1h30m` ago, or since `14:30` or `2026-01-31 14:30`
    #[arg(long, value_name = "WHEN", value_parser = machine_host::watch::moment)]
    pub(crate) since: Option<SystemTime>,
    /// Only events of this kind; may be given several times
    #[arg(long, value_name = "KIND", value_parser = machine_host::watch::Filter::kind)]
    pub(crate) kind: Vec<String>,
    /// Only this outcome of watchers: `failed`, or with the watcher, `air.failed`; may be given several times
    #[arg(long, value_name = "OUTCOME")]
    pub(crate) outcome: Vec<String>,
    /// CloudEvents as JSON, one a line
    #[arg(long)]
    pub(crate) json: bool,
    /// End when all that there is has been shown
    #[arg(long)]
    pub(crate) no_follow: bool,
}

/// Has events sent again to wherever this node brings them
///
/// A reader who misses some asks for them by their numbers. They are sent byte for byte as they were; the journal holds
/// them as long as the configuration says.
#[derive(Args, Debug)]
#[command(after_help = RESEND_EXIT_CODES)]
pub(crate) struct Resend {
    /// The machine; `@` for the node itself
    #[arg(value_name = "MACHINE")]
    pub(crate) machine: String,
    /// The numbers of the first and the last event: `5..9`, or one number
    #[arg(value_name = "FROM..TO", value_parser = range)]
    pub(crate) range: (u64, u64),
    /// The state directory of the runtime
    #[arg(long, value_name = "DIR")]
    pub(crate) state: PathBuf,
}

const RESEND_EXIT_CODES: &str = "\
Exit codes:
    0  they are on their way
    1  they are not: no runtime, nothing that brings events elsewhere, or the journal does not hold them
    2  the command line is wrong
    3  some of them are, and the others are not in the journal any more";

fn range(text: &str) -> Result<(u64, u64), String> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if (1..=last).contains(&first) => Ok((first, last)),
        _ => Err("write two numbers from 1, the smaller one first, as in `5..9`".to_owned()),
    }
}

fn field(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a field needs a name and a value, as in `reason=filter`".to_owned()),
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Output {
    /// A line for people for each thing that happens
    #[default]
    Lines,
    /// CloudEvents, one JSON object a line
    Events,
    /// Nothing
    None,
}
