//! The real machine, driven and told of by names.

use super::convert::{Given, with_data};
use super::seen::{Names, Seen, Shown, signal_name};
use crate::reference::Id;
use crate::reference::{Effect, Event, Value, Values, Verdict};
use machine_core::table::Type;
use machine_core::{Input, Instance, Instant, OwnedTable, Table, WatcherId};

/// A table, an instance, and what its numbers are called.
pub(super) struct Real {
    pub(super) owned: OwnedTable,
    pub(super) instance: Instance,
    pub(super) names: Names,
}

impl Real {
    /// `timers` gives the reference's names of the `after`s of a state, in order.
    pub(super) fn new(table: &[u8], timers: &dyn Fn(&str) -> Vec<Id>) -> Result<Self, String> {
        let owned = OwnedTable::verify(table.into()).map_err(|error| error.to_string())?;
        let instance = Instance::new(&owned.table());
        let names = Names::of(&owned.table(), timers);
        Ok(Self { instance, names, owned })
    }

    /// What is to be seen of it.
    pub(super) fn shown(&self) -> Shown {
        Shown::of(&self.owned.table(), &self.instance)
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
        let mut seen = Seen { table, names: &self.names, under_way, effects: Vec::new() };
        self.instance.set_wall(wall);
        let verdict = machine_core::step(&table, &mut self.instance, Instant(time * 1_000_000), input, &mut seen);
        (known(verdict), seen.effects)
    }

    /// A watcher reports, in this visit. `None`: there is no such watcher or outcome.
    pub(super) fn report(&mut self, at: At, id: &Id, visit: u32, outcome: &str, payload: &Values) -> Option<Done> {
        let watcher = *self.names.watchers.get(id)?;
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
        let signal = *self.names.signals.get(&signal_name(event))?;
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

pub(super) fn known(verdict: machine_core::Verdict) -> Result<Verdict, String> {
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
