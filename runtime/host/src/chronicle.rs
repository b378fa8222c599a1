//! A step told in the words of its table: pure, from verdict and effects to what happened and what is to be done.

use crate::event::happening::{Outcome, Turn, What};
use crate::payload::carries_returns;
use crate::record::Post;
use machine_core::definition::FAULT_REASONS;
use machine_core::table::EventSource;
use machine_core::{
    Data, Effect, Effects, EventId, Input, Instant, Milliseconds, StateId, Table, TimerId, Verdict, WatcherId,
};
use machine_drivers::Answer;
use machine_value::{Value, json_fields, lend};
use serde_json::{Map, Value as Json};
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

/// One thing that a step did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    Effect(Effect),
    Emit { emit: u16, values: Vec<Value> },
    Log(String),
}

/// What a step did, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Deeds(pub(crate) Vec<Deed>);

impl Effects for Deeds {
    fn push(&mut self, effect: Effect) {
        self.0.push(Deed::Effect(effect));
    }

    fn emit(&mut self, emit: u16, values: &[Data<'_>]) {
        self.0.push(Deed::Emit { emit, values: values.iter().map(|it| Value::of(*it)).collect() });
    }

    fn log(&mut self, text: &str) {
        self.0.push(Deed::Log(text.to_owned()));
    }
}

/// What a step was, in order.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) happenings: Vec<What>,
    pub(crate) acts: Vec<Act>,
    /// What other machines may listen to.
    pub(crate) posts: Vec<Post>,
}

/// A step that was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken<'e> {
    pub(crate) at: Instant,
    pub(crate) input: Input<'e>,
    pub(crate) verdict: Verdict,
    pub(crate) deeds: &'e [Deed],
    /// The leaf that the machine is in now.
    pub(crate) leaf: StateId,
}

/// Tells a step. `answer` is what a driver reported, if that was the input.
pub(crate) fn tell(table: &Table<'_>, step: Taken<'_>, answer: Option<&Answer>) -> Told {
    let mut told = Told::default();
    if let Some(answer) = answer {
        let late = step.verdict == Verdict::Late;
        let outcome = outcome(table, answer, late, returned(table, step.input));
        told.happenings.extend(outcome.map(|it| if step.verdict == Verdict::Misfit { rejected(it) } else { it }));
    }
    let mut fired = None;
    for deed in step.deeds {
        match deed {
            Deed::Effect(effect) => tell_effect(table, &step, *effect, &mut fired, &mut told),
            Deed::Emit { emit, values } => tell_emit(table, *emit, values, &mut told),
            Deed::Log(text) => {
                let state = state_name(table, step.leaf);
                told.happenings.push(What::Log { text: text.clone(), state });
            }
        }
    }
    told
}

fn tell_effect(table: &Table<'_>, step: &Taken<'_>, effect: Effect, fired: &mut Option<TimerId>, told: &mut Told) {
    match effect {
        Effect::Moved { from, to, event, label } => {
            told.happenings.push(What::Transition {
                event: event_name(table, event, label, *fired),
                from: state_name(table, from),
                to: state_name(table, to),
            });
            told.posts.push(Post::Entered(entered(table, from, to)));
        }
        Effect::Armed { timer, .. } => told.happenings.push(timer_event(table, timer, Turn::Armed)),
        Effect::Disarmed { timer, fired: has_fired } => {
            *fired = has_fired.then_some(timer);
            let turn = if has_fired { Turn::Fired } else { Turn::Cancelled };
            told.happenings.push(timer_event(table, timer, turn));
        }
        Effect::Slowed { until } => told.happenings.push(What::Slowed {
            delay: Duration::from_nanos(until.since(step.at)),
            state: state_name(table, step.leaf),
        }),
        Effect::Faulted { reason, source, line, column, handled } => told.happenings.push(What::Faulted {
            reason: FAULT_REASONS
                .get(usize::from(reason))
                .map_or_else(|| format!("fault {reason}"), |it| (*it).to_owned()),
            position: position(table, source, line, column),
            state: state_name(table, step.leaf),
            handled,
        }),
        Effect::Ask { watcher, visit, first } => {
            told.acts.push(Act::Ask { watcher, visit, first, resumed: step.input == Input::Resume && !first });
        }
        Effect::Stop { watcher, visit } => told.acts.push(Act::Stop { watcher, visit }),
        Effect::Interrupted { watcher, visit } => told.acts.push(Act::Interrupted { watcher, visit }),
    }
}

fn tell_emit(table: &Table<'_>, emit: u16, values: &[Value], told: &mut Told) {
    let Some(emit) = table.emits().nth(emit.into()) else {
        return;
    };
    let fields = lend(values, |data| json_fields(table, emit.fields, data));
    told.happenings.push(What::Emitted { event: emit.name.to_owned(), fields: fields.clone() });
    told.posts.push(Post::Emitted { event: emit.name.to_owned(), fields });
}

