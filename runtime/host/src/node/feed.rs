//! Inputs into machines, and what comes of them: a record in the journal, events and acts in the outbox.

use super::Node;
use super::outbox::{Asking, Event, Out};
use crate::chronicle::{Act, Told, tell};
use crate::error::NodeError;
use crate::event::happening::{Cause, Happening, Origin, What};
use crate::event::{cause, event, to_json};
use crate::journal::Lsn;
use crate::machine::{Machine, arguments};
use crate::record::{Entry, Record};
use crate::sink::{Published, Sink, SinkError};
use machine_core::{Input, Instant, Table, Verdict, WatcherId, step};
use machine_drivers::{Answer, Ask, Key, Notice};
use serde_json::value::RawValue;
use serde_json::{Map, json};
use std::time::Duration;

impl Node {
    /// A driver has something to tell.
    pub(super) fn answered(&mut self, answer: Answer) -> Result<(), NodeError> {
        let index = answer.key.machine as usize;
        let watcher = WatcherId(answer.key.watcher);
        let visit = answer.key.visit;
        let Some(machine) = self.machines.get(index).and_then(Option::as_ref) else {
            return Ok(());
        };
        let kind = machine.table().kind(machine.table().watcher(watcher).kind);
        let input = match answer.outcome {
            Some(outcome) if outcome < kind.outcomes => Input::Outcome { watcher, visit, outcome },
            _ => Input::Done { watcher, visit },
        };
        self.feed(index, input, Some(answer))?;
        self.take_over_if_quiet(index)
    }

    /// Gives everything that is due to the machines that wait for it.
    pub(super) fn do_what_is_due(&mut self) -> Result<(), NodeError> {
        let now = self.clock.now();
        while let Some((at, index)) = self.agenda.first().filter(|(at, _)| *at <= now) {
            self.agenda.pop();
            let machine = self.machines.get_mut(index).and_then(Option::as_mut);
            if let Some(machine) = machine.filter(|it| it.scheduled == Some(at)) {
                machine.scheduled = None;
                self.feed(index, Input::Tick, None)?;
            }
        }
        if self.alive <= now {
            self.say_alive(now)?;
        }
        Ok(())
    }

    /// The next point in time at which something is due.
    pub(super) fn deadline(&mut self) -> Option<Instant> {
        while let Some((at, index)) = self.agenda.first() {
            let machine = self.machines.get(index).and_then(Option::as_ref);
            if machine.is_some_and(|it| it.scheduled == Some(at)) {
                return Some(at.min(self.alive));
            }
            self.agenda.pop();
        }
        Some(self.alive)
    }

    /// One step of one machine, written down.
    pub(super) fn feed(&mut self, index: usize, input: Input, answer: Option<Answer>) -> Result<(), NodeError> {
        let now = self.clock.now();
        let Some(machine) = self.machines.get_mut(index).and_then(Option::as_mut) else {
            return Ok(());
        };
        self.effects.clear();
        let loaded = machine.loaded.clone();
        let table = loaded.table.table();
        let verdict = step(&table, &mut machine.instance, now, input, &mut self.effects);
        let mut is_news = false;
        let answer = answer.map(|mut it| {
            is_news = remember(machine, &mut it, verdict);
            let run_id = run_id_of(machine, &it, self.epoch);
            (it, run_id)
        });
        let reported = answer.as_ref().map(|(answer, run_id)| (answer, run_id.clone()));
        let told = tell(&table, now, verdict, reported, &self.effects);
        self.write_down(index, &table, told, input == Input::Resume, is_news)
    }

    /// Record, events, acts and the next deadline of a machine after a step.
    fn write_down(
        &mut self,
        index: usize,
        table: &Table<'_>,
        told: Told,
        resumed: bool,
        is_news: bool,
    ) -> Result<(), NodeError> {
        let is_public = !told.happenings.is_empty();
        let events = self.events_of(index, told.happenings)?;
        if is_public || is_news {
            self.append_machine(index, &events)?;
        }
        for event in events {
            self.outbox.put(self.appended, Out::Event(Box::new(event)));
        }
        self.schedule(index);
        told.acts.into_iter().try_for_each(|act| self.act(index, table, act, resumed))
    }

