//! Looks at a stream alone, as any consumer could, and proves that what nodes told has reached it: nothing is lost, nothing is
//! stored twice, each machine's events are in order, and every gap is named by the event that says what was dropped.
//!
//! It knows the wire ([CloudEvents](https://cloudevents.io) in NATS messages, ids, numbers) and nothing of the runtime. How far a
//! machine had come it learns from the stream itself, from the signs of life that name each machine's last number
//! (`machine.v1.sequences`), and, where a test has it, from the file that the node wrote its events to.

mod event;
mod fault;
mod report;

pub use fault::{Fault, Proof};
pub use report::{Report, Summary};

use crate::Message;
use event::Event;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// Whose events are numbered together: a machine, or a node itself, on one state directory.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Whom {
    /// The node.
    pub node: String,
    /// The machine; nothing for the node itself.
    pub machine: Option<String>,
    /// When the state directory was made: numbers begin anew with each.
    pub epoch: u64,
}

/// Checks a stream for which nothing is known but what is in it.
pub fn check(messages: &[Message]) -> Report {
    Checker::default().check(messages)
}

/// A check to be, with what is known besides.
#[derive(Debug)]
pub struct Checker {
    /// The sink whose drops count.
    sink: String,
    /// What the nodes' own files have: JSON by whose it is and its number.
    told: BTreeMap<Whom, BTreeMap<u64, String>>,
    /// A stream that throws away its oldest messages begins anywhere.
    begins_anywhere: bool,
}

impl Default for Checker {
    fn default() -> Self {
        Self { sink: "nats".into(), told: BTreeMap::new(), begins_anywhere: false }
    }
}

impl Checker {
    /// The name by which nodes call this stream's sink, in events that say what was dropped.
    pub fn sink(mut self, name: &str) -> Self {
        name.clone_into(&mut self.sink);
        self
    }

    /// Everything in this file of events has to be in the stream, the same to the byte.
    ///
    /// # Panics
    /// When there is no such file, or it holds something else.
    pub fn told(mut self, file: &Path) -> Self {
        let text = fs::read_to_string(file).expect("a file of events");
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        for line in whole.lines() {
            let event = Event::read_json(line.as_bytes()).unwrap_or_else(|why| panic!("{why}: {line}"));
            self.told.entry(event.whom).or_default().insert(event.sequence, line.to_owned());
        }
        self
    }

    /// The stream holds only its newest messages: what is missing before the first of a machine is not lost.
    pub fn begins_anywhere(mut self) -> Self {
        self.begins_anywhere = true;
        self
    }

    /// Looks at all messages of a stream, in its order.
    pub fn check(&self, messages: &[Message]) -> Report {
        let mut look =
            Look { report: Report::default(), seen: BTreeMap::new(), telling: Vec::new(), again: Vec::new() };
        for message in messages {
            match Event::read(message) {
                Ok(event) => look.take(event, message),
                Err(why) => look.fault(Fault::Unreadable { position: message.position, why }),
            }
        }
        look.twice();
        look.compare(&self.told, messages);
        look.gaps(self);
        look.report
    }
}

/// What has been seen of a stream.
struct Look {
    report: Report,
    /// Where each event stands first.
    seen: BTreeMap<Whom, BTreeMap<u64, u64>>,
    /// The events that say something about others.
    telling: Vec<Event>,
    /// What is there twice, and whether it says that it was asked for again.
    again: Vec<(bool, Fault)>,
}

impl Look {
    fn fault(&mut self, fault: Fault) {
        self.report.faults.push(fault);
    }

    fn take(&mut self, event: Event, message: &Message) {
        let (whom, sequence, position) = (event.whom.clone(), event.sequence, message.position);
        if let Some(fault) = self.misnamed(&event, message) {
            self.fault(fault);
        }
        let seen = self.seen.entry(whom.clone()).or_default();
        if let Some(first) = seen.get(&sequence) {
            let positions = (*first, position);
            self.again.push((event.is_again(message), Fault::Twice { whom, sequence, positions }));
            return;
        }
        let highest = seen.last_key_value().map(|(sequence, position)| (*sequence, *position));
        seen.insert(sequence, position);
        if event.tells_of_others() {
            self.telling.push(event);
        }
        if let Some(later) = highest.filter(|(later, _)| *later > sequence) {
            self.fault(Fault::Order { whom, sequence, position, later });
        }
    }

