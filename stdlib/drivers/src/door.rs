//! The door between a node and its drivers: what goes in, what comes out, and what each side may rely on.
//!
//! - An [`Ask`] is answered at least once, unless [`Driver::stop`] comes first.
//! - A kind that is told of changes (`file`) answers again, unasked, until it is stopped.
//! - An answer may come after `stop`: a stopped command still tells how it ended. The node records it as late.
//! - Answers carry what the driver wants to remember ([`Answer::memory`]); the node keeps it for the watcher,
//!   across visits and restarts, and hands it back in the next [`Ask`]. Only the driver knows what it says, and
//!   what it cannot read back counts as nothing remembered.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::lease::Lease;
use crate::secret::Secret;

/// Runs the watchers of one kind.
///
/// Calls come from inside a tokio runtime and return at once; whatever takes time happens behind them.
pub trait Driver: Send {
    /// The kind's name, as its declaration has it.
    fn kind(&self) -> &'static str;

    /// Parameters and outcomes of the declaration that it serves, in the compiler's canonical form: a node refuses a
    /// table that was compiled for another one.
    fn signature(&self) -> &'static str;

    /// A watcher is due. A second ask for a key whose command is still under way is merged with the first: both
    /// are answered by the one outcome.
    fn ask(&mut self, ask: Ask);

    /// The visit ended: its command is stopped, its path is no longer watched. A command that was still waiting
    /// for its turn is dropped without an answer. Unknown keys are ignored.
    fn stop(&mut self, key: Key);
}

/// Where answers go.
pub type Answers = tokio::sync::mpsc::UnboundedSender<Answer>;

/// What a driver remembers of a watcher between two looks: at most 128 bytes, readable by the driver alone.
/// Shared, because both sides keep it.
pub type Memory = Arc<[u8]>;

/// Which visit of which watcher of which machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The machine's number on its node.
    pub machine: u32,
    /// The watcher's number in its machine.
    pub watcher: u16,
    /// The visit of the state that the watcher belongs to.
    pub visit: u32,
}

/// What a node hands a driver when a watcher is due.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Which watcher, and for which visit.
    pub key: Key,
    /// The arguments in the order of the kind's declaration, defaults filled in.
    pub args: Vec<Value>,
    /// What all watchers of the machine share.
    pub context: Arc<Context>,
    /// The watcher's name.
    pub watcher: Arc<str>,
    /// Names the run, the same when it is run again after a crash: 1 to 128 printable ASCII characters, no space.
    /// No two commands that are under way on a node share one.
    pub run_id: String,
    /// Its place in a trace, for `TRACEPARENT`: whoever traces in its command goes on from there.
    pub trace: Option<String>,
    /// It is a `run`: one answer ends it, and nothing is looked at after that.
    pub once: bool,
    /// This is the first look of the visit.
    pub first: bool,
    /// This is the first look after a restart of the node, in a visit that began before it.
    pub resumed: bool,
    /// What the driver asked to remember last, for this watcher. It counts at the first ask of a visit; after that
    /// the driver knows better.
    pub memory: Option<Memory>,
    /// The pace that the source asks for, at which the node asks again; a kind that is told of changes is asked once a
    /// visit and keeps the pace itself. Without one, it sees for itself that no change is missed where the system does
    /// not tell.
    pub every: Option<Duration>,
    /// The time that it may take, instead of what its arguments or its kind say.
    pub timeout: Option<Duration>,
    /// The user that its command runs as, instead of the runtime's own.
    pub user: Option<Arc<str>>,
    /// Hand over what a command printed, or what is in a file: [`Answer::output`].
    pub wants_output: bool,
    /// What implements its kind, if that is one of a user's own.
    pub program: Option<Arc<Program>>,
    /// The slot of a limit across the fleet that it works under. It is given back when the ask is dropped, so that is done
    /// only when nothing works for it any more.
    pub lease: Option<Lease>,
}

/// A program that implements a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Program {
    /// The kind's name.
    pub kind: String,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The names of the kind's parameters, in order.
    pub params: Vec<String>,
    /// The names of its outcomes, in order.
    pub outcomes: Vec<String>,
    /// The fault among them that tells of a program which does not do what it should.
    pub fault: Option<u8>,
    /// It is told of changes, so the node asks once a visit: a pace of the source is for the driver to keep.
    pub paces_itself: bool,
}

/// What all watchers of a machine share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The machine's name.
    pub machine: String,
    /// The machine's own directory, an absolute path: commands run in it, relative paths start from it.
    pub dir: PathBuf,
    /// The JSON file that holds the machine's data, an absolute path, for `WATCHER_DATA`.
    pub data: PathBuf,
    /// The JSON file that holds the node's facts, an absolute path, for `WATCHER_FACTS`.
    pub facts: PathBuf,
}

/// An argument, decoded from the table.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A length of time.
    Duration(Duration),
    /// Text; also a path.
    Str(String),
    /// Values of one type.
    List(Vec<Value>),
    /// Named values, in the order of the source.
    Map(Vec<(String, Value)>),
    /// What only a command may see.
    Secret(Secret),
}

/// What a driver found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The key of the ask.
    pub key: Key,
    /// The name of the run, as the ask had it; empty for what nobody asked for, and then the node gives it one.
    pub run_id: String,
    /// The outcome's index in the kind's declaration, faults included. `None`: looked, and there is nothing to
    /// tell; no event, but [`memory`](Self::memory) may be new.
    pub outcome: Option<u8>,
    /// How long it took: a command from its start to its end, a look from its first system call to its last.
    pub took: Duration,
    /// What to remember instead of what was remembered before; `None` leaves that as it is.
    pub memory: Option<Memory>,
    /// The outcome's own fields by the names of the declaration, all of them but `took`.
    pub fields: Map<String, Json>,
    /// What Choria's watcher state document says of this.
    pub notice: Notice,
    /// One short line for people, without control characters: ``exit 1: connection refused``. Without an outcome, and
    /// not empty: something that somebody has to be told nevertheless.
    pub why: String,
    /// What was printed, or is in the file; only if that was asked for, and it went well.
    pub output: Option<Raw>,
}

/// The most bytes of an output that are handed over.
pub const OUTPUT_MAX: usize = 64 * 1024;

/// What a command printed, or what is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// All of it.
    Whole(Vec<u8>),
    /// It has more than [`OUTPUT_MAX`] bytes; how many, as far as they were counted.
    TooLarge(u64),
    /// It is there, but it cannot be read: why not, in words.
    Unreadable(String),
}

/// The part of a Choria v1 watcher state document that depends on the kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Choria's name for the kind: the `type` of the document and a part of its `protocol`.
    pub kind: &'static str,
    /// The kind's own members of the document (`command`, `path`, `previous_outcome`, `previous_run_time` in
    /// nanoseconds), beside those that all kinds share.
    pub members: Map<String, Json>,
}
