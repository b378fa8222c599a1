//! Conditions: which can never hold, which handlers earlier ones leave nothing to, and where none is taken.

use super::cases::Cases;
use super::subject::{Answer, Subject, event_name};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::bounds::Known;
use crate::model::{Expr, ExprKind, Handler, Machine, Origin, SignalSource, Trigger, WatcherId};

/// Marks the answers of states whose handlers, all conditional, together leave nothing out.
pub(super) fn cover(machine: &Machine, answers: &mut [Answer], ends: &[usize]) {
    let mut start = 0;
    for end in ends {
        let of_source = &mut answers[start..*end];
        if of_source.iter().any(|it| !it.certain) {
            let groups = of_source.chunk_by_mut(|a, b| (a.outcome, a.owner) == (b.outcome, b.owner));
            groups.for_each(|it| cover_group(machine, it));
        }
        start = *end;
    }
}

fn cover_group(machine: &Machine, group: &mut [Answer]) {
    let covers = group.iter().any(|it| it.certain) || nothing_left(machine, &guards(machine, group));
    group.iter_mut().for_each(|it| it.covers = covers);
}

fn guards<'m>(machine: &'m Machine, group: &[Answer]) -> Vec<&'m Expr> {
    group.iter().filter_map(|it| machine.handler(it.handler).guard.as_deref()).collect()
}

/// Whether one of the guards always holds.
pub(super) fn nothing_left(machine: &Machine, guards: &[&Expr]) -> bool {
    let Some(known) = none_before(guards) else { return true };
    let all_false: Vec<_> = guards.iter().map(|it| (*it, false)).collect();
    if known.shows(&all_false) {
        return false;
    }
    let cases = Cases::of(machine, guards);
    cases.exact() && cases.find(|case| guards.iter().all(|it| case.holds(it) != Some(true))).is_none()
}

/// What is known when none of the guards holds; `None` if that cannot be.
fn none_before<'m>(guards: &[&'m Expr]) -> Option<Known<'m>> {
    guards.iter().try_fold(Known::default(), |known, guard| known.given(guard, false))
}

/// Looks at the conditions of all handlers.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    let machine = subject.machine;
    if machine.handlers.iter().all(|it| it.guard.is_none() && !matches!(it.trigger, Trigger::When(_))) {
        return;
    }
    let mut told = vec![false; machine.handlers.len()];
    for (id, handler) in machine.handlers.iter().enumerate() {
        let condition = handler.guard.as_deref().or_else(|| when(machine, handler));
        if let Some(it) = condition.and_then(|it| alone(subject, handler, it)) {
            told[id] = true;
            sink.push(it);
        }
    }
    for (origin, answers) in subject.events() {
        for group in answers.chunk_by(|a, b| a.owner == b.owner) {
            if subject.is_reached(group[0].owner) {
                together(subject, origin, answers, group, &mut told, sink);
            }
        }
    }
}

fn when<'m>(machine: &'m Machine, handler: &Handler) -> Option<&'m Expr> {
    let Trigger::When(signal) = &handler.trigger else { return None };
    match &machine.signals[signal.0].source {
        SignalSource::When(_, condition) => Some(condition),
        _ => None,
    }
}

/// A condition that is decided before anything happens. What a parameter decides is meant to differ by instance.
fn alone(subject: &Subject<'_>, handler: &Handler, condition: &Expr) -> Option<Diagnostic> {
    if handler.by_parameter {
        return None;
    }
    let machine = subject.machine;
    let never = |value: bool| {
        let Some(known) = Known::default().given(condition, value) else { return true };
        if known.shows(&[(condition, value)]) {
            return false;
        }
        let cases = Cases::of(machine, &[condition]);
        cases.exact() && cases.find(|it| it.holds(condition) == Some(value)).is_none()
    };
    if never(true) {
        let headline = format!("`{}` never holds", machine.written(condition));
        let it = subject.diagnostic(Code::NEVER_TRUE, condition.span, headline).label("so this handler is never taken");
        return Some(
            reasons(subject, it, condition).help("leave the handler out, or compare with a value that can occur"),
        );
    }
    if never(false) {
        let headline = format!("`{}` always holds", machine.written(condition));
        let it =
            subject.diagnostic(Code::ALWAYS_TRUE, condition.span, headline).label("so this condition decides nothing");
        return Some(
            reasons(subject, it, condition).help("leave the condition out, or compare with a value that matters"),
        );
    }
    None
}

