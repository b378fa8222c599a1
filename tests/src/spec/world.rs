//! One machine in virtual time: the real table, the real step, and answers from a page.

use super::tell::Teller;
use super::value::{Literal, duration, split, with_data};
use machine_core::table::{SignalSource, Type};
use machine_core::{Effect, Input, Instance, Instant, OwnedTable, SignalId, Table, WatcherId, step};
use std::collections::HashMap;

/// When scenarios begin: 2026-01-01T00:00:00Z, in milliseconds since 1970.
const START: i64 = 1_767_225_600_000;

/// A machine that a page runs.
pub(super) struct World {
    table: OwnedTable,
    instance: Instance,
    now: Instant,
    /// The visit in which each watcher was asked last.
    asked: HashMap<WatcherId, u32>,
}

/// What a line leads to, in the words of a page; or what is wrong with the line.
pub(super) type Told = Result<Vec<String>, String>;

/// An event with what it carries.
enum Event {
    Outcome(WatcherId, u8),
    Signal(SignalId),
}

impl World {
    pub(super) fn new(table: &[u8]) -> Result<Self, String> {
        let table = OwnedTable::verify(table.into()).map_err(|error| error.to_string())?;
        let mut instance = Instance::new(&table.table());
        instance.set_seed(1);
        Ok(Self { table, instance, now: Instant(0), asked: HashMap::new() })
    }

    pub(super) fn start(&mut self) -> Told {
        let started = self.step(Input::Start);
        Ok(self.goes_on(started))
    }

    /// Goes on with another version of the machine.
    pub(super) fn take_over(&mut self, table: &[u8]) -> Told {
        let new = OwnedTable::verify(table.into()).map_err(|error| error.to_string())?;
        let mut effects: Vec<Effect> = Vec::new();
        match self.instance.take_over(&self.table.table(), &new.table(), self.now, &mut effects) {
            Err(error) => Ok(vec![format!("refused: {error}")]),
            Ok(instance) => {
                (self.instance, self.table) = (instance, new);
                self.asked.clear();
                let due = self.wait(0);
                Ok(self.goes_on(due))
            }
        }
    }

    /// What a crash, or a power cut of so long, is to a machine.
    fn restart(&mut self, ms: u64) -> Told {
        let mut bytes = Vec::new();
        self.instance.write(&self.table.table(), &mut bytes);
        self.instance = Instance::read(&self.table.table(), &bytes).map_err(|error| error.to_string())?;
        self.now = self.now.after_ms(ms);
        let here = format!("in {}", self.here());
        let mut told = self.step(Input::Resume);
        told.extend(self.wait(0));
        told.insert(0, here);
        Ok(told)
    }

    /// What it did, and before that where it is.
    fn goes_on(&self, mut told: Vec<String>) -> Vec<String> {
        if !told.iter().any(|it| it.starts_with("-> ")) {
            told.insert(0, format!("in {}", self.here()));
        }
        told
    }

    /// One line of a page.
    pub(super) fn input(&mut self, line: &str) -> Told {
        let words: Vec<&str> = split(line, ' ').into_iter().filter(|it| !it.is_empty()).collect();
        match words.as_slice() {
            ["after", time] => Ok(self.wait(milliseconds(time)?)),
            ["restart"] => self.restart(0),
            ["restart", "after", time] => self.restart(milliseconds(time)?),
            ["fact", fact] => self.fact(fact),
            [machine, "is", "not", state] => self.condition(machine, state, false),
            [machine, "is", state] => self.condition(machine, state, true),
            [machine, "enters", state] => self.event(&format!("{machine} enters {state}"), &[]),
            [event, fields @ ..] => self.event(event, fields),
            [] => Err("there is nothing".to_owned()),
        }
    }

