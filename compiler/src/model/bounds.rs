//! What a calculation can give at least and at most, and whether it can fail.
//!
//! Types bound every value from the start; guards that hold, and data that was just assigned, bound it more. Whole
//! numbers, durations and times are intervals, words and truth values sets, texts and lists a length.

use super::eval::{Failure, Reason, Value, text_most};
use super::{Calculate, Compare, Expr, ExprKind, Function, TEXT_MOST, Type};
use machine_grammar::Span;

/// What a value can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// Which truth values.
    Bool {
        /// It can be false.
        no: bool,
        /// It can be true.
        yes: bool,
    },
    /// A whole number, a duration or a time.
    Number {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// Bytes of a text, or items of a list.
    Length(usize),
    /// One of these words, a bit each.
    Words([u64; 4]),
    /// Anything.
    Any,
}

/// What is known beyond the types.
#[derive(Clone, Debug, Default)]
pub struct Known(Vec<(Place, Bounds)>);

/// Something that has a value for the time of a reaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Data, by position.
    Data(usize),
    /// A fact, by position.
    Fact(usize),
    /// A field of the event that is handled.
    Field(String),
    /// A parameter of a template that is checked without an instance.
    Param(String),
    /// The time.
    Now,
}

impl Place {
    /// The place that an expression names, if it is nothing but a name.
    #[must_use]
    pub fn of(expr: &Expr) -> Option<Self> {
        Some(match &expr.kind {
            ExprKind::Data(it) => Self::Data(*it),
            ExprKind::Fact(it) => Self::Fact(*it),
            ExprKind::Field(_, it) => Self::Field(it.clone()),
            ExprKind::Param(it) => Self::Param(it.clone()),
            ExprKind::Now => Self::Now,
            _ => return None,
        })
    }
}

/// Milliseconds: 36 million years.
const LONGEST: i64 = 1 << 60;
const UNKNOWN: Bounds = Bounds::Bool { no: true, yes: true };

impl Bounds {
    /// What a type allows.
    #[must_use]
    pub fn of(ty: &Type) -> Self {
        match ty {
            Type::Bool => UNKNOWN,
            Type::Int { min, max } => Self::Number { min: *min, max: *max },
            // No machine lives so long that a sum of two of them could leave 64 bits.
            Type::Duration | Type::Time => Self::Number { min: -LONGEST, max: LONGEST },
            Type::Text { max } | Type::List { max, .. } => Self::Length(usize::from(*max)),
            Type::Enum(words) => Self::Words(std::array::from_fn(|at| mask(words.len(), at))),
            _ => Self::Any,
        }
    }

    /// What a value is.
    fn exactly(value: &Value) -> Self {
        match value {
            Value::Bool(it) => Self::Bool { no: !it, yes: *it },
            Value::Int(it) | Value::Duration(it) | Value::Time(it) => Self::Number { min: *it, max: *it },
            Value::Text(it) => Self::Length(it.len()),
            Value::List(it) => Self::Length(it.len()),
            Value::Enum(it) => {
                let at = usize::from(*it);
                Self::Words(std::array::from_fn(|word| if word == at / 64 { 1 << (at % 64) } else { 0 }))
            }
            Value::Float(_) => Self::Any,
        }
    }

    /// What is in both.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bool { no: a, yes: b }, Self::Bool { no: c, yes: d }) => Self::Bool { no: a && c, yes: b && d },
            (Self::Number { min: a, max: b }, Self::Number { min: c, max: d }) => {
                Self::Number { min: a.max(c), max: b.min(d) }
            }
            (Self::Length(a), Self::Length(b)) => Self::Length(a.min(b)),
            (Self::Words(a), Self::Words(b)) => Self::Words(std::array::from_fn(|at| a[at] & b[at])),
            (Self::Any, it) | (it, _) => it,
        }
    }

    /// What is in one of them.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bool { no: a, yes: b }, Self::Bool { no: c, yes: d }) => Self::Bool { no: a || c, yes: b || d },
            (Self::Number { min: a, max: b }, Self::Number { min: c, max: d }) => {
                Self::Number { min: a.min(c), max: b.max(d) }
            }
            (Self::Length(a), Self::Length(b)) => Self::Length(a.max(b)),
            (Self::Words(a), Self::Words(b)) => Self::Words(std::array::from_fn(|at| a[at] | b[at])),
            _ => Self::Any,
        }
    }

    fn is_empty(self) -> bool {
        match self {
            Self::Bool { no, yes } => !no && !yes,
            Self::Number { min, max } => min > max,
            Self::Words(it) => it == [0; 4],
            Self::Length(_) | Self::Any => false,
        }
    }
}

