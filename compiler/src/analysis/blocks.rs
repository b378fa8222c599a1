//! What is done on entering and leaving states, as far as it can fail.

use super::calculations::{is_overridden, known_before, run};
use super::reaction::Reaction;
use super::subject::Subject;
use crate::model::bounds::Known;
use crate::model::eval::Failure;
use crate::model::{Handler, HandlerId, Response, StateId};

/// Those that can fail.
pub(super) struct Blocks {
    /// Failures by state: of `enter`, and of `exit`.
    failing: Vec<(StateId, bool, Failure)>,
}

impl Blocks {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let mut failing = Vec::new();
        for (id, state) in subject.machine.states.iter().enumerate() {
            for (on_enter, actions) in [(true, &state.enter), (false, &state.exit)] {
                let mut failures = Vec::new();
                run(subject, actions, &mut Known::default(), &mut failures);
                failing.extend(failures.into_iter().map(|it| (StateId(id), on_enter, it)));
            }
        }
        Self { failing }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.failing.is_empty()
    }

    /// The failures, each with the leaves in which nothing answers it: a block is done in the reaction that enters or leaves
    /// its state; its failure undoes that, so the state before has to answer.
    pub(super) fn open(self, subject: &Subject<'_>, answered: &[bool]) -> Vec<(Failure, Vec<StateId>)> {
        let open = |(state, on_enter, failure): &(StateId, bool, Failure)| {
            let leaves = subject.reached_leaves(subject.interval(StateId(0)));
            let open = leaves.filter(|it| !answered[it.0] && self.happens(subject, *state, *on_enter, *it)).collect();
            (failure.clone(), open)
        };
        self.failing.iter().map(open).collect()
    }

    /// What can fail on the way of the answer to a fault: by what its guard and its actions leave of the data.
    pub(super) fn on_way(&self, subject: &Subject<'_>, handler: &Handler, id: HandlerId) -> Vec<Failure> {
        let mut found: Vec<Failure> = Vec::new();
        if self.is_empty() {
            return found;
        }
        let machine = subject.machine;
        let leaves = subject.reached_leaves(subject.interval(handler.owner));
        for leaf in leaves.filter(|it| !is_overridden(subject, id, *it)) {
            for reaction in Reaction::all(subject, handler, leaf) {
                let Some(mut known) = known_before(subject, handler, &mut Vec::new()) else { continue };
                let (left, entered) = reaction.between(subject, leaf);
                let exits = left.iter().map(|it| &machine.state(*it).exit);
                let enters = entered.iter().map(|it| &machine.state(*it).enter);
                let mut failures = Vec::new();
                exits.for_each(|it| run(subject, it, &mut known, &mut failures));
                run(subject, &handler.actions, &mut known, &mut Vec::new());
                enters.for_each(|it| run(subject, it, &mut known, &mut failures));
                failures.retain(|it| found.iter().all(|known| known.span != it.span));
                found.extend(failures);
            }
        }
        found
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
