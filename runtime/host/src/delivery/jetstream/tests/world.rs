//! A stream by the server's rules, and a node that writes to it.

use super::super::answer::{Answer, Refusal};
use super::super::lane::{Found, Judgement};
use super::super::message::{Expect, Message, News, Step};
use super::super::window::Window;
use super::{epochs, own, parcel};
use crate::delivery::{Epochs, Parcel, Position};
use fastrand::Rng;
use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

/// A message as the model stores it.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) place: u64,
    pub(super) subject: String,
    pub(super) id: String,
    pub(super) json: Vec<u8>,
}

/// A stream by the server's rules.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) messages: Vec<Stored>,
    pub(super) last: u64,
    pub(super) last_id: String,
    /// Ids that it knows again: the last so many.
    pub(super) known: usize,
    pub(super) is_full: bool,
}

impl Model {
    pub(super) fn publish(&mut self, message: &Message) -> Answer<'static> {
        let recent = self.messages.iter().rev().take(self.known);
        if let Some(same) = recent.into_iter().find(|it| it.id == message.id) {
            return Answer::Stored { stream: "M", sequence: same.place, duplicate: true };
        }
        let is_as_expected = match &message.expect {
            Expect::Anything => true,
            Expect::Place(place) => self.place(&message.subject) == *place,
            Expect::Id(id) => self.last_id == *id,
        };
        if !is_as_expected {
            return Answer::Unexpected;
        }
        if self.is_full {
            return Answer::Refused(Refusal::Full("maximum messages exceeded".to_owned()));
        }
        let sequence = self.store(&message.subject, &message.id, &message.json);
        Answer::Stored { stream: "M", sequence, duplicate: false }
    }

    pub(super) fn store(&mut self, subject: &str, id: &str, json: &[u8]) -> u64 {
        self.last += 1;
        id.clone_into(&mut self.last_id);
        let (subject, id) = (subject.to_owned(), id.to_owned());
        self.messages.push(Stored { place: self.last, subject, id, json: json.to_vec() });
        self.last
    }

    pub(super) fn end(&self, subject: &str) -> Option<&Stored> {
        self.messages.iter().rev().find(|it| it.subject == subject)
    }

    fn place(&self, subject: &str) -> u64 {
        self.end(subject).map_or(0, |it| it.place)
    }

    pub(super) fn found(&self, subject: &str) -> Option<Found> {
        let json = |it: &Stored| Some(it.json.clone().into());
        self.end(subject).map(|it| Found { place: it.place, id: it.id.clone(), json: json(it) })
    }

    /// The numbers of a machine's events, in the order of the stream.
    pub(super) fn numbers(&self, machine: &str) -> Vec<u64> {
        self.numbers_in(machine, 1)
    }

    pub(super) fn numbers_in(&self, machine: &str, epoch: u64) -> Vec<u64> {
        let prefix = format!("n1.{machine}.{epoch}.");
        self.messages.iter().filter_map(|it| it.id.strip_prefix(&prefix)?.parse().ok()).collect()
    }
}

/// A node with a journal, one connection, and a stream at its other end.
pub(super) struct World {
    pub(super) rng: Rng,
    pub(super) window: Window,
    pub(super) model: Model,
    pub(super) journal: Vec<Parcel>,
    pub(super) read: usize,
    pub(super) delivered: Position,
    pub(super) now: Instant,
    /// What is on the wire, each way.
    pub(super) there: VecDeque<Message>,
    pub(super) back: VecDeque<(u64, Answer<'static>)>,
    /// What is left on wires that were cut: it comes whenever it likes, each wire's in its order.
    pub(super) late: Vec<VecDeque<Message>>,
    /// What ends it.
    pub(super) judged: Option<Judgement>,
}

impl World {
    pub(super) fn new(seed: u64, machines: u64, events: u64) -> World {
        let mut rng = Rng::with_seed(seed);
        let mut numbers = BTreeMap::new();
        let journal = (1..=events).map(|lsn| {
            let machine = rng.u64(0..machines);
            let number = numbers.entry(machine).or_insert(0);
            *number += 1;
            parcel(&format!("m{machine}"), *number, lsn)
        });
        let journal = journal.collect();
        let model = Model { known: 50, ..Model::default() };
        let (there, back) = (VecDeque::new(), VecDeque::new());
        let (window, now) = (Window::new(&epochs()), Instant::now());
        let late = Vec::new();
        World { rng, window, model, journal, read: 0, delivered: Position::START, now, there, back, late, judged: None }
    }

    /// One turn of the node's end.
    pub(super) fn turn(&mut self) {
        let room = self.rng.usize(0..20);
        for _ in 0..room {
            if self.window.room() == 0 {
                break;
            }
            let Some(parcel) = self.journal.get(self.read).cloned() else { break };
            let address = own(parcel.machine.as_deref().unwrap());
            self.window.take(parcel, address).unwrap();
            self.read += 1;
        }
        while let Some(step) = self.window.next(self.now) {
            match step {
                Step::Look { lane, subject } => {
                    let found = self.model.found(&subject);
                    self.judged = self.window.looked(lane, found.as_ref()).err();
                    if self.judged.is_some() {
                        return;
                    }
                }
                Step::Send(message) => self.there.push_back(message),
            }
        }
        for _ in 0..self.rng.usize(0..30) {
            let Some((token, answer)) = self.back.pop_front() else { break };
            if let News::Refused { .. } = self.window.answered(token, answer) {
                self.model.is_full = false;
            }
        }
        self.delivered = self.window.delivered().unwrap_or(self.delivered);
    }

    /// One turn of the server's.
    pub(super) fn serve(&mut self) {
        for _ in 0..self.rng.usize(0..30) {
            let Some(message) = self.there.pop_front() else { break };
            let answer = self.model.publish(&message);
            self.back.extend(message.is_asked.then_some((message.token, answer)));
            self.hear_late();
        }
    }

    fn hear_late(&mut self) {
        if self.late.is_empty() || self.rng.u32(0..4) > 0 {
            return;
        }
        let wire = self.rng.usize(0..self.late.len());
        if let Some(message) = self.late[wire].pop_front() {
            self.model.publish(&message);
        }
        self.late.retain(|it| !it.is_empty());
    }

    /// The connection breaks: what is on the wire is lost, or comes late, from whatever place on.
    pub(super) fn cut(&mut self) {
        let late = self.rng.usize(0..=self.there.len());
        self.late.push(self.there.split_off(late));
        self.there.clear();
        self.back.clear();
        self.window.give_up();
        self.hear_late();
    }

    /// Another node of the same name, whose numbers began later.
    pub(super) fn second(seed: u64, machines: u64, events: u64) -> World {
        let mut world = World::new(seed, machines, events);
        world.window = Window::new(&Epochs::new(2, &[]));
        for parcel in &mut world.journal {
            parcel.id = parcel.id.replace(".1.", ".2.");
            parcel.json = format!("{{\"id\":\"{}\"}}", parcel.id).into_bytes().into();
        }
        world
    }

    pub(super) fn check(&self, machines: u64, what: &str) {
        assert_eq!(self.judged, None, "{what}");
        for machine in (0..machines).map(|it| format!("m{it}")) {
            let numbers = self.model.numbers(&machine);
            assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "{what}: {machine}: {numbers:?}");
        }
    }
}
