//! The behaviour of a machine: one input, run to completion.
//!
//! This file is the way of machines that calculate nothing; `react` that of transitions with code, `settle` what
//! follows by itself, `watch` when watchers are asked.

mod act;
mod react;
mod settle;
mod watch;

pub(crate) use act::{compare, set};

use crate::effect::{Effect, Effects, Input, Verdict};
use crate::instance::{Armed, Instance};
use crate::limits::{BURST, BURST_REFILL_NS};
use crate::run::Failure;
use crate::table::layout::{STATE_TIMERS, STATE_WATCHERS};
use crate::table::{Rows, Table, Transition};
use crate::{Data, EventId, Instant, StateId, TimerId};

/// Gives `input` to a machine: `select -> leave -> act -> enter -> arm`.
///
/// Pure: the result depends on the arguments alone, and on the time by the calendar that was set for `instance`, which
/// must belong to `table`; the caller handles all effects before the next step. Does not allocate and cannot fail.
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

/// A transition that is to be taken, and the row that says how.
#[derive(Clone, Copy)]
struct Way<'t, const ID: usize> {
    transition: Transition,
    plan: crate::table::rows::Way<'t, ID>,
}

impl<'t, E: Effects, const ID: usize> Step<'_, 't, E, ID> {
    #[inline(always)]
    fn take(&mut self, input: Input<'_>) -> Verdict {
        let verdict = match self.select(input) {
            Ok((event, payload)) => self.react(event, payload),
            Err(verdict) => verdict,
        };
        if self.table.0.extra.is_lively { self.settle(verdict) } else { verdict }
    }

    /// The event that is in an input, or what became of one without.
    #[inline(always)]
    fn select<'p>(&mut self, input: Input<'p>) -> Result<(EventId, &'p [Data<'p>]), Verdict> {
        match input {
            Input::Outcome { watcher, visit, outcome, payload } => {
                let event = self.table.outcome(watcher, outcome).ok_or(Verdict::Misfit)?;
                if self.table.0.extra.needs.reads_fields && !self.fits_outcome(watcher, outcome, payload) {
                    return Err(Verdict::Misfit);
                }
                self.answered(watcher, visit, Some(outcome)).then_some((event, payload)).ok_or(Verdict::Late)
            }
            Input::Tick => self.tick().map(|event| (event, &[][..])).ok_or(Verdict::Quiet),
            Input::Signal { signal, payload } => self.signalled(signal, payload),
            other => Err(self.without_event(other)),
        }
    }

    #[inline(never)]
    fn without_event(&mut self, input: Input<'_>) -> Verdict {
        match input {
            Input::Start => return self.start(),
            Input::Resume => self.resume(),
            Input::Done { watcher, visit } => {
                self.answered(watcher, visit, None);
            }
            Input::Fact { fact, value } => return self.learn(fact, value),
            Input::Condition { condition, holds } => return self.heed(condition, holds),
            Input::Tick | Input::Outcome { .. } | Input::Signal { .. } => {}
        }
        Verdict::Quiet
    }

    /// What the transition function says of an event in the current leaf, carried out.
    #[inline(always)]
    fn react(&mut self, event: EventId, payload: &[Data<'_>]) -> Verdict {
        let Some(transition) = self.table.transition(self.instance.leaf, event) else {
            return Verdict::Unanswered;
        };
        let mut way = Way { transition, plan: self.table.way(transition.plan) };
        // More than a way from one leaf to another.
        if !way.plan.is_bare() || self.table.0.extra.has_rites {
            match self.choose(transition, event, payload) {
                Ok(Some(chosen)) => way = chosen,
                Ok(None) => return Verdict::Unanswered,
                Err(failure) => return self.failed(failure),
            }
            if let Some(verdict) = self.act(way, event, payload) {
                return verdict;
            }
        } else {
            self.effects.chose(self.instance.leaf, event, 0, true);
        }
        self.go(way, event)
    }

    /// The first of a transition and its alternatives whose guard holds.
    #[inline(always)]
    fn choose(
        &mut self,
        first: Transition,
        event: EventId,
        payload: &[Data<'_>],
    ) -> Result<Option<Way<'t, ID>>, Failure> {
        let (leaf, mut transition, mut refused) = (self.instance.leaf, first, 0);
        loop {
            let plan = self.table.way(transition.plan);
            let holds = match plan.guard() {
                None => true,
                Some(guard) => self.holds(guard, payload)?,
            };
            if holds {
                self.effects.chose(leaf, event, refused, true);
                return Ok(Some(Way { transition, plan }));
            }
            refused += 1;
            match self.table.otherwise(transition.plan) {
                Some(next) => transition = next,
                None => {
                    self.effects.chose(leaf, event, refused, false);
                    return Ok(None);
                }
            }
        }
    }

    /// Does what a transition does beside going its way. What became of the event, if it goes no further.
    #[inline(always)]
    fn act(&mut self, way: Way<'t, ID>, event: EventId, payload: &[Data<'_>]) -> Option<Verdict> {
        let plan = way.plan;
        if !plan.is_stay() && (plan.is_history() || self.table.0.extra.has_rites) {
            return Some(self.travel(way.transition, event, payload));
        }
        if let Some(actions) = plan.actions() {
            // Such changes are all made or none, so they can come first.
            match act::set(self.table.0, actions, &mut self.instance.words) {
                Some(Ok(())) => {}
                Some(Err(failure)) => return Some(self.failed(failure)),
                None => return Some(self.travel(way.transition, event, payload)),
            }
        }
        plan.is_stay().then_some(Verdict::Stayed)
    }

    /// From one leaf to another, past states that do nothing but keep watchers and timers.
    #[inline(always)]
    fn go(&mut self, way: Way<'t, ID>, event: EventId) -> Verdict {
        let (from, to, label) = (self.instance.leaf, way.transition.target, way.plan.label());
        self.effects.push(Effect::Moved { from, to, event, label });
        if way.plan.is_near() {
            self.leave(from);
            self.instance.leaf = to;
            let first_ask = self.begin_visit();
            self.enter(to, first_ask);
        } else {
            self.go_far(from, to, way.plan.depth());
        }
        Verdict::Moved
    }

    /// Leaves and enters all states below `depth`.
    #[inline(never)]
    fn go_far(&mut self, from: StateId, to: StateId, depth: usize) {
        self.leave_below(from, depth);
        self.instance.leaf = to;
        let first_ask = self.begin_visit();
        self.enter_below(to, depth, first_ask);
    }

    fn leave_below(&mut self, from: StateId, depth: usize) {
        for state in Rows::<ID>::below(self.table.path(from), depth).rev() {
            self.leave(state);
            if !self.table.0.extra.histories.is_empty() {
                self.remember(state, from);
            }
        }
    }

    fn enter_below(&mut self, to: StateId, depth: usize, first_ask: Instant) {
        for state in Rows::<ID>::below(self.table.path(to), depth) {
            self.enter(state, first_ask);
            if !self.table.0.extra.whens.is_empty() {
                self.forget_whens(state);
            }
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
            let armed = self.table.timer(timer).and_then(|(slot, _)| self.instance.timers.get_mut(usize::from(slot)));
            if let Some(armed) = armed.filter(|it| it.deadline != Instant::NEVER) {
                *armed = Armed::IDLE;
                self.effects.push(Effect::Disarmed { timer, fired: false });
            }
        }
    }

    /// Counts the visit. Returns when its watchers are asked first: now, or later if the machine goes round too fast.
    #[inline(always)]
    fn begin_visit(&mut self) -> Instant {
        self.instance.visit = self.instance.visit.wrapping_add(1).max(1);
        match self.slow_down() {
            None => self.now,
            Some(until) => {
                self.effects.push(Effect::Slowed { until });
                until
            }
        }
    }

    /// Spends what one transition costs. Returns until when the machine has to wait, if it goes round too fast.
    #[inline(always)]
    fn slow_down(&mut self) -> Option<Instant> {
        let pace = Instant(self.instance.pace.max(self.now).0.saturating_add(BURST_REFILL_NS));
        self.instance.pace = pace;
        let is_fast = pace.since(self.now) > BURST * BURST_REFILL_NS;
        is_fast.then(|| Instant(pace.0 - BURST * BURST_REFILL_NS))
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
            let Some((slot, ms)) = self.table.timer(timer) else { break };
            // A verified duration is at most ten years.
            let deadline = self.now.after_ns(ms * 1_000_000);
            if let Some(armed) = self.instance.timers.get_mut(usize::from(slot)) {
                *armed = Armed { deadline, timer };
            }
            self.effects.push(Effect::Armed { timer, deadline });
        }
    }

    /// Does the one thing that is due longest; the event of a timer that fires.
    #[inline(always)]
    fn tick(&mut self) -> Option<EventId> {
        let (at, slot) = self.instance.due();
        if at > self.now || at == Instant::NEVER {
            return None;
        }
        let Some(armed) = self.instance.timers.get_mut(slot) else {
            self.ask(self.instance.watcher_due(at)?);
            self.instance.note_next_ask();
            return None;
        };
        let Armed { timer, .. } = core::mem::replace(armed, Armed::IDLE);
        self.effects.push(Effect::Disarmed { timer, fired: true });
        Some(self.table.0.timer_event(slot as u16))
    }

    /// Enters the machine and its initial states.
    fn start(&mut self) -> Verdict {
        let leaf = self.instance.leaf;
        let way = act::Blocks { from: None, to: leaf, depth: 0, actions: None };
        let attempt = self.attempt(&way, &[]);
        if attempt.is_ok() {
            self.perform(&way, &[]);
        }
        let first_ask = self.begin_visit();
        self.enter(self.table.0.machine(), first_ask);
        self.enter_below(leaf, 0, first_ask);
        self.ask_polled();
        attempt.map_or_else(|failure| self.failed(failure), |()| Verdict::Quiet)
    }
}

#[cfg(test)]
mod tests;
