//! A happening as one line for people: when, which machine, what, why, how long.
//!
//! ```text
//! 12:00:02.105  container_manager  deployer.ok  (0.79 s)
//! 12:00:02.106  container_manager  deploy -> monitor  (deployer.ok)
//! 12:00:32.400  container_manager  running.failed: exit status 1: no such process  (12 ms)
//! ```

mod words;

use super::happening::{Happening, Origin};
use super::text::visible;
use anstyle::Style;
use chrono::{DateTime, Local};
use std::borrow::Cow;
use std::time::Duration;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
use words::{DIM, PLAIN, words};

/// How lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// With colours.
    pub colour: bool,
    /// Columns of the terminal: reasons are cut so that a line fits, where that leaves any sense in them. `None` if
    /// the lines go elsewhere.
    pub width: Option<usize>,
    /// Which clock the times are of.
    pub zone: Zone,
}

/// Which clock the times in lines are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// The clock of the place, as this process is told of it.
    #[default]
    Local,
    /// Universal time.
    Utc,
}

/// Writes lines whose parts stand below each other.
#[derive(Clone, Debug)]
pub struct Lines {
    look: Look,
    column: usize,
}

impl Lines {
    /// Lines that look like this.
    pub fn new(look: Look) -> Self {
        Lines { look, column: 0 }
    }

    /// The line for a happening, without its end. The column of the machines is as wide as the longest name so far.
    pub fn line(&mut self, origin: &Origin, happening: &Happening) -> String {
        self.column = self.column.max(who(origin).width()).min(WIDEST_NAME);
        line(self.look, self.column, origin, happening)
    }
}

/// The line for a happening, without its end; names of machines are filled up to `column` columns.
///
/// Nothing in it comes from outside as it is: control characters and escape sequences are written as escapes.
pub fn line(look: Look, column: usize, origin: &Origin, happening: &Happening) -> String {
    let words = words(&happening.what);
    let who = who(origin);
    let time = clock(look.zone, happening.time_ns);
    let gap = " ".repeat(column.saturating_sub(who.width()));
    let secondary = if origin.machine.is_some() { Style::new() } else { DIM };
    let taken = time.len() + who.width() + gap.len() + words.what.width() + words.rest.width() + 4;
    let why = look.width.map_or(Cow::Borrowed(words.why.as_str()), |width| fit(&words.why, width, taken));
    [
        paint(look, DIM, &time),
        "  ".to_owned(),
        paint(look, secondary, &who),
        gap,
        "  ".to_owned(),
        paint(look, words.style, &words.what),
        why.into_owned(),
        paint(look, DIM, &words.rest),
    ]
    .concat()
}

/// A name longer than this stands out of its column.
const WIDEST_NAME: usize = 24;

/// A reason is never cut to fewer columns than this, however narrow the terminal is.
const NARROWEST_WHY: usize = 20;

/// The machine; for the node a word that no machine has for a name without being quoted.
fn who(origin: &Origin) -> Cow<'_, str> {
    origin.machine.as_ref().map_or(Cow::Borrowed("(node)"), |machine| visible(&machine.name))
}

fn clock(zone: Zone, nanoseconds: u64) -> String {
    let time = DateTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds);
    match zone {
        Zone::Local => time.with_timezone(&Local).format("%H:%M:%S%.3f").to_string(),
        Zone::Utc => time.format("%H:%M:%S%.3f").to_string(),
    }
}

/// As much of `why` as fits beside what is `taken` of `width` columns.
fn fit(why: &str, width: usize, taken: usize) -> Cow<'_, str> {
    let room = width.saturating_sub(taken).max(NARROWEST_WHY);
    if why.width() <= room {
        return Cow::Borrowed(why);
    }
    let end = why.char_indices().scan(0, |used, (at, c)| {
        *used += c.width().unwrap_or(0);
        (*used < room).then_some(at + c.len_utf8())
    });
    let (kept, _) = why.split_at(end.last().unwrap_or(0));
    Cow::Owned(format!("{kept}…"))
}

fn paint(look: Look, style: Style, text: &str) -> String {
    if look.colour && style != PLAIN && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
