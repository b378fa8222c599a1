//! A dispatcher while it is made.

use super::{COMPARES, NOTHING_ELSE, SETS, Sets, Way, ZERO};
use crate::table::code::{ENTRY_ADD, ENTRY_CLASS, ENTRY_SET, Entry};
use crate::table::{Code, Table, Transition};
use alloc::vec::Vec;

/// What is known of a table's ways so far.
pub(super) struct Preparation<'p, 't> {
    table: &'p Table<'t>,
    pub(super) ways: Vec<Way>,
    pub(super) sets: Vec<Sets>,
    /// What actions that were looked at already come to.
    known: Vec<(Code, Option<Way>)>,
}

impl<'p, 't> Preparation<'p, 't> {
    /// `ways` has room for all leaves and events.
    pub(super) fn new(table: &'p Table<'t>, ways: Vec<Way>) -> Self {
        Self { table, ways, sets: Vec::new(), known: Vec::new() }
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
        let Entry { slot, constant, .. } = entry;
        let not_less = match constant.checked_add(1) {
            _ if equal == greater => equal,
            // The greater ones begin at the next constant.
            Some(next) if less == equal => return self.chosen(slot, next, equal, greater),
            Some(next) => self.chosen(slot, next, equal, greater)?,
            None => Way::WHOLE,
        };
        self.chosen(slot, constant, less, not_less)
    }

    /// The way that compares a word, or what comes of it anyway.
    fn chosen(&mut self, slot: u8, constant: i16, less: Way, not_less: Way) -> Option<Way> {
        if less == not_less {
            return Some(less);
        }
        let target = u16::try_from(self.ways.len()).ok()?;
        self.ways.extend([less, not_less]);
        Some(Way { target, then: COMPARES, slot, keeps: -1, plus: constant })
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
        let (mut way, mut first, mut sets) = (Way::WHOLE, true, Vec::new());
        for Entry { head, slot, constant } in self.table.entries(code)? {
            match (head & ENTRY_CLASS, first) {
                (ENTRY_ADD, _) => way = Way { slot, plus: constant, ..way },
                (ENTRY_SET, true) => way = Way { slot, keeps: 0, plus: constant, ..way },
                (ENTRY_SET, false) => sets.push((slot, constant)),
                // The sum has to be looked at.
                _ => return None,
            }
            first = false;
        }
        let Some((last, others)) = sets.split_last() else {
            return Some(way);
        };
        way.then = self.set(*last, NOTHING_ELSE)?;
        for set in others.iter().rev() {
            way.then = self.set(*set, way.then)?;
        }
        Some(way)
    }

    /// What stands in a way that sets a word, and then others.
    fn set(&mut self, (slot, value): (u8, i16), then: i16) -> Option<i16> {
        if value == 0 && then == NOTHING_ELSE {
            return Some(ZERO + i16::from(slot));
        }
        self.sets.push(Sets { slot, value, then });
        i16::try_from(self.sets.len() - 1).ok()?.checked_add(SETS)
    }
}
