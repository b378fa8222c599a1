//! The real machine, driven and told of by names.

use super::convert::{Given, value, with_data};
use crate::reference::Id;
use crate::reference::{Effect, Event, Reason, Value, Values, Verdict};
use machine_core::table::{EventSource, Fields, SignalSource, Type};
use machine_core::{Data, Effects, EventId, Input, Instance, Instant, OwnedTable, SignalId, StateId, Table, WatcherId};
use std::collections::{BTreeMap, BTreeSet};

/// What there is to a table, by names.
pub(super) struct Real {
    pub(super) owned: OwnedTable,
    pub(super) instance: Instance,
    pub(super) watchers: BTreeMap<Id, WatcherId>,
    pub(super) signals: BTreeMap<String, SignalId>,
    timers: Vec<Id>,
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

impl Real {
    /// `timers` gives the reference's names of the `after`s of a state, in order.
    pub(super) fn new(table: &[u8], timers: &dyn Fn(&str) -> Vec<Id>) -> Result<Self, String> {
        let owned = OwnedTable::verify(table.into()).map_err(|error| error.to_string())?;
        let table = owned.table();
        let instance = Instance::new(&table);
        let id = |it: WatcherId| (path(&table, table.owner(it)), table.watcher_name(it).unwrap_or("?").to_owned());
        let watchers = table.watchers().map(|it| (id(it), it)).collect();
        let signals = table.signals().map(|it| (it.name.to_owned(), it.id)).collect();
        let mut named = vec![Id::default(); table.timers().count()];
        for state in table.states() {
            for (timer, id) in table.timers_of(state).zip(timers(&path(&table, state))) {
                named[timer.index()] = id;
            }
        }
        Ok(Self { instance, watchers, signals, timers: named, owned })
    }

    pub(super) fn leaf(&self) -> String {
        path(&self.owned.table(), self.instance.state())
    }

    pub(super) fn data(&self) -> Values {
        let table = self.owned.table();
        let one = |(index, slot): (usize, machine_core::table::Slot<'_>)| {
            (slot.name.to_owned(), value(self.instance.data(&table, index as u16), slot.ty, &table))
        };
        table.data().enumerate().map(one).collect()
    }

    pub(super) fn facts(&self) -> Values {
        let table = self.owned.table();
        let one = |(index, slot): (usize, machine_core::table::Slot<'_>)| {
            (slot.name.to_owned(), value(self.instance.fact(&table, index as u16), slot.ty, &table))
        };
        table.facts().enumerate().map(one).collect()
    }

    pub(super) fn is_under_way(&self, watcher: WatcherId) -> bool {
        self.instance.under_way().any(|it| it == watcher)
    }

    /// Written to bytes and read again.
    pub(super) fn again(&mut self) -> Result<(), String> {
        let (mut bytes, mut twice) = (Vec::new(), Vec::new());
        self.instance.write(&self.owned.table(), &mut bytes);
        self.instance = Instance::read(&self.owned.table(), &bytes).map_err(|error| error.to_string())?;
        self.instance.write(&self.owned.table(), &mut twice);
        if bytes == twice { Ok(()) } else { Err("a snapshot of a snapshot is another one".to_owned()) }
    }

    /// One step.
    pub(super) fn step(&mut self, (time, wall): At, input: Input<'_>) -> Done {
        let table = self.owned.table();
        let answered = if let Input::Outcome { watcher, .. } = input { Some(watcher) } else { None };
        let under_way = self.instance.under_way().filter(|it| Some(*it) != answered).collect();
        let mut seen = Seen { table, timers: &self.timers, under_way, effects: Vec::new() };
        self.instance.set_wall(wall);
        let verdict = machine_core::step(&table, &mut self.instance, Instant(time * 1_000_000), input, &mut seen);
        (known(verdict), seen.effects)
    }

