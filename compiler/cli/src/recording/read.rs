//! From the lines of a file to what they record.

use super::{Recorded, Recording, What, Who};
use chrono::DateTime;
use serde_json::{Map, Value};
use thiserror::Error;

/// What is wrong with a line.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {line} {what}")]
pub(crate) struct ReadError {
    line: usize,
    what: String,
}

/// Reads CloudEvents, one JSON object a line. An event that is there twice counts once; events of other sources, and of
/// types that no machine has, are passed over.
pub(crate) fn read(text: &str) -> Result<Recording, ReadError> {
    let mut recording = Recording::default();
    for (number, line) in text.lines().enumerate().filter(|it| !it.1.trim().is_empty()) {
        let fault = |what: String| ReadError { line: number + 1, what };
        let event = serde_json::from_str::<Value>(line).map_err(|it| fault(format!("is not JSON: {it}")))?;
        let event = event.as_object().ok_or_else(|| fault("is no JSON object, and so no event".to_owned()))?;
        if let Some((who, recorded)) = recorded(event).map_err(fault)? {
            recording.machines.entry(who).or_default().push(recorded);
        }
    }
    for events in recording.machines.values_mut() {
        events.sort_by_key(|it| it.sequence);
        events.dedup_by_key(|it| it.sequence);
    }
    Ok(recording)
}

/// What an event records of a machine; nothing if it is about something else.
fn recorded(event: &Map<String, Value>) -> Result<Option<(Who, Recorded)>, String> {
    let text = |name: &str| event.get(name).and_then(Value::as_str);
    let ty = text("type").ok_or("is no CloudEvent: it has no `type`")?;
    if !(ty.starts_with("machine.v1.") || ty.starts_with("io.choria.machine.")) {
        return Ok(None);
    }
    let none = Map::new();
    let data = event.get("data").and_then(Value::as_object).unwrap_or(&none);
    let machine = data.get("machine").and_then(Value::as_str).or_else(|| text("machine"));
    let about_node = text("source").is_some_and(|it| it.matches('/').count() == 2);
    let Some(machine) = machine.filter(|_| !about_node) else { return Ok(None) };
    let node = text("subject").unwrap_or_default();
    let who = Who { node: node.to_owned(), machine: machine.to_owned() };
    let time = text("time").and_then(|it| DateTime::parse_from_rfc3339(it).ok()?.timestamp_nanos_opt());
    let time = time.and_then(|it| u64::try_from(it).ok()).ok_or("has no `time` that can be read")?;
    let sequence = text("sequence").and_then(|it| it.parse().ok()).ok_or("has no `sequence` that can be read")?;
    Ok(Some((who, Recorded { sequence, time_ns: time, what: what(ty, event, data) })))
}

fn what(ty: &str, event: &Map<String, Value>, data: &Map<String, Value>) -> What {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let attribute = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let object = |name: &str| data.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let number = |name: &str| data.get(name).and_then(Value::as_u64).unwrap_or_default();
    match ty {
        "machine.v1.started" => {
            let resumed = data.get("resumed").and_then(Value::as_bool).unwrap_or_default();
            What::Started { state: text("state"), resumed, table: text("table"), facts: object("facts") }
        }
        "machine.v1.facts" => What::Facts { facts: object("facts") },
        "machine.v1.stopped" => What::Stopped,
        "io.choria.machine.v1.transition" => {
            What::Moved { event: text("transition"), from: text("from_state"), to: text("to_state") }
        }
        "io.choria.machine.watcher.exec.v1.state" | "io.choria.machine.watcher.file.v1.state" => What::Reported {
            watcher: text("name"),
            outcome: attribute("outcome"),
            took_ns: number("previous_run_time"),
            fields: of_attributes(event, data),
        },
        "machine.v1.outcome" => What::Reported {
            watcher: text("name"),
            outcome: text("outcome"),
            took_ns: number("run_time"),
            fields: object("fields"),
        },
        "machine.v1.fired" => What::Fired { event: text("event"), fields: object("fields") },
        _ if ty.starts_with("machine.v1.event.") => What::Emitted { event: attribute("event"), fields: data.clone() },
        _ => What::Other,
    }
}

/// What commands and files report is in attributes, because their documents have no field for it.
fn of_attributes(event: &Map<String, Value>, data: &Map<String, Value>) -> Map<String, Value> {
    let returned = event.get("returned").and_then(Value::as_str);
    let mut fields: Map<_, _> = returned.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    for name in ["reason", "code", "signal", "stderr"] {
        if let Some(value) = event.get(name) {
            fields.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(path) = data.get("path") {
        fields.insert("path".to_owned(), path.clone());
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_event_is_told_with_its_line() {
        let check = |text: &str, told: &str| assert_eq!(read(text).unwrap_err().to_string(), told);
        check("\n{", "line 2 is not JSON: EOF while parsing an object at line 1 column 1");
        check("[]", "line 1 is no JSON object, and so no event");
        check("{}", "line 1 is no CloudEvent: it has no `type`");
        let event = r#"{"type":"machine.v1.stopped","subject":"n","data":{"machine":"m"}"#;
        check(&format!("{event}}}"), "line 1 has no `time` that can be read");
        check(&format!(r#"{event},"time":"2026-01-02T03:04:05Z"}}"#), "line 1 has no `sequence` that can be read");
    }

    #[test]
    fn events_are_put_in_order_and_count_once() {
        let event = |sequence: u64, machine: &str| {
            format!(
                r#"{{"type":"machine.v1.stopped","subject":"n","source":"/machines/n/{machine}",
                "time":"2026-01-02T03:04:05.000000001Z","sequence":"{sequence:020}","data":{{"machine":"{machine}"}}}}"#
            )
            .replace('\n', "")
        };
        let other = r#"{"type":"com.example.other"}"#;
        let lines = [event(2, "b"), event(2, "a"), other.to_owned(), event(1, "a"), event(2, "a")].join("\n");
        let recording = read(&lines).unwrap();
        let order: Vec<_> = recording.machines.iter().map(|(who, it)| (who.machine.as_str(), it.len())).collect();
        assert_eq!(order, [("a", 2), ("b", 1)]);
        let first = &recording.machines.values().next().unwrap()[0];
        assert_eq!((first.sequence, first.time_ns % 1_000), (1, 1));
    }
}
