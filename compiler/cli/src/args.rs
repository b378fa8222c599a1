//! All arguments of `machinec`. Parsing, help, completions and man pages come from these definitions alone.

// Doc comments here are help texts, shown as they are written.
#![allow(rustdoc::broken_intra_doc_links)]

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use machine_compiler::diagnostic::{Code, code, render, suggest};
use machine_stdlib::TEMPLATES;
use std::path::PathBuf;
use std::time::SystemTime;

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  there are mistakes in a source, or a file or table cannot be used
  2  the command line is wrong";

const FMT_EXIT_CODES: &str = "\
Exit codes:
  0  all is in the canonical form now
  1  there are mistakes in a source, or a file cannot be used; with --check, also: a file is not in the canonical form
  2  the command line is wrong";

const REPLAY_EXIT_CODES: &str = "\
Exit codes:
  0  every machine goes where it went
  1  some machine goes another way; or there are mistakes in a source, or a file cannot be used
  2  the command line is wrong";

const DIFF_EXIT_CODES: &str = "\
Exit codes:
  0  nothing was found that differs
  1  something differs
  2  the command line is wrong, there are mistakes in a source, or a file or table cannot be used";

const RUN_EXIT_CODES: &str = "\
Exit codes:
    0  it was told to end, or nobody reads its output any more
    1  there are mistakes in a source, or it cannot start
    2  the command line is wrong
   74  a disk failed or is full
  100  another runtime uses the same state directory";

const TEST_EXIT_CODES: &str = "\
Exit codes:
  0  all tests pass
  1  a test fails, or they touch less than `--min` asks for; or there are mistakes in a source
  2  the command line is wrong, or no test is meant by it";

/// Checks, builds, runs and explains `.machine` files
#[derive(Debug, Parser)]
#[command(name = "machinec", version, after_help = EXIT_CODES, max_term_width = 100, disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// When to use colours; `auto` looks at the terminal, NO_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", alias = "colour")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    Fmt(Fmt),
    Build(Build),
    Run(Run),
    Test(Test),
    Graph(Graph),
    Simulate(Simulate),
    Inspect(Inspect),
    Replay(Replay),
    Diff(Diff),
    Schedule(Schedule),
    Events(Events),
    Watch(Box<Watch>),
    Explain(Explain),
    New(New),
    Completions(Completions),
    Man(Man),
}

/// Finds all mistakes of all files in one run
///
/// What a file uses is checked with it. Mistakes are written to standard error; with `--format json` or `sarif` to
/// standard output.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Check {
    /// Sources; a folder stands for all `.machine` files below it, `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Put right in the files named here what can have been meant in one way only, then tell what is left
    #[arg(long)]
    pub(crate) fix: bool,
    /// Tell on standard output what each machine takes at most: transitions and commands an hour, watchers, memory
    #[arg(long)]
    pub(crate) report: bool,
    #[command(flatten)]
    pub(crate) reporting: Reporting,
}

/// Writes each file in the canonical form: indentation, line breaks, columns
///
/// Comments and the program stay as they are. A file with mistakes in its syntax is left alone. What standard input
/// holds, `-`, goes to standard output.
#[derive(Args, Debug)]
#[command(after_help = FMT_EXIT_CODES)]
pub(crate) struct Fmt {
    /// Sources; a folder stands for all `.machine` files below it, `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Change nothing; show on standard output what would change, with `--quiet` only in which files
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) reporting: Reporting,
}

/// Compiles each machine into a table, `NAME.table`
///
/// Nothing is written when there is a mistake anywhere. The same sources give the same bytes on every computer. Tables are
/// made of the machines and instances of the files that are named here; what those files `use` is checked, and not built:
/// name a file too if its machines are to run.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Build {
    /// Sources; a folder stands for all `.machine` files below it, `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Where the tables go; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// What to leave out of the tables, to make them smaller
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) strip: Option<Strip>,
    #[command(flatten)]
    pub(crate) reporting: Reporting,
}

