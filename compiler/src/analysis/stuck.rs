//! Which states can the machine never leave, though nobody said that they are `final`?

use super::subject::{Answer, Subject, is_idle};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Handler, Origin, Response, StateId, Trigger};

/// Tells each leaf that can be reached, is not `final` or inside a `final` state, and that no handler leads out of.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    let exits = exits(subject);
    for leaf in subject.reached_leaves(subject.interval(StateId(0))) {
        if exits[leaf.0] == 0 && !is_inside_final(subject, leaf) {
            sink.push(tell(subject, leaf));
        }
    }
}

fn is_inside_final(subject: &Subject<'_>, leaf: StateId) -> bool {
    let machine = subject.machine;
    machine.outwards(leaf).any(|it| machine.state(it).is_final)
}

/// For each leaf, by how many handlers it can be left; `-> S again` leaves `S` too.
fn exits(subject: &Subject<'_>) -> Vec<isize> {
    let mut counts = Counts(vec![0; subject.machine.states.len() + 1]);
    let mut overriding = Vec::new();
    for (_, answers) in subject.events() {
        for at in 0..answers.len() {
            overriding.clear();
            overriding.extend(subject.overriding(answers, at));
            counts.add_handler(subject, handler_of(subject, answers[at]), &overriding);
        }
    }
    let timers = subject.machine.handlers.iter().filter(|it| matches!(it.trigger, Trigger::After { .. }));
    timers.for_each(|it| counts.add_handler(subject, it, &[]));
    counts.sums()
}

fn handler_of<'m>(subject: &Subject<'m>, answer: Answer) -> &'m Handler {
    subject.machine.handler(answer.handler)
}

/// Where a count begins to be larger or smaller, by number of state.
struct Counts(Vec<isize>);

impl Counts {
    fn add(&mut self, subject: &Subject<'_>, state: StateId, count: isize) {
        let interval = subject.interval(state);
        self.0[interval.start] += count;
        self.0[interval.end] -= count;
    }

    /// Counts the handler for the leaves of its state, but not where an inner state answers its event, nor where the
    /// machine is in its target already.
    fn add_handler(&mut self, subject: &Subject<'_>, handler: &Handler, overriding: &[StateId]) {
        let Response::Goto { target, again, .. } = handler.response else { return };
        self.add(subject, handler.owner, 1);
        overriding.iter().for_each(|it| self.add(subject, *it, -1));
        // That an idle handler does not lead out has been told already.
        if again || is_idle(subject, handler) || !subject.contains(handler.owner, target) {
            return;
        }
        if overriding.iter().any(|it| subject.contains(*it, target)) {
            return;
        }
        self.add(subject, target, -1);
        let twice = overriding.iter().filter(|it| subject.contains(target, **it));
        twice.for_each(|it| self.add(subject, *it, 1));
    }

    fn sums(self) -> Vec<isize> {
        let mut sum = 0;
        let running = |it: isize| {
            sum += it;
            sum
        };
        self.0.into_iter().map(running).collect()
    }
}

fn tell(subject: &Subject<'_>, leaf: StateId) -> Diagnostic {
    let state = subject.machine.state(leaf);
    let name = subject.state_name(leaf);
    let (headline, label) = match something_happens(subject, leaf) {
        true => (format!("nothing leads out of `{name}`"), "whatever happens here, the machine stays in this state"),
        false => (format!("nothing can ever happen in `{name}`"), "no watcher and no `after` is active here"),
    };
    let is_initial = state.parent.is_some_and(|it| subject.machine.state(it).initial == Some(leaf));
    let it = subject.diagnostic(Code::STUCK_STATE, state.name_span, headline).label(label);
    it.help(format!(
        "add a handler that leads to another state, such as `after 1h -> STATE`, or write `{}final state {}` if it may end here",
        if is_initial { "initial " } else { "" },
        crate::check::wording::name(&state.name)
    ))
}

fn something_happens(subject: &Subject<'_>, leaf: StateId) -> bool {
    let machine = subject.machine;
    machine.outwards(leaf).any(|it| {
        let timer = |id: &crate::model::HandlerId| match &machine.handler(*id).trigger {
            Trigger::After { .. } | Trigger::When(_) => true,
            Trigger::On(events) => events.iter().any(|it| matches!(it.origin, Origin::Signal(_))),
        };
        let state = machine.state(it);
        !state.watchers.is_empty() || state.handlers.iter().any(timer)
    })
}
