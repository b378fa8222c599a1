//! Where events go: standard output, as lines for people or as JSON, and a file.
//!
//! A sink is called on the node's event loop, so none of them ever waits for a reader. [`Sink::publish`] collects,
//! [`Sink::flush`] writes what was collected at once. An event that a sink does not take is an error: the sink
//! drops nothing by itself, and the journal still holds the event.

mod error;
mod file;
mod outlet;
mod patient;
mod rotate;
mod stdout;

pub use error::SinkError;
pub use file::JsonFile;
pub use rotate::Rotation;
pub use stdout::{StdoutJson, StdoutLines};

use crate::event::happening::{Happening, Origin};

/// An event on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Published<'a> {
    /// Who it is about.
    pub origin: &'a Origin,
    /// What happened.
    pub happening: &'a Happening,
    /// The CloudEvent in JSON, on one line and without its end; see [`Event`](crate::event::Event).
    pub json: &'a [u8],
}

/// A place that events go to. The events of one machine come in the order of their sequence.
pub trait Sink {
    /// What it is called in figures; one without a name is not in there.
    fn name(&self) -> &str {
        ""
    }

    /// Takes an event. It is written with the next [`flush`](Sink::flush) at the latest.
    ///
    /// # Errors
    ///
    /// This event was not taken; the ones before it are kept: [`SinkError::Behind`] or [`SinkError::File`] if too much
    /// waits and cannot be written. [`SinkError::Closed`] or [`SinkError::Output`] if nobody will ever read it.
    fn publish(&mut self, event: &Published<'_>) -> Result<(), SinkError>;

    /// Writes all that was taken, in one go. Does not wait for a disk or a reader.
    ///
    /// # Errors
    ///
    /// [`SinkError::File`] if the file cannot be written now: what was taken is kept, and written by a later flush.
    /// [`SinkError::Closed`] or [`SinkError::Output`] if nobody will ever read it.
    fn flush(&mut self) -> Result<(), SinkError>;

    /// Takes an event that may have been taken before a crash, as JSON. Sinks for people let it pass.
    ///
    /// # Errors
    ///
    /// As [`publish`](Sink::publish).
    fn publish_again(&mut self, _json: &[u8]) -> Result<(), SinkError> {
        Ok(())
    }

    /// Begins a new file if the one that is written to was moved away; nothing for sinks that have no file.
    ///
    /// # Errors
    ///
    /// [`SinkError::File`] if the new file cannot be made.
    fn reopen(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// The most bytes that wait in a sink: some ten thousand events, hours of a node that nobody reads from.
const MOST_WAITING: usize = 8 * 1024 * 1024;

#[cfg(test)]
mod samples;
