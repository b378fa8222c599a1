//! Extension attributes: what the documents have no field for.

use super::field::Attribute;
use crate::event::happening::Outcome;
use crate::event::text::is_hidden;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// Room for what a watcher returned, in bytes of JSON; it is there whole or not at all.
const RETURNED: usize = 4 * 1024;

/// All extension attributes that an event may have, by name. An attribute is absent, never empty.
#[derive(Default, Serialize, JsonSchema)]
pub(in crate::event) struct Extensions<'a> {
    /// `id` of the event that led to this one; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::event) cause: Option<Attribute<'a>>,
    /// Exit status of a command that failed, or -1 if it did not end by itself; absent if it did not fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<i32>,
    /// Name of an event of the author's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<Attribute<'a>>,
    /// Whether the kind of the watcher calls this outcome a fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<bool>,
    /// The watcher's kind, as in the source: `exec`, `shell`, `file`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<Attribute<'a>>,
    /// The machine that an event of the author's own comes from, or that has the slot of a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) machine: Option<Attribute<'a>>,
    /// How many moments of a schedule before this one were missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) missed: Option<i32>,
    /// When the next window of a schedule opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<Attribute<'a>>,
    /// The outcome of a watcher, as in the source: `ok`, `failed`, `changed`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<Attribute<'a>>,
    /// Reason of a fault: `exit`, `timeout`, `absent`, …; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<Attribute<'a>>,
    /// When the event was written to the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::event) recordedtime: Option<Attribute<'a>>,
    /// What the watcher `returns`, as a JSON object; absent if that is nothing, or longer than 4 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) returned: Option<Attribute<'a>>,
    /// Names this run of the watcher; what the command had as `MACHINE_RUN_ID`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) runid: Option<Attribute<'a>>,
    /// Number of the event among those of its machine, or of the node: from 1, without a gap. 20 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::event) sequence: Option<Attribute<'a>>,
    /// Signal that ended a command; absent if none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signal: Option<Attribute<'a>>,
    /// When a moment of a schedule was to be, or when its window opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) slot: Option<Attribute<'a>>,
    /// The end of what a command wrote to standard error; absent if it wrote nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stderr: Option<Attribute<'a>>,
    /// SHA-256 of a table, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) table: Option<Attribute<'a>>,
    /// The event in its trace, as W3C Trace Context writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::event) traceparent: Option<Attribute<'a>>,
    /// When the window of a schedule closes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<Attribute<'a>>,
    /// Version of the machine that an event of the author's own comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<Attribute<'a>>,
    /// The watcher that has the slot of a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) watcher: Option<Attribute<'a>>,
    /// One line for people; absent if there is nothing to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<Attribute<'a>>,
}

impl<'a> Extensions<'a> {
    /// What every outcome of a watcher tells, whatever its kind.
    pub(super) fn of_outcome(outcome: &'a Outcome) -> Self {
        Self {
            kind: Attribute::of(&outcome.kind),
            outcome: Attribute::of(&outcome.outcome),
            fault: Some(outcome.fault),
            runid: Attribute::of(&outcome.run_id),
            why: Attribute::of(&outcome.why),
            ..Self::default()
        }
    }

    /// And the payload of the kinds that report in one of Choria's documents, which has no field for it.
    pub(super) fn with_payload(outcome: &'a Outcome) -> Self {
        let text = |name: &str| outcome.fields.get(name).and_then(Value::as_str);
        let field = |name: &str| text(name).and_then(Attribute::of);
        let number = |name: &str| outcome.fields.get(name)?.as_i64()?.try_into().ok();
        let returned = (!outcome.returned.is_empty()).then(|| plain_json(&outcome.returned));
        Self {
            reason: field("reason"),
            code: number("code"),
            signal: field("signal"),
            slot: field("slot"),
            until: field("until"),
            next: field("next"),
            missed: number("missed"),
            stderr: text("stderr").and_then(Attribute::end_of),
            returned: returned.and_then(|it| Attribute::whole(it, RETURNED)),
            ..Self::of_outcome(outcome)
        }
    }
}

/// An object as JSON that an attribute can hold: what would not show itself is written as JSON escapes it, `\u0085`.
fn plain_json(object: &Map<String, Value>) -> String {
    let mut plain = String::new();
    for c in Value::Object(object.clone()).to_string().chars() {
        if is_hidden(c) {
            plain.extend(c.encode_utf16(&mut [0; 2]).iter().map(|it| format!("\\u{it:04x}")));
        } else {
            plain.push(c);
        }
    }
    plain
}
