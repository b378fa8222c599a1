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
    const WIDTH: Width = Width { wide: ID == 2 };
    /// "None", and what lies beyond the end of a section.
    const NONE: u16 = if ID == 2 { u16::MAX } else { 0xFF };

    /// The id in this column of a row that begins with ids.
    #[inline(always)]
    fn id(row: &[u8], column: usize) -> u16 {
        let at = column * ID;
        match (ID, row.get(at), row.get(at + 1)) {
            (1, Some(byte), _) => u16::from(*byte),
            (2, Some(low), Some(high)) => u16::from_le_bytes([*low, *high]),
            _ => Self::NONE,
        }
    }

    /// The row with this index. Whoever leaves where there is none has checked for all columns at once.
    #[inline(always)]
    fn row(rows: &'t [u8], index: usize, size: usize) -> Option<&'t [u8]> {
        rows.get(index * size..index * size + size)
    }

    /// The cell of a leaf and an event, if it is the leaf's own.
    #[inline(always)]
    pub(crate) fn transition(self, leaf: StateId, event: EventId) -> Option<Transition> {
        let base = usize::from(Self::id(Self::row(self.0.bases, leaf.index(), ID)?, 0));
        let slot = Self::row(self.0.slots, base + event.index(), Self::WIDTH.slot_row())?;
        let is_own = Self::id(slot, 0) == event.0 && event.0 != Self::NONE;
        is_own.then(|| Transition { target: StateId(Self::id(slot, 1)), plan: PlanId(Self::id(slot, 2)) })
    }

    #[inline(always)]
    pub(crate) fn plan(self, plan: PlanId) -> Plan {
        let way = self.way(plan);
        Plan {
            depth: way.depth(),
            near: way.is_near(),
            stay: way.is_stay(),
            label: way.label(),
            guard: way.guard(),
            otherwise: Some(Self::id(way.0, 1)).filter(|it| *it != Self::NONE),
            actions: way.actions(),
            history: way.is_history(),
        }
    }

    /// How a transition is carried out, column by column as it is asked for.
    #[inline(always)]
    pub(crate) fn way(self, plan: PlanId) -> Way<'t, ID> {
        Way(Self::row(self.0.plans, plan.index(), Self::WIDTH.plan_row()).unwrap_or(&[]))
    }

    /// What is tried when the guard of a plan does not hold.
    #[inline(always)]
    pub(crate) fn otherwise(self, plan: PlanId) -> Option<Transition> {
        self.alternative(Self::id(self.way(plan).0, 1))
    }

    #[inline(always)]
    pub(crate) fn alternative(self, alternative: u16) -> Option<Transition> {
        let row = Self::row(self.0.extra.alternatives, alternative.into(), Self::WIDTH.alternative_row())?;
        let [target, plan] = [0, 1].map(|column| Self::id(row, column));
        (target != Self::NONE).then_some(Transition { target: StateId(target), plan: PlanId(plan) })
    }

    /// The states from the outermost inside the machine to `leaf`.
    pub(crate) fn path(self, leaf: StateId) -> &'t [[u8; ID]] {
        let row = Self::row(self.0.leaf_rows, leaf.index(), Self::WIDTH.leaf_row()).unwrap_or(&[]);
        let start = usize::from(Self::id(row, 0));
        let length = row.last().map_or(0, |it| usize::from(*it));
        self.0.path_pool.as_chunks().0.get(start..start + length).unwrap_or(&[])
    }

    /// The states of a path from this depth on, outermost first.
    pub(crate) fn below(path: &'t [[u8; ID]], depth: usize) -> impl DoubleEndedIterator<Item = StateId> + use<'t, ID> {
        path.get(depth..).unwrap_or(&[]).iter().map(|id| StateId(Self::id(id, 0)))
    }

    /// What a state has of its own: [`STATE_TIMERS`], [`STATE_WATCHERS`].
    #[inline(always)]
    pub(crate) fn flags(self, state: StateId) -> u8 {
        let size = Self::WIDTH.state_row();
        self.0.states.get(state.index() * size + size - 1).copied().unwrap_or(0)
    }

    /// The watchers of a state.
    #[inline(always)]
    pub(crate) fn watchers_of(self, state: StateId) -> Range<u16> {
        self.owned(state, 1, self.0.counts.watchers)
    }

    /// The timers of a state.
    #[inline(always)]
    pub(crate) fn timers_of(self, state: StateId) -> Range<u16> {
        self.owned(state, 2, self.0.counts.timers)
    }

    /// From this row's column to the next row's, or to the end.
    #[inline(always)]
    fn owned(self, state: StateId, column: usize, count: usize) -> Range<u16> {
        let size = Self::WIDTH.state_row();
        let at = state.index() * size;
        match self.0.states.get(at..at + 2 * size) {
            Some(rows) => Self::id(rows, column)..Self::id(&rows[size..], column),
            None => Self::row(self.0.states, state.index(), size).map_or(0, |row| Self::id(row, column))..count as u16,
        }
    }

    /// Slot and duration in milliseconds.
    #[inline(always)]
    pub(crate) fn timer(self, timer: TimerId) -> Option<(u16, u64)> {
        let row = Self::row(self.0.timers, timer.index(), Self::WIDTH.timer_row())?;
        Some((Self::id(row, 0), duration(row, ID)))
    }

    /// The event of an outcome; nothing if the watcher has no such outcome.
    #[inline(always)]
    pub(crate) fn outcome(self, watcher: WatcherId, outcome: u8) -> Option<EventId> {
        let (size, at) = (Self::WIDTH.watcher_row(), watcher.index() * Self::WIDTH.watcher_row());
        let (first, end) = match self.0.watchers.get(at..at + 2 * size) {
            Some(rows) => (Self::id(rows, 1), Self::id(&rows[size..], 1)),
            None => (Self::id(Self::row(self.0.watchers, watcher.index(), size)?, 1), self.0.outcomes),
        };
        let event = first.saturating_add(outcome.into());
        (event < end).then_some(EventId(event))
    }

    #[inline(always)]
    pub(crate) fn watcher(self, watcher: WatcherId) -> Watcher {
        let row = Self::row(self.0.watchers, watcher.index(), Self::WIDTH.watcher_row()).unwrap_or(&[]);
        let flags = row.last().copied().unwrap_or(0);
        Watcher {
            kind: KindId(Self::id(row, 0)),
            first_event: EventId(Self::id(row, 1)),
            every_ms: Some(duration(row, 2 * ID)).filter(|ms| *ms != 0),
            once: flags & WATCHER_ONCE != 0,
            flags,
        }
    }
}

