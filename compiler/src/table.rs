//! The checked machine, flattened: one row of transitions for each state without inner states.
//!
//! Handlers of outer states are copied into every leaf below unless an inner one answers the same event; the states
//! that a transition leaves and enters become a number, the depth down to which both ends share their path.

use crate::model::{HandlerId, Machine, Response, StateId, Trigger};
use machine_core::definition::{self as flat, Definition};
use machine_core::table::crc32c;
use std::collections::BTreeMap;

/// The machine as the encoder wants it.
#[must_use]
pub fn flatten(machine: &Machine) -> Definition {
    let order = Order::of(machine);
    let timers = Timers::of(machine, &order);
    let mut out = Definition {
        name: machine.name.clone(),
        version: machine.version.clone(),
        doc: machine.state(StateId(0)).doc.clone(),
        states: order.states.iter().map(|id| state(machine, &order, *id)).collect(),
        leaves: number(order.leaves),
        initial: order.number_of(machine.initial_leaf(StateId(0))),
        kinds: machine.kinds.iter().map(|it| kind(it)).collect(),
        watchers: order.watchers.iter().map(|id| watcher(machine, &order, *id)).collect(),
        timers: timers.rows,
        timer_slots: timers.slots,
        ..Definition::default()
    };
    let first_events = out.first_events();
    let mut rows = Rows { machine, order: &order, slot_of: &timers.slot_of, first_events, plans: Plans::default() };
    out.cells = order.states[..order.leaves].iter().flat_map(|leaf| rows.cells(*leaf)).collect();
    out.plans = rows.plans.list;
    out.labels = rows.plans.labels;
    out
}

