//! What waits to become durable before it may be seen: events to publish, commands to start and to stop.
//!
//! The order of writes is journal, effect, publish: an entry leaves when the record that it belongs to is durable, and
//! never before another that came earlier.

use crate::event::happening::{Happening, Origin};
use crate::journal::Lsn;
use machine_core::WatcherId;
use machine_drivers::Key;
use std::collections::VecDeque;

/// One thing that waits.
#[derive(Debug)]
pub(super) enum Out {
    /// An event.
    Event(Box<Event>),
    /// A watcher to ask.
    Ask(Asking),
    /// A watcher to stop.
    Stop {
        /// Its kind's place among the drivers.
        driver: usize,
        /// Which visit of it.
        key: Key,
    },
}

/// An event that waits.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) origin: Origin,
    pub(super) happening: Happening,
    pub(super) json: Vec<u8>,
}

/// A watcher that waits to be asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    pub(super) machine: usize,
    pub(super) watcher: WatcherId,
    pub(super) visit: u32,
    pub(super) first: bool,
    pub(super) resumed: bool,
}

/// All that waits, in order.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<(Lsn, Out)>,
    durable: Lsn,
}

impl Outbox {
    /// Everything up to this record is durable.
    pub(super) fn is_durable(&mut self, lsn: Lsn) {
        self.durable = self.durable.max(lsn);
    }

    /// Adds what belongs to this record.
    pub(super) fn put(&mut self, lsn: Lsn, out: Out) {
        self.waiting.push_back((lsn, out));
    }

    /// The next thing that may be seen.
    pub(super) fn next(&mut self) -> Option<Out> {
        let is_ready = self.waiting.front().is_some_and(|(lsn, _)| *lsn <= self.durable);
        if is_ready { self.waiting.pop_front().map(|(_, out)| out) } else { None }
    }

    /// Everything has been let out up to here.
    pub(super) fn let_out(&self) -> Lsn {
        self.waiting.front().map_or(self.durable, |(lsn, _)| Lsn(lsn.0.saturating_sub(1)).min(self.durable))
    }

    /// Nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
