//! When watchers were asked, and which report of a recording answers which ask: the table is run through the recording.

use crate::recording::{Recorded, Recording, What as Happened, Who};
use crate::replay;
use machine_core::{Effect, OwnedTable, Verdict, WatcherId};
use machine_sim::trace::{Entry, Given, What};
use serde_json::Map;
use std::sync::Arc;

/// A watcher was asked.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) watcher: WatcherId,
    /// For the first time in its visit.
    pub(super) first: bool,
    /// While the machine was on its way to this one of its events, or because of it.
    pub(super) event: usize,
    /// Milliseconds since the beginning.
    pub(super) at_ms: u64,
    /// So many things had happened to the machine that were no answers.
    pub(super) others: usize,
    /// Nothing was reported before its visit was over, or the recording was.
    pub(super) answer: Option<Answer>,
}

/// What answers an ask.
#[derive(Debug)]
pub(super) struct Answer {
    /// Position among the events of the machine.
    pub(super) event: usize,
    /// Milliseconds since it was asked.
    pub(super) after_ms: u64,
    /// The machine went on by it, or something else happened to the machine before: when it comes matters.
    pub(super) is_timed: bool,
}

/// All that was asked, in order, and reports that answer nothing because the table goes another way.
#[derive(Debug, Default)]
pub(super) struct Asks {
    pub(super) asks: Vec<Ask>,
    pub(super) stray: Vec<usize>,
    others: usize,
}

/// What a table asks while it goes through a recording.
pub(super) fn of(who: &Who, recording: &Recording, table: &Arc<OwnedTable>) -> Asks {
    let mut asks = Asks::default();
    let mut event = 0;
    replay::go_through(who, recording, table, &Map::new(), &mut |recorded, entries| {
        asks.take(event, recorded, entries);
        event += 1;
    });
    asks
}

impl Asks {
    /// One event of the machine, and all that happened since the one before.
    fn take(&mut self, event: usize, recorded: &Recorded, entries: &[Entry]) {
        let mut is_given = false;
        for entry in entries {
            match &entry.what {
                What::Effect(Effect::Ask { watcher, first, .. }) => {
                    let (watcher, first, at_ms) = (*watcher, *first, entry.at.0 / 1_000_000);
                    self.asks.push(Ask { watcher, first, event, at_ms, others: self.others, answer: None });
                }
                What::Given(Given::Outcome { watcher, .. }, verdict) => {
                    is_given = self.answer(*watcher, event, entry.at.0 / 1_000_000, *verdict == Verdict::Moved);
                }
                What::Given(Given::Signal { .. } | Given::Condition { .. }, _)
                | What::Effect(Effect::Disarmed { fired: true, .. }) => self.others += 1,
                _ => {}
            }
        }
        if !is_given && matches!(recorded.what, Happened::Reported { .. }) {
            self.stray.push(event);
        }
    }

    /// The last ask of a watcher is answered, if it was not yet.
    fn answer(&mut self, watcher: WatcherId, event: usize, at_ms: u64, moved: bool) -> bool {
        let others = self.others;
        let last = self.asks.iter_mut().rfind(|it| it.watcher == watcher).filter(|it| it.answer.is_none());
        let Some(ask) = last else { return false };
        let is_timed = moved || others > ask.others;
        ask.answer = Some(Answer { event, after_ms: at_ms.saturating_sub(ask.at_ms), is_timed });
        true
    }
}
