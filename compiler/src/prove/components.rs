//! Part of what a machine can come to as a graph of its own, and which of its configurations lie on circles together.

/// Edges by the node that they begin at; nodes are numbers from 0.
pub(super) struct Part<E> {
    starts: Vec<u32>,
    edges: Vec<(u32, E)>,
}

impl<E: Copy> Part<E> {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self { starts: vec![0], edges: Vec::new() }
    }

    /// Adds the next node with the nodes that it leads to.
    pub(super) fn push(&mut self, edges: impl IntoIterator<Item = (u32, E)>) {
        self.edges.extend(edges);
        self.starts.push(self.edges.len() as u32);
    }

    pub(super) fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    /// Where a node leads to.
    pub(super) fn from(&self, node: u32) -> &[(u32, E)] {
        &self.edges[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }

    /// For each node the number of its component, by the algorithm of Tarjan (1972): the calls are kept in a row, so that
    /// no chain is too long.
    pub(super) fn components(&self) -> Vec<u32> {
        let mut search = Search {
            part: self,
            component: vec![UNSEEN; self.nodes()],
            order: vec![UNSEEN; self.nodes()],
            low: vec![UNSEEN; self.nodes()],
            seen: 0,
            components: 0,
            open: Vec::new(),
        };
        (0..self.nodes() as u32).for_each(|it| search.visit(it));
        search.component
    }
}

const UNSEEN: u32 = u32::MAX;

struct Search<'p, E> {
    part: &'p Part<E>,
    component: Vec<u32>,
    order: Vec<u32>,
    low: Vec<u32>,
    seen: u32,
    components: u32,
    open: Vec<u32>,
}

impl<E: Copy> Search<'_, E> {
    fn visit(&mut self, root: u32) {
        if self.order[root as usize] != UNSEEN {
            return;
        }
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if let Some((to, _)) = self.part.from(node).get(*next) {
                *next += 1;
                let to = *to;
                if self.order[to as usize] == UNSEEN {
                    self.enter(to);
                    path.push((to, 0));
                } else if self.component[to as usize] == UNSEEN {
                    self.low[node as usize] = self.low[node as usize].min(self.order[to as usize]);
                }
            } else {
                path.pop();
                self.leave(node, path.last().map(|it| it.0));
            }
        }
    }

    fn enter(&mut self, node: u32) {
        self.order[node as usize] = self.seen;
        self.low[node as usize] = self.seen;
        self.seen += 1;
        self.open.push(node);
    }

    fn leave(&mut self, node: u32, parent: Option<u32>) {
        if self.low[node as usize] == self.order[node as usize] {
            while let Some(member) = self.open.pop() {
                self.component[member as usize] = self.components;
                if member == node {
                    break;
                }
            }
            self.components += 1;
        }
        if let Some(parent) = parent {
            self.low[parent as usize] = self.low[parent as usize].min(self.low[node as usize]);
        }
    }
}
