//! Only what is decided: which state follows, and what the data become. For whoever runs a great many machines of one
//! kind and keeps of each no more than that; the whole behaviour is [`step()`](crate::step()).

use crate::id::{EventId, StateId};
use crate::step::{compare, set};
use crate::table::code::{ENTRY_ADD_WITHIN, ENTRY_CLASS, ENTRY_SET, Entry, HEAD_EXPR};
use crate::table::layout::{CODE_UNIT, PLAN_ACTS, PLAN_GUARD, PLAN_HISTORY, PLAN_NEAR, PLAN_STAY};
use crate::table::rows::with_rows;
use crate::table::{Code, Rows, Table};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The machine goes to this leaf, maybe to the one where it is.
    Goes(StateId),
    /// A handler answers the event by staying.
    Stays,
    /// No handler here answers the event.
    Unanswered,
    /// It takes a whole step: code that has to be calculated, states that do something, a way back, or a failure.
    /// Nothing was changed.
    Whole,
}

/// The transition function of a table with ids of one byte, laid out so that each look-up is one load.
#[derive(Clone, Copy, Debug)]
pub struct Dispatcher<'t> {
    bases: &'t [u8],
    /// Event, target, plan.
    slots: &'t [[u8; 3]],
    /// Label, alternative, depth, flags, guard, actions.
    plans: &'t [[u8; 8]],
    /// Target, plan.
    alternatives: &'t [[u8; 2]],
    code: &'t [[u8; 4]],
}

impl Dispatcher<'_> {
    /// As [`Table::dispatch`].
    #[inline(always)]
    pub fn dispatch(&self, leaf: StateId, event: EventId, words: &mut [i64]) -> Decision {
        let Some(base) = self.bases.get(leaf.index()) else {
            return Decision::Unanswered;
        };
        let Some([of, target, plan]) = self.slots.get(usize::from(*base) + event.index()) else {
            return Decision::Unanswered;
        };
        if u16::from(*of) != event.0 {
            return Decision::Unanswered;
        }
        let (mut target, mut plan) = (*target, *plan);
        loop {
            let Some([_, otherwise, _, flags, guard @ .., first, second]) = self.plans.get(usize::from(plan)) else {
                return Decision::Unanswered;
            };
            if *flags & !PLAN_NEAR == 0 {
                return Decision::Goes(StateId(target.into()));
            }
            if *flags & PLAN_GUARD != 0 {
                match self.holds(usize::from(u16::from_le_bytes(*guard)), words) {
                    Some(true) => {}
                    Some(false) => match self.alternatives.get(usize::from(*otherwise)) {
                        Some(next) => {
                            [target, plan] = *next;
                            continue;
                        }
                        None => return Decision::Unanswered,
                    },
                    None => return Decision::Whole,
                }
            }
            if *flags & PLAN_ACTS != 0 && !self.set(usize::from(u16::from_le_bytes([*first, *second])), words) {
                return Decision::Whole;
            }
            return match *flags & (PLAN_HISTORY | PLAN_STAY) {
                0 => Decision::Goes(StateId(target.into())),
                PLAN_STAY => Decision::Stays,
                _ => Decision::Whole,
            };
        }
    }

    /// Whether all comparisons hold; nothing if that has to be calculated.
    #[inline(always)]
    fn holds(&self, mut at: usize, words: &[i64]) -> Option<bool> {
        loop {
            let entry = Entry::of(*self.code.get(at)?);
            if entry.head >= HEAD_EXPR {
                return None;
            }
            let holds = entry.holds(*words.get(usize::from(entry.slot))?);
            if !holds || entry.is_last() {
                return Some(holds);
            }
            at += 1;
        }
    }

    /// Sets or increases words; false, and nothing changed, if that takes more than adding.
    #[inline(always)]
    fn set(&self, mut at: usize, words: &mut [i64]) -> bool {
        while let Some(entry) = self.code.get(at) {
            let entry = Entry::of(*entry);
            let Some(word) = words.get_mut(usize::from(entry.slot)).filter(|_| entry.head < ENTRY_ADD_WITHIN) else {
                return false;
            };
            let before = if entry.head & ENTRY_CLASS == ENTRY_SET { 0 } else { *word };
            let Some(sum) = before.checked_add(i64::from(entry.constant)) else {
                return false;
            };
            *word = sum;
            if entry.is_last() {
                return true;
            }
            at += 1;
        }
        false
    }
}

impl<'t> Table<'t> {
    /// The fastest way to its decisions; nothing if its ids take two bytes, or states do something when they are entered
    /// or left.
    #[must_use]
    pub fn dispatcher(&self) -> Option<Dispatcher<'t>> {
        (!self.is_wide() && self.extra.blocks.is_empty()).then(|| Dispatcher {
            bases: self.bases(),
            slots: self.slot_rows(),
            plans: self.plan_rows(),
            alternatives: self.extra.alternatives.as_chunks().0,
            code: self.extra.code.as_chunks().0,
        })
    }

    /// Decides an event in a leaf. `words` are the data of the machine that are numbers, truth values or words of enums,
    /// by their index; they are changed by actions that only set or increase them.
    #[inline(always)]
    pub fn dispatch(&self, leaf: StateId, event: EventId, words: &mut [i64]) -> Decision {
        with_rows!(self, rows => rows.dispatch(leaf, event, words))
    }
}

impl<const ID: usize> Rows<'_, '_, ID> {
    #[inline(always)]
    fn dispatch(self, leaf: StateId, event: EventId, words: &mut [i64]) -> Decision {
        let Some(mut transition) = self.transition(leaf, event) else {
            return Decision::Unanswered;
        };
        loop {
            let way = self.way(transition.plan);
            if way.is_bare() {
                return Decision::Goes(transition.target);
            }
            let holds = match way.guard() {
                None => true,
                Some(guard) if self.is_short(guard) => {
                    compare(self.0.extra.code, usize::from(guard.0) * CODE_UNIT, words)
                }
                Some(_) => return Decision::Whole,
            };
            if !holds {
                match self.otherwise(transition.plan) {
                    Some(next) => transition = next,
                    None => return Decision::Unanswered,
                }
                continue;
            }
            if way.is_history() || !self.0.extra.blocks.is_empty() {
                return Decision::Whole;
            }
            if let Some(actions) = way.actions() {
                let start = usize::from(actions.0) * CODE_UNIT;
                if !self.is_short(actions) || set(self.0.extra.code, start, words).is_err() {
                    return Decision::Whole;
                }
            }
            return if way.is_stay() { Decision::Stays } else { Decision::Goes(transition.target) };
        }
    }

    #[inline(always)]
    fn is_short(self, code: Code) -> bool {
        self.0.extra.code.get(usize::from(code.0) * CODE_UNIT).is_some_and(|it| *it < HEAD_EXPR)
    }
}
