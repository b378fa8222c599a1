//! Where things stand in a table. `docs/table.md` tells the same byte by byte.
//!
//! A header, the lengths of all sections, then the sections without gaps, in ascending order of their numbers. All numbers
//! are little-endian. Ids take one byte in a narrow table (everything counted stays below 255) and two in a wide one;
//! the greatest value means "none".

use super::read::Reader;

pub(crate) use super::section::{SECTIONS, Section};

/// The first bytes of every table.
pub(crate) const LABEL: &[u8; 8] = b"\x89MACHINE";
/// The format that this version writes and reads.
pub(crate) const FORMAT: u16 = 3;
/// Header: label, format `u16`, flags `u8`, number of the last section `u8`, length `u32`, checksum `u32`.
pub(crate) const HEADER: usize = 20;
/// Where the flags stand.
pub(crate) const FLAGS_AT: usize = 10;
/// Where the number of sections stands.
pub(crate) const SECTIONS_AT: usize = 11;
/// Where the checksum stands; it is CRC-32C over all other bytes.
pub(crate) const CHECKSUM_AT: usize = 16;
/// Header flag: ids take two bytes.
pub(crate) const WIDE: u8 = 1;
/// Bytes of the length of a section at most: 28 bits as LEB128, more than [`crate::limits::TABLE_MAX`].
pub(crate) const LENGTH_MAX: usize = 4;

/// State flag: declared `final`.
pub(crate) const STATE_FINAL: u8 = 1;
/// State flag: it has timers, so that a step need not look for them where there are none.
pub(crate) const STATE_TIMERS: u8 = 2;
/// State flag: it has watchers.
pub(crate) const STATE_WATCHERS: u8 = 4;
/// Plan flag: the event is answered by staying.
pub(crate) const PLAN_STAY: u8 = 1;
/// Plan flag: exactly one state is left and one entered.
pub(crate) const PLAN_NEAR: u8 = 2;
/// Plan flag: it has a guard.
pub(crate) const PLAN_GUARD: u8 = 4;
/// Plan flag: it has actions.
pub(crate) const PLAN_ACTS: u8 = 8;
/// Plan flag: it goes to the leaf that was active last; the histories section says of which state.
pub(crate) const PLAN_HISTORY: u8 = 16;
/// Kind flag: it is told of changes.
pub(crate) const KIND_NOTIFIED: u8 = 1;
/// Kind flag: a `run` of it can be interrupted.
pub(crate) const KIND_INTERRUPTIBLE: u8 = 2;
/// Kind flag: its outcomes carry something.
pub(crate) const KIND_FIELDS: u8 = 4;
/// Kind flag: a program implements it.
pub(crate) const KIND_PROGRAM: u8 = 8;
/// Watcher flag: asked once a visit.
pub(crate) const WATCHER_ONCE: u8 = 1;
/// Watcher flag: its kind is told of changes and keeps the pace itself.
pub(crate) const WATCHER_NOTIFIED: u8 = 2;

/// Watcher flag: it has a row in the modifiers.
pub(crate) const WATCHER_MODIFIED: u8 = 4;
/// Watcher flag: it yields JSON, and has the outcome `invalid`.
pub(crate) const WATCHER_RETURNS: u8 = 8;
/// Watcher flag: it works under a limit, and has the outcome `skipped`.
pub(crate) const WATCHER_UNDER: u8 = 16;
/// Watcher flag: it works only while a condition holds.
pub(crate) const WATCHER_CONDITION: u8 = 32;
/// Watcher flag: its first ask is spread.
pub(crate) const WATCHER_SPLAY: u8 = 64;
/// Watcher flag: its pace grows with each fault in a row.
pub(crate) const WATCHER_BACKOFF: u8 = 128;
/// Flag of a modifiers row: no event for a repeated success.
pub(crate) const MODIFIER_QUIET: u8 = 1;
/// Flag of a modifiers row: it names a user.
pub(crate) const MODIFIER_USER: u8 = 2;

/// "No guard", "no actions", and "nothing" in any other column that is two bytes wide whatever the table.
pub(crate) const NO_CODE: u16 = u16::MAX;
/// Signals: their first byte; 0 and 1 are declared ones, that only the machine raises and that operators send too.
pub(crate) const SIGNAL_EMITTED: u8 = 2;
/// Another machine enters a state.
pub(crate) const SIGNAL_ENTERS: u8 = 3;
/// A condition became true.
pub(crate) const SIGNAL_WHEN: u8 = 4;
/// A calculation failed.
pub(crate) const SIGNAL_FAULT: u8 = 5;
/// A secret in a variable.
pub(crate) const SECRET_ENV: u8 = 0;
/// A secret in a file.
pub(crate) const SECRET_FILE: u8 = 1;
/// Greatest line that a position can name.
pub(crate) const LINE_MAX: u32 = (1 << 20) - 1;

