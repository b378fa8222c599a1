//! Which handlers can never be reached, or never do anything when they are?

use super::subject::{Answer, Subject, is_idle};
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Handler, HandlerId, Machine, Origin, Response, StateId, Trigger};
use machine_grammar::Span;

/// Tells repeated events, handlers that inner ones hide everywhere, and timers that always come too late.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    let mut useful = vec![false; subject.machine.handlers.len()];
    for (origin, answers) in subject.events() {
        for at in 0..answers.len() {
            let told = event(subject, origin, answers, at, &mut useful);
            useful[answers[at].handler.0] |= told.is_some();
            sink.extend(told.filter(|_| subject.is_reached(answers[at].owner)));
        }
    }
    for (id, handler) in subject.machine.handlers.iter().enumerate() {
        if !useful[id] && !matches!(handler.trigger, Trigger::After { .. }) && subject.is_reached(handler.owner) {
            sink.extend(changes_nothing(subject, handler));
        }
    }
    for state in (0..subject.machine.states.len()).map(StateId).filter(|it| subject.is_reached(*it)) {
        timers(subject, state, sink);
    }
}

/// Looks at one handler of an event: marks it as useful, or returns what is wrong with it.
fn event(
    subject: &Subject<'_>,
    origin: Origin,
    answers: &[Answer],
    at: usize,
    useful: &mut [bool],
) -> Option<Diagnostic> {
    let answer = answers[at];
    if Subject::is_repeated(answers, at) {
        return Some(repeated(subject, origin, answers, at));
    }
    let hidden: usize = subject.overriding(answers, at).map(|it| subject.leaves_in(it)).sum();
    let free = subject.leaves_in(answer.owner) - hidden;
    if free == 0 {
        return Some(hidden_everywhere(subject, origin, answers, at));
    }
    let handler = subject.machine.handler(answer.handler);
    useful[answer.handler.0] |= !handler.actions.is_empty() || free > free_in_target(subject, handler, answers, at);
    None
}

/// In how many leaves the handler is looked at while the machine is in its target already.
fn free_in_target(subject: &Subject<'_>, handler: &Handler, answers: &[Answer], at: usize) -> usize {
    let Response::Goto { target, again: false, .. } = handler.response else { return 0 };
    if is_idle(subject, handler) || !subject.contains(handler.owner, target) {
        return 0;
    }
    let mut free = subject.leaves_in(target);
    for inner in subject.overriding(answers, at) {
        if subject.contains(inner, target) {
            return 0;
        }
        if subject.contains(target, inner) {
            free -= subject.leaves_in(inner);
        }
    }
    free
}

fn repeated(subject: &Subject<'_>, origin: Origin, answers: &[Answer], at: usize) -> Diagnostic {
    let event = subject.event_name(origin);
    let first = Subject::earlier_certain(answers, at).map_or(answers[at].span, |it| it.span);
    subject
        .diagnostic(Code::UNREACHABLE_HANDLER, answers[at].span, format!("`{event}` is answered twice in one state"))
        .label("never reached: the first one is taken")
        .also(subject.file, first, "the first one")
        .help("leave out one of the two")
}

fn hidden_everywhere(subject: &Subject<'_>, origin: Origin, answers: &[Answer], at: usize) -> Diagnostic {
    let event = subject.event_name(origin);
    let inner: Vec<_> = subject.overriding(answers, at).collect();
    let names: Vec<_> = inner.iter().map(|it| subject.state_name(*it)).collect();
    let headline = format!("this handler of `{event}` is never reached");
    let mut it = subject
        .diagnostic(Code::UNREACHABLE_HANDLER, answers[at].span, headline)
        .label(format!("every state inside answers `{event}` itself: {}", wording::all_of(&names)))
        .help("leave it out, or leave out the inner ones for which this one would do");
    for place in answers[at + 1..].iter().filter(|it| inner.contains(&it.owner)).take(LABELLED) {
        it = it.also(subject.file, place.span, "this one is taken instead");
    }
    it
}

/// So many inner handlers get a label of their own.
const LABELLED: usize = 2;

fn changes_nothing(subject: &Subject<'_>, handler: &Handler) -> Option<Diagnostic> {
    let Response::Goto { target, span, .. } = handler.response else { return None };
    let name = subject.state_name(target);
    let headline = format!("this handler never leads to `{name}`");
    let told = subject
        .diagnostic(Code::UNREACHABLE_HANDLER, span, headline)
        .label(format!("the other states answer the event themselves, and in `{name}` the machine is already"))
        .help(format!(
            "leave it out, write `stay`, or leave out an inner handler from which it should lead to `{name}`"
        ));
    Some(told)
}

/// Of the timers of a state only those count that end before the first one that leaves the state.
fn timers(subject: &Subject<'_>, state: StateId, sink: &mut Diagnostics) {
    let mut timers: Vec<_> =
        subject.machine.state(state).handlers.iter().filter_map(|it| timer(subject.machine, *it)).collect();
    timers.sort_by_key(|it| it.ms);
    let mut leaving: Option<&Timer<'_>> = None;
    for timer in &timers {
        match leaving {
            Some(same) if same.ms == timer.ms => sink.push(same_time(subject, timer, same)),
            Some(earlier) => sink.push(too_late(subject, timer, earlier, state)),
            None if leaves(subject, timer.handler) => leaving = Some(timer),
            None => {}
        }
    }
}

struct Timer<'m> {
    ms: u64,
    span: Span,
    handler: &'m Handler,
}

fn timer(machine: &Machine, id: HandlerId) -> Option<Timer<'_>> {
    let handler = machine.handler(id);
    match handler.trigger {
        Trigger::After { ms, span } => Some(Timer { ms, span, handler }),
        Trigger::On(_) | Trigger::When(_) => None,
    }
}

/// Whether the handler always leaves the state that it stands in, so that the state's other timers are forgotten.
fn leaves(subject: &Subject<'_>, handler: &Handler) -> bool {
    match handler.response {
        _ if handler.guard.is_some() => false,
        Response::Goto { target, again, .. } if subject.contains(target, handler.owner) => again,
        Response::Goto { target, .. } => !subject.contains(handler.owner, target),
        Response::Stay(_) => false,
    }
}

fn same_time(subject: &Subject<'_>, timer: &Timer<'_>, first: &Timer<'_>) -> Diagnostic {
    let headline = format!("two `after` of one state end at the same time, after {}", wording::duration(timer.ms));
    subject
        .diagnostic(Code::UNREACHABLE_HANDLER, timer.span, headline)
        .label("never reached: the first one is taken")
        .also(subject.file, first.span, "the first one")
        .help("leave out one of the two, or give it another duration")
}

fn too_late(subject: &Subject<'_>, timer: &Timer<'_>, earlier: &Timer<'_>, state: StateId) -> Diagnostic {
    let name = subject.state_name(state);
    subject
        .diagnostic(Code::UNREACHABLE_HANDLER, timer.span, "this `after` never comes to its end")
        .label(format!("`{name}` has been left by then"))
        .also(subject.file, earlier.span, format!("`{name}` is left here already"))
        .help("leave it out, or make it shorter than the other one")
}
