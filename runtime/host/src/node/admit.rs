//! Tables come and go: which file is admitted, which is refused, and whose machine has to leave.

use super::Node;
use super::ask::is_program;
use super::begin::Refusal;
use super::note;
use crate::error::NodeError;
use crate::event::happening::What;
use crate::machine::{Loaded, TableHash, file_name, unusable};
use crate::tables::{self, Change, refusal};
use machine_core::OwnedTable;
use machine_core::table::crc32c;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What changed in the directory, sorted.
#[derive(Default)]
struct Changes {
    tables: Vec<(Arc<Path>, OwnedTable)>,
    bad: Vec<(Arc<Path>, Refusal)>,
    /// Machines whose file is gone or holds another one.
    orphans: BTreeSet<String>,
}

/// So many tables are admitted before what that made public is let out, and what drivers answered is taken in: many
/// machines that start together would otherwise hold all their events and answers in memory at once, and what is
/// allocated between them leaves holes when they are gone.
const AT_ONCE: usize = 32;

impl Node {
    /// Everything in the directory, and everything that is remembered and not there any more.
    pub(super) fn first_look(&mut self) -> Result<(), NodeError> {
        let Some(directory) = &mut self.directory else {
            return Ok(());
        };
        let found = directory.look();
        let dir = directory.path().to_owned();
        let found = found.map_err(|source| NodeError::Tables { dir: dir.to_path_buf(), source })?;
        if found.is_empty() {
            let dir = dir.display();
            note(&format!("there is no table in `{dir}` yet; `machinec build FILE -o {dir}` puts them there"));
        }
        self.take_in(found)?;
        let was_running = self.memory.iter().filter(|(_, it)| it.saved.running.is_some()).map(|(name, _)| name);
        let gone: Vec<String> = was_running.filter(|name| self.holdings.file_of(name).is_none()).cloned().collect();
        gone.iter().try_for_each(|name| self.leave(name))
    }

    /// Takes in what changed in the directory of tables. What runs goes on without the directory.
    pub(super) fn look_at_tables(&mut self) -> Result<(), NodeError> {
        let Some(directory) = &mut self.directory else {
            return Ok(());
        };
        match directory.look() {
            Ok(changes) => {
                self.directory_fault = None;
                self.take_in(changes)?;
                self.tell_neighbours()
            }
            Err(error) => {
                let dir = directory.path().to_owned();
                self.directory_fails(&dir, format!("the directory cannot be read: {error}"))
            }
        }
    }

    /// The same, and files of the sinks are opened anew, and facts read again.
    pub(super) fn look_anew(&mut self) -> Result<(), NodeError> {
        self.sinks.reopen();
        self.look_at_facts()?;
        self.look_at_tables()
    }

    /// Runs tables that do not come from a directory.
    pub(super) fn run_given(&mut self, tables: Vec<(Vec<u8>, PathBuf)>) -> Result<(), NodeError> {
        let refused = |reason| NodeError::Refused { reason };
        for (bytes, dir) in tables {
            let table = OwnedTable::verify(bytes.into()).map_err(|error| refused(refusal(error)))?;
            let file: Arc<Path> = dir.join(table.table().name()).into();
            let loaded = self.load(table, &file).map_err(refused)?;
            self.keep(std::slice::from_ref(&loaded))?;
            if let Some(reason) = self.begin(loaded)? {
                return Err(refused(reason));
            }
        }
        Ok(())
    }

    /// Said once, however often it is looked.
    fn directory_fails(&mut self, dir: &Path, fault: String) -> Result<(), NodeError> {
        if self.directory_fault.as_ref() == Some(&fault) {
            return Ok(());
        }
        self.directory_fault = Some(fault.clone());
        self.refuse(dir, fault)
    }

    /// First what is there, so that a machine whose file was renamed is in it again before it would have to leave.
    fn take_in(&mut self, changes: Vec<Change>) -> Result<(), NodeError> {
        let mut changes = self.sorted(changes);
        self.admit_all(&mut changes)?;
        changes.bad.into_iter().try_for_each(|(file, reason)| self.refuse_file(&file, reason))?;
        for name in changes.orphans {
            if self.holdings.file_of(&name).is_none() {
                self.leave(&name)?;
            }
        }
        Ok(())
    }

    /// When a file is gone, those that it kept out have their chance.
    fn sorted(&mut self, changes: Vec<Change>) -> Changes {
        let mut sorted = Changes::default();
        let mut changes = changes;
        if changes.iter().any(|it| matches!(it, Change::Gone(_))) {
            let news: BTreeSet<Arc<Path>> = changes.iter().map(|it| it.file().clone()).collect();
            changes.extend(std::mem::take(&mut self.rivals).difference(&news).map(tables::read));
        }
        for change in changes {
            self.rivals.remove(change.file());
            match change {
                Change::Gone(file) => sorted.orphans.extend(self.holdings.release(&file)),
                Change::Bad(file, reason) => sorted.bad.push((file, reason)),
                Change::Table(file, table) => sorted.tables.push((file, table)),
            }
        }
        sorted
    }

