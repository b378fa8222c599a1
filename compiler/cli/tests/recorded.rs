//! Recordings, written by hand, as tests that pass: what was not answered is not answered there either.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use std::fs;
use std::process::Command;

const FAN: &str = r#"machine fan 1.0.0 {
    event maintenance from operator
    event resume from operator
    on maintenance -> paused
    initial state idle {
        watch air = exec("./air.sh") every 500ms returns { co2: int in 0..5000 }
        on air.ok(a) when a.co2 > 800 -> running
        on air.fault stay
    }
    state running { after 1s -> idle }
    state paused { on resume -> idle }
}
"#;

/// An event at so many milliseconds past the beginning; they are numbered as they stand.
type Event = (u64, String);

fn event(at_ms: u64, ty: &str, data: &str, attributes: &str) -> Event {
    let rest = format!(r#""type":"{ty}","data":{{"machine":"fan",{data}}}{attributes}"#);
    (at_ms, rest)
}

fn started(at_ms: u64) -> Event {
    event(at_ms, "machine.v1.started", r#""state":"idle","resumed":false"#, "")
}

fn moved(at_ms: u64, from: &str, to: &str) -> Event {
    let data = format!(r#""transition":"x","from_state":"{from}","to_state":"{to}""#);
    event(at_ms, "io.choria.machine.v1.transition", &data, "")
}

fn air(at_ms: u64, co2: u32) -> Event {
    let attributes = format!(r#","outcome":"ok","returned":"{{\"co2\":{co2}}}""#);
    event(at_ms, "io.choria.machine.watcher.exec.v1.state", r#""name":"air","previous_run_time":5000000"#, &attributes)
}

fn fired(at_ms: u64, name: &str) -> Event {
    event(at_ms, "machine.v1.fired", &format!(r#""event":"{name}","fields":{{}}"#), "")
}

fn stopped(at_ms: u64) -> Event {
    event(at_ms, "machine.v1.stopped", r#""state":"idle""#, "")
}

fn lines(events: &[Event]) -> String {
    let line = |(at, (ms, rest)): (usize, &Event)| {
        let head = r#""subject":"n1","source":"/machines/n1/fan""#;
        let time = format!("2026-01-02T03:04:{:02}.{:03}Z", ms / 1_000, ms % 1_000);
        format!("{{{head},\"sequence\":\"{}\",\"time\":\"{time}\",{rest}}}\n", at + 1)
    };
    events.iter().enumerate().map(line).collect()
}

/// The test that a recording becomes. It passes.
fn written(source: &str, events: &[Event]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    let machinec = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
        command.args(arguments).current_dir(folder.path()).env("NO_COLOR", "1");
        let output = command.output().expect("machinec starts");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    file("fan.machine", source);
    file("events", &lines(events));
    let (code, block) = machinec(&["test", "--from", "events", "fan.machine"]);
    assert_eq!(code, Some(0), "{block}");
    file("as_recorded.machine", &block);
    let (code, said) = machinec(&["test", "as_recorded.machine"]);
    assert_eq!(code, Some(0), "{block}{said}");
    block.strip_prefix("use \"fan.machine\"\n\n").expect("it brings the machine").to_owned()
}

#[test]
fn a_run_that_was_under_way_when_its_state_was_left_is_not_answered() {
    let events = [
        started(0),
        air(20, 500),
        air(515, 1200),
        moved(515, "idle", "running"),
        moved(1515, "running", "idle"),
        // The air is asked for at once, and people come 7 ms later.
        fired(1522, "maintenance"),
        moved(1522, "idle", "paused"),
        fired(3000, "resume"),
        moved(3000, "paused", "idle"),
        air(3005, 500),
        stopped(3100),
    ];
    assert_snapshot!(written(FAN, &events), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        air answers ok { co2: 500 }, then ok { co2: 1200 } after 15ms, then nothing after 1w, then ok { co2: 500 }
        advance 1s522ms
        maintenance
        advance 1s478ms
        resume
        advance 100ms
        expect path idle > running > idle > paused > idle
    }
    "#);
}

#[test]
fn a_run_that_is_the_last_is_not_answered() {
    let events = [started(0), air(5, 500), fired(502, "maintenance"), moved(502, "idle", "paused")];
    assert_snapshot!(written(FAN, &events), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        air answers ok { co2: 500 }, then nothing after 1w
        advance 502ms
        maintenance
        expect path idle > paused
    }
    "#);
}

#[test]
fn what_came_before_an_answer_comes_before_it() {
    let source = FAN
        .replace("event maintenance", "data open: bool = false\n    event maintenance")
        .replace("on air.ok(a) when a.co2 > 800", "on maintenance stay { open = true }\n        on air.ok when open");
    let events = [
        started(0),
        fired(7, "maintenance"),
        air(20, 500),
        moved(20, "idle", "running"),
        moved(1020, "running", "idle"),
        air(1030, 500),
        moved(1030, "idle", "running"),
    ];
    assert_snapshot!(written(&source, &events), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        air answers ok { co2: 500 } after 20ms, then ok { co2: 500 } after 10ms
        advance 7ms
        maintenance
        advance 1s23ms
        expect path idle > running > idle > running
    }
    "#);
}

#[test]
fn a_run_that_outlasts_its_pace_is_not_asked_for_more_often() {
    let events = [started(0), air(700, 500), air(1010, 1200), moved(1010, "idle", "running"), stopped(1900)];
    assert_snapshot!(written(FAN, &events), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        air answers ok { co2: 500 } after 700ms, then ok { co2: 1200 } after 10ms
        advance 1s900ms
        expect path idle > running
    }
    "#);
}

/// A fan that a file stops, which is looked at whenever it runs.
const STOPPED: &str = r#"machine fan 1.0.0 {
    event maintenance from operator
    event resume from operator
    on maintenance -> paused
    initial state running {
        watch stop = file("stop")
        on stop.present -> idle
        on stop.changed stay
        on stop.missing stay
    }
    state idle { after 1s -> running }
    state paused { on resume -> running }
}
"#;

fn stop(at_ms: u64, outcome: &str) -> Event {
    let outcome = format!(r#","outcome":"{outcome}""#);
    event(at_ms, "io.choria.machine.watcher.file.v1.state", r#""name":"stop""#, &outcome)
}

/// It has been running, paused, and running again.
fn paused_once() -> Vec<Event> {
    vec![
        event(0, "machine.v1.started", r#""state":"running","resumed":false"#, ""),
        stop(5, "changed"),
        fired(100, "maintenance"),
        moved(100, "running", "paused"),
        fired(200, "resume"),
        moved(200, "paused", "running"),
    ]
}

#[test]
fn a_file_that_is_looked_at_late_says_nothing_before() {
    let mut events = paused_once();
    events.extend([
        // The file is still there, and nobody has looked at it by now.
        fired(203, "maintenance"),
        moved(203, "running", "paused"),
        fired(300, "resume"),
        moved(300, "paused", "running"),
        stop(340, "present"),
        moved(340, "running", "idle"),
        moved(1340, "idle", "running"),
        stop(1400, "present"),
        moved(1400, "running", "idle"),
    ]);
    assert_snapshot!(written(STOPPED, &events), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        stop answers changed, then nothing after 1w
        advance 100ms
        maintenance
        advance 100ms
        resume
        advance 3ms
        maintenance
        advance 97ms
        resume
        advance 40ms
        stop answers present, then nothing after 1w
        advance 1s60ms
        stop answers present
        expect path running > paused > running > paused > running > idle > running > idle
    }
    "#);
}

#[test]
fn a_file_that_is_as_it_was_needs_no_line() {
    let source = STOPPED.replace("on stop.present -> idle", "on stop.present stay");
    let source = source.replace("on stop.missing stay", "on stop.missing -> idle");
    let mut events = paused_once();
    events.extend([stop(205, "present"), stop(400, "missing"), moved(400, "running", "idle")]);
    assert_snapshot!(written(&source, &events), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        stop answers changed
        advance 100ms
        maintenance
        advance 100ms
        resume
        advance 200ms
        stop answers missing
        expect path running > paused > running > idle
    }
    "#);
}

#[test]
fn facts_are_those_that_the_machine_saw() {
    let source = r#"machine fan 1.0.0 {
    fact room: string = "lab"
    fact since: duration = 1m
    initial state idle { when since > 2m -> running }
    state running { when room == "exit" -> left }
    state left { after 1h -> idle }
}
"#;
    let facts = |at_ms: u64, facts: &str| event(at_ms, "machine.v1.facts", &format!(r#""facts":{{{facts}}}"#), "");
    let known = r#""state":"idle","resumed":false,"facts":{"room":"lab","since":"5m"}"#;
    let events = [
        event(0, "machine.v1.started", known, ""),
        moved(0, "idle", "running"),
        facts(1500, r#""since":"1m""#),
        // One that this machine does not ask for any more.
        facts(1500, r#""floor":3"#),
        facts(2000, r#""room":"exit""#),
        moved(2000, "running", "left"),
    ];
    assert_snapshot!(written(source, &events), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        with since = 5m
        advance 1s500ms
        with since = 1m
        advance 500ms
        with room = "exit"
        expect path idle > running > left
    }
    "#);
}

#[test]
fn what_never_reported_has_nothing_to_report() {
    let events = [started(0), fired(100, "maintenance"), moved(100, "idle", "paused")];
    assert_snapshot!(written(FAN, &events), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        air answers nothing
        advance 100ms
        maintenance
        expect path idle > paused
    }
    "#);
}

#[test]
fn a_file_that_was_not_looked_at_in_time_says_nothing_at_first() {
    let source = FAN.replace(r#"exec("./air.sh") every 500ms returns { co2: int in 0..5000 }"#, r#"file("air")"#);
    let source = source.replace("on air.ok(a) when a.co2 > 800 -> running", "on air.changed -> running");
    let events = [
        started(0),
        fired(3, "maintenance"),
        moved(3, "idle", "paused"),
        fired(1000, "resume"),
        moved(1000, "paused", "idle"),
        event(1010, "io.choria.machine.watcher.file.v1.state", r#""name":"air""#, r#","outcome":"changed""#),
        moved(1010, "idle", "running"),
    ];
    assert_snapshot!(written(&source, &events), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        air answers nothing
        advance 3ms
        maintenance
        advance 997ms
        resume
        advance 10ms
        air answers changed
        expect path idle > paused > idle > running
    }
    "#);
}

#[test]
fn a_recording_without_events_says_so() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("fan.machine"), FAN).expect("a file");
    fs::write(dir.path().join("events.jsonl"), "").expect("a file");
    let told = Command::new(env!("CARGO_BIN_EXE_machinec"))
        .args(["replay", "events.jsonl", "--with", "fan.machine"])
        .current_dir(dir.path())
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.contains("`events.jsonl` holds no event of a machine"), "{told}");
}
