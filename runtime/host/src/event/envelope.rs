//! A happening as a CloudEvent 1.0: the parts that all events share, and their one form in JSON.
//!
//! Written here and not by an SDK, which would give the attributes another order each time: an event that is sent again
//! is the same to the byte. The SDK reads every one of them in the tests.

use super::document::{Attribute, Data, Document, Extensions, document};
use super::error::EventError;
use super::happening::{Cause, Happening, Origin};
use super::identity::{About, LIFECYCLE};
use super::schema::urn;
use super::trace;
use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;

/// The most bytes that an event takes in JSON. Long texts in it are cut, with a mark.
pub const LARGEST: usize = 64 * 1024;

/// An event as it goes out.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its id, which no other event has.
    pub id: String,
    /// Its type.
    pub ty: Cow<'static, str>,
    /// Its `traceparent`.
    pub trace: String,
    /// The event in the JSON format of CloudEvents, at most [`LARGEST`] bytes, on one line and without its end.
    pub json: Box<RawValue>,
}

impl Event {
    /// What an event that follows from this one names as its cause.
    #[must_use]
    pub fn as_cause(&self) -> Cause {
        Cause { id: self.id.clone(), trace: self.trace.clone() }
    }
}

/// An event as CloudEvents 1.0 has it in JSON.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub(super) struct Envelope<'a> {
    /// The version of CloudEvents.
    specversion: SpecVersion,
    /// Names the event. It never comes again, on this node or another.
    #[schemars(length(min = 1))]
    id: &'a str,
    /// The node and the machine.
    #[schemars(length(min = 1), extend("format" = "uri-reference"))]
    source: Cow<'a, str>,
    /// The type of the event; `data.protocol` repeats it.
    #[schemars(length(min = 1))]
    r#type: &'a str,
    /// The node's name; `data.identity` repeats it.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Attribute<'a>>,
    /// What `data` is.
    datacontenttype: ContentType,
    /// Names the schema of `data`: `machinec events` shows it.
    #[schemars(length(min = 1), extend("format" = "uri"))]
    dataschema: Cow<'a, str>,
    /// When it happened: universal time, with nine digits below the second.
    #[schemars(extend("format" = "date-time"))]
    time: &'a str,
    #[serde(flatten)]
    extensions: Extensions<'a>,
    /// What happened, in a document for each type.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    data: &'a Data<'a>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
enum SpecVersion {
    #[serde(rename = "1.0")]
    V1,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
enum ContentType {
    #[serde(rename = "application/json")]
    Json,
}

/// The CloudEvent for something that happened. Pure: the same happening is always the same event, to the byte: first
/// what Choria writes, in its order, then the extension attributes by name, then `data`.
///
/// # Errors
///
/// If the origin is not one that this can happen to, or a name in it is empty or too long.
pub fn event(origin: &Origin, happening: &Happening) -> Result<Event, EventError> {
    let about = About::new(origin, &happening.what)?;
    let id = about.id(origin.epoch, happening.sequence);
    let trace = trace::parent(&id, happening.cause.as_ref());
    let Document { ty, data, extensions } = document(about, happening, &id);
    let time = rfc3339_ns(happening.time_ns);
    let envelope = Envelope {
        specversion: SpecVersion::V1,
        id: &id,
        source: source(about, &ty),
        r#type: &ty,
        subject: Attribute::of(about.node()),
        datacontenttype: ContentType::Json,
        dataschema: urn(&ty, about),
        time: &time,
        extensions: with_common(extensions, happening, &time, &trace),
        data: &data,
    };
    let json = to_raw_value(&envelope).map_err(EventError::Unwritable)?;
    Ok(Event { id, ty, trace, json })
}

/// And the extension attributes that every event has.
fn with_common<'a>(
    mut extensions: Extensions<'a>,
    happening: &'a Happening,
    time: &'a str,
    trace: &'a str,
) -> Extensions<'a> {
    let is_at_once = happening.recorded_ns == happening.time_ns;
    let recorded = || Attribute::made(rfc3339_ns(happening.recorded_ns));
    extensions.cause = happening.cause.as_ref().and_then(|cause| Attribute::of(&cause.id));
    extensions.recordedtime = if is_at_once { Attribute::of(time) } else { recorded() };
    // A text of fixed width, as the `sequence` extension of CloudEvents wants it: it sorts as it counts.
    extensions.sequence = Attribute::made(format!("{:020}", happening.sequence));
    extensions.traceparent = Attribute::of(trace);
    extensions
}

/// Choria's clients take a life cycle event from one source only.
fn source<'a>(about: About<'_>, ty: &str) -> Cow<'a, str> {
    if ty.starts_with(LIFECYCLE) { LIFECYCLE.into() } else { about.source().into() }
}

/// A moment, always with nine digits after the second, so that moments written as text have one length and sort.
///
/// Every `u64` of nanoseconds is a moment before the year 2600, which the calendar of `chrono` has.
pub(super) fn rfc3339_ns(nanoseconds: u64) -> String {
    let moment: DateTime<Utc> = DateTime::UNIX_EPOCH + std::time::Duration::from_nanos(nanoseconds);
    moment.to_rfc3339_opts(SecondsFormat::Nanos, true)
}
