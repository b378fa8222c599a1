//! What differs before anything happens: states without an image, data that begins anew, what watchers are given, what the
//! machine is allowed and tells.

use crate::inspect::type_text;
use machine_core::table::{Listing, SecretSource, Signal, SignalSource, Slot, Value};
use machine_core::{Milliseconds, StateId, Table, WatcherId};
use std::collections::{BTreeMap, BTreeSet};

/// One thing that is other than it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// What sort of thing: `state`, `data`, `watcher`, `capability`, `event`, `emits`.
    pub(crate) of: &'static str,
    /// A line for people.
    pub(crate) what: String,
}

/// All of them, the ones that matter most first.
pub(super) fn changes(old: &Table<'_>, new: &Table<'_>) -> Vec<Change> {
    let mut changes = states(old, new);
    changes.extend(slots("data", old, new, &old.data().collect::<Vec<_>>(), &new.data().collect::<Vec<_>>()));
    changes.extend(slots("fact", old, new, &old.facts().collect::<Vec<_>>(), &new.facts().collect::<Vec<_>>()));
    changes.extend(sets("capability", &capabilities(old), &capabilities(new)));
    changes.extend(given(&watchers(old), &watchers(new)));
    changes.extend(named("event", &signals(old), &signals(new)));
    changes.extend(named("emits", &emits(old), &emits(new)));
    changes
}

/// The leaf that a machine in this one goes on in, when the new table takes over.
pub(super) fn image(old: &Table<'_>, leaf: StateId, new: &Table<'_>) -> Option<StateId> {
    let name = old.state_name(leaf)?;
    let is_so = |it: &StateId| new.state_name(*it) == Some(name);
    let was_so = |it: &StateId| new.was(*it).any(|was| was == name);
    new.leaves().find(is_so).or_else(|| new.leaves().find(was_so))
}

fn states(old: &Table<'_>, new: &Table<'_>) -> Vec<Change> {
    let gone = old.leaves().filter(|it| image(old, *it, new).is_none());
    let gone = gone.map(|it| {
        let name = old.state_name(it).unwrap_or("?");
        let what =
            format!("`{name}` has no image: a machine that is there cannot go on; say `was {name}` where it should");
        Change { of: "state", what }
    });
    let images: BTreeSet<_> = old.leaves().filter_map(|it| image(old, it, new)).collect();
    let added = new.leaves().filter(|it| !images.contains(it));
    let added = added.map(|it| Change { of: "state", what: format!("`{}` is new", new.state_name(it).unwrap_or("?")) });
    gone.chain(added).collect()
}

/// Data or facts: what goes, what comes, and what begins anew because its old value does not fit.
fn slots(of: &'static str, old: &Table<'_>, new: &Table<'_>, before: &[Slot<'_>], after: &[Slot<'_>]) -> Vec<Change> {
    let mut changes = Vec::new();
    for it in before {
        let name = it.name;
        let was = type_text(old, it.ty);
        let what = match after.iter().find(|other| other.name == name).map(|it| type_text(new, it.ty)) {
            None => format!("`{name}` goes, and with it what it held"),
            Some(now) if now != was => {
                format!("`{name}` was `{was}` and is `{now}`: a value that does not fit begins anew")
            }
            Some(_) => continue,
        };
        changes.push(Change { of, what });
    }
    let is_new = |it: &&Slot<'_>| before.iter().all(|other| other.name != it.name);
    changes.extend(after.iter().filter(is_new).map(|it| Change { of, what: format!("`{}` is new", it.name) }));
    changes
}

/// What a machine may do to its node: programs, files and the like, users, secrets.
fn capabilities(table: &Table<'_>) -> BTreeSet<String> {
    let code = Listing::new(*table);
    let mut found = BTreeSet::new();
    for (watcher, mut arguments) in table.watchers().zip(table.arguments()) {
        let kind = table.kind(table.watcher(watcher).kind);
        let first = arguments.next().filter(|it| !matches!(it, Value::List(_) | Value::Map(_)));
        let first = first.map_or_else(String::new, |it| code.value(it));
        let user = table.modifiers(watcher).user.map_or_else(String::new, |it| format!(" as {it}"));
        found.insert(format!("{}({first}){user}", kind.name));
        found.extend((kind.program().count() > 0).then(|| format!("the program of `{}`", kind.name)));
    }
    found.extend(table.secrets().map(|it| match it.source {
        SecretSource::Env(place) => format!("secret {} from env {place}", it.name),
        SecretSource::File(place) => format!("secret {} from file {place}", it.name),
    }));
    found
}

