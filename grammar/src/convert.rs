//! From pest's tokens to the tree, in one pass.

use crate::machine::Rule;
use crate::patch::Patched;
use crate::role::{Role, Roles};
use crate::tree::{Entry, Tree};
use crate::{Kind, Span};
use pest::Token;
use pest::iterators::Pairs;

/// Nodes and comments of a text, spans in that text.
#[derive(Clone, Default)]
pub(crate) struct Converted {
    nodes: Vec<Entry>,
    comments: Vec<Span>,
    /// Some of it could not be read.
    pub(crate) damaged: bool,
}

impl Converted {
    /// What stands in a text that is no file.
    pub(crate) fn new(pairs: Pairs<'_, Rule>) -> Self {
        let mut builder = Builder::default();
        builder.add(pairs, 0);
        builder.done
    }

    /// The tree over the text that was parsed.
    pub(crate) fn into_tree(self, source: &str) -> Tree<'_> {
        Tree::new(source, self.nodes, self.comments)
    }

    pub(crate) fn has_comments(&self) -> bool {
        !self.comments.is_empty()
    }

    /// The same for a stretch of a source that was parsed by itself.
    pub(crate) fn into_tree_at(mut self, source: &str, offset: u32) -> Tree<'_> {
        let spans = self.nodes.iter_mut().map(|it| &mut it.span).chain(&mut self.comments);
        spans.for_each(|it| (it.start, it.end) = (it.start + offset, it.end + offset));
        self.into_tree(source)
    }

    /// The tree over the source, of which the parsed text is an edited copy.
    pub(crate) fn into_tree_of<'s>(mut self, source: &'s str, patched: &Patched) -> Tree<'s> {
        for node in &mut self.nodes {
            let (span, changed) = patched.original_span(node.span);
            node.span = span;
            node.kind = match node.kind {
                Kind::Text if changed => Kind::BadText,
                Kind::Number if changed => Kind::BadNumber,
                kind => kind,
            };
        }
        for comment in &mut self.comments {
            *comment = patched.original_span(*comment).0;
        }
        Tree::new(source, self.nodes, self.comments)
    }
}

/// A tree that grows as pieces of a text are read.
pub(crate) struct Builder {
    done: Converted,
    /// The innermost node that is not at its end yet, or [`NONE`]. Until it is, its own `end` says which is around it.
    open: u32,
    /// Where the last token ended.
    last: u32,
}

/// The index of no node.
const NONE: u32 = u32::MAX;

impl Default for Builder {
    fn default() -> Self {
        Self { done: Converted::default(), open: NONE, last: 0 }
    }
}

impl Builder {
    /// The tree of a file, of which nothing was read yet.
    pub(crate) fn of_file() -> Self {
        let mut builder = Self::default();
        builder.start(Role::Branch(Kind::File), 0);
        builder
    }

    /// Adds what pest has read of a piece that begins at `offset`.
    pub(crate) fn add(&mut self, pairs: Pairs<'_, Rule>, offset: usize) {
        let tokens = pairs.tokens();
        self.done.nodes.reserve(tokens.len() / 2);
        let roles = Roles::all();
        for token in tokens {
            match token {
                Token::Start { rule, pos } => self.start(roles.of(rule), short(offset + pos.pos())),
                Token::End { rule, pos } => self.end(roles.of(rule), short(offset + pos.pos())),
            }
        }
    }

    /// Adds what was read of the pieces behind those that were added so far.
    pub(crate) fn append(&mut self, behind: Self) {
        let before = self.count();
        let Converted { nodes, comments, damaged } = behind.done;
        self.done.nodes.extend(nodes.into_iter().map(|it| Entry { end: it.end + before, ..it }));
        self.done.comments.extend(comments);
        self.done.damaged |= damaged;
        self.last = behind.last;
    }

    /// The tree of a file that was read to its end.
    pub(crate) fn finish(mut self) -> Converted {
        self.end_node();
        self.done
    }

    fn start(&mut self, role: Role, at: u32) {
        let span = Span { start: at, end: at };
        match role {
            Role::Mark => {}
            Role::Comment => self.done.comments.push(span),
            Role::Leaf(kind) | Role::Branch(kind) => {
                let count = self.count();
                let around = std::mem::replace(&mut self.open, count);
                self.done.nodes.push(Entry { span, end: around, kind });
                self.done.damaged |= kind.is_bad();
            }
        }
    }

    fn end(&mut self, role: Role, at: u32) {
        match role {
            Role::Mark => self.last = at,
            Role::Comment => self.end_comment(at),
            Role::Leaf(_) => {
                self.last = at;
                self.end_node();
            }
            Role::Branch(_) => self.end_node(),
        }
    }

    fn end_node(&mut self) {
        let count = self.count();
        if let Some(node) = self.done.nodes.get_mut(self.open as usize) {
            self.open = std::mem::replace(&mut node.end, count);
            node.span.end = self.last.max(node.span.start);
        }
    }

    fn count(&self) -> u32 {
        short(self.done.nodes.len())
    }

    fn end_comment(&mut self, at: u32) {
        if let Some(comment) = self.done.comments.last_mut() {
            comment.end = at;
        }
    }
}

/// A place or a number of nodes: no source that is read has more than [`MAX_SOURCE`](crate::MAX_SOURCE) bytes.
#[allow(clippy::cast_possible_truncation, reason = "24 bits are enough, and this is done four times a token")]
fn short(number: usize) -> u32 {
    number as u32
}
