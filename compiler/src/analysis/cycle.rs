//! Can the machine go round in a circle without ever waiting?
//!
//! An edge needs no wait if it is taken on an outcome of a `run`: that starts at once when its state is entered. So
//! does one whose `when` holds on entry. `after` and a `watch` are waits. What such an edge raises is taken at once
//! too, so edges go on to where that leads; circles of raised events alone are in `raised`. But a `run` of an outer
//! state that a circle never leaves reports only once, so a circle counts only if it leaves, and enters anew, the
//! states of all the runs that drive it. Therefore circles are looked for by *domain*, the innermost state that the
//! circle does not leave: all runs have to stand further in.

use super::graph::Graph;
use super::raised::Raised;
use super::subject::{Answer, Subject};
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::bounds::Known;
use crate::model::{
    Action, ActionKind, Compare, Constant, Expr, ExprKind, Handler, HandlerId, Origin, Response, SignalSource, StateId,
    Type,
};
use machine_grammar::Span;

/// Tells a shortest circle of each group of states that can be gone round without a wait.
pub(super) fn ask(subject: &Subject<'_>, sink: &mut Diagnostics) {
    let mut edges = instant_edges(subject);
    edges.sort_by_key(|it| (it.domain, it.from, it.span));
    for domain in edges.chunk_by(|a, b| a.domain == b.domain).map(|it| it[0].domain) {
        let inside = subject.interval(domain);
        let start = edges.partition_point(|it| it.domain.0 < inside.start);
        let end = edges.partition_point(|it| it.domain.0 < inside.end);
        let further_in = |it: &&Edge| it.run != domain && subject.contains(domain, it.run);
        let candidates: Vec<_> = edges[start..end].iter().filter(further_in).copied().collect();
        for circle in circles(domain, &candidates) {
            if can_hold_together(subject, &circle) {
                sink.push(tell(subject, &circle));
            }
        }
    }
}

/// From leaf to leaf on an outcome of a `run`, or on a condition that holds.
#[derive(Clone, Copy)]
struct Edge {
    from: StateId,
    to: StateId,
    /// The innermost state around both that is not left.
    domain: StateId,
    /// The state of the `run` or the condition.
    run: StateId,
    origin: Origin,
    handler: HandlerId,
    span: Span,
}

fn instant_edges(subject: &Subject<'_>) -> Vec<Edge> {
    let raised = Raised::of(subject);
    let mut edges = Vec::new();
    for (origin, answers) in subject.events() {
        let Some(driver) = driver(subject, origin) else { continue };
        for at in (0..answers.len()).filter(|at| !Subject::is_repeated(answers, *at)) {
            handler_edges(subject, (origin, driver), answers, at, &mut edges);
        }
    }
    if let Some(raised) = raised {
        follow(subject, &raised, &mut edges);
    }
    edges
}

/// The state of the `run` or the condition behind an event. Those of the machine itself come once at the start, and
/// never again by themselves.
fn driver(subject: &Subject<'_>, origin: Origin) -> Option<StateId> {
    let owner = match origin {
        Origin::Outcome(watcher, _) => Some(subject.machine.watcher(watcher)).filter(|it| it.once).map(|it| it.owner),
        Origin::Signal(id) => match subject.machine.signals[id.0].source {
            SignalSource::When(handler, _) => Some(subject.machine.handler(handler).owner),
            _ => None,
        },
    };
    owner.filter(|it| *it != StateId(0))
}

/// Where the events lead that are raised on the way of an edge.
fn follow(subject: &Subject<'_>, raised: &Raised, edges: &mut Vec<Edge>) {
    for at in 0..edges.len() {
        let edge = edges[at];
        let ends = raised.leads(subject, subject.machine.handler(edge.handler), edge.from, edge.to);
        let further = ends.into_iter().filter(|it| *it != edge.to);
        edges.extend(further.map(|to| Edge { to, domain: domain(subject, edge.from, to), ..edge }));
    }
}

