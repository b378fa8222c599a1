//! A machine that lives twice, and the first difference.

use super::build::{Built, Divergence, FILE, quietly};
use super::inputs::View;
use super::real::{At, Done, Real};
use super::same::{same_effects, same_state};
use crate::reference::machine::EPOCH;
use crate::reference::{Effect, Event, Id, Input, Machine, Value, Values};
use machine_compiler::ast;
use std::collections::BTreeMap;

/// Something that happens to both.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// A watcher that is under way, or is told of changes, reports.
    Report(Id, String, Values),
    /// The same for the visit before the one that it is in.
    Late(Id, String, Values),
    /// An event is sent.
    Send(Event, Values),
    /// The node tells a fact.
    Fact(String, Value),
    /// Another machine is in a state, or no more.
    Condition(String, String, bool),
    /// So many milliseconds pass, and what comes due on the way is done.
    Wait(u64),
    /// So many milliseconds pass in which nothing is done; then all that is due.
    Oversleep(u64),
    /// The node ends, and starts again so much later.
    Restart(u64),
    /// Written to bytes and read again.
    Snapshot,
}

/// The two of them.
pub struct Pair<'a> {
    pub(super) real: Real,
    pub(super) reference: Machine<'a>,
    time: u64,
    /// The visits in which each watcher was asked last and before that, as the core numbers them.
    visits: BTreeMap<Id, (u32, u32)>,
    /// Steps that were compared.
    pub steps: u64,
    /// The transitions of the last steps, by the paths of their leaves; whoever looks at them takes them away.
    pub moves: Vec<(String, String)>,
}

impl<'a> Pair<'a> {
    /// Both, begun.
    ///
    /// # Errors
    /// What differs from the start.
    pub fn new(built: &Built, file: &'a ast::File<'a>, text: &'a str) -> Result<Self, Divergence> {
        let reference = Machine::new(file, FILE, text).ok_or("there is no machine")?;
        let real = Real::new(&built.table, &|state| reference.timers(state))?;
        let mut pair = Self { real, reference, time: 0, visits: BTreeMap::new(), steps: 0, moves: Vec::new() };
        let done = pair.real.step(pair.at(), machine_core::Input::Start);
        pair.compare("start", done, &Input::Start)?;
        Ok(pair)
    }

    /// The path of the leaf that it is in.
    #[must_use]
    pub fn leaf(&self) -> String {
        self.real.shown().leaf
    }

    /// Its data, by name.
    #[must_use]
    pub fn data(&self) -> Values {
        self.real.shown().data
    }

