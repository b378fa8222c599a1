//! A segment: a file of fixed size with a head and records, zero from the last record to its end.
//!
//! It is filled with zeros before its first use: a sync of blocks that are written already leaves the file
//! system's own journal alone, which makes it cheaper and its time even.

use super::bytes::{u32_at, u64_at};
use super::disk::Disk;
use super::head::{BadHead, HEAD, Head, JournalId};
use super::spare::Spare;
use super::{JournalError, Lsn};

/// The smallest and the largest segment, in bytes.
pub(super) const SIZES: std::ops::RangeInclusive<u32> = 256..=1 << 30;

const LABEL: &[u8; 8] = b"MACHJRNL";
const SUFFIX: &str = ".segment";
const SIZE_AT: usize = 12;
const NUMBER_AT: usize = 16;
const FIRST_AT: usize = 24;

/// How much is zeroed with one write.
const ZEROS: &[u8] = &[0; 64 * 1024];

/// What a segment's head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) id: JournalId,
    /// Segments are numbered from 1, without a gap.
    pub(super) number: u64,
    /// The LSN of its first record, present or to come.
    pub(super) first: Lsn,
    /// The file's bytes.
    pub(super) size: u32,
    /// The head's checksum, with which those of the records begin.
    pub(super) seed: u32,
}

impl Segment {
    /// The first segment of a journal, or the one that follows.
    pub(super) fn new(id: JournalId, number: u64, first: Lsn, size: u32) -> Segment {
        let segment = Segment { id, number, first, size, seed: 0 };
        let seed = u32_at(&segment.head(), HEAD - 4).unwrap_or_default();
        Segment { seed, ..segment }
    }

    /// Reads a head.
    pub(super) fn open(file: &[u8]) -> Result<Segment, BadHead> {
        let head = Head::open(file, *LABEL)?;
        Segment::fields(&head).ok_or(BadHead::Broken)
    }

    fn fields(head: &Head) -> Option<Segment> {
        let segment = Segment {
            id: head.id(),
            number: u64_at(head.bytes(), NUMBER_AT)?,
            first: Lsn(u64_at(head.bytes(), FIRST_AT)?),
            size: u32_at(head.bytes(), SIZE_AT)?,
            seed: head.checksum(),
        };
        let possible = segment.number > 0 && segment.first > Lsn::ZERO && SIZES.contains(&segment.size);
        possible.then_some(segment)
    }

    pub(super) fn head(&self) -> [u8; HEAD] {
        let mut head = Head::new(*LABEL, self.id);
        head.put(SIZE_AT, &self.size.to_le_bytes());
        head.put(NUMBER_AT, &self.number.to_le_bytes());
        head.put(FIRST_AT, &self.first.0.to_le_bytes());
        head.seal()
    }

    /// The file's name.
    pub(super) fn name(&self) -> String {
        name(self.number)
    }

    /// Makes the file.
    pub(super) fn create(&self, disk: &mut dyn Disk) -> Result<(), JournalError> {
        Spare::default().become_segment(disk, self)
    }
}

/// The name of the segment with a number.
pub(super) fn name(number: u64) -> String {
    format!("{number:010}{SUFFIX}")
}

/// The number of the segment with a name; nothing for any other file.
pub(super) fn number_of(file: &str) -> Option<u64> {
    let number = file.strip_suffix(SUFFIX)?.parse().ok()?;
    (name(number) == file).then_some(number)
}

/// Fills a file with zeros from one offset to another.
pub(super) fn zero(disk: &mut dyn Disk, name: &str, from: u64, to: u64) -> Result<(), JournalError> {
    let mut at = from;
    while at < to {
        let rest = usize::try_from(to - at).unwrap_or(usize::MAX);
        let zeros = ZEROS.get(..rest).unwrap_or(ZEROS);
        disk.write(name, at, zeros)?;
        at += zeros.len() as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let segment = Segment::new([7; 16], 3, Lsn(900), 4096);
        assert_eq!(Segment::open(&segment.head()), Ok(segment));
    }

    #[test]
    fn every_flipped_bit_of_a_head_is_seen() {
        let whole = Segment::new([7; 16], 3, Lsn(900), 4096).head();
        for bit in 0..whole.len() * 8 {
            let mut head = whole;
            head[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Segment::open(&head), Err(BadHead::Broken), "bit {bit}");
        }
    }

    #[test]
    fn impossible_values_are_refused_under_a_right_checksum() {
        for segment in [
            Segment::new([7; 16], 0, Lsn(1), 4096),
            Segment::new([7; 16], 1, Lsn(0), 4096),
            Segment::new([7; 16], 1, Lsn(1), 16),
            Segment::new([7; 16], 1, Lsn(1), u32::MAX),
        ] {
            assert_eq!(Segment::open(&segment.head()), Err(BadHead::Broken));
        }
    }

    #[test]
    fn names_sort_as_numbers_do_and_only_our_own_are_taken() {
        assert_eq!(name(12), "0000000012.segment");
        assert_eq!(number_of("0000000012.segment"), Some(12));
        for other in ["12.segment", "0000000012.tmp", "+000000012.segment", ""] {
            assert_eq!(number_of(other), None, "{other}");
        }
    }
}
