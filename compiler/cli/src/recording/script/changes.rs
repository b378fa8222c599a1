//! Watchers that are told of changes, such as `file`: what they report when a state asks for them anew.
//!
//! In a test such a watcher says then at once that things are as they were. On a node somebody has to look first: the
//! answer may come late, or not before the state is left again. Where that made a difference, each report stands at its
//! own time, and between them the watcher has nothing to say.

use super::Script;
use super::asks::{Ask, Asks};
use crate::recording::{Recorded, What};
use machine_core::WatcherId;
use std::collections::BTreeSet;

/// How the reports of one watcher are written: by their positions among the events of the machine.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    /// They say that things are as they were, which needs no line.
    implied: BTreeSet<usize>,
    /// After them the watcher is asked anew, and says nothing by itself.
    silenced: BTreeSet<usize>,
}

/// For the reports of a watcher in their order, and what it was asked. `is_as_it_was` says whether a report answers an ask as
/// a test would by itself, after the report before it.
fn of(asks: &[&Ask], reports: &[usize], is_as_it_was: impl Fn(&Ask, usize, usize) -> bool) -> Changes {
    let anew: Vec<(&Ask, usize)> = asks.iter().filter_map(|ask| Some((*ask, last_before(ask, reports)?))).collect();
    let implied = |(ask, before): &(&Ask, usize)| {
        let answer = ask.answer.as_ref()?.event;
        is_as_it_was(ask, *before, answer).then_some(answer)
    };
    let all: Option<BTreeSet<usize>> = anew.iter().map(implied).collect();
    match all {
        Some(implied) => Changes { implied, silenced: BTreeSet::new() },
        None => Changes { implied: BTreeSet::new(), silenced: anew.into_iter().map(|it| it.1).collect() },
    }
}

/// The last report before a watcher was asked.
fn last_before(ask: &Ask, reports: &[usize]) -> Option<usize> {
    let answer = ask.answer.as_ref().map(|it| it.event);
    reports.iter().copied().rfind(|it| *it <= ask.event && Some(*it) != answer)
}

impl Script<'_> {
    /// What watchers that are told of changes say when they are asked anew.
    pub(super) fn changes(&mut self, events: &[Recorded], asks: &Asks) {
        let names = asks.asks.iter().filter_map(|it| self.table.watcher_name(it.watcher));
        let names: BTreeSet<_> = names.filter(|it| self.is_told_of_changes(it)).collect();
        for name in names {
            let found = self.changes_of(name, events, asks);
            self.told.extend(found.implied);
            self.silenced.extend(found.silenced);
        }
    }

    fn changes_of(&self, name: &str, events: &[Recorded], asks: &Asks) -> Changes {
        let is_its = |it: &&Ask| it.first && self.table.watcher_name(it.watcher) == Some(name);
        let asked: Vec<_> = asks.asks.iter().filter(is_its).collect();
        let is_report = |it: &Recorded| matches!(&it.what, What::Reported { watcher, .. } if watcher == name);
        let reports: Vec<_> = (0..).zip(events).filter(|it| is_report(it.1)).map(|it| it.0).collect();
        of(&asked, &reports, |ask, before, answer| {
            let [before, now] = [before, answer].map(|it| events.get(it).map(|it| &it.what));
            self.is_at_once(ask) && before.zip(now).is_some_and(|(before, now)| self.is_as_it_was(before, now))
        })
    }

    /// Whether a report says of a thing what a test takes for granted after the one before: that it is as it was.
    fn is_as_it_was(&self, before: &What, now: &What) -> bool {
        let (
            What::Reported { watcher, outcome: before, fields: known, .. },
            What::Reported { outcome: now, fields, .. },
        ) = (before, now)
        else {
            return false;
        };
        let is_fault = |watcher: WatcherId| {
            let mut outcomes = 0..self.table.outcome_count(watcher);
            outcomes
                .any(|it| self.table.outcome_name_of(watcher, it) == Some(before) && self.table.is_fault(watcher, it))
        };
        let expected = if self.watcher(watcher).is_some_and(is_fault) { before } else { "present" };
        now == expected && self.carried(watcher, before, known) == self.carried(watcher, now, fields)
    }
}

#[cfg(test)]
mod tests {
    use super::super::asks::Answer;
    use super::*;

    fn ask(event: usize, answer: Option<usize>) -> Ask {
        let answer = answer.map(|event| Answer { event, after_ms: 0, is_timed: false });
        Ask { watcher: WatcherId(0), first: true, event, at_ms: 0, others: 0, answer }
    }

    /// Where reports at these positions need no line, and behind which there is silence.
    #[track_caller]
    fn check(asks: &[Ask], reports: &[usize], implied: &[usize], silenced: &[usize]) {
        let asks: Vec<_> = asks.iter().collect();
        let found = of(&asks, reports, |_, _, answer| answer % 2 == 0);
        let [implied, silenced] = [implied, silenced].map(|it| it.iter().copied().collect());
        assert_eq!(found, Changes { implied, silenced });
    }

    #[test]
    fn what_was_as_it_had_been_each_time_needs_no_line() {
        check(&[ask(0, Some(1)), ask(3, Some(4)), ask(7, Some(8))], &[1, 4, 8], &[4, 8], &[]);
        check(&[ask(0, Some(1))], &[1, 2, 3], &[], &[]);
    }

    #[test]
    fn one_that_was_not_makes_silence_before_all() {
        check(&[ask(0, Some(1)), ask(3, Some(4)), ask(7, Some(9))], &[1, 4, 9], &[], &[1, 4]);
        check(&[ask(0, Some(1)), ask(3, None)], &[1, 2], &[], &[2]);
        check(&[ask(0, Some(1)), ask(1, None)], &[1], &[], &[1]);
    }

    #[test]
    fn before_anything_was_reported_there_is_nothing_to_be_as_it_was() {
        check(&[ask(0, None), ask(2, Some(3))], &[3], &[], &[]);
    }
}
