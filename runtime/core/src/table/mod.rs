//! A compiled machine in its final form: bytes that are verified once and then borrowed in place.
//!
//! [`Table::verify`] is the only way to one, so whoever holds a [`Table`] holds a verified table and the accessors need
//! no error: an id taken from a table is in range for it.

mod comb;
mod crc;
mod cycle;
mod describe;
mod encode;
mod error;
pub(crate) mod layout;
mod owned;
mod parts;
mod read;
mod rows;
mod types;
mod value;
mod verify;

pub use crc::crc32c;
pub use encode::{EncodeError, Strip};
pub use error::{Fault, TableError};
pub use layout::Section;
pub use owned::OwnedTable;
pub use parts::{Condition, Emit, Limit, Modifiers, Secret, SecretSource, Signal, SignalSource, Slot};
pub use types::{Element, Fields, Type};
pub use value::{Arguments, Code, Entries, Items, Value};

use crate::id::{EventId, KindId, PlanId, SignalId, StateId, TimerId, WatcherId};
use layout::*;
use read::{Reader, id};
pub(crate) use rows::Rows;
use rows::with_rows;

/// A verified table, borrowed. Copying it copies the view, not the table.
#[derive(Clone, Copy, Debug)]
pub struct Table<'t> {
    bytes: &'t [u8],
    width: Width,
    counts: Counts,
    name: &'t str,
    version: &'t str,
    states: &'t [u8],
    leaf_rows: &'t [u8],
    path_pool: &'t [u8],
    bases: &'t [u8],
    slots: &'t [u8],
    plans: &'t [u8],
    kinds: &'t [u8],
    watchers: &'t [u8],
    timers: &'t [u8],
    arguments: &'t [u8],
    names: Option<&'t [u8]>,
    docs: Option<&'t [u8]>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// So many states, counted from the outermost inside the machine, are neither left nor entered.
    pub depth: usize,
    /// Exactly one state is left and one entered.
    pub near: bool,
    /// Nothing is left or entered.
    pub stay: bool,
    /// The label given by `as`.
    pub label: Option<u16>,
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
}

/// One kind of watcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        self.width.wide
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
        Path { ids: with_rows!(self, rows => rows.path(leaf).as_flattened()), width: self.width }
    }

    /// The state around this one; `None` for the machine.
    #[must_use]
    pub fn parent(&self, state: StateId) -> Option<StateId> {
        let parent = id(self.states, state.index() * self.width.state_row(), self.width);
        (parent != u16::MAX).then_some(StateId(parent))
    }

    /// Declared `final`.
    #[must_use]
    pub fn is_final(&self, state: StateId) -> bool {
        let at = state.index() * self.width.state_row() + 3 * self.width.id();
        self.states.get(at).is_some_and(|flags| flags & STATE_FINAL != 0)
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
        with_rows!(self, rows => rows.timer(timer))
    }

    /// The event of a timer slot.
    #[inline]
    #[must_use]
    pub fn timer_event(&self, slot: u16) -> EventId {
        EventId((self.counts.events - self.counts.timer_slots) as u16 + slot)
    }

    /// What an event is.
    #[must_use]
    pub fn source(&self, event: EventId) -> EventSource {
        let timers = self.timer_event(0);
        if event >= timers {
            return EventSource::Timer(event.0 - timers.0);
        }
        let before = |it: &WatcherId| self.watcher(*it).first_event <= event;
        let watcher = self.watchers().rev().find(before).unwrap_or(WatcherId(0));
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
        let none = Kind { name: "", signature: 0, notified: false, interruptible: false, outcomes: 0, faults: 0 };
        self.kinds().nth(kind.index()).unwrap_or(none)
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

fn read_kind<'t>(reader: &mut Reader<'t>) -> Option<Kind<'t>> {
    let flags = reader.u8()?;
    let outcomes = reader.u8()?;
    let faults = reader.u32()?;
    let signature = reader.u32()?;
    Some(Kind {
        name: reader.text()?,
        signature,
        notified: flags & KIND_NOTIFIED != 0,
        interruptible: flags & KIND_INTERRUPTIBLE != 0,
        outcomes,
        faults,
    })
}

fn nth_text(bytes: &[u8], index: usize) -> Option<&str> {
    let mut reader = Reader::new(bytes);
    (0..index).try_for_each(|_| reader.text().map(drop))?;
    reader.text()
}

#[cfg(test)]
mod tests;
