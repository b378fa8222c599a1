//! What the node tells: each [`happening`] becomes one CloudEvent ([`event`]) and one line for people ([`mod@line`]).
//!
//! Everything here is pure: the same origin and happening give the same bytes, so that an event that is sent
//! again after a crash is the event that was sent before. `docs/events.md` lists every event.

pub mod binding;
pub mod happening;
pub mod line;
pub mod schema;

mod document;
mod envelope;
mod error;
mod identity;
mod led;
mod read;
mod text;
mod trace;

#[cfg(test)]
pub(crate) mod everything;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

pub use envelope::{Event, LARGEST, event};
pub use error::EventError;
pub(crate) use led::Led;
pub use line::{Lines, Look, Zone, line};
pub use read::{Told, read};
pub(crate) use text::visible;
pub(crate) use trace::{run_span, span_of, trace_and_span};
