//! Events in the order of the journal, and how far all of them are done with.

use super::super::Position;
use std::collections::VecDeque;

/// Room for so many stays when there are none.
const SPARE: usize = 64;

/// One slot for each event that was taken.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// From the first that is not done with on.
    all: VecDeque<(Position, bool)>,
    /// Number of the first of them, counted over the life of this.
    first: u64,
    /// The last event that is done with, until it is asked for.
    reached: Option<Position>,
}

impl Slots {
    /// The next event of the journal, which may be done with already; the number of its slot.
    pub(super) fn push(&mut self, position: Position, is_done: bool) -> u64 {
        self.all.push_back((position, is_done));
        self.first + self.all.len() as u64 - 1
    }

    /// The event of this slot is done with.
    pub(super) fn done(&mut self, slot: u64) {
        let index = slot.checked_sub(self.first).and_then(|it| usize::try_from(it).ok());
        if let Some((_, is_done)) = index.and_then(|it| self.all.get_mut(it)) {
            *is_done = true;
        }
    }

    /// The last event that is done with, with all before it, if it counts; once for each.
    pub(super) fn reached(&mut self, counts: impl FnOnce() -> bool) -> Option<Position> {
        while let Some((position, _)) = self.all.pop_front_if(|(_, is_done)| *is_done) {
            self.first += 1;
            self.reached = Some(position);
        }
        if self.all.is_empty() {
            self.all.shrink_to(SPARE);
        }
        self.reached.take_if(|_| counts())
    }
}
