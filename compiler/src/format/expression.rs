//! Operands and operators.

use super::piece::{Piece, Writer};
use super::value::ROUND;
use machine_grammar::{Kind, Node, Span};

impl<'s> Writer<'s> {
    /// Operators between blanks, except `..`. Where a line has no room, it ends before each `and` and `or`.
    pub(super) fn expression(&mut self, node: Node<'_, 's>) {
        if let (Some(only), None) = (node.children().next(), node.children().nth(1)) {
            return self.value(only);
        }
        self.put(Piece::Open);
        self.put(Piece::In);
        let mut parts = node.children().peekable();
        let mut tight = true;
        while let Some(part) = parts.next() {
            match part.kind() {
                Kind::Operator => self.operator(part),
                Kind::Args => self.list(ROUND, part.children(), part.span().end.saturating_sub(1), Self::value),
                Kind::Member => self.member(part),
                _ => self.operand(part, tight),
            }
            tight = match part.kind() {
                Kind::Operator => part.text() == "..",
                Kind::Minus => {
                    parts.peek().is_none_or(|it| !it.text().starts_with(|it: char| it == '-' || it.is_ascii_digit()))
                }
                _ => false,
            };
        }
        self.end();
    }

    fn operator(&mut self, node: Node<'_, 's>) {
        let text = node.text();
        match text {
            ".." => {}
            "and" | "or" => self.put(Piece::Break(true)),
            _ => self.put(Piece::Space),
        }
        self.comments_before(node.span());
        // There may be any blanks between its words.
        self.word(if text.starts_with("not") { "not in" } else { text });
    }

    /// An operand, or what stands in front of one.
    fn operand(&mut self, node: Node<'_, 's>, tight: bool) {
        if !tight {
            self.put(Piece::Space);
        }
        self.value(node);
    }

    fn member(&mut self, node: Node<'_, 's>) {
        self.word(".");
        node.children().for_each(|it| self.token(it));
    }

    pub(super) fn paren(&mut self, node: Node<'_, 's>) {
        let end = node.span().end.saturating_sub(1);
        self.begin("(");
        node.children().for_each(|it| self.value(it));
        self.comments_before(Span { start: end, end });
        self.end();
        self.word(")");
    }
}
