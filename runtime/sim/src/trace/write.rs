//! A trace as text: a line an entry, effects indented below the input that they came of.
//!
//! ```text
//! trace 1
//! begin 1767225600000 seed 1
//! machine lamp 1.0.0
//! 0 0 start -> quiet
//!   ask 0 1 first
//! 0 0 outcome 0 1 0 () -> moved
//! ```

use super::{Given, Trace, What};
use crate::value::Value;
use machine_core::{Effect, Instant, Verdict};
use std::fmt::{self, Display, Formatter};

/// The first line of every trace.
pub(super) const HEAD: &str = "trace 1";

/// All verdicts with their words.
pub(super) const VERDICTS: [(Verdict, &str); 7] = [
    (Verdict::Moved, "moved"),
    (Verdict::Stayed, "stayed"),
    (Verdict::Unanswered, "unanswered"),
    (Verdict::Late, "late"),
    (Verdict::Quiet, "quiet"),
    (Verdict::Misfit, "misfit"),
    (Verdict::Faulted, "faulted"),
];

impl Display for Trace {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}\nbegin {} seed {}", self.begin, self.seed)?;
        self.machines.iter().try_for_each(|(name, version)| writeln!(f, "machine {name} {version}"))?;
        for it in &self.entries {
            match &it.what {
                What::Given(..) => writeln!(f, "{} {} {}", it.at.0, it.machine, it.what)?,
                What::Limit { limit, room } => {
                    writeln!(f, "{} limit {} {limit} {}", it.at.0, it.machine, room.word())?;
                }
                What::PowerCut { .. } | What::ClockSet { .. } => writeln!(f, "{} {}", it.at.0, it.what)?,
                _ => writeln!(f, "  {}", it.what)?,
            }
        }
        Ok(())
    }
}

impl Display for What {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(given, verdict) => {
                let word = VERDICTS.iter().find(|it| it.0 == *verdict).map_or("?", |it| it.1);
                write!(f, "{given} -> {word}")
            }
            Self::Effect(it) => effect(f, *it),
            Self::Emit { emit, values } => write!(f, "emit {emit} {}", Values(values)),
            Self::Log(text) => write!(f, "log {text:?}"),
            Self::PowerCut { off_ns } => write!(f, "power off {off_ns}"),
            Self::ClockSet { by_ms } => write!(f, "clock {by_ms:+}"),
            Self::Limit { limit, room } => write!(f, "limit {limit} {}", room.word()),
        }
    }
}

impl Display for Given {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("start"),
            Self::Resume => f.write_str("resume"),
            Self::Tick => f.write_str("tick"),
            Self::Outcome { watcher, visit, outcome, payload } => {
                write!(f, "outcome {} {visit} {outcome} {}", watcher.0, Values(payload))
            }
            Self::Done { watcher, visit } => write!(f, "done {} {visit}", watcher.0),
            Self::Signal { signal, payload } => write!(f, "signal {} {}", signal.0, Values(payload)),
            Self::Fact { fact, value } => write!(f, "fact {fact} {}", Values(std::slice::from_ref(value))),
            Self::Condition { condition, holds } => write!(f, "condition {condition} {holds}"),
        }
    }
}

fn effect(f: &mut Formatter<'_>, effect: Effect) -> fmt::Result {
    match effect {
        Effect::Moved { from, to, event, label: None } => write!(f, "move {} {} {}", from.0, to.0, event.0),
        Effect::Moved { from, to, event, label: Some(label) } => {
            write!(f, "move {} {} {} as {label}", from.0, to.0, event.0)
        }
        Effect::Stop { watcher, visit } => write!(f, "stop {} {visit}", watcher.0),
        Effect::Ask { watcher, visit, first } => {
            write!(f, "ask {} {visit}{}", watcher.0, if first { " first" } else { "" })
        }
        Effect::Interrupted { watcher, visit } => write!(f, "interrupted {} {visit}", watcher.0),
        Effect::Armed { timer, deadline } => write!(f, "arm {} {}", timer.0, deadline.0),
        Effect::Disarmed { timer, fired } => write!(f, "{} {}", if fired { "fire" } else { "cancel" }, timer.0),
        Effect::Slowed { until: Instant(until) } => write!(f, "slow {until}"),
        Effect::Faulted { reason, source, line, column, handled } => {
            let rest = if handled { "" } else { " unanswered" };
            write!(f, "fault {reason} {source} {line}:{column}{rest}")
        }
    }
}

/// Values between brackets, each with a sign that says what it is.
struct Values<'v>(&'v [Value]);

impl Display for Values<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (index, it) in self.0.iter().enumerate() {
            f.write_str(if index > 0 { " " } else { "" })?;
            value(f, it)?;
        }
        f.write_str(")")
    }
}

fn value(f: &mut Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Bool(it) => write!(f, "{it}"),
        Value::Int(it) => write!(f, "{it}"),
        Value::Float(it) => write!(f, "~{it:?}"),
        Value::Text(it) => write!(f, "{it:?}"),
        Value::Duration(it) => write!(f, "+{it}"),
        Value::Time(it) => write!(f, "@{it}"),
        Value::Enum(it) => write!(f, "%{it}"),
        Value::List(items) => write!(f, "{}", Values(items)),
    }
}
