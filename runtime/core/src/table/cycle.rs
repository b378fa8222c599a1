//! Can the machine go round in a circle without a wait?
//!
//! An edge needs no wait when it is taken on an outcome of a `run`, which starts as soon as its state is entered. A
//! `run` reports once a visit, so a circle can only go on for ever if it leaves, and enters anew, the states of all the
//! runs that drive it. Seen from the innermost state that the circle does not leave, its *domain*, all those runs
//! stand further in. So for each domain the circles of such edges are looked for that leave everything inside it.

use super::Table;
use crate::id::StateId;
use alloc::{vec, vec::Vec};

/// A transition from leaf to leaf that is taken on an outcome of a `run`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: StateId,
    pub(super) to: StateId,
    /// How many states around `from` the edge keeps: the depth of its domain, 0 for the machine.
    pub(super) kept: usize,
    /// The depth of the state that the `run` stands in, 0 for the machine.
    pub(super) run: usize,
}

/// Whether some circle of these edges can be gone round for ever.
pub(super) fn has_cycle(table: &Table<'_>, edges: &[Edge]) -> bool {
    let mut by_domain: Vec<(StateId, Edge)> = Vec::new();
    for edge in edges {
        let path = table.path(edge.from);
        // A circle through this edge may have any domain around it whose runs all stand further in.
        for depth in 0..=edge.kept.min(edge.run.saturating_sub(1)) {
            if edge.run > depth {
                let domain = if depth == 0 { table.machine() } else { path.get(depth - 1) };
                by_domain.push((domain, *edge));
            }
        }
    }
    by_domain.sort_by_key(|(domain, _)| *domain);
    by_domain.chunk_by(|a, b| a.0 == b.0).any(|group| {
        let depth = depth_of(table, group[0].0);
        goes_round(group, depth)
    })
}

fn depth_of(table: &Table<'_>, state: StateId) -> usize {
    core::iter::successors(Some(state), |it| table.parent(*it)).count() - 1
}

/// Whether an edge that leaves everything inside the domain lies on a circle: both its ends are in one component.
fn goes_round(group: &[(StateId, Edge)], depth: usize) -> bool {
    let mut leaves: Vec<StateId> = group.iter().flat_map(|(_, edge)| [edge.from, edge.to]).collect();
    leaves.sort_unstable();
    leaves.dedup();
    let number = |leaf: StateId| leaves.binary_search(&leaf).unwrap_or(0);
    let pairs: Vec<(usize, usize)> = group.iter().map(|(_, edge)| (number(edge.from), number(edge.to))).collect();
    let component = components(leaves.len(), &pairs);
    let closes = |(it, (from, to)): (&(StateId, Edge), &(usize, usize))| {
        it.1.kept == depth && component[*from] == component[*to]
    };
    group.iter().zip(&pairs).any(closes)
}

/// For each node the number of its strongly connected component (Kosaraju and Sharir, 1981), without recursion.
fn components(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let forward = adjacency(nodes, edges.iter().copied());
    let backward = adjacency(nodes, edges.iter().map(|(from, to)| (*to, *from)));
    let mut finished = Vec::with_capacity(nodes);
    let mut seen = vec![false; nodes];
    for node in 0..nodes {
        visit(node, &forward, &mut seen, &mut |it| finished.push(it));
    }
    let mut component = vec![0; nodes];
    let mut seen = vec![false; nodes];
    for (number, node) in finished.iter().rev().enumerate() {
        visit(*node, &backward, &mut seen, &mut |it| component[it] = number);
    }
    component
}

fn adjacency(nodes: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut lists = vec![Vec::new(); nodes];
    edges.for_each(|(from, to)| lists[from].push(to));
    lists
}

/// Depth first from `start` over nodes not seen yet; each is reported when all that it leads to have been.
fn visit(start: usize, edges: &[Vec<usize>], seen: &mut [bool], finish: &mut impl FnMut(usize)) {
    if core::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut open = vec![(start, 0)];
    while let Some((node, next)) = open.last_mut() {
        match edges[*node].get(*next) {
            Some(to) => {
                *next += 1;
                if !core::mem::replace(&mut seen[*to], true) {
                    open.push((*to, 0));
                }
            }
            None => {
                finish(*node);
                open.pop();
            }
        }
    }
}
