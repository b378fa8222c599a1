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
pub(crate) mod layout;
mod listing;
mod owned;
mod parts;
pub(crate) mod places;
mod positions;
pub(crate) mod read;
pub(crate) mod row;
pub(crate) mod rows;
mod slots;
pub(crate) mod types;
mod value;
mod verify;
mod ways;
pub(crate) mod width;

pub use constants::Constants;
pub use crc::crc32c;
pub use encode::{EncodeError, Strip};
pub use error::{Fault, TableError};
pub use layout::Section;
pub use listing::{Listing, Written, quoted};
pub(crate) use owned::Needs;
pub use owned::OwnedTable;
pub use parts::{Condition, Emit, Limit, Modifiers, Secret, SecretSource, Signal, SignalSource, Slot};
pub use types::{Element, Fields, Type};
pub use value::{Arguments, Code, Entries, Items, Value};
pub(crate) use ways::When;

use crate::id::{EventId, KindId, PlanId, SignalId, StateId, TimerId, WatcherId};
use layout::*;
use read::{Reader, id};
pub(crate) use rows::Rows;
use rows::{AnyRows, with_rows};
pub(crate) use width::Cut;
use width::Row;

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

/// What the transition function says of a leaf and an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The leaf that the machine is in afterwards.
    pub target: StateId,
    /// How it gets there.
    pub plan: PlanId,
}

/// How a transition is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// So many states, counted from the outermost inside the machine, are neither left nor entered.
    pub depth: usize,
    /// Exactly one state is left and one entered.
    pub near: bool,
    /// Nothing is left or entered.
    pub stay: bool,
    /// The label given by `as`.
    pub label: Option<u16>,
    /// It is taken only if this holds.
    pub guard: Option<Code>,
    /// What is tried when the guard does not hold, see [`Table::alternative`].
    pub otherwise: Option<u16>,
    /// It does something between leaving and entering.
    pub actions: Option<Code>,
    /// It goes to the leaf that was active last in some state, see [`Table::history`].
    pub history: bool,
}

/// One watcher, as far as the step needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// Its kind.
    pub kind: KindId,
    /// The event of its first outcome; the others follow.
    pub first_event: EventId,
    /// Its pace in milliseconds.
    pub every_ms: Option<u64>,
    /// Asked once a visit.
    pub once: bool,
    /// What else it has, see `WATCHER_…`.
    pub(crate) flags: u8,
}

impl Watcher {
    /// What no table has.
    const NONE: Self =
        Self { kind: KindId(u16::MAX), first_event: EventId(u16::MAX), every_ms: None, once: false, flags: 0 };
}

/// One kind of watcher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kind<'t> {
    /// Its name.
    pub name: &'t str,
    /// CRC-32C of its signature.
    pub signature: u32,
    /// It is told of changes, and so keeps a pace of the source by itself: a watcher of it is asked once a visit.
    pub notified: bool,
    /// A `run` of it that was under way when the runtime died ends as its first fault.
    pub interruptible: bool,
    /// How many outcomes it has.
    pub outcomes: u8,
    /// Bit N is set when outcome N is a fault.
    pub faults: u32,
    /// Bit N is set when outcome N carries the fields of `returns` too.
    pub returns: u32,
    /// The fields of all outcomes, one list after the other.
    fields: &'t [u8],
    /// Program, then parameters.
    program: &'t [u8],
}

