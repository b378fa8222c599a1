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

/// A duration as the language writes it: `2h`, `1h30m`, `500ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Milliseconds(pub u64);

impl core::fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        const UNITS: [(&str, u64); 6] =
            [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
        let mut left = self.0;
        for (name, unit) in UNITS {
            if left >= unit {
                write!(f, "{}{name}", left / unit)?;
                left %= unit;
            }
        }
        if self.0 == 0 { f.write_str("0s") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn durations_are_written_as_in_the_source() {
        let shown = [0, 500, 10_000, 5_400_000, 90_061_001, 604_800_000].map(|it| Milliseconds(it).to_string());
        assert_eq!(shown, ["0s", "500ms", "10s", "1h30m", "1d1h1m1s1ms", "1w"]);
    }
}
