//! What a watcher tells at a time, given what it told last.
//!
//! A schedule's own time never goes back: while a clock that was set back is behind what was told already, nothing is
//! told twice, and a window that was open stays so. Only when it is behind by more than [`BACK_MOST`] it was the clock
//! before that was wrong, and what it led to counts no more.

use crate::calendar::Calendar;
use std::fmt::Write;
use std::sync::Arc;

/// What is told so much later than it should be, at most, was not missed: a node that starts, or a clock that is put
/// right by a moment, loses no slot.
pub const GRACE: i64 = 60_000;
/// So many slots that were missed are told one by one at most, the latest.
pub const MISSED_MOST: usize = 100;
/// Between two slots that were missed and are told one by one: time to go to another state after the first.
pub const CATCH_UP: i64 = 100;
/// Missed slots are counted up to this number.
const COUNT_MOST: usize = 1_000;
/// A clock that is set back further than this, a day, was wrong before.
const BACK_MOST: i64 = 86_400_000;

/// When what is told.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Its slots.
    pub calendar: Arc<Calendar>,
    /// How long a window is that begins with each slot, in milliseconds; without one, slots are moments.
    pub window: Option<i64>,
    /// What becomes of moments that were missed.
    pub missed: Missed,
    /// How much later than its slot all begins, in milliseconds.
    pub offset: i64,
}

/// What becomes of moments that nobody could tell, because the node was off or the watcher's state was not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missed {
    /// The last one is told when it can be.
    #[default]
    Once,
    /// They are gone.
    Skip,
    /// Each is told.
    All,
}

impl Missed {
    /// The word of the language.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "skip" => Self::Skip,
            "all" => Self::All,
            _ => Self::Once,
        }
    }
}

/// What there is to tell. All times are in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// A moment has come.
    Due {
        /// When it was to be.
        slot: i64,
        /// How long ago that is.
        late: i64,
        /// So many before it were missed, and are not told.
        missed: usize,
    },
    /// A window has opened.
    Opened {
        /// When it was to be.
        slot: i64,
        /// When it closes.
        until: i64,
    },
    /// The window that was told of is open still.
    StillOpen {
        /// When it opened.
        slot: i64,
        /// When it closes.
        until: i64,
    },
    /// No window is open.
    Closed {
        /// When one opens.
        next: i64,
    },
}

/// What was told, and what is remembered of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// All up to this time has been told, or is not to be.
    pub seen: i64,
    /// The slot of the window that is open.
    pub open: Option<i64>,
}

impl Schedule {
    /// What there is to tell at this time, if anything; what is to be remembered then is in `memory`. `fresh`: a state
    /// was entered, and whether a window is open is told in any case.
    pub fn look(&self, now: i64, memory: &mut Option<Memory>, fresh: bool) -> Option<Told> {
        if memory.is_some_and(|it| it.seen > now.saturating_add(BACK_MOST)) {
            *memory = memory.map(|it| Memory { seen: now, ..it });
        }
        match self.window {
            Some(window) => self.look_at_window(now, window, memory, fresh),
            None => self.look_at_moment(now, memory),
        }
    }

    /// When there may be something to tell next, after a look at `now`.
    #[must_use]
    pub fn wake(&self, now: i64, memory: Option<Memory>) -> Option<i64> {
        let Some(memory) = memory else { return Some(now) };
        let next = |from| self.calendar.next(from).map(|it| it.saturating_add(self.offset));
        let Some(window) = self.window else { return next(memory.seen) };
        let opens = next(memory.seen.max(now).saturating_sub(self.offset));
        let closes = memory.open.map(|it| it.saturating_add(window));
        [opens, closes].into_iter().flatten().min()
    }

    fn look_at_moment(&self, now: i64, memory: &mut Option<Memory>) -> Option<Told> {
        let to = now.saturating_sub(self.offset);
        let seen = memory.get_or_insert(Memory { seen: to, open: None }).seen;
        let first = self.calendar.next(seen).filter(|it| *it <= to)?;
        let (slot, missed) = match self.missed {
            Missed::All => self.first_of_all(seen, first, to),
            Missed::Once | Missed::Skip => self.last_of_all(first, to),
        };
        *memory = Some(Memory { seen: slot, open: None });
        let late = to.saturating_sub(slot);
        let is_told = self.missed != Missed::Skip || late <= GRACE;
        is_told.then_some(Told::Due { slot, late, missed })
    }

    /// The last slot that has come, and how many come before it.
    fn last_of_all(&self, first: i64, to: i64) -> (i64, usize) {
        let missed = self.calendar.between(first, to).take(COUNT_MOST).count();
        (self.calendar.last(first, to).unwrap_or(first), missed)
    }

    /// The first slot that is to be told, and how many come before it.
    fn first_of_all(&self, seen: i64, first: i64, to: i64) -> (i64, usize) {
        let count = self.calendar.between(seen, to).take(COUNT_MOST).count();
        if count <= MISSED_MOST {
            return (first, 0);
        }
        let mut slot = to + 1;
        for _ in 0..MISSED_MOST {
            slot = self.calendar.last(seen, slot - 1).unwrap_or(first);
        }
        (slot, count - MISSED_MOST)
    }

    fn look_at_window(&self, now: i64, window: i64, memory: &mut Option<Memory>, fresh: bool) -> Option<Told> {
        let now = memory.map_or(now, |it| it.seen.max(now));
        let before = memory.and_then(|it| it.open);
        // None further back can be open.
        let slot = self.calendar.last(now.saturating_sub(window), now.saturating_sub(self.offset));
        match (slot, before) {
            (Some(slot), Some(before)) if slot == before => {
                fresh.then_some(Told::StillOpen { slot, until: slot.saturating_add(window) })
            }
            (Some(slot), _) => {
                *memory = Some(Memory { seen: slot.saturating_add(self.offset), open: Some(slot) });
                Some(Told::Opened { slot, until: slot.saturating_add(window) })
            }
            (None, _) => {
                let seen = before.map_or(now, |it| now.min(it.saturating_add(window)));
                let is_news = before.is_some();
                if is_news || memory.is_none() {
                    *memory = Some(Memory { seen, open: None });
                }
                let next = self.calendar.next(now.saturating_sub(self.offset)).unwrap_or_default();
                (fresh || is_news).then_some(Told::Closed { next })
            }
        }
    }
}

impl Memory {
    /// As text, for a journal that is read with nothing but eyes.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("seen={}", self.seen);
        if let Some(open) = self.open {
            // Writing to a `String` cannot fail.
            let _ = write!(text, " open={open}");
        }
        text
    }

    /// What a text says; `None` if it is none of these.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (seen, open) = text.split_once(' ').map_or((text, None), |(seen, open)| (seen, Some(open)));
        let seen = seen.strip_prefix("seen=")?.parse().ok()?;
        let open = match open {
            Some(open) => Some(open.strip_prefix("open=")?.parse().ok()?),
            None => None,
        };
        Some(Self { seen, open })
    }
}
