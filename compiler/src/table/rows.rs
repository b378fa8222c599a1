//! What is done in each leaf on each event: from the inside out, top to bottom, until one is certain to be taken.

use super::number;
use super::order::Order;
use super::plans::Plans;
use crate::model::bounds::Known;
use crate::model::{Event, HandlerId, Machine, Origin, Response, StateId, Trigger};
use machine_core::definition as flat;
use std::collections::BTreeMap;

/// Makes the rows of a machine.
pub(super) struct Rows<'m> {
    pub(super) events: Events<'m>,
    pub(super) plans: Plans<'m>,
}

/// Which handlers an event finds.
pub(super) struct Events<'m> {
    pub(super) machine: &'m Machine,
    pub(super) order: &'m Order,
    pub(super) slot_of: &'m BTreeMap<HandlerId, u16>,
    /// The first event of each watcher, then of the timers, then of the signals.
    pub(super) first_events: Vec<usize>,
}

/// A handler that an event finds in a leaf.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) handler: HandlerId,
    /// What the event is, for its fields; `None` for a timer.
    origin: Option<Origin>,
}

impl Events<'_> {
    /// What is tried in a leaf, by event: from the inside out, top to bottom, until one is certain to be taken.
    pub(super) fn found(&self, leaf: StateId) -> BTreeMap<u16, Vec<Found>> {
        let mut row: BTreeMap<u16, Vec<Found>> = BTreeMap::new();
        for state in self.machine.outwards(leaf) {
            for handler in &self.machine.state(state).handlers {
                for (event, origin) in self.events(*handler) {
                    row.entry(event).or_default().push(Found { handler: *handler, origin });
                }
            }
        }
        row.values_mut().for_each(|it| self.keep_possible(it));
        row.retain(|_, it| !it.is_empty());
        row
    }

    /// Leaves out what can never be taken, as handlers before it leave nothing to it. Of one that stands in a state around
    /// others, that may be so in some of them only.
    fn keep_possible(&self, found: &mut Vec<Found>) {
        let mut left = Some(Known::default());
        found.retain(|it| {
            let Some(known) = &left else { return false };
            let Some(guard) = self.machine.handler(it.handler).guard.as_deref() else {
                left = None;
                return true;
            };
            let mut failures = Vec::new();
            known.look(guard, &mut failures);
            if !failures.is_empty() {
                return true;
            }
            let is_possible = known.clone().given(guard, true).is_some();
            left = known.clone().given(guard, false);
            is_possible
        });
    }

    fn events(&self, handler: HandlerId) -> Vec<(u16, Option<Origin>)> {
        match &self.machine.handler(handler).trigger {
            Trigger::On(events) => {
                let number = |it: &Event| (self.event(it.origin), Some(it.origin));
                events.iter().map(number).collect()
            }
            Trigger::After { .. } => {
                let timers = self.first_of_timers();
                self.slot_of.get(&handler).map(|slot| (number(timers) + slot, None)).into_iter().collect()
            }
            Trigger::When(signal) => {
                let origin = Origin::Signal(*signal);
                vec![(self.event(origin), Some(origin))]
            }
        }
    }

    fn event(&self, origin: Origin) -> u16 {
        match origin {
            Origin::Outcome(watcher, outcome) => {
                number(self.first_events[usize::from(self.order.watcher[watcher.0])] + outcome)
            }
            Origin::Signal(signal) => {
                let signals = self.first_events.last().copied().unwrap_or(0);
                number(signals + signal.0)
            }
        }
    }

    fn first_of_timers(&self) -> usize {
        self.first_events.get(self.order.watchers.len()).copied().unwrap_or(0)
    }
}

impl Rows<'_> {
    /// The row of one leaf.
    pub(super) fn cells(&mut self, leaf: StateId) -> Vec<flat::Cell> {
        let leaf_number = self.events.order.number_of(leaf);
        let row = self.events.found(leaf).into_iter();
        row.filter_map(|(event, found)| {
            let (target, plan) = self.tried(leaf, &found)?;
            Some(flat::Cell { leaf: leaf_number, event, target, plan })
        })
        .collect()
    }

    /// The first of the handlers, each with the next one as what is tried otherwise.
    fn tried(&mut self, leaf: StateId, found: &[Found]) -> Option<(u16, u16)> {
        let mut behind: Option<(u16, u16)> = None;
        for it in found.iter().rev() {
            let otherwise = behind.map(|(target, plan)| self.plans.alternative(flat::Alternative { target, plan }));
            behind = Some(self.response(leaf, *it, otherwise));
        }
        behind
    }

    /// The leaf that a handler leads to from `leaf`, and how.
    fn response(&mut self, leaf: StateId, found: Found, otherwise: Option<u16>) -> (u16, u16) {
        let machine = self.events.machine;
        let handler = machine.handler(found.handler);
        let calculates = handler.guard.is_some() || !handler.actions.is_empty();
        let payload = found.origin.filter(|_| calculates).map_or_else(Vec::new, |it| machine.payload(it));
        let base = flat::Plan {
            label: handler.label.as_deref().map(|it| self.plans.label(it)),
            guard: self.plans.guard(machine, found.handler, &payload),
            otherwise,
            actions: self.plans.actions(machine, found.handler, &payload),
            ..flat::Plan::default()
        };
        let goto = match handler.response {
            Response::Goto { target, again, last, .. } => self.goto(leaf, target, again, last),
            Response::Stay(_) => None,
        };
        match goto {
            Some((to, depth, history)) => {
                let ends_here = |end: &StateId| self.path(*end).len() == usize::from(depth) + 1;
                let near = history.is_none() && [leaf, to].iter().all(ends_here);
                let history = history.map(|it| self.plans.history(it));
                let plan = flat::Plan { depth, near, history, ..base };
                (self.events.order.number_of(to), self.plans.id(plan))
            }
            None => {
                let plan = flat::Plan { stay: true, ..base };
                (self.events.order.number_of(leaf), self.plans.id(plan))
            }
        }
    }

    /// Where `-> target` ends from `leaf`, how many outer states are kept, and the state whose history is asked;
    /// nothing if it is there already.
    fn goto(&self, leaf: StateId, target: StateId, again: bool, last: bool) -> Option<(StateId, u8, Option<u16>)> {
        let from = self.path(leaf);
        let to = self.events.machine.initial_leaf(target);
        let depth = match from.iter().position(|it| *it == target) {
            Some(_) if !again => return None,
            Some(depth) => depth,
            None => from.iter().zip(self.path(to)).take_while(|(a, b)| **a == *b).count(),
        };
        let history = last.then(|| self.events.order.number_of(target));
        Some((to, u8::try_from(depth).unwrap_or(u8::MAX), history))
    }

    /// The states from the outermost inside the machine to `leaf`.
    fn path(&self, leaf: StateId) -> Vec<StateId> {
        let mut path: Vec<StateId> = self.events.machine.outwards(leaf).collect();
        path.pop();
        path.reverse();
        path
    }
}
