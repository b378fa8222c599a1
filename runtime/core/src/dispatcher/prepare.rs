//! A dispatcher while it is made.

use super::{Comparison, NO_SETS, NOTHING, Set, Sets, Way};
use crate::table::code::{ENTRY_ADD, ENTRY_CLASS, ENTRY_SET, Entry};
use crate::table::{Code, Table, Transition};
use alloc::{vec, vec::Vec};

/// What is known of a table's ways so far.
pub(super) struct Preparation<'p, 't> {
    table: &'p Table<'t>,
    pub(super) comparisons: Vec<Comparison>,
    pub(super) sets: Vec<Sets>,
    /// What actions that were looked at already come to.
    known: Vec<(Code, Option<Way>)>,
}

impl<'p, 't> Preparation<'p, 't> {
    pub(super) fn new(table: &'p Table<'t>) -> Self {
        // The first numbers mean something else.
        let nothing = Set { slot: NOTHING, value: 0 };
        let comparison = Comparison { ways: [Way::WHOLE; 2], constant: 0, slot: NOTHING };
        let sets = Sets { pair: [nothing; 2], next: NO_SETS };
        Self { table, comparisons: vec![comparison], sets: vec![sets; 1 + NO_SETS as usize], known: Vec::new() }
    }

    /// What becomes of a transition and its alternatives; nothing if that takes too many comparisons.
    pub(super) fn way(&mut self, first: Transition) -> Option<Way> {
        let transitions: Vec<Transition> = self.table.ways(first).collect();
        let mut way = Way::UNANSWERED;
        for transition in transitions.into_iter().rev() {
            let taken = self.taken(transition);
            way = match self.table.plan(transition.plan).guard {
                None => taken,
                Some(guard) => self.guarded(guard, taken, way)?,
            };
        }
        Some(way)
    }

    /// What a transition does whose guard holds.
    fn taken(&mut self, transition: Transition) -> Way {
        let plan = self.table.plan(transition.plan);
        let target = if plan.stay { Way::STAYS } else { transition.target.0 };
        let done = plan.actions.map_or(Some(Way::WHOLE), |actions| self.actions(actions));
        done.filter(|_| !plan.history).map_or(Way::WHOLE, |done| Way { target, ..done })
    }

    /// The way that asks the comparisons of a guard.
    fn guarded(&mut self, guard: Code, holds: Way, fails: Way) -> Option<Way> {
        let Some(entries) = self.table.entries(guard) else {
            return Some(Way::WHOLE);
        };
        let entries: Vec<Entry> = entries.collect();
        entries.into_iter().rev().try_fold(holds, |holds, entry| self.compared(entry, holds, fails))
    }

    fn compared(&mut self, entry: Entry, holds: Way, fails: Way) -> Option<Way> {
        let [less, equal, greater] = [0, 1, 2].map(|place| if entry.head >> place & 1 == 1 { holds } else { fails });
        let (slot, constant) = (entry.slot.into(), i32::from(entry.constant));
        // The greater ones begin at the next constant.
        let not_less = self.chosen(Comparison { ways: [equal, greater], constant: constant + 1, slot })?;
        if less == equal { Some(not_less) } else { self.chosen(Comparison { ways: [less, not_less], constant, slot }) }
    }

    /// The way that asks a comparison, or what comes of it anyway.
    fn chosen(&mut self, comparison: Comparison) -> Option<Way> {
        let [less, not_less] = comparison.ways;
        if less == not_less {
            return Some(less);
        }
        let number = i16::try_from(self.comparisons.len()).ok()?;
        self.comparisons.push(comparison);
        Some(Way { then: -number, ..Way::WHOLE })
    }

    /// What actions come to that only set words, the first maybe increasing one.
    fn actions(&mut self, code: Code) -> Option<Way> {
        if let Some((_, way)) = self.known.iter().find(|it| it.0 == code) {
            return *way;
        }
        let way = self.new_actions(code);
        self.known.push((code, way));
        way
    }

    fn new_actions(&mut self, code: Code) -> Option<Way> {
        let (mut way, mut sets) = (Way { then: NO_SETS, ..Way::WHOLE }, Vec::new());
        for Entry { head, slot, constant } in self.table.entries(code)? {
            match head & ENTRY_CLASS {
                ENTRY_ADD => (way.slot, way.plus) = (slot.into(), constant),
                ENTRY_SET => sets.push(Set { slot: slot.into(), value: constant }),
                // The sum has to be looked at.
                _ => return None,
            }
        }
        for pair in sets.rchunks(2) {
            let pair = if let [first, second] = pair { [*first, *second] } else { [pair[0]; 2] };
            self.sets.push(Sets { pair, next: way.then });
            way.then = i16::try_from(self.sets.len() - 1).ok()?;
        }
        Some(way)
    }
}
