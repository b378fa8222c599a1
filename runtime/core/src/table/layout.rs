//! Where things stand in a table. `docs/table.md` tells the same byte by byte.
//!
//! A header, a directory of sections, then the sections without gaps, in ascending order of their numbers. All numbers
//! are little-endian. Ids take one byte in a narrow table (everything counted stays below 255) and two in a wide one;
//! the greatest value means "none".

/// The first bytes of every table.
pub(crate) const LABEL: &[u8; 8] = b"\x89MACHINE";
/// The format that this version writes and reads.
pub(crate) const FORMAT: u16 = 1;
/// Header: label, format `u16`, flags `u8`, number of sections `u8`, length `u32`, checksum `u32`.
pub(crate) const HEADER: usize = 20;
/// Where the checksum stands; it is CRC-32C over all other bytes.
pub(crate) const CHECKSUM_AT: usize = 16;
/// Header flag: ids take two bytes.
pub(crate) const WIDE: u8 = 1;
/// Directory entry: section `u8`, length `u32`.
pub(crate) const ENTRY: usize = 5;

/// The sections, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Section {
    /// Counts, name and version.
    Machine = 1,
    /// A row a state: parent, flags, first watcher, first timer.
    States = 2,
    /// For each leaf its way in from the outermost state; what a transition leaves and enters are pieces of these.
    Paths = 3,
    /// The transition function.
    Transitions = 4,
    /// How transitions are carried out.
    Plans = 5,
    /// The kinds of watchers.
    Kinds = 6,
    /// A row a watcher.
    Watchers = 7,
    /// A row an `after`.
    Timers = 8,
    /// The watchers' arguments.
    Arguments = 9,
    /// Names of states, watchers, labels and outcomes; may be left out.
    Names = 10,
    /// Doc comments; may be left out.
    Docs = 11,
}

impl Section {
    /// All of them, ascending.
    pub const ALL: [Self; 11] = [
        Self::Machine,
        Self::States,
        Self::Paths,
        Self::Transitions,
        Self::Plans,
        Self::Kinds,
        Self::Watchers,
        Self::Timers,
        Self::Arguments,
        Self::Names,
        Self::Docs,
    ];

    /// The section with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|it| *it as u8 == number)
    }

    /// What it is called in messages and listings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::States => "states",
            Self::Paths => "paths",
            Self::Transitions => "transitions",
            Self::Plans => "plans",
            Self::Kinds => "kinds",
            Self::Watchers => "watchers",
            Self::Timers => "timers",
            Self::Arguments => "arguments",
            Self::Names => "names",
            Self::Docs => "docs",
        }
    }

    /// It may be stripped.
    #[must_use]
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Names | Self::Docs)
    }
}

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
/// Kind flag: it is told of changes.
pub(crate) const KIND_NOTIFIED: u8 = 1;
/// Kind flag: a `run` of it can be interrupted.
pub(crate) const KIND_INTERRUPTIBLE: u8 = 2;
/// Watcher flag: asked once a visit.
pub(crate) const WATCHER_ONCE: u8 = 1;
/// Watcher flag: has a pace.
pub(crate) const WATCHER_PACED: u8 = 2;

/// "No guard", "no actions": the two columns of a plan that this version does not use yet.
pub(crate) const NO_CODE: u16 = u16::MAX;
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

/// Bytes of a duration: unsigned milliseconds.
pub(crate) const DURATION: usize = 6;

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
}

/// The numbers at the head of the machine section, in this order, `u16` each.
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
}

/// Bytes of [`Counts`].
pub(crate) const COUNTS: usize = 22;

impl Counts {
    /// In the order in which they are stored.
    pub(crate) fn to_array(self) -> [usize; 11] {
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
        ]
    }

    /// The same backwards.
    pub(crate) fn from_array(it: [usize; 11]) -> Self {
        let [states, leaves, initial, kinds, watchers, timers, timer_slots, events, plans, labels, slots] = it;
        Self { states, leaves, initial, kinds, watchers, timers, timer_slots, events, plans, labels, slots }
    }
}
