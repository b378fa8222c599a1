//! One machine of a page in virtual time. Answers come from the page, so nobody else gives any.

use super::tell::Teller;
use super::value::{duration, parse, split};
use machine_core::table::{SignalSource, Type};
use machine_core::{Effect, Instant, OwnedTable, SignalId, Table, WatcherId};
use machine_sim::clock::{BEGIN, ns};
use machine_sim::trace::{Given, What};
use machine_sim::value::least;
use machine_sim::world::Answering;
use machine_sim::{Payload, Value, World as Simulated};
use std::collections::HashMap;
use std::sync::Arc;

/// A machine that a page runs.
pub(super) struct World {
    simulated: Simulated,
    table: Arc<OwnedTable>,
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
        let table = Arc::new(OwnedTable::verify(table.into()).map_err(|error| error.to_string())?);
        let mut simulated = Simulated::new(vec![table.clone()], 1, BEGIN);
        simulated.answer_by(Answering::Nobody);
        Ok(Self { simulated, table, asked: HashMap::new() })
    }

    pub(super) fn start(&mut self) -> Told {
        let started = self.give(Given::Start);
        Ok(self.goes_on(started))
    }

    /// Goes on with another version of the machine.
    pub(super) fn take_over(&mut self, table: &[u8]) -> Told {
        let new = Arc::new(OwnedTable::verify(table.into()).map_err(|error| error.to_string())?);
        let mut effects: Vec<Effect> = Vec::new();
        let now = self.now();
        let machine = self.simulated.machine_mut(0).ok_or("there is no machine")?;
        match machine.take_over(new.clone(), now, &mut effects) {
            Err(error) => Ok(vec![format!("refused: {error}")]),
            Ok(()) => {
                self.table = new;
                self.asked.clear();
                let due = self.wait(0);
                Ok(self.goes_on(due))
            }
        }
    }

    /// What a crash, or a power cut of so long, is to a machine.
    fn restart(&mut self, ms: u64) -> Told {
        self.simulated.cut_power(ns(ms));
        if let Some(trouble) = self.simulated.trouble() {
            return Err(format!("{trouble:?}"));
        }
        let here = format!("in {}", self.here());
        let mut told = self.give(Given::Resume);
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

    fn now(&self) -> Instant {
        self.simulated.clock().now()
    }

    fn machine(&self) -> Option<&machine_sim::Machine> {
        self.simulated.machine(0)
    }

    fn visit_of(&self, watcher: WatcherId) -> Option<u32> {
        self.machine()?.instance().visit_of(watcher)
    }

    /// The path of the state that it is in.
    fn here(&self) -> String {
        let state = self.machine().map(|it| it.instance().state());
        state.and_then(|it| self.table().state_name(it)).unwrap_or("?").to_owned()
    }

    fn give(&mut self, given: Given) -> Vec<String> {
        let answered = match given {
            Given::Outcome { watcher, .. } => Some(watcher),
            _ => None,
        };
        self.told(answered, |simulated| _ = simulated.give(0, given))
    }

    /// One step, in the words of a page.
    fn told(&mut self, answered: Option<WatcherId>, step: impl FnOnce(&mut Simulated)) -> Vec<String> {
        let owned = self.table.clone();
        let Some(machine) = self.machine() else { return Vec::new() };
        let teller = Teller::new(owned.table(), machine.instance(), answered);
        let first = self.simulated.trace().entries.len();
        step(&mut self.simulated);
        let entries = self.simulated.trace().entries.get(first..).unwrap_or(&[]);
        for entry in entries {
            if let What::Effect(Effect::Ask { watcher, visit, .. }) = entry.what {
                self.asked.insert(watcher, visit);
            }
        }
        self.simulated.machine(0).map(|it| teller.told(entries, it.instance())).unwrap_or_default()
    }

    /// Lets time pass, and does what comes due on the way, in order.
    fn wait(&mut self, ms: u64) -> Vec<String> {
        let until = self.now().after_ms(ms);
        let mut told = Vec::new();
        let due = |world: &Self| world.machine()?.instance().deadline().filter(|it| *it <= until);
        while due(self).is_some() {
            told.extend(self.told(None, |simulated| _ = simulated.run(until, &mut |_, _, _| true)));
        }
        self.simulated.run(until, &mut |_, _, _| false);
        told
    }

    fn event(&mut self, name: &str, written: &[&str]) -> Told {
        match self.named(name).ok_or_else(|| format!("there is no event `{name}`"))? {
            Event::Outcome(watcher, outcome) => {
                let values = self.values(self.table().payload(watcher, outcome), written)?;
                let visit = self.visit_of(watcher).or(self.asked.get(&watcher).copied()).unwrap_or(0);
                Ok(self.give(Given::Outcome { watcher, visit, outcome, payload: values }))
            }
            Event::Signal(signal) => {
                let values = self.values(self.table().signal(signal).fields, written)?;
                Ok(self.give(Given::Signal { signal, payload: values }))
            }
        }
    }

    /// An outcome of an active watcher, else a signal, else an outcome of a watcher that is not active.
    fn named(&self, event: &str) -> Option<Event> {
        let table = self.table();
        let outcome = |is_active: bool| {
            let (name, outcome) = event.rsplit_once('.')?;
            let fits =
                |it: &WatcherId| table.watcher_name(*it) == Some(name) && self.visit_of(*it).is_some() == is_active;
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
    ) -> Result<Payload, String> {
        let mut left: HashMap<&str, &str> = written.iter().map(|it| it.split_once('=').unwrap_or((it, ""))).collect();
        let table = self.table();
        let value = |(name, ty)| match left.remove(name) {
            Some(text) => parse(text, ty, &table),
            None => Ok(least(ty)),
        };
        let values = fields.map(value).collect::<Result<_, _>>()?;
        left.keys().next().map_or(Ok(values), |it| Err(format!("it has no field `{it}`")))
    }

    fn fact(&mut self, written: &str) -> Told {
        let (name, text) = written.split_once('=').ok_or("write `fact NAME=VALUE`")?;
        let (fact, value) = self.fact_value(name, text)?;
        Ok(self.give(Given::Fact { fact, value }))
    }

    fn fact_value(&self, name: &str, text: &str) -> Result<(u16, Value), String> {
        let table = self.table();
        let found = table.facts().enumerate().find(|it| it.1.name == name);
        let (index, slot) = found.ok_or_else(|| format!("there is no fact `{name}`"))?;
        Ok((index as u16, parse(text, slot.ty, &table)?))
    }

    fn condition(&mut self, machine: &str, state: &str, holds: bool) -> Told {
        let table = self.table();
        let index = table.conditions().position(|it| (it.machine, it.state) == (machine, state));
        let condition = index.ok_or_else(|| format!("it does not ask whether `{machine} is {state}`"))? as u16;
        Ok(self.give(Given::Condition { condition, holds }))
    }
}

fn milliseconds(text: &str) -> Result<u64, String> {
    duration(text).and_then(|it| u64::try_from(it).ok()).ok_or_else(|| format!("`{text}` is no duration"))
}
