//! Is every calculation that can fail in a state that answers `fault`?

use super::subject::{Answer, Subject};
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::bounds::{Known, Place};
use crate::model::eval::Failure;
use crate::model::{
    Action, ActionKind, Handler, HandlerId, Origin, Response, SignalId, SignalSource, StateId, Trigger,
};

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
        let failures = failures(subject, handler);
        let answers_fault = fault.is_some_and(|fault| names(handler, fault));
        for failure in &failures {
            if answers_fault {
                sink.push(failing_answer(subject, failure));
            } else {
                let open = open(subject, handler, HandlerId(id), &answered);
                unanswered.push((failure.clone(), open));
            }
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

/// Why the guard, the condition or the actions of a handler can fail.
fn failures(subject: &Subject<'_>, handler: &Handler) -> Vec<Failure> {
    let machine = subject.machine;
    let mut failures = Vec::new();
    let mut known = Some(Known::default());
    if let Trigger::When(signal) = &handler.trigger
        && let SignalSource::When(_, condition) = &machine.signals[signal.0].source
    {
        Known::default().look(condition, &mut failures);
        known = Known::default().given(condition, true);
    }
    for earlier in earlier_guards(subject, handler) {
        known = known.and_then(|it| it.given(earlier, false));
    }
    if let Some(guard) = &handler.guard {
        known = known.and_then(|now| {
            now.look(guard, &mut failures);
            now.given(guard, true)
        });
    }
    // What can never be taken is told elsewhere, and fails never.
    if let Some(known) = known {
        run(subject, &handler.actions, known, &mut failures);
    }
    failures
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
fn run<'m>(subject: &Subject<'_>, actions: &'m [Action], mut known: Known<'m>, failures: &mut Vec<Failure>) {
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

/// The leaves in which a handler can be taken and that do not answer `fault`.
fn open(subject: &Subject<'_>, handler: &Handler, id: HandlerId, answered: &[bool]) -> Vec<StateId> {
    let mut open: Vec<StateId> = subject.reached_leaves(subject.interval(handler.owner)).collect();
    open.retain(|leaf| !answered[leaf.0] && !is_overridden(subject, id, *leaf));
    open
}

/// Whether an inner state answers all events of a handler itself.
fn is_overridden(subject: &Subject<'_>, id: HandlerId, leaf: StateId) -> bool {
    let mut is_named = false;
    for (_, answers) in subject.events() {
        let Some(at) = answers.iter().position(|it: &Answer| it.handler == id) else { continue };
        is_named = true;
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

/// What is done on entering and leaving, as far as it can fail.
struct Blocks {
    /// Failures by state: of `enter`, and of `exit`.
    failing: Vec<(StateId, bool, Failure)>,
}

impl Blocks {
    fn of(subject: &Subject<'_>) -> Self {
        let mut failing = Vec::new();
        for (id, state) in subject.machine.states.iter().enumerate() {
            for (on_enter, actions) in [(true, &state.enter), (false, &state.exit)] {
                let mut failures = Vec::new();
                run(subject, actions, Known::default(), &mut failures);
                failing.extend(failures.into_iter().map(|it| (StateId(id), on_enter, it)));
            }
        }
        Self { failing }
    }

    fn is_empty(&self) -> bool {
        self.failing.is_empty()
    }

    /// The failures, each with the leaves in which nothing answers it: a block is done in the reaction that enters or leaves
    /// its state; its failure undoes that, so the state before has to answer.
    fn open(self, subject: &Subject<'_>, answered: &[bool]) -> Vec<(Failure, Vec<StateId>)> {
        let open = |(state, on_enter, failure): &(StateId, bool, Failure)| {
            let leaves = subject.reached_leaves(subject.interval(StateId(0)));
            let open = leaves.filter(|it| !answered[it.0] && self.happens(subject, *state, *on_enter, *it)).collect();
            (failure.clone(), open)
        };
        self.failing.iter().map(open).collect()
    }

    /// Whether a reaction in `leaf` can enter or leave `state`.
    fn happens(&self, subject: &Subject<'_>, state: StateId, on_enter: bool, leaf: StateId) -> bool {
        let machine = subject.machine;
        let is_start = on_enter && leaf == machine.initial_leaf(StateId(0));
        if is_start && subject.contains(state, leaf) {
            return true;
        }
        let mut around = machine.outwards(leaf);
        around.any(|it| {
            machine.state(it).handlers.iter().any(|id| {
                let Response::Goto { target, again, last, .. } = machine.handler(*id).response else { return false };
                let stays = subject.contains(target, leaf);
                if stays && !again {
                    return false;
                }
                // What is around both ends, with `again` around the target, is neither left nor entered.
                let kept = |it: StateId| {
                    subject.contains(it, leaf) && subject.contains(it, target) && !(stays && it == target)
                };
                let end = machine.initial_leaf(target);
                match on_enter {
                    true => !kept(state) && (subject.contains(state, end) || last && subject.contains(target, state)),
                    false => !kept(state) && subject.contains(state, leaf),
                }
            })
        })
    }
}
