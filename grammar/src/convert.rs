//! From pest's tokens to the tree, in one pass.

use crate::machine::Rule;
use crate::patch::Patched;
use crate::role::{Role, role};
use crate::tree::{Entry, Tree};
use crate::{Kind, Span};
use pest::Token;
use pest::iterators::Pairs;

/// Nodes and comments of a text, spans in that text.
#[derive(Clone)]
pub(crate) struct Converted {
    nodes: Vec<Entry>,
    comments: Vec<Span>,
    /// Some of it could not be read.
    pub(crate) damaged: bool,
}

impl Converted {
    pub(crate) fn new(pairs: Pairs<'_, Rule>) -> Self {
        let tokens = pairs.tokens();
        let mut builder = Builder::with_capacity(tokens.len());
        for token in tokens {
            match token {
                Token::Start { rule, pos } => builder.start(role(rule), pos.pos()),
                Token::End { rule, pos } => builder.end(role(rule), pos.pos()),
            }
        }
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

struct Builder {
    done: Converted,
    /// Indices of the nodes that are not at their end yet.
    open: Vec<usize>,
    /// Where the last token ended.
    last: u32,
}

impl Builder {
    fn with_capacity(tokens: usize) -> Self {
        let done = Converted { nodes: Vec::with_capacity(tokens / 2), comments: Vec::new(), damaged: false };
        Self { done, open: Vec::with_capacity(64), last: 0 }
    }

    fn start(&mut self, role: Role, at: usize) {
        if let Role::Leaf(kind) | Role::Branch(kind) = role {
            self.open.push(self.done.nodes.len());
            self.done.nodes.push(Entry { span: Span::new(at, at), end: 0, kind });
            self.done.damaged |= kind.is_bad();
        } else if let Role::Comment = role {
            self.done.comments.push(Span::new(at, at));
        }
    }

    fn end(&mut self, role: Role, at: usize) {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
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
        let count = u32::try_from(self.done.nodes.len()).unwrap_or(u32::MAX);
        if let Some(node) = self.open.pop().and_then(|index| self.done.nodes.get_mut(index)) {
            node.end = count;
            node.span.end = self.last.max(node.span.start);
        }
    }

    fn end_comment(&mut self, at: u32) {
        if let Some(comment) = self.done.comments.last_mut() {
            comment.end = at;
        }
    }
}