    /// What can happen to it is drawn from this.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View { table: self.real.owned.table(), watchers: &self.real.names.watchers, reference: &self.reference }
    }

    fn at(&self) -> At {
        (self.time, EPOCH + self.time.cast_signed())
    }

    /// Does something to both.
    ///
    /// # Errors
    /// The first difference.
    pub fn apply(&mut self, op: &Op) -> Result<(), Divergence> {
        quietly(|| self.does(op))?
    }

    fn does(&mut self, op: &Op) -> Result<(), Divergence> {
        match op {
            Op::Report(id, outcome, payload) => self.report(id, outcome, payload),
            Op::Late(id, outcome, payload) => self.late(id, outcome, payload),
            Op::Send(event, payload) => {
                let Some(done) = self.real.signal(self.at(), event, payload) else { return Ok(()) };
                self.compare("event", done, &Input::Event(event.clone(), payload.clone()))
            }
            Op::Fact(name, value) => {
                let Some(done) = self.real.fact(self.at(), name, value) else { return Ok(()) };
                self.compare("fact", done, &Input::Fact(name.clone(), value.clone()))
            }
            Op::Condition(machine, state, holds) => {
                let Some(done) = self.real.condition(self.at(), machine, state, *holds) else { return Ok(()) };
                self.compare("condition", done, &Input::Condition(machine.clone(), state.clone(), *holds))
            }
            Op::Wait(ms) => self.wait(*ms),
            Op::Oversleep(ms) => {
                self.time += ms;
                self.wait(0)
            }
            Op::Restart(ms) => {
                self.real.again()?;
                self.time += ms;
                let done = self.real.step(self.at(), machine_core::Input::Resume);
                self.compare("resume", done, &Input::Resume)?;
                self.wait(0)
            }
            Op::Snapshot => self.real.again(),
        }
    }

    fn report(&mut self, id: &Id, outcome: &str, payload: &Values) -> Result<(), Divergence> {
        let Some(&watcher) = self.real.names.watchers.get(id) else { return Ok(()) };
        let visits = (self.real.instance.visit_of(watcher), self.reference.visit_of(id));
        let (Some(visit), Some((reference, is_under_way))) = visits else {
            return if visits == (None, None) { Ok(()) } else { Err(format!("active or not: {id:?}: {visits:?}")) };
        };
        if is_under_way != self.real.is_under_way(watcher) {
            return Err(format!("under way or not: {id:?}, in the reference: {is_under_way}"));
        }
        // One that was not asked has nothing to report, but for those that are told of changes.
        if !self.reference.may_report(id) {
            return Ok(());
        }
        let Some(done) = self.real.report(self.at(), id, visit, outcome, payload) else { return Ok(()) };
        let (watcher, outcome, payload) = (id.clone(), outcome.to_owned(), payload.clone());
        self.compare("outcome", done, &Input::Outcome { watcher, visit: reference, outcome, payload })
    }

    fn late(&mut self, id: &Id, outcome: &str, payload: &Values) -> Result<(), Divergence> {
        let now = self.real.names.watchers.get(id).and_then(|it| self.real.instance.visit_of(*it));
        let Some(&(last, before)) = self.visits.get(id) else { return Ok(()) };
        let visit = if now == Some(last) { before } else { last };
        if visit == 0 {
            return Ok(());
        }
        let Some(done) = self.real.report(self.at(), id, visit, outcome, payload) else { return Ok(()) };
        let (watcher, outcome, payload) = (id.clone(), outcome.to_owned(), payload.clone());
        self.compare("late outcome", done, &Input::Outcome { watcher, visit: 0, outcome, payload })
    }

    fn wait(&mut self, ms: u64) -> Result<(), Divergence> {
        let until = self.time + ms;
        while let Some(due) = self.real.instance.deadline().map(|it| it.0.div_ceil(1_000_000)).filter(|it| *it <= until)
        {
            if due > self.time && self.reference.is_due(due - 1) {
                return Err(format!("the core waits until {due} ms, in the reference something is due before"));
            }
            self.time = self.time.max(due);
            self.reference.pass(self.time);
            let done = self.real.step(self.at(), machine_core::Input::Tick);
            // A turn of a watcher that has not answered is passed over, which nobody sees.
            if !done.1.is_empty() {
                let fired = done.1.iter().any(|it| matches!(it, Effect::Disarmed(_, true)));
                let asked =
                    done.1.iter().find_map(|it| if let Effect::Ask(it, _) = it { Some(it.clone()) } else { None });
                self.compare("time", done, &Input::Tick(asked.filter(|_| !fired), due == self.time))?;
            }
        }
        self.time = until;
        self.reference.pass(until);
        if self.reference.is_due(until) {
            return Err(format!("in the reference something is due at {until} ms, in the core nothing"));
        }
        Ok(())
    }

    fn compare(&mut self, what: &str, (verdict, core): Done, input: &Input) -> Result<(), Divergence> {
        let verdict = verdict?;
        self.moves.extend(core.iter().filter_map(|it| match it {
            Effect::Moved(from, to, ..) => Some((from.clone(), to.clone())),
            _ => None,
        }));
        let (time, wall) = self.at();
        let expected = self.reference.step(time, wall, input);
        self.steps += 1;
        self.note_visits();
        let what = format!("{what} at {time} ms");
        same_effects(&what, input, (verdict, core), expected)?;
        same_state(&what, &self.real.shown(), &self.reference)
    }

    fn note_visits(&mut self) {
        for (id, watcher) in &self.real.names.watchers {
            let Some(now) = self.real.instance.visit_of(*watcher) else { continue };
            let known = self.visits.entry(id.clone()).or_insert((now, 0));
            if known.0 != now {
                *known = (now, known.0);
            }
        }
    }
}
