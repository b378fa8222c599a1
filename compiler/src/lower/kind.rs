//! Declarations of watcher kinds.

use super::docs::Docs;
use super::{Lower, name};
use crate::ast::{self, Call, ExprKind};
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Kind, Node};

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
            Kind::By => kind.by = self.by(node),
            Kind::Pace => kind.every_required = node.find(Kind::Required).is_some(),
            Kind::Needs => kind.needs.extend(node.children().map(Node::text)),
            _ => return false,
        }
        true
    }

    /// The program that implements a kind; values stand in none of its texts.
    fn by(&mut self, node: Node<'_, 's>) -> Option<Call<'s>> {
        let call = self.call(node.find(Kind::Call)?)?;
        for arg in &call.args {
            if let ExprKind::Interpolated(_) = arg.value.kind {
                let told =
                    Diagnostic::new(Code::BRACE_IN_STRING, self.file, arg.value.span, "this text cannot hold a value")
                        .label("a kind has one program, whatever its arguments are")
                        .help(
                            r"leave the value out: the program is told the arguments, and `\{` is the character itself",
                        );
                self.report(told);
            }
        }
        Some(call)
    }

    pub(super) fn param(&mut self, node: Node<'_, 's>) -> Option<ast::Param<'s>> {
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

    pub(super) fn field(&mut self, node: Node<'_, 's>) -> Option<(ast::Name<'s>, ast::Type<'s>)> {
        let mut children = node.children();
        Some((name(children.next()?), self.ty(children.next()?)?))
    }
}
