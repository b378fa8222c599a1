//! What is expected, held against what happened.

use super::run::Runner;
use super::{Counted, Expect, FailureKind, Judge, Times};
use crate::value::{Payload, Value};
use machine_core::{Instant, StateId, Table};

impl Runner<'_> {
    /// The line at hand expects something.
    pub(super) fn expect(&mut self, expect: &Expect, judge: &mut dyn Judge) {
        match expect {
            Expect::Holds(claims) => self.judge(self.line, self.now(), claims, judge),
            Expect::Never(_) => self.close_guard(),
            Expect::At { .. } => self.moment_is_here(judge),
            Expect::Path(wanted) => self.expect_path(wanted),
            Expect::Ran { watchers, times } => {
                let found: u32 = watchers.iter().map(|it| self.world.asked(0, *it)).sum();
                if !times.allow(found as usize) {
                    self.fail(self.now(), FailureKind::Ran { found });
                }
            }
            Expect::Emitted { emit, fields, times } => self.expect_emitted(*emit, fields, *times),
            Expect::AtMost { count, of, per_ms } => self.expect_at_most(*count, *of, *per_ms),
        }
    }

    fn expect_path(&mut self, wanted: &[StateId]) {
        let found = self.world.path(0);
        let Some(machine) = self.world.machine(0) else { return };
        let table = machine.table();
        let is_there = |(found, wanted): (&(Instant, StateId), &StateId)| is_in(&table, found.1, *wanted);
        let same = found.iter().zip(wanted).take_while(|it| is_there(*it)).count();
        if same < found.len().max(wanted.len()) {
            let at = found.get(same).map_or(self.now(), |it| it.0);
            self.fail(at, FailureKind::Path { found: found.to_vec(), differs: same });
        }
    }

    fn expect_emitted(&mut self, emit: u16, fields: &[(usize, Value)], times: Times) {
        let told: Vec<_> = self.world.emitted(0).iter().filter(|it| it.1 == emit).collect();
        let is_meant = |values: &Payload| fields.iter().all(|(index, value)| values.get(*index) == Some(value));
        let found = told.iter().filter(|it| is_meant(&it.2)).count();
        if !times.allow(found) {
            let told = told.into_iter().map(|(at, _, values)| (*at, values.clone())).collect();
            self.fail(self.now(), FailureKind::Emitted { found, told });
        }
    }

    fn expect_at_most(&mut self, count: u64, of: Counted, per_ms: Option<u64>) {
        let times: Vec<Instant> = match of {
            Counted::Transitions => self.world.path(0).iter().skip(1).map(|it| it.0).collect(),
            Counted::Commands => self.world.asks(0).to_vec(),
        };
        let (found, from) = per_ms.map_or((times.len(), Instant(0)), |ms| busiest(&times, ms));
        if found as u64 > count {
            let at = times.iter().filter(|it| **it >= from).nth(usize::try_from(count).unwrap_or(usize::MAX));
            let at = at.copied().unwrap_or(self.now());
            self.fail(at, FailureKind::TooMany { found: found as u64, from });
        }
    }
}

/// The most in any so many milliseconds, and where these begin.
fn busiest(times: &[Instant], per_ms: u64) -> (usize, Instant) {
    let (mut most, mut first) = ((0, Instant(0)), 0);
    for (last, at) in times.iter().enumerate() {
        while times.get(first).is_some_and(|it| it.after_ms(per_ms) <= *at) {
            first += 1;
        }
        if last + 1 - first > most.0 {
            most = (last + 1 - first, times.get(first).copied().unwrap_or(*at));
        }
    }
    most
}

/// Whether a leaf is a state, or inside it.
#[must_use]
pub fn is_in(table: &Table<'_>, leaf: StateId, state: StateId) -> bool {
    std::iter::successors(Some(leaf), |it| table.parent(*it)).any(|it| it == state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_stretch_is_found() {
        let seconds = |times: &[u64]| times.iter().map(|it| Instant(it * 1_000_000_000)).collect::<Vec<_>>();
        let check = |times: &[u64], per_ms, most, from| {
            assert_eq!(busiest(&seconds(times), per_ms), (most, seconds(&[from])[0]), "{times:?} {per_ms}");
        };
        check(&[], 1_000, 0, 0);
        check(&[3], 1_000, 1, 3);
        check(&[1, 5, 6, 7, 20], 3_000, 3, 5);
        check(&[1, 5, 6, 8, 20], 3_000, 2, 5);
    }
}
