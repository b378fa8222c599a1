//! What comes at its time: watchers that are asked, watchers that are told of changes, timers.

use super::NEVER;
use super::label::Due;
use crate::check::schedules::{KIND as SCHEDULE, between_windows};
use crate::model::{Constant, HandlerId, Machine, StateId, Trigger, WatcherId};

/// Least time between two reports of a schedule with windows.
const WINDOWS_MS: i64 = 10;
/// The same for one with moments: a line names minutes.
const MOMENTS_MS: i64 = 60_000;
/// No time is taken to be longer.
const LONGEST_MS: u64 = 1 << 50;

/// Something that comes at its time, in the state that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Source {
    pub(super) owner: StateId,
    pub(super) what: What,
}

#[derive(Clone, Copy)]
pub(super) enum What {
    /// A watcher that is asked at a pace, or a run, which is asked once.
    Asked(WatcherId, i64),
    /// A watcher that is told of changes, with the least time between two reports; others bring about all but the first if
    /// there is none.
    Told(WatcherId, Option<i64>),
    /// A timer, with what it takes.
    Timer(HandlerId, i64),
}

impl Source {
    /// All of a machine.
    pub(super) fn all(machine: &Machine) -> Vec<Self> {
        let watchers = (0..machine.watchers.len()).map(|it| Self::watcher(machine, WatcherId(it)));
        let timers = machine.handlers.iter().enumerate().filter_map(|(id, it)| match it.trigger {
            Trigger::After { ms, .. } => {
                Some(Self { owner: it.owner, what: What::Timer(HandlerId(id), ms.min(LONGEST_MS).cast_signed()) })
            }
            _ => None,
        });
        watchers.chain(timers).collect()
    }

    fn watcher(machine: &Machine, id: WatcherId) -> Self {
        let (watcher, kind) = (machine.watcher(id), machine.kind_of(id));
        let what = match kind.notified {
            true if kind.name == SCHEDULE => What::Told(id, Some(pace_of_schedule(&watcher.args))),
            true => What::Told(id, None),
            false => What::Asked(id, watcher.every_ms.map_or(NEVER, |it| it.min(LONGEST_MS).cast_signed())),
        };
        Self { owner: watcher.owner, what }
    }

    pub(super) fn is_watcher(self, id: WatcherId) -> bool {
        matches!(self.what, What::Asked(it, _) | What::Told(it, _) if it == id)
    }

    pub(super) fn is_timer(self, id: HandlerId) -> bool {
        matches!(self.what, What::Timer(it, _) if it == id)
    }

    /// Whether it is a schedule of moments: one that was told is not told again, whatever states are left and entered.
    pub(super) fn has_moments(self) -> bool {
        matches!(self.what, What::Told(_, Some(MOMENTS_MS)))
    }

    /// What it brings about in so many milliseconds at most, beyond one report for each time that its state is entered.
    pub(super) fn at_most(self, machine: &Machine, per_ms: u64) -> u64 {
        let times = |every: u64| per_ms / every.max(1) + 2;
        match self.what {
            What::Asked(_, NEVER) | What::Told(_, None) => 1,
            What::Asked(_, ms) | What::Timer(_, ms) => times(ms.cast_unsigned()),
            What::Told(id, Some(ms)) => {
                let windows = between_windows(&machine.watcher(id).args);
                times(windows.unwrap_or(0).max(ms.cast_unsigned()))
            }
        }
    }

    /// Where time begins to be counted. Its phase is not known, so an answer that was waited for can come at once, and the
    /// next ask right behind it.
    pub(super) fn at_first(self) -> Due {
        match self.what {
            What::Asked(_, NEVER) => Due { at: NEVER, open: true },
            What::Asked(..) | What::Timer(..) => Due { at: 0, open: true },
            What::Told(_, pace) => Due { at: -pace.unwrap_or(0), open: true },
        }
    }

    /// When it was asked at this time.
    pub(super) fn asked(self, at: i64) -> Due {
        match self.what {
            What::Asked(_, pace) => Due { at: at.saturating_add(pace).min(NEVER), open: true },
            What::Told(..) => Due { at, open: true },
            What::Timer(_, ms) => Due { at: at + ms, open: true },
        }
    }
}

/// Windows, several moments that were missed, and moments that are spread can come close together.
fn pace_of_schedule(args: &[Constant]) -> i64 {
    let is_plain = |at: usize| matches!(args.get(at), Some(Constant::Duration(0)));
    match args.get(4) {
        Some(Constant::Text(missed)) if missed != "all" && is_plain(2) && is_plain(3) => MOMENTS_MS,
        _ => WINDOWS_MS,
    }
}