    /// A watcher reports, in this visit. `None`: there is no such watcher or outcome.
    pub(super) fn report(&mut self, at: At, id: &Id, visit: u32, outcome: &str, payload: &Values) -> Option<Done> {
        let watcher = *self.watchers.get(id)?;
        let (outcome, given) = {
            let table = self.owned.table();
            let is_meant = |it: &u8| table.outcome_name_of(watcher, *it) == Some(outcome);
            let outcome = (0..table.outcome_count(watcher)).find(is_meant)?;
            (outcome, given(&table, table.payload(watcher, outcome), payload))
        };
        Some(with_data(&given, |payload| self.step(at, Input::Outcome { watcher, visit, outcome, payload })))
    }

    /// An event is sent. `None`: there is no such event.
    pub(super) fn signal(&mut self, at: At, event: &Event, payload: &Values) -> Option<Done> {
        let signal = *self.signals.get(&signal_name(event))?;
        let given = {
            let table = self.owned.table();
            given(&table, table.signal(signal).fields, payload)
        };
        Some(with_data(&given, |payload| self.step(at, Input::Signal { signal, payload })))
    }

    /// The node tells a fact. `None`: the machine does not read it.
    pub(super) fn fact(&mut self, at: At, name: &str, value: &Value) -> Option<Done> {
        let (fact, given) = {
            let table = self.owned.table();
            let (index, slot) = table.facts().enumerate().find(|it| it.1.name == name)?;
            (index as u16, Given::new(value, slot.ty, &table))
        };
        Some(with_data(&[given], |data| self.step(at, Input::Fact { fact, value: data[0] })))
    }

    /// Another machine is somewhere, or no more. `None`: nothing here asks for it.
    pub(super) fn condition(&mut self, at: At, machine: &str, state: &str, holds: bool) -> Option<Done> {
        let table = self.owned.table();
        let condition = table.conditions().position(|it| (it.machine, it.state) == (machine, state))? as u16;
        Some(self.step(at, Input::Condition { condition, holds }))
    }
}

/// Milliseconds since the beginning of the test, and since 1970.
pub(super) type At = (u64, i64);

/// What became of an input, and what the machine did.
pub(super) type Done = (Result<Verdict, String>, Vec<Effect>);

fn given<'t>(table: &Table<'_>, fields: impl Iterator<Item = (&'t str, Type<'t>)>, payload: &Values) -> Vec<Given> {
    let none = Value::Bool(false);
    fields.map(|(name, ty)| Given::new(payload.get(name).unwrap_or(&none), ty, table)).collect()
}

fn known(verdict: machine_core::Verdict) -> Result<Verdict, String> {
    Ok(match verdict {
        machine_core::Verdict::Moved => Verdict::Moved,
        machine_core::Verdict::Stayed => Verdict::Stayed,
        machine_core::Verdict::Unanswered => Verdict::Unanswered,
        machine_core::Verdict::Late => Verdict::Late,
        machine_core::Verdict::Quiet => Verdict::Quiet,
        machine_core::Verdict::Faulted => Verdict::Faulted,
        machine_core::Verdict::Misfit => return Err("the core says that the input does not fit".to_owned()),
    })
}

/// The path of a state; empty for the machine.
fn path(table: &Table<'_>, state: StateId) -> String {
    let name = table.state_name(state).unwrap_or("?");
    if state == table.machine() { String::new() } else { name.to_owned() }
}

/// The effects of a step, by names.
struct Seen<'t> {
    table: Table<'t>,
    timers: &'t [Id],
    under_way: BTreeSet<WatcherId>,
    effects: Vec<Effect>,
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
                Effect::Armed(self.timers[timer.index()].clone(), deadline.0 / 1_000_000)
            }
            Core::Disarmed { timer, fired } => Effect::Disarmed(self.timers[timer.index()].clone(), fired),
            Core::Slowed { until } => Effect::Slowed(until.0 / 1_000_000),
            Core::Faulted { reason, line, column, handled, .. } => {
                let reason = REASONS[usize::from(reason).min(REASONS.len() - 1)];
                Effect::Faulted(reason, line as usize, usize::from(column), handled)
            }
        })
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
