//! The records that gather while a sync is under way: one group, which the next sync makes durable together.

use super::Lsn;
use super::record;

/// What a batch keeps of its buffer between two uses; a burst must not cost memory for ever.
const KEPT_CAPACITY: usize = 32 * 1024;

/// Encoded records in order, not yet sealed: their checksums depend on the segment that will take them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    records: u32,
}

impl Batch {
    pub(super) fn push(&mut self, lsn: Lsn, payload: &[u8]) {
        record::encode(&mut self.bytes, lsn, self.records, payload);
        self.records = self.records.saturating_add(1);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes that it will take in segments.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The records, to be sealed where they are.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(KEPT_CAPACITY);
        self.records = 0;
    }
}

/// Seals as many records from the start of `bytes` as fit into `room`, and tells their bytes and their number.
pub(super) fn seal_fitting(bytes: &mut [u8], room: usize, seed: u32) -> (usize, u64) {
    let (mut sealed, mut records) = (0, 0);
    while let Some(rest) = bytes.get_mut(sealed..)
        && let Some(size) = record::first_size(rest)
        && sealed + size <= room
        && let Some(record) = rest.get_mut(..size)
    {
        record::seal(record, seed);
        sealed += size;
        records += 1;
    }
    (sealed, records)
}
