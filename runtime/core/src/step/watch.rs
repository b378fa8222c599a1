//! When watchers are asked.

use super::Step;
use crate::effect::{Effect, Effects};
use crate::instance::Watch;
use crate::table::layout::{WATCHER_BACKOFF, WATCHER_CONDITION, WATCHER_NOTIFIED, WATCHER_SPLAY};
use crate::table::{Cut, Table, Watcher};
use crate::{Instant, Verdict, WatcherId};
use core::ops::Range;

/// What makes watchers do more than be asked at their pace.
const SPECIAL: u8 = WATCHER_CONDITION | WATCHER_SPLAY;

impl<E: Effects, W: Cut> Step<'_, '_, E, W> {
    #[inline(always)]
    pub(super) fn stop(&mut self, watchers: Range<u16>) {
        for watcher in watchers.map(WatcherId) {
            self.stop_one(watcher);
        }
    }

    #[inline(always)]
    fn stop_one(&mut self, watcher: WatcherId) {
        let watch = core::mem::replace(&mut self.instance.watches[watcher.index()], Watch::IDLE);
        if watch.visit != 0 {
            self.effects.push(Effect::Stop { watcher, visit: watch.visit });
        }
        if watch.due <= self.instance.next_ask {
            self.instance.note_next_ask();
        }
    }

    #[inline(always)]
    pub(super) fn begin(&mut self, watchers: Range<u16>, first_ask: Instant) {
        for watcher in watchers.map(WatcherId) {
            self.begin_one(watcher, first_ask);
        }
    }

    #[inline(always)]
    fn begin_one(&mut self, watcher: WatcherId, first_ask: Instant) {
        let row = self.rows.watcher(watcher);
        let mut due = first_ask;
        if !W::PLAIN && row.flags & SPECIAL != 0 {
            match self.apart().first_ask(watcher, row, first_ask) {
                Some(at) => due = at,
                None => return,
            }
        }
        let visit = self.instance.visit;
        if due > self.now {
            self.instance.watches[watcher.index()] = Watch { due, visit, ..Watch::IDLE };
        } else {
            let due = self.paced(row).map_or(Instant::NEVER, |ms| next_due(due, ms, self.now));
            let watch = Watch { due, visit, under_way: true, asked: true, faults: 0 };
            self.instance.watches[watcher.index()] = watch;
            self.effects.push(Effect::Ask { watcher, visit, first: true });
        }
        self.instance.next_ask = self.instance.next_ask.min(self.instance.watches[watcher.index()].due);
    }

    /// When a watcher is asked first; never while its condition does not hold.
    #[inline(never)]
    fn first_ask(&mut self, watcher: WatcherId, row: Watcher, first_ask: Instant) -> Option<Instant> {
        let modifiers = self.table.modifiers(watcher);
        if let Some(condition) = modifiers.condition.filter(|_| row.flags & WATCHER_CONDITION != 0)
            && !self.instance.condition(condition)
        {
            return None;
        }
        let splay = modifiers.splay_ms.unwrap_or(0).saturating_mul(1_000_000);
        let drawn = draw(self.instance.seed, watcher, self.instance.visit);
        Some(first_ask.after_ns(if splay == 0 { 0 } else { drawn % (splay + 1) }))
    }

    /// Asks the first watcher that is due then.
    #[inline(never)]
    pub(super) fn ask_due(&mut self, at: Instant) {
        if let Some(watcher) = self.instance.watcher_due(at) {
            self.ask(watcher);
            self.instance.note_next_ask();
        }
    }

    /// Asks a watcher and sets when it is due again. One that has not answered yet is not asked a second time.
    fn ask(&mut self, watcher: WatcherId) {
        let row = self.rows.watcher(watcher);
        let faults = self.instance.watches[watcher.index()].faults;
        let every = self.paced(row).map(|ms| self.pace(watcher, row, ms, faults));
        let watch = &mut self.instance.watches[watcher.index()];
        let was_open = core::mem::replace(&mut watch.under_way, true);
        let first = !core::mem::replace(&mut watch.asked, true);
        watch.due = every.map_or(Instant::NEVER, |ms| next_due(watch.due, ms, self.now));
        if !was_open {
            self.effects.push(Effect::Ask { watcher, visit: watch.visit, first });
        }
    }

    /// The pace at which it is asked; a kind that is told of changes keeps its pace itself.
    #[inline(always)]
    fn paced(&self, row: Watcher) -> Option<u64> {
        row.every_ms.filter(|_| row.flags & WATCHER_NOTIFIED == 0)
    }

    /// The pace after so many faults in a row.
    #[inline(always)]
    fn pace(&self, watcher: WatcherId, row: Watcher, every_ms: u64, faults: u16) -> u64 {
        if row.flags & WATCHER_BACKOFF == 0 || faults == 0 {
            every_ms
        } else {
            slowed(self.table, watcher, every_ms, faults)
        }
    }

    /// Notes that a watcher has answered; false if it was asked in a visit that is over.
    #[inline(always)]
    pub(super) fn answered(&mut self, watcher: WatcherId, visit: u32, outcome: Option<u8>) -> bool {
        let Some(watch) = self.instance.watches.get_mut(watcher.index()) else {
            return false;
        };
        if visit == 0 || watch.visit != visit {
            return false;
        }
        watch.under_way = false;
        if let Some(outcome) = outcome.filter(|_| !W::PLAIN && !self.table.extra.modifiers.is_empty()) {
            self.apart().back_off(watcher, outcome);
        }
        true
    }

