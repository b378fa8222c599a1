//! Another version of a table takes over a running machine.

use crate::effect::{Effect, Effects};
use crate::instance::{Armed, Instance, Watch};
use crate::limits::BURST_REFILL_NS;
use crate::{Instant, StateId, Table, TimerId};

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
    /// stands in a state of the same name with the same duration keeps what is left of it.
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
        next.leaf = leaf;
        next.visit = self.visit.wrapping_add(1).max(1);
        next.pace = self.pace.max(now).after_ns(BURST_REFILL_NS);
        for state in new.path(leaf).iter().chain([new.machine()]) {
            for watcher in new.watchers_of(state) {
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
        let is_image = |it: &StateId| new.state_name(*it) == Some(name);
        new.leaves().find(is_image).ok_or(TakeoverError::NoSuchState(self.leaf))
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
