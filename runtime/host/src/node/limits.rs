//! Limits: how many watchers of a node work at once, whichever machines they belong to. First come, first served.

use super::outbox::Asking;
use crate::metrics::LimitFigures;
use machine_core::definition::{Offline, Reach};
use machine_core::{Instant, Table};
use machine_drivers::Key;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// All limits of a node, by name.
#[derive(Debug, Default)]
pub(super) struct Limits(BTreeMap<String, Limit>);

/// One limit.
#[derive(Debug, Default)]
struct Limit {
    /// What each machine declares, by its number: the least counts.
    counts: BTreeMap<u32, u32>,
    /// Who works now.
    holders: BTreeSet<Key>,
    /// Who waits, the longest first, and until when.
    waiting: VecDeque<(Asking, Instant)>,
    /// It was said that machines do not agree, or that it counts on this node alone.
    is_disputed: bool,
    is_local: bool,
    /// Somebody goes ahead under it when the fleet cannot be asked.
    goes_ahead: bool,
}

impl Limit {
    fn count(&self) -> usize {
        let least = self.counts.values().min().copied().unwrap_or(1);
        usize::try_from(least).unwrap_or(usize::MAX).max(1)
    }

    /// Gives free slots to those that have waited longest.
    fn fill(&mut self, ready: &mut Vec<Asking>) {
        while self.holders.len() < self.count() {
            let Some((asking, _)) = self.waiting.pop_front() else { return };
            self.holders.insert(asking.key());
            ready.push(asking);
        }
    }
}

impl Limits {
    /// Notes what a machine declares, and forgets what it declared before. Returns what somebody should know: about
    /// which limit, and what.
    pub(super) fn declare(&mut self, machine: u32, table: &Table<'_>, is_kept: bool) -> Vec<(String, String)> {
        self.forget(machine);
        let mut warnings = Vec::new();
        for declared in table.limits() {
            let limit = self.0.entry(declared.name.to_owned()).or_default();
            limit.counts.insert(machine, declared.count);
            limit.goes_ahead |= declared.reach == Reach::Fleet(Offline::Proceed);
            let about = format!("limit `{}`", declared.name);
            let (least, most) = (limit.counts.values().min(), limit.counts.values().max());
            if least != most && !std::mem::replace(&mut limit.is_disputed, true) {
                let (least, most) = (least.unwrap_or(&0), most.unwrap_or(&0));
                let text = format!("machines declare different counts, {least} and {most}; the smaller one counts");
                warnings.push((about.clone(), text));
            }
            if declared.reach != Reach::Node && !is_kept && !std::mem::replace(&mut limit.is_local, true) {
                let text =
                    "no bucket is configured for limits across the fleet, so it counts on this node alone".to_owned();
                warnings.push((about, text));
            }
        }
        warnings
    }

