//! Types.

use super::{Lower, name, name_as_written};
use crate::ast::{Expr, ExprKind, Type, TypeKind, UnaryOp};
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Kind, Node, Span};

/// How often `list of` and `map of` may stand one behind the other.
const MAX_TYPE_DEPTH: usize = 16;

impl<'s> Lower<'_, 's> {
    /// A type; its boxes are as many as the words before it, so their number is limited.
    pub(super) fn ty(&mut self, node: Node<'_, 's>) -> Option<Type<'s>> {
        let is_around = |it: &Node<'_, 's>| matches!(it.kind(), Kind::ListOf | Kind::MapOf);
        let around: Vec<_> = node.children().take_while(is_around).collect();
        if around.len() > MAX_TYPE_DEPTH {
            self.report(self.type_too_deep(node));
            return None;
        }
        let base = self.base(node.children().nth(around.len())?, node)?;
        let bounds = node.children().filter(|it| it.kind() == Kind::AtMost);
        let bounds: Vec<_> = bounds.filter_map(|it| Some((it, self.bound(it.children().next()?)))).collect();
        Some(self.bounded(base, &around, bounds))
    }

    /// What stands behind all of `list of` and `map of`.
    fn base(&mut self, node: Node<'_, 's>, ty: Node<'_, 's>) -> Option<Type<'s>> {
        let span = node.span();
        if node.kind() == Kind::Choice {
            return Some(Type { kind: TypeKind::Enum(node.children().map(name_as_written).collect()), span });
        }
        let Some(within) = ty.find(Kind::Within) else {
            return Some(Type { kind: TypeKind::Named(name(node)), span });
        };
        let span = span.to(within.span());
        if node.text() != "int" {
            self.report(self.only_int(within.span(), node.text()));
            return Some(Type { kind: TypeKind::Named(name(node)), span });
        }
        let mut bounds = within.children();
        let low = self.bound(bounds.next()?);
        let high = self.bound(bounds.next()?);
        Some(Type { kind: TypeKind::IntIn { low, high }, span })
    }

    fn bound(&mut self, node: Node<'_, 's>) -> Expr<'s> {
        match (node.kind(), node.find(Kind::Name)) {
            (Kind::Negative, Some(inner)) => {
                let inner = Expr { kind: ExprKind::Name(name(inner)), span: inner.span() };
                Expr { kind: ExprKind::Unary(UnaryOp::Minus, Box::new(inner)), span: node.span() }
            }
            _ => self.value(node),
        }
    }

    /// Puts `list of` and `map of` around a type. Each `up to` limits what is outermost and can be limited; only when
    /// there are as many of them as can be, the first limits what is innermost.
    fn bounded(&mut self, base: Type<'s>, around: &[Node<'_, 's>], bounds: Vec<(Node<'_, 's>, Expr<'s>)>) -> Type<'s> {
        let is_text = matches!(&base.kind, TypeKind::Named(it) if it.text == "string");
        let lists = around.iter().filter(|it| it.kind() == Kind::ListOf).count();
        let mut unlimited = (lists + usize::from(is_text)).saturating_sub(bounds.len());
        let mut bounds = bounds.into_iter();
        let mut next = |can: bool| {
            let skip = can && unlimited > 0;
            unlimited -= usize::from(skip);
            if can && !skip { bounds.next() } else { None }
        };
        let mut ty = base;
        if let Some((node, most)) = next(is_text) {
            ty = Type { kind: TypeKind::TextUpTo(most), span: ty.span.to(node.span()) };
        }
        for outer in around.iter().rev() {
            let is_list = outer.kind() == Kind::ListOf;
            let bound = next(is_list);
            let inner = outer.span().to(ty.span);
            let span = bound.as_ref().map_or(inner, |(node, _)| inner.to(node.span()));
            let of = Box::new(ty);
            let up_to = bound.map(|it| it.1);
            ty = Type { kind: if is_list { TypeKind::List { of, up_to } } else { TypeKind::Map(of) }, span };
        }
        bounds.for_each(|(node, _)| self.report(self.no_limit(node.span())));
        ty
    }

    fn type_too_deep(&self, node: Node<'_, '_>) -> Diagnostic {
        let headline = format!("this type nests more than {MAX_TYPE_DEPTH} deep");
        Diagnostic::new(Code::NESTED_TOO_DEEP, self.file, node.span(), headline)
            .label("too many of `list of` and `map of`")
            .help("use a type with fewer levels")
    }

    fn only_int(&self, span: Span, found: &str) -> Diagnostic {
        Diagnostic::new(Code::UNEXPECTED, self.file, span, format!("only an `int` has a range, and not `{found}`"))
            .label("cannot stand here")
            .help("write `int in A..B`, or leave the range out")
    }

    fn no_limit(&self, span: Span) -> Diagnostic {
        Diagnostic::new(Code::UNEXPECTED, self.file, span, "only `string` and `list of` have a limit, each one at most")
            .label("limits nothing")
            .help("write `string up to N` or `list of TYPE up to N`")
    }
}
