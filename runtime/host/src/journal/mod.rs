//! The node's journal: whatever must survive is durable here before anything can be seen of it.
//!
//! One append-only journal a node. The node's loop calls [`Journal::append`], which costs a copy into memory; a
//! thread of the journal's own writes all that has gathered with one write and one `fdatasync`, and then says
//! through the node's callback what is durable. Records gather only while a sync is under way: a lone record is
//! written at once, and a crowd shares the syncs that the disk can do. Nothing wakes up when there is nothing to do.
//!
//! From time to time the node hands over a [checkpoint](Journal::checkpoint), so that old segments can go. After a
//! crash [`Journal::open`] gives back the newest checkpoint and all records after it, or says where the journal is
//! damaged; it never passes over anything in silence, and never guesses.
//!
//! **Errors end the journal.** After a write or a sync failed, nobody knows what the disk holds: the journal does
//! not try again, and every later call gives the same error. The node stops, and the next start reads what is there.
//!
//! A [`Reader`] reads what is durable while the journal goes on, for those who bring it elsewhere.
//!
//! `docs/journal.md` has the format, byte by byte. The parts, from the top: `queue` (where loop and thread meet),
//! `writer` (all writing), `recover` (all reading at the start), `reader` (reading beside the writer), which share `segment`, `scan`, `record`, `checkpoint`; `disk` and
//! `lock` are the operating system.

mod batch;
mod bytes;
mod checkpoint;
mod disk;
mod error;
mod figures;
mod head;
#[cfg(test)]
pub(crate) mod held;
mod lock;
mod queue;
mod reader;
mod record;
mod recover;
mod scan;
mod segment;
mod snapshot;
mod spare;
#[cfg(test)]
mod tests;
mod writer;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

pub use checkpoint::Checkpoint;
pub use error::{Damage, JournalError};
pub use figures::Figures;
pub use head::JournalId;
pub use reader::{Reader, Stretch, identity, stretches};
pub use recover::{Cut, Recovered};
pub use snapshot::Snapshot;

use batch::Batch;
use disk::{Directory, Disk};
use lock::Lock;
use queue::{Queue, Work};
use writer::Writer;

/// The number of a record: 1 for the first, then without a gap for as long as the journal lives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lsn(pub u64);

/// How the journal is laid out; the default is right for a node.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The bytes of a new segment: 256 to 2^30, and what lies outside is brought to the nearest bound. It also
    /// limits a record: see [`Journal::largest_record`].
    pub segment_size: u32,
    /// The bytes that may wait for the disk; as many again may be under way to it.
    pub buffer_size: usize,
}

/// What the journal's thread reports.
#[derive(Debug, Clone)]
pub enum Progress {
    /// All records up to this one are durable.
    Durable(Lsn),
    /// The checkpoint that covers all records up to this one is durable.
    Checkpointed(Lsn),
    /// Nothing will become durable any more; the last report.
    Failed(JournalError),
}

/// Called on the journal's thread, which waits for it: it should only pass the report on.
pub type Report = Box<dyn Fn(Progress) + Send>;

/// An open journal. Dropping it writes what has been appended and ends the thread.
#[derive(Debug)]
pub struct Journal {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
    largest_record: usize,
    figures: Arc<Figures>,
    lock: Option<Lock>,
}

impl Journal {
    /// Opens the journal in a directory of its own, and makes both if they are not there.
    ///
    /// What it gives back is durable, also when a killed runtime had not come round to syncing it.
    ///
    /// # Errors
    /// [`JournalError::InUse`] when another runtime has the journal, [`JournalError::Newer`] and
    /// [`JournalError::Damaged`] when it cannot be read (it is left as it is), [`JournalError::Full`] and
    /// [`JournalError::Io`] when the disk refuses.
    pub fn open(dir: &Path, options: Options, report: Report) -> Result<(Journal, Recovered), JournalError> {
        let directory = Directory::open(dir)?;
        let lock = Lock::take(dir)?;
        let (mut journal, recovered) = Journal::start(Box::new(directory), options, report)?;
        journal.lock = Some(lock);
        Ok((journal, recovered))
    }

    /// Adds a record and gives its number; it is durable when the report or [`Journal::wait`] says so.
    ///
    /// Costs a copy into memory. When the disk is so slow that [`Options::buffer_size`] is reached, it waits for
    /// the sync that is under way.
    ///
    /// # Errors
    /// [`JournalError::TooLarge`], which changes nothing, or the error that ended the journal.
    pub fn append(&self, payload: &[u8]) -> Result<Lsn, JournalError> {
        if payload.len() > self.largest_record {
            return Err(JournalError::TooLarge { size: payload.len(), limit: self.largest_record });
        }
        self.queue.append(payload)
    }

