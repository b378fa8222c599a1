//! Instances that behave alike from here on, made alike: for whoever looks at all that a machine can be.

use crate::instance::Instance;
use crate::{Instant, Table};

/// Faults in a row beyond which a pace does not grow in a way that matters.
const FAULTS_MAX: u16 = 64;

impl Instance {
    /// The same machine at the time 0, on its first visit, having gone round slowly and drawn no splay.
    ///
    /// Two instances that are the same in this form react in the same way to the same inputs in the same time, as long as
    /// no answer comes late and the machine does not go round too fast. `now` is the time by which `self` counts, and
    /// nothing of it is overdue then.
    #[must_use]
    pub fn canonical(&self, table: &Table<'_>, now: Instant) -> Self {
        let mut it = self.clone();
        it.rebase(now, 0, Instant(0));
        it.visit = it.visit.min(1);
        (it.pace, it.seed) = (Instant(0), 0);
        for (watch, watcher) in it.watches.iter_mut().zip(table.watchers()) {
            watch.visit = watch.visit.min(1);
            watch.faults = watch.faults.min(FAULTS_MAX);
            if watch.visit != 0 && !watch.asked && table.modifiers(watcher).splay_ms.is_some() {
                watch.due = Instant(0);
            }
        }
        it.note_next_ask();
        it
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Definition, Input, OwnedTable, WatcherId, step};
    use alloc::vec::Vec;

    const MINUTE: u64 = 60_000_000_000;

    /// The lamp of the example after some rounds, 10 s after it was switched on last.
    fn lit(table: &OwnedTable, rounds: u64) -> Instance {
        let table = table.table();
        let (mut instance, mut now) = (Instance::new(&table), Instant(rounds));
        let give = |instance: &mut Instance, now, input| step(&table, instance, now, input, &mut Vec::new());
        give(&mut instance, now, Input::Start);
        for round in 0..rounds {
            let visit = instance.visit_of(WatcherId(0)).unwrap();
            give(&mut instance, now, Input::Outcome { watcher: WatcherId(0), visit, outcome: 0, payload: &[] });
            if round + 1 < rounds {
                now = instance.deadline().unwrap();
                give(&mut instance, now, Input::Tick);
            }
        }
        instance.canonical(&table, now.after_ns(MINUTE / 6))
    }

    #[test]
    fn how_often_it_went_round_does_not_matter() {
        let table = OwnedTable::verify(Definition::example().encode().unwrap().into()).unwrap();
        let [one, three] = [1, 3].map(|it| lit(&table, it));
        assert_eq!(one, three);
        assert_eq!((one.visit(), one.deadline()), (1, Some(Instant(MINUTE / 6 * 5))));
    }

    #[test]
    fn what_is_left_of_a_timer_does() {
        let table = OwnedTable::verify(Definition::example().encode().unwrap().into()).unwrap();
        let one = lit(&table, 1);
        assert_ne!(one, one.canonical(&table.table(), Instant(1)));
    }
}