/// By name, all that a watcher is given, part by part. While what it works is known by the walk.
fn watchers(table: &Table<'_>) -> BTreeMap<String, Vec<Part>> {
    let code = Listing::new(*table);
    let mut found: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for (watcher, arguments) in table.watchers().zip(table.arguments()) {
        let name = table.watcher_name(watcher).unwrap_or("?").to_owned();
        let given = arguments.enumerate().map(|(at, it)| (format!("argument {}", at + 1), code.value(it)));
        found.entry(name).or_default().extend(given.chain(modifiers(table, watcher)));
    }
    found
}

/// What a part is called, and what it is.
type Part = (String, String);

fn modifiers(table: &Table<'_>, watcher: WatcherId) -> Vec<Part> {
    let (row, it) = (table.watcher(watcher), table.modifiers(watcher));
    let ms = |ms: Option<u64>| ms.map(|it| Milliseconds(it).to_string());
    let limit = it.under.and_then(|under| table.limits().nth(under.limit.into()));
    let returns: Vec<_> = table.returns(watcher).map(|it| format!("{}: {}", it.0, type_text(table, it.1))).collect();
    let parts = [
        ("kind", Some(table.kind(row.kind).name.to_owned())),
        ("every", ms(row.every_ms)),
        ("splay", ms(it.splay_ms)),
        ("timeout", ms(it.timeout_ms)),
        ("announce", ms(it.announce_ms)),
        ("quiet", it.quiet.then(|| "quiet".to_owned())),
        ("under", limit.map(|it| format!("{} = {}", it.name, it.count))),
        ("returns", (!returns.is_empty()).then(|| returns.join(", "))),
    ];
    parts.into_iter().filter_map(|(name, it)| Some((name.to_owned(), it?))).collect()
}

/// What differs in the parts of watchers that are in both, and which are in one only.
fn given(old: &BTreeMap<String, Vec<Part>>, new: &BTreeMap<String, Vec<Part>>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut change = |what| changes.push(Change { of: "watcher", what });
    for (name, before) in old {
        let Some(after) = new.get(name) else {
            change(format!("`{name}` is gone"));
            continue;
        };
        let without = |part: &&Part, others: &[Part]| !others.contains(part);
        for (part, was) in before.iter().filter(|it| without(it, after)) {
            match after.iter().find(|it| it.0 == *part && !before.contains(it)) {
                Some((_, now)) => change(format!("`{name}`: {part} was `{was}` and is `{now}`")),
                None => change(format!("`{name}`: {part} `{was}` is gone")),
            }
        }
        let is_new = |it: &&Part| without(it, before) && before.iter().all(|other| other.0 != it.0);
        after.iter().filter(is_new).for_each(|(part, now)| change(format!("`{name}`: {part} `{now}` is new")));
    }
    new.keys().filter(|it| !old.contains_key(*it)).for_each(|it| change(format!("`{it}` is new")));
    changes
}

fn signals(table: &Table<'_>) -> BTreeMap<String, String> {
    let is_heard = |it: &Signal<'_>| !matches!(it.source, SignalSource::When | SignalSource::Fault);
    let one = |it: Signal<'_>| {
        let from = match it.source {
            SignalSource::Declared { operator: true } => " from operator",
            _ => "",
        };
        (it.name.to_owned(), format!("({}){from}", fields(table, it.fields)))
    };
    table.signals().filter(is_heard).map(one).collect()
}

fn emits(table: &Table<'_>) -> BTreeMap<String, String> {
    table.emits().map(|it| (it.name.to_owned(), format!("({})", fields(table, it.fields)))).collect()
}

fn fields(table: &Table<'_>, fields: machine_core::table::Fields<'_>) -> String {
    fields.map(|(name, ty)| format!("{name}: {}", type_text(table, ty))).collect::<Vec<_>>().join(", ")
}

fn sets(of: &'static str, old: &BTreeSet<String>, new: &BTreeSet<String>) -> Vec<Change> {
    let added = new.difference(old).map(|it| format!("`{it}` is new"));
    let gone = old.difference(new).map(|it| format!("`{it}` is not needed any more"));
    added.chain(gone).map(|what| Change { of, what }).collect()
}

fn named(of: &'static str, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<Change> {
    let gone = old.iter().filter_map(|(name, was)| match new.get(name) {
        None => Some(format!("`{name}` is gone")),
        Some(now) if now != was => Some(format!("`{name}` was `{was}` and is `{now}`")),
        Some(_) => None,
    });
    let added = new.iter().filter(|it| !old.contains_key(it.0)).map(|it| format!("`{}` is new", it.0));
    gone.chain(added).map(|what| Change { of, what }).collect()
}
