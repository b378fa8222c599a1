//! From a leaf and an event to where the machine is afterwards, and how it gets there.

use super::rows::with_rows;
use super::{Code, Table};
use crate::id::{EventId, PlanId, SignalId, StateId, WatcherId};

/// What the transition function says of a leaf and an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The leaf that the machine is in afterwards.
    pub target: StateId,
    /// How it gets there.
    pub plan: PlanId,
}

/// How a transition is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// So many states, counted from the outermost inside the machine, are neither left nor entered.
    pub depth: usize,
    /// Exactly one state is left and one entered.
    pub near: bool,
    /// Nothing is left or entered.
    pub stay: bool,
    /// The label given by `as`.
    pub label: Option<u16>,
    /// It is taken only if this holds.
    pub guard: Option<Code>,
    /// What is tried when the guard does not hold, see [`Table::alternative`].
    pub otherwise: Option<u16>,
    /// It does something between leaving and entering.
    pub actions: Option<Code>,
    /// It goes to the leaf that was active last in some state, see [`Table::history`].
    pub history: bool,
}

/// What an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventSource {
    /// An outcome of a watcher.
    Outcome(WatcherId, u8),
    /// The timer in this slot.
    Timer(u16),
    /// A signal.
    Signal(SignalId),
}

impl<'t> Table<'t> {
    /// What the transition function says, if anything.
    #[inline]
    #[must_use]
    pub fn transition(&self, leaf: StateId, event: EventId) -> Option<Transition> {
        with_rows!(self, rows => rows.transition(leaf, event))
    }

    /// All transitions of a leaf by event.
    pub fn transitions(&self, leaf: StateId) -> impl Iterator<Item = (EventId, Transition)> + use<'t> {
        let table = *self;
        self.events().filter_map(move |event| Some((event, table.transition(leaf, event)?)))
    }

    /// Another way to carry out a transition.
    #[inline]
    #[must_use]
    pub fn alternative(&self, alternative: u16) -> Option<Transition> {
        with_rows!(self, rows => rows.alternative(alternative))
    }

    /// How a transition is carried out.
    #[inline]
    #[must_use]
    pub fn plan(&self, plan: PlanId) -> Plan {
        with_rows!(self, rows => rows.plan(plan))
    }

    /// What an event is.
    #[must_use]
    pub fn source(&self, event: EventId) -> EventSource {
        let (timers, signals) = (self.timer_event(0), self.signal_event(SignalId(0)));
        if event >= signals {
            return EventSource::Signal(SignalId(event.0 - signals.0));
        }
        if event >= timers {
            return EventSource::Timer(event.0 - timers.0);
        }
        let (mut low, mut high) = (0, self.counts.watchers);
        while low < high {
            let middle = low.midpoint(high);
            let is_before = self.watcher(WatcherId(middle as u16)).first_event <= event;
            if is_before { low = middle + 1 } else { high = middle }
        }
        let watcher = WatcherId(low.saturating_sub(1) as u16);
        EventSource::Outcome(watcher, (event.0 - self.watcher(watcher).first_event.0) as u8)
    }
}
