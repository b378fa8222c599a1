//! When virtual time begins: what clock and calendar show in a zone, as a point in time.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use machine_compiler::model::test::Start;

/// Why it cannot begin when it says.
pub(super) enum Refusal {
    /// There is no such zone.
    Zone,
    /// The zone has no such time on that day: its clocks skip it.
    Skipped,
    /// There is no such date, or it is too far away.
    Date,
}

/// Milliseconds since 1970. Of an hour that comes twice it is the first.
pub(super) fn begin(start: &Start) -> Result<i64, Refusal> {
    let Start { year, month, day, hour, minute, second, .. } = *start;
    let shown = DateTime::new(year, month, day, hour, minute, second, 0).map_err(|_| Refusal::Date)?;
    instant(shown, &start.zone)
}

fn instant(shown: DateTime, zone: &str) -> Result<i64, Refusal> {
    let zone = TimeZone::get(zone).map_err(|_| Refusal::Zone)?;
    let time = zone.to_ambiguous_timestamp(shown);
    if time.is_ambiguous() && matches!(time.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
        return Err(Refusal::Skipped);
    }
    Ok(time.earlier().map_err(|_| Refusal::Date)?.as_millisecond())
}

/// `2026-03-29 01:55 in Europe/Berlin`, or in UTC if no zone is written; nothing if there is no such time.
pub(in crate::command) fn read(text: &str) -> Option<i64> {
    let (shown, zone) = text.split_once(" in ").unwrap_or((text, "UTC"));
    let shown: DateTime = shown.trim().parse().ok()?;
    instant(shown, zone.trim()).ok()
}

/// `2026-03-29T01:55:00Z`.
pub(super) fn utc(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |it| it.to_string())
}
