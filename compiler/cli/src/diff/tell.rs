//! What differs: for people, and as JSON.

use super::Difference;
use super::side::Reaction;
use super::walk::{Behaviour, Differs, Step};
use crate::report::counted;
use machine_core::Milliseconds;
use serde_json::{Value, json};
use std::fmt::Write;

/// What was found, in a few lines.
pub(crate) fn text(found: &Difference) -> String {
    let mut text = format!("{}\n", found.machine);
    for it in &found.shape {
        _ = writeln!(text, "  {:<11} {}", it.of, it.what);
    }
    match &found.behaviour {
        Behaviour::Differs(it) => differs(it, &mut text),
        Behaviour::Same { pairs, limits } => {
            let all = if limits.is_empty() { "everything that can happen" } else { "what was tried" };
            _ = writeln!(text, "  behaves in the same way in {all}: {}", counted(*pairs, "pair"));
            limits.iter().for_each(|it| _ = writeln!(text, "  but {it}"));
        }
    }
    text
}

fn differs(it: &Differs, text: &mut String) {
    let events = counted(it.before.len() + 1, "event");
    _ = writeln!(text, "  behaves in another way after {events}:");
    it.before.iter().for_each(|it| step(it, text));
    _ = writeln!(text, "  > +{:<10} {:<24} {}", time(it.at_ns), it.state, it.happens);
    for (name, reaction) in [("old", &it.old), ("new", &it.new)] {
        _ = writeln!(text, "  {name}:");
        for line in lines(reaction, &it.state) {
            _ = writeln!(text, "  > {line}");
        }
    }
}

fn step(it: &Step, text: &mut String) {
    _ = writeln!(text, "    +{:<10} {:<24} {}", time(it.at_ns), course(&it.reaction), it.happens);
}

/// `idle -> running`, or where it stays.
fn course(it: &Reaction) -> String {
    let first = it.moves.first().map_or(it.state.as_str(), |it| it.0.as_str());
    let moved: String = it.moves.iter().map(|it| format!(" -> {}", it.1)).collect();
    format!("{first}{moved}")
}

/// What others see.
fn lines(it: &Reaction, before: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if it.is_refused {
        lines.push("nothing answers it".to_owned());
    }
    match it.moves.is_empty() {
        false => lines.push(course(it)),
        true if before.is_empty() => lines.push(format!("it is in `{}`", it.state)),
        true => lines.push(format!("it stays in `{}`", it.state)),
    }
    lines.extend(it.told.iter().cloned());
    lines.extend(it.watchers.iter().cloned());
    lines
}

/// The same for programs.
pub(crate) fn json(found: &Difference) -> Value {
    let shape: Vec<_> = found.shape.iter().map(|it| json!({"of": it.of, "what": it.what})).collect();
    let behaviour = match &found.behaviour {
        Behaviour::Same { pairs, limits } => {
            json!({"same": true, "complete": limits.is_empty(), "pairs": pairs, "limits": limits})
        }
        Behaviour::Differs(it) => json!({
            "same": false,
            "before": it.before.iter().map(|it| event(it.at_ns, &it.happens, &it.reaction)).collect::<Vec<_>>(),
            "at": seconds(it.at_ns),
            "event": it.happens,
            "state": it.state,
            "old": reaction(&it.old),
            "new": reaction(&it.new),
        }),
    };
    json!({"machine": found.machine, "same": found.is_none(), "shape": shape, "behaviour": behaviour})
}

fn event(at_ns: u64, happens: &str, it: &Reaction) -> Value {
    json!({"at": seconds(at_ns), "event": happens, "state": it.state})
}

fn reaction(it: &Reaction) -> Value {
    let moves: Vec<_> = it.moves.iter().map(|(from, to)| json!({"from": from, "to": to})).collect();
    json!({"state": it.state, "refused": it.is_refused, "moves": moves, "told": it.told, "watchers": it.watchers})
}

fn time(ns: u64) -> String {
    Milliseconds(ns / 1_000_000).to_string()
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds of a few centuries")]
fn seconds(ns: u64) -> f64 {
    (ns / 1_000_000) as f64 / 1_000.0
}