/// The states that a move enters: those around and at its target that it was not in before. Who goes to the state
/// where it is, enters that one anew.
fn entered(table: &Table<'_>, from: StateId, to: StateId) -> Vec<String> {
    let around = |state| std::iter::successors(Some(state), |it| table.parent(*it));
    let is_entered = |it: &StateId| (from == to && *it == to) || around(from).all(|other| other != *it);
    let mut names: Vec<_> = around(to).filter(is_entered).map(|it| state_name(table, it)).collect();
    names.reverse();
    names
}

/// `hvac.machine:12:5`.
fn position(table: &Table<'_>, source: u16, line: u32, column: u16) -> String {
    match table.sources().nth(source.into()) {
        Some(name) if line > 0 => format!("{name}:{line}:{column}"),
        Some(name) => name.to_owned(),
        None if line > 0 => format!("line {line}, column {column}"),
        None => "a place that the table does not name".to_owned(),
    }
}

/// What a watcher `returns`, in an input that carries it: the last fields of its outcome.
fn returned(table: &Table<'_>, input: Input<'_>) -> Map<String, Json> {
    match input {
        Input::Outcome { watcher, outcome, payload, .. } if carries_returns(table, watcher, outcome) => {
            let own = payload.len().saturating_sub(table.returns(watcher).count());
            let fields = table.payload(watcher, outcome).skip(own);
            json_fields(table, fields, payload.get(own..).unwrap_or(&[]))
        }
        _ => Map::new(),
    }
}

/// What a watcher reported, by name; nothing when it only looked.
pub(crate) fn outcome(table: &Table<'_>, answer: &Answer, late: bool, returned: Map<String, Json>) -> Option<What> {
    let number = answer.outcome?;
    let watcher = WatcherId(answer.key.watcher);
    let kind = table.kind(table.watcher(watcher).kind);
    let mut fields = answer.fields.clone();
    fields.extend(answer.notice.members.clone());
    let choria = answer.notice.members.get("previous_outcome").and_then(|it| it.as_str()).map(str::to_owned);
    Some(What::Outcome(Outcome {
        watcher: watcher_name(table, watcher),
        kind: kind.name.to_owned(),
        outcome: outcome_name(table, watcher, number),
        fault: table.is_fault(watcher, number),
        took: answer.took,
        late,
        run_id: answer.run_id.clone(),
        choria,
        fields,
        returned,
        why: answer.why.clone(),
    }))
}

/// An outcome that was not taken must not look like one that was.
fn rejected(outcome: What) -> What {
    if let What::Outcome(outcome) = outcome { What::Rejected(outcome) } else { outcome }
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
            let outcome = outcome_name(table, watcher, outcome);
            format!("{}.{outcome}", watcher_name(table, watcher))
        }
        EventSource::Signal(signal) => table.signal(signal).name.to_owned(),
        EventSource::Timer(slot) => fired.map_or_else(|| format!("timer{slot}"), |timer| timer_name(table, timer)),
    }
}

/// Name of an outcome, or its number when the table carries no names.
pub(crate) fn outcome_name(table: &Table<'_>, watcher: WatcherId, outcome: u8) -> String {
    table.outcome_name_of(watcher, outcome).map_or_else(|| format!("outcome{outcome}"), str::to_owned)
}

fn timer_name(table: &Table<'_>, timer: TimerId) -> String {
    format!("after {}", Milliseconds(table.timer(timer).1))
}

