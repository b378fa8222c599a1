//! Carries out a script, line by line.

use super::guard::Guard;
use super::{Claim, Expect, Failure, FailureKind, Judge, Line, Report, Script};
use crate::clock::ns;
use crate::trace::Given;
use crate::world::{Room, Seen, World};
use machine_core::{Instant, OwnedTable};
use std::sync::Arc;

/// How far a run may go, and what is kept of it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most steps.
    pub steps: u64,
    /// What the machine touches is counted.
    pub coverage: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 20_000_000, coverage: false }
    }
}

/// Runs a script on a machine. A run that fails is run again, the same, to write down what happened.
#[must_use]
pub fn run(table: &Arc<OwnedTable>, script: &Script, judge: &mut dyn Judge, limits: Limits) -> Report {
    let report = Runner::new(table, script, limits, false).run(judge);
    if report.failures.is_empty() { report } else { Runner::new(table, script, limits, true).run(judge) }
}

/// A script that is carried out.
pub(super) struct Runner<'s> {
    pub(super) script: &'s Script,
    pub(super) world: World,
    has_begun: bool,
    guard: Guard,
    /// What has to hold at some time: when, line and claims; taken away once it was looked at.
    moments: Vec<(Instant, usize, &'s [Claim])>,
    pub(super) failures: Vec<Failure>,
    /// The line at hand.
    pub(super) line: usize,
}

impl<'s> Runner<'s> {
    fn new(table: &Arc<OwnedTable>, script: &'s Script, limits: Limits, keeps_trace: bool) -> Self {
        let mut world = World::new(vec![table.clone()], script.seed, script.begin);
        world.limit_steps(limits.steps);
        world.keep_trace(keeps_trace);
        if limits.coverage {
            world.measure(0);
        }
        let moments = script.lines.iter().enumerate().filter_map(|(line, it)| match it {
            Line::Expect(Expect::At { ms, claims }) => Some((Instant(ns(*ms)), line, claims.as_slice())),
            _ => None,
        });
        let mut moments: Vec<_> = moments.collect();
        moments.sort_by_key(|it| it.0);
        let guard = Guard::of(script);
        Self { script, world, has_begun: false, guard, moments, failures: Vec::new(), line: 0 }
    }

    fn run(mut self, judge: &mut dyn Judge) -> Report {
        for (index, line) in self.script.lines.iter().enumerate() {
            self.line = index;
            self.carry_out(line, judge);
            if self.world.trouble().is_some() {
                break;
            }
        }
        if self.world.trouble().is_none() {
            self.begin(judge);
            self.look_at_moments(judge, self.now());
        }
        self.close()
    }

    fn close(mut self) -> Report {
        if let Some(trouble) = self.world.trouble().cloned() {
            self.fail(self.now(), FailureKind::Trouble(trouble));
        } else {
            for (at, line, _) in std::mem::take(&mut self.moments) {
                self.failures.push(Failure { line, at, kind: FailureKind::NotCome });
            }
        }
        let (end, steps) = (self.now(), self.world.steps());
        let coverage = self.world.coverage(0).cloned();
        Report { failures: self.failures, trace: self.world.into_trace(), end, steps, coverage }
    }

    pub(super) fn now(&self) -> Instant {
        self.world.clock().now()
    }

    pub(super) fn fail(&mut self, at: Instant, kind: FailureKind) {
        self.failures.push(Failure { line: self.line, at, kind });
    }

    fn carry_out(&mut self, line: &'s Line, judge: &mut dyn Judge) {
        match line {
            Line::Answers { watchers, series } => self.world.answers(0, watchers, series.clone()),
            Line::Fact { fact, value } => self.give(Given::Fact { fact: *fact, value: value.clone() }, judge),
            Line::Condition { condition, holds } => {
                self.give(Given::Condition { condition: *condition, holds: *holds }, judge);
            }
            Line::Limit { limit, room } => self.limit(*limit, *room, judge),
            Line::Send { signal, payload } => {
                self.settle(judge);
                self.give(Given::Signal { signal: *signal, payload: payload.clone() }, judge);
            }
            Line::Advance { ms } => {
                let until = self.now().after_ms(*ms);
                self.advance(until, judge);
            }
            Line::Until { goal, within_ms } => self.until(*goal, *within_ms, judge),
            Line::PowerOff { ms } => self.power_off(*ms, judge),
            Line::SetClock { by_ms } => {
                self.settle(judge);
                self.world.set_clock(*by_ms);
            }
            Line::Expect(expect) => {
                self.settle(judge);
                if self.world.trouble().is_none() {
                    self.expect(expect, judge);
                }
            }
        }
    }

