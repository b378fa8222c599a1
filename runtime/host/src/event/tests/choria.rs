//! What Choria's published schemas (choria-io/schemas) ask of a document, written down again: which fields it must have,
//! which words they take, and whether there may be more. Of all types that it publishes one for, and that we send.

use super::{everything, value};
use serde_json::Value;
use std::collections::BTreeSet;

/// What one schema asks.
struct Asked {
    /// Fields that must be there, beside those of the family.
    required: &'static [&'static str],
    /// Fields that take certain words only.
    words: &'static [(&'static str, &'static [&'static str])],
    /// No other fields.
    is_closed: bool,
}

const MACHINE: [&str; 6] = ["protocol", "identity", "id", "version", "timestamp", "machine"];
const WATCHER: [&str; 8] = ["protocol", "identity", "id", "version", "timestamp", "machine", "name", "type"];
const LIFE: [&str; 4] = ["protocol", "identity", "component", "timestamp"];

fn asked(ty: &str) -> Option<(&'static [&'static str], Asked)> {
    let asked = |required, words, is_closed| Asked { required, words, is_closed };
    Some(match ty {
        "io.choria.machine.v1.transition" => (&MACHINE, asked(&["transition", "from_state", "to_state"], &[], true)),
        "io.choria.machine.watcher.exec.v1.state" => (
            &WATCHER,
            asked(
                &["command", "previous_outcome", "previous_run_time"],
                &[("type", &["exec"]), ("previous_outcome", &["unknown", "skipped", "error", "success"])],
                false,
            ),
        ),
        "io.choria.machine.watcher.file.v1.state" => (
            &WATCHER,
            asked(
                &["path", "previous_outcome"],
                &[("type", &["file"]), ("previous_outcome", &["unknown", "skipped", "error", "unchanged", "changed"])],
                false,
            ),
        ),
        // Its `type` is to be `file`, which is a slip of the pen there: Choria itself sends `schedule`.
        "io.choria.machine.watcher.schedule.v1.state" => (
            &WATCHER,
            asked(&["state"], &[("type", &["schedule"]), ("state", &["unknown", "skipped", "off", "on"])], false),
        ),
        "io.choria.lifecycle.v1.startup" | "io.choria.lifecycle.v1.alive" => (&LIFE, asked(&["version"], &[], false)),
        "io.choria.lifecycle.v1.shutdown" => (&LIFE, asked(&[], &[], false)),
        "io.choria.lifecycle.v1.provisioned" => (&LIFE, asked(&["id"], &[], false)),
        "io.choria.lifecycle.v1.upgraded" => (&LIFE, asked(&["id", "version", "new_version"], &[], false)),
        _ => return None,
    })
}

/// The first thing in a document that the schema does not allow.
fn fault(data: &Value, family: &[&str], asked: &Asked) -> Option<String> {
    let fields = data.as_object()?;
    let required: BTreeSet<_> = family.iter().chain(asked.required).copied().collect();
    for field in &required {
        let is_number = ["timestamp", "previous_run_time"].contains(field);
        match fields.get(*field) {
            Some(Value::String(_)) if !is_number => {}
            Some(Value::Number(it)) if is_number && it.is_i64() => {}
            other => return Some(format!("`{field}` is {other:?}")),
        }
    }
    for (field, words) in asked.words {
        if !words.contains(&data[field].as_str()?) {
            return Some(format!("`{field}` is {}", data[field]));
        }
    }
    let other = fields.keys().find(|it| asked.is_closed && !required.contains(it.as_str()));
    other.map(|it| format!("`{it}` is one too many"))
}

#[test]
fn documents_are_what_choria_publishes() {
    let mut seen = BTreeSet::new();
    for (name, what) in everything::all() {
        let event = value(what);
        let ty = event["type"].as_str().unwrap();
        if let Some((family, asked)) = asked(ty) {
            assert_eq!(event["data"]["protocol"], ty, "{name}");
            assert_eq!(fault(&event["data"], family, &asked), None, "{name}");
            seen.insert(ty.to_owned());
        }
    }
    assert_eq!(seen.len(), 9, "{seen:?}");
}

#[test]
fn what_choria_refuses_is_noticed() {
    let event = value(super::samples::transition());
    let (family, asked) = asked("io.choria.machine.v1.transition").unwrap();
    let with = |field: &str, value: Value| {
        let mut data = event["data"].clone();
        data[field] = value;
        fault(&data, family, &asked)
    };
    assert_eq!(with("outcome", "ok".into()).unwrap(), "`outcome` is one too many");
    assert_eq!(with("timestamp", "1".into()).unwrap(), "`timestamp` is Some(String(\"1\"))");
    assert_eq!(with("to_state", Value::Null).unwrap(), "`to_state` is Some(Null)");
}
