//! Operators: what stands on both sides has to fit together.

use super::{check, condition, expect, finish, fit, time, without_bounds};
use crate::ast::{self, BinaryOp, ExprKind as Ast};
use crate::check::declared::Value;
use crate::check::mismatch;
use crate::check::report::Report;
use crate::check::scope::Scope;
use crate::diagnostic::Code;
use crate::model::{Calculate, Compare, Constant, Expr, ExprKind, Function, Type};
use machine_grammar::Span;

type Pair<'e, 's> = (&'e ast::Expr<'s>, &'e ast::Expr<'s>);

pub(super) fn binary(
    op: BinaryOp,
    at: Span,
    sides: Pair<'_, '_>,
    span: Span,
    want: Option<&Type>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let compare = |op| Operation::Compare(op);
    let operation = match op {
        BinaryOp::And | BinaryOp::Or => return logic(op, sides, span, scope, report),
        BinaryOp::Equal => compare(Compare::Equal),
        BinaryOp::NotEqual => compare(Compare::NotEqual),
        BinaryOp::Less => compare(Compare::Less),
        BinaryOp::LessOrEqual => compare(Compare::LessOrEqual),
        BinaryOp::Greater => compare(Compare::Greater),
        BinaryOp::GreaterOrEqual => compare(Compare::GreaterOrEqual),
        BinaryOp::Add => Operation::Calculate(Calculate::Add),
        BinaryOp::Subtract => Operation::Calculate(Calculate::Subtract),
        BinaryOp::Multiply => Operation::Calculate(Calculate::Multiply),
        BinaryOp::Divide => Operation::Calculate(Calculate::Divide),
        BinaryOp::Remainder => Operation::Calculate(Calculate::Remainder),
    };
    match operation {
        Operation::Compare(op) => comparison(op, at, sides, span, scope, report),
        Operation::Calculate(op) => calculation(op, at, sides, span, want, scope, report),
    }
}

enum Operation {
    Compare(Compare),
    Calculate(Calculate),
}

fn logic(op: BinaryOp, (a, b): Pair<'_, '_>, span: Span, scope: Scope<'_>, report: &mut Report<'_>) -> Option<Expr> {
    let word = if op == BinaryOp::And { "and" } else { "or" };
    let (a, b) = (condition(a, word, scope, report), condition(b, word, scope, report));
    let (a, b) = (Box::new(a?), Box::new(b?));
    let kind = if op == BinaryOp::And { ExprKind::And(a, b) } else { ExprKind::Or(a, b) };
    finish(kind, Type::Bool, span, report)
}

