//! Calculations: every name resolved, every type known, what is known calculated at once.
//!
//! A type that is wanted goes inwards, so that the words of an enum and whole numbers find what they are meant as; the
//! type that is found comes back outwards.

/// Tells something; then there is nothing.
macro_rules! told {
    ($told:expr) => {{
        $told;
        None
    }};
}

pub(super) mod functions;
mod names;
mod operators;
mod time;

pub(super) use operators::combine;

use super::mismatch;
use super::report::Report;
use super::scope::Scope;
use super::values::{How, Slot};
use crate::ast::{self, ExprKind as Ast, Piece, UnaryOp};
use crate::diagnostic::Code;
use crate::model::eval::{self, Failure};
use crate::model::{Constant, Expr, ExprKind, LIST_DEFAULT, TEXT_MOST, Type};
use machine_grammar::Span;

/// The calculation, of whatever type it is; `want` is what would be welcome.
pub(super) fn check(
    value: &ast::Expr<'_>,
    want: Option<&Type>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let constant = |it, ty| Some(Expr { kind: ExprKind::Constant(it), ty, span: value.span });
    match &value.kind {
        Ast::Text(it) if want == Some(&Type::Time) && time::read(it).is_some() => {
            constant(Constant::Time(time::read(it)?), Type::Time)
        }
        Ast::Text(it) => constant(Constant::Text(it.as_ref().into()), Type::Text { max: text_length(it) }),
        Ast::Int(it) => constant(Constant::Int(*it), Type::Int { min: *it, max: *it }),
        Ast::Float(it) => constant(Constant::Float(*it), Type::Float),
        Ast::Duration(it) => constant(Constant::Duration(*it), Type::Duration),
        Ast::Bool(it) => constant(Constant::Bool(*it), Type::Bool),
        Ast::Interpolated(pieces) => interpolated(pieces, value.span, scope, report),
        Ast::List(items) => list(items, value.span, want, scope, report),
        Ast::Name(name) => names::name(*name, want, scope, report),
        Ast::Field(of, name) => names::field(of, *name, value.span, scope, report),
        Ast::Call(name, args) => functions::call(*name, args, value.span, want, scope, report),
        Ast::Unary(UnaryOp::Not, it) => {
            let inner = condition(it, "not", scope, report)?;
            finish(ExprKind::Not(Box::new(inner)), Type::Bool, value.span, report)
        }
        Ast::Unary(UnaryOp::Minus, it) => operators::minus(it, value.span, want, scope, report),
        Ast::Binary(op, at, a, b) => operators::binary(*op, *at, (a, b), value.span, want, scope, report),
        Ast::In { item, set, negated, op } => operators::within((item, set), *negated, *op, value.span, scope, report),
        Ast::Range(..) => told!(misplaced_range(value.span, report)),
        Ast::Map(_) => told!(misplaced_map(value.span, report)),
        Ast::Faulty => told!(report.known_broken()),
    }
}

/// The calculation as a value of this type, or a message that says why it is none. `slot` is what it is for.
pub(super) fn expect(
    value: &ast::Expr<'_>,
    ty: &Type,
    slot: &str,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let as_slot = Slot { name: slot, required: false, how: How::Value };
    let lacks_unit = matches!((&value.kind, ty), (Ast::Int(_) | Ast::Float(_), Type::Duration));
    if lacks_unit || matches!((&value.kind, ty), (Ast::Map(_), _)) {
        mismatch::refuse(value, ty, as_slot, report);
        return None;
    }
    let found = check(value, Some(ty), scope, report)?;
    if let (Ast::Name(name), false) = (&value.kind, found.ty.is_like(ty))
        && mismatch::lacks_braces(&found, name.text, ty, slot, report)
    {
        return None;
    }
    fit(found, ty, slot, report)
}

