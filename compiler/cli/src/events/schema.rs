//! Catalogues as one JSON schema, which an event of any of the machines keeps; and one schema by its name.

use super::{Catalogue, Told};
use machine_host::event::schema;
use serde_json::{Map, Value, json};

/// One schema for the events of all these machines: each event as it goes out, attributes and `data`.
///
/// The schema of each `data` is in it under the name that `dataschema` of the event says.
pub(crate) fn json_schema(catalogues: &[Catalogue]) -> Value {
    let mut parts = Map::from_iter([("event".to_owned(), embedded(&schema::envelope()))]);
    let mut events = Vec::new();
    for catalogue in catalogues {
        for told in &catalogue.events {
            let key = format!("{}.{}", catalogue.machine, told.name);
            events.push(json!({ "$ref": pointer(&key) }));
            parts.insert(told.dataschema.clone(), embedded(&told.data));
            let whole = whole(catalogue, told, pointer);
            parts.insert(key, whole);
        }
    }
    let names: Vec<_> = catalogues.iter().map(|it| format!("`{}` {}", it.machine, it.version)).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Events",
        "description": format!("Every event of {}.", names.join(", ")),
        "anyOf": events,
        "$defs": parts,
    })
}

/// An event as a whole; `to` says where the schemas are that it consists of.
pub(super) fn whole(catalogue: &Catalogue, told: &Told, to: impl Fn(&str) -> String) -> Value {
    let mut attributes = told.narrower.attributes.clone();
    attributes.insert("type".to_owned(), json!({ "const": told.ty }));
    attributes.insert("dataschema".to_owned(), json!({ "const": told.dataschema }));
    let mut data = vec![json!({ "$ref": to(&told.dataschema) })];
    if !told.narrower.fields.is_empty() {
        data.push(json!({ "properties": told.narrower.fields }));
    }
    if !told.narrower.either.is_empty() {
        data.push(json!({ "anyOf": told.narrower.either }));
    }
    attributes.insert("data".to_owned(), json!({ "allOf": data }));
    json!({
        "title": format!("{} of {}", told.name, catalogue.machine),
        "description": told.about,
        "allOf": [{ "$ref": to("event") }, { "properties": attributes, "required": ["data"] }],
    })
}

/// A schema as a part of another: without what only the whole has.
pub(super) fn embedded(schema: &Value) -> Value {
    let mut part = schema.clone();
    if let Some(members) = part.as_object_mut() {
        members.remove("$schema");
        members.remove("$id");
    }
    part
}

/// The schema with this name, or of this type; `event` is what all events have.
pub(crate) fn named(catalogues: &[Catalogue], name: &str) -> Option<Value> {
    let of_machines = catalogues.iter().flat_map(|it| &it.events);
    let mut own = of_machines.filter(|it| it.dataschema == name || it.ty == name).map(|it| it.data.clone());
    let general = || schema::catalogue().into_iter().find(|it| it.ty == name || schema::name(it.ty) == name);
    let envelope = || (name == "event" || schema::name("event") == name).then(schema::envelope);
    own.next().or_else(|| general().map(|it| it.schema)).or_else(envelope)
}

fn pointer(key: &str) -> String {
    format!("#/$defs/{}", key.replace('~', "~0").replace('/', "~1").replace('%', "%25"))
}
