//! Everything that the journal can refuse or fail with.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::Diagnostic;
use thiserror::Error;

use super::Lsn;
use super::head::FORMAT;

/// Why the journal could not be opened, or cannot go on.
///
/// The error is cheap to clone: the one that ended the journal is given to everybody who asks afterwards.
#[derive(Debug, Clone, Error, Diagnostic)]
pub enum JournalError {
    /// Another process (or another journal of this one) holds the lock.
    #[error("another runtime is using the journal in `{}`", dir.display())]
    #[diagnostic(help("stop the other runtime, or give this one a state directory of its own"))]
    InUse {
        /// The journal's directory.
        dir: PathBuf,
    },

    /// A file has a format that came after this runtime.
    #[error("`{}` was written by a newer runtime: it has journal format {needed}, and this one knows up to {known}", file.display())]
    #[diagnostic(help("start a runtime that knows journal format {needed}; nothing in the directory was changed"))]
    Newer {
        /// The file that cannot be read.
        file: PathBuf,
        /// The format that it needs.
        needed: u32,
        /// The newest format that this runtime knows.
        known: u32,
    },

    /// The files contradict themselves or each other in a way that no crash explains.
    #[error("the journal is damaged at byte {offset} of `{}`: {damage}", file.display())]
    #[diagnostic(help(
        "nothing was changed: keep a copy of the journal's directory and restore it from a backup; \
             without one, move it away, and all machines start again in their initial states"
    ))]
    Damaged {
        /// The damaged file, or the one before which another is missing.
        file: PathBuf,
        /// Where in it, in bytes from its start.
        offset: u64,
        /// What is wrong there.
        damage: Damage,
    },

    /// There is no room on the disk, or none left to this user.
    #[error("there is no room left to write `{}`", file.display())]
    #[diagnostic(help("make room on its disk and start the runtime again: it goes on where it was"))]
    Full {
        /// The file that could not be written.
        file: PathBuf,
        /// What the operating system said.
        #[source]
        source: Arc<io::Error>,
    },

    /// The operating system refused.
    #[error("could not {action} `{}`", file.display())]
    #[diagnostic(help("check the disk and the permissions, then start the runtime again: it goes on where it was"))]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file or directory.
        file: PathBuf,
        /// What the operating system said.
        #[source]
        source: Arc<io::Error>,
    },

    /// A record that retention has let go of.
    #[error("record {wanted} is not in the journal any more: it begins with {first}")]
    #[diagnostic(help("`[journal] keep-for` and `keep-size` say how long and how much of it is kept"))]
    Gone {
        /// The record that was asked for.
        wanted: Lsn,
        /// The oldest that there is.
        first: Lsn,
    },

    /// A record that no segment can hold.
    #[error("a record of {size} bytes is too large: the journal takes up to {limit}")]
    #[diagnostic(help("keep what is that large in a file of its own"))]
    TooLarge {
        /// The payload's bytes.
        size: usize,
        /// The most that a payload may have.
        limit: usize,
    },
}

/// What is wrong with a damaged journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Damage {
    /// A segment's header has no label, a wrong checksum or impossible values.
    #[error("the segment's header is broken")]
    Header,
    /// A segment is shorter or longer than its header says.
    #[error("the segment has {found} bytes, and its header says {stated}")]
    Size {
        /// The file's bytes.
        found: u64,
        /// The bytes that the header states.
        stated: u64,
    },
    /// A segment lies under another one's name.
    #[error("the file holds segment {found}")]
    Misnamed {
        /// The number in the header.
        found: u64,
    },
    /// A file was brought here from elsewhere.
    #[error("the file belongs to another journal")]
    Foreign,
    /// Segments around it are there.
    #[error("segment {number} is missing before this one")]
    Missing {
        /// Its number.
        number: u64,
    },
    /// There is a checkpoint and no segment.
    #[error("all segments of the journal of this checkpoint are missing")]
    NoSegments,
    /// The journal does not reach back to the last whole checkpoint.
    #[error("the records before {first} are gone, and no whole checkpoint covers them")]
    Start {
        /// The first record that there is.
        first: Lsn,
    },
    /// A record that was durable once is no longer whole.
    #[error("record {lsn} is broken, and it was safe once")]
    Record {
        /// The record that belongs there.
        lsn: Lsn,
    },
    /// A whole record that belongs elsewhere.
    #[error("record {found} stands where record {expected} belongs")]
    Order {
        /// The record that belongs there.
        expected: Lsn,
        /// The one that is there.
        found: Lsn,
    },
}

impl JournalError {
    /// What the operating system said, with what was tried; a full disk gets its own case.
    pub(super) fn io(action: &'static str, file: &Path, source: io::Error) -> JournalError {
        let (file, source) = (file.to_path_buf(), Arc::new(source));
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => JournalError::Full { file, source },
            _ => JournalError::Io { action, file, source },
        }
    }

    pub(super) fn newer(file: PathBuf, needed: u32) -> JournalError {
        JournalError::Newer { file, needed, known: FORMAT }
    }

    pub(super) fn damaged(file: PathBuf, offset: u64, damage: Damage) -> JournalError {
        JournalError::Damaged { file, offset, damage }
    }
}
