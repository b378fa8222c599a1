//! A step told in the words of its table: pure, from verdict and effects to what happened and what is to be done.

use crate::event::happening::{Outcome, What};
use machine_core::table::EventSource;
use machine_core::{
    Effect, EventId, Input, Instant, KindId, Milliseconds, StateId, Table, TimerId, Verdict, WatcherId,
};
use machine_drivers::Answer;
use std::time::Duration;

/// What the node has to do after a step, beside making its events public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Ask a watcher. It is `resumed` if it was asked in this visit before the node began.
    Ask { watcher: WatcherId, visit: u32, first: bool, resumed: bool },
    /// Stop what is under way for a watcher.
    Stop { watcher: WatcherId, visit: u32 },
    /// Tell the machine that its `run` was interrupted.
    Interrupted { watcher: WatcherId, visit: u32 },
}

/// What a step was, in order.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) happenings: Vec<What>,
    pub(crate) acts: Vec<Act>,
}

/// A step that was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken<'e> {
    pub(crate) at: Instant,
    pub(crate) input: Input,
    pub(crate) verdict: Verdict,
    pub(crate) effects: &'e [Effect],
    /// The leaf that the machine is in now.
    pub(crate) leaf: StateId,
}

/// Tells a step. `answer` is what a driver reported, if that was the input.
pub(crate) fn tell(table: &Table<'_>, step: Taken<'_>, answer: Option<&Answer>) -> Told {
    let mut told = Told::default();
    if let Some(answer) = answer {
        told.happenings.extend(outcome(table, answer, step.verdict == Verdict::Late));
    }
    let mut fired = None;
    for effect in step.effects {
        match *effect {
            Effect::Moved { from, to, event, label } => told.happenings.push(What::Transition {
                event: event_name(table, event, label, fired),
                from: state_name(table, from),
                to: state_name(table, to),
            }),
            Effect::Armed { timer, .. } => told.happenings.push(timer_event(table, timer, true)),
            Effect::Disarmed { timer, fired: has_fired } => {
                fired = has_fired.then_some(timer);
                told.happenings.push(timer_event(table, timer, false));
            }
            Effect::Slowed { until } => told.happenings.push(What::Slowed {
                delay: Duration::from_nanos(until.since(step.at)),
                state: state_name(table, step.leaf),
            }),
            Effect::Ask { watcher, visit, first } => {
                told.acts.push(Act::Ask { watcher, visit, first, resumed: step.input == Input::Resume && !first });
            }
            Effect::Stop { watcher, visit } => told.acts.push(Act::Stop { watcher, visit }),
            Effect::Interrupted { watcher, visit } => told.acts.push(Act::Interrupted { watcher, visit }),
        }
    }
    told
}

/// What a watcher reported, by name; nothing when it only looked.
pub(crate) fn outcome(table: &Table<'_>, answer: &Answer, late: bool) -> Option<What> {
    let number = answer.outcome?;
    let watcher = WatcherId(answer.key.watcher);
    let kind_id = table.watcher(watcher).kind;
    let kind = table.kind(kind_id);
    let mut fields = answer.fields.clone();
    fields.extend(answer.notice.members.clone());
    let choria = answer.notice.members.get("previous_outcome").and_then(|it| it.as_str()).map(str::to_owned);
    Some(What::Outcome(Outcome {
        watcher: watcher_name(table, watcher),
        kind: kind.name.to_owned(),
        outcome: outcome_name(table, kind_id, number),
        fault: kind.faults.checked_shr(number.into()).unwrap_or(0) & 1 == 1,
        took: answer.took,
        late,
        run_id: answer.run_id.clone(),
        choria,
        fields,
        why: answer.why.clone(),
    }))
}

/// Path of a state, or its number when the table carries no names.
pub(crate) fn state_name(table: &Table<'_>, state: StateId) -> String {
    table.state_name(state).map_or_else(|| format!("state{}", state.0), str::to_owned)
}

/// Name of a watcher, or its number when the table carries no names.
pub(crate) fn watcher_name(table: &Table<'_>, watcher: WatcherId) -> String {
    table.watcher_name(watcher).map_or_else(|| format!("watcher{}", watcher.0), str::to_owned)
}

/// A transition is called by its label, or else by its event.
fn event_name(table: &Table<'_>, event: EventId, label: Option<u16>, fired: Option<TimerId>) -> String {
    if let Some(label) = label {
        return table.label(label).map_or_else(|| format!("label{label}"), str::to_owned);
    }
    match table.source(event) {
        EventSource::Outcome(watcher, outcome) => {
            let outcome = outcome_name(table, table.watcher(watcher).kind, outcome);
            format!("{}.{outcome}", watcher_name(table, watcher))
        }
        EventSource::Timer(slot) => fired.map_or_else(|| format!("timer{slot}"), |timer| timer_name(table, timer)),
    }
}

fn outcome_name(table: &Table<'_>, kind: KindId, outcome: u8) -> String {
    table.outcome_name(kind, outcome).map_or_else(|| format!("outcome{outcome}"), str::to_owned)
}

fn timer_name(table: &Table<'_>, timer: TimerId) -> String {
    format!("after {}", Milliseconds(table.timer(timer).1))
}

fn timer_event(table: &Table<'_>, timer: TimerId, running: bool) -> What {
    let duration = Duration::from_millis(table.timer(timer).1);
    What::Timer { name: timer_name(table, timer), running, duration }
}