/// A checked calculation as a value of this type.
pub(super) fn fit(found: Expr, ty: &Type, slot: &str, report: &mut Report<'_>) -> Option<Expr> {
    if matches!(found.kind, ExprKind::Secret(_)) && *ty != Type::Secret {
        return told!(mismatch::secret(found.span, report));
    }
    if *ty == Type::Float && matches!(found.ty, Type::Int { .. }) && found.constant().is_some() {
        return finish(ExprKind::Widen(Box::new(found)), Type::Float, Span::default(), report);
    }
    if !found.ty.is_like(ty) {
        return told!(mismatch::wrong(&found, ty, slot, report));
    }
    within_bounds(&found, ty, slot, report)?;
    let is_known = found.constant().is_some();
    Some(if is_known { Expr { ty: ty.clone(), ..found } } else { found })
}

/// A constant outside the bounds of its type is certain to fail.
fn within_bounds(found: &Expr, ty: &Type, slot: &str, report: &mut Report<'_>) -> Option<()> {
    let misfit = match (found.constant(), ty) {
        (Some(Constant::Int(it)), Type::Int { min, max }) if !(min..=max).contains(&it) => {
            format!("{it} is not in `{min}..{max}`")
        }
        (Some(Constant::Text(it)), Type::Text { max }) if it.len() > usize::from(*max) => {
            format!("{} bytes, and {max} is the most", it.len())
        }
        (Some(Constant::List(it)), Type::List { max, .. }) if it.len() > usize::from(*max) => {
            format!("{} items, and {max} is the most", it.len())
        }
        _ => return Some(()),
    };
    mismatch::out_of_bounds(found.span, slot, ty, &misfit, report);
    None
}

/// A truth value; `slot` is the word that wants it.
pub(super) fn condition(value: &ast::Expr<'_>, slot: &str, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Expr> {
    let found = check(value, Some(&Type::Bool), scope, report)?;
    if found.ty == Type::Bool {
        return Some(found);
    }
    told!(mismatch::no_condition(&found, slot, report))
}

/// A new calculation; what is known of all its parts is calculated at once.
pub(super) fn finish(kind: ExprKind, ty: Type, span: Span, report: &mut Report<'_>) -> Option<Expr> {
    let mut made = Expr { kind, ty, span };
    if span == Span::default() {
        let first = made.inner().next().map(|it| it.span);
        made.span = first.unwrap_or(span);
    }
    if !made.inner().all(|it| it.constant().is_some()) {
        return Some(made);
    }
    match eval::fold(&made) {
        Ok(Some(constant)) => {
            made.kind = ExprKind::Constant(constant);
            Some(made)
        }
        Ok(None) => Some(made),
        Err(failure) => told!(certain_failure(&made, &failure, report)),
    }
}

fn certain_failure(made: &Expr, failure: &Failure, report: &mut Report<'_>) {
    report.tell(Code::CERTAIN_FAILURE, made.span, "this calculation can only fail", |_, it| {
        it.label(failure.what.clone()).help(failure.way_out())
    });
}

fn text_length(text: &str) -> u16 {
    u16::try_from(text.len()).unwrap_or(u16::MAX)
}

fn interpolated(pieces: &[Piece<'_>], span: Span, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Expr> {
    let mut parts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        parts.push(match piece {
            Piece::Text(it) => {
                let ty = Type::Text { max: text_length(it) };
                Some(Expr { kind: ExprKind::Constant(Constant::Text(it.as_str().into())), ty, span })
            }
            Piece::Expr(it) => {
                let part = check(it, None, scope, report);
                part.and_then(|it| printable(it, report))
            }
        });
    }
    as_text(parts.into_iter().collect::<Option<_>>()?, span, report)
}

/// All types but secrets and maps can be told as text.
fn printable(part: Expr, report: &mut Report<'_>) -> Option<Expr> {
    match part.kind {
        ExprKind::Secret(_) => told!(mismatch::secret(part.span, report)),
        _ => Some(part),
    }
}

/// The parts as one text.
fn as_text(parts: Vec<Expr>, span: Span, report: &mut Report<'_>) -> Option<Expr> {
    let mut parts = merged(parts);
    if let [only] = parts.as_slice()
        && only.ty.is_text()
    {
        return parts.pop().map(|it| Expr { span, ..it });
    }
    let most: usize = parts.iter().map(|it| eval::text_most(&it.ty)).sum();
    let max = u16::try_from(most).unwrap_or(TEXT_MOST).min(TEXT_MOST);
    finish(ExprKind::Text(parts), Type::Text { max }, span, report)
}

