//! A directed graph of few words: which nodes lie on circles together, and the shortest way between two of them.

use std::collections::VecDeque;

/// Nodes are numbers from 0; edges keep the order in which they were given.
pub(super) struct Graph {
    starts: Vec<usize>,
    /// Targets, grouped by their source, each with the number of its edge.
    edges: Vec<(usize, usize)>,
}

impl Graph {
    /// The graph with `nodes` nodes and these edges.
    pub(super) fn new(nodes: usize, edges: &[(usize, usize)]) -> Self {
        let mut starts = vec![0; nodes + 1];
        for (from, _) in edges {
            starts[from + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut grouped: Vec<_> = edges.iter().enumerate().map(|(id, (from, to))| (*from, (*to, id))).collect();
        grouped.sort_by_key(|(from, _)| *from);
        Self { starts, edges: grouped.into_iter().map(|(_, it)| it).collect() }
    }

    fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    fn from(&self, node: usize) -> &[(usize, usize)] {
        &self.edges[self.starts[node]..self.starts[node + 1]]
    }

    /// For each node the number of its component: two nodes have the same if each can be reached from the other.
    pub(super) fn components(&self) -> Vec<usize> {
        let mut search = Search::new(self);
        for node in 0..self.nodes() {
            search.visit(node);
        }
        search.component
    }

    /// The numbers of the edges on a shortest way from `start` to `end` through nodes that `allowed` lets pass.
    pub(super) fn shortest_way(&self, start: usize, end: usize, allowed: impl Fn(usize) -> bool) -> Option<Vec<usize>> {
        let mut came_by: Vec<Option<(usize, usize)>> = vec![None; self.nodes()];
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front().filter(|it| *it != end) {
            for (to, edge) in self.from(node) {
                if allowed(*to) && *to != start && came_by[*to].is_none() {
                    came_by[*to] = Some((node, *edge));
                    queue.push_back(*to);
                }
            }
        }
        let mut way = Vec::new();
        let mut at = end;
        while at != start {
            let (before, edge) = came_by[at]?;
            way.push(edge);
            at = before;
        }
        way.reverse();
        Some(way)
    }
}

const UNSEEN: usize = usize::MAX;

/// Tarjan's algorithm with a stack of its own: a chain of 65,000 states would be too deep for recursion.
struct Search<'g> {
    graph: &'g Graph,
    component: Vec<usize>,
    /// When a node was seen first.
    order: Vec<usize>,
    /// The earliest node on the stack that can be reached from a node.
    low: Vec<usize>,
    seen: usize,
    components: usize,
    open: Vec<usize>,
}

impl<'g> Search<'g> {
    fn new(graph: &'g Graph) -> Self {
        let unseen = vec![UNSEEN; graph.nodes()];
        Self {
            graph,
            component: unseen.clone(),
            order: unseen.clone(),
            low: unseen,
            seen: 0,
            components: 0,
            open: Vec::new(),
        }
    }

    fn visit(&mut self, root: usize) {
        if self.order[root] != UNSEEN {
            return;
        }
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if let Some((to, _)) = self.graph.from(node).get(*next) {
                *next += 1;
                if self.order[*to] == UNSEEN {
                    self.enter(*to);
                    path.push((*to, 0));
                } else if self.component[*to] == UNSEEN {
                    self.low[node] = self.low[node].min(self.order[*to]);
                }
            } else {
                path.pop();
                self.leave(node, path.last().map(|it| it.0));
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.order[node] = self.seen;
        self.low[node] = self.seen;
        self.seen += 1;
        self.open.push(node);
    }

    fn leave(&mut self, node: usize, parent: Option<usize>) {
        if self.low[node] == self.order[node] {
            while let Some(member) = self.open.pop() {
                self.component[member] = self.components;
                if member == node {
                    break;
                }
            }
            self.components += 1;
        }
        if let Some(parent) = parent {
            self.low[parent] = self.low[parent].min(self.low[node]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Graph;

    #[test]
    fn circles_are_components() {
        let graph = Graph::new(5, &[(0, 1), (1, 2), (2, 1), (2, 3), (3, 3)]);
        let of = graph.components();
        assert_eq!(of[1], of[2]);
        assert!(of[0] != of[1] && of[3] != of[2] && of[4] != of[3]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let edges: Vec<_> = (0..200_000).map(|it| (it, (it + 1) % 200_000)).collect();
        assert!(Graph::new(200_000, &edges).components().iter().all(|it| *it == 0));
    }

    #[test]
    fn the_shortest_way_is_found_and_told_by_its_edges() {
        let graph = Graph::new(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]);
        assert_eq!(graph.shortest_way(0, 3, |_| true), Some(vec![3]));
        assert_eq!(graph.shortest_way(1, 3, |_| true), Some(vec![1, 2]));
        assert_eq!(graph.shortest_way(1, 3, |it| it != 2), None);
        assert_eq!(graph.shortest_way(2, 2, |_| true), Some(vec![]));
    }
}