/// Values: their first byte; 0 and 1 are `false` and `true`.
pub(crate) const VALUE_INT: u8 = 2;
/// Eight bytes.
pub(crate) const VALUE_FLOAT: u8 = 3;
/// Milliseconds.
pub(crate) const VALUE_DURATION: u8 = 4;
/// A text.
pub(crate) const VALUE_TEXT: u8 = 5;
/// Values.
pub(crate) const VALUE_LIST: u8 = 6;
/// Texts and values.
pub(crate) const VALUE_MAP: u8 = 7;
/// Milliseconds since 1970.
pub(crate) const VALUE_TIME: u8 = 8;
/// Enum and word.
pub(crate) const VALUE_ENUM: u8 = 9;
/// A secret by its number.
pub(crate) const VALUE_SECRET: u8 = 10;
/// A calculation by the number of its code.
pub(crate) const VALUE_COMPUTED: u8 = 11;
/// A whole number of one byte.
pub(crate) const VALUE_SMALL: u8 = 12;
/// Together with its length: a text of less than 128 bytes.
pub(crate) const VALUE_SHORT: u8 = 0x80;

/// Types: their first byte.
pub(crate) const TYPE_BOOL: u8 = 0;
/// A whole number without bounds.
pub(crate) const TYPE_INT: u8 = 1;
/// A whole number; bounds of two bytes each.
pub(crate) const TYPE_SMALL: u8 = 2;
/// A whole number; bounds of eight bytes each.
pub(crate) const TYPE_RANGE: u8 = 3;
/// A number with a fraction.
pub(crate) const TYPE_FLOAT: u8 = 4;
/// Most bytes.
pub(crate) const TYPE_TEXT: u8 = 5;
/// Milliseconds.
pub(crate) const TYPE_DURATION: u8 = 6;
/// Milliseconds since 1970.
pub(crate) const TYPE_TIME: u8 = 7;
/// Its number.
pub(crate) const TYPE_ENUM: u8 = 8;
/// Most items, and their type.
pub(crate) const TYPE_LIST: u8 = 9;

/// Bytes of a duration in a row: unsigned milliseconds, more than [`crate::limits::DURATION_MAX_MS`].
pub(crate) const DURATION: usize = 5;
/// Bytes of a duration that is a value.
pub(crate) const VALUE_DURATION_BYTES: usize = 6;

/// How wide ids are, and with them all rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Width {
    /// Two bytes instead of one.
    pub(crate) wide: bool,
}

impl Width {
    /// Bytes of an id.
    pub(crate) const fn id(self) -> usize {
        if self.wide { 2 } else { 1 }
    }

    /// parent, first watcher, first timer, flags.
    pub(crate) const fn state_row(self) -> usize {
        3 * self.id() + 1
    }

    /// start in the pool, length.
    pub(crate) const fn leaf_row(self) -> usize {
        self.id() + 1
    }

    /// event, target, plan.
    pub(crate) const fn slot_row(self) -> usize {
        3 * self.id()
    }

    /// label, next alternative, depth, flags, guard, actions.
    pub(crate) const fn plan_row(self) -> usize {
        2 * self.id() + 6
    }

    /// kind, first event, pace, flags.
    pub(crate) const fn watcher_row(self) -> usize {
        2 * self.id() + DURATION + 1
    }

    /// slot, duration.
    pub(crate) const fn timer_row(self) -> usize {
        self.id() + DURATION
    }

    /// target, plan.
    pub(crate) const fn alternative_row(self) -> usize {
        2 * self.id()
    }
}

/// The numbers in the machine section, in this order, as LEB128.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) states: usize,
    pub(crate) leaves: usize,
    pub(crate) initial: usize,
    pub(crate) kinds: usize,
    pub(crate) watchers: usize,
    pub(crate) timers: usize,
    pub(crate) timer_slots: usize,
    pub(crate) events: usize,
    pub(crate) plans: usize,
    pub(crate) labels: usize,
    pub(crate) slots: usize,
    pub(crate) signals: usize,
}

/// How many numbers [`Counts`] are.
pub(crate) const COUNTS: usize = 12;

/// A row of the blocks: state, code when it is entered, code when it is left; two bytes each.
pub(crate) const BLOCK_ROW: usize = 6;
/// A row of the whens: state, signal, guard; two bytes each.
pub(crate) const WHEN_ROW: usize = 6;
/// A row of the modifiers: watcher, flags, condition, limit, four durations (splay, timeout, announce, wait), percent,
/// longest pace.
pub(crate) const MODIFIER_ROW: usize = 2 + 1 + 2 + 2 + 4 * DURATION + 4 + DURATION;
/// Code stands at multiples of this; columns name it by its number of such units.
pub(crate) const CODE_UNIT: usize = 4;

impl Counts {
    /// In the order in which they are stored.
    pub(crate) fn to_array(self) -> [usize; COUNTS] {
        [
            self.states,
            self.leaves,
            self.initial,
            self.kinds,
            self.watchers,
            self.timers,
            self.timer_slots,
            self.events,
            self.plans,
            self.labels,
            self.slots,
            self.signals,
        ]
    }

    /// As they are stored: each in as many bytes as it needs.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut counts = [0; COUNTS];
        for count in &mut counts {
            *count = usize::from(u16::try_from(reader.length()?).ok()?);
        }
        Some(Self::from_array(counts))
    }

    /// The same backwards.
    pub(crate) fn from_array(it: [usize; COUNTS]) -> Self {
        let [states, leaves, initial, kinds, watchers, timers, timer_slots, events, plans, labels, slots, signals] = it;
        Self { states, leaves, initial, kinds, watchers, timers, timer_slots, events, plans, labels, slots, signals }
    }
}