    /// Happenings of a machine as events, each the cause of the next where one led to the other.
    pub(super) fn events_of(&mut self, index: usize, happenings: Vec<What>) -> Result<Vec<Event>, NodeError> {
        let wall = self.clock.wall_ns();
        let (node, epoch) = (self.name.clone(), self.epoch);
        let Some(machine) = self.machines.get_mut(index).and_then(Option::as_mut) else {
            return Ok(Vec::new());
        };
        let state = machine.state();
        let origin = Origin { node, machine: Some(machine.origin()), epoch };
        let mut events = Vec::with_capacity(happenings.len());
        let mut latest = machine.cause.clone();
        for mut what in happenings {
            if let What::Slowed { state: at, .. } = &mut what {
                at.clone_from(&state);
            }
            machine.sequence += 1;
            let begins_visit = matches!(what, What::Transition { .. } | What::Started { .. });
            let leads_on = begins_visit || matches!(what, What::Outcome(_));
            let event = made(origin.clone(), machine.sequence, wall, latest.clone(), what)?;
            if leads_on {
                latest = Some(event.1);
            }
            if begins_visit {
                machine.cause.clone_from(&latest);
            }
            events.push(event.0);
        }
        Ok(events)
    }

    /// Writes a machine down with the events that become public by it.
    pub(super) fn append_machine(&mut self, index: usize, events: &[Event]) -> Result<(), NodeError> {
        let Some(machine) = self.machines.get(index).and_then(Option::as_ref) else {
            return Ok(());
        };
        if self.journal.is_none() {
            return Ok(());
        }
        let name = machine.table().name().to_owned();
        let entry = Entry::Machine { name, saved: machine.saved() };
        self.append(entry, events)
    }

    /// Appends a record.
    pub(super) fn append(&mut self, entry: Entry, events: &[Event]) -> Result<(), NodeError> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        let raw = |it: &Event| String::from_utf8(it.json.clone()).ok().and_then(|it| RawValue::from_string(it).ok());
        let record = Record {
            at: self.clock.now().0,
            wall: self.clock.wall_ns(),
            published: self.outbox.let_out().0,
            entry,
            events: events.iter().filter_map(raw).collect(),
        };
        let bytes = serde_json::to_vec(&record).unwrap_or_default();
        self.appended = journal.append(&bytes)?;
        self.since_checkpoint += 1;
        Ok(())
    }

    fn act(&mut self, index: usize, table: &Table<'_>, act: Act, resumed: bool) -> Result<(), NodeError> {
        match act {
            Act::Ask { watcher, visit, first } => {
                let asking = Asking { machine: index, watcher, visit, first, resumed: resumed && !first };
                self.outbox.put(self.appended, Out::Ask(asking));
            }
            Act::Stop { watcher, visit } => {
                let key = key(index, watcher, visit);
                if let Some(driver) = self.driver_of(table, watcher) {
                    self.outbox.put(self.appended, Out::Stop { driver, key });
                }
            }
            Act::Interrupted { watcher, visit } => {
                let answer = interrupted(table, key(index, watcher, visit));
                let outcome = answer.outcome.unwrap_or(0);
                self.feed(index, Input::Outcome { watcher, visit, outcome }, Some(answer))?;
            }
        }
        Ok(())
    }

    /// Puts the machine's next deadline into the agenda, if it is another one.
    pub(super) fn schedule(&mut self, index: usize) {
        let Some(machine) = self.machines.get_mut(index).and_then(Option::as_mut) else {
            return;
        };
        let deadline = machine.instance.deadline();
        if deadline != machine.scheduled {
            machine.scheduled = deadline;
            deadline.into_iter().for_each(|at| self.agenda.note(at, index));
        }
    }

    pub(super) fn driver_of(&self, table: &Table<'_>, watcher: WatcherId) -> Option<usize> {
        let kind = table.kind(table.watcher(watcher).kind).name;
        self.drivers.iter().position(|it| it.kind() == kind)
    }

    /// Lets out everything that is durable.
    pub(super) fn let_out(&mut self) {
        if self.journal.is_none() {
            self.outbox.is_durable(Lsn(u64::MAX));
        }
        let mut has_published = false;
        while let Some(out) = self.outbox.next() {
            match out {
                Out::Event(event) => {
                    has_published = true;
                    let Event { origin, happening, json } = &*event;
                    self.each_sink(|sink| sink.publish(&Published { origin, happening, json }));
                }
                Out::Ask(asking) => self.ask(asking),
                Out::Stop { driver, key } => {
                    if let Some(driver) = self.drivers.get_mut(driver) {
                        driver.stop(key);
                    }
                }
            }
        }
        if has_published {
            self.each_sink(|sink| sink.flush());
        }
    }

    /// Does something with every sink. One that nobody will ever read is given up; the journal still has the events.
    pub(super) fn each_sink(&mut self, mut act: impl FnMut(&mut dyn Sink) -> Result<(), SinkError>) {
        let mut is_closed = false;
        self.sinks.retain_mut(|sink| match act(sink.as_mut()) {
            Err(error @ (SinkError::Closed | SinkError::Output { .. })) => {
                is_closed = true;
                if !self.end_with_output {
                    super::start::say(&error.to_string());
                }
                false
            }
            _ => true,
        });
        self.output_closed |= is_closed && self.end_with_output;
    }

    /// Asks a watcher, unless its visit is over by now.
    fn ask(&mut self, asking: Asking) {
        let Asking { machine: index, watcher, visit, first, resumed } = asking;
        let Some(machine) = self.machines.get_mut(index).and_then(Option::as_mut) else {
            return;
        };
        if machine.instance.visit_of(watcher) != Some(visit) {
            return;
        }
        let loaded = machine.loaded.clone();
        let table = loaded.table.table();
        let row = table.watcher(watcher);
        let run_id = new_run_id(machine, watcher, visit, row.once, self.epoch);
        let ask = Ask {
            key: key(index, watcher, visit),
            args: arguments(&table, watcher),
            context: loaded.context.clone(),
            watcher: crate::chronicle::watcher_name(&table, watcher).into(),
            run_id,
            first,
            resumed,
            memory: machine.memory.get(&watcher.0).cloned(),
            every: row.every_ms.map(Duration::from_millis),
        };
        if let Some(driver) = self.driver_of(&table, watcher).and_then(|it| self.drivers.get_mut(it)) {
            driver.ask(ask);
        }
    }
}

