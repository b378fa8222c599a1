//! What is told of a schedule, as an answer.

use std::time::Duration;

use machine_calendar::{Told, Zone, rfc3339, shown};
use serde_json::{Map, Value as Json, json};

use crate::door::{Answer, Ask, Key, Notice};
use crate::words::{one_line, span};

/// The answer for what is told; times for people are in `zone`.
pub(crate) fn tell(key: Key, told: Option<&Told>, zone: Option<&Zone>) -> Answer {
    let (outcome, fields) = told.map(fields).unzip();
    let state = told.map(|it| if matches!(it, Told::Closed { .. }) { "off" } else { "on" });
    let member = |state: &str| ("state".to_owned(), json!(state));
    Answer {
        key,
        run_id: String::new(),
        outcome,
        took: Duration::ZERO,
        memory: None,
        fields: fields.unwrap_or_default(),
        notice: Notice { kind: "schedule", members: state.map(member).into_iter().collect() },
        why: told.zip(zone).map(|(told, zone)| why(told, zone)).unwrap_or_default(),
        output: None,
    }
}

/// Nothing can be told: the arguments are not those of this kind.
pub(crate) fn refusal(ask: &Ask, why: &str) -> Answer {
    Answer { run_id: ask.run_id.clone(), why: one_line(why), ..tell(ask.key, None, None) }
}

/// The outcome in the order of the declaration, and its fields.
fn fields(told: &Told) -> (u8, Map<String, Json>) {
    let (outcome, fields) = match *told {
        Told::Due { slot, late, missed } => {
            let late = span(Duration::from_millis(u64::try_from(late).unwrap_or(0)));
            (0, vec![("slot", json!(rfc3339(slot))), ("late", json!(late)), ("missed", json!(missed))])
        }
        Told::Opened { slot, until } => (1, vec![("slot", json!(rfc3339(slot))), ("until", json!(rfc3339(until)))]),
        Told::StillOpen { slot, until } => (2, vec![("slot", json!(rfc3339(slot))), ("until", json!(rfc3339(until)))]),
        Told::Closed { next } => (3, vec![("next", json!(rfc3339(next)))]),
    };
    (outcome, fields.into_iter().map(|(name, it)| (name.to_owned(), it)).collect())
}

fn why(told: &Told, zone: &Zone) -> String {
    let shown = |ms| shown(ms, zone);
    match *told {
        Told::Due { slot, missed: 0, .. } => format!("it is {}", shown(slot)),
        Told::Due { slot, missed, .. } => format!("it is {}; {missed} before it were missed", shown(slot)),
        Told::Opened { until, .. } | Told::StillOpen { until, .. } => format!("open until {}", shown(until)),
        Told::Closed { next } => format!("opens at {}", shown(next)),
    }
}