/// An id of the table. Machines with more of anything were refused by `check`; the encoder counts once more.
fn number(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// How the table numbers states and watchers.
struct Order {
    /// Leaves in the order of the source, then inner states before outer ones, the machine last.
    states: Vec<StateId>,
    leaves: usize,
    /// The number of each state of the model.
    number: Vec<u16>,
    /// Watchers by the number of their owner, then in the order of the source.
    watchers: Vec<usize>,
    /// The number of each watcher of the model.
    watcher: Vec<u16>,
}

impl Order {
    fn of(machine: &Machine) -> Self {
        let is_leaf = |id: &StateId| machine.state(*id).children.is_empty();
        let all = || (0..machine.states.len()).map(StateId);
        let states: Vec<StateId> = all().filter(is_leaf).chain(all().rev().filter(|it| !is_leaf(it))).collect();
        let number = inverse(states.iter().map(|id| id.0));
        let mut watchers: Vec<usize> = (0..machine.watchers.len()).collect();
        watchers.sort_by_key(|it| number[machine.watchers[*it].owner.0]);
        let watcher = inverse(watchers.iter().copied());
        Self { leaves: all().filter(is_leaf).count(), states, number, watchers, watcher }
    }

    fn number_of(&self, state: StateId) -> u16 {
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

fn state(machine: &Machine, order: &Order, id: StateId) -> flat::State {
    let it = machine.state(id);
    let name = if id.0 == 0 { &it.name } else { &it.path };
    let doc = if id.0 == 0 { String::new() } else { it.doc.clone() };
    let parent = it.parent.map(|it| order.number_of(it));
    flat::State { name: name.clone(), doc, parent, is_final: it.is_final, ..flat::State::default() }
}

fn kind(it: &crate::model::Kind) -> flat::Kind {
    let outcome = |it: &crate::model::Outcome| flat::Outcome {
        name: it.name.clone(),
        fault: it.fault,
        ..flat::Outcome::default()
    };
    flat::Kind {
        name: it.name.clone(),
        signature: crc32c(&[it.signature.as_bytes()]),
        notified: it.notified,
        interruptible: it.interruptible,
        outcomes: it.outcomes.iter().map(outcome).collect(),
        ..flat::Kind::default()
    }
}

fn watcher(machine: &Machine, order: &Order, index: usize) -> flat::Watcher {
    let it = &machine.watchers[index];
    flat::Watcher {
        name: it.name.clone(),
        doc: it.doc.clone(),
        owner: order.number_of(it.owner),
        kind: number(it.kind),
        once: it.once,
        every_ms: it.every_ms,
        args: it.args.iter().map(value).collect(),
        ..flat::Watcher::default()
    }
}

fn value(it: &crate::model::Constant) -> flat::Value {
    use crate::model::Constant;
    match it {
        Constant::Bool(it) => flat::Value::Bool(*it),
        Constant::Int(it) => flat::Value::Int(*it),
        Constant::Float(it) => flat::Value::Float(*it),
        Constant::Duration(it) => flat::Value::Duration(*it),
        Constant::Text(it) => flat::Value::Text(it.clone()),
        Constant::Time(it) => flat::Value::Time(*it),
        Constant::Enum(it) => flat::Value::Enum(0, *it),
        Constant::Secret(it) => flat::Value::Secret(number(*it)),
        Constant::Computed(_) => flat::Value::Bool(false),
        Constant::List(items) => flat::Value::List(items.iter().map(value).collect()),
        Constant::Map(entries) => flat::Value::Map(entries.iter().map(|(key, it)| (key.clone(), value(it))).collect()),
    }
}

/// Every `after` is a timer. Slots are given out from the machine inwards, so that timers of states that are never
/// active together share them.
struct Timers {
    rows: Vec<flat::Timer>,
    slots: u16,
    slot_of: BTreeMap<HandlerId, u16>,
}

impl Timers {
    fn of(machine: &Machine, order: &Order) -> Self {
        let mut out = Self { rows: Vec::new(), slots: 0, slot_of: BTreeMap::new() };
        let mut used = vec![0; machine.states.len()];
        for (index, state) in machine.states.iter().enumerate() {
            // A state stands behind the one around it, whose count is final by now.
            used[index] = state.parent.map_or(0, |it| used[it.0]);
            for handler in &state.handlers {
                if let Trigger::After { ms, .. } = machine.handler(*handler).trigger {
                    let slot = used[index];
                    out.rows.push(flat::Timer { owner: order.number_of(StateId(index)), slot, ms });
                    out.slot_of.insert(*handler, slot);
                    used[index] += 1;
                }
            }
            out.slots = out.slots.max(used[index]);
        }
        out.rows.sort_by_key(|it| it.owner);
        out
    }
}

/// Distinct plans and labels in the order in which they are met.
#[derive(Default)]
struct Plans {
    list: Vec<flat::Plan>,
    ids: BTreeMap<flat::Plan, u16>,
    labels: Vec<String>,
    label_ids: BTreeMap<String, u16>,
}

impl Plans {
    fn id(&mut self, plan: flat::Plan) -> u16 {
        let list = &mut self.list;
        *self.ids.entry(plan.clone()).or_insert_with(|| {
            list.push(plan);
            number(list.len() - 1)
        })
    }

    fn label(&mut self, text: &str) -> u16 {
        if let Some(id) = self.label_ids.get(text) {
            return *id;
        }
        let id = number(self.labels.len());
        self.labels.push(text.to_owned());
        self.label_ids.insert(text.to_owned(), id);
        id
    }
}

struct Rows<'m> {
    machine: &'m Machine,
    order: &'m Order,
    slot_of: &'m BTreeMap<HandlerId, u16>,
    first_events: Vec<usize>,
    plans: Plans,
}

impl Rows<'_> {
    /// The row of one leaf: from the inside out, the first handler of an event has it.
    fn cells(&mut self, leaf: StateId) -> Vec<flat::Cell> {
        let mut row = BTreeMap::new();
        for state in self.machine.outwards(leaf) {
            for handler in &self.machine.state(state).handlers {
                for event in self.events(*handler) {
                    row.entry(event).or_insert(*handler);
                }
            }
        }
        let leaf_number = self.order.number_of(leaf);
        let cell = |(event, handler)| {
            let (target, plan) = self.response(leaf, handler);
            flat::Cell { leaf: leaf_number, event, target, plan }
        };
        row.into_iter().map(cell).collect()
    }

    fn events(&self, handler: HandlerId) -> Vec<u16> {
        match &self.machine.handler(handler).trigger {
            Trigger::On(events) => {
                let first = |it: &crate::model::Event| self.first_events[usize::from(self.order.watcher[it.watcher.0])];
                events.iter().map(|it| number(first(it) + it.outcome)).collect()
            }
            Trigger::After { .. } => {
                let timers = self.first_events.last().copied().unwrap_or(0);
                self.slot_of.get(&handler).map(|slot| number(timers) + slot).into_iter().collect()
            }
        }
    }

    /// The leaf that a handler leads to from `leaf`, and how.
    fn response(&mut self, leaf: StateId, handler: HandlerId) -> (u16, u16) {
        let handler = self.machine.handler(handler);
        let label = handler.label.as_deref().map(|it| self.plans.label(it));
        let goto = match handler.response {
            Response::Goto { target, again, .. } => self.goto(leaf, target, again),
            Response::Stay(_) => None,
        };
        match goto {
            Some((to, depth)) => {
                let near = [leaf, to].iter().all(|end| self.path(*end).len() == usize::from(depth) + 1);
                let plan = flat::Plan { depth, near, label, ..flat::Plan::default() };
                (self.order.number_of(to), self.plans.id(plan))
            }
            None => {
                let plan = flat::Plan { stay: true, label, ..flat::Plan::default() };
                (self.order.number_of(leaf), self.plans.id(plan))
            }
        }
    }

    /// Where `-> target` ends from `leaf`, and how many outer states are kept; nothing if it is there already.
    fn goto(&self, leaf: StateId, target: StateId, again: bool) -> Option<(StateId, u8)> {
        let from = self.path(leaf);
        let to = self.machine.initial_leaf(target);
        let depth = match from.iter().position(|it| *it == target) {
            Some(_) if !again => return None,
            Some(depth) => depth,
            None => from.iter().zip(self.path(to)).take_while(|(a, b)| **a == *b).count(),
        };
        Some((to, u8::try_from(depth).unwrap_or(u8::MAX)))
    }

    /// The states from the outermost inside the machine to `leaf`.
    fn path(&self, leaf: StateId) -> Vec<StateId> {
        let mut path: Vec<StateId> = self.machine.outwards(leaf).collect();
        path.pop();
        path.reverse();
        path
    }
}
