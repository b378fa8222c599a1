//! One record, as bytes: 20 bytes of header, the payload, zeros up to a multiple of four.
//!
//! | bytes | field |
//! | --- | --- |
//! | 0..4 | length of the payload |
//! | 4..8 | CRC-32C, seeded with the checksum of the segment's head, over all other bytes of the record |
//! | 8..16 | LSN |
//! | 16..20 | how many records of the same group stand before it |
//!
//! The seed ties a record to its segment and its journal: one that strayed in from elsewhere does not pass.
//! The place in the group tells, after a crash, an unfinished write from damage (see [`super::scan`]).

use super::Lsn;
use super::bytes::{u32_at, u64_at};

/// The bytes of a record before its payload.
pub(super) const HEADER: usize = 20;

/// Records begin at multiples of it.
pub(super) const ALIGN: usize = 4;

const CHECKSUM_AT: usize = 4;
const LSN_AT: usize = 8;
const PLACE_AT: usize = 16;

/// A whole record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) lsn: Lsn,
    /// The first record of its group: those before were durable when this one was written.
    pub(super) group: Lsn,
    pub(super) payload: &'a [u8],
    /// The bytes that it takes in the segment.
    pub(super) size: usize,
}

/// The bytes that a record with such a payload takes.
pub(super) fn size(payload: usize) -> usize {
    HEADER.saturating_add(payload).next_multiple_of(ALIGN)
}

/// The LSN that a header at the start of `bytes` would have, without looking whether it is whole.
pub(super) fn claimed_lsn(bytes: &[u8]) -> Option<Lsn> {
    u64_at(bytes, LSN_AT).map(Lsn)
}

/// Appends an unsealed record to `buffer`.
pub(super) fn encode(buffer: &mut Vec<u8>, lsn: Lsn, place: u32, payload: &[u8]) {
    let end = buffer.len() + size(payload.len());
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(&[0; 4]);
    buffer.extend_from_slice(&lsn.0.to_le_bytes());
    buffer.extend_from_slice(&place.to_le_bytes());
    buffer.extend_from_slice(payload);
    buffer.resize(end, 0);
}

/// The bytes of the first record of `bytes`, as its header has it, whether they are there or not.
pub(super) fn stated_size(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32_at(bytes, 0)?).ok().map(size)
}

/// The bytes of the first record of `bytes`, sealed or not, if it is there as a whole.
pub(super) fn first_size(bytes: &[u8]) -> Option<usize> {
    stated_size(bytes).filter(|size| *size <= bytes.len())
}

/// Writes the checksum into a record that stands alone in `record`.
pub(super) fn seal(record: &mut [u8], seed: u32) {
    let checksum = checksum(record, seed);
    if let Some(field) = record.get_mut(CHECKSUM_AT..LSN_AT) {
        field.copy_from_slice(&checksum.to_le_bytes());
    }
}

/// The record at the start of `bytes`; nothing if there is none that is whole.
pub(super) fn decode(bytes: &[u8], seed: u32) -> Option<Record<'_>> {
    let size = first_size(bytes)?;
    let record = bytes.get(..size)?;
    let lsn = claimed_lsn(record)?;
    if lsn == Lsn::ZERO || u32_at(record, CHECKSUM_AT)? != checksum(record, seed) {
        return None;
    }
    let length = usize::try_from(u32_at(record, 0)?).ok()?;
    Some(Record {
        lsn,
        group: Lsn(lsn.0.saturating_sub(u64::from(u32_at(record, PLACE_AT)?))),
        payload: record.get(HEADER..HEADER + length)?,
        size,
    })
}

fn checksum(record: &[u8], seed: u32) -> u32 {
    let (length, rest) = record.split_at(CHECKSUM_AT.min(record.len()));
    let rest = rest.get(LSN_AT - CHECKSUM_AT..).unwrap_or_default();
    crc32c::crc32c_append(crc32c::crc32c_append(seed, length), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(lsn: u64, place: u32, payload: &[u8], seed: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(&mut bytes, Lsn(lsn), place, payload);
        seal(&mut bytes, seed);
        bytes
    }

    #[test]
    fn what_was_written_is_read() {
        for payload in [&b""[..], b"a", b"abcd", b"abcde", &[0; 1000]] {
            let bytes = sealed(9, 2, payload, 7);
            let record = decode(&bytes, 7).unwrap();
            assert_eq!((record.lsn, record.group), (Lsn(9), Lsn(7)));
            assert_eq!((record.payload, record.size), (payload, bytes.len()));
        }
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let whole = sealed(9, 0, b"payload of odd length", 7);
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(&bytes, 7), None, "bit {bit}");
        }
    }

    #[test]
    fn every_shortened_record_is_seen() {
        let whole = sealed(9, 0, b"payload", 7);
        for end in 0..whole.len() {
            assert_eq!(decode(&whole[..end], 7), None, "{end} bytes");
        }
    }

    #[test]
    fn a_record_of_another_segment_is_not_taken() {
        assert_eq!(decode(&sealed(9, 0, b"payload", 7), 8), None);
    }

    #[test]
    fn zeros_are_no_record() {
        assert_eq!(decode(&[0; 64], 0), None);
    }
}
