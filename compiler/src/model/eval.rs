//! Calculates what is known: for constants, and for examples of what a guard lets pass.

use super::{Calculate, Compare, Constant, Expr, ExprKind, Function, TEXT_MOST, Type};
use compact_str::CompactString;
use machine_grammar::Span;
use std::cmp::Ordering;

/// A value while it is calculated.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Milliseconds, also negative.
    Duration(i64),
    /// Milliseconds since 1970.
    Time(i64),
    /// Text.
    Text(CompactString),
    /// Position of a word.
    Enum(u16),
    /// Values in order.
    List(Vec<Value>),
}

/// Why a calculation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Beyond 64 bits.
    Overflow,
    /// By zero.
    Division,
    /// Beyond the bounds of its type.
    Range,
    /// A text or list that is too long.
    Length,
    /// What is no number.
    Conversion,
}

/// A calculation that fails, or can fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub reason: Reason,
    /// Where.
    pub span: Span,
    /// In words.
    pub what: String,
}

impl Failure {
    /// With words for it.
    pub fn new(reason: Reason, span: Span, what: impl Into<String>) -> Self {
        Self { reason, span, what: what.into() }
    }

    /// How the calculation could be made so that it does not fail.
    #[must_use]
    pub fn way_out(&self) -> &'static str {
        match self.reason {
            Reason::Overflow => "use smaller numbers, or a type with bounds such as `int in 0..1000`",
            Reason::Division => "divide by a number that is never zero, such as `max(1, n)`",
            Reason::Range => "keep it within its bounds with `min(…)` or `max(…)`, or widen them",
            Reason::Length => "let it be longer with `string up to N` or `list of … up to N`, or make it of less",
            Reason::Conversion => "look first whether it is a number, or let the watcher return an `int`",
        }
    }
}

/// What the leaves of a calculation are; `None` for those that are not known.
pub type Known<'k> = &'k dyn Fn(&Expr) -> Option<Value>;

/// The calculation as a constant, if all of it is known.
///
/// # Errors
///
/// Fails if the calculation does.
pub fn fold(expr: &Expr) -> Result<Option<Constant>, Failure> {
    Ok(eval(expr, &|_| None)?.and_then(Value::constant))
}

/// What a calculation gives; `None` if some part of it is not known.
///
/// # Errors
///
/// Fails if the calculation does.
pub fn eval(expr: &Expr, known: Known<'_>) -> Result<Option<Value>, Failure> {
    let value = match &expr.kind {
        ExprKind::Constant(it) => return Ok(Value::of(it)),
        ExprKind::Not(it) => match eval(it, known)? {
            Some(Value::Bool(it)) => Value::Bool(!it),
            _ => return Ok(None),
        },
        ExprKind::And(a, b) => return logic(a, b, false, known),
        ExprKind::Or(a, b) => return logic(a, b, true, known),
        ExprKind::Text(parts) => return text(expr, parts, known),
        ExprKind::Minus(_)
        | ExprKind::Widen(_)
        | ExprKind::Compare(..)
        | ExprKind::Calculate(..)
        | ExprKind::InRange(..)
        | ExprKind::Call(..)
        | ExprKind::List(_) => {
            let mut parts = Vec::new();
            for part in expr.inner() {
                match eval(part, known)? {
                    Some(it) => parts.push(it),
                    None => return Ok(None),
                }
            }
            return operation(expr, parts);
        }
        _ => return Ok(known(expr)),
    };
    Ok(Some(value))
}

/// The second side is not looked at if the first decides.
fn logic(a: &Expr, b: &Expr, decides: bool, known: Known<'_>) -> Result<Option<Value>, Failure> {
    match eval(a, known)? {
        Some(Value::Bool(it)) if it == decides => Ok(Some(Value::Bool(it))),
        Some(Value::Bool(_)) => eval(b, known),
        _ => Ok(None),
    }
}

fn operation(expr: &Expr, mut parts: Vec<Value>) -> Result<Option<Value>, Failure> {
    let span = expr.span;
    let value = match (&expr.kind, parts.as_slice()) {
        (ExprKind::Minus(_), [Value::Int(it)]) => Value::Int(it.checked_neg().ok_or_else(|| overflow(span))?),
        (ExprKind::Minus(_), [Value::Float(it)]) => Value::Float(-it),
        (ExprKind::Minus(_), [Value::Duration(it)]) => Value::Duration(-it),
        #[allow(clippy::cast_precision_loss, reason = "that is what a number with a fraction can hold")]
        (ExprKind::Widen(_), [Value::Int(it)]) => Value::Float(*it as f64),
        (ExprKind::Compare(op, ..), [a, b]) => match compare(*op, a, b) {
            Some(it) => Value::Bool(it),
            None => return Ok(None),
        },
        (ExprKind::InRange(..), [it, low, high]) => {
            let above = compare(Compare::GreaterOrEqual, it, low);
            match (above, compare(Compare::LessOrEqual, it, high)) {
                (Some(a), Some(b)) => Value::Bool(a && b),
                _ => return Ok(None),
            }
        }
        (ExprKind::Calculate(op, ..), [a, b]) => return calculate(*op, a, b, span),
        (ExprKind::Call(function, _), [_, ..]) => return call(*function, parts, span),
        (ExprKind::List(_), _) => Value::List(std::mem::take(&mut parts)),
        _ => return Ok(None),
    };
    Ok(Some(value))
}

