//! What happened in a run: every input with its time, every effect. It can be written as text, and a run is replayed
//! from that byte for byte.

mod read;
mod replay;
mod write;

pub use read::ReadError;
pub use replay::{ReplayError, replay};

use crate::value::{Payload, Value, lend};
use crate::world::Room;
use machine_core::{Effect, Input, Instant, SignalId, Verdict, WatcherId};

/// A run, written down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// Names and versions of the machines, by number.
    pub machines: Vec<(String, String)>,
    /// What their splay is drawn from.
    pub seed: u64,
    /// When it began by the calendar, in milliseconds since 1970.
    pub begin: i64,
    /// All that happened, in order.
    pub entries: Vec<Entry>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When.
    pub at: Instant,
    /// To which machine.
    pub machine: u16,
    /// What.
    pub what: What,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The machine was given an input, and this became of it. What it did follows.
    Given(Given, Verdict),
    /// It wanted something done, or did it.
    Effect(Effect),
    /// It told the world something.
    Emit {
        /// Which of its events.
        emit: u16,
        /// A value for each field.
        values: Payload,
    },
    /// It wrote a line for people.
    Log(Box<str>),
    /// All machines were without power for so long.
    PowerCut {
        /// In nanoseconds.
        off_ns: u64,
    },
    /// Somebody set the calendar.
    ClockSet {
        /// By so many milliseconds.
        by_ms: i64,
    },
    /// From here on, others leave so much of a limit.
    Limit {
        /// Which of those that the machine declares.
        limit: u16,
        /// So much.
        room: Room,
    },
}

impl What {
    /// Whether anybody who looks on would call it something that happened: not what timers and clocks do in between.
    #[must_use]
    pub fn is_news(&self) -> bool {
        match self {
            Self::Effect(it) => !matches!(it, Effect::Armed { .. } | Effect::Disarmed { .. } | Effect::Stop { .. }),
            Self::Emit { .. } | Self::Log(_) => true,
            Self::Given(..) | Self::PowerCut { .. } | Self::ClockSet { .. } | Self::Limit { .. } => false,
        }
    }
}

/// An input that owns what is in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// [`Input::Start`].
    Start,
    /// [`Input::Resume`].
    Resume,
    /// [`Input::Tick`].
    Tick,
    /// [`Input::Outcome`].
    Outcome {
        /// Which watcher reports.
        watcher: WatcherId,
        /// In which visit it was asked.
        visit: u32,
        /// What.
        outcome: u8,
        /// What that carries.
        payload: Payload,
    },
    /// [`Input::Done`].
    Done {
        /// Which watcher has nothing to report.
        watcher: WatcherId,
        /// In which visit it was asked.
        visit: u32,
    },
    /// [`Input::Signal`].
    Signal {
        /// Which.
        signal: SignalId,
        /// What it carries.
        payload: Payload,
    },
    /// [`Input::Fact`].
    Fact {
        /// Which.
        fact: u16,
        /// What it is now.
        value: Value,
    },
    /// [`Input::Condition`].
    Condition {
        /// Which.
        condition: u16,
        /// Whether it holds now.
        holds: bool,
    },
}

impl Given {
    /// Hands it over as the core takes it.
    pub fn lend<R>(&self, to: impl FnOnce(Input<'_>) -> R) -> R {
        match self {
            Self::Start => to(Input::Start),
            Self::Resume => to(Input::Resume),
            Self::Tick => to(Input::Tick),
            Self::Done { watcher, visit } => to(Input::Done { watcher: *watcher, visit: *visit }),
            Self::Condition { condition, holds } => to(Input::Condition { condition: *condition, holds: *holds }),
            Self::Signal { signal, payload } => lend(payload, |payload| to(Input::Signal { signal: *signal, payload })),
            Self::Outcome { watcher, visit, outcome, payload } => lend(payload, |payload| {
                to(Input::Outcome { watcher: *watcher, visit: *visit, outcome: *outcome, payload })
            }),
            Self::Fact { fact, value } => lend(std::slice::from_ref(value), |data| match data {
                [value, ..] => to(Input::Fact { fact: *fact, value: *value }),
                [] => to(Input::Tick),
            }),
        }
    }
}
