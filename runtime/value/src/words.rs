//! Types, durations and times in words.

use chrono::{DateTime, SecondsFormat, Utc};
use machine_core::Table;
use machine_core::table::Type;
use serde_json::Value as Json;
use std::fmt::Display;

/// So much is shown of something that does not fit, in characters.
const SHOWN: usize = 60;
/// So many words of an enum are shown.
const WORDS: usize = 12;

/// What a type wants, in JSON: `a whole number from 0 to 5000`.
pub fn wanted(table: &Table<'_>, ty: Type<'_>) -> String {
    match ty {
        Type::Bool => "true or false".to_owned(),
        Type::Int { min: i64::MIN, max: i64::MAX } => "a whole number".to_owned(),
        Type::Int { min, max } => format!("a whole number from {min} to {max}"),
        Type::Float => "a number".to_owned(),
        Type::Text { max } => format!("a text of at most {max} bytes"),
        Type::Duration => "a duration as a text, such as \"1m30s\"".to_owned(),
        Type::Time => "a time as a text, such as \"2026-01-31T08:00:00Z\"".to_owned(),
        Type::Enum(id) => {
            let words = table.words(id).map(|it| format!("\"{it}\""));
            let mut words: Vec<_> = words.take(WORDS + 1).collect();
            if words.len() > WORDS {
                words.truncate(WORDS);
                words.push("…".to_owned());
            }
            format!("one of {}", words.join(", "))
        }
        Type::List { of, max } => format!("a list of at most {max}, each {}", wanted(table, of.ty())),
    }
}

/// What was found, in short.
pub fn found(value: &Json) -> String {
    let shown = match value {
        Json::Object(_) => "an object".to_owned(),
        Json::Array(items) => format!("a list of {}", items.len()),
        other => other.to_string(),
    };
    match shown.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", shown.get(..cut).unwrap_or_default()),
        None => shown,
    }
}

/// So many of something: `1 file`, `2 files`.
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, what: &str) -> String {
    let ending = if count == N::from(1) { "" } else { "s" };
    format!("{count} {what}{ending}")
}

/// A duration as the language writes it, in milliseconds: `1h30m`, `500ms`, `-5s`.
#[must_use]
pub fn duration(text: &str) -> Option<i64> {
    const UNITS: [(&str, i64); 6] =
        [("ms", 1), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let (sign, mut rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut sum: i64 = 0;
    let mut is_first = true;
    while !rest.is_empty() || is_first {
        is_first = false;
        let end = rest.find(|it: char| !it.is_ascii_digit())?;
        let (number, behind) = rest.split_at_checked(end)?;
        let (unit, ms) = UNITS.iter().find(|(unit, _)| behind.starts_with(unit))?;
        sum = sum.checked_add(number.parse::<i64>().ok()?.checked_mul(*ms)?)?;
        rest = behind.strip_prefix(unit)?;
    }
    Some(sign * sum)
}

/// Milliseconds since 1970 of a time in RFC 3339.
pub(crate) fn time(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|it| it.timestamp_millis())
}

/// The same the other way round.
pub(crate) fn time_text(ms: i64) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(ms);
    time.map_or_else(|| format!("{ms} ms since 1970"), |it| it.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// A duration in milliseconds as the language writes it.
#[must_use]
pub fn duration_text(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    format!("{sign}{}", machine_core::Milliseconds(ms.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_times_read_as_they_are_written() {
        for ms in [0, 1, 500, 10_000, 5_400_000, 90_061_001, -5_000, i64::MAX] {
            assert_eq!(duration(&duration_text(ms)), Some(ms), "{}", duration_text(ms));
        }
        for text in ["", "5", "s", "1.5s", "1 m", "1m ", "-", "5sec", "99999999999999999999s", "20000000000000w"] {
            assert_eq!(duration(text), None, "{text}");
        }
        for ms in [0, 1_767_323_045_678, -1] {
            assert_eq!(time(&time_text(ms)), Some(ms), "{}", time_text(ms));
        }
        assert_eq!(time_text(1_767_323_045_678), "2026-01-02T03:04:05.678Z");
        assert_eq!(time("2026-01-31T08:00:00+02:00"), time("2026-01-31T06:00:00Z"));
        assert_eq!(time("yesterday"), None);
    }
}
