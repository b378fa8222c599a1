//! Limits across a fleet: leases of slots in a bucket that all nodes share.
//!
//! A limit of N has N *slots*, the keys `limit.NAME.0` to `limit.NAME.N-1`, behind which stands when the bucket was made. Who works under it holds one of them: its
//! value says who wrote it, and every write names the revision that it replaces, so that two who reach for the same slot
//! at once never both get it. The rules:
//!
//! - A slot is *taken* by writing over a revision at which it is free, or over one that has not changed for as long as a
//!   lease lasts (its *time to live*) by the clock of the one who takes it. Nobody compares clocks with anybody.
//! - Who holds it *renews* it at a third of that time by its own clock, and ends its work at two thirds, both counted from
//!   when the last write that went well was *sent*. So work has ended before anybody else may take the slot, even if one
//!   clock runs half as fast again as the other.
//! - An answer that was lost means "unknown", never "no": the slot is read, and what stands there tells which write came
//!   through. Until then no second slot is reached for.
//! - It is *given back* by a deletion that names its revision, once the work has really ended.
//! - A key that was never written may be a slot that was lost with its bucket. It counts as free only when whoever held it
//!   then would have ended by now, and once written the bucket is looked at again: it has to be the same one still.
//!
//! | | |
//! | --- | --- |
//! | `pool` | all of this for one limit, as a state machine without clock or network |
//! | `hold` | one slot that this node reaches for or holds |
//! | `slot` | what stands in the bucket |
//! | `keeper` | between pools and a bucket: a task on the thread of the connection |

mod hold;
mod keeper;
mod pool;
mod slot;
#[cfg(test)]
mod tests;

pub(crate) use keeper::{Keeper, News, Order};

use machine_core::Instant;
use std::time::Duration;

/// Where limits across the fleet are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetLimits {
    /// The bucket.
    pub bucket: String,
    /// How long a lease lasts without being renewed.
    pub ttl: Duration,
    /// Make the bucket if it is not there.
    pub create: bool,
}

impl FleetLimits {
    /// How long a lease lasts if nothing else is said.
    pub const TTL: Duration = Duration::from_secs(30);
    /// The shortest that one may last: below that, ordinary delays would end work.
    pub const SHORTEST: Duration = Duration::from_secs(3);
    /// The longest.
    pub const LONGEST: Duration = Duration::from_secs(3_600);
}

/// How long everything lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Terms {
    /// A slot that has not changed for so long may be taken.
    ttl: u64,
    /// Work ends so long after the last write that went well was sent.
    stop: u64,
}

impl Terms {
    fn of(ttl: Duration) -> Self {
        let ttl = u64::try_from(ttl.as_nanos()).unwrap_or(u64::MAX);
        Self { ttl, stop: ttl / 3 * 2 }
    }

    /// When a lease is renewed that was last written at this time.
    fn renewal(self, written: Instant) -> Instant {
        written.after_ns(self.ttl / 3)
    }

    /// When its work ends.
    fn end(self, written: Instant) -> Instant {
        written.after_ns(self.stop)
    }

    /// When others may take it, who have seen it unchanged since.
    fn expiry(self, since: Instant) -> Instant {
        since.after_ns(self.ttl)
    }

    /// The pause after a question without an answer.
    fn pause(self) -> u64 {
        self.ttl / 12
    }

    /// How often slots are looked at while somebody waits for one.
    fn look(self) -> u64 {
        (self.ttl / 10).clamp(200_000_000, 2_000_000_000)
    }
}
