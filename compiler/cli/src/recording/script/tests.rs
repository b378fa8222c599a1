//! Recordings as tests: each has to be in order for the compiler too.

use super::*;
use crate::recording::read;
use chrono::DateTime;
use machine_compiler::source::SourceMap;
use machine_compiler::{Options, compile, compile_tests};
use machine_core::OwnedTable;

const FAN: &str = r#"machine fan 1.0.0 {
event maintenance(reason: string, length: duration) from operator
watch settings = file("settings")
on settings.fault stay
on maintenance -> paused
initial state idle {
    watch air = exec("./air.sh") every 1m returns { co2: int in 0..5000, note: string = "" }
    on air.ok(a) when a.co2 > 800 -> running
    on air.fault stay
}
state running {
    run start = exec("./on.sh")
    on start.ok    -> idle
    on start.fault -> idle
}
state paused { after 1h -> idle }
}
"#;

/// The block for what was recorded; it has to be in order, and to be written as the formatter would.
fn block(events: &str) -> String {
    let mut sources = SourceMap::default();
    sources.add("fan.machine", FAN);
    let output = compile(&sources, Options::default());
    assert_eq!(output.diagnostics, []);
    let table = OwnedTable::verify(output.machines[0].table.as_slice().into()).unwrap();
    let recording = read(events).unwrap();
    let who = recording.machines.keys().next().unwrap();
    let block = test(who, &recording, &Arc::new(table));
    let mut sources = SourceMap::default();
    sources.add("fan.machine", format!("{FAN}\n{block}"));
    let (_, told) = compile_tests(&sources, Options::default());
    assert_eq!(told, [], "{block}");
    block
}

/// An event at so many milliseconds past the beginning.
fn event(sequence: u64, ms: u64, rest: &str) -> String {
    let time = DateTime::from_timestamp_millis(1_767_323_040_000 + ms as i64).unwrap().to_rfc3339();
    format!(r#"{{"subject":"n1","source":"/machines/n1/fan","sequence":"{sequence}","time":"{time}",{rest}}}"#)
}

fn moved(sequence: u64, ms: u64, to: &str) -> String {
    let data = format!(r#"{{"machine":"fan","transition":"x","from_state":"a","to_state":"{to}"}}"#);
    event(sequence, ms, &format!(r#""type":"io.choria.machine.v1.transition","data":{data}"#))
}

fn ran(sequence: u64, ms: u64, watcher: &str, took_ms: u64, attributes: &str) -> String {
    let data = format!(r#"{{"machine":"fan","name":"{watcher}","previous_run_time":{}}}"#, took_ms * 1_000_000);
    event(sequence, ms, &format!(r#""type":"io.choria.machine.watcher.exec.v1.state","data":{data},{attributes}"#))
}

#[test]
fn a_recording_becomes_a_test() {
    let good = r#""outcome":"ok","returned":"{\"co2\":500,\"note\":\"a {b}\"}""#;
    let bad = r#""outcome":"ok","returned":"{\"co2\":900,\"note\":\"\"}""#;
    let started = |resumed: bool, state: &str| {
        format!(r#""type":"machine.v1.started","data":{{"machine":"fan","state":"{state}","resumed":{resumed}}}"#)
    };
    let fields = r#"{"reason":"new filter","length":"1h30m"}"#;
    let fired =
        format!(r#""type":"machine.v1.fired","data":{{"machine":"fan","event":"maintenance","fields":{fields}}}"#);
    let changed = r#""type":"io.choria.machine.watcher.file.v1.state","outcome":"changed",
        "data":{"machine":"fan","name":"settings","path":"settings"}"#
        .replace('\n', "");
    let events = [
        event(1, 0, &started(false, "idle")),
        event(2, 1, &changed),
        ran(3, 20, "air", 15, good),
        ran(4, 60_020, "air", 15, good),
        ran(5, 120_020, "air", 15, bad),
        moved(6, 120_020, "running"),
        event(7, 200_000, &started(true, "running")),
        ran(8, 200_001, "start", 79_000, r#""outcome":"failed","reason":"interrupted","code":-1"#),
        moved(9, 200_002, "idle"),
        ran(10, 203_000, "air", 2_500, r#""outcome":"failed","reason":"exit","code":3,"stderr":"no""#),
        event(11, 230_000, &fired),
        moved(12, 230_000, "paused"),
    ];
    insta::assert_snapshot!(block(&events.join("\n")), @r#"
    test "as recorded on n1" for fan {
        start 2026-01-02 03:04 in UTC
        air answers ok { co2: 500, note: "a \{b\}" } x2, then ok { co2: 900, note: "" } after 20ms, then failed { reason: exit, code: 3 } after 2s999ms
        settings answers changed
        start answers failed after 1w
        advance 2m20ms
        power off for 1m19s980ms
        advance 30s
        maintenance(reason: "new filter", length: 1h30m)
        expect path idle > running > idle > paused
    }
    "#);
}
