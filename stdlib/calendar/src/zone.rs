//! Time zones: what clocks show, and when they are changed.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::fmt;
use std::sync::OnceLock;

/// Stands for the zone of the node that a schedule runs on.
pub const LOCAL: &str = "local";

/// A time zone. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// A stretch of time in which the clocks of a zone are not changed, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// What clocks show less UTC.
    pub(crate) offset: i64,
    /// When it begins, and the offset before.
    pub(crate) begins: Option<(i64, i64)>,
    /// When it ends, and the offset behind.
    pub(crate) ends: Option<(i64, i64)>,
}

impl Zone {
    /// The zone of this name in the tables that are built in: the same on every computer. [`LOCAL`] is UTC here.
    #[must_use]
    pub fn bundled(name: &str) -> Option<Self> {
        if name == LOCAL {
            return Some(Self { name: name.to_owned(), rules: TimeZone::UTC });
        }
        bundle().get(name).ok().map(Self::from)
    }

    /// One with rules from elsewhere, such as the files of a system.
    #[must_use]
    pub fn with_rules(name: &str, rules: TimeZone) -> Self {
        Self { name: name.to_owned(), rules }
    }

    /// The names of all zones that are built in.
    pub fn names() -> impl Iterator<Item = String> {
        bundle().available().map(|it| it.to_string())
    }

    /// Its name, as its table has it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What clocks show at this time less UTC, in seconds.
    #[must_use]
    pub fn offset(&self, ms: i64) -> i64 {
        self.rules.to_offset(timestamp(ms.div_euclid(1_000))).seconds().into()
    }

    /// The next time at which its clocks are changed, in milliseconds, with the seconds they are put forward or, below
    /// zero, back.
    #[must_use]
    pub fn next_change(&self, ms: i64) -> Option<(i64, i64)> {
        let mut at = ms.div_euclid(1_000);
        loop {
            let stretch = self.stretch(at);
            let (end, behind) = stretch.ends?;
            if behind != stretch.offset {
                return Some((end * 1_000, behind - stretch.offset));
            }
            at = end;
        }
    }

    /// The stretch in which `at` lies.
    pub(crate) fn stretch(&self, at: i64) -> Stretch {
        let offset = |at: i64| i64::from(self.rules.to_offset(timestamp(at)).seconds());
        // The one that a change begins belongs to it.
        let begins = self.rules.preceding(timestamp(at + 1)).next().map(|it| it.timestamp().as_second());
        let ends = self.rules.following(timestamp(at)).next();
        Stretch {
            offset: offset(at),
            begins: begins.map(|begins| (begins, offset(begins - 1))),
            ends: ends.map(|it| (it.timestamp().as_second(), it.offset().seconds().into())),
        }
    }
}

impl From<TimeZone> for Zone {
    fn from(rules: TimeZone) -> Self {
        Self { name: rules.iana_name().unwrap_or("UTC").to_owned(), rules }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// A time as a clock in this zone shows it, with what it differs from UTC: `2026-03-29 03:00 +02:00`.
#[must_use]
pub fn shown(ms: i64, zone: &Zone) -> String {
    let at = timestamp(ms.div_euclid(1_000));
    let (clock, offset) = (zone.rules.to_datetime(at), zone.offset(ms));
    let seconds = if clock.second() == 0 { String::new() } else { format!(":{:02}", clock.second()) };
    let (sign, offset) = (if offset < 0 { '-' } else { '+' }, offset.abs());
    format!(
        "{} {:02}:{:02}{seconds} {sign}{:02}:{:02}",
        clock.date(),
        clock.hour(),
        clock.minute(),
        offset / 3_600,
        offset / 60 % 60
    )
}

/// A time as it travels: `2026-03-29T01:00:00Z`.
#[must_use]
pub fn rfc3339(ms: i64) -> String {
    timestamp(ms.div_euclid(1_000)).to_string()
}

/// The time that a text means, in milliseconds since 1970: `2026-03-29T01:00:00Z`, or a date, with or without a time of
/// day, in UTC.
#[must_use]
pub fn read_time(text: &str) -> Option<i64> {
    let in_zone = text.parse::<Timestamp>().ok();
    let found = in_zone.or_else(|| TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok())?;
    Some(found.as_millisecond())
}

/// Read when a schedule is first looked at, and only then.
fn bundle() -> &'static TimeZoneDatabase {
    static BUNDLE: OnceLock<TimeZoneDatabase> = OnceLock::new();
    BUNDLE.get_or_init(TimeZoneDatabase::bundled)
}

/// The nearest time that there is.
fn timestamp(seconds: i64) -> Timestamp {
    let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(seconds.clamp(least, most)).unwrap_or(Timestamp::UNIX_EPOCH)
}
