//! A machine whose guards only compare counters with constants, as one automaton: each counter is followed up to the
//! greatest constant that matters and folded into the state. Then an event costs one addition and one load.

use crate::dispatch::Decision;
use crate::id::{EventId, StateId};
use crate::table::Table;
use crate::table::code::{ENTRY_CLASS, ENTRY_COMPARE, ENTRY_SET, Entry};
use crate::table::layout::CODE_UNIT;
use alloc::{boxed::Box, vec, vec::Vec};

/// All that a machine may decide, precomputed from its table.
#[derive(Clone, Debug)]
pub struct Product {
    /// For each row and event where the next row begins.
    next: Box<[u16]>,
    /// Cells of a row: the events, rounded up to a power of two.
    stride: u16,
    /// How many values of each slot are told apart; the last stands for all that are not less.
    sizes: Box<[i64]>,
}

impl Product {
    /// The automaton of a table; nothing if it is larger than `limit` bytes or needs whole steps.
    #[must_use]
    pub fn new(table: &Table<'_>, limit: usize) -> Option<Self> {
        let sizes = sizes(table)?;
        let combinations = sizes.iter().try_fold(1_usize, |all, size| all.checked_mul(usize::try_from(*size).ok()?))?;
        let (leaves, events) = (table.leaves().count(), table.events().count());
        let stride = u16::try_from(events.next_power_of_two()).ok()?;
        let cells = leaves.checked_mul(combinations)?.checked_mul(usize::from(stride))?;
        if cells * size_of::<u16>() > limit || cells > usize::from(u16::MAX) {
            return None;
        }
        let mut out = Self { next: vec![0; cells].into(), stride, sizes };
        for leaf in table.leaves() {
            for combination in 0..combinations {
                out.fill(table, leaf, combination, combinations)?;
            }
        }
        Some(out)
    }

    /// The row of a leaf and the values of its slots.
    fn fill(&mut self, table: &Table<'_>, leaf: StateId, combination: usize, combinations: usize) -> Option<()> {
        let row = (leaf.index() * combinations + combination) * usize::from(self.stride);
        let before = self.values(combination);
        for event in 0..usize::from(self.stride) {
            let mut words = before.clone();
            let known = event < table.events().count();
            let decision = known.then(|| table.dispatch(leaf, EventId(event as u16), &mut words));
            let to = match decision {
                Some(Decision::Goes(to)) => to,
                Some(Decision::Whole) => return None,
                _ => leaf,
            };
            let next = (to.index() * combinations + self.combination(&words)) * usize::from(self.stride);
            *self.next.get_mut(row + event)? = next as u16;
        }
        Some(())
    }

    fn values(&self, combination: usize) -> Vec<i64> {
        let mut left = combination as i64;
        let mut value = |size: &i64| {
            let value = left % size;
            left /= size;
            value
        };
        self.sizes.iter().map(&mut value).collect()
    }

    fn combination(&self, words: &[i64]) -> usize {
        let digit = |all: i64, (size, word): (&i64, &i64)| all * size + (*word).clamp(0, size - 1);
        self.sizes.iter().zip(words).rev().fold(0, digit) as usize
    }

    /// Where a machine begins that is in this leaf with these data.
    #[must_use]
    pub fn row(&self, leaf: StateId, words: &[i64]) -> u16 {
        let combinations: i64 = self.sizes.iter().product();
        ((leaf.index() * combinations as usize + self.combination(words)) * usize::from(self.stride)) as u16
    }

    /// The row that follows.
    #[inline(always)]
    #[must_use]
    pub fn next(&self, row: u16, event: EventId) -> u16 {
        self.next.get(usize::from(row | event.0)).copied().unwrap_or(row)
    }

    /// The leaf of a row.
    #[must_use]
    pub fn leaf(&self, row: u16) -> StateId {
        let combinations: i64 = self.sizes.iter().product();
        StateId((i64::from(row / self.stride) / combinations) as u16)
    }

    /// The value of a slot in a row, as far as values are told apart: the greatest stands for all beyond it too.
    #[must_use]
    pub fn value(&self, row: u16, slot: usize) -> i64 {
        let before: i64 = self.sizes.iter().take(slot).product();
        i64::from(row / self.stride) / before % self.sizes.get(slot).copied().unwrap_or(1)
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.next.len() * size_of::<u16>()
    }
}

/// How many values of each slot have to be told apart: none below zero, and all from one above the greatest constant on
/// alike. Nothing if some slot may be less than zero or is decreased.
fn sizes(table: &Table<'_>) -> Option<Box<[i64]>> {
    let mut sizes = vec![1; table.slot_count()];
    let mut at = 0;
    while let Some(bytes) = table.extra.code.get(at..).and_then(|it| it.first_chunk()) {
        let entry = Entry::of(*bytes);
        let size = sizes.get_mut(usize::from(entry.slot))?;
        match entry.head & ENTRY_CLASS {
            ENTRY_COMPARE => *size = i64::from(entry.constant).max(-1).saturating_add(2).max(*size),
            _ if entry.constant < 0 => return None,
            ENTRY_SET => {}
            // Entries of other lengths, and all that has to be calculated.
            crate::table::code::ENTRY_ADD => {}
            _ => return None,
        }
        at += CODE_UNIT;
    }
    let is_natural = |value| {
        matches!(value, crate::table::Value::Int(0..) | crate::table::Value::Bool(_) | crate::table::Value::Enum(..))
    };
    table.slots().all(|it| is_natural(it.value)).then(|| sizes.into())
}
