//! When which machine wants to be called.

use machine_core::Instant;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Deadlines of machines, earliest first, ties by the machine's number. An entry is out of date when its machine has
/// another deadline by now; such entries are passed over when they come up, which is cheaper than finding them.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<(Instant, u32)>>,
}

impl Agenda {
    /// Notes a deadline.
    pub(super) fn note(&mut self, at: Instant, machine: u32) {
        if self.heap.len() == self.heap.capacity() {
            self.heap.reserve_exact(self.heap.len() / 8 + 4);
        }
        self.heap.push(Reverse((at, machine)));
    }

    /// The first entry; it may be out of date.
    pub(super) fn first(&self) -> Option<(Instant, u32)> {
        self.heap.peek().map(|Reverse(entry)| *entry)
    }

    /// Takes the first entry away.
    pub(super) fn pop(&mut self) {
        self.heap.pop();
    }

    /// Most entries are out of date, if there is one for each of so many machines at most.
    pub(super) fn is_crowded(&self, machines: usize) -> bool {
        self.heap.len() > 2 * machines + 64
    }

    /// Forgets all entries but these.
    pub(super) fn retain(&mut self, mut is_current: impl FnMut(Instant, u32) -> bool) {
        self.heap.retain(|Reverse((at, machine))| is_current(*at, *machine));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agenda(entries: &[(u64, u32)]) -> Agenda {
        let mut agenda = Agenda::default();
        entries.iter().for_each(|(at, machine)| agenda.note(Instant(*at), *machine));
        agenda
    }

    fn order(mut agenda: Agenda) -> Vec<(u64, u32)> {
        std::iter::from_fn(|| {
            let (at, machine) = agenda.first()?;
            agenda.pop();
            Some((at.0, machine))
        })
        .collect()
    }

    #[test]
    fn what_is_due_first_comes_first_and_ties_go_by_machine() {
        assert_eq!(order(agenda(&[(5, 2), (3, 9), (5, 1), (4, 0)])), [(3, 9), (4, 0), (5, 1), (5, 2)]);
    }

    #[test]
    fn entries_that_are_out_of_date_do_not_pile_up() {
        let mut agenda = agenda(&[(7, 1)]);
        for at in 100..10_000 {
            agenda.note(Instant(at), 2);
            if agenda.is_crowded(2) {
                agenda.retain(|then, machine| machine == 1 || then == Instant(at));
            }
        }
        assert!(agenda.heap.len() <= 2 * 2 + 64 + 1);
        assert_eq!(agenda.first(), Some((Instant(7), 1)));
    }
}
