//! Values as text shows them ([page 8 of the manual](../../spec/08-expressions.md)).

use super::value::Value;

/// As it stands in a text.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Float(it) => float(*it),
        Value::Text(it) | Value::Word(it) => it.clone(),
        Value::Duration(it) => duration(*it),
        Value::Time(it) => time(*it),
        Value::List(items) => items.iter().map(shown).collect::<Vec<_>>().join(","),
    }
}

/// The shortest form that reads back, with a point; from 10^16 on and below 10^-5 with an exponent, and a point only if
/// there is more than one digit.
fn float(value: f64) -> String {
    format!("{value:?}")
}

/// As the source writes it: the larger unit first, each once.
pub(super) fn duration(ms: i64) -> String {
    const UNITS: [(&str, u64); 6] =
        [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut left = ms.unsigned_abs();
    let mut text = if ms < 0 { "-".to_owned() } else { String::new() };
    for (unit, size) in UNITS {
        if left >= size {
            text += &format!("{}{unit}", left / size);
            left %= size;
        }
    }
    text
}

/// RFC 3339 in UTC; milliseconds only if there are any.
fn time(ms: i64) -> String {
    let (days, of_day) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let (year, month, day) = date(days);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, ms) = (of_day / 1_000 % 60, of_day % 1_000);
    let fraction = if ms == 0 { String::new() } else { format!(".{ms:03}") };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Year, month and day, so many days after the first of January 1970. Counts them year by year, month by month.
fn date(days: i64) -> (i64, i64, i64) {
    // 400 years have always 146,097 days, so that far times need no long way.
    let (mut year, mut left) = (1970 + 400 * days.div_euclid(146_097), days.rem_euclid(146_097));
    while left >= 365 + i64::from(is_leap(year)) {
        left -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + i64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month, left + 1)
}
