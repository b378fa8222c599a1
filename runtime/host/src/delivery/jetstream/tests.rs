//! The protocol against a model of a stream that loses, repeats, delays and forgets: whatever happens, each machine's
//! events end up in the stream once, and in their order.

use super::address::Address;
use super::answer::{Answer, Refusal};
use super::lane::{Found, Judgement};
use super::message::{Expect, Message, News, Step};
use super::window::{MESSAGES, TAKEN, Window};
use crate::delivery::{Epochs, Parcel, Position};
use crate::record::Former;
use fastrand::Rng;
use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

/// A message as the model stores it.
#[derive(Clone, Debug)]
struct Stored {
    place: u64,
    subject: String,
    id: String,
    json: Vec<u8>,
}

/// A stream by the server's rules.
#[derive(Debug, Default)]
struct Model {
    messages: Vec<Stored>,
    last: u64,
    last_id: String,
    /// Ids that it knows again: the last so many.
    known: usize,
    is_full: bool,
}

impl Model {
    fn publish(&mut self, message: &Message) -> Answer<'static> {
        let recent = self.messages.iter().rev().take(self.known);
        if let Some(same) = recent.into_iter().find(|it| it.id == message.id) {
            return Answer::Stored { stream: "M", sequence: same.place, duplicate: true };
        }
        let is_as_expected = match &message.expect {
            Expect::Anything => true,
            Expect::Place(place) => self.end(&message.subject).map_or(0, |it| it.place) == *place,
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

    fn store(&mut self, subject: &str, id: &str, json: &[u8]) -> u64 {
        self.last += 1;
        id.clone_into(&mut self.last_id);
        let (subject, id) = (subject.to_owned(), id.to_owned());
        self.messages.push(Stored { place: self.last, subject, id, json: json.to_vec() });
        self.last
    }

    fn end(&self, subject: &str) -> Option<&Stored> {
        self.messages.iter().rev().find(|it| it.subject == subject)
    }

    fn found(&self, subject: &str) -> Option<Found> {
        let json = |it: &Stored| Some(it.json.clone().into());
        self.end(subject).map(|it| Found { place: it.place, id: it.id.clone(), json: json(it) })
    }

    /// The numbers of a machine's events, in the order of the stream.
    fn numbers(&self, machine: &str) -> Vec<u64> {
        let prefix = format!("n1.{machine}.1.");
        self.messages.iter().filter_map(|it| it.id.strip_prefix(&prefix)?.parse().ok()).collect()
    }
}

fn parcel(machine: &str, sequence: u64, lsn: u64) -> Parcel {
    let id = format!("n1.{machine}.1.{sequence}");
    Parcel {
        position: Position { lsn, place: 0 },
        machine: Some(machine.to_owned()),
        sequence,
        json: format!("{{\"id\":\"{id}\"}}").into_bytes().into(),
        id,
        kind: "t".to_owned(),
        again: false,
    }
}

fn epochs() -> Epochs {
    Epochs::new(1, &[])
}

fn own(machine: &str) -> Address {
    Address { subject: format!("machines.n1.{machine}").into(), is_own: true }
}

/// A node with a journal, one connection, and a stream at its other end.
struct World {
    rng: Rng,
    window: Window,
    model: Model,
    journal: Vec<Parcel>,
    read: usize,
    delivered: Position,
    now: Instant,
    /// What is on the wire, each way.
    there: VecDeque<Message>,
    back: VecDeque<(u64, Answer<'static>)>,
}

impl World {
    fn new(seed: u64, machines: u64, events: u64) -> World {
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
        World { rng, window, model, journal, read: 0, delivered: Position::START, now, there, back }
    }

