//! What stands behind a watcher's call.

use super::{Lower, keyword, name, name_as_written, path};
use crate::ast::{Expr, Modifier, ModifierKind, Return};
use machine_grammar::{Kind, Node};

impl<'s> Lower<'_, 's> {
    /// A modifier; nothing for nodes of other kinds.
    pub(super) fn modifier(&mut self, node: Node<'_, 's>) -> Option<Modifier<'s>> {
        match node.kind() {
            Kind::UnknownModifier | Kind::BadModifier => unknown(node),
            _ => Some(Modifier { keyword: keyword(node), kind: self.modifier_kind(node)? }),
        }
    }

    fn modifier_kind(&mut self, node: Node<'_, 's>) -> Option<ModifierKind<'s>> {
        Some(match node.kind() {
            Kind::Every => ModifierKind::Every(self.first(node)?),
            Kind::Splay => ModifierKind::Splay(self.first(node)?),
            Kind::Timeout => ModifierKind::Timeout(self.first(node)?),
            Kind::RunAs => ModifierKind::As(self.first(node)?),
            Kind::Announce => ModifierKind::Announce(self.inner(node, Kind::Every)?),
            Kind::Quiet => ModifierKind::Quiet,
            Kind::Backoff => ModifierKind::Backoff { factor: self.first(node)?, up_to: self.inner(node, Kind::UpTo) },
            Kind::Under => {
                let limit = name(node.find(Kind::Name)?);
                ModifierKind::Under { limit, wait: self.inner(node, Kind::Wait) }
            }
            Kind::While => {
                let machine = name(node.find(Kind::Name)?);
                ModifierKind::While { machine, state: path(node.find(Kind::Path)?) }
            }
            Kind::Returns => ModifierKind::Returns(node.children().filter_map(|it| self.return_(it)).collect()),
            _ => return None,
        })
    }

    /// The value that a node begins with.
    fn first(&mut self, node: Node<'_, 's>) -> Option<Expr<'s>> {
        node.children().next().map(|it| self.value(it))
    }

    /// The value of the child of this kind.
    fn inner(&mut self, node: Node<'_, 's>, kind: Kind) -> Option<Expr<'s>> {
        self.first(node.find(kind)?)
    }

    fn return_(&mut self, node: Node<'_, 's>) -> Option<Return<'s>> {
        let mut parts = node.children();
        let name = name(parts.next()?);
        let ty = self.ty(parts.next()?)?;
        Some(Return { name, ty, default: parts.next().map(|it| self.value(it)) })
    }
}

/// A word that is no modifier, or one of which the rest could not be read.
fn unknown<'s>(node: Node<'_, 's>) -> Option<Modifier<'s>> {
    let word = name_as_written(node.children().next()?);
    let faulty = node.kind() == Kind::BadModifier;
    let kind = if faulty { ModifierKind::Faulty(word) } else { ModifierKind::Unknown(word) };
    Some(Modifier { keyword: word.span, kind })
}