/// A row of the plans.
#[derive(Clone, Copy)]
pub(crate) struct Way<'t, const ID: usize>(&'t [u8]);

impl<const ID: usize> Way<'_, ID> {
    #[inline(always)]
    fn flags(self) -> u8 {
        self.0.get(2 * ID + 1).copied().unwrap_or(0)
    }

    /// Nothing but the way itself: no guard, no actions, no way back, no staying.
    #[inline(always)]
    pub(crate) fn is_bare(self) -> bool {
        self.flags() & !PLAN_NEAR == 0
    }

    #[inline(always)]
    pub(crate) fn is_near(self) -> bool {
        self.flags() & PLAN_NEAR != 0
    }

    #[inline(always)]
    pub(crate) fn depth(self) -> usize {
        self.0.get(2 * ID).copied().unwrap_or(0).into()
    }

    #[inline(always)]
    pub(crate) fn label(self) -> Option<u16> {
        let label = Rows::<ID>::id(self.0, 0);
        (label != Rows::<ID>::NONE).then_some(label)
    }

    #[inline(always)]
    pub(crate) fn is_stay(self) -> bool {
        self.flags() & PLAN_STAY != 0
    }

    #[inline(always)]
    pub(crate) fn is_history(self) -> bool {
        self.flags() & PLAN_HISTORY != 0
    }

    #[inline(always)]
    pub(crate) fn guard(self) -> Option<Code> {
        (self.flags() & PLAN_GUARD != 0).then(|| code(self.0, 2 * ID + 2))
    }

    #[inline(always)]
    pub(crate) fn actions(self) -> Option<Code> {
        (self.flags() & PLAN_ACTS != 0).then(|| code(self.0, 2 * ID + 4))
    }
}

/// The number of code that begins here.
#[inline(always)]
fn code(row: &[u8], at: usize) -> Code {
    Code(row.get(at..).and_then(|it| it.first_chunk()).map_or(NO_CODE, |it| u16::from_le_bytes(*it)))
}

/// The milliseconds that begin here.
#[inline(always)]
fn duration(row: &[u8], at: usize) -> u64 {
    match row.get(at..).and_then(|it| it.first_chunk::<DURATION>()) {
        Some([a, b, c, d, e]) => u64::from_le_bytes([*a, *b, *c, *d, *e, 0, 0, 0]),
        None => 0,
    }
}
