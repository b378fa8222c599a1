//! The tables that this node has accepted, by their hash: a machine can go on with what it ran, whatever became of the
//! file that it came from.

use crate::error::NodeError;
use crate::machine::TableHash;
use machine_core::OwnedTable;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// So many new tables are synced one by one; for more, one sync of the whole file system is cheaper.
const FEW: usize = 8;

/// The hash by which a table is known: SHA-256, hexadecimal.
#[must_use]
pub fn table_hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A directory of tables, `HASH.table`. What has this name is whole and durable.
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

    /// Keeps tables, each with its hash. They are durable when it returns.
    pub(crate) fn keep(&self, tables: &[(&TableHash, &[u8])]) -> Result<(), NodeError> {
        let is_new = |(hash, _): &&(&TableHash, &[u8])| !self.path(&hex::encode(hash)).exists();
        let new: Vec<_> = tables.iter().filter(is_new).copied().collect();
        if new.is_empty() {
            return Ok(());
        }
        self.write(&new).map_err(|source| NodeError::State { path: self.dir.clone(), source })
    }

    /// A table gets its name only after it is durable.
    fn write(&self, tables: &[(&TableHash, &[u8])]) -> io::Result<()> {
        for (hash, bytes) in tables {
            let mut part = File::create(self.part(&hex::encode(hash)))?;
            part.write_all(bytes)?;
            if tables.len() <= FEW {
                part.sync_data()?;
            }
        }
        let dir = File::open(&self.dir)?;
        if tables.len() > FEW {
            rustix::fs::syncfs(&dir)?;
        }
        for (hash, _) in tables {
            let hash = hex::encode(hash);
            fs::rename(self.part(&hash), self.path(&hash))?;
        }
        dir.sync_all()
    }

    /// The table with this hash, if it is here and unharmed.
    pub(crate) fn get(&self, hash: &str) -> Option<OwnedTable> {
        let bytes = fs::read(self.path(hash)).ok().filter(|bytes| table_hash(bytes) == hash)?;
        OwnedTable::verify(bytes.into()).ok()
    }

    /// Removes everything but the tables with the hashes that are needed.
    pub(crate) fn retain(&self, is_needed: impl Fn(&str) -> bool) {
        let Ok(entries) = fs::read_dir(&self.dir) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            if !hash_of(&path).is_some_and(&is_needed) {
                // Left over, it takes room and does no harm.
                let _ = fs::remove_file(path);
            }
        }
    }

    fn path(&self, hash: &str) -> PathBuf {
        self.dir.join(format!("{hash}.table"))
    }

    fn part(&self, hash: &str) -> PathBuf {
        self.dir.join(format!("{hash}.part"))
    }
}

fn hash_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.strip_suffix(".table")
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine_core::Definition;

    fn table(version: usize) -> Vec<u8> {
        Definition { version: version.to_string(), ..Definition::example() }.encode().unwrap()
    }

    fn hash(bytes: &[u8]) -> TableHash {
        Sha256::digest(bytes).into()
    }

    fn check_kept(count: usize) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().join("tables")).unwrap();
        let tables: Vec<_> = (0..count).map(table).map(|bytes| (hash(&bytes), bytes)).collect();
        let refs: Vec<_> = tables.iter().map(|(hash, bytes)| (hash, bytes.as_slice())).collect();
        store.keep(&refs).unwrap();
        store.keep(&refs).unwrap();
        for (hash, bytes) in &tables {
            assert_eq!(store.get(&hex::encode(hash)).unwrap().bytes(), bytes);
        }
        assert_eq!(fs::read_dir(&store.dir).unwrap().count(), count);
    }

    #[test]
    fn tables_are_kept_however_many_come_at_once() {
        check_kept(1);
        check_kept(FEW + 1);
    }

    #[test]
    fn a_table_that_was_harmed_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().to_owned()).unwrap();
        let (bytes, other) = (table(1), table(2));
        store.keep(&[(&hash(&bytes), &bytes)]).unwrap();
        let hash = table_hash(&bytes);
        fs::write(store.path(&hash), other).unwrap();
        assert!(store.get(&hash).is_none());
        assert!(store.get("nothing").is_none());
    }

    #[test]
    fn only_what_is_needed_stays() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().to_owned()).unwrap();
        let (one, two) = (table(1), table(2));
        store.keep(&[(&hash(&one), &one), (&hash(&two), &two)]).unwrap();
        let (first, second) = (table_hash(&one), table_hash(&two));
        fs::write(store.part(&first), "half").unwrap();
        store.retain(|hash| hash == first);
        assert!(store.get(&first).is_some() && store.get(&second).is_none());
        assert_eq!(fs::read_dir(&store.dir).unwrap().count(), 1);
    }
}
