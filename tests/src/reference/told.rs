//! What can be told to a machine, and what it does.

use super::calculate::Values;
use super::value::Reason;

/// A place in the source and which of its kind: a watcher by its name, a timer or a condition by its number there.
pub type Id = (String, String);

/// Something that happens to a machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A watcher reports.
    Outcome(Id, String),
    /// An `after` fires.
    Timer(Id),
    /// A declared event.
    Declared(String),
    /// What another machine emits.
    Emitted(String, String),
    /// Another machine enters a state.
    Enters(String, String),
    /// A condition became true.
    When(Id),
    /// A calculation failed.
    Fault,
}

/// What is told to a machine.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Begin.
    Start,
    /// Go on after a restart.
    Resume,
    /// Time has passed: do the one thing that is due first. Of watchers that are due together, this one. It is told
    /// whether this is the very moment, or a later one.
    Tick(Option<Id>, bool),
    /// A watcher that was asked in this visit reports.
    Outcome {
        /// Which.
        watcher: Id,
        /// The visit that it was asked in.
        visit: u64,
        /// What.
        outcome: String,
        /// What it carries.
        payload: Values,
    },
    /// An operator or another machine sends an event.
    Event(Event, Values),
    /// The node tells a fact.
    Fact(String, super::Value),
    /// Another machine is in a state now, or no more.
    Condition(String, String, bool),
}

/// What a machine does.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// From a leaf to a leaf, on an event, perhaps with a label.
    Moved(String, String, Event, Option<String>),
    /// A watcher that was under way is ended.
    Stop(Id),
    /// A watcher is asked, for the first time in its visit or not.
    Ask(Id, bool),
    /// A run was under way when the node ended.
    Interrupted(Id),
    /// An `after` begins; it fires at this time.
    Armed(Id, u64),
    /// An `after` fired, or its state was left.
    Disarmed(Id, bool),
    /// The machine goes round too fast; watchers are asked only then.
    Slowed(u64),
    /// A calculation failed, in this line and column; the machine is told, or not.
    Faulted(Reason, usize, usize, bool),
    /// An event to the world.
    Emit(String, Values),
    /// A line for people.
    Log(String),
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A transition was taken.
    Moved,
    /// It was answered, and no state left.
    Stayed,
    /// No handler is for it here.
    Unanswered,
    /// It belongs to a visit that is over.
    Late,
    /// There was no event.
    Quiet,
    /// Its reaction was undone.
    Faulted,
}
