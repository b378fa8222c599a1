//! States, paths, watchers and timers.

use super::{Check, Checked, id, is_duration};
use crate::id::StateId;
use crate::limits::DEPTH_MAX;
use crate::table::layout::*;
use crate::table::{Fault, Section};
use alloc::{vec, vec::Vec};

impl Check<'_> {
    /// Inner states before outer ones, the machine last: so the parents form one tree. Owned rows ascend.
    pub(super) fn states(&self) -> Checked {
        let (width, counts, states) = (self.table.width(), self.table.counts, self.bytes(Section::States));
        let mut owned = [0, 0];
        for state in self.table.states() {
            let row = state.index() * width.state_row();
            let fail = |holds, fault| self.ensure(holds, Section::States, row, fault);
            let is_machine = state == self.table.machine();
            let is_inside = |it: StateId| it > state && it.index() >= counts.leaves && it.index() < counts.states;
            let fits = self.table.parent(state).map_or(is_machine, |it| !is_machine && is_inside(it));
            fail(fits, Fault::Tree)?;
            let next = [1, 2].map(|column| usize::from(id(states, row + column * width.id(), width)));
            fail(owned[0] <= next[0] && owned[1] <= next[1], Fault::Id)?;
            fail(next[0] <= counts.watchers && next[1] <= counts.timers, Fault::Id)?;
            fail(state.index() > 0 || next == [0, 0], Fault::Id)?;
            let flags = states.get(row + 3 * width.id()).copied().unwrap_or(0);
            fail(flags & !STATE_FINAL == self.owned_flags(state), Fault::Flags)?;
            owned = next;
        }
        Ok(())
    }

    /// The flags that say whether a state has timers and watchers.
    fn owned_flags(&self, state: StateId) -> u8 {
        let timers = if self.table.timers_of(state).len() > 0 { STATE_TIMERS } else { 0 };
        let watchers = if self.table.watchers_of(state).len() > 0 { STATE_WATCHERS } else { 0 };
        timers | watchers
    }

    /// Each leaf's path is the way up its parents, and the paths fill the pool.
    pub(super) fn paths(&self) -> Checked {
        let (width, section) = (self.table.width(), self.bytes(Section::Paths));
        let mut used = 0;
        for leaf in self.table.leaves() {
            let row = leaf.index() * width.leaf_row();
            let start = usize::from(id(section, row, width));
            let path = self.table.path(leaf);
            let mut up = core::iter::successors(Some(leaf), |it| self.table.parent(*it));
            let is_way_up =
                path.iter().rev().all(|it| up.next() == Some(it)) && up.next() == Some(self.table.machine());
            let fits = start == used && path.len() <= DEPTH_MAX && is_way_up;
            self.ensure(fits, Section::Paths, row, Fault::Path)?;
            used += path.len();
        }
        let filled = self.table.counts.leaves * width.leaf_row() + used * width.id();
        self.ensure(filled == section.len(), Section::Paths, 0, Fault::Size)
    }

    /// Kinds in range, events numbered without a gap, a pace where one is needed.
    pub(super) fn watchers(&self) -> Checked {
        let counts = self.table.counts;
        let kinds: Vec<_> = self.table.kinds().collect();
        let mut event = 0;
        for watcher in self.table.watchers() {
            let row = watcher.index() * self.table.width().watcher_row();
            let fail = |holds, fault| self.ensure(holds, Section::Watchers, row, fault);
            let it = self.table.watcher(watcher);
            let Some(kind) = kinds.get(it.kind.index()) else {
                return fail(false, Fault::Id);
            };
            fail(it.first_event.index() == event, Fault::Id)?;
            fail(it.every_ms.is_none_or(is_duration), Fault::Value)?;
            fail((it.flags & WATCHER_NOTIFIED != 0) == kind.notified, Fault::Flags)?;
            let has_pace = it.every_ms.is_some();
            fail(if it.once { !has_pace } else { has_pace || kind.notified }, Fault::Value)?;
            let has = |flag| usize::from(it.flags & flag != 0);
            event += usize::from(kind.outcomes) + has(WATCHER_RETURNS) + has(WATCHER_UNDER);
        }
        self.ensure(event + counts.timer_slots + counts.signals == counts.events, Section::Machine, 0, Fault::Value)
    }

    /// Durations in range, and no slot twice on the way to any leaf.
    pub(super) fn timers(&self) -> Checked {
        let slots = self.table.counts.timer_slots;
        for timer in self.table.timers() {
            let row = timer.index() * self.table.width().timer_row();
            let (slot, ms) = self.table.timer(timer);
            self.ensure(usize::from(slot) < slots, Section::Timers, row, Fault::Id)?;
            self.ensure(is_duration(ms), Section::Timers, row, Fault::Value)?;
        }
        let mut taken = vec![0; slots];
        for leaf in self.table.leaves() {
            let path = self.table.path(leaf);
            for timer in path.iter().chain([self.table.machine()]).flat_map(|it| self.table.timers_of(it)) {
                let row = timer.index() * self.table.width().timer_row();
                let slot = &mut taken[usize::from(self.table.timer(timer).0)];
                let is_free = *slot != leaf.index() + 1;
                self.ensure(is_free, Section::Timers, row, Fault::TimerSlot)?;
                *slot = leaf.index() + 1;
            }
        }
        Ok(())
    }
}
