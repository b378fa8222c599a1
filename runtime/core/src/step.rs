//! The behaviour of a machine: one input, run to completion.

use crate::effect::{Effect, Effects, Input, Verdict};
use crate::instance::{Armed, Due, Instance, Watch};
use crate::limits::{BURST, BURST_REFILL_NS};
use crate::table::layout::{STATE_TIMERS, STATE_WATCHERS};
use crate::table::{Plan, Rows, Table};
use crate::{EventId, Instant, StateId, TimerId, WatcherId};

/// Gives `input` to a machine: `select -> leave -> enter -> arm`.
///
/// Pure: the result depends on the arguments alone. `instance` must belong to `table`; the caller handles all effects
/// before the next step. Does not allocate and cannot fail.
#[inline]
pub fn step(
    table: &Table<'_>,
    instance: &mut Instance,
    now: Instant,
    input: Input<'_>,
    effects: &mut impl Effects,
) -> Verdict {
    if table.is_wide() {
        return wide_step(table, instance, now, input, effects);
    }
    Step { table: Rows::<1>(table), instance, now, effects }.take(input)
}

/// Kept apart so that machines of an ordinary size do not carry its code around.
#[inline(never)]
fn wide_step(
    table: &Table<'_>,
    instance: &mut Instance,
    now: Instant,
    input: Input<'_>,
    effects: &mut impl Effects,
) -> Verdict {
    Step { table: Rows::<2>(table), instance, now, effects }.take(input)
}

/// What a step works with; `ID` is how many bytes the table's ids take.
struct Step<'s, 't, E, const ID: usize> {
    table: Rows<'s, 't, ID>,
    instance: &'s mut Instance,
    now: Instant,
    effects: &'s mut E,
}

impl<E: Effects, const ID: usize> Step<'_, '_, E, ID> {
    #[inline(always)]
    fn take(&mut self, input: Input<'_>) -> Verdict {
        match self.select(input) {
            Ok(event) => self.react(event),
            Err(verdict) => verdict,
        }
    }

    /// The event that is in an input, or what became of one without.
    #[inline(always)]
    fn select(&mut self, input: Input<'_>) -> Result<EventId, Verdict> {
        match input {
            Input::Outcome { watcher, visit, outcome, .. } => {
                let first = self.table.watcher(watcher).first_event;
                self.answered(watcher, visit).then(|| EventId(first.0 + u16::from(outcome))).ok_or(Verdict::Late)
            }
            Input::Tick => self.tick().ok_or(Verdict::Quiet),
            other => Err(self.without_event(other)),
        }
    }

    #[inline(never)]
    fn without_event(&mut self, input: Input<'_>) -> Verdict {
        match input {
            Input::Start => self.start(),
            Input::Resume => self.resume(),
            Input::Done { watcher, visit } => {
                self.answered(watcher, visit);
            }
            _ => return Verdict::Misfit,
        }
        Verdict::Quiet
    }

    /// What the transition function says of an event in the current leaf, carried out.
    #[inline(always)]
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

    #[inline(always)]
    fn go(&mut self, from: StateId, to: StateId, plan: Plan, event: EventId) {
        self.effects.push(Effect::Moved { from, to, event, label: plan.label });
        if plan.near {
            self.leave(from);
            self.instance.leaf = to;
            let first_ask = self.begin_visit();
            self.enter(to, first_ask);
        } else {
            self.go_far(from, to, plan.depth);
        }
    }

    /// Leaves and enters all states below `depth`.
    #[inline(never)]
    fn go_far(&mut self, from: StateId, to: StateId, depth: usize) {
        let (out, into) = (self.table.path(from), self.table.path(to));
        for state in Rows::<ID>::below(out, depth).rev() {
            self.leave(state);
        }
        self.instance.leaf = to;
        let first_ask = self.begin_visit();
        for state in Rows::<ID>::below(into, depth) {
            self.enter(state, first_ask);
        }
    }

    /// Cancels the timers and watchers of a state.
    #[inline(always)]
    fn leave(&mut self, state: StateId) {
        let flags = self.table.flags(state);
        if flags & STATE_TIMERS != 0 {
            self.disarm(state);
        }
        if flags & STATE_WATCHERS != 0 {
            self.stop(state);
        }
    }

    #[inline(always)]
    fn disarm(&mut self, state: StateId) {
        for timer in self.table.timers_of(state).map(TimerId) {
            let slot = usize::from(self.table.timer(timer).0);
            if core::mem::replace(&mut self.instance.timers[slot], Armed::IDLE).deadline != Instant::NEVER {
                self.effects.push(Effect::Disarmed { timer, fired: false });
            }
        }
    }

    #[inline(never)]
    fn stop(&mut self, state: StateId) {
        for watcher in self.table.watchers_of(state).map(WatcherId) {
            let watch = core::mem::replace(&mut self.instance.watches[watcher.index()], Watch::IDLE);
            self.effects.push(Effect::Stop { watcher, visit: watch.visit });
        }
        self.instance.note_next_ask();
    }

