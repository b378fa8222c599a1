//! Names and contents that a node needs and a step does not.

use super::parts::{Condition, Emit, Limit, Modifiers, Secret, Signal, SignalSource, Slot};
use super::types::{Fields, Type};
use super::{Kind, Table};
use crate::Data;
use crate::id::{EventId, SignalId, StateId, WatcherId};

impl<'t> Table<'t> {
    /// What the machine remembers, by index.
    pub fn data(&self) -> impl Iterator<Item = Slot<'t>> + use<'t> {
        core::iter::empty()
    }

    /// The facts of the node that it reads, by index.
    pub fn facts(&self) -> impl Iterator<Item = Slot<'t>> + use<'t> {
        core::iter::empty()
    }

    /// The words of an enum, in order.
    pub fn words(&self, of: u16) -> impl Iterator<Item = &'t str> + use<'t> {
        let _ = of;
        core::iter::empty()
    }

    /// One word of an enum; empty if there is none.
    #[must_use]
    pub fn word(&self, of: u16, word: u16) -> &'t str {
        self.words(of).nth(usize::from(word)).unwrap_or("")
    }

    /// Secrets that its watchers' arguments use, by index.
    pub fn secrets(&self) -> impl Iterator<Item = Secret<'t>> + use<'t> {
        core::iter::empty()
    }

    /// Limits that its watchers work under, by index.
    pub fn limits(&self) -> impl Iterator<Item = Limit<'t>> + use<'t> {
        core::iter::empty()
    }

    /// Where other machines have to be, by index.
    pub fn conditions(&self) -> impl Iterator<Item = Condition<'t>> + use<'t> {
        core::iter::empty()
    }

    /// Events of the author's own, by index.
    pub fn emits(&self) -> impl Iterator<Item = Emit<'t>> + use<'t> {
        core::iter::empty()
    }

    /// Events that are neither outcomes nor timers, in the order of their numbers.
    pub fn signals(&self) -> impl Iterator<Item = Signal<'t>> + use<'t> {
        core::iter::empty()
    }

    /// One signal.
    #[must_use]
    pub fn signal(&self, signal: SignalId) -> Signal<'t> {
        let source = SignalSource::Declared { operator: false };
        let none = Signal { id: signal, name: "", doc: "", source, fields: Fields::NONE };
        self.signals().nth(signal.index()).unwrap_or(none)
    }

    /// The event of a signal.
    #[must_use]
    pub fn signal_event(&self, signal: SignalId) -> EventId {
        EventId(self.counts.events as u16 + signal.0)
    }

    /// Names of the sources that positions refer to, by index.
    pub fn sources(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        core::iter::empty()
    }

    /// Paths that earlier versions used for a state.
    pub fn was(&self, state: StateId) -> impl Iterator<Item = &'t str> + use<'t> {
        let _ = state;
        core::iter::empty()
    }

    /// How many outcomes a watcher has: those of its kind, then `invalid` if it has `returns`, then `skipped` if it has
    /// `under`.
    #[must_use]
    pub fn outcome_count(&self, watcher: WatcherId) -> u8 {
        self.kind_of(watcher).outcomes
    }

    /// The outcome that tells of JSON that is not what `returns` says.
    #[must_use]
    pub fn invalid_outcome(&self, watcher: WatcherId) -> Option<u8> {
        let _ = watcher;
        None
    }

    /// The outcome that tells that there was no slot under the limit.
    #[must_use]
    pub fn skipped_outcome(&self, watcher: WatcherId) -> Option<u8> {
        let _ = watcher;
        None
    }

    /// Name of an outcome of a watcher; `None` when the names were stripped.
    #[must_use]
    pub fn outcome_name_of(&self, watcher: WatcherId, outcome: u8) -> Option<&'t str> {
        self.outcome_name(self.watcher(watcher).kind, outcome)
    }

    /// Whether an outcome of a watcher is a fault.
    #[must_use]
    pub fn is_fault(&self, watcher: WatcherId, outcome: u8) -> bool {
        self.kind_of(watcher).faults.checked_shr(outcome.into()).unwrap_or(0) & 1 == 1
    }

    /// Names and types of what an outcome carries: the fields of its kind, then those of `returns`.
    pub fn payload(&self, watcher: WatcherId, outcome: u8) -> impl Iterator<Item = (&'t str, Type<'t>)> + use<'t> {
        let _ = (watcher, outcome);
        Fields::NONE
    }

    /// The JSON that a watcher yields: name, type, and what it is when it is not there. Empty without `returns`.
    pub fn returns(&self, watcher: WatcherId) -> impl Iterator<Item = (&'t str, Type<'t>, Option<Data<'t>>)> + use<'t> {
        let _ = watcher;
        core::iter::empty()
    }

    /// How a watcher works, beside its pace.
    #[must_use]
    pub fn modifiers(&self, watcher: WatcherId) -> Modifiers<'t> {
        let _ = watcher;
        Modifiers::default()
    }

    /// Bytes of memory that an instance needs at most, all of it taken when the instance is created.
    #[must_use]
    pub fn memory(&self) -> usize {
        0
    }

    fn kind_of(&self, watcher: WatcherId) -> Kind<'t> {
        self.kind(self.watcher(watcher).kind)
    }
}

impl<'t> Kind<'t> {
    /// Program and arguments that implement it; empty for a standard kind.
    pub fn program(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        core::iter::empty()
    }

    /// The names of its parameters, in order; only for a kind that a program implements.
    pub fn params(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        core::iter::empty()
    }
}
