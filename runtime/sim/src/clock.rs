//! The virtual clock: time that passes only when somebody says so.

use machine_core::Instant;

/// Nanoseconds in a millisecond.
pub const MS: u64 = 1_000_000;

/// So many milliseconds in nanoseconds, as the clock counts.
#[must_use]
pub fn ns(ms: u64) -> u64 {
    ms.saturating_mul(MS)
}

/// When scenarios begin that do not say it: 2026-01-01T00:00:00Z, in milliseconds since 1970.
pub const BEGIN: i64 = 1_767_225_600_000;

/// Two clocks, as on a node: one that only goes on and that timers are measured by, and the calendar, which somebody may
/// set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    now: Instant,
    /// The calendar at instant 0, as it is set now.
    wall: i64,
}

impl Clock {
    /// One that begins now, with the calendar at so many milliseconds since 1970.
    #[must_use]
    pub fn new(wall: i64) -> Self {
        Self { now: Instant(0), wall }
    }

    /// Time since the beginning; it never goes back.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The calendar, in milliseconds since 1970.
    #[must_use]
    pub fn wall(&self) -> i64 {
        self.wall.saturating_add(i64::try_from(self.now.0 / MS).unwrap_or(i64::MAX))
    }

    /// When the calendar will show so many milliseconds since 1970, as it is set now; now, if that has passed.
    #[must_use]
    pub fn when(&self, wall: i64) -> Instant {
        let passes = u64::try_from(wall.saturating_sub(self.wall)).unwrap_or(0);
        self.now.max(Instant(ns(passes)))
    }

    /// Goes on to a point in time; one that has passed already changes nothing.
    pub fn go_to(&mut self, at: Instant) {
        self.now = self.now.max(at);
    }

    /// Somebody sets the calendar, forward or back; timers do not notice.
    pub fn set(&mut self, by_ms: i64) {
        self.wall = self.wall.saturating_add(by_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_the_calendar_leaves_time_alone() {
        let mut clock = Clock::new(BEGIN);
        clock.go_to(Instant(5_000 * MS));
        clock.set(-3_600_000);
        assert_eq!((clock.now(), clock.wall()), (Instant(5_000 * MS), BEGIN + 5_000 - 3_600_000));
        clock.go_to(Instant(1));
        assert_eq!(clock.now(), Instant(5_000 * MS), "time does not go back");
    }
}
