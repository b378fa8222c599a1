//! The two vocabularies at the door of [`step()`](crate::step()): what goes in, what comes out.

use crate::{Data, EventId, Instant, SignalId, StateId, TimerId, WatcherId};
use alloc::vec::Vec;

/// What can be told to a machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input<'p> {
    /// Begin, in the initial state. Once in an instance's life.
    Start,
    /// Go on after a restart: look at every condition of the current state again.
    Resume,
    /// Time has passed: do the one thing that is due longest. Repeat while [`Instance::deadline`] is not later than now.
    ///
    /// [`Instance::deadline`]: crate::Instance::deadline
    Tick,
    /// A watcher reports.
    Outcome {
        /// Which.
        watcher: WatcherId,
        /// The visit that it was asked in.
        visit: u32,
        /// Which outcome: those of its kind in order, then `invalid` if it has `returns`, then `skipped` if it has
        /// `under`.
        outcome: u8,
        /// What the outcome carries: a value for each field, see [`Table::payload`](crate::Table::payload). Looked at
        /// only by a table that reads fields of events at all.
        payload: &'p [Data<'p>],
    },
    /// A watcher that was asked has nothing to report.
    Done {
        /// Which.
        watcher: WatcherId,
        /// The visit that it was asked in.
        visit: u32,
    },
    /// An operator or another machine sends an event.
    Signal {
        /// Which.
        signal: SignalId,
        /// A value for each of its fields.
        payload: &'p [Data<'p>],
    },
    /// The node knows a fact, or knows it anew.
    Fact {
        /// Index into the table's facts.
        fact: u16,
        /// What it is now.
        value: Data<'p>,
    },
    /// Another machine entered or left a state.
    Condition {
        /// Index into the table's conditions.
        condition: u16,
        /// Whether it is there now; unknown counts as `false`.
        holds: bool,
    },
}

impl Input<'_> {
    /// The same, put together anew: so a caller need not keep in memory what it has in registers.
    #[inline(always)]
    pub(crate) fn again(self) -> Self {
        match self {
            Self::Start => Self::Start,
            Self::Resume => Self::Resume,
            Self::Tick => Self::Tick,
            Self::Outcome { watcher, visit, outcome, payload } => Self::Outcome { watcher, visit, outcome, payload },
            Self::Done { watcher, visit } => Self::Done { watcher, visit },
            Self::Signal { signal, payload } => Self::Signal { signal, payload },
            Self::Fact { fact, value } => Self::Fact { fact, value },
            Self::Condition { condition, holds } => Self::Condition { condition, holds },
        }
    }
}

/// What the caller has to do, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A transition was taken.
    Moved {
        /// The leaf before.
        from: StateId,
        /// The leaf after.
        to: StateId,
        /// The event that it answers.
        event: EventId,
        /// The label given by `as`, as an index into the table's labels.
        label: Option<u16>,
    },
    /// The visit of this watcher is over: stop what is under way.
    Stop {
        /// Which.
        watcher: WatcherId,
        /// The visit that is over.
        visit: u32,
    },
    /// Ask this watcher now.
    Ask {
        /// Which.
        watcher: WatcherId,
        /// Its visit, to be given back with the outcome.
        visit: u32,
        /// The first time in this visit.
        first: bool,
    },
    /// A `run` was under way when the runtime died; report it as interrupted.
    Interrupted {
        /// Which.
        watcher: WatcherId,
        /// Its visit.
        visit: u32,
    },
    /// An `after` was armed.
    Armed {
        /// Which.
        timer: TimerId,
        /// When it fires.
        deadline: Instant,
    },
    /// An `after` is over.
    Disarmed {
        /// Which.
        timer: TimerId,
        /// It fired; otherwise its state was left before.
        fired: bool,
    },
    /// The machine goes round too fast: the watchers of the states just entered are asked only then.
    Slowed {
        /// When.
        until: Instant,
    },
    /// A calculation failed; what had been done for the event was undone.
    Faulted {
        /// Why: index into [`FAULT_REASONS`](crate::definition::FAULT_REASONS).
        reason: u8,
        /// Index into the table's sources.
        source: u16,
        /// Line, from 1; 0 if the table does not say.
        line: u32,
        /// Column, from 1.
        column: u16,
        /// The machine is given the event `fault` for it; otherwise it stays as it is.
        handled: bool,
    },
}

/// Takes the effects of a step, one by one.
pub trait Effects {
    /// Takes one.
    fn push(&mut self, effect: Effect);

    /// Takes an event of the author's own: index into the table's emits, a value for each of its fields.
    fn emit(&mut self, emit: u16, values: &[Data<'_>]) {
        let _ = (emit, values);
    }

    /// Takes a line for people.
    fn log(&mut self, text: &str) {
        let _ = text;
    }

    /// Is told which handler of an event was found in a leaf: of those that are tried one after the other, so many were
    /// refused by their guards before the one that is taken, or before there was none left. For whoever measures what a
    /// machine has done; nothing has to be done about it.
    #[inline(always)]
    fn chose(&mut self, leaf: StateId, event: EventId, refused: u16, taken: bool) {
        let _ = (leaf, event, refused, taken);
    }
}

impl Effects for Vec<Effect> {
    fn push(&mut self, effect: Effect) {
        self.push(effect);
    }
}

impl<F: FnMut(Effect)> Effects for F {
    fn push(&mut self, effect: Effect) {
        self(effect);
    }
}

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A transition was taken.
    Moved,
    /// A handler answers the event by `stay`, or the machine is already where it leads.
    Stayed,
    /// No handler here answers the event.
    Unanswered,
    /// The outcome belongs to a visit that is over; nothing was applied.
    Late,
    /// There was no event in it.
    Quiet,
    /// The input does not fit the table: values of other types than declared, or a number of nothing. Nothing was done.
    Misfit,
    /// What the event led to could not be calculated and was undone; see [`Effect::Faulted`].
    Faulted,
}
