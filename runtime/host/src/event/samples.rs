//! One of everything that can happen, for the tests.

use super::happening::{Cause, Happening, MachineOrigin, Origin, Outcome, Turn, What};
use serde_json::{Value, json};
use std::time::Duration;

/// 2026-01-02T03:04:05.678901234Z.
pub(crate) const TIME: u64 = 1_767_323_045_678_901_234;

pub(crate) const TABLE: &str = "4f7f9e3a0d1c2b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2";

pub(crate) fn machine(name: &str) -> MachineOrigin {
    MachineOrigin { name: name.to_owned(), version: "1.0.0".to_owned(), instance: "143c3487b6a8".to_owned() }
}

pub(crate) fn origin(node: &str, name: Option<&str>) -> Origin {
    Origin { node: node.to_owned(), machine: name.map(machine), epoch: 1_767_225_600_000 }
}

/// The origin that fits what happened.
pub(crate) fn origin_of(what: &What) -> Origin {
    origin("n1.example.net", what.of_machine().then_some("container_manager"))
}

pub(crate) fn happening(what: What) -> Happening {
    Happening { sequence: 42, time_ns: TIME, recorded_ns: TIME + 1_200_000, cause: None, what }
}

pub(crate) fn caused(what: What) -> Happening {
    let cause = Cause {
        id: "n1.example.net.container_manager.1767225600000.41".to_owned(),
        trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
    };
    Happening { cause: Some(cause), ..happening(what) }
}

pub(crate) fn transition() -> What {
    What::Transition { event: "manifest.changed".to_owned(), from: "unknown".to_owned(), to: "deploy".to_owned() }
}

pub(crate) fn exec_ok() -> Outcome {
    Outcome {
        watcher: "deployer".to_owned(),
        kind: "exec".to_owned(),
        outcome: "ok".to_owned(),
        fault: false,
        took: Duration::from_millis(790),
        late: false,
        run_id: "container_manager-12-3".to_owned(),
        choria: Some("success".to_owned()),
        fields: object(json!({"command": "./deploy.sh"})),
        returned: object(json!({})),
        why: String::new(),
    }
}

pub(crate) fn exec_returned() -> Outcome {
    Outcome {
        watcher: "air".to_owned(),
        fields: object(json!({"command": "./monitor.sh lab"})),
        returned: object(json!({"co2": 640, "note": "a\u{85}b"})),
        ..exec_ok()
    }
}

pub(crate) fn exec_failed() -> Outcome {
    Outcome {
        watcher: "running".to_owned(),
        outcome: "failed".to_owned(),
        fault: true,
        took: Duration::from_micros(12_345),
        choria: Some("error".to_owned()),
        fields: object(json!({
            "command": "./check_running.sh",
            "reason": "exit",
            "code": 1,
            "signal": "",
            "stderr": "kill: (4711)\nno such process\n",
        })),
        why: "exit status 1: no such process".to_owned(),
        ..exec_ok()
    }
}

pub(crate) fn shell_ok() -> Outcome {
    Outcome {
        watcher: "load".to_owned(),
        kind: "shell".to_owned(),
        fields: object(json!({"command": "uptime | grep -q 'load average: 0'"})),
        ..exec_ok()
    }
}

pub(crate) fn file_changed() -> Outcome {
    Outcome {
        watcher: "manifest".to_owned(),
        kind: "file".to_owned(),
        outcome: "changed".to_owned(),
        took: Duration::from_micros(80),
        choria: Some("changed".to_owned()),
        fields: object(json!({"path": "manifest.json"})),
        why: "manifest.json appeared".to_owned(),
        ..exec_ok()
    }
}

pub(crate) fn file_missing() -> Outcome {
    Outcome {
        outcome: "missing".to_owned(),
        fault: true,
        choria: Some("error".to_owned()),
        fields: object(json!({"path": "manifest.json", "reason": "absent"})),
        why: "manifest.json is not there".to_owned(),
        ..file_changed()
    }
}

pub(crate) fn late() -> Outcome {
    Outcome { late: true, ..exec_failed() }
}

pub(crate) fn other_kind() -> Outcome {
    Outcome {
        watcher: "front".to_owned(),
        kind: "http".to_owned(),
        fields: object(json!({"status": 200, "headers": {"server": "nginx"}})),
        why: "200 OK".to_owned(),
        ..exec_ok()
    }
}

/// One of everything, each with a name.
pub(crate) fn all() -> Vec<(&'static str, What)> {
    let text = str::to_owned;
    let timer = |turn| What::Timer { name: text("after 2h"), turn, duration: Duration::from_secs(7200) };
    vec![
        ("transition", transition()),
        ("exec ok", What::Outcome(exec_ok())),
        ("exec returned", What::Outcome(exec_returned())),
        ("exec failed", What::Outcome(exec_failed())),
        ("shell ok", What::Outcome(shell_ok())),
        ("file changed", What::Outcome(file_changed())),
        ("file missing", What::Outcome(file_missing())),
        ("late outcome", What::Outcome(late())),
        ("outcome of another kind", What::Outcome(other_kind())),
        ("timer armed", timer(Turn::Armed)),
        ("timer over", timer(Turn::Fired)),
        ("timer cancelled", timer(Turn::Cancelled)),
        ("started", What::Started { state: text("unknown"), resumed: false, table: text(TABLE) }),
        ("resumed", What::Started { state: text("deploy"), resumed: true, table: text(TABLE) }),
        ("stopped", What::Stopped { state: text("deploy"), reason: text("shutdown") }),
        ("slowed", What::Slowed { delay: Duration::from_secs(2), state: text("deploy") }),
        (
            "emitted",
            What::Emitted {
                event: text("page"),
                fields: object(json!({"room": "lab", "worst": 1200, "for": "1m30s"})),
            },
        ),
        ("log", What::Log { text: text("the fan was off for 2h"), state: text("known.idle") }),
        (
            "faulted",
            What::Faulted {
                reason: text("range"),
                position: text("hvac.machine:12:9"),
                state: text("known.idle"),
                handled: false,
            },
        ),
        (
            "fired",
            What::Fired {
                event: text("maintenance"),
                fields: object(json!({"reason": "filter"})),
                state: text("known.idle"),
                answered: true,
            },
        ),
        (
            "fired in vain",
            What::Fired { event: text("resume"), fields: object(json!({})), state: text("broken"), answered: false },
        ),
        ("neighbour missing", What::Neighbour { other: text("humidity_sensor"), present: false }),
        ("neighbour present", What::Neighbour { other: text("humidity_sensor"), present: true }),
        (
            "warning",
            What::Warning {
                about: text("fact `location`"),
                text: text("wanted a text of at most 255 bytes, found 7; its default counts: \"unknown\""),
            },
        ),
        (
            "node warning",
            What::NodeWarning {
                about: text("limit `fans`"),
                text: text("machines declare different counts, 3 and 5; the smaller one counts"),
            },
        ),
        ("startup", What::Startup { version: text("0.1.0") }),
        ("shutdown", What::Shutdown),
        ("alive", What::Alive { version: text("0.1.0") }),
        ("table activated", What::TableActivated { machine: text("container_manager"), table: text(TABLE) }),
        (
            "table refused",
            What::TableRefused {
                file: text("tables/hvac.table"),
                reason: text("the checksum of section `states` at offset 64 does not match: copy the table again"),
            },
        ),
        ("table removed", What::TableRemoved { machine: text("container_manager") }),
    ]
}

/// The fields of an outcome.
pub(crate) fn object(value: Value) -> serde_json::Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
