//! The times after a step: as the runtime has them, or sooner.

use super::doing::Doing;
use super::label::{Due, Label};
use super::source::{Source, What};
use super::{EARNED_MS, NEVER, SAVED_MS};
use crate::model::Counted;

/// A step under way.
pub(super) struct Going<'s> {
    pub(super) sources: &'s [Source],
    pub(super) label: Label,
    /// Asks are counted; else each is seen together with its answer.
    counts_asks: bool,
    /// Watchers that were asked.
    pub(super) asks: usize,
}

impl<'s> Going<'s> {
    pub(super) fn from(sources: &'s [Source], label: &Label, of: Counted) -> Self {
        Self { sources, label: label.clone(), counts_asks: of == Counted::Commands, asks: 0 }
    }

    /// Before anything was begun.
    pub(super) fn at_start(sources: &'s [Source], of: Counted) -> Self {
        let label = Label { at: 0, pace: 0, dues: vec![Due::IDLE; sources.len()], came: None };
        Self { sources, label, counts_asks: of == Counted::Commands, asks: 0 }
    }

    /// A watcher is asked, when it is due.
    pub(super) fn ask(&mut self, source: usize) {
        let due = self.label.dues[source].at;
        self.label.at = self.label.at.max(due);
        self.label.dues[source] = self.sources[source].asked(due);
        self.asks += 1;
    }

    /// A source brings something about: a watcher reports, which it was asked for before, or a timer fires.
    pub(super) fn occur(&mut self, source: usize) {
        let what = self.sources[source].what;
        if !self.label.dues[source].open && !matches!(what, What::Timer(..)) {
            self.ask(source);
        }
        let Due { at, .. } = self.label.dues[source];
        match what {
            // That a run answers once only, its configurations know.
            What::Asked(_, NEVER) if !self.counts_asks => {
                self.label.dues[source] = Due { at: self.label.at, open: false };
            }
            What::Asked(..) => self.label.dues[source] = Due { at: at.max(self.label.at), open: false },
            What::Told(_, pace) => {
                self.label.at = self.label.at.max(at);
                let next = pace.map_or(NEVER, |it| (at + it).max(self.label.at));
                self.label.dues[source] = Due { at: next, open: true };
            }
            What::Timer(..) => {
                self.label.at = self.label.at.max(at);
                if self.counts_asks {
                    self.label.dues[source] = Due { at: NEVER, open: true };
                }
            }
        }
    }

    /// What follows at once.
    pub(super) fn carry_out(&mut self, doing: &Doing) {
        for begun in &doing.moves {
            let asked = self.spend();
            begun.iter().for_each(|it| self.begin(*it, asked));
        }
        doing.polled.iter().for_each(|it| self.poll(*it));
        doing.idle.iter().for_each(|it| self.label.dues[*it] = Due::IDLE);
    }

    /// Spends what a transition costs; when those are asked that it begins.
    fn spend(&mut self) -> i64 {
        self.label.pace = self.label.pace.max(self.label.at) + EARNED_MS;
        self.label.at.max(self.label.pace - SAVED_MS)
    }

    fn begin(&mut self, source: usize, asked: i64) {
        let it = self.sources[source];
        let is_watcher = !matches!(it.what, What::Timer(..));
        let is_late = is_watcher && (asked > self.label.at || !self.counts_asks) && !it.has_moments();
        self.asks += usize::from(is_watcher && !is_late);
        self.label.dues[source] = match () {
            () if it.has_moments() => Due { open: true, ..self.label.dues[source] },
            () if is_late => Due { at: asked, open: false },
            () => it.asked(self.label.at),
        };
    }

    /// One that is under way is not asked a second time, and costs nothing; whether it is may be left to it.
    fn poll(&mut self, source: usize) {
        let (before, due) = (self.label.pace, self.label.dues[source]);
        let asked = self.spend();
        if due.open || !self.counts_asks {
            self.label.pace = before;
        }
        if !self.counts_asks {
            self.label.dues[source].at = due.at.min(asked);
            return;
        }
        let is_now = asked <= self.label.at;
        self.asks += usize::from(is_now);
        let at =
            if is_now && matches!(self.sources[source].what, What::Asked(..)) { due.at } else { due.at.min(asked) };
        self.label.dues[source] = Due { at, open: due.open || is_now };
    }
}
