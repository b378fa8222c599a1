//! Handlers and blocks, and the actions between their braces.

use super::piece::{Piece, Writer};
use super::value::ROUND;
use machine_grammar::{Kind, Node, Span};

impl<'s> Writer<'s> {
    pub(super) fn on(&mut self, node: Node<'_, 's>) {
        self.begin("on");
        self.put(Piece::Space);
        self.put(Piece::Open);
        self.put(Piece::In);
        for (index, part) in node.children().enumerate() {
            match part.kind() {
                Kind::Path if index == 0 => self.token(part),
                Kind::Path => self.next_event(part),
                Kind::Binding => self.binding(part),
                Kind::Enters => self.headed("enters", part),
                _ => break,
            }
        }
        self.end();
        self.response(node);
        self.end();
    }

    fn next_event(&mut self, node: Node<'_, 's>) {
        self.word(",");
        self.put(Piece::Break(true));
        self.token(node);
    }

    fn binding(&mut self, node: Node<'_, 's>) {
        self.comments_before(node.span());
        self.begin("(");
        node.children().for_each(|it| self.token(it));
        self.end();
        self.word(")");
    }

    /// `after` and `when`
    pub(super) fn timed(&mut self, keyword: &'s str, node: Node<'_, 's>) {
        self.begin(keyword);
        self.put(Piece::Space);
        node.children().take(1).for_each(|it| self.value(it));
        self.response(node);
        self.end();
    }

    fn response(&mut self, node: Node<'_, 's>) {
        for part in node.children() {
            match part.kind() {
                Kind::Guard => self.headed("when", part),
                Kind::Goto => self.goto(part),
                Kind::Stay => {
                    self.comments_before(part.span());
                    self.put(Piece::Stop);
                    self.word("stay");
                }
                Kind::Label => self.headed("as", part),
                Kind::Actions => self.actions(part, false),
                _ => {}
            }
        }
    }

    fn goto(&mut self, node: Node<'_, 's>) {
        self.comments_before(node.span());
        self.put(Piece::Stop);
        self.word("->");
        self.words(node, &[Kind::Path, Kind::Again]);
    }

    /// `enter` and `exit`
    pub(super) fn action_block(&mut self, keyword: &'s str, node: Node<'_, 's>) {
        self.begin(keyword);
        node.children().for_each(|it| self.actions(it, true));
        self.end();
    }

    /// One action on the line if that has room for it, several on a line each. Braces with nothing inside are written
    /// only where they have to be; comments in them stand behind the handler then.
    fn actions(&mut self, node: Node<'_, 's>, needed: bool) {
        let end = node.span().end.saturating_sub(1);
        let count = node.children().count();
        if count == 0 && !needed {
            return;
        }
        self.comments_before(node.span());
        if count == 0 && !self.comments.has_before(end) {
            return self.then("{}");
        }
        let apart = if count == 1 { Piece::Break(true) } else { Piece::Newline };
        self.put(Piece::Space);
        self.begin("{");
        for action in node.children() {
            self.put(apart);
            self.comments_before(action.span());
            self.action(action);
        }
        self.comments_before(Span { start: end, end });
        self.put(Piece::Out);
        self.put(apart);
        self.word("}");
        self.put(Piece::Close);
    }

    fn action(&mut self, node: Node<'_, 's>) {
        match node.kind() {
            Kind::Assign => self.assign(node),
            Kind::Emit => self.emit("emit", node),
            Kind::Raise => self.emit("raise", node),
            Kind::Log => self.spoken("log", node),
            _ => self.spoken("poll", node),
        }
    }

    fn assign(&mut self, node: Node<'_, 's>) {
        let mut parts = node.children();
        parts.by_ref().take(1).for_each(|it| self.begin(it.text()));
        parts.by_ref().take(1).for_each(|it| self.then_token(it));
        self.put(Piece::Space);
        parts.for_each(|it| self.value(it));
        self.end();
    }

    /// `emit` and `raise`
    fn emit(&mut self, keyword: &'s str, node: Node<'_, 's>) {
        self.begin(keyword);
        self.words(node, &[Kind::Name]);
        if node.find(Kind::Arg).is_some() {
            self.list(ROUND, node.children().skip(1), node.span().end.saturating_sub(1), Self::pair);
        }
        self.end();
    }

    /// A word and a value, which begin a line.
    pub(super) fn spoken(&mut self, keyword: &'s str, node: Node<'_, 's>) {
        self.begin(keyword);
        self.put(Piece::Space);
        node.children().for_each(|it| self.value(it));
        self.end();
    }

    /// A word, and what stands behind it, in the middle of a line.
    pub(super) fn headed(&mut self, keyword: &'s str, node: Node<'_, 's>) {
        self.comments_before(node.span());
        self.then(keyword);
        self.put(Piece::Space);
        node.children().for_each(|it| self.value(it));
    }
}
