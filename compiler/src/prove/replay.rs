//! A way that breaks a promise, gone on the runtime's own core: only what really comes about there is told for sure.
//!
//! Time passes only where a timer or the pace of a watcher wants it. Values that events carry are drawn from the pieces
//! that the way names. What had to be answered, sent and waited for is noted, for the test that can be pasted.

use super::Step;
use super::event::Cause;
use super::graph::Graph;
use super::relevant::Held;
use super::script::{Answer, Line, Script};
use super::space::{Config, Space};
use super::trace::{Found, Taken};
use super::values::{candidates, data, is_in, least, value as value_of};
use crate::model::eval::Value;
use crate::model::{Claim, Constant, Field, Origin, StateId, WatcherId};
use machine_core::{self as core, Effect, Input, Instance, Instant, Table};
use std::collections::BTreeMap;

/// A way as it came about.
pub(super) struct Replayed {
    pub(super) seen: Vec<Step>,
    pub(super) script: Script,
    /// All data at the end.
    pub(super) data: Vec<Value>,
}

impl Replayed {
    /// Whether there were more transitions in some stretch of time than a promise allows, where the machine is left alone:
    /// others may have brought it to where that begins.
    pub(super) fn exceeds(&self, claim: &Claim, found: &Found) -> bool {
        let Claim::AtMost { count, per_ms, .. } = claim else { return false };
        let alone = self.seen.iter().skip(found.counted.unwrap_or(0));
        let times: Vec<u64> = alone.flat_map(|it| vec![it.at_ms.unwrap_or(0); it.moves]).collect();
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
    go(graph, table, found, Some(found.counted?))
}

fn go(graph: &Graph<'_>, table: &[u8], found: &Found, late: Option<usize>) -> Option<Replayed> {
    let table = Table::verify(table).ok()?;
    let round = found.round.iter().flatten();
    let steps: Vec<Taken> =
        found.steps.iter().copied().chain((0..ROUNDS).flat_map(|_| round.clone().copied())).collect();
    let mut replay = Replay::new(graph, table, &steps);
    replay.start()?;
    for at in 1..steps.len() {
        replay.next = at;
        if late == Some(at) {
            replay.linger();
        }
        replay.take()?;
    }
    replay.script.end(replay.now);
    let data = replay.data();
    Some(Replayed { seen: replay.seen, script: replay.script, data })
}

/// The machine on its way.
#[derive(Clone)]
struct Replay<'r, 'm> {
    graph: &'r Graph<'m>,
    table: Table<'r>,
    steps: &'r [Taken],
    /// Which step comes next.
    next: usize,
    instance: Instance,
    now: u64,
    /// Watchers that have been asked and will answer later.
    open: BTreeMap<usize, Open>,
    /// Watchers that are told of changes, each with the visit in which it has reported.
    reported: BTreeMap<usize, u32>,
    seen: Vec<Step>,
    script: Script,
}

/// A watcher that was asked.
#[derive(Clone, Copy)]
struct Open {
    since: u64,
    /// How many steps there were before.
    behind: usize,
}

/// What a step of the core told.
#[derive(Default)]
struct Told {
    asks: Vec<(core::WatcherId, u32)>,
    stops: Vec<core::WatcherId>,
    has_fired: bool,
    moves: usize,
}

impl core::Effects for Told {
    fn push(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { watcher, visit, .. } => self.asks.push((watcher, visit)),
            Effect::Stop { watcher, .. } => self.stops.push(watcher),
            Effect::Disarmed { fired: true, .. } => self.has_fired = true,
            Effect::Moved { .. } => self.moves += 1,
            _ => {}
        }
    }
}

