//! Checkpoints: what the records up to one did, so that they need not be kept and read for ever.
//!
//! Two are kept, in the files `checkpoint.a` and `checkpoint.b`; a new one takes the place of the older, and only
//! after it was read back from the disk as it was written. Its state comes in pieces, because it can be large.

use std::io;
use std::path::PathBuf;

use super::bytes::{u32_at, u64_at};
use super::disk::{Disk, UNFINISHED, publish};
use super::head::{BadHead, HEAD, Head, JournalId};
use super::{Damage, JournalError, Lsn};

const LABEL: &[u8; 8] = b"MACHCKPT";
const STATE_CHECKSUM_AT: usize = 12;
const NUMBER_AT: usize = 16;
const LSN_AT: usize = 24;
const LENGTH_AT: usize = 48;

/// A checkpoint is read back in pieces of this size.
const READ_AT_ONCE: u64 = 32 * 1024;

/// A snapshot of the node, opaque to the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last record that it covers; [`Lsn::ZERO`] when there was none.
    pub lsn: Lsn,
    /// The node's own bytes.
    pub state: Vec<u8>,
}

/// One of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    A,
    B,
}

/// A checkpoint that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept {
    slot: Slot,
    /// Checkpoints are numbered from 1: of two that cover the same records the higher is the newer.
    number: u64,
    lsn: Lsn,
}

/// The checkpoints on disk, without their states.
#[derive(Debug, Default)]
pub(super) struct Slots {
    newest: Option<Kept>,
    older: Option<Kept>,
}

/// What was found when the journal was opened.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) slots: Slots,
    pub(super) newest: Option<Checkpoint>,
    /// Files that are there and not whole.
    pub(super) bad: Vec<PathBuf>,
}

impl Slot {
    fn name(self) -> &'static str {
        match self {
            Slot::A => "checkpoint.a",
            Slot::B => "checkpoint.b",
        }
    }

    fn other(self) -> Slot {
        match self {
            Slot::A => Slot::B,
            Slot::B => Slot::A,
        }
    }
}

impl Slots {
    /// The last record that the newest checkpoint covers.
    pub(super) fn covered(&self) -> Lsn {
        self.newest.map_or(Lsn::ZERO, |kept| kept.lsn)
    }

    /// The last record that both checkpoints cover: those up to it are not needed even if the newer one is lost.
    pub(super) fn covered_twice(&self) -> Lsn {
        self.older.map_or(Lsn::ZERO, |kept| kept.lsn)
    }

    /// Puts a checkpoint in the place of the older one.
    pub(super) fn publish(
        &mut self,
        disk: &mut dyn Disk,
        id: JournalId,
        whole: Unfinished,
    ) -> Result<(), JournalError> {
        let kept = Kept {
            slot: self.newest.map_or(Slot::A, |newest| newest.slot.other()),
            number: self.newest.map_or(1, |newest| newest.number.saturating_add(1)),
            lsn: whole.lsn,
        };
        let head = whole.head(id, kept.number);
        disk.write(UNFINISHED, 0, &head)?;
        disk.sync(UNFINISHED)?;
        whole.read_back(disk, &head)?;
        publish(disk, kept.slot.name())?;
        self.older = self.newest.replace(kept);
        Ok(())
    }
}

/// A checkpoint whose state comes piece by piece.
#[derive(Debug)]
pub(super) struct Unfinished {
    lsn: Lsn,
    /// The bytes of its state so far, and their checksum.
    length: u64,
    checksum: u32,
}

impl Unfinished {
    /// Begins one that covers all records up to `lsn`.
    pub(super) fn begin(disk: &mut dyn Disk, lsn: Lsn) -> Result<Self, JournalError> {
        disk.create(UNFINISHED)?;
        Ok(Self { lsn, length: 0, checksum: 0 })
    }

    /// Writes the next piece of the state.
    pub(super) fn write(&mut self, disk: &mut dyn Disk, piece: &[u8]) -> Result<(), JournalError> {
        disk.write(UNFINISHED, HEAD as u64 + self.length, piece)?;
        self.length += piece.len() as u64;
        self.checksum = crc32c::crc32c_append(self.checksum, piece);
        Ok(())
    }

    fn head(&self, id: JournalId, number: u64) -> [u8; HEAD] {
        let mut head = Head::new(*LABEL, id);
        head.put(STATE_CHECKSUM_AT, &self.checksum.to_le_bytes());
        head.put(NUMBER_AT, &number.to_le_bytes());
        head.put(LSN_AT, &self.lsn.0.to_le_bytes());
        head.put(LENGTH_AT, &self.length.to_le_bytes());
        head.seal()
    }

