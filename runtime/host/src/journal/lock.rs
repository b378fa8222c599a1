//! One journal, one owner: a lock on an open file, which the operating system releases however the owner ends.

use std::fs::File;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::JournalError;

const NAME: &str = "lock";

/// Holds the lock until it is dropped. Commands do not inherit it: the file closes when they start.
#[derive(Debug)]
pub(super) struct Lock {
    held: File,
}

impl Lock {
    /// Takes the lock of a directory, or says at once that another has it.
    pub(super) fn take(dir: &Path) -> Result<Lock, JournalError> {
        let path = dir.join(NAME);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| JournalError::io("open", &path, e))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Lock { held: file }),
            Err(Errno::WOULDBLOCK) => Err(JournalError::InUse { dir: dir.into() }),
            Err(e) => Err(JournalError::io("lock", &path, e.into())),
        }
    }
}

impl Drop for Lock {
    /// Closing the file would do, were there no command that is just starting and has not closed its copy yet.
    fn drop(&mut self) {
        let _ = flock(&self.held, FlockOperation::Unlock);
    }
}
