//! The published schemas: those of the code, and kept by every event.

use super::{everything, samples, value};
use crate::event::schema;
use jsonschema::Validator;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Where they are published.
fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas")
}

/// All schemas by the names of their files.
fn published() -> BTreeMap<String, Value> {
    let documents = schema::catalogue().into_iter().map(|it| (format!("{}.json", it.ty), it.schema));
    documents.chain([("event.json".to_owned(), schema::envelope())]).collect()
}

fn text(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).unwrap() + "\n"
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).unwrap()
}

/// The schema of an event's `data`; an event of the author's own has that of its machine.
fn of_type<'s>(schemas: &'s BTreeMap<String, Value>, event: &Value) -> Option<&'s Value> {
    schemas.get(&format!("{}.json", event["type"].as_str().unwrap()))
}

/// With `UPDATE_SCHEMAS=1` it writes them.
#[test]
fn the_published_schemas_are_those_of_the_code() {
    let (directory, schemas) = (directory(), published());
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::create_dir_all(&directory).unwrap();
        schemas.iter().for_each(|(name, schema)| std::fs::write(directory.join(name), text(schema)).unwrap());
    }
    for (name, schema) in &schemas {
        let found = std::fs::read_to_string(directory.join(name)).unwrap_or_default();
        assert_eq!(found, text(schema), "docs/schemas/{name} is out of date: set UPDATE_SCHEMAS=1");
    }
    let files = std::fs::read_dir(&directory).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<_> = files.filter(|it| it.ends_with(".json")).collect();
    assert_eq!(files, schemas.into_keys().collect(), "a file that nothing writes");
}

#[test]
fn every_schema_is_one() {
    for (name, schema) in published() {
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert!(schema["description"].as_str().is_some_and(|it| it.ends_with('.')), "{name} does not say what it is");
        let fields = schema["properties"].as_object().unwrap();
        for (field, about) in fields {
            assert!(about["description"].is_string(), "{name}: nothing is said about `{field}`");
        }
    }
}

#[test]
fn every_event_keeps_its_schemas() {
    let schemas = published();
    let envelope = validator(&schemas["event.json"]);
    for (name, what) in everything::all() {
        let event = value(what);
        let faults: Vec<_> = envelope.iter_errors(&event).map(|it| it.to_string()).collect();
        assert_eq!(faults, [""; 0], "{name}");
        let Some(schema) = of_type(&schemas, &event) else { continue };
        assert_eq!(event["dataschema"], schema["$id"], "{name}");
        let faults: Vec<_> = validator(schema).iter_errors(&event["data"]).map(|it| it.to_string()).collect();
        assert_eq!(faults, [""; 0], "{name}");
    }
}

/// Nothing is in a document or an attribute that its schema does not name.
#[test]
fn schemas_name_everything() {
    let schemas = published();
    let named = |schema: &Value, field: &str| schema["properties"].get(field).is_some();
    for (name, what) in everything::all() {
        let event = value(what);
        for field in event.as_object().unwrap().keys() {
            assert!(named(&schemas["event.json"], field), "{name}: `{field}`");
        }
        let Some(schema) = of_type(&schemas, &event) else { continue };
        for field in event["data"].as_object().unwrap().keys() {
            assert!(named(schema, field), "{name}: `{field}`");
        }
    }
}

/// A schema that anything keeps says nothing.
#[test]
fn schemas_refuse_what_is_missing_or_of_another_type() {
    let schemas = published();
    for (name, what) in everything::all() {
        let event = value(what);
        let Some(schema) = of_type(&schemas, &event) else { continue };
        let validator = validator(schema);
        for required in schema["required"].as_array().unwrap() {
            let field = required.as_str().unwrap();
            let mut data = event["data"].clone();
            data[field] = Value::Null;
            assert!(!validator.is_valid(&data), "{name}: `{field}` may be null");
            data.as_object_mut().unwrap().remove(field);
            assert!(!validator.is_valid(&data), "{name}: `{field}` may be absent");
        }
    }
}

#[test]
fn every_type_has_a_sample() {
    let told: BTreeSet<_> =
        everything::all().into_iter().map(|(_, what)| value(what)["type"].as_str().unwrap().to_owned()).collect();
    for entry in schema::catalogue() {
        assert!(told.contains(entry.ty), "nothing shows {}", entry.ty);
    }
}

#[test]
fn an_event_of_the_authors_names_the_schema_of_its_machine() {
    let emitted = everything::all().into_iter().find(|(name, _)| *name == "emitted").unwrap().1;
    let version = samples::machine("container_manager").version;
    let (ty, name) = schema::own_name("container_manager", &version, "page");
    let event = value(emitted);
    assert_eq!((&event["type"], &event["dataschema"]), (&ty.into(), &name.into()));
    assert_eq!(schema::own_name("a.b", "1 ß", "c/d").1, "urn:machine:schema:machine.v1.event.a-b.c-d:1%20%C3%9F");
}
