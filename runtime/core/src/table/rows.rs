//! The rows that a step looks at, read with the width of ids as a constant: one place asks how wide they are, and
//! behind it each column is one load.

use super::layout::*;
use super::{Code, Plan, Table, Transition, Watcher};
use crate::id::{EventId, KindId, PlanId, StateId, TimerId, WatcherId};
use core::ops::Range;

/// A table whose ids take `ID` bytes, 1 or 2.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'s, 't, const ID: usize>(pub(crate) &'s Table<'t>);

/// Does something with the rows of a table, whatever their width.
macro_rules! with_rows {
    ($table:expr, $rows:ident => $what:expr) => {
        if $table.is_wide() {
            let $rows = $crate::table::Rows::<2>($table);
            $what
        } else {
            let $rows = $crate::table::Rows::<1>($table);
            $what
        }
    };
}
pub(crate) use with_rows;

impl<'t, const ID: usize> Rows<'_, 't, ID> {
    /// "None", and what lies beyond the end of a section.
    const NONE: u16 = if ID == 2 { u16::MAX } else { 0xFF };

    /// The row with this index, of rows that begin with `IDS` ids and end with `REST` bytes: one check, then only loads.
    #[inline(always)]
    fn row<const IDS: usize, const REST: usize>(rows: &[u8], index: usize) -> Option<([u16; IDS], [u8; REST])> {
        let size = IDS * ID + REST;
        let row = rows.get(index * size..index * size + size)?;
        let mut ids = [Self::NONE; IDS];
        for (id, bytes) in ids.iter_mut().zip(row.chunks_exact(ID)) {
            *id = Self::id(bytes);
        }
        Some((ids, *row.last_chunk()?))
    }

    /// One id of a row of them.
    #[inline(always)]
    fn id_at(ids: &[u8], index: usize) -> u16 {
        Self::row::<1, 0>(ids, index).map_or(Self::NONE, |([id], _)| id)
    }

    #[inline(always)]
    fn id(bytes: &[u8]) -> u16 {
        match bytes {
            [low, high] => u16::from_le_bytes([*low, *high]),
            [byte] => u16::from(*byte),
            _ => Self::NONE,
        }
    }

    /// The cell of a leaf and an event, if it is the leaf's own.
    #[inline(always)]
    pub(crate) fn transition(self, leaf: StateId, event: EventId) -> Option<Transition> {
        let base = Self::id_at(self.0.bases, leaf.index());
        let ([of, target, plan], []) = Self::row(self.0.slots, usize::from(base) + event.index())?;
        let is_own = of == event.0 && of != Self::NONE;
        is_own.then_some(Transition { target: StateId(target), plan: PlanId(plan) })
    }

    #[inline(always)]
    pub(crate) fn plan(self, plan: PlanId) -> Plan {
        let way = self.way(plan);
        Plan {
            depth: way.depth.into(),
            near: way.is_near(),
            stay: way.is_stay(),
            label: way.label(),
            guard: way.guard(),
            otherwise: (way.otherwise != Self::NONE).then_some(way.otherwise),
            actions: way.actions(),
            history: way.is_history(),
        }
    }

    /// How a transition is carried out.
    #[inline(always)]
    pub(crate) fn way(self, plan: PlanId) -> Way<ID> {
        let row = Self::row(self.0.plans, plan.index());
        let ([label, otherwise], [depth, flags, a, b, c, d]) = row.unwrap_or(([Self::NONE; 2], [0; 6]));
        let [guard, actions] = [[a, b], [c, d]].map(|it| Code(u16::from_le_bytes(it)));
        Way { label, otherwise, depth, flags, guard, actions }
    }

    /// What is tried when the guard of a plan does not hold.
    #[inline(always)]
    pub(crate) fn otherwise(self, plan: PlanId) -> Option<Transition> {
        self.alternative(self.way(plan).otherwise)
    }

    #[inline(always)]
    pub(crate) fn alternative(self, alternative: u16) -> Option<Transition> {
        let ([target, plan], []) = Self::row(self.0.extra.alternatives, alternative.into())?;
        (target != Self::NONE).then_some(Transition { target: StateId(target), plan: PlanId(plan) })
    }

    /// The states from the outermost inside the machine to `leaf`.
    pub(crate) fn path(self, leaf: StateId) -> &'t [[u8; ID]] {
        let ([start], [length]) = Self::row(self.0.leaf_rows, leaf.index()).unwrap_or(([0], [0]));
        let start = usize::from(start);
        self.0.path_pool.as_chunks().0.get(start..start + usize::from(length)).unwrap_or(&[])
    }

    /// The states of a path from this depth on, outermost first.
    pub(crate) fn below(path: &'t [[u8; ID]], depth: usize) -> impl DoubleEndedIterator<Item = StateId> + use<'t, ID> {
        path.get(depth..).unwrap_or(&[]).iter().map(|id| StateId(Self::id(id)))
    }

    /// What a state has of its own.
    #[inline(always)]
    pub(crate) fn owned(self, state: StateId) -> Owned {
        let ([_, watcher, timer], [flags]) = self.state_row(state);
        Owned { flags, watcher, timer }
    }

    /// Parent, first watcher, first timer; flags.
    #[inline(always)]
    fn state_row(self, state: StateId) -> ([u16; 3], [u8; 1]) {
        let ends = [Self::NONE, self.0.counts.watchers as u16, self.0.counts.timers as u16];
        Self::row(self.0.states, state.index()).unwrap_or((ends, [0]))
    }

    /// The watchers of a state: up to those of the next.
    #[inline(always)]
    pub(crate) fn watchers_of(self, state: StateId) -> Range<u16> {
        self.owned(state).watcher..self.owned(StateId(state.0.saturating_add(1))).watcher
    }

    /// The timers of a state.
    #[inline(always)]
    pub(crate) fn timers_of(self, state: StateId) -> Range<u16> {
        self.owned(state).timer..self.owned(StateId(state.0.saturating_add(1))).timer
    }

    /// Slot and duration in milliseconds.
    #[inline(always)]
    pub(crate) fn timer(self, timer: TimerId) -> (u16, u64) {
        let ([slot], ms) = Self::row(self.0.timers, timer.index()).unwrap_or(([Self::NONE], [0; DURATION]));
        (slot, duration(ms))
    }

    /// The event of an outcome; nothing if the watcher has no such outcome.
    #[inline(always)]
    pub(crate) fn outcome(self, watcher: WatcherId, outcome: u8) -> Option<EventId> {
        let ([_, first], _) = self.watcher_row(watcher);
        let ([_, end], _) = self.watcher_row(WatcherId(watcher.0.saturating_add(1)));
        let event = first.saturating_add(outcome.into());
        (event < end).then_some(EventId(event))
    }

    /// Kind, first event; pace, flags. Behind the last watcher begin the other events.
    #[inline(always)]
    fn watcher_row(self, watcher: WatcherId) -> ([u16; 2], [u8; DURATION + 1]) {
        Self::row(self.0.watchers, watcher.index()).unwrap_or(([Self::NONE, self.0.outcomes], [0; DURATION + 1]))
    }

    #[inline(always)]
    pub(crate) fn watcher(self, watcher: WatcherId) -> Watcher {
        let ([kind, first], [pace @ .., flags]) = self.watcher_row(watcher);
        Watcher {
            kind: KindId(kind),
            first_event: EventId(first),
            every_ms: Some(duration(pace)).filter(|ms| *ms != 0),
            once: flags & WATCHER_ONCE != 0,
            flags,
        }
    }
}

