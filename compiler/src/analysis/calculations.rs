//! Is every calculation that can fail in a state that answers `fault`?

use super::blocks::Blocks;
use super::reaction::Reaction;
use super::subject::{Answer, Subject};
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::bounds::{Known, Place};
use crate::model::eval::Failure;
use crate::model::{Action, ActionKind, Handler, HandlerId, Origin, SignalId, SignalSource, StateId, Trigger};

/// Tells each calculation that can fail where nothing answers, and answers that can fail themselves.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    let machine = subject.machine;
    let fault = machine.signals.iter().position(|it| it.source == SignalSource::Fault).map(SignalId);
    let blocks = Blocks::of(subject);
    let calculates =
        |it: &Handler| it.guard.is_some() || !it.actions.is_empty() || matches!(it.trigger, Trigger::When(_));
    if blocks.is_empty() && !machine.handlers.iter().any(calculates) {
        return;
    }
    let answered = answered(subject, fault);
    let mut unanswered = Vec::new();
    for (id, handler) in machine.handlers.iter().enumerate() {
        if !subject.is_reached(handler.owner) {
            continue;
        }
        let failures = failures(subject, handler, HandlerId(id));
        if fault.is_some_and(|fault| names(handler, fault)) {
            let on_way = blocks.on_way(subject, handler, HandlerId(id));
            let all = failures.iter().map(|it| &it.0).chain(&on_way);
            all.for_each(|it| sink.push(failing_answer(subject, it)));
            continue;
        }
        for (failure, leaves) in failures {
            unanswered.push((failure, leaves.into_iter().filter(|it| !answered[it.0]).collect()));
        }
    }
    unanswered.extend(blocks.open(subject, &answered));
    tell_unanswered(subject, fault.is_some(), unanswered, sink);
}

fn names(handler: &Handler, signal: SignalId) -> bool {
    match &handler.trigger {
        Trigger::On(events) => events.iter().any(|it| it.origin == Origin::Signal(signal)),
        _ => false,
    }
}

/// For each state whether it, or one around it, is certain to answer `fault`.
fn answered(subject: &Subject<'_>, fault: Option<SignalId>) -> Vec<bool> {
    let machine = subject.machine;
    let mut answered = vec![false; machine.states.len()];
    let groups = subject.events().find(|(origin, _)| fault.is_some_and(|it| *origin == Origin::Signal(it)));
    for answer in groups.map_or(&[][..], |it| it.1).iter().filter(|it| it.covers) {
        subject.interval(answer.owner).for_each(|it| answered[it] = true);
    }
    answered
}

/// Why the guard, the condition or the actions of a handler can fail, and in which leaves.
fn failures(subject: &Subject<'_>, handler: &Handler, id: HandlerId) -> Vec<(Failure, Vec<StateId>)> {
    let leaves =
        || subject.reached_leaves(subject.interval(handler.owner)).filter(|it| !is_overridden(subject, id, *it));
    let mut failures = Vec::new();
    // What can never be taken is told elsewhere, and fails never.
    let Some(mut known) = known_before(subject, handler, &mut failures) else { return Vec::new() };
    if subject.machine.states.iter().any(|it| !it.exit.is_empty()) && !handler.actions.is_empty() {
        return failures_after_exits(subject, handler, failures, leaves());
    }
    run(subject, &handler.actions, &mut known, &mut failures);
    if failures.is_empty() {
        return Vec::new();
    }
    let leaves: Vec<_> = leaves().collect();
    failures.into_iter().map(|it| (it, leaves.clone())).collect()
}

/// The same where states do something when they are left, which comes before the actions.
fn failures_after_exits(
    subject: &Subject<'_>,
    handler: &Handler,
    before: Vec<Failure>,
    leaves: impl Iterator<Item = StateId>,
) -> Vec<(Failure, Vec<StateId>)> {
    let mut found: Vec<(Failure, Vec<StateId>)> = before.into_iter().map(|it| (it, Vec::new())).collect();
    let guards = found.len();
    for leaf in leaves {
        found[..guards].iter_mut().for_each(|it| it.1.push(leaf));
        for reaction in Reaction::all(subject, handler, leaf) {
            let Some(mut known) = known_before(subject, handler, &mut Vec::new()) else { continue };
            for state in reaction.between(subject, leaf).0 {
                run(subject, &subject.machine.state(state).exit, &mut known, &mut Vec::new());
            }
            let mut failures = Vec::new();
            run(subject, &handler.actions, &mut known, &mut failures);
            for failure in failures {
                match found.iter_mut().find(|it| it.0.span == failure.span) {
                    Some((_, leaves)) if leaves.last() == Some(&leaf) => {}
                    Some((_, leaves)) => leaves.push(leaf),
                    None => found.push((failure, vec![leaf])),
                }
            }
        }
    }
    found
}

/// What is known when a handler is taken, and why finding out whether it is can fail; `None` if it never is.
pub(super) fn known_before<'m>(
    subject: &Subject<'m>,
    handler: &'m Handler,
    failures: &mut Vec<Failure>,
) -> Option<Known<'m>> {
    let machine = subject.machine;
    let mut known = Some(Known::default());
    if let Trigger::When(signal) = &handler.trigger
        && let SignalSource::When(_, condition) = &machine.signals[signal.0].source
    {
        Known::default().look(condition, failures);
        known = Known::default().given(condition, true);
    }
    for earlier in earlier_guards(subject, handler) {
        known = known.and_then(|it| it.given(earlier, false));
    }
    if let Some(guard) = &handler.guard {
        known = known.and_then(|now| {
            now.look(guard, failures);
            now.given(guard, true)
        });
    }
    known
}

