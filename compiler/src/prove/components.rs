//! Which nodes lie on circles together, by the algorithm of Pearce (2016), which keeps one number for each: the calls are
//! kept in a row, so that no chain is too long.

use super::edges::{Edge, Edges};

/// The number of a node that belongs to no component, because no root leads to it.
pub(super) const NONE: u32 = u32::MAX;

impl Edges {
    /// For each node that some root leads to by such edges, the number of its component.
    pub(super) fn components<F: Fn(&Edge) -> bool>(&self, roots: impl IntoIterator<Item = u32>, is_in: F) -> Vec<u32> {
        let nodes = self.nodes() as u32;
        let index = vec![0; self.nodes()];
        let mut search = Search { edges: self, is_in, index, seen: 1, last: nodes, path: Vec::new(), open: Vec::new() };
        roots.into_iter().for_each(|it| search.visit(it));
        search.index.into_iter().map(|it| if it == 0 { NONE } else { nodes - it }).collect()
    }
}

struct Search<'e, F> {
    edges: &'e Edges,
    is_in: F,
    /// By node: 0 if it is new; while it is open, the least that is known to lie on a circle with it, in the order in which
    /// they were come to; then its component, counted from the number of nodes down.
    index: Vec<u32>,
    seen: u32,
    last: u32,
    path: Vec<Call<'e>>,
    /// Nodes that are known not to be the first of their component.
    open: Vec<u32>,
}

/// A node that is being looked at.
struct Call<'e> {
    node: u32,
    /// What is left of its edges.
    rest: std::slice::Iter<'e, Edge>,
    is_first: bool,
}

impl<F: Fn(&Edge) -> bool> Search<'_, F> {
    fn visit(&mut self, root: u32) {
        if self.index[root as usize] != 0 {
            return;
        }
        self.enter(root);
        while let Some(mut call) = self.path.pop() {
            match self.look(&mut call) {
                Some(new) => {
                    self.path.push(call);
                    self.enter(new);
                }
                None => self.leave(&call),
            }
        }
    }

    /// Goes through the edges of a node up to the first that leads to a new one.
    fn look(&mut self, call: &mut Call<'_>) -> Option<u32> {
        let mut least = self.index[call.node as usize];
        for edge in call.rest.by_ref().filter(|it| (self.is_in)(it)) {
            let to = self.index[edge.to as usize];
            if to == 0 {
                self.index[call.node as usize] = least;
                return Some(edge.to);
            }
            if to < least {
                (least, call.is_first) = (to, false);
            }
        }
        self.index[call.node as usize] = least;
        None
    }

    fn enter(&mut self, node: u32) {
        self.index[node as usize] = self.seen;
        self.seen += 1;
        self.path.push(Call { node, rest: self.edges.from(node).iter(), is_first: true });
    }

    fn leave(&mut self, call: &Call<'_>) {
        let least = self.index[call.node as usize];
        if call.is_first {
            self.seen -= 1;
            while let Some(member) = self.open.pop_if(|it| self.index[*it as usize] >= least) {
                self.index[member as usize] = self.last;
                self.seen -= 1;
            }
            self.index[call.node as usize] = self.last;
            self.last -= 1;
        } else {
            self.open.push(call.node);
        }
        let found = self.index[call.node as usize];
        if let Some(before) = self.path.last_mut() {
            let known = &mut self.index[before.node as usize];
            if found < *known {
                (*known, before.is_first) = (found, false);
            }
        }
    }
}
