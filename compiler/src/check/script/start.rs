//! When a test begins. Whether a clock of that zone shows the time on that day is for whoever runs the test.

use super::Report;
use crate::ast::Name;
use crate::diagnostic::{Code, suggest};
use crate::model::test::Start;
use machine_calendar::Zone;
use machine_grammar::Span;

/// The zone of a test that names none.
const UTC: &str = "UTC";

/// The start; `None` if there is no such day or time, which has been told.
pub(super) fn read(
    date: Name<'_>,
    clock: Option<Name<'_>>,
    zone: Option<Name<'_>>,
    span: Span,
    report: &mut Report<'_>,
) -> Option<Start> {
    let day = day(date.text).or_else(|| no_day(date, report));
    let clock = match clock {
        Some(it) => time_of_day(it.text).or_else(|| no_time(it, report)),
        None => Some((0, 0, 0)),
    };
    let zone = zone.map_or(Some(UTC), |it| self::zone(it, report));
    let ((year, month, day), (hour, minute, second), zone) = (day?, clock?, zone?);
    Some(Start { year, month, day, hour, minute, second, zone: zone.to_owned(), span })
}

/// A zone of the tables that tests go by.
fn zone<'s>(name: Name<'s>, report: &mut Report<'_>) -> Option<&'s str> {
    if Zone::bundled(name.text).is_some() {
        return Some(name.text);
    }
    let names: Vec<_> = Zone::names().collect();
    let near = suggest::nearest(name.text, names.iter().map(String::as_str));
    let headline = format!("there is no time zone `{}`", name.text);
    report.tell(Code::UNKNOWN_ZONE, name.span, headline, |file, it| match near {
        Some(right) => {
            it.label(format!("did you mean `{right}`?")).help(format!("write `{right}`")).fix(file, name.span, right)
        }
        None => it
            .label("the tz database has no zone of this name")
            .help("write its name there, such as `Europe/Berlin`, `America/New_York` or `UTC`"),
    });
    None
}

/// Year, month and day of `2026-03-29`.
fn day(text: &str) -> Option<(i16, i8, i8)> {
    let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
    let exists = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
    exists.then_some((year, small(month)?, small(day)?))
}

/// Hour, minute and second of `01:55` or `01:55:30`.
fn time_of_day(text: &str) -> Option<(i8, i8, i8)> {
    let [hour, minute, second] = match numbers(text, ':', [2, 2]) {
        Some([hour, minute]) => [hour, minute, 0],
        None => numbers(text, ':', [2, 2, 2])?,
    };
    (hour < 24 && minute < 60 && second < 60).then_some((small(hour)?, small(minute)?, small(second)?))
}

fn small(number: i16) -> Option<i8> {
    i8::try_from(number).ok()
}

fn numbers<const N: usize>(text: &str, between: char, lengths: [usize; N]) -> Option<[i16; N]> {
    let mut parts = text.split(between);
    let mut found = [0; N];
    for (number, length) in found.iter_mut().zip(lengths) {
        *number = parts.next().filter(|it| it.len() == length)?.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

fn days(year: i16, month: i16) -> i16 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn no_day<T>(date: Name<'_>, report: &mut Report<'_>) -> Option<T> {
    report.tell(Code::BAD_START, date.span, format!("there is no day `{}`", date.text), |_, it| {
        it.label("year, month and day belong here, from 1970 on").help("write it like `2026-03-29`")
    });
    None
}

fn no_time<T>(clock: Name<'_>, report: &mut Report<'_>) -> Option<T> {
    report.tell(Code::BAD_START, clock.span, format!("no clock shows `{}`", clock.text), |_, it| {
        it.label("hour and minute belong here").help("write it like `01:55`, or `01:55:30` with seconds")
    });
    None
}

#[cfg(test)]
mod tests {
    use super::{day, time_of_day};

    #[test]
    fn days_that_exist() {
        assert_eq!(day("2024-02-29"), Some((2024, 2, 29)));
        for text in ["2026-02-29", "2026-13-01", "1969-12-31", "26-01-01", "2026-1-1", "2026-01-01-01", "2026-00-10"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn times_that_a_clock_shows() {
        assert_eq!(time_of_day("01:55"), Some((1, 55, 0)));
        assert_eq!(time_of_day("23:59:59"), Some((23, 59, 59)));
        for text in ["24:00", "01:60", "1:55", "01:55:60", "01:55:00:00"] {
            assert_eq!(time_of_day(text), None, "{text}");
        }
    }
}
