//! How long it takes to build and write the event of a transition, beside the SDK of CloudEvents and two limits.
//!
//! All write the same event, with the same attributes. Ours also computes its id, source and trace, checks and cuts the
//! names in it, and names its schema; the others are given all that.
//!
//! `cargo bench -p machine-host --bench events`
#![allow(clippy::expect_used, reason = "a benchmark that cannot make its event has nothing to measure")]

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

/// A way to write the event; how many bytes it was.
type Way = fn(&Given) -> usize;

fn main() {
    let given = Given::new();
    let ways: [(&str, Way); 5] = [
        ("ours", ours),
        ("cloudevents-sdk: build and write", sdk),
        ("serde_json: structs, everything given", structs),
        ("serde_json: a value, everything given", value),
        ("written by hand, everything given", by_hand),
    ];
    let mut least = [Duration::MAX; 5];
    for _ in 0..ROUNDS {
        for (least, (_, way)) in least.iter_mut().zip(&ways) {
            *least = (*least).min(time(&given, *way));
        }
    }
    println!("one event of {} bytes, the best of {ROUNDS} rounds of {EVENTS}:", ours(&given));
    for ((name, _), time) in ways.iter().zip(least) {
        let [each, of_sdk] = [nanoseconds(time), nanoseconds(time) / nanoseconds(least[1])];
        println!("  {name:<40} {each:>6.0} ns  {of_sdk:>5.2} times the SDK");
    }
}

fn time(given: &Given, way: Way) -> Duration {
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
    time: DateTime<Utc>,
    id: String,
    source: String,
    subject: String,
    dataschema: String,
    moment: String,
    cause: String,
    sequence: String,
    traceparent: String,
    names: [String; 7],
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
        let event: Value = serde_json::from_str(event.json.get()).expect("an event is JSON");
        let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let data = |name: &str| event["data"][name].as_str().unwrap_or_default().to_owned();
        Self {
            origin,
            happening,
            time: DateTime::UNIX_EPOCH + Duration::from_nanos(time_ns),
            id: text("id"),
            source: text("source"),
            subject: text("subject"),
            dataschema: text("dataschema"),
            moment: text("time"),
            cause: text("cause"),
            sequence: text("sequence"),
            traceparent: text("traceparent"),
            names: NAMES.map(data),
        }
    }
}

const NAMES: [&str; 7] = ["identity", "id", "version", "machine", "transition", "from_state", "to_state"];

fn ours(given: &Given) -> usize {
    event(&given.origin, &given.happening).expect("the names are good").json.get().len()
}

fn sdk(given: &Given) -> usize {
    let event = EventBuilderV10::new()
        .id(given.id.as_str())
        .source(given.source.as_str())
        .ty(TYPE)
        .subject(given.subject.as_str())
        .time(given.time)
        .extension("cause", given.cause.as_str().to_owned())
        .extension("recordedtime", given.moment.as_str().to_owned())
        .extension("sequence", given.sequence.as_str().to_owned())
        .extension("traceparent", given.traceparent.as_str().to_owned())
        .data_with_schema("application/json", given.dataschema.as_str().to_owned(), document(given))
        .build()
        .expect("the event is good");
    serde_json::to_vec(&event).expect("an event is JSON").len()
}

fn document(given: &Given) -> Value {
    json!({
        "protocol": TYPE,
        "identity": given.names[0].as_str(),
        "id": given.names[1].as_str(),
        "version": given.names[2].as_str(),
        "timestamp": 1_767_323_045_u64,
        "machine": given.names[3].as_str(),
        "transition": given.names[4].as_str(),
        "from_state": given.names[5].as_str(),
        "to_state": given.names[6].as_str(),
    })
}

fn value(given: &Given) -> usize {
    serde_json::to_vec(&json!({
        "specversion": "1.0",
        "id": given.id.as_str(),
        "source": given.source.as_str(),
        "type": TYPE,
        "subject": given.subject.as_str(),
        "datacontenttype": "application/json",
        "dataschema": given.dataschema.as_str(),
        "time": given.moment.as_str(),
        "cause": given.cause.as_str(),
        "recordedtime": given.moment.as_str(),
        "sequence": given.sequence.as_str(),
        "traceparent": given.traceparent.as_str(),
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
        identity: given.names[0].as_str(),
        id: given.names[1].as_str(),
        version: given.names[2].as_str(),
        timestamp: 1_767_323_045,
        machine: given.names[3].as_str(),
        transition: given.names[4].as_str(),
        from_state: given.names[5].as_str(),
        to_state: given.names[6].as_str(),
    };
    let whole = Whole {
        specversion: "1.0",
        id: given.id.as_str(),
        source: given.source.as_str(),
        r#type: TYPE,
        subject: given.subject.as_str(),
        datacontenttype: "application/json",
        dataschema: given.dataschema.as_str(),
        time: given.moment.as_str(),
        cause: given.cause.as_str(),
        recordedtime: given.moment.as_str(),
        sequence: given.sequence.as_str(),
        traceparent: given.traceparent.as_str(),
        data,
    };
    serde_json::to_vec(&whole).expect("structs are JSON").len()
}

/// As fast as it gets with texts that are known to need no escapes.
fn by_hand(given: &Given) -> usize {
    let mut json = Vec::with_capacity(1024);
    json.extend_from_slice(br#"{"specversion":"1.0""#);
    for (name, value) in [
        ("id", &given.id),
        ("source", &given.source),
        ("subject", &given.subject),
        ("dataschema", &given.dataschema),
        ("time", &given.moment),
        ("cause", &given.cause),
        ("recordedtime", &given.moment),
        ("sequence", &given.sequence),
        ("traceparent", &given.traceparent),
    ] {
        member(&mut json, name, value);
    }
    member(&mut json, "type", TYPE);
    member(&mut json, "datacontenttype", "application/json");
    json.extend_from_slice(br#","data":{"timestamp":1767323045"#);
    member(&mut json, "protocol", TYPE);
    for (name, value) in NAMES.into_iter().zip(&given.names) {
        member(&mut json, name, value);
    }
    json.extend_from_slice(b"}}");
    json.len()
}

fn member(json: &mut Vec<u8>, name: &str, value: &str) {
    for part in [",\"", name, "\":\"", value, "\""] {
        json.extend_from_slice(part.as_bytes());
    }
}
