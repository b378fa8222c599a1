//! The bounds of a calculation from those of its parts, and why it could fail.

use super::arithmetic::{both, compare, negated, numbers, overflow};
use super::{Bounds, Known, Place, UNKNOWN};
use crate::model::eval::{Failure, Reason, Value, text_most};
use crate::model::{Calculate, Compare, Expr, ExprKind, Function, TEXT_MOST, Type};

impl<'e> Known<'e> {
    /// What the calculation can give.
    #[must_use]
    pub fn of_expr(&self, expr: &'e Expr) -> Bounds {
        self.look(expr, &mut Vec::new())
    }

    /// The same, and why it could fail.
    pub fn look(&self, expr: &'e Expr, failures: &mut Vec<Failure>) -> Bounds {
        if let Some(place) = Place::of(expr) {
            return self.of(place, &expr.ty);
        }
        match &expr.kind {
            ExprKind::Constant(it) => Value::of(it).map_or(Bounds::Any, |it| Bounds::exactly(&it)),
            ExprKind::Not(it) => match self.look(it, failures) {
                Bounds::Bool { no, yes } => Bounds::Bool { no: yes, yes: no },
                _ => UNKNOWN,
            },
            ExprKind::And(a, b) => self.logic(a, b, true, failures),
            ExprKind::Or(a, b) => self.logic(a, b, false, failures),
            ExprKind::Minus(it) => {
                let inner = self.look(it, failures);
                let zero = Bounds::Number { min: 0, max: 0 };
                numbers(Calculate::Subtract, zero, inner, expr, failures)
            }
            ExprKind::Compare(op, a, b) => {
                let (a, b) = (self.look(a, failures), self.look(b, failures));
                compare(*op, a, b)
            }
            ExprKind::InRange(it, low, high) => {
                let it = self.look(it, failures);
                let (low, high) = (self.look(low, failures), self.look(high, failures));
                both(compare(Compare::GreaterOrEqual, it, low), compare(Compare::LessOrEqual, it, high))
            }
            ExprKind::Calculate(op, a, b) => {
                let (a, b) = (self.look(a, failures), self.look(b, failures));
                numbers(*op, a, b, expr, failures)
            }
            ExprKind::Text(parts) => self.text(expr, parts, failures),
            ExprKind::Call(function, args) => self.call(*function, expr, args, failures),
            ExprKind::List(items) => {
                items.iter().for_each(|it| _ = self.look(it, failures));
                Bounds::Length(items.len())
            }
            ExprKind::Widen(it) => {
                self.look(it, failures);
                Bounds::Any
            }
            _ => Bounds::of(&expr.ty),
        }
    }

    /// The second side is looked at only if the first does not decide, and knows that it did not.
    fn logic(&self, a: &'e Expr, b: &'e Expr, is_and: bool, failures: &mut Vec<Failure>) -> Bounds {
        let first = self.look(a, failures);
        let second = match self.clone().given(a, is_and) {
            Some(known) => known.look(b, failures),
            None => return Bounds::Bool { no: is_and, yes: !is_and },
        };
        if is_and { both(first, second) } else { negated(both(negated(first), negated(second))) }
    }

    fn text(&self, expr: &'e Expr, parts: &'e [Expr], failures: &mut Vec<Failure>) -> Bounds {
        let length = |it: &'e Expr, failures: &mut Vec<Failure>| match (self.look(it, failures), &it.ty) {
            (Bounds::Text { most, .. }, _) => most,
            (Bounds::Number { min, max }, Type::Int { .. }) => text_most(&Type::Int { min, max }),
            _ => text_most(&it.ty),
        };
        let most: usize = parts.iter().map(|it| length(it, failures)).sum();
        if most > usize::from(TEXT_MOST) {
            let what = format!("this text can be {most} bytes long, and {TEXT_MOST} is the most");
            failures.push(Failure::new(Reason::Length, expr.span, what));
        }
        Bounds::any_text(most.min(usize::from(TEXT_MOST)))
    }

    fn call(&self, function: Function, expr: &'e Expr, args: &'e [Expr], failures: &mut Vec<Failure>) -> Bounds {
        // What takes more of them has no bounds of its own.
        let mut given = [Bounds::Any; 3];
        for (at, it) in args.iter().enumerate() {
            let bounds = self.look(it, failures);
            given.get_mut(at).into_iter().for_each(|it| *it = bounds);
        }
        match (function, &given[..args.len().min(given.len())]) {
            (Function::Min, [Bounds::Number { min: a, max: b }, Bounds::Number { min: c, max: d }]) => {
                Bounds::Number { min: *a.min(c), max: *b.min(d) }
            }
            (Function::Max, [Bounds::Number { min: a, max: b }, Bounds::Number { min: c, max: d }]) => {
                Bounds::Number { min: *a.max(c), max: *b.max(d) }
            }
            (Function::Abs, [Bounds::Number { min, max }]) => {
                if *min == i64::MIN {
                    failures.push(overflow(expr.span));
                }
                let most = min.saturating_neg().max(*max);
                let least = if (*min..=*max).contains(&0) { 0 } else { min.saturating_abs().min(max.saturating_abs()) };
                Bounds::Number { min: least, max: most }
            }
            (Function::Len, [Bounds::Length(most) | Bounds::Text { most, .. }]) => {
                Bounds::Number { min: 0, max: i64::try_from(*most).unwrap_or(i64::MAX) }
            }
            (Function::Lower | Function::Upper, [Bounds::Text { most, .. }]) => Bounds::any_text(*most),
            (Function::ToInt, _) => {
                let what = match args.first().map(|it| &it.ty) {
                    Some(Type::Float) => "this number can be too large for a whole number",
                    _ => "this text may be no number",
                };
                failures.push(Failure::new(Reason::Conversion, expr.span, what));
                Bounds::of(&Type::INT)
            }
            (Function::ToFloat, _) => {
                if args.first().is_some_and(|it| it.ty.is_text()) {
                    failures.push(Failure::new(Reason::Conversion, expr.span, "this text may be no number"));
                }
                Bounds::Any
            }
            _ => Bounds::of(&expr.ty),
        }
    }

    /// Why a value may not fit what it is given to.
    pub fn fits(&self, value: &'e Expr, ty: &Type, failures: &mut Vec<Failure>) -> Bounds {
        let given = self.look(value, failures);
        let what = match (given, ty) {
            (Bounds::Number { min, max }, Type::Int { min: low, max: high }) if min < *low || max > *high => {
                let what = match (min < *low, max > *high) {
                    (true, false) => format!("this can be less than {low}"),
                    (false, true) => format!("this can be more than {high}"),
                    _ => format!("this can be outside of {low}..{high}"),
                };
                Some((Reason::Range, what))
            }
            (Bounds::Text { most, .. }, Type::Text { max }) if most > usize::from(*max) => {
                Some((Reason::Length, format!("this can be {most} bytes long, and {max} is the most")))
            }
            (Bounds::Length(most), Type::List { max, .. }) if most > usize::from(*max) => {
                Some((Reason::Length, format!("this can have {most} items, and {max} is the most")))
            }
            _ => None,
        };
        if let Some((reason, what)) = what {
            failures.push(Failure::new(reason, value.span, what));
        }
        given.and(Bounds::of(ty))
    }
}
