//! Watchers and runs: the kind that they call, and its arguments.

use super::{Lower, name};
use crate::ast::{Arg, Call, Mode, Watcher};
use machine_grammar::{Kind, Node};

impl<'s> Lower<'_, 's> {
    /// A watcher or run; of a bad one only its name.
    pub(super) fn watcher(&mut self, node: Node<'_, 's>, doc: String) -> Option<Watcher<'s>> {
        let mode = if matches!(node.kind(), Kind::Watch | Kind::BadWatch) { Mode::Watch } else { Mode::Run };
        let name = name(node.find(Kind::Name)?);
        let call = node.find(Kind::Call).and_then(|it| self.call(it));
        let mut modifiers = Vec::with_capacity(1);
        modifiers.extend(node.children().filter_map(|it| self.modifier(it)));
        Some(Watcher { doc, mode, name, call, modifiers, span: node.span() })
    }

    /// A call; nothing if an edit moved its arguments, so that their names stand nowhere.
    pub(super) fn call(&mut self, node: Node<'_, 's>) -> Option<Call<'s>> {
        let mut children = node.children();
        let name = name(children.next()?);
        let mut args = Vec::with_capacity(children.clone().count());
        args.extend(children.filter_map(|it| self.arg(it)));
        let moved = args.iter().any(|it| it.name.is_some_and(|name| name.text.is_empty()));
        (!moved).then(|| Call { name, args, span: node.span() })
    }

    /// An argument, with its name if it has one.
    pub(super) fn arg(&mut self, node: Node<'_, 's>) -> Option<Arg<'s>> {
        let mut children = node.children();
        let first = children.next()?;
        Some(match children.next() {
            Some(value) => Arg { name: Some(name(first)), value: self.value(value) },
            None => Arg { name: None, value: self.value(first) },
        })
    }
}
