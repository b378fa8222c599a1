//! The ways that a transition may be carried out, and where they may lead.

use super::code::{ENTRY_ADD_WITHIN, ENTRY_CLASS, Entry, HEAD_EXPR};
use super::layout::{BLOCK_ROW, CODE_UNIT, WHEN_ROW};
use super::read::Reader;
use super::{Code, Table, Transition};
use crate::id::{SignalId, StateId};

/// One condition of `when`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When {
    pub(crate) owner: StateId,
    pub(crate) signal: SignalId,
    /// The number of its guard's code.
    pub(crate) guard: u16,
}

impl<'t> Table<'t> {
    /// A transition and the alternatives to it, in the order in which they are tried.
    pub fn ways(&self, first: Transition) -> impl Iterator<Item = Transition> + use<'t> {
        let table = *self;
        core::iter::successors(Some(first), move |way| table.alternative(table.plan(way.plan).otherwise?))
    }

    /// The instructions of a calculation or of actions, behind the byte that says which.
    pub(crate) fn code_of(&self, code: Code) -> Option<Reader<'t>> {
        let mut reader = Reader::new(self.extra.code);
        reader.take(usize::from(code.0) * CODE_UNIT + 1)?;
        Some(reader)
    }

    /// The short entries of a guard or of actions; nothing if they have to be calculated. Bounds stand behind an entry
    /// that has some, and are passed over.
    pub(crate) fn entries(&self, code: Code) -> Option<impl Iterator<Item = Entry> + use<'t>> {
        let mut rest = self.extra.code.get(usize::from(code.0) * CODE_UNIT..)?;
        rest.first().filter(|it| **it < HEAD_EXPR)?;
        let mut is_over = false;
        Some(core::iter::from_fn(move || {
            let entry = Entry::of(*rest.first_chunk().filter(|_| !is_over)?);
            let has_bounds = entry.head & ENTRY_CLASS == ENTRY_ADD_WITHIN;
            rest = rest.get(CODE_UNIT * (1 + usize::from(has_bounds))..)?;
            is_over = entry.is_last();
            Some(entry)
        }))
    }

    /// What a state does, if anything.
    pub(crate) fn block_of(&self, state: StateId) -> Option<[u16; 3]> {
        let rows: &[[u8; BLOCK_ROW]] = self.extra.blocks.as_chunks().0;
        let at = rows.binary_search_by_key(&state.0, |row| u16::from_le_bytes([row[0], row[1]])).ok()?;
        self.block_rows().nth(at)
    }

    /// The leaves inside a state; of a leaf the leaf itself.
    pub(crate) fn leaves_in(&self, state: StateId) -> impl Iterator<Item = StateId> + use<'t> {
        let table = *self;
        let is_inside =
            move |leaf: &StateId| state == table.machine() || table.path(*leaf).iter().any(|it| it == state);
        table.leaves().filter(is_inside)
    }

    /// The conditions of `when`, those of inner states first.
    pub(crate) fn whens(&self) -> impl ExactSizeIterator<Item = When> + use<'t> {
        let rows: &[[u8; WHEN_ROW]] = self.extra.whens.as_chunks().0;
        rows.iter().map(|row| {
            let [owner, signal, guard] = [0, 2, 4].map(|at| u16::from_le_bytes([row[at], row[at + 1]]));
            When { owner: StateId(owner), signal: SignalId(signal), guard }
        })
    }

    /// The state that the `when` of a signal stands in, if it is one.
    pub(crate) fn when_owner(&self, signal: SignalId) -> Option<StateId> {
        self.whens().find(|it| it.signal == signal).map(|it| it.owner)
    }

    /// What states do: state, code when it is entered, code when it is left.
    pub(crate) fn block_rows(&self) -> impl ExactSizeIterator<Item = [u16; 3]> + use<'t> {
        let rows: &[[u8; BLOCK_ROW]] = self.extra.blocks.as_chunks().0;
        rows.iter().map(|row| [0, 2, 4].map(|at| u16::from_le_bytes([row[at], row[at + 1]])))
    }
}
