//! Actions: what a machine does by itself.

use super::{Lower, name};
use crate::ast::{Action, ActionKind, Arg, BinaryOp};
use machine_grammar::{Kind, Node};

impl<'s> Lower<'_, 's> {
    /// An action; one that could not be read is faulty.
    pub(super) fn action(&mut self, node: Node<'_, 's>) -> Action<'s> {
        let kind = match node.kind() {
            Kind::Assign => self.assign(node),
            Kind::Emit => self.emit(node),
            Kind::Raise => self.raise(node),
            Kind::Log => node.children().next().map(|it| ActionKind::Log(self.value(it))),
            Kind::Poll => node.find(Kind::Name).map(|it| ActionKind::Poll(name(it))),
            _ => None,
        };
        Action { kind: kind.unwrap_or(ActionKind::Faulty), span: node.span() }
    }

    fn assign(&mut self, node: Node<'_, 's>) -> Option<ActionKind<'s>> {
        let mut parts = node.children();
        let name = name(parts.next()?);
        let op = match parts.next()?.text() {
            "+=" => Some(BinaryOp::Add),
            "-=" => Some(BinaryOp::Subtract),
            _ => None,
        };
        let value = self.value(parts.next()?);
        Some(ActionKind::Assign { name, op, value })
    }

    fn emit(&mut self, node: Node<'_, 's>) -> Option<ActionKind<'s>> {
        let name = name(node.find(Kind::Name)?);
        Some(ActionKind::Emit { name, fields: self.carried(node) })
    }

    fn raise(&mut self, node: Node<'_, 's>) -> Option<ActionKind<'s>> {
        let name = name(node.find(Kind::Name)?);
        Some(ActionKind::Raise { name, fields: self.carried(node) })
    }

    /// What stands between the brackets of an event.
    pub(super) fn carried(&mut self, node: Node<'_, 's>) -> Vec<Arg<'s>> {
        node.children().filter(|it| it.kind() == Kind::Arg).filter_map(|it| self.arg(it)).collect()
    }
}
