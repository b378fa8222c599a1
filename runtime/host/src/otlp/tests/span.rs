//! Events as spans.

use super::shown;
use crate::event::happening::{Cause, Happening, Outcome, What};
use crate::event::{Led, event, everything, run_span, samples, trace_and_span};
use crate::otlp::span::spans;
use opentelemetry_proto::tonic::trace::v1::Span;
use std::time::Duration;

fn event_of(what: What) -> Vec<u8> {
    let happening = samples::caused(what);
    event(&samples::origin_of(&happening.what), &happening).unwrap().json.get().as_bytes().to_vec()
}

/// A line for people.
fn line(span: &Span) -> String {
    let took = Duration::from_nanos(span.end_time_unix_nano - span.start_time_unix_nano);
    let status = span.status.as_ref().map(|it| format!(" ERROR {}", it.message)).unwrap_or_default();
    let attributes = span.attributes.iter().filter(|it| !it.key.starts_with("cloudevents.")).cloned();
    let attributes: Vec<_> = attributes.collect();
    let (own, parent) = (hex::encode(&span.span_id), hex::encode(&span.parent_span_id));
    format!("{parent} > {own} {} ({took:?}){status}\n    {}", span.name, shown(&attributes))
}

#[test]
fn what_a_machine_does_is_spans() {
    let mut told = Vec::new();
    for (name, what) in everything::all() {
        let spans = spans(&event_of(what));
        let lines: Vec<_> = spans.iter().map(line).collect();
        told.push(format!("{name}: {}\n{}", if lines.is_empty() { "nothing" } else { "" }, lines.join("\n")));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_span_has_the_names_and_the_time_of_its_event() {
    let json = event_of(samples::transition());
    let told: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let [span] = &spans(&json)[..] else { panic!("one span") };
    let (trace, own) = trace_and_span(told["traceparent"].as_str().unwrap()).unwrap();
    assert_eq!((&span.trace_id[..], &span.span_id[..]), (&trace[..], &own[..]));
    assert_eq!((span.start_time_unix_nano, span.end_time_unix_nano), (samples::TIME, samples::TIME));
    assert_eq!(
        shown(&span.attributes[..3]),
        "cloudevents.event_id=n1.example.net.container_manager.1767225600000.42 \
         cloudevents.event_source=/machines/n1.example.net/container_manager \
         cloudevents.event_type=io.choria.machine.v1.transition"
    );
}

/// A chain of causes: each is the parent of the next, and all are of one trace.
#[test]
fn a_cause_is_the_parent() {
    let origin = samples::origin("n1", Some("container_manager"));
    let mut cause: Option<Cause> = None;
    let mut before: Option<Span> = None;
    for (sequence, what) in
        [(1, samples::transition()), (2, What::Outcome(samples::exec_failed())), (3, samples::transition())]
    {
        let happening = Happening { sequence, cause: cause.clone(), ..samples::happening(what) };
        let made = event(&origin, &happening).unwrap();
        cause = Some(made.as_cause());
        let span = spans(made.json.get().as_bytes()).pop().unwrap();
        let (parent, trace) = before.map(|it| (it.span_id, it.trace_id)).unwrap_or_default();
        assert_eq!(span.parent_span_id, parent);
        assert!(trace.is_empty() || trace == span.trace_id);
        before = Some(span);
    }
}

/// What the command had as `TRACEPARENT` is the span that its own spans are below.
#[test]
fn a_command_is_the_span_that_it_was_given() {
    let visit = Cause { id: "n1.container_manager.1.41".into(), trace: event_trace() };
    let given = Led::by(&visit).unwrap().run("container_manager-12-3");
    let outcome = Outcome { run_id: "container_manager-12-3".into(), ..samples::exec_ok() };
    let happening = Happening { cause: Some(visit), ..samples::happening(What::Outcome(outcome)) };
    let json = event(&samples::origin("n1", Some("container_manager")), &happening).unwrap().json;
    let [command, outcome] = &spans(json.get().as_bytes())[..] else { panic!("two spans") };
    let (trace, span) = trace_and_span(&given).unwrap();
    assert_eq!((&command.trace_id[..], &command.span_id[..]), (&trace[..], &span[..]));
    assert_eq!((span, &command.parent_span_id), (run_span("container_manager-12-3"), &outcome.span_id));
}

fn event_trace() -> String {
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()
}

#[test]
fn what_is_no_event_of_ours_is_no_span() {
    for json in ["", "7", "{}", r#"{"id":"1","type":"io.choria.machine.v1.transition"}"#] {
        assert_eq!(spans(json.as_bytes()), [], "{json}");
    }
    let broken = String::from_utf8(event_of(samples::transition())).unwrap().replace("\"00-", "\"xx-");
    assert_eq!(spans(broken.as_bytes()), []);
}
