//! After many things have happened at once, memory that was used for them is given back.

use super::Node;
use machine_core::Instant;

/// After so many records. What fewer leave behind is used again by the next ones.
const RECORDS: usize = 1_000;
/// So long after the last of them: a node that is busy will use it again.
const AFTER_MS: u64 = 500;

/// When to do it next.
#[derive(Debug)]
pub(super) struct Tidy {
    records: usize,
    /// When the last of them was written.
    last: Instant,
    /// When to look whether it is time.
    pub(super) at: Instant,
}

impl Default for Tidy {
    fn default() -> Self {
        Self { records: 0, last: Instant(0), at: Instant::NEVER }
    }
}

impl Tidy {
    /// One more record was written.
    pub(super) fn note(&mut self, now: Instant) {
        self.records += 1;
        self.last = now;
        if self.records == RECORDS {
            self.at = now.after_ms(AFTER_MS);
        }
    }

    /// Whether it is time. If not, it says when to look again.
    fn is_due(&mut self, now: Instant) -> bool {
        if self.at > now {
            return false;
        }
        let quiet = self.last.after_ms(AFTER_MS);
        let is_due = quiet <= now;
        *self = if is_due { Self::default() } else { Self { at: quiet, ..*self } };
        is_due
    }
}

impl Node {
    /// Gives memory back if it is time for it.
    pub(super) fn tidy_if_due(&mut self, now: Instant) {
        if self.tidy.is_due(now) {
            machine_drivers::spawn::give_back_memory();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_time_after_many_records_and_a_rest() {
        let mut tidy = Tidy::default();
        (1..RECORDS).for_each(|_| tidy.note(Instant(5)));
        assert_eq!(tidy.at, Instant::NEVER);
        tidy.note(Instant(5));
        let soon = Instant(5).after_ms(AFTER_MS);
        assert_eq!((tidy.at, tidy.is_due(Instant(9))), (soon, false));
        tidy.note(Instant(9));
        let later = Instant(9).after_ms(AFTER_MS);
        assert_eq!((tidy.is_due(soon), tidy.at), (false, later));
        assert_eq!((tidy.is_due(later), tidy.at), (true, Instant::NEVER));
    }
}
