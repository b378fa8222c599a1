//! Promises.

use super::piece::{Piece, Writer};
use machine_grammar::{Kind, Node};

impl<'s> Writer<'s> {
    pub(super) fn require(&mut self, node: Node<'_, 's>) {
        self.begin("require");
        for claim in node.children() {
            self.comments_before(claim.span());
            let mut paths = claim.children().filter(|it| it.kind() == Kind::Path);
            match claim.kind() {
                Kind::CanReach => self.goals("always can reach", paths),
                Kind::LeadsTo => {
                    paths.by_ref().take(1).for_each(|it| self.then_token(it));
                    self.goals("leads to", paths);
                }
                Kind::Follows => {
                    self.then("never");
                    paths.by_ref().take(1).for_each(|it| self.then_token(it));
                    self.then("->");
                    paths.for_each(|it| self.then_token(it));
                }
                Kind::Never => self.headed("never", claim),
                _ => self.at_most_of(claim),
            }
        }
        self.end();
    }

    fn goals<'t>(&mut self, words: &'s str, paths: impl Iterator<Item = Node<'t, 's>>)
    where
        's: 't,
    {
        self.then(words);
        for (index, path) in paths.enumerate() {
            if index > 0 {
                self.put(Piece::Break(true));
                self.word("or");
            }
            self.then_token(path);
        }
    }

    pub(super) fn at_most_of(&mut self, node: Node<'_, 's>) {
        self.then("at most");
        for part in node.children() {
            match part.kind() {
                Kind::Per => self.headed("per", part),
                _ => self.then_value(part),
            }
        }
    }

    pub(super) fn then_value(&mut self, node: Node<'_, 's>) {
        self.put(Piece::Space);
        self.value(node);
    }
}