    fn table(&self) -> Table<'_> {
        self.table.table()
    }

    /// The path of the state that it is in.
    fn here(&self) -> String {
        self.table().state_name(self.instance.state()).unwrap_or("?").to_owned()
    }

    fn step(&mut self, input: Input<'_>) -> Vec<String> {
        let table = self.table.table();
        let answered = match input {
            Input::Outcome { watcher, .. } => Some(watcher),
            _ => None,
        };
        self.instance.set_wall(START + (self.now.0 / 1_000_000) as i64);
        let mut teller = Teller::new(table, &self.instance, answered);
        let verdict = step(&table, &mut self.instance, self.now, input, &mut teller);
        self.asked.extend(teller.asked.iter().copied());
        teller.told(verdict, &self.instance)
    }

    /// Lets time pass, and does what comes due on the way, in order.
    fn wait(&mut self, ms: u64) -> Vec<String> {
        let until = self.now.after_ms(ms);
        let mut told = Vec::new();
        while let Some(due) = self.instance.deadline().filter(|it| *it <= until) {
            self.now = self.now.max(due);
            told.extend(self.step(Input::Tick));
        }
        self.now = until;
        told
    }

    fn event(&mut self, name: &str, written: &[&str]) -> Told {
        match self.named(name).ok_or_else(|| format!("there is no event `{name}`"))? {
            Event::Outcome(watcher, outcome) => {
                let values = self.values(self.table().payload(watcher, outcome), written)?;
                let active = self.instance.visit_of(watcher);
                let visit = active.or(self.asked.get(&watcher).copied()).unwrap_or(0);
                Ok(with_data(&values, |payload| self.step(Input::Outcome { watcher, visit, outcome, payload })))
            }
            Event::Signal(signal) => {
                let values = self.values(self.table().signal(signal).fields, written)?;
                Ok(with_data(&values, |payload| self.step(Input::Signal { signal, payload })))
            }
        }
    }

    /// An outcome of an active watcher, else a signal, else an outcome of a watcher that is not active.
    fn named(&self, event: &str) -> Option<Event> {
        let table = self.table();
        let outcome = |is_active: bool| {
            let (name, outcome) = event.rsplit_once('.')?;
            let fits = |it: &WatcherId| {
                table.watcher_name(*it) == Some(name) && self.instance.visit_of(*it).is_some() == is_active
            };
            let watcher = table.watchers().find(fits)?;
            let is_meant = |it: &u8| table.outcome_name_of(watcher, *it) == Some(outcome);
            Some(Event::Outcome(watcher, (0..table.outcome_count(watcher)).find(is_meant)?))
        };
        let sent = |it: SignalSource<'_>| !matches!(it, SignalSource::When | SignalSource::Fault);
        let signal = || table.signals().find(|it| it.name == event && sent(it.source)).map(|it| Event::Signal(it.id));
        outcome(true).or_else(signal).or_else(|| outcome(false))
    }

    /// The values of an event's fields: as written, else the usual ones.
    fn values<'t>(
        &self,
        fields: impl Iterator<Item = (&'t str, Type<'t>)>,
        written: &[&str],
    ) -> Result<Vec<Literal>, String> {
        let mut left: HashMap<&str, &str> = written.iter().map(|it| it.split_once('=').unwrap_or((it, ""))).collect();
        let table = self.table();
        let value = |(name, ty)| match left.remove(name) {
            Some(text) => Literal::parse(text, ty, &table),
            None => Ok(Literal::default(ty)),
        };
        let values = fields.map(value).collect::<Result<_, _>>()?;
        left.keys().next().map_or(Ok(values), |it| Err(format!("it has no field `{it}`")))
    }

    fn fact(&mut self, written: &str) -> Told {
        let (name, text) = written.split_once('=').ok_or("write `fact NAME=VALUE`")?;
        let (fact, value) = self.fact_value(name, text)?;
        Ok(with_data(&[value], |data| self.step(Input::Fact { fact, value: data[0] })))
    }

    fn fact_value(&self, name: &str, text: &str) -> Result<(u16, Literal), String> {
        let table = self.table();
        let found = table.facts().enumerate().find(|it| it.1.name == name);
        let (index, slot) = found.ok_or_else(|| format!("there is no fact `{name}`"))?;
        Ok((index as u16, Literal::parse(text, slot.ty, &table)?))
    }

    fn condition(&mut self, machine: &str, state: &str, holds: bool) -> Told {
        let table = self.table();
        let index = table.conditions().position(|it| (it.machine, it.state) == (machine, state));
        let condition = index.ok_or_else(|| format!("it does not ask whether `{machine} is {state}`"))? as u16;
        Ok(self.step(Input::Condition { condition, holds }))
    }
}

fn milliseconds(text: &str) -> Result<u64, String> {
    duration(text).and_then(|it| u64::try_from(it).ok()).ok_or_else(|| format!("`{text}` is no duration"))
}