/// Known texts that stand side by side, which parameters of a template make, are one.
fn merged(parts: Vec<Expr>) -> Vec<Expr> {
    let is_empty = |it: &Expr| matches!(it.constant(), Some(Constant::Text(text)) if text.is_empty());
    let all_empty = parts.iter().all(is_empty);
    let mut merged: Vec<Expr> = Vec::with_capacity(parts.len());
    for part in parts.into_iter().filter(|it| all_empty || !is_empty(it)) {
        let before = merged.last_mut().map(|it| &mut it.kind);
        match (before, &part.kind) {
            (Some(ExprKind::Constant(Constant::Text(before))), ExprKind::Constant(Constant::Text(text))) => {
                *before += text;
                let max = text_length(before);
                merged.iter_mut().next_back().into_iter().for_each(|it| it.ty = Type::Text { max });
            }
            _ => merged.push(part),
        }
    }
    merged
}

fn list(
    items: &[ast::Expr<'_>],
    span: Span,
    want: Option<&Type>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let mut of = match want {
        Some(Type::List { of, .. }) => Some((**of).clone()),
        _ => None,
    };
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let checked = match &of {
            Some(ty) => expect(item, ty, "the list", scope, report),
            None => check(item, None, scope, report),
        };
        if of.is_none() {
            of = checked.as_ref().map(|it| without_bounds(&it.ty));
        }
        found.push(checked);
    }
    let found = found.into_iter().collect::<Option<Vec<_>>>()?;
    let of = Box::new(of.unwrap_or(Type::Bool));
    if matches!(*of, Type::List { .. } | Type::Secret) {
        return told!(no_list_of(span, &of, report));
    }
    let max = u16::try_from(found.len()).unwrap_or(u16::MAX);
    finish(ExprKind::List(found), Type::List { of, max: max.max(1) }, span, report)
}

fn no_list_of(span: Span, of: &Type, report: &mut Report<'_>) {
    if *of == Type::Secret {
        return mismatch::secret(span, report);
    }
    report.tell(Code::UNUSABLE_TYPE, span, "a list cannot hold lists", |_, it| {
        it.label("a list of lists").help("use one list, or a list of texts")
    });
}

fn misplaced_range(span: Span, report: &mut Report<'_>) {
    report.tell(Code::OPERAND, span, "a range is no value", |_, it| {
        it.label("it stands behind `in` only").help("write `x in 1..5`, or the type `int in 1..5`")
    });
}

fn misplaced_map(span: Span, report: &mut Report<'_>) {
    report.tell(Code::OPERAND, span, "a map cannot be calculated with", |_, it| {
        it.label("only arguments of watchers are maps").help("use one piece of data for each entry")
    });
}

/// The type without the bounds that a single value has.
pub(super) fn without_bounds(ty: &Type) -> Type {
    match ty {
        Type::Int { .. } => Type::INT,
        Type::Text { .. } | Type::Path => Type::TEXT,
        Type::List { of, .. } => Type::List { of: Box::new(without_bounds(of)), max: LIST_DEFAULT },
        other => other.clone(),
    }
}

/// Some value of a type: for parameters of a template that is checked without an instance.
pub(super) fn stand_in(ty: &Type) -> Constant {
    match ty {
        Type::Bool => Constant::Bool(false),
        Type::Int { min, max } => Constant::Int(0.clamp(*min, *max)),
        Type::Float => Constant::Float(0.0),
        Type::Text { .. } | Type::Path | Type::Secret => Constant::Text("x".into()),
        Type::Duration => Constant::Duration(60_000),
        Type::Time => Constant::Time(0),
        Type::Enum(_) => Constant::Enum(0),
        Type::List { .. } => Constant::List(Vec::new()),
        Type::Map(_) => Constant::Map(Vec::new()),
    }
}
