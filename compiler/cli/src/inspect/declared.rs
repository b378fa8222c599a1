//! What a machine declares, and the events that are no outcomes and no timers.

use super::value::duration;
use machine_core::definition::Reach;
use machine_core::table::{self, Listing, SecretSource, SignalSource, Type};
use machine_core::{Data, Instance, Table};
use serde::Serialize;

/// All that a machine declares; whatever there is none of is left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Declared {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) data: Vec<Field>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) facts: Vec<Field>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) secrets: Vec<Secret>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) limits: Vec<Limit>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) conditions: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) signals: Vec<Event>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) emits: Vec<Event>,
    /// The sources that faults point into.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) sources: Vec<String>,
}

/// Something with a name and a type.
#[derive(Serialize)]
pub(super) struct Field {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) ty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) doc: String,
}

#[derive(Serialize)]
pub(super) struct Secret {
    pub(super) name: String,
    /// `env` or `file`.
    pub(super) from: &'static str,
    pub(super) place: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Limit {
    pub(super) name: String,
    pub(super) count: u32,
    pub(super) across_fleet: bool,
    /// What is done when the fleet cannot be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offline: Option<&'static str>,
    #[serde(skip)]
    pub(super) reach: Reach,
}

/// An event that the machine hears, or tells.
#[derive(Serialize)]
pub(super) struct Event {
    pub(super) name: String,
    /// Where it comes from; nothing for what the machine tells.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) from: &'static str,
    /// The condition that it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) when: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fields: Vec<Field>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) doc: String,
}

impl Declared {
    pub(super) fn of(table: &Table<'_>, code: &Listing<'_>) -> Self {
        // A fresh instance holds what data and facts are at first.
        let fresh = Instance::new(table);
        let slot = |it: table::Slot<'_>, value: Data<'_>| Field {
            doc: it.doc.to_owned(),
            default: Some(default_text(table, it.ty, &value)),
            ..field(table, (it.name, it.ty))
        };
        Self {
            data: table.data().zip(0..).map(|(it, at)| slot(it, fresh.data(table, at))).collect(),
            facts: table.facts().zip(0..).map(|(it, at)| slot(it, fresh.fact(table, at))).collect(),
            secrets: table.secrets().map(|it| secret(&it)).collect(),
            limits: table.limits().map(|it| limit(&it)).collect(),
            conditions: table.conditions().map(|it| format!("{} is {}", it.machine, it.state)).collect(),
            signals: table.signals().map(|it| signal(table, code, &it)).collect(),
            emits: table.emits().map(|it| emit(table, &it)).collect(),
            sources: table.sources().map(str::to_owned).collect(),
        }
    }
}

/// A field with its type as a source would say it.
pub(super) fn field(table: &Table<'_>, (name, ty): (&str, Type<'_>)) -> Field {
    Field { name: name.to_owned(), ty: type_text(table, ty), default: None, doc: String::new() }
}

fn secret(it: &table::Secret<'_>) -> Secret {
    let (from, place) = match it.source {
        SecretSource::Env(place) => ("env", place),
        SecretSource::File(place) => ("file", place),
    };
    Secret { name: it.name.to_owned(), from, place: place.to_owned() }
}

fn limit(it: &table::Limit<'_>) -> Limit {
    let offline = match it.reach {
        Reach::Node => None,
        Reach::Fleet(offline) => Some(offline.word()),
    };
    Limit { name: it.name.to_owned(), count: it.count, across_fleet: offline.is_some(), offline, reach: it.reach }
}

fn signal(table: &Table<'_>, code: &Listing<'_>, it: &table::Signal<'_>) -> Event {
    let from = match it.source {
        SignalSource::Declared { operator: true } => "operator",
        SignalSource::Declared { operator: false } => "itself",
        SignalSource::Emitted { .. } | SignalSource::Enters { .. } => "another machine",
        SignalSource::When => "condition",
        SignalSource::Fault => "calculation",
    };
    let fields = it.fields.map(|it| field(table, it)).collect();
    // Only those of `when` have a condition, so the others are not looked up.
    let is_when = it.source == SignalSource::When;
    let condition = Some(it.id).filter(|_| is_when).and_then(|it| table.condition_of(it));
    let when = condition.map(|it| code.calculation(it, None));
    Event { name: it.name.to_owned(), from, when, fields, doc: it.doc.to_owned() }
}

fn emit(table: &Table<'_>, it: &table::Emit<'_>) -> Event {
    let fields = it.fields.map(|it| field(table, it)).collect();
    Event { name: it.name.to_owned(), from: "", when: None, fields, doc: it.doc.to_owned() }
}

/// A type in the words of the language.
pub(crate) fn type_text(table: &Table<'_>, ty: Type<'_>) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Int { min: i64::MIN, max: i64::MAX } => "int".to_owned(),
        Type::Int { min, max } => format!("int in {min}..{max}"),
        Type::Float => "float".to_owned(),
        Type::Text { max } => format!("string up to {max}"),
        Type::Duration => "duration".to_owned(),
        Type::Time => "time".to_owned(),
        Type::Enum(of) => table.words(of).collect::<Vec<_>>().join(" | "),
        Type::List { of, max } => format!("list of {} up to {max}", type_text(table, of.ty())),
    }
}

/// What a field of returned JSON is when it is not there.
pub(super) fn default_text(table: &Table<'_>, ty: Type<'_>, value: &Data<'_>) -> String {
    match (value, ty) {
        (Data::Bool(it), _) => it.to_string(),
        (Data::Int(it) | Data::Time(it), _) => it.to_string(),
        (Data::Float(it), _) => format!("{it:?}"),
        (Data::Text(it), _) => format!("{it:?}"),
        (Data::Duration(ms), _) => duration(ms.unsigned_abs()),
        (Data::Enum(word), Type::Enum(of)) => table.word(of, *word).to_owned(),
        (Data::Enum(word), _) => word.to_string(),
        (Data::List(items), ty) => {
            let of = if let Type::List { of, .. } = ty { of.ty() } else { ty };
            let items: Vec<_> = items.iter().map(|it| default_text(table, of, &it)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}
