//! What machines remember that calculate, or use more than states, watchers and timers. All of it is there from the
//! start, so that a step never has to ask for more.

use crate::data::Data;
use crate::limits::QUEUE_MAX;
use crate::run::{Around, Record, Scratch, Store};
use crate::table::{Extra, Table};
use alloc::{boxed::Box, vec};

/// Beside the words of data and facts, which stand in the instance itself.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    /// Items of lists, and bytes of texts, in data and facts.
    pub(crate) items: Box<[i64]>,
    pub(crate) bytes: Box<[u8]>,
    /// What data were before actions that may fail were tried.
    before: Before,
    pub(crate) scratch: Scratch,
    pub(crate) queue: Queue,
    /// By `when`: it is true, and has been taken or was so when it was looked at last.
    pub(crate) whens: Box<[bool]>,
    /// By history: the leaf that was active last, [`NO_LEAF`] before there was one.
    pub(crate) histories: Box<[u16]>,
    pub(crate) conditions: Box<[bool]>,
    /// By watcher: it is to be asked when the transition is complete.
    pub(crate) polls: Box<[bool]>,
    /// Milliseconds since 1970.
    pub(crate) wall: i64,
}

/// Words, items and bytes of data.
#[derive(Clone, Debug)]
struct Before {
    words: Box<[i64]>,
    items: Box<[i64]>,
    bytes: Box<[u8]>,
}

/// No leaf was active yet.
pub(crate) const NO_LEAF: u16 = u16::MAX;

/// Raised events that wait to be taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    /// One more than may wait, because the one that is being handled is still in use.
    records: Box<[Record]>,
    first: usize,
    pub(crate) length: usize,
}

impl Queue {
    fn new(table: &Table<'_>) -> Self {
        let needs = table.extra.needs;
        let count = if needs.raises { QUEUE_MAX + 1 } else { 0 };
        let record = || Record::new(needs.words.into(), needs.queued);
        Self { records: (0..count).map(|_| record()).collect(), first: 0, length: 0 }
    }

    /// Where the next event is to be kept; nothing if too many wait.
    pub(crate) fn next_free(&mut self) -> Option<&mut Record> {
        if self.length >= QUEUE_MAX || self.records.is_empty() {
            return None;
        }
        let at = (self.first + self.length) % self.records.len();
        self.length += 1;
        self.records.get_mut(at)
    }

    /// The event that has waited longest, to be given back with [`Queue::give_back`].
    pub(crate) fn take(&mut self) -> Option<(usize, Record)> {
        self.length = self.length.checked_sub(1)?;
        let at = self.first;
        self.first = (self.first + 1) % self.records.len().max(1);
        Some((at, core::mem::take(self.records.get_mut(at)?)))
    }

    pub(crate) fn give_back(&mut self, (at, record): (usize, Record)) {
        if let Some(place) = self.records.get_mut(at) {
            *place = record;
        }
    }

    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }
}

/// What is remembered; what is only in use during a step does not count.
impl PartialEq for Memory {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
            && self.bytes == other.bytes
            && self.whens == other.whens
            && self.histories == other.histories
            && self.conditions == other.conditions
    }
}

impl Eq for Memory {}

impl Memory {
    /// Words of data and facts with their first values, and the rest if the machine needs any.
    pub(crate) fn new(table: &Table<'_>) -> (Box<[i64]>, Option<Box<Self>>) {
        if !table.has_memory() {
            return (Box::default(), None);
        }
        let needs = table.extra.needs;
        let mut words: Box<[i64]> = vec![0; table.slot_count()].into();
        let mut memory = Box::new(Self {
            items: vec![0; needs.slots.items as usize].into(),
            bytes: vec![0; needs.slots.bytes as usize].into(),
            before: Before {
                words: vec![0; table.extra.data].into(),
                items: vec![0; needs.data.items as usize].into(),
                bytes: vec![0; needs.data.bytes as usize].into(),
            },
            scratch: Scratch::new(needs.scratch),
            queue: Queue::new(table),
            whens: vec![false; table.whens().len()].into(),
            histories: vec![NO_LEAF; table.histories().len()].into(),
            conditions: vec![false; table.condition_count()].into(),
            polls: vec![false; if table.extra.code.is_empty() { 0 } else { table.watchers().count() }].into(),
            wall: 0,
        });
        for (slot, entry) in table.slots().enumerate() {
            let value = entry.value.data().unwrap_or(Data::Bool(false));
            memory.store(&mut words).put(slot as u16, (entry.ty, entry.place), value);
        }
        (words, Some(memory))
    }

    pub(crate) fn store<'s>(&'s mut self, words: &'s mut [i64]) -> Store<'s> {
        Store { words, items: &mut self.items, bytes: &mut self.bytes }
    }

    /// Notes what the data are, in case that has to come back.
    pub(crate) fn save(&mut self, words: &[i64]) {
        copy(&mut self.before.words, words);
        copy(&mut self.before.items, &self.items);
        copy(&mut self.before.bytes, &self.bytes);
    }

    /// The data are again what they were.
    pub(crate) fn restore(&mut self, words: &mut [i64]) {
        copy(words, &self.before.words);
        copy(&mut self.items, &self.before.items);
        copy(&mut self.bytes, &self.before.bytes);
    }

    pub(crate) fn around<'a>(&'a self, table: &'a Table<'a>, payload: &'a [Data<'a>]) -> Around<'a> {
        Around { table, conditions: &self.conditions, wall: self.wall, payload }
    }
}

/// The front of both, as far as both go.
fn copy<T: Copy>(to: &mut [T], from: &[T]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

impl Table<'_> {
    /// Its machines remember more than states, watchers and timers, or what splay is drawn from.
    pub(crate) fn has_memory(&self) -> bool {
        let Extra { slots, code, whens, histories, .. } = self.extra;
        [slots, code, whens, histories].iter().any(|it| !it.is_empty()) || self.condition_count() > 0
    }

    /// Snapshots of its machines have what splay is drawn from, whether that is ever done or not.
    pub(crate) fn has_seed(&self) -> bool {
        let Extra { modifiers, declarations, .. } = self.extra;
        self.has_memory() || !modifiers.is_empty() || !declarations.is_empty()
    }

    /// Bytes of memory that an instance needs at most, all of it taken when the instance is created.
    #[must_use]
    pub fn memory(&self) -> usize {
        let needs = self.extra.needs;
        let room =
            |it: crate::table::places::Place| (it.items as usize).saturating_mul(8).saturating_add(it.bytes as usize);
        let record = room(needs.queued).saturating_add(8 * usize::from(needs.words) + size_of::<Record>());
        let queue = if needs.raises { record.saturating_mul(QUEUE_MAX + 1) } else { 0 };
        let fixed = size_of::<crate::Instance>() + if self.has_memory() { size_of::<Memory>() } else { 0 };
        let rows = 16 * (self.watchers().count() + self.timer_slots());
        let small = self.whens().len() + 2 * self.histories().len() + self.condition_count();
        let polls = if self.extra.code.is_empty() { 0 } else { self.watchers().count() };
        let words = 8 * (self.slot_count() + self.extra.data);
        [room(needs.slots), room(needs.data), room(needs.scratch), queue, rows, small, polls, words]
            .into_iter()
            .fold(fixed, usize::saturating_add)
    }
}
