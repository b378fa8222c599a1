//! Time on a way: it passes only where something wants it.

use super::asks::NOTHING;
use super::{Replay, Told, WAITS};
use crate::model::WatcherId;
use crate::prove::event::Cause;
use crate::prove::script::Line;
use crate::prove::trace::Taken;
use machine_core::Input;

impl Replay<'_, '_> {
    /// Time passes until the watcher has been asked. Nothing if a timer fires before.
    pub(super) fn wait_for(&mut self, watcher: WatcherId) -> Option<()> {
        let id = self.core(watcher)?;
        self.instance.visit_of(id)?;
        if self.space().machine.kind_of(watcher).notified {
            return Some(());
        }
        for _ in 0..WAITS {
            match self.open.get(&watcher.0).copied() {
                // Asked at once with others that have answered by now: it answers after them.
                Some(open) if open.since == self.now && open.behind < self.happened => {
                    self.pass_to(self.now + 1)?;
                }
                Some(_) => {
                    self.meet(watcher);
                    return Some(());
                }
                None => {
                    let due = self.due()?;
                    self.pass_to(due)?;
                }
            }
        }
        None
    }

    /// Time passes until the watcher of the next step would be asked again, or something else would happen.
    pub(super) fn linger(&mut self) {
        let Some(Cause::Outcome(watcher, _)) = self.graph.cause(&self.steps[self.next]) else { return };
        let mut attempt = self.clone();
        if attempt.wait_for(watcher).is_none() {
            return;
        }
        let since = attempt.open.get(&watcher.0).map(|it| it.since);
        let every = self.space().machine.watcher(watcher).every_ms;
        let Some((since, every)) = since.zip(every) else { return };
        loop {
            let next = attempt.due().unwrap_or(u64::MAX);
            *self = attempt.clone();
            if next >= since + every || attempt.pass_to(next).is_none() {
                self.now = next.min(since + every);
                return;
            }
        }
    }

    /// When the core wants to be called next.
    pub(super) fn due(&self) -> Option<u64> {
        Some(self.instance.deadline()?.0.div_ceil(1_000_000).max(self.now))
    }

    /// Time passes. Nothing if a timer fires.
    pub(super) fn pass_to(&mut self, to: u64) -> Option<()> {
        while let Some(due) = self.due().filter(|it| *it <= to) {
            self.now = due;
            let told = self.give(Input::Tick);
            if told.fired.is_some() || told.moves > 0 {
                return None;
            }
            self.note_asks(&told);
            self.answer(told);
        }
        self.now = to;
        Some(())
    }

    /// A unit of what timers have left passes. What is due by then comes in the next steps, unless the node is off.
    pub(super) fn let_pass(&mut self) -> Option<()> {
        let unit = self.space().clocks.as_ref()?.unit_ms;
        let behind = self.steps.get(self.next + 1..).unwrap_or(&[]).iter();
        let late = behind.take_while(|it| self.graph.cause(it) == Some(Cause::Late)).count();
        if late > 0 {
            return self.be_off(unit * (late as u64 + 1), late);
        }
        self.pass_to(self.now + unit - 1)?;
        (self.now, self.next) = (self.now + 1, self.next + 1);
        self.is_at(self.graph.configs[self.steps[self.next - 1].to as usize]).then_some(())
    }

    /// The node is off for so many milliseconds, from before something is due until so many steps behind.
    fn be_off(&mut self, ms: u64, late: usize) -> Option<()> {
        let (before, known) = (self.leaf(), self.data());
        self.script.add(self.now, Line::Off { ms });
        for watcher in std::mem::take(&mut self.open).into_keys() {
            self.script.answered(watcher, NOTHING);
        }
        (self.now, self.next) = (self.now + ms, self.next + late + 1);
        let told = self.give(Input::Resume);
        // What was interrupted is told to the machine, which is no step of the way.
        if told.interrupts {
            return None;
        }
        self.note(Some(Cause::Late), before, Vec::new(), &known, Some(&told));
        self.answer(told);
        self.is_at(self.graph.configs[self.steps[self.next - 1].to as usize]).then_some(())
    }

    /// Time passes until a timer fires, which has to be the one of the step.
    pub(super) fn fire(&mut self, step: &Taken, cause: Cause) -> Option<()> {
        for _ in 0..WAITS {
            self.now = self.due()?;
            let (before, known) = (self.leaf(), self.data());
            let told = self.give(Input::Tick);
            if told.fired.is_some() {
                self.is_fired(cause, &told).then_some(())?;
                self.next += 1;
                self.note(Some(cause), before, Vec::new(), &known, Some(&told));
                self.answer(told);
                return self.is_at(self.graph.configs[step.to as usize]).then_some(());
            }
            self.note_asks(&told);
            self.answer(told);
        }
        None
    }

    /// Whether it is this timer that has fired.
    pub(super) fn is_fired(&self, cause: Cause, told: &Told) -> bool {
        let fired = told.fired.and_then(|it| self.timers.get(it.index()));
        matches!(cause, Cause::After(id) if fired == Some(&id))
    }
}
