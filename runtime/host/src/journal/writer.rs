//! The only hand that writes to an open journal: groups of records, checkpoints, and the end of old segments.
//!
//! Everything here is synchronous and knows no thread. After an error the writer is not used again: what a failed
//! sync left on the disk is unknown until the journal is opened anew.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::batch::{Batch, seal_fitting};
use super::checkpoint::{Slots, Unfinished};
use super::disk::Disk;
use super::figures::Figures;
use super::head::HEAD;
use super::segment::Segment;
use super::snapshot::Piece;
use super::spare::Spare;
use super::{JournalError, Lsn};

type Result<T> = std::result::Result<T, JournalError>;

/// Where the records are, and where the next one goes.
#[derive(Debug)]
pub(super) struct Log {
    /// Full segments, oldest first.
    pub(super) sealed: VecDeque<Segment>,
    /// The segment that is written.
    pub(super) active: Segment,
    /// Where its last record ends.
    pub(super) end: usize,
    /// The LSN of the next record.
    pub(super) next: Lsn,
}

/// See the module.
pub(super) struct Writer {
    disk: Box<dyn Disk>,
    log: Log,
    slots: Slots,
    /// The checkpoint that is written.
    unfinished: Option<Unfinished>,
    /// The segment after the active one.
    spare: Spare,
    segment_size: u32,
    figures: Arc<Figures>,
}

impl Log {
    /// An empty segment and nothing before it.
    pub(super) fn starting_with(active: Segment) -> Log {
        Log { sealed: VecDeque::new(), active, end: HEAD, next: active.first }
    }

    fn room(&self) -> usize {
        (self.active.size as usize).saturating_sub(self.end)
    }

    /// The last record of the oldest segment, unless that one is still written.
    fn end_of_oldest(&self) -> Option<Lsn> {
        self.sealed.front()?;
        let second = self.sealed.get(1).unwrap_or(&self.active);
        Some(second.first.before())
    }
}

impl Writer {
    pub(super) fn new(disk: Box<dyn Disk>, log: Log, slots: Slots, segment_size: u32) -> Writer {
        let figures = Arc::default();
        let writer = Writer { disk, log, slots, unfinished: None, spare: Spare::default(), segment_size, figures };
        writer.note_segments();
        writer
    }

    /// What is counted while it writes.
    pub(super) fn figures(&self) -> Arc<Figures> {
        Arc::clone(&self.figures)
    }

    /// The LSN of the next record.
    pub(super) fn next(&self) -> Lsn {
        self.log.next
    }

    /// Makes a group durable: one write and one sync, and one more of each for every segment that it fills;
    /// after that it may prepare a piece of the next segment.
    /// `durable` is told the last durable record after each sync.
    pub(super) fn commit(&mut self, group: &mut Batch, durable: &mut dyn FnMut(Lsn)) -> Result<()> {
        let mut rest = group.bytes_mut();
        while !rest.is_empty() {
            let (size, records) = seal_fitting(rest, self.log.room(), self.log.active.seed);
            if size == 0 {
                self.rotate()?;
                continue;
            }
            let (fitting, later) = rest.split_at_mut(size);
            let begun = Instant::now();
            self.write(fitting)?;
            self.figures.note_sync(records, size, begun.elapsed());
            self.log.next = Lsn(self.log.next.0 + records);
            durable(self.log.next.before());
            self.prepare_next(size)?;
            rest = later;
        }
        Ok(())
    }

    /// Writes a piece of a checkpoint. With the last one it [lets go](Self::trim) of old segments, and tells the last
    /// record that the checkpoint covers.
    pub(super) fn checkpoint(&mut self, piece: &Piece, retain_from: Lsn) -> Result<Option<Lsn>> {
        if piece.is_first {
            self.unfinished = Some(Unfinished::begin(&mut *self.disk, piece.lsn)?);
        }
        let Some(unfinished) = &mut self.unfinished else {
            return Ok(None);
        };
        unfinished.write(&mut *self.disk, &piece.bytes)?;
        let Some(whole) = self.unfinished.take_if(|_| piece.is_last) else {
            return Ok(None);
        };
        self.slots.publish(&mut *self.disk, self.log.active.id, whole)?;
        self.trim(retain_from)?;
        Ok(Some(piece.lsn))
    }

    /// Lets go of the segments that are needed with neither of the two checkpoints, nor hold a record from `retain_from`
    /// on.
    pub(super) fn trim(&mut self, retain_from: Lsn) -> Result<()> {
        let dispensable = self.slots.covered_twice().min(retain_from.before());
        while self.log.end_of_oldest().is_some_and(|end| end <= dispensable) {
            self.drop_oldest()?;
        }
        Ok(())
    }

    fn write(&mut self, records: &[u8]) -> Result<()> {
        let name = self.log.active.name();
        self.disk.write(&name, self.log.end as u64, records)?;
        self.disk.sync(&name)?;
        self.log.end += records.len();
        Ok(())
    }

    /// A node that writes little never needs a second segment, so nothing is prepared before half of one is full.
    fn prepare_next(&mut self, written: usize) -> Result<()> {
        if self.log.room() > self.log.active.size as usize / 2 {
            return Ok(());
        }
        self.spare.go_on(&mut *self.disk, self.segment_size, written)
    }

    fn rotate(&mut self) -> Result<()> {
        let Segment { id, number, .. } = self.log.active;
        let active = Segment::new(id, number + 1, self.log.next, self.segment_size);
        std::mem::take(&mut self.spare).become_segment(&mut *self.disk, &active)?;
        let full = std::mem::replace(&mut self.log.active, active);
        self.log.sealed.push_back(full);
        self.log.end = HEAD;
        self.note_segments();
        Ok(())
    }

    /// One at a time and in order, so that a crash leaves no gap.
    fn drop_oldest(&mut self) -> Result<()> {
        if let Some(oldest) = self.log.sealed.pop_front() {
            self.disk.remove(&oldest.name())?;
            self.disk.sync_names()?;
            self.note_segments();
        }
        Ok(())
    }

    fn note_segments(&self) {
        let segments = self.log.sealed.iter().chain([&self.log.active]);
        self.figures.note_segments(segments.map(|it| it.size));
    }
}
