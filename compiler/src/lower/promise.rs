//! `require …`.

use super::{Lower, name_as_written, path};
use crate::ast::{AtMost, Claim, Promise};
use machine_grammar::{Kind, Node};

impl<'s> Lower<'_, 's> {
    pub(super) fn promise(&mut self, node: Node<'_, 's>) -> Option<Promise<'s>> {
        let claim = self.claim(node.children().next()?)?;
        Some(Promise { claim, span: node.span() })
    }

    fn claim(&mut self, node: Node<'_, 's>) -> Option<Claim<'s>> {
        let mut paths = node.children().filter(|it| it.kind() == Kind::Path).map(path);
        Some(match node.kind() {
            Kind::CanReach => Claim::CanReach(paths.collect()),
            Kind::LeadsTo => Claim::LeadsTo(paths.next()?, paths.collect()),
            Kind::Follows => Claim::NeverFollows(paths.next()?, paths.next()?),
            Kind::Never => Claim::Never(self.value(node.children().next()?)),
            _ => Claim::AtMost(self.at_most(node)?),
        })
    }

    /// `at most N transitions per DURATION`, in promises and in tests.
    pub(super) fn at_most(&mut self, node: Node<'_, 's>) -> Option<AtMost<'s>> {
        let count = self.value(node.children().next()?);
        let of = name_as_written(node.find(Kind::Word)?);
        let per = node.find(Kind::Per).and_then(|it| it.children().next()).map(|it| self.value(it));
        Some(AtMost { count, of, per, span: node.span() })
    }
}
