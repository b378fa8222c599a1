//! How wide ids are, as a type: of its rows the compiler knows the size, so one check at the row is enough for all its
//! columns.

use super::layout::Width;
use core::fmt::Debug;

/// A row: so many bytes.
pub(crate) trait Row: Copy + Debug + AsRef<[u8]> + 'static {
    /// A section as its rows.
    fn cut(section: &[u8]) -> &[Self];

    /// Rows as the bytes that they were cut from.
    fn joined(rows: &[Self]) -> &[u8];
}

impl<const SIZE: usize> Row for [u8; SIZE] {
    #[inline(always)]
    fn cut(section: &[u8]) -> &[Self] {
        section.as_chunks().0
    }

    #[inline(always)]
    fn joined(rows: &[Self]) -> &[u8] {
        rows.as_flattened()
    }
}

/// The rows of a table by the width of its ids; what stands in each, [`Width`] says.
pub(crate) trait Ids: Copy + Debug {
    const WIDTH: Width;
    /// "None".
    const NONE: u16;
    type Id: Row;
    type State: Row;
    type Leaf: Row;
    type Slot: Row;
    type Plan: Row;
    type Watcher: Row;
    type Timer: Row;
    type Alternative: Row;
}

/// Ids take a byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Narrow;

/// Ids take two bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wide;

macro_rules! ids {
    ($name:ident, $width:expr, $none:expr) => {
        impl Ids for $name {
            const WIDTH: Width = $width;
            const NONE: u16 = $none;
            type Id = [u8; $width.id()];
            type State = [u8; $width.state_row()];
            type Leaf = [u8; $width.leaf_row()];
            type Slot = [u8; $width.slot_row()];
            type Plan = [u8; $width.plan_row()];
            type Watcher = [u8; $width.watcher_row()];
            type Timer = [u8; $width.timer_row()];
            type Alternative = [u8; $width.alternative_row()];
        }
    };
}

ids!(Narrow, Width { wide: false }, 0xFF);
ids!(Wide, Width { wide: true }, u16::MAX);
