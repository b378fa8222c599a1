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

/// How the rows of a table are cut; what stands in each, [`Width`] says.
pub(crate) trait Cut: Copy + Debug {
    const WIDTH: Width;
    /// A step has nothing to look after but states, timers, and watchers at an even pace.
    const PLAIN: bool;
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

/// Ids take a byte, and no transition does anything that some machines only do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain;

/// Ids take a byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Narrow;

/// Ids take two bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wide;

macro_rules! cuts {
    ($name:ident, $plain:expr, $width:expr, $none:expr) => {
        impl Cut for $name {
            const PLAIN: bool = $plain;
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

cuts!(Plain, true, Width { wide: false }, 0xFF);
cuts!(Narrow, false, Width { wide: false }, 0xFF);
cuts!(Wide, false, Width { wide: true }, u16::MAX);
