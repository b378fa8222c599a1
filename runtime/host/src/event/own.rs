//! Documents of our own, for what Choria has no event for. Their types begin with `machine.v1.`, and they stay off
//! Choria's subjects.

use super::attribute::Attributes;
use super::document::{Document, NAME, Scene, TEXT, nanoseconds};
use super::happening::Outcome;
use super::identity::About;
use super::text::head;
use serde_json::{Map, Value};
use std::time::Duration;

/// Room for all fields of an outcome together, in bytes of JSON.
const FIELDS: usize = 24 * 1024;

/// A machine began to run.
pub(super) fn started(scene: Scene<'_>, state: &str, resumed: bool, table: &str) -> Document {
    let mut document = scene.begin("machine.v1.started");
    document.text("state", state, NAME);
    document.put("resumed", resumed);
    document.text("table", table, NAME);
    document.attributes.text("table", table);
    document
}

/// A machine stopped.
pub(super) fn stopped(scene: Scene<'_>, state: &str, reason: &str) -> Document {
    let mut document = scene.begin("machine.v1.stopped");
    document.text("state", state, NAME);
    document.text("reason", reason, TEXT);
    document
}

/// A machine is slowed down.
pub(super) fn slowed(scene: Scene<'_>, delay: Duration, state: &str) -> Document {
    let mut document = scene.begin("machine.v1.slowed");
    document.text("state", state, NAME);
    document.put("delay", nanoseconds(delay));
    document
}

/// An event of the author's own: its type names machine and event, and its `data` is what the author put in.
pub(super) fn emitted(scene: Scene<'_>, event: &str, fields: &Map<String, Value>) -> Document {
    let machine = if let About::Machine(_, machine) = scene.about { machine.name.as_str() } else { "" };
    let protocol = format!("machine.v1.event.{}.{}", type_part(machine), type_part(event));
    let mut document = Document { protocol, data: bounded(fields), attributes: Attributes::default() };
    if let About::Machine(_, machine) = scene.about {
        document.attributes.text("machine", &machine.name);
        document.attributes.text("version", &machine.version);
    }
    document.attributes.text("event", event);
    document
}

/// A name as a part of a type: without dots, which separate the parts.
fn type_part(name: &str) -> String {
    let fit = |it: char| if it.is_ascii_alphanumeric() || it == '_' || it == '-' { it } else { '-' };
    name.chars().map(fit).collect()
}

/// A line for people.
pub(super) fn log(scene: Scene<'_>, text: &str, state: &str) -> Document {
    let mut document = scene.begin("machine.v1.log");
    document.text("state", state, NAME);
    document.text("text", text, TEXT);
    document
}

/// A calculation failed.
pub(super) fn faulted(scene: Scene<'_>, reason: &str, position: &str, state: &str, handled: bool) -> Document {
    let mut document = scene.begin("machine.v1.fault");
    document.text("reason", reason, NAME);
    document.text("position", position, NAME);
    document.text("state", state, NAME);
    document.put("handled", handled);
    document.attributes.text("reason", reason);
    document
}

/// An operator sent an event.
pub(super) fn fired(
    scene: Scene<'_>,
    event: &str,
    fields: &Map<String, Value>,
    state: &str,
    answered: bool,
) -> Document {
    let mut document = scene.begin("machine.v1.fired");
    document.text("event", event, NAME);
    document.put("fields", bounded(fields));
    document.text("state", state, NAME);
    document.put("answered", answered);
    document
}

/// Another machine came or is missing.
pub(super) fn neighbour(scene: Scene<'_>, other: &str, present: bool) -> Document {
    let mut document = scene.begin("machine.v1.neighbour");
    document.text("other", other, NAME);
    document.put("present", present);
    document
}

/// Something that somebody should look at.
pub(super) fn warning(scene: Scene<'_>, about: &str, text: &str) -> Document {
    let mut document = scene.begin("machine.v1.warning");
    document.text("about", about, NAME);
    document.text("text", text, TEXT);
    document
}

/// A watcher of a kind that Choria does not have reported.
pub(super) fn outcome(scene: Scene<'_>, outcome: &Outcome) -> Document {
    report(scene, "machine.v1.outcome", outcome)
}

/// A watcher reported for a visit that is over.
pub(super) fn late(scene: Scene<'_>, outcome: &Outcome) -> Document {
    report(scene, "machine.v1.late", outcome)
}

/// A table took over.
pub(super) fn activated(scene: Scene<'_>, machine: &str, table: &str) -> Document {
    let mut document = scene.begin("machine.v1.activated");
    document.text("machine", machine, NAME);
    document.text("table", table, NAME);
    document.attributes.text("table", table);
    document
}

/// A table was refused.
pub(super) fn refused(scene: Scene<'_>, file: &str, reason: &str) -> Document {
    let mut document = scene.begin("machine.v1.refused");
    document.text("file", file, TEXT);
    document.text("reason", reason, TEXT);
    document
}

/// A table is gone.
pub(super) fn removed(scene: Scene<'_>, machine: &str) -> Document {
    let mut document = scene.begin("machine.v1.removed");
    document.text("machine", machine, NAME);
    document
}

fn report(scene: Scene<'_>, protocol: &str, outcome: &Outcome) -> Document {
    let mut document = scene.begin(protocol);
    document.text("type", &outcome.kind, NAME);
    document.text("name", &outcome.watcher, NAME);
    document.text("outcome", &outcome.outcome, NAME);
    document.put("fault", outcome.fault);
    document.put("run_time", nanoseconds(outcome.took));
    document.put("fields", bounded(&outcome.fields));
    document.attributes.outcome(outcome);
    document
}

/// The fields, texts cut and the whole bounded; what has no room is counted under the name `…`.
fn bounded(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::new();
    let mut used = 0;
    for (name, value) in fields {
        let value = cut(value);
        used += Value::from(name.as_str()).to_string().len() + value.to_string().len() + 2;
        if used > FIELDS {
            break;
        }
        kept.insert(name.clone(), value);
    }
    let left_out = fields.len() - kept.len();
    if left_out > 0 {
        kept.insert("…".to_owned(), left_out.into());
    }
    kept
}

fn cut(value: &Value) -> Value {
    match value {
        Value::String(text) => head(text, TEXT).into(),
        Value::Array(items) => items.iter().map(cut).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), cut(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn small_fields_stay_as_they_are() {
        let given = fields(json!({"status": 2, "perf": [{"label": "load", "value": 0.5}], "none": null, "up": true}));
        assert_eq!(bounded(&given), given);
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let given = fields(json!({"a": "x".repeat(9000), "b": "y".repeat(7000), "c": "z".repeat(9000), "d": 1}));
        let kept = bounded(&given);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert!(kept["a"].as_str().unwrap().ends_with("x…[+840 bytes]"), "{}", kept["a"]);

        let given = fields(json!({"a": vec![1; 20_000], "b": 1, "c": 2}));
        assert_eq!(Value::from(bounded(&given)), json!({"…": 3}));
    }
}
