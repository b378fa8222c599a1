//! What runs of a machine have touched of its table: exact, because a table is finite.

use machine_core::{Effect, EventId, StateId, Table, WatcherId};
use std::collections::{BTreeMap, BTreeSet};

/// A handler as a table has it: in which leaf, of which event, and which of those that are tried one after the other.
pub type Way = (StateId, EventId, u16);

/// How often each thing happened, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    parents: Vec<Option<StateId>>,
    /// Times that a state was entered.
    pub states: Vec<u64>,
    /// Transitions from a leaf to another, by event.
    pub transitions: BTreeMap<(StateId, EventId, StateId), u64>,
    /// Handlers that were taken.
    pub taken: BTreeMap<Way, u64>,
    /// Handlers whose guards did not hold.
    pub refused: BTreeMap<Way, u64>,
    /// Outcomes of watchers that were seen in time.
    pub outcomes: BTreeMap<(WatcherId, u8), u64>,
    /// Timers that fired.
    pub fired: Vec<u64>,
    /// Timers that were cancelled.
    pub cancelled: Vec<u64>,
    /// Leaves in which the machine was restarted.
    pub restarts: Vec<u64>,
}

impl Coverage {
    /// Of a machine that has done nothing yet.
    #[must_use]
    pub fn of(table: &Table<'_>) -> Self {
        let timers = vec![0; table.timers().count()];
        Self {
            parents: table.states().map(|it| table.parent(it)).collect(),
            states: vec![0; table.states().count()],
            restarts: vec![0; table.leaves().count()],
            fired: timers.clone(),
            cancelled: timers,
            ..Self::default()
        }
    }

    /// All handlers of a table.
    #[must_use]
    pub fn ways(table: &Table<'_>) -> BTreeSet<Way> {
        let mut ways = BTreeSet::new();
        for leaf in table.leaves() {
            for (event, first) in table.transitions(leaf) {
                let next = |it: &machine_core::table::Transition| table.alternative(table.plan(it.plan).otherwise?);
                let tried = std::iter::successors(Some(first), next).count() as u16;
                ways.extend((0..tried).map(|position| (leaf, event, position)));
            }
        }
        ways
    }

    /// Adds what other runs of the same machine have touched.
    pub fn add(&mut self, other: &Self) {
        let lists = [
            (&mut self.states, &other.states),
            (&mut self.fired, &other.fired),
            (&mut self.cancelled, &other.cancelled),
            (&mut self.restarts, &other.restarts),
        ];
        lists.into_iter().for_each(|(own, other)| own.iter_mut().zip(other).for_each(|(own, other)| *own += other));
        other.transitions.iter().for_each(|(it, count)| *self.transitions.entry(*it).or_default() += count);
        other.taken.iter().for_each(|(it, count)| *self.taken.entry(*it).or_default() += count);
        other.refused.iter().for_each(|(it, count)| *self.refused.entry(*it).or_default() += count);
        other.outcomes.iter().for_each(|(it, count)| *self.outcomes.entry(*it).or_default() += count);
    }

    /// The machine began in a leaf.
    pub(crate) fn began(&mut self, leaf: StateId) {
        self.around(leaf).into_iter().for_each(|it| count(&mut self.states, it.index()));
    }

    pub(crate) fn happened(&mut self, effect: Effect) {
        match effect {
            Effect::Moved { from, to, event, .. } => {
                *self.transitions.entry((from, event, to)).or_default() += 1;
                let before = if from == to { Vec::new() } else { self.around(from) };
                let entered = self.around(to).into_iter().filter(|it| !before.contains(it));
                let entered: Vec<_> = if from == to { vec![to] } else { entered.collect() };
                entered.into_iter().for_each(|it| count(&mut self.states, it.index()));
            }
            Effect::Disarmed { timer, fired: true } => count(&mut self.fired, timer.index()),
            Effect::Disarmed { timer, fired: false } => count(&mut self.cancelled, timer.index()),
            _ => {}
        }
    }

    pub(crate) fn chose(&mut self, leaf: StateId, event: EventId, refused: u16, taken: bool) {
        (0..refused).for_each(|position| *self.refused.entry((leaf, event, position)).or_default() += 1);
        if taken {
            *self.taken.entry((leaf, event, refused)).or_default() += 1;
        }
    }

    pub(crate) fn reported(&mut self, watcher: WatcherId, outcome: u8) {
        *self.outcomes.entry((watcher, outcome)).or_default() += 1;
    }

    pub(crate) fn restarted(&mut self, leaf: StateId) {
        count(&mut self.restarts, leaf.index());
    }

    /// A state and all around it.
    fn around(&self, state: StateId) -> Vec<StateId> {
        std::iter::successors(Some(state), |it| self.parents.get(it.index()).copied().flatten()).collect()
    }
}

fn count(list: &mut [u64], index: usize) {
    list.iter_mut().skip(index).take(1).for_each(|it| *it += 1);
}
