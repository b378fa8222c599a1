//! The rows that a step looks at, cut when a table is opened, with the width of ids as a type: one place asks how wide
//! they are, and behind it each row is one check and each column one load.

use super::layout::*;
use super::row::{State, Way, duration, id};
use super::width::{Cut, Narrow, Plain, Row, Wide};
use super::{Plan, Transition, Watcher};
use crate::id::{EventId, KindId, PlanId, StateId, TimerId, WatcherId};
use core::ops::Range;

/// The rows of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AnyRows<'t> {
    /// Of fewer than 255 of everything, where a step need not look after all that there may be.
    Plain(Rows<'t, Plain>),
    /// Of fewer than 255 of everything.
    Narrow(Rows<'t, Narrow>),
    /// Of more.
    Wide(Rows<'t, Wide>),
}

/// The rows of a table whose ids are so wide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'t, W: Cut> {
    states: &'t [W::State],
    leaves: &'t [W::Leaf],
    path_pool: &'t [W::Id],
    bases: &'t [W::Id],
    slots: &'t [W::Slot],
    plans: &'t [W::Plan],
    watchers: &'t [W::Watcher],
    timers: &'t [W::Timer],
    alternatives: &'t [W::Alternative],
    /// How many events are outcomes.
    outcomes: u16,
}

/// The sections that rows are cut from.
pub(crate) struct Uncut<'t> {
    pub(crate) leaves: usize,
    pub(crate) outcomes: u16,
    pub(crate) states: &'t [u8],
    pub(crate) paths: &'t [u8],
    pub(crate) transitions: &'t [u8],
    pub(crate) plans: &'t [u8],
    pub(crate) watchers: &'t [u8],
    pub(crate) timers: &'t [u8],
    pub(crate) alternatives: &'t [u8],
}

/// Does something with the rows of a table, whatever their width.
macro_rules! with_rows {
    ($table:expr, $rows:ident => $what:expr) => {
        match &$table.rows {
            $crate::table::rows::AnyRows::Plain($rows) => $what,
            $crate::table::rows::AnyRows::Narrow($rows) => $what,
            $crate::table::rows::AnyRows::Wide($rows) => $what,
        }
    };
}
pub(crate) use with_rows;

impl<'t> AnyRows<'t> {
    pub(crate) fn cut(width: Width, is_plain: bool, sections: &Uncut<'t>) -> Self {
        match (width.wide, is_plain) {
            (true, _) => Self::Wide(Rows::cut(sections)),
            (false, false) => Self::Narrow(Rows::cut(sections)),
            (false, true) => Self::Plain(Rows::cut(sections)),
        }
    }
}

impl<'t, W: Cut> Rows<'t, W> {
    fn cut(from: &Uncut<'t>) -> Self {
        let (leaves, path_pool) = split(from.paths, from.leaves * W::WIDTH.leaf_row());
        let (bases, slots) = split(from.transitions, from.leaves * W::WIDTH.id());
        Self {
            states: Row::cut(from.states),
            leaves: Row::cut(leaves),
            path_pool: Row::cut(path_pool),
            bases: Row::cut(bases),
            slots: Row::cut(slots),
            plans: Row::cut(from.plans),
            watchers: Row::cut(from.watchers),
            timers: Row::cut(from.timers),
            alternatives: Row::cut(from.alternatives),
            outcomes: from.outcomes,
        }
    }

    /// The cell of a leaf and an event, if it is the leaf's own. An empty one names no event; of that there is none, because
    /// no table has so many slots.
    #[inline(always)]
    pub(crate) fn transition(&self, leaf: StateId, event: EventId) -> Option<Transition> {
        let base = usize::from(id::<W>(self.bases.get(leaf.index())?, 0));
        let slot = self.slots.get(base + event.index())?;
        (id::<W>(slot, 0) == event.0)
            .then(|| Transition { target: StateId(id::<W>(slot, 1)), plan: PlanId(id::<W>(slot, 2)) })
    }

    pub(crate) fn plan(&self, plan: PlanId) -> Plan {
        let Some(way) = self.way(plan) else {
            return Plan::default();
        };
        Plan {
            depth: way.depth(),
            near: way.is_near(),
            stay: way.is_stay(),
            label: way.label(),
            guard: way.guard(),
            otherwise: way.otherwise(),
            actions: way.actions(),
            history: way.is_history(),
        }
    }

