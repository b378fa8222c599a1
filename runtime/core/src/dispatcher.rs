//! The decisions of a table, prepared: what a leaf does with an event is one load, and a guard is no branch.
//!
//! A guard that compares words with constants becomes a tree of comparisons, each of which chooses between two ways. What
//! is more than that, or does more than setting words and increasing one, takes a whole step.

mod prepare;

use crate::dispatch::Decision;
use crate::id::{EventId, StateId};
use crate::table::Table;
use alloc::{boxed::Box, vec};
use prepare::Preparation;

/// The transition function of a table, prepared once for any number of machines.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    /// A row for each leaf, a way for each event.
    ways: Box<[Way]>,
    /// As many bits of a way's place tell the event.
    bits: u32,
    comparisons: Box<[Comparison]>,
    sets: Box<[Sets]>,
}

/// A decision, and what is done for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    /// A leaf, or one of the numbers that no leaf has.
    target: u16,
    /// Nothing: 0. A comparison to be asked first: its number, negative. Otherwise a word may be increased, and
    /// words are set from this number on.
    then: i16,
    /// The word that is increased, or [`NOTHING`].
    slot: u16,
    plus: i16,
}

/// Chooses the first way if a word is less than a constant, the second if it is not.
#[derive(Clone, Copy, Debug)]
struct Comparison {
    ways: [Way; 2],
    constant: i32,
    slot: u16,
}

/// A word becomes a constant.
#[derive(Clone, Copy, Debug)]
struct Set {
    slot: u16,
    value: i16,
}

/// Two of them, and where others follow.
#[derive(Clone, Copy, Debug)]
struct Sets {
    pair: [Set; 2],
    next: i16,
}

/// What a number, a truth value or a word of an enum is kept in.
pub trait Word: Copy + Into<i64> + From<i16> {
    /// The sum, if it fits.
    #[must_use]
    fn plus(self, more: i16) -> Option<Self>;
}

impl Word for i64 {
    #[inline(always)]
    fn plus(self, more: i16) -> Option<Self> {
        self.checked_add(more.into())
    }
}

/// Half the memory, for whoever keeps a great many machines.
impl Word for i32 {
    #[inline(always)]
    fn plus(self, more: i16) -> Option<Self> {
        self.checked_add(more.into())
    }
}

/// A slot that no word is in.
const NOTHING: u16 = u16::MAX;
/// Where nothing is set, or nothing more. Numbers in `sets` begin behind it.
const NO_SETS: i16 = 1;

impl Dispatcher {
    /// The decisions of a table; nothing if they take more than `limit` bytes, or if each transition takes a whole step
    /// because states do something when they are entered or left, or conditions of `when` have to be looked at.
    #[must_use]
    pub fn new(table: &Table<'_>, limit: usize) -> Option<Self> {
        if table.extra.takes_steps {
            return None;
        }
        let bits = table.events().count().next_power_of_two().ilog2();
        let rows = table.leaves().count() << bits;
        (rows * size_of::<Way>() <= limit).then_some(())?;
        let mut ways = vec![Way::UNANSWERED; rows];
        let mut all = Preparation::new(table);
        for leaf in table.leaves() {
            for (event, transition) in table.transitions(leaf) {
                *ways.get_mut(leaf.index() << bits | event.index())? = all.way(transition)?;
            }
        }
        let Preparation { comparisons, sets, .. } = all;
        let it = Self { ways: ways.into(), bits, comparisons: comparisons.into(), sets: sets.into() };
        (it.size() <= limit).then_some(it)
    }

    /// Decides an event in a leaf, as [`Table::dispatch`] does, for ids of its table. Where data are kept in words that
    /// are too narrow for a sum, it takes a whole step.
    #[inline(always)]
    pub fn dispatch<W: Word>(&self, leaf: StateId, event: EventId, words: &mut [W]) -> Decision {
        let at = leaf.index() << self.bits | event.index();
        let way = self.ways.get(at).unwrap_or_else(|| {
            // A branch that is never taken costs less here than a choice between two places.
            core::hint::cold_path();
            &Way::UNANSWERED
        });
        // Most say nothing but where it goes.
        let way = if way.then == 0 { way } else { self.carried_out(way, words) };
        way.decision()
    }

    /// The way that comparisons choose, when it is done.
    #[inline(always)]
    fn carried_out<'d, W: Word>(&'d self, mut way: &'d Way, words: &mut [W]) -> &'d Way {
        while way.then < 0 {
            let Some(asked) = self.comparisons.get(usize::from(way.then.unsigned_abs())) else {
                return &Way::WHOLE;
            };
            let word = words.get(usize::from(asked.slot)).map_or(0, |it| (*it).into());
            way = &asked.ways[usize::from(word >= i64::from(asked.constant))];
        }
        if way.then == 0 || self.change(way, words) { way } else { &Way::WHOLE }
    }

    /// Changes words; false, and nothing is changed, if the sum is too great.
    #[inline(always)]
    fn change<W: Word>(&self, way: &Way, words: &mut [W]) -> bool {
        if let Some(word) = words.get_mut(usize::from(way.slot)) {
            let Some(sum) = word.plus(way.plus) else {
                return false;
            };
            *word = sum;
        }
        let mut at = way.then;
        while at != NO_SETS {
            let Some(sets) = self.sets.get(at as usize) else { break };
            for set in &sets.pair {
                if let Some(word) = words.get_mut(usize::from(set.slot)) {
                    *word = set.value.into();
                }
            }
            at = sets.next;
        }
        true
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of_val(&*self.ways) + size_of_val(&*self.comparisons) + size_of_val(&*self.sets)
    }
}

impl Way {
    const UNANSWERED: Self = Self::to(u16::MAX);
    const WHOLE: Self = Self::to(u16::MAX - 1);
    /// The target of a transition that stays.
    const STAYS: u16 = u16::MAX - 2;

    const fn to(target: u16) -> Self {
        Self { target, then: 0, slot: NOTHING, plus: 0 }
    }

    #[inline(always)]
    fn decision(self) -> Decision {
        match self.target {
            leaf if leaf < Self::STAYS => Decision::Goes(StateId(leaf)),
            Self::STAYS => Decision::Stays,
            it if it == Self::WHOLE.target => Decision::Whole,
            _ => Decision::Unanswered,
        }
    }
}

#[cfg(test)]
mod tests;
