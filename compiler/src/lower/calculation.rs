//! Operands and operators in the order of the text become a tree by their precedence.
//!
//! From the loosest to the tightest: `or`; `and`; `not`; comparisons and `in`, of which only one may stand in a row;
//! `+` and `-`; `*`, `/` and `%`; `-` in front of an operand; what stands behind an operand.

use super::value::Deep;
use super::{Lower, name};
use crate::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Children, Kind, MAX_DEPTH, Node, Span, operator};
use std::iter::Peekable;

const OR: u8 = 1;
const AND: u8 = 2;
const COMPARISON: u8 = 3;
const RANGE: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;

/// How often operands may be read inside each other: each step of a value, and each bracket that is none.
const MAX_NESTING: usize = 2 * MAX_DEPTH;

impl<'s> Lower<'_, 's> {
    /// The value of an `Expr`.
    pub(super) fn calculation(&mut self, node: Node<'_, 's>) -> Deep<'s> {
        Calculation { lower: self, nodes: node.children().peekable(), whole: node.span() }.value(OR)
    }
}

struct Calculation<'l, 'k, 't, 's> {
    lower: &'l mut Lower<'k, 's>,
    /// What is still to come.
    nodes: Peekable<Children<'t, 's>>,
    /// All of it.
    whole: Span,
}

