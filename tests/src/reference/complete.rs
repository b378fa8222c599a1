//! From an input to the end of its step: one reaction after the other ([pages 8](../../spec/08-expressions.md),
//! [10](../../spec/10-actions.md) [and 11](../../spec/11-when.md)).

use super::calculate::Values;
use super::machine::{Life, Machine};
use super::select::Failed;
use super::told::{Effect, Event, Id, Input, Verdict};
use super::tree::MACHINE;
use super::value::{Reason, Value};
use machine_compiler::ast::Trigger;

/// Reactions that are done in one step.
const REACTIONS: usize = 64;

/// What comes next by itself.
enum Next {
    Event(Event, Values),
    /// A condition that cannot be calculated.
    Failed(Failed),
}

impl Machine<'_> {
    /// Takes an input to its end. `time` is when, `wall` what the calendar says then, both in milliseconds.
    pub fn step(&mut self, time: u64, wall: i64, input: &Input) -> (Verdict, Vec<Effect>) {
        (self.time, self.wall) = (time, wall);
        self.life.effects.clear();
        let verdict = self.begin(input);
        let mut done = 1;
        loop {
            if done >= REACTIONS {
                _ = self.fault((Reason::Queue, 0));
                self.life.queue.clear();
                break;
            }
            match self.next() {
                Some(Next::Event(event, payload)) => _ = self.whole(&event, &payload),
                Some(Next::Failed(failed)) => _ = self.fault(failed),
                None => break,
            }
            done += 1;
        }
        (verdict, std::mem::take(&mut self.life.effects))
    }

    fn begin(&mut self, input: &Input) -> Verdict {
        match input {
            Input::Start => self.start(),
            Input::Resume => self.resume(),
            Input::Tick(meant, is_on_time) => match self.due(meant.as_ref(), *is_on_time) {
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
        self.poll();
        if let Err(failed) = entered {
            _ = self.fault(failed);
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
                self.fault(failed)
            }
        }
    }

    /// Tells the machine what failed. What fails then is undone, and that is all.
    fn fault(&mut self, failed: Failed) -> Verdict {
        let (line, column) = self.place_of(failed.1);
        self.life.effects.push(Effect::Faulted(failed.0, line, column, true));
        let at = format!("{}:{line}:{column}", self.file);
        let payload = [("reason", Value::Word(failed.0.to_string())), ("at", Value::Text(at))];
        let payload = payload.map(|(name, value)| (name.to_owned(), value)).into();
        let before: Life = self.life.clone();
        match self.react(&Event::Fault, &payload) {
            Ok(verdict) => {
                self.poll();
                verdict
            }
            Err((reason, at)) => {
                self.life = before;
                let (line, column) = self.place_of(at);
                self.life.effects.push(Effect::Faulted(reason, line, column, false));
                Verdict::Faulted
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
    fn next(&mut self) -> Option<Next> {
        if let Some((event, payload)) = self.life.queue.pop_front() {
            return Some(Next::Event(event, payload));
        }
        let mut next = None;
        for state in self.tree.outwards(&self.life.leaf) {
            for id in self.numbers(&state, Self::is_when) {
                self.look_at(&id, &mut next);
            }
        }
        next
    }

    /// Looks at a condition. All are looked at; those behind the first that has become true wait for their turn.
    fn look_at(&mut self, id: &Id, next: &mut Option<Next>) {
        let Some(Trigger::When { condition, .. }) = self.by_number(id).map(|it| &it.trigger) else { return };
        let result = self.scope(None, &Values::new()).holds(condition);
        // One that cannot be calculated counts as true from then on, so the fault comes once.
        let holds = result != Ok(false);
        let held = self.life.held.insert(id.clone(), holds) == Some(true);
        if !holds || held {
            return;
        }
        if next.is_some() {
            self.life.held.insert(id.clone(), false);
            return;
        }
        *next = Some(match result {
            Ok(_) => Next::Event(Event::When(id.clone()), Values::new()),
            Err(reason) => Next::Failed((reason, condition.span.start as usize)),
        });
    }

    /// Asks what was polled and is active and not under way; the manual has no order for that, so the innermost first.
    fn poll(&mut self) {
        let polled = std::mem::take(&mut self.life.polled);
        for state in self.tree.outwards(&self.life.leaf) {
            for watcher in &self.tree.place(&state).body.watchers {
                let id = (state.clone(), watcher.name.text.to_owned());
                if polled.contains(&id) {
                    self.ask_now(&id);
                }
            }
        }
    }
}
