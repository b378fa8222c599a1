//! Machines, states, watchers and handlers: each on a line of its own, below its comments.

use super::comment::{Place, follows_blank_line};
use super::piece::{Piece, Writer};
use super::value::ROUND;
use machine_grammar::{Kind, Node, Span, Tree};

/// All of a tree.
pub(super) fn pieces<'s>(tree: &Tree<'s>) -> Vec<Piece<'s>> {
    let mut writer = Writer::new(tree);
    let end = u32::try_from(tree.source().len()).unwrap_or(u32::MAX);
    writer.declarations(tree.root().children(), end);
    writer.pieces
}

/// What stands before a declaration or comment in the same block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    /// Nothing but the block's brace, or the start of the file.
    Nothing,
    /// A doc comment, which belongs to the declaration that is still to come.
    Doc,
    /// A declaration or comment, which a blank line may set apart.
    Other,
}

impl<'s> Writer<'s> {
    /// The declarations of a block, and the comments around them, up to the offset where the block ends.
    pub(super) fn declarations<'t>(&mut self, nodes: impl Iterator<Item = Node<'t, 's>>, end: u32)
    where
        's: 't,
    {
        let mut above = Above::Nothing;
        for node in nodes {
            above = self.comment_lines(node.span().start, above);
            self.next_line(node.span(), above);
            above = if node.kind() == Kind::Doc { Above::Doc } else { Above::Other };
            self.declaration(node);
        }
        self.comment_lines(end, above);
    }

    fn comment_lines(&mut self, before: u32, mut above: Above) -> Above {
        while let Some(comment) = self.comments.next_before(before) {
            if comment.place == Place::Own {
                self.next_line(comment.span, above);
            }
            if comment.place != Place::Behind && above == Above::Nothing {
                above = Above::Other;
            }
            self.put(Piece::Comment(comment.place, comment.text));
        }
        above
    }

    /// Ends the line, and keeps one of the empty lines that the author left before `span`.
    fn next_line(&mut self, span: Span, above: Above) {
        let blank = above == Above::Other && follows_blank_line(self.source, span.start);
        self.put(if blank { Piece::Blank } else { Piece::Newline });
    }

    fn declaration(&mut self, node: Node<'_, 's>) {
        match node.kind() {
            Kind::Doc => self.put(Piece::Comment(Place::Own, node.text().trim_end())),
            Kind::Machine => self.machine(node),
            Kind::State => self.state(node),
            Kind::Watch => self.watcher("watch", node),
            Kind::Run => self.watcher("run", node),
            Kind::On => self.on(node),
            Kind::After => self.timed("after", node),
            Kind::When => self.timed("when", node),
            Kind::Enter => self.action_block("enter", node),
            Kind::Exit => self.action_block("exit", node),
            Kind::Data => self.data("data", node),
            Kind::Fact => self.data("fact", node),
            Kind::Secret => self.secret(node),
            Kind::Limit => self.limit(node),
            Kind::Event => self.event(node),
            Kind::Require => self.require(node),
            _ => self.item(node),
        }
    }

    /// What stands between machines, or in them.
    fn item(&mut self, node: Node<'_, 's>) {
        match node.kind() {
            Kind::Use => self.use_(node),
            Kind::Instance => self.instance(node),
            Kind::Extern => self.extern_(node),
            Kind::States => self.states(node),
            Kind::Test => self.test(node),
            Kind::WatcherKind | Kind::Outcome | Kind::Fault | Kind::Pace | Kind::Needs => self.kind_declaration(node),
            _ => self.line(node),
        }
    }

    fn machine(&mut self, node: Node<'_, 's>) {
        self.begin("machine");
        self.words(node, &[Kind::Name]);
        if let Some(params) = node.find(Kind::Params) {
            self.comments_before(params.span());
            self.list(ROUND, params.children(), params.span().end.saturating_sub(1), Self::param);
        }
        self.words(node, &[Kind::Version]);
        self.block(node.find(Kind::Body), true);
    }

    fn state(&mut self, node: Node<'_, 's>) {
        let mut roles = node.children().take_while(|it| matches!(it.kind(), Kind::Initial | Kind::Final));
        match roles.next() {
            Some(first) => {
                self.begin(first.text());
                roles.for_each(|it| self.then_token(it));
                self.then("state");
            }
            None => self.begin("state"),
        }
        self.words(node, &[Kind::Name]);
        if let Some(was) = node.find(Kind::Was) {
            self.comments_before(was.span());
            self.then("was");
            self.put(Piece::Space);
            self.sequence(was.children());
        }
        self.block(node.find(Kind::Body), false);
    }

    /// Ends a declaration with its block. One with nothing inside is written only where it has to be.
    fn block(&mut self, body: Option<Node<'_, 's>>, needed: bool) {
        let filled = body.filter(|it| !is_blank(it.text()));
        match filled {
            Some(body) => {
                self.then("{");
                self.declarations(body.children(), body.span().end.saturating_sub(1));
                self.put(Piece::Out);
                self.put(Piece::Newline);
                self.word("}");
                self.put(Piece::Close);
            }
            None => {
                if needed {
                    self.then("{}");
                }
                self.end();
            }
        }
    }

    /// The children of these kinds, a blank before each.
    pub(super) fn words(&mut self, node: Node<'_, 's>, kinds: &[Kind]) {
        node.children().filter(|it| kinds.contains(&it.kind())).for_each(|it| self.then_token(it));
    }
}

/// Whether there is nothing between the brackets that a text begins and ends with.
fn is_blank(text: &str) -> bool {
    text.get(1..text.len().saturating_sub(1)).unwrap_or("").trim().is_empty()
}
