//! Points in time as texts: `"2026-01-31"`, `"2026-01-31T08:00:00Z"` and `"2026-01-31T08:00:00.250Z"`.

use crate::ast::{self, ExprKind as Ast};

/// A text that names a point in time, if one is wanted: what stands on the other side of an operator decides.
pub(super) fn is_point(value: &ast::Expr<'_>) -> bool {
    match &value.kind {
        Ast::Text(it) => read(it).is_some(),
        Ast::List(items) => !items.is_empty() && items.iter().all(is_point),
        _ => false,
    }
}

/// Milliseconds since 1970 of a date, or of a date and a time of day in UTC.
pub(super) fn read(text: &str) -> Option<i64> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, time.strip_suffix('Z')?),
        None => (text, "00:00:00"),
    };
    let (time, fraction) = match time.split_once('.') {
        Some((time, fraction)) => (time, numbers(fraction, '.', [3])?[0]),
        None => (time, 0),
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let is_day = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
    if !is_day || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let in_years: i64 = (1970..year).map(|it| if is_leap(it) { 366 } else { 365 }).sum();
    let in_months: i64 = (1..month).map(|it| days(year, it)).sum();
    let seconds = ((in_years + in_months + day - 1) * 24 + hour) * 3_600 + minute * 60 + second;
    Some(seconds * 1_000 + fraction)
}

fn numbers<const N: usize>(text: &str, between: char, lengths: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut found = [0; N];
    for (number, length) in found.iter_mut().zip(lengths) {
        let part = parts.next().filter(|it| it.len() == length && it.bytes().all(|it| it.is_ascii_digit()))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn dates_and_times() {
        for (text, ms) in [
            ("1970-01-01", Some(0)),
            ("1970-01-02T00:00:01Z", Some(86_401_000)),
            ("2000-03-01", Some(951_868_800_000)),
            ("2026-11-26T21:00:00Z", Some(1_795_726_800_000)),
            ("1970-01-01T00:00:00.005Z", Some(5)),
            ("1970-01-01T00:00:00.5Z", None),
            ("2026-02-29", None),
            ("2026-13-01", None),
            ("2026-01-01T25:00:00Z", None),
            ("2026-01-01T00:00:00", None),
            ("yesterday", None),
        ] {
            assert_eq!(read(text), ms, "{text}");
        }
    }
}
