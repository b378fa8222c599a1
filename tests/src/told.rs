//! What a node told: its events in short words, and whether they add up.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// One event.
#[derive(Clone, Debug)]
pub struct Told {
    /// `lamp dark -> lit`, `lamp switch.missing`, `lamp starts in dark`, `refused FILE: WHY`.
    pub text: String,
    /// The machine; empty for the node itself.
    pub machine: String,
    /// Its number among those of the machine.
    pub sequence: u64,
    /// When, since 1970.
    pub time: Duration,
    /// The event as it was published.
    pub json: String,
}

/// The whole lines of a file of events.
pub fn read(path: &Path) -> Vec<Told> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(Told::read).collect()
}

impl Told {
    fn read(line: &str) -> Self {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("no event: {error}: {line}"));
        let sequence = text(&event["sequence"]).parse().expect("a number");
        let source = text(&event["source"]);
        // Choria wants one source for all events of life cycles; a slot of a limit names its machine beside it.
        let machine = source.strip_prefix("/machines/n1/").map_or_else(|| text(&event["machine"]), str::to_owned);
        Self {
            text: words(&event, &machine),
            machine,
            sequence,
            time: moment(&text(&event["time"])),
            json: line.into(),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn moment(time: &str) -> Duration {
    let time = chrono::DateTime::parse_from_rfc3339(time).expect("a time");
    let nanoseconds = time.timestamp_nanos_opt().and_then(|it| it.try_into().ok());
    Duration::from_nanos(nanoseconds.expect("a time of our days"))
}

fn words(event: &Value, machine: &str) -> String {
    let data = |name: &str| text(&event["data"][name]);
    let kind = text(&event["type"]);
    match kind.as_str() {
        "io.choria.machine.v1.transition" => format!("{machine} {} -> {}", data("from_state"), data("to_state")),
        "io.choria.machine.watcher.timer.v1.state" => format!("{machine} {} {}", data("name"), data("state")),
        "machine.v1.started" => {
            let verb = if event["data"]["resumed"] == true { "goes on" } else { "starts" };
            format!("{machine} {verb} in {}", data("state"))
        }
        "machine.v1.stopped" => format!("{machine} stops in {}: {}", data("state"), data("reason")),
        "machine.v1.log" => format!("{machine} log {}", data("text")),
        "machine.v1.fault" => format!("{machine} fault {}", data("reason")),
        "machine.v1.fired" => format!("{machine} fired {} {}", data("event"), event["data"]["answered"]),
        "machine.v1.facts" => format!("{machine} facts {}", event["data"]["facts"]),
        "machine.v1.outcome" => format!("{machine} {}.{}", data("name"), data("outcome")),
        "machine.v1.neighbour" => format!("{machine} {} is there: {}", data("other"), event["data"]["present"]),
        "machine.v1.warning" => {
            format!("{machine} warning {}: {}", data("about"), data("text")).trim_start().to_owned()
        }
        emitted if emitted.starts_with("machine.v1.event.") => format!("{machine} emits {}", text(&event["event"])),
        "machine.v1.slowed" => format!("{machine} is slowed"),
        "machine.v1.late" => format!("{machine} late {}.{}", data("name"), text(&event["outcome"])),
        "machine.v1.activated" => format!("activated {}", data("machine")),
        "machine.v1.removed" => format!("removed {}", data("machine")),
        "machine.v1.refused" => {
            let file = data("file");
            format!("refused {}: {}", file.rsplit('/').next().unwrap_or(&file), data("reason"))
        }
        _ if kind.contains(".watcher.") => {
            let told = format!("{machine} {}.{} {}", data("name"), text(&event["outcome"]), text(&event["reason"]));
            told.trim_end().to_owned()
        }
        _ => kind.split('.').next_back().unwrap_or(&kind).to_owned(),
    }
}

/// What must be true of all that a node ever told, whatever became of it in between.
///
/// - The numbers of each machine go from 1 without a gap.
/// - An event that is told twice is the same to the byte.
/// - Each machine goes on where it was, and leaves the state that it is in.
#[track_caller]
pub fn assert_adds_up(told: &[Told]) {
    let mut machines: BTreeMap<&str, BTreeMap<u64, &Told>> = BTreeMap::new();
    for it in told {
        let before = machines.entry(&it.machine).or_default().insert(it.sequence, it);
        assert!(before.is_none_or(|before| before.json == it.json), "told in two ways: {before:#?} {it:#?}");
    }
    for (machine, events) in machines {
        assert!(events.keys().copied().eq(1..=events.len() as u64), "{machine}: {:?}", events.keys());
        if !machine.is_empty() {
            assert_goes_on(machine, events.into_values());
        }
    }
}

#[track_caller]
fn assert_goes_on<'t>(machine: &str, events: impl Iterator<Item = &'t Told>) {
    let mut state = String::new();
    for told in events {
        let words = told.text.strip_prefix(machine).unwrap_or_default().trim();
        if let Some(begun) = words.strip_prefix("starts in ") {
            state = begun.to_owned();
        } else if let Some(resumed) = words.strip_prefix("goes on in ") {
            assert_eq!(resumed, state, "{told:#?}");
        } else if let Some((from, to)) = words.split_once(" -> ") {
            assert_eq!(from, state, "{told:#?}");
            state = to.to_owned();
        }
    }
}