fn timer_event(table: &Table<'_>, timer: TimerId, turn: Turn) -> What {
    let duration = Duration::from_millis(table.timer(timer).1);
    What::Timer { name: timer_name(table, timer), turn, duration }
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine_core::table::Strip;
    use machine_core::{Definition, Instance, OwnedTable, step};
    use machine_drivers::{Key, Notice};
    use serde_json::Map;

    fn answer(outcome: u8, visit: u32) -> Answer {
        Answer {
            key: Key { machine: 1, watcher: 0, visit },
            run_id: "run-1".into(),
            outcome: Some(outcome),
            took: Duration::from_millis(5),
            memory: None,
            fields: Map::new(),
            notice: Notice { kind: "exec", members: Map::new() },
            why: "because".into(),
            output: None,
        }
    }

    /// The story of a lamp: what happened and what is to be done after each input, in short.
    fn story(table: &OwnedTable, inputs: &[(u64, Input<'_>, Option<Answer>)]) -> String {
        let table = table.table();
        let mut instance = Instance::new(&table);
        let mut lines = String::new();
        for (at, input, answer) in inputs {
            let (at, mut deeds) = (Instant(*at), Deeds::default());
            let verdict = step(&table, &mut instance, at, *input, &mut deeds);
            let taken = Taken { at, input: *input, verdict, deeds: &deeds.0, leaf: instance.state() };
            let told = tell(&table, taken, answer.as_ref());
            lines += &format!("{input:?}\n");
            told.happenings.iter().for_each(|it| lines += &format!("    {}\n", short(it)));
            told.acts.iter().for_each(|it| lines += &format!("    {it:?}\n"));
        }
        lines
    }

    fn short(what: &What) -> String {
        match what {
            What::Outcome(it) => {
                format!("{} {}.{} fault {} late {}", it.kind, it.watcher, it.outcome, it.fault, it.late)
            }
            What::Transition { event, from, to } => format!("{from} -> {to} ({event})"),
            What::Timer { name, turn, .. } => format!("{name} {turn:?}"),
            other => format!("{other:?}"),
        }
    }

    fn outcome(visit: u32, outcome: u8) -> Input<'static> {
        Input::Outcome { watcher: WatcherId(0), visit, outcome, payload: &[] }
    }

    const LATER: u64 = 3_600_000_000_000;

    fn inputs() -> Vec<(u64, Input<'static>, Option<Answer>)> {
        vec![
            (0, Input::Start, None),
            (0, outcome(1, 1), Some(answer(1, 1))),
            (0, outcome(1, 0), Some(answer(0, 1))),
            (0, outcome(1, 0), Some(answer(0, 1))),
            (LATER, Input::Tick, None),
            (LATER, Input::Resume, None),
        ]
    }

    #[test]
    fn a_step_is_told_in_the_words_of_its_table() {
        let bytes = Definition::example().encode().unwrap();
        let table = OwnedTable::verify(bytes.into()).unwrap();
        insta::assert_snapshot!(story(&table, &inputs()), @r"
        Start
            Ask { watcher: WatcherId(0), visit: 1, first: true, resumed: false }
        Outcome { watcher: WatcherId(0), visit: 1, outcome: 1, payload: [] }
            exec switch.failed fault true late false
        Outcome { watcher: WatcherId(0), visit: 1, outcome: 0, payload: [] }
            exec switch.ok fault false late false
            dark -> lit (switch.ok)
            after 1m Armed
            Stop { watcher: WatcherId(0), visit: 1 }
        Outcome { watcher: WatcherId(0), visit: 1, outcome: 0, payload: [] }
            exec switch.ok fault false late true
        Tick
            after 1m Fired
            lit -> dark (after 1m)
            Ask { watcher: WatcherId(0), visit: 3, first: true, resumed: false }
        Resume
            Ask { watcher: WatcherId(0), visit: 3, first: false, resumed: true }
        ");
    }

    #[test]
    fn an_outcome_that_does_not_fit_is_told_as_rejected() {
        let bytes = Definition::example().encode().unwrap();
        let table = OwnedTable::verify(bytes.into()).unwrap();
        let told = |verdict| {
            let taken = Taken { at: Instant(0), input: outcome(1, 0), verdict, deeds: &[], leaf: StateId(0) };
            tell(&table.table(), taken, Some(&answer(0, 1))).happenings
        };
        assert!(matches!(&told(Verdict::Misfit)[..], [What::Rejected(it)] if it.watcher == "switch" && !it.late));
        assert!(matches!(&told(Verdict::Quiet)[..], [What::Outcome(_)]));
    }

    #[test]
    fn a_timer_that_did_not_fire_was_cancelled() {
        let bytes = Definition::example().encode().unwrap();
        let table = OwnedTable::verify(bytes.into()).unwrap();
        let turn = |fired| {
            let effects = [Effect::Disarmed { timer: TimerId(0), fired }];
            let verdict = Verdict::Quiet;
            let taken = Taken {
                at: Instant(0),
                input: Input::Tick,
                verdict,
                deeds: &effects.map(Deed::Effect),
                leaf: StateId(0),
            };
            tell(&table.table(), taken, None).happenings.iter().map(short).collect::<String>()
        };
        assert_eq!([turn(true), turn(false)], ["after 1m Fired", "after 1m Cancelled"]);
    }

    #[test]
    fn a_table_without_names_is_told_in_numbers() {
        let bytes = Definition::example().encode_stripped(Strip::Names).unwrap();
        let table = OwnedTable::verify(bytes.into()).unwrap();
        insta::assert_snapshot!(story(&table, &inputs()[..3]), @r"
        Start
            Ask { watcher: WatcherId(0), visit: 1, first: true, resumed: false }
        Outcome { watcher: WatcherId(0), visit: 1, outcome: 1, payload: [] }
            exec watcher0.outcome1 fault true late false
        Outcome { watcher: WatcherId(0), visit: 1, outcome: 0, payload: [] }
            exec watcher0.outcome0 fault false late false
            state0 -> state1 (watcher0.outcome0)
            after 1m Armed
            Stop { watcher: WatcherId(0), visit: 1 }
        ");
    }
}
