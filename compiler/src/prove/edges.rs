//! Where all that can happen leads, kept by the place where it happens, close together.

/// One thing that can happen somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The way that it goes, which says what happens.
    pub(super) way: u32,
    /// Position of what it leads to.
    pub(super) to: u32,
}

/// Edges by the node that they begin at; nodes are numbers from 0.
pub(super) struct Edges {
    starts: Vec<u32>,
    all: Vec<Edge>,
}

impl Edges {
    /// Those of no node yet.
    pub(super) fn new() -> Self {
        Self { starts: vec![0], all: Vec::new() }
    }

    /// One more of the node at hand.
    pub(super) fn push(&mut self, edge: Edge) {
        self.all.push(edge);
    }

    /// The node at hand has no more; the next one is.
    pub(super) fn end_node(&mut self) {
        self.starts.push(self.all.len() as u32);
    }

    /// How many nodes there are.
    pub(super) fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many edges there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Those of a node.
    pub(super) fn from(&self, node: u32) -> &[Edge] {
        let node = node as usize;
        &self.all[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}
