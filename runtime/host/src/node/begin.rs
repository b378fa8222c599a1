//! The life of a machine on the node: it begins, is resumed, is taken over by another table, and leaves.

use super::Node;
use crate::error::NodeError;
use crate::event::happening::What;
use crate::machine::{Loaded, Machine};
use crate::record::{Entry, Kept, Running};
use machine_core::definition::Reach;
use machine_core::{Input, TakeoverError};
use machine_value::json;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Why a table does not run, and the way out; what was there before goes on.
pub(super) type Refusal = String;

impl Node {
    /// Starts a machine, or resumes it where the journal left it, under the table that it ran then; returns why it does
    /// not run, or why not under this table.
    pub(super) fn begin(&mut self, loaded: Arc<Loaded>) -> Result<Option<Refusal>, NodeError> {
        let kept = self.memory.get(loaded.name()).cloned().unwrap_or_default();
        let Some(running) = &kept.saved.running else {
            return self.start_machine(loaded, kept.saved.sequence).map(|()| None);
        };
        let machine = match self.restore(running, &kept, &loaded) {
            Ok(machine) => machine,
            Err(reason) => {
                let help = "remove the file and put it back to begin anew";
                return Ok(Some(format!("what is remembered of its machine cannot be used: {reason}; {help}")));
            }
        };
        let number = self.resume_machine(machine)?;
        match self.fleet.get_mut(number) {
            Some(machine) if machine.loaded.hash != loaded.hash => machine.set_next(Some(loaded)),
            _ => return Ok(None),
        }
        self.take_over(number)
    }

    fn start_machine(&mut self, loaded: Arc<Loaded>, sequence: u64) -> Result<(), NodeError> {
        let mut machine = Machine::new(loaded, sequence);
        machine.instance.set_seed(self.seed(machine.loaded.name(), sequence));
        self.say_activated(&machine.loaded)?;
        let number = self.enlist(machine);
        // What its first state asks for has to be known before it is entered.
        self.tell_facts(number)?;
        let Some(opening) = self.fleet.get(number).map(|it| started(it, false)) else {
            return Ok(());
        };
        self.feed_first(number, Input::Start, opening)?;
        self.introduce(number)
    }

