//! Is every fault answered wherever its watcher is active?

use super::guards::nothing_left;
use super::subject::{Answer, Subject};
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Origin, SKIPPED, StateId, WatcherId};

/// Tells each fault of each watcher that some state leaves without an answer, with all of these states at once. That a
/// run was skipped has to be answered too: nothing would ask again.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    for id in (0..subject.machine.watchers.len()).map(WatcherId) {
        let watcher = subject.machine.watcher(id);
        if !subject.is_reached(watcher.owner) {
            continue;
        }
        let answers = subject.answers_to(id);
        let mut forgotten = Vec::new();
        for (outcome, it) in subject.machine.outcomes(id).enumerate() {
            let is_skip = watcher.once && watcher.modifiers.under.is_some() && it.name == SKIPPED;
            let start = answers.partition_point(|it| it.outcome < outcome);
            let end = answers.partition_point(|it| it.outcome <= outcome);
            match &answers[start..end] {
                [] if it.fault => forgotten.push(outcome),
                answers if it.fault || is_skip => sink.extend(unanswered(subject, id, outcome, answers)),
                _ => {}
            }
        }
        sink.extend(match forgotten.as_slice() {
            [] => None,
            [only] => Some(nowhere(subject, id, *only)),
            several => Some(all_forgotten(subject, id, several)),
        });
    }
}

/// Nobody has thought of any of these faults, so one message is enough.
fn all_forgotten(subject: &Subject<'_>, watcher: WatcherId, outcomes: &[usize]) -> Diagnostic {
    let it = subject.machine.watcher(watcher);
    let events: Vec<_> = outcomes.iter().map(|at| subject.event_name(Origin::Outcome(watcher, *at))).collect();
    let faults = wording::all_of(&events);
    let name = wording::name(&it.name);
    subject
        .diagnostic(Code::UNANSWERED_FAULT, it.name_span, format!("nothing answers the faults {faults}"))
        .label(all_reports(subject, watcher, outcomes))
        .help(format!(
            "add `on {name}.fault -> STATE` beside it for all of them, or `on {name}.fault stay` if nothing is to be \
             done about them"
        ))
}

fn unanswered(subject: &Subject<'_>, watcher: WatcherId, outcome: usize, answers: &[Answer]) -> Option<Diagnostic> {
    let owner = subject.machine.watcher(watcher).owner;
    if answers.first().is_some_and(|it| it.owner == owner && it.covers) {
        return None;
    }
    if answers.is_empty() {
        return Some(nowhere(subject, watcher, outcome));
    }
    let open = open_leaves(subject, owner, answers);
    (!open.is_empty()).then(|| partly(subject, watcher, outcome, &open, answers))
}

/// The leaves inside `owner` that can be reached and that no answer covers: those between the answers' intervals, unless
/// several together do.
fn open_leaves(subject: &Subject<'_>, owner: StateId, answers: &[Answer]) -> Vec<StateId> {
    let all = subject.interval(owner);
    let mut open = Vec::new();
    let mut covered = all.start;
    for answer in answers.iter().filter(|it| it.covers) {
        let inside = subject.interval(answer.owner);
        open.extend(subject.reached_leaves(covered..inside.start));
        covered = covered.max(inside.end);
    }
    open.extend(subject.reached_leaves(covered..all.end));
    open.retain(|leaf| !is_covered_together(subject, *leaf, answers));
    open
}

/// Whether the conditions in a leaf and in the states around it together leave nothing out.
fn is_covered_together(subject: &Subject<'_>, leaf: StateId, answers: &[Answer]) -> bool {
    let around = answers.iter().filter(|it| subject.contains(it.owner, leaf));
    let guards: Vec<_> = around.filter_map(|it| subject.machine.handler(it.handler).guard.as_deref()).collect();
    guards.len() > 1 && nothing_left(subject.machine, &guards)
}

fn nowhere(subject: &Subject<'_>, watcher: WatcherId, outcome: usize) -> Diagnostic {
    let it = subject.machine.watcher(watcher);
    let event = subject.event_name(Origin::Outcome(watcher, outcome));
    let (code, what) = kind_of(subject, watcher, outcome);
    subject
        .diagnostic(code, it.name_span, format!("nothing answers the {what} `{event}`"))
        .label(reports(subject, watcher, outcome))
        .help(format!("add `on {event} -> STATE` beside it, or `on {event} stay` if nothing is to be done about it"))
}

fn partly(
    subject: &Subject<'_>,
    watcher: WatcherId,
    outcome: usize,
    open: &[StateId],
    answers: &[Answer],
) -> Diagnostic {
    let it = subject.machine.watcher(watcher);
    let event = subject.event_name(Origin::Outcome(watcher, outcome));
    let (code, what) = kind_of(subject, watcher, outcome);
    let names: Vec<_> = open.iter().map(|it| subject.state_name(*it)).collect();
    let states = wording::all_of(&names);
    let headline = format!("the {what} `{event}` is not answered in {states}");
    let mut told =
        subject.diagnostic(code, it.name_span, headline).label(reports(subject, watcher, outcome)).help(format!(
            "add `on {event} -> STATE` or `on {event} stay` to {states}, or beside the watcher for all states at once"
        ));
    let conditional = answers.iter().find(|it| !it.covers && open.iter().any(|leaf| subject.contains(it.owner, *leaf)));
    if let Some(it) = conditional {
        return told.also(subject.file, it.span, "this handler is taken only if its condition holds");
    }
    for leaf in open.iter().take(LABELLED) {
        told = told.also(subject.file, subject.machine.state(*leaf).name_span, "the watcher is active here too");
    }
    told
}

/// So many states get a label of their own; the headline names more.
const LABELLED: usize = 3;

fn reports(subject: &Subject<'_>, watcher: WatcherId, outcome: usize) -> String {
    let kind = subject.machine.kind_of(watcher);
    let name = &subject.machine.watcher(watcher).name;
    let fault = subject.machine.outcomes(watcher).nth(outcome).map_or("", |it| it.name);
    if outcome >= kind.outcomes.len() {
        return match fault {
            SKIPPED => format!("`{name}` waits for a slot of a limit, and may not get one"),
            _ => format!("`{name}` has `returns`, and what it prints may not fit"),
        };
    }
    format!("`{name}` is {} `{}`, which can report `{fault}`", wording::article(&kind.name), kind.name)
}

/// The same for several faults.
fn all_reports(subject: &Subject<'_>, watcher: WatcherId, outcomes: &[usize]) -> String {
    let kind = subject.machine.kind_of(watcher);
    let name = &subject.machine.watcher(watcher).name;
    let own: Vec<_> = outcomes.iter().filter_map(|it| kind.outcomes.get(*it)).map(|it| &it.name).collect();
    let added = if own.len() < outcomes.len() { ", and what it yields may not fit" } else { "" };
    format!(
        "`{name}` is {} `{}`, which can report {}{added}",
        wording::article(&kind.name),
        kind.name,
        wording::all_of(&own)
    )
}

/// The code, and what the event is called.
fn kind_of(subject: &Subject<'_>, watcher: WatcherId, outcome: usize) -> (Code, &'static str) {
    match subject.machine.outcomes(watcher).nth(outcome) {
        Some(it) if !it.fault => (Code::UNANSWERED_SKIP, "outcome"),
        _ => (Code::UNANSWERED_FAULT, "fault"),
    }
}
