//! Every event against the rules of CloudEvents 1.0 and the fields and types of Choria's documents.
//!
//! The rules are written down here a second time, over the bytes that go out: this is what a stranger's reader sees.

use super::{everything, samples, value};
use crate::event::happening::{Outcome, What, Whom};
use serde_json::Value;
use std::collections::BTreeMap;

/// The type of a field of a document.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// A text.
    S,
    /// A whole number.
    I,
    /// A yes or no.
    B,
    /// An object.
    O,
}
use Kind::{B, I, O, S};

/// What each document has, beyond what all of its family have.
fn fields(protocol: &str, of_machine: bool) -> Vec<(&'static str, Kind)> {
    let base = vec![("protocol", S), ("identity", S), ("timestamp", I)];
    let machine = [("id", S), ("version", S), ("machine", S)];
    let watcher = [("type", S), ("name", S)];
    let life_cycle = [("id", S), ("component", S)];
    let range = [("sink", S), ("first", I), ("last", I), ("count", I)];
    let report = [("outcome", S), ("fault", B), ("run_time", I), ("fields", O)];
    let parts: &[&[(&'static str, Kind)]] = match protocol {
        "io.choria.machine.v1.transition" => &[&machine, &[("transition", S), ("from_state", S), ("to_state", S)]],
        "io.choria.machine.watcher.exec.v1.state" => {
            &[&machine, &watcher, &[("command", S), ("previous_outcome", S), ("previous_run_time", I)]]
        }
        "io.choria.machine.watcher.file.v1.state" => &[&machine, &watcher, &[("path", S), ("previous_outcome", S)]],
        "io.choria.machine.watcher.schedule.v1.state" => &[&machine, &watcher, &[("state", S)]],
        "io.choria.machine.watcher.timer.v1.state" => &[&machine, &watcher, &[("state", S), ("timer", I)]],
        "io.choria.machine.watcher.kv.v1.state" => {
            &[&machine, &watcher, &[("state", S), ("bucket", S), ("key", S), ("mode", S)]]
        }
        "io.choria.lifecycle.v1.governor" => &[&life_cycle, &[("governor", S), ("sequence", I), ("event_type", S)]],
        "io.choria.lifecycle.v1.upgraded" => &[&life_cycle, &[("version", S), ("new_version", S)]],
        "io.choria.lifecycle.v1.startup" | "io.choria.lifecycle.v1.alive" => &[&life_cycle, &[("version", S)]],
        "io.choria.lifecycle.v1.shutdown" | "io.choria.lifecycle.v1.provisioned" => &[&life_cycle],
        "machine.v1.started" => &[&machine, &[("state", S), ("resumed", B), ("table", S), ("facts", O)]],
        "machine.v1.facts" => &[&machine, &[("facts", O)]],
        "machine.v1.stopped" => &[&machine, &[("state", S), ("reason", S)]],
        "machine.v1.slowed" => &[&machine, &[("state", S), ("delay", I)]],
        "machine.v1.log" => &[&machine, &[("state", S), ("text", S)]],
        "machine.v1.fault" => &[&machine, &[("reason", S), ("position", S), ("state", S), ("handled", B)]],
        "machine.v1.fired" => &[&machine, &[("event", S), ("fields", O), ("state", S), ("answered", B)]],
        "machine.v1.neighbour" => &[&machine, &[("other", S), ("present", B)]],
        "machine.v1.late" | "machine.v1.rejected" | "machine.v1.outcome" => &[&machine, &watcher, &report],
        "machine.v1.dropped" => &[&machine, &range, &[("since", S)]],
        "machine.v1.resent" => &[&machine, &range],
        "machine.v1.undeliverable" => {
            &[&machine, &[("sink", S), ("event", S), ("kind", S), ("number", I), ("reason", S)]]
        }
        "machine.v1.stream.regressed" => {
            &[&machine, &[("sink", S), ("stream", S), ("acknowledged", I), ("held", I), ("text", S)]]
        }
        "machine.v1.identity.conflict" => &[&machine, &[("sink", S), ("stream", S), ("event", S), ("text", S)]],
        "machine.v1.sink" => &[&[("sink", S), ("state", S), ("text", S)]],
        "machine.v1.sequences" => &[&[("machines", O), ("part", I), ("parts", I)]],
        "machine.v1.warning" if of_machine => &[&machine, &[("about", S), ("text", S)]],
        "machine.v1.warning" => &[&[("about", S), ("text", S)]],
        "machine.v1.activated" => &[&[("machine", S), ("table", S)]],
        "machine.v1.refused" => &[&[("file", S), ("reason", S)]],
        "machine.v1.removed" => &[&[("machine", S)]],
        other => panic!("no table for {other}"),
    };
    parts.iter().fold(base, |all, part| [all, part.to_vec()].concat())
}

fn kind(value: &Value) -> Option<Kind> {
    match value {
        Value::String(_) => Some(S),
        Value::Number(number) if number.is_i64() => Some(I),
        Value::Bool(_) => Some(B),
        Value::Object(_) => Some(O),
        _ => None,
    }
}

#[test]
fn every_document_has_its_fields_and_no_others() {
    for (name, what) in everything::all() {
        let of_machine = what.whom() != Whom::Node;
        let event = value(what);
        let protocol = event["type"].as_str().unwrap();
        if protocol.starts_with("machine.v1.event.") {
            // The author's own: all of it and nothing else.
            assert_eq!(event["data"], serde_json::json!({"for": "1m30s", "room": "lab", "worst": 1200}));
            continue;
        }
        let mut wanted: BTreeMap<_, _> = fields(protocol, of_machine).into_iter().map(|(f, k)| (f, Some(k))).collect();
        if name == "resumed" {
            // A machine that asks for no facts.
            wanted.remove("facts");
        }
        let data = event["data"].as_object().unwrap();
        let found: BTreeMap<_, _> = data.iter().map(|(f, value)| (f.as_str(), kind(value))).collect();
        assert_eq!(found, wanted, "{name}");
        assert_eq!(data["protocol"], protocol, "{name}");
        assert_eq!(data["identity"], event["subject"], "{name}");
        assert_eq!(data["timestamp"], 1_767_323_045, "{name}");
    }
}

#[test]
fn every_event_keeps_the_rules_of_cloudevents() {
    for (name, what) in everything::all() {
        if let Err(broken) = rules(&value(what)) {
            panic!("{name}: {broken}");
        }
    }
}

#[test]
fn names_from_outside_keep_the_rules_of_cloudevents() {
    for odd in ["größe 😀", "a/b?c#d", "\u{1b}[2J", "a\nb", "\"\\", "%41", ".", " ", "\u{ffff}\u{202e}"] {
        let mut origin = samples::origin(odd, Some(odd));
        origin.machine.as_mut().unwrap().version = odd.to_owned();
        let mut outcome = samples::exec_failed();
        outcome.outcome = odd.to_owned();
        outcome.why = odd.to_owned();
        outcome.fields.insert("stderr".to_owned(), odd.into());
        let event = crate::event::event(&origin, &samples::happening(What::Outcome(outcome))).unwrap();
        assert!(crate::event::binding::check(event.json.get().as_bytes()).is_ok());
        let event: Value = serde_json::from_str(event.json.get()).unwrap();
        assert_eq!(rules(&event), Ok(()), "{odd:?}");
        assert_eq!(event["data"]["identity"], odd);
    }
}

/// What CloudEvents 1.0 and its JSON format ask of an event, and that we also promise to give.
fn rules(event: &Value) -> Result<(), String> {
    let members = event.as_object().ok_or("is no object")?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).ok_or(format!("{name} is no text"));
    let promised = ["id", "source", "specversion", "type", "subject", "time", "datacontenttype", "dataschema"];
    promised.iter().try_for_each(|name| text(name).map(drop))?;
    hold(text("specversion")? == "1.0", "specversion")?;
    hold(text("datacontenttype")? == "application/json", "datacontenttype")?;
    hold(is_reference(text("source")?), "source")?;
    hold(text("dataschema")?.starts_with(&format!("urn:machine:schema:{}:", text("type")?)), "dataschema")?;
    hold(is_moment(text("time")?) && is_moment(text("recordedtime")?), "time")?;
    hold(text("sequence")?.len() == 20, "sequence")?;
    hold(text("traceparent")?.len() == 55, "traceparent")?;
    members.iter().filter(|(name, _)| *name != "data").try_for_each(|(name, value)| {
        hold(is_attribute_name(name), &format!("the name {name}"))?;
        hold(is_attribute_value(value), &format!("the value of {name}"))
    })
}

fn hold(rule: bool, what: &str) -> Result<(), String> {
    if rule { Ok(()) } else { Err(format!("{what} breaks a rule")) }
}

fn is_attribute_name(name: &str) -> bool {
    (1..=20).contains(&name.len()) && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9'))
}

fn is_attribute_value(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::Number(number) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        Value::String(text) => {
            let forbidden =
                |c: char| c.is_control() || u32::from(c) & 0xFFFE == 0xFFFE || ('\u{fdd0}'..='\u{fdef}').contains(&c);
            !text.is_empty() && !text.contains(forbidden)
        }
        _ => false,
    }
}

