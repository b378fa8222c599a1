//! Only what is decided: which state follows, and what the data become. For whoever runs a great many machines of one
//! kind and keeps of each no more than that; the whole behaviour is [`step()`](crate::step()). Here it is read in place; a
//! [`Dispatcher`](crate::Dispatcher) is prepared first.

use crate::id::{EventId, StateId};
use crate::step::{Change, compare, set};
use crate::table::rows::with_rows;
use crate::table::{Cut, Rows, Table};

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

impl<'t> Table<'t> {
    /// Decides an event in a leaf. `words` are the data of the machine that are numbers, truth values or words of enums,
    /// by their index; they are changed by actions that only set or increase them.
    #[inline(always)]
    pub fn dispatch(&self, leaf: StateId, event: EventId, words: &mut [i64]) -> Decision {
        with_rows!(self, rows => rows.dispatch(self, leaf, event, words))
    }
}

impl<W: Cut> Rows<'_, W> {
    #[inline(always)]
    fn dispatch(&self, table: &Table<'_>, leaf: StateId, event: EventId, words: &mut [i64]) -> Decision {
        let Some(mut transition) = self.transition(leaf, event) else {
            return Decision::Unanswered;
        };
        loop {
            let Some(way) = self.way(transition.plan) else {
                return Decision::Unanswered;
            };
            if way.is_bare() && !table.extra.takes_steps {
                return Decision::Goes(transition.target);
            }
            let holds = way.guard().map_or(Some(true), |guard| compare(table, guard, words));
            let Some(holds) = holds else {
                return Decision::Whole;
            };
            if !holds {
                match way.otherwise().and_then(|it| self.alternative(it)) {
                    Some(next) => transition = next,
                    None => return Decision::Unanswered,
                }
                continue;
            }
            if way.is_history() || table.extra.takes_steps {
                return Decision::Whole;
            }
            let change = way.actions().map_or(Change::Made, |actions| set(table, actions, words));
            if change != Change::Made {
                return Decision::Whole;
            }
            return if way.is_stay() { Decision::Stays } else { Decision::Goes(transition.target) };
        }
    }
}
