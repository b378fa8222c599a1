//! The plainest way to many commands: the machine stays where it is, and what is asked at a pace is asked.

use super::source::{Source, What};
use crate::model::{Counted, StateId, WatcherId};
use crate::prove::graph::Graph;
use crate::prove::trace::{Found, Taken};

/// Places that are tried.
const TRIED: usize = 16;

/// For each leaf in which there are more than `enough` in so many milliseconds the shortest way there, and they.
pub(super) fn staying(graph: &Graph<'_>, enough: u64, per_ms: u64) -> Vec<Found> {
    let sources = Source::all(graph.space.machine);
    let mut seen = vec![false; graph.space.leaves.len()];
    let is_new = |at: &usize| !std::mem::replace(&mut seen[graph.leaf_at(*at)], true);
    let places = (0..graph.configs.len()).filter(is_new);
    let found = places.filter_map(|at| {
        let asked = asked(graph, &sources, graph.space.leaf_of(graph.configs[at]), enough, per_ms)?;
        let there = graph.trace_to(at as u32);
        let asked = asked.into_iter().map(|it| Taken::asked(at as u32, it)).collect();
        Some(Found { counted: Some((there.len(), Counted::Commands)), ..Found::at([there, asked].concat()) })
    });
    found.take(TRIED).collect()
}

/// One more than enough, in order; nothing if they take longer.
fn asked(graph: &Graph<'_>, sources: &[Source], leaf: StateId, enough: u64, per_ms: u64) -> Option<Vec<WatcherId>> {
    let mut paced: Vec<(u64, u64, WatcherId)> = Vec::new();
    for it in sources.iter().filter(|it| graph.space.contains(it.owner, leaf)) {
        let every = |id: WatcherId| graph.space.machine.watcher(id).every_ms;
        paced.extend(if let What::Asked(id, _) = it.what { every(id).map(|ms| (0, ms.max(1), id)) } else { None });
    }
    let mut asked = Vec::new();
    while asked.len() as u64 <= enough {
        let (due, every, id) = paced.iter_mut().min_by_key(|it| it.0).filter(|it| it.0 < per_ms)?;
        asked.push(*id);
        *due += *every;
    }
    Some(asked)
}
