//! A happening as a CloudEvent 1.0: the parts that all events share, and their one form in JSON.

use super::attribute::{self, Attributes};
use super::document::{Document, document};
use super::error::EventError;
use super::happening::{Cause, Happening, Origin};
use super::identity::{About, LIFECYCLE};
use super::text::visible;
use super::trace;
use chrono::{DateTime, SecondsFormat, Utc};
use cloudevents::event::{AttributesReader, ExtensionValue};
use cloudevents::{Data, Event, EventBuilder, EventBuilderV10};
use serde::Serialize;
use serde_json::Value;

/// The most bytes that an event takes in JSON. Long texts in it are cut, with a mark.
pub const LARGEST: usize = 64 * 1024;

/// The CloudEvent for something that happened. Pure: the same happening is always the same event.
///
/// # Errors
///
/// If the origin is not one that this can happen to, or a name in it is empty or too long.
pub fn event(origin: &Origin, happening: &Happening) -> Result<Event, EventError> {
    let about = About::new(origin, &happening.what)?;
    let id = about.id(origin.epoch, happening.sequence);
    let Document { protocol, data, attributes } = document(about, happening, &id);
    let envelope = EventBuilderV10::new()
        .id(&id)
        .source(source(about, &protocol))
        .ty(protocol)
        .subject(visible(about.node()))
        .time(moment(happening.time_ns))
        .data("application/json", Value::Object(data));
    let event = common(happening, &id)
        .into_iter()
        .chain(attributes)
        .fold(envelope, |envelope, (name, value)| envelope.extension(name, value))
        .build()
        .map_err(EventError::Refused)?;
    attribute::check(&event)?;
    Ok(event)
}

/// The event in the JSON format of CloudEvents, at most [`LARGEST`] bytes, on one line and without its end.
///
/// The SDK would write the extension attributes in another order each time. Here the order is fixed, so that an event
/// that is sent again is the same to the byte: first what Choria writes, in its order, then the extension attributes
/// by name, then `data`.
pub fn to_json(event: &Event) -> Vec<u8> {
    let mut json = Vec::with_capacity(1024);
    json.extend_from_slice(br#"{"specversion":"1.0""#);
    member(&mut json, "id", event.id());
    member(&mut json, "source", event.source());
    member(&mut json, "type", event.ty());
    let time = event.time().map(rfc3339);
    let optional =
        [("subject", event.subject()), ("datacontenttype", event.datacontenttype()), ("time", time.as_deref())];
    for (name, value) in optional {
        value.into_iter().for_each(|value| member(&mut json, name, value));
    }
    for (name, value) in sorted(event) {
        member(&mut json, name, value);
    }
    if let Some(Data::Json(data)) = event.data() {
        member(&mut json, "data", data);
    }
    json.push(b'}');
    json
}

/// What an event that follows from this one names as its cause.
pub fn cause(event: &Event) -> Cause {
    let trace = event.extension("traceparent").map(ToString::to_string);
    Cause { id: event.id().to_owned(), trace: trace.unwrap_or_default() }
}

/// The extension attributes that every event has.
fn common(happening: &Happening, id: &str) -> Attributes {
    let mut attributes = Attributes::default();
    // A text of fixed width, as the `sequence` extension of CloudEvents wants it: it sorts as it counts.
    attributes.text("sequence", &format!("{:020}", happening.sequence));
    attributes.text("recordedtime", &rfc3339(&moment(happening.recorded_ns)));
    attributes.text("traceparent", &trace::parent(id, happening.cause.as_ref()));
    if let Some(cause) = &happening.cause {
        attributes.text("cause", &cause.id);
    }
    attributes
}

/// Choria's clients take a life cycle event from one source only.
fn source(about: About<'_>, protocol: &str) -> String {
    if protocol.starts_with(LIFECYCLE) { LIFECYCLE.to_owned() } else { about.source() }
}

/// Every `u64` of nanoseconds is a moment before the year 2600, which the calendar of `chrono` has.
fn moment(nanoseconds: u64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + std::time::Duration::from_nanos(nanoseconds)
}

/// Always with nine digits after the second, so that moments written as text have one length and sort.
fn rfc3339(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

fn sorted(event: &Event) -> Vec<(&str, &ExtensionValue)> {
    let mut extensions: Vec<_> = event.iter_extensions().collect();
    extensions.sort_unstable_by_key(|(name, _)| *name);
    extensions
}

fn member(json: &mut Vec<u8>, name: &str, value: impl Serialize) {
    json.push(b',');
    put(json, name);
    json.push(b':');
    put(json, value);
}

/// Only called with texts, moments, and what is JSON already: nothing that has no form in JSON, nor is there anything
/// to go wrong in writing to memory.
fn put(json: &mut Vec<u8>, value: impl Serialize) {
    let _ = serde_json::to_writer(json, &value);
}
