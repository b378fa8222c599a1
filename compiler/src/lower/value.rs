//! Values: texts, numbers, lists, maps, names.

use super::{Lower, name};
use crate::ast::{MapKey, Value, ValueKind};
use machine_grammar::{Kind, Node};

impl<'s> Lower<'_, 's> {
    /// A value. One with a mistake in it has been reported when this returns.
    pub(super) fn value(&mut self, node: Node<'_, 's>) -> Value<'s> {
        let kind = match node.kind() {
            Kind::Text => self.text(node).map_or(ValueKind::Faulty, ValueKind::Text),
            Kind::Number => self.number(node).unwrap_or(ValueKind::Faulty),
            Kind::Boolean => ValueKind::Bool(node.text() == "true"),
            Kind::List => ValueKind::List(node.children().map(|it| self.value(it)).collect()),
            Kind::Map => ValueKind::Map(node.children().filter_map(|it| self.entry(it)).collect()),
            Kind::Name => ValueKind::Name(name(node)),
            _ => ValueKind::Faulty,
        };
        Value { kind, span: node.span() }
    }

    fn entry(&mut self, node: Node<'_, 's>) -> Option<(MapKey, Value<'s>)> {
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