/// What an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventSource {
    /// An outcome of a watcher.
    Outcome(WatcherId, u8),
    /// The timer in this slot.
    Timer(u16),
    /// A signal.
    Signal(SignalId),
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

    /// What the transition function says, if anything.
    #[inline]
    #[must_use]
    pub fn transition(&self, leaf: StateId, event: EventId) -> Option<Transition> {
        with_rows!(self, rows => rows.transition(leaf, event))
    }

    /// All transitions of a leaf by event.
    pub fn transitions(&self, leaf: StateId) -> impl Iterator<Item = (EventId, Transition)> + use<'t> {
        let table = *self;
        self.events().filter_map(move |event| Some((event, table.transition(leaf, event)?)))
    }

    /// Another way to carry out a transition.
    #[inline]
    #[must_use]
    pub fn alternative(&self, alternative: u16) -> Option<Transition> {
        with_rows!(self, rows => rows.alternative(alternative))
    }

    /// How a transition is carried out.
    #[inline]
    #[must_use]
    pub fn plan(&self, plan: PlanId) -> Plan {
        with_rows!(self, rows => rows.plan(plan))
    }

    /// The states from the outermost inside the machine to `leaf`.
    #[inline]
    #[must_use]
    pub fn path(&self, leaf: StateId) -> Path<'t> {
        Path { ids: with_rows!(self, rows => Row::joined(rows.path(leaf))), width: self.width() }
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

    /// The watchers that stand in this state.
    pub fn watchers_of(
        &self,
        state: StateId,
    ) -> impl DoubleEndedIterator<Item = WatcherId> + ExactSizeIterator + use<> {
        with_rows!(self, rows => rows.watchers_of(state)).map(WatcherId)
    }

    /// The timers that stand in this state.
    pub fn timers_of(&self, state: StateId) -> impl DoubleEndedIterator<Item = TimerId> + ExactSizeIterator + use<> {
        with_rows!(self, rows => rows.timers_of(state)).map(TimerId)
    }

    /// The state that a watcher stands in.
    #[must_use]
    pub fn owner(&self, watcher: WatcherId) -> StateId {
        self.states().find(|it| self.watchers_of(*it).any(|own| own == watcher)).unwrap_or(self.machine())
    }

    /// The state that a timer stands in.
    #[must_use]
    pub fn timer_owner(&self, timer: TimerId) -> StateId {
        self.states().find(|it| self.timers_of(*it).any(|own| own == timer)).unwrap_or(self.machine())
    }

    /// One watcher.
    #[inline]
    #[must_use]
    pub fn watcher(&self, watcher: WatcherId) -> Watcher {
        with_rows!(self, rows => rows.watcher(watcher))
    }

    /// Slot and duration in milliseconds of a timer.
    #[inline]
    #[must_use]
    pub fn timer(&self, timer: TimerId) -> (u16, u64) {
        with_rows!(self, rows => rows.timer(timer)).unwrap_or((u16::MAX, 0))
    }

    /// The event of a timer slot.
    #[inline]
    #[must_use]
    pub fn timer_event(&self, slot: u16) -> EventId {
        EventId((self.counts.events - self.counts.signals - self.counts.timer_slots) as u16 + slot)
    }

    /// What an event is.
    #[must_use]
    pub fn source(&self, event: EventId) -> EventSource {
        let (timers, signals) = (self.timer_event(0), self.signal_event(SignalId(0)));
        if event >= signals {
            return EventSource::Signal(SignalId(event.0 - signals.0));
        }
        if event >= timers {
            return EventSource::Timer(event.0 - timers.0);
        }
        let (mut low, mut high) = (0, self.counts.watchers);
        while low < high {
            let middle = low.midpoint(high);
            let is_before = self.watcher(WatcherId(middle as u16)).first_event <= event;
            if is_before { low = middle + 1 } else { high = middle }
        }
        let watcher = WatcherId(low.saturating_sub(1) as u16);
        EventSource::Outcome(watcher, (event.0 - self.watcher(watcher).first_event.0) as u8)
    }

    /// All kinds of its watchers.
    pub fn kinds(&self) -> impl Iterator<Item = Kind<'t>> + use<'t> {
        let mut reader = Reader::new(self.kinds);
        (0..self.counts.kinds).map_while(move |_| read_kind(&mut reader))
    }

    /// One kind.
    #[must_use]
    pub fn kind(&self, kind: KindId) -> Kind<'t> {
        self.kinds().nth(kind.index()).unwrap_or_default()
    }

    /// The arguments of each watcher, in the order of the watchers.
    pub fn arguments(&self) -> impl Iterator<Item = Arguments<'t>> + use<'t> {
        let mut reader = Reader::new(self.arguments);
        (0..self.counts.watchers).map_while(move |_| Arguments::read(&mut reader))
    }

    /// Path of a state, `known.idle`; the machine's name for the machine; `None` when the names were stripped.
    #[must_use]
    pub fn state_name(&self, state: StateId) -> Option<&'t str> {
        if state == self.machine() { Some(self.name) } else { self.nth_name(state.index()) }
    }

    /// Name of a watcher; `None` when the names were stripped.
    #[must_use]
    pub fn watcher_name(&self, watcher: WatcherId) -> Option<&'t str> {
        self.nth_name(self.counts.states - 1 + watcher.index())
    }

    /// Text of a label; `None` when the names were stripped.
    #[must_use]
    pub fn label(&self, label: u16) -> Option<&'t str> {
        self.nth_name(self.counts.states - 1 + self.counts.watchers + usize::from(label))
    }

    /// Name of an outcome; `None` when the names were stripped.
    #[must_use]
    pub fn outcome_name(&self, kind: KindId, outcome: u8) -> Option<&'t str> {
        let before: usize = self.kinds().take(kind.index()).map(|it| usize::from(it.outcomes)).sum();
        let names = self.counts.states - 1 + self.counts.watchers + self.counts.labels;
        self.nth_name(names + before + usize::from(outcome))
    }

    /// All names in one walk: of the states but the machine, the watchers, the labels, then the outcomes of each kind.
    /// Nothing when they were stripped.
    pub fn names(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        texts(self.names, 0)
    }

    /// All doc comments of states and watchers in one walk: of the machine, the other states, the watchers. Nothing when
    /// they were stripped.
    pub fn docs(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        texts(self.docs, 0).take(self.counts.states + self.counts.watchers)
    }

    fn nth_name(&self, index: usize) -> Option<&'t str> {
        nth_text(self.names?, index)
    }

    /// Doc comment of a state or of the machine; empty when there is none or they were stripped.
    #[must_use]
    pub fn state_doc(&self, state: StateId) -> &'t str {
        let index = if state == self.machine() { 0 } else { 1 + state.index() };
        self.docs.and_then(|docs| nth_text(docs, index)).unwrap_or("")
    }

    /// Doc comment of a watcher; empty when there is none or they were stripped.
    #[must_use]
    pub fn watcher_doc(&self, watcher: WatcherId) -> &'t str {
        self.docs.and_then(|docs| nth_text(docs, self.counts.states + watcher.index())).unwrap_or("")
    }
}

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

