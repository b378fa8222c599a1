//! Lines in words: `daily at 02:30`, `weekdays at 08:00 and 17:30`, `monthly on last at 23:00`.
//!
//! They are another way to write lines of cron, one for each minute that is named.

use crate::mistake::Mistake;
use std::collections::BTreeMap;
use std::ops::Range;

/// A word of a line, and which bytes it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word<'l> {
    pub(crate) text: &'l str,
    pub(crate) span: Range<usize>,
}

/// What a line may begin with.
const BEGINNINGS: [&str; 13] = [
    "daily",
    "weekdays",
    "weekends",
    "hourly",
    "monthly",
    "yearly",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// The days of a week, as cron counts them.
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The words of a line; commas are none.
pub(crate) fn split(line: &str) -> Vec<Word<'_>> {
    let is_between = |it: char| it.is_whitespace() || it == ',';
    words(line, is_between)
}

/// The fields of a line.
pub(crate) fn fields(line: &str) -> Vec<Word<'_>> {
    words(line, char::is_whitespace)
}

fn words(line: &str, is_between: impl Fn(char) -> bool) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut begin = None;
    for (at, character) in line.char_indices().chain([(line.len(), ' ')]) {
        match (begin, is_between(character)) {
            (None, false) => begin = Some(at),
            (Some(from), true) => {
                found.push(Word { text: line.get(from..at).unwrap_or_default(), span: from..at });
                begin = None;
            }
            _ => {}
        }
    }
    found
}

/// The same as lines of cron.
pub(crate) fn patterns(line: &str) -> Result<Vec<String>, Mistake> {
    let words = split(line);
    let Some(first) = words.first() else {
        return Err(Mistake::new(0..line.len(), "this line of a schedule is empty")
            .label("nothing stands between the quotes")
            .help("write `daily at 02:30`, or a line of cron such as `30 2 * * *`"));
    };
    let at = words.iter().position(|it| is(it, "at"));
    let (days, times) = words.split_at(at.unwrap_or(words.len()));
    let times = times.get(1..).unwrap_or_default();
    if is(first, "hourly") {
        return hourly(line, days, at.map(|_| times));
    }
    let days = days_of(first, days)?;
    if times.is_empty() {
        let end = words.last().map_or(0, |it| it.span.end);
        return Err(Mistake::new(end..end, "this line says no time of day")
            .label("`at` and a time belong here")
            .help(format!("write `{} at 02:30`", line.get(..end).unwrap_or(line).trim().trim_end_matches(" at"))));
    }
    let mut hours: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    for word in joined(times) {
        let (hour, minute) = time(word)?;
        hours.entry(minute).or_default().push(hour.to_string());
    }
    Ok(hours.into_iter().map(|(minute, hours)| format!("{minute} {} {days}", hours.join(","))).collect())
}

fn is(word: &Word<'_>, text: &str) -> bool {
    word.text.eq_ignore_ascii_case(text)
}

/// Without the `and` between them.
fn joined<'w, 'l>(words: &'w [Word<'l>]) -> impl Iterator<Item = &'w Word<'l>> {
    words.iter().filter(|it| !is(it, "and"))
}

/// `hourly`, `hourly at :15 and :45`.
fn hourly(line: &str, days: &[Word<'_>], times: Option<&[Word<'_>]>) -> Result<Vec<String>, Mistake> {
    if let Some(word) = days.get(1) {
        return Err(unexpected(word, "`at :15` and nothing else may follow `hourly`", "write `hourly at :15`"));
    }
    let Some(times) = times else {
        return Ok(vec!["0 * * * *".to_owned()]);
    };
    let minute = |word: &Word<'_>| {
        let minute = word.text.strip_prefix(':').filter(|it| it.len() == 2).and_then(|it| it.parse::<u8>().ok());
        minute
            .filter(|it| *it < 60)
            .map(|it| it.to_string())
            .ok_or_else(|| unexpected(word, "a minute such as `:15` belongs here", "write `hourly at :15`"))
    };
    let minutes = joined(times).map(minute).collect::<Result<Vec<_>, _>>()?;
    match minutes.is_empty() {
        true => Err(Mistake::new(line.len()..line.len(), "this line says no minute").help("write `hourly at :15`")),
        false => Ok(vec![format!("{} * * * *", minutes.join(","))]),
    }
}

/// Day of the month, month and weekday as cron writes them.
fn days_of(first: &Word<'_>, words: &[Word<'_>]) -> Result<String, Mistake> {
    let rest = words.get(1..).unwrap_or_default();
    let alone = |days: &str| match rest.first() {
        None => Ok(days.to_owned()),
        Some(word) => {
            let help = format!("write `{} at 02:30`", first.text);
            Err(unexpected(word, format!("`at` and a time belong behind `{}`", first.text), help))
        }
    };
    match first.text.to_ascii_lowercase().as_str() {
        "daily" => alone("* * *"),
        "weekdays" => alone("* * 1-5"),
        "weekends" => alone("* * 0,6"),
        "monthly" => Ok(format!("{} * *", month_days(first, rest)?)),
        "yearly" => year_day(first, rest),
        _ => Ok(format!("* * {}", week_days(words)?)),
    }
}

