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
    /// A row for each leaf, a way for each event; behind them the pairs that comparisons choose from.
    ways: Box<[Way]>,
    /// As many bits of a way's place tell the event.
    bits: u32,
    sets: Box<[Sets]>,
}

/// A decision, and what is done for it; or a comparison.
///
/// Each decision changes one word, if only by nothing: whether there is something to do would be a branch, and random
/// events mispredict it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    /// A leaf, or one of the numbers that no leaf has. Of a comparison the place of two ways: the first is gone if the
    /// word is less than `plus`.
    target: u16,
    /// [`COMPARES`]; or what else is done: nothing, [`ZERO`] and the word that becomes 0, [`SETS`] and a number of them.
    then: i16,
    /// The word that is changed or compared.
    slot: u8,
    /// What is kept of it: all its bits, or none.
    keeps: i8,
    /// What is added to that, or what it is compared with.
    plus: i16,
}

const COMPARES: i16 = -1;
const NOTHING_ELSE: i16 = 0;
const ZERO: i16 = 1;
/// No machine that is prepared has as many words.
const SETS: i16 = 1 << 14;

/// A word becomes a constant; then another one, or nothing else is done.
#[derive(Clone, Copy, Debug)]
struct Sets {
    slot: u8,
    value: i16,
    then: i16,
}

/// What a number, a truth value or a word of an enum is kept in.
pub trait Word: Copy + Into<i64> + From<i16> {
    /// What is left of the bits that `keeps` has, and as much more, if it fits.
    #[must_use]
    fn changed(self, keeps: i8, plus: i16) -> Option<Self>;
}

impl Word for i64 {
    #[inline(always)]
    fn changed(self, keeps: i8, plus: i16) -> Option<Self> {
        (self & Self::from(keeps)).checked_add(plus.into())
    }
}

/// Half the memory, for whoever keeps a great many machines.
impl Word for i32 {
    #[inline(always)]
    fn changed(self, keeps: i8, plus: i16) -> Option<Self> {
        (self & Self::from(keeps)).checked_add(plus.into())
    }
}

impl Dispatcher {
    /// The decisions of a table; nothing if they take more than `limit` bytes, or if each transition takes a whole step
    /// because states do something when they are entered or left, conditions of `when` have to be looked at, or there are
    /// more than ten thousand data.
    #[must_use]
    pub fn new(table: &Table<'_>, limit: usize) -> Option<Self> {
        if table.extra.takes_steps || table.extra.data + table.extra.facts >= SETS as usize {
            return None;
        }
        let bits = table.events().count().next_power_of_two().ilog2();
        let rows = table.leaves().count() << bits;
        (rows * size_of::<Way>() <= limit).then_some(())?;
        let mut all = Preparation::new(table, vec![Way::UNANSWERED; rows]);
        for leaf in table.leaves() {
            for (event, transition) in table.transitions(leaf) {
                let way = all.way(transition)?;
                *all.ways.get_mut(leaf.index() << bits | event.index())? = way;
            }
        }
        let Preparation { ways, sets, .. } = all;
        let it = Self { ways: ways.into(), bits, sets: sets.into() };
        (it.size() <= limit).then_some(it)
    }

    /// Decides an event in a leaf, as [`Table::dispatch`] does, for ids of its table. It takes a whole step where data are
    /// kept in words that are too narrow for a sum, and where a word is not less than 32,767, if that is compared with.
    #[inline(always)]
    pub fn dispatch<W: Word>(&self, leaf: StateId, event: EventId, words: &mut [W]) -> Decision {
        let ways = &*self.ways;
        let mut at = leaf.index() << self.bits | event.index();
        let Some(mut way) = ways.get(at) else {
            // A branch that is never taken costs less here than a choice between two places.
            core::hint::cold_path();
            return Decision::Unanswered;
        };
        while way.then < NOTHING_ELSE {
            let word = words.get(usize::from(way.slot)).map_or(0, |it| (*it).into());
            at = usize::from(way.target) + usize::from(word >= i64::from(way.plus));
            let Some(chosen) = ways.get(at) else {
                core::hint::cold_path();
                return Decision::Unanswered;
            };
            way = chosen;
        }
        if let Some(word) = words.get_mut(usize::from(way.slot)) {
            let Some(sum) = word.changed(way.keeps, way.plus) else {
                core::hint::cold_path();
                return Decision::Whole;
            };
            *word = sum;
        }
        if way.then != NOTHING_ELSE {
            self.go_on(way.then, words);
        }
        way.decision()
    }

    /// Changes more than one word. Most that do so begin to count anew.
    #[inline(always)]
    fn go_on<W: Word>(&self, then: i16, words: &mut [W]) {
        match words.get_mut((then - ZERO) as usize) {
            Some(word) => *word = 0.into(),
            None => self.set(then, words),
        }
    }

    #[cold]
    fn set<W: Word>(&self, mut then: i16, words: &mut [W]) {
        while let Some(Sets { slot, value, then: next }) = self.sets.get((then - SETS) as usize) {
            if let Some(word) = words.get_mut(usize::from(*slot)) {
                *word = (*value).into();
            }
            then = *next;
        }
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of_val(&*self.ways) + size_of_val(&*self.sets)
    }
}

impl Way {
    const UNANSWERED: Self = Self::to(u16::MAX);
    const WHOLE: Self = Self::to(u16::MAX - 1);
    /// The target of a transition that stays.
    const STAYS: u16 = u16::MAX - 2;

    const fn to(target: u16) -> Self {
        Self { target, then: NOTHING_ELSE, slot: 0, keeps: -1, plus: 0 }
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