/// The guards of handlers above in the same state that are tried for each event of this one: none of them held.
fn earlier_guards<'m>(subject: &Subject<'m>, handler: &'m Handler) -> Vec<&'m crate::model::Expr> {
    let machine = subject.machine;
    let Trigger::On(events) = &handler.trigger else { return Vec::new() };
    let own = machine.state(handler.owner).handlers.iter().map(|it| machine.handler(*it));
    let above = own.take_while(|it| it.span != handler.span);
    let same = above.filter(|it| match &it.trigger {
        Trigger::On(tried) => events.iter().all(|event| tried.iter().any(|it| it.origin == event.origin)),
        _ => false,
    });
    same.filter_map(|it| it.guard.as_deref()).collect()
}

/// One action after the other, each knowing what those before it assigned.
pub(super) fn run<'m>(
    subject: &Subject<'_>,
    actions: &'m [Action],
    known: &mut Known<'m>,
    failures: &mut Vec<Failure>,
) {
    let machine = subject.machine;
    for action in actions {
        match &action.kind {
            ActionKind::Assign { data, value } => {
                let bounds = known.fits(value, &machine.data[*data].ty, failures);
                known.set(Place::Data(*data), bounds);
            }
            ActionKind::Emit { emit, values } => {
                for (value, (_, ty)) in values.iter().zip(&machine.emits[*emit].fields) {
                    known.fits(value, ty, failures);
                }
            }
            ActionKind::Raise { event, values } => {
                for (value, (_, ty)) in values.iter().zip(&machine.events[*event].fields) {
                    known.fits(value, ty, failures);
                }
            }
            ActionKind::Log(text) => _ = known.look(text, failures),
            ActionKind::Poll(_) => {}
        }
    }
}

/// Whether an inner state, or an earlier handler, answers all events of a handler.
pub(super) fn is_overridden(subject: &Subject<'_>, id: HandlerId, leaf: StateId) -> bool {
    let mut is_named = false;
    for (_, answers) in subject.events() {
        let Some(at) = answers.iter().position(|it: &Answer| it.handler == id) else { continue };
        is_named = true;
        if Subject::is_repeated(answers, at) {
            continue;
        }
        if !subject.overriding(answers, at).any(|it| subject.contains(it, leaf)) {
            return false;
        }
    }
    is_named
}

/// So many further calculations are shown with the first that nothing answers.
const SHOWN: usize = 3;

/// One message for all that one answer would do for: where nothing at all answers `fault`, all that can fail; else those
/// that can fail in the same states.
fn tell_unanswered(
    subject: &Subject<'_>,
    some_answer: bool,
    mut all: Vec<(Failure, Vec<StateId>)>,
    sink: &mut Diagnostics,
) {
    all.retain(|(_, open)| !open.is_empty());
    // Of a calculation that can fail in several ways, the first is enough.
    all.dedup_by(|again, first| again.0.span == first.0.span);
    while !all.is_empty() {
        let (first, open) = all.remove(0);
        let is_alike = |it: &(Failure, Vec<StateId>)| !some_answer || it.1 == open;
        let (alike, others) = std::mem::take(&mut all).into_iter().partition(is_alike);
        all = others;
        sink.push(unanswered(subject, &first, &open, &alike));
    }
}

fn unanswered(
    subject: &Subject<'_>,
    failure: &Failure,
    open: &[StateId],
    alike: &[(Failure, Vec<StateId>)],
) -> Diagnostic {
    let mut open = open.to_vec();
    open.extend(alike.iter().flat_map(|it| &it.1));
    open.sort();
    open.dedup();
    let names: Vec<_> = open.iter().map(|it| subject.state_name(*it)).collect();
    let what = match alike {
        [] => "this calculation can fail",
        _ => "calculations can fail",
    };
    let headline = format!(
        "{what}, and {} {} not answer `fault`",
        wording::all_of(&names),
        if open.len() == 1 { "does" } else { "do" }
    );
    let mut told = subject.diagnostic(Code::UNANSWERED_FAILURE, failure.span, headline).label(failure.what.clone());
    for (other, _) in alike.iter().take(SHOWN) {
        told = told.also(subject.file, other.span, other.what.clone());
    }
    if let more @ 1.. = alike.len().saturating_sub(SHOWN) {
        told = told.note(format!("and {more} more"));
    }
    told = told.also(subject.file, subject.machine.state(open[0]).name_span, "it can happen here");
    let way_out = failure.way_out();
    told.help(match alike {
        [] => format!("add `on fault -> STATE` or `on fault stay` there or further out, or make it certain: {way_out}"),
        _ => format!("add `on fault -> STATE` or `on fault stay` there or further out, or make each certain; the first: {way_out}"),
    })
}

fn failing_answer(subject: &Subject<'_>, failure: &Failure) -> Diagnostic {
    subject
        .diagnostic(Code::FAILING_ANSWER, failure.span, "the answer to a fault can fail itself")
        .label(failure.what.clone())
        .help(format!("nothing would answer that: {}", failure.way_out()))
}
