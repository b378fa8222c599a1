//! An event as spans: what a machine did, and where it belongs in its trace.
//!
//! All ids follow from the event. Its `traceparent` names trace and span, and its `cause` the parent, which is of the same
//! trace: an event goes on with the trace of its cause. A command has a span of its own within that of its outcome,
//! the one that it was given as `TRACEPARENT`, so that what it traces itself is below it.

use super::resource::{number, text, truth};
use crate::event::happening::{Outcome, What};
use crate::event::{Told, read, run_span, span_of, trace_and_span};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use serde::Deserialize;
use std::time::Duration;

/// Kinds of watchers that run no command.
const WITHOUT_COMMAND: [&str; 3] = ["file", "kv", "schedule"];
/// Sampled, as all our traces are, and begun on this node.
const FLAGS: u32 = 0x101;

/// What stands beside the documents of an event.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Marks {
    source: String,
    traceparent: String,
    reason: Option<String>,
    signal: Option<String>,
    code: Option<i64>,
    data: Details,
}

/// The same where an event has it in its document.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    command: Option<String>,
    fields: Fields,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    reason: Option<String>,
    code: Option<i64>,
}

/// The spans of an event; none if nothing was done that others follow from.
pub(super) fn spans(json: &[u8]) -> Vec<Span> {
    let (Some(told), Ok(marks)) = (read(json), serde_json::from_slice::<Marks>(json)) else { return Vec::new() };
    let Some((trace, own)) = trace_and_span(&marks.traceparent) else { return Vec::new() };
    let Some(deed) = Deed::of(&told, &marks) else { return Vec::new() };
    let end = told.happening.time_ns;
    let took = u64::try_from(deed.took.as_nanos()).unwrap_or(u64::MAX);
    let parent = told.happening.cause.as_ref().map(|it| span_of(&it.id).to_vec()).unwrap_or_default();
    let span = Span {
        trace_id: trace.to_vec(),
        span_id: own.to_vec(),
        parent_span_id: parent,
        flags: FLAGS,
        name: deed.name,
        kind: SpanKind::Internal.into(),
        start_time_unix_nano: end.saturating_sub(took),
        end_time_unix_nano: end,
        attributes: whose(&told, &marks).into_iter().chain(deed.attributes).collect(),
        status: deed.error.map(failed),
        ..Span::default()
    };
    match &told.happening.what {
        What::Outcome(outcome) | What::Rejected(outcome) => {
            command(&span, outcome, &marks).into_iter().chain([span.clone()]).collect()
        }
        _ => vec![span],
    }
}

/// The command behind an outcome: as long as that, and below it.
fn command(span: &Span, outcome: &Outcome, marks: &Marks) -> Option<Span> {
    let runs_one = !outcome.run_id.is_empty() && !WITHOUT_COMMAND.contains(&outcome.kind.as_str());
    // A program of somebody's own may go on after its outcome.
    let is_ours = ["exec", "shell"].contains(&outcome.kind.as_str());
    let line = marks.data.command.as_deref();
    let attributes = [
        line.map(|it| text("process.command_line", it)),
        marks.code().filter(|it| *it >= 0).map(|it| number("process.exit.code", it)),
        (is_ours && !outcome.fault).then(|| number("process.exit.code", 0)),
        marks.signal.as_deref().filter(|it| !it.is_empty()).map(|it| text("machine.signal", it)),
        Some(text("machine.run_id", &outcome.run_id)),
    ];
    runs_one.then(|| Span {
        span_id: run_span(&outcome.run_id).to_vec(),
        parent_span_id: span.span_id.clone(),
        name: outcome.kind.clone(),
        attributes: attributes.into_iter().flatten().collect(),
        ..span.clone()
    })
}

/// Whose the event is, and which.
fn whose(told: &Told, marks: &Marks) -> Vec<KeyValue> {
    let mut attributes = vec![
        text("cloudevents.event_id", &told.id),
        text("cloudevents.event_source", &marks.source),
        text("cloudevents.event_type", &told.ty),
    ];
    if let Some(machine) = &told.origin.machine {
        let named = [("machine.name", &machine.name), ("machine.version", &machine.version)];
        attributes.extend(named.into_iter().filter(|it| !it.1.is_empty()).map(|(name, it)| text(name, it)));
    }
    attributes
}

fn failed(message: String) -> Status {
    Status { message, code: StatusCode::Error.into() }
}

impl Marks {
    fn reason(&self) -> Option<&str> {
        self.reason.as_deref().or(self.data.fields.reason.as_deref()).filter(|it| !it.is_empty())
    }

    fn code(&self) -> Option<i64> {
        self.code.or(self.data.fields.code)
    }
}

/// What was done, in the words of a span.
struct Deed {
    name: String,
    took: Duration,
    attributes: Vec<KeyValue>,
    /// It failed: why.
    error: Option<String>,
}

impl Deed {
    fn of(told: &Told, marks: &Marks) -> Option<Self> {
        let at_once = |name: String, attributes| Self { name, took: Duration::ZERO, attributes, error: None };
        Some(match &told.happening.what {
            What::Transition { event, from, to } => {
                let ends = [text("machine.event", event), text("machine.from", from), text("machine.to", to)];
                at_once(format!("{from} -> {to}"), ends.into())
            }
            What::Started { state, resumed, .. } => {
                at_once("start".to_owned(), vec![text("machine.to", state), truth("machine.resumed", *resumed)])
            }
            What::Outcome(outcome) => Self::of_outcome(outcome, marks),
            What::Rejected(outcome) => {
                let error = Some("it does not have the types that the table wants".to_owned());
                Self { error, ..Self::of_outcome(outcome, marks) }
            }
            What::Fired { event, answered, .. } => at_once(
                format!("operator {event}"),
                vec![text("machine.event", event), truth("machine.answered", *answered)],
            ),
            What::Emitted { event, .. } => at_once(format!("emit {event}"), vec![text("machine.event", event)]),
            What::Faulted { reason, position, .. } => {
                let attributes = vec![text("error.type", reason), text("machine.position", position)];
                Self { error: Some(reason.clone()), ..at_once("fault".to_owned(), attributes) }
            }
            _ => return None,
        })
    }

    fn of_outcome(outcome: &Outcome, marks: &Marks) -> Self {
        let Outcome { watcher, kind, outcome: name, fault, late, .. } = outcome;
        let mut attributes =
            vec![text("machine.watcher", watcher), text("machine.watcher.kind", kind), text("machine.outcome", name)];
        attributes.extend(marks.reason().filter(|_| *fault).map(|it| text("error.type", it)));
        attributes.extend(late.then(|| truth("machine.late", true)));
        let error = fault.then(|| outcome.why.clone());
        Self { name: format!("{watcher}.{name}"), took: outcome.took, attributes, error }
    }
}
