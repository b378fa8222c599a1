//! The way from the machine down to a leaf.

use super::Table;
use super::layout::Width;
use super::read::id;
use super::rows::with_rows;
use super::width::Row;
use crate::id::StateId;

/// The states from the outermost inside the machine to a leaf.
#[derive(Clone, Copy, Debug)]
pub struct Path<'t> {
    ids: &'t [u8],
    width: Width,
}

impl Path<'_> {
    /// How many there are.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len() / self.width.id()
    }

    /// There are none: the machine has no inner states.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The state at this depth, counted from the outermost.
    #[inline]
    #[must_use]
    pub fn get(&self, depth: usize) -> StateId {
        StateId(id(self.ids, depth * self.width.id(), self.width))
    }

    /// From the outermost to the leaf.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = StateId> + '_ {
        (0..self.len()).map(|depth| self.get(depth))
    }
}

impl<'t> Table<'t> {
    /// The states from the outermost inside the machine to `leaf`.
    #[inline]
    #[must_use]
    pub fn path(&self, leaf: StateId) -> Path<'t> {
        Path { ids: with_rows!(self, rows => Row::joined(rows.path(leaf))), width: self.width() }
    }
}