fn overflow(span: Span) -> Failure {
    Failure::new(Reason::Overflow, span, "this goes beyond what 64 bits can hold")
}

fn compare(op: Compare, a: &Value, b: &Value) -> Option<bool> {
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b))
        | (Value::Duration(a), Value::Duration(b))
        | (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b)?,
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (a, b) if a == b => Ordering::Equal,
        _ => Ordering::Less,
    };
    Some(match op {
        Compare::Equal => order.is_eq(),
        Compare::NotEqual => order.is_ne(),
        Compare::Less => order.is_lt(),
        Compare::LessOrEqual => order.is_le(),
        Compare::Greater => order.is_gt(),
        Compare::GreaterOrEqual => order.is_ge(),
    })
}

fn calculate(op: Calculate, a: &Value, b: &Value, span: Span) -> Result<Option<Value>, Failure> {
    let value = match (a, b) {
        (Value::Int(a), Value::Int(b)) => Value::Int(whole(op, *a, *b, span)?),
        (Value::Float(a), Value::Float(b)) => Value::Float(fraction(op, *a, *b, span)?),
        (Value::Duration(a), Value::Duration(b)) if op == Calculate::Divide => Value::Int(whole(op, *a, *b, span)?),
        (Value::Duration(a), Value::Duration(b) | Value::Int(b)) => Value::Duration(whole(op, *a, *b, span)?),
        (Value::Time(a), Value::Duration(b)) => Value::Time(whole(op, *a, *b, span)?),
        (Value::Time(a), Value::Time(b)) => Value::Duration(whole(op, *a, *b, span)?),
        _ => return Ok(None),
    };
    Ok(Some(value))
}

fn whole(op: Calculate, a: i64, b: i64, span: Span) -> Result<i64, Failure> {
    let by_zero = b == 0 && matches!(op, Calculate::Divide | Calculate::Remainder);
    if by_zero {
        return Err(Failure::new(Reason::Division, span, "nothing can be divided by zero"));
    }
    let result = match op {
        Calculate::Add => a.checked_add(b),
        Calculate::Subtract => a.checked_sub(b),
        Calculate::Multiply => a.checked_mul(b),
        Calculate::Divide => a.checked_div(b),
        Calculate::Remainder => a.checked_rem(b),
    };
    result.ok_or_else(|| overflow(span))
}

fn fraction(op: Calculate, a: f64, b: f64, span: Span) -> Result<f64, Failure> {
    Ok(match op {
        Calculate::Add => a + b,
        Calculate::Subtract => a - b,
        Calculate::Multiply => a * b,
        Calculate::Divide if b == 0.0 => {
            return Err(Failure::new(Reason::Division, span, "nothing can be divided by zero"));
        }
        Calculate::Divide => a / b,
        Calculate::Remainder => a % b,
    })
}

fn call(function: Function, parts: Vec<Value>, span: Span) -> Result<Option<Value>, Failure> {
    let value = match (function, parts.as_slice()) {
        (Function::Min | Function::Max, [a, b]) => {
            let op = if function == Function::Min { Compare::LessOrEqual } else { Compare::GreaterOrEqual };
            match compare(op, a, b) {
                Some(first) => if first { a } else { b }.clone(),
                None => return Ok(None),
            }
        }
        (Function::Abs, [Value::Int(it)]) => Value::Int(it.checked_abs().ok_or_else(|| overflow(span))?),
        (Function::Abs, [Value::Duration(it)]) => Value::Duration(it.checked_abs().ok_or_else(|| overflow(span))?),
        (Function::Abs, [Value::Float(it)]) => Value::Float(it.abs()),
        (Function::Len, [Value::Text(it)]) => Value::Int(count(it.chars().count())),
        (Function::Len, [Value::List(it)]) => Value::Int(count(it.len())),
        (Function::Contains, [Value::List(list), item]) => Value::Bool(list.contains(item)),
        (Function::Contains, [Value::Text(a), Value::Text(b)]) => Value::Bool(a.contains(b.as_str())),
        (Function::StartsWith, [Value::Text(a), Value::Text(b)]) => Value::Bool(a.starts_with(b.as_str())),
        (Function::EndsWith, [Value::Text(a), Value::Text(b)]) => Value::Bool(a.ends_with(b.as_str())),
        (Function::Matches, [Value::Text(a), Value::Text(b)]) => Value::Bool(matches(a.as_bytes(), b.as_bytes())),
        (Function::Lower, [Value::Text(it)]) => Value::Text(it.to_ascii_lowercase()),
        (Function::Upper, [Value::Text(it)]) => Value::Text(it.to_ascii_uppercase()),
        (Function::ToInt, [Value::Text(it)]) => Value::Int(it.parse().map_err(|_| no_number(span, it, "whole "))?),
        (Function::ToFloat, [Value::Text(it)]) if !it.parse::<f64>().is_ok_and(f64::is_finite) => {
            return Err(no_number(span, it, ""));
        }
        // How a text becomes a fraction is decided on the node.
        _ => return Ok(None),
    };
    Ok(Some(value))
}

