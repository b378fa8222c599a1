//! What a node does, told to a collector of OpenTelemetry: traces and metrics over OTLP, by HTTP with protobuf.
//! `docs/otlp.md` lists every span and every name.
//!
//! | | |
//! | --- | --- |
//! | [`Settings`] | where the collector is, and what it gets |
//! | [`Traces`], `span` | a [carrier](crate::delivery): events of the journal as spans, with the ids that they have anyway |
//! | [`Push`], `figures`, `names` | the metrics that Prometheus reads, sent again and again |
//! | `post`, `resource` | one request, and who speaks |
//!
//! The messages are those of `opentelemetry-proto`. Its SDK is not used: it draws ids by chance and keeps spans in
//! memory, where ours follow from the events and wait in the journal, so that an outage loses nothing.

mod figures;
mod names;
mod post;
mod push;
mod resource;
mod settings;
mod span;
mod traces;

#[cfg(test)]
mod tests;

pub use post::Knock;
pub use push::Push;
pub use settings::Settings;
pub use traces::Traces;

/// What speaks, in the messages.
const SCOPE: &str = "machined";
