//! A happening as one line for people: when, which machine, what, why, how long.
//!
//! ```text
//! 12:00:02.105  container_manager  deployer.ok  (0.79 s)
//! 12:00:02.106  container_manager  deploy -> monitor  (deployer.ok)
//! 12:00:32.400  container_manager  running.failed: exit status 1: no such process  (12 ms)
//! ```

use super::happening::{Happening, Origin, Outcome, Turn, What};
use super::text::{head, visible};
use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Local};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::time::Duration;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

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

/// The most bytes of a reason, where no terminal sets a limit.
const LONGEST_WHY: usize = 1024;

const DIM: Style = Style::new().dimmed();
const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// What a line says, in its three parts, and how important it is.
struct Words {
    style: Style,
    what: String,
    why: String,
    rest: String,
}

impl Words {
    fn new(style: Style, what: impl Into<String>) -> Self {
        Words { style, what: what.into(), why: String::new(), rest: String::new() }
    }

    fn why(mut self, why: &str) -> Self {
        if !why.is_empty() {
            self.why = format!(": {}", head(&visible(why), LONGEST_WHY));
        }
        self
    }

    fn rest(mut self, rest: &str) -> Self {
        if !rest.is_empty() {
            self.rest = format!("  ({})", visible(rest));
        }
        self
    }
}

fn words(what: &What) -> Words {
    match what {
        What::Started { state, resumed: false, .. } => Words::new(PLAIN, format!("started in {}", visible(state))),
        What::Started { state, resumed: true, .. } => Words::new(PLAIN, format!("goes on in {}", visible(state))),
        What::Stopped { state, reason } => Words::new(PLAIN, format!("stopped in {}", visible(state))).rest(reason),
        What::Transition { event, from, to } => {
            Words::new(BOLD, format!("{} -> {}", visible(from), visible(to))).rest(event)
        }
        What::Outcome(outcome) => outcome_words(outcome),
        What::Timer { name, turn, .. } => Words::new(DIM, format!("{} is {}", visible(name), turn_word(*turn))),
        What::Slowed { delay, state } => {
            let state = visible(state);
            Words::new(YELLOW, format!("slowed down: the watchers of {state} wait {}", duration(*delay)))
        }
        What::Emitted { event, fields } => Words::new(BOLD, visible(event)).rest(&fields_words(fields)),
        What::Log { text, .. } => Words::new(PLAIN, head(&visible(text), LONGEST_WHY)),
        What::Faulted { reason, position, handled, .. } => {
            let undone = if *handled { "what it had done is undone" } else { "nothing is done" };
            Words::new(RED, format!("fault {}", visible(reason))).why(&format!("at {position}: {undone}"))
        }
        What::Fired { event, fields, state, answered } => {
            let event = format!("operator: {}", visible(event));
            let ignored = format!("recorded, not answered in {state}");
            let style = if *answered { PLAIN } else { YELLOW };
            Words::new(style, event).why(if *answered { "" } else { &ignored }).rest(&fields_words(fields))
        }
        What::Neighbour { other, present } => {
            let (style, verb) = if *present { (PLAIN, "is here now") } else { (YELLOW, "is not on this node") };
            Words::new(style, format!("the machine {} {verb}", visible(other)))
        }
        What::Warning { about, text } | What::NodeWarning { about, text } => {
            Words::new(YELLOW, format!("warning: {}", visible(about))).why(text)
        }
        What::Startup { version } => Words::new(PLAIN, "the node starts").rest(version),
        What::Shutdown => Words::new(PLAIN, "the node ends"),
        What::Alive { version } => Words::new(DIM, "the node is alive").rest(version),
        What::TableActivated { machine, table } => {
            let short: String = table.chars().take(12).collect();
            Words::new(PLAIN, format!("table of {} activated", visible(machine))).rest(&short)
        }
        What::TableRefused { file, reason } => Words::new(RED, format!("table {} refused", visible(file))).why(reason),
        What::TableRemoved { machine } => Words::new(PLAIN, format!("table of {} removed", visible(machine))),
    }
}

/// `room: "lab", worst: 1200`.
fn fields_words(fields: &Map<String, Value>) -> String {
    let field = |(name, value): (&String, &Value)| format!("{name}: {value}");
    head(&fields.iter().map(field).collect::<Vec<_>>().join(", "), LONGEST_WHY).into_owned()
}

fn turn_word(turn: Turn) -> &'static str {
    match turn {
        Turn::Armed => "armed",
        Turn::Fired => "over",
        Turn::Cancelled => "cancelled",
    }
}

fn outcome_words(outcome: &Outcome) -> Words {
    let name = format!("{}.{}", visible(&outcome.watcher), visible(&outcome.outcome));
    let words = match (outcome.late, outcome.fault) {
        (true, _) => Words::new(YELLOW, format!("{name} came too late")),
        (false, true) => Words::new(RED, name),
        (false, false) => Words::new(PLAIN, name),
    };
    words.why(&outcome.why).rest(&duration(outcome.took))
}

/// A duration with as many digits as somebody reads; empty below a millisecond.
fn duration(duration: Duration) -> String {
    let (seconds, millis) = (duration.as_secs(), duration.as_millis());
    match millis {
        0 => String::new(),
        1..100 => format!("{millis} ms"),
        100..10_000 => format!("{:.2} s", duration.as_secs_f64()),
        10_000..60_000 => format!("{:.1} s", duration.as_secs_f64()),
        60_000..3_600_000 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

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
