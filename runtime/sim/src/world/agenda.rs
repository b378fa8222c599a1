//! What watchers will report, in the order in which it comes.

use super::answers::Reply;
use machine_core::{Instant, WatcherId};
use std::collections::BTreeMap;

/// Whose report it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coming {
    pub(super) machine: u16,
    pub(super) watcher: WatcherId,
    /// The visit that it was asked in.
    pub(super) visit: u32,
    /// The number of the series that it is from.
    pub(super) series: u32,
}

impl Coming {
    /// In the place of a series: it has waited for a slot until then.
    pub(super) const TURN: u32 = u32::MAX;

    pub(super) fn is_turn(&self) -> bool {
        self.series == Self::TURN
    }
}

/// All reports that are under way; of those that come at the same time, the one that was asked first is first.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    /// What comes at once, or is the only thing that comes: the way of nearly all.
    next: Option<(Reply, Coming)>,
    later: BTreeMap<(Instant, u64), (Reply, Coming)>,
    count: u64,
}

impl Agenda {
    pub(super) fn put(&mut self, reply: Reply, coming: Coming) {
        self.count += 1;
        match &self.next {
            None if self.later.first_key_value().is_none_or(|it| reply.at < it.0.0) => {
                self.next = Some((reply, coming))
            }
            Some((first, _)) if reply.at < first.at => {
                let before = self.next.replace((reply, coming));
                // It was asked before all others that come at that time.
                self.later.extend(before.map(|it| ((it.0.at, 0), it)));
            }
            _ => _ = self.later.insert((reply.at, self.count), (reply, coming)),
        }
    }

    /// When the first comes.
    pub(super) fn first(&self) -> Option<Instant> {
        self.next.as_ref().map(|it| it.0.at).or_else(|| self.later.first_key_value().map(|it| it.0.0))
    }

    pub(super) fn take(&mut self) -> Option<(Reply, Coming)> {
        self.next.take().or_else(|| self.later.pop_first().map(|it| it.1))
    }

    /// Forgets the first as long as nobody waits for it.
    pub(super) fn drop_while(&mut self, is_over: impl Fn(&Coming) -> bool) {
        loop {
            let first = self.next.as_ref().map(|it| it.1).or_else(|| self.later.first_key_value().map(|it| it.1.1));
            if !first.is_some_and(|it| is_over(&it)) {
                return;
            }
            self.take();
        }
    }

    pub(super) fn clear(&mut self) {
        self.next = None;
        self.later.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Payload;

    fn order(times: &[u64]) -> Vec<u16> {
        let mut agenda = Agenda::default();
        for (index, at) in times.iter().enumerate() {
            let reply = Reply { at: Instant(*at), outcome: None, payload: Payload::default() };
            agenda.put(reply, Coming { machine: index as u16, watcher: WatcherId(0), visit: 1, series: 1 });
        }
        std::iter::from_fn(|| agenda.take()).map(|it| it.1.machine).collect()
    }

    #[test]
    fn what_comes_first_is_first_and_ties_go_to_who_was_asked_first() {
        assert_eq!(order(&[5, 5, 5]), [0, 1, 2]);
        assert_eq!(order(&[5, 3, 5, 3]), [1, 3, 0, 2]);
        assert_eq!(order(&[1, 9, 4, 9, 0]), [4, 0, 2, 1, 3]);
        assert_eq!(order(&[9, 3, 9, 1, 9]), [3, 1, 0, 2, 4]);
    }
}
