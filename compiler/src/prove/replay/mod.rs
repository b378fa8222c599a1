//! A way that breaks a promise, gone on the runtime's own core: only what really comes about there is told for sure.
//!
//! Time passes only where a timer or the pace of a watcher wants it. Values that events carry are drawn from the pieces
//! that the way names. What had to be answered, sent and waited for is noted, for the test that can be pasted. Where it is
//! counted how often something can happen, and the way does not come about, any other will do (`free`).

mod asks;
mod deed;
mod free;
mod happen;
mod look;
mod places;
mod time;
mod when;

pub(super) use free::replay_free;

use super::Step;
use super::event::Cause;
use super::graph::Graph;
use super::relevant::Held;
use super::script::{Line, Script};
use super::space::Space;
use super::trace::{Found, Taken};
use super::values::data;
use crate::model::eval::Value;
use crate::model::{Claim, Counted, HandlerId, WatcherId};
use crate::table::Numbers;
use deed::{Deed, Source};
use machine_core::{self as core, Effect, Input, Instance, Instant, Table};
use std::collections::BTreeMap;

/// A way as it came about.
pub(super) struct Replayed {
    pub(super) seen: Vec<Step>,
    pub(super) script: Script,
    /// From which of these on the machine is left alone, if that counts.
    alone: usize,
    /// All data at the end.
    pub(super) data: Vec<Value>,
}

impl Replayed {
    /// Whether there was more in some stretch of time than a promise allows, where the machine is left alone: others may
    /// have brought it to where that begins.
    pub(super) fn exceeds(&self, claim: &Claim) -> bool {
        let Claim::AtMost { count, of, per_ms } = claim else { return false };
        let counted = |it: &Step| match of {
            Counted::Transitions => it.moves,
            Counted::Commands => it.asked.len(),
        };
        let alone = self.seen.iter().skip(self.alone);
        let times: Vec<u64> = alone.flat_map(|it| vec![it.at_ms.unwrap_or(0); counted(it)]).collect();
        let count = usize::try_from(*count).unwrap_or(usize::MAX);
        times.iter().zip(times.iter().skip(count)).any(|(first, last)| last - first < *per_ms)
    }
}

/// Rounds that are gone of what goes on for ever.
const ROUNDS: usize = 2;
/// Asks and timers that are waited for before one step.
const WAITS: usize = 100_000;

/// Goes the way on the core. Nothing if it does not come about there.
pub(super) fn replay(graph: &Graph<'_>, table: &[u8], found: &Found) -> Option<Replayed> {
    go(graph, table, found, None)
}

/// The same where answers count that come together: what is counted begins with one that comes as late as it can.
pub(super) fn replay_late(graph: &Graph<'_>, table: &[u8], found: &Found) -> Option<Replayed> {
    go(graph, table, found, Some(found.counted?.0))
}

fn go(graph: &Graph<'_>, table: &[u8], found: &Found, late: Option<usize>) -> Option<Replayed> {
    let table = Table::verify(table).ok()?;
    let round = found.round.iter().flatten();
    let steps: Vec<Taken> =
        found.steps.iter().copied().chain((0..ROUNDS).flat_map(|_| round.clone().copied())).collect();
    let timers = Numbers::of(graph.space.machine).timers;
    let mut replay = Replay::new(graph, table, &steps, &timers);
    replay.counts_asks = matches!(found.counted, Some((_, Counted::Commands)));
    let (begin, mut alone) = (found.counted.map(|it| it.0), 0);
    replay.start()?;
    // More than one of them is gone at a time where the node is off.
    while replay.next < steps.len() {
        let at = replay.next;
        if begin == Some(at) {
            alone = replay.seen.len();
        }
        if late == Some(at) {
            replay.linger();
        }
        replay.take()?;
    }
    Some(replay.replayed(alone))
}

/// The machine on its way.
#[derive(Clone)]
struct Replay<'r, 'm> {
    graph: &'r Graph<'m>,
    table: Table<'r>,
    steps: &'r [Taken],
    /// By timer of the table, the `after` that it is.
    timers: &'r [HandlerId],
    /// Which step comes next.
    next: usize,
    instance: Instance,
    now: u64,
    /// Watchers that have been asked and will answer later.
    open: BTreeMap<usize, Open>,
    /// Watchers that are told of changes, each with the visit in which it has reported.
    reported: BTreeMap<usize, u32>,
    seen: Vec<Step>,
    /// How many of these are more than that a watcher was asked.
    happened: usize,
    /// Asks are steps, too.
    counts_asks: bool,
    /// Asks that came about and that the way has yet.
    early: Vec<WatcherId>,
    script: Script,
    /// Whoever is asked answers when it is told to.
    is_free: bool,
    /// What was done, if that is told, and the number of what is being done.
    deeds: Vec<Deed>,
    event: usize,
    /// What the last of them has armed.
    armed: Vec<Source>,
    /// When something that was due was done last.
    ticked: Option<u64>,
}

