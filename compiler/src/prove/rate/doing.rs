//! What a way does to times.

use super::source::Source;
use crate::model::{StateId, WatcherId};
use crate::prove::event::Cause;
use crate::prove::graph::Graph;
use crate::prove::run::Way;
use crate::prove::space::{Config, Space};

/// What a way does to times; sources are named by their positions.
pub(super) struct Doing {
    /// Its source; nothing if others bring it about.
    pub(super) source: Option<usize>,
    /// By transition, sources that begin anew.
    pub(super) moves: Vec<Vec<usize>>,
    /// Watchers that are asked besides.
    pub(super) polled: Vec<usize>,
    /// Sources that do not count where it leads.
    pub(super) idle: Vec<usize>,
}

impl Doing {
    pub(super) fn of(graph: &Graph<'_>, sources: &[Source], cause: Cause, way: &Way) -> Self {
        let space = &graph.space;
        let is_it = |it: &Source| match cause {
            Cause::Outcome(id, _) => it.is_watcher(id),
            Cause::After(id) => it.is_timer(id),
            _ => false,
        };
        Self {
            source: sources.iter().position(is_it),
            moves: way.moves.iter().map(|it| begun(sources, &space.below(it.kept, it.to))).collect(),
            polled: polled(sources, &way.polled),
            idle: idle(space, sources, space.leaf_of(way.set)),
        }
    }

    /// The start, which enters all states down to the first leaf.
    pub(super) fn of_start(graph: &Graph<'_>, sources: &[Source], (config, way): &(Config, Way)) -> Self {
        let space = &graph.space;
        let first: Vec<StateId> = space.machine.outwards(space.leaf_of(*config)).collect();
        let after = way.moves.iter().map(|it| begun(sources, &space.below(it.kept, it.to)));
        Self {
            source: None,
            moves: std::iter::once(begun(sources, &first)).chain(after).collect(),
            polled: polled(sources, &way.polled),
            idle: idle(space, sources, space.leaf_of(way.from(*config))),
        }
    }
}

fn begun(sources: &[Source], entered: &[StateId]) -> Vec<usize> {
    (0..sources.len()).filter(|it| entered.contains(&sources[*it].owner)).collect()
}

fn polled(sources: &[Source], watchers: &[WatcherId]) -> Vec<usize> {
    (0..sources.len()).filter(|it| watchers.iter().any(|id| sources[*it].is_watcher(*id))).collect()
}

fn idle(space: &Space<'_>, sources: &[Source], leaf: StateId) -> Vec<usize> {
    let is_idle = |it: &Source| !space.contains(it.owner, leaf) && !it.has_moments();
    (0..sources.len()).filter(|it| is_idle(&sources[*it])).collect()
}
