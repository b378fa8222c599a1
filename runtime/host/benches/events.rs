//! How long it takes to build and write the event of a transition, beside the SDK of CloudEvents and two limits.
//!
//! All write the same event, with the same attributes. Ours also computes its id, source and trace, checks and cuts the
//! names in it, and names its schema; the others are given all that.
//!
//! `cargo bench -p machine-host --bench events`

use chrono::{DateTime, Utc};
use cloudevents::{EventBuilder, EventBuilderV10};
use machine_host::event::event;
use machine_host::event::happening::{Cause, Happening, MachineOrigin, Origin, What};
use serde::Serialize;
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::{Duration, Instant};

const TYPE: &str = "io.choria.machine.v1.transition";
const ROUNDS: usize = 15;
const EVENTS: u64 = 20_000;

fn main() {
    let given = Given::new();
    let ways: [(&str, &dyn Fn(&Given) -> usize); 5] = [
        ("ours", &ours),
        ("cloudevents-sdk: build and write", &sdk),
        ("serde_json: structs, everything given", &structs),
        ("serde_json: a value, everything given", &value),
        ("written by hand, everything given", &by_hand),
    ];
    let mut least = [Duration::MAX; 5];
    for _ in 0..ROUNDS {
        for (least, (_, way)) in least.iter_mut().zip(&ways) {
            *least = (*least).min(time(&given, way));
        }
    }
    println!("one event of {} bytes, the best of {ROUNDS} rounds of {EVENTS}:", ours(&given));
    for ((name, _), time) in ways.iter().zip(least) {
        let [each, of_sdk] = [nanoseconds(time), nanoseconds(time) / nanoseconds(least[1])];
        println!("  {name:<40} {each:>6.0} ns  {of_sdk:>5.2} times the SDK");
    }
}

fn time(given: &Given, way: &dyn Fn(&Given) -> usize) -> Duration {
    let start = Instant::now();
    let bytes: usize = (0..EVENTS).map(|_| way(black_box(given))).sum();
    black_box(bytes);
    start.elapsed()
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9 / EVENTS as f64
}

/// What an event is made of, and the same as an event that is there already.
struct Given {
    origin: Origin,
    happening: Happening,
    event: Value,
    time: DateTime<Utc>,
}