/// Compiles in memory and runs here, until Ctrl-C
///
/// Needs no configuration and no network. Commands run in the folder of their source; those of an instance in the folder
/// where the instance is written. Only machines of the files that are named here run; what they `use` is checked. What
/// happens is written to standard output: a line for each thing, or CloudEvents.
///
/// Lines of standard input are events from an operator: `maintenance reason="new filter"`, or `hvac_lab.maintenance …`
/// where several machines take it. A line that is not understood is answered with those that would be. The end of the
/// input ends nothing.
#[derive(Args, Debug)]
#[command(after_help = RUN_EXIT_CODES)]
pub(crate) struct Run {
    /// Sources; a folder stands for all `.machine` files below it
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Write CloudEvents to standard output, one JSON object a line
    #[arg(long)]
    pub(crate) events: bool,
    /// Append CloudEvents to this file too
    #[arg(long, value_name = "FILE")]
    pub(crate) events_file: Option<PathBuf>,
    /// What this node knows: a file with one JSON object, read again when it changes
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// Remember here, so that the next run goes on where this one ended; without it, every run begins anew
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// The node's name in events; the host's name if none is given
    #[arg(long, value_name = "NAME")]
    pub(crate) node: Option<String>,
    #[command(flatten)]
    pub(crate) reporting: Reporting,
}

/// Runs the tests of sources, in virtual time
///
/// A day passes in about a millisecond: machines run as on a node, with the clock, commands and files replaced by what the
/// test says. Tests share nothing and run all at once. What is not as expected is told with what happened until then.
#[derive(Args, Debug)]
#[command(after_help = TEST_EXIT_CODES)]
pub(crate) struct Test {
    /// Sources; a folder stands for all `.machine` files below it
    #[arg(default_value = ".", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only tests that have this text in their names; more than once: one of these
    #[arg(short, long = "name", value_name = "TEXT")]
    pub(crate) names: Vec<String>,
    /// Only tests of this machine; more than once: of these
    #[arg(short, long = "machine", value_name = "NAME")]
    pub(crate) machines: Vec<String>,
    /// Only show which tests there are
    #[arg(short, long)]
    pub(crate) list: bool,
    /// How the results are written
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: TestFormat,
    /// What random runs are drawn from, where a test does not say it; else another one each time, which is told
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// Show how much of each machine the tests touch, and what they do not
    #[arg(long)]
    pub(crate) coverage: bool,
    /// Fail if the tests touch less than so much of a machine
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) min: Option<u8>,
    /// Write what the tests touch to this file, one JSON object a machine
    #[arg(long, value_name = "FILE")]
    pub(crate) coverage_file: Option<PathBuf>,
    /// Make one mistake after the other in each machine, and show those that no test notices
    #[arg(long)]
    pub(crate) mutate: bool,
    /// Run the tests again whenever a source changes
    #[arg(short, long)]
    pub(crate) watch: bool,
    /// Run nothing; write what was recorded in this file of events as tests
    #[arg(long, value_name = "EVENTS", conflicts_with_all = ["list", "watch", "coverage", "mutate"])]
    pub(crate) from: Option<PathBuf>,
}

impl Test {
    /// Programs read standard output.
    pub(crate) fn is_silent(&self) -> bool {
        self.format != TestFormat::Human
    }

    /// How mistakes in the sources are told.
    pub(crate) fn reporting(&self) -> Reporting {
        Reporting { format: Format::Rich, quiet: self.is_silent() }
    }
}

/// How the results of tests are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// A line a test, and what happened where it fails
    #[default]
    Human,
    /// One JSON object a line
    Json,
    /// The Test Anything Protocol
    Tap,
    /// JUnit's XML, for build servers
    Junit,
}

/// Draws machines as pictures, also those with mistakes
///
/// The picture shows what stands in the source: boxes for states, arrows for handlers that lead somewhere. What a handler
/// leads to and is not there is drawn dashed, with a question mark. SVG needs no tool to be seen; `dot` is for Graphviz, and
/// `mermaid` for pages that draw it.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Graph {
    /// Sources; a folder stands for all `.machine` files below it, `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// In which form
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: Drawing,
    /// Only this machine, template or instance
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// Where the picture goes, instead of standard output; in a folder it is called `NAME.svg`, and there may be several
    #[arg(short, long, value_name = "FILE|DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Draw in a way: states and events with commas between them, `idle,air.failed,running`; events may be left out
    #[arg(long, value_name = "A,B,…", conflicts_with = "coverage")]
    pub(crate) path: Option<String>,
    /// Draw in where tests went: a file that `machinec test --coverage-file` wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) coverage: Option<PathBuf>,
}

