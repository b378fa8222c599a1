//! Values: texts, numbers, lists, maps, names.

use super::{Lower, name};
use crate::ast::{Expr, ExprKind, MapKey};
use machine_grammar::{Kind, Node};

impl<'s> Lower<'_, 's> {
    /// A value. One with a mistake in it has been reported when this returns.
    pub(super) fn value(&mut self, node: Node<'_, 's>) -> Expr<'s> {
        let kind = match node.kind() {
            Kind::Text => self.text(node).map_or(ExprKind::Faulty, ExprKind::Text),
            Kind::Number => self.number(node).unwrap_or(ExprKind::Faulty),
            Kind::Boolean => ExprKind::Bool(node.text() == "true"),
            Kind::List => ExprKind::List(node.children().map(|it| self.value(it)).collect()),
            Kind::Map => ExprKind::Map(node.children().filter_map(|it| self.entry(it)).collect()),
            Kind::Name => ExprKind::Name(name(node)),
            _ => ExprKind::Faulty,
        };
        Expr { kind, span: node.span() }
    }

    fn entry(&mut self, node: Node<'_, 's>) -> Option<(MapKey, Expr<'s>)> {
        let mut children = node.children();
        let key = children.next()?;
        let value = self.value(children.next()?);
        let text = match key.kind() {
            Kind::Text => self.text(key)?,
            _ => name(key).text.to_owned(),
        };
        Some((MapKey { text, span: key.span() }, value))
    }
}
