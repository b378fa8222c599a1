//! What is calculated from numbers and texts.

use super::Reason;
use super::value::Value;
use crate::Data;
use crate::definition::{Calculate, Function};
use core::cmp::Ordering;

/// Which of two values of one type comes first; nothing for what has no order.
pub(super) fn order(left: Data<'_>, right: Data<'_>) -> Option<Ordering> {
    match (left, right) {
        (Data::Int(a), Data::Int(b)) | (Data::Duration(a), Data::Duration(b)) | (Data::Time(a), Data::Time(b)) => {
            Some(a.cmp(&b))
        }
        (Data::Float(a), Data::Float(b)) => a.partial_cmp(&b),
        (Data::Text(a), Data::Text(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

pub(super) fn whole(how: Calculate, a: i64, b: i64) -> Result<i64, Reason> {
    let is_by_zero = b == 0 && matches!(how, Calculate::Divide | Calculate::Remainder);
    let result = match how {
        _ if is_by_zero => return Err(Reason::Division),
        Calculate::Add => a.checked_add(b),
        Calculate::Subtract => a.checked_sub(b),
        Calculate::Multiply => a.checked_mul(b),
        Calculate::Divide => a.checked_div(b),
        Calculate::Remainder => Some(a.wrapping_rem(b)),
    };
    result.ok_or(Reason::Overflow)
}

pub(super) fn fraction(how: Calculate, a: f64, b: f64) -> Result<f64, Reason> {
    let result = match how {
        Calculate::Add => a + b,
        Calculate::Subtract => a - b,
        Calculate::Multiply => a * b,
        Calculate::Divide | Calculate::Remainder if b == 0.0 => return Err(Reason::Division),
        Calculate::Divide => a / b,
        Calculate::Remainder => return Err(Reason::Conversion),
    };
    if result.is_finite() { Ok(result) } else { Err(Reason::Overflow) }
}

/// A function of one value; `data` is the same value.
pub(super) fn of_one(function: Function, value: Value, data: Data<'_>) -> Result<Value, Reason> {
    Ok(match (function, value, data) {
        (Function::Abs, Value::Int(it), _) => Value::Int(it.checked_abs().ok_or(Reason::Overflow)?),
        (Function::Abs, Value::Duration(it), _) => Value::Duration(it.checked_abs().ok_or(Reason::Overflow)?),
        (Function::Abs, Value::Float(it), _) => Value::Float(it.abs()),
        (Function::Len, _, Data::Text(it)) => Value::Int(it.chars().count() as i64),
        (Function::Len, _, Data::List(it)) => Value::Int(it.len() as i64),
        (Function::ToInt, Value::Float(it), _) => Value::Int(towards_zero(it)?),
        (Function::ToInt, _, Data::Text(it)) => Value::Int(it.parse().map_err(|_| Reason::Conversion)?),
        (Function::ToFloat, Value::Int(it), _) => Value::Float(it as f64),
        (Function::ToFloat, _, Data::Text(it)) => {
            let number: f64 = it.parse().map_err(|_| Reason::Conversion)?;
            Value::Float(if number.is_finite() { number } else { return Err(Reason::Conversion) })
        }
        _ => value,
    })
}

fn towards_zero(it: f64) -> Result<i64, Reason> {
    // 2^63: the first number that no longer fits.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&it) { Ok(it as i64) } else { Err(Reason::Conversion) }
}

/// What holds of two values.
pub(super) fn of_two(function: Function, left: Data<'_>, right: Data<'_>) -> bool {
    match (function, left, right) {
        (Function::Contains, Data::List(items), item) => items.iter().any(|it| it == item),
        (Function::Contains, Data::Text(text), Data::Text(part)) => text.contains(part),
        (Function::StartsWith, Data::Text(text), Data::Text(part)) => text.starts_with(part),
        (Function::EndsWith, Data::Text(text), Data::Text(part)) => text.ends_with(part),
        (Function::Matches, Data::Text(text), Data::Text(pattern)) => matches(text, pattern),
        _ => false,
    }
}

/// Whether a text fits a pattern as a whole: `*` stands for any characters, `?` for one. Goes back to the last `*` only,
/// so it takes at most the product of both lengths.
fn matches(text: &str, pattern: &str) -> bool {
    let (mut text, mut pattern) = (text.chars(), pattern.chars());
    let mut back = None;
    loop {
        let (mut text_ahead, mut pattern_ahead) = (text.clone(), pattern.clone());
        match (text_ahead.next(), pattern_ahead.next()) {
            (None, None) => return true,
            (_, Some('*')) => {
                back = Some((text.clone(), pattern_ahead.clone()));
                pattern = pattern_ahead;
            }
            (Some(it), Some(wanted)) if wanted == '?' || it == wanted => (text, pattern) = (text_ahead, pattern_ahead),
            _ => {
                let Some((mut from, after)) = back.take().filter(|(from, _)| !from.as_str().is_empty()) else {
                    return false;
                };
                from.next();
                (text, pattern) = (from.clone(), after.clone());
                back = Some((from, after));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_a_whole() {
        let fits = |text, pattern| matches(text, pattern);
        assert!(fits("", "") && fits("", "*") && fits("abc", "*") && fits("abc", "a?c") && fits("aXbXc", "a*b*c"));
        assert!(fits("größe", "gr??e") && fits("mississippi", "*iss*ip*i"));
        assert!(
            !fits("abc", "ab") && !fits("abc", "abcd") && !fits("", "?") && !fits("aab", "*aaab") && !fits("ab", "b*")
        );
    }

    #[test]
    fn numbers_go_nowhere_beyond_their_type() {
        assert_eq!(whole(Calculate::Divide, i64::MIN, -1), Err(Reason::Overflow));
        assert_eq!(whole(Calculate::Remainder, i64::MIN, -1), Ok(0));
        assert_eq!(whole(Calculate::Remainder, -7, 3), Ok(-1));
        assert_eq!(whole(Calculate::Divide, -7, 2), Ok(-3));
        assert_eq!(whole(Calculate::Divide, 1, 0), Err(Reason::Division));
        assert_eq!(fraction(Calculate::Divide, 1.0, 0.0), Err(Reason::Division));
        assert_eq!(fraction(Calculate::Multiply, f64::MAX, 2.0), Err(Reason::Overflow));
        assert_eq!(towards_zero(-2.9), Ok(-2));
        assert_eq!(towards_zero(9.3e18), Err(Reason::Conversion));
    }
}
