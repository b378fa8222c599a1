//! What a machine remembers between two steps; its size is fixed by its table.

use crate::memory::Memory;
use crate::run::{self, Scratch, Stack, eval};
use crate::table::Code;
use crate::{Data, Instant, StateId, Table, TimerId, WatcherId};
use alloc::{boxed::Box, string::String, vec, vec::Vec};

/// One running machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The leaf that it is in.
    pub(crate) leaf: StateId,
    /// Number of the latest visit; each transition begins one.
    pub(crate) visit: u32,
    /// When the transitions taken so far would have been taken at the even pace of [`crate::limits::BURST_REFILL_NS`].
    pub(crate) pace: Instant,
    /// By [`WatcherId`]; whoever changes when one is due calls [`Instance::note_next_ask`].
    pub(crate) watches: Box<[Watch]>,
    /// When the first of the watchers is due, so that most steps need not look at all of them.
    pub(crate) next_ask: Instant,
    /// By timer slot.
    pub(crate) timers: Box<[Armed]>,
    /// What splay is drawn from.
    pub(crate) seed: u64,
    /// Machines of its table keep that; of others it stays 0.
    pub(crate) keeps_seed: bool,
    /// Data, then facts; of texts their lengths, of lists their counts.
    pub(crate) words: Box<[i64]>,
    /// What only some machines remember.
    pub(crate) memory: Option<Box<Memory>>,
}

/// One watcher of a running machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watch {
    /// When it is asked next.
    pub(crate) due: Instant,
    /// The visit that it belongs to; 0 while its state is not active.
    pub(crate) visit: u32,
    /// It was asked and has not answered yet.
    pub(crate) under_way: bool,
    /// It was asked at least once in this visit.
    pub(crate) asked: bool,
    /// Faults in a row; counted for watchers with `backoff` only.
    pub(crate) faults: u16,
}

/// One timer slot of a running machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Armed {
    /// When it fires; never if nothing is armed.
    pub(crate) deadline: Instant,
    /// What is armed.
    pub(crate) timer: TimerId,
}

impl Watch {
    pub(crate) const IDLE: Self = Self { due: Instant::NEVER, visit: 0, under_way: false, asked: false, faults: 0 };
}

impl Armed {
    pub(crate) const IDLE: Self = Self { deadline: Instant::NEVER, timer: TimerId(u16::MAX) };
}

impl Instance {
    /// A machine that has not begun yet; give it [`crate::Input::Start`].
    #[must_use]
    pub fn new(table: &Table<'_>) -> Self {
        let (words, memory) = Memory::new(table);
        Self {
            leaf: table.initial(),
            visit: 0,
            pace: Instant(0),
            next_ask: Instant::NEVER,
            seed: 0,
            keeps_seed: table.has_seed(),
            watches: vec![Watch::IDLE; table.watchers().count()].into(),
            timers: vec![Armed::IDLE; table.timer_slots()].into(),
            words,
            memory,
        }
    }

    /// The leaf that it is in.
    #[must_use]
    pub fn state(&self) -> StateId {
        self.leaf
    }

    /// Number of its latest visit; 0 before it has begun.
    #[must_use]
    pub fn visit(&self) -> u32 {
        self.visit
    }

    /// The visit that a watcher belongs to, while its state is active.
    #[must_use]
    pub fn visit_of(&self, watcher: WatcherId) -> Option<u32> {
        self.watches.get(watcher.index()).map(|it| it.visit).filter(|visit| *visit != 0)
    }

