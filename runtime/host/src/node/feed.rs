//! Inputs into machines, and what comes of them: a record in the journal, events and acts in the outbox.

use super::Node;
use super::ask::input_of;
use crate::chronicle::{self, Act, Taken, Told, tell};
use crate::error::NodeError;
use crate::event::happening::What;
use crate::machine::{Loaded, Machine};
use machine_core::{Input, Instant, Verdict, WatcherId, step};
use machine_drivers::{Answer, Key};
use std::sync::Arc;

impl Node {
    /// A driver has something to tell. What a machine that is gone had asked for interests nobody any more.
    pub(super) fn answered(&mut self, mut answer: Answer) -> Result<(), NodeError> {
        self.make_room(answer.key);
        let Key { machine: number, visit, .. } = answer.key;
        let Some(machine) = self.fleet.get(number) else {
            return Ok(());
        };
        if answer.run_id.is_empty() {
            // Nobody asked: a change was reported.
            let run_id = machine.run_id(self.epoch, WatcherId(answer.key.watcher), visit);
            answer.run_id = format!("{run_id}.{}", machine.sequence);
        }
        if visit < machine.since() {
            return self.answered_to_the_table_before(number, &answer);
        }
        let input = input_of(&machine.table(), &mut answer);
        self.feed(number, input, Some(answer))?;
        self.take_over_if_quiet(number)
    }

    /// The table that asked does not run any more: recorded, never applied.
    fn answered_to_the_table_before(&mut self, number: u32, answer: &Answer) -> Result<(), NodeError> {
        let Some(before) = self.fleet.get(number).and_then(|it| it.before.as_ref()).map(|it| it.loaded.clone()) else {
            return Ok(());
        };
        let table = before.table.table();
        let is_its = usize::from(answer.key.watcher) < table.watchers().count();
        let late = is_its.then(|| chronicle::outcome(&table, answer, true)).flatten();
        self.write_down(number, &before, Told { happenings: late.into_iter().collect(), acts: Vec::new() }, false)
    }

    /// Gives everything that is due to the machines that wait for it.
    pub(super) fn do_what_is_due(&mut self) -> Result<(), NodeError> {
        let now = self.clock.now();
        while let Some((at, number)) = self.agenda.first().filter(|(at, _)| *at <= now) {
            self.agenda.pop();
            if let Some(machine) = self.fleet.get_mut(number).filter(|it| it.scheduled == at) {
                machine.scheduled = Instant::NEVER;
                self.feed(number, Input::Tick, None)?;
                self.take_over_if_quiet(number)?;
            }
        }
        if self.alive <= now {
            self.say_alive(now)?;
        }
        self.tidy_if_due(now);
        Ok(())
    }

    /// The next point in time at which something is due.
    pub(super) fn deadline(&mut self) -> Instant {
        while let Some((at, number)) = self.agenda.first() {
            if self.fleet.get(number).is_some_and(|it| it.scheduled == at) {
                return at.min(self.alive).min(self.tidy.at);
            }
            self.agenda.pop();
        }
        self.alive.min(self.tidy.at)
    }

    /// One step of one machine, written down.
    pub(super) fn feed(&mut self, number: u32, input: Input, answer: Option<Answer>) -> Result<(), NodeError> {
        let Some((loaded, told, is_news)) = self.step(number, input, answer) else {
            return Ok(());
        };
        // A `run` that is asked later than its state was entered must be known to be under way before it is.
        let table = loaded.table.table();
        let begins_run = |it: &Act| matches!(it, Act::Ask { watcher, .. } if table.watcher(*watcher).once);
        let must_last = is_news || told.acts.iter().any(begins_run);
        self.write_down(number, &loaded, told, must_last)
    }

    /// The first step of a machine in this run of the node, written down with what it is called.
    pub(super) fn feed_first(&mut self, number: u32, input: Input, opening: What) -> Result<(), NodeError> {
        let Some((loaded, mut told, _)) = self.step(number, input, None) else {
            return Ok(());
        };
        told.happenings.insert(0, opening);
        self.write_down(number, &loaded, told, true)
    }

    /// One step of one machine, told, and whether a driver has something new to remember.
    fn step(&mut self, number: u32, input: Input, mut answer: Option<Answer>) -> Option<(Arc<Loaded>, Told, bool)> {
        let now = self.clock.now();
        let machine = self.fleet.get_mut(number)?;
        let loaded = machine.loaded.clone();
        let table = loaded.table.table();
        self.effects.clear();
        let verdict = step(&table, &mut machine.instance, now, input, &mut self.effects);
        let is_news = answer.as_mut().is_some_and(|it| remember(machine, it, verdict));
        let taken = Taken { at: now, input, verdict, effects: &self.effects, leaf: machine.instance.state() };
        let told = tell(&table, taken, answer.as_ref());
        Some((loaded, told, is_news))
    }

    /// Record, events, acts and the next deadline of a machine after a step.
    fn write_down(&mut self, number: u32, loaded: &Loaded, told: Told, must_last: bool) -> Result<(), NodeError> {
        if must_last || !told.happenings.is_empty() {
            let events = self.events_of(number, told.happenings)?;
            self.append_machine(number, events)?;
        }
        self.schedule(number);
        told.acts.into_iter().try_for_each(|act| self.act(number, loaded, act))
    }

    /// Puts the machine's next deadline into the agenda, if it is another one.
    pub(super) fn schedule(&mut self, number: u32) {
        let Some(machine) = self.fleet.get_mut(number) else {
            return;
        };
        let deadline = machine.instance.deadline().unwrap_or(Instant::NEVER);
        if deadline != machine.scheduled {
            machine.scheduled = deadline;
            if deadline != Instant::NEVER {
                self.agenda.note(deadline, number);
            }
        }
        if self.agenda.is_crowded(self.fleet.len()) {
            let fleet = &self.fleet;
            self.agenda.retain(|at, number| fleet.get(number).is_some_and(|it| it.scheduled == at));
        }
    }
}

/// Takes what the driver wants to remember, if the answer counts: what a late answer has seen was never applied, so it
/// has to be seen again. Whether it is new.
fn remember(machine: &mut Machine, answer: &mut Answer, verdict: Verdict) -> bool {
    let watcher = answer.key.watcher;
    let is_current = machine.instance.visit_of(WatcherId(watcher)) == Some(answer.key.visit);
    let counts = verdict != Verdict::Late && (verdict != Verdict::Quiet || is_current);
    answer.memory.take().filter(|_| counts).is_some_and(|memory| machine.memory.put(watcher, memory))
}
