//! Everything that can happen.

use super::{Outcome, Range, SlotTurn, Turn};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

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
        /// What it knows of its node: all facts that it asks for, by name.
        facts: Map<String, Value>,
    },
    /// The node knows something anew that the machine asks for, and has told it.
    Facts {
        /// What it knows from now on, by name.
        facts: Map<String, Value>,
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
    /// A watcher reported what does not have the types that its table wants: recorded, not applied.
    Rejected(Outcome),
    /// A watcher took a slot of a limit or gave it back, waited for one in vain, or lost its own.
    Slot {
        /// The limit's name.
        limit: String,
        /// The watcher.
        watcher: String,
        /// Which of the four.
        turn: SlotTurn,
        /// Which slot, from 1; 0 if it got none, or if the limit does not number them.
        slot: u64,
    },
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
    /// Events were dropped before this sink had them all: of the machine, or of the node itself.
    Dropped {
        /// The sink that does not get them any more.
        sink: String,
        /// Which.
        range: Range,
        /// When the first of them happened: nanoseconds since 1970, UTC.
        since_ns: u64,
        /// The epoch that their ids have, if that is not the present one.
        epoch: Option<u64>,
    },
    /// Events that a sink had already were sent to it again because somebody asked for them.
    Resent {
        /// The sink.
        sink: String,
        /// Which.
        range: Range,
    },
    /// An event that a sink will never take was put aside.
    Undeliverable {
        /// The sink.
        sink: String,
        /// The event's id.
        event: String,
        /// Its type.
        kind: String,
        /// Its number.
        number: u64,
        /// What the sink said.
        reason: String,
    },
    /// A stream does not hold any more what it acknowledged: it was wiped, or restored from an old copy.
    StreamRegressed {
        /// The sink.
        sink: String,
        /// The stream.
        stream: String,
        /// The last number that it acknowledged.
        acknowledged: u64,
        /// The last number that it holds; 0 if none.
        held: u64,
        /// What is done about it.
        text: String,
    },
    /// Somebody else writes events under the name of this node.
    IdentityConflict {
        /// The sink.
        sink: String,
        /// The stream.
        stream: String,
        /// The id of the event that is not ours.
        event: String,
        /// What is done about it, and the way out.
        text: String,
    },
    /// A sink does not take events any more, or takes them again.
    Sink {
        /// The sink.
        sink: String,
        /// It takes none.
        degraded: bool,
        /// Why, and the way out; or how long it lasted.
        text: String,
    },
    /// The number of the last event of each machine, so that a reader sees when the tail is lost. Said with each sign of
    /// life, in several parts if there are many machines.
    Sequences {
        /// The number of the last event, by machine.
        machines: BTreeMap<String, u64>,
        /// Which part this is, from 1.
        part: u32,
        /// How many parts there are.
        parts: u32,
    },
    /// The node runs on a state directory that was just made: all its numbers begin anew.
    Provisioned,
    /// The node runs with another version of the runtime than before, on the same state.
    Upgraded {
        /// The version before.
        from: String,
        /// The version now.
        to: String,
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
