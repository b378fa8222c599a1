//! What can happen on a node, in the runtime's own words; [`event`](super::event) makes a CloudEvent of it, and
//! [`line`](fn@super::line) a line for people.

mod parts;
mod what;
mod whom;

pub use parts::{Outcome, Range, SlotTurn, Turn};
pub use what::What;
pub use whom::Whom;

use serde::{Deserialize, Serialize};

/// Who an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The node's name.
    pub node: String,
    /// The machine it is about; `None` for the node itself.
    pub machine: Option<MachineOrigin>,
    /// When this node's state directory was made, in milliseconds since 1970: no event id of an earlier
    /// directory, lost or deleted, is ever given out again.
    pub epoch: u64,
}

/// The machine part of an [`Origin`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineOrigin {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Names this run of this table on this node; new whenever another table takes over.
    pub instance: String,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// Number of this event among those of its machine (or of the node): 1, 2, 3, … without a gap, also across restarts.
    pub sequence: u64,
    /// When it happened: nanoseconds since 1970, UTC.
    pub time_ns: u64,
    /// When it was written to the journal: nanoseconds since 1970, UTC.
    pub recorded_ns: u64,
    /// The event that led to it.
    pub cause: Option<Cause>,
    /// What happened.
    pub what: What,
}

/// The event that led to another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Its id.
    pub id: String,
    /// Its `traceparent`; the trace goes on from there.
    pub trace: String,
}