/// Whether the conditions on the way can all hold at the same time. Where one looks at data that is assigned on the way,
/// nobody knows.
fn can_hold_together(subject: &Subject<'_>, circle: &[Edge]) -> bool {
    let conditions: Vec<_> = circle.iter().filter_map(|it| condition(subject, it)).collect();
    let assigned = assigned_on(subject, circle);
    let is_assigned = |it: &Expr| matches!(it.kind, ExprKind::Data(data) if assigned.contains(&data));
    conditions.iter().any(|it| it.any(is_assigned))
        || conditions.into_iter().try_fold(Known::default(), |known, it| known.given(it, true)).is_some()
}

/// The data that handlers of the circle, or states on entering and leaving, assign.
fn assigned_on(subject: &Subject<'_>, circle: &[Edge]) -> Vec<usize> {
    let machine = subject.machine;
    let blocks = machine.states.iter().flat_map(|it| it.enter.iter().chain(&it.exit));
    let actions = circle.iter().flat_map(|it| &machine.handler(it.handler).actions);
    actions.chain(blocks).filter_map(assigned).collect()
}

fn assigned(action: &Action) -> Option<usize> {
    match action.kind {
        ActionKind::Assign { data, .. } => Some(data),
        _ => None,
    }
}

/// Whether a guard slows its handler down: it counts how often it is taken, or lets pass only what a restart of the
/// runtime interrupted.
fn waits(handler: &Handler) -> bool {
    let Some(guard) = &handler.guard else { return false };
    let assigned: Vec<_> = handler.actions.iter().filter_map(assigned).collect();
    guard.any(|it| matches!(it.kind, ExprKind::Data(data) if assigned.contains(&data))) || only_interrupted(guard)
}

/// The guard holds only for a `reason` that is `interrupted`.
fn only_interrupted(guard: &Expr) -> bool {
    let mut reason = None;
    guard.walk(&mut |it| {
        if let (ExprKind::Field(_, name), Type::Enum(words)) = (&it.kind, &it.ty)
            && name == "reason"
        {
            reason = words.iter().position(|it| it == "interrupted").map(|at| (it.clone(), at));
        }
    });
    let Some((field, at)) = reason else { return false };
    let word = Constant::Enum(u16::try_from(at).unwrap_or(u16::MAX));
    let word = Expr { kind: ExprKind::Constant(word), ty: field.ty.clone(), span: field.span };
    let is_other = Expr {
        kind: ExprKind::Compare(Compare::NotEqual, Box::new(field), Box::new(word)),
        ty: Type::Bool,
        span: guard.span,
    };
    Known::default().given(guard, true).and_then(|it| it.given(&is_other, true)).is_none()
}

fn condition<'m>(subject: &Subject<'m>, edge: &Edge) -> Option<&'m crate::model::Expr> {
    let Origin::Signal(id) = edge.origin else { return None };
    match &subject.machine.signals[id.0].source {
        SignalSource::When(_, condition) => Some(condition),
        _ => None,
    }
}

fn handler_edges(
    subject: &Subject<'_>,
    (origin, run): (Origin, StateId),
    answers: &[Answer],
    at: usize,
    edges: &mut Vec<Edge>,
) {
    let answer = answers[at];
    if waits(subject.machine.handler(answer.handler)) {
        return;
    }
    let Response::Goto { target, again, .. } = subject.machine.handler(answer.handler).response else { return };
    let all = subject.interval(answer.owner);
    let mut start = all.start;
    let mut add = |from: StateId| {
        let inside = subject.contains(target, from);
        if inside && !again {
            return;
        }
        edges.push(Edge {
            from,
            to: subject.machine.initial_leaf(target),
            domain: domain(subject, from, target),
            run,
            origin,
            handler: answer.handler,
            span: answer.span,
        });
    };
    for inner in subject.overriding(answers, at) {
        subject.reached_leaves(start..inner.0).for_each(&mut add);
        start = subject.interval(inner).end;
    }
    subject.reached_leaves(start..all.end).for_each(&mut add);
}

/// The innermost state around `target` that is not left on the way from `from`.
fn domain(subject: &Subject<'_>, from: StateId, target: StateId) -> StateId {
    let mut around = subject.machine.outwards(target).skip(1);
    around.find(|it| subject.contains(*it, from)).unwrap_or(StateId(0))
}

/// So many edges of a group are tried for the shortest circle; beyond that, a short one is good enough.
const TRIED: usize = 32;

