//! A machine in flat form: what the encoder writes and the compiler hands over.

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
    /// Distinct ways of carrying out a transition.
    pub plans: Vec<Plan>,
    /// What is done in which leaf on which event; at most one cell for a leaf and an event.
    pub cells: Vec<Cell>,
}

/// One state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Its path: `known.idle`; the machine's name for the machine.
    pub name: String,
    /// Its doc comment.
    pub doc: String,
    /// The state around it; `None` for the machine.
    pub parent: Option<u16>,
    /// Declared `final`.
    pub is_final: bool,
}

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
}

/// One outcome of a kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// It is a fault.
    pub fault: bool,
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
}

/// A value that is known when the machine is compiled.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Milliseconds.
    Duration(u64),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Entries in order, keys unique.
    Map(Vec<(String, Value)>),
}

/// One `after`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timer {
    /// The state that it stands in.
    pub owner: u16,
    /// No two timers that can be armed at once share a slot.
    pub slot: u16,
    /// Milliseconds.
    pub ms: u64,
}

/// A way of carrying out a transition.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plan {
    /// So many states, counted from the outermost inside the machine, are neither left nor entered.
    pub depth: u8,
    /// Exactly one state is left and one entered, as most transitions do; then the step need not look at the paths.
    pub near: bool,
    /// Nothing is left or entered: the event is answered by staying.
    pub stay: bool,
    /// Index into the labels.
    pub label: Option<u16>,
}

/// One entry of the transition function.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The leaf that the machine is in.
    pub leaf: u16,
    /// The event.
    pub event: u16,
    /// The leaf that it is in afterwards.
    pub target: u16,
    /// How it gets there.
    pub plan: u16,
}

impl Definition {
    /// The first event of each watcher, and of the timer slots as the last entry.
    #[must_use]
    pub fn first_events(&self) -> Vec<usize> {
        let outcomes = |it: &Watcher| self.kinds.get(usize::from(it.kind)).map_or(0, |kind| kind.outcomes.len());
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
        let outcome = |name: &str, fault| Outcome { name: name.into(), fault };
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