/// A watcher that was asked.
#[derive(Clone, Copy)]
struct Open {
    since: u64,
    /// How many steps there were before.
    behind: usize,
    /// The event that asked it: 0 is the start, then each deed is one.
    event: usize,
}

/// What a step of the core told.
#[derive(Default)]
struct Told {
    asks: Vec<(core::WatcherId, u32)>,
    stops: Vec<core::WatcherId>,
    armed: Vec<Source>,
    fired: Option<core::TimerId>,
    interrupts: bool,
    moves: usize,
}

impl core::Effects for Told {
    fn push(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { watcher, visit, .. } => self.asks.push((watcher, visit)),
            Effect::Stop { watcher, .. } => self.stops.push(watcher),
            Effect::Armed { timer, .. } => self.armed.push(Source::Timer(timer.0)),
            Effect::Disarmed { timer, fired: true } => self.fired = Some(timer),
            Effect::Interrupted { .. } => self.interrupts = true,
            Effect::Moved { .. } => self.moves += 1,
            _ => {}
        }
    }
}

impl<'r, 'm> Replay<'r, 'm> {
    fn new(graph: &'r Graph<'m>, table: Table<'r>, steps: &'r [Taken], timers: &'r [HandlerId]) -> Self {
        Self {
            graph,
            table,
            steps,
            timers,
            next: 1,
            instance: Instance::new(&table),
            now: 0,
            open: BTreeMap::new(),
            reported: BTreeMap::new(),
            seen: Vec::new(),
            happened: 0,
            counts_asks: false,
            early: Vec::new(),
            script: Script::default(),
            is_free: false,
            deeds: Vec::new(),
            event: 0,
            armed: Vec::new(),
            ticked: None,
        }
    }

    /// What came about; from so many steps on the machine was left alone.
    fn replayed(mut self, alone: usize) -> Replayed {
        // What is still open at the end is not answered before.
        for watcher in std::mem::take(&mut self.open).into_keys().filter(|_| self.is_free) {
            self.script.answered(watcher, asks::NOTHING);
        }
        self.script.end(self.now);
        let data = self.data();
        Replayed { seen: self.seen, script: self.script, alone, data }
    }

    fn space(&self) -> &'r Space<'m> {
        &self.graph.space
    }

    /// Facts are as the way has them, and other machines where its watchers want them to be.
    fn start(&mut self) -> Option<()> {
        let (before, way) = &self.graph.starts[self.steps.first()?.way as usize];
        let machine = self.space().machine;
        for it in &self.space().variables {
            let Held::Fact(fact) = it.held else { continue };
            let piece = it.bits.get(*before);
            if !Value::of(&machine.facts[fact].value).is_some_and(|value| it.cells.has(piece, &value)) {
                let value = self.value_in(it, piece)?;
                self.give(Input::Fact { fact: fact as u16, value: data(&value) });
                self.script.add(0, Line::Fact { fact, value });
            }
        }
        for condition in self.conditions() {
            self.give(Input::Condition { condition: condition as u16, holds: true });
            self.script.add(0, Line::Condition { condition });
        }
        let (leaf, known) = (self.leaf(), self.data());
        let told = self.give(Input::Start);
        self.note(None, leaf, Vec::new(), &known, Some(&told));
        self.answer(told);
        self.is_at(way.from(*before)).then_some(())
    }

    /// The conditions of watchers that answer on the way.
    fn conditions(&self) -> Vec<usize> {
        let machine = self.space().machine;
        let mut found = Vec::new();
        for step in self.steps.iter().skip(1) {
            if let Some(Cause::Outcome(watcher, _) | Cause::Ask(watcher)) = self.graph.cause(step)
                && let Some(condition) = machine.watcher(watcher).modifiers.condition
                && !found.contains(&condition)
            {
                found.push(condition);
            }
        }
        found
    }

    fn give(&mut self, input: Input<'_>) -> Told {
        let mut told = Told::default();
        core::step(&self.table, &mut self.instance, Instant(self.now * 1_000_000), input, &mut told);
        self.armed.append(&mut told.armed);
        told
    }

    /// The next step of the way.
    fn take(&mut self) -> Option<()> {
        let step = self.steps[self.next];
        let cause = self.graph.cause(&step)?;
        match cause {
            Cause::Outcome(watcher, _) => self.wait_for(watcher)?,
            Cause::After(_) => return self.fire(&step, cause),
            Cause::Ask(watcher) => return self.wait_to_be_asked(watcher),
            Cause::Signal(_) | Cause::Fact(..) => {}
            Cause::Pass => return self.let_pass(),
            Cause::Look | Cause::Late => return None,
        }
        // What is due comes before all else.
        if self.instance.armed().any(|it| it.1.0 <= self.now * 1_000_000) {
            return None;
        }
        self.bring_about(&step, cause)
    }
}
