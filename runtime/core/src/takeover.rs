//! Another version of a table takes over a running machine.

use crate::effect::{Effect, Effects};
use crate::fit::fits;
use crate::instance::{Armed, Instance, Watch};
use crate::limits::BURST_REFILL_NS;
use crate::memory::NO_LEAF;
use crate::run::Store;
use crate::table::Type;
use crate::table::places::Place;
use crate::{Data, DataList, Instant, StateId, Table, TimerId, WatcherId};
use alloc::vec::Vec;

/// A machine that the new table cannot take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeoverError {
    /// The new table has no state of the current one's name.
    NoSuchState(StateId),
    /// One of the tables carries no names, so states cannot be matched.
    NoNames,
    /// A `run` is under way; try again when it has ended.
    Busy,
}

impl core::fmt::Display for TakeoverError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoSuchState(_) => f.write_str("the new table has no state of the name that the machine is in"),
            Self::NoNames => f.write_str("states are matched by name, and one of the two tables carries no names"),
            Self::Busy => f.write_str("a `run` is under way"),
        }
    }
}

impl core::error::Error for TakeoverError {}

impl Instance {
    /// Goes on in the state of the same name under another table.
    ///
    /// The current states begin a new visit without being left: their watchers are asked anew, and an `after` that
    /// stands in a state of the same name with the same duration keeps what is left of it. A state may also be one that
    /// the new table says was called so before. Data and facts go on by name if their values fit the new types (words of
    /// enums by their names), else with their first values.
    ///
    /// # Errors
    /// When the state has no image, or a `run` is under way.
    pub fn take_over(
        &self,
        old: &Table<'_>,
        new: &Table<'_>,
        now: Instant,
        effects: &mut impl Effects,
    ) -> Result<Self, TakeoverError> {
        let leaf = self.image(old, new)?;
        if self.under_way().any(|it| old.watcher(it).once) {
            return Err(TakeoverError::Busy);
        }
        for watcher in old.watchers() {
            if let Some(visit) = self.visit_of(watcher) {
                effects.push(Effect::Stop { watcher, visit });
            }
        }
        let mut next = Self::new(new);
        next.set_seed(self.seed);
        next.inherit(self, old, new);
        next.leaf = leaf;
        next.visit = self.visit.wrapping_add(1).max(1);
        next.pace = self.pace.max(now).after_ns(BURST_REFILL_NS);
        for state in new.path(leaf).iter().chain([new.machine()]) {
            let is_waiting = |it: &WatcherId| new.modifiers(*it).condition.is_some_and(|it| !next.condition(it));
            let active: Vec<WatcherId> = new.watchers_of(state).filter(|it| !is_waiting(it)).collect();
            for watcher in active {
                next.watches[watcher.index()] = Watch { due: now, visit: next.visit, ..Watch::IDLE };
            }
            for timer in new.timers_of(state) {
                let (slot, ms) = new.timer(timer);
                let deadline = self.left_of(old, new, state, ms).unwrap_or(now.after_ms(ms));
                next.timers[usize::from(slot)] = Armed { deadline, timer };
            }
        }
        next.note_next_ask();
        Ok(next)
    }

    fn image(&self, old: &Table<'_>, new: &Table<'_>) -> Result<StateId, TakeoverError> {
        let name = old.state_name(self.leaf).ok_or(TakeoverError::NoNames)?;
        new.state_name(new.initial()).ok_or(TakeoverError::NoNames)?;
        leaf_called(new, name).ok_or(TakeoverError::NoSuchState(self.leaf))
    }

