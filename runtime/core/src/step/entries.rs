//! Guards and actions that are rows of short entries: a few words compared with, set to or increased by constants.

use crate::run::{Failure, Reason};
use crate::table::code::*;
use crate::table::layout::CODE_UNIT;
use crate::table::{Code, Table};

/// What became of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// They are done.
    Made,
    /// They are more than such entries; nothing was changed.
    More,
    /// The sum is none that a word holds; nothing was changed.
    Overflow,
    /// The sum is beyond the bounds of its type; nothing was changed.
    Range,
}

impl Change {
    /// What went wrong with these actions; nothing if they have to be calculated.
    pub(super) fn failure(self, actions: Code) -> Option<Failure> {
        let reason = match self {
            Self::Made | Self::More => return None,
            Self::Overflow => Reason::Overflow,
            Self::Range => Reason::Range,
        };
        Some(Failure { reason, at: Some(usize::from(actions.0) * CODE_UNIT) })
    }
}

/// Whether all comparisons of a guard hold; nothing if it has to be calculated.
#[inline(always)]
pub(crate) fn compare(table: &Table<'_>, guard: Code, words: &[i64]) -> Option<bool> {
    let mut at = usize::from(guard.0);
    while let Some(bytes) = entry(table, at) {
        let it = Entry::of(*bytes);
        let holds = words.get(usize::from(it.slot)).is_some_and(|word| it.holds(*word));
        if !holds || it.is_last() {
            return Some(holds);
        }
        at += 1;
    }
    None
}

/// Sets words as actions say. Only the first change may fail, so nothing has to be undone.
#[inline(always)]
pub(crate) fn set(table: &Table<'_>, actions: Code, words: &mut [i64]) -> Change {
    let at = usize::from(actions.0);
    let Some(bytes) = entry(table, at) else {
        return Change::More;
    };
    let first = Entry::of(*bytes);
    if first.head & ENTRY_CLASS == ENTRY_ADD_WITHIN {
        return add_within(table, at, words);
    }
    let Some(word) = words.get_mut(usize::from(first.slot)) else {
        return Change::More;
    };
    let Some(sum) = (*word & first.keeps()).checked_add(i64::from(first.constant)) else {
        return Change::Overflow;
    };
    *word = sum;
    if first.is_last() { Change::Made } else { set_all(table, at + 1, words) }
}

/// The entry here; nothing if it is the beginning of other code.
#[inline(always)]
fn entry<'t>(table: &Table<'t>, at: usize) -> Option<&'t [u8; CODE_UNIT]> {
    table.extra.entries.get(at).filter(|it| it[0] < HEAD_EXPR)
}

/// Entries of which none can fail: words become constants.
#[inline(always)]
fn set_all(table: &Table<'_>, mut at: usize, words: &mut [i64]) -> Change {
    while let Some(bytes) = entry(table, at) {
        let it = Entry::of(*bytes);
        if let Some(word) = words.get_mut(usize::from(it.slot)) {
            *word = it.constant.into();
        }
        if it.is_last() {
            break;
        }
        at += 1;
    }
    Change::Made
}

/// Entries that begin with a sum, behind which its bounds stand.
#[inline(never)]
fn add_within(table: &Table<'_>, at: usize, words: &mut [i64]) -> Change {
    let (Some(bytes), Some([a, b, c, d])) = (entry(table, at), table.extra.entries.get(at + 1)) else {
        return Change::More;
    };
    let it = Entry::of(*bytes);
    let Some(word) = words.get_mut(usize::from(it.slot)) else {
        return Change::More;
    };
    let [low, high] = [[*a, *b], [*c, *d]].map(|it| i64::from(i16::from_le_bytes(it)));
    match word.checked_add(it.constant.into()) {
        None => return Change::Overflow,
        Some(sum) if sum < low || sum > high => return Change::Range,
        Some(sum) => *word = sum,
    }
    if it.is_last() { Change::Made } else { set_all(table, at + 2, words) }
}