/// One circle for each group of leaves that has an edge of this very domain; groups without one belong further in.
fn circles(domain: StateId, edges: &[Edge]) -> Vec<Vec<Edge>> {
    let mut leaves: Vec<_> = edges.iter().flat_map(|it| [it.from, it.to]).collect();
    leaves.sort_unstable();
    leaves.dedup();
    let number = |it: StateId| leaves.partition_point(|leaf| *leaf < it);
    let pairs: Vec<_> = edges.iter().map(|it| (number(it.from), number(it.to))).collect();
    if !some_meet(leaves.len(), &pairs) {
        return Vec::new();
    }
    let graph = Graph::new(leaves.len(), &pairs);
    let component = graph.components();
    let closing = |id: &usize| edges[*id].domain == domain && component[pairs[*id].0] == component[pairs[*id].1];
    let mut closing: Vec<_> = (0..edges.len()).filter(closing).collect();
    closing.sort_by_key(|it| component[pairs[*it].0]);
    let groups = closing.chunk_by(|a, b| component[pairs[*a].0] == component[pairs[*b].0]);
    let shortest = |group: &[usize]| {
        let ways = group.iter().take(TRIED).filter_map(|id| {
            let (from, to) = pairs[*id];
            let back = graph.shortest_way(to, from, |it| component[it] == component[from])?;
            Some(std::iter::once(*id).chain(back).collect::<Vec<_>>())
        });
        ways.min_by_key(Vec::len)
    };
    groups.filter_map(shortest).map(|way| way.into_iter().map(|id| edges[id]).collect()).collect()
}

/// Whether some edge begins where another one, or itself, ends: without that there is no circle.
fn some_meet(nodes: usize, pairs: &[(usize, usize)]) -> bool {
    let mut begins = vec![false; nodes];
    pairs.iter().for_each(|it| begins[it.0] = true);
    pairs.iter().any(|it| begins[it.1])
}

fn tell(subject: &Subject<'_>, circle: &[Edge]) -> Diagnostic {
    let first = (0..circle.len()).min_by_key(|it| circle[*it].from).unwrap_or(0);
    let (behind, ahead) = circle.split_at(first);
    let circle = [ahead, behind].concat();
    let start = circle[0];
    let name = |id| subject.state_name(id);
    let headline = match circle.len() {
        1 => format!("`{}` is entered again and again without a wait", name(start.from)),
        _ => format!("the machine can go from `{}` back to `{0}` without a wait", name(start.from)),
    };
    let step = |it: &Edge| {
        let event = subject.event_name(it.origin);
        format!("`{event}` leads from `{}` to `{}`", name(it.from), name(it.to))
    };
    let mut told = subject.diagnostic(Code::INSTANT_CYCLE, start.span, headline).label(step(&start));
    for edge in &circle[1..] {
        told = told.also(subject.file, edge.span, step(edge));
    }
    told.note(at_once(subject, &circle)).help(match circle.len() {
        1 => "go to a state that waits, with an `after 10s` that leads back, or use `watch … every 10s` in place of the `run`, so that it is tried again at a pace",
        _ => "let one of these states wait with `after 10s -> STATE`, or use `watch … every 10s` in place of a `run`, so that it is tried again at a pace",
    })
}

/// Why there is no wait.
fn at_once(subject: &Subject<'_>, circle: &[Edge]) -> String {
    let runs: Vec<_> = distinct_runs(subject, circle);
    let names = wording::all_of(&runs);
    match runs.len() {
        0 => "a `when` that holds is taken at once when its state is entered, so nothing slows this down".to_owned(),
        1 => format!("`run {}` starts at once whenever its state is entered, so nothing slows this down", runs[0]),
        _ => format!("the runs {names} start at once whenever their states are entered, so nothing slows this down"),
    }
}

fn distinct_runs<'m>(subject: &Subject<'m>, circle: &[Edge]) -> Vec<&'m str> {
    let run = |it: &Edge| if let Origin::Outcome(watcher, _) = it.origin { Some(watcher) } else { None };
    let mut runs: Vec<_> = circle.iter().filter_map(run).collect();
    runs.sort_unstable();
    runs.dedup();
    runs.into_iter().map(|it| subject.machine.watcher(it).name.as_str()).collect()
}
