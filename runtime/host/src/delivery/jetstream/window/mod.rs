//! All that is on its way, as a state machine without I/O: it says what is to be sent, and is told what was answered.
//!
//! The order of each machine's events is the server's to keep, whatever is lost, late or twice:
//!
//! - The first message of a machine that is on its way names what the machine's subject has to end with
//!   (`Nats-Expected-Last-Subject-Sequence`). A second writer is noticed by it, and nothing is stored twice.
//! - More of the same machine follow at once, without waiting, as long as nothing else was sent in between: each names
//!   the message before it as the last one that the stream has to have (`Nats-Expected-Last-Msg-Id`). If one is not
//!   stored, or somebody else's comes between, none of those after it is, and they are sent again: go-back-N.
//! - Of those that follow each other only some are answered: the first, one in every few, and the last. As each names the one
//!   before it, the answer to one says of all before it that they are stored, and an answer costs the server as much as
//!   the order does. If a run breaks, each message of the next one is answered, so that the reason is learned.
//!
//! So one machine with a long backlog has the whole window on its way, and so have a thousand with one event each. How
//! many follow each other shrinks where others write into the same stream, and grows again.
//!
//! Each message names one of its own machine, and never one of another, though that would spare the server a look at the
//! end of a subject for every run. A message that comes late, over a connection that was given up, may then find the other
//! machine's, sent again meanwhile, at the end of the stream, and be stored before what is missing of its own machine.
//! As it is, whatever comes late is stored in its place or not at all. So runs are made long instead: what waits for its
//! turn gathers, machine by machine.

mod looks;
mod sending;

use super::super::epochs::{Epochs, Number};
use super::super::{Parcel, Position};
use super::address::Address;
use super::answer::Answer;
use super::flights::{Flight, Flights};
use super::lane::{AGAIN, End, Item, Judgement, Lane};
use super::message::News;
use super::slots::Slots;
use bytes::Bytes;
use machine_nats::async_nats::Subject;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Instant;

/// The most messages on their way.
pub(super) const MESSAGES: usize = 1024;
/// The most events that are taken and not stored. While the first are on their way the others gather, so that many of each
/// machine follow each other, and the server never waits for the journal.
pub(super) const TAKEN: usize = 8 * MESSAGES;
/// The most bytes of them.
pub(super) const BYTES: usize = 4 << 20;

/// Everything on its way.
#[derive(Debug, Default)]
pub(super) struct Window {
    lanes: Vec<Lane>,
    names: HashMap<Option<String>, usize>,
    /// Lanes that may have something to send.
    ready: VecDeque<usize>,
    slots: Slots,
    flights: Flights,
    /// Lanes whose stream was seen to have more than the journal has brought.
    claiming: BTreeSet<usize>,
    /// How many of one machine follow each other.
    depth: usize,
    count: usize,
    bytes: usize,
    epochs: Epochs,
    /// The id of an event of somebody who writes under our name and will give way.
    rival: Option<String>,
    /// The stream was looked at as a whole since something was stored.
    is_probed: bool,
}

impl Window {
    /// For a directory that has given out numbers of these epochs.
    pub(super) fn new(epochs: &Epochs) -> Self {
        Self { depth: MESSAGES / 4, epochs: epochs.clone(), ..Self::default() }
    }

    /// How many bytes of events may be taken.
    pub(super) fn room(&self) -> usize {
        if self.count < TAKEN { BYTES.saturating_sub(self.bytes) } else { 0 }
    }

    /// There is room enough that taking is worth while: events that are taken together follow each other, machine by
    /// machine.
    pub(super) fn is_hungry(&self) -> bool {
        self.count <= TAKEN - MESSAGES / 2 && self.bytes <= BYTES / 2
    }

    /// Nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Takes an event.
    ///
    /// # Errors
    /// [`Judgement::Fork`] if the stream has another one of the same id.
    pub(super) fn take(&mut self, parcel: Parcel, address: Address) -> Result<(), Judgement> {
        let lane = self.lane(&parcel, address.is_own);
        let number = Number::of(&parcel.id).map_or_else(Number::default, |(_, number)| number);
        if parcel.again {
            self.push(lane, None, number, parcel, address);
            return Ok(());
        }
        let known = self.lanes.get_mut(lane).map(|it| (it.is_contradicted_by(number, &parcel), it.has(number)));
        let (is_contradicted, is_done) = known.unwrap_or_default();
        self.note_claim(lane);
        if is_contradicted {
            return Err(Judgement::Fork);
        }
        let slot = self.slots.push(parcel.position, is_done);
        if !is_done {
            self.push(lane, Some(slot), number, parcel, address);
        }
        Ok(())
    }

    /// Passes over events up to this one: it is told that they do not come.
    pub(super) fn pass(&mut self, position: Position) {
        self.slots.push(position, true);
    }