fn count(it: usize) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}

fn no_number(span: Span, text: &str, whole: &str) -> Failure {
    Failure::new(Reason::Conversion, span, format!("`{}` is no {whole}number", text.escape_debug()))
}

/// A text fits a pattern of `*` and `?` as a whole; `?` is one character.
fn matches(text: &[u8], pattern: &[u8]) -> bool {
    let character = |text: &[u8]| text.iter().skip(1).take_while(|it| **it & 0xC0 == 0x80).count() + 1;
    let (mut at, mut to) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(to) {
            Some(b'*') => {
                star = Some((at, to));
                to += 1;
            }
            Some(b'?') => {
                at += character(&text[at..]);
                to += 1;
            }
            Some(it) if *it == text[at] => (at, to) = (at + 1, to + 1),
            _ => match star {
                Some((from, star_at)) => {
                    star = Some((from + 1, star_at));
                    (at, to) = (from + 1, star_at + 1);
                }
                None => return false,
            },
        }
    }
    pattern[to..].iter().all(|it| *it == b'*')
}

/// Parts whose text is the same on every node are known; what fractions, durations and times look like is not.
fn text(expr: &Expr, parts: &[Expr], known: Known<'_>) -> Result<Option<Value>, Failure> {
    let mut text = String::new();
    for part in parts {
        match (eval(part, known)?, &part.ty) {
            (Some(Value::Text(it)), _) => text += &it,
            (Some(Value::Int(it)), _) => text += &it.to_string(),
            (Some(Value::Bool(it)), _) => text += &it.to_string(),
            (Some(Value::Enum(it)), Type::Enum(words)) => text += words.get(usize::from(it)).map_or("", String::as_str),
            _ => return Ok(None),
        }
    }
    if text.len() > usize::from(TEXT_MOST) {
        let what = format!("{} bytes, and {TEXT_MOST} is the most", text.len());
        return Err(Failure::new(Reason::Length, expr.span, what));
    }
    Ok(Some(Value::Text(text.into())))
}

/// How many bytes a value of a type takes at most as text.
#[must_use]
pub fn text_most(ty: &Type) -> usize {
    match ty {
        Type::Bool => 5,
        Type::Int { min, max } => written_length(*min).max(written_length(*max)),
        Type::Float => 32,
        Type::Text { max } => usize::from(*max),
        Type::Path => usize::from(u16::MAX),
        Type::Duration | Type::Time => 40,
        Type::Enum(words) => words.iter().map(String::len).max().unwrap_or(0),
        Type::List { of, max } => (text_most(of) + 2) * usize::from(*max),
        Type::Map(_) | Type::Secret => 0,
    }
}

/// How many characters a whole number takes.
fn written_length(it: i64) -> usize {
    let digits = it.unsigned_abs().checked_ilog10().map_or(1, |it| it as usize + 1);
    digits + usize::from(it < 0)
}

impl Value {
    /// The value that a constant is.
    #[must_use]
    pub fn of(constant: &Constant) -> Option<Self> {
        Some(match constant {
            Constant::Bool(it) => Self::Bool(*it),
            Constant::Int(it) => Self::Int(*it),
            Constant::Float(it) => Self::Float(*it),
            Constant::Duration(it) => Self::Duration(i64::try_from(*it).ok()?),
            Constant::Text(it) => Self::Text(it.clone()),
            Constant::Enum(it) => Self::Enum(*it),
            Constant::Time(it) => Self::Time(*it),
            Constant::List(it) => Self::List(it.iter().map(Self::of).collect::<Option<_>>()?),
            Constant::Map(_) | Constant::Secret(_) | Constant::Computed(_) => return None,
        })
    }

    /// The constant that it is; a negative duration is none.
    #[must_use]
    pub fn constant(self) -> Option<Constant> {
        Some(match self {
            Self::Bool(it) => Constant::Bool(it),
            Self::Int(it) => Constant::Int(it),
            Self::Float(it) => Constant::Float(it),
            Self::Duration(it) => Constant::Duration(u64::try_from(it).ok()?),
            Self::Time(it) => Constant::Time(it),
            Self::Text(it) => Constant::Text(it),
            Self::Enum(it) => Constant::Enum(it),
            Self::List(it) => Constant::List(it.into_iter().map(Self::constant).collect::<Option<_>>()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_fit_as_a_whole() {
        for (text, pattern, fits) in [
            ("", "", true),
            ("", "*", true),
            ("limits.json", "*.json", true),
            ("limits.jso", "*.json", false),
            ("aXbXc", "a*b*c", true),
            ("ab", "a?b", false),
            ("aüb", "a?b", true),
            ("aaab", "*ab", true),
        ] {
            assert_eq!(matches(text.as_bytes(), pattern.as_bytes()), fits, "{text} {pattern}");
        }
    }
}