    /// What splay is drawn from: the same machine on another node comes at another moment.
    fn seed(&self, name: &str, sequence: u64) -> u64 {
        let digest = Sha256::digest(format!("{}/{name}/{}/{sequence}", self.name, self.epoch));
        digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// A machine runs, or another table of it: what it shares with others and what it knows of the node.
    fn introduce(&mut self, number: u32) -> Result<(), NodeError> {
        let Some(loaded) = self.fleet.get(number).map(|it| it.loaded.clone()) else {
            return Ok(());
        };
        let table = loaded.table.table();
        let is_kept = self.leases.are_kept();
        for (about, text) in self.limits.declare(number, &table, is_kept) {
            self.tell(What::NodeWarning { about, text })?;
        }
        for limit in table.limits().filter(|it| it.reach != Reach::Node) {
            self.leases.declare(limit.name, self.limits.count(limit.name));
        }
        self.neighbours.note(&table);
        self.has_changed(table.name());
        self.tell_facts(number)?;
        self.say_facts(number)
    }

    fn resume_machine(&mut self, machine: Machine) -> Result<u32, NodeError> {
        let opening = started(&machine, true);
        let number = self.enlist(machine);
        self.feed_first(number, Input::Resume, opening)?;
        self.introduce(number)?;
        Ok(number)
    }

    fn enlist(&mut self, machine: Machine) -> u32 {
        self.memory.remove(machine.loaded.name());
        self.fleet.add(machine)
    }

    fn restore(&self, running: &Running, kept: &Kept, loaded: &Arc<Loaded>) -> Result<Machine, String> {
        let ran = self.table_that_ran(running, loaded)?;
        Machine::restore(ran, running, kept, (self.clock.boot(), self.clock.wall_ns(), self.clock.now()))
    }

    fn table_that_ran(&self, running: &Running, loaded: &Arc<Loaded>) -> Result<Arc<Loaded>, String> {
        if running.table == loaded.hash_text() {
            return Ok(loaded.clone());
        }
        let missing = || format!("the table that it ran, `{}`, is not in the state directory any more", running.table);
        let table = self.store.as_ref().and_then(|store| store.get(&running.table)).ok_or_else(missing)?;
        let hash = Sha256::digest(table.bytes()).into();
        Ok(Arc::new(Loaded { table, hash, file: loaded.file.clone() }))
    }

    /// Has a table run instead of the one that runs, as soon as that can be; returns why not, if it never can be.
    pub(super) fn replace(&mut self, number: u32, loaded: Arc<Loaded>) -> Result<Option<Refusal>, NodeError> {
        let Some(machine) = self.fleet.get_mut(number) else {
            return Ok(None);
        };
        if machine.loaded.hash == loaded.hash {
            // The same from another file, perhaps.
            machine.loaded = loaded;
            machine.set_next(None);
            return Ok(None);
        }
        machine.set_next(Some(loaded));
        self.take_over(number)
    }

    /// Tries again what had to wait for a `run` to end.
    pub(super) fn take_over_if_quiet(&mut self, number: u32) -> Result<(), NodeError> {
        let Some(next) = self.fleet.get(number).and_then(|it| it.next().cloned()) else {
            return Ok(());
        };
        match self.take_over(number)? {
            Some(reason) => self.refuse(&next.file, reason),
            None => Ok(()),
        }
    }

    /// Puts the waiting table in the place of the running one; returns why not, if it never can be.
    fn take_over(&mut self, number: u32) -> Result<Option<Refusal>, NodeError> {
        let now = self.clock.now();
        let Some(machine) = self.fleet.get_mut(number) else {
            return Ok(None);
        };
        let Some(next) = machine.next().cloned() else {
            return Ok(None);
        };
        let (old, mut effects) = (machine.loaded.clone(), Vec::new());
        let taken = machine.instance.take_over(&old.table.table(), &next.table.table(), now, &mut effects);
        match taken {
            Err(TakeoverError::Busy) => return Ok(None),
            Err(error) => {
                machine.set_next(None);
                return Ok(Some(not_taken_over(machine, error)));
            }
            Ok(instance) => self.install(number, next, instance)?,
        }
        self.stop_all(number, &old, &effects);
        self.introduce(number)?;
        self.tell_neighbours()?;
        Ok(None)
    }

    /// One record for both ends, so that no crash falls between them.
    fn install(&mut self, number: u32, next: Arc<Loaded>, instance: machine_core::Instance) -> Result<(), NodeError> {
        self.say_activated(&next)?;
        let mut events = self.stopped(number, "table replaced")?;
        let Some(machine) = self.fleet.get_mut(number) else {
            return Ok(());
        };
        machine.replace(next, instance);
        let opening = started(machine, true);
        events.extend(self.events_of(number, vec![opening])?);
        self.append_machine(number, events)?;
        self.schedule(number);
        Ok(())
    }

    /// Says that a machine stops, until the next start.
    pub(super) fn say_stopped(&mut self, number: u32, reason: &str) -> Result<(), NodeError> {
        let events = self.stopped(number, reason)?;
        self.append_machine(number, events)
    }

    fn stopped(&mut self, number: u32, reason: &str) -> Result<Vec<super::outbox::Event>, NodeError> {
        let state = self.fleet.get(number).map(Machine::state);
        let stopped = state.map(|state| What::Stopped { state, reason: reason.to_owned() });
        self.events_of(number, stopped.into_iter().collect())
    }

    fn say_activated(&mut self, loaded: &Loaded) -> Result<(), NodeError> {
        self.tell(What::TableActivated { machine: loaded.name().to_owned(), table: loaded.hash_text() })
    }

    /// The machine is in no file any more: it ends, and is forgotten but for the number of its last event.
    pub(super) fn leave(&mut self, name: &str) -> Result<(), NodeError> {
        if let Some(number) = self.fleet.number_of(name) {
            self.say_stopped(number, "table removed")?;
            self.remove_data(number);
            self.limits.forget(number);
            self.neighbours.forget(name);
            self.moved.insert(name.to_owned());
            if let Some(machine) = self.fleet.remove(number) {
                for (watcher, visit) in machine.active() {
                    self.stop(number, &machine.loaded, watcher, visit);
                }
                self.memory.insert(name.to_owned(), Kept::gone(machine.sequence));
            }
        }
        let sequence = self.memory.get(name).map_or(0, |it| it.saved.sequence);
        let kept = Kept::gone(sequence);
        let saved = kept.saved.clone();
        self.memory.insert(name.to_owned(), kept);
        self.append(Entry::Machine { name: name.to_owned(), saved }, &[])?;
        self.tell(What::TableRemoved { machine: name.to_owned() })
    }
}

fn started(machine: &Machine, resumed: bool) -> What {
    What::Started { state: machine.state(), resumed, table: machine.loaded.hash_text(), facts: facts(machine) }
}

/// What a machine knows of its node.
fn facts(machine: &Machine) -> Map<String, Value> {
    let table = machine.table();
    let known = (0..)
        .zip(table.facts())
        .map(|(index, slot)| (slot.name.to_owned(), json(&table, slot.ty, machine.instance.fact(&table, index))));
    known.collect()
}

fn not_taken_over(machine: &Machine, error: TakeoverError) -> Refusal {
    let help = "go on with a table that has this state, or remove the file to end the machine first";
    format!("the machine is in `{}`: {error}; {help}", machine.state())
}