    /// Takes the answer to what was sent with this token.
    pub(super) fn answered<'m>(&mut self, token: u64, answer: Answer<'m>) -> News<'m> {
        let Some((flight, count)) = self.flights.land(token) else { return News::None };
        let (index, number) = (flight.lane, flight.number);
        let Some(lane) = self.lanes.get_mut(index) else { return News::None };
        lane.open -= count;
        let news = match answer {
            // By its id alone, another writer's event passes for ours: what the stream has is looked at.
            Answer::Stored { duplicate: true, .. } if lane.is_doubtful(number) => {
                self.unexpected(&Flight { is_head: true, ..flight });
                News::None
            }
            Answer::Stored { stream, sequence, duplicate } => {
                lane.are_stored(count, number, sequence);
                self.depth = (self.depth + count).min(MESSAGES);
                self.is_probed &= duplicate;
                let id = lane.item(number).map(|it| it.id.clone()).unwrap_or_default();
                News::Stored { stream, place: sequence, id, is_new: !duplicate }
            }
            Answer::Unexpected => {
                self.unexpected(&flight);
                News::None
            }
            Answer::Refused(refusal) => {
                lane.is_broken = true;
                let refused = lane.item(number).map(|it| (it.subject.clone(), it.json.len()));
                let (subject, bytes) = refused.unwrap_or((Subject::from_static(""), 0));
                News::Refused { refusal, subject, bytes }
            }
        };
        self.clear(index);
        news
    }

    /// Since when the oldest message on its way waits for its answer.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        self.flights.waits_since()
    }

    /// No answers will come any more to what is on its way: it may be stored or not.
    pub(super) fn give_up(&mut self) {
        for index in self.flights.give_up() {
            if let Some(lane) = self.lanes.get_mut(index).filter(|it| it.end != End::Shared) {
                lane.end = End::Unknown;
            }
        }
        for index in 0..self.lanes.len() {
            self.not_looked(index);
            self.settle(index);
        }
    }

    /// Everything is forgotten: it is taken from the journal again.
    pub(super) fn forget(&mut self, epochs: &Epochs) {
        let flights = Flights::from(self.flights.token());
        *self = Self { flights, depth: self.depth, ..Self::new(epochs) };
    }

    /// The last event that is done with, with all before it, since this was asked last. While it is not sure that what the
    /// stream has is ours, nothing is.
    pub(super) fn delivered(&mut self) -> Option<Position> {
        let is_sure = self.claims().next().is_none();
        self.slots.reached(|| is_sure)
    }

    fn lane(&mut self, parcel: &Parcel, is_own: bool) -> usize {
        if let Some(index) = self.names.get(&parcel.machine) {
            return *index;
        }
        let end = if is_own { End::Unknown } else { End::Shared };
        self.lanes.push(Lane::new(&parcel.id, end));
        self.names.insert(parcel.machine.clone(), self.lanes.len() - 1);
        self.lanes.len() - 1
    }

    fn push(&mut self, index: usize, slot: Option<u64>, number: Number, parcel: Parcel, address: Address) {
        let Some(lane) = self.lanes.get_mut(index) else { return };
        self.count += 1;
        self.bytes += parcel.json.len();
        let id = if parcel.again { format!("{AGAIN}{}", parcel.id) } else { parcel.id };
        let (subject, json) = (address.subject, Bytes::from(parcel.json));
        lane.items.push_back(Item { slot, subject, id, number, json, sent: 0, is_stored: false });
        self.wake(index);
    }

    fn unexpected(&mut self, flight: &Flight) {
        let Some(lane) = self.lanes.get_mut(flight.lane) else { return };
        let is_news = !std::mem::replace(&mut lane.is_broken, true);
        if flight.is_head && lane.end != End::Shared {
            lane.end = End::Unknown;
        } else if is_news {
            self.depth = (self.depth / 2).max(1);
        }
    }

    /// Takes off what is stored, and lets the lane go on.
    fn clear(&mut self, index: usize) {
        let Some(lane) = self.lanes.get_mut(index) else { return };
        if lane.open == 0 {
            self.settle(index);
            return;
        }
        while let Some(item) = self.lanes.get_mut(index).and_then(Lane::take_stored) {
            self.done(&item);
        }
        self.wake(index);
    }

    fn settle(&mut self, index: usize) {
        let stored = self.lanes.get_mut(index).map(Lane::settle).unwrap_or_default();
        stored.iter().for_each(|item| self.done(item));
        self.wake(index);
    }

    fn done(&mut self, item: &Item) {
        self.count -= 1;
        self.bytes -= item.json.len();
        item.slot.into_iter().for_each(|slot| self.slots.done(slot));
    }

    fn wake(&mut self, index: usize) {
        let Some(lane) = self.lanes.get_mut(index) else { return };
        if !lane.items.is_empty() && !lane.is_ready {
            lane.is_ready = true;
            self.ready.push_back(index);
        }
    }
}
