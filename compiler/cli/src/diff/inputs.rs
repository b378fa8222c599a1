//! What can happen to both machines, by name.

use super::side::Side;
use machine_core::table::{Constants, SignalSource, Type};
use machine_core::{Data, EventId, Instance, Milliseconds, Table, WatcherId};
use machine_value::{json, read};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Values that are tried of one field at most, and of all fields of an event together.
const MOST_VALUES: usize = 24;
const MOST_MIXED: usize = 64;
/// A range with so many numbers is tried number by number.
const FEW: i64 = 16;

/// Something that happens.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Happens {
    /// The machines begin.
    Start,
    /// A watcher reports.
    Outcome { watcher: String, outcome: String, fields: Map<String, Json> },
    /// An operator sends an event, or the machine hears another one.
    Signal { name: String, source: Source, fields: Map<String, Json> },
    /// Another machine enters or leaves a state.
    Condition { machine: String, state: String, holds: bool },
    /// The node knows something.
    Fact { name: String, value: Json },
    /// So many nanoseconds pass, up to what is due first.
    Time(u64),
}

/// Where a signal comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Operator,
    Emitted(String, String),
    Enters(String, String),
}

impl Source {
    pub(super) fn of(source: &SignalSource<'_>) -> Option<Self> {
        let owned = |it: &str| it.to_owned();
        match source {
            SignalSource::Declared { operator: true } => Some(Self::Operator),
            SignalSource::Emitted { machine, event } => Some(Self::Emitted(owned(machine), owned(event))),
            SignalSource::Enters { machine, state } => Some(Self::Enters(owned(machine), owned(state))),
            SignalSource::Declared { operator: false } | SignalSource::When | SignalSource::Fault => None,
        }
    }
}

impl std::fmt::Display for Happens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |fields: &Map<String, Json>| {
            fields.iter().map(|(name, it)| format!("{name}: {}", word(it))).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Start => f.write_str("it begins"),
            Self::Outcome { watcher, outcome, fields } if fields.is_empty() => write!(f, "{watcher}.{outcome}"),
            Self::Outcome { watcher, outcome, fields } => write!(f, "{watcher}.{outcome} {{ {} }}", list(fields)),
            Self::Signal { name, fields, .. } if fields.is_empty() => f.write_str(name),
            Self::Signal { name, fields, .. } => write!(f, "{name}({})", list(fields)),
            Self::Condition { machine, state, holds: true } => write!(f, "{machine} is {state}"),
            Self::Condition { machine, state, holds: false } => write!(f, "{machine} is not {state}"),
            Self::Fact { name, value } => write!(f, "{name} = {}", word(value)),
            Self::Time(ns) => write!(f, "{} later", Milliseconds(ns / 1_000_000)),
        }
    }
}

/// Words of enums and durations stand without quotes, so that they read like a source where they can.
fn word(value: &Json) -> String {
    match value.as_str() {
        Some(it) if !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_') => it.to_owned(),
        _ => value.to_string(),
    }
}

/// All events of two machines with the values that are worth trying, found once.
pub(super) struct Menu {
    outcomes: BTreeMap<(String, String), Vec<Map<String, Json>>>,
    rest: Vec<Happens>,
    /// Of what not all values are tried.
    pub(super) sampled: BTreeSet<String>,
}

impl Menu {
    pub(super) fn of(old: &Side<'_>, new: &Side<'_>) -> Self {
        let mut menu = Self { outcomes: BTreeMap::new(), rest: Vec::new(), sampled: BTreeSet::new() };
        let constants = [old.table.constants(), new.table.constants()];
        let sides = [(old, &constants), (new, &constants)];
        menu.outcomes(&sides);
        menu.signals(&sides);
        menu.others(&sides);
        menu
    }

