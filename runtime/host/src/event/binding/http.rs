//! Events in messages of HTTP, by version 1.0.2 of that binding.

use super::header::attributes;
use super::members::Members;
use super::{BindingError, Message, check};
use serde_json::value::RawValue;
use std::borrow::Cow;

const TYPE: &str = "content-type";
const EVENT: &str = "application/cloudevents";
const BATCH: &str = "application/cloudevents-batch";

/// The event as it is, in the body.
#[must_use]
pub fn structured(event: &[u8]) -> Message<'_> {
    Message { headers: content(format!("{EVENT}+json; charset=UTF-8")), body: Cow::Borrowed(event) }
}

/// Each attribute a header, and `data` the body.
///
/// # Errors
///
/// If the event is no JSON object.
pub fn binary(event: &[u8]) -> Result<Message<'static>, BindingError> {
    let members = Members::of(event)?;
    let mut headers = members.headers(&["datacontenttype"])?;
    headers.extend(members.text("datacontenttype").map(|it| (TYPE.into(), it)));
    Ok(Message { headers, body: Cow::Owned(members.body()?) })
}

/// Several events as they are, in one body.
#[must_use]
pub fn batch<'e>(events: impl IntoIterator<Item = &'e [u8]>) -> Message<'static> {
    let mut body = vec![b'['];
    for event in events {
        if body.len() > 1 {
            body.push(b',');
        }
        body.extend_from_slice(event);
    }
    body.push(b']');
    Message { headers: content(format!("{BATCH}+json; charset=UTF-8")), body: Cow::Owned(body) }
}

/// The events in a message, whichever of the three modes it is in.
///
/// # Errors
///
/// If it has none, or one that breaks a rule of CloudEvents 1.0.
pub fn read<'h>(
    headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    body: &[u8],
) -> Result<Vec<Box<RawValue>>, BindingError> {
    let headers: Vec<_> = headers.into_iter().collect();
    let content = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(TYPE)).map(|it| it.1.trim());
    let kind = content.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !kind.starts_with(EVENT) {
        let content = content.map(|it| ("datacontenttype".to_owned(), it.to_owned()));
        let attributes = attributes(&headers)?.into_iter().chain(content).collect();
        return Ok(vec![Members::from_parts(attributes, body)?.checked()?]);
    }
    match kind.as_str() {
        "application/cloudevents+json" | "application/cloudevents" => Ok(vec![check(body)?]),
        "application/cloudevents-batch+json" | "application/cloudevents-batch" => {
            let events: Vec<&RawValue> = serde_json::from_slice(body)?;
            events.into_iter().map(|event| check(event.get().as_bytes())).collect()
        }
        _ => Err(BindingError::Format { found: kind }),
    }
}

fn content(kind: String) -> Vec<(Cow<'static, str>, String)> {
    vec![(TYPE.into(), kind)]
}
