//! What the columns of a row say.

use super::Code;
use super::layout::*;
use super::width::{Cut, Row};
use core::ops::Range;

/// The id in this column of a row that begins with ids.
#[inline(always)]
pub(super) fn id<W: Cut>(row: &impl Row, column: usize) -> u16 {
    let (row, at) = (row.as_ref(), column * W::WIDTH.id());
    match (W::WIDTH.wide, row.get(at), row.get(at + 1)) {
        (false, Some(byte), _) => u16::from(*byte),
        (true, Some(low), Some(high)) => u16::from_le_bytes([*low, *high]),
        _ => W::NONE,
    }
}

/// The milliseconds that begin here.
#[inline(always)]
pub(super) fn duration(row: &[u8], at: usize) -> u64 {
    match row.get(at..).and_then(|it| it.first_chunk::<DURATION>()) {
        Some([a, b, c, d, e]) => u64::from_le_bytes([*a, *b, *c, *d, *e, 0, 0, 0]),
        None => 0,
    }
}

/// A row of the states, and the next one.
#[derive(Clone, Copy)]
pub(crate) struct State<'t, W: Cut>(pub(super) &'t [W::State; 2]);

impl<W: Cut> State<'_, W> {
    /// What it has of its own: [`STATE_TIMERS`], [`STATE_WATCHERS`].
    #[inline(always)]
    pub(crate) fn flags(self) -> u8 {
        self.0[0].as_ref().last().copied().unwrap_or(0)
    }

    /// Its watchers.
    #[inline(always)]
    pub(crate) fn watchers(self) -> Range<u16> {
        id::<W>(&self.0[0], 1)..id::<W>(&self.0[1], 1)
    }

    /// Its timers.
    #[inline(always)]
    pub(crate) fn timers(self) -> Range<u16> {
        id::<W>(&self.0[0], 2)..id::<W>(&self.0[1], 2)
    }
}

/// A row of the plans.
#[derive(Clone, Copy)]
pub(crate) struct Way<'t, W: Cut>(pub(super) &'t W::Plan);

impl<W: Cut> Way<'_, W> {
    /// The bytes behind the ids: depth, flags, guard, actions.
    #[inline(always)]
    fn rest(&self, at: usize) -> u8 {
        self.0.as_ref().get(2 * W::WIDTH.id() + at).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn flags(&self) -> u8 {
        self.rest(1)
    }

    /// Nothing but the way itself: no guard, no actions, no way back, no staying.
    #[inline(always)]
    pub(crate) fn is_bare(&self) -> bool {
        self.flags() & !PLAN_NEAR == 0
    }

    #[inline(always)]
    pub(crate) fn is_near(&self) -> bool {
        self.flags() & PLAN_NEAR != 0
    }

    #[inline(always)]
    pub(crate) fn depth(&self) -> usize {
        self.rest(0).into()
    }

    #[inline(always)]
    pub(crate) fn label(&self) -> Option<u16> {
        let label = id::<W>(self.0, 0);
        (label != W::NONE).then_some(label)
    }

    /// What is tried when the guard does not hold.
    #[inline(always)]
    pub(crate) fn otherwise(&self) -> Option<u16> {
        let alternative = id::<W>(self.0, 1);
        (alternative != W::NONE).then_some(alternative)
    }

    #[inline(always)]
    pub(crate) fn is_stay(&self) -> bool {
        self.flags() & PLAN_STAY != 0
    }

    #[inline(always)]
    pub(crate) fn is_history(&self) -> bool {
        self.flags() & PLAN_HISTORY != 0
    }

    #[inline(always)]
    pub(crate) fn guard(&self) -> Option<Code> {
        (self.flags() & PLAN_GUARD != 0).then(|| self.code(2))
    }

    #[inline(always)]
    pub(crate) fn actions(&self) -> Option<Code> {
        (self.flags() & PLAN_ACTS != 0).then(|| self.code(4))
    }

    #[inline(always)]
    fn code(&self, at: usize) -> Code {
        Code(u16::from_le_bytes([self.rest(at), self.rest(at + 1)]))
    }
}