/// An event and what it is as the cause of others.
pub(super) fn made(
    origin: Origin,
    sequence: u64,
    wall: u64,
    cause_of_it: Option<Cause>,
    what: What,
) -> Result<(Event, Cause), NodeError> {
    let happening = Happening { sequence, time_ns: wall, recorded_ns: wall, cause: cause_of_it, what };
    let made = event(&origin, &happening).map_err(|error| NodeError::Refused { reason: error.to_string() })?;
    let json = to_json(&made);
    Ok((Event { origin, happening, json }, cause(&made)))
}

fn key(index: usize, watcher: WatcherId, visit: u32) -> Key {
    Key { machine: u32::try_from(index).unwrap_or(u32::MAX), watcher: watcher.0, visit }
}

/// Takes what the driver wants to remember, if the answer counts: what a late answer has seen was never applied, so it
/// has to be seen again.
fn remember(machine: &mut Machine, answer: &mut Answer, verdict: Verdict) -> bool {
    let watcher = answer.key.watcher;
    let is_current = machine.instance.visit_of(WatcherId(watcher)) == Some(answer.key.visit);
    let counts = verdict != Verdict::Late && (verdict != Verdict::Quiet || is_current);
    match answer.memory.take().filter(|_| counts) {
        Some(memory) if machine.memory.get(&watcher) != Some(&memory) => {
            machine.memory.insert(watcher, memory);
            true
        }
        _ => false,
    }
}

/// Names a run: a `run` by its visit, so that it keeps its name if it is done again; a repeated one by a number too.
fn new_run_id(machine: &mut Machine, watcher: WatcherId, visit: u32, once: bool, epoch: u64) -> String {
    let mut id = base_run_id(machine, watcher, visit, epoch);
    if !once {
        id = format!("{id}.{}", machine.sequence);
    }
    machine.runs.insert(watcher.0, id.clone());
    id
}

fn base_run_id(machine: &Machine, watcher: WatcherId, visit: u32, epoch: u64) -> String {
    format!("{}.{}.{epoch}.{visit}", machine.table().name(), watcher.0)
}

/// The name of the run that an answer belongs to.
fn run_id_of(machine: &mut Machine, answer: &Answer, epoch: u64) -> String {
    let base = base_run_id(machine, WatcherId(answer.key.watcher), answer.key.visit, epoch);
    let is_its = |id: &String| id.strip_prefix(&base).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    machine.runs.get(&answer.key.watcher).filter(|id| is_its(id)).cloned().unwrap_or(base)
}

/// What a `run` reports that was under way when the runtime died: its first fault.
fn interrupted(table: &Table<'_>, key: Key) -> Answer {
    let kind = table.kind(table.watcher(WatcherId(key.watcher)).kind);
    let fields = Map::from_iter([("reason".to_owned(), json!("interrupted"))]);
    Answer {
        key,
        run_id: String::new(),
        outcome: u8::try_from(kind.faults.trailing_zeros()).ok(),
        took: Duration::ZERO,
        memory: None,
        fields,
        notice: Notice { kind: "exec", members: Map::from_iter([("previous_outcome".to_owned(), json!("error"))]) },
        why: "interrupted: the runtime ended while it was under way".to_owned(),
    }
}
