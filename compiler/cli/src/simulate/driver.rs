//! One machine in virtual time, with all of its past. All that the prompt knows of the core is in this file and `tell`.

use super::tell::{Teller, Told};
use super::value::{Literal, with_data};
use machine_core::{
    Input, Instance, Instant, Milliseconds, OwnedTable, SignalId, StateId, Table, Verdict, WatcherId, step,
};
use std::collections::BTreeMap;

/// When a simulation begins: 2026-01-01T00:00:00Z, in milliseconds since 1970.
const START: i64 = 1_767_225_600_000;

/// No more is told at once; a machine may go round for ever.
const MOST_LINES: usize = 200;
/// Nor are more things done that come due.
const MOST_STEPS: usize = 1_000_000;

/// A machine and where it is.
pub(super) struct Driver {
    table: OwnedTable,
    present: Moment,
    past: Vec<Moment>,
}

/// All that can be gone back to.
#[derive(Clone)]
struct Moment {
    instance: Instance,
    now: Instant,
    /// The visit in which each watcher was asked last.
    asked: BTreeMap<u16, u32>,
}

impl Driver {
    /// The machine of a table, started.
    pub(super) fn start(table: OwnedTable) -> (Self, Told) {
        let mut instance = Instance::new(&table.table());
        instance.set_seed(1);
        let present = Moment { instance, now: Instant(0), asked: BTreeMap::new() };
        let mut driver = Self { table, present, past: Vec::new() };
        let told = driver.step(Input::Start);
        (driver, told)
    }

    pub(super) fn table(&self) -> Table<'_> {
        self.table.table()
    }

    pub(super) fn instance(&self) -> &Instance {
        &self.present.instance
    }

    /// How many milliseconds have passed since the start.
    pub(super) fn passed_ms(&self) -> u64 {
        self.present.now.0 / 1_000_000
    }

    /// How many milliseconds there are until then.
    pub(super) fn left_ms(&self, until: Instant) -> u64 {
        until.since(self.present.now).div_ceil(1_000_000)
    }

    pub(super) fn state(&self) -> StateId {
        self.present.instance.state()
    }

    /// Keeps where the machine is now, to be gone back to.
    pub(super) fn remember(&mut self) {
        self.past.push(self.present.clone());
    }

    /// How often [`Driver::back`] can be done.
    pub(super) fn past(&self) -> usize {
        self.past.len()
    }

    /// Goes back to where the machine was so many steps ago.
    pub(super) fn back(&mut self, steps: usize) {
        for _ in 0..steps {
            if let Some(before) = self.past.pop() {
                self.present = before;
            }
        }
    }

    /// Changes places between where the machine is and where it was before; doing it twice changes nothing.
    pub(super) fn swap_with_last(&mut self) {
        if let Some(last) = self.past.last_mut() {
            std::mem::swap(last, &mut self.present);
        }
    }

    /// A watcher reports.
    pub(super) fn outcome(&mut self, watcher: WatcherId, outcome: u8, values: &[Literal]) -> Told {
        let active = self.present.instance.visit_of(watcher);
        let visit = active.or(self.present.asked.get(&watcher.0).copied()).unwrap_or(0);
        with_data(values, |payload| self.step(Input::Outcome { watcher, visit, outcome, payload }))
    }

    /// Somebody sends an event.
    pub(super) fn signal(&mut self, signal: SignalId, values: &[Literal]) -> Told {
        with_data(values, |payload| self.step(Input::Signal { signal, payload }))
    }

    /// The node knows a fact anew.
    pub(super) fn fact(&mut self, fact: u16, value: Literal) -> Told {
        with_data(&[value], |data| self.step(Input::Fact { fact, value: data[0] }))
    }

    /// Another machine entered or left a state.
    pub(super) fn condition(&mut self, condition: u16, holds: bool) -> Told {
        self.step(Input::Condition { condition, holds })
    }

    /// The runtime ends and begins anew.
    pub(super) fn restart(&mut self) -> Told {
        let mut told = self.step(Input::Resume);
        told.lines.extend(self.wait(0).lines);
        told
    }

    /// Lets time pass, and does what comes due on the way, in order.
    pub(super) fn wait(&mut self, ms: u64) -> Told {
        let until = self.present.now.after_ms(ms);
        let mut all = Told { verdict: Verdict::Quiet, lines: Vec::new(), moved: None };
        for _ in 0..MOST_STEPS {
            let Some(due) = self.present.instance.deadline().filter(|it| *it <= until) else {
                self.present.now = until;
                return all;
            };
            if all.lines.len() >= MOST_LINES {
                break;
            }
            self.present.now = self.present.now.max(due);
            let told = self.step(Input::Tick);
            let at = Milliseconds(self.passed_ms());
            all.lines.extend(told.lines.into_iter().map(|it| format!("at {at}: {it}")));
        }
        let (at, left) = (Milliseconds(self.passed_ms()), Milliseconds(self.left_ms(until)));
        all.lines.push(format!("at {at}: that is enough at once; `after {left}` goes on"));
        all
    }

    /// Until the next thing is due; nothing if there is none.
    pub(super) fn next_due_ms(&self) -> Option<u64> {
        self.present.instance.deadline().map(|it| self.left_ms(it))
    }

    fn step(&mut self, input: Input<'_>) -> Told {
        let table = self.table.table();
        let answered = match input {
            Input::Outcome { watcher, .. } => Some(watcher),
            _ => None,
        };
        let Moment { instance, now, asked } = &mut self.present;
        instance.set_wall(START + (now.0 / 1_000_000) as i64);
        let mut teller = Teller::new(table, instance, answered);
        let verdict = step(&table, instance, *now, input, &mut teller);
        asked.extend(teller.asked.iter().map(|(watcher, visit)| (watcher.0, *visit)));
        teller.told(verdict, instance)
    }
}
