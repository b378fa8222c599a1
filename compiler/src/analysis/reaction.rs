//! What a handler does in a leaf: where it leads, what is left and entered on the way, and what is raised.

use super::subject::Subject;
use crate::model::{Action, ActionKind, Handler, Origin, Response, StateId, Trigger};
use machine_grammar::Span;

/// A raised event, and where it is raised.
pub(super) type Raise = (usize, Span);

/// What a handler does in a leaf.
#[derive(Clone)]
pub(super) struct Reaction {
    /// The leaf that it leads to.
    pub(super) to: StateId,
    /// The innermost state that is not left on the way: the leaf itself if nothing is.
    pub(super) domain: StateId,
    /// What is raised on the way, in order.
    pub(super) raises: Vec<Raise>,
}

impl Reaction {
    /// All that a handler can do in a leaf: one thing, unless it goes back to where the machine was last.
    pub(super) fn all(subject: &Subject<'_>, handler: &Handler, leaf: StateId) -> Vec<Self> {
        let Response::Goto { target, again, last, .. } = handler.response else {
            return vec![Self::staying(handler, leaf)];
        };
        let is_there = subject.contains(target, leaf);
        if is_there && !again {
            return vec![Self::staying(handler, leaf)];
        }
        let domain = domain(subject, leaf, target);
        let way = |to| {
            let mut way = Self { to, domain, raises: Vec::new() };
            let (left, entered) = way.between(subject, leaf);
            let states = &subject.machine.states;
            way.raises.extend(left.iter().flat_map(|it| raises_of(&states[it.0].exit)));
            way.raises.extend(raises_of(&handler.actions));
            way.raises.extend(entered.iter().flat_map(|it| raises_of(&states[it.0].enter)));
            way
        };
        match last {
            false => vec![way(subject.machine.initial_leaf(target))],
            true => subject.reached_leaves(subject.interval(target)).map(way).collect(),
        }
    }

    /// The states that it leaves, coming from a leaf, and those that it enters, in order.
    pub(super) fn between(&self, subject: &Subject<'_>, from: StateId) -> (Vec<StateId>, Vec<StateId>) {
        let below = |leaf| subject.machine.outwards(leaf).take_while(|it| *it != self.domain);
        let mut entered: Vec<_> = below(self.to).collect();
        entered.reverse();
        (below(from).collect(), entered)
    }

    /// Whether something is raised on the way.
    pub(super) fn is_raising(&self) -> bool {
        !self.raises.is_empty()
    }

    fn staying(handler: &Handler, leaf: StateId) -> Self {
        Self { to: leaf, domain: leaf, raises: raises_of(&handler.actions).collect() }
    }
}

/// The innermost state around `target` that is not left on the way from `from`.
fn domain(subject: &Subject<'_>, from: StateId, target: StateId) -> StateId {
    let mut around = subject.machine.outwards(target).skip(1);
    around.find(|it| subject.contains(*it, from)).unwrap_or(StateId(0))
}

fn raises_of(actions: &[Action]) -> impl Iterator<Item = Raise> + '_ {
    actions.iter().filter_map(raise)
}

fn raise(action: &Action) -> Option<Raise> {
    match action.kind {
        ActionKind::Raise { event, .. } => Some((event, action.span)),
        _ => None,
    }
}

/// The machine enters its initial states.
pub(super) fn beginning(subject: &Subject<'_>) -> Reaction {
    let machine = subject.machine;
    let to = machine.initial_leaf(StateId(0));
    let mut entered: Vec<_> = machine.outwards(to).collect();
    entered.reverse();
    let raises = entered.into_iter().flat_map(|it| raises_of(&machine.state(it).enter)).collect();
    Reaction { to, domain: StateId(0), raises }
}

/// Every handler that can be taken in a leaf, with the event, unless that is a timer, and whether something is then
/// certain to be taken: `see(handler, leaf, event, covers)`.
pub(super) fn each_taken<'m>(subject: &Subject<'m>, mut see: impl FnMut(&'m Handler, StateId, Option<Origin>, bool)) {
    let machine = subject.machine;
    for (origin, answers) in subject.events() {
        for (at, answer) in answers.iter().enumerate().filter(|(at, _)| !Subject::is_repeated(answers, *at)) {
            let inner: Vec<_> = subject.overriding(answers, at).collect();
            for leaf in subject.reached_leaves(subject.interval(answer.owner)) {
                if !inner.iter().any(|it| subject.contains(*it, leaf)) {
                    see(machine.handler(answer.handler), leaf, Some(origin), answer.covers);
                }
            }
        }
    }
    for handler in machine.handlers.iter().filter(|it| matches!(it.trigger, Trigger::After { .. })) {
        subject.reached_leaves(subject.interval(handler.owner)).for_each(|it| see(handler, it, None, true));
    }
}

/// All that the machine raises anywhere.
pub(super) fn all_raises<'m>(subject: &Subject<'m>) -> impl Iterator<Item = Raise> + 'm {
    let machine = subject.machine;
    let blocks = machine.states.iter().flat_map(|it| it.enter.iter().chain(&it.exit));
    machine.handlers.iter().flat_map(|it| &it.actions).chain(blocks).filter_map(raise)
}

/// Whether the machine raises a declared event anywhere.
pub(super) fn is_raised(subject: &Subject<'_>, event: usize) -> bool {
    all_raises(subject).any(|it| it.0 == event)
}
