//! Reads the journal beside its writer: from any record on, and never beyond what is durable.
//!
//! It holds one segment open, reads ahead a little, and checks each record as recovery does. What it read ahead may be
//! older than what the writer has put there since, so a record that is not whole is read once more before it is called
//! damaged. Segments may go while it reads: one that is open can be read to its end, and one that is gone is said so.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::head::{BadHead, HEAD, JournalId};
use super::record::{self, HEADER};
use super::segment::{self, Segment};
use super::{Damage, JournalError, Lsn};

type Result<T> = std::result::Result<T, JournalError>;

/// So much is read at once; a larger record takes what it has.
const AHEAD: usize = 64 * 1024;

/// See the module.
#[derive(Debug)]
pub struct Reader {
    dir: PathBuf,
    next: Lsn,
    open: Option<Open>,
    /// The bytes of the record before the next one, if that is in the open segment: the way back to it.
    back: Option<usize>,
}

/// A segment of the journal, as the directory shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its first record, present or to come.
    pub first: Lsn,
    /// The bytes of its file.
    pub bytes: u64,
    /// When it was written last.
    pub written: SystemTime,
}

#[derive(Debug)]
struct Open {
    segment: Segment,
    file: File,
    path: PathBuf,
    /// Where `ahead` begins in the file.
    at: u64,
    ahead: Vec<u8>,
    /// So many bytes of `ahead` are behind.
    used: usize,
}

impl Reader {
    /// A reader of the journal in a directory, before its first record.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), next: Lsn::FIRST, open: None, back: None }
    }

    /// The next record that it reads.
    #[must_use]
    pub fn place(&self) -> Lsn {
        self.next
    }

    /// Goes to a record, back or on. The one that was read last is at hand; any other has to be looked for.
    pub fn go_to(&mut self, lsn: Lsn) {
        if lsn == self.next {
            return;
        }
        let back = self.back.take().filter(|_| lsn.next() == self.next);
        match (&mut self.open, back) {
            (Some(open), Some(bytes)) => open.go_back(bytes),
            (open, _) => *open = None,
        }
        self.next = lsn.max(Lsn::FIRST);
    }

    /// Gives back what it holds, until it is used again.
    pub fn rest(&mut self) {
        if let Some(open) = &mut self.open {
            open.forget();
            open.ahead = Vec::new();
        }
    }

    /// The next record, if it is not beyond the last one that is durable.
    ///
    /// # Errors
    /// [`JournalError::Gone`] when it is not in the journal any more, [`JournalError::Damaged`] when it is not as it was
    /// written, [`JournalError::Io`] when it cannot be read. It stays where it is then.
    pub fn next(&mut self, durable: Lsn) -> Result<Option<(Lsn, &[u8])>> {
        if self.next > durable {
            return Ok(None);
        }
        self.back = None;
        let payload = self.find()?;
        let lsn = self.next;
        self.next = lsn.next();
        let Some(open) = &mut self.open else { return Ok(None) };
        let record = open.ahead.get(open.used..).and_then(|it| it.get(HEADER..HEADER + payload));
        let bytes = record::size(payload);
        open.used += bytes;
        self.back = Some(bytes);
        Ok(record.map(|payload| (lsn, payload)))
    }

    /// Has the record that comes next at the beginning of what was read ahead; the length of its payload.
    fn find(&mut self) -> Result<usize> {
        loop {
            let open = match &mut self.open {
                Some(open) => open,
                none => none.insert(seek(&self.dir, self.next)?),
            };
            if let Some(payload) = open.payload(self.next)? {
                return Ok(payload);
            }
            let follower = open.segment.number + 1;
            match Open::numbered(&self.dir, follower)? {
                Some(next) if next.segment.first == self.next && next.segment.id == open.segment.id => {
                    *open = next;
                }
                _ => {
                    // What follows may have gone, and this one with it.
                    let found = seek(&self.dir, self.next)?;
                    if found.segment.number == open.segment.number {
                        return Err(open.damaged(self.next));
                    }
                    *open = found;
                }
            }
        }
    }
}

