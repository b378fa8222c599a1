//! Asking a node that runs: events for its machines, and how they are.

use crate::args::{Fire, Resend, Status};
use machine_host::control::{ControlError, request};
use serde_json::{Map, Value, json};

/// The exit code for an event that is recorded and not answered.
const NOT_ANSWERED: u8 = 3;
/// The exit code for a range of which the journal holds a part.
const NOT_ALL: u8 = 3;

/// Sends an event; what to print, and the exit code.
pub(crate) fn fire(it: &Fire) -> Result<(String, u8), ControlError> {
    let fields: Map<_, _> = it.fields.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    let what = json!({"fire": {"machine": it.machine, "event": it.event, "fields": fields}});
    let reply = request(&it.state, &what)?;
    let text = |name: &str| text(&reply["fired"], name);
    let (machine, before, now) = (text("machine"), text("state_before"), text("state"));
    if reply["fired"]["answered"] != true {
        return Ok((format!("{machine}: recorded, not answered in state {before}\n"), NOT_ANSWERED));
    }
    let went = if before == now { format!("stays in {now}") } else { format!("{before} -> {now}") };
    Ok((format!("{machine}: {went}\n"), 0))
}

/// Has events sent again; what to print, and the exit code.
pub(crate) fn resend(it: &Resend) -> Result<(String, u8), ControlError> {
    let (first, last) = it.range;
    let reply = request(&it.state, &json!({"resend": {"machine": it.machine, "first": first, "last": last}}))?;
    let sent = &reply["resend"];
    let number = |name: &str| sent[name].as_u64().unwrap_or_default();
    let carriers: Vec<_> = list(sent, "carriers").iter().filter_map(Value::as_str).collect();
    let (machine, carriers, count) = (&it.machine, carriers.join(", "), number("count"));
    let mut told =
        format!("{machine}: {} to {}, {count} in all, are sent again to {carriers}\n", number("first"), number("last"));
    let missing = (last - first + 1).saturating_sub(count);
    if missing > 0 {
        told += &format!("{machine}: the other {missing} are not in the journal\n");
    }
    Ok((told, if missing > 0 { NOT_ALL } else { 0 }))
}

/// How machines are; what to print, and the exit code.
pub(crate) fn status(it: &Status) -> Result<(String, u8), ControlError> {
    let reply = request(&it.state, &json!({"status": {"machine": it.machine}}))?;
    let status = &reply["status"];
    if it.json {
        return Ok((format!("{status:#}\n"), 0));
    }
    let machines = status["machines"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut shown = String::new();
    match (machines, &it.machine) {
        ([machine], Some(_)) => shown = in_full(machine),
        _ => machines.iter().for_each(|it| shown += &in_short(it)),
    }
    if shown.is_empty() {
        shown = "no machine runs on this node\n".to_owned();
    }
    let troubled = list(status, "delivery").iter().filter(|sink| it.machine.is_none() && !sink["trouble"].is_null());
    troubled.for_each(|it| shown += &in_the_way(it));
    Ok((shown, 0))
}

/// `hvac_lab 2.1.0  known.idle  since 2026-01-02T03:04:05.678Z  faults: air.failed`
fn in_short(machine: &Value) -> String {
    let mut line = format!("{} {}  {}", text(machine, "name"), text(machine, "version"), text(machine, "state"));
    if let Some(since) = machine["since"].as_str() {
        line += &format!("  since {since}");
    }
    let faults: Vec<_> = list(machine, "faults").iter().map(dotted).collect();
    if !faults.is_empty() {
        line += &format!("  faults: {}", faults.join(", "));
    }
    line + "\n"
}

/// Nobody elsewhere knows what happens here.
fn in_the_way(sink: &Value) -> String {
    let (name, trouble) = (text(sink, "name"), &sink["trouble"]);
    format!("events do not reach {name} since {}: {}\n", text(trouble, "since"), text(trouble, "text"))
}

fn in_full(machine: &Value) -> String {
    let mut lines = in_short(machine);
    lines += &format!("  table    {}\n", text(machine, "table"));
    for (title, name) in [("data", "data"), ("fact", "facts")] {
        for (name, value) in machine[name].as_object().into_iter().flatten() {
            lines += &format!("  {title:<8} {name} = {value}\n");
        }
    }
    for watcher in list(machine, "watchers").iter().filter(|it| it["state"] != "idle") {
        let (name, kind, state) = (text(watcher, "name"), text(watcher, "kind"), text(watcher, "state"));
        lines += &format!("  watcher  {name} ({kind}) {state}\n");
    }
    for fault in list(machine, "faults") {
        lines += &format!("  fault    {} since {}: {}\n", dotted(fault), text(fault, "since"), text(fault, "why"));
    }
    lines
}

fn dotted(fault: &Value) -> String {
    format!("{}.{}", text(fault, "watcher"), text(fault, "outcome"))
}

fn list<'v>(of: &'v Value, name: &str) -> &'v [Value] {
    of[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Texts from a node are shown without what a terminal would act upon.
fn text(of: &Value, name: &str) -> String {
    let text = of[name].as_str().unwrap_or_default();
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}
