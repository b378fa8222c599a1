//! A journal on a disk whose syncs can be held back: for tests of what has to wait for them.

use super::disk::{Directory, Disk};
use super::head::JournalId;
use super::{Journal, JournalError, Options, Recovered, Report};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

type Result<T> = std::result::Result<T, JournalError>;

/// Lets syncs through or not; open at first.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<Parts>);

#[derive(Default)]
struct Parts {
    is_closed: Mutex<bool>,
    moved: Condvar,
    /// Held by whoever changes the files, and by whoever wants them to stand still.
    still: Mutex<()>,
}

impl Gate {
    /// From now on nothing becomes durable.
    pub(crate) fn close(&self) {
        self.set(true);
    }

    /// What was held back becomes durable.
    pub(crate) fn open(&self) {
        self.set(false);
    }

    /// Nothing is written while this is held.
    pub(crate) fn stand_still(&self) -> MutexGuard<'_, ()> {
        self.0.still.lock().unwrap()
    }

    fn set(&self, is_closed: bool) {
        *self.0.is_closed.lock().unwrap() = is_closed;
        self.0.moved.notify_all();
    }

    fn pass(&self) {
        drop(self.0.moved.wait_while(self.0.is_closed.lock().unwrap(), |is_closed| *is_closed).unwrap());
    }
}

/// Opens the journal in a directory, behind a gate and without a lock.
pub(crate) fn open(dir: &Path, gate: Gate, report: Report) -> Result<(Journal, Recovered)> {
    Journal::start(Box::new(Held { disk: Directory::open(dir)?, gate }), Options::default(), report)
}

struct Held {
    disk: Directory,
    gate: Gate,
}

impl Disk for Held {
    fn list(&self) -> Result<Vec<String>> {
        self.disk.list()
    }

    fn read(&self, name: &str, offset: u64, limit: u64, into: &mut Vec<u8>) -> Result<u64> {
        self.disk.read(name, offset, limit, into)
    }

    fn create(&mut self, name: &str) -> Result<()> {
        let _moving = self.gate.stand_still();
        self.disk.create(name)
    }

    fn write(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<()> {
        let _moving = self.gate.stand_still();
        self.disk.write(name, offset, bytes)
    }

    fn sync(&mut self, name: &str) -> Result<()> {
        self.gate.pass();
        self.disk.sync(name)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        let _moving = self.gate.stand_still();
        self.disk.rename(from, to)
    }

    fn remove(&mut self, name: &str) -> Result<()> {
        let _moving = self.gate.stand_still();
        self.disk.remove(name)
    }

    fn sync_names(&mut self) -> Result<()> {
        self.disk.sync_names()
    }

    fn draw_id(&mut self) -> Result<JournalId> {
        self.disk.draw_id()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.disk.path(name)
    }
}