impl<'t, 's> Calculation<'_, '_, 't, 's> {
    /// An operand and all that follows it with operators of at least this level.
    fn value(&mut self, level: u8) -> Deep<'s> {
        if self.lower.nesting >= MAX_NESTING {
            return self.give_up();
        }
        self.lower.nesting += 1;
        let operand = self.prefixed();
        let value = self.followed(operand, level);
        self.lower.nesting -= 1;
        value
    }

    /// Nothing more is read, so that this is said once.
    fn give_up(&mut self) -> Deep<'s> {
        self.nodes.by_ref().for_each(drop);
        self.lower.limited(ExprKind::Faulty, self.whole, usize::MAX)
    }

    /// What stands behind `left` with operators of at least this level.
    fn followed(&mut self, mut left: Deep<'s>, least: u8) -> Deep<'s> {
        while let Some(operator) = self.operator(least) {
            left = match text(operator) {
                ".." => self.stray_range(left, operator),
                "in" => self.search(left, operator, false),
                other if other.starts_with("not") => self.search(left, operator, true),
                other => self.binary(left, operator, op(other)),
            };
            if level(text(operator)) == COMPARISON && self.refuses_chain(operator) {
                left.expr.kind = ExprKind::Faulty;
            }
        }
        left
    }

    /// The next operator, if it is of at least this level.
    fn operator(&mut self, least: u8) -> Option<Node<'t, 's>> {
        self.nodes.next_if(|it| it.kind() == Kind::Operator && level(text(*it)) >= least)
    }

    fn binary(&mut self, left: Deep<'s>, operator: Node<'_, 's>, op: BinaryOp) -> Deep<'s> {
        let right = self.value(level(text(operator)) + 1);
        let (span, depth) = around(&left, &right);
        let kind = ExprKind::Binary(op, operator.span(), Box::new(left.expr), Box::new(right.expr));
        self.step(kind, span, depth)
    }

    /// `x in list`, `x in A..B`.
    fn search(&mut self, item: Deep<'s>, operator: Node<'_, 's>, negated: bool) -> Deep<'s> {
        let mut set = self.value(SUM);
        if self.operator(RANGE).is_some() {
            let high = self.value(SUM);
            let (span, depth) = around(&set, &high);
            set = self.step(ExprKind::Range(Box::new(set.expr), Box::new(high.expr)), span, depth);
        }
        let (span, depth) = around(&item, &set);
        let (item, set) = (Box::new(item.expr), Box::new(set.expr));
        self.step(ExprKind::In { item, set, negated, op: operator.span() }, span, depth)
    }

    /// A value above others; if there are too many, nothing more is read.
    fn step(&mut self, kind: ExprKind<'s>, span: Span, depth: usize) -> Deep<'s> {
        if depth > MAX_DEPTH { self.give_up() } else { Deep { expr: Expr { kind, span }, depth } }
    }

    // ---- Operands

    /// An operand with all that stands in front of it. `not` reaches over a comparison.
    fn prefixed(&mut self) -> Deep<'s> {
        let mut prefixes = Vec::new();
        while let Some(prefix) = self.nodes.next_if(|it| matches!(it.kind(), Kind::Not | Kind::Minus)) {
            prefixes.push(prefix);
        }
        let mut value = self.operand();
        for prefix in prefixes.into_iter().rev() {
            let not = prefix.kind() == Kind::Not;
            let inner = if not { self.followed(value, COMPARISON) } else { value };
            let (span, depth) = (prefix.span().to(inner.expr.span), inner.depth + 1);
            let op = if not { UnaryOp::Not } else { UnaryOp::Minus };
            value = self.step(ExprKind::Unary(op, Box::new(inner.expr)), span, depth);
        }
        value
    }

    fn operand(&mut self) -> Deep<'s> {
        let Some(node) = self.nodes.next() else {
            return Deep { expr: Expr { kind: ExprKind::Faulty, span: self.whole }, depth: 0 };
        };
        let call = self.nodes.next_if(|it| it.kind() == Kind::Args);
        let mut value = match (call, node.kind()) {
            (Some(args), _) => self.call(node, args),
            (None, Kind::Paren) => self.paren(node),
            (None, _) => self.lower.deep_value(node),
        };
        while let Some(member) = self.nodes.next_if(|it| it.kind() == Kind::Member) {
            value = self.member(value, member);
        }
        value
    }

    fn call(&mut self, node: Node<'_, 's>, args: Node<'_, 's>) -> Deep<'s> {
        let mut depth = 0;
        let values = self.lower.values(args, &mut depth);
        self.step(ExprKind::Call(name(node), values), node.span().to(args.span()), depth)
    }

    fn paren(&mut self, node: Node<'_, 's>) -> Deep<'s> {
        let inner = node.children().next().map(|it| self.lower.deep_value(it));
        let Deep { expr, depth } =
            inner.unwrap_or(Deep { expr: Expr { kind: ExprKind::Faulty, span: self.whole }, depth: 0 });
        Deep { expr: Expr { span: node.span(), ..expr }, depth }
    }

    fn member(&mut self, of: Deep<'s>, node: Node<'_, 's>) -> Deep<'s> {
        let Some(field) = node.find(Kind::Name) else { return of };
        let span = of.expr.span.to(field.span());
        self.step(ExprKind::Field(Box::new(of.expr), name(field)), span, of.depth + 1)
    }

    // ---- Mistakes

    /// `A..B` where no `in` stands before.
    fn stray_range(&mut self, left: Deep<'s>, operator: Node<'_, 's>) -> Deep<'s> {
        let right = self.value(SUM);
        let (span, _) = around(&left, &right);
        let told =
            Diagnostic::new(Code::UNEXPECTED, self.lower.file, operator.span(), "a range stands only behind `in`")
                .label("cannot stand here")
                .help("write `VALUE in A..B`");
        self.lower.report(told);
        Deep { expr: Expr { kind: ExprKind::Faulty, span }, depth: 0 }
    }

    /// Whether it is `a < b < c`, which is told.
    fn refuses_chain(&mut self, first: Node<'_, 's>) -> bool {
        let is_comparison = |it: &&Node<'_, '_>| it.kind() == Kind::Operator && level(text(**it)) == COMPARISON;
        let Some(second) = self.nodes.peek().filter(is_comparison) else { return false };
        let headline = format!("`{}` cannot follow `{}` without a word between", second.text(), first.text());
        let told = Diagnostic::new(Code::UNEXPECTED, self.lower.file, second.span(), headline)
            .label("a second comparison in a row")
            .also(self.lower.file, first.span(), "the first is here")
            .help("compare two values at a time, as in `a < b and b < c`");
        self.lower.report(told);
        true
    }
}

/// An operator; one of another language is read as what it is here, and has been reported.
fn text<'s>(node: Node<'_, 's>) -> &'s str {
    let written = node.text();
    // Hardly any is of another language, and it is asked for three times.
    let is_ours =
        matches!(written, "or" | "and" | "in" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/");
    if is_ours { written } else { operator(written).unwrap_or(written) }
}

/// Where both stand, and how many levels are below what holds both.
fn around(left: &Deep<'_>, right: &Deep<'_>) -> (Span, usize) {
    (left.expr.span.to(right.expr.span), left.depth.max(right.depth) + 1)
}

fn level(operator: &str) -> u8 {
    match operator {
        "or" => OR,
        "and" => AND,
        ".." => RANGE,
        "+" | "-" => SUM,
        "*" | "/" | "%" => PRODUCT,
        _ => COMPARISON,
    }
}

fn op(operator: &str) -> BinaryOp {
    match operator {
        "or" => BinaryOp::Or,
        "and" => BinaryOp::And,
        "!=" => BinaryOp::NotEqual,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessOrEqual,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterOrEqual,
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Subtract,
        "*" => BinaryOp::Multiply,
        "/" => BinaryOp::Divide,
        "%" => BinaryOp::Remainder,
        _ => BinaryOp::Equal,
    }
}
