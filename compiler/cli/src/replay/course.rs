//! The transitions of a machine in order: as they were recorded, and as they are taken here.

use crate::recording::{Recorded, What};
use machine_core::table::EventSource;
use machine_core::{Effect, EventId, Milliseconds, StateId, Table, TimerId};
use machine_sim::Trace;
use machine_sim::trace;

/// One transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Move {
    /// Since the machine began, in nanoseconds.
    pub(crate) at_ns: u64,
    pub(crate) event: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

impl Move {
    /// It goes the same way at the same time, near enough.
    pub(crate) fn is_like(&self, other: &Self, tolerance_ns: u64) -> bool {
        (&self.from, &self.to) == (&other.from, &other.to) && self.at_ns.abs_diff(other.at_ns) <= tolerance_ns
    }
}

/// What was recorded.
pub(super) fn recorded(events: &[Recorded], begin: u64) -> Vec<Move> {
    let moved = |it: &Recorded| match &it.what {
        What::Moved { event, from, to } => {
            let at_ns = it.time_ns.saturating_sub(begin);
            Some(Move { at_ns, event: event.clone(), from: from.clone(), to: to.clone() })
        }
        _ => None,
    };
    events.iter().filter_map(moved).collect()
}

/// What happened in the world.
pub(super) fn replayed(table: &Table<'_>, trace: &Trace) -> Vec<Move> {
    let mut moves = Vec::new();
    let mut fired = None;
    for entry in &trace.entries {
        match &entry.what {
            trace::What::Given(..) => fired = None,
            trace::What::Effect(Effect::Disarmed { timer, fired: true }) => fired = Some(*timer),
            trace::What::Effect(Effect::Moved { from, to, event, label }) => moves.push(Move {
                at_ns: entry.at.0,
                event: event_name(table, *event, *label, fired),
                from: state_name(table, *from),
                to: state_name(table, *to),
            }),
            _ => {}
        }
    }
    moves
}

fn state_name(table: &Table<'_>, state: StateId) -> String {
    table.state_name(state).unwrap_or("?").to_owned()
}

/// A transition is called by its label, or else by its event.
fn event_name(table: &Table<'_>, event: EventId, label: Option<u16>, fired: Option<TimerId>) -> String {
    if let Some(label) = label.and_then(|it| table.label(it)) {
        return label.to_owned();
    }
    match table.source(event) {
        EventSource::Outcome(watcher, outcome) => {
            let watcher_name = table.watcher_name(watcher).unwrap_or("?");
            format!("{watcher_name}.{}", table.outcome_name_of(watcher, outcome).unwrap_or("?"))
        }
        EventSource::Signal(signal) => table.signal(signal).name.to_owned(),
        EventSource::Timer(_) => match fired {
            Some(timer) => format!("after {}", Milliseconds(table.timer(timer).1)),
            None => "after".to_owned(),
        },
    }
}