    /// Watchers that were asked and have not answered yet.
    pub fn under_way(&self) -> impl Iterator<Item = WatcherId> + '_ {
        let is_open = |(_, watch): &(usize, &Watch)| watch.under_way;
        self.watches.iter().enumerate().filter(is_open).map(|(index, _)| WatcherId(index as u16))
    }

    /// When a watcher is asked next; `None` while it is not active, has been asked, or is asked only once.
    #[must_use]
    pub fn next_ask_of(&self, watcher: WatcherId) -> Option<Instant> {
        let watch = self.watches.get(watcher.index()).filter(|it| it.visit != 0);
        watch.map(|it| it.due).filter(|it| *it != Instant::NEVER)
    }

    /// The timers that are armed, and when each fires.
    pub fn armed(&self) -> impl Iterator<Item = (TimerId, Instant)> + '_ {
        let armed = self.timers.iter().filter(|it| it.deadline != Instant::NEVER);
        armed.map(|it| (it.timer, it.deadline))
    }

    /// When the machine wants [`crate::Input::Tick`]; `None` if it waits for nothing that time brings.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        Some(self.due().0).filter(|at| *at != Instant::NEVER)
    }

    /// When something is due first, and the timer slot that it is; beyond the last slot if it is a watcher. Timers come
    /// before watchers at the same time, then the lower number.
    #[inline]
    pub(crate) fn due(&self) -> (Instant, usize) {
        let mut first = (self.next_ask, usize::MAX);
        for (slot, armed) in self.timers.iter().enumerate().rev() {
            if armed.deadline <= first.0 {
                first = (armed.deadline, slot);
            }
        }
        first
    }

    /// The first watcher that is due then.
    pub(crate) fn watcher_due(&self, at: Instant) -> Option<WatcherId> {
        self.watches.iter().position(|watch| watch.due == at).map(|index| WatcherId(index as u16))
    }

    /// Notes when the first of the watchers is due.
    pub(crate) fn note_next_ask(&mut self) {
        self.next_ask = self.watches.iter().map(|watch| watch.due).min().unwrap_or(Instant::NEVER);
    }

    /// Takes over into another count of time, after a restart: `elapsed_ns` have passed since `then`, and what was
    /// called `then` plus that is called `now` from here on. What was armed keeps what was left of it, never more; what
    /// fell due meanwhile is due at once, in the order in which it fell due.
    pub fn rebase(&mut self, then: Instant, elapsed_ns: u64, now: Instant) {
        let overdue = self.overdue(then, elapsed_ns);
        let shift = |it: Instant| now.after_ns(it.since(then).saturating_sub(elapsed_ns));
        let carry = |it: &mut Instant| match overdue.binary_search(it) {
            _ if *it == Instant::NEVER => {}
            Ok(place) => *it = Instant(now.0.saturating_sub((overdue.len() - 1 - place) as u64)),
            Err(_) => *it = shift(*it),
        };
        self.timers.iter_mut().for_each(|it| carry(&mut it.deadline));
        self.watches.iter_mut().for_each(|it| carry(&mut it.due));
        self.note_next_ask();
        self.pace = shift(self.pace);
    }

    /// What falls due within so long, in order, each time once.
    fn overdue(&self, then: Instant, elapsed_ns: u64) -> Vec<Instant> {
        let deadlines = self.timers.iter().map(|it| it.deadline).chain(self.watches.iter().map(|it| it.due));
        let is_overdue = |it: &Instant| *it != Instant::NEVER && it.since(then) <= elapsed_ns;
        let mut overdue: Vec<Instant> = deadlines.filter(is_overdue).collect();
        overdue.sort_unstable();
        overdue.dedup();
        overdue
    }
}

impl Instance {
    /// What splay is drawn from. The host sets it once, before [`crate::Input::Start`]; it is kept in snapshots.
    pub fn set_seed(&mut self, seed: u64) {
        if self.keeps_seed {
            self.seed = seed;
        }
    }

    /// The time by the calendar, milliseconds since 1970, UTC; to be set before a step.
    pub fn set_wall(&mut self, ms: i64) {
        self.memory.iter_mut().for_each(|it| it.wall = ms);
    }

    /// Data of the machine. Of a number of nothing: `false`.
    #[must_use]
    pub fn data<'a>(&'a self, table: &Table<'_>, index: u16) -> Data<'a> {
        self.slot(table, index, 0, table.extra.data)
    }

    /// What the machine knows of a fact of the node. Of a number of nothing: `false`.
    #[must_use]
    pub fn fact<'a>(&'a self, table: &Table<'_>, index: u16) -> Data<'a> {
        self.slot(table, index, table.extra.data, table.extra.facts)
    }

    fn slot<'a>(&'a self, table: &Table<'_>, index: u16, first: usize, count: usize) -> Data<'a> {
        match &self.memory {
            Some(memory) if usize::from(index) < count => {
                let slot = first + usize::from(index);
                let word = self.words.get(slot).copied().unwrap_or(0);
                let ty = table.slot_type(slot);
                ty.map_or(Data::Bool(false), |ty| run::read(ty, word, &memory.items, &memory.bytes))
            }
            _ => Data::Bool(false),
        }
    }

    /// What the machine knows of where another one is.
    #[must_use]
    pub fn condition(&self, index: u16) -> bool {
        let memory = self.memory.as_ref();
        memory.is_some_and(|it| it.conditions.get(usize::from(index)).copied().unwrap_or(false))
    }

    /// The value of a calculation in an argument. Text that has to be put together is put into `text`.
    #[must_use]
    pub fn compute<'a>(&'a self, table: &Table<'_>, code: Code, text: &'a mut String) -> Data<'a> {
        let Some(memory) = &self.memory else {
            return Data::Bool(false);
        };
        let view = memory.around(table, &[]).view(&self.words, &memory.items, &memory.bytes);
        let (mut scratch, mut stack) = (Scratch::new(table.extra.needs.scratch), Stack::new());
        let Some(mut reader) = table.code_of(code) else {
            return Data::Bool(false);
        };
        // A verified argument cannot fail.
        if eval(&view, &mut scratch, &mut stack, &mut reader).is_err() {
            return Data::Bool(false);
        }
        let value = stack.pop();
        match value.data(&view, scratch.made()) {
            Data::Text(made) => {
                text.clear();
                text.push_str(made);
                Data::Text(text)
            }
            // No list of a verified argument is put together.
            Data::List(_) => match value {
                run::Value::List(list) => list.kept_in(&memory.items, &memory.bytes),
                _ => Data::Bool(false),
            },
            Data::Bool(it) => Data::Bool(it),
            Data::Int(it) => Data::Int(it),
            Data::Float(it) => Data::Float(it),
            Data::Duration(it) => Data::Duration(it),
            Data::Time(it) => Data::Time(it),
            Data::Enum(it) => Data::Enum(it),
        }
    }
}
