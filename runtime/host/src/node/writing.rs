//! What a node writes down: events as they are made, records with their events, and checkpoints of everything.

use super::Node;
use super::carriers::LOOK_EVERY;
use super::everything::Everything;
use super::outbox::{Event, Out};
use crate::error::NodeError;
use crate::event::happening::{Cause, Happening, MachineOrigin, Origin, What};
use crate::event::{Led, event};
use crate::machine::OnNode;
use crate::record::{Entry, Record};
use std::borrow::Cow;

/// The version that events of a machine have when it does not run.
const NO_VERSION: &str = "0.0.0";
/// A checkpoint is worth it after so many records.
const RECORDS_A_CHECKPOINT: usize = 20_000;
/// Or after so many bytes: until then no segment of them can go, however little of the journal is to be kept.
const BYTES_A_CHECKPOINT: usize = 24 << 20;

impl Node {
    /// Makes an event of the node itself.
    pub(super) fn tell(&mut self, what: What) -> Result<(), NodeError> {
        self.sequence += 1;
        let origin = Origin { node: self.name.clone(), machine: None, epoch: self.epoch };
        let (event, _) = made(origin, self.sequence, self.clock.wall_ns(), None, what)?;
        let events = vec![event];
        self.append(Entry::Node { sequence: self.sequence }, &events)?;
        self.send(events);
        Ok(())
    }

    /// Makes an event of a machine that does not run.
    pub(super) fn tell_of_absent(&mut self, name: &str, what: What) -> Result<(), NodeError> {
        let (node, epoch, wall) = (self.name.clone(), self.epoch, self.clock.wall_ns());
        let kept = self.memory.entry(name.to_owned()).or_default();
        kept.saved.sequence += 1;
        let saved = kept.saved.clone();
        // No run of a table tells it: one that had been the first of all would have the number 0.
        let instance = format!("{node}.{name}.{epoch}.0");
        let machine = Some(MachineOrigin { name: name.to_owned(), version: NO_VERSION.to_owned(), instance });
        let (event, _) = made(Origin { node, machine, epoch }, saved.sequence, wall, None, what)?;
        let events = vec![event];
        self.append(Entry::Machine { name: name.to_owned(), saved }, &events)?;
        self.send(events);
        Ok(())
    }

    /// Happenings of a machine as events, each the cause of the next where one led to the other.
    pub(super) fn events_of(&mut self, number: u32, happenings: Vec<What>) -> Result<Vec<Event>, NodeError> {
        let wall = self.clock.wall_ns();
        let Some(machine) = self.fleet.get_mut(number) else {
            return Ok(Vec::new());
        };
        let origin = machine.origin(OnNode { name: &self.name, epoch: self.epoch });
        let mut events = Vec::with_capacity(happenings.len());
        let mut latest = machine.cause.and_then(|it| it.cause(&origin));
        for what in happenings {
            let begins_visit = matches!(what, What::Transition { .. } | What::Started { .. });
            let is_resumed = matches!(what, What::Started { resumed: true, .. });
            let leads_on = begins_visit || matches!(what, What::Outcome(_) | What::Fired { .. } | What::Facts { .. });
            machine.sequence += 1;
            let (event, as_cause) = made(origin.clone(), machine.sequence, wall, latest.clone(), what)?;
            if leads_on {
                latest = Some(as_cause);
            }
            if begins_visit && !is_resumed {
                machine.entered = wall / 1_000_000;
            }
            if begins_visit {
                machine.cause = latest.as_ref().and_then(Led::by);
            }
            events.push(event);
        }
        Ok(events)
    }

    /// Writes a machine down with the events that become public by it.
    pub(super) fn append_machine(&mut self, number: u32, events: Vec<Event>) -> Result<(), NodeError> {
        if let Some(machine) = self.fleet.get(number).filter(|_| self.journal.is_some()) {
            let name = machine.loaded.name().to_owned();
            let entry = Entry::Machine { name, saved: machine.saved(self.on_node()) };
            self.append(entry, &events)?;
        }
        self.send(events);
        Ok(())
    }

    /// Appends a record.
    pub(super) fn append(&mut self, entry: Entry, events: &[Event]) -> Result<(), NodeError> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        let now = self.clock.now();
        let record = Record {
            at: now.0,
            wall: self.clock.wall_ns(),
            published: self.outbox.let_out().0,
            entry,
            mail: self.mail.iter().cloned().collect(),
            events: events.iter().map(|it| Cow::Borrowed(&*it.json)).collect(),
        };
        let bytes = serde_json::to_vec(&record).map_err(NodeError::Unwritable)?;
        self.appended = journal.append(&bytes)?;
        self.since_checkpoint += 1;
        self.bytes_since_checkpoint += bytes.len();
        self.bytes_since_look += bytes.len();
        if self.bytes_since_look >= LOOK_EVERY {
            self.look_at_journal();
        }
        self.tidy.note(now);
        Ok(())
    }

    /// Has events published once the last record is durable.
    fn send(&mut self, events: Vec<Event>) {
        for event in events {
            self.outbox.put(self.appended, Out::Event(Box::new(event)));
        }
    }

    pub(super) fn on_node(&self) -> OnNode<'_> {
        OnNode { name: &self.name, epoch: self.epoch }
    }

    /// Asks for a checkpoint once enough records have come together.
    pub(super) fn checkpoint_if_worth_it(&mut self) -> Result<(), NodeError> {
        let is_worth_it =
            self.since_checkpoint >= RECORDS_A_CHECKPOINT || self.bytes_since_checkpoint >= BYTES_A_CHECKPOINT;
        if !is_worth_it || self.is_checkpoint_due {
            return Ok(());
        }
        self.checkpoint()
    }

    /// Asks for a checkpoint: all that is remembered, and the events that wait to be handed on.
    pub(super) fn checkpoint(&mut self) -> Result<(), NodeError> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        let mut snapshot = journal.checkpoint()?;
        serde_json::to_writer(&mut snapshot, &Everything(self)).map_err(NodeError::Unwritable)?;
        snapshot.finish()?;
        self.since_checkpoint = 0;
        self.bytes_since_checkpoint = 0;
        self.is_checkpoint_due = true;
        Ok(())
    }
}

/// An event and what it is as the cause of others.
fn made(
    origin: Origin,
    sequence: u64,
    wall: u64,
    cause_of_it: Option<Cause>,
    what: What,
) -> Result<(Event, Cause), NodeError> {
    let happening = Happening { sequence, time_ns: wall, recorded_ns: wall, cause: cause_of_it, what };
    let made = event(&origin, &happening)?;
    let as_cause = made.as_cause();
    Ok((Event { origin, happening, json: made.json }, as_cause))
}
