//! A round trip through the SDK of CloudEvents for Python, from its registry: it reads every event of ours in each mode,
//! and what it writes again is read here.

use super::{everything, json, samples};
use crate::event::binding::{Message, http};
use serde_json::{Map, Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// All of it by exact version: what it was tried with.
const PACKAGES: [&str; 4] = ["cloudevents==2.2.0", "deprecation==2.1.0", "python-dateutil==2.9.0.post0", "six==1.17.0"];

/// Runs something to its end.
fn run(command: &mut Command, what: &str) {
    let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The interpreter of an environment with the SDK, made under the target directory when it is not there yet.
fn python() -> PathBuf {
    let target = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
    let place = target.join(format!("python-{}", PACKAGES[0].replace("==", "-")));
    let interpreter = place.join("bin/python");
    if !interpreter.exists() {
        // Made beside and moved, so that a test that was cut off leaves nothing half done.
        let fresh = target.join(format!("python-{}", std::process::id()));
        let missing = "this test needs Python 3.10 or newer with venv: `apt-get install python3-venv`";
        run(Command::new("python3").args(["-m", "venv"]).arg(&fresh), missing);
        let missing = "this test needs the package `cloudevents` of PyPI";
        run(Command::new(fresh.join("bin/python")).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES), missing);
        if std::fs::rename(&fresh, &place).is_err() {
            assert!(interpreter.exists(), "another test has made it");
        }
    }
    interpreter
}

/// What the SDK makes of these messages.
fn through_python(python: &Path, messages: &[Value]) -> Vec<Value> {
    let mut command = Command::new(python);
    let command = command.args(["-c", include_str!("python.py")]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: String = messages.iter().map(|it| format!("{it}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the SDK refused a message");
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

fn given(message: &Message<'_>) -> Value {
    let headers: Map<_, _> =
        message.headers.iter().map(|(name, value)| (name.to_string(), Value::from(value.as_str()))).collect();
    json!({ "headers": headers, "body": String::from_utf8_lossy(&message.body) })
}

/// A message of the SDK's, read here.
fn read(message: &Value) -> Value {
    let headers = message["headers"].as_object().unwrap().iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
    let events = http::read(headers, message["body"].as_str().unwrap().as_bytes()).unwrap();
    serde_json::from_str(events[0].get()).unwrap()
}

/// Python's moments have microseconds; all else has to be the same.
fn to_the_microsecond(event: &Value) -> Value {
    let mut event = event.clone();
    let time = event["time"].as_str().unwrap();
    event["time"] = time[..26].into();
    event
}

#[test]
fn an_sdk_in_another_language_reads_every_event_and_writes_it_again() {
    let events: Vec<_> =
        everything::all().into_iter().map(|(name, what)| (name, json(&samples::caused(what)))).collect();
    let messages: Vec<_> = events
        .iter()
        .flat_map(|(_, event)| [http::structured(event.as_bytes()), http::binary(event.as_bytes()).unwrap()])
        .map(|it| given(&it))
        .collect();
    let answers = through_python(&python(), &messages);
    assert_eq!(answers.len(), messages.len());
    for ((name, event), answers) in events.iter().zip(answers.chunks(2)) {
        let event: Value = serde_json::from_str(event).unwrap();
        let expected = to_the_microsecond(&event);
        for (mode, answer) in ["structured", "binary"].into_iter().zip(answers) {
            assert_eq!(answer["time"].as_str(), event["time"].as_str().map(|it| &it[..26]), "{name}, {mode}");
            assert_eq!(answer["data"], event["data"], "{name}, {mode}");
            for (attribute, value) in answer["attributes"].as_object().unwrap() {
                let text = |it: &Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
                assert_eq!(text(value), text(&event[attribute]), "{name}, {mode}: {attribute}");
            }
            let count = event.as_object().unwrap().len() - 2;
            assert_eq!(answer["attributes"].as_object().unwrap().len(), count, "{name}, {mode}: all but time and data");
            // What was read from headers has texts only, and so has what is written of it.
            if mode == "structured" {
                assert_eq!(to_the_microsecond(&read(&answer["structured"])), expected, "{name}");
            }
            assert_eq!(to_the_microsecond(&read(&answer["binary"])), expected, "{name}, {mode}");
        }
    }
}
