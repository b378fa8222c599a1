//! How long windows are, and how far apart.

use super::Arguments;
use crate::check::modifiers::Found;
use crate::check::report::Report;
use crate::check::wording;
use crate::diagnostic::Code;
use machine_calendar::{Calendar, shown};

/// Where it is looked from: 1 January 2024, the first day of a leap year. The same source has the same mistakes on every
/// day.
const START: i64 = 1_704_067_200_000;
/// Until when it is looked: ten years on.
const END: i64 = START + 3_653 * 86_400_000;
/// So many slots are looked at, however close they come: more than two years of days, with all their changes of the clocks
/// and a leap day.
const SLOTS: usize = 800;

/// Tells windows that run into one another, and a splay that leaves nothing of its slot.
pub(super) fn check(arguments: &Arguments<'_>, found: &Found, calendar: &Calendar, report: &mut Report<'_>) {
    let window = arguments.duration("for");
    let modifier = found.modifiers.splay_ms.unwrap_or(0);
    let splay = arguments.duration("splay").max(modifier);
    if window == 0 && splay == 0 {
        return;
    }
    let Some((first, second)) = closest(calendar) else { return };
    let gap = u64::try_from(second - first).unwrap_or(u64::MAX);
    if window >= gap {
        return overlap(arguments, window, (first, second), calendar, report);
    }
    let room = if window > 0 { window } else { gap };
    if splay >= room {
        too_much(arguments, found, room, window > 0, report);
    }
}

/// The two slots that are closest to one another.
pub(super) fn closest(calendar: &Calendar) -> Option<(i64, i64)> {
    let slots: Vec<_> = calendar.between(START, END).take(SLOTS).collect();
    let pairs = slots.windows(2).filter_map(|it| Some((*it.first()?, *it.last()?)));
    pairs.min_by_key(|(first, second)| second - first)
}

fn overlap(
    arguments: &Arguments<'_>,
    window: u64,
    (first, second): (i64, i64),
    calendar: &Calendar,
    report: &mut Report<'_>,
) {
    let Some(zone) = calendar.lines().first().map(machine_calendar::Line::zone) else { return };
    let gap = u64::try_from(second - first).unwrap_or(0);
    let span = arguments.written("for").map_or(arguments.call.span, |it| it.span);
    let headline = format!("a window of {} is still open when the next one opens", wording::duration(window));
    report.tell(Code::WINDOWS_OVERLAP, span, headline, |_, it| {
        it.label(format!("one opens at {}, the next at {}", shown(first, zone), shown(second, zone)))
            .help(format!("write less than `for: {}`, or let windows be further apart", wording::duration(gap)))
    });
}

fn too_much(arguments: &Arguments<'_>, found: &Found, room: u64, is_window: bool, report: &mut Report<'_>) {
    let place = arguments.written("splay").map(|it| it.span).or(found.splay);
    let what = if is_window { "its window would be over" } else { "the next slot would have come" };
    report.tell(
        Code::SCHEDULE_SPLAY,
        place.unwrap_or(arguments.call.span),
        "this splay is as long as what it spreads over",
        |_, it| {
            it.label(format!("{what} after {}", wording::duration(room)))
                .help(format!("write less than `splay {}`", wording::duration(room)))
        },
    );
}
