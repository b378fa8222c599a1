//! Tables come and go: which machine runs what, what takes over from what, what is refused.

use super::Node;
use super::outbox::{Event, Out};
use super::start::bad_name;
use crate::error::NodeError;
use crate::event::happening::What;
use crate::machine::{Loaded, Machine, home};
use crate::record::{Entry, Kept, Saved};
use crate::store::table_hash;
use crate::tables::{Change, refusal};
use machine_core::table::crc32c;
use machine_core::{Effect, Input, OwnedTable, TakeoverError, WatcherId};
use machine_drivers::{Context, Key};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Node {
    /// Everything in the directory, and everything that is remembered and not there any more.
    pub(super) fn first_look(&mut self) -> Result<(), NodeError> {
        self.look_at_tables()?;
        let is_running = |it: &&String| !self.numbers.contains_key(*it);
        let gone: Vec<String> = self.memory.keys().filter(is_running).cloned().collect();
        for name in gone {
            if self.memory.get(&name).is_some_and(|it| it.saved.running.is_some()) {
                self.forget(name)?;
            }
        }
        let hashes: BTreeSet<String> = self.machines.iter().flatten().map(|it| it.loaded.hash.clone()).collect();
        self.store.iter().for_each(|store| store.retain(&hashes));
        Ok(())
    }

    /// Takes in what changed in the directory of tables.
    pub(super) fn look_at_tables(&mut self) -> Result<(), NodeError> {
        let Some(directory) = &mut self.directory else {
            return Ok(());
        };
        let dir = directory.path().to_owned();
        let changes = match directory.look() {
            Ok(changes) => changes,
            Err(source) if self.machines.is_empty() => return Err(NodeError::Tables { dir, source }),
            // What runs goes on without the directory; it is looked at again when it changes.
            Err(source) => return self.refuse(&dir, format!("the directory cannot be read: {source}")),
        };
        let mut tables = Vec::new();
        for change in changes {
            match change {
                Change::Gone(path) => self.file_is_gone(&path)?,
                Change::Bad(path, reason) => self.file_is_bad(path, reason)?,
                Change::Table(path, table) => tables.push((path, *table)),
            }
        }
        self.admit_all(tables)
    }

    /// The same, and files of the sinks are opened anew.
    pub(super) fn look_anew(&mut self) -> Result<(), NodeError> {
        self.each_sink(|sink| sink.reopen());
        self.look_at_tables()
    }

    /// Runs tables that do not come from a directory.
    pub(super) fn run_given(&mut self, tables: Vec<(Vec<u8>, PathBuf)>) -> Result<(), NodeError> {
        for (bytes, dir) in tables {
            let refused = |error| NodeError::Refused { reason: refusal(error) };
            let table = OwnedTable::verify(bytes.into()).map_err(refused)?;
            let loaded = self.load(table, &dir).map_err(|reason| NodeError::Refused { reason })?;
            self.keep([&loaded])?;
            self.begin(loaded)?;
        }
        Ok(())
    }

    /// Admits many tables with one sync for all of them.
    fn admit_all(&mut self, tables: Vec<(PathBuf, OwnedTable)>) -> Result<(), NodeError> {
        let mut loaded = Vec::new();
        for (path, table) in tables {
            let beside = path.parent().unwrap_or(Path::new("/")).to_owned();
            let name = table.table().name().to_owned();
            match self.is_taken(&path, &name).map_or_else(|| self.load(table, &beside), Err) {
                Ok(it) => {
                    self.files.insert(path.clone(), name);
                    loaded.push((path, it));
                }
                Err(reason) => self.refuse(&path, reason)?,
            }
        }
        self.keep(loaded.iter().map(|(_, it)| it))?;
        loaded.into_iter().try_for_each(|(path, it)| self.admit(&path, it))
    }

    /// Why a file may not hold this machine, if so.
    fn is_taken(&self, path: &Path, name: &str) -> Option<String> {
        let (other, _) = self.files.iter().find(|(file, held)| *held == name && *file != path)?;
        let other = other.display();
        Some(format!("the machine `{name}` is in `{other}` already; a node runs one machine of a name"))
    }

    /// A table with all that it needs on this node, or why that is not to be had.
    fn load(&self, table: OwnedTable, beside: &Path) -> Result<Arc<Loaded>, String> {
        let view = table.table();
        let name = view.name().to_owned();
        bad_name(&name).map_or(Ok(()), Err)?;
        for kind in view.kinds() {
            let driver = self.drivers.iter().find(|it| it.kind() == kind.name);
            let known = || self.drivers.iter().map(|it| format!("`{}`", it.kind())).collect::<Vec<_>>().join(", ");
            let driver = driver.ok_or_else(|| format!("this node has no `{}` watcher, only {}", kind.name, known()))?;
            if crc32c(&[driver.signature().as_bytes()]) != kind.signature {
                let text = "was compiled for another version of the kind than this node has";
                return Err(format!("its `{}` {text}; use the `machinec` of the same version", kind.name));
            }
        }
        let hash = table_hash(table.bytes());
        let (data, facts) = self.shared.clone();
        let context = Arc::new(Context { dir: home(beside, &name), machine: name, data, facts });
        Ok(Arc::new(Loaded { table, hash, context }))
    }

    fn keep<'l>(&self, tables: impl IntoIterator<Item = &'l Arc<Loaded>>) -> Result<(), NodeError> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        tables.into_iter().try_for_each(|it| store.keep(&it.hash, it.table.bytes()))?;
        store.sync()
    }

    /// Starts, resumes or replaces the machine of a table.
    fn admit(&mut self, path: &Path, loaded: Arc<Loaded>) -> Result<(), NodeError> {
        let name = loaded.table.table().name().to_owned();
        let Some(index) = self.numbers.get(&name).copied() else {
            return self.begin(loaded);
        };
        let Some(machine) = self.machines.get_mut(index).and_then(Option::as_mut) else {
            return Ok(());
        };
        if machine.loaded.hash == loaded.hash {
            machine.next = None;
            return Ok(());
        }
        machine.next = Some(loaded);
        if let Some(reason) = self.take_over(index)? {
            self.refuse(path, reason)?;
        }
        Ok(())
    }

    /// Starts a machine, or resumes it where the journal left it, under the table that it ran then.
    fn begin(&mut self, loaded: Arc<Loaded>) -> Result<(), NodeError> {
        let name = loaded.table.table().name().to_owned();
        let kept = self.memory.remove(&name).unwrap_or_default();
        let index = self.machines.len();
        let restored = self.restore(&kept, &loaded);
        let is_resumed = restored.is_some();
        let id = format!("{}.{name}.{}.{}", self.name, self.epoch, kept.saved.sequence + 1);
        let machine = restored.unwrap_or_else(|| Machine::new(loaded.clone(), id, kept.saved.sequence));
        let is_old = machine.loaded.hash != loaded.hash;
        self.machines.push(Some(machine));
        self.numbers.insert(name, index);
        self.say_started(index, is_resumed)?;
        self.feed(index, if is_resumed { Input::Resume } else { Input::Start }, None)?;
        if is_old {
            self.machines[index].iter_mut().for_each(|it| it.next = Some(loaded.clone()));
            if let Some(reason) = self.take_over(index)? {
                self.refuse(&loaded.context.dir, reason)?;
            }
        }
        Ok(())
    }

    fn restore(&self, kept: &Kept, loaded: &Arc<Loaded>) -> Option<Machine> {
        let running = kept.saved.running.as_ref()?;
        let ran = if running.table == loaded.hash {
            loaded.clone()
        } else {
            let table = self.store.as_ref()?.get(&running.table)?;
            Arc::new(Loaded { table, hash: running.table.clone(), context: loaded.context.clone() })
        };
        Machine::restore(ran, kept, self.clock.boot(), self.clock.wall_ns(), self.clock.now())
    }

    /// Tries again what had to wait for a `run` to end.
    pub(super) fn take_over_if_quiet(&mut self, index: usize) -> Result<(), NodeError> {
        let is_waiting = self.machines.get(index).and_then(Option::as_ref).is_some_and(|it| it.next.is_some());
        if is_waiting && let Some(reason) = self.take_over(index)? {
            let path = self.file_of(index);
            self.refuse(&path, reason)?;
        }
        Ok(())
    }

    /// Puts the waiting table in the place of the running one; returns why not, if it never can be.
    fn take_over(&mut self, index: usize) -> Result<Option<String>, NodeError> {
        let now = self.clock.now();
        let Some(machine) = self.machines.get_mut(index).and_then(Option::as_mut) else {
            return Ok(None);
        };
        let Some(next) = machine.next.clone() else {
            return Ok(None);
        };
        let (old, mut effects) = (machine.loaded.clone(), Vec::new());
        match machine.instance.take_over(&old.table.table(), &next.table.table(), now, &mut effects) {
            Err(TakeoverError::Busy) => return Ok(None),
            Err(error) => {
                machine.next = None;
                let state = machine.state();
                let help = "go on with a table that has this state, or remove the file to end the machine first";
                return Ok(Some(format!("the machine is in `{state}`: {error}; {help}")));
            }
            Ok(instance) => {
                let memory = std::mem::take(&mut machine.memory);
                self.say_stopped(index, "table replaced")?;
                self.stop_all(index, &effects);
                self.install(index, next, instance, &old, &memory)?;
            }
        }
        Ok(None)
    }

    fn install(
        &mut self,
        index: usize,
        next: Arc<Loaded>,
        instance: machine_core::Instance,
        old: &Loaded,
        memory: &std::collections::BTreeMap<u16, machine_drivers::Memory>,
    ) -> Result<(), NodeError> {
        let Some(machine) = self.machines.get_mut(index).and_then(Option::as_mut) else {
            return Ok(());
        };
        let id = format!("{}.{}.{}.{}", self.name, machine.table().name(), self.epoch, machine.sequence + 1);
        (machine.loaded, machine.instance, machine.id, machine.next) = (next, instance, id, None);
        machine.scheduled = None;
        machine.inherit_memory(old, memory);
        self.say_started(index, true)?;
        self.schedule(index);
        Ok(())
    }

    fn say_started(&mut self, index: usize, resumed: bool) -> Result<(), NodeError> {
        let Some(machine) = self.machines.get(index).and_then(Option::as_ref) else {
            return Ok(());
        };
        let (machine_name, table) = (machine.table().name().to_owned(), machine.loaded.hash.clone());
        let started = What::Started { state: machine.state(), resumed, table: table.clone() };
        self.tell(What::TableActivated { machine: machine_name, table })?;
        let events = self.events_of(index, vec![started])?;
        self.append_machine(index, &events)?;
        self.send(events);
        Ok(())
    }

    /// Says that a machine stops, if it runs.
    pub(super) fn say_stopped(&mut self, index: usize, reason: &str) -> Result<(), NodeError> {
        let Some(machine) = self.machines.get(index).and_then(Option::as_ref) else {
            return Ok(());
        };
        let stopped = What::Stopped { state: machine.state(), reason: reason.to_owned() };
        let events = self.events_of(index, vec![stopped])?;
        self.append_machine(index, &events)?;
        self.send(events);
        Ok(())
    }

    fn send(&mut self, events: Vec<Event>) {
        for event in events {
            self.outbox.put(self.appended, Out::Event(Box::new(event)));
        }
    }

    fn stop_all(&mut self, index: usize, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Stop { watcher, visit } = *effect {
                self.stop(index, watcher, visit);
            }
        }
    }

    /// Stops a watcher at once; false if no driver knows its kind.
    pub(super) fn stop(&mut self, index: usize, watcher: WatcherId, visit: u32) -> bool {
        let Some(machine) = self.machines.get(index).and_then(Option::as_ref) else {
            return false;
        };
        let driver = self.driver_of(&machine.table(), watcher);
        let key = Key { machine: u32::try_from(index).unwrap_or(u32::MAX), watcher: watcher.0, visit };
        let driver = driver.and_then(|it| self.drivers.get_mut(it));
        driver.map(|it| it.stop(key)).is_some()
    }

    fn file_of(&self, index: usize) -> PathBuf {
        let is_it = |(_, name): &(&PathBuf, &String)| self.numbers.get(*name) == Some(&index);
        self.files.iter().find(is_it).map(|(path, _)| path.clone()).unwrap_or_default()
    }

    /// The file is not a table (any more). What it held goes on; what it held before a restart is resumed.
    fn file_is_bad(&mut self, path: PathBuf, reason: String) -> Result<(), NodeError> {
        self.refuse(&path, reason)?;
        let name = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default().to_owned();
        let running = self.memory.get(&name).and_then(|it| it.saved.running.as_ref()).map(|it| it.table.clone());
        let table = running.and_then(|hash| self.store.as_ref()?.get(&hash));
        let beside = path.parent().unwrap_or(Path::new("/")).to_owned();
        if let Some(Ok(loaded)) = table.map(|it| self.load(it, &beside)) {
            self.files.insert(path, name);
            self.begin(loaded)?;
        }
        Ok(())
    }

    fn file_is_gone(&mut self, path: &Path) -> Result<(), NodeError> {
        let Some(name) = self.files.remove(path) else {
            return Ok(());
        };
        let Some(index) = self.numbers.get(&name).copied() else {
            return Ok(());
        };
        self.say_stopped(index, "table removed")?;
        let Some(machine) = self.machines.get(index).and_then(Option::as_ref) else {
            return Ok(());
        };
        let active = |watcher| Some((watcher, machine.instance.visit_of(watcher)?));
        let active: Vec<_> = machine.table().watchers().filter_map(active).collect();
        let saved = Saved { sequence: machine.sequence, running: None };
        for (watcher, visit) in active {
            self.stop(index, watcher, visit);
        }
        self.machines[index] = None;
        self.numbers.remove(&name);
        self.memory.insert(name.clone(), Kept { saved, ..Kept::default() });
        self.forget(name)
    }

    /// Writes down that a machine is gone. The number of its last event stays.
    fn forget(&mut self, name: String) -> Result<(), NodeError> {
        let sequence = self.memory.get(&name).map_or(0, |it| it.saved.sequence);
        let saved = Saved { sequence, running: None };
        self.memory.insert(name.clone(), Kept { saved: saved.clone(), ..Kept::default() });
        self.append(Entry::Machine { name: name.clone(), saved }, &[])?;
        self.tell(What::TableRemoved { machine: name })
    }

    fn refuse(&mut self, path: &Path, reason: String) -> Result<(), NodeError> {
        self.tell(What::TableRefused { file: path.display().to_string(), reason })
    }
}