/// What a state has of its own: [`STATE_TIMERS`], [`STATE_WATCHERS`], and where they begin.
#[derive(Clone, Copy)]
pub(crate) struct Owned {
    pub(crate) flags: u8,
    pub(crate) watcher: u16,
    pub(crate) timer: u16,
}

/// A row of the plans.
#[derive(Clone, Copy)]
pub(crate) struct Way<const ID: usize> {
    label: u16,
    otherwise: u16,
    pub(crate) depth: u8,
    flags: u8,
    guard: Code,
    actions: Code,
}

impl<const ID: usize> Way<ID> {
    /// Nothing but the way itself: no guard, no actions, no way back, no staying.
    #[inline(always)]
    pub(crate) fn is_bare(self) -> bool {
        self.flags & !PLAN_NEAR == 0
    }

    #[inline(always)]
    pub(crate) fn is_near(self) -> bool {
        self.flags & PLAN_NEAR != 0
    }

    #[inline(always)]
    pub(crate) fn label(self) -> Option<u16> {
        (self.label != Rows::<ID>::NONE).then_some(self.label)
    }

    #[inline(always)]
    pub(crate) fn is_stay(self) -> bool {
        self.flags & PLAN_STAY != 0
    }

    #[inline(always)]
    pub(crate) fn is_history(self) -> bool {
        self.flags & PLAN_HISTORY != 0
    }

    #[inline(always)]
    pub(crate) fn guard(self) -> Option<Code> {
        (self.flags & PLAN_GUARD != 0).then_some(self.guard)
    }

    #[inline(always)]
    pub(crate) fn actions(self) -> Option<Code> {
        (self.flags & PLAN_ACTS != 0).then_some(self.actions)
    }
}

#[inline(always)]
fn duration([a, b, c, d, e]: [u8; DURATION]) -> u64 {
    u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])
}
