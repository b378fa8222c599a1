//! From an input to the end of its step: one reaction after the other ([pages 8](../../spec/08-expressions.md),
//! [10](../../spec/10-actions.md) [and 11](../../spec/11-when.md)).

use super::calculate::Values;
use super::machine::{Effect, Event, Id, Input, Life, Machine, Verdict};
use super::select::Failed;
use super::tree::MACHINE;
use super::value::{Reason, Value};
use machine_compiler::ast::Trigger;

/// Reactions that are done in one step.
const REACTIONS: usize = 64;

impl Machine<'_> {
    /// Takes an input to its end. `time` is when, `wall` what the calendar says then, both in milliseconds.
    pub fn step(&mut self, time: u64, wall: i64, input: &Input) -> (Verdict, Vec<Effect>) {
        (self.time, self.wall) = (time, wall);
        self.life.effects.clear();
        let verdict = self.begin(input);
        let mut done = 1;
        loop {
            if done >= REACTIONS {
                self.fault((Reason::Queue, 0));
                self.life.queue.clear();
                break;
            }
            let Some((event, payload)) = self.next() else { break };
            self.whole(&event, &payload);
            done += 1;
        }
        (verdict, std::mem::take(&mut self.life.effects))
    }

    fn begin(&mut self, input: &Input) -> Verdict {
        match input {
            Input::Start => self.start(),
            Input::Resume => self.resume(),
            Input::Tick(meant) => match self.due(meant.as_ref()) {
                Some(event) => return self.whole(&event, &Values::new()),
                None => return Verdict::Quiet,
            },
            Input::Outcome { watcher, visit, outcome, payload } => {
                if !self.answered(watcher, *visit, outcome) {
                    return Verdict::Late;
                }
                return self.whole(&Event::Outcome(watcher.clone(), outcome.clone()), payload);
            }
            Input::Event(event, payload) => return self.whole(event, payload),
            Input::Fact(name, value) => _ = self.life.facts.insert(name.clone(), value.clone()),
            Input::Condition(machine, state, holds) => self.condition(machine, state, *holds),
        }
        Verdict::Quiet
    }

    /// If an `enter` fails, the machine is in its initial state all the same, and is told of it there.
    fn start(&mut self) {
        let before = self.life.clone();
        let leaf = self.tree.leaf(MACHINE);
        let states = self.tree.outwards(&leaf);
        let entered = states.iter().rev().try_for_each(|it| self.block(it, true));
        if entered.is_err() {
            self.life = before;
        }
        self.enter_all(&states, &leaf);
        if let Err(failed) = entered {
            self.fault(failed);
        }
    }

    /// A reaction: as a whole or not at all; what failed is told to the machine.
    fn whole(&mut self, event: &Event, payload: &Values) -> Verdict {
        let before = self.life.clone();
        match self.react(event, payload) {
            Ok(verdict) => {
                self.poll();
                verdict
            }
            Err(failed) => {
                self.life = before;
                self.fault(failed);
                Verdict::Faulted
            }
        }
    }

    /// Tells the machine what failed. What fails then is undone, and that is all.
    fn fault(&mut self, failed: Failed) {
        let (line, column) = self.place_of(failed.1);
        self.life.effects.push(Effect::Faulted(failed.0, line, column, true));
        let at = format!("{}:{line}:{column}", self.file);
        let payload = [("reason", Value::Word(failed.0.to_string())), ("at", Value::Text(at))];
        let payload = payload.map(|(name, value)| (name.to_owned(), value)).into();
        let before: Life = self.life.clone();
        match self.react(&Event::Fault, &payload) {
            Ok(_) => self.poll(),
            Err((reason, at)) => {
                self.life = before;
                let (line, column) = self.place_of(at);
                self.life.effects.push(Effect::Faulted(reason, line, column, false));
            }
        }
    }

    /// Line and column of a place in the source, both from 1.
    fn place_of(&self, at: usize) -> (usize, usize) {
        let before = self.source.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }

    /// What is taken next: a raised event, else a condition that has become true.
    fn next(&mut self) -> Option<(Event, Values)> {
        if let Some(raised) = self.life.queue.pop_front() {
            return Some(raised);
        }
        for state in self.tree.outwards(&self.life.leaf.clone()) {
            for id in self.numbers(&state, Self::is_when) {
                if self.has_become_true(&id) {
                    return Some((Event::When(id), Values::new()));
                }
            }
        }
        None
    }

    fn has_become_true(&mut self, id: &Id) -> bool {
        let Some(Trigger::When { condition, .. }) = self.by_number(id).map(|it| &it.trigger) else { return false };
        let none = Values::new();
        match self.scope(None, &none).holds(condition) {
            Ok(holds) => {
                let held = self.life.held.insert(id.clone(), holds).unwrap_or(false);
                holds && !held
            }
            Err(reason) => {
                // It counts as true from then on, so the fault comes once.
                if self.life.held.insert(id.clone(), true) != Some(true) {
                    self.fault((reason, condition.span.start as usize));
                }
                false
            }
        }
    }

    /// Asks what was polled and is active and not under way.
    fn poll(&mut self) {
        for id in std::mem::take(&mut self.life.polled) {
            self.ask_now(&id);
        }
    }
}
