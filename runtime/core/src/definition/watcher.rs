//! Watchers, their kinds, and what they need to work.

use super::reach::Reach;
use super::{Field, Value};
use alloc::{string::String, vec::Vec};

/// One kind of watcher.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kind {
    /// Its name.
    pub name: String,
    /// CRC-32C of its signature, so that a node can tell whether it means the same kind.
    pub signature: u32,
    /// It is told of changes, and keeps a pace of the source itself.
    pub notified: bool,
    /// A `run` of it that was under way when the runtime died ends as its first fault.
    pub interruptible: bool,
    /// Its outcomes in order.
    pub outcomes: Vec<Outcome>,
    /// The names of its parameters, in order; only for a kind that a program implements.
    pub params: Vec<String>,
    /// Program and arguments that implement it; empty for a standard kind.
    pub program: Vec<String>,
}

/// One outcome of a kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// It is a fault.
    pub fault: bool,
    /// What it carries. An outcome `ok` of a watcher with `returns` carries those fields behind its own.
    pub fields: Vec<Field>,
    /// With `returns`, its fields are carried by this outcome, behind its own.
    pub returns: bool,
}

/// One watcher or run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watcher {
    /// Its name.
    pub name: String,
    /// Its doc comment.
    pub doc: String,
    /// The state that it stands in.
    pub owner: u16,
    /// Its kind.
    pub kind: u16,
    /// Asked once a visit.
    pub once: bool,
    /// Its pace in milliseconds.
    pub every_ms: Option<u64>,
    /// One value a parameter of its kind.
    pub args: Vec<Value>,
    /// The first ask of a visit comes up to so many milliseconds later.
    pub splay_ms: Option<u64>,
    /// It has to answer within so many milliseconds.
    pub timeout_ms: Option<u64>,
    /// How its pace grows with each fault in a row.
    pub backoff: Option<Backoff>,
    /// An event at least so often (milliseconds), even when nothing changes.
    pub announce_ms: Option<u64>,
    /// No event for a repeated success.
    pub quiet: bool,
    /// What it waits for before it works.
    pub under: Option<Under>,
    /// Index into the conditions: it works only while that holds.
    pub condition: Option<u16>,
    /// The user that its command runs as.
    pub user: Option<String>,
    /// The JSON that it yields; empty without `returns`. It then has one more outcome, behind its kind's: the fault
    /// `invalid { path, wanted, found }`, all strings.
    pub returns: Vec<Return>,
}

/// `backoff FACTOR up to DURATION`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// In hundredths: 200 doubles the pace with each fault in a row.
    pub percent: u32,
    /// The longest pace in milliseconds.
    pub up_to_ms: u64,
}

/// `under LIMIT wait DURATION`. The watcher has one more outcome, the last of all: `skipped`, which carries nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Under {
    /// Index into the limits.
    pub limit: u16,
    /// How long it waits for a slot, in milliseconds.
    pub wait_ms: u64,
}

/// One field of the JSON that a watcher yields.
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    /// Its name and type.
    pub field: Field,
    /// What it is when the JSON does not have it; without one it must be there.
    pub default: Option<Value>,
}

/// A secret and where the node finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub source: SecretSource,
}

/// Where a node finds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// In this variable of the runtime's own environment.
    Env(String),
    /// In this file, without the line break at its end.
    File(String),
}

/// How many watchers may work at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name; machines of a node that name the same limit share it.
    pub name: String,
    /// How many.
    pub count: u32,
    /// Over which nodes.
    pub reach: Reach,
}

/// `MACHINE is STATE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Another machine of the node.
    pub machine: String,
    /// Path of the state that it has to be in, or inside.
    pub state: String,
}