/// Tries machines out by hand: events and time are what you type
///
/// Nothing is run and no time passes by itself: you say what watchers report, what operators send and how much time
/// goes by, and see what the machines do and why. Schedules go by the calendar. `help` lists what can be typed. From a pipe,
/// each line is shown with what it leads to.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Simulate {
    /// Sources; a folder stands for all `.machine` files below it
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only this machine or instance; what it hears of the others is what you type
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// What clock and calendar show at the beginning, as in "2026-03-29 01:55 in Europe/Berlin"; without a zone, in UTC
    #[arg(long, value_name = "TIME")]
    pub(crate) start: Option<String>,
}

/// Shows all that is in a table
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Inspect {
    /// A file that `machinec build` wrote
    #[arg(value_name = "TABLE")]
    pub(crate) table: PathBuf,
    /// As one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Runs what nodes recorded through the same or a changed machine, and tells where it would have gone another way
///
/// The file holds CloudEvents, one JSON object a line, as `machinec run --events-file` and nodes write them. Each machine that
/// is both in the file and in the sources is given what was reported, sent and told to it then, at the same times; its timers run in
/// virtual time.
#[derive(Args, Debug)]
#[command(after_help = REPLAY_EXIT_CODES)]
pub(crate) struct Replay {
    /// What was recorded
    #[arg(value_name = "EVENTS")]
    pub(crate) events: PathBuf,
    /// Sources of the machines; a folder stands for all `.machine` files below it
    #[arg(long, value_name = "FILE", default_value = ".")]
    pub(crate) with: Vec<PathBuf>,
    /// Only this machine
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// What the node knew then and the recording does not say: a file with one JSON object
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// So many seconds sooner or later is the same time: on a busy node, timers fire late
    #[arg(long, value_name = "SECONDS", default_value_t = 1)]
    pub(crate) tolerance: u32,
    /// One JSON object a machine
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) reporting: Reporting,
}

/// Tells what the machines of two versions do differently
///
/// First what a running machine would meet when the new version takes over: states without an image, data that changes its
/// type, what it is allowed beyond. Then both are run side by side through all that can happen, the shortest ways first, up
/// to the first difference that somebody outside could see. Each version is a source, a folder, or a table.
#[derive(Args, Debug)]
#[command(after_help = DIFF_EXIT_CODES)]
pub(crate) struct Diff {
    /// The version that there was: a source, a folder of sources or tables, or a table
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The version that there is now
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// Only this machine
    #[arg(long, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// Look at so many pairs of what both can be at most
    #[arg(long, value_name = "PAIRS", default_value_t = 20_000)]
    pub(crate) most: u32,
    /// One JSON object a machine
    #[arg(long)]
    pub(crate) json: bool,
}

/// Shows when the schedules of each machine come next
///
/// Each slot as clocks show it in the zone of its line, and in UTC. Days on which the clocks are changed are marked. Zones
/// are those that are built in.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Schedule {
    /// Sources; a folder stands for all `.machine` files below it, `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How many slots of each
    #[arg(short = 'n', long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) count: u16,
    /// Those behind this time, `2026-03-28` or `2026-03-28T12:00:00Z`; now if none is given
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) from: Option<i64>,
    /// As one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) reporting: Reporting,
}

/// Shows what machines tell: every event, its type and what it carries
///
/// With the names that the source gives: its own events with typed fields, transitions, timers, and what each watcher
/// reports. Without a file, every type of event that the runtime has.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Events {
    /// Sources; a folder stands for all `.machine` files below it, `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// As one JSON schema (2020-12) that each event of these machines keeps
    #[arg(long, conflicts_with_all = ["asyncapi", "schema"], requires = "files")]
    pub(crate) json_schema: bool,
    /// As AsyncAPI 3, a channel a machine
    #[arg(long, conflicts_with = "schema", requires = "files")]
    pub(crate) asyncapi: bool,
    /// One schema: that of the `data` of a type, by the type or as `dataschema` of an event says; `event` is what all have
    #[arg(long, value_name = "NAME")]
    pub(crate) schema: Option<String>,
    #[command(flatten)]
    pub(crate) reporting: Reporting,
}

