//! The runtime that runs on the node now, if its state directory is known: whether its events arrive.

use super::Finding;
use machine_host::control::{ControlError, request};
use machine_value::counted;
use serde_json::{Value, json};
use std::path::Path;

/// Asks it how its events fare.
pub(super) fn examine(state: &Path) -> Vec<Finding> {
    match request(state, &json!({"status": {}})) {
        Ok(reply) => reply["status"]["delivery"].as_array().into_iter().flatten().map(delivery).collect(),
        Err(ControlError::NobodyThere { .. }) => {
            vec![Finding::ok("runtime", format!("none runs on `{}` now, so none can be asked", state.display()))]
        }
        Err(error) => vec![Finding::warning("runtime", error).help("ask as the user that it runs as")],
    }
}

fn delivery(carrier: &Value) -> Finding {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let (name, trouble) = (text(&carrier["name"]), &carrier["trouble"]);
    if trouble.is_null() {
        let rest = match carrier["behind"].as_u64().unwrap_or_default() {
            0 => "all of them are there".to_owned(),
            behind => format!("{} of the journal on the way", counted(behind, "record")),
        };
        return Finding::ok("delivery", format!("events reach `{name}`, {rest}"));
    }
    let found = Finding::fault(
        "delivery",
        format!("events do not reach `{name}` since {}: {}", text(&trouble["since"]), text(&trouble["text"])),
    );
    match trouble["final"] == true {
        true => found.help("see to that, then start the node again: until then it does not try any more"),
        false => found.help("see to that; the node tries again and again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Grade;

    #[test]
    fn what_is_in_the_way_of_a_runtime_is_found() {
        let check = |carrier: Value, grade: Grade, text: &str, help: Option<&str>| {
            let found = delivery(&carrier);
            assert_eq!((found.grade, &*found.text, found.help.as_deref()), (grade, text, help));
        };
        let well = json!({"name": "nats", "behind": 3, "trouble": null});
        check(well, Grade::Ok, "events reach `nats`, 3 records of the journal on the way", None);
        let done = json!({"name": "nats", "behind": 0, "trouble": null});
        check(done, Grade::Ok, "events reach `nats`, all of them are there", None);
        let trouble = |is_final: bool| {
            let trouble = json!({"text": "it is full", "since": "2026-01-02T03:04:05.678Z", "final": is_final});
            json!({"name": "nats", "behind": 3, "trouble": trouble})
        };
        let text = "events do not reach `nats` since 2026-01-02T03:04:05.678Z: it is full";
        check(trouble(false), Grade::Fault, text, Some("see to that; the node tries again and again"));
        let again = "see to that, then start the node again: until then it does not try any more";
        check(trouble(true), Grade::Fault, text, Some(again));
    }

    #[test]
    fn no_runtime_is_no_fault() {
        let state = tempfile::tempdir().unwrap();
        let found = examine(&state.path().join("state"));
        assert!(found.len() == 1 && found[0].grade == Grade::Ok, "{found:?}");
    }
}
