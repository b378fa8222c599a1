//! One line of a schedule: when, and by which clocks.

use crate::cron::Pattern;
use crate::mistake::Mistake;
use crate::slots::{self, Changes};
use crate::words::{self, Word};
use crate::zone::Zone;

/// One line, in its zone.
#[derive(Clone, Debug)]
pub struct Line {
    text: String,
    patterns: Vec<Pattern>,
    zone: Zone,
}

/// Most bytes of a line.
const LONGEST: usize = 256;

impl Line {
    /// Reads a line: five fields of cron, or words; a zone may follow, `in Europe/Berlin`, else it is `zone`. `find`
    /// knows the zones.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str, zone: &Zone, find: &dyn Fn(&str) -> Option<Zone>) -> Result<Self, Mistake> {
        if text.len() > LONGEST {
            let headline = format!("a line of a schedule has at most {LONGEST} bytes, this has {}", text.len());
            return Err(Mistake::new(0..text.len(), headline).label("too long").help("use several lines"));
        }
        let (when, zone) = match zone_of(text) {
            Some((when, name)) => (when, find(name.text).ok_or_else(|| unknown_zone(&name))?),
            None => (text, zone.clone()),
        };
        let patterns = patterns(when)?;
        let line = Self { text: when.split_whitespace().collect::<Vec<_>>().join(" "), patterns, zone };
        match line.first(START, Changes::default()) {
            Some(_) => Ok(line),
            None => Err(never_comes(when)),
        }
    }

    /// As it is written, without its zone.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its zone.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// It goes by the time that passes, whatever clocks show.
    #[must_use]
    pub fn is_pace(&self) -> bool {
        self.patterns.iter().all(Pattern::is_pace)
    }

    /// In English.
    #[must_use]
    pub fn describe(&self) -> String {
        if self.text.starts_with(|it: char| it.is_alphabetic()) {
            return self.text.clone();
        }
        self.patterns.iter().map(Pattern::describe).collect::<Vec<_>>().join(", ")
    }

    /// The first slot at or behind `from`, in seconds since 1970.
    pub(crate) fn first(&self, from: i64, changes: Changes) -> Option<i64> {
        self.patterns.iter().filter_map(|it| slots::first(it, &self.zone, changes, from)).min()
    }
}

/// Where it is looked from whether a line ever comes: 1 January 2024.
const START: i64 = 1_704_067_200;

fn never_comes(when: &str) -> Mistake {
    let told = Mistake::new(0..when.trim_end().len(), "this schedule never comes")
        .label("there is no such day in any year")
        .help("February has 29 days at most, and April, June, September and November have 30");
    Mistake { never_comes: true, ..told }
}

/// The text before `in`, and the word behind.
fn zone_of(text: &str) -> Option<(&str, Word<'_>)> {
    let words = words::fields(text);
    let (word, before) = words.split_last()?;
    let before = before.last().filter(|it| it.text.eq_ignore_ascii_case("in"))?;
    Some((text.get(..before.span.start)?, word.clone()))
}

fn patterns(line: &str) -> Result<Vec<Pattern>, Mistake> {
    let fields = words::fields(line);
    let first = fields.first().map(|it| it.text).unwrap_or_default();
    if let Some((name, zone)) = first.split_once('=') {
        let zone = if name.ends_with("TZ") { zone } else { "Europe/Berlin" };
        let span = fields.first().map_or(0..line.len(), |it| it.span.clone());
        return Err(Mistake::new(span, format!("`{first}` has no place in this schedule"))
            .label("written as in a crontab")
            .help(format!(
                "write the zone behind the line, `30 2 * * * in {zone}`, or as an argument, `zone: \"{zone}\"`"
            )));
    }
    if !first.starts_with(|it: char| it.is_ascii_digit() || "*@?-".contains(it)) {
        let whole = |it: String| Pattern::new(&it);
        return Ok(words::patterns(line)?.into_iter().filter_map(whole).collect());
    }
    let joined = fields.iter().map(|it| it.text).collect::<Vec<_>>().join(" ");
    match Pattern::new(&joined) {
        Some(pattern) => Ok(vec![pattern]),
        None => Err(Pattern::mistake(line, &fields)),
    }
}

/// There is no zone of this name.
fn unknown_zone(name: &Word<'_>) -> Mistake {
    let told = Mistake::new(name.span.clone(), format!("there is no time zone `{}`", name.text))
        .label("no time zone of this name")
        .help("write its name in the tz database, such as `Europe/Berlin`, `America/New_York` or `UTC`");
    Mistake { is_zone: true, ..told }
}

impl Zone {
    /// The zone of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn read(name: &str, find: &dyn Fn(&str) -> Option<Self>) -> Result<Self, Mistake> {
        find(name).ok_or_else(|| unknown_zone(&Word { text: name, span: 0..name.len() }))
    }
}
