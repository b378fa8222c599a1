//! Can the machine go round in a circle without a wait?
//!
//! An edge needs no wait when it is taken on an outcome of a `run`, which starts as soon as its state is entered. A
//! `run` reports once a visit, so a circle can only go on for ever if it leaves, and enters anew, the states of all the
//! runs that drive it. Seen from the innermost state that the circle does not leave, its *domain*, all those runs
//! stand further in. So for each domain the circles of such edges are looked for that leave everything inside it.
//!
//! A `when` counts like a `run` of its state. An event that the machine raises comes as often as it is raised, so an edge
//! on it counts wherever something on the same circle raises it.

use super::verify::Raises;
use super::{Path, Table};
use crate::id::{PlanId, StateId};
use alloc::{collections::BTreeSet, vec, vec::Vec};

/// A transition from leaf to leaf that needs no wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: StateId,
    pub(super) to: StateId,
    /// How many states around `from` the edge keeps: the depth of its domain, 0 for the machine.
    pub(super) kept: usize,
    /// The depth of the state that the `run` or `when` stands in, 0 for the machine; beyond all for a raised event.
    pub(super) run: usize,
    /// The signal that it is taken on, if the machine raises that.
    pub(super) raised: Option<u16>,
    /// How it is carried out; says what it raises.
    pub(super) plan: PlanId,
}

/// Whether some circle of these edges can be gone round for ever.
pub(super) fn has_cycle(table: &Table<'_>, edges: &[Edge], raises: &Raises) -> bool {
    let mut by_domain: Vec<(StateId, Edge)> = Vec::new();
    for edge in edges {
        let path = table.path(edge.from);
        // A circle through this edge may have any domain around it whose runs all stand further in.
        for depth in 0..=edge.kept.min(edge.run.saturating_sub(1)).min(path.len()) {
            if edge.run > depth {
                let domain = if depth == 0 { table.machine() } else { path.get(depth - 1) };
                by_domain.push((domain, *edge));
            }
        }
    }
    by_domain.sort_by_key(|(domain, _)| *domain);
    by_domain.chunk_by(|a, b| a.0 == b.0).any(|group| {
        let depth = depth_of(table, group[0].0);
        goes_round(table, group, depth, raises)
    })
}

fn depth_of(table: &Table<'_>, state: StateId) -> usize {
    core::iter::successors(Some(state), |it| table.parent(*it)).count() - 1
}

/// Whether an edge that leaves everything inside the domain lies on a circle: both its ends are in one component.
///
/// Edges on events that nothing in their own component raises are taken out until none is left.
fn goes_round(table: &Table<'_>, group: &[(StateId, Edge)], depth: usize, raises: &Raises) -> bool {
    let mut edges: Vec<Edge> = group.iter().map(|it| it.1).collect();
    loop {
        let ends = circles(&edges);
        let is_inside = |at: &usize| ends[*at].0 == ends[*at].1;
        let inside: Vec<usize> = (0..edges.len()).filter(is_inside).collect();
        let mut raised = BTreeSet::new();
        if !raises.is_empty() {
            for at in &inside {
                raised.extend(raised_by(table, &edges[*at], raises).into_iter().map(|it| (ends[*at].0, it)));
            }
        }
        let stays = |at: &usize| edges[*at].raised.is_none_or(|it| raised.contains(&(ends[*at].0, it)));
        let kept: Vec<Edge> = inside.iter().filter(|at| stays(at)).map(|at| edges[*at]).collect();
        if kept.len() == inside.len() {
            return kept.iter().any(|it| it.kept == depth);
        }
        edges = kept;
    }
}

/// For each edge the components of its ends.
fn circles(edges: &[Edge]) -> Vec<(usize, usize)> {
    let mut leaves: Vec<StateId> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    leaves.sort_unstable();
    leaves.dedup();
    let number = |leaf: StateId| leaves.binary_search(&leaf).unwrap_or(0);
    let pairs: Vec<(usize, usize)> = edges.iter().map(|edge| (number(edge.from), number(edge.to))).collect();
    let component = components(leaves.len(), &pairs);
    pairs.into_iter().map(|(from, to)| (component[from], component[to])).collect()
}

/// What a transition raises: by its own actions, and by what the states do that it leaves and enters.
fn raised_by(table: &Table<'_>, edge: &Edge, raises: &Raises) -> Vec<u16> {
    let plan = table.plan(edge.plan);
    let mut out: Vec<u16> = plan.actions.map_or(&[][..], |it| raises.of(it.0)).to_vec();
    if !plan.stay {
        let (left, entered) = (table.path(edge.from), table.path(edge.to));
        let below = |state: u16, path: Path<'_>| path.iter().skip(edge.kept).any(|it| it.0 == state);
        for [state, enter, exit] in table.block_rows() {
            if below(state, entered) {
                out.extend(raises.of(enter));
            }
            if below(state, left) {
                out.extend(raises.of(exit));
            }
        }
    }
    out
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
