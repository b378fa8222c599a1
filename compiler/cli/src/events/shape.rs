//! The events that the runtime tells of a machine, narrowed to what this machine can do.

use super::{Narrower, Told};
use crate::inspect::type_text;
use machine_core::table::{EventSource, SignalSource, Type};
use machine_core::{EventId, Milliseconds, StateId, Table, WatcherId};
use machine_host::event::schema::{Entry, catalogue, name};
use machine_value::schema_of_fields;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Kinds that report in a document of Choria's, by its name for them.
const CHORIA: [(&str, &str); 5] =
    [("exec", "exec"), ("shell", "exec"), ("file", "file"), ("schedule", "schedule"), ("kv", "kv")];

const TRANSITION: &str = "io.choria.machine.v1.transition";
const TIMER: &str = "io.choria.machine.watcher.timer.v1.state";
const GOVERNOR: &str = "io.choria.lifecycle.v1.governor";

/// So many names are shown of a list.
const SHOWN: usize = 12;

/// What every machine may tell, whatever it does.
const GENERAL: [&str; 12] = [
    "machine.v1.started",
    "machine.v1.stopped",
    "machine.v1.slowed",
    "machine.v1.log",
    "machine.v1.fault",
    "machine.v1.neighbour",
    "machine.v1.warning",
    "machine.v1.dropped",
    "machine.v1.resent",
    "machine.v1.undeliverable",
    "machine.v1.stream.regressed",
    "machine.v1.identity.conflict",
];

/// What depends on the machine: transitions, timers, limits, what operators may send, and its watchers.
pub(super) fn special(table: &Table<'_>) -> Vec<Told> {
    let types = catalogue();
    let mut told = vec![transition(table, &types)];
    told.extend(timers(table, &types));
    told.extend(table.watchers().filter_map(|it| watcher(table, it, &types)));
    if table.watchers().next().is_some() {
        told.extend(["machine.v1.late", "machine.v1.rejected"].into_iter().filter_map(|ty| plain(table, ty, &types)));
    }
    told.extend(limits(table, &types));
    told.extend(fired(table, &types));
    told.extend(facts(table, &types));
    told
}

pub(super) fn general(table: &Table<'_>) -> Vec<Told> {
    let types = catalogue();
    let told = GENERAL.into_iter().filter_map(|ty| plain(table, ty, &types));
    told.map(|told| Told { is_general: true, ..told }).collect()
}

/// An event of a type, with nothing special but the machine.
fn plain(table: &Table<'_>, ty: &str, types: &[Entry]) -> Option<Told> {
    let entry = types.iter().find(|it| it.ty == ty)?;
    let mut narrower = Narrower::default();
    if entry.schema["properties"].get("machine").is_some() {
        narrower.fields.insert("machine".to_owned(), json!({ "const": table.name() }));
    }
    Some(Told {
        name: ty.trim_start_matches("machine.v1.").replace('.', "-"),
        ty: ty.to_owned(),
        about: entry.about.clone(),
        carries: String::new(),
        dataschema: name(ty),
        data: entry.schema.clone(),
        narrower,
        is_general: false,
    })
}

fn transition(table: &Table<'_>, types: &[Entry]) -> Told {
    let states: Vec<_> = table.leaves().map(|it| state(table, it)).collect();
    let events: BTreeSet<_> = table.leaves().flat_map(|leaf| labels(table, leaf)).collect();
    let mut told = base(table, TRANSITION, "transition", types);
    let events_text = some(events.iter().map(String::as_str));
    told.carries = format!("{events_text} · between {}", some(states.iter().map(String::as_str)));
    told.narrower.fields.extend([
        ("transition".to_owned(), json!({ "enum": events })),
        ("from_state".to_owned(), json!({ "enum": states })),
        ("to_state".to_owned(), json!({ "enum": states })),
    ]);
    told
}

