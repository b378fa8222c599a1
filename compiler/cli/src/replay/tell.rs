//! What came of a replay: for people, and as JSON.

use super::{Move, Replay};
use chrono::{DateTime, SecondsFormat};
use machine_core::Milliseconds;
use machine_value::counted;
use serde_json::{Value, json};
use std::fmt::Write;

/// So many transitions are shown before the first that differs.
const BEFORE: usize = 3;

/// What happened, in a few lines.
pub(crate) fn text(replay: &Replay) -> String {
    let Replay { who, events, recorded, .. } = replay;
    let begin = time(replay.begin_ns);
    let mut text = format!(
        "{} on {}: {} in {}, from {begin}\n",
        who.machine,
        who.node,
        counted(*events, "event"),
        short(replay.length_ns)
    );
    let same = replay.same;
    if replay.is_same() {
        _ = writeln!(text, "  goes the same way: {}", counted(same, "transition"));
    } else {
        match same {
            0 => text += "  goes another way from the beginning\n",
            _ => _ = writeln!(text, "  goes another way after {} of {}", counted(same, "transition"), recorded.len()),
        }
        difference(replay, same, &mut text);
    }
    if let Some((at, what)) = replay.unused.first() {
        let count = counted(replay.unused.len(), "event");
        _ = writeln!(
            text,
            "  {count} of the recording could not be given to it; the first, at +{}: {what}",
            short(*at)
        );
    }
    text
}

fn difference(replay: &Replay, same: usize, text: &mut String) {
    let shown = &replay.recorded[same.saturating_sub(BEFORE)..same];
    shown.iter().for_each(|it| line("    ", it, text));
    for (name, course) in [("recorded", &replay.recorded), ("here", &replay.replayed)] {
        _ = writeln!(text, "  {name}:");
        match course.get(same) {
            Some(it) => line("  > ", it, text),
            None => {
                let state = course.last().map_or("where it began", |it| it.to.as_str());
                _ = writeln!(text, "  > it stays in `{state}`");
            }
        }
    }
}

fn line(mark: &str, it: &Move, text: &mut String) {
    _ = writeln!(text, "{mark}+{:<12} {} -> {}   {}", short(it.at_ns), it.from, it.to, it.event);
}

/// The same for programs.
pub(crate) fn json(replay: &Replay) -> Value {
    let course = |it: &Move| json!({"at": seconds(it.at_ns), "event": it.event, "from": it.from, "to": it.to});
    let same = replay.same;
    json!({
        "node": replay.who.node,
        "machine": replay.who.machine,
        "begin": time(replay.begin_ns),
        "events": replay.events,
        "same": replay.is_same(),
        "same_transitions": same,
        "recorded": replay.recorded.get(same).map(course),
        "replayed": replay.replayed.get(same).map(course),
        "unused": replay.unused.iter().map(|(at, what)| json!({"at": seconds(*at), "what": what})).collect::<Vec<_>>(),
    })
}

/// Since the beginning, whole milliseconds.
fn short(ns: u64) -> String {
    Milliseconds(ns / 1_000_000).to_string()
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds of a few centuries")]
fn seconds(ns: u64) -> f64 {
    (ns / 1_000_000) as f64 / 1_000.0
}

fn time(ns: u64) -> String {
    let time = i64::try_from(ns).map(DateTime::from_timestamp_nanos);
    time.map_or_else(|_| "the far future".to_owned(), |it| it.to_rfc3339_opts(SecondsFormat::Secs, true))
}
