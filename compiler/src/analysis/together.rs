//! Can the conditions of a circle all hold at the same time?

use super::cases::Cases;
use super::cycle::Edge;
use super::reaction::Reaction;
use super::subject::Subject;
use crate::model::bounds::Known;
use crate::model::{Action, ActionKind, Expr, ExprKind, HandlerId, Origin, SignalId, SignalSource, StateId, Trigger};

/// Whether they can. Of one that looks at data that is assigned on the way nobody knows.
pub(super) fn can_hold_together(subject: &Subject<'_>, circle: &[Edge]) -> bool {
    let assigned = assigned_on(subject, circle);
    let is_assigned = |it: &Expr| matches!(it.kind, ExprKind::Data(data) if assigned.contains(&data));
    let mut wanted: Vec<(&Expr, bool)> = circle.iter().flat_map(|it| wanted(subject, it)).collect();
    wanted.retain(|it| !it.0.any(is_assigned));
    let known = wanted.iter().try_fold(Known::default(), |known, (condition, holds)| known.given(condition, *holds));
    if known.is_none() {
        return false;
    }
    let conditions: Vec<_> = wanted.iter().map(|it| it.0).collect();
    let cases = Cases::of(subject.machine, &conditions);
    !cases.exact() || cases.find(|case| wanted.iter().all(|it| case.holds(it.0) == Some(it.1))).is_some()
}

/// What holds, and what does not, when an edge is taken.
fn wanted<'m>(subject: &Subject<'m>, edge: &Edge) -> Vec<(&'m Expr, bool)> {
    let own = match edge.origin {
        Origin::Signal(id) => when(subject, id).map(|it| (it, true)),
        Origin::Outcome(..) => None,
    };
    own.into_iter().chain(passed_over(subject, edge).into_iter().map(|it| (it, false))).collect()
}

/// The conditions of the leaf itself that lead out of it, which come before: if one held, the machine had gone.
fn passed_over<'m>(subject: &Subject<'m>, edge: &Edge) -> Vec<&'m Expr> {
    let handlers = subject.machine.state(edge.from).handlers.iter();
    // Before a run answers, all have been looked at.
    let is_behind = |id: HandlerId| id == edge.handler && matches!(edge.origin, Origin::Signal(_));
    let before = handlers.take_while(|it| !is_behind(**it));
    before.filter_map(|it| leading_out(subject, *it, edge.from)).collect()
}

/// The condition of a `when` that leads out of a leaf.
fn leading_out<'m>(subject: &Subject<'m>, id: HandlerId, leaf: StateId) -> Option<&'m Expr> {
    let handler = subject.machine.handler(id);
    let Trigger::When(signal) = handler.trigger else { return None };
    let leaves = Reaction::all(subject, handler, leaf).iter().all(|it| it.domain != leaf);
    when(subject, signal).filter(|_| leaves)
}

fn when<'m>(subject: &Subject<'m>, id: SignalId) -> Option<&'m Expr> {
    match &subject.machine.signals[id.0].source {
        SignalSource::When(_, condition) => Some(condition),
        _ => None,
    }
}

/// The data that handlers of the circle and of what is raised on it, or states on entering and leaving, assign.
fn assigned_on(subject: &Subject<'_>, circle: &[Edge]) -> Vec<usize> {
    let machine = subject.machine;
    let blocks = machine.states.iter().flat_map(|it| it.enter.iter().chain(&it.exit));
    let is_on = |id: HandlerId| circle.iter().any(|it| it.handler == id || it.raises && answers_raised(subject, id));
    let handlers = (0..machine.handlers.len()).map(HandlerId).filter(|it| is_on(*it));
    let actions = handlers.flat_map(|it| &machine.handler(it).actions);
    actions.chain(blocks).filter_map(assigned).collect()
}

fn answers_raised(subject: &Subject<'_>, id: HandlerId) -> bool {
    let machine = subject.machine;
    let Trigger::On(events) = &machine.handler(id).trigger else { return false };
    events.iter().any(|it| match it.origin {
        Origin::Signal(signal) => match machine.signals[signal.0].source {
            SignalSource::Declared(event) => super::reaction::is_raised(subject, event),
            _ => false,
        },
        Origin::Outcome(..) => false,
    })
}

/// What an action assigns to.
pub(super) fn assigned(action: &Action) -> Option<usize> {
    match action.kind {
        ActionKind::Assign { data, .. } => Some(data),
        _ => None,
    }
}
