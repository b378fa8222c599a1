//! How the machines of a node are: never with a secret, for nothing here knows one.

use super::Node;
use super::data::data;
use super::operator::Refused;
use crate::chronicle::{outcome_name, watcher_name};
use crate::machine::{Extra, Machine};
use crate::metrics::Answer;
use chrono::{DateTime, SecondsFormat};
use machine_core::WatcherId;
use machine_value::json;
use serde_json::{Map, Value as Json, json};

impl Node {
    /// One machine, or all of them.
    pub(super) fn status(&self, machine: Option<&str>) -> Result<Json, Refused> {
        let machines = match machine {
            Some(name) => self.fleet.get(self.number_of(name)?).into_iter().collect::<Vec<_>>(),
            None => self.fleet.iter().collect(),
        };
        let machines: Vec<_> = machines.into_iter().map(|it| self.status_of(it)).collect();
        let delivery = self.delivery_status();
        let version = super::start::VERSION;
        Ok(json!({"status": {"node": self.name, "version": version, "machines": machines, "delivery": delivery}}))
    }

    /// The figures that this loop alone knows.
    pub(super) fn figures(&self) -> Json {
        let (waiting, limits, sinks) = (self.outbox.len(), self.limits.figures(), self.sinks.figures());
        json!({"figures": Answer { waiting, limits, sinks }})
    }

    fn status_of(&self, machine: &Machine) -> Json {
        let table = machine.table();
        let facts = (0..)
            .zip(table.facts())
            .map(|(index, slot)| (slot.name.to_owned(), json(&table, slot.ty, machine.instance.fact(&table, index))));
        json!({
            "name": table.name(),
            "version": table.version(),
            "table": machine.loaded.hash_text(),
            "next_table": machine.next().map(|it| it.hash_text()),
            "state": machine.state(),
            "since": (machine.entered > 0).then(|| moment(machine.entered)),
            "data": data(&table, machine),
            "facts": facts.collect::<Map<_, _>>(),
            "watchers": watchers(machine),
            "faults": faults(machine),
            "events": machine.sequence,
        })
    }
}

fn watchers(machine: &Machine) -> Vec<Json> {
    let table = machine.table();
    let busy: Vec<_> = machine.instance.under_way().collect();
    let watcher = |id: WatcherId| {
        let state = match machine.instance.visit_of(id) {
            None => "idle",
            Some(_) if busy.contains(&id) => "asked",
            Some(_) => "active",
        };
        let told = machine.extra.as_ref().and_then(|it| last(it, id));
        let outcomes: Vec<_> = (0..table.outcome_count(id)).map(|it| outcome_name(&table, id, it)).collect();
        json!({
            "name": watcher_name(&table, id),
            "kind": table.kind(table.watcher(id).kind).name,
            "state": state,
            "outcomes": outcomes,
            "last": told,
        })
    };
    table.watchers().map(watcher).collect()
}

/// The last outcome, of watchers of which it is kept: those that are quiet or announced, and those with a fault.
fn last(extra: &Extra, watcher: WatcherId) -> Option<String> {
    let fault = extra.faults.get(&watcher.0).map(|it| &it.outcome);
    fault.or_else(|| Some(&extra.voices.get(&watcher.0)?.outcome.outcome)).cloned()
}

fn faults(machine: &Machine) -> Vec<Json> {
    let table = machine.table();
    let faults = machine.extra.iter().flat_map(|it| &it.faults);
    let fault = |(watcher, it): (&u16, &crate::machine::Fault)| {
        let name = watcher_name(&table, WatcherId(*watcher));
        json!({"watcher": name, "outcome": it.outcome, "why": it.why, "since": moment(it.at)})
    };
    faults.map(fault).collect()
}

pub(super) fn moment(ms: u64) -> String {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    let time = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