    /// Those under which somebody goes ahead when the fleet cannot be asked.
    pub(super) fn going_ahead(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, it)| it.goes_ahead).map(|(name, _)| name.as_str())
    }

    /// How many may work under a limit at once.
    pub(super) fn count(&self, limit: &str) -> u32 {
        let least = self.0.get(limit).and_then(|it| it.counts.values().min().copied());
        least.unwrap_or(1).max(1)
    }

    /// A machine is gone, or runs another table. A limit that nobody names any more goes with its last holder.
    pub(super) fn forget(&mut self, machine: u32) {
        for limit in self.0.values_mut() {
            limit.counts.remove(&machine);
        }
        self.0.retain(|_, it| !(it.counts.is_empty() && it.holders.is_empty() && it.waiting.is_empty()));
    }

    /// Takes a slot; without one, who asks waits for it until then.
    pub(super) fn take(&mut self, limit: &str, asking: Asking, until: Instant) -> bool {
        let limit = self.0.entry(limit.to_owned()).or_default();
        let key = asking.key();
        if limit.holders.contains(&key) {
            return true;
        }
        if limit.waiting.iter().any(|(it, _)| it.key() == key) {
            return false;
        }
        if limit.waiting.is_empty() && limit.holders.len() < limit.count() {
            limit.holders.insert(key);
            return true;
        }
        limit.waiting.push_back((asking, until));
        false
    }

    /// Who works under a limit in any case, because the fleet gave it a slot.
    pub(super) fn note(&mut self, limit: &str, key: Key) {
        self.0.entry(limit.to_owned()).or_default().holders.insert(key);
    }

    /// Takes a slot if there is one, without waiting for it.
    pub(super) fn try_take(&mut self, limit: &str, key: Key) -> bool {
        let limit = self.0.entry(limit.to_owned()).or_default();
        let is_free = limit.holders.len() < limit.count();
        is_free && limit.holders.insert(key)
    }

    /// Who held a slot or waited for one does not need it any more. Returns those that have one now.
    pub(super) fn give_back(&mut self, key: Key) -> Vec<Asking> {
        let mut ready = Vec::new();
        for limit in self.0.values_mut() {
            limit.waiting.retain(|(it, _)| it.key() != key);
            if limit.holders.remove(&key) {
                limit.fill(&mut ready);
            }
        }
        ready
    }

    /// Those that have waited for too long, each with the name of its limit; they do not wait any more.
    pub(super) fn give_up(&mut self, now: Instant) -> Vec<(Asking, String)> {
        let mut given_up = Vec::new();
        for (name, limit) in &mut self.0 {
            let is_over = |it: &(Asking, Instant)| it.1 <= now;
            given_up.extend(limit.waiting.iter().filter(|it| is_over(it)).map(|(it, _)| (*it, name.clone())));
            limit.waiting.retain(|it| !is_over(it));
        }
        given_up
    }

    /// How much each limit is used.
    pub(super) fn figures(&self) -> Vec<LimitFigures> {
        let figures = |(name, it): (&String, &Limit)| LimitFigures {
            name: name.clone(),
            slots: it.count(),
            used: it.holders.len(),
            waiting: it.waiting.len(),
        };
        self.0.iter().map(figures).collect()
    }

    /// When the first of those that wait gives up.
    pub(super) fn deadline(&self) -> Instant {
        let until = self.0.values().flat_map(|it| it.waiting.iter().map(|(_, until)| *until));
        until.min().unwrap_or(Instant::NEVER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine_core::WatcherId;

    fn asking(machine: u32) -> Asking {
        Asking { machine, watcher: WatcherId(0), visit: 1, first: true, resumed: false }
    }

    fn numbers(asked: Vec<Asking>) -> Vec<u32> {
        asked.into_iter().map(|it| it.machine).collect()
    }

    /// A limit that these machines declare with these counts.
    fn limits(counts: &[(u32, u32)]) -> Limits {
        let mut limits = Limits::default();
        limits.0.insert("fans".into(), Limit { counts: counts.iter().copied().collect(), ..Limit::default() });
        limits
    }

    #[test]
    fn slots_go_to_those_that_have_waited_longest() {
        let mut limits = limits(&[(1, 2)]);
        let until = Instant(100);
        let taken: Vec<_> = (1..=5).map(|it| limits.take("fans", asking(it), until)).collect();
        assert_eq!(taken, [true, true, false, false, false]);
        assert!(limits.take("fans", asking(1), until), "who has one keeps it");
        assert!(!limits.take("fans", asking(3), until), "nobody waits twice");
        assert_eq!(numbers(limits.give_back(asking(2).key())), [3]);
        assert_eq!(numbers(limits.give_back(asking(2).key())), [0_u32; 0], "a slot is given back once");
        assert_eq!(numbers(limits.give_back(asking(4).key())), [0_u32; 0], "who only waited had none");
        assert_eq!(numbers(limits.give_back(asking(1).key())), [5]);
    }

    #[test]
    fn who_has_waited_long_enough_gives_up() {
        let mut limits = limits(&[(1, 1)]);
        assert_eq!(limits.deadline(), Instant::NEVER);
        for (machine, until) in [(1, 0), (2, 50), (3, 40), (4, 60)] {
            limits.take("fans", asking(machine), Instant(until));
        }
        assert_eq!(limits.deadline(), Instant(40));
        assert_eq!(limits.give_up(Instant(39)), []);
        let given_up: Vec<_> = limits.give_up(Instant(50)).into_iter().map(|(it, name)| (it.machine, name)).collect();
        assert_eq!(given_up, [(2, "fans".to_owned()), (3, "fans".to_owned())]);
        assert_eq!(numbers(limits.give_back(asking(1).key())), [4]);
    }

    #[test]
    fn who_goes_ahead_offline_counts_with_those_that_have_a_slot_of_the_fleet() {
        let mut limits = limits(&[(1, 2)]);
        limits.note("fans", asking(1).key());
        assert!(limits.try_take("fans", asking(2).key()));
        assert!(!limits.try_take("fans", asking(3).key()), "nobody waits here");
        assert_eq!(limits.deadline(), Instant::NEVER);
        limits.give_back(asking(1).key());
        assert!(limits.try_take("fans", asking(3).key()));
        // The fleet knows better than this node how many there are.
        limits.note("fans", asking(4).key());
        limits.give_back(asking(2).key());
        assert!(!limits.try_take("fans", asking(5).key()));
    }

    #[test]
    fn the_least_count_counts() {
        let mut limits = limits(&[(1, 3), (2, 1)]);
        let taken: Vec<_> = (1..=2).map(|it| limits.take("fans", asking(it), Instant(9))).collect();
        assert_eq!(taken, [true, false]);
        limits.forget(2);
        assert!(!limits.take("fans", asking(3), Instant(9)), "nobody overtakes");
        assert_eq!(numbers(limits.give_back(asking(1).key())), [2, 3]);
    }
}
