//! One machine in virtual time: the real table, the real step, and answers from a page.

use super::tell::Teller;
use machine_core::{Effect, Input, Instance, Instant, OwnedTable, Table, WatcherId, step};
use std::collections::HashMap;

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

impl World {
    pub(super) fn new(table: &[u8]) -> Result<Self, String> {
        let table = OwnedTable::verify(table.into()).map_err(|error| error.to_string())?;
        let instance = Instance::new(&table.table());
        Ok(Self { table, instance, now: Instant(0), asked: HashMap::new() })
    }

    pub(super) fn start(&mut self) -> Told {
        let mut told = vec![format!("in {}", self.here())];
        told.extend(self.step(Input::Start));
        Ok(told)
    }

    /// Goes on with another version of the machine.
    pub(super) fn take_over(&mut self, table: &[u8]) -> Told {
        let new = OwnedTable::verify(table.into()).map_err(|error| error.to_string())?;
        let mut effects: Vec<Effect> = Vec::new();
        let taken = self.instance.take_over(&self.table.table(), &new.table(), self.now, &mut effects);
        match taken {
            Err(error) => Ok(vec![format!("refused: {error}")]),
            Ok(instance) => {
                (self.instance, self.table) = (instance, new);
                self.asked.clear();
                let mut told = vec![format!("in {}", self.here())];
                told.extend(self.ticks());
                Ok(told)
            }
        }
    }

    /// One line of a page.
    pub(super) fn input(&mut self, line: &str) -> Told {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["after", duration] => self.wait(milliseconds(duration)?),
            ["restart"] => self.restart(0),
            ["restart", "after", duration] => self.restart(milliseconds(duration)?),
            [event] => self.outcome(event),
            _ => Err("this is nothing that can happen".to_owned()),
        }
    }

    fn table(&self) -> Table<'_> {
        self.table.table()
    }

    /// The path of the state that it is in.
    fn here(&self) -> String {
        self.table().state_name(self.instance.state()).unwrap_or("?").to_owned()
    }

    fn step(&mut self, input: Input) -> Vec<String> {
        let table = self.table.table();
        let answered = match input {
            Input::Outcome { watcher, .. } => Some(watcher),
            _ => None,
        };
        let mut teller = Teller::new(table, &self.instance, answered);
        let mut effects: Vec<Effect> = Vec::new();
        let verdict = step(&table, &mut self.instance, self.now, input, &mut effects);
        for effect in effects {
            if let Effect::Ask { watcher, visit, .. } = effect {
                self.asked.insert(watcher, visit);
            }
            teller.effect(effect);
        }
        teller.told(verdict)
    }

    /// Lets time pass, and does what comes due on the way, in order.
    fn wait(&mut self, ms: u64) -> Told {
        let until = self.now.after_ms(ms);
        let mut told = Vec::new();
        while let Some(due) = self.instance.deadline().filter(|it| *it <= until) {
            self.now = self.now.max(due);
            told.extend(self.step(Input::Tick));
        }
        self.now = until;
        Ok(told)
    }

    /// Does what is due now.
    fn ticks(&mut self) -> Vec<String> {
        self.wait(0).unwrap_or_default()
    }

    /// What a crash, or a power cut of so long, is to a machine.
    fn restart(&mut self, ms: u64) -> Told {
        let mut bytes = Vec::new();
        self.instance.write(&mut bytes);
        self.instance = Instance::read(&self.table.table(), &bytes).map_err(|error| error.to_string())?;
        self.now = self.now.after_ms(ms);
        let mut told = vec![format!("in {}", self.here())];
        told.extend(self.step(Input::Resume));
        told.extend(self.ticks());
        Ok(told)
    }

    fn outcome(&mut self, event: &str) -> Told {
        let (watcher, outcome) = self.named(event)?;
        let visit = self.instance.visit_of(watcher).or(self.asked.get(&watcher).copied()).unwrap_or(0);
        Ok(self.step(Input::Outcome { watcher, visit, outcome }))
    }

    /// The outcome of a watcher by its name.
    fn named(&self, event: &str) -> Result<(WatcherId, u8), String> {
        let table = self.table();
        let unknown = || format!("there is no event `{event}`");
        let (name, outcome) = event.rsplit_once('.').ok_or_else(unknown)?;
        let named = |it: &WatcherId| table.watcher_name(*it) == Some(name);
        let is_active = |it: &WatcherId| self.instance.visit_of(*it).is_some();
        let active = table.watchers().filter(named).find(is_active);
        let watcher = active.or_else(|| table.watchers().find(named)).ok_or_else(unknown)?;
        let kind = table.watcher(watcher).kind;
        let named = |it: &u8| table.outcome_name(kind, *it) == Some(outcome);
        Ok((watcher, (0..table.kind(kind).outcomes).find(named).ok_or_else(unknown)?))
    }
}

/// A duration as the language writes it.
fn milliseconds(text: &str) -> Result<u64, String> {
    let mut total = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
        let number: u64 = rest[..digits].parse().map_err(|_| format!("`{text}` is no duration"))?;
        let unit = rest[digits..].len() - rest[digits..].trim_start_matches(|it: char| it.is_ascii_alphabetic()).len();
        let unit = &rest[digits..digits + unit];
        total += number * unit_ms(unit).ok_or_else(|| format!("`{unit}` is no unit"))?;
        rest = &rest[digits + unit.len()..];
    }
    Ok(total)
}

fn unit_ms(unit: &str) -> Option<u64> {
    Some(match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return None,
    })
}
