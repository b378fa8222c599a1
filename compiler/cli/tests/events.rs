//! `machinec events` as its users meet it, and its schemas against what a machine really tells.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// It takes a step of each kind: a command that returns something, a timer, and two events of its own.
const AIR: &str = r#"
/// Keeps the air of a room.
machine air 1.2.0 {
    data co2: int in 0..5000 = 0
    /// Somebody has to come.
    event page(room: string, worst: int in 0..5000, level: low | high, since: duration)
    event rest from operator

    initial state busy {
        /// Reads the sensor.
        watch sensor = exec("./sensor.sh") every 1h returns { co2: int in 0..5000 }
        on sensor.ok(s) -> idle { co2 = s.co2  emit page(room: "lab", worst: s.co2, level: high, since: 90s) }
        on sensor.fault -> idle
    }
    state idle {
        after 200ms -> done as rested
        on rest -> done
    }
    final state done { enter { emit over } }
}
"#;

struct Folder(TempDir);

impl Folder {
    fn with(source: &str) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        fs::write(folder.0.path().join("air.machine"), source).expect("a file");
        let script = folder.0.path().join("sensor.sh");
        fs::write(&script, "#!/bin/sh\necho '{\"co2\": 700}'\n").expect("a script");
        Command::new("chmod").arg("+x").arg(script).status().expect("chmod runs");
        folder
    }

    fn machinec(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
        command.current_dir(self.0.path());
        command
    }

    /// Exit code and all that is printed.
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.machinec().arg("events").args(arguments).output().expect("machinec runs");
        let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        format!("exit {}\n{out}{err}", output.status.code().unwrap_or(-1))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let shown = self.run(arguments);
        let json = shown.strip_prefix("exit 0\n").unwrap_or_else(|| panic!("{shown}"));
        serde_json::from_str(json).expect("JSON")
    }

    /// What the machine tells when it really runs, up to its last own event.
    fn recorded(&self) -> Vec<Value> {
        let mut run = self.machinec();
        let mut run =
            run.args(["run", "air.machine", "--events"]).stdout(Stdio::piped()).spawn().expect("machinec runs");
        let lines = BufReader::new(run.stdout.take().expect("its output")).lines();
        let mut events = Vec::new();
        for line in lines {
            let event: Value = serde_json::from_str(&line.expect("a line")).expect("an event");
            let is_last = event["event"] == "over";
            events.push(event);
            if is_last {
                break;
            }
        }
        run.kill().expect("it runs");
        run.wait().expect("it ends");
        events
    }
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).expect("a schema")
}

