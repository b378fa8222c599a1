//! Calculation with bounds: what can leave the 64 bits is a failure.

use super::{Bounds, UNKNOWN};
use crate::model::eval::{Failure, Reason};
use crate::model::{Calculate, Compare, Expr, ExprKind};
use machine_grammar::Span;

/// What a side of a comparison becomes when the other side loses a summand.
pub(super) fn moved(bound: Bounds, sign: Calculate, by: Bounds) -> Bounds {
    match (bound, by) {
        (Bounds::Number { min, max }, Bounds::Number { min: by, .. }) => match sign {
            Calculate::Add => Bounds::Number { min: min.saturating_sub(by), max: max.saturating_sub(by) },
            _ => Bounds::Number { min: min.saturating_add(by), max: max.saturating_add(by) },
        },
        _ => Bounds::Any,
    }
}

pub(super) fn opposite(op: Compare) -> Compare {
    match op {
        Compare::Equal => Compare::NotEqual,
        Compare::NotEqual => Compare::Equal,
        Compare::Less => Compare::GreaterOrEqual,
        Compare::LessOrEqual => Compare::Greater,
        Compare::Greater => Compare::LessOrEqual,
        Compare::GreaterOrEqual => Compare::Less,
    }
}

/// The same with the sides exchanged.
pub(super) fn mirrored(op: Compare) -> Compare {
    match op {
        Compare::Less => Compare::Greater,
        Compare::LessOrEqual => Compare::GreaterOrEqual,
        Compare::Greater => Compare::Less,
        Compare::GreaterOrEqual => Compare::LessOrEqual,
        same => same,
    }
}

pub(super) fn overflow(span: Span) -> Failure {
    Failure::new(Reason::Overflow, span, "this can go beyond what 64 bits can hold")
}

pub(super) fn negated(it: Bounds) -> Bounds {
    match it {
        Bounds::Bool { no, yes } => Bounds::Bool { no: yes, yes: no },
        _ => UNKNOWN,
    }
}

pub(super) fn both(a: Bounds, b: Bounds) -> Bounds {
    match (a, b) {
        (Bounds::Bool { no: a, yes: b }, Bounds::Bool { no: c, yes: d }) => Bounds::Bool { no: a || c, yes: b && d },
        _ => UNKNOWN,
    }
}

pub(super) fn compare(op: Compare, a: Bounds, b: Bounds) -> Bounds {
    let is = |yes, no| Bounds::Bool { no, yes };
    match (op, a, b) {
        (Compare::NotEqual, ..) => negated(compare(Compare::Equal, a, b)),
        (Compare::Greater, ..) => negated(compare(Compare::LessOrEqual, a, b)),
        (Compare::GreaterOrEqual, ..) => negated(compare(Compare::Less, a, b)),
        (_, Bounds::Number { min: a, max: b }, Bounds::Number { min: c, max: d }) => match op {
            Compare::Less => is(a < d, b >= c),
            Compare::LessOrEqual => is(a <= d, b > c),
            _ => is(a <= d && c <= b, !(a == b && b == c && c == d)),
        },
        (_, Bounds::Words(a), Bounds::Words(b)) => {
            let shared = (0..4).any(|at| a[at] & b[at] != 0);
            let one = |it: [u64; 4]| it.iter().map(|it| it.count_ones()).sum::<u32>() == 1;
            is(shared, !(a == b && one(a)))
        }
        (Compare::Equal, Bounds::Text { which: a, .. }, Bounds::Text { which: b, .. }) => {
            let (same, differ) = a.can_be_same_and_differ(b);
            is(same, differ)
        }
        (_, Bounds::Bool { no: a, yes: b }, Bounds::Bool { no: c, yes: d }) => is(a && c || b && d, a && d || b && c),
        _ => UNKNOWN,
    }
}

/// Calculation with intervals; what can leave the 64 bits is a failure.
pub(super) fn numbers(op: Calculate, a: Bounds, b: Bounds, expr: &Expr, failures: &mut Vec<Failure>) -> Bounds {
    let (Bounds::Number { min: a, max: b }, Bounds::Number { min: c, max: d }) = (a, b) else {
        // Numbers with a fraction fail only by zero, and what they are is not followed.
        if matches!(op, Calculate::Divide | Calculate::Remainder) && !divides_by_constant(expr) {
            failures.push(Failure::new(Reason::Division, expr.span, "this can be a division by zero"));
        }
        return Bounds::of(&expr.ty);
    };
    let [a, b, c, d] = [a, b, c, d].map(i128::from);
    let ends = match op {
        Calculate::Add => [a + c, b + d, a + c, b + d],
        Calculate::Subtract => [a - d, b - c, a - d, b - c],
        Calculate::Multiply => [a * c, a * d, b * c, b * d],
        Calculate::Divide | Calculate::Remainder => {
            if c <= 0 && d >= 0 {
                failures.push(Failure::new(Reason::Division, expr.span, "this can be a division by zero"));
            }
            quotients(op, (a, b), (c, d))
        }
    };
    let (min, max) = (ends.into_iter().min().unwrap_or(0), ends.into_iter().max().unwrap_or(0));
    match (i64::try_from(min), i64::try_from(max)) {
        (Ok(min), Ok(max)) => Bounds::Number { min, max },
        _ => {
            failures.push(overflow(expr.span));
            Bounds::Number { min: i64::try_from(min).unwrap_or(i64::MIN), max: i64::try_from(max).unwrap_or(i64::MAX) }
        }
    }
}

fn divides_by_constant(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Calculate(_, _, by) if by.constant().is_some())
}

/// The extremes of a quotient or a rest: with the divisors next to zero and at the ends.
fn quotients(op: Calculate, (a, b): (i128, i128), (c, d): (i128, i128)) -> [i128; 4] {
    if op == Calculate::Remainder {
        let most = c.abs().max(d.abs()) - 1;
        let high = b.clamp(0, most.max(0));
        let low = if a < 0 { a.max(-most.max(0)) } else { 0 };
        return [low, high, low, high];
    }
    let by = [c, d, -1, 1].into_iter().filter(|it| *it != 0 && (c..=d).contains(it));
    let all: Vec<_> = by.flat_map(|it| [a / it, b / it]).collect();
    let least = all.iter().copied().min().unwrap_or(0);
    let most = all.iter().copied().max().unwrap_or(0);
    [least, most, least, most]
}
