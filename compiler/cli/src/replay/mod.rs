//! A recording run again: the shipped core is given, at the recorded times, what was reported, sent and told, and where it
//! goes is held against where it went.

mod course;
mod inputs;
mod tell;

pub(crate) use course::Move;
pub(crate) use tell::{json, text};

use crate::recording::{self, Recorded, Recording, What, Who};
use inputs::Inputs;
use machine_core::{Instant, OwnedTable};
use machine_sim::World;
use machine_sim::trace::{Entry, Given};
use machine_sim::world::Answering;
use serde_json::{Map, Value};
use std::sync::Arc;
use thiserror::Error;

/// What came of it.
#[derive(Debug)]
pub(crate) struct Replay {
    pub(crate) who: Who,
    /// How many events were recorded of it.
    pub(crate) events: usize,
    /// When it began, in nanoseconds since 1970.
    pub(crate) begin_ns: u64,
    /// How long that was, in nanoseconds.
    pub(crate) length_ns: u64,
    /// Where it went.
    pub(crate) recorded: Vec<Move>,
    /// Where it goes.
    pub(crate) replayed: Vec<Move>,
    /// What was recorded and means nothing here: when, what, and why.
    pub(crate) unused: Vec<(u64, String)>,
    /// How many transitions from the first on are the same.
    pub(crate) same: usize,
}

/// Why a recording cannot be run again.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Cannot {
    #[error("the recording does not begin where `{0}` does: its first event is number {1}")]
    NoBeginning(String, u64),
    #[error("nothing tells how `{0}` began")]
    NeverStarted(String),
}

impl Replay {
    /// It goes where it went.
    pub(crate) fn is_same(&self) -> bool {
        self.same == self.recorded.len() && self.same == self.replayed.len()
    }
}

/// Runs what was recorded of a machine through a table of it. Times within `tolerance_ns` of one another are the same.
pub(crate) fn replay(
    who: &Who,
    recording: &Recording,
    table: Arc<OwnedTable>,
    facts: &Map<String, Value>,
    tolerance_ns: u64,
) -> Result<Replay, Cannot> {
    let events = recording.machines.get(who).map_or(&[][..], Vec::as_slice);
    begins(who, events)?;
    let run = go_through(who, recording, &table, facts, &mut |_, _| {});
    let length_ns = events.last().map_or(0, |it| it.time_ns.saturating_sub(run.begin));
    let recorded = course::recorded(events, run.begin);
    let replayed = course::replayed(&table.table(), run.world.trace());
    let same = recorded.iter().zip(&replayed).take_while(|(a, b)| a.is_like(b, tolerance_ns)).count();
    Ok(Replay {
        who: who.clone(),
        events: events.len(),
        begin_ns: run.begin,
        length_ns,
        recorded,
        replayed,
        unused: run.unused,
        same,
    })
}

/// Runs what was recorded of a machine through a table of it. `seen` is shown each event of the machine, with all that
/// happened in the world since the one before.
pub(crate) fn go_through<'r>(
    who: &Who,
    recording: &Recording,
    table: &'r Arc<OwnedTable>,
    facts: &'r Map<String, Value>,
    seen: &mut dyn FnMut(&Recorded, &[Entry]),
) -> Run<'r> {
    let events = recording.machines.get(who).map_or(&[][..], Vec::as_slice);
    let begin = recording::begin_ns(events);
    let mut run = Run {
        world: World::new(vec![table.clone()], 1, (begin / 1_000_000) as i64),
        begin,
        inputs: Inputs { table },
        facts,
        unused: Vec::new(),
    };
    run.world.answer_by(Answering::Nobody);
    let mut neighbours = recording.neighbours(who).into_iter().peekable();
    for event in events {
        let before = run.world.trace().entries.len();
        while let Some((other, told)) = neighbours.next_if(|(_, it)| it.time_ns <= event.time_ns) {
            run.hear(other, told);
        }
        run.go_through(event);
        seen(event, run.world.trace().entries.get(before..).unwrap_or(&[]));
    }
    run
}

/// The event with which the machine began, anew and not from a journal.
pub(crate) fn begins<'e>(who: &Who, events: &'e [Recorded]) -> Result<&'e Recorded, Cannot> {
    let is_start = |it: &&Recorded| matches!(it.what, What::Started { resumed: false, .. });
    match events.iter().find(|it| !matches!(it.what, What::Other)) {
        Some(first) if is_start(&first) => Ok(first),
        Some(first) if first.sequence > 1 => Err(Cannot::NoBeginning(who.machine.clone(), first.sequence)),
        _ => Err(Cannot::NeverStarted(who.machine.clone())),
    }
}

/// A machine on its way through a recording.
pub(crate) struct Run<'r> {
    world: World,
    begin: u64,
    inputs: Inputs<'r>,
    /// What the node knew that the recording does not say.
    facts: &'r Map<String, Value>,
    unused: Vec<(u64, String)>,
}

impl Run<'_> {
    /// Time passes up to an event, and timers fire on the way.
    fn pass(&mut self, event: &Recorded) {
        self.world.run(self.at(event), &mut |_, _, _| false);
    }

    fn at(&self, event: &Recorded) -> Instant {
        Instant(event.time_ns.saturating_sub(self.begin))
    }

    /// One event of the machine itself.
    fn go_through(&mut self, event: &Recorded) {
        match &event.what {
            What::Started { resumed: false, facts, .. } if !self.has_begun() => self.start(facts),
            // What was due while the node was off fires only now.
            What::Started { .. } => {
                let off = self.at(event).since(self.world.clock().now());
                self.world.restart(off);
            }
            What::Reported { watcher, outcome, took_ns, fields } => {
                self.pass(event);
                let given = {
                    let instance = self.world.machine(0).map(|it| it.instance());
                    self.inputs.report(instance, watcher, outcome, *took_ns, fields)
                };
                self.give(event, &format!("{watcher}.{outcome}"), given);
            }
            What::Fired { event: name, fields } => {
                self.pass(event);
                let given = self.inputs.signal(|it| it.is_declared(name), fields);
                self.give(event, name, given.ok_or_else(|| "there is no such event".to_owned()).flatten());
            }
            What::Facts { facts } => {
                self.pass(event);
                self.know(facts);
            }
            What::Stopped | What::Moved { .. } | What::Emitted { .. } | What::Other => self.pass(event),
        }
    }

    fn has_begun(&self) -> bool {
        self.world.machine(0).is_some_and(|it| it.instance().visit() > 0)
    }

    /// What its first state asks for is known before it is entered.
    fn start(&mut self, facts: &Map<String, Value>) {
        self.know(self.facts);
        self.know(facts);
        self.world.start();
    }

    /// The node tells facts, as far as the table asks for them.
    fn know(&mut self, facts: &Map<String, Value>) {
        for given in self.inputs.facts(facts) {
            self.world.give(0, given);
        }
    }

    fn give(&mut self, event: &Recorded, name: &str, given: Result<Given, String>) {
        match given {
            Ok(given) => _ = self.world.give(0, given),
            Err(why) => self.unused.push((self.at(event).0, format!("`{name}`: {why}"))),
        }
    }

    /// One event of another machine, as far as this one listens.
    fn hear(&mut self, other: &str, event: &Recorded) {
        let heard = self.inputs.heard(other, &event.what);
        if heard.is_empty() {
            return;
        }
        self.pass(event);
        for given in heard {
            self.give(event, other, given);
        }
    }
}
