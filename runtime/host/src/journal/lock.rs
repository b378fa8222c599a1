//! One journal, one owner: a lock on an open file, which the operating system releases however the owner ends.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::JournalError;

const NAME: &str = "lock";

/// How long the lock of an owner that is gone is waited for. A command that it was just starting has a copy of the open
/// file, and with it the lock, until it has become the program.
const LEFT_BEHIND: Duration = Duration::from_secs(10);

/// Holds the lock until it is dropped. Commands do not inherit it: the file closes when they start. It says who has it.
#[derive(Debug)]
pub(super) struct Lock {
    held: File,
}

impl Lock {
    /// Takes the lock of a directory, or says at once that another has it.
    pub(super) fn take(dir: &Path) -> Result<Lock, JournalError> {
        let path = dir.join(NAME);
        let failed = |action| {
            let path = path.clone();
            move |source| JournalError::io(action, &path, source)
        };
        let open = File::options().create(true).truncate(false).read(true).write(true).open(&path);
        let mut held = open.map_err(failed("open"))?;
        let begun = Instant::now();
        while let Err(error) = flock(&held, FlockOperation::NonBlockingLockExclusive) {
            if error != Errno::WOULDBLOCK {
                return Err(failed("lock")(error.into()));
            }
            if begun.elapsed() > LEFT_BEHIND || !is_left_behind(&path) {
                return Err(JournalError::InUse { dir: dir.into() });
            }
            sleep(Duration::from_millis(5));
        }
        held.set_len(0).and_then(|()| writeln!(held, "{}", std::process::id())).map_err(failed("write"))?;
        Ok(Lock { held })
    }
}

impl Lock {
    /// Tells the directory from each of its copies: no program that copies files gives the copy the number and the birth
    /// of the original.
    pub(super) fn place(&self) -> String {
        let Ok(metadata) = self.held.metadata() else { return String::new() };
        let born = metadata.created().ok().and_then(|it| it.duration_since(SystemTime::UNIX_EPOCH).ok());
        format!("{:x}.{:x}", metadata.ino(), born.unwrap_or_default().as_nanos())
    }
}

impl Drop for Lock {
    /// Closing the file would do, were there no command that is just starting and has not closed its copy yet.
    fn drop(&mut self) {
        let _ = flock(&self.held, FlockOperation::Unlock);
    }
}

/// Whether the owner that the file names is gone.
fn is_left_behind(path: &Path) -> bool {
    let mut text = String::new();
    // It may not have come to writing its name yet.
    let read = File::open(path).and_then(|file| file.take(32).read_to_string(&mut text));
    let owner = read.ok().and_then(|_| text.trim().parse().ok()).and_then(Pid::from_raw);
    owner.is_some_and(|owner| test_kill_process(owner) == Err(Errno::SRCH))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A lock that is held, by `owner` for all that the file says.
    fn held_by(dir: &Path, owner: u32) -> Lock {
        let lock = Lock::take(dir).unwrap();
        fs::write(dir.join(NAME), format!("{owner}\n")).unwrap();
        lock
    }

    fn ended() -> u32 {
        let mut process = std::process::Command::new("true").spawn().unwrap();
        process.wait().unwrap();
        process.id()
    }

    #[test]
    fn one_owner_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let lock = Lock::take(dir.path()).unwrap();
            assert!(matches!(Lock::take(dir.path()), Err(JournalError::InUse { .. })));
            drop(lock);
        }
    }

    #[test]
    fn a_copy_is_in_another_place() {
        let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let place = |dir: &Path| Lock::take(dir).unwrap().place();
        let before = place(dir.path());
        fs::copy(dir.path().join(NAME), copy.path().join(NAME)).unwrap();
        assert_ne!(place(copy.path()), before);
        assert_eq!(place(dir.path()), before, "it stays the same over starts");
        let moved = copy.path().join("moved");
        fs::rename(dir.path(), &moved).unwrap();
        assert_eq!(place(&moved), before, "and when it is moved as it is");
        fs::copy(moved.join(NAME), moved.join("part")).unwrap();
        fs::rename(moved.join("part"), moved.join(NAME)).unwrap();
        assert_ne!(place(&moved), before, "what was put back is a copy");
    }

    #[test]
    fn what_an_owner_that_is_gone_left_behind_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let lock = held_by(dir.path(), ended());
        let waiting = std::thread::spawn({
            let dir = dir.path().to_owned();
            move || Lock::take(&dir).map(drop)
        });
        // However long it takes until the other one asks: it gets the lock when it is free.
        sleep(Duration::from_millis(50));
        drop(lock);
        waiting.join().unwrap().unwrap();
    }

    #[test]
    fn nobody_waits_for_an_owner_that_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let _lock = held_by(dir.path(), std::process::id());
        let begun = Instant::now();
        assert!(matches!(Lock::take(dir.path()), Err(JournalError::InUse { .. })));
        assert!(begun.elapsed() < LEFT_BEHIND);
    }
}
