//! What can happen on a node, in the runtime's own words; `cloud` turns it into a CloudEvent and `line` into a line.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

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

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The machine began to run, in its initial state or where it was.
    Started {
        /// The state that it is in.
        state: String,
        /// It goes on from the journal.
        resumed: bool,
        /// SHA-256 of its table, hexadecimal.
        table: String,
    },
    /// The machine does not run any more, until the next start.
    Stopped {
        /// The state that it was in.
        state: String,
        /// Why, in a few words: `shutdown`, `table removed`, `table replaced`.
        reason: String,
    },
    /// The machine took a transition.
    Transition {
        /// Its label, or the event that it answers: `deployer.ok`, `after 2h`.
        event: String,
        /// Path of the state before.
        from: String,
        /// Path of the state after.
        to: String,
    },
    /// A watcher reported.
    Outcome(Outcome),
    /// An `after` was armed, fired, or was cancelled.
    Timer {
        /// `after 2h`.
        name: String,
        /// Which of the three.
        turn: Turn,
        /// Its duration.
        duration: Duration,
    },
    /// The machine goes round so fast that its watchers are slowed down.
    Slowed {
        /// For how long the watchers of the state just entered wait.
        delay: Duration,
        /// The state.
        state: String,
    },
    /// The machine told an event of its author's own.
    Emitted {
        /// Its name.
        event: String,
        /// What it carries.
        fields: Map<String, Value>,
    },
    /// The machine has a line for people.
    Log {
        /// The line.
        text: String,
        /// Path of the state that it is in.
        state: String,
    },
    /// A calculation of the machine failed, and what had been done for the event was undone.
    Faulted {
        /// Why: `overflow`, `division`, `range`, `length`, `conversion` or `queue`.
        reason: String,
        /// Where: `hvac.machine:12:5`.
        position: String,
        /// Path of the state that it stayed in, or that its answer led to.
        state: String,
        /// The machine answers the fault.
        handled: bool,
    },
    /// An operator sent the machine an event.
    Fired {
        /// Its name.
        event: String,
        /// What it carries.
        fields: Map<String, Value>,
        /// Path of the state that the machine was in.
        state: String,
        /// The machine answers it there.
        answered: bool,
    },
    /// Another machine that this one names is not on the node, or is there again.
    Neighbour {
        /// The other machine.
        other: String,
        /// It is there.
        present: bool,
    },
    /// Something that somebody should look at; the machine goes on.
    Warning {
        /// What it is about: ``fact `location` ``.
        about: String,
        /// What is wrong, and what follows from that.
        text: String,
    },
    /// The same, of the node itself.
    NodeWarning {
        /// What it is about: ``limit `fans` ``.
        about: String,
        /// What is wrong, and what follows from that.
        text: String,
    },
    /// The node began to run.
    Startup {
        /// Version of the runtime.
        version: String,
    },
    /// The node ends in order.
    Shutdown,
    /// The node is alive; said from time to time.
    Alive {
        /// Version of the runtime.
        version: String,
    },
    /// A table took over, or runs for the first time.
    TableActivated {
        /// The machine in it.
        machine: String,
        /// SHA-256, hexadecimal.
        table: String,
    },
    /// A table was not taken; what ran before still runs.
    TableRefused {
        /// The file.
        file: String,
        /// Why, and the way out.
        reason: String,
    },
    /// A table is gone, and its machine with it.
    TableRemoved {
        /// The machine in it.
        machine: String,
    },
}

impl What {
    /// Whether this happens to a machine; all else happens to the node. The origin of the event has to agree.
    pub fn of_machine(&self) -> bool {
        match self {
            What::Started { .. }
            | What::Stopped { .. }
            | What::Transition { .. }
            | What::Outcome(_)
            | What::Timer { .. }
            | What::Emitted { .. }
            | What::Log { .. }
            | What::Faulted { .. }
            | What::Fired { .. }
            | What::Neighbour { .. }
            | What::Warning { .. }
            | What::Slowed { .. } => true,
            What::NodeWarning { .. }
            | What::Startup { .. }
            | What::Shutdown
            | What::Alive { .. }
            | What::TableActivated { .. }
            | What::TableRefused { .. }
            | What::TableRemoved { .. } => false,
        }
    }

    /// One or two words for messages: `transition`.
    pub fn name(&self) -> &'static str {
        match self {
            What::Started { .. } => "start",
            What::Stopped { .. } => "stop",
            What::Transition { .. } => "transition",
            What::Outcome(_) => "watcher outcome",
            What::Timer { .. } => "timer",
            What::Slowed { .. } => "slowdown",
            What::Emitted { .. } => "event of its own",
            What::Log { .. } => "log line",
            What::Faulted { .. } => "fault",
            What::Fired { .. } => "operator event",
            What::Neighbour { .. } => "neighbour",
            What::Warning { .. } | What::NodeWarning { .. } => "warning",
            What::Startup { .. } => "startup",
            What::Shutdown => "shutdown",
            What::Alive { .. } => "sign of life",
            What::TableActivated { .. } => "table activation",
            What::TableRefused { .. } => "table refusal",
            What::TableRemoved { .. } => "table removal",
        }
    }
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
