//! Values as people write them: durations, sizes, and texts that have to be something.

use bytesize::ByteSize;
use serde::de::{Deserializer, Error, Visitor};
use std::fmt::{self, Display, Formatter};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Why a value is not in order, and the way out.
pub(super) struct Mistake {
    what: String,
    help: String,
    /// The setting that it is about, where the library knows the section only.
    setting: &'static str,
}

impl Mistake {
    pub(super) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into(), setting: "" }
    }

    /// It is about this setting of the section.
    pub(super) fn of(self, setting: &'static str) -> Self {
        Self { setting, ..self }
    }

    /// The setting that it is about, of a mistake on its way through the library that reads TOML.
    pub(super) fn setting(text: &str) -> Option<&str> {
        text.split(SEAM).nth(2).filter(|it| !it.is_empty())
    }

    /// What was made of a mistake on its way through the library that reads TOML.
    pub(super) fn parts(text: &str) -> Option<(&str, &str)> {
        let (what, rest) = text.split_once(SEAM)?;
        Some((what, rest.split_once(SEAM)?.0))
    }
}

/// Between what is wrong, the way out, and the setting. No text of the library has it.
const SEAM: char = '\u{1f}';

impl Display for Mistake {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{SEAM}{}{SEAM}{}", self.what, self.help, self.setting)
    }
}

/// A text that has to be something; `wanted` names it for whoever wrote a number instead.
pub(super) fn text<'de, D, T, F>(from: D, wanted: &'static str, read: F) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: FnOnce(&str) -> Result<T, Mistake>,
{
    from.deserialize_str(Text { wanted, read })
}

struct Text<F> {
    wanted: &'static str,
    read: F,
}

impl<T, F: FnOnce(&str) -> Result<T, Mistake>> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} in quotes", self.wanted)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).map_err(E::custom)
    }
}

/// A whole number within these bounds.
pub(super) fn whole_from<'de, D, T>(from: D, bounds: RangeInclusive<u32>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u32>,
{
    let number = from.deserialize_i64(Whole)?;
    let fit = u32::try_from(number).ok().filter(|it| bounds.contains(it)).and_then(|it| T::try_from(it).ok());
    let (least, most) = bounds.into_inner();
    let help = format!("write a number from {least} to {most}");
    fit.ok_or_else(|| D::Error::custom(Mistake::new(format!("`{number}` is no value of this setting"), help)))
}

struct Whole;

impl Visitor<'_> for Whole {
    type Value = i64;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }
}

/// `"1h30m"`, at least so long.
pub(super) fn duration_from<'de, D: Deserializer<'de>>(from: D, least: Duration) -> Result<Duration, D::Error> {
    text(from, "a duration such as \"15s\"", |text| {
        let duration = machine_value::duration(text).and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis);
        let help = "write whole numbers and units, as in \"1h30m\"; the units are ms, s, m, h, d and w";
        let duration = duration.ok_or_else(|| Mistake::new(format!("`{text}` is no duration"), help))?;
        let shortest = machine_value::duration_text(i64::try_from(least.as_millis()).unwrap_or(i64::MAX));
        let is_enough = duration >= least;
        let short = || Mistake::new(format!("`{text}` is too short"), format!("write \"{shortest}\" or more"));
        is_enough.then_some(duration).ok_or_else(short)
    })
}

/// `"256MiB"`, at least so many bytes.
pub(super) fn size_from<'de, D: Deserializer<'de>>(from: D, least: u64) -> Result<u64, D::Error> {
    text(from, "a size such as \"64MiB\"", |text| {
        let help = "write a number and a unit, as in \"64MiB\" or \"2GB\"";
        let no_size = |_| Mistake::new(format!("`{text}` is no size"), help);
        let size = text.parse::<ByteSize>().map_err(no_size)?.as_u64();
        // Without the blank and the digits behind the point that the library writes: as sizes stand in the book.
        let smallest = ByteSize(least).display().iec().to_string().replace(".0 ", "");
        let small = || Mistake::new(format!("`{text}` is too small"), format!("write \"{smallest}\" or more"));
        (size >= least).then_some(size).ok_or_else(small)
    })
}
