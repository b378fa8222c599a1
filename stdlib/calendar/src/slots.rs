//! From what clocks show to points in time.
//!
//! A line names times of day. Twice a year, in many zones, some of them are skipped or come twice. A skipped time of day
//! counts once, at the moment the clocks are put forward over it; one that comes twice counts the first time. The
//! author can have either otherwise. A line for every hour of the day names no times of day but a pace: it goes by the
//! time that passes, through both.

use crate::cron::Pattern;
use crate::zone::{Stretch, Zone};

/// What becomes of a time of day when clocks are changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// It does not come.
    pub skipped: Skipped,
    /// It comes twice.
    pub doubled: Doubled,
}

impl Changes {
    /// The words of the language for `skipped` and `doubled`.
    #[must_use]
    pub fn of(skipped: &str, doubled: &str) -> Self {
        Self {
            skipped: if skipped == "never" { Skipped::Never } else { Skipped::Once },
            doubled: if doubled == "twice" { Doubled::Twice } else { Doubled::Once },
        }
    }
}

/// What becomes of a time of day that is skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Skipped {
    /// It counts when the clocks are put forward.
    #[default]
    Once,
    /// It does not count.
    Never,
}

/// What becomes of a time of day that comes twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doubled {
    /// The first time counts.
    #[default]
    Once,
    /// Both count.
    Twice,
}

/// So many changes of the clocks are looked behind; the rarest pattern, a weekday on 29 February, comes every 40 years.
const CHANGES_MOST: usize = 400;

/// The first slot of a pattern at or behind `from`, in seconds since 1970.
pub(crate) fn first(pattern: &Pattern, zone: &Zone, changes: Changes, from: i64) -> Option<i64> {
    let changes = if pattern.is_pace() { BY_TIME } else { changes };
    let mut at = from;
    for _ in 0..CHANGES_MOST {
        let stretch = zone.stretch(at);
        let clock = pattern.first(first_on_clock(at, stretch, changes))?;
        let slot = clock - stretch.offset;
        let Some((end, behind)) = stretch.ends.filter(|it| it.0 <= slot) else {
            return Some(slot);
        };
        // The clocks go from `end + offset` to `end + behind`, and what they would have shown between lies between.
        if changes.skipped == Skipped::Once && clock < end + behind {
            return Some(end);
        }
        at = end;
    }
    None
}

/// A pace.
const BY_TIME: Changes = Changes { skipped: Skipped::Never, doubled: Doubled::Twice };

/// What clocks show at `at`; what they show for the second time may not count.
fn first_on_clock(at: i64, stretch: Stretch, changes: Changes) -> i64 {
    let shown = at + stretch.offset;
    match (changes.doubled, stretch.begins) {
        (Doubled::Once, Some((begins, before))) => shown.max(begins + before),
        _ => shown,
    }
}