    fn begin(&mut self, judge: &mut dyn Judge) {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.world.start();
            self.look(judge);
        }
    }

    /// The machine has begun, and all that comes by now has come.
    fn settle(&mut self, judge: &mut dyn Judge) {
        self.begin(judge);
        self.run_to(self.now(), judge);
    }

    /// What others do is so from the beginning, or comes when all that is due by then has come.
    fn limit(&mut self, limit: u16, room: Room, judge: &mut dyn Judge) {
        if self.has_begun {
            self.run_to(self.now(), judge);
        }
        self.world.limit(0, limit, room);
    }

    fn give(&mut self, given: Given, judge: &mut dyn Judge) {
        if self.world.trouble().is_none() {
            self.world.give(0, given);
            self.look(judge);
        }
    }

    /// Looks at the machine between two steps.
    fn look(&mut self, judge: &mut dyn Judge) {
        if let Some(machine) = self.world.machine(0) {
            self.guard.look(&self.world, &machine.table(), judge);
        }
    }

    fn run_to(&mut self, until: Instant, judge: &mut dyn Judge) {
        let guard = &mut self.guard;
        self.world.run(until, &mut |_, world, table| {
            guard.look(world, table, judge);
            false
        });
    }

    fn advance(&mut self, until: Instant, judge: &mut dyn Judge) {
        self.settle(judge);
        self.look_at_moments(judge, self.now());
        while let Some((at, ..)) = self.moments.first().copied().filter(|it| it.0 < until) {
            self.run_to(at, judge);
            if self.world.trouble().is_some() {
                return;
            }
            self.look_at_moments(judge, at);
        }
        self.run_to(until, judge);
    }

    fn until(&mut self, goal: Claim, within_ms: u64, judge: &mut dyn Judge) {
        self.settle(judge);
        self.look_at_moments(judge, self.now());
        let (last, moments) = (self.now().after_ms(within_ms), self.moments.clone());
        let stops = moments.iter().map(|it| it.0).filter(|it| *it < last).chain([last]);
        for stop in stops {
            if self.world.trouble().is_some() || self.holds(goal, judge) || self.run_until(goal, stop, judge) {
                return;
            }
            self.look_at_moments(judge, if stop < last { stop } else { Instant(0) });
        }
        if self.world.trouble().is_none() && !self.holds(goal, judge) {
            let why = self.explain(goal, judge);
            self.fail(self.now(), FailureKind::NotReached { claim: goal.number, why });
        }
    }

    /// Up to the step after which it holds; true if there was one.
    fn run_until(&mut self, goal: Claim, until: Instant, judge: &mut dyn Judge) -> bool {
        let guard = &mut self.guard;
        self.world.run(until, &mut |_, world, table| {
            guard.look(world, table, judge);
            let Some(machine) = world.machine(0) else { return true };
            let instance = machine.instance();
            judge.holds(goal.number, &Seen { table, instance, state: instance.state(), clock: world.clock() })
        })
    }

    fn power_off(&mut self, ms: u64, judge: &mut dyn Judge) {
        self.settle(judge);
        if self.world.trouble().is_some() {
            return;
        }
        let back = self.now().after_ms(ms);
        if ms > 0 {
            self.look_at_moments(judge, Instant(back.0 - 1));
        }
        self.world.restart(ns(ms));
        self.look(judge);
    }

    /// Judges what has to hold at moments up to this one, as the machine is now.
    fn look_at_moments(&mut self, judge: &mut dyn Judge, up_to: Instant) {
        while let Some((at, line, claims)) = self.moments.first().copied().filter(|it| it.0 <= up_to) {
            self.moments.remove(0);
            self.judge(line, at, claims, judge);
        }
    }

    /// The line of a moment has come; if the moment is now, so it is judged here.
    pub(super) fn moment_is_here(&mut self, judge: &mut dyn Judge) {
        let (line, now) = (self.line, self.now());
        if let Some(index) = self.moments.iter().position(|it| it.1 == line && it.0 <= now) {
            let (at, line, claims) = self.moments.remove(index);
            self.judge(line, at, claims, judge);
        }
    }

    /// What must never hold up to this line.
    pub(super) fn close_guard(&mut self) {
        if let Some((at, claim, why)) = self.guard.close(self.line) {
            self.fail(at, FailureKind::Held { claim, why });
        }
    }

    pub(super) fn judge(&mut self, line: usize, at: Instant, claims: &[Claim], judge: &mut dyn Judge) {
        for claim in claims {
            if !self.holds(*claim, judge) {
                let why = self.explain(*claim, judge);
                self.failures.push(Failure { line, at, kind: FailureKind::NotHeld { claim: claim.number, why } });
            }
        }
    }

    fn holds(&self, claim: Claim, judge: &mut dyn Judge) -> bool {
        self.seen(|seen| judge.holds(claim.number, seen)).unwrap_or(false)
    }

    fn explain(&self, claim: Claim, judge: &mut dyn Judge) -> String {
        self.seen(|seen| judge.explain(claim.number, seen)).unwrap_or_default()
    }

    fn seen<R>(&self, then: impl FnOnce(&Seen<'_>) -> R) -> Option<R> {
        let machine = self.world.machine(0)?;
        let (table, instance) = (machine.table(), machine.instance());
        Some(then(&Seen { table: &table, instance, state: instance.state(), clock: self.world.clock() }))
    }
}