fn mask(words: usize, at: usize) -> u64 {
    match words.saturating_sub(at * 64) {
        0 => 0,
        bits @ 1..=63 => (1 << bits) - 1,
        _ => u64::MAX,
    }
}

impl Known {
    /// What is known of a place.
    fn of(&self, place: &Place, ty: &Type) -> Bounds {
        self.0.iter().rev().find(|it| it.0 == *place).map_or_else(|| Bounds::of(ty), |it| it.1)
    }

    /// A place has a new value.
    pub fn set(&mut self, place: Place, bounds: Bounds) {
        self.0.retain(|it| it.0 != place);
        self.0.push((place, bounds));
    }

    /// What is known if `guard` holds, or if it does not; `None` if that cannot be.
    #[must_use]
    pub fn given(mut self, guard: &Expr, holds: bool) -> Option<Self> {
        match (&guard.kind, holds) {
            (ExprKind::Not(it), _) => return self.given(it, !holds),
            (ExprKind::And(a, b), true) => return self.given(a, true)?.given(b, true),
            (ExprKind::Or(a, b), false) => return self.given(a, false)?.given(b, false),
            (ExprKind::And(a, b), false) | (ExprKind::Or(a, b), true) => {
                let first = self.clone().given(a, holds);
                let second = self.given(a, !holds).and_then(|it| it.given(b, holds));
                return match (first, second) {
                    (Some(a), Some(b)) => Some(a.either(&b)),
                    (one, other) => one.or(other),
                };
            }
            (ExprKind::InRange(it, low, high), true) => {
                self.narrow(Compare::GreaterOrEqual, it, self.of_expr(low));
                self.narrow(Compare::LessOrEqual, it, self.of_expr(high));
            }
            (ExprKind::Compare(op, a, b), _) => {
                let op = if holds { *op } else { opposite(*op) };
                self.narrow(op, a, self.of_expr(b));
                self.narrow(mirrored(op), b, self.of_expr(a));
            }
            _ => {
                if let Some(place) = Place::of(guard) {
                    let bounds = self.of(&place, &guard.ty).and(Bounds::Bool { no: !holds, yes: holds });
                    self.set(place, bounds);
                }
            }
        }
        let decided = self.of_expr(guard);
        let possible = match decided {
            Bounds::Bool { no, yes } => {
                if holds {
                    yes
                } else {
                    no
                }
            }
            _ => true,
        };
        (possible && self.0.iter().all(|it| !it.1.is_empty())).then_some(self)
    }

    /// What is known in both cases.
    fn either(self, other: &Self) -> Self {
        let both = self.0.into_iter().filter_map(|(place, bounds)| {
            let in_other = other.0.iter().find(|it| it.0 == place)?;
            Some((place, bounds.or(in_other.1)))
        });
        Self(both.collect())
    }

    /// `place op bound` holds; so does `place + 1 op bound`, which bounds the place by one less.
    fn narrow(&mut self, op: Compare, place: &Expr, bound: Bounds) {
        if let ExprKind::Calculate(sign @ (Calculate::Add | Calculate::Subtract), inner, by) = &place.kind
            && let Some(by) = by.constant().and_then(Value::of)
        {
            return self.narrow(op, inner, moved(bound, *sign, Bounds::exactly(&by)));
        }
        let Some(at) = Place::of(place) else { return };
        let now = self.of(&at, &place.ty);
        let allowed = match (op, bound) {
            (Compare::Equal, it) => it,
            (Compare::NotEqual, it) => return self.without(at, now, it),
            (_, Bounds::Number { min, max }) => match op {
                Compare::Less => Bounds::Number { min: i64::MIN, max: max.saturating_sub(1) },
                Compare::LessOrEqual => Bounds::Number { min: i64::MIN, max },
                Compare::Greater => Bounds::Number { min: min.saturating_add(1), max: i64::MAX },
                _ => Bounds::Number { min, max: i64::MAX },
            },
            _ => return,
        };
        self.set(at, now.and(allowed));
    }

    /// The place is not the one value that `other` is.
    fn without(&mut self, at: Place, now: Bounds, other: Bounds) {
        let left = match (now, other) {
            (Bounds::Words(a), Bounds::Words(b)) if b.iter().map(|it| it.count_ones()).sum::<u32>() == 1 => {
                Bounds::Words(std::array::from_fn(|it| a[it] & !b[it]))
            }
            (Bounds::Number { min, max }, Bounds::Number { min: it, max: other }) if it == other => match it {
                _ if it == min => Bounds::Number { min: min.saturating_add(1), max },
                _ if it == max => Bounds::Number { min, max: max.saturating_sub(1) },
                _ => return,
            },
            (Bounds::Bool { no, yes }, Bounds::Bool { no: a, yes: b }) if a != b => {
                Bounds::Bool { no: no && !a, yes: yes && !b }
            }
            _ => return,
        };
        self.set(at, left);
    }