    /// Counts faults in a row, and moves the next ask to where the pace now has it.
    #[inline(never)]
    fn back_off(&mut self, watcher: WatcherId, outcome: u8) {
        let row = self.rows.watcher(watcher);
        if row.flags & WATCHER_BACKOFF == 0 || self.table.skipped_outcome(watcher) == Some(outcome) {
            return;
        }
        let before = self.instance.watches[watcher.index()].faults;
        let now = if self.table.is_fault(watcher, outcome) { before.saturating_add(1) } else { 0 };
        let watch = &mut self.instance.watches[watcher.index()];
        watch.faults = now;
        let due = watch.due;
        if let (Some(ms), true) = (self.paced(row), due != Instant::NEVER) {
            let [old, new] = [before, now].map(|it| self.pace(watcher, row, ms, it).saturating_mul(1_000_000));
            self.instance.watches[watcher.index()].due = Instant(due.0.saturating_sub(old)).after_ns(new);
            self.instance.note_next_ask();
        }
    }

    /// Asks a watcher ahead of its time, unless it is under way or the machine goes round too fast.
    #[inline(never)]
    pub(super) fn ask_polled(&mut self) {
        let polls = self.instance.memory.as_ref().map_or(0, |it| it.polls.len());
        for watcher in (0..polls as u16).map(WatcherId) {
            let memory = self.instance.memory.as_mut();
            let is_polled = memory.is_some_and(|it| core::mem::take(&mut it.polls[watcher.index()]));
            let watch = self.instance.watches[watcher.index()];
            if !is_polled || watch.visit == 0 || watch.under_way {
                continue;
            }
            match self.slow_down() {
                Some(until) => self.instance.watches[watcher.index()].due = watch.due.min(until),
                None => {
                    let first = !watch.asked;
                    let every = self.paced(self.rows.watcher(watcher));
                    let watch = &mut self.instance.watches[watcher.index()];
                    (watch.under_way, watch.asked) = (true, true);
                    // What was to be its first ask has been made now.
                    if first {
                        watch.due = every.map_or(Instant::NEVER, |ms| next_due(self.now, ms, self.now));
                    }
                    self.effects.push(Effect::Ask { watcher, visit: watch.visit, first });
                }
            }
            self.instance.note_next_ask();
        }
    }

    /// Asks every active watcher again. A `run` that was under way cannot be asked again without doing its work twice,
    /// unless its kind only looks; one that has answered, or was never asked, is left alone.
    #[inline(never)]
    pub(super) fn resume(&mut self) -> Verdict {
        for watcher in self.table.watchers() {
            let row = self.rows.watcher(watcher);
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
        self.instance.note_next_ask();
        Verdict::Quiet
    }

    /// Another machine entered or left a state: the watchers that wait for that begin or stop.
    #[inline(never)]
    pub(super) fn heed(&mut self, condition: u16, holds: bool) -> Verdict {
        let memory = self.instance.memory.as_mut();
        let Some(known) = memory.and_then(|it| it.conditions.get_mut(usize::from(condition))) else {
            return Verdict::Misfit;
        };
        if core::mem::replace(known, holds) == holds || self.instance.visit == 0 {
            return Verdict::Quiet;
        }
        let path = self.rows.path(self.instance.leaf);
        let table = *self.table;
        for state in [table.machine()].into_iter().chain(super::Rows::<W>::below(path, 0)) {
            for watcher in self.rows.watchers_of(state).map(WatcherId) {
                if table.modifiers(watcher).condition != Some(condition) {
                    continue;
                }
                if holds {
                    // A visit of its own, so that answers to what was stopped before come too late.
                    self.instance.visit = self.instance.visit.wrapping_add(1).max(1);
                    self.begin_one(watcher, self.now);
                } else {
                    self.stop_one(watcher);
                }
            }
        }
        Verdict::Quiet
    }
}

/// The pace after so many faults in a row, of a watcher with `backoff`.
#[inline(never)]
fn slowed(table: &Table<'_>, watcher: WatcherId, every_ms: u64, faults: u16) -> u64 {
    let Some(backoff) = table.modifiers(watcher).backoff else {
        return every_ms;
    };
    let (most, mut pace) = (backoff.up_to_ms.max(every_ms), every_ms);
    // A pace of 10 ms has grown to ten years after at most 2^15 steps of a hundredth; beyond, it is taken as that.
    for _ in 0..faults {
        let next = pace.saturating_mul(u64::from(backoff.percent)) / 100;
        if next >= most || next == pace {
            return next.min(most);
        }
        pace = next;
    }
    pace
}

/// A number that looks random, from what tells this ask from others (SplitMix64; Steele, Lea and Flood, 2014).
fn draw(seed: u64, watcher: WatcherId, visit: u32) -> u64 {
    let mixed = seed ^ u64::from(visit) << 16 ^ u64::from(watcher.0);
    let mixed = mixed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

/// The first point after `now` on the grid that `due` and the pace lay down, so that a late tick does not shift it.
#[inline(always)]
fn next_due(due: Instant, every_ms: u64, now: Instant) -> Instant {
    let every = every_ms.saturating_mul(1_000_000).max(1);
    let next = due.after_ns(every);
    if next > now { next } else { next.after_ns(now.since(next) / every * every + every) }
}
