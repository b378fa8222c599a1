//! What is done on a way, one thing after the other, so that it can be done again at other times.

use super::{Replay, Told, core};
use crate::model::{Origin, WatcherId};
use crate::prove::Step;
use crate::prove::event::Cause;
use crate::prove::script::Answer;
use crate::prove::trace::Taken;
use machine_core::Input;

/// One thing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// A step: a watcher answers, a timer fires, others do something.
    Step(Taken),
    /// What is due first is done, and it is that a watcher is asked.
    Ask,
    /// A watcher that was asked has nothing to report.
    Nothing(WatcherId),
}

/// What was done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed {
    pub(super) act: Act,
    pub(super) at: u64,
    /// Transitions or asks that the machine brought about.
    pub(super) counted: usize,
}

/// What comes at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Timer(u16),
    Watcher(u16),
}

/// When it comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub(super) source: Source,
    pub(super) at: u64,
    /// In which visit a watcher is asked.
    pub(super) visit: u32,
}

impl Replay<'_, '_> {
    /// Does one thing, now. Nothing if that does not come about.
    pub(super) fn perform(&mut self, act: Act) -> Option<()> {
        let seen = self.seen.len();
        self.armed.clear();
        self.event = self.deeds.len() + 1;
        match act {
            Act::Step(step) => self.perform_step(&step)?,
            Act::Ask => {
                let told = self.tick().filter(|it| it.fired.is_none() && it.moves == 0)?;
                self.note_asks(&told);
                self.answer(told);
            }
            Act::Nothing(watcher) => self.report_nothing(watcher)?,
        }
        let of = |it: &Step| if self.counts_asks { it.asked.len() } else { it.moves };
        let counted = self.seen[seen..].iter().map(of).sum();
        self.deeds.push(Deed { act, at: self.now, counted });
        Some(())
    }

    fn report_nothing(&mut self, watcher: WatcherId) -> Option<()> {
        let after_ms = self.now - self.open.remove(&watcher.0)?.since;
        self.script.answered(watcher.0, Answer { outcome: None, values: Vec::new(), after_ms, times: 1 });
        let id = self.core(watcher)?;
        let visit = self.instance.visit_of(id)?;
        self.give(Input::Done { watcher: id, visit });
        Some(())
    }

    fn perform_step(&mut self, step: &Taken) -> Option<()> {
        match self.graph.cause(step)? {
            cause @ Cause::After(_) => {
                let (before, known) = (self.leaf(), self.data());
                let told = self.tick().filter(|it| self.is_fired(cause, it))?;
                self.next += 1;
                self.note(Some(cause), before, Vec::new(), &known, Some(&told));
                self.answer(told);
                self.is_at(self.graph.configs[step.to as usize]).then_some(())
            }
            Cause::Outcome(watcher, _) if !self.can_report(watcher) => None,
            cause => self.bring_about(step, cause),
        }
    }

    fn can_report(&self, watcher: WatcherId) -> bool {
        self.space().machine.kind_of(watcher).notified || self.open.contains_key(&watcher.0)
    }

    /// When a node ends it, if it was asked at this time.
    pub(super) fn limit(&self, watcher: usize, asked: u64) -> Option<u64> {
        Some(asked.saturating_add(self.space().machine.timeout_of(WatcherId(watcher))?))
    }

    /// A watcher reports, or others do something, with the first values that lead where the step does.
    pub(super) fn bring_about(&mut self, step: &Taken, cause: Cause) -> Option<()> {
        let origin = match cause {
            Cause::Outcome(watcher, outcome) => Some(Origin::Outcome(watcher, outcome)),
            Cause::Signal(signal) => Some(Origin::Signal(signal)),
            _ => None,
        };
        let fields = origin.map(|it| self.space().machine.payload(it)).unwrap_or_default();
        self.choices(step, origin, &fields).into_iter().find_map(|chosen| {
            let mut attempt = self.clone();
            attempt.happen(step, cause, &fields, chosen)?;
            *self = attempt;
            Some(())
        })
    }

    /// The one thing that is due now.
    fn tick(&mut self) -> Option<Told> {
        self.ticked = Some(self.now);
        (self.due()? <= self.now).then(|| self.give(Input::Tick))
    }

    /// All that comes at its time. Of what is due at the same time, the core does the first of these first.
    pub(super) fn dues(&self) -> Vec<Due> {
        let ms = |it: machine_core::Instant| it.0.div_ceil(1_000_000);
        let timers = self.instance.armed().map(|(it, at)| Due { source: Source::Timer(it.0), at: ms(at), visit: 0 });
        let watcher = |it: core::WatcherId| {
            let (at, visit) = (self.instance.next_ask_of(it)?, self.instance.visit_of(it)?);
            Some(Due { source: Source::Watcher(it.0), at: ms(at), visit })
        };
        timers.chain(self.table.watchers().filter_map(watcher)).collect()
    }
}
