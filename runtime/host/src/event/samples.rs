//! What the tests of events are about; `everything` has one of each.

use super::happening::{Cause, Happening, MachineOrigin, Origin, Outcome, What, Whom};
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
    origin("n1.example.net", (what.whom() != Whom::Node).then_some("container_manager"))
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

pub(crate) fn window_opened() -> Outcome {
    Outcome {
        watcher: "night".to_owned(),
        kind: "schedule".to_owned(),
        outcome: "opened".to_owned(),
        took: Duration::ZERO,
        choria: None,
        fields: object(json!({"slot": "2026-01-02T01:00:00Z", "until": "2026-01-02T04:00:00Z", "state": "on"})),
        why: "open until 2026-01-02 05:00 +01:00".to_owned(),
        ..exec_ok()
    }
}

pub(crate) fn window_closed() -> Outcome {
    Outcome {
        outcome: "closed".to_owned(),
        fields: object(json!({"next": "2026-01-03T01:00:00Z", "state": "off"})),
        why: "opens at 2026-01-03 02:00 +01:00".to_owned(),
        ..window_opened()
    }
}

pub(crate) fn moment_due() -> Outcome {
    Outcome {
        outcome: "due".to_owned(),
        fields: object(json!({"slot": "2026-01-02T01:30:00Z", "late": "1h34m5s", "missed": 2, "state": "on"})),
        why: "it is 2026-01-02 02:30 +01:00; 2 before it were missed".to_owned(),
        ..window_opened()
    }
}

pub(crate) fn late() -> Outcome {
    Outcome { late: true, ..exec_failed() }
}

pub(crate) fn key_changed() -> Outcome {
    Outcome {
        watcher: "wanted".to_owned(),
        kind: "kv".to_owned(),
        outcome: "changed".to_owned(),
        took: Duration::ZERO,
        choria: Some("changed".to_owned()),
        fields: object(json!({"bucket": "fleet", "key": "hvac.lab", "mode": "watch"})),
        returned: object(json!({"version": "1.4.0"})),
        why: "revision 7".to_owned(),
        ..exec_ok()
    }
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

/// The fields of an outcome.
pub(crate) fn object(value: Value) -> serde_json::Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