/// The kind that begins here; the reader moves behind it.
fn read_kind<'t>(reader: &mut Reader<'t>) -> Option<Kind<'t>> {
    let flags = reader.u8()?;
    let outcomes = reader.u8()?;
    let faults = reader.u32()?;
    let signature = reader.u32()?;
    let name = reader.text()?;
    let returns = if flags & KIND_FIELDS != 0 { reader.u32()? } else { 0 };
    let start = *reader;
    if flags & KIND_FIELDS != 0 {
        (0..outcomes).try_for_each(|_| Fields::read(reader).map(drop))?;
    }
    let fields = start.until(reader);
    let start = *reader;
    if flags & KIND_PROGRAM != 0 {
        (0..2).try_for_each(|_| reader.texts().map(drop))?;
    }
    let program = start.until(reader);
    let (notified, interruptible) = (flags & KIND_NOTIFIED != 0, flags & KIND_INTERRUPTIBLE != 0);
    Some(Kind { name, signature, notified, interruptible, outcomes, faults, returns, fields, program })
}

/// Texts one after the other, from the one with this index on.
pub(crate) fn texts<'t>(bytes: Option<&'t [u8]>, first: usize) -> impl Iterator<Item = &'t str> + use<'t> {
    let mut reader = Reader::new(bytes.unwrap_or(&[]));
    core::iter::from_fn(move || reader.text()).skip(first)
}

pub(crate) fn nth_text(bytes: &[u8], index: usize) -> Option<&str> {
    let mut reader = Reader::new(bytes);
    (0..index).try_for_each(|_| reader.text().map(drop))?;
    reader.text()
}

#[cfg(test)]
mod tests;
