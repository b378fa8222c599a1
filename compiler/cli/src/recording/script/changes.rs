//! Watchers that are told of changes, such as `file`: what they report when a state asks for them anew.
//!
//! In a test such a watcher says then at once that things are as they were. On a node somebody has to look first: the
//! answer may come late, or not before the state is left again. Where that made a difference, each report stands at its
//! own time, and between them the watcher has nothing to say.

use super::asks::Ask;
use std::collections::BTreeSet;

/// How the reports of one watcher are written: by their positions among the events of the machine.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// They say that things are as they were, which needs no line.
    pub(super) implied: BTreeSet<usize>,
    /// After them the watcher is asked anew, and says nothing by itself.
    pub(super) silenced: BTreeSet<usize>,
}

/// For the reports of a watcher in their order, and what it was asked. `is_as_it_was` says whether a report answers an ask as
/// a test would by itself, after the report before it.
pub(super) fn of(asks: &[&Ask], reports: &[usize], is_as_it_was: impl Fn(&Ask, usize, usize) -> bool) -> Changes {
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

#[cfg(test)]
mod tests {
    use super::super::asks::Answer;
    use super::*;
    use machine_core::WatcherId;

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
