//! Values without operators: texts, numbers, lists, maps, names. The others are for `calculation`.

use super::{Lower, name};
use crate::ast::{Expr, ExprKind, MapKey};
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Kind, MAX_DEPTH, Node, Span};
use std::borrow::Cow;

/// What other languages call a value that is none.
const NOTHING: [&str; 5] = ["null", "nil", "None", "NULL", "undefined"];

/// A value, and how many levels it has below itself.
pub(super) struct Deep<'s> {
    pub(super) expr: Expr<'s>,
    pub(super) depth: usize,
}

impl<'s> Lower<'_, 's> {
    /// A value. One with a mistake in it has been reported when this returns.
    pub(super) fn value(&mut self, node: Node<'_, 's>) -> Expr<'s> {
        self.deep_value(node).expr
    }

    /// The same, for what stands around it.
    pub(super) fn deep_value(&mut self, node: Node<'_, 's>) -> Deep<'s> {
        let mut depth = 0;
        let kind = match node.kind() {
            Kind::Text => self.text(node).unwrap_or(ExprKind::Faulty),
            Kind::Number => self.number(node).unwrap_or(ExprKind::Faulty),
            Kind::Boolean => ExprKind::Bool(node.text() == "true"),
            Kind::Name => self.named(node),
            Kind::List => ExprKind::List(self.values(node, &mut depth)),
            Kind::Map => ExprKind::Map(self.entries(node, &mut depth)),
            Kind::Expr => return self.calculation(node),
            _ => ExprKind::Faulty,
        };
        self.limited(kind, node.span(), depth)
    }

    /// The values of a list or of arguments; `depth` becomes that of the deepest of them and one more.
    pub(super) fn values(&mut self, node: Node<'_, 's>, depth: &mut usize) -> Vec<Expr<'s>> {
        let mut values = Vec::with_capacity(node.children().count());
        for child in node.children() {
            let Deep { expr, depth: below } = self.deep_value(child);
            *depth = below.saturating_add(1).max(*depth);
            values.push(expr);
        }
        values
    }

    fn entries(&mut self, node: Node<'_, 's>, depth: &mut usize) -> Vec<(MapKey<'s>, Expr<'s>)> {
        node.children().filter_map(|it| self.entry(it, depth)).collect()
    }

    fn entry(&mut self, node: Node<'_, 's>, depth: &mut usize) -> Option<(MapKey<'s>, Expr<'s>)> {
        let mut children = node.children();
        let key = children.next()?;
        let Deep { expr, depth: below } = self.deep_value(children.next()?);
        *depth = below.saturating_add(1).max(*depth);
        let text = match key.kind() {
            Kind::Text => self.plain_text(key)?,
            _ => Cow::Borrowed(name(key).text),
        };
        Some((MapKey { text, span: key.span() }, expr))
    }

    /// A name; one that other languages have for nothing at all is a mistake, unless it stands between backticks.
    pub(super) fn named(&mut self, node: Node<'_, 's>) -> ExprKind<'s> {
        if NOTHING.contains(&node.text()) {
            self.report(self.nothing(node.span(), node.text()));
            return ExprKind::Faulty;
        }
        ExprKind::Name(name(node))
    }

    fn nothing(&self, span: Span, found: &str) -> Diagnostic {
        Diagnostic::new(Code::UNEXPECTED, self.file, span, format!("the language has no `{found}`"))
            .label("stands for nothing")
            .help("write a value of the same type that stands for nothing, such as `\"\"` or `0`, or a word of its own, as in `low | high | none`")
    }

    /// A value with so many levels below; a faulty one, and a message, if there are too many.
    pub(super) fn limited(&mut self, kind: ExprKind<'s>, span: Span, depth: usize) -> Deep<'s> {
        if depth <= MAX_DEPTH {
            return Deep { expr: Expr { kind, span }, depth };
        }
        self.report(self.value_too_deep(span));
        Deep { expr: Expr { kind: ExprKind::Faulty, span }, depth: 0 }
    }

    fn value_too_deep(&self, span: Span) -> Diagnostic {
        let headline = format!("this calculation is more than {MAX_DEPTH} steps deep");
        Diagnostic::new(Code::NESTED_TOO_DEEP, self.file, span, headline)
            .label("too many operators")
            .help("calculate parts of it into data of their own, or look for the value `in` a list")
    }
}