    /// How a transition is carried out, column by column as it is asked for.
    #[inline(always)]
    pub(crate) fn way(&self, plan: PlanId) -> Option<Way<'t, W>> {
        self.plans.get(plan.index()).map(Way)
    }

    /// The number of a plan of this table.
    pub(crate) fn number_of(&self, way: Way<'t, W>) -> PlanId {
        let bytes = core::ptr::from_ref(way.0).addr() - self.plans.as_ptr().addr();
        PlanId((bytes / W::WIDTH.plan_row()) as u16)
    }

    #[inline(always)]
    pub(crate) fn alternative(&self, alternative: u16) -> Option<Transition> {
        let row = self.alternatives.get(usize::from(alternative))?;
        let [target, plan] = [0, 1].map(|column| id::<W>(row, column));
        (target != W::NONE).then_some(Transition { target: StateId(target), plan: PlanId(plan) })
    }

    /// The states from the outermost inside the machine to `leaf`.
    pub(crate) fn path(&self, leaf: StateId) -> &'t [W::Id] {
        let Some(row) = self.leaves.get(leaf.index()) else {
            return &[];
        };
        let start = usize::from(id::<W>(row, 0));
        let length = row.as_ref().last().map_or(0, |it| usize::from(*it));
        self.path_pool.get(start..start + length).unwrap_or(&[])
    }

    /// The states of a path from this depth on, outermost first.
    pub(crate) fn below(path: &'t [W::Id], depth: usize) -> impl DoubleEndedIterator<Item = StateId> + use<'t, W> {
        path.get(depth..).unwrap_or(&[]).iter().map(|row| StateId(id::<W>(row, 0)))
    }

    /// The state around a state; `None` for the machine.
    pub(crate) fn parent(&self, state: StateId) -> Option<StateId> {
        let parent = id::<W>(self.states.get(state.index())?, 0);
        (parent != W::NONE).then_some(StateId(parent))
    }

    /// What a state has of its own: [`STATE_TIMERS`], [`STATE_WATCHERS`].
    #[inline(always)]
    pub(crate) fn flags(&self, state: StateId) -> u8 {
        self.states.get(state.index()).and_then(|row| row.as_ref().last()).copied().unwrap_or(0)
    }

    /// The watchers of a state.
    #[inline(always)]
    pub(crate) fn watchers_of(&self, state: StateId) -> Range<u16> {
        self.owned(state, 1, self.watchers.len())
    }

    /// The timers of a state.
    #[inline(always)]
    pub(crate) fn timers_of(&self, state: StateId) -> Range<u16> {
        self.owned(state, 2, self.timers.len())
    }

    /// A state inside the machine; behind it there is always one more row, at the end that of the machine.
    #[inline(always)]
    pub(crate) fn state(&self, state: StateId) -> Option<State<'t, W>> {
        two(self.states, state.index()).map(State)
    }

    /// From this row's column to the next row's, or to the end.
    #[inline(always)]
    fn owned(&self, state: StateId, column: usize, count: usize) -> Range<u16> {
        match two(self.states, state.index()) {
            Some([row, next]) => id::<W>(row, column)..id::<W>(next, column),
            None => self.states.get(state.index()).map_or(0, |row| id::<W>(row, column))..count as u16,
        }
    }

    /// Slot and duration in milliseconds.
    #[inline(always)]
    pub(crate) fn timer(&self, timer: TimerId) -> Option<(u16, u64)> {
        let row = self.timers.get(timer.index())?;
        Some((id::<W>(row, 0), duration(row.as_ref(), W::WIDTH.id())))
    }

    /// The event of a timer slot: they follow the outcomes.
    #[inline(always)]
    pub(crate) fn timer_event(&self, slot: usize) -> EventId {
        EventId(self.outcomes + slot as u16)
    }

    /// The event of an outcome; nothing if the watcher has no such outcome.
    #[inline(always)]
    pub(crate) fn outcome(&self, watcher: WatcherId, outcome: u8) -> Option<EventId> {
        let (first, end) = match two(self.watchers, watcher.index()) {
            Some([row, next]) => (id::<W>(row, 1), id::<W>(next, 1)),
            None => (id::<W>(self.watchers.get(watcher.index())?, 1), self.outcomes),
        };
        let event = first.saturating_add(outcome.into());
        (event < end).then_some(EventId(event))
    }

    #[inline(always)]
    pub(crate) fn watcher(&self, watcher: WatcherId) -> Watcher {
        let Some(row) = self.watchers.get(watcher.index()) else {
            return Watcher::NONE;
        };
        let flags = row.as_ref().last().copied().unwrap_or(0);
        Watcher {
            kind: KindId(id::<W>(row, 0)),
            first_event: EventId(id::<W>(row, 1)),
            every_ms: Some(duration(row.as_ref(), 2 * W::WIDTH.id())).filter(|ms| *ms != 0),
            once: flags & WATCHER_ONCE != 0,
            flags,
        }
    }
}

/// The row with this index and the next one, behind one check.
#[inline(always)]
fn two<R>(rows: &[R], index: usize) -> Option<&[R; 2]> {
    rows.get(index..index + 2)?.as_array()
}

fn split(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}