const WATCH_HELP: &str = "\
Kinds of events:
  transition  a machine went from one state to another
  outcome     a watcher reported
  fault       something went wrong: faults of watchers and calculations, refusals, drops, conflicts
  event       events of the author's own
  operator    events that operators sent
  timer       timers were armed or are over
  log         lines for people, and warnings
  life        machines and nodes start and stop, tables come and go
  or a type of CloudEvent, in which * stands for any text: `machine.v1.*`

Exit codes:
  0  it was interrupted, nobody reads any more, or all is shown
  1  there is nothing to watch on this server; the message says why
  2  the command line is wrong";

/// Shows what happens on a whole fleet, a line each, from a NATS server, until Ctrl-C
///
/// Reads the streams that nodes publish to, also those of Choria. Events that are missing are said to be so, by node and
/// machine; so is a second node that writes under a name that is not its own. It goes on after every break where it was.
#[derive(Args, Debug)]
#[command(after_help = WATCH_HELP)]
pub(crate) struct Watch {
    /// A NATS server; may be given several times for those of one cluster
    #[arg(long, default_value = "nats://127.0.0.1:4222", value_name = "URL")]
    pub(crate) server: Vec<String>,
    /// Only these nodes; `*` stands for any text; may be given several times
    #[arg(long, value_name = "NODE")]
    pub(crate) node: Vec<String>,
    /// Only these machines; `*` stands for any text; may be given several times
    #[arg(long, value_name = "MACHINE")]
    pub(crate) machine: Vec<String>,
    /// Only events of this kind; may be given several times
    #[arg(long, value_name = "KIND", value_parser = machine_host::watch::Filter::kind)]
    pub(crate) kind: Vec<String>,
    /// Only this outcome of watchers: `failed`, or with the watcher, `air.failed`; may be given several times
    #[arg(long, value_name = "OUTCOME")]
    pub(crate) outcome: Vec<String>,
    /// What happened before, too: `1h30m` ago, or since `14:30` or `2026-01-31 14:30`
    #[arg(long, value_name = "WHEN", value_parser = machine_host::watch::moment)]
    pub(crate) since: Option<SystemTime>,
    /// End when all that there is has been shown
    #[arg(long)]
    pub(crate) no_follow: bool,
    /// CloudEvents as JSON, one a line
    #[arg(long)]
    pub(crate) json: bool,
    /// The subjects that events are on; those of this project and of Choria if none is given
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) subject: Vec<String>,
    /// The stream that they are in; looked up by subject if it is not given
    #[arg(long, value_name = "NAME")]
    pub(crate) stream: Option<String>,
    /// A credentials file, as `nsc` writes it
    #[arg(long, value_name = "FILE")]
    pub(crate) creds: Option<PathBuf>,
    /// A file with the seed of an NKey
    #[arg(long, value_name = "FILE")]
    pub(crate) nkey: Option<PathBuf>,
    /// User name
    #[arg(long, value_name = "NAME", requires = "password_file")]
    pub(crate) user: Option<String>,
    /// A file with the password on its first line
    #[arg(long, value_name = "FILE", requires = "user")]
    pub(crate) password_file: Option<PathBuf>,
    /// Certificates of the authority that the server's has to come from; the system's if not given
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// A certificate to show the server
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) certificate: Option<PathBuf>,
    /// Its key
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) key: Option<PathBuf>,
}

/// Explains a mistake, with a wrong and a right example, or a standard template; without a word, lists all of them
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Explain {
    /// The number of a mistake, `E0203`, or its name, `unknown-outcome`; or a template, `std/service`
    #[arg(value_name = "CODE", value_parser = known_topic)]
    pub(crate) topic: Option<Topic>,
}

/// What can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// A mistake.
    Code(Code),
    /// A template of the standard library, without `std/`.
    Template(&'static str),
}

