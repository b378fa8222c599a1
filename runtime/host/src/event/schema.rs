//! The schemas of events: of what all have, and of the `data` of each type.

use super::document::{own_type, types};
use super::envelope::Envelope;
use super::identity::{About, escaped};
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;
use std::borrow::Cow;

/// What the name of every schema begins with.
const URN: &str = "urn:machine:schema:";

/// The version of the schemas of the documents here. It changes when a field changes its meaning or goes; a field that is
/// new changes nothing for those who read the others.
const VERSION: &str = "1";

/// The schema of one type of event.
pub struct Entry {
    /// The type.
    pub ty: &'static str,
    /// What happened, in one line.
    pub about: String,
    /// The JSON schema of its `data`.
    pub schema: Value,
}

/// The schema of every type of event that the runtime has, in the order of the catalogue.
#[must_use]
pub fn catalogue() -> Vec<Entry> {
    types().into_iter().map(|(ty, schema)| entry(ty, schema(&mut generator()))).collect()
}

fn entry(ty: &'static str, schema: Schema) -> Entry {
    let mut schema = schema.to_value();
    schema["$id"] = name(ty).into();
    schema["title"] = ty.into();
    schema["properties"]["protocol"]["const"] = ty.into();
    let about = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
    Entry { ty, about, schema }
}

/// The schema of what all events have: their attributes, whatever `data` is.
#[must_use]
pub fn envelope() -> Value {
    let mut schema = generator().root_schema_for::<Envelope<'static>>().to_value();
    schema["$id"] = name("event").into();
    schema["title"] = "event".into();
    schema
}

/// The name of the schema of a type of the runtime's: what `dataschema` of its events says.
#[must_use]
pub fn name(ty: &str) -> String {
    format!("{URN}{ty}:{VERSION}")
}

/// The type of an event of the author's own, and the name of its schema: it goes with the version of the machine.
#[must_use]
pub fn own_name(machine: &str, version: &str, event: &str) -> (String, String) {
    let ty = own_type(machine, event);
    let name = format!("{URN}{ty}:{}", escaped(version));
    (ty, name)
}

/// The name of the schema of an event.
pub(super) fn urn(ty: &str, about: About<'_>) -> Cow<'static, str> {
    match about {
        About::Machine(_, machine) if ty.starts_with("machine.v1.event.") => {
            format!("{URN}{ty}:{}", escaped(&machine.version)).into()
        }
        _ => name(ty).into(),
    }
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}