    /// Counts the visit. Returns when its watchers are asked first: now, or later if the machine goes round too fast.
    #[inline(always)]
    fn begin_visit(&mut self) -> Instant {
        self.instance.visit = self.instance.visit.wrapping_add(1).max(1);
        let pace = self.instance.pace.max(self.now).after_ns(BURST_REFILL_NS);
        self.instance.pace = pace;
        if pace.since(self.now) <= BURST * BURST_REFILL_NS {
            return self.now;
        }
        let until = Instant(pace.0 - BURST * BURST_REFILL_NS);
        self.effects.push(Effect::Slowed { until });
        until
    }

    /// Arms the timers and watchers of a state.
    #[inline(always)]
    fn enter(&mut self, state: StateId, first_ask: Instant) {
        let flags = self.table.flags(state);
        if flags & STATE_TIMERS != 0 {
            self.arm(state);
        }
        if flags & STATE_WATCHERS != 0 {
            self.begin(state, first_ask);
        }
    }

    #[inline(always)]
    fn arm(&mut self, state: StateId) {
        for timer in self.table.timers_of(state).map(TimerId) {
            let (slot, ms) = self.table.timer(timer);
            // A verified duration is at most ten years.
            let deadline = self.now.after_ns(ms * 1_000_000);
            self.instance.timers[usize::from(slot)] = Armed { deadline, timer };
            self.effects.push(Effect::Armed { timer, deadline });
        }
    }

    #[inline(never)]
    fn begin(&mut self, state: StateId, first_ask: Instant) {
        let visit = self.instance.visit;
        for watcher in self.table.watchers_of(state).map(WatcherId) {
            self.instance.watches[watcher.index()] = Watch { due: first_ask, visit, ..Watch::IDLE };
            if first_ask <= self.now {
                self.ask(watcher);
            }
        }
        self.instance.note_next_ask();
    }

    /// Asks a watcher and sets when it is due again: never, if its kind is told of changes, because it keeps the pace
    /// itself. One that has not answered yet is not asked a second time.
    fn ask(&mut self, watcher: WatcherId) {
        let row = self.table.watcher(watcher);
        let pace = row.every_ms.filter(|_| !self.table.0.kind(row.kind).notified);
        let watch = &mut self.instance.watches[watcher.index()];
        let was_open = core::mem::replace(&mut watch.under_way, true);
        let first = !core::mem::replace(&mut watch.asked, true);
        watch.due = pace.map_or(Instant::NEVER, |ms| next_due(watch.due, ms, self.now));
        if !was_open {
            self.effects.push(Effect::Ask { watcher, visit: watch.visit, first });
        }
    }

    /// Notes that a watcher has answered; false if it was asked in a visit that is over.
    #[inline(always)]
    fn answered(&mut self, watcher: WatcherId, visit: u32) -> bool {
        let Some(watch) = self.instance.watches.get_mut(watcher.index()) else {
            return false;
        };
        if visit == 0 || watch.visit != visit {
            return false;
        }
        watch.under_way = false;
        true
    }

    /// Does the one thing that is due longest; the event of a timer that fires.
    #[inline(always)]
    fn tick(&mut self) -> Option<EventId> {
        match self.instance.due().filter(|(at, _)| *at <= self.now)? {
            (_, Due::Timer(slot)) => {
                let armed = core::mem::replace(&mut self.instance.timers[usize::from(slot)], Armed::IDLE);
                self.effects.push(Effect::Disarmed { timer: armed.timer, fired: true });
                Some(self.table.0.timer_event(slot))
            }
            (_, Due::Watcher(watcher)) => {
                self.ask(watcher);
                self.instance.note_next_ask();
                None
            }
        }
    }

    /// Enters the machine and its initial states.
    fn start(&mut self) {
        let first_ask = self.begin_visit();
        let table = *self.table.0;
        self.enter(table.machine(), first_ask);
        for state in table.path(self.instance.leaf).iter() {
            self.enter(state, first_ask);
        }
    }

    /// Asks every active watcher again. A `run` that was under way cannot be asked again without doing its work twice,
    /// unless its kind only looks; one that has answered, or was never asked, is left alone.
    fn resume(&mut self) {
        for watcher in self.table.0.watchers() {
            let row = self.table.watcher(watcher);
            let watch = &mut self.instance.watches[watcher.index()];
            let was_open = core::mem::replace(&mut watch.under_way, false);
            let is_waiting = watch.due != Instant::NEVER && !watch.asked;
            if watch.visit == 0 || is_waiting || (row.once && !was_open) {
                continue;
            }
            if row.once && self.table.0.kind(row.kind).interruptible {
                watch.under_way = true;
                self.effects.push(Effect::Interrupted { watcher, visit: watch.visit });
            } else {
                watch.due = self.now;
                self.ask(watcher);
            }
        }
        self.instance.note_next_ask();
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
