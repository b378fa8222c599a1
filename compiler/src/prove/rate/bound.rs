//! No more transitions and commands than this, where it is too much work to look for the most.

use super::source::Source;
use super::{EARNED_MS, Rate};
use crate::model::{ActionKind, Counted, StateId, WatcherId};
use crate::prove::graph::Graph;
use crate::prove::relevant::actions;
use crate::prove::run::{Move, Way};
use machine_core::limits::BURST;

/// Transitions up to which they are counted.
pub(super) const COUNTED: u64 = 20_000;

/// A number that the transitions in so many milliseconds are never beyond: what comes at a pace, and what is asked when a state is
/// entered, which waits when the machine goes round too fast.
pub(super) fn transitions(graph: &Graph<'_>, per_ms: u64) -> u64 {
    let machine = graph.space.machine;
    let paced: u64 = Source::all(machine).iter().map(|it| it.at_most(machine, per_ms)).sum();
    let each = graph.table.ways.iter().map(|it| it.moves.len() as u64).max().unwrap_or(0);
    let asked = (BURST + per_ms / EARNED_MS.cast_unsigned() + 1).saturating_mul(most_begun(graph));
    paced.saturating_add(asked).saturating_add(polled(graph, per_ms)).saturating_mul(each)
}

/// A number that the commands in so many milliseconds are never beyond: those of states that are entered, and those at a
/// pace.
pub(super) fn commands(graph: &Graph<'_>, per_ms: u64) -> u64 {
    let transitions = match super::most(graph, Counted::Transitions, COUNTED, per_ms) {
        Rate::AtMost(it) => it,
        Rate::More(_) | Rate::Unknown => transitions(graph, per_ms),
    };
    let started = graph.starts.iter().map(|it| started(graph, it)).max().unwrap_or(0);
    let paced = graph.space.leaves.iter().map(|it| paced(graph, *it, per_ms)).max().unwrap_or(0);
    let all = transitions.saturating_mul(most_begun(graph)).saturating_add(started);
    all.saturating_add(paced).saturating_add(polled(graph, per_ms))
}

/// Watchers that one transition begins, at most.
fn most_begun(graph: &Graph<'_>) -> u64 {
    graph.table.ways.iter().flat_map(|it| &it.moves).map(|it| begun(graph, it)).max().unwrap_or(0)
}

/// What is polled, which is slowed down as well.
fn polled(graph: &Graph<'_>, per_ms: u64) -> u64 {
    let polls = actions(graph.space.machine).any(|it| matches!(it.kind, ActionKind::Poll(_)));
    if polls { BURST + per_ms / EARNED_MS.cast_unsigned() } else { 0 }
}

/// Watchers of the states that a transition enters.
fn begun(graph: &Graph<'_>, way: &Move) -> u64 {
    let entered = graph.space.below(way.kept, way.to);
    graph.space.machine.watchers.iter().filter(|it| entered.contains(&it.owner)).count() as u64
}

/// Those of the states that the machine begins in.
fn started(graph: &Graph<'_>, (config, way): &(crate::prove::space::Config, Way)) -> u64 {
    let first = active(graph, graph.space.leaf_of(*config)).count() as u64;
    first + way.moves.iter().map(|it| begun(graph, it)).sum::<u64>()
}

/// Asks at a pace. What is told of changes is asked once a visit, whatever the pace at which it looks.
fn paced(graph: &Graph<'_>, leaf: StateId, per_ms: u64) -> u64 {
    let machine = graph.space.machine;
    let every = |it: WatcherId| machine.watcher(it).every_ms.filter(|_| !machine.kind_of(it).notified);
    active(graph, leaf).filter_map(every).map(|ms| per_ms / ms.max(1) + 1).sum()
}

fn active<'g>(graph: &'g Graph<'_>, leaf: StateId) -> impl Iterator<Item = WatcherId> + 'g {
    let all = (0..graph.space.machine.watchers.len()).map(WatcherId);
    all.filter(move |it| graph.space.contains(graph.space.machine.watcher(*it).owner, leaf))
}