/// Names with commas between them, and how many more there are.
fn some<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let shown = names.take(SHOWN).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// One of the types that are always there.
fn base(table: &Table<'_>, ty: &str, name: &str, types: &[Entry]) -> Told {
    let unknown = || Told {
        name: String::new(),
        ty: ty.to_owned(),
        about: String::new(),
        carries: String::new(),
        dataschema: String::new(),
        data: Value::Null,
        narrower: Narrower::default(),
        is_general: false,
    };
    Told { name: name.to_owned(), ..plain(table, ty, types).unwrap_or_else(unknown) }
}

/// What the transitions from a leaf are called.
fn labels(table: &Table<'_>, leaf: StateId) -> Vec<String> {
    let called = |(event, first)| {
        let name = event_name(table, leaf, event);
        let label = |label| table.label(label).map(str::to_owned);
        let ways: Vec<_> = table.ways(first).map(|way| table.plan(way.plan).label.and_then(label)).collect();
        ways.into_iter().map(move |label| label.unwrap_or_else(|| name.clone()))
    };
    table.transitions(leaf).flat_map(called).collect()
}

/// What a transition without a label is called.
fn event_name(table: &Table<'_>, leaf: StateId, event: EventId) -> String {
    match table.source(event) {
        EventSource::Outcome(watcher, outcome) => {
            format!("{}.{}", watcher_name(table, watcher), outcome_name(table, watcher, outcome))
        }
        EventSource::Signal(signal) => table.signal(signal).name.to_owned(),
        EventSource::Timer(slot) => {
            let mut around =
                std::iter::successors(Some(leaf), |it| table.parent(*it)).flat_map(|it| table.timers_of(it));
            let timer = around.find(|it| table.timer(*it).0 == slot);
            timer.map_or_else(|| format!("timer{slot}"), |it| format!("after {}", Milliseconds(table.timer(it).1)))
        }
    }
}

fn timers(table: &Table<'_>, types: &[Entry]) -> Option<Told> {
    let names: BTreeSet<_> = table.timers().map(|it| format!("after {}", Milliseconds(table.timer(it).1))).collect();
    if names.is_empty() {
        return None;
    }
    let mut told = base(table, TIMER, "timer", types);
    told.carries = some(names.iter().map(String::as_str));
    told.narrower.fields.insert("name".to_owned(), json!({ "enum": names }));
    Some(told)
}

/// What a watcher reports. Choria's documents have no field for what it carries: that is in attributes.
fn watcher(table: &Table<'_>, watcher: WatcherId, types: &[Entry]) -> Option<Told> {
    let kind = table.kind(table.watcher(watcher).kind).name;
    let choria = CHORIA.iter().find(|(it, _)| *it == kind).map(|(_, choria)| *choria);
    let ty = choria.map_or("machine.v1.outcome".to_owned(), |it| format!("io.choria.machine.watcher.{it}.v1.state"));
    let called = watcher_name(table, watcher);
    let mut told = Told { name: format!("watcher-{called}"), ..plain(table, &ty, types)? };
    let outcomes: Vec<_> = (0..table.outcome_count(watcher)).collect();
    let names: Vec<_> = outcomes.iter().map(|it| outcome_name(table, watcher, *it)).collect();
    let doc = table.watcher_doc(watcher);
    told.about = if doc.is_empty() { format!("The watcher `{called}` ({kind}) reported.") } else { doc.to_owned() };
    told.carries = outcomes.iter().map(|it| outcome_text(table, watcher, *it)).collect::<Vec<_>>().join(" · ");
    told.narrower.fields.insert("name".to_owned(), json!({ "const": called }));
    told.narrower.attributes.insert("kind".to_owned(), json!({ "const": kind }));
    told.narrower.attributes.insert("outcome".to_owned(), json!({ "enum": names }));
    if choria.is_some() {
        told.narrower.attributes.extend(returned(table, watcher));
    } else {
        told.narrower.either = outcomes.iter().map(|it| fields_of(table, watcher, *it)).collect();
    }
    Some(told)
}

