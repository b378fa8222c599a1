//! What a journal has done since it was opened, for whoever wants to know: counted by its thread, read without a lock.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// See the module.
#[derive(Debug, Default)]
pub struct Figures {
    records: AtomicU64,
    bytes: AtomicU64,
    segments: AtomicU64,
    disk: AtomicU64,
    sync_ns: AtomicU64,
    syncs: [AtomicU64; BOUNDS.len() + 1],
}

/// What syncs are sorted by: so long or less, in seconds. From a fast disk to one that is about to fail.
const BOUNDS: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];

impl Figures {
    /// Records that became durable.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records.load(Relaxed)
    }

    /// Their bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// Segments that there are now.
    #[must_use]
    pub fn segments(&self) -> u64 {
        self.segments.load(Relaxed)
    }

    /// What they take on the disk, in bytes.
    #[must_use]
    pub fn disk(&self) -> u64 {
        self.disk.load(Relaxed)
    }

    /// How long writing a group of records and waiting for the disk has taken, in all.
    #[must_use]
    pub fn sync_time(&self) -> Duration {
        Duration::from_nanos(self.sync_ns.load(Relaxed))
    }

    /// How many groups took so long, each with the longest time of its bucket; the last one has no bound.
    pub fn syncs(&self) -> impl Iterator<Item = (f64, u64)> {
        let bounds = BOUNDS.into_iter().chain([f64::INFINITY]);
        bounds.zip(self.syncs.iter().map(|it| it.load(Relaxed)))
    }

    pub(super) fn note_sync(&self, records: u64, bytes: usize, took: Duration) {
        self.records.fetch_add(records, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
        self.sync_ns.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Relaxed);
        let seconds = took.as_secs_f64();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        if let Some(count) = self.syncs.get(bucket) {
            count.fetch_add(1, Relaxed);
        }
    }

    pub(super) fn note_segments(&self, segments: impl Iterator<Item = u32>) {
        let (mut count, mut bytes) = (0, 0);
        segments.for_each(|size| {
            count += 1;
            bytes += u64::from(size);
        });
        self.segments.store(count, Relaxed);
        self.disk.store(bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syncs_are_sorted_by_how_long_they_took() {
        let figures = Figures::default();
        for ms in [0, 1, 3, 3, 9_000] {
            figures.note_sync(2, 100, Duration::from_millis(ms));
        }
        let counts: Vec<_> = figures.syncs().filter(|(_, count)| *count > 0).collect();
        assert_eq!(counts, [(0.0005, 1), (0.001, 1), (0.005, 2), (f64::INFINITY, 1)]);
        assert_eq!((figures.records(), figures.bytes()), (10, 500));
        assert_eq!(figures.sync_time(), Duration::from_millis(9_007));
    }
}
