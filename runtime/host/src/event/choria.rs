//! The documents of Choria Autonomous Agents, version 1, field by field: its clients, and what is built on its
//! streams, read our events as its own.
//!
//! Their fields are fixed, so what they have no field for goes into extension attributes of the event.

use super::document::{Document, NAME, Scene, TEXT, nanoseconds};
use super::happening::Outcome;
use std::time::Duration;

/// The part of a node that its life cycle events are about. Choria's tools count nodes by the servers that are alive.
const COMPONENT: &str = "server";

/// A machine took a transition.
pub(super) fn transition(scene: Scene<'_>, event: &str, from: &str, to: &str) -> Document {
    let mut document = scene.begin("io.choria.machine.v1.transition");
    document.text("transition", event, NAME);
    document.text("from_state", from, NAME);
    document.text("to_state", to, NAME);
    document
}

/// A command ended. A line of shell is a command to Choria; the attribute `kind` tells the two apart.
pub(super) fn exec(scene: Scene<'_>, outcome: &Outcome) -> Document {
    let mut document = watcher(scene, "exec", &outcome.watcher);
    let success = if outcome.fault { "error" } else { "success" };
    document.text("command", field(outcome, &["command", "script"]), TEXT);
    document.put("previous_outcome", word(outcome, &["unknown", "skipped", "error", "success"], success));
    document.put("previous_run_time", nanoseconds(outcome.took));
    document.attributes.outcome(outcome);
    document.attributes.fields(outcome);
    document
}

/// A file was looked at.
pub(super) fn file(scene: Scene<'_>, outcome: &Outcome) -> Document {
    let mut document = watcher(scene, "file", &outcome.watcher);
    let changed = match outcome.outcome.as_str() {
        _ if outcome.fault => "error",
        "changed" => "changed",
        _ => "unchanged",
    };
    document.text("path", field(outcome, &["path"]), TEXT);
    document.put("previous_outcome", word(outcome, &["unknown", "error", "skipped", "unchanged", "changed"], changed));
    document.attributes.outcome(outcome);
    document.attributes.fields(outcome);
    document
}

/// It is time, or a window opened or closed. What Choria calls a schedule has windows only, so a moment is one that
/// opens.
pub(super) fn schedule(scene: Scene<'_>, outcome: &Outcome) -> Document {
    let mut document = watcher(scene, "schedule", &outcome.watcher);
    let state = field(outcome, &["state"]);
    document.put("state", if ["off", "skipped"].contains(&state) { state } else { "on" });
    document.attributes.outcome(outcome);
    document.attributes.fields(outcome);
    document
}

/// A timer was armed, or is over.
pub(super) fn timer(scene: Scene<'_>, name: &str, running: bool, duration: Duration) -> Document {
    let mut document = watcher(scene, "timer", name);
    document.put("state", if running { "running" } else { "stopped" });
    document.put("timer", nanoseconds(duration));
    document
}

/// The node began to run.
pub(super) fn startup(scene: Scene<'_>, version: &str) -> Document {
    let mut document = life_cycle(scene, "startup");
    document.text("version", version, NAME);
    document
}

/// The node ends in order.
pub(super) fn shutdown(scene: Scene<'_>) -> Document {
    life_cycle(scene, "shutdown")
}

/// The node is alive.
pub(super) fn alive(scene: Scene<'_>, version: &str) -> Document {
    let mut document = life_cycle(scene, "alive");
    document.text("version", version, NAME);
    document
}

/// What the states of all watchers have.
fn watcher(scene: Scene<'_>, kind: &str, name: &str) -> Document {
    let mut document = scene.begin(&format!("io.choria.machine.watcher.{kind}.v1.state"));
    document.put("type", kind);
    document.text("name", name, NAME);
    document
}

/// What all life cycle events have. Their document repeats the id of the event.
fn life_cycle(scene: Scene<'_>, kind: &str) -> Document {
    let mut document = scene.begin(&format!("io.choria.lifecycle.v1.{kind}"));
    document.put("id", scene.id);
    document.put("component", COMPONENT);
    document
}

/// The driver's word for the outcome if it is one that Choria's clients know for this kind.
fn word<'a>(outcome: &'a Outcome, known: &[&str], otherwise: &'a str) -> &'a str {
    outcome.choria.as_deref().filter(|word| known.contains(word)).unwrap_or(otherwise)
}

/// The first of these fields that the driver gave; the document has to have it even when the driver did not.
fn field<'a>(outcome: &'a Outcome, names: &[&str]) -> &'a str {
    names.iter().find_map(|name| outcome.fields.get(*name)?.as_str()).unwrap_or_default()
}