impl Open {
    /// Opens a segment; nothing if there is none of this number.
    fn numbered(dir: &Path, number: u64) -> Result<Option<Self>> {
        let path = dir.join(segment::name(number));
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(JournalError::io("open", &path, error)),
        };
        let mut head = [0; HEAD];
        let read = file.read_exact_at(&mut head, 0);
        read.map_err(|error| JournalError::io("read", &path, error))?;
        match Segment::open(&head) {
            Ok(segment) if segment.number == number => {
                Ok(Some(Self { segment, file, path, at: HEAD as u64, ahead: Vec::new(), used: 0 }))
            }
            Ok(Segment { number: found, .. }) => Err(JournalError::damaged(path, 0, Damage::Misnamed { found })),
            Err(BadHead::Broken) => Err(JournalError::damaged(path, 0, Damage::Header)),
            Err(BadHead::Newer(needed)) => Err(JournalError::newer(path, needed)),
        }
    }

    /// The length of the payload of the record that comes next, if it is the one that is meant: it is read ahead then.
    fn payload(&mut self, lsn: Lsn) -> Result<Option<usize>> {
        if let Some(payload) = self.whole(lsn) {
            return Ok(Some(payload));
        }
        // Written since, or not read ahead as a whole.
        self.forget();
        self.read_ahead(AHEAD)?;
        if let Some(size) = record::stated_size(&self.ahead).filter(|size| *size > AHEAD) {
            self.forget();
            self.read_ahead(size)?;
        }
        Ok(self.whole(lsn))
    }

    fn whole(&self, lsn: Lsn) -> Option<usize> {
        let record = record::decode(self.ahead.get(self.used..)?, self.segment.seed)?;
        (record.lsn == lsn).then_some(record.payload.len())
    }

    fn read_ahead(&mut self, bytes: usize) -> Result<()> {
        let rest = u64::from(self.segment.size).saturating_sub(self.at);
        self.ahead.resize(bytes.min(usize::try_from(rest).unwrap_or(bytes)), 0);
        let mut filled = 0;
        while let Some(room) = self.ahead.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.file.read_at(room, self.at + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(JournalError::io("read", &self.path, error)),
            }
        }
        self.ahead.truncate(filled);
        Ok(())
    }

    /// So many bytes back, in what was read ahead or, if that is gone, in the file.
    fn go_back(&mut self, bytes: usize) {
        if let Some(used) = self.used.checked_sub(bytes) {
            self.used = used;
        } else {
            self.forget();
            self.at = self.at.saturating_sub(bytes as u64).max(HEAD as u64);
        }
    }

    /// Keeps the place, and nothing of what was read ahead but the room for it.
    fn forget(&mut self) {
        self.at += self.used as u64;
        self.used = 0;
        self.ahead.clear();
        // A large record was the exception.
        self.ahead.shrink_to(AHEAD);
    }

    fn damaged(&self, lsn: Lsn) -> JournalError {
        let offset = self.at + self.used as u64;
        match record::decode(self.ahead.get(self.used..).unwrap_or_default(), self.segment.seed) {
            Some(record) => {
                let damage = Damage::Order { expected: lsn, found: record.lsn };
                JournalError::damaged(self.path.clone(), offset, damage)
            }
            None => JournalError::damaged(self.path.clone(), offset, Damage::Record { lsn }),
        }
    }
}

/// The segments that a journal has now, oldest first.
///
/// # Errors
/// [`JournalError::Io`] when the directory cannot be read, [`JournalError::Damaged`] when the head of a segment is not as
/// it was written.
pub fn stretches(dir: &Path) -> Result<Vec<Stretch>> {
    let mut stretches = Vec::new();
    for number in numbers(dir)? {
        // One that is gone by now was the oldest.
        let Some(open) = Open::numbered(dir, number)? else { continue };
        let data = open.file.metadata().map_err(|error| JournalError::io("read", &open.path, error))?;
        let written = data.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        stretches.push(Stretch { first: open.segment.first, bytes: data.len(), written });
    }
    Ok(stretches)
}

/// Which journal is in a directory: none that was ever founded has the same. Nothing, as long as there is no segment.
///
/// # Errors
/// As [`stretches`].
pub fn identity(dir: &Path) -> Result<Option<JournalId>> {
    for number in numbers(dir)?.into_iter().rev() {
        if let Some(open) = Open::numbered(dir, number)? {
            return Ok(Some(open.segment.id));
        }
    }
    Ok(None)
}

fn numbers(dir: &Path) -> Result<Vec<u64>> {
    let failed = |error| JournalError::io("list", dir, error);
    let mut numbers = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        numbers.extend(name.to_str().and_then(segment::number_of));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Opens the segment that a record is in, and passes over those before it.
fn seek(dir: &Path, lsn: Lsn) -> Result<Open> {
    let mut oldest = None;
    for number in numbers(dir)?.into_iter().rev() {
        let Some(open) = Open::numbered(dir, number)? else { break };
        if open.segment.first <= lsn {
            return pass_over(open, lsn);
        }
        oldest = Some(open.segment.first);
    }
    Err(JournalError::Gone { wanted: lsn, first: oldest.unwrap_or(lsn.next()) })
}

fn pass_over(mut open: Open, lsn: Lsn) -> Result<Open> {
    let mut passed = open.segment.first;
    while passed < lsn {
        match open.payload(passed)? {
            Some(payload) => open.used += record::size(payload),
            None => return Err(open.damaged(passed)),
        }
        passed = passed.next();
    }
    Ok(open)
}
