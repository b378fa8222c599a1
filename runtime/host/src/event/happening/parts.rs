//! What some happenings consist of.

use serde_json::{Map, Value};
use std::time::Duration;

/// Events of one machine, or of the node itself, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// How many of those in between there were; all, unless some are not in the journal any more.
    pub count: u64,
}

/// What became of a slot of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotTurn {
    /// It was taken.
    Entered,
    /// It was given back.
    Left,
    /// There was none in time.
    TimedOut,
    /// It was lost: its lease could not be renewed.
    Evicted,
}

/// What an `after` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It was armed: its time runs.
    Armed,
    /// Its time is over.
    Fired,
    /// Its state was left before its time was over.
    Cancelled,
}

/// What a watcher reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The watcher's name.
    pub watcher: String,
    /// Its kind: `exec`.
    pub kind: String,
    /// The outcome's name: `ok`.
    pub outcome: String,
    /// Whether the kind calls this outcome a fault.
    pub fault: bool,
    /// How long it took.
    pub took: Duration,
    /// It belongs to a visit that is over: recorded, not applied.
    pub late: bool,
    /// Names this run of the watcher; stable when it is repeated.
    pub run_id: String,
    /// Choria's own word for the outcome, such as `success`, where it has one.
    pub choria: Option<String>,
    /// The fields of Choria's document for this kind that the driver knows (`command`, `path`), and the kind's own
    /// payload under its names (`reason`, `code`, `stderr`, …).
    pub fields: Map<String, Value>,
    /// What the watcher `returns`, by the names of the source.
    pub returned: Map<String, Value>,
    /// One short line for people: `exit status 1: connection refused`.
    pub why: String,
}