/// Both sides; a bare word of an enum waits for the type of the other one, and so does a text that may be a time.
fn both(sides: Pair<'_, '_>, want: Option<&Type>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<(Expr, Expr)> {
    let (a, b) = sides;
    let waits = |it| is_word(it, scope) || time::is_point(it);
    if waits(a) && !waits(b) {
        let (a, b) = both((b, a), want, scope, report)?;
        return Some((b, a));
    }
    let found = check(a, want, scope, report).and_then(|it| usable(it, report));
    // A word has no meaning of its own when nothing is known of the other side.
    if found.is_none() && is_word(b, scope) {
        return None;
    }
    let hint = found.as_ref().map(|it| it.ty.clone());
    let other = check(b, hint.as_ref().or(want), scope, report).and_then(|it| usable(it, report));
    let (a, b) = (found?, other?);
    match (&a.ty, &b.ty) {
        (Type::Int { .. }, Type::Float) if a.constant().is_some() => Some((fit(a, &Type::Float, "", report)?, b)),
        (Type::Float, Type::Int { .. }) if b.constant().is_some() => {
            let b = fit(b, &Type::Float, "", report)?;
            Some((a, b))
        }
        _ => Some((a, b)),
    }
}

/// A name that stands for no value: if anything, it is a word.
fn is_word(value: &ast::Expr<'_>, scope: Scope<'_>) -> bool {
    match &value.kind {
        Ast::Name(it) => {
            scope.declared.value(it.text).is_none() && scope.binding.is_none_or(|binding| binding.name != it.text)
        }
        _ => false,
    }
}

fn usable(value: Expr, report: &mut Report<'_>) -> Option<Expr> {
    match value.kind {
        ExprKind::Secret(_) => told!(mismatch::secret(value.span, report)),
        _ => Some(value),
    }
}

fn comparison(
    op: Compare,
    at: Span,
    sides: Pair<'_, '_>,
    span: Span,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    lacks_unit(sides, scope, report)?;
    let (a, b) = both(sides, None, scope, report)?;
    if !a.ty.is_like(&b.ty) {
        return told!(different(at, &a, &b, report));
    }
    let ordered = !matches!(a.ty, Type::Bool | Type::Enum(_) | Type::List { .. });
    if !ordered && !matches!(op, Compare::Equal | Compare::NotEqual) {
        return told!(unordered(at, &a, report));
    }
    finish(ExprKind::Compare(op, Box::new(a), Box::new(b)), Type::Bool, span, report)
}

/// `age > 10` of a duration: the number has no unit. Told here, before both sides are said to differ.
fn lacks_unit((a, b): Pair<'_, '_>, scope: Scope<'_>, report: &mut Report<'_>) -> Option<()> {
    for (value, other) in [(a, b), (b, a)] {
        let (Ast::Int(_), Ast::Name(name)) = (&value.kind, &other.kind) else { continue };
        let declared = scope.declared;
        let ty = match declared.value(name.text) {
            Some(Value::Data(it)) => &declared.data[it].ty,
            Some(Value::Fact(it)) => &declared.facts[it].ty,
            Some(Value::Param(it)) => &declared.params[it].ty,
            _ => continue,
        };
        if *ty == Type::Duration {
            expect(value, ty, name.text, scope, report)?;
        }
    }
    Some(())
}

fn different(at: Span, a: &Expr, b: &Expr, report: &mut Report<'_>) {
    let headline = format!("{} and {} cannot be compared", mismatch::noun(&a.ty), mismatch::noun(&b.ty));
    let help = match (&a.ty, &b.ty) {
        (Type::Int { .. }, Type::Float) => "write `float(…)` around the whole number".to_owned(),
        (Type::Float, Type::Int { .. }) => "write `float(…)` around the whole number".to_owned(),
        (Type::Text { .. }, Type::Int { .. }) => {
            "write `int(…)` around the text, which fails if it is no number".to_owned()
        }
        (Type::Int { .. }, Type::Text { .. }) => "write the number without quotes, or `string(…)` around it".to_owned(),
        (Type::Enum(words), Type::Text { .. }) | (Type::Text { .. }, Type::Enum(words)) => {
            format!("write the word without quotes: {}", super::super::wording::any_of(words))
        }
        _ => "compare values of one type".to_owned(),
    };
    let (left, right) = (a.span, b.span);
    let (left_ty, right_ty) = (mismatch::shown(a), mismatch::shown(b));
    report.tell(Code::DIFFERENT_TYPES, at, headline, |file, it| {
        it.label("both sides have to be of one type").also(file, left, left_ty).also(file, right, right_ty).help(help)
    });
}

fn unordered(at: Span, a: &Expr, report: &mut Report<'_>) {
    let headline = format!("{} cannot be put in order", mismatch::plural(&a.ty));
    report.tell(Code::OPERAND, at, headline, |_, it| {
        it.label("they are equal or not").help(match a.ty {
            Type::List { .. } => "compare their lengths with `len(…)`, or write `==` or `!=`",
            _ => "write `==` or `!=`, or `x in [a, b]` for one of several",
        })
    });
}

pub(super) fn minus(
    value: &ast::Expr<'_>,
    span: Span,
    want: Option<&Type>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let inner = usable(check(value, want, scope, report)?, report)?;
    if !matches!(inner.ty, Type::Int { .. } | Type::Float | Type::Duration) {
        return told!(no_number(span, "-", &inner, report));
    }
    let ty = without_bounds(&inner.ty);
    finish(ExprKind::Minus(Box::new(inner)), ty, span, report)
}

fn calculation(
    op: Calculate,
    at: Span,
    sides: Pair<'_, '_>,
    span: Span,
    want: Option<&Type>,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let want = want.filter(|it| matches!(it, Type::Int { .. } | Type::Float));
    let (a, b) = both(sides, want, scope, report)?;
    combine(op, at, a, b, span, report)
}

/// Two checked values, combined.
pub(in crate::check) fn combine(
    op: Calculate,
    at: Span,
    a: Expr,
    b: Expr,
    span: Span,
    report: &mut Report<'_>,
) -> Option<Expr> {
    use Calculate::{Add, Divide, Multiply, Remainder, Subtract};
    let ty = match (&a.ty, op, &b.ty) {
        (Type::Int { .. }, _, Type::Int { .. }) => Type::INT,
        (Type::Float, Add | Subtract | Multiply | Divide, Type::Float) => Type::Float,
        (Type::Duration, Add | Subtract, Type::Duration) => Type::Duration,
        (Type::Duration, Multiply | Divide, Type::Int { .. }) => Type::Duration,
        (Type::Int { .. }, Multiply, Type::Duration) => {
            let kind = ExprKind::Calculate(op, Box::new(b), Box::new(a));
            return finish(kind, Type::Duration, span, report);
        }
        (Type::Duration, Divide, Type::Duration) => Type::INT,
        (Type::Time, Add | Subtract, Type::Duration) => Type::Time,
        (Type::Time, Subtract, Type::Time) => Type::Duration,
        (_, Remainder, _) if a.ty == Type::Float || b.ty == Type::Float => {
            return told!(no_number(at, "%", if a.ty == Type::Float { &a } else { &b }, report));
        }
        _ => return told!(impossible(op, at, &a, &b, report)),
    };
    finish(ExprKind::Calculate(op, Box::new(a), Box::new(b)), ty, span, report)
}

fn no_number(at: Span, op: &str, value: &Expr, report: &mut Report<'_>) {
    let headline = format!("`{op}` has nothing to do with {}", mismatch::noun(&value.ty));
    report.tell(Code::OPERAND, at, headline, |file, it| {
        it.label("a whole number belongs here")
            .also(file, value.span, format!("this is of the type {}", mismatch::shown(value)))
            .help(match value.ty {
                Type::Bool => "write `not` for the opposite of a truth value",
                Type::Float => "write `int(…)` around it, which leaves out the fraction",
                _ => "use a number, or a duration",
            })
    });
}

fn impossible(op: Calculate, at: Span, a: &Expr, b: &Expr, report: &mut Report<'_>) {
    let sign = sign(op);
    let headline = format!("`{sign}` cannot be done with {} and {}", mismatch::noun(&a.ty), mismatch::noun(&b.ty));
    let help = match (&a.ty, &b.ty) {
        (Type::Text { .. } | Type::Path, _) | (_, Type::Text { .. } | Type::Path) if op == Calculate::Add => {
            "put values into a text with braces, as in `\"{a} and {b}\"`"
        }
        (Type::Int { .. }, Type::Float) | (Type::Float, Type::Int { .. }) => "write `float(…)` around the whole number",
        (Type::Duration | Type::Time, Type::Int { .. }) | (Type::Int { .. }, Type::Duration | Type::Time) => {
            "give the number a unit, such as `10s`"
        }
        (Type::Duration, Type::Float) | (Type::Float, Type::Duration) => {
            "multiply and divide durations by whole numbers: `d * 3 / 2`"
        }
        _ => "calculate with numbers, durations and times only",
    };
    let (left, right) = (mismatch::shown(a), mismatch::shown(b));
    report.tell(Code::OPERAND, at, headline, |file, it| {
        it.label("these do not go together").also(file, a.span, left).also(file, b.span, right).help(help)
    });
}

fn sign(op: Calculate) -> &'static str {
    match op {
        Calculate::Add => "+",
        Calculate::Subtract => "-",
        Calculate::Multiply => "*",
        Calculate::Divide => "/",
        Calculate::Remainder => "%",
    }
}