    /// One turn of the node's end.
    fn turn(&mut self) {
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
                    self.window.looked(lane, found.as_ref()).unwrap();
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
    fn serve(&mut self) {
        for _ in 0..self.rng.usize(0..30) {
            let Some(message) = self.there.pop_front() else { break };
            let answer = self.model.publish(&message);
            self.back.push_back((message.token, answer));
        }
    }

    /// The connection breaks: what is on the wire is lost, or comes late, from whatever place on.
    fn cut(&mut self) {
        let late = self.rng.usize(0..=self.there.len());
        let late = self.there.split_off(late);
        self.there.clear();
        self.back.clear();
        self.window.give_up();
        for message in late {
            self.model.publish(&message);
        }
    }

    fn check(&self, machines: u64, what: &str) {
        for machine in (0..machines).map(|it| format!("m{it}")) {
            let numbers = self.model.numbers(&machine);
            assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "{what}: {machine}: {numbers:?}");
        }
    }
}

/// Random schedules of faults; the seed is in the message.
#[test]
fn whatever_happens_all_is_stored_once_and_in_order() {
    for seed in 0..400 {
        let machines = 1 + seed % 7;
        let mut world = World::new(seed, machines, 300);
        let mut turns = 0;
        while world.delivered < (Position { lsn: 300, place: 0 }) {
            world.turn();
            world.serve();
            match world.rng.u32(0..100) {
                0..4 => world.cut(),
                4..14 => drop(world.model.store("machines.n2.other", &format!("n2.other.1.{turns}"), b"{}")),
                14..18 => world.model.is_full = true,
                _ => {}
            }
            turns += 1;
            assert!(turns < 20_000, "seed {seed} never ends: {:?}", world.window);
        }
        world.check(machines, &format!("seed {seed}"));
        let stored: usize = (0..machines).map(|it| world.model.numbers(&format!("m{it}")).len()).sum();
        assert_eq!(stored, 300, "seed {seed}");
    }
}

/// As after the loss of the cursor, or of the acknowledgements of a whole run.
#[test]
fn what_the_stream_has_is_not_sent_again() {
    let mut world = World::new(1, 3, 200);
    while world.delivered < (Position { lsn: 200, place: 0 }) {
        world.turn();
        world.serve();
    }
    let before = world.model.last;
    let World { model, journal, .. } = world;
    let mut world = World { model, journal, ..World::new(2, 3, 0) };
    world.model.known = 0;
    while world.delivered < (Position { lsn: 200, place: 0 }) {
        world.turn();
        world.serve();
    }
    assert_eq!(world.model.last, before);
}

/// What a window sends of its own accord.
fn sent(window: &mut Window) -> Vec<Message> {
    let step = || match window.next(Instant::now())? {
        Step::Send(message) => Some(message),
        Step::Look { .. } => panic!("nothing is to be looked at"),
    };
    std::iter::from_fn(step).collect()
}

fn started(machine: &str, events: u64) -> Window {
    let mut window = Window::new(&epochs());
    for number in 1..=events {
        window.take(parcel(machine, number, number), own(machine)).unwrap();
    }
    assert_eq!(window.next(Instant::now()), Some(Step::Look { lane: 0, subject: own(machine).subject }));
    window.looked(0, None).unwrap();
    window
}

fn stored(sequence: u64) -> Answer<'static> {
    Answer::Stored { stream: "M", sequence, duplicate: false }
}

#[test]
fn a_long_backlog_of_one_machine_is_not_sent_one_by_one() {
    let mut window = started("lamp", 1000);
    let messages = sent(&mut window);
    assert_eq!(messages.len(), MESSAGES / 4);
    assert_eq!(messages[0].expect, Expect::Place(0));
    assert_eq!(messages[1].expect, Expect::Id("n1.lamp.1.1".to_owned()));
    for message in &messages {
        window.answered(message.token, stored(message.token));
    }
    assert_eq!(sent(&mut window).len(), MESSAGES / 2, "twice as many follow each other");
    assert_eq!(window.delivered(), Some(Position { lsn: 256, place: 0 }));
}

#[test]
fn many_machines_are_sent_side_by_side() {
    let mut window = Window::new(&epochs());
    for machine in 0..TAKEN {
        let name = format!("m{machine}");
        window.take(parcel(&name, 1, machine as u64 + 1), own(&name)).unwrap();
    }
    assert_eq!(window.room(), 0);
    let mut messages = Vec::new();
    while let Some(step) = window.next(Instant::now()) {
        match step {
            Step::Look { lane, .. } => window.looked(lane, None).unwrap(),
            Step::Send(message) => messages.push(message),
        }
    }
    assert_eq!(messages.len(), MESSAGES);
    assert!(messages.iter().all(|it| it.expect == Expect::Place(0)));
}

/// The server looks up what a subject ends with only for the first of those that follow each other. Half as much taken
/// ahead: one in five.
#[test]
fn while_some_are_on_their_way_the_next_gather() {
    let (mut window, mut taken) = (Window::new(&epochs()), 0);
    let (mut flying, mut answered, mut heads) = (VecDeque::new(), 0, 0);
    while answered < 20_000 {
        while window.is_hungry() || (window.room() > 0 && taken % 512 > 0) {
            let machine = format!("m{}", taken % 100);
            window.take(parcel(&machine, taken / 100 + 1, taken + 1), own(&machine)).unwrap();
            taken += 1;
        }
        while let Some(step) = window.next(Instant::now()) {
            match step {
                Step::Look { lane, .. } => window.looked(lane, None).unwrap(),
                Step::Send(message) => flying.push_back(message),
            }
        }
        for message in flying.drain(..100) {
            answered += 1;
            heads += u64::from(matches!(message.expect, Expect::Place(_)));
            window.answered(message.token, stored(answered));
        }
    }
    assert!(heads * 9 < answered, "{heads} of {answered}");
}

#[test]
fn no_more_are_on_their_way_than_may_be() {
    let mut window = started("lamp", TAKEN as u64);
    for _ in 0..4 {
        let messages = sent(&mut window);
        messages.iter().for_each(|it| drop(window.answered(it.token, stored(it.token))));
        for number in (0..messages.len() as u64).map(|it| TAKEN as u64 + it + messages[0].token) {
            window.take(parcel("lamp", number, number), own("lamp")).unwrap();
        }
    }
    assert_eq!(sent(&mut window).len(), MESSAGES);
    assert_eq!(sent(&mut window).len(), 0);
}

/// Planted once without the ids: the third was stored before the second.
#[test]
fn after_one_that_is_not_stored_none_is() {
    let mut window = started("lamp", 3);
    let mut model = Model::default();
    let messages = sent(&mut window);
    let mut answers = vec![(messages[0].token, model.publish(&messages[0]))];
    model.store("machines.n2.other", "n2.other.1.1", b"{}");
    answers.extend(messages[1..].iter().map(|it| (it.token, model.publish(it))));
    for (token, answer) in answers {
        window.answered(token, answer);
    }
    assert_eq!(model.numbers("lamp"), [1]);
    let again = sent(&mut window);
    assert_eq!(again[0].expect, Expect::Place(1));
    again.iter().for_each(|it| drop(model.publish(it)));
    assert_eq!(model.numbers("lamp"), [1, 2, 3]);
}

/// Looks at what a subject ends with, as a node that has written to it before, or not.
fn look(is_known: bool, found: Found) -> Result<(), Judgement> {
    let mut window = Window::new(&epochs());
    window.take(parcel("lamp", 7, 7), own("lamp")).unwrap();
    if is_known {
        window.next(Instant::now());
        window.looked(0, None).unwrap();
        sent(&mut window);
        window.give_up();
    }
    window.next(Instant::now());
    window.looked(0, Some(&found))
}

#[test]
fn a_second_writer_is_noticed() {
    let check = |is_known: bool, id: &str, json: Option<&str>, expected: Result<(), Judgement>| {
        let json = json.map(|it| it.as_bytes().into());
        assert_eq!(look(is_known, Found { place: 9, id: id.to_owned(), json }), expected, "{is_known} {id}");
    };
    let conflict = || Err(Judgement::Conflict);
    // Another directory of the same name: whoever starts last goes on, and the other one stops.
    check(false, "n1.lamp.2.7", None, Ok(()));
    check(true, "n1.lamp.2.7", None, conflict());
    check(true, "", None, conflict());
    // A copy of the directory: the same number, another event.
    check(false, "n1.lamp.1.7", Some("{}"), Err(Judgement::Fork));
    check(false, "n1.lamp.1.7", Some(r#"{"id":"n1.lamp.1.7"}"#), Ok(()));
    check(true, "n1.lamp.1.7", None, Ok(()));
    check(true, "again/n1.lamp.1.3", None, Ok(()));
}

#[test]
fn a_copy_that_is_ahead_is_noticed_when_its_number_comes() {
    let mut window = Window::new(&epochs());
    window.take(parcel("lamp", 7, 7), own("lamp")).unwrap();
    window.next(Instant::now());
    let ahead = Found { place: 9, id: "n1.lamp.1.8".to_owned(), json: Some(b"{}".as_slice().into()) };
    window.looked(0, Some(&ahead)).unwrap();
    assert_eq!(window.delivered(), None, "7 may be another one, too");
    assert_eq!(window.take(parcel("lamp", 8, 8), own("lamp")), Err(Judgement::Fork));
}

/// A lost mark: the stream is ahead of what was read, and the journal has it all.
#[test]
fn what_the_stream_has_counts_once_the_journal_has_brought_it() {
    let mut window = Window::new(&epochs());
    window.take(parcel("lamp", 7, 7), own("lamp")).unwrap();
    window.next(Instant::now());
    let ahead = Found { place: 9, id: "n1.lamp.1.8".to_owned(), json: Some(parcel("lamp", 8, 8).json) };
    window.looked(0, Some(&ahead)).unwrap();
    assert_eq!((window.delivered(), window.claim().as_deref()), (None, Some("n1.lamp.1.8")));
    window.take(parcel("lamp", 8, 8), own("lamp")).unwrap();
    assert_eq!((window.delivered(), window.claim()), (Some(Position { lsn: 8, place: 0 }), None));
}

/// The end of the subject is news of long ago for whoever only sends again what was asked for.
#[test]
fn what_is_asked_for_again_says_nothing_of_what_is_to_come() {
    let mut window = Window::new(&epochs());
    window.take(Parcel { again: true, ..parcel("lamp", 3, 3) }, own("lamp")).unwrap();
    window.next(Instant::now());
    let end = Found { place: 9, id: "n1.lamp.1.8".to_owned(), json: Some(parcel("lamp", 8, 8).json) };
    window.looked(0, Some(&end)).unwrap();
    assert_eq!((sent(&mut window).len(), window.claim()), (1, None));
    window.take(parcel("lamp", 9, 9), own("lamp")).unwrap();
    assert_eq!((sent(&mut window)[0].id.as_str(), window.claim()), ("n1.lamp.1.9", None));
}

/// The original of a copied directory has gone on in the epoch that was both's.
#[test]
fn a_copy_goes_on_in_an_epoch_of_its_own() {
    let mut window = Window::new(&Epochs::new(2, &[Former { epoch: 1, is_forked: false }]));
    window.take(parcel("lamp", 7, 7), own("lamp")).unwrap();
    let own_event = Parcel { id: "n1.lamp.2.1".to_owned(), sequence: 1, ..parcel("lamp", 1, 8) };
    window.take(own_event, own("lamp")).unwrap();
    window.next(Instant::now());
    let end = Found { place: 9, id: "n1.lamp.1.100".to_owned(), json: Some(parcel("lamp", 100, 1).json) };
    window.looked(0, Some(&end)).unwrap();
    let messages = sent(&mut window);
    let sent: Vec<_> = messages.iter().map(|it| (it.id.as_str(), &it.expect)).collect();
    assert_eq!(sent, [("n1.lamp.2.1", &Expect::Place(9))], "7 is there since before the copy was made");
    assert_eq!((window.delivered(), window.claim()), (Some(Position { lsn: 7, place: 0 }), None));
}

/// The server knows an event by its id alone, and takes the other's for ours.
#[test]
fn a_copy_that_was_quicker_is_noticed_though_the_server_calls_it_ours() {
    let mut window = started("hvac", 1);
    let first = sent(&mut window).remove(0);
    let duplicate = Answer::Stored { stream: "M", sequence: 9, duplicate: true };
    assert_eq!(window.answered(first.token, duplicate), News::None);
    assert!(matches!(window.next(Instant::now()), Some(Step::Look { .. })));
    let other = Found { place: 9, id: "n1.hvac.1.1".to_owned(), json: Some(b"{}".as_slice().into()) };
    assert_eq!(window.looked(0, Some(&other)), Err(Judgement::Fork));
}

/// After a lost answer it is ours.
#[test]
fn what_is_sent_twice_may_be_there_already() {
    let mut window = started("hvac", 1);
    assert_eq!(sent(&mut window).len(), 1);
    window.give_up();
    assert!(matches!(window.next(Instant::now()), Some(Step::Look { .. })));
    window.looked(0, None).unwrap();
    let again = sent(&mut window).remove(0);
    let duplicate = Answer::Stored { stream: "M", sequence: 9, duplicate: true };
    assert!(matches!(window.answered(again.token, duplicate), News::Stored { place: 9, .. }));
    assert!(window.is_empty());
}

#[test]
fn an_end_that_went_back_is_a_loss() {
    let mut window = started("lamp", 2);
    for message in sent(&mut window) {
        window.answered(message.token, stored(message.token));
    }
    window.take(parcel("lamp", 3, 3), own("lamp")).unwrap();
    sent(&mut window);
    window.give_up();
    window.next(Instant::now());
    let older = Found { place: 1, id: "n1.lamp.1.1".to_owned(), json: None };
    assert_eq!(window.looked(0, Some(&older)), Err(Judgement::Lost));
}

/// What was asked for again is stored again, and is no progress.
#[test]
fn what_is_asked_for_again_is_sent_under_another_id() {
    let mut window = started("lamp", 1);
    let first = sent(&mut window);
    window.answered(first[0].token, stored(1));
    assert_eq!(window.delivered(), Some(Position { lsn: 1, place: 0 }));
    window.take(Parcel { again: true, ..parcel("lamp", 1, 1) }, own("lamp")).unwrap();
    let again = sent(&mut window);
    assert_eq!((again[0].id.as_str(), &again[0].expect), ("again/n1.lamp.1.1", &Expect::Place(1)));
    window.answered(again[0].token, stored(2));
    assert_eq!((window.delivered(), window.is_empty()), (None, true));
}

/// On subjects that others share, the end says nothing; what follows still names what is before it.
#[test]
fn shared_subjects_keep_the_order_of_a_run() {
    let mut window = Window::new(&epochs());
    let subject = ["choria.machine.transition", "choria.machine.watcher.exec.state", "machines.n1.lamp"];
    for (number, subject) in (1..).zip(subject) {
        let address = Address { subject: subject.into(), is_own: false };
        window.take(parcel("lamp", number, number), address).unwrap();
    }
    let messages = sent(&mut window);
    let expected: Vec<_> = messages.iter().map(|it| it.expect.clone()).collect();
    assert_eq!(expected, [Expect::Anything, Expect::Id("n1.lamp.1.1".to_owned())], "the third is for another stream");
    for message in &messages {
        window.answered(message.token, stored(message.token));
    }
    assert_eq!(sent(&mut window)[0].expect, Expect::Anything);
}

#[test]
fn answers_that_come_after_all_are_ignored() {
    let mut window = started("lamp", 2);
    let messages = sent(&mut window);
    window.give_up();
    assert_eq!(window.answered(messages[0].token, stored(1)), News::None);
    assert_eq!(window.delivered(), None);
    assert!(window.waits_since().is_none());
}
