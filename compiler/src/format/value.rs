//! Values, arguments, and all that is written with commas between.

use super::piece::{Piece, Writer};
use machine_grammar::{Kind, Node};

/// The brackets round a list.
#[derive(Clone, Copy)]
pub(super) struct Brackets {
    open: &'static str,
    close: &'static str,
    /// Blanks inside them when the list stands on one line.
    padded: bool,
}

pub(super) const ROUND: Brackets = Brackets { open: "(", close: ")", padded: false };
pub(super) const CURLY: Brackets = Brackets { open: "{", close: "}", padded: true };
pub(super) const SQUARE: Brackets = Brackets { open: "[", close: "]", padded: false };

impl<'s> Writer<'s> {
    /// Items on one line, or each on its own with a comma behind it; `end` is where the closing bracket stands.
    pub(super) fn list<'t>(
        &mut self,
        brackets: Brackets,
        items: impl Iterator<Item = Node<'t, 's>>,
        end: u32,
        item: fn(&mut Self, Node<'t, 's>),
    ) where
        's: 't,
    {
        let mut items = items.peekable();
        let padded = brackets.padded && items.peek().is_some();
        let mut blank = padded;
        self.begin(brackets.open);
        while let Some(node) = items.next() {
            self.put(Piece::Break(blank));
            blank = true;
            self.comments_before(node.span());
            item(self, node);
            self.put(if items.peek().is_some() { Piece::Word(",") } else { Piece::LastComma });
        }
        self.comments_before(machine_grammar::Span { start: end, end });
        self.put(Piece::Out);
        self.put(Piece::Break(padded));
        self.word(brackets.close);
        self.put(Piece::Close);
    }

    /// Tokens without brackets round them: on one line, or each on its own.
    pub(super) fn sequence<'t>(&mut self, tokens: impl Iterator<Item = Node<'t, 's>>)
    where
        's: 't,
    {
        self.put(Piece::Open);
        self.put(Piece::In);
        for (index, token) in tokens.enumerate() {
            if index > 0 {
                self.word(",");
                self.put(Piece::Break(true));
            }
            self.token(token);
        }
        self.end();
    }

    /// `KIND(ARGS)`.
    pub(super) fn call(&mut self, node: Node<'_, 's>) {
        let end = node.span().end.saturating_sub(1);
        node.children().take(1).for_each(|it| self.token(it));
        self.list(ROUND, node.children().skip(1), end, Self::pair);
    }

    /// An argument or entry: a value, or a name and a value.
    pub(super) fn pair(&mut self, node: Node<'_, 's>) {
        let mut parts = node.children();
        match (parts.next(), parts.next()) {
            (Some(name), Some(value)) => {
                self.begin(name.text());
                self.word(":");
                self.put(Piece::Space);
                self.value(value);
                self.end();
            }
            (Some(value), None) => self.value(value),
            _ => {}
        }
    }

    pub(super) fn value(&mut self, node: Node<'_, 's>) {
        self.comments_before(node.span());
        let end = node.span().end.saturating_sub(1);
        match node.kind() {
            Kind::List => self.list(SQUARE, node.children(), end, Self::value),
            Kind::Map => self.list(CURLY, node.children(), end, Self::pair),
            Kind::Expr => self.expression(node),
            Kind::Paren => self.paren(node),
            _ => self.word(node.text()),
        }
    }
}