/// What an outcome carries: the fields of its kind, and what the watcher `returns`.
fn fields_of(table: &Table<'_>, watcher: WatcherId, outcome: u8) -> Value {
    let carried = schema_of_fields(table, table.payload(watcher, outcome));
    let fields = json!({ "type": "object", "properties": carried["properties"] });
    let outcome = json!({ "const": outcome_name(table, watcher, outcome) });
    json!({ "properties": { "outcome": outcome, "fields": fields } })
}

/// What a watcher `returns` stands in an attribute as JSON.
fn returned(table: &Table<'_>, watcher: WatcherId) -> Map<String, Value> {
    let returns: Vec<_> = table.returns(watcher).map(|(name, ty, _)| (name, ty)).collect();
    if returns.is_empty() {
        return Map::new();
    }
    let content = schema_of_fields(table, returns.into_iter());
    let schema = json!({ "contentMediaType": "application/json", "contentSchema": content });
    Map::from_iter([("returned".to_owned(), schema)])
}

/// `ok(co2: int)`.
fn outcome_text(table: &Table<'_>, watcher: WatcherId, outcome: u8) -> String {
    let field = |(name, ty): (&str, Type<'_>)| format!("{name}: {}", type_text(table, ty));
    let fields: Vec<_> = table.payload(watcher, outcome).map(field).collect();
    let name = outcome_name(table, watcher, outcome);
    if fields.is_empty() { name } else { format!("{name}({})", fields.join(", ")) }
}

fn limits(table: &Table<'_>, types: &[Entry]) -> Option<Told> {
    let names: Vec<_> = table.limits().map(|it| it.name.to_owned()).collect();
    if names.is_empty() {
        return None;
    }
    let mut told = base(table, GOVERNOR, "governor", types);
    told.carries = names.join(", ");
    told.narrower.fields.insert("governor".to_owned(), json!({ "enum": names }));
    told.narrower.fields.insert("component".to_owned(), json!({ "const": table.name() }));
    Some(told)
}

/// What operators may send.
fn fired(table: &Table<'_>, types: &[Entry]) -> Option<Told> {
    let is_sent = |it: &machine_core::table::Signal<'_>| matches!(it.source, SignalSource::Declared { operator: true });
    let sent: Vec<_> = table.signals().filter(is_sent).collect();
    if sent.is_empty() {
        return None;
    }
    let mut told = base(table, "machine.v1.fired", "fired", types);
    told.carries = sent.iter().map(|it| it.name).collect::<Vec<_>>().join(", ");
    told.narrower.either = sent
        .iter()
        .map(|it| json!({ "properties": { "event": { "const": it.name }, "fields": schema_of_fields(table, it.fields) } }))
        .collect();
    Some(told)
}

/// What the node may tell it anew.
fn facts(table: &Table<'_>, types: &[Entry]) -> Option<Told> {
    let known = || table.facts().map(|it| (it.name, it.ty));
    known().next()?;
    let mut told = base(table, "machine.v1.facts", "facts", types);
    told.carries = known().map(|(name, ty)| format!("{name}: {}", type_text(table, ty))).collect::<Vec<_>>().join(", ");
    let mut fields = schema_of_fields(table, known());
    // Each time only what is new.
    if let Some(it) = fields.as_object_mut() {
        it.remove("required");
    }
    told.narrower.fields.insert("facts".to_owned(), fields);
    Some(told)
}

fn state(table: &Table<'_>, state: StateId) -> String {
    table.state_name(state).map_or_else(|| format!("state{}", state.0), str::to_owned)
}

fn watcher_name(table: &Table<'_>, watcher: WatcherId) -> String {
    table.watcher_name(watcher).map_or_else(|| format!("watcher{}", watcher.0), str::to_owned)
}

fn outcome_name(table: &Table<'_>, watcher: WatcherId, outcome: u8) -> String {
    table.outcome_name_of(watcher, outcome).map_or_else(|| format!("outcome{outcome}"), str::to_owned)
}
