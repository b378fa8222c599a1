//! What a machine declares for itself, and what stands between machines.

use super::piece::{Piece, Writer};
use super::value::ROUND;
use machine_grammar::{Kind, Node};

impl<'s> Writer<'s> {
    /// `data` and `fact`
    pub(super) fn data(&mut self, keyword: &'s str, node: Node<'_, 's>) {
        self.begin(keyword);
        for (index, part) in node.children().enumerate() {
            match part.kind() {
                _ if index == 0 => self.then_token(part),
                Kind::Type => {
                    self.word(":");
                    self.type_(part);
                }
                _ => self.equals(part),
            }
        }
        self.end();
    }

    /// `=` and a value.
    pub(super) fn equals(&mut self, node: Node<'_, 's>) {
        self.then("=");
        self.put(Piece::Space);
        self.value(node);
    }

    pub(super) fn secret(&mut self, node: Node<'_, 's>) {
        self.begin("secret");
        self.words(node, &[Kind::Name]);
        node.find(Kind::From).into_iter().for_each(|it| self.headed("from", it));
        self.words(node, &[Kind::Text]);
        self.end();
    }

    pub(super) fn limit(&mut self, node: Node<'_, 's>) {
        self.begin("limit");
        node.children().take(1).for_each(|it| self.then_token(it));
        for part in node.children().skip(1) {
            match part.kind() {
                Kind::AcrossFleet => self.place(part, "across fleet"),
                Kind::Offline => self.headed("offline", part),
                Kind::OnNode => self.place(part, "on node"),
                _ => self.equals(part),
            }
        }
        self.end();
    }

    fn place(&mut self, node: Node<'_, 's>, words: &'s str) {
        self.put(Piece::Space);
        self.comments_before(node.span());
        self.word(words);
    }

    pub(super) fn event(&mut self, node: Node<'_, 's>) {
        self.begin("event");
        self.words(node, &[Kind::Name]);
        let fields = || node.children().filter(|it| it.kind() == Kind::Field);
        if let Some(last) = fields().last() {
            self.list(ROUND, fields(), self.closer(last), Self::field);
        }
        node.find(Kind::From).into_iter().for_each(|it| self.headed("from", it));
        self.end();
    }

    // ---- Between machines

    pub(super) fn use_(&mut self, node: Node<'_, 's>) {
        self.begin("use");
        self.words(node, &[Kind::UsePath, Kind::Text]);
        self.end();
    }

    pub(super) fn instance(&mut self, node: Node<'_, 's>) {
        self.begin("machine");
        self.words(node, &[Kind::Name]);
        self.then("=");
        self.put(Piece::Space);
        node.find(Kind::Call).into_iter().for_each(|it| self.call(it));
        self.end();
    }

    pub(super) fn extern_(&mut self, node: Node<'_, 's>) {
        let end = node.span().end.saturating_sub(1);
        self.begin("extern");
        self.then("machine");
        self.words(node, &[Kind::Name]);
        if node.children().nth(1).is_none() && !self.comments.has_before(end) {
            self.then("{}");
            return self.end();
        }
        self.then("{");
        self.declarations(node.children().skip(1), end);
        self.put(Piece::Out);
        self.put(Piece::Newline);
        self.word("}");
        self.put(Piece::Close);
    }

    pub(super) fn states(&mut self, node: Node<'_, 's>) {
        self.begin("states");
        self.put(Piece::Space);
        self.sequence(node.children());
        self.end();
    }
}
