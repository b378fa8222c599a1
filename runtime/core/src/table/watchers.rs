//! Watchers and timers: where they stand, and what a step has to know of them.

use super::Table;
use super::rows::with_rows;
use crate::id::{EventId, KindId, StateId, TimerId, WatcherId};

/// One watcher, as far as the step needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// Its kind.
    pub kind: KindId,
    /// The event of its first outcome; the others follow.
    pub first_event: EventId,
    /// Its pace in milliseconds.
    pub every_ms: Option<u64>,
    /// Asked once a visit.
    pub once: bool,
    /// What else it has, see `WATCHER_…`.
    pub(crate) flags: u8,
}

impl Watcher {
    /// What no table has.
    pub(super) const NONE: Self =
        Self { kind: KindId(u16::MAX), first_event: EventId(u16::MAX), every_ms: None, once: false, flags: 0 };
}

impl Table<'_> {
    /// The watchers that stand in this state.
    pub fn watchers_of(
        &self,
        state: StateId,
    ) -> impl DoubleEndedIterator<Item = WatcherId> + ExactSizeIterator + use<> {
        with_rows!(self, rows => rows.watchers_of(state)).map(WatcherId)
    }

    /// The timers that stand in this state.
    pub fn timers_of(&self, state: StateId) -> impl DoubleEndedIterator<Item = TimerId> + ExactSizeIterator + use<> {
        with_rows!(self, rows => rows.timers_of(state)).map(TimerId)
    }

    /// The state that a watcher stands in.
    #[must_use]
    pub fn owner(&self, watcher: WatcherId) -> StateId {
        self.states().find(|it| self.watchers_of(*it).any(|own| own == watcher)).unwrap_or(self.machine())
    }

    /// The state that a timer stands in.
    #[must_use]
    pub fn timer_owner(&self, timer: TimerId) -> StateId {
        self.states().find(|it| self.timers_of(*it).any(|own| own == timer)).unwrap_or(self.machine())
    }

    /// One watcher.
    #[inline]
    #[must_use]
    pub fn watcher(&self, watcher: WatcherId) -> Watcher {
        with_rows!(self, rows => rows.watcher(watcher))
    }

    /// Slot and duration in milliseconds of a timer.
    #[inline]
    #[must_use]
    pub fn timer(&self, timer: TimerId) -> (u16, u64) {
        with_rows!(self, rows => rows.timer(timer)).unwrap_or((u16::MAX, 0))
    }

    /// The event of a timer slot.
    #[inline]
    #[must_use]
    pub fn timer_event(&self, slot: u16) -> EventId {
        EventId((self.counts.events - self.counts.signals - self.counts.timer_slots) as u16 + slot)
    }
}
