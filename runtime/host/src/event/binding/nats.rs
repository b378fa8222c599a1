//! Events in messages of NATS, by version 1.0 of that binding. It has no batches.

use super::header::attributes;
use super::members::Members;
use super::{BindingError, Message, check};
use serde_json::value::RawValue;
use std::borrow::Cow;

const TYPE: &str = "Content-Type";
const EVENT: &str = "application/cloudevents";
const VERSION: &str = "ce-specversion";

/// The event as it is, in the body.
#[must_use]
pub fn structured(event: &[u8]) -> Message<'_> {
    Message { headers: vec![(TYPE.into(), format!("{EVENT}+json"))], body: Cow::Borrowed(event) }
}

/// Each attribute a header, and `data` the body. Unlike with HTTP, the type of the content is a header like the others.
///
/// # Errors
///
/// If the event is no JSON object.
pub fn binary(event: &[u8]) -> Result<Message<'static>, BindingError> {
    let members = Members::of(event)?;
    Ok(Message { headers: members.headers(&[])?, body: Cow::Owned(members.body()?) })
}

/// The event in a message, whichever of the two modes it is in. One without headers is a structured one: so do SDKs send
/// them, and so did NATS before it had headers.
///
/// # Errors
///
/// If it has none, or one that breaks a rule of CloudEvents 1.0.
pub fn read<'h>(
    headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    body: &[u8],
) -> Result<Box<RawValue>, BindingError> {
    let headers: Vec<_> = headers.into_iter().collect();
    let content = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(TYPE)).map(|it| it.1.trim());
    let kind = content.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_binary = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(VERSION));
    match kind.as_str() {
        "application/cloudevents+json" | "application/cloudevents" => check(body),
        _ if kind.starts_with(EVENT) => Err(BindingError::Format { found: kind }),
        _ if is_binary => from_binary(&headers, content, body),
        _ => check(body),
    }
}

fn from_binary(headers: &[(&str, &str)], content: Option<&str>, body: &[u8]) -> Result<Box<RawValue>, BindingError> {
    let mut attributes = attributes(headers)?;
    // Some senders say it as with HTTP.
    if !attributes.iter().any(|(name, _)| name == "datacontenttype") {
        attributes.extend(content.map(|it| ("datacontenttype".to_owned(), it.to_owned())));
    }
    Members::from_parts(attributes, body)?.checked()
}
