//! Moments as somebody types them.

use chrono::{DateTime, Days, Local, NaiveDateTime, NaiveTime, TimeZone};
use std::time::{Duration, SystemTime};

/// `1h30m` ago, the last `14:30`, or `2026-01-31 14:30` by the clock here.
///
/// # Errors
/// How to write it, if it is none of these.
pub fn moment(text: &str) -> Result<SystemTime, String> {
    if let Some(ms) = machine_value::duration(text).and_then(|it| u64::try_from(it).ok()) {
        return SystemTime::now().checked_sub(Duration::from_millis(ms)).ok_or_else(|| WHEN.to_owned());
    }
    let at = DateTime::parse_from_rfc3339(text).map(|it| it.with_timezone(&Local)).ok();
    let at = at.or_else(|| here(text)).ok_or_else(|| WHEN.to_owned())?;
    Ok(at.into())
}

const WHEN: &str = "write how long ago, `1h30m`, or when: `14:30`, `2026-01-31 14:30`, `2026-01-31T14:30:00Z`";

fn here(text: &str) -> Option<DateTime<Local>> {
    let time = ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    let day = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let given = day.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let moment = given.or_else(|| Some(last(time?, Local::now().naive_local())))?;
    Local.from_local_datetime(&moment).earliest()
}

/// When it was this time last: at 3 in the morning, 23:00 was yesterday.
fn last(time: NaiveTime, now: NaiveDateTime) -> NaiveDateTime {
    let today = now.date().and_time(time);
    if today <= now { today } else { today.checked_sub_days(Days::new(1)).unwrap_or(today) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    #[test]
    fn moments_are_written_in_several_ways() {
        let then = moment("1h30m").unwrap();
        let ago = SystemTime::now().duration_since(then).unwrap();
        assert!((5_400..5_460).contains(&ago.as_secs()), "{ago:?}");
        let utc = moment("2026-01-31T14:30:00Z").unwrap();
        assert_eq!(utc.duration_since(UNIX_EPOCH).unwrap().as_secs(), 1_769_869_800);
        for text in ["14:30", "14:30:15", "2026-01-31 14:30", "2026-01-31T14:30:15"] {
            assert!(moment(text).is_ok(), "{text}");
        }
        for text in ["", "yesterday", "-5m", "25:00", "5"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_alone_is_the_last_one() {
        let at = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
        assert_eq!(last(time("23:00"), at("2026-01-31 03:00")), at("2026-01-30 23:00"));
        assert_eq!(last(time("02:59"), at("2026-01-31 03:00")), at("2026-01-31 02:59"));
    }
}
