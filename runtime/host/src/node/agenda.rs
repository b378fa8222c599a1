//! When which machine wants to be called.

use machine_core::Instant;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Deadlines of machines, earliest first, ties by the machine's number. An entry is out of date when its machine has
/// another deadline by now; such entries are passed over when they come up, which is cheaper than finding them.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<(Instant, usize)>>,
}

impl Agenda {
    /// Notes a deadline.
    pub(super) fn note(&mut self, at: Instant, machine: usize) {
        self.heap.push(Reverse((at, machine)));
    }

    /// The first entry; it may be out of date.
    pub(super) fn first(&self) -> Option<(Instant, usize)> {
        self.heap.peek().map(|Reverse(entry)| *entry)
    }

    /// Takes the first entry away.
    pub(super) fn pop(&mut self) {
        self.heap.pop();
    }
}