    /// What is on the disk is what was written, to all that a checksum can tell. Read in pieces as well.
    fn read_back(&self, disk: &dyn Disk, head: &[u8]) -> Result<(), JournalError> {
        let mut bytes = Vec::new();
        disk.read(UNFINISHED, 0, HEAD as u64, &mut bytes)?;
        let is_head = bytes == head;
        let (mut at, mut checksum) = (HEAD as u64, 0);
        loop {
            disk.read(UNFINISHED, at, READ_AT_ONCE, &mut bytes)?;
            if bytes.is_empty() {
                break;
            }
            at += bytes.len() as u64;
            checksum = crc32c::crc32c_append(checksum, &bytes);
        }
        if is_head && checksum == self.checksum && at == HEAD as u64 + self.length {
            return Ok(());
        }
        let differs = io::Error::other("the disk gives back other bytes than were written");
        Err(JournalError::io("verify", &disk.path(UNFINISHED), differs))
    }
}

/// Whether a file of that name is a checkpoint.
pub(super) fn is_checkpoint(file: &str) -> bool {
    [Slot::A, Slot::B].iter().any(|slot| slot.name() == file)
}

/// Reads what checkpoints there are of the journal `id`.
pub(super) fn find(disk: &dyn Disk, names: &[String], id: JournalId) -> Result<Found, JournalError> {
    let mut found = Found::default();
    for slot in [Slot::A, Slot::B] {
        if names.iter().any(|name| name == slot.name()) {
            found.look_at(disk, slot, id)?;
        }
    }
    Ok(found)
}

impl Found {
    fn look_at(&mut self, disk: &dyn Disk, slot: Slot, id: JournalId) -> Result<(), JournalError> {
        let mut bytes = Vec::new();
        disk.read(slot.name(), 0, u64::MAX, &mut bytes)?;
        let file = disk.path(slot.name());
        match open(bytes) {
            Ok((whose, number, checkpoint)) if whose == id => self.keep(slot, number, checkpoint),
            Ok(_) => return Err(JournalError::damaged(file, 0, Damage::Foreign)),
            Err(BadHead::Broken) => self.bad.push(file),
            Err(BadHead::Newer(needed)) => return Err(JournalError::newer(file, needed)),
        }
        Ok(())
    }

    fn keep(&mut self, slot: Slot, number: u64, checkpoint: Checkpoint) {
        let kept = Kept { slot, number, lsn: checkpoint.lsn };
        if self.slots.newest.is_some_and(|newest| newest.number > number) {
            self.slots.older = Some(kept);
        } else {
            self.slots.older = self.slots.newest.replace(kept);
            self.newest = Some(checkpoint);
        }
    }
}

/// Takes a file apart: whose it is, its number, and what it holds.
fn open(mut file: Vec<u8>) -> Result<(JournalId, u64, Checkpoint), BadHead> {
    let head = Head::open(&file, *LABEL)?;
    file.drain(..HEAD);
    let field = |at| u64_at(head.bytes(), at).ok_or(BadHead::Broken);
    let (number, lsn, length) = (field(NUMBER_AT)?, Lsn(field(LSN_AT)?), field(LENGTH_AT)?);
    let checksum = u32_at(head.bytes(), STATE_CHECKSUM_AT).ok_or(BadHead::Broken)?;
    if file.len() as u64 != length || crc32c::crc32c(&file) != checksum {
        return Err(BadHead::Broken);
    }
    Ok((head.id(), number, Checkpoint { lsn, state: file }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(state: &[u8]) -> Vec<u8> {
        let checksum = crc32c::crc32c(state);
        let whole = Unfinished { lsn: Lsn(9), length: state.len() as u64, checksum };
        let mut file = whole.head([7; 16], 3).to_vec();
        file.extend_from_slice(state);
        file
    }

    #[test]
    fn what_was_written_is_read() {
        for state in [&b""[..], b"state"] {
            let (id, number, checkpoint) = open(file(state)).unwrap();
            assert_eq!((id, number, checkpoint.lsn), ([7; 16], 3, Lsn(9)));
            assert_eq!(checkpoint.state, state);
        }
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let whole = file(b"state");
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(bytes), Err(BadHead::Broken), "bit {bit}");
        }
    }

    #[test]
    fn every_other_length_is_seen() {
        let whole = file(b"state");
        for end in 0..whole.len() {
            assert_eq!(open(whole[..end].to_vec()), Err(BadHead::Broken), "{end}");
        }
        let longer = [&whole[..], b"\0"].concat();
        assert_eq!(open(longer), Err(BadHead::Broken));
    }
}