    /// What the calculation can give.
    #[must_use]
    pub fn of_expr(&self, expr: &Expr) -> Bounds {
        self.look(expr, &mut Vec::new())
    }

    /// The same, and why it could fail.
    pub fn look(&self, expr: &Expr, failures: &mut Vec<Failure>) -> Bounds {
        if let Some(place) = Place::of(expr) {
            return self.of(&place, &expr.ty);
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
    fn logic(&self, a: &Expr, b: &Expr, is_and: bool, failures: &mut Vec<Failure>) -> Bounds {
        let first = self.look(a, failures);
        let second = match self.clone().given(a, is_and) {
            Some(known) => known.look(b, failures),
            None => return Bounds::Bool { no: is_and, yes: !is_and },
        };
        if is_and { both(first, second) } else { negated(both(negated(first), negated(second))) }
    }

    fn text(&self, expr: &Expr, parts: &[Expr], failures: &mut Vec<Failure>) -> Bounds {
        let length = |it: &Expr, failures: &mut Vec<Failure>| match (self.look(it, failures), &it.ty) {
            (Bounds::Length(it), Type::Text { .. } | Type::Path) => it,
            (Bounds::Number { min, max }, Type::Int { .. }) => text_most(&Type::Int { min, max }),
            _ => text_most(&it.ty),
        };
        let most: usize = parts.iter().map(|it| length(it, failures)).sum();
        if most > usize::from(TEXT_MOST) {
            let what = format!("this text can be {most} bytes long, and {TEXT_MOST} is the most");
            failures.push(Failure::new(Reason::Length, expr.span, what));
        }
        Bounds::Length(most.min(usize::from(TEXT_MOST)))
    }

    fn call(&self, function: Function, expr: &Expr, args: &[Expr], failures: &mut Vec<Failure>) -> Bounds {
        let given: Vec<_> = args.iter().map(|it| self.look(it, failures)).collect();
        match (function, given.as_slice()) {
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
            (Function::Len, [Bounds::Length(most)]) => {
                Bounds::Number { min: 0, max: i64::try_from(*most).unwrap_or(i64::MAX) }
            }
            (Function::Lower | Function::Upper, [it]) => *it,
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
    pub fn fits(&self, value: &Expr, ty: &Type, failures: &mut Vec<Failure>) -> Bounds {
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
            (Bounds::Length(most), Type::Text { max }) if most > usize::from(*max) => {
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

/// What a side of a comparison becomes when the other side loses a summand.
fn moved(bound: Bounds, sign: Calculate, by: Bounds) -> Bounds {
    match (bound, by) {
        (Bounds::Number { min, max }, Bounds::Number { min: by, .. }) => match sign {
            Calculate::Add => Bounds::Number { min: min.saturating_sub(by), max: max.saturating_sub(by) },
            _ => Bounds::Number { min: min.saturating_add(by), max: max.saturating_add(by) },
        },
        _ => Bounds::Any,
    }
}

fn opposite(op: Compare) -> Compare {
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
fn mirrored(op: Compare) -> Compare {
    match op {
        Compare::Less => Compare::Greater,
        Compare::LessOrEqual => Compare::GreaterOrEqual,
        Compare::Greater => Compare::Less,
        Compare::GreaterOrEqual => Compare::LessOrEqual,
        same => same,
    }
}

fn overflow(span: Span) -> Failure {
    Failure::new(Reason::Overflow, span, "this can go beyond what 64 bits can hold")
}

fn negated(it: Bounds) -> Bounds {
    match it {
        Bounds::Bool { no, yes } => Bounds::Bool { no: yes, yes: no },
        _ => UNKNOWN,
    }
}

fn both(a: Bounds, b: Bounds) -> Bounds {
    match (a, b) {
        (Bounds::Bool { no: a, yes: b }, Bounds::Bool { no: c, yes: d }) => Bounds::Bool { no: a || c, yes: b && d },
        _ => UNKNOWN,
    }
}

fn compare(op: Compare, a: Bounds, b: Bounds) -> Bounds {
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
        (_, Bounds::Bool { no: a, yes: b }, Bounds::Bool { no: c, yes: d }) => is(a && c || b && d, a && d || b && c),
        _ => UNKNOWN,
    }
}

/// Calculation with intervals; what can leave the 64 bits is a failure.
fn numbers(op: Calculate, a: Bounds, b: Bounds, expr: &Expr, failures: &mut Vec<Failure>) -> Bounds {
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
