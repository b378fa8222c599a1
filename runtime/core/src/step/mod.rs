//! The behaviour of a machine: one input, run to completion.
//!
//! This file is the way of most transitions; `visit` is how states are left and entered, `entries` are short guards and
//! actions, `act` all others, `react` transitions with code on their way and what happens when that fails, `settle` what
//! follows by itself, `watch` when watchers are asked.

mod act;
mod entries;
mod react;
mod settle;
mod visit;
mod watch;

pub(crate) use entries::{Change, compare, set};

use crate::effect::{Effect, Effects, Input, Verdict};
use crate::instance::{Armed, Instance};
use crate::run::Failure;
use crate::table::rows::{AnyRows, with_rows};
use crate::table::width::Cut;
use crate::table::{Rows, Table, Transition};
use crate::{Data, EventId, Instant, StateId, WatcherId};

/// Gives `input` to a machine: `select -> leave -> act -> enter -> arm`.
///
/// Pure: the result depends on the arguments alone, and on the time by the calendar that was set for `instance`, which
/// must belong to `table`; the caller handles all effects before the next step. Does not allocate and cannot fail.
#[inline(always)]
pub fn step(
    table: &Table<'_>,
    instance: &mut Instance,
    now: Instant,
    input: Input<'_>,
    effects: &mut impl Effects,
) -> Verdict {
    // What comes most, to machines of which there are most, is stepped right here: the caller's input need not be put
    // into memory first, and stays in registers.
    if let (Input::Outcome { .. } | Input::Tick, AnyRows::Plain(rows)) = (input, &table.rows) {
        return Step { table, rows, instance, now, effects }.take(input);
    }
    full_step(table, instance, now, input.again(), effects)
}

/// Kept apart so that whoever calls for a step does not carry the code of all machines and inputs around.
#[inline(never)]
fn full_step(
    table: &Table<'_>,
    instance: &mut Instance,
    now: Instant,
    input: Input<'_>,
    effects: &mut impl Effects,
) -> Verdict {
    with_rows!(table, rows => Step { table, rows, instance, now, effects }.take(input))
}

/// What a step works with.
struct Step<'s, 't, E, W: Cut> {
    table: &'s Table<'t>,
    rows: &'s Rows<'t, W>,
    instance: &'s mut Instance,
    now: Instant,
    effects: &'s mut E,
}

/// A transition that is to be taken, and the row that says how.
#[derive(Clone, Copy)]
struct Way<'t, W: Cut> {
    target: StateId,
    plan: crate::table::row::Way<'t, W>,
}

