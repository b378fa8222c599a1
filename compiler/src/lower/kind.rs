//! Declarations of watcher kinds.

use super::docs::Docs;
use super::{Lower, name, name_as_written};
use crate::ast::{self, TypeKind};
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Kind, Node};

/// How often `list of` and `map of` may stand one behind the other.
const MAX_TYPE_DEPTH: usize = 16;

impl<'s> Lower<'_, 's> {
    /// A kind, and whether all of it could be read.
    pub(super) fn watcher_kind(&mut self, node: Node<'_, 's>, doc: String) -> (Option<ast::Kind<'s>>, bool) {
        let Some(kind_name) = node.find(Kind::Name) else { return (None, false) };
        let mut kind = ast::Kind {
            doc,
            name: name(kind_name),
            params: Vec::new(),
            outcomes: Vec::new(),
            by: None,
            every_required: false,
            faulty: false,
            needs: Vec::new(),
            span: node.span(),
        };
        let mut docs = Docs::default();
        let mut complete = true;
        for part in node.children().skip(1) {
            match part.kind() {
                Kind::Doc => docs.add(self, part),
                _ => complete &= self.kind_part(part, docs.take(), &mut kind),
            }
        }
        docs.end(self);
        (Some(kind), complete)
    }

    /// Adds a part to a kind; `false` if it could not be read.
    fn kind_part(&mut self, node: Node<'_, 's>, doc: String, kind: &mut ast::Kind<'s>) -> bool {
        match node.kind() {
            Kind::Param => kind.params.extend(self.param(node)),
            Kind::Outcome | Kind::Fault => kind.outcomes.extend(self.outcome(node, doc)),
            Kind::Pace => kind.every_required = node.find(Kind::Required).is_some(),
            Kind::Needs => kind.needs.extend(node.children().map(Node::text)),
            _ => return false,
        }
        true
    }

    fn param(&mut self, node: Node<'_, 's>) -> Option<ast::Param<'s>> {
        let mut children = node.children();
        let name = name(children.next()?);
        let ty = self.ty(children.next()?)?;
        let mut param = ast::Param { name, ty, variadic: false, default: None };
        for child in children {
            match child.kind() {
                Kind::Rest => param.variadic = true,
                _ => param.default = Some(self.value(child)),
            }
        }
        Some(param)
    }

    fn outcome(&mut self, node: Node<'_, 's>, doc: String) -> Option<ast::Outcome<'s>> {
        let mut children = node.children();
        let name = name(children.next()?);
        let fields = children.filter_map(|it| self.field(it)).collect();
        Some(ast::Outcome { doc, fault: node.kind() == Kind::Fault, name, fields })
    }

    fn field(&mut self, node: Node<'_, 's>) -> Option<(ast::Name<'s>, ast::Type<'s>)> {
        let mut children = node.children();
        Some((name(children.next()?), self.ty(children.next()?)?))
    }

    /// A type; its boxes are as many as the words before it, so their number is limited.
    fn ty(&mut self, node: Node<'_, 's>) -> Option<ast::Type<'s>> {
        let parts: Vec<_> = node.children().collect();
        let (last, around) = parts.split_last()?;
        if around.len() > MAX_TYPE_DEPTH {
            self.report(self.type_too_deep(node));
            return None;
        }
        let inner = match last.kind() {
            Kind::Choice => TypeKind::Enum(last.children().map(name_as_written).collect()),
            _ => TypeKind::Named(name(*last)),
        };
        let inner = ast::Type { kind: inner, span: last.span() };
        Some(around.iter().rev().fold(inner, |inner, it| {
            let span = it.span().to(inner.span);
            let kind = match it.kind() {
                Kind::ListOf => TypeKind::List { of: Box::new(inner), up_to: None },
                _ => TypeKind::Map(Box::new(inner)),
            };
            ast::Type { kind, span }
        }))
    }

    fn type_too_deep(&self, node: Node<'_, '_>) -> Diagnostic {
        let headline = format!("this type nests more than {MAX_TYPE_DEPTH} deep");
        Diagnostic::new(Code::NESTED_TOO_DEEP, self.file, node.span(), headline)
            .label("too many of `list of` and `map of`")
            .help("use a type with fewer levels")
    }
}
