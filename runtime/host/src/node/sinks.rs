//! The sinks of a node as one, and what becomes of those that fail.

use super::outbox::Event;
use super::say;
use crate::metrics::SinkFigures;
use crate::sink::{Published, Sink, SinkError};
use serde_json::value::RawValue;

/// Everywhere that events go. A sink that nobody will ever read is given up; the journal still has the events.
pub(super) struct Sinks {
    open: Vec<Open>,
    /// Whoever reads standard output is the one for whom the node runs.
    end_with_output: bool,
    is_over: bool,
}

struct Open {
    sink: Box<dyn Sink>,
    /// It did not take or write something, and that was said.
    is_troubled: bool,
    /// How often that began.
    troubles: u64,
}

impl Sinks {
    /// With `end_with_output`, [`is_over`](Self::is_over) tells when nobody reads standard output any more.
    pub(super) fn new(sinks: Vec<Box<dyn Sink>>, end_with_output: bool) -> Self {
        let open = sinks.into_iter().map(|sink| Open { sink, is_troubled: false, troubles: 0 }).collect();
        Self { open, end_with_output, is_over: false }
    }

    /// Nobody reads what the node was run for.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Hands out events that are durable, and has them written.
    pub(super) fn publish(&mut self, events: &[Box<Event>]) {
        let published = events.iter().map(|it| Published {
            origin: &it.origin,
            happening: &it.happening,
            json: it.json.get().as_bytes(),
        });
        self.hand_out(published, |sink, event| sink.publish(&event));
    }

    /// Hands out events that may have been handed out before a crash.
    pub(super) fn publish_again<'e>(&mut self, events: impl Iterator<Item = &'e RawValue> + Clone) {
        self.hand_out(events, |sink, event| sink.publish_again(event.get().as_bytes()));
    }

    /// How each of them is.
    pub(super) fn figures(&self) -> Vec<SinkFigures> {
        let figures = |it: &Open| SinkFigures {
            name: it.sink.name().to_owned(),
            is_troubled: it.is_troubled,
            troubles: it.troubles,
        };
        self.open.iter().filter(|it| !it.sink.name().is_empty()).map(figures).collect()
    }

    /// Has files opened anew that were moved away.
    pub(super) fn reopen(&mut self) {
        self.each(|sink| sink.reopen());
    }

    fn hand_out<E>(
        &mut self,
        events: impl Iterator<Item = E> + Clone,
        put: impl Fn(&mut dyn Sink, E) -> Result<(), SinkError>,
    ) {
        self.each(|sink| {
            // What one event meets does not keep the others from being handed out.
            let refused = events.clone().filter_map(|event| put(sink, event).err()).last();
            sink.flush().and(refused.map_or(Ok(()), Err))
        });
    }

    fn each(&mut self, mut act: impl FnMut(&mut dyn Sink) -> Result<(), SinkError>) {
        let mut is_closed = false;
        let end_with_output = self.end_with_output;
        self.open.retain_mut(|it| match act(it.sink.as_mut()) {
            Ok(()) => {
                it.is_troubled = false;
                true
            }
            Err(error) => {
                let is_lost = matches!(error, SinkError::Closed | SinkError::Output { .. });
                is_closed |= is_lost;
                let is_expected = is_lost && end_with_output;
                let was_said = std::mem::replace(&mut it.is_troubled, true);
                it.troubles += u64::from(!was_said);
                if !was_said && !is_expected {
                    say(&error);
                }
                !is_lost
            }
        });
        self.is_over |= is_closed && end_with_output;
    }
}
