//! The checked machine, flattened: one row of transitions for each state without inner states.
//!
//! Handlers of outer states are copied into every leaf below unless an inner one answers the same event; the states
//! that a transition leaves and enters become a number, the depth down to which both ends share their path. Handlers
//! with a guard become a chain, each with the next one as what is tried otherwise.

mod code;
mod declarations;
mod numbers;
mod order;
mod plans;
mod rows;

use crate::analysis::event_name as subject_name;
use crate::model::{Machine, StateId};
use crate::source::{FileId, SourceMap};
use code::Code;
use machine_core::definition::{self as flat, Definition};
pub use numbers::{Found, Numbers};
use order::{Order, Timers};
use plans::Plans;
use rows::{Events, Rows};

/// The machine as the encoder wants it. It stands in `file`, which positions are told in.
#[must_use]
pub fn flatten(machine: &Machine, sources: &SourceMap, file: FileId) -> Definition {
    let order = Order::of(machine);
    let timers = Timers::of(machine, &order);
    let mut code = Code::new(machine, &order, sources, file);
    code.number_events();
    let mut plans = Plans::new(code);
    let signals = declarations::signals(machine, &order, &mut plans);
    let states = order.states.iter().map(|id| state(machine, &order, *id, &mut plans)).collect();
    let code = &mut plans.code;
    let mut out = Definition {
        name: machine.name.clone(),
        version: machine.version.clone(),
        doc: machine.state(StateId(0)).doc.clone(),
        states,
        leaves: number(order.leaves),
        initial: order.number_of(machine.initial_leaf(StateId(0))),
        kinds: machine.kinds.iter().map(|it| declarations::kind(it, code)).collect(),
        watchers: order.watchers.iter().map(|id| declarations::watcher(machine, &order, *id, code)).collect(),
        timers: timers.rows,
        timer_slots: timers.slots,
        signals,
        data: machine.data.iter().map(|it| declarations::datum(it, code)).collect(),
        facts: machine.facts.iter().map(|it| declarations::datum(it, code)).collect(),
        secrets: machine.secrets.iter().map(declarations::secret).collect(),
        limits: machine.limits.iter().map(declarations::limit).collect(),
        conditions: machine.conditions.iter().map(declarations::condition).collect(),
        emits: machine.emits.iter().map(|it| declarations::emit(machine, it, code)).collect(),
        ..Definition::default()
    };
    let first_events = first_events(machine, &order, timers.slots);
    let events = Events { machine, order: &order, slot_of: &timers.slot_of, first_events };
    let mut rows = Rows { events, plans };
    out.cells = order.states[..order.leaves].iter().flat_map(|leaf| rows.cells(*leaf)).collect();
    let mut plans = rows.plans;
    plans.put_alternatives_in_order();
    out.enums = plans.code.enums();
    out.plans = plans.list;
    out.labels = plans.labels;
    out.alternatives = plans.alternatives;
    out.histories = plans.histories;
    out.guards = plans.guards;
    out.blocks = plans.blocks;
    if !(out.guards.is_empty() && out.blocks.is_empty()) {
        out.sources = vec![sources.get(file).short_name().to_owned()];
    }
    out
}

/// An id of the table. Machines with more of anything were refused by `check`; the encoder counts once more.
fn number(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// The first event of each watcher in the table's order, of the timer slots, and of the signals.
fn first_events(machine: &Machine, order: &Order, slots: u16) -> Vec<usize> {
    let mut next = 0;
    let mut first = Vec::with_capacity(order.watchers.len() + 2);
    for watcher in &order.watchers {
        first.push(next);
        next += machine.outcomes(crate::model::WatcherId(*watcher)).count();
    }
    first.push(next);
    first.push(next + usize::from(slots));
    first
}

fn state(machine: &Machine, order: &Order, id: StateId, plans: &mut Plans<'_>) -> flat::State {
    let it = machine.state(id);
    let name = if id.0 == 0 { &it.name } else { &it.path };
    let doc = if id.0 == 0 { String::new() } else { it.doc.clone() };
    let parent = it.parent.map(|it| order.number_of(it));
    let (enter, exit) = (plans.block(&it.enter, &[]), plans.block(&it.exit, &[]));
    flat::State { name: name.to_string(), doc, parent, is_final: it.is_final, was: it.was.clone(), enter, exit }
}
