//! What becomes of events on their way, as events: each machine tells it of its own, the node of all others.

use super::outbox::Out;
use super::{Node, note, say};
use crate::delivery::{Missed, Notice};
use crate::error::NodeError;
use crate::event::happening::{Range, What};
use machine_core::Milliseconds;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io;
use std::time::SystemTime;
use tokio::sync::oneshot;

/// The names and numbers of so many bytes go into one event.
const PART: usize = 40 * 1024;

impl Node {
    /// Those who bring events elsewhere have something to tell.
    pub(super) fn noticed(&mut self, notice: Notice) -> Result<(), NodeError> {
        match notice {
            Notice::Trouble { carrier, text, is_first } => self.degraded(carrier, text, is_first),
            Notice::Word(text) => {
                say(&io::Error::other(text));
                Ok(())
            }
            Notice::Fine { carrier, since } => self.restored(carrier, since),
            Notice::Happened { machine, what, told } => {
                self.happened(machine.as_deref(), *what)?;
                told.into_iter().for_each(|it| self.answer_when_durable(it, Json::Null));
                Ok(())
            }
            Notice::Dropped { drops, told } => {
                self.tell_drops(drops)?;
                self.answer_when_durable(told, Json::Null);
                Ok(())
            }
            Notice::Forked { told } => self.forked(told),
            Notice::LetGo(lsn) => {
                self.journal.iter().for_each(|it| it.retain_from(lsn));
                Ok(())
            }
            Notice::Warning { about, text } => self.tell(What::NodeWarning { about, text }),
        }
    }

    pub(super) fn answer_when_durable(&mut self, to: oneshot::Sender<Json>, reply: Json) {
        self.outbox.put(self.appended, Out::Reply { to, reply });
    }

    /// One event for each time, whatever else comes into the way meanwhile.
    fn degraded(&mut self, sink: String, text: String, is_first: bool) -> Result<(), NodeError> {
        say(&io::Error::other(format!("events do not reach `{sink}`: {text}")));
        if is_first { self.tell(What::Sink { sink, degraded: true, text }) } else { Ok(()) }
    }

    fn restored(&mut self, sink: String, since: SystemTime) -> Result<(), NodeError> {
        let lasted = SystemTime::now().duration_since(since).unwrap_or_default();
        let seconds = lasted.as_secs().saturating_mul(1_000);
        let text =
            if seconds == 0 { "after less than a second".into() } else { format!("after {}", Milliseconds(seconds)) };
        note(&format!("events reach `{sink}` again, {text}"));
        self.tell(What::Sink { sink, degraded: false, text })
    }

    /// What goes before it was delivered is told, by the machines that it is of.
    fn tell_drops(&mut self, drops: Vec<Missed>) -> Result<(), NodeError> {
        for Missed { carrier: sink, machine, epoch, first, last, count, since_ns } in drops {
            let epoch = Some(epoch).filter(|it| *it != self.epoch);
            let what = What::Dropped { sink, range: Range { first, last, count }, since_ns, epoch };
            self.happened(machine.as_deref(), what)?;
        }
        Ok(())
    }

    /// Something happened to events of a machine, or of the node itself, on their way. A machine that does not run tells
    /// it all the same: its numbers go on.
    fn happened(&mut self, machine: Option<&str>, what: What) -> Result<(), NodeError> {
        let Some(name) = machine else { return self.tell(what) };
        match self.fleet.number_of(name) {
            Some(number) => self.tell_machine(number, what),
            None if self.memory.get(name).is_some_and(|it| it.saved.running.is_none()) => {
                self.tell_of_absent(name, what)
            }
            // What is remembered of it has to stay as it is.
            None => self.tell(What::NodeWarning { about: format!("machine `{name}`"), text: in_words(&what) }),
        }
    }

    /// The number of each machine's last event, so that readers elsewhere see when the tail is lost.
    pub(super) fn say_numbers(&mut self) -> Result<(), NodeError> {
        if self.delivery.is_none() {
            return Ok(());
        }
        let parts = self.numbers();
        let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        for (part, machines) in (1..).zip(parts) {
            self.tell(What::Sequences { machines, part, parts: count })?;
        }
        Ok(())
    }

    fn numbers(&self) -> Vec<BTreeMap<String, u64>> {
        let (mut parts, mut room) = (Vec::<BTreeMap<_, _>>::new(), 0_usize);
        let running = self.fleet.iter().map(|it| (it.loaded.name().to_owned(), it.sequence));
        let others = self.memory.iter().map(|(name, kept)| (name.clone(), kept.saved.sequence));
        for (name, number) in running.chain(others) {
            // Quotation marks, colon, comma, and the longest number.
            let bytes = name.len() + 24;
            if bytes > room {
                parts.push(BTreeMap::new());
                room = PART;
            }
            room = room.saturating_sub(bytes);
            parts.last_mut().map(|part| part.insert(name, number));
        }
        parts
    }
}

fn in_words(what: &What) -> String {
    match what {
        What::Dropped { sink, range: Range { first, last, count }, .. } => {
            format!("{count} of its events, {first} to {last}, were dropped before `{sink}` had them")
        }
        other => format!("it does not run, and cannot tell a {} of its own", other.name()),
    }
}
