//! Coverage for programs: one JSON object a machine.

use super::{Measured, Sort};
use serde_json::{Map, Value, json};

/// One line for a file.
pub(in crate::command::test) fn line(measured: &Measured<'_>) -> String {
    let Measured { subject, coverage, .. } = measured;
    let states: Map<String, Value> = (0..)
        .zip(&coverage.states)
        .take(coverage.states.len().saturating_sub(1))
        .map(|(state, count)| (subject.path(machine_core::StateId(state)).to_owned(), Value::from(*count)))
        .collect();
    let transitions: Vec<Value> = coverage
        .transitions
        .iter()
        .map(|((from, event, to), count)| {
            json!({
                "from": subject.path(*from),
                "event": subject.event_name(*event, *from),
                "to": subject.path(*to),
                "count": count,
            })
        })
        .collect();
    let share = |sort: Sort| {
        let share = measured.share(sort);
        (sort.name().split(' ').next().unwrap_or_default().to_owned(), json!([share.touched, share.all]))
    };
    let covered: Map<String, Value> = Sort::ALL.into_iter().map(share).collect();
    let total = measured.total();
    json!({
        "machine": subject.model.name,
        "covered": [total.touched, total.all],
        "by": covered,
        "states": states,
        "transitions": transitions,
    })
    .to_string()
        + "\n"
}