/// A reference of RFC 3986, as far as ours go: a relative path, or a name that looks like one segment of it.
fn is_reference(text: &str) -> bool {
    let escapes = text.split('%').skip(1);
    let escaped = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b);
    !text.is_empty() && text.bytes().all(plain) && escapes.into_iter().all(escaped)
}

/// RFC 3339, universal time, nine digits below the second.
fn is_moment(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00.000000000Z"
}

#[test]
fn machines_and_nodes_have_their_sources() {
    for (name, what) in everything::all() {
        let event = value(what.clone());
        let source = match &what {
            What::Startup { .. } | What::Shutdown | What::Alive { .. } => "io.choria.lifecycle",
            What::Provisioned | What::Upgraded { .. } | What::Slot { .. } => "io.choria.lifecycle",
            _ if what.whom() != Whom::Node => "/machines/n1.example.net/container_manager",
            _ => "/machines/n1.example.net",
        };
        assert_eq!(event["source"], source, "{name}");
    }
}

/// Choria's clients drop a life cycle event unless its protocol has five parts, and compare the two ids.
#[test]
fn life_cycle_events_are_what_choria_reads() {
    let text = str::to_owned;
    for what in [
        What::Startup { version: text("1") },
        What::Shutdown,
        What::Alive { version: text("1") },
        What::Provisioned,
        What::Upgraded { from: text("1"), to: text("2") },
    ] {
        let event = value(what);
        assert_eq!(event["type"].as_str().unwrap().split('.').count(), 5);
        assert_eq!(event["data"]["id"], event["id"]);
        assert_eq!(event["data"]["component"], "server");
    }
}

#[test]
fn outcomes_are_told_in_words_that_choria_knows() {
    let check = |outcome: &Outcome, choria: Option<&str>, word: &str| {
        let outcome = Outcome { choria: choria.map(str::to_owned), ..outcome.clone() };
        assert_eq!(value(What::Outcome(outcome))["data"]["previous_outcome"], word);
    };
    check(&samples::exec_ok(), Some("success"), "success");
    check(&samples::exec_ok(), Some("skipped"), "skipped");
    check(&samples::exec_ok(), Some("splendid"), "success");
    check(&samples::exec_ok(), None, "success");
    check(&samples::exec_failed(), None, "error");
    check(&samples::file_changed(), None, "changed");
    check(&samples::file_changed(), Some("unchanged"), "unchanged");
    check(&samples::file_missing(), None, "error");
    let present = Outcome { outcome: "present".to_owned(), ..samples::file_changed() };
    check(&present, None, "unchanged");
}

#[test]
fn a_late_outcome_never_looks_like_a_live_one() {
    for outcome in [samples::exec_ok(), samples::shell_ok(), samples::file_changed(), samples::other_kind()] {
        let event = value(What::Outcome(Outcome { late: true, ..outcome }));
        assert_eq!(event["type"], "machine.v1.late");
    }
}
