//! What can happen to a machine, by the names that it is typed with.

use super::value::{self, described, short};
use machine_compiler::diagnostic::suggest;
use machine_core::table::{SignalSource, Type};
use machine_core::{EventId, SignalId, Table, WatcherId};
use machine_sim::value::least;
use machine_sim::{Machine, Value};
use std::collections::BTreeMap;

/// Something that can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Outcome(WatcherId, u8),
    Signal(SignalId),
}

impl Source {
    pub(super) fn event(self, table: &Table<'_>) -> EventId {
        match self {
            Self::Outcome(watcher, outcome) => EventId(table.watcher(watcher).first_event.0 + u16::from(outcome)),
            Self::Signal(signal) => table.signal_event(signal),
        }
    }

    /// Names and types of what it carries.
    pub(super) fn fields<'t>(self, table: &Table<'t>) -> Vec<(&'t str, Type<'t>)> {
        match self {
            Self::Outcome(watcher, outcome) => table.payload(watcher, outcome).collect(),
            Self::Signal(signal) => table.signal(signal).fields.collect(),
        }
    }
}

/// All that can happen, with names; of watchers of one name, those that are active now come first.
pub(super) fn all(machine: &Machine) -> Vec<(String, Source)> {
    let table = machine.table();
    let mut watchers: Vec<_> = table.watchers().collect();
    watchers.sort_by_key(|it| machine.instance().visit_of(*it).is_none());
    let outcomes = watchers.into_iter().flat_map(|watcher| {
        let name = table.watcher_name(watcher).unwrap_or("?");
        let outcomes = (0..table.outcome_count(watcher)).map(move |it| (watcher, it));
        outcomes.map(move |(watcher, it)| {
            (format!("{name}.{}", table.outcome_name_of(watcher, it).unwrap_or("?")), Source::Outcome(watcher, it))
        })
    });
    let sent = |it: SignalSource<'_>| !matches!(it, SignalSource::When | SignalSource::Fault);
    let signals = table.signals().filter(|it| sent(it.source)).map(|it| (it.name.to_owned(), Source::Signal(it.id)));
    outcomes.chain(signals).collect()
}

/// What is called so.
///
/// # Errors
/// When nothing is, with the nearest name.
pub(super) fn named(machine: &Machine, name: &str) -> Result<Source, String> {
    let all = all(machine);
    if let Some((_, source)) = all.iter().find(|it| it.0 == name) {
        return Ok(*source);
    }
    Err(match suggest::nearest(name, all.iter().map(|it| it.0.as_str()).chain(super::command_words())) {
        Some(near) => format!("there is no event and no command `{name}`; did you mean `{near}`?"),
        None => format!("there is no event and no command `{name}`; `events` lists the events, `help` the commands"),
    })
}

/// The values of an event's fields: as typed, else the usual ones.
///
/// # Errors
/// When a field is not one of the event, or its value not of its type.
pub(super) fn values(table: &Table<'_>, source: Source, name: &str, words: &[String]) -> Result<Vec<Value>, String> {
    let fields = source.fields(table);
    let mut typed: BTreeMap<&str, &str> = BTreeMap::new();
    for word in words {
        let (field, value) = word.split_once('=').ok_or_else(|| no_field(table, &fields, name, word))?;
        if !fields.iter().any(|it| it.0 == field) {
            return Err(no_field(table, &fields, name, field));
        }
        typed.insert(field, value);
    }
    let value = |(field, ty): &(&str, Type<'_>)| match typed.get(field) {
        None => Ok(least(*ty)),
        Some(text) => value::parse(text, *ty, table)
            .ok_or_else(|| format!("`{field}` is {}, and `{text}` is none", described(*ty, table))),
    };
    fields.iter().map(value).collect()
}

fn no_field(table: &Table<'_>, fields: &[(&str, Type<'_>)], event: &str, field: &str) -> String {
    let near = suggest::nearest(field, fields.iter().map(|it| it.0));
    match (fields, near) {
        (_, Some(near)) if near == field => format!("`{field}` needs a value: write `{field}=…`"),
        ([], _) => format!("`{event}` carries nothing, so `{field}` is no field of it"),
        (_, Some(near)) => format!("`{event}` has no field `{field}`; did you mean `{near}=…`?"),
        _ => format!("`{event}` has no field `{field}`; it carries {}", signature(table, fields)),
    }
}

/// `(co2: int in 0..5000)`; nothing for none.
pub(super) fn signature(table: &Table<'_>, fields: &[(&str, Type<'_>)]) -> String {
    let all: Vec<_> = fields.iter().map(|(name, ty)| format!("{name}: {}", short(*ty, table))).collect();
    if all.is_empty() { String::new() } else { format!("({})", all.join(", ")) }
}
