//! What tests expect.

use super::piece::{Piece, Writer};
use super::value::ROUND;
use machine_grammar::{Kind, Node};

impl<'s> Writer<'s> {
    pub(super) fn expect(&mut self, node: Node<'_, 's>) {
        self.begin("expect");
        for (index, part) in node.children().enumerate() {
            if part.kind() != Kind::Never {
                self.comments_before(part.span());
            }
            match part.kind() {
                Kind::Way => self.way(part),
                Kind::Ran => self.ran(part),
                Kind::Emitted => self.emitted(part),
                Kind::Never => self.headed("never", part),
                Kind::AtMoment => self.at_moment(part),
                Kind::AtMostOf => self.at_most_of(part),
                _ => self.further(index, part),
            }
        }
        self.end();
    }

    /// One of several values with commas between them.
    fn further(&mut self, index: usize, node: Node<'_, 's>) {
        if index > 0 {
            self.word(",");
            self.put(Piece::Break(true));
            return self.value(node);
        }
        self.then_value(node);
    }

    fn way(&mut self, node: Node<'_, 's>) {
        self.then("path");
        for (index, path) in node.children().enumerate() {
            if index > 0 {
                self.put(Piece::Break(true));
                self.word(">");
            }
            self.then_token(path);
        }
    }

    fn ran(&mut self, node: Node<'_, 's>) {
        self.then("ran");
        self.words(node, &[Kind::Path]);
        node.find(Kind::Times).into_iter().for_each(|it| self.times(it));
    }

    fn emitted(&mut self, node: Node<'_, 's>) {
        self.then("emitted");
        self.words(node, &[Kind::Name]);
        let fields = || node.children().filter(|it| it.kind() == Kind::Arg);
        if let Some(last) = fields().last() {
            self.list(ROUND, fields(), self.closer(last), Self::pair);
        }
        node.find(Kind::Times).into_iter().for_each(|it| self.times(it));
    }

    fn times(&mut self, node: Node<'_, 's>) {
        let mut counted = false;
        for part in node.children() {
            self.comments_before(part.span());
            match part.kind() {
                Kind::Least => self.then("at least"),
                Kind::Most => self.then("at most"),
                _ => self.then_token(part),
            }
            counted |= part.kind() == Kind::Number;
        }
        if counted {
            self.then("times");
        }
    }

    fn at_moment(&mut self, node: Node<'_, 's>) {
        node.children().take(1).for_each(|it| self.headed("at", it));
        for (index, value) in node.children().skip(1).enumerate() {
            self.further(index, value);
        }
    }
}