/// `on 1, 15 and last`.
fn month_days(first: &Word<'_>, rest: &[Word<'_>]) -> Result<String, Mistake> {
    let help = "write `monthly on 1 at 03:00`, or `monthly on last at 03:00` for the last day";
    let days = behind_on(first, rest, help)?;
    let day = |word: &Word<'_>| match word.text.parse::<u8>() {
        Ok(day @ 1..=31) => Ok(day.to_string()),
        _ if is(word, "last") => Ok("L".to_owned()),
        _ => Err(unexpected(word, "a day of the month, 1 to 31, or `last` belongs here", help)),
    };
    let days = joined(days).map(day).collect::<Result<Vec<_>, _>>()?;
    Ok(days.join(","))
}

/// `on 24 december`.
fn year_day(first: &Word<'_>, rest: &[Word<'_>]) -> Result<String, Mistake> {
    let help = "write `yearly on 24 december at 18:00`";
    let words = behind_on(first, rest, help)?;
    let (day, month) = match words {
        [day, month] => (day, month),
        [only] => return Err(unexpected(only, "a day and a month belong here", help)),
        [_, _, more, ..] => return Err(unexpected(more, "one day and one month is all", help)),
        [] => return Err(unexpected(first, "a day and a month belong behind it", help)),
    };
    let number = day.text.parse::<u8>().ok().filter(|it| (1..=31).contains(it));
    let number = number.ok_or_else(|| unexpected(day, "a day of the month, 1 to 31, belongs here", help))?;
    let month =
        named(month.text, &MONTHS).ok_or_else(|| unexpected(month, "a month belongs here", help).words(&MONTHS))?;
    Ok(format!("{number} {} *", month + 1))
}

fn behind_on<'w, 'l>(first: &Word<'l>, rest: &'w [Word<'l>], help: &str) -> Result<&'w [Word<'l>], Mistake> {
    match rest {
        [on, days @ ..] if is(on, "on") && !days.is_empty() => Ok(days),
        [other, ..] if !is(other, "on") => Err(unexpected(other, "`on` and a day belong here", help)),
        _ => Err(unexpected(first, "`on` and a day belong behind it", help)),
    }
}

/// `monday, wed and fri`, `mon-fri`.
fn week_days(words: &[Word<'_>]) -> Result<String, Mistake> {
    let day = |text: &str, word: &Word<'_>| {
        let single = text.to_ascii_lowercase();
        let single = single.strip_suffix('s').filter(|it| it.ends_with("day")).unwrap_or(&single);
        named(single, &DAYS).ok_or_else(|| {
            unexpected(
                word,
                "a schedule begins with its days",
                "write `daily at 02:30`, `weekdays at 08:00`, \
                `monday and friday at 08:00`, `monthly on 1 at 03:00`, `hourly at :15`, or a line of cron",
            )
            .words(&BEGINNINGS)
        })
    };
    let one = |word: &Word<'_>| match word.text.split_once('-') {
        Some((from, to)) => Ok(format!("{}-{}", day(from, word)?, day(to, word)?)),
        None => Ok(day(word.text, word)?.to_string()),
    };
    let days = joined(words).map(one).collect::<Result<Vec<_>, Mistake>>()?;
    Ok(days.join(","))
}

/// The position of a name, or of its first three letters.
fn named(text: &str, names: &[&str]) -> Option<usize> {
    let text = text.to_ascii_lowercase();
    names.iter().position(|it| *it == text || (text.len() == 3 && it.starts_with(&text)))
}

/// `08:00` as hour and minute.
fn time(word: &Word<'_>) -> Result<(u8, u8), Mistake> {
    let help = "write it like `08:00` or `17:30`";
    let parts = word.text.split_once(':');
    let number = |it: &str| it.parse::<u8>().ok().filter(|_| (1..=2).contains(&it.len()));
    let read = parts.and_then(|(hour, minute)| Some((number(hour)?, number(minute).filter(|_| minute.len() == 2)?)));
    match read {
        Some((hour @ 0..24, minute @ 0..60)) => Ok((hour, minute)),
        Some((24, 0)) => {
            Err(unexpected(word, "the last minute of a day is 23:59", "write `00:00`, which begins the next day"))
        }
        Some(_) => Err(unexpected(word, "hours are 0 to 23 and minutes 0 to 59", help)),
        None => Err(match half_of_day(word.text) {
            Some(right) => {
                unexpected(word, "a time of day is hours and minutes, from 00:00 to 23:59", format!("write `{right}`"))
                    .right(right)
            }
            None => unexpected(word, "a time of day belongs here", help),
        }),
    }
}

/// `8pm`, `8:30pm`, `8` as it is written here.
fn half_of_day(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (clock, half) = text.split_at_checked(text.len().saturating_sub(2))?;
    let (clock, half) = if matches!(half, "am" | "pm") { (clock, half) } else { (text.as_str(), "") };
    let (hour, minute) = clock.split_once(':').unwrap_or((clock, "00"));
    let (hour, minute) = (hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?);
    let hour = match half {
        "am" => (1..=12).contains(&hour).then_some(hour % 12)?,
        "pm" => (1..=12).contains(&hour).then_some(hour % 12 + 12)?,
        _ => hour,
    };
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

fn unexpected(word: &Word<'_>, label: impl Into<Box<str>>, help: impl Into<Box<str>>) -> Mistake {
    let headline = format!("`{}` has no place in this schedule", word.text);
    Mistake::new(word.span.clone(), headline).label(label).help(help)
}
