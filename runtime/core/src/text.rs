//! Values as text, as the language writes them.

use crate::{Data, Milliseconds};
use core::fmt::{Result, Write};

/// Most bytes of a number with a fraction, a duration or a time as text.
pub(crate) const WRITTEN_MAX: usize = 40;

/// Writes a value that is neither a word of an enum nor a list.
pub(crate) fn write(out: &mut impl Write, value: Data<'_>) -> Result {
    match value {
        Data::Bool(it) => write!(out, "{it}"),
        Data::Int(it) => write!(out, "{it}"),
        // The shortest form that reads back.
        Data::Float(it) => write!(out, "{it:?}"),
        Data::Text(it) => out.write_str(it),
        Data::Duration(it) => duration(out, it),
        Data::Time(it) => time(out, it),
        Data::Enum(_) | Data::List(_) => Ok(()),
    }
}

fn duration(out: &mut impl Write, ms: i64) -> Result {
    if ms < 0 {
        out.write_char('-')?;
    }
    write!(out, "{}", Milliseconds(ms.unsigned_abs()))
}

/// RFC 3339, UTC; with milliseconds if there are any.
fn time(out: &mut impl Write, ms: i64) -> Result {
    const DAY: i64 = 86_400_000;
    let (days, rest) = (ms.div_euclid(DAY), ms.rem_euclid(DAY));
    let (year, month, day) = date(days);
    let [hour, minute, second, fraction] = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60, rest % 1_000];
    write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
    if fraction > 0 {
        write!(out, ".{fraction:03}")?;
    }
    out.write_char('Z')
}

/// Year, month and day of a number of days since 1970 ("civil from days", Howard Hinnant).
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    fn written(value: Data<'_>) -> String {
        let mut out = String::new();
        write(&mut out, value).unwrap();
        out
    }

    #[test]
    fn values_are_written_as_in_the_language() {
        let of = [Data::Bool(true), Data::Int(-7), Data::Float(0.5), Data::Float(2.0), Data::Duration(90_000)];
        assert_eq!(of.map(written), ["true", "-7", "0.5", "2.0", "1m30s"]);
        assert_eq!(written(Data::Duration(-500)), "-500ms");
    }

    #[test]
    fn times_are_written_in_utc() {
        let of = [0, 951_827_696_789, -1, 4_102_444_800_000].map(|it| written(Data::Time(it)));
        let wanted =
            ["1970-01-01T00:00:00Z", "2000-02-29T12:34:56.789Z", "1969-12-31T23:59:59.999Z", "2100-01-01T00:00:00Z"];
        assert_eq!(of, wanted);
    }

    #[test]
    fn nothing_is_longer_than_its_bound() {
        let extremes =
            [Data::Float(-f64::MAX), Data::Float(-f64::MIN_POSITIVE), Data::Float(-1.234_567_890_123_456_7e15)];
        let times =
            [Data::Time(i64::MIN), Data::Time(i64::MAX), Data::Duration(i64::MIN), Data::Duration(i64::MAX - 5)];
        assert!(extremes.iter().chain(&times).all(|it| written(*it).len() <= WRITTEN_MAX));
    }
}
