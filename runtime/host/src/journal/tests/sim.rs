//! A disk in memory that remembers every change, so that a crash can be put between any two, and that refuses or
//! holds up an operation on demand.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::journal::disk::Disk;
use crate::journal::{JournalError, Lsn};

type Result<T> = std::result::Result<T, JournalError>;

/// The files of a disk, by name.
pub(super) type Image = BTreeMap<String, Vec<u8>>;

/// A change, or a promise that was made after the changes before it.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Create(String),
    Write(String, usize, Vec<u8>),
    Sync(String),
    Rename(String, String),
    Remove(String),
    SyncNames,
    Acknowledge(Lsn),
}

/// What a refused operation says; a refused write has written half.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refusal {
    Broken,
    Full,
}

#[derive(Debug, Default)]
struct World {
    files: Image,
    trace: Vec<Op>,
    operations: usize,
    refuse: Option<(usize, Refusal)>,
    refused: bool,
    used_after_refusal: bool,
    /// A sync says that it has begun, and waits to be let go.
    gate: Option<(Sender<()>, Receiver<()>)>,
}

/// See the module. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub(super) struct SimDisk(Arc<Mutex<World>>);

impl SimDisk {
    /// A disk that holds these files, durably.
    pub(super) fn holding(files: Image) -> SimDisk {
        let disk = SimDisk::default();
        disk.world().files = files;
        disk
    }

    /// Refuses one operation, counted from 0 and from the start.
    pub(super) fn refuse(&self, operation: usize, refusal: Refusal) {
        self.world().refuse = Some((operation, refusal));
    }

    pub(super) fn has_refused(&self) -> bool {
        self.world().refused
    }

    pub(super) fn was_used_after_refusal(&self) -> bool {
        self.world().used_after_refusal
    }

    /// From now on each sync sends a message and waits for one, until the other side hangs up.
    pub(super) fn hold_syncs(&self, begun: Sender<()>, go_on: Receiver<()>) {
        self.world().gate = Some((begun, go_on));
    }

    pub(super) fn acknowledge(&self, lsn: Lsn) {
        self.world().trace.push(Op::Acknowledge(lsn));
    }

    pub(super) fn files(&self) -> Image {
        self.world().files.clone()
    }

    pub(super) fn trace(&self) -> Vec<Op> {
        self.world().trace.clone()
    }

    pub(super) fn syncs(&self) -> usize {
        let is_sync = |op: &&Op| matches!(op, Op::Sync(_));
        self.world().trace.iter().filter(is_sync).count()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    fn change(&self, op: Op) -> Result<()> {
        let mut world = self.world();
        if let Err(refusal) = world.admit() {
            if let Op::Write(name, offset, mut bytes) = op {
                bytes.truncate(bytes.len() / 2);
                world.apply(Op::Write(name, offset, bytes));
            }
            return Err(refusal);
        }
        world.apply(op);
        Ok(())
    }
}

impl World {
    /// Counts an operation, and refuses the one that was chosen.
    fn admit(&mut self) -> Result<()> {
        self.used_after_refusal |= self.refused;
        let this = self.operations;
        self.operations += 1;
        let Some((chosen, refusal)) = self.refuse.filter(|(chosen, _)| *chosen == this) else {
            return Ok(());
        };
        self.refused = true;
        let kind = match refusal {
            Refusal::Broken => io::ErrorKind::Other,
            Refusal::Full => io::ErrorKind::StorageFull,
        };
        let file = PathBuf::from(format!("operation {chosen}"));
        Err(JournalError::io("do", &file, kind.into()))
    }

    fn apply(&mut self, op: Op) {
        match &op {
            Op::Create(name) => drop(self.files.insert(name.clone(), Vec::new())),
            Op::Write(name, offset, bytes) => put(self.files.get_mut(name).unwrap(), *offset, bytes),
            Op::Rename(from, to) => {
                let file = self.files.remove(from).unwrap();
                self.files.insert(to.clone(), file);
            }
            Op::Remove(name) => drop(self.files.remove(name).unwrap()),
            Op::Sync(_) | Op::SyncNames | Op::Acknowledge(_) => (),
        }
        self.trace.push(op);
    }
}

/// Writes at an offset, and lengthens the file with zeros where it must.
pub(super) fn put(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    file.resize(file.len().max(end), 0);
    file[offset..end].copy_from_slice(bytes);
}

impl Disk for SimDisk {
    fn list(&self) -> Result<Vec<String>> {
        let mut world = self.world();
        world.admit()?;
        Ok(world.files.keys().cloned().collect())
    }

    fn read(&self, name: &str, offset: u64, limit: u64, into: &mut Vec<u8>) -> Result<u64> {
        let mut world = self.world();
        world.admit()?;
        let file = &world.files[name];
        into.clear();
        into.extend(file.iter().skip(offset as usize).take(limit as usize));
        Ok(file.len() as u64)
    }

    fn create(&mut self, name: &str) -> Result<()> {
        self.change(Op::Create(name.into()))
    }

    fn write(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<()> {
        self.change(Op::Write(name.into(), offset as usize, bytes.into()))
    }

    fn sync(&mut self, name: &str) -> Result<()> {
        let gate = self.world().gate.take();
        if let Some((begun, go_on)) = gate
            && begun.send(()).is_ok()
            && go_on.recv().is_ok()
        {
            self.world().gate = Some((begun, go_on));
        }
        self.change(Op::Sync(name.into()))
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.change(Op::Rename(from.into(), to.into()))
    }

    fn remove(&mut self, name: &str) -> Result<()> {
        self.change(Op::Remove(name.into()))
    }

    fn sync_names(&mut self) -> Result<()> {
        self.change(Op::SyncNames)
    }

    fn draw_id(&mut self) -> Result<[u8; 16]> {
        Ok([0x1d; 16])
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new("journal").join(name)
    }
}