/// Makes a folder with a commented machine that runs, and its scripts
///
/// Nothing that is already there is overwritten.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct New {
    /// What the machine is called
    #[arg(value_name = "NAME", value_parser = machine_name)]
    pub(crate) name: String,
    /// The folder; `./NAME` if none is given
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// Writes the completions for a shell to standard output
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Completions {
    /// For which shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// Writes the man page to standard output, or all pages into a folder
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Man {
    /// Where one page a subcommand goes; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}

/// How mistakes are told.
#[derive(Args, Debug)]
pub(crate) struct Reporting {
    /// How mistakes are written
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: Format,
    /// Say nothing but what is wrong
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl Reporting {
    /// Nothing is to be said to people but what is wrong.
    pub(crate) fn is_silent(&self) -> bool {
        self.quiet || matches!(self.format, Format::Json | Format::Sarif)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The lines of the source, with what is wrong drawn under them
    #[default]
    Rich,
    /// One line each, FILE:LINE:COLUMN: error[CODE]: …; for editors and logs
    Short,
    /// Sentences instead of drawings, for screen readers
    Narrated,
    /// One JSON object a line, on standard output
    Json,
    /// One SARIF 2.1.0 document, on standard output; for code hosts and review tools
    Sarif,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Drawing {
    /// A picture that every browser shows
    #[default]
    Svg,
    /// For Graphviz
    Dot,
    /// For pages that draw Mermaid
    Mermaid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Strip {
    /// Doc comments
    Docs,
    /// Doc comments and all names but the machine's: states and watchers are then called by number
    Names,
}

impl From<Format> for render::Form {
    fn from(format: Format) -> Self {
        match format {
            Format::Rich => Self::Rich,
            Format::Short => Self::Short,
            Format::Narrated => Self::Narrated,
            Format::Json => Self::Json,
            Format::Sarif => Self::Sarif,
        }
    }
}

fn time(text: &str) -> Result<i64, String> {
    let found = machine_calendar::read_time(text);
    found.ok_or_else(|| {
        "a time is written like `2026-03-28`, `2026-03-28T12:00:00` (in UTC) or `2026-03-28T12:00:00+01:00`".to_owned()
    })
}

fn known_topic(text: &str) -> Result<Topic, String> {
    match text.strip_prefix("std/") {
        Some(name) => known_template(name).map(Topic::Template),
        None => known_code(text).map(Topic::Code),
    }
}

fn known_template(name: &str) -> Result<&'static str, String> {
    let found = TEMPLATES.iter().copied().find(|it| *it == name);
    found.ok_or_else(|| match suggest::nearest(name, TEMPLATES.iter().copied()) {
        Some(near) => format!("there is no such template; did you mean `std/{near}`?"),
        None => "there is no such template; `machinec explain` lists them all".to_owned(),
    })
}

fn known_code(text: &str) -> Result<Code, String> {
    let names = || code::ALL.iter().flat_map(|it| [it.number, it.phrase]);
    Code::find(text).ok_or_else(|| match suggest::nearest(text, names()) {
        Some(near) => format!("there is no such code; did you mean `{near}`?"),
        None => "there is no such code; `machinec explain` lists them all".to_owned(),
    })
}

/// The name of a machine is also that of a file and a folder, so it is kept plain.
fn machine_name(text: &str) -> Result<String, String> {
    let plain = |ch: char| ch.is_ascii_alphanumeric() || ch == '_';
    if text.chars().all(plain) && text.starts_with(|ch: char| ch.is_ascii_alphabetic() || ch == '_') {
        return Ok(text.to_owned());
    }
    let mut near: String = text.chars().map(|ch| if plain(ch) { ch } else { '_' }).collect();
    if !near.starts_with(|ch: char| ch.is_ascii_alphabetic() || ch == '_') {
        near.insert(0, '_');
    }
    Err(format!("a name has letters, digits and `_`, and begins with no digit; try `{near}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_in_order() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_name_that_cannot_be_used_comes_with_one_that_can() {
        assert_eq!(machine_name("web_2"), Ok("web_2".to_owned()));
        for bad in ["web-server", "2web", "", "a/b", "ü"] {
            let message = machine_name(bad).unwrap_err();
            let near = message.rsplit('`').nth(1).unwrap();
            assert!(machine_name(near).is_ok(), "{message}");
        }
    }

    #[test]
    fn a_code_is_known_by_number_and_by_phrase() {
        assert_eq!(known_code("e0203"), Ok(Code::UNKNOWN_OUTCOME));
        assert_eq!(known_code("unknown-outcome"), Ok(Code::UNKNOWN_OUTCOME));
        assert!(known_code("unknown-outcom").unwrap_err().contains("`unknown-outcome`"));
        assert!(known_code("what").unwrap_err().contains("lists them all"));
    }
}