    /// What can happen to a pair right now, beside time that passes.
    pub(super) fn at(&self, sides: [(&Side<'_>, &Instance); 2]) -> Vec<Happens> {
        let mut waiting = BTreeSet::new();
        for (side, instance) in sides {
            waiting.extend(may_report(side, instance).into_iter().map(|it| side.watcher_name(it)));
        }
        let reports = self.outcomes.iter().filter(|it| waiting.contains(it.0.0.as_str()));
        let report = |((watcher, outcome), all): (&(String, String), &Vec<Map<String, Json>>)| {
            let (watcher, outcome) = (watcher.clone(), outcome.clone());
            all.clone().into_iter().map(move |fields| Happens::Outcome {
                watcher: watcher.clone(),
                outcome: outcome.clone(),
                fields,
            })
        };
        reports.flat_map(report).chain(self.rest.iter().cloned()).collect()
    }

    fn outcomes(&mut self, sides: &[(&Side<'_>, &[Constants<'_>; 2])]) {
        let mut fields: BTreeMap<(String, String), Fields> = BTreeMap::new();
        for (side, constants) in sides {
            let table = &side.table;
            for watcher in table.watchers() {
                for outcome in 0..table.outcome_count(watcher) {
                    let name = table.outcome_name_of(watcher, outcome).unwrap_or("?").to_owned();
                    let own = fields.entry((side.watcher_name(watcher).to_owned(), name)).or_default();
                    let event = EventId(table.watcher(watcher).first_event.0 + u16::from(outcome));
                    own.add(side, event, table.payload(watcher, outcome), constants);
                }
            }
        }
        for (key, all) in fields {
            let mixed = all.mixed(&format!("{}.{}", key.0, key.1), &mut self.sampled);
            self.outcomes.insert(key, mixed);
        }
    }

    fn signals(&mut self, sides: &[(&Side<'_>, &[Constants<'_>; 2])]) {
        let mut found: BTreeMap<(Source, String), Fields> = BTreeMap::new();
        for (side, constants) in sides {
            for signal in side.table.signals() {
                let Some(source) = Source::of(&signal.source) else { continue };
                let event = side.table.signal_event(signal.id);
                found.entry((source, signal.name.to_owned())).or_default().add(side, event, signal.fields, constants);
            }
        }
        for ((source, name), all) in found {
            let mixed = all.mixed(&name, &mut self.sampled);
            let one = |fields| Happens::Signal { name: name.clone(), source: source.clone(), fields };
            self.rest.extend(mixed.into_iter().map(one));
        }
    }

    /// Where other machines are, and what the node knows.
    fn others(&mut self, sides: &[(&Side<'_>, &[Constants<'_>; 2])]) {
        let conditions = sides.iter().flat_map(|it| it.0.table.conditions());
        let conditions: BTreeSet<_> = conditions.map(|it| (it.machine.to_owned(), it.state.to_owned())).collect();
        for (machine, state) in conditions {
            let one = |holds| Happens::Condition { machine: machine.clone(), state: state.clone(), holds };
            self.rest.extend([true, false].map(one));
        }
        let mut facts: BTreeMap<String, Values> = BTreeMap::new();
        for (side, constants) in sides {
            for fact in side.table.facts() {
                let values = Values::of(&side.table, fact.ty, constants);
                facts.entry(fact.name.to_owned()).or_default().join(values);
            }
        }
        for (name, values) in facts {
            if !values.is_all {
                self.sampled.insert(name.clone());
            }
            self.rest.extend(values.values.into_iter().map(|value| Happens::Fact { name: name.clone(), value }));
        }
    }
}

/// The fields of an event that make a difference, with the values to try.
#[derive(Default)]
struct Fields(BTreeMap<String, Values>);

impl Fields {
    fn add<'t>(
        &mut self,
        side: &Side<'t>,
        event: EventId,
        fields: impl Iterator<Item = (&'t str, Type<'t>)>,
        constants: &[Constants<'_>; 2],
    ) {
        for (name, ty) in fields.filter(|it| side.reads(event, it.0)) {
            self.0.entry(name.to_owned()).or_default().join(Values::of(&side.table, ty, constants));
        }
    }

