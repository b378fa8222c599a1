//! When to look at what nobody reports: all paths of one pace are looked at together, in one round, so that a thousand
//! of them wake the thread once and not a thousand times.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::door::Key;

/// The rounds, by their pace.
#[derive(Debug, Default)]
pub(crate) struct Rounds(BTreeMap<Duration, Round>);

/// What is looked at together.
#[derive(Debug)]
struct Round {
    at: Instant,
    keys: BTreeSet<Key>,
}

impl Rounds {
    /// Looks at `key` at this pace from now on. Its first turn may come sooner, never later.
    pub(crate) fn join(&mut self, key: Key, pace: Duration, now: Instant) {
        let round = self.0.entry(pace).or_insert_with(|| Round { at: now + pace, keys: BTreeSet::new() });
        round.keys.insert(key);
    }

    /// Does not look at `key` at this pace any more.
    pub(crate) fn leave(&mut self, key: Key, pace: Duration) {
        if let Some(round) = self.0.get_mut(&pace) {
            round.keys.remove(&key);
            if round.keys.is_empty() {
                self.0.remove(&pace);
            }
        }
    }

    /// When the next round is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.0.values().map(|round| round.at).min()
    }

    /// Adds everything whose turn has come to `keys`, and says when it comes again.
    pub(crate) fn take_due(&mut self, now: Instant, keys: &mut BTreeSet<Key>) {
        for (pace, round) in self.0.iter_mut().filter(|(_, round)| round.at <= now) {
            keys.extend(&round.keys);
            let next = round.at + *pace;
            round.at = if next > now { next } else { now + *pace };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn key(machine: u32) -> Key {
        Key { machine, watcher: 0, visit: 1 }
    }

    fn due(rounds: &mut Rounds, now: Instant) -> Vec<u32> {
        let mut keys = BTreeSet::new();
        rounds.take_due(now, &mut keys);
        keys.into_iter().map(|key| key.machine).collect()
    }

    #[test]
    fn what_has_one_pace_has_its_turn_together_and_never_late() {
        let (mut rounds, begun) = (Rounds::default(), Instant::now());
        rounds.join(key(1), SECOND, begun);
        rounds.join(key(2), SECOND, begun + SECOND / 2);
        rounds.join(key(3), 3 * SECOND, begun);
        assert_eq!(rounds.next(), Some(begun + SECOND));
        assert_eq!(due(&mut rounds, begun + SECOND / 2), [0; 0]);
        assert_eq!(due(&mut rounds, begun + SECOND), [1, 2]);
        assert_eq!(due(&mut rounds, begun + SECOND), [0; 0]);
        // A thread that comes late does not make up for what it missed.
        assert_eq!(due(&mut rounds, begun + 5 * SECOND), [1, 2, 3]);
        assert_eq!(rounds.next(), Some(begun + 6 * SECOND));
    }

    #[test]
    fn a_round_that_nobody_is_in_is_never_due() {
        let (mut rounds, begun) = (Rounds::default(), Instant::now());
        rounds.join(key(1), SECOND, begun);
        rounds.leave(key(2), SECOND);
        rounds.leave(key(1), 2 * SECOND);
        assert_eq!(rounds.next(), Some(begun + SECOND));
        rounds.leave(key(1), SECOND);
        assert_eq!(rounds.next(), None);
    }
}
