//! What a machine remembers between two steps; its size is fixed by its table.

use crate::{Instant, StateId, Table, TimerId, WatcherId};
use alloc::{boxed::Box, vec};

/// One running machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The leaf that it is in.
    pub(crate) leaf: StateId,
    /// Number of the latest visit; each transition begins one.
    pub(crate) visit: u32,
    /// When the transitions taken so far would have been taken at the even pace of [`crate::limits::BURST_REFILL_NS`].
    pub(crate) pace: Instant,
    /// By [`WatcherId`].
    pub(crate) watches: Box<[Watch]>,
    /// By timer slot.
    pub(crate) timers: Box<[Armed]>,
}

/// One watcher of a running machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watch {
    /// When it is asked next.
    pub(crate) due: Instant,
    /// The visit that it belongs to; 0 while its state is not active.
    pub(crate) visit: u32,
    /// It was asked and has not answered yet.
    pub(crate) under_way: bool,
    /// It was asked at least once in this visit.
    pub(crate) asked: bool,
}

/// One timer slot of a running machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Armed {
    /// When it fires; never if nothing is armed.
    pub(crate) deadline: Instant,
    /// What is armed.
    pub(crate) timer: TimerId,
}

impl Watch {
    pub(crate) const IDLE: Self = Self { due: Instant::NEVER, visit: 0, under_way: false, asked: false };
}

impl Armed {
    pub(crate) const IDLE: Self = Self { deadline: Instant::NEVER, timer: TimerId(u16::MAX) };
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Timer(u16),
    Watcher(WatcherId),
}

impl Instance {
    /// A machine that has not begun yet; give it [`crate::Input::Start`].
    #[must_use]
    pub fn new(table: &Table<'_>) -> Self {
        Self {
            leaf: table.initial(),
            visit: 0,
            pace: Instant(0),
            watches: vec![Watch::IDLE; table.watchers().count()].into(),
            timers: vec![Armed::IDLE; table.timer_slots()].into(),
        }
    }

    /// The leaf that it is in.
    #[must_use]
    pub fn state(&self) -> StateId {
        self.leaf
    }

    /// Number of its latest visit; 0 before it has begun.
    #[must_use]
    pub fn visit(&self) -> u32 {
        self.visit
    }

    /// The visit that a watcher belongs to, while its state is active.
    #[must_use]
    pub fn visit_of(&self, watcher: WatcherId) -> Option<u32> {
        self.watches.get(watcher.index()).map(|it| it.visit).filter(|visit| *visit != 0)
    }

    /// Watchers that were asked and have not answered yet.
    pub fn under_way(&self) -> impl Iterator<Item = WatcherId> + '_ {
        let is_open = |(_, watch): &(usize, &Watch)| watch.under_way;
        self.watches.iter().enumerate().filter(is_open).map(|(index, _)| WatcherId(index as u16))
    }

    /// When the machine wants [`crate::Input::Tick`]; `None` if it waits for nothing that time brings.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.due().map(|(at, _)| at)
    }

    /// What is due first: timers before watchers at the same time, then by number.
    pub(crate) fn due(&self) -> Option<(Instant, Due)> {
        let (mut first, mut place) = (Instant::NEVER, 0);
        for (slot, armed) in self.timers.iter().enumerate() {
            if armed.deadline < first {
                (first, place) = (armed.deadline, slot);
            }
        }
        for (index, watch) in self.watches.iter().enumerate() {
            if watch.due < first {
                (first, place) = (watch.due, self.timers.len() + index);
            }
        }
        let due = match place.checked_sub(self.timers.len()) {
            Some(index) => Due::Watcher(WatcherId(index as u16)),
            None => Due::Timer(place as u16),
        };
        (first != Instant::NEVER).then_some((first, due))
    }

    /// Takes over into another count of time, after a restart: `elapsed_ns` have passed since `then`, and what was
    /// called `then` plus that is called `now` from here on. What was armed keeps what was left of it, never more.
    pub fn rebase(&mut self, then: Instant, elapsed_ns: u64, now: Instant) {
        let shift = |it: &mut Instant| {
            if *it != Instant::NEVER {
                *it = now.after_ns(it.since(then).saturating_sub(elapsed_ns));
            }
        };
        self.timers.iter_mut().for_each(|it| shift(&mut it.deadline));
        self.watches.iter_mut().for_each(|it| shift(&mut it.due));
        shift(&mut self.pace);
    }
}