/// `x in [a, b]`, `x in list`, `x in 1..5`.
pub(super) fn within(
    (item, set): Pair<'_, '_>,
    negated: bool,
    op: Span,
    span: Span,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let made = match &set.kind {
        Ast::Range(low, high) => in_range(item, (low, high), span, scope, report)?,
        _ => in_list(item, set, op, span, scope, report)?,
    };
    match negated {
        true => finish(ExprKind::Not(Box::new(made)), Type::Bool, span, report),
        false => Some(made),
    }
}

fn in_range(
    item: &ast::Expr<'_>,
    (low, high): Pair<'_, '_>,
    span: Span,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let item = usable(check(item, None, scope, report)?, report)?;
    if !matches!(item.ty, Type::Int { .. } | Type::Float | Type::Duration | Type::Time) {
        return told!(no_number(item.span, "in", &item, report));
    }
    let ty = without_bounds(&item.ty);
    let (low, high) = (expect(low, &ty, "the range", scope, report), expect(high, &ty, "the range", scope, report));
    let (low, high) = (low?, high?);
    if let (Some(Constant::Int(a)), Some(Constant::Int(b))) = (low.constant(), high.constant())
        && a > b
    {
        let at = low.span.to(high.span);
        report.tell(Code::EMPTY_RANGE, at, format!("no number is in `{a}..{b}`"), |file, it| {
            let right = format!("{b}..{a}");
            it.label("the least number comes first").help(format!("write `{right}`")).fix(file, at, right).certain()
        });
        return None;
    }
    finish(ExprKind::InRange(Box::new(item), Box::new(low), Box::new(high)), Type::Bool, span, report)
}

