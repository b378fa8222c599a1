//! How the table numbers states, watchers and timers.

use super::number;
use crate::model::{HandlerId, Machine, StateId, Trigger};
use machine_core::definition as flat;
use std::collections::BTreeMap;

/// How the table numbers states and watchers.
pub(super) struct Order {
    /// Leaves in the order of the source, then inner states before outer ones, the machine last.
    pub(super) states: Vec<StateId>,
    pub(super) leaves: usize,
    /// The number of each state of the model.
    number: Vec<u16>,
    /// Watchers by the number of their owner, then in the order of the source.
    pub(super) watchers: Vec<usize>,
    /// The number of each watcher of the model.
    pub(super) watcher: Vec<u16>,
}

impl Order {
    pub(super) fn of(machine: &Machine) -> Self {
        let is_leaf = |id: &StateId| machine.state(*id).children.is_empty();
        let all = || (0..machine.states.len()).map(StateId);
        let states: Vec<StateId> = all().filter(is_leaf).chain(all().rev().filter(|it| !is_leaf(it))).collect();
        let number = inverse(states.iter().map(|id| id.0));
        let mut watchers: Vec<usize> = (0..machine.watchers.len()).collect();
        watchers.sort_by_key(|it| number[machine.watchers[*it].owner.0]);
        let watcher = inverse(watchers.iter().copied());
        Self { leaves: all().filter(is_leaf).count(), states, number, watchers, watcher }
    }

    pub(super) fn number_of(&self, state: StateId) -> u16 {
        self.number[state.0]
    }
}

fn inverse(order: impl ExactSizeIterator<Item = usize>) -> Vec<u16> {
    let mut numbers = vec![0; order.len()];
    for (position, index) in order.enumerate() {
        numbers[index] = number(position);
    }
    numbers
}

/// Every `after` is a timer. Slots are given out from the machine inwards, so that timers of states that are never
/// active together share them.
pub(super) struct Timers {
    pub(super) rows: Vec<flat::Timer>,
    /// The handler of each of them.
    pub(super) handlers: Vec<HandlerId>,
    pub(super) slots: u16,
    pub(super) slot_of: BTreeMap<HandlerId, u16>,
}

impl Timers {
    pub(super) fn of(machine: &Machine, order: &Order) -> Self {
        let mut out = Self { rows: Vec::new(), handlers: Vec::new(), slots: 0, slot_of: BTreeMap::new() };
        let mut rows = Vec::new();
        let mut used = vec![0; machine.states.len()];
        for (index, state) in machine.states.iter().enumerate() {
            // A state stands behind the one around it, whose count is final by now.
            used[index] = state.parent.map_or(0, |it| used[it.0]);
            for handler in &state.handlers {
                if let Trigger::After { ms, .. } = machine.handler(*handler).trigger {
                    let slot = used[index];
                    rows.push((flat::Timer { owner: order.number_of(StateId(index)), slot, ms }, *handler));
                    out.slot_of.insert(*handler, slot);
                    used[index] += 1;
                }
            }
            out.slots = out.slots.max(used[index]);
        }
        rows.sort_by_key(|it| it.0.owner);
        (out.rows, out.handlers) = rows.into_iter().unzip();
        out
    }
}
