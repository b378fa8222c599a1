//! What the node tells: each [`happening`] becomes one CloudEvent ([`cloud`]) and one line for people ([`mod@line`]).
//!
//! Everything here is pure: the same origin and happening give the same bytes, so that an event that is sent
//! again after a crash is the event that was sent before. `docs/events.md` lists every event.

pub mod cloud;
pub mod happening;
pub mod line;

mod attribute;
mod choria;
mod document;
mod error;
mod identity;
mod led;
mod own;
mod text;
mod trace;

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

pub use cloud::{cause, event, to_json};
pub use error::EventError;
pub(crate) use led::Led;
pub use line::{Lines, Look, Zone, line};
