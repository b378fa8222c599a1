//! How a table calls what a model has, for whoever runs a table and talks about its source.

use super::first_events;
use super::order::{Order, Timers};
use super::rows::Events;
use crate::model::{HandlerId, Machine};

/// The numbers of a machine's table. Data, facts, conditions, emits, signals and outcomes have the same in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// By state of the model.
    pub states: Vec<u16>,
    /// By watcher of the model.
    pub watchers: Vec<u16>,
    /// By timer of the table: the `after` that it is.
    pub timers: Vec<HandlerId>,
    /// Which handlers the rows of the table come from.
    pub found: Vec<Found>,
}

/// The handlers that an event finds in a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Number of the leaf.
    pub leaf: u16,
    /// Number of the event.
    pub event: u16,
    /// In the order in which they are tried.
    pub handlers: Vec<HandlerId>,
}

impl Numbers {
    /// Those of a machine's table.
    #[must_use]
    pub fn of(machine: &Machine) -> Self {
        let order = Order::of(machine);
        let timers = Timers::of(machine, &order);
        let first_events = first_events(machine, &order, timers.slots);
        let events = Events { machine, order: &order, slot_of: &timers.slot_of, first_events };
        let mut found = Vec::new();
        for leaf in &order.states[..order.leaves] {
            for (event, tried) in events.found(*leaf) {
                let handlers = tried.iter().map(|it| it.handler).collect();
                found.push(Found { leaf: order.number_of(*leaf), event, handlers });
            }
        }
        let states = machine.states.iter().enumerate().map(|(id, _)| order.number_of(crate::model::StateId(id)));
        Self { states: states.collect(), watchers: order.watcher.clone(), timers: timers.handlers, found }
    }
}