    /// Admits many tables with one sync for all of them.
    fn admit_all(&mut self, changes: &mut Changes) -> Result<(), NodeError> {
        let mut admitted = Vec::new();
        for (file, table) in std::mem::take(&mut changes.tables) {
            if let Some(reason) = self.is_taken(&file, table.table().name()) {
                self.rivals.insert(file.clone());
                self.refuse(&file, reason)?;
                continue;
            }
            match self.load(table, &file) {
                Ok(loaded) => {
                    changes.orphans.extend(self.holdings.hold(&loaded));
                    admitted.push(loaded);
                }
                Err(reason) => changes.bad.push((file, reason)),
            }
        }
        self.keep(&admitted)?;
        let mut last = self.appended;
        for (count, loaded) in admitted.into_iter().enumerate() {
            self.admit(loaded)?;
            if (count + 1) % AT_ONCE == 0 {
                // The disk works on these while the next ones are made.
                self.catch_up(last)?;
                last = self.appended;
                self.take_answers()?;
            }
        }
        Ok(())
    }

    /// Starts, resumes or replaces the machine of a table.
    fn admit(&mut self, loaded: Arc<Loaded>) -> Result<(), NodeError> {
        let file = loaded.file.clone();
        let refused = match self.fleet.number_of(loaded.name()) {
            Some(number) => self.replace(number, loaded)?,
            None => self.begin(loaded)?,
        };
        refused.map_or(Ok(()), |reason| self.refuse(&file, reason))
    }

    /// Why a file may not hold this machine, if so.
    fn is_taken(&self, file: &Path, name: &str) -> Option<Refusal> {
        let other = self.holdings.file_of(name).filter(|other| other.as_ref() != file)?;
        let other = other.display();
        Some(format!("the machine `{name}` is in `{other}` already; a node runs one machine of a name"))
    }

    /// A table with all that it needs on this node, or why that is not to be had.
    pub(super) fn load(&self, table: OwnedTable, file: &Arc<Path>) -> Result<Arc<Loaded>, Refusal> {
        let view = table.table();
        unusable(&view, self.journal.as_ref().map(|it| it.largest_record())).map_or(Ok(()), Err)?;
        for kind in view.kinds().filter(|it| !is_program(it)) {
            let driver = self.drivers.iter().find(|it| it.kind() == kind.name);
            let known = || self.drivers.iter().map(|it| format!("`{}`", it.kind())).collect::<Vec<_>>().join(", ");
            let driver = driver.ok_or_else(|| format!("this node has no `{}` watcher, only {}", kind.name, known()))?;
            if crc32c(&[driver.signature().as_bytes()]) != kind.signature {
                let text = "was compiled for another version of the kind than this node has";
                return Err(format!("its `{}` {text}; use the `machinec` of the same version", kind.name));
            }
        }
        let hash = Sha256::digest(table.bytes()).into();
        Ok(Arc::new(Loaded { table, hash, file: file.clone() }))
    }

    /// Has tables survive whatever becomes of their files.
    pub(super) fn keep(&self, tables: &[Arc<Loaded>]) -> Result<(), NodeError> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        store.keep(&tables.iter().map(|it| (&it.hash, it.table.bytes())).collect::<Vec<_>>())
    }

    /// After a checkpoint, the store keeps what runs, what waits to run, and what is remembered of machines that do not
    /// run. Not to be called while tables are admitted: those whose turn is yet to come are none of these.
    pub(super) fn forget_old_tables(&mut self) {
        let is_due = std::mem::take(&mut self.has_old_tables);
        // What is not durable yet may still be undone by a crash.
        let Some(store) = self.store.as_ref().filter(|_| is_due && self.outbox.durable() >= self.appended) else {
            return;
        };
        let running = self.fleet.iter().flat_map(|it| [Some(&it.loaded), it.next()]).flatten();
        let remembered = self.memory.values().filter_map(|it| it.saved.running.as_ref());
        let mut running: Vec<_> = running.map(|it| &it.hash).collect();
        running.sort_unstable();
        let remembered: BTreeSet<&str> = remembered.map(|it| it.table.as_str()).collect();
        store.retain(|hash| {
            let mut bytes = TableHash::default();
            let is_running = hex::decode_to_slice(hash, &mut bytes).is_ok() && running.binary_search(&&bytes).is_ok();
            is_running || remembered.contains(hash)
        });
    }

    /// The file cannot be used (any more). What it held goes on; what it held before a restart is resumed.
    fn refuse_file(&mut self, file: &Arc<Path>, reason: Refusal) -> Result<(), NodeError> {
        self.refuse(file, reason)?;
        if self.holdings.is_holding(file) {
            return Ok(());
        }
        match self.last_good(file) {
            Some(loaded) => {
                self.holdings.hold(&loaded);
                self.admit(loaded)
            }
            None => Ok(()),
        }
    }

    /// The table that the file held when the node ran last.
    fn last_good(&self, file: &Arc<Path>) -> Option<Arc<Loaded>> {
        let name = file_name(file);
        let mut running = self.memory.values().filter_map(|it| it.saved.running.as_ref());
        let hash = &running.find(|it| it.file == name)?.table;
        let loaded = self.load(self.store.as_ref()?.get(hash)?, file).ok()?;
        self.is_taken(file, loaded.name()).is_none().then_some(loaded)
    }

    pub(super) fn refuse(&mut self, file: &Path, reason: Refusal) -> Result<(), NodeError> {
        self.tell(What::TableRefused { file: file.display().to_string(), reason })
    }
}