    /// What machines remember beside states, watchers and timers, as far as the new table has a place for it.
    fn inherit(&mut self, from: &Self, old: &Table<'_>, new: &Table<'_>) {
        let Self { words, memory: Some(memory), .. } = self else {
            return;
        };
        let Some(known) = &from.memory else {
            return;
        };
        memory.wall = known.wall;
        for (index, slot) in new.data().enumerate() {
            if let Some(at) = old.data().position(|it| it.name == slot.name) {
                let value = from.data(old, at as u16);
                inherit_slot(
                    new,
                    index,
                    &mut memory.store(words),
                    value,
                    |of, word| old.word(of, word),
                    old.slot_type(at),
                );
            }
        }
        for (index, slot) in new.facts().enumerate() {
            if let Some(at) = old.facts().position(|it| it.name == slot.name) {
                let value = from.fact(old, at as u16);
                let (index, at) = (new.data().count() + index, old.data().count() + at);
                inherit_slot(
                    new,
                    index,
                    &mut memory.store(words),
                    value,
                    |of, word| old.word(of, word),
                    old.slot_type(at),
                );
            }
        }
        for (holds, condition) in memory.conditions.iter_mut().zip(new.conditions()) {
            *holds = old.conditions().position(|it| it == condition).is_some_and(|at| from.condition(at as u16));
        }
        for (leaf, state) in memory.histories.iter_mut().zip(new.histories()) {
            let name = new.state_name(state);
            let at = old.histories().position(|it| old.state_name(it).is_some() && old.state_name(it) == name);
            let last = at.and_then(|at| known.histories.get(at)).filter(|it| **it != NO_LEAF);
            let image = last.and_then(|it| leaf_called(new, old.state_name(StateId(*it))?));
            *leaf = image.filter(|it| new.leaves_in(state).any(|leaf| leaf == *it)).map_or(NO_LEAF, |it| it.0);
        }
    }

    /// The deadline of the same `after` in the state of the same name.
    fn left_of(&self, old: &Table<'_>, new: &Table<'_>, state: StateId, ms: u64) -> Option<Instant> {
        let is_machine = state == new.machine();
        let same_state = |it: StateId| is_machine && it == old.machine() || old.state_name(it) == new.state_name(state);
        let same = |it: &TimerId| old.timer(*it).1 == ms && same_state(old.timer_owner(*it));
        let timer = old.timers().find(same)?;
        let armed = self.timers.get(usize::from(old.timer(timer).0))?;
        (armed.timer == timer && armed.deadline != Instant::NEVER).then_some(armed.deadline)
    }
}

/// The leaf of this name, or that was called so before.
fn leaf_called(table: &Table<'_>, name: &str) -> Option<StateId> {
    let is_so = |it: &StateId| table.state_name(*it) == Some(name);
    let was_so = |it: &StateId| table.was(*it).any(|was| was == name);
    table.leaves().find(is_so).or_else(|| table.leaves().find(was_so))
}

/// A value of an old slot into a new one of the same name, if it fits. `word` gives the words of the old enums.
fn inherit_slot<'v>(
    table: &Table<'_>,
    slot: usize,
    store: &mut Store<'_>,
    value: Data<'v>,
    word: impl Fn(u16, u16) -> &'v str,
    old: Option<(Type<'_>, Place)>,
) {
    let (Some((ty, place)), Some((old, _))) = (table.slot_type(slot), old) else {
        return;
    };
    let image = |it: Data<'v>| match (it, old.words_of(), ty.words_of()) {
        (Data::Enum(at), from, to) => {
            let name = word(from, at);
            table.words(to).position(|it| it == name).map(|it| Data::Enum(it as u16))
        }
        (other, ..) => Some(other),
    };
    let items: Option<Vec<Data<'v>>> = match value {
        Data::List(items) => items.iter().map(image).collect(),
        other => image(other).map(|it| [it].into()),
    };
    let Some(items) = items else { return };
    let value = match (value, items.first()) {
        (Data::List(_), _) => Data::List(DataList::new(&items)),
        (_, Some(it)) => *it,
        (_, None) => return,
    };
    // A word of an enum has a place in others too, but only its name counts.
    let same_kind = old.word() == ty.word();
    if same_kind && fits(table, value, ty) {
        store.put(slot as u16, (ty, place), value);
    }
}
