//! What a test expects.

use super::{Lower, name, path};
use crate::ast::{Bound, Expect, Expr, ExprKind, Times};
use machine_grammar::{Kind, Node};

impl<'s> Lower<'_, 's> {
    /// What stands behind `expect`.
    pub(super) fn expected(&mut self, node: Node<'_, 's>) -> Option<Expect<'s>> {
        let what = node.children().next()?;
        Some(match what.kind() {
            Kind::Way => Expect::Way(what.children().map(path).collect()),
            Kind::Ran => Expect::Ran { watcher: path(what.find(Kind::Path)?), times: self.times(what)? },
            Kind::Emitted => {
                let event = name(what.find(Kind::Name)?);
                Expect::Emitted { event, fields: self.carried(what), times: self.times(what) }
            }
            Kind::Never => Expect::Never(self.inner_value(what)?),
            Kind::AtMoment => {
                let moment = self.inner_value(what.find(Kind::Moment)?)?;
                Expect::At { moment, holds: what.children().skip(1).map(|it| self.value(it)).collect() }
            }
            Kind::AtMostOf => Expect::AtMost(self.at_most(what)?),
            _ => Expect::Holds(node.children().map(|it| self.value(it)).collect()),
        })
    }

    /// How often, if the node says it.
    fn times(&mut self, node: Node<'_, 's>) -> Option<Times<'s>> {
        let node = node.find(Kind::Times)?;
        if let Some(word) = node.find(Kind::Often) {
            let count = match word.text() {
                "once" => 1,
                "twice" => 2,
                _ => 0,
            };
            let count = Expr { kind: ExprKind::Int(count), span: word.span() };
            return Some(Times { bound: Bound::Exactly, count });
        }
        let bound = match node.children().next()?.kind() {
            Kind::Least => Bound::AtLeast,
            Kind::Most => Bound::AtMost,
            _ => Bound::Exactly,
        };
        Some(Times { bound, count: self.value(node.children().last()?) })
    }
}
