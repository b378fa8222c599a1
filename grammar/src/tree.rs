//! The syntax tree: one vector of nodes, each before its children.

use crate::{Kind, Span};
use std::fmt;

/// The tree of one source. It borrows the source and owns one vector, 16 bytes a node.
pub struct Tree<'s> {
    source: &'s str,
    nodes: Vec<Entry>,
    comments: Vec<Span>,
}

/// One node in the vector; its children are those up to `end`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) span: Span,
    /// Index after the last node of this subtree.
    pub(crate) end: u32,
    pub(crate) kind: Kind,
}

impl<'s> Tree<'s> {
    /// `nodes` in pre-order, the first of them the file.
    pub(crate) fn new(source: &'s str, nodes: Vec<Entry>, comments: Vec<Span>) -> Self {
        Self { source, nodes, comments }
    }

    /// The tree of a source that was not read at all: a file without children.
    pub(crate) fn unread(source: &'s str) -> Self {
        let file = Entry { span: Span::new(0, source.len()), end: 1, kind: Kind::File };
        Self { source, nodes: vec![file], comments: Vec::new() }
    }

    /// The file, which holds all else.
    #[must_use]
    pub fn root(&self) -> Node<'_, 's> {
        Node { tree: self, index: 0 }
    }

    /// All nodes, each before its children.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_, 's>> {
        (0..self.nodes.len()).map(|index| Node { tree: self, index })
    }

    /// Every `//` comment in the order of the source, without the line's end. Doc comments are nodes instead.
    #[must_use]
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// The source that was parsed.
    #[must_use]
    pub fn source(&self) -> &'s str {
        self.source
    }
}

/// One node of a [`Tree`].
#[derive(Clone, Copy)]
pub struct Node<'t, 's> {
    tree: &'t Tree<'s>,
    index: usize,
}

impl<'t, 's> Node<'t, 's> {
    fn entry(self) -> Entry {
        self.tree.nodes[self.index]
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.entry().kind
    }

    /// From its first token to its last.
    #[must_use]
    pub fn span(self) -> Span {
        self.entry().span
    }

    /// Its text as it stands in the source.
    #[must_use]
    pub fn text(self) -> &'s str {
        self.tree.source.get(self.span().range()).unwrap_or("")
    }

    /// Its direct children in the order of the source.
    #[must_use]
    pub fn children(self) -> Children<'t, 's> {
        Children { tree: self.tree, next: self.index + 1, end: self.entry().end as usize }
    }

    /// Its first direct child of this kind.
    #[must_use]
    pub fn find(self, kind: Kind) -> Option<Self> {
        self.children().find(|it| it.kind() == kind)
    }
}

impl fmt::Debug for Node<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}..{}", self.kind(), self.span().start, self.span().end)
    }
}

/// The direct children of a node; see [`Node::children`].
#[derive(Clone)]
pub struct Children<'t, 's> {
    tree: &'t Tree<'s>,
    next: usize,
    end: usize,
}

impl<'t, 's> Iterator for Children<'t, 's> {
    type Item = Node<'t, 's>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let node = Node { tree: self.tree, index: self.next };
        self.next = node.entry().end as usize;
        Some(node)
    }
}

/// One line a node, indented by depth; nodes without children show their text.
impl fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut open: Vec<u32> = Vec::new();
        for (index, node) in self.nodes().enumerate() {
            open.retain(|end| index < *end as usize);
            write!(f, "{:indent$}{:?}", "", node.kind(), indent = open.len() * 2)?;
            let end = node.entry().end;
            if end as usize == index + 1 {
                writeln!(f, " {:?}", node.text())?
            } else {
                writeln!(f)?
            }
            open.push(end);
        }
        Ok(())
    }
}
