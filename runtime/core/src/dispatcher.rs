//! The decisions of a table, prepared: what a leaf does with an event is one load, and a guard is no branch.
//!
//! A guard that compares words with constants becomes a tree of comparisons, two of which at a time choose between four
//! ways. What is more than that, or does more than setting words and increasing one, takes a whole step.

mod prepare;

use crate::dispatch::Decision;
use crate::id::{EventId, StateId};
use crate::table::Table;
use alloc::{boxed::Box, vec};
use prepare::Preparation;

/// The transition function of a table, prepared once for any number of machines.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    /// A row for each event, a way for each leaf: where a row begins is known before the leaf is, which each event waits
    /// for. Behind them [`Way::WHOLE`], and what ways lead to that compare or change more.
    ways: Box<[Way]>,
    leaves: usize,
    /// Where [`Way::WHOLE`] stands.
    whole: usize,
}

/// A decision, and what is done for it; or a stop on the way to one.
///
/// Each decision changes one word and clears one, if only by nothing: whether there is something to do would be a branch,
/// and random events mispredict it. A stop has no word to change, so that one branch tells both apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    /// A leaf, or one of the numbers that no leaf has. Of a comparison the place of the four ways that it chooses from, of
    /// a change that more follows the place of that change, behind which the next way stands.
    target: u16,
    /// What is added to the word, or what the first one is compared with.
    plus: i16,
    /// What is kept of the word, all its bits or none, or what the second one is compared with.
    keeps: i8,
    /// The word that is changed, or [`NONE`].
    slot: u8,
    /// The word that becomes 0 before that, maybe the same one; or the first one that is compared.
    other: u8,
    /// The second word that is compared, or [`NONE`].
    second: u8,
}

/// No word. What compares or changes the 256th one takes a whole step.
const NONE: u8 = u8::MAX;

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
    /// because states do something when they are entered or left, or conditions of `when` have to be looked at.
    #[must_use]
    pub fn new(table: &Table<'_>, limit: usize) -> Option<Self> {
        let leaves = table.leaves().count();
        let whole = table.events().count() * leaves;
        (!table.extra.takes_steps && whole * size_of::<Way>() <= limit).then_some(())?;
        let mut all = Preparation::new(table, vec![Way::UNANSWERED; whole]);
        all.ways.push(Way::WHOLE);
        for leaf in table.leaves() {
            for (event, transition) in table.transitions(leaf) {
                let way = all.way(transition)?;
                *all.ways.get_mut(event.index() * leaves + leaf.index())? = way;
            }
        }
        let it = Self { ways: all.ways.into(), leaves, whole };
        (it.size() <= limit).then_some(it)
    }

    /// Decides an event in a leaf, as [`Table::dispatch`] does, for ids of its table. It takes a whole step where data are
    /// kept in words that are too narrow for a sum, and where a word is not less than 32,767, if that is compared with.
    #[inline(always)]
    pub fn dispatch<W: Word>(&self, leaf: StateId, event: EventId, words: &mut [W]) -> Decision {
        let (ways, count) = (&*self.ways, words.len().min(NONE.into()));
        let mut at = event.index() * self.leaves + leaf.index();
        // With one way out, the caller looks at the decision in one place, where a choice between two values suffices.
        let way = loop {
            let Some(way) = ways.get(at) else {
                core::hint::cold_path();
                at = self.whole;
                continue;
            };
            let (slot, other, second) = (usize::from(way.slot), usize::from(way.other), usize::from(way.second));
            if slot < count && other < count {
                let Some(sum) = words[slot].changed(way.keeps, way.plus) else {
                    core::hint::cold_path();
                    at = self.whole;
                    continue;
                };
                words[other] = 0.into();
                words[slot] = sum;
                break way;
            }
            if other < count && second < count {
                // Both comparisons in one go: how many there are would be a branch.
                let is_reached = |word: W, with| usize::from(word.into() >= with);
                at = usize::from(way.target)
                    + is_reached(words[other], way.plus.into())
                    + 2 * is_reached(words[second], way.keeps.into());
                continue;
            }
            core::hint::cold_path();
            if way.slot != NONE {
                // The machine has no words.
                break way;
            }
            at = self.changed(usize::from(way.target), words).unwrap_or(self.whole);
        };
        way.decision()
    }

    /// Makes a change that more follows, and tells where. Only the first of several may not fit.
    #[cold]
    fn changed<W: Word>(&self, place: usize, words: &mut [W]) -> Option<usize> {
        let change = self.ways.get(place)?;
        let sum = words.get(usize::from(change.slot))?.changed(change.keeps, change.plus)?;
        *words.get_mut(usize::from(change.other))? = 0.into();
        *words.get_mut(usize::from(change.slot))? = sum;
        Some(place + 1)
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of_val(&*self.ways)
    }
}

impl Way {
    const UNANSWERED: Self = Self::to(u16::MAX);
    const WHOLE: Self = Self::to(u16::MAX - 1);
    /// The target of a transition that stays.
    const STAYS: u16 = u16::MAX - 2;

    const fn to(target: u16) -> Self {
        Self { target, plus: 0, keeps: -1, slot: 0, other: 0, second: NONE }
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
