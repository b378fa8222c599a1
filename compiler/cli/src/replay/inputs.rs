//! What was recorded, as inputs of a table that may be another one than was running then.

use crate::recording::What;
use machine_core::table::{Signal, SignalSource};
use machine_core::{Instance, OwnedTable, Table, WatcherId};
use machine_sim::trace::Given;
use machine_value::{self as value, Value};
use serde_json::{Map, Value as Json};

/// Makes inputs for one table.
pub(super) struct Inputs<'i> {
    pub(super) table: &'i OwnedTable,
}

/// What a signal comes from.
pub(super) struct From<'t>(SignalSource<'t>, &'t str);

impl From<'_> {
    pub(super) fn is_declared(&self, name: &str) -> bool {
        matches!(self.0, SignalSource::Declared { .. }) && self.1 == name
    }
}

impl Inputs<'_> {
    /// What a watcher reported, if it is asked here too.
    pub(super) fn report(
        &self,
        instance: Option<&Instance>,
        watcher: &str,
        outcome: &str,
        took_ns: u64,
        fields: &Map<String, Json>,
    ) -> Result<Given, String> {
        let table = self.table.table();
        let named = || table.watchers().filter(|it| table.watcher_name(*it) == Some(watcher));
        if named().next().is_none() {
            return Err("there is no such watcher".to_owned());
        }
        let active = |it: WatcherId| Some((it, instance?.visit_of(it)?));
        let (watcher, visit) = named().find_map(active).ok_or("it is not active here")?;
        let is_it = |it: &u8| table.outcome_name_of(watcher, *it) == Some(outcome);
        let outcome = (0..table.outcome_count(watcher)).find(is_it).ok_or("it has no such outcome")?;
        let payload = payload(&table, watcher, outcome, took_ns, fields)?;
        Ok(Given::Outcome { watcher, visit, outcome, payload: payload.into() })
    }

    /// The signal that is meant, with what it carries.
    pub(super) fn signal(
        &self,
        is_meant: impl Fn(&From<'_>) -> bool,
        fields: &Map<String, Json>,
    ) -> Option<Result<Given, String>> {
        let table = self.table.table();
        let signal = table.signals().find(|it| is_meant(&From(it.source, it.name)))?;
        Some(carried(&table, &signal, fields).map(|it| Given::Signal { signal: signal.id, payload: it.into() }))
    }

    /// What the table wants to know of what happened to another machine.
    pub(super) fn heard(&self, other: &str, what: &What) -> Vec<Result<Given, String>> {
        match what {
            What::Emitted { event, fields } => {
                let is_meant = |it: &From<'_>| matches!(it.0, SignalSource::Emitted { machine, event: named } if (machine, named) == (other, event));
                self.signal(is_meant, fields).into_iter().collect()
            }
            what => {
                let is_meant = |it: &From<'_>| matches!(it.0, SignalSource::Enters { machine, state } if machine == other && what.enters(state));
                self.conditions(other, what).into_iter().chain(self.signal(is_meant, &Map::new())).collect()
            }
        }
    }

    /// Where another machine is now; nowhere if it does not run.
    fn conditions(&self, other: &str, what: &What) -> Vec<Result<Given, String>> {
        let table = self.table.table();
        let all = table.conditions().enumerate().filter(|it| it.1.machine == other);
        let given = all.filter_map(|(index, it)| {
            Some(Ok(Given::Condition { condition: index as u16, holds: what.is_in(it.state)? }))
        });
        given.collect()
    }

    /// Facts, as far as the table asks for them.
    pub(super) fn facts(&self, facts: &Map<String, Json>) -> Vec<Given> {
        let table = self.table.table();
        let known = |(index, slot): (usize, machine_core::table::Slot<'_>)| {
            let value = value::read(&table, slot.ty, facts.get(slot.name)?, "").ok()?;
            Some(Given::Fact { fact: index as u16, value })
        };
        table.facts().enumerate().filter_map(known).collect()
    }
}

fn carried(table: &Table<'_>, signal: &Signal<'_>, fields: &Map<String, Json>) -> Result<Vec<Value>, String> {
    let wanted = signal.fields.map(|(name, ty)| (name, ty, None));
    value::fields(table, wanted, fields).map_err(|it| it.to_string())
}

/// The values of an outcome. What a kind reports beyond the record's room is as little as its type allows; what a watcher
/// returns decides guards, and has to be there.
fn payload(
    table: &Table<'_>,
    watcher: WatcherId,
    outcome: u8,
    took_ns: u64,
    fields: &Map<String, Json>,
) -> Result<Vec<Value>, String> {
    let own = table.payload(watcher, outcome).count().saturating_sub(table.returns(watcher).count());
    let returned: Vec<_> = table.returns(watcher).collect();
    let names = table.payload(watcher, outcome).map(|it| it.0);
    let carries = !returned.is_empty() && names.skip(own).eq(returned.iter().map(|it| it.0));
    let value = |(at, (name, ty)): (usize, (&str, machine_core::table::Type<'_>))| {
        if carries && at >= own {
            let default = returned.get(at - own).and_then(|it| it.2).map(Value::of);
            return match (fields.get(name), default) {
                (Some(found), _) => value::read(table, ty, found, name).map_err(|it| it.to_string()),
                (None, Some(default)) => Ok(default),
                (None, None) => Err(format!("the record does not say `{name}`")),
            };
        }
        Ok(match name {
            "took" if !fields.contains_key(name) => Value::Duration((took_ns / 1_000_000) as i64),
            _ => value::given(table, ty, fields.get(name)),
        })
    };
    table.payload(watcher, outcome).enumerate().map(value).collect()
}
