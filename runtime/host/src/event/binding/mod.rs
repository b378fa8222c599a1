//! Events on the wire: how one stands in a message of NATS or of HTTP, and how it is read there.
//!
//! Pure: from the JSON of an event to headers and body, and back. In *structured* mode the body is the JSON as it is; in
//! *binary* mode the body is `data`, and each attribute is a header, percent-encoded. What is read is held against the
//! rules of CloudEvents 1.0 and comes back as JSON: one of our own events to the byte, whichever mode it was sent in.
//!
//! ```
//! use machine_host::event::binding::http;
//!
//! let event = br#"{"specversion":"1.0","id":"7","source":"/machines/n1","type":"a.b","subject":"the lab"}"#;
//! let sent = http::binary(event)?;
//! assert!(sent.headers.contains(&("ce-subject".into(), "the%20lab".into())));
//!
//! let headers = sent.headers.iter().map(|(name, value)| (&**name, &**value));
//! let read = http::read(headers, &sent.body)?;
//! assert_eq!(read[0].get().as_bytes(), event);
//! # Ok::<(), machine_host::event::binding::BindingError>(())
//! ```

pub mod http;
pub mod nats;

mod error;
mod header;
mod members;
mod rules;

pub use error::BindingError;

use members::Members;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A message: what an event becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'e> {
    /// The headers; their values are printable ASCII.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub body: Cow<'e, [u8]>,
}

/// One event in JSON, held against the rules of CloudEvents 1.0 and its JSON format.
///
/// # Errors
///
/// If it is not JSON, or breaks a rule.
pub fn check(event: &[u8]) -> Result<Box<RawValue>, BindingError> {
    let raw: Box<RawValue> = serde_json::from_slice(event)?;
    Members::of(event)?.check()?;
    Ok(raw)
}