    /// Each value of each field with each of the others, as far as that are not too many; else each once.
    fn mixed(&self, event: &str, sampled: &mut BTreeSet<String>) -> Vec<Map<String, Json>> {
        sampled.extend(self.0.iter().filter(|it| !it.1.is_all).map(|it| format!("{event}.{}", it.0)));
        let count = self.0.values().map(|it| it.values.len().max(1)).try_fold(1_usize, |a, b| a.checked_mul(b));
        let mut all = vec![Map::new()];
        if count.is_some_and(|it| it <= MOST_MIXED) {
            for (name, values) in &self.0 {
                let with = |fields: &Map<String, Json>| {
                    let fields = fields.clone();
                    values.values.iter().map(move |value| {
                        let mut fields = fields.clone();
                        fields.insert(name.clone(), value.clone());
                        fields
                    })
                };
                all = all.iter().flat_map(with).collect();
            }
            return all;
        }
        sampled.insert(event.to_owned());
        let first: Map<String, Json> =
            self.0.iter().filter_map(|(name, it)| Some((name.clone(), it.values.first()?.clone()))).collect();
        all = vec![first.clone()];
        for (name, values) in &self.0 {
            for value in values.values.iter().skip(1) {
                let mut fields = first.clone();
                fields.insert(name.clone(), value.clone());
                all.push(fields);
            }
        }
        all
    }
}

/// The values of a type that are tried.
#[derive(Default)]
struct Values {
    values: Vec<Json>,
    /// There are no others.
    is_all: bool,
}

impl Values {
    fn of(table: &Table<'_>, ty: Type<'_>, constants: &[Constants<'_>; 2]) -> Self {
        let near = || {
            constants.iter().flat_map(|it| &it.numbers).flat_map(|it| [it.saturating_sub(1), *it, it.saturating_add(1)])
        };
        let texts = || constants.iter().flat_map(|it| &it.texts);
        let (data, is_all): (Vec<Data<'_>>, bool) = match ty {
            Type::Bool => ([false, true].map(Data::Bool).into(), true),
            Type::Enum(of) => ((0..table.words(of).count() as u16).map(Data::Enum).collect(), true),
            Type::Int { min, max } if max.saturating_sub(min) < FEW => ((min..=max).map(Data::Int).collect(), true),
            Type::Int { min, max } => {
                let ends = [min, max].into_iter().filter(|it| it.unsigned_abs() < 1 << 53);
                let numbers: BTreeSet<i64> =
                    ends.chain([0, 1]).chain(near()).filter(|it| min <= *it && *it <= max).collect();
                (numbers.into_iter().map(Data::Int).collect(), false)
            }
            Type::Float => (near().chain([0, 1]).map(|it| Data::Float(it as f64)).collect(), false),
            Type::Duration => (near().chain([0, 1_000]).map(Data::Duration).collect(), false),
            Type::Time => (near().chain([0]).map(Data::Time).collect(), false),
            Type::Text { max } => {
                let fitting = texts().filter(|it| it.len() <= max.into()).copied();
                (["", "a"].into_iter().chain(fitting).map(Data::Text).collect(), false)
            }
            Type::List { .. } => (Vec::new(), false),
        };
        let mut values: Vec<Json> = Vec::new();
        for value in data.into_iter().map(|it| json(table, ty, it)).filter(|it| read(table, ty, it, "").is_ok()) {
            if !values.contains(&value) && values.len() < MOST_VALUES {
                values.push(value);
            }
        }
        if let Type::List { .. } = ty {
            values.push(Json::Array(Vec::new()));
        }
        Self { values, is_all }
    }

    /// With those of the same name in the other machine.
    fn join(&mut self, other: Self) {
        self.is_all = other.is_all && (self.is_all || self.values.is_empty());
        other.values.into_iter().for_each(|it| {
            if !self.values.contains(&it) {
                self.values.push(it)
            }
        });
    }
}

/// The watchers that may report: those that have been asked, and those that are told of changes as long as they watch.
pub(super) fn may_report(side: &Side<'_>, instance: &Instance) -> Vec<WatcherId> {
    let open: BTreeSet<WatcherId> = instance.under_way().collect();
    let table = &side.table;
    let is_told = |it: &WatcherId| table.kind(table.watcher(*it).kind).notified && instance.visit_of(*it).is_some();
    table.watchers().filter(|it| open.contains(it) || is_told(it)).collect()
}

/// The watcher of this name that may report.
pub(super) fn reporting(side: &Side<'_>, instance: &Instance, name: &str) -> Option<WatcherId> {
    may_report(side, instance).into_iter().find(|it| side.watcher_name(*it) == name)
}
