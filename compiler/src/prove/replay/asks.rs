//! Watchers that are asked on a way: whether they will answer, and which of the asks count.

use super::{Open, Replay, Told, WAITS};
use crate::model::WatcherId;
use crate::prove::event::Cause;
use crate::prove::script::Answer;
use machine_core::Input;

/// It was asked, and has nothing to report.
pub(super) const NOTHING: Answer = Answer { outcome: None, values: Vec::new(), after_ms: 0, times: 1 };

impl Replay<'_, '_> {
    /// Asks are kept open if they will be answered on the way; else there is nothing to report.
    pub(super) fn answer(&mut self, told: Told) {
        for watcher in told.stops {
            if let Some(it) = self.model(watcher)
                && self.open.remove(&it.0).is_some()
            {
                self.script.answered(it.0, NOTHING);
            }
        }
        for (watcher, visit) in told.asks {
            let Some(it) = self.model(watcher) else { continue };
            if self.is_kept_open(it) {
                self.open.insert(it.0, Open { since: self.now, behind: self.happened, event: self.event });
            } else {
                self.script.answered(it.0, NOTHING);
                self.give(Input::Done { watcher, visit });
            }
        }
    }

    fn is_kept_open(&self, watcher: WatcherId) -> bool {
        match self.is_free {
            true => !self.space().machine.kind_of(watcher).notified,
            false => self.is_wanted(watcher, self.early.contains(&watcher)),
        }
    }

    /// Whether the watcher is to answer before it is asked again; of one that is asked `early`, the way has this ask yet.
    fn is_wanted(&self, watcher: WatcherId, early: bool) -> bool {
        let machine = self.space().machine;
        if machine.kind_of(watcher).notified {
            return false;
        }
        let once = machine.watcher(watcher).once;
        let ahead = self.steps.get(self.next..).unwrap_or(&[]).iter().filter_map(|it| self.graph.cause(it));
        let ahead = ahead.take_while(|it| once || !matches!(it, Cause::After(_)));
        let mut its = ahead.filter(|it| matches!(it, Cause::Outcome(of, _) | Cause::Ask(of) if *of == watcher));
        let mut next = its.next();
        if early && matches!(next, Some(Cause::Ask(_))) {
            next = its.next();
        }
        matches!(next, Some(Cause::Outcome(..)))
    }

    /// Watchers that are asked at their pace, if that counts: a step each.
    pub(super) fn note_asks(&mut self, told: &Told) {
        if self.counts_asks && !told.asks.is_empty() {
            let asked: Vec<_> = told.asks.iter().filter_map(|it| self.model(it.0)).collect();
            let (leaf, known) = (self.leaf(), self.data());
            for watcher in asked {
                self.early.push(watcher);
                self.note(Some(Cause::Ask(watcher)), leaf, Vec::new(), &known, Some(told));
            }
        }
    }

    /// Time passes until the watcher of the next step is asked, which may have come about while another was waited for.
    pub(super) fn wait_to_be_asked(&mut self, watcher: WatcherId) -> Option<()> {
        self.next += 1;
        for _ in 0..WAITS {
            if self.meet(watcher) {
                return Some(());
            }
            let due = self.due()?;
            self.pass_to(due)?;
        }
        None
    }

    /// An ask that the way has; whether it came about.
    pub(super) fn meet(&mut self, watcher: WatcherId) -> bool {
        let at = self.early.iter().position(|it| *it == watcher);
        at.map(|it| self.early.remove(it)).is_some()
    }
}
