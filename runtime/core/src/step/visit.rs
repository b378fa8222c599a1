//! How states are left and entered: timers, watchers, and the count and pace of visits.

use super::Step;
use crate::effect::{Effect, Effects};
use crate::instance::Armed;
use crate::limits::{BURST, BURST_REFILL_NS};
use crate::table::layout::{STATE_TIMERS, STATE_WATCHERS};
use crate::table::{Cut, Rows};
use crate::{Instant, StateId, TimerId};
use core::ops::Range;

impl<E: Effects, W: Cut> Step<'_, '_, E, W> {
    /// Leaves and enters all states below `depth`.
    #[inline(never)]
    pub(super) fn go_far(&mut self, from: StateId, to: StateId, depth: usize) {
        self.leave_below(from, depth);
        self.instance.leaf = to;
        let first_ask = self.begin_visit();
        self.enter_below(to, depth, first_ask);
    }

    pub(super) fn leave_below(&mut self, from: StateId, depth: usize) {
        for state in Rows::<W>::below(self.rows.path(from), depth).rev() {
            self.leave(state);
            if !self.table.extra.histories.is_empty() {
                self.remember(state, from);
            }
        }
    }

    pub(super) fn enter_below(&mut self, to: StateId, depth: usize, first_ask: Instant) {
        for state in Rows::<W>::below(self.rows.path(to), depth) {
            self.enter(state, first_ask);
            if !self.table.extra.whens.is_empty() {
                self.forget_whens(state);
            }
        }
    }

    /// Cancels the timers and watchers of a state.
    #[inline(always)]
    pub(super) fn leave(&mut self, state: StateId) {
        let Some(row) = self.rows.state(state) else {
            return;
        };
        if row.flags() & STATE_TIMERS != 0 {
            self.disarm(row.timers());
        }
        if row.flags() & STATE_WATCHERS != 0 {
            self.stop(row.watchers());
        }
    }

    #[inline(always)]
    fn disarm(&mut self, timers: Range<u16>) {
        for timer in timers.map(TimerId) {
            let armed = self.rows.timer(timer).and_then(|(slot, _)| self.instance.timers.get_mut(usize::from(slot)));
            if let Some(armed) = armed.filter(|it| it.deadline != Instant::NEVER) {
                *armed = Armed::IDLE;
                self.effects.push(Effect::Disarmed { timer, fired: false });
            }
        }
    }

    /// Counts the visit. Returns when its watchers are asked first: now, or later if the machine goes round too fast.
    #[inline(always)]
    pub(super) fn begin_visit(&mut self) -> Instant {
        let (next, is_over) = self.instance.visit.overflowing_add(1);
        self.instance.visit = next + u32::from(is_over);
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
    pub(super) fn slow_down(&mut self) -> Option<Instant> {
        let pace = self.instance.pace.max(self.now).0.saturating_add(BURST_REFILL_NS);
        self.instance.pace = Instant(pace);
        // It is not before now.
        let is_fast = pace.wrapping_sub(self.now.0) > BURST * BURST_REFILL_NS;
        is_fast.then(|| Instant(pace - BURST * BURST_REFILL_NS))
    }

    /// Arms the timers and watchers of a state.
    #[inline(always)]
    pub(super) fn enter(&mut self, state: StateId, first_ask: Instant) {
        let Some(row) = self.rows.state(state) else {
            return;
        };
        if row.flags() & STATE_TIMERS != 0 {
            self.arm(row.timers());
        }
        if row.flags() & STATE_WATCHERS != 0 {
            self.begin(row.watchers(), first_ask);
        }
    }

    #[inline(always)]
    pub(super) fn arm(&mut self, timers: Range<u16>) {
        for timer in timers.map(TimerId) {
            let Some((slot, ms)) = self.rows.timer(timer) else { break };
            // A verified duration is at most ten years.
            let deadline = self.now.after_ns(ms * 1_000_000);
            if let Some(armed) = self.instance.timers.get_mut(usize::from(slot)) {
                *armed = Armed { deadline, timer };
            }
            self.effects.push(Effect::Armed { timer, deadline });
        }
    }
}
