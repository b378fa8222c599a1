//! How much of the journal is kept for those who read it, and what is told of the rest.
//!
//! Segments go as a whole, the oldest first, when they are too old or all together too large. What has not been delivered
//! by then is told before it goes: one event for each machine and carrier names the numbers. That event takes its place
//! among the machine's others, so it is delivered like them.

use super::desk::{Missed, Notice, Share};
use super::drops::Drops;
use super::parcel::{Page, Position};
use crate::journal::{JournalError, Lsn, Reader, Stretch, stretches};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Notify, oneshot};

/// After so many records others on the thread have their turn.
const AT_ONCE: usize = 1_000;

/// How much of the journal is kept, beyond what the node itself needs to go on: the events that are still to be delivered,
/// and those that were, so that they can be asked for again. The tighter limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// For so long.
    pub time: Duration,
    /// So many bytes.
    pub size: u64,
}

impl Default for Keep {
    fn default() -> Self {
        Self { time: Duration::from_secs(7 * 24 * 60 * 60), size: 256 << 20 }
    }
}

impl Keep {
    /// The first record that is kept of these segments. When they are too large an eighth goes at once, so that there is
    /// one event for many that are dropped.
    fn first_kept(self, stretches: &[Stretch], now: SystemTime) -> Option<Lsn> {
        let (active, sealed) = stretches.split_last()?;
        // The next segment is made while the last one is written.
        let mut total: u64 = sealed.iter().map(|it| it.bytes).sum::<u64>() + 2 * active.bytes;
        let goal = if total > self.size { self.size - self.size / 8 } else { self.size };
        let goes = |it: &&Stretch| {
            let is_over = total > goal;
            total -= it.bytes;
            is_over || now.duration_since(it.written).is_ok_and(|age| age > self.time)
        };
        let gone = sealed.iter().take_while(goes).count();
        stretches.get(gone).map(|it| it.first)
    }
}

/// Keeps the journal within its limits.
pub(super) struct Keeper {
    pub(super) dir: PathBuf,
    pub(super) keep: Keep,
    pub(super) shares: Vec<Arc<Share>>,
    pub(super) notices: UnboundedSender<Notice>,
}

impl Keeper {
    /// Looks whenever it is told that there may be something to see.
    pub(super) async fn work(self, look: Arc<Notify>) {
        let mut kept = Lsn::ZERO;
        loop {
            look.notified().await;
            match self.look(kept).await {
                Ok(first) => kept = first,
                Err(error) => self.warn(format!("old segments cannot be looked at, and stay: {error}")),
            }
        }
    }

    /// Tells what goes and has not been delivered, and once that is durable lets it go; the first record that is kept.
    async fn look(&self, kept: Lsn) -> Result<Lsn, JournalError> {
        let first = self.keep.first_kept(&stretches(&self.dir)?, SystemTime::now());
        let Some(first) = first.filter(|first| *first > kept) else { return Ok(kept) };
        let mut drops = Vec::new();
        for share in &self.shares {
            drops.extend(self.undelivered(share, first).await?);
        }
        if !drops.is_empty() {
            let (told, is_told) = oneshot::channel();
            let _ = self.notices.send(Notice::Dropped { drops, told });
            if is_told.await.is_err() {
                // The node ends, and its next start looks again.
                return Ok(kept);
            }
        }
        self.shares.iter().for_each(|share| share.raise(first));
        let _ = self.notices.send(Notice::LetGo(first));
        Ok(first)
    }

    /// What a carrier has not delivered of the records before this one.
    async fn undelivered(&self, share: &Share, first: Lsn) -> Result<Vec<Missed>, JournalError> {
        let mut drops = Drops::new(&share.name);
        let mut next = share.lock().delivered.after();
        let mut reader = Reader::new(&self.dir);
        let mut passed = 0_usize;
        loop {
            reader.go_to(Lsn(next.lsn));
            match reader.next(first.before()) {
                Ok(Some((lsn, record))) => {
                    if let Some(page) = Page::read(record) {
                        drops.add(&page, if lsn.0 == next.lsn { next.place } else { 0 });
                    }
                    next = Position { lsn: lsn.0 + 1, place: 0 };
                }
                Ok(None) => return Ok(drops.all()),
                Err(JournalError::Gone { first, .. }) => next = Position { lsn: first.0, place: 0 },
                Err(error @ JournalError::Damaged { .. }) => {
                    let whole = self.after_damage(Lsn(next.lsn))?.map_or(first, |it| it.min(first));
                    self.warn(unreadable(&share.name, Lsn(next.lsn), whole, &error));
                    next = Position { lsn: whole.0, place: 0 };
                }
                Err(error) => return Err(error),
            }
            passed += 1;
            if passed.is_multiple_of(AT_ONCE) {
                tokio::task::yield_now().await;
            }
        }
    }

    fn after_damage(&self, lsn: Lsn) -> Result<Option<Lsn>, JournalError> {
        after_damage(&self.dir, lsn)
    }

    fn warn(&self, text: String) {
        let _ = self.notices.send(Notice::Warning { about: "journal".to_owned(), text });
    }
}

/// The first record of the segment after the one with this record.
pub(super) fn after_damage(dir: &std::path::Path, lsn: Lsn) -> Result<Option<Lsn>, JournalError> {
    Ok(stretches(dir)?.into_iter().map(|it| it.first).find(|first| *first > lsn))
}

/// What to say of records that nobody will get.
pub(super) fn unreadable(carrier: &str, from: Lsn, to: Lsn, error: &JournalError) -> String {
    let last = to.before();
    format!("the events of records {from} to {last} do not reach `{carrier}`: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// Segments of 10 bytes and 100 records; each is a day younger than the one before, and the last is written now.
    fn segments(count: u64, now: SystemTime) -> Vec<Stretch> {
        let of = |number: u64| {
            let written = now - DAY * u32::try_from(count - 1 - number).unwrap();
            Stretch { first: Lsn(number * 100 + 1), bytes: 10, written }
        };
        (0..count).map(of).collect()
    }

    #[track_caller]
    fn check(count: u64, days: u32, size: u64, gone: u64) {
        let now = SystemTime::now();
        let keep = Keep { time: DAY * days, size };
        let first = keep.first_kept(&segments(count, now), now);
        assert_eq!(first, Some(Lsn(gone * 100 + 1)), "{keep:?}");
    }

    #[test]
    fn within_both_limits_all_is_kept() {
        check(8, 7, 90, 0);
        check(1, 0, 0, 0);
    }

    #[test]
    fn what_is_too_old_goes() {
        check(8, 6, 1_000, 1);
        check(8, 2, 1_000, 5);
        check(8, 0, 1_000, 7);
    }

    #[test]
    fn what_is_too_much_goes_and_makes_some_room() {
        check(8, 100, 89, 2);
        check(8, 100, 0, 7);
    }

    #[test]
    fn a_clock_that_was_set_back_lets_nothing_go() {
        let now = SystemTime::now();
        let keep = Keep { time: DAY, size: 1_000 };
        assert_eq!(keep.first_kept(&segments(8, now + DAY * 100), now), Some(Lsn(1)));
    }
}