    /// Begins a checkpoint: the state that is written into it stands for all records that were appended so far. No
    /// record may be appended before [`Snapshot::finish`], which gives back the last one that it covers.
    ///
    /// A small state costs a copy into memory. A large one goes to the disk in pieces, and writing it waits for the disk
    /// to take them; the thread makes it durable after the records that it covers, and reports it.
    ///
    /// The two newest checkpoints are kept, and with them all records after the older one: if a disk spoils the
    /// newest, nothing is lost. A checkpoint that waits to be written is replaced by the next one.
    ///
    /// # Errors
    /// The error that ended the journal.
    pub fn checkpoint(&self) -> Result<Snapshot<'_>, JournalError> {
        Snapshot::new(&self.queue)
    }

    /// Keeps all records from this one on, whatever checkpoints cover, and lets go of those before as soon as they
    /// do. Not remembered over a restart: say it again before the first checkpoint.
    pub fn retain_from(&self, lsn: Lsn) {
        self.queue.retain_from(lsn);
    }

    /// The last record that is durable, and with it all before.
    #[must_use]
    pub fn durable(&self) -> Lsn {
        self.queue.durable()
    }

    /// Waits until a record is durable, also for one that is yet to be appended.
    ///
    /// # Errors
    /// The error that ended the journal, when it did before that record was durable.
    pub fn wait(&self, lsn: Lsn) -> Result<(), JournalError> {
        self.queue.wait(lsn)
    }

    /// Where its directory is: a copy has another place, however it was made. Empty if the system does not say it.
    #[must_use]
    pub fn place(&self) -> String {
        self.lock.as_ref().map_or_else(String::new, Lock::place)
    }

    /// What it has done since it was opened, and how large it is.
    #[must_use]
    pub fn figures(&self) -> Arc<Figures> {
        Arc::clone(&self.figures)
    }

    /// The most bytes that a record may have.
    #[must_use]
    pub fn largest_record(&self) -> usize {
        self.largest_record
    }

    /// Writes what has been appended, and a checkpoint that was asked for, and closes the journal.
    ///
    /// # Errors
    /// The error that ended the journal, now or before.
    pub fn close(mut self) -> Result<(), JournalError> {
        self.finish();
        self.queue.failure().map_or(Ok(()), Err)
    }

    fn start(disk: Box<dyn Disk>, options: Options, report: Report) -> Result<(Journal, Recovered), JournalError> {
        let segment_size = options.possible_segment_size();
        let writer_path = disk.path("");
        let path = writer_path.clone();
        let (writer, recovered) = recover::recover(disk, segment_size)?;
        let figures = writer.figures();
        let queue = Arc::new(Queue::new(writer.next(), options.buffer_size));
        let thread = thread::Builder::new().name("journal".into()).spawn({
            let queue = Arc::clone(&queue);
            move || work(writer, &WhilePanicking { queue: &queue, path }, &report)
        });
        let journal = Journal {
            queue,
            thread: Some(thread.map_err(|e| JournalError::io("start a thread for", &writer_path, e))?),
            largest_record: segment_size as usize - head::HEAD - record::HEADER,
            figures,
            lock: None,
        };
        Ok((journal, recovered))
    }

    fn finish(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // It can only have panicked in the node's callback, which has said so on standard error; the queue knows.
            let _ = thread.join();
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Tells whoever waits when the journal's thread ends by a panic: nobody else would.
struct WhilePanicking<'q> {
    queue: &'q Queue,
    path: PathBuf,
}

impl Drop for WhilePanicking<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let source = io::Error::other("the callback that takes reports has panicked");
            self.queue.fail(JournalError::io("go on with", &self.path, source));
        }
    }
}

/// The journal's thread.
fn work(mut writer: Writer, guard: &WhilePanicking<'_>, report: &dyn Fn(Progress)) {
    let queue = guard.queue;
    let mut spent = Batch::default();
    while let Some(mut work) = queue.take(spent) {
        if let Err(failure) = do_work(&mut writer, &mut work, queue, report) {
            queue.fail(failure.clone());
            report(Progress::Failed(failure));
            return;
        }
        spent = work.group;
    }
}

fn do_work(writer: &mut Writer, work: &mut Work, queue: &Queue, report: &dyn Fn(Progress)) -> Result<(), JournalError> {
    writer.commit(&mut work.group, &mut |lsn| {
        queue.set_durable(lsn);
        report(Progress::Durable(lsn));
    })?;
    if work.is_trimming {
        writer.trim(work.retain_from)?;
    }
    if let Some(piece) = work.piece.take() {
        let covered = writer.checkpoint(&piece, work.retain_from)?;
        queue.give_back(piece);
        if let Some(lsn) = covered {
            report(Progress::Checkpointed(lsn));
        }
    }
    Ok(())
}

impl Lsn {
    /// Before the first record.
    pub const ZERO: Lsn = Lsn(0);
    /// The first record.
    pub const FIRST: Lsn = Lsn(1);

    /// The number after this one.
    #[must_use]
    pub fn next(self) -> Lsn {
        Lsn(self.0.saturating_add(1))
    }

    /// The number before this one.
    #[must_use]
    pub fn before(self) -> Lsn {
        Lsn(self.0.saturating_sub(1))
    }
}

impl fmt::Display for Lsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Default for Options {
    fn default() -> Options {
        Options { segment_size: 4 << 20, buffer_size: 16 << 20 }
    }
}

impl Options {
    fn possible_segment_size(self) -> u32 {
        let size = self.segment_size.clamp(*segment::SIZES.start(), *segment::SIZES.end());
        size - size % record::ALIGN as u32
    }
}
