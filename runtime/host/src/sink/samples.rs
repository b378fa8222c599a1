//! Events for the tests of the sinks.

use super::{Published, Sink, SinkError};
use crate::event::samples;

const JSON: &str = r#"{"specversion":"1.0","id":"n1.@.1.1"}"#;

/// Publishes one event.
pub(crate) fn try_publish(sink: &mut impl Sink) -> Result<(), SinkError> {
    let happening = samples::happening(samples::transition());
    let origin = samples::origin_of(&happening.what);
    sink.publish(&Published { origin: &origin, happening: &happening, json: JSON.as_bytes() })
}

/// Publishes so many events.
pub(crate) fn publish(sink: &mut impl Sink, count: usize) {
    for _ in 0..count {
        try_publish(sink).unwrap();
    }
}

/// Publishes until the sink refuses, and flushes.
pub(crate) fn fill(sink: &mut impl Sink) -> SinkError {
    loop {
        if let Err(error) = try_publish(sink) {
            sink.flush().unwrap();
            return error;
        }
    }
}

/// What so many events are in a file.
pub(crate) fn lines(count: usize) -> String {
    format!("{JSON}\n").repeat(count)
}
