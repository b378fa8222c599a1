//! Opening what is on disk: the newest whole checkpoint, the records after it, and the place to go on.
//!
//! Nothing is changed before everything has been read and found sound. Then the remains of an unfinished write
//! are zeroed, so that no later record can ever be followed by one of them.

use std::collections::VecDeque;
use std::path::PathBuf;

use super::checkpoint::{self, Checkpoint};
use super::disk::{Disk, UNFINISHED};
use super::head::{BadHead, HEAD};
use super::scan::{Scan, Tail, scan};
use super::segment::{self, Segment};
use super::spare::SPARE;
use super::writer::{Log, Writer};
use super::{Damage, JournalError, Lsn};

type Result<T> = std::result::Result<T, JournalError>;

/// What the journal remembered when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Drawn at random when the journal was founded: another one here means that its past is gone.
    pub id: [u8; 16],
    /// The newest checkpoint that is whole.
    pub checkpoint: Option<Checkpoint>,
    /// Every record after that checkpoint, in order and without a gap.
    pub records: Vec<(Lsn, Vec<u8>)>,
    /// What an unfinished write had left at the end, and is gone now.
    pub cut: Option<Cut>,
    /// Checkpoint files that are broken; the older checkpoint and the records served in their place.
    pub bad_checkpoints: Vec<PathBuf>,
}

/// The remains of a write that did not finish before a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The last segment.
    pub file: PathBuf,
    /// Where the remains began, in bytes from its start.
    pub offset: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// The LSN of the first record that is lost. The next record gets it.
    pub lsn: Lsn,
}

/// Opens the journal on a disk, or founds one where there is none; new segments get `segment_size` bytes.
pub(super) fn recover(mut disk: Box<dyn Disk>, segment_size: u32) -> Result<(Writer, Recovered)> {
    let names = disk.list()?;
    let Some(segments) = Segments::find(&*disk, &names)? else {
        return found(disk, &names, segment_size);
    };
    let checkpoints = checkpoint::find(&*disk, &names, segments.active.id)?;
    let covered = checkpoints.slots.covered();
    segments.check_start(&*disk, covered)?;
    let replay = segments.replay(&*disk, covered)?;

    for remains in [UNFINISHED, SPARE].into_iter().filter(|it| names.iter().any(|name| name == it)) {
        disk.remove(remains)?;
    }
    settle(&mut *disk, &segments.active, &replay)?;
    let recovered = Recovered {
        id: segments.active.id,
        checkpoint: checkpoints.newest,
        records: replay.records,
        cut: replay.cut,
        bad_checkpoints: checkpoints.bad,
    };
    let log = Log { sealed: segments.sealed, active: segments.active, end: replay.end, next: replay.next };
    let writer = Writer::new(disk, log, checkpoints.slots, segment_size);
    Ok((writer, recovered))
}

/// Starts a journal in a directory without one.
fn found(mut disk: Box<dyn Disk>, names: &[String], segment_size: u32) -> Result<(Writer, Recovered)> {
    if let Some(checkpoint) = names.iter().find(|name| checkpoint::is_checkpoint(name)) {
        let file = disk.path(checkpoint);
        return Err(JournalError::damaged(file, 0, Damage::NoSegments));
    }
    let active = Segment::new(disk.draw_id()?, 1, Lsn::FIRST, segment_size);
    active.create(&mut *disk)?;
    let recovered =
        Recovered { id: active.id, checkpoint: None, records: Vec::new(), cut: None, bad_checkpoints: Vec::new() };
    let log = Log::starting_with(active);
    let writer = Writer::new(disk, log, checkpoint::Slots::default(), segment_size);
    Ok((writer, recovered))
}

/// Zeroes the remains of an unfinished write, and makes sure that what was read is durable: a killed runtime may have
/// left contents and names in the cache.
fn settle(disk: &mut dyn Disk, active: &Segment, replay: &Replay) -> Result<()> {
    let name = active.name();
    if let Some(cut) = &replay.cut {
        segment::zero(disk, &name, cut.offset, cut.offset + cut.bytes)?;
    }
    disk.sync(&name)?;
    disk.sync_names()
}

/// The segments on disk, by number.
struct Segments {
    sealed: VecDeque<Segment>,
    active: Segment,
}

/// The records that are not covered by a checkpoint, and where the last one ends.
struct Replay {
    records: Vec<(Lsn, Vec<u8>)>,
    cut: Option<Cut>,
    end: usize,
    next: Lsn,
}

impl Segments {
    /// Reads all heads. Nothing when there is no segment.
    fn find(disk: &dyn Disk, names: &[String]) -> Result<Option<Segments>> {
        let mut numbers: Vec<u64> = names.iter().filter_map(|n| segment::number_of(n)).collect();
        numbers.sort_unstable();
        let mut sealed = VecDeque::<Segment>::new();
        for number in numbers {
            let segment = read_head(disk, number)?;
            if let Some(before) = sealed.back() {
                check_neighbours(disk, before, &segment)?;
            }
            sealed.push_back(segment);
        }
        Ok(sealed.pop_back().map(|active| Segments { sealed, active }))
    }

