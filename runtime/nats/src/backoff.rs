//! How long to wait before trying again.

use std::time::Duration;

/// Waits that grow from a quarter of a second to half a minute, each drawn by chance between nothing and its full
/// length: a thousand nodes that lose one server do not come back to it in step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// The first full length.
    pub const FIRST: Duration = Duration::from_millis(250);
    /// The last one.
    pub const LONGEST: Duration = Duration::from_secs(30);

    /// The wait before the next attempt.
    pub fn wait(&mut self) -> Duration {
        self.attempts = self.attempts.saturating_add(1);
        Backoff::before(self.attempts)
    }

    /// It worked: the next wait is short again.
    pub fn worked(&mut self) {
        self.attempts = 0;
    }

    /// The wait before this attempt; the first one is number 1.
    #[must_use]
    pub fn before(attempt: u32) -> Duration {
        Backoff::full(attempt).mul_f64(fastrand::f64())
    }

    /// The longest that the wait before this attempt can be.
    fn full(attempt: u32) -> Duration {
        let doubled = 2u32.checked_pow(attempt.saturating_sub(1)).and_then(|factor| Backoff::FIRST.checked_mul(factor));
        doubled.map_or(Backoff::LONGEST, |full| full.min(Backoff::LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_half_a_minute() {
        let full = |attempt| Backoff::full(attempt).as_millis();
        assert_eq!(
            [0, 1, 2, 3, 7, 8, 9, 40, u32::MAX].map(full),
            [250, 250, 500, 1000, 16000, 30000, 30000, 30000, 30000]
        );
    }

    #[test]
    fn no_two_nodes_wait_alike() {
        let waits: Vec<_> = (0..32).map(|_| Backoff::before(8)).collect();
        assert!(waits.iter().all(|wait| *wait < Backoff::LONGEST));
        assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
    }

    #[test]
    fn what_worked_begins_anew() {
        let mut backoff = Backoff::default();
        for _ in 0..20 {
            backoff.wait();
        }
        backoff.worked();
        assert!(backoff.wait() < Backoff::FIRST);
    }
}
