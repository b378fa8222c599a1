//! Why a message is no event.

use miette::Diagnostic;
use thiserror::Error;

/// Why a message is no event, or an event cannot be made a message.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum BindingError {
    /// The event is not JSON, or no object.
    #[error("an event is a JSON object, and this is none")]
    #[diagnostic(help("look at what sent it: it may be something else than an event"))]
    Json(#[from] serde_json::Error),
    /// An attribute breaks a rule of CloudEvents.
    #[error("the attribute `{name}` of an event {fault}")]
    #[diagnostic(help("whatever sent it does not keep to CloudEvents 1.0"))]
    Attribute {
        /// The attribute.
        name: String,
        /// What is wrong with it: `is missing`.
        fault: &'static str,
    },
    /// The value of a header is not UTF-8 once it is decoded.
    #[error("the header `{name}` is not UTF-8 once its percent-encoding is undone")]
    #[diagnostic(help("whatever sent it does not keep to CloudEvents 1.0"))]
    Header {
        /// The header.
        name: String,
    },
    /// The body is not base64 where the event says so.
    #[error("the `data_base64` of an event is not base64")]
    #[diagnostic(help("whatever sent it does not keep to CloudEvents 1.0"))]
    Base64(#[source] base64::DecodeError),
    /// The message is in a format of events that is not JSON.
    #[error("events of the type `{found}` cannot be read")]
    #[diagnostic(help("have them sent as `application/cloudevents+json`"))]
    Format {
        /// The type of the content.
        found: String,
    },
}

/// An attribute that breaks a rule.
pub(super) fn broken<T>(name: &str, fault: &'static str) -> Result<T, BindingError> {
    Err(BindingError::Attribute { name: name.escape_debug().to_string(), fault })
}
