//! Towards the drivers: watchers are asked and stopped, once what led to it is durable.

use super::Node;
use super::outbox::{Asking, Out};
use super::window::Window;
use crate::chronicle::{Act, watcher_name};
use crate::error::NodeError;
use crate::journal::Lsn;
use crate::machine::{Loaded, Machine, arguments};
use machine_core::{Effect, Input, Table, WatcherId};
use machine_drivers::{Answer, Ask, Context, Key, Notice};
use serde_json::{Map, json};
use std::sync::Arc;
use std::time::Duration;

impl Node {
    /// Does what a step asks for, or has it done once the step is durable.
    pub(super) fn act(&mut self, number: u32, loaded: &Loaded, act: Act) -> Result<(), NodeError> {
        match act {
            Act::Ask { watcher, visit, first, resumed } => {
                let asking = Asking { machine: number, watcher, visit, first, resumed };
                self.outbox.put(self.appended, Out::Ask(asking));
            }
            Act::Stop { watcher, visit } => self.stop(number, loaded, watcher, visit),
            Act::Interrupted { watcher, visit } => {
                let table = loaded.table.table();
                let run_id = self.fleet.get(number).map(|it| it.run_id(self.epoch, watcher, visit));
                let run_id = run_id.unwrap_or_default();
                let mut answer = interrupted(&table, key(number, watcher, visit), run_id);
                self.feed(number, input_of(&table, &mut answer), Some(answer))?;
            }
        }
        Ok(())
    }

    /// Has a watcher stopped.
    pub(super) fn stop(&mut self, number: u32, loaded: &Loaded, watcher: WatcherId, visit: u32) {
        if let Some(driver) = self.driver_of(&loaded.table.table(), watcher) {
            self.outbox.put(self.appended, Out::Stop { driver, key: key(number, watcher, visit) });
        }
    }

    /// Has all watchers stopped that another table leaves behind.
    pub(super) fn stop_all(&mut self, number: u32, loaded: &Loaded, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Stop { watcher, visit } = *effect {
                self.stop(number, loaded, watcher, visit);
            }
        }
    }

    /// Lets out everything that is durable: first what has to be done, then what may be known.
    pub(super) fn let_out(&mut self) {
        let mut events = Vec::new();
        while let Some(out) = self.outbox.next() {
            match out {
                Out::Event(event) => events.push(event),
                Out::Ask(asking) => self.ask_in_turn(asking),
                Out::Stop { driver, key } => {
                    if let Some(it) = self.drivers.get_mut(driver) {
                        it.stop(key);
                    }
                    self.make_room(key);
                }
            }
        }
        if !events.is_empty() {
            self.sinks.publish(&events);
        }
    }

    /// Waits until everything up to a record is durable, and lets it out.
    ///
    /// # Errors
    /// When the journal has failed.
    pub(super) fn catch_up(&mut self, lsn: Lsn) -> Result<(), NodeError> {
        if let Some(journal) = &self.journal {
            journal.wait(lsn)?;
            self.outbox.is_durable(lsn);
        }
        self.let_out();
        Ok(())
    }

    /// Asks a watcher, or has it wait until its driver has answered others.
    fn ask_in_turn(&mut self, asking: Asking) {
        let machine = self.fleet.get(asking.machine);
        let driver = machine.and_then(|it| self.driver_of(&it.table(), asking.watcher));
        if let Some(index) = driver
            && let Some(window) = self.windows.get_mut(index)
        {
            window.wait(asking);
            self.ask_waiting(index);
        }
    }

    /// A watcher was answered or stopped: others have their turn.
    pub(super) fn make_room(&mut self, key: Key) {
        for index in 0..self.windows.len() {
            self.windows.iter_mut().skip(index).take(1).for_each(|window| window.is_over(key));
            self.ask_waiting(index);
        }
    }

    fn ask_waiting(&mut self, driver: usize) {
        while let Some(asking) = self.windows.get_mut(driver).and_then(Window::next) {
            self.ask(driver, asking);
        }
    }

    /// Asks a watcher, unless its visit is over by now.
    fn ask(&mut self, driver: usize, asking: Asking) {
        let Asking { machine: number, watcher, visit, first, resumed } = asking;
        let is_current = |it: &&Machine| it.instance.visit_of(watcher) == Some(visit);
        let Some(machine) = self.fleet.get(number).filter(is_current) else {
            return;
        };
        let table = machine.table();
        let row = table.watcher(watcher);
        let mut run_id = machine.run_id(self.epoch, watcher, visit);
        if !row.once {
            // Each answer is an event, so no two asks have its number in common.
            run_id = format!("{run_id}.{}", machine.sequence);
        }
        // Made anew each time: most machines are asked once in a long while, and there may be thousands.
        let context = Context {
            machine: table.name().to_owned(),
            dir: machine.loaded.home(),
            data: self.shared.data.clone(),
            facts: self.shared.facts.clone(),
        };
        let ask = Ask {
            key: key(number, watcher, visit),
            args: arguments(&table, watcher),
            context: Arc::new(context),
            watcher: watcher_name(&table, watcher).into(),
            run_id,
            once: row.once,
            first,
            resumed,
            memory: machine.memory.get(watcher.0).cloned(),
            every: row.every_ms.map(Duration::from_millis),
        };
        if let (Some(driver), Some(window)) = (self.drivers.get_mut(driver), self.windows.get_mut(driver)) {
            window.asked(ask.key);
            driver.ask(ask);
        }
    }

    /// The place of a watcher's kind among the drivers.
    fn driver_of(&self, table: &Table<'_>, watcher: WatcherId) -> Option<usize> {
        let kind = table.kind(table.watcher(watcher).kind).name;
        self.drivers.iter().position(|it| it.kind() == kind)
    }
}

/// An answer as an input. An outcome that the kind does not have is nothing to tell.
pub(super) fn input_of(table: &Table<'_>, answer: &mut Answer) -> Input {
    let (watcher, visit) = (WatcherId(answer.key.watcher), answer.key.visit);
    let outcomes = table.kind(table.watcher(watcher).kind).outcomes;
    answer.outcome = answer.outcome.filter(|outcome| *outcome < outcomes);
    match answer.outcome {
        Some(outcome) => Input::Outcome { watcher, visit, outcome },
        None => Input::Done { watcher, visit },
    }
}

fn key(machine: u32, watcher: WatcherId, visit: u32) -> Key {
    Key { machine, watcher: watcher.0, visit }
}

/// What a `run` reports that was under way when the runtime died: its first fault.
fn interrupted(table: &Table<'_>, key: Key, run_id: String) -> Answer {
    let kind = table.kind(table.watcher(WatcherId(key.watcher)).kind);
    Answer {
        key,
        run_id,
        outcome: u8::try_from(kind.faults.trailing_zeros()).ok(),
        took: Duration::ZERO,
        memory: None,
        fields: Map::from_iter([("reason".to_owned(), json!("interrupted"))]),
        notice: Notice { kind: "exec", members: Map::from_iter([("previous_outcome".to_owned(), json!("error"))]) },
        why: "interrupted: the runtime ended while it was under way".to_owned(),
    }
}
