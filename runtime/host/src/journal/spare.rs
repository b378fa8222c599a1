//! The next segment before it is needed: zeroed piece by piece while records fill the one before, so that no group of
//! records waits for a whole file of zeros.

use super::JournalError;
use super::disk::Disk;
use super::head::HEAD;
use super::segment::{Segment, zero};

/// The name of the file until it is a segment.
pub(super) const SPARE: &str = "spare";

/// So many zeros for each byte of records: begun when a segment is half full, the next one is ready in time.
const ZEROS_A_BYTE: u64 = 4;
/// At least so many bytes at a time, because each time costs a look at the file.
const PIECE: u64 = 64 * 1024;
/// After so many bytes they are synced: a sync of more would be felt by the records that wait for it.
const SYNC: u64 = 512 * 1024;

/// How far it is.
#[derive(Debug, Default)]
pub(super) struct Spare {
    /// Everything before this offset, apart from the head, is zeroed; 0 when there is no file yet.
    zeroed: u64,
    /// What is zeroed and not synced.
    unsynced: u64,
}

impl Spare {
    /// Goes on while so many bytes of records were written, until `size` bytes are ready.
    pub(super) fn go_on(&mut self, disk: &mut dyn Disk, size: u32, written: usize) -> Result<(), JournalError> {
        let piece = (written as u64).saturating_mul(ZEROS_A_BYTE).max(PIECE);
        self.zero_to(disk, self.zeroed.saturating_add(piece).min(size.into()))?;
        if self.unsynced >= SYNC {
            disk.sync(SPARE)?;
            self.unsynced = 0;
        }
        Ok(())
    }

    /// Turns it into a segment. Under another name until then, so that a segment is either there as a whole or not at
    /// all.
    pub(super) fn become_segment(mut self, disk: &mut dyn Disk, segment: &Segment) -> Result<(), JournalError> {
        self.zero_to(disk, segment.size.into())?;
        disk.write(SPARE, 0, &segment.head())?;
        disk.sync(SPARE)?;
        disk.rename(SPARE, &segment.name())?;
        disk.sync_names()
    }

    fn zero_to(&mut self, disk: &mut dyn Disk, end: u64) -> Result<(), JournalError> {
        if self.zeroed == 0 {
            disk.create(SPARE)?;
            self.zeroed = HEAD as u64;
        }
        if self.zeroed < end {
            zero(disk, SPARE, self.zeroed, end)?;
            self.unsynced += end - self.zeroed;
            self.zeroed = end;
        }
        Ok(())
    }
}
