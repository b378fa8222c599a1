//! A machine in flat form: what the encoder writes and the compiler hands over.

mod expr;
mod reach;
mod signal;
mod state;
mod types;
mod watcher;

pub use expr::{Action, ActionKind, Calculate, Compare, Expr, Function, Guard, Position};
pub use reach::{Offline, Reach};
pub use signal::{Emit, FAULT_AT_MAX, FAULT_REASONS, Signal, SignalSource};
pub use state::{Alternative, Cell, Plan, State, Timer};
pub use types::{Datum, Enum, Field, Type, Value};
pub use watcher::{Backoff, Condition, Kind, Limit, Outcome, Return, Secret, SecretSource, Under, Watcher};

use alloc::{string::String, vec::Vec};

/// All that a table holds, as plain values. Ids are positions in these lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    /// The machine's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its doc comment.
    pub doc: String,
    /// Leaves first, then the states that have inner ones, the machine itself last.
    pub states: Vec<State>,
    /// How many of `states` are leaves; at least 1.
    pub leaves: u16,
    /// The leaf that it starts in.
    pub initial: u16,
    /// The kinds of its watchers.
    pub kinds: Vec<Kind>,
    /// Watchers, sorted by owner.
    pub watchers: Vec<Watcher>,
    /// Timers, sorted by owner.
    pub timers: Vec<Timer>,
    /// How many timers can be armed at once; their slots are `0..timer_slots`.
    pub timer_slots: u16,
    /// Labels given by `as`.
    pub labels: Vec<String>,
    /// Events beside outcomes and timers, in the order of their numbers, which follow those of the timer slots.
    pub signals: Vec<Signal>,
    /// Enums, each once.
    pub enums: Vec<Enum>,
    /// What the machine remembers.
    pub data: Vec<Datum>,
    /// Facts of the node that it reads.
    pub facts: Vec<Datum>,
    /// Secrets that its watchers' arguments use.
    pub secrets: Vec<Secret>,
    /// Limits that its watchers work under.
    pub limits: Vec<Limit>,
    /// Where other machines have to be for some of its watchers to work.
    pub conditions: Vec<Condition>,
    /// Events of the author's own, by name.
    pub emits: Vec<Emit>,
    /// States whose substate that was active last is gone back to, by their numbers.
    pub histories: Vec<u16>,
    /// Names of the sources that positions refer to.
    pub sources: Vec<String>,
    /// Guards of handlers and conditions of `when`.
    pub guards: Vec<Guard>,
    /// Sequences of actions.
    pub blocks: Vec<Vec<Action>>,
    /// Distinct ways of carrying out a transition.
    pub plans: Vec<Plan>,
    /// What is tried when the guard of a plan does not hold.
    pub alternatives: Vec<Alternative>,
    /// What is done in which leaf on which event; at most one cell for a leaf and an event.
    pub cells: Vec<Cell>,
}

impl Definition {
    /// The first event of each watcher, and of the timer slots as the last entry.
    #[must_use]
    pub fn first_events(&self) -> Vec<usize> {
        let own = |it: &Watcher| self.kinds.get(usize::from(it.kind)).map_or(0, |kind| kind.outcomes.len());
        let outcomes = |it: &Watcher| own(it) + usize::from(!it.returns.is_empty()) + usize::from(it.under.is_some());
        let mut next = 0;
        let mut first: Vec<usize> = Vec::with_capacity(self.watchers.len() + 1);
        for watcher in &self.watchers {
            first.push(next);
            next += outcomes(watcher);
        }
        first.push(next);
        first
    }

    /// A lamp that a switch turns on, and that turns itself off after a minute: for examples and tests.
    #[must_use]
    pub fn example() -> Self {
        let state = |name: &str, parent| State { name: name.into(), parent, ..State::default() };
        let outcome = |name: &str, fault| Outcome { name: name.into(), fault, ..Outcome::default() };
        let exec = Kind {
            name: "exec".into(),
            interruptible: true,
            outcomes: [outcome("ok", false), outcome("failed", true)].into(),
            ..Kind::default()
        };
        let switch = Watcher {
            name: "switch".into(),
            every_ms: Some(10_000),
            args: [Value::Text("./switch.sh".into())].into(),
            ..Watcher::default()
        };
        Self {
            name: "lamp".into(),
            version: "1.0.0".into(),
            states: [state("dark", Some(2)), state("lit", Some(2)), state("lamp", None)].into(),
            leaves: 2,
            kinds: [exec].into(),
            watchers: [switch].into(),
            timers: [Timer { owner: 1, slot: 0, ms: 60_000 }].into(),
            timer_slots: 1,
            plans: [Plan { near: true, ..Plan::default() }, Plan { stay: true, ..Plan::default() }].into(),
            cells: [
                Cell { leaf: 0, event: 0, target: 1, plan: 0 },
                Cell { leaf: 0, event: 1, target: 0, plan: 1 },
                Cell { leaf: 1, event: 2, target: 0, plan: 0 },
            ]
            .into(),
            ..Self::default()
        }
    }
}