#[test]
fn a_catalogue_names_everything() {
    assert_snapshot!(Folder::with(AIR).run(&["air.machine"]), @"
    exit 0
    air 1.2.0

      page               machine.v1.event.air.page
                           Somebody has to come.
                           room: string up to 1024, worst: int in 0..5000, level: low | high, since: duration

      over               machine.v1.event.air.over
                           `emit over` in the source.

      transition         io.choria.machine.v1.transition
                           The machine went from one state to another.
                           rest, rested, sensor.failed, sensor.invalid, sensor.ok
                           between busy, idle, done

      timer              io.choria.machine.watcher.timer.v1.state
                           An `after` was armed, or it fired or was cancelled.
                           after 200ms

      watcher-sensor     io.choria.machine.watcher.exec.v1.state
                           Reads the sensor.
                           ok(took: duration, co2: int in 0..5000)
                           failed(reason: exit | signal | timeout | unstartable | interrupted, code: int, signal: string up to 1024, stderr: string up to 1024, took: duration)
                           invalid(path: string up to 255, wanted: string up to 255, found: string up to 255)

      late               machine.v1.late
                           A watcher reported after its state was left. Nothing came of it.

      rejected           machine.v1.rejected
                           A watcher reported what does not have the types that its table wants. Nothing came of it.

      fired              machine.v1.fired
                           An operator sent an event.
                           rest

      as every machine
      started            machine.v1.started
      stopped            machine.v1.stopped
      slowed             machine.v1.slowed
      log                machine.v1.log
      fault              machine.v1.fault
      neighbour          machine.v1.neighbour
      warning            machine.v1.warning
      dropped            machine.v1.dropped
      resent             machine.v1.resent
      undeliverable      machine.v1.undeliverable
      stream-regressed   machine.v1.stream.regressed
      identity-conflict  machine.v1.identity.conflict
    ");
}

#[test]
fn without_a_file_all_types_are_listed() {
    let shown = Folder::with(AIR).run(&[]);
    assert!(shown.contains("io.choria.machine.v1.transition              The machine went from one state"), "{shown}");
    assert_eq!(shown.lines().count(), 35);
}

#[test]
fn a_recorded_run_keeps_the_schema_of_its_machine() {
    let folder = Folder::with(AIR);
    let schema = validator(&folder.json(&["air.machine", "--json-schema"]));
    let events = folder.recorded();
    let of_machine: Vec<_> = events.iter().filter(|it| it["source"].as_str().is_some_and(is_of_air)).collect();
    for event in &of_machine {
        assert!(schema.is_valid(event), "{event:#}");
    }
    let told = |ty: &str| of_machine.iter().filter(|it| it["type"] == ty).count();
    assert_eq!((told("machine.v1.event.air.page"), told("machine.v1.event.air.over")), (1, 1));
    assert_eq!(told("io.choria.machine.v1.transition"), 2);
    assert_eq!(told("io.choria.machine.watcher.timer.v1.state"), 2);
    assert_eq!(told("io.choria.machine.watcher.exec.v1.state"), 1);
}

/// Watchers of one name in two states, of two kinds, and an event of the author's that is called as one of the runtime's.
const NAMESAKES: &str = r#"
machine air 1.0.0 {
    event transition(to: string)
    initial state first {
        watch look = exec("./sensor.sh") every 1h
        on look.ok     -> second
        on look.failed stay
    }
    state second {
        watch look = file("sensor.sh") every 1h
        on look.changed, look.present -> done { emit transition(to: "the end") }
        on look.missing stay
    }
    final state done { enter { emit over } }
}
"#;

#[test]
fn namesakes_are_told_apart() {
    let folder = Folder::with(NAMESAKES);
    let schema = validator(&folder.json(&["air.machine", "--json-schema"]));
    let events = folder.recorded();
    let of_machine: Vec<_> = events.iter().filter(|it| it["source"].as_str().is_some_and(is_of_air)).collect();
    assert!(of_machine.len() >= 7, "{of_machine:#?}");
    for event in of_machine {
        assert!(schema.is_valid(event), "{event:#}");
    }
    let document = folder.json(&["air.machine", "--asyncapi"]);
    let messages = document["components"]["messages"].as_object().expect("messages");
    for name in ["transition", "transition-2", "watcher-look", "watcher-look-2"] {
        assert!(messages.contains_key(&format!("air.{name}")), "{name}: {:?}", messages.keys());
    }
    references(&document, &document);
}

fn is_of_air(source: &str) -> bool {
    source.starts_with("/machines/") && source.ends_with("/air")
}

/// Every event of a recorded run names a schema that is found without a network, and keeps it.
#[test]
fn every_dataschema_is_found_and_kept() {
    let folder = Folder::with(AIR);
    let envelope = validator(&folder.json(&["--schema", "event"]));
    for event in folder.recorded() {
        let name = event["dataschema"].as_str().expect("a name").to_owned();
        let schema = folder.json(&["air.machine", "--schema", &name]);
        assert_eq!(schema["$id"], name);
        assert!(validator(&schema).is_valid(&event["data"]), "{event:#}");
        assert!(envelope.is_valid(&event), "{event:#}");
    }
}

#[test]
fn what_the_machine_cannot_tell_is_refused() {
    let folder = Folder::with(AIR);
    let schema = validator(&folder.json(&["air.machine", "--json-schema"]));
    let events = folder.recorded();
    let find = |ty: &str| events.iter().find(|it| it["type"] == ty).expect("such an event").clone();
    let refuse = |ty: &str, change: &dyn Fn(&mut Value)| {
        let mut event = find(ty);
        assert!(schema.is_valid(&event), "{event:#}");
        change(&mut event);
        assert!(!schema.is_valid(&event), "{event:#}");
    };
    let page = "machine.v1.event.air.page";
    refuse(page, &|it| it["data"]["worst"] = 5001.into());
    refuse(page, &|it| it["data"]["level"] = "middling".into());
    refuse(page, &|it| it["data"]["since"] = 90.into());
    refuse(page, &|it| it["data"]["more"] = true.into());
    refuse(page, &|it| it["data"] = json!({}));
    refuse("io.choria.machine.v1.transition", &|it| it["data"]["to_state"] = "nowhere".into());
    refuse("io.choria.machine.v1.transition", &|it| it["data"]["transition"] = "sensor.lost".into());
    refuse("io.choria.machine.watcher.exec.v1.state", &|it| it["outcome"] = "lost".into());
    refuse("io.choria.machine.watcher.timer.v1.state", &|it| it["data"]["name"] = "after 1s".into());
    refuse("machine.v1.started", &|it| it["type"] = "machine.v1.begun".into());
}

#[test]
fn asyncapi_is_what_its_schema_says() {
    let text = include_str!("../../../tests/corpora/asyncapi/3.0.0.json");
    let schema = validator(&serde_json::from_str(text).expect("JSON"));
    let folder = Folder::with(AIR);
    let document = folder.json(&["air.machine", "--asyncapi"]);
    let faults: Vec<_> = schema.iter_errors(&document).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert_eq!(faults, [""; 0]);
    let mut broken = document.clone();
    broken["channels"]["air"]["adress"] = "x".into();
    assert!(!schema.is_valid(&broken));
    assert_eq!(document["channels"]["air"]["address"], "machines.{node}.air");
    assert_eq!(document["info"]["version"], "1.2.0");
    references(&document, &document);
}

/// Whatever is referred to is there.
fn references(document: &Value, part: &Value) {
    if let Some(to) = part.get("$ref").and_then(Value::as_str) {
        let place = to.strip_prefix('#').expect("a reference inside");
        assert!(document.pointer(place).is_some(), "nothing is at {to}");
    }
    let members: Vec<_> = match part {
        Value::Object(members) => members.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    members.into_iter().for_each(|it| references(document, it));
}

#[test]
fn what_is_not_there_is_told() {
    let folder = Folder::with("machine air 1.0.0 { initial state a { after 1m -> b } state }");
    assert!(folder.run(&["air.machine"]).starts_with("exit 1\n"));
    assert_snapshot!(Folder::with(AIR).run(&["--schema", "machine.v1.strated"]), @"
    exit 2
      x there is no schema `machine.v1.strated`
      help: `machinec events` lists the types; for events of a machine's own, name its source: `machinec events FILE`
    ");
    assert!(folder.run(&["--asyncapi"]).starts_with("exit 2\n"));
}
