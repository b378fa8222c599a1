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
use super::reaction::Reaction;
use super::subject::{Answer, Subject};
use super::together::{assigned, can_hold_together};
use crate::check::wording;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::bounds::Known;
use crate::model::{Compare, Constant, Expr, ExprKind, Handler, HandlerId, Origin, SignalSource, StateId, Type};
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
        for circle in circles(subject, domain, &candidates) {
            sink.push(tell(subject, &circle));
        }
    }
}

/// From leaf to leaf on an outcome of a `run`, or on a condition that holds.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: StateId,
    to: StateId,
    /// The innermost state around both that is not left.
    domain: StateId,
    /// The state of the `run` or the condition.
    run: StateId,
    pub(super) origin: Origin,
    pub(super) handler: HandlerId,
    /// Something is raised on the way.
    pub(super) raises: bool,
    span: Span,
}

fn instant_edges(subject: &Subject<'_>) -> Vec<Edge> {
    let raised = Raised::of(subject);
    let mut edges = Vec::new();
    for (origin, answers) in subject.events() {
        let Some(driver) = driver(subject, origin) else { continue };
        for at in (0..answers.len()).filter(|at| !Subject::is_repeated(answers, *at)) {
            handler_edges(subject, raised.as_ref(), (origin, driver), answers, at, &mut edges);
        }
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

fn handler_edges(
    subject: &Subject<'_>,
    raised: Option<&Raised>,
    (origin, run): (Origin, StateId),
    answers: &[Answer],
    at: usize,
    edges: &mut Vec<Edge>,
) {
    let answer = answers[at];
    let handler = subject.machine.handler(answer.handler);
    if waits(handler) {
        return;
    }
    let all = subject.interval(answer.owner);
    let mut start = all.start;
    let mut add = |from: StateId| {
        if raised.is_some_and(|it| !it.rests_in(from)) {
            return;
        }
        for reaction in Reaction::all(subject, handler, from) {
            let ends = raised.map_or_else(|| vec![(reaction.to, reaction.domain)], |it| it.ends(subject, &reaction));
            // What leaves nothing leads nowhere.
            edges.extend(ends.into_iter().filter(|it| it.1 != from).map(|(to, domain)| Edge {
                from,
                to,
                domain,
                run,
                origin,
                handler: answer.handler,
                raises: reaction.is_raising(),
                span: answer.span,
            }));
        }
    };
    for inner in subject.overriding(answers, at) {
        subject.reached_leaves(start..inner.0).for_each(&mut add);
        start = subject.interval(inner).end;
    }
    subject.reached_leaves(start..all.end).for_each(&mut add);
}

/// So many edges of a group are tried for the shortest circle; beyond that, a short one is good enough.
const TRIED: usize = 32;

/// One circle for each group of leaves that has an edge of this very domain; groups without one belong further in.
fn circles(subject: &Subject<'_>, domain: StateId, edges: &[Edge]) -> Vec<Vec<Edge>> {
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
    let edges_of = |way: Vec<usize>| way.into_iter().map(|id| edges[id]).collect::<Vec<_>>();
    let shortest = |group: &[usize]| {
        let ways = group.iter().take(TRIED).filter_map(|id| {
            let (from, to) = pairs[*id];
            let back = graph.shortest_way(to, from, |it| component[it] == component[from])?;
            Some(edges_of(std::iter::once(*id).chain(back).collect()))
        });
        let best = ways.min_by_key(Vec::len)?;
        if can_hold_together(subject, &best) {
            return Some(best);
        }
        // Another way round may be one that can be gone.
        let of = component[pairs[group[0]].0];
        let inside = |id: &usize| component[pairs[*id].0] == of && component[pairs[*id].1] == of;
        let inside: Vec<_> = (0..edges.len()).filter(inside).map(|id| edges[id]).collect();
        let mut budget = WAYS;
        group.iter().find_map(|id| way_round(subject, &inside, &mut vec![edges[*id]], &mut budget))
    };
    groups.filter_map(shortest).collect()
}

/// So many ways are tried for one on which all conditions can hold.
const WAYS: usize = 10_000;

/// The first way back to where `way` begins on which all conditions can hold.
fn way_round(subject: &Subject<'_>, edges: &[Edge], way: &mut Vec<Edge>, budget: &mut usize) -> Option<Vec<Edge>> {
    let (start, here) = (way.first()?.from, way.last()?.to);
    if here == start {
        return can_hold_together(subject, way).then(|| way.clone());
    }
    for edge in edges.iter().filter(|it| it.from == here) {
        if way.iter().any(|it| it.from == edge.to && it.from != start) {
            continue;
        }
        *budget = budget.checked_sub(1)?;
        way.push(*edge);
        let found = way_round(subject, edges, way, budget);
        way.pop();
        if found.is_some() {
            return found;
        }
    }
    None
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
