//! Time as the core sees it: a number that the caller passes in.

/// A point in time: nanoseconds since some start that the caller keeps fixed while it runs. It never goes back.
///
/// A node uses the time since boot, suspended time included; a test uses whatever it likes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u64);

impl Instant {
    /// Later than every point that is ever reached: 584 years.
    pub const NEVER: Self = Self(u64::MAX);

    /// This point and so many milliseconds; stays below [`Instant::NEVER`].
    #[must_use]
    pub fn after_ms(self, ms: u64) -> Self {
        self.after_ns(ms.saturating_mul(1_000_000))
    }

    /// This point and so many nanoseconds; stays below [`Instant::NEVER`].
    #[must_use]
    pub fn after_ns(self, ns: u64) -> Self {
        Self(self.0.saturating_add(ns).min(u64::MAX - 1))
    }

    /// Nanoseconds from `earlier` to here, 0 if it is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