    /// Every record that no checkpoint covers must be there.
    fn check_start(&self, disk: &dyn Disk, covered: Lsn) -> Result<()> {
        let Segment { number, first, .. } = *self.sealed.front().unwrap_or(&self.active);
        if first <= covered.next() {
            return Ok(());
        }
        let file = disk.path(&segment::name(number));
        Err(JournalError::damaged(file, 0, Damage::Start { first }))
    }

    fn replay(&self, disk: &dyn Disk, covered: Lsn) -> Result<Replay> {
        let mut records = Vec::new();
        let mut file = Vec::new();
        let followers = self.sealed.iter().skip(1).chain([&self.active]);
        for (segment, follower) in self.sealed.iter().zip(followers) {
            if covered.next() < follower.first {
                let scan = read(disk, segment, &mut file)?;
                check_sealed(disk, segment, &scan, follower.first)?;
                take(&scan, covered, &mut records);
            }
        }
        let scan = read(disk, &self.active, &mut file)?;
        let cut = check_active(disk, &self.active, &scan, covered)?;
        take(&scan, covered, &mut records);
        Ok(Replay { records, cut, end: scan.end, next: scan.next })
    }
}

fn read_head(disk: &dyn Disk, number: u64) -> Result<Segment> {
    let name = segment::name(number);
    let damaged = |offset, damage| Err(JournalError::damaged(disk.path(&name), offset, damage));
    let mut head = Vec::new();
    let found = disk.read(&name, 0, HEAD as u64, &mut head)?;
    let segment = match Segment::open(&head) {
        Ok(segment) => segment,
        Err(BadHead::Broken) => return damaged(0, Damage::Header),
        Err(BadHead::Newer(needed)) => return Err(JournalError::newer(disk.path(&name), needed)),
    };
    let stated = u64::from(segment.size);
    if segment.number != number {
        let found = segment.number;
        return damaged(0, Damage::Misnamed { found });
    }
    if found != stated {
        return damaged(found.min(stated), Damage::Size { found, stated });
    }
    Ok(segment)
}

fn check_neighbours(disk: &dyn Disk, before: &Segment, segment: &Segment) -> Result<()> {
    let damage = if segment.id != before.id {
        Damage::Foreign
    } else if segment.number != before.number + 1 {
        let number = before.number + 1;
        Damage::Missing { number }
    } else if segment.first < before.first {
        let (expected, found) = (before.first, segment.first);
        Damage::Order { expected, found }
    } else {
        return Ok(());
    };
    Err(JournalError::damaged(disk.path(&segment.name()), 0, damage))
}

fn read<'a>(disk: &dyn Disk, segment: &Segment, file: &'a mut Vec<u8>) -> Result<Scan<'a>> {
    disk.read(&segment.name(), 0, u64::from(segment.size), file)?;
    Ok(scan(file, segment))
}

/// A segment that has a follower was durable as a whole before that one was made.
fn check_sealed(disk: &dyn Disk, segment: &Segment, scan: &Scan<'_>, follower: Lsn) -> Result<()> {
    let damage = match scan.tail {
        Tail::Clean if scan.next == follower => return Ok(()),
        Tail::Clean if scan.next > follower => Damage::Order { expected: scan.next, found: follower },
        Tail::Broken(damage) => damage,
        Tail::Clean | Tail::Torn(_) => Damage::Record { lsn: scan.next },
    };
    let file = disk.path(&segment.name());
    Err(JournalError::damaged(file, scan.end as u64, damage))
}

/// The last segment alone may end in the remains of an unfinished write, and never below what a checkpoint covers.
fn check_active(disk: &dyn Disk, segment: &Segment, scan: &Scan<'_>, covered: Lsn) -> Result<Option<Cut>> {
    let (file, offset) = (disk.path(&segment.name()), scan.end as u64);
    match scan.tail {
        Tail::Broken(damage) => Err(JournalError::damaged(file, offset, damage)),
        _ if scan.next <= covered => {
            let lsn = scan.next;
            Err(JournalError::damaged(file, offset, Damage::Record { lsn }))
        }
        Tail::Clean => Ok(None),
        Tail::Torn(bytes) => Ok(Some(Cut { file, offset, bytes: bytes as u64, lsn: scan.next })),
    }
}

fn take(scan: &Scan<'_>, covered: Lsn, records: &mut Vec<(Lsn, Vec<u8>)>) {
    let new = scan.records.iter().filter(|record| record.lsn > covered);
    records.extend(new.map(|record| (record.lsn, record.payload.to_vec())));
}