impl<'r, 'm> Replay<'r, 'm> {
    fn new(graph: &'r Graph<'m>, table: Table<'r>, steps: &'r [Taken]) -> Self {
        let instance = Instance::new(&table);
        let (open, reported, seen, script) = (BTreeMap::new(), BTreeMap::new(), Vec::new(), Script::default());
        Self { graph, table, steps, next: 1, instance, now: 0, open, reported, seen, script }
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
            let piece = it.cells.bounds(it.bits.get(*before));
            let known = Value::of(&machine.facts[fact].value).is_some_and(|it| is_in(piece, &it));
            if !known {
                let value = candidates(&machine.facts[fact].ty, Some(piece), &[]).into_iter().next()?;
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
        self.note(None, leaf, Vec::new(), &known, told.moves);
        self.answer(told);
        self.is_at(way.from(*before)).then_some(())
    }

    /// The conditions of watchers that answer on the way.
    fn conditions(&self) -> Vec<usize> {
        let machine = self.space().machine;
        let mut found = Vec::new();
        for step in self.steps.iter().skip(1) {
            if let Cause::Outcome(watcher, _) = self.cause(step)
                && let Some(condition) = machine.watcher(watcher).modifiers.condition
                && !found.contains(&condition)
            {
                found.push(condition);
            }
        }
        found
    }

    fn cause(&self, step: &Taken) -> Cause {
        self.graph.cause_of(step.way)
    }

    fn give(&mut self, input: Input<'_>) -> Told {
        let mut told = Told::default();
        core::step(&self.table, &mut self.instance, Instant(self.now * 1_000_000), input, &mut told);
        told
    }

    /// The next step of the way.
    fn take(&mut self) -> Option<()> {
        let step = self.steps[self.next];
        let cause = self.cause(&step);
        match cause {
            Cause::Outcome(watcher, _) => self.wait_for(watcher)?,
            Cause::After(_) => return self.fire(&step, cause),
            Cause::Signal(_) | Cause::Fact(..) => {}
            Cause::Look => return None,
        }
        let origin = match cause {
            Cause::Outcome(watcher, outcome) => Some(Origin::Outcome(watcher, outcome)),
            Cause::Signal(signal) => Some(Origin::Signal(signal)),
            _ => None,
        };
        let fields = origin.map(|it| self.space().machine.payload(it)).unwrap_or_default();
        self.choices(&step, origin, &fields).into_iter().find_map(|chosen| {
            let mut attempt = self.clone();
            attempt.happen(&step, cause, &fields, chosen)?;
            *self = attempt;
            Some(())
        })
    }

    /// Values for the fields that matter, each combination one that can be tried.
    fn choices(&self, step: &Taken, origin: Option<Origin>, fields: &[Field]) -> Vec<Vec<(String, Constant)>> {
        const TRIED: usize = 128;
        let leaf = self.space().leaf_of(self.graph.configs[step.from as usize]);
        let case = self.graph.table.group_of(step.way).case as usize;
        let event = self.graph.event_of(step.way);
        let handlers = origin.map(|it| self.space().answers(leaf, it)).unwrap_or_default();
        let exprs: Vec<_> = handlers.iter().flat_map(|it| super::event::exprs(it.1)).collect();
        let mut choices = vec![Vec::new()];
        for (name, ty) in fields {
            let reading: Vec<_> =
                exprs.iter().copied().filter(|it| super::event::reads_field(it, name).is_some()).collect();
            if reading.is_empty() {
                continue;
            }
            let bounds = event.cases[case].iter().find(|it| it.0 == name).map(|it| it.1);
            let values = candidates(ty, bounds, &reading);
            let with =
                |chosen: &Vec<_>, value: &Constant| [chosen.as_slice(), &[(name.clone(), value.clone())]].concat();
            choices =
                choices.iter().flat_map(|it| values.iter().map(move |value| with(it, value))).take(TRIED).collect();
        }
        choices
    }

    /// The step happens now, with these values.
    fn happen(&mut self, step: &Taken, cause: Cause, fields: &[Field], chosen: Vec<(String, Constant)>) -> Option<()> {
        let of =
            |(name, ty): &Field| chosen.iter().find(|it| it.0 == *name).map_or_else(|| least(ty), |it| it.1.clone());
        let values: Vec<Constant> = fields.iter().map(of).collect();
        let payload: Vec<_> = values.iter().map(data).collect();
        let (before, known) = (self.leaf(), self.data());
        self.next += 1;
        let mut is_own = true;
        let told = match cause {
            Cause::Outcome(watcher, outcome) => {
                let id = self.core(watcher)?;
                let visit = self.instance.visit_of(id)?;
                is_own = self.is_own(watcher, visit);
                self.note_answer(watcher, outcome, &chosen);
                self.give(Input::Outcome {
                    watcher: id,
                    visit,
                    outcome: u8::try_from(outcome).ok()?,
                    payload: &payload,
                })
            }
            Cause::Signal(signal) => {
                self.script.add(self.now, Line::Send { signal, values: chosen.clone() });
                self.give(Input::Signal { signal: core::SignalId(signal.0 as u16), payload: &payload })
            }
            Cause::Fact(at, piece) => {
                let Held::Fact(fact) = self.space().variables[at].held else { return None };
                let piece = self.space().variables[at].cells.bounds(piece);
                let value = candidates(&self.space().machine.facts[fact].ty, Some(piece), &[]).into_iter().next()?;
                self.script.add(self.now, Line::Fact { fact, value: value.clone() });
                self.give(Input::Fact { fact: fact as u16, value: data(&value) })
            }
            Cause::After(_) | Cause::Look => return None,
        };
        self.note(Some(cause), before, chosen, &known, if is_own { told.moves } else { 0 });
        self.answer(told);
        self.is_at(self.graph.configs[step.to as usize]).then_some(())
    }

    /// Whether the machine brings about what a watcher reports: of changes, others do, but for the first report.
    fn is_own(&mut self, watcher: WatcherId, visit: u32) -> bool {
        let is_told = self.space().machine.kind_of(watcher).notified;
        self.reported.insert(watcher.0, visit) != Some(visit) || !is_told
    }

    /// What a watcher answers is noted: at once, so long after it was asked, or by itself.
    fn note_answer(&mut self, watcher: WatcherId, outcome: usize, values: &[(String, Constant)]) {
        let values = values.to_vec();
        match self.open.remove(&watcher.0) {
            Some(open) => {
                let answer = Answer { outcome: Some(outcome), values, after_ms: self.now - open.since, times: 1 };
                self.script.answered(watcher.0, answer);
            }
            None => self.script.add(self.now, Line::Change { watcher: watcher.0, outcome, values }),
        }
    }

    /// Time passes until the watcher has been asked. Nothing if a timer fires before.
    fn wait_for(&mut self, watcher: WatcherId) -> Option<()> {
        let id = self.core(watcher)?;
        self.instance.visit_of(id)?;
        if self.space().machine.kind_of(watcher).notified {
            return Some(());
        }
        for _ in 0..WAITS {
            match self.open.get(&watcher.0).copied() {
                // Asked at once with others that have answered by now: it answers after them.
                Some(open) if open.since == self.now && open.behind < self.seen.len() => {
                    self.pass_to(self.now + 1)?;
                }
                Some(_) => return Some(()),
                None => {
                    let due = self.due()?;
                    self.pass_to(due)?;
                }
            }
        }
        None
    }

    /// Time passes until the watcher of the next step would be asked again, or something else would happen.
    fn linger(&mut self) {
        let Cause::Outcome(watcher, _) = self.cause(&self.steps[self.next]) else { return };
        let mut attempt = self.clone();
        if attempt.wait_for(watcher).is_none() {
            return;
        }
        let since = attempt.open.get(&watcher.0).map(|it| it.since);
        let every = self.space().machine.watcher(watcher).every_ms;
        let Some((since, every)) = since.zip(every) else { return };
        loop {
            let next = attempt.due().unwrap_or(u64::MAX);
            *self = attempt.clone();
            if next >= since + every || attempt.pass_to(next).is_none() {
                self.now = next.min(since + every);
                return;
            }
        }
    }

    /// When the core wants to be called next.
    fn due(&self) -> Option<u64> {
        Some(self.instance.deadline()?.0.div_ceil(1_000_000).max(self.now))
    }

    /// Time passes. Nothing if a timer fires.
    fn pass_to(&mut self, to: u64) -> Option<()> {
        while let Some(due) = self.due().filter(|it| *it <= to) {
            self.now = due;
            let told = self.give(Input::Tick);
            if told.has_fired || told.moves > 0 {
                return None;
            }
            self.answer(told);
        }
        self.now = to;
        Some(())
    }

    /// Time passes until a timer fires, which has to be the one of the step.
    fn fire(&mut self, step: &Taken, cause: Cause) -> Option<()> {
        for _ in 0..WAITS {
            self.now = self.due()?;
            let (before, known) = (self.leaf(), self.data());
            let told = self.give(Input::Tick);
            if told.has_fired {
                self.next += 1;
                self.note(Some(cause), before, Vec::new(), &known, told.moves);
                self.answer(told);
                return self.is_at(self.graph.configs[step.to as usize]).then_some(());
            }
            self.answer(told);
        }
        None
    }

    /// Asks are kept open if they will be answered on the way; else there is nothing to report.
    fn answer(&mut self, told: Told) {
        for watcher in told.stops {
            if let Some(it) = self.model(watcher)
                && self.open.remove(&it.0).is_some()
            {
                self.script.answered(it.0, NOTHING);
            }
        }
        for (watcher, visit) in told.asks {
            let Some(it) = self.model(watcher) else { continue };
            if self.is_wanted(it) {
                self.open.insert(it.0, Open { since: self.now, behind: self.seen.len() });
            } else {
                self.script.answered(it.0, NOTHING);
                self.give(Input::Done { watcher, visit });
            }
        }
    }

    /// Whether the watcher is to answer before it is asked again.
    fn is_wanted(&self, watcher: WatcherId) -> bool {
        let machine = self.space().machine;
        if machine.kind_of(watcher).notified {
            return false;
        }
        let once = machine.watcher(watcher).once;
        let ahead = self.steps.get(self.next..).unwrap_or(&[]).iter().map(|it| self.cause(it));
        let mut ahead = ahead.take_while(|it| once || !matches!(it, Cause::After(_)));
        ahead.any(|it| matches!(it, Cause::Outcome(of, _) if of == watcher))
    }

    fn note(
        &mut self,
        cause: Option<Cause>,
        before: StateId,
        fields: Vec<(String, Constant)>,
        known: &[Value],
        moves: usize,
    ) {
        let now = self.data();
        let changed = known.iter().zip(&now).enumerate().filter(|(_, (a, b))| a != b);
        let changed = changed.map(|(at, (_, it))| (at, it.clone())).collect();
        self.seen.push(Step { cause, at_ms: Some(self.now), before, after: self.leaf(), fields, changed, moves });
    }

    /// Whether the core is in this configuration.
    fn is_at(&self, config: Config) -> bool {
        let fits = |it: &super::space::Variable| {
            let value = match it.held {
                Held::Data(at) => self.instance.data(&self.table, at as u16),
                Held::Fact(at) => self.instance.fact(&self.table, at as u16),
            };
            is_in(it.cells.bounds(it.bits.get(config)), &value_of(value))
        };
        self.leaf() == self.space().leaf_of(config) && self.space().variables.iter().all(fits)
    }

    fn leaf(&self) -> StateId {
        let at = self.table.leaves().position(|it| it == self.instance.state());
        self.space().leaves[at.unwrap_or(0)]
    }

    fn data(&self) -> Vec<Value> {
        let count = self.space().machine.data.len();
        (0..count).map(|at| value_of(self.instance.data(&self.table, at as u16))).collect()
    }

    /// The core's number of a watcher.
    fn core(&self, watcher: WatcherId) -> Option<core::WatcherId> {
        self.table.watchers().find(|it| self.model(*it) == Some(watcher))
    }

    fn model(&self, watcher: core::WatcherId) -> Option<WatcherId> {
        let machine = self.space().machine;
        let (name, owner) = (self.table.watcher_name(watcher)?, self.table.owner(watcher));
        let path = if owner == self.table.machine() { "" } else { self.table.state_name(owner)? };
        let is_it = |it: &crate::model::Watcher| it.name == name && machine.state(it.owner).path == path;
        machine.watchers.iter().position(is_it).map(WatcherId)
    }
}

/// It was asked, and has nothing to report.
const NOTHING: Answer = Answer { outcome: None, values: Vec::new(), after_ms: 0, times: 1 };