impl Given {
    fn new() -> Self {
        let text = str::to_owned;
        let machine =
            MachineOrigin { name: text("guardian_17"), version: text("1.4.0"), instance: text("b3f1c2f86ad5") };
        let origin = Origin { node: text("node17.dc1.example.net"), machine: Some(machine), epoch: 1_767_225_600_000 };
        let trace = text("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        let cause = Cause { id: text("node17.dc1.example.net.guardian_17.1767225600000.41"), trace };
        let what = What::Transition { event: text("check.failed"), from: text("healthy"), to: text("failing") };
        let time_ns = 1_767_323_045_678_901_234;
        let happening = Happening { sequence: 42, time_ns, recorded_ns: time_ns, cause: Some(cause), what };
        let event = event(&origin, &happening).expect("the names are good");
        let event = serde_json::from_str(event.json.get()).expect("an event is JSON");
        Self { origin, happening, event, time: DateTime::UNIX_EPOCH + Duration::from_nanos(time_ns) }
    }

    fn text(&self, name: &str) -> &str {
        self.event[name].as_str().unwrap_or_default()
    }

    fn data(&self, name: &str) -> &str {
        self.event["data"][name].as_str().unwrap_or_default()
    }
}

fn ours(given: &Given) -> usize {
    event(&given.origin, &given.happening).expect("the names are good").json.get().len()
}

fn sdk(given: &Given) -> usize {
    let event = EventBuilderV10::new()
        .id(given.text("id"))
        .source(given.text("source"))
        .ty(TYPE)
        .subject(given.text("subject"))
        .time(given.time)
        .extension("cause", given.text("cause").to_owned())
        .extension("recordedtime", given.text("recordedtime").to_owned())
        .extension("sequence", given.text("sequence").to_owned())
        .extension("traceparent", given.text("traceparent").to_owned())
        .data_with_schema("application/json", given.text("dataschema").to_owned(), document(given))
        .build()
        .expect("the event is good");
    serde_json::to_vec(&event).expect("an event is JSON").len()
}

fn document(given: &Given) -> Value {
    json!({
        "protocol": TYPE,
        "identity": given.data("identity"),
        "id": given.data("id"),
        "version": given.data("version"),
        "timestamp": 1_767_323_045_u64,
        "machine": given.data("machine"),
        "transition": given.data("transition"),
        "from_state": given.data("from_state"),
        "to_state": given.data("to_state"),
    })
}

fn value(given: &Given) -> usize {
    serde_json::to_vec(&json!({
        "specversion": "1.0",
        "id": given.text("id"),
        "source": given.text("source"),
        "type": TYPE,
        "subject": given.text("subject"),
        "datacontenttype": "application/json",
        "dataschema": given.text("dataschema"),
        "time": given.text("time"),
        "cause": given.text("cause"),
        "recordedtime": given.text("recordedtime"),
        "sequence": given.text("sequence"),
        "traceparent": given.text("traceparent"),
        "data": document(given),
    }))
    .expect("a value is JSON")
    .len()
}

#[derive(Serialize)]
struct Whole<'g> {
    specversion: &'g str,
    id: &'g str,
    source: &'g str,
    r#type: &'g str,
    subject: &'g str,
    datacontenttype: &'g str,
    dataschema: &'g str,
    time: &'g str,
    cause: &'g str,
    recordedtime: &'g str,
    sequence: &'g str,
    traceparent: &'g str,
    data: Part<'g>,
}

#[derive(Serialize)]
struct Part<'g> {
    protocol: &'g str,
    identity: &'g str,
    id: &'g str,
    version: &'g str,
    timestamp: u64,
    machine: &'g str,
    transition: &'g str,
    from_state: &'g str,
    to_state: &'g str,
}

fn structs(given: &Given) -> usize {
    let data = Part {
        protocol: TYPE,
        identity: given.data("identity"),
        id: given.data("id"),
        version: given.data("version"),
        timestamp: 1_767_323_045,
        machine: given.data("machine"),
        transition: given.data("transition"),
        from_state: given.data("from_state"),
        to_state: given.data("to_state"),
    };
    let whole = Whole {
        specversion: "1.0",
        id: given.text("id"),
        source: given.text("source"),
        r#type: TYPE,
        subject: given.text("subject"),
        datacontenttype: "application/json",
        dataschema: given.text("dataschema"),
        time: given.text("time"),
        cause: given.text("cause"),
        recordedtime: given.text("recordedtime"),
        sequence: given.text("sequence"),
        traceparent: given.text("traceparent"),
        data,
    };
    serde_json::to_vec(&whole).expect("structs are JSON").len()
}

/// As fast as it gets with texts that are known to need no escapes.
fn by_hand(given: &Given) -> usize {
    let mut json = Vec::with_capacity(1024);
    json.extend_from_slice(br#"{"specversion":"1.0""#);
    for name in ["id", "source", "type", "subject", "datacontenttype", "dataschema", "time", "cause", "recordedtime"] {
        member(&mut json, name, given.text(name));
    }
    member(&mut json, "sequence", given.text("sequence"));
    member(&mut json, "traceparent", given.text("traceparent"));
    json.extend_from_slice(br#","data":{"timestamp":1767323045"#);
    for name in ["protocol", "identity", "id", "version", "machine", "transition", "from_state", "to_state"] {
        member(&mut json, name, given.data(name));
    }
    json.extend_from_slice(b"}}");
    json.len()
}

fn member(json: &mut Vec<u8>, name: &str, value: &str) {
    for part in [",\"", name, "\":\"", value, "\""] {
        json.extend_from_slice(part.as_bytes());
    }
}