fn in_list(
    item: &ast::Expr<'_>,
    set: &ast::Expr<'_>,
    op: Span,
    span: Span,
    scope: Scope<'_>,
    report: &mut Report<'_>,
) -> Option<Expr> {
    let (item, set) = if is_word(item, scope) || time::is_point(item) {
        let set = check(set, None, scope, report)?;
        let of = match &set.ty {
            Type::List { of, .. } => without_bounds(of),
            _ => return told!(no_set(op, &set, report)),
        };
        (expect(item, &of, "in", scope, report)?, set)
    } else {
        let item = usable(check(item, None, scope, report)?, report)?;
        let want = Type::List { of: Box::new(without_bounds(&item.ty)), max: u16::MAX };
        let set = check(set, Some(&want), scope, report)?;
        (item, set)
    };
    match &set.ty {
        Type::List { of, .. } if of.is_like(&item.ty) => {
            finish(ExprKind::Call(Function::Contains, vec![set, item]), Type::Bool, span, report)
        }
        Type::List { .. } => told!(mismatch::wrong(&item, &list_item(&set), "in", report)),
        _ => told!(no_set(op, &set, report)),
    }
}

fn list_item(set: &Expr) -> Type {
    match &set.ty {
        Type::List { of, .. } => (**of).clone(),
        other => other.clone(),
    }
}

fn no_set(op: Span, set: &Expr, report: &mut Report<'_>) {
    let headline = format!("nothing is `in` {}", mismatch::noun(&set.ty));
    report.tell(Code::OPERAND, op, headline, |file, it| {
        it.label("a list or a range belongs behind it").also(file, set.span, mismatch::shown(set)).help(match set.ty {
            Type::Text { .. } | Type::Path => "write `contains(text, part)` for a part of a text",
            _ => "write `x in [a, b]` or `x in 1..5`",
        })
    });
}
