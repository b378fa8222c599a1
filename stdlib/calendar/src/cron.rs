//! Cron lines: five fields, or six with seconds.

use crate::mistake::Mistake;
use crate::words::Word;
use croner::Cron;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::time::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, tz::Offset};
use std::cmp::Ordering;

/// What clocks have to show.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    cron: Cron,
    is_pace: bool,
}

impl Pattern {
    /// Of fields that are in order.
    pub(crate) fn new(fields: &str) -> Option<Self> {
        let cron = parser().parse(fields).ok()?;
        // A slot an hour and more: no hour of the day is named.
        let is_pace = cron.pattern.hours.values().len() == 24;
        Some(Self { cron, is_pace })
    }

    /// It is for every hour of the day.
    pub(crate) fn is_pace(&self) -> bool {
        self.is_pace
    }

    /// The first time that clocks show at or behind this one, both in seconds since they showed 1970; `None` if there
    /// is none.
    pub(crate) fn first(&self, clock: i64) -> Option<i64> {
        let from = Clock(Offset::UTC.to_datetime(Timestamp::from_second(clock).ok()?));
        let found = self.cron.find_next_occurrence(&from, true).ok()?;
        Some(Offset::UTC.to_timestamp(found.0).ok()?.as_second())
    }

    /// What is wrong with fields that are not in order.
    pub(crate) fn mistake(line: &str, fields: &[Word<'_>]) -> Mistake {
        mistake(line, fields)
    }

    /// In English: `At 02:30, on day 1 of the month`.
    pub(crate) fn describe(&self) -> String {
        self.cron.describe()
    }
}

fn parser() -> CronParser {
    CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build()
}

/// What a clock shows. No hour of it is skipped or comes twice.
#[derive(Clone, Copy, Debug)]
struct Clock(DateTime);

impl CronDateTime for Clock {
    fn to_civil(&self) -> CivilDateTime {
        let (date, time) = (self.0.date(), self.0.time());
        let part = |it: i8| u32::try_from(it).unwrap_or(0);
        let of = CivilDateTime::from_ymd_hms_opt(
            date.year().into(),
            part(date.month()),
            part(date.day()),
            part(time.hour()),
            part(time.minute()),
            part(time.second()),
        );
        // There is no date that only one of the two libraries has.
        of.unwrap_or_else(|| CivilDateTime::new(CivilDate::from_parts_unchecked(1970, 1, 1), CivilTime::MIDNIGHT))
    }

    fn civil_weekday(&self) -> Weekday {
        Weekday::from_days_from_sunday(u32::try_from(self.0.weekday().to_sunday_zero_offset()).unwrap_or(0))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let part = |it: u32| i8::try_from(it).map_err(|_| CronError::InvalidTime);
        let year = i16::try_from(civil.year()).map_err(|_| CronError::InvalidDate)?;
        let found = DateTime::new(
            year,
            part(civil.month())?,
            part(civil.day())?,
            part(civil.hour())?,
            part(civil.minute())?,
            part(civil.second())?,
            0,
        );
        found.map(|it| Resolution::Single(Self(it))).map_err(|_| CronError::InvalidDate)
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        self.0.checked_add(SignedDuration::from_secs(seconds)).ok().map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

/// What one field is called, and what may stand in it.
struct Field {
    one: &'static str,
    many: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

const fn field(one: &'static str, many: &'static str, least: u32, most: u32, names: &'static [&'static str]) -> Field {
    Field { one, many, least, most, names }
}

const FIELDS: [Field; 6] = [
    field("second", "seconds", 0, 59, &[]),
    field("minute", "minutes", 0, 59, &[]),
    field("hour", "hours", 0, 23, &[]),
    field("day of the month", "days of the month", 1, 31, &[]),
    field("month", "months", 1, 12, &MONTHS),
    field("weekday", "weekdays", 0, 7, &DAYS),
];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const NICKNAMES: [&str; 7] = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];

/// Which field it is, and what is wrong with it.
fn mistake(line: &str, fields: &[Word<'_>]) -> Mistake {
    if let [only] = fields
        && only.text.starts_with('@')
    {
        return Mistake::new(only.span.clone(), format!("`{}` is none of the short forms of cron", only.text))
            .label("no schedule is called so")
            .help("write `@hourly`, `@daily`, `@weekly`, `@monthly` or `@yearly`, or the five fields themselves")
            .words(&NICKNAMES);
    }
    if fields.len() > FIELDS.len() {
        return wrong_number(line, fields);
    }
    let Some(known) = FIELDS.get(6_usize.saturating_sub(fields.len())..).filter(|it| it.len() >= 5) else {
        return wrong_number(line, fields);
    };
    let wrong = fields.iter().zip(known).enumerate().find(|(at, (word, _))| !fits(word.text, known.len(), *at));
    match wrong {
        Some((_, (word, field))) => wrong_field(word, field),
        None => Mistake::new(0..line.len(), "this is no line of cron").label("its fields do not go together"),
    }
}

/// Whether all is well once everything else in the line is.
fn fits(text: &str, count: usize, at: usize) -> bool {
    let fields: Vec<_> = (0..count).map(|it| if it == at { text } else { "*" }).collect();
    Pattern::new(&fields.join(" ")).is_some()
}

fn wrong_number(line: &str, fields: &[Word<'_>]) -> Mistake {
    let count = fields.len();
    let headline = format!("a line of cron has five fields, this has {count}");
    let label = match count {
        0..5 => "minute, hour, day of the month, month and weekday belong here",
        7 => "a year has no place here",
        _ => "minute, hour, day of the month, month and weekday are all, with a second before them at most",
    };
    let help = "write `30 2 * * *` for every day at 02:30, or the same in words, `daily at 02:30`";
    Mistake::new(0..line.len(), headline).label(label).help(help)
}

fn wrong_field(word: &Word<'_>, field: &Field) -> Mistake {
    let Field { one, many, least, most, names } = *field;
    let range = match one {
        "weekday" => "weekdays are 0 to 7, where 0 and 7 are Sunday, or `sun` to `sat`".to_owned(),
        "month" => "months are 1 to 12, or `jan` to `dec`".to_owned(),
        _ => format!("{many} are {least} to {most}"),
    };
    let headline = format!("`{}` is no {one}", word.text);
    let told = Mistake::new(word.span.clone(), headline);
    let parts = || word.text.split([',', '-', '/', '#']);
    let number = |it: &str| it.parse::<u32>().ok();
    let is_named = word.text.chars().all(char::is_alphabetic);
    let help = "write `*` for all, `1,15` for some, `1-5` for a range, `*/15` for every fifteenth";
    match word.text.rsplit_once('/') {
        Some((_, "0")) => {
            told.label("a step of 0 comes to nothing").help("write `*/15` for every fifteenth, for instance")
        }
        Some((from, step)) if number(from).is_some() => told
            .label("a step wants a range before it")
            .help(format!("write `{from}-{most}/{step}`"))
            .right(format!("{from}-{most}/{step}")),
        _ if is_named && !names.is_empty() => {
            told.label(range).help("its first three letters are its name").words(names)
        }
        _ if one == "hour" && parts().any(|it| it == "24") => {
            told.label("the last hour of a day is 23").help("midnight is hour 0 of the day that it begins")
        }
        _ if parts().filter_map(number).any(|it| it < least || it > most) => told.label(range).help(help),
        _ => told.label(range).help(help),
    }
}
