//! The tables that this node has accepted, by their hash: a machine can go on with what it ran, whatever became of the
//! file that it came from.

use crate::error::NodeError;
use machine_core::OwnedTable;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The hash by which a table is known: SHA-256, hexadecimal.
#[must_use]
pub fn table_hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A directory of tables, `HASH.table`.
#[derive(Debug)]
pub(crate) struct Store {
    dir: PathBuf,
}

impl Store {
    /// Opens it; makes it if there is none.
    pub(crate) fn open(dir: PathBuf) -> Result<Self, NodeError> {
        fs::create_dir_all(&dir).map_err(|source| NodeError::State { path: dir.clone(), source })?;
        Ok(Self { dir })
    }

    /// Keeps a table. It is durable after the next [`Store::sync`].
    pub(crate) fn keep(&self, hash: &str, bytes: &[u8]) -> Result<(), NodeError> {
        let path = self.path(hash);
        if path.exists() {
            return Ok(());
        }
        write_whole(&path, bytes).map_err(|source| NodeError::State { path, source })
    }

    /// Makes durable what was kept: one call, however many tables.
    pub(crate) fn sync(&self) -> Result<(), NodeError> {
        let sync = || rustix::fs::syncfs(File::open(&self.dir)?).map_err(io::Error::from);
        sync().map_err(|source| NodeError::State { path: self.dir.clone(), source })
    }

    /// The table with this hash, if it is here and unharmed.
    pub(crate) fn get(&self, hash: &str) -> Option<OwnedTable> {
        let bytes = fs::read(self.path(hash)).ok().filter(|bytes| table_hash(bytes) == hash)?;
        OwnedTable::verify(bytes.into()).ok()
    }

    /// Removes all tables but these.
    pub(crate) fn retain(&self, hashes: &BTreeSet<String>) {
        let Ok(entries) = fs::read_dir(&self.dir) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let hash = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
            if !hashes.contains(hash) {
                // Left over, it takes room and does no harm.
                let _ = fs::remove_file(path);
            }
        }
    }

    fn path(&self, hash: &str) -> PathBuf {
        self.dir.join(format!("{hash}.table"))
    }
}

/// The file is there as a whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    File::create(&part)?.write_all(bytes)?;
    fs::rename(part, path)
}