    /// The stream can only store an event once if its message is named like it, or as one that was asked for again.
    fn misnamed(&self, event: &Event, message: &Message) -> Option<Fault> {
        let name = message.header("Nats-Msg-Id").unwrap_or_default();
        let fault = Fault::Misnamed { position: message.position, id: event.id.clone(), name: name.to_owned() };
        (name != event.id && !event.is_again(message)).then_some(fault)
    }

    /// What is there twice may be if it was asked for again, and an event of the node says so.
    fn twice(&mut self) {
        for (is_again, fault) in std::mem::take(&mut self.again) {
            let Fault::Twice { whom, sequence, .. } = &fault else { continue };
            let ranges = self.telling.iter().filter(|it| it.kind == "machine.v1.resent" && it.whom == *whom);
            if !(is_again && ranges.filter_map(Event::range).any(|range| range.contains(sequence))) {
                self.fault(fault);
            }
        }
    }

    /// What the nodes' files have is there, and the same.
    fn compare(&mut self, told: &BTreeMap<Whom, BTreeMap<u64, String>>, messages: &[Message]) {
        let bodies: BTreeMap<u64, &Message> = messages.iter().map(|it| (it.position, it)).collect();
        for (whom, events) in told {
            let Some(seen) = self.seen.get(whom) else { continue };
            for (sequence, json) in events {
                let message = seen.get(sequence).and_then(|position| bodies.get(position));
                let is_other = |it: &&&Message| event::is_structured(it) && it.body != json.as_bytes();
                if let Some(message) = message.filter(is_other) {
                    let (whom, sequence, position) = (whom.clone(), *sequence, message.position);
                    self.report.faults.push(Fault::Altered { whom, sequence, position });
                }
            }
        }
    }

    /// Every number up to the last that anything proves is there, or named as dropped.
    fn gaps(&mut self, checker: &Checker) {
        for (whom, (last, proof)) in self.last(&checker.told) {
            let seen = self.seen.remove(&whom).unwrap_or_default();
            let first = if checker.begins_anywhere { seen.keys().next().copied().unwrap_or(last + 1) } else { 1 };
            let dropped = |it: &u64| self.telling.iter().any(|event| event.drops(&whom, &checker.sink, *it));
            let missing: Vec<u64> = (first..=last).filter(|it| !seen.contains_key(it)).collect();
            let (named, lost): (Vec<u64>, Vec<u64>) = missing.into_iter().partition(dropped);
            for (first, last) in ranges(&lost) {
                let after = seen.range(last..).next().map(|(sequence, position)| (*sequence, *position));
                let proof =
                    after.map_or_else(|| proof.clone(), |(sequence, position)| Proof::Later { sequence, position });
                self.report.faults.push(Fault::Lost { whom: whom.clone(), first, last, proof });
            }
            let summary = Summary { events: seen.len() as u64, first, last, dropped: ranges(&named) };
            self.report.whose.insert(whom, summary);
        }
    }

    /// The last number of each that anything proves to have been given out, and what proves it.
    fn last(&self, told: &BTreeMap<Whom, BTreeMap<u64, String>>) -> BTreeMap<Whom, (u64, Proof)> {
        let seen = self.seen.iter().filter_map(|(whom, seen)| {
            let (&sequence, &position) = seen.last_key_value()?;
            Some((whom.clone(), sequence, Proof::Later { sequence, position }))
        });
        let told = told.iter().filter_map(|(whom, told)| Some((whom.clone(), *told.last_key_value()?.0, Proof::File)));
        let mut last: BTreeMap<Whom, (u64, Proof)> = BTreeMap::new();
        for (whom, sequence, proof) in seen.chain(told).chain(self.signs_of_life()) {
            let entry = last.entry(whom).or_insert((0, Proof::File));
            if sequence > entry.0 {
                *entry = (sequence, proof);
            }
        }
        last
    }

    fn signs_of_life(&self) -> impl Iterator<Item = (Whom, u64, Proof)> {
        let lists = self.telling.iter().filter(|it| it.kind == "machine.v1.sequences");
        lists.flat_map(|list| {
            let machines = list.data["machines"].as_object().into_iter().flatten();
            machines.filter_map(|(name, number)| {
                let machine = Some(name.clone()).filter(|it| it != "@");
                Some((
                    Whom { machine, ..list.whom.clone() },
                    number.as_u64()?,
                    Proof::SignOfLife { id: list.id.clone() },
                ))
            })
        })
    }
}

/// Numbers in a row as ranges.
fn ranges(numbers: &[u64]) -> Vec<(u64, u64)> {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.machine {
            Some(machine) => write!(f, "{}/{machine}", self.node),
            None => write!(f, "{} itself", self.node),
        }
    }
}

/// The text of a member of a JSON object; empty if there is none.
fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
