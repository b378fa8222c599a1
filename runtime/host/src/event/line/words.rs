//! What a line says.

use crate::event::happening::{Outcome, Range, SlotTurn, Turn, What};
use crate::event::text::{head, visible};
use anstyle::{AnsiColor, Style};
use machine_value::counted;
use serde_json::{Map, Value};
use std::time::Duration;

/// The most bytes of a reason, where no terminal sets a limit.
const LONGEST_WHY: usize = 1024;

pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// What a line says, in its three parts, and how important it is.
pub(super) struct Words {
    pub(super) style: Style,
    pub(super) what: String,
    pub(super) why: String,
    pub(super) rest: String,
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

pub(super) fn words(what: &What) -> Words {
    match what {
        What::Started { state, resumed: false, .. } => Words::new(PLAIN, format!("started in {}", visible(state))),
        What::Started { state, resumed: true, .. } => Words::new(PLAIN, format!("goes on in {}", visible(state))),
        What::Stopped { state, reason } => Words::new(PLAIN, format!("stopped in {}", visible(state))).rest(reason),
        What::Transition { event, from, to } => {
            Words::new(BOLD, format!("{} -> {}", visible(from), visible(to))).rest(event)
        }
        What::Outcome(outcome) => outcome_words(outcome),
        What::Rejected(outcome) => {
            let name = outcome_name(outcome);
            Words::new(RED, format!("{name} is not what its table wants")).why(&outcome.why)
        }
        What::Slot { limit, watcher, turn, slot } => slot_words(limit, watcher, *turn, *slot),
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
        What::Facts { facts } => Words::new(PLAIN, "facts".to_owned()).rest(&fields_words(facts)),
        What::Neighbour { other, present } => {
            let (style, verb) = if *present { (PLAIN, "is here now") } else { (YELLOW, "is not on this node") };
            Words::new(style, format!("the machine {} {verb}", visible(other)))
        }
        What::Warning { about, text } | What::NodeWarning { about, text } => {
            Words::new(YELLOW, format!("warning: {}", visible(about))).why(text)
        }
        What::Dropped { sink, range, epoch, .. } => {
            let which = if epoch.is_some() { ", of the numbers before these" } else { "" };
            let what = format!("dropped before {} had them: {}{which}", visible(sink), range_words(*range));
            Words::new(RED, what)
        }
        What::Resent { sink, range } => {
            Words::new(PLAIN, format!("sent again to {}: {}", visible(sink), range_words(*range)))
        }
        What::Undeliverable { sink, event, kind, reason, .. } => {
            Words::new(RED, format!("{} never takes {}", visible(sink), visible(event))).why(reason).rest(kind)
        }
        What::StreamRegressed { sink, stream, acknowledged, held, text } => {
            let (sink, stream) = (visible(sink), visible(stream));
            let what =
                format!("{sink}: the stream {stream} lost what it had acknowledged, it holds {held} of {acknowledged}");
            Words::new(RED, what).why(text)
        }
        What::IdentityConflict { sink, stream, event, text } => {
            let (sink, stream) = (visible(sink), visible(stream));
            let what = format!("{sink}: somebody else writes to {stream} under the name of this node");
            Words::new(RED, what).why(text).rest(event)
        }
        What::Sink { sink, degraded, text } => {
            let (style, verb) = if *degraded { (RED, "takes no events") } else { (PLAIN, "takes events again") };
            Words::new(style, format!("{} {verb}", visible(sink))).why(text)
        }
        What::Sequences { machines, part, parts } => {
            let part = if *parts > 1 { format!(", part {part} of {parts}") } else { String::new() };
            Words::new(DIM, format!("the last numbers of {}{part}", counted(machines.len(), "machine")))
        }
        What::Provisioned => Words::new(PLAIN, "the node runs for the first time on this state"),
        What::Upgraded { from, to } => Words::new(PLAIN, "the node was upgraded").rest(&format!("{from} -> {to}")),
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

/// `air.failed`.
fn outcome_name(outcome: &Outcome) -> String {
    format!("{}.{}", visible(&outcome.watcher), visible(&outcome.outcome))
}

fn slot_words(limit: &str, watcher: &str, turn: SlotTurn, slot: u64) -> Words {
    let (style, verb) = match turn {
        SlotTurn::Entered => (PLAIN, "takes a slot of"),
        SlotTurn::Left => (PLAIN, "gives back its slot of"),
        SlotTurn::TimedOut => (YELLOW, "got no slot in time of"),
        SlotTurn::Evicted => (RED, "lost its slot of"),
    };
    let number = if slot > 0 { format!("slot {slot}") } else { String::new() };
    Words::new(style, format!("{} {verb} {}", visible(watcher), visible(limit))).rest(&number)
}

/// `events 7 to 19`.
fn range_words(range: Range) -> String {
    match range {
        Range { first, last, .. } if first == last => format!("event {first}"),
        Range { first, last, count } if count == last.saturating_sub(first) + 1 => format!("events {first} to {last}"),
        Range { first, last, count } => format!("{count} of the events {first} to {last}"),
    }
}

fn outcome_words(outcome: &Outcome) -> Words {
    let name = outcome_name(outcome);
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
