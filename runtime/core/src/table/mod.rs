//! A compiled machine in its final form: bytes that are verified once and then borrowed in place.
//!
//! [`Table::verify`] is the only way to one, so whoever holds a [`Table`] holds a verified table and the accessors need
//! no error: an id taken from a table is in range for it.

pub(crate) mod code;
mod comb;
mod constants;
mod crc;
mod cycle;
pub(crate) mod declarations;
pub(crate) mod describe;
mod encode;
mod error;
mod kinds;
pub(crate) mod layout;
mod listing;
mod owned;
mod parts;
mod path;
pub(crate) mod places;
mod positions;
pub(crate) mod read;
pub(crate) mod row;
pub(crate) mod rows;
mod section;
mod slots;
mod texts;
mod transitions;
pub(crate) mod types;
mod value;
mod verify;
mod watchers;
mod ways;
pub(crate) mod width;

pub use constants::Constants;
pub use crc::crc32c;
pub use encode::{EncodeError, Strip};
pub use error::{Fault, TableError};
pub use kinds::Kind;
pub(crate) use kinds::read_kind;
pub use listing::{Listing, Written, quoted};
pub(crate) use owned::Needs;
pub use owned::OwnedTable;
pub use parts::{Condition, Emit, Limit, Modifiers, Secret, SecretSource, Signal, SignalSource, Slot};
pub use path::Path;
pub use section::Section;
pub(crate) use texts::{nth_text, texts};
pub use transitions::{EventSource, Plan, Transition};
pub use types::{Element, Fields, Type};
pub use value::{Arguments, Code, Entries, Items, Value};
pub use watchers::Watcher;
pub(crate) use ways::When;

use crate::id::{EventId, StateId, TimerId, WatcherId};
use layout::*;
use read::{Reader, id};
pub(crate) use rows::Rows;
use rows::{AnyRows, with_rows};
pub(crate) use width::Cut;

/// A verified table, borrowed. Copying it copies the view, not the table.
#[derive(Clone, Copy, Debug)]
pub struct Table<'t> {
    bytes: &'t [u8],
    counts: Counts,
    name: &'t str,
    version: &'t str,
    pub(crate) rows: AnyRows<'t>,
    kinds: &'t [u8],
    arguments: &'t [u8],
    names: Option<&'t [u8]>,
    docs: Option<&'t [u8]>,
    pub(crate) extra: Extra<'t>,
}

/// The sections of machines that calculate, or use more than states, watchers and timers; empty in others.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extra<'t> {
    pub(crate) slots: &'t [u8],
    pub(crate) signals: &'t [u8],
    pub(crate) emits: &'t [u8],
    pub(crate) code: &'t [u8],
    /// The code again, for blocks that are rows of entries.
    pub(crate) entries: &'t [[u8; CODE_UNIT]],
    pub(crate) blocks: &'t [u8],
    pub(crate) whens: &'t [u8],
    pub(crate) histories: &'t [u8],
    pub(crate) positions: &'t [u8],
    pub(crate) modifiers: &'t [u8],
    pub(crate) returns: &'t [u8],
    pub(crate) declarations: &'t [u8],
    /// How many data there are.
    pub(crate) data: usize,
    /// How many facts.
    pub(crate) facts: usize,
    pub(crate) needs: Needs,
    /// Something may follow from an input by itself: code raises events, or there are conditions of `when`.
    pub(crate) is_lively: bool,
    /// What transitions say is not all: states have code, or something follows by itself.
    pub(crate) takes_steps: bool,
    /// Entering or leaving a state takes more than its watchers and timers: code, a history, conditions of `when`.
    pub(crate) has_rites: bool,
}

impl Extra<'_> {
    /// A step has nothing to look after but states, timers, and watchers at an even pace.
    fn is_plain(&self) -> bool {
        !self.is_lively && !self.has_rites && !self.needs.reads_fields && self.modifiers.is_empty()
    }
}

impl<'t> Table<'t> {
    /// Proves that `bytes` are a table that can be stepped safely, and borrows them.
    ///
    /// In this order: length and label, format version, total length, checksum, directory, sizes of all sections against
    /// the counts, every id in range, states and paths as one tree, transitions leading along these paths, kinds,
    /// watchers, timers, arguments, names and doc comments, no cycle without a wait.
    ///
    /// # Errors
    /// The first thing that is wrong, with its section and offset.
    pub fn verify(bytes: &'t [u8]) -> Result<Self, TableError> {
        verify::verify(bytes).map(|(table, _)| table)
    }

    /// The table itself.
    #[must_use]
    pub fn bytes(&self) -> &'t [u8] {
        self.bytes
    }

    /// The machine's name.
    #[must_use]
    pub fn name(&self) -> &'t str {
        self.name
    }

    /// The machine's version.
    #[must_use]
    pub fn version(&self) -> &'t str {
        self.version
    }

    /// The format version that it was written in.
    #[must_use]
    pub fn format(&self) -> u16 {
        FORMAT
    }

    /// Ids take two bytes in it.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.width().wide
    }

    pub(crate) fn width(&self) -> Width {
        Width { wide: matches!(self.rows, AnyRows::Wide(_)) }
    }

    /// The sections that it has, with offset and length in bytes.
    pub fn sections(&self) -> impl Iterator<Item = (Section, usize, usize)> + 't {
        verify::directory(self.bytes)
    }

    /// The leaf that the machine starts in.
    #[must_use]
    pub fn initial(&self) -> StateId {
        StateId(self.counts.initial as u16)
    }

    /// All states: leaves first, the machine last.
    pub fn states(&self) -> impl DoubleEndedIterator<Item = StateId> + use<> {
        (0..self.counts.states as u16).map(StateId)
    }

    /// The states without inner states.
    pub fn leaves(&self) -> impl DoubleEndedIterator<Item = StateId> + use<> {
        (0..self.counts.leaves as u16).map(StateId)
    }

    /// The outermost state: the machine itself.
    #[must_use]
    pub fn machine(&self) -> StateId {
        StateId(self.counts.states as u16 - 1)
    }

    /// All watchers.
    pub fn watchers(&self) -> impl DoubleEndedIterator<Item = WatcherId> + use<> {
        (0..self.counts.watchers as u16).map(WatcherId)
    }

    /// All timers.
    pub fn timers(&self) -> impl DoubleEndedIterator<Item = TimerId> + use<> {
        (0..self.counts.timers as u16).map(TimerId)
    }

    /// All events.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = EventId> + use<> {
        (0..self.counts.events as u16).map(EventId)
    }

    /// How many timers can be armed at once.
    #[must_use]
    pub fn timer_slots(&self) -> usize {
        self.counts.timer_slots
    }

    /// The state around this one; `None` for the machine.
    #[must_use]
    pub fn parent(&self, state: StateId) -> Option<StateId> {
        with_rows!(self, rows => rows.parent(state))
    }

    /// Declared `final`.
    #[must_use]
    pub fn is_final(&self, state: StateId) -> bool {
        with_rows!(self, rows => rows.flags(state)) & STATE_FINAL != 0
    }

    /// The arguments of each watcher, in the order of the watchers.
    pub fn arguments(&self) -> impl Iterator<Item = Arguments<'t>> + use<'t> {
        let mut reader = Reader::new(self.arguments);
        (0..self.counts.watchers).map_while(move |_| Arguments::read(&mut reader))
    }
}

#[cfg(test)]
mod tests;
