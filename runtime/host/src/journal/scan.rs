//! Reads the records of a segment and judges what follows the last whole one.
//!
//! A crash can leave any part of the group that was being written: a disk may have stored its end and not its
//! beginning. So a broken record with whole ones behind it is not yet damage. Every record tells where its group
//! began, and a group is written only when the one before is durable: a whole record of a *later* group
//! proves that the broken one was safe once, and that is damage.

use super::head::HEAD;
use super::record::{self, ALIGN, HEADER, Record};
use super::segment::Segment;
use super::{Damage, Lsn};

/// What a segment holds.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    /// The records from the segment's first on, without a gap.
    pub(super) records: Vec<Record<'a>>,
    /// Where the last of them ends, in bytes from the start of the file.
    pub(super) end: usize,
    /// The LSN that belongs there.
    pub(super) next: Lsn,
    /// What is there.
    pub(super) tail: Tail,
}

/// What follows the last whole record of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// Zeros up to the end of the file.
    Clean,
    /// Remains of one unfinished group, in so many bytes.
    Torn(usize),
    /// Something that no crash explains.
    Broken(Damage),
}

/// Reads a segment whose head is known to be right.
pub(super) fn scan<'a>(file: &'a [u8], segment: &Segment) -> Scan<'a> {
    let mut scan = Scan { records: Vec::new(), end: HEAD, next: segment.first, tail: Tail::Clean };
    let mut rest = file.get(HEAD..).unwrap_or_default();
    while let Some(record) = record::decode(rest, segment.seed).filter(|r| r.lsn == scan.next) {
        rest = rest.get(record.size..).unwrap_or_default();
        scan.end += record.size;
        scan.next = scan.next.next();
        scan.records.push(record);
    }
    scan.tail = judge(rest, segment.seed, scan.next);
    scan
}

/// Judges bytes that do not begin with the record `expected`.
fn judge(rest: &[u8], seed: u32, expected: Lsn) -> Tail {
    let Some(last) = rest.iter().rposition(|byte| *byte != 0) else {
        return Tail::Clean;
    };
    if let Some(record) = record::decode(rest, seed) {
        let found = record.lsn;
        return Tail::Broken(Damage::Order { expected, found });
    }
    if holds_later_group(rest, seed, expected) {
        return Tail::Broken(Damage::Record { lsn: expected });
    }
    Tail::Torn(last + 1)
}

/// Whether a whole record stands somewhere in `rest` that was written when `broken` was durable.
fn holds_later_group(rest: &[u8], seed: u32, broken: Lsn) -> bool {
    // No more records than fit; what claims a higher LSN is not worth a checksum.
    let highest = Lsn(broken.0.saturating_add((rest.len() / HEADER) as u64));
    let mut at = ALIGN;
    while let Some(bytes) = rest.get(at..).filter(|bytes| bytes.len() >= HEADER) {
        let plausible = record::claimed_lsn(bytes).is_some_and(|l| broken < l && l <= highest);
        match plausible.then(|| record::decode(bytes, seed)).flatten() {
            Some(record) if record.group > broken => return true,
            Some(record) => at += record.size,
            None => at += ALIGN,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::batch::{Batch, seal_fitting};

    const SIZE: usize = 512;

    fn segment() -> Segment {
        Segment::new([1; 16], 1, Lsn(1), SIZE as u32)
    }

    /// A segment with groups of so many records of 12 bytes each (32 with their headers).
    fn file(groups: &[usize]) -> Vec<u8> {
        let segment = segment();
        let mut file = segment.head().to_vec();
        let mut lsn = segment.first;
        for records in groups {
            let mut batch = Batch::default();
            for _ in 0..*records {
                batch.push(lsn, format!("record {lsn:>5}").as_bytes());
                lsn = lsn.next();
            }
            seal_fitting(batch.bytes_mut(), SIZE, segment.seed);
            file.extend_from_slice(batch.bytes_mut());
        }
        file.resize(SIZE, 0);
        file
    }

    const fn start_of(record: usize) -> usize {
        HEAD + (record - 1) * 32
    }

    #[track_caller]
    fn check(file: &[u8], records: usize, tail: Tail) {
        let segment = segment();
        let scan = scan(file, &segment);
        assert_eq!((scan.records.len(), scan.tail), (records, tail));
        assert_eq!(scan.end, start_of(records + 1));
        assert_eq!(scan.next, Lsn(records as u64 + 1));
    }

    #[test]
    fn whole_segments_end_clean() {
        check(&file(&[]), 0, Tail::Clean);
        check(&file(&[1, 3, 2]), 6, Tail::Clean);
        check(&file(&[14]), 14, Tail::Clean);
    }

    #[test]
    fn the_last_group_may_lose_any_part() {
        for (lost, kept) in [(4, 3), (5, 4), (6, 5)] {
            let mut torn = file(&[1, 2, 3]);
            torn[start_of(lost)..start_of(lost + 1)].fill(0);
            let remains = if lost == 6 { Tail::Clean } else { Tail::Torn((7 - lost) * 32) };
            check(&torn, kept, remains);
        }
    }

    #[test]
    fn a_safe_record_may_not() {
        for lost in [1, 2, 3] {
            let mut broken = file(&[1, 2, 3]);
            broken[start_of(lost)..start_of(lost + 1)].fill(0);
            let lsn = Lsn(lost as u64);
            check(&broken, lost - 1, Tail::Broken(Damage::Record { lsn }));
        }
    }

    #[test]
    fn a_record_in_the_place_of_another_is_damage() {
        let mut swapped = file(&[1, 1, 1]);
        swapped.copy_within(start_of(3)..start_of(4), start_of(2));
        let (expected, found) = (Lsn(2), Lsn(3));
        check(&swapped, 1, Tail::Broken(Damage::Order { expected, found }));
    }

    #[test]
    fn garbage_is_a_torn_tail() {
        let mut garbage = file(&[2]);
        garbage[start_of(3)..].fill(0xa5);
        check(&garbage, 2, Tail::Torn(SIZE - start_of(3)));
    }
}
