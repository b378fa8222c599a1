//! The behaviour of a machine: one input, run to completion.

use crate::effect::{Effect, Effects, Input, Verdict};
use crate::instance::{Armed, Due, Instance, Watch};
use crate::limits::{BURST, BURST_REFILL_NS};
use crate::table::{Plan, Table};
use crate::{EventId, Instant, StateId, WatcherId};

/// Gives `input` to a machine: `select -> leave -> enter -> arm`.
///
/// Pure: the result depends on the arguments alone. `instance` must belong to `table`; the caller handles all effects
/// before the next step. Does not allocate and cannot fail.
#[inline]
pub fn step(
    table: &Table<'_>,
    instance: &mut Instance,
    now: Instant,
    input: Input,
    effects: &mut impl Effects,
) -> Verdict {
    let mut step = Step { table, instance, now, effects };
    match input {
        Input::Outcome { watcher, visit, outcome } => match step.answered(watcher, visit) {
            true => step.react(EventId(table.watcher(watcher).first_event.0 + u16::from(outcome))),
            false => Verdict::Late,
        },
        Input::Done { watcher, visit } => {
            step.answered(watcher, visit);
            Verdict::Quiet
        }
        Input::Tick => step.tick(),
        Input::Start => step.start(),
        Input::Resume => step.resume(),
    }
}

struct Step<'s, 't, E> {
    table: &'s Table<'t>,
    instance: &'s mut Instance,
    now: Instant,
    effects: &'s mut E,
}

impl<E: Effects> Step<'_, '_, E> {
    /// What the transition function says of an event in the current leaf, carried out.
    fn react(&mut self, event: EventId) -> Verdict {
        let from = self.instance.leaf;
        let Some(transition) = self.table.transition(from, event) else {
            return Verdict::Unanswered;
        };
        let plan = self.table.plan(transition.plan);
        if plan.stay {
            return Verdict::Stayed;
        }
        self.go(from, transition.target, plan, event);
        Verdict::Moved
    }

    fn go(&mut self, from: StateId, to: StateId, plan: Plan, event: EventId) {
        self.effects.push(Effect::Moved { from, to, event, label: plan.label });
        let (out, into) = (self.table.path(from), self.table.path(to));
        for depth in (plan.depth..out.len()).rev() {
            self.leave(out.get(depth));
        }
        self.instance.leaf = to;
        let first_ask = self.begin_visit();
        for depth in plan.depth..into.len() {
            self.enter(into.get(depth), first_ask);
        }
    }

    /// Cancels the timers and watchers of a state.
    fn leave(&mut self, state: StateId) {
        for timer in self.table.timers_of(state) {
            let slot = usize::from(self.table.timer(timer).0);
            if core::mem::replace(&mut self.instance.timers[slot], Armed::IDLE).deadline != Instant::NEVER {
                self.effects.push(Effect::Disarmed { timer, fired: false });
            }
        }
        for watcher in self.table.watchers_of(state) {
            let watch = core::mem::replace(&mut self.instance.watches[watcher.index()], Watch::IDLE);
            self.effects.push(Effect::Stop { watcher, visit: watch.visit });
        }
    }

    /// Counts the visit. Returns when its watchers are asked first: now, or later if the machine goes round too fast.
    fn begin_visit(&mut self) -> Instant {
        self.instance.visit = self.instance.visit.wrapping_add(1).max(1);
        let pace = self.instance.pace.max(self.now).after_ns(BURST_REFILL_NS);
        self.instance.pace = pace;
        let ahead = pace.since(self.now).saturating_sub(BURST * BURST_REFILL_NS);
        let first_ask = self.now.after_ns(ahead);
        if ahead > 0 {
            self.effects.push(Effect::Slowed { until: first_ask });
        }
        first_ask
    }

    /// Arms the timers and watchers of a state.
    fn enter(&mut self, state: StateId, first_ask: Instant) {
        for timer in self.table.timers_of(state) {
            let (slot, ms) = self.table.timer(timer);
            let deadline = self.now.after_ms(ms);
            self.instance.timers[usize::from(slot)] = Armed { deadline, timer };
            self.effects.push(Effect::Armed { timer, deadline });
        }
        for watcher in self.table.watchers_of(state) {
            let visit = self.instance.visit;
            self.instance.watches[watcher.index()] = Watch { due: first_ask, visit, ..Watch::IDLE };
            if first_ask <= self.now {
                self.ask(watcher);
            }
        }
    }

    /// Asks a watcher and sets when it is due again. One that has not answered yet is not asked a second time.
    fn ask(&mut self, watcher: WatcherId) {
        let row = self.table.watcher(watcher);
        let watch = &mut self.instance.watches[watcher.index()];
        let was_open = core::mem::replace(&mut watch.under_way, true);
        let first = !core::mem::replace(&mut watch.asked, true);
        watch.due = row.every_ms.map_or(Instant::NEVER, |ms| next_due(watch.due, ms, self.now));
        if !was_open {
            self.effects.push(Effect::Ask { watcher, visit: watch.visit, first });
        }
    }

    /// Notes that a watcher has answered; false if it was asked in a visit that is over.
    fn answered(&mut self, watcher: WatcherId, visit: u32) -> bool {
        let Some(watch) = self.instance.watches.get_mut(watcher.index()) else {
            return false;
        };
        let is_current = watch.visit == visit && visit != 0;
        watch.under_way &= !is_current;
        is_current
    }

    /// Does the one thing that is due longest.
    fn tick(&mut self) -> Verdict {
        match self.instance.due() {
            Some((at, Due::Timer(slot))) if at <= self.now => {
                let armed = core::mem::replace(&mut self.instance.timers[usize::from(slot)], Armed::IDLE);
                self.effects.push(Effect::Disarmed { timer: armed.timer, fired: true });
                self.react(self.table.timer_event(slot))
            }
            Some((at, Due::Watcher(watcher))) if at <= self.now => {
                self.ask(watcher);
                Verdict::Quiet
            }
            _ => Verdict::Quiet,
        }
    }

    /// Enters the machine and its initial states.
    fn start(&mut self) -> Verdict {
        let first_ask = self.begin_visit();
        self.enter(self.table.machine(), first_ask);
        for state in self.table.path(self.instance.leaf).iter() {
            self.enter(state, first_ask);
        }
        Verdict::Quiet
    }

    /// Asks every active watcher again. A `run` that was under way cannot be asked again without doing its work twice,
    /// unless its kind only looks; one that has answered, or was never asked, is left alone.
    fn resume(&mut self) -> Verdict {
        for watcher in self.table.watchers() {
            let row = self.table.watcher(watcher);
            let watch = &mut self.instance.watches[watcher.index()];
            let was_open = core::mem::replace(&mut watch.under_way, false);
            let is_waiting = watch.due != Instant::NEVER && !watch.asked;
            if watch.visit == 0 || is_waiting || (row.once && !was_open) {
                continue;
            }
            if row.once && self.table.kind(row.kind).interruptible {
                watch.under_way = true;
                self.effects.push(Effect::Interrupted { watcher, visit: watch.visit });
            } else {
                watch.due = self.now;
                self.ask(watcher);
            }
        }
        Verdict::Quiet
    }
}

/// The first point after `now` on the grid that `due` and the pace lay down, so that a late tick does not shift it.
fn next_due(due: Instant, every_ms: u64, now: Instant) -> Instant {
    let every = every_ms.saturating_mul(1_000_000).max(1);
    let next = due.after_ns(every);
    if next > now { next } else { next.after_ns(now.since(next) / every * every + every) }
}

#[cfg(test)]
mod tests;