/// The bounds of what the condition looks at.
fn reasons(subject: &Subject<'_>, mut told: Diagnostic, condition: &Expr) -> Diagnostic {
    let mut notes = Vec::new();
    condition.walk(&mut |it| {
        if matches!(it.kind, ExprKind::Data(_) | ExprKind::Fact(_) | ExprKind::Field(..)) {
            let note = format!("`{}` is of the type `{}`", subject.machine.written(it), it.ty);
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    });
    for note in notes {
        told = told.note(note);
    }
    told
}

/// The handlers of one event in one state, top to bottom.
fn together(
    subject: &Subject<'_>,
    origin: Origin,
    answers: &[Answer],
    group: &[Answer],
    told: &mut [bool],
    sink: &mut Diagnostics,
) {
    for at in 1..group.len() {
        let id = group[at].handler.0;
        let has_certain = group[..at].iter().any(|it| it.certain);
        let is_told = told[id] || has_certain || subject.machine.handler(group[at].handler).by_parameter;
        if let Some(it) = (!is_told).then(|| covered(subject, origin, group, at)).flatten() {
            told[id] = true;
            sink.push(it);
        }
    }
    let is_gap = group.len() > 1 && !group[0].covers && !must_be_answered(subject.machine, origin);
    let around = |it: &&Answer| subject.contains(it.owner, group[0].owner) && it.owner != group[0].owner;
    if is_gap && answers.iter().find(around).is_none() && group.iter().all(|it| !told[it.handler.0]) {
        sink.extend(gap(subject, origin, group));
    }
}

/// A fault that may not be answered is told as such.
fn must_be_answered(machine: &Machine, origin: Origin) -> bool {
    match origin {
        Origin::Outcome(WatcherId(id), outcome) => {
            machine.outcomes(WatcherId(id)).nth(outcome).is_some_and(|it| it.fault)
        }
        Origin::Signal(_) => false,
    }
}

/// A handler to which the conditions before it leave nothing.
fn covered(subject: &Subject<'_>, origin: Origin, group: &[Answer], at: usize) -> Option<Diagnostic> {
    let machine = subject.machine;
    let before = guards(machine, &group[..at]);
    let own = machine.handler(group[at].handler).guard.as_deref();
    let left = none_before(&before).and_then(|known| match own {
        Some(guard) => known.given(guard, true),
        None => Some(known),
    });
    let all: Vec<_> = before.iter().copied().chain(own).collect();
    let wanted: Vec<_> = before.iter().map(|it| (*it, false)).chain(own.map(|it| (it, true))).collect();
    let is_taken = left.is_some_and(|it| {
        it.shows(&wanted) || {
            let cases = Cases::of(machine, &all);
            let taken = |case: &super::cases::Case<'_>| {
                before.iter().all(|it| case.holds(it) != Some(true))
                    && own.is_none_or(|it| case.holds(it) != Some(false))
            };
            !cases.exact() || cases.find(taken).is_some()
        }
    });
    if is_taken {
        return None;
    }
    let event = event_name(machine, origin);
    let headline = format!("this handler of `{event}` is never taken");
    let mut it = subject
        .diagnostic(Code::COVERED_HANDLER, group[at].span, headline)
        .label("whatever happens, one before it is taken")
        .help("leave it out, put it before the others, or make a condition above it narrower");
    for guard in before.iter().take(LABELLED) {
        it = it.also(subject.file, guard.span, "this condition comes first");
    }
    Some(it)
}

/// So many conditions get a label of their own.
const LABELLED: usize = 3;

/// A case that no handler takes, by example.
fn gap(subject: &Subject<'_>, origin: Origin, group: &[Answer]) -> Option<Diagnostic> {
    let machine = subject.machine;
    let guards = guards(machine, group);
    let cases = Cases::of(machine, &guards);
    let case = cases.find(|case| guards.iter().all(|it| case.holds(it) == Some(false)))?;
    let event = event_name(machine, origin);
    let last = group.last()?;
    let headline = format!("no handler of `{event}` is taken when {}", case.told(machine));
    Some(
        subject.diagnostic(Code::UNCOVERED_CASE, last.span, headline).label("this is the last one").help(format!(
            "add `on {event} stay`, or one that leads to a state, below it: it is taken in all other cases"
        )),
    )
}
