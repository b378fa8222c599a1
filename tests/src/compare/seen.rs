//! What a machine of the core does and where it is, by names.

use super::convert::value;
use crate::reference::{Effect, Event, Id, Reason, Values};
use machine_core::table::{EventSource, Fields, SignalSource, Slot, Type};
use machine_core::{Data, Effects, EventId, Instance, SignalId, StateId, Table, WatcherId};
use machine_sim::trace::What;
use machine_sim::value::lend;
use std::collections::{BTreeMap, BTreeSet};

/// What the numbers of a table are called.
pub(super) struct Names {
    pub(super) watchers: BTreeMap<Id, WatcherId>,
    pub(super) signals: BTreeMap<String, SignalId>,
    timers: Vec<Id>,
}

impl Names {
    /// `timers` gives the reference's names of the `after`s of a state, in order.
    pub(super) fn of(table: &Table<'_>, timers: &dyn Fn(&str) -> Vec<Id>) -> Self {
        let id = |it: WatcherId| (path(table, table.owner(it)), table.watcher_name(it).unwrap_or("?").to_owned());
        let mut named = vec![Id::default(); table.timers().count()];
        for state in table.states() {
            for (timer, id) in table.timers_of(state).zip(timers(&path(table, state))) {
                named[timer.index()] = id;
            }
        }
        Self {
            watchers: table.watchers().map(|it| (id(it), it)).collect(),
            signals: table.signals().map(|it| (it.name.to_owned(), it.id)).collect(),
            timers: named,
        }
    }
}

/// The name of an event that is sent, as the tables have it.
pub(super) fn signal_name(event: &Event) -> String {
    match event {
        Event::Declared(name) => name.clone(),
        Event::Emitted(machine, event) => format!("{machine}.{event}"),
        Event::Enters(machine, state) => format!("{machine} enters {state}"),
        _ => String::new(),
    }
}

/// What is to be seen of a machine between two steps.
pub(super) struct Shown {
    pub(super) leaf: String,
    pub(super) data: Values,
    pub(super) facts: Values,
}

impl Shown {
    pub(super) fn of(table: &Table<'_>, instance: &Instance) -> Self {
        let one = |slot: Slot<'_>, data| (slot.name.to_owned(), value(data, slot.ty, table));
        let data = (0..).zip(table.data()).map(|(index, slot)| one(slot, instance.data(table, index)));
        let facts = (0..).zip(table.facts()).map(|(index, slot)| one(slot, instance.fact(table, index)));
        Self { leaf: path(table, instance.state()), data: data.collect(), facts: facts.collect() }
    }
}

/// The path of a state; empty for the machine.
pub(super) fn path(table: &Table<'_>, state: StateId) -> String {
    let name = table.state_name(state).unwrap_or("?");
    if state == table.machine() { String::new() } else { name.to_owned() }
}

/// The effects of a step, by names.
pub(super) struct Seen<'t> {
    pub(super) table: Table<'t>,
    pub(super) names: &'t Names,
    pub(super) under_way: BTreeSet<WatcherId>,
    pub(super) effects: Vec<Effect>,
}

impl Seen<'_> {
    fn watcher(&self, it: WatcherId) -> Id {
        (path(&self.table, self.table.owner(it)), self.table.watcher_name(it).unwrap_or("?").to_owned())
    }

    fn event(&self, event: EventId) -> Event {
        match self.table.source(event) {
            EventSource::Outcome(watcher, outcome) => {
                let outcome = self.table.outcome_name_of(watcher, outcome).unwrap_or("?");
                Event::Outcome(self.watcher(watcher), outcome.to_owned())
            }
            EventSource::Timer(_) => Event::Timer(Id::default()),
            EventSource::Signal(signal) => {
                let signal = self.table.signal(signal);
                match signal.source {
                    SignalSource::Declared { .. } => Event::Declared(signal.name.to_owned()),
                    SignalSource::Emitted { machine, event } => Event::Emitted(machine.to_owned(), event.to_owned()),
                    SignalSource::Enters { machine, state } => Event::Enters(machine.to_owned(), state.to_owned()),
                    SignalSource::When => Event::When(Id::default()),
                    SignalSource::Fault => Event::Fault,
                }
            }
        }
    }

    fn told(&mut self, effect: machine_core::Effect) -> Option<Effect> {
        use machine_core::Effect as Core;
        const REASONS: [Reason; 6] =
            [Reason::Overflow, Reason::Division, Reason::Range, Reason::Length, Reason::Conversion, Reason::Queue];
        let state = |it| path(&self.table, it);
        Some(match effect {
            Core::Moved { from, to, event, label } => {
                let label = label.and_then(|it| self.table.label(it)).map(str::to_owned);
                Effect::Moved(state(from), state(to), self.event(event), label)
            }
            // That a watcher ends which does nothing just then is nothing to be seen.
            Core::Stop { watcher, .. } if !self.under_way.remove(&watcher) => return None,
            Core::Stop { watcher, .. } => Effect::Stop(self.watcher(watcher)),
            Core::Ask { watcher, first, .. } => {
                self.under_way.insert(watcher);
                Effect::Ask(self.watcher(watcher), first)
            }
            Core::Interrupted { watcher, .. } => Effect::Interrupted(self.watcher(watcher)),
            Core::Armed { timer, deadline } => {
                Effect::Armed(self.names.timers[timer.index()].clone(), deadline.0 / 1_000_000)
            }
            Core::Disarmed { timer, fired } => Effect::Disarmed(self.names.timers[timer.index()].clone(), fired),
            Core::Slowed { until } => Effect::Slowed(until.0 / 1_000_000),
            Core::Faulted { reason, line, column, handled, .. } => {
                let reason = REASONS[usize::from(reason).min(REASONS.len() - 1)];
                Effect::Faulted(reason, line as usize, usize::from(column), handled)
            }
        })
    }
}

impl Seen<'_> {
    /// The same, written down by a world.
    pub(super) fn entry(&mut self, what: &What) {
        match what {
            What::Effect(effect) => self.push(*effect),
            What::Emit { emit, values } => lend(values, |values| self.emit(*emit, values)),
            What::Log(text) => self.log(text),
            What::Given(..) | What::PowerCut { .. } | What::ClockSet { .. } | What::Limit { .. } => {}
        }
    }
}

impl Effects for Seen<'_> {
    fn push(&mut self, effect: machine_core::Effect) {
        let told = self.told(effect);
        self.effects.extend(told);
    }

    fn emit(&mut self, emit: u16, values: &[Data<'_>]) {
        let Some(it) = self.table.emits().nth(usize::from(emit)) else { return };
        let values = named(&self.table, it.fields, values);
        self.effects.push(Effect::Emit(it.name.to_owned(), values));
    }

    fn log(&mut self, text: &str) {
        self.effects.push(Effect::Log(text.to_owned()));
    }
}

fn named(table: &Table<'_>, fields: Fields<'_>, values: &[Data<'_>]) -> Values {
    let one = |((name, ty), it): ((&str, Type<'_>), &Data<'_>)| (name.to_owned(), value(*it, ty, table));
    fields.zip(values).map(one).collect()
}
