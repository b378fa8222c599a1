//! What waits to become durable before it may be seen: events to publish, commands to start and to stop.
//!
//! The order of writes is journal, effect, publish: an entry leaves when the record that it belongs to is durable, and
//! never before another that came earlier.

use crate::event::happening::{Happening, Origin};
use crate::journal::Lsn;
use machine_core::WatcherId;
use machine_drivers::Key;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::VecDeque;
use tokio::sync::oneshot;

/// One thing that waits.
#[derive(Debug)]
pub(super) enum Out {
    /// An event.
    Event(Box<Event>),
    /// A watcher to ask.
    Ask(Asking),
    /// A watcher to ask that has its slot.
    Begin(Asking),
    /// A watcher to stop.
    Stop {
        /// Its kind's place among the drivers.
        driver: usize,
        /// Which visit of it.
        key: Key,
    },
    /// An answer for whoever asked the node something.
    Reply {
        /// Who.
        to: oneshot::Sender<Value>,
        /// The answer.
        reply: Value,
    },
}

/// An event that waits.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) origin: Origin,
    pub(super) happening: Happening,
    pub(super) json: Box<RawValue>,
}

/// A watcher that waits to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asking {
    pub(super) machine: u32,
    pub(super) watcher: WatcherId,
    pub(super) visit: u32,
    pub(super) first: bool,
    pub(super) resumed: bool,
}

impl Asking {
    /// The name that drivers know it by.
    pub(super) fn key(self) -> Key {
        Key { machine: self.machine, watcher: self.watcher.0, visit: self.visit }
    }
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

    /// The last record that is durable.
    pub(super) fn durable(&self) -> Lsn {
        self.durable
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

    /// Everything up to this record has been let out.
    pub(super) fn let_out(&self) -> Lsn {
        self.waiting.front().map_or(self.durable, |(lsn, _)| lsn.before().min(self.durable))
    }

    /// How much waits.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The events that wait, each with its record.
    pub(super) fn events(&self) -> impl Iterator<Item = (Lsn, &Event)> {
        self.waiting.iter().filter_map(|(lsn, out)| match out {
            Out::Event(event) => Some((*lsn, &**event)),
            Out::Ask(_) | Out::Begin(_) | Out::Stop { .. } | Out::Reply { .. } => None,
        })
    }

    /// No watcher is asked or stopped any more; events and replies stay.
    pub(super) fn forget_acts(&mut self) {
        self.waiting.retain(|(_, out)| matches!(out, Out::Event(_) | Out::Reply { .. }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(visit: u32) -> Out {
        Out::Stop { driver: 0, key: Key { machine: 0, watcher: 0, visit } }
    }

    /// The visits of all that may be seen now.
    fn seen(outbox: &mut Outbox) -> Vec<u32> {
        let visit = |out| if let Out::Stop { key, .. } = out { key.visit } else { 0 };
        std::iter::from_fn(|| outbox.next()).map(visit).collect()
    }

    #[test]
    fn nothing_is_seen_before_its_record_is_durable_and_all_in_order() {
        let mut outbox = Outbox::default();
        for (lsn, visit) in [(1, 1), (1, 2), (2, 3), (4, 4)] {
            outbox.put(Lsn(lsn), stop(visit));
        }
        assert_eq!((seen(&mut outbox), outbox.let_out()), (vec![], Lsn(0)));
        outbox.is_durable(Lsn(1));
        assert_eq!((seen(&mut outbox), outbox.let_out()), (vec![1, 2], Lsn(1)));
        outbox.is_durable(Lsn(3));
        assert_eq!((seen(&mut outbox), outbox.let_out()), (vec![3], Lsn(3)));
        outbox.is_durable(Lsn(2));
        assert_eq!(outbox.durable(), Lsn(3), "it never goes back");
        outbox.is_durable(Lsn(9));
        assert_eq!((seen(&mut outbox), outbox.let_out()), (vec![4], Lsn(9)));
    }

    #[test]
    fn what_is_durable_and_has_not_left_is_not_let_out() {
        let mut outbox = Outbox::default();
        outbox.put(Lsn(5), stop(1));
        outbox.is_durable(Lsn(7));
        assert_eq!(outbox.let_out(), Lsn(4));
    }

    #[test]
    fn acts_can_be_forgotten() {
        let mut outbox = Outbox::default();
        outbox.put(Lsn(1), stop(1));
        outbox.is_durable(Lsn(1));
        outbox.forget_acts();
        assert!(outbox.next().is_none());
    }
}