impl<'t, E: Effects, W: Cut> Step<'_, 't, E, W> {
    #[inline(always)]
    fn take(&mut self, input: Input<'_>) -> Verdict {
        let verdict = match self.select(input) {
            Ok((event, payload)) => self.react(event, payload),
            Err(verdict) => verdict,
        };
        if !W::PLAIN && self.table.extra.is_lively { self.apart().settle(verdict) } else { verdict }
    }

    /// The event that is in an input, or what became of one without.
    #[inline(always)]
    fn select<'p>(&mut self, input: Input<'p>) -> Result<(EventId, &'p [Data<'p>]), Verdict> {
        match input {
            Input::Outcome { watcher, visit, outcome, payload } => {
                let event = self.rows.outcome(watcher, outcome).ok_or(Verdict::Misfit)?;
                if !self.fits(watcher, outcome, payload) {
                    return Err(Verdict::Misfit);
                }
                self.answered(watcher, visit, Some(outcome)).then_some((event, payload)).ok_or(Verdict::Late)
            }
            Input::Tick => self.tick().map(|event| (event, &[][..])).ok_or(Verdict::Quiet),
            Input::Signal { signal, payload } => self.apart().signalled(signal, payload),
            Input::Start => Err(self.apart().start()),
            Input::Resume => Err(self.apart().resume()),
            Input::Done { watcher, visit } => {
                self.answered(watcher, visit, None);
                Err(Verdict::Quiet)
            }
            Input::Fact { fact, value } => Err(self.apart().learn(fact, value)),
            Input::Condition { condition, holds } => Err(self.apart().heed(condition, holds)),
        }
    }

    /// Whether an outcome carries what it has to, if anything looks at that.
    #[inline(always)]
    fn fits(&self, watcher: WatcherId, outcome: u8, payload: &[Data<'_>]) -> bool {
        W::PLAIN || !self.table.extra.needs.reads_fields || react::fits(self.table, watcher, outcome, payload)
    }

    /// Entering or leaving a state takes more than its watchers and timers.
    #[inline(always)]
    fn has_rites(&self) -> bool {
        !W::PLAIN && self.table.extra.has_rites
    }

    /// The same step for what is done seldom, so that what is done often can be kept in registers.
    #[inline(always)]
    fn apart(&mut self) -> Step<'_, 't, E, W> {
        let Self { table, rows, now, .. } = *self;
        Step { table, rows, instance: self.instance, now, effects: self.effects }
    }

    /// A transition with the row that says how it is carried out.
    #[inline(always)]
    fn way(&self, transition: Transition) -> Option<Way<'t, W>> {
        self.rows.way(transition.plan).map(|plan| Way { target: transition.target, plan })
    }

    /// What the transition function says of an event in the current leaf, carried out.
    #[inline(always)]
    fn react(&mut self, event: EventId, payload: &[Data<'_>]) -> Verdict {
        let Some(transition) = self.rows.transition(self.instance.leaf, event) else {
            return Verdict::Unanswered;
        };
        let Some(mut way) = self.way(transition) else {
            return Verdict::Unanswered;
        };
        // More than a way from one leaf to another.
        if !way.plan.is_bare() || self.has_rites() {
            match self.choose(way, event, payload) {
                Ok(Some(chosen)) => way = chosen,
                Ok(None) => return Verdict::Unanswered,
                Err(failure) => return self.apart().failed(failure),
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
        first: Way<'t, W>,
        event: EventId,
        payload: &[Data<'_>],
    ) -> Result<Option<Way<'t, W>>, Failure> {
        let (leaf, mut way, mut refused) = (self.instance.leaf, first, 0);
        loop {
            let holds = match way.plan.guard() {
                None => true,
                Some(guard) => self.holds(guard, payload)?,
            };
            if holds {
                self.effects.chose(leaf, event, refused, true);
                return Ok(Some(way));
            }
            refused += 1;
            let next = way.plan.otherwise().and_then(|it| self.rows.alternative(it));
            match next.and_then(|it| self.way(it)) {
                Some(next) => way = next,
                None => {
                    self.effects.chose(leaf, event, refused, false);
                    return Ok(None);
                }
            }
        }
    }

    /// Does what a transition does beside going its way. What became of the event, if it goes no further.
    #[inline(always)]
    fn act(&mut self, way: Way<'t, W>, event: EventId, payload: &[Data<'_>]) -> Option<Verdict> {
        let plan = way.plan;
        if plan.is_history() || self.has_rites() && !plan.is_stay() {
            return Some(self.apart().travel(way, event, payload));
        }
        if let Some(actions) = plan.actions() {
            // Such changes are all made or none, so they can come first.
            let change = entries::set(self.table, actions, &mut self.instance.words);
            if change != Change::Made {
                return Some(self.apart().act_in_full(change, way, event, payload));
            }
        }
        plan.is_stay().then_some(Verdict::Stayed)
    }

    /// From one leaf to another, past states that do nothing but keep watchers and timers.
    #[inline(always)]
    fn go(&mut self, way: Way<'t, W>, event: EventId) -> Verdict {
        let (from, to, label) = (self.instance.leaf, way.target, way.plan.label());
        self.effects.push(Effect::Moved { from, to, event, label });
        if way.plan.is_near() {
            self.leave(from);
            self.instance.leaf = to;
            let first_ask = self.begin_visit();
            self.enter(to, first_ask);
        } else {
            self.apart().go_far(from, to, way.plan.depth());
        }
        Verdict::Moved
    }

    /// Does the one thing that is due longest; the event of a timer that fires.
    #[inline(always)]
    fn tick(&mut self) -> Option<EventId> {
        let (at, slot) = self.instance.due();
        if at > self.now || at == Instant::NEVER {
            return None;
        }
        let Some(armed) = self.instance.timers.get_mut(slot) else {
            self.apart().ask_due(at);
            return None;
        };
        let Armed { timer, .. } = core::mem::replace(armed, Armed::IDLE);
        self.effects.push(Effect::Disarmed { timer, fired: true });
        Some(self.rows.timer_event(slot))
    }

    /// Enters the machine and its initial states.
    #[inline(never)]
    fn start(&mut self) -> Verdict {
        let leaf = self.instance.leaf;
        let way = act::Blocks { from: None, to: leaf, depth: 0, actions: None };
        let attempt = self.attempt(&way, &[]);
        if attempt.is_ok() {
            self.perform(&way, &[]);
        }
        let first_ask = self.begin_visit();
        let machine = self.table.machine();
        self.arm(self.rows.timers_of(machine));
        self.begin(self.rows.watchers_of(machine), first_ask);
        self.enter_below(leaf, 0, first_ask);
        self.ask_polled();
        attempt.map_or_else(|failure| self.failed(failure), |()| Verdict::Quiet)
    }
}

#[cfg(test)]
mod tests;
