//! The functions of the language ([page 8 of the manual](../../spec/08-expressions.md)).

use super::text::shown;
use super::value::{Reason, Value};
use Value::{Bool, Duration, Float, Int, List, Text, Time};

/// What comes of a calculation: a value, or why there is none.
pub(super) type Calculated = Result<Value, Reason>;

/// A function of arguments that are calculated already. `None`: there is no such function of such arguments.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Calculated> {
    Some(match (name, arguments) {
        ("min", [a, b]) => Ok(like(if less(b, a)? { b } else { a }, a, b)),
        ("max", [a, b]) => Ok(like(if less(a, b)? { b } else { a }, a, b)),
        ("abs", [it]) => absolute(it)?,
        ("len", [Text(it)]) => Ok(Int(it.chars().count() as i64)),
        ("len", [List(it)]) => Ok(Int(it.len() as i64)),
        ("contains", [Text(whole), Text(part)]) => Ok(Bool(whole.contains(part.as_str()))),
        ("contains", [List(items), item]) => Ok(Bool(items.iter().any(|it| it.same(item)))),
        ("starts_with", [Text(whole), Text(part)]) => Ok(Bool(whole.starts_with(part.as_str()))),
        ("ends_with", [Text(whole), Text(part)]) => Ok(Bool(whole.ends_with(part.as_str()))),
        ("matches", [Text(whole), Text(pattern)]) => Ok(Bool(fits(&characters(whole), &characters(pattern)))),
        ("lower", [Text(it)]) => Ok(Text(it.to_ascii_lowercase())),
        ("upper", [Text(it)]) => Ok(Text(it.to_ascii_uppercase())),
        ("int", [it]) => whole(it)?,
        ("float", [it]) => fractional(it)?,
        ("string", [it]) => Ok(Text(shown(it))),
        _ => return None,
    })
}

/// Whether one value comes before another; `None` if they have no order.
pub(super) fn less(a: &Value, b: &Value) -> Option<bool> {
    Some(match (a, b) {
        (Int(a), Int(b)) | (Duration(a), Duration(b)) | (Time(a), Time(b)) => a < b,
        (Float(a), Float(b)) => a < b,
        (Float(a), Int(b)) => *a < *b as f64,
        (Int(a), Float(b)) => (*a as f64) < *b,
        (Text(a), Text(b)) => a.as_bytes() < b.as_bytes(),
        _ => return None,
    })
}

/// One of two; beside a float, a whole number that is written out is a float too.
fn like(one: &Value, a: &Value, b: &Value) -> Value {
    match one {
        Int(it) if matches!(a, Float(_)) || matches!(b, Float(_)) => Float(*it as f64),
        it => it.clone(),
    }
}

fn absolute(value: &Value) -> Option<Calculated> {
    Some(match value {
        Int(it) => it.checked_abs().map(Int).ok_or(Reason::Overflow),
        Duration(it) => it.checked_abs().map(Duration).ok_or(Reason::Overflow),
        Float(it) => Ok(Float(it.abs())),
        _ => return None,
    })
}

fn whole(value: &Value) -> Option<Calculated> {
    Some(match value {
        Float(it) => {
            let cut = it.trunc();
            let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&cut);
            if fits { Ok(Int(cut as i64)) } else { Err(Reason::Conversion) }
        }
        Text(it) => it.parse().map(Int).map_err(|_| Reason::Conversion),
        Int(it) => Ok(Int(*it)),
        _ => return None,
    })
}

fn fractional(value: &Value) -> Option<Calculated> {
    Some(match value {
        Int(it) => Ok(Float(*it as f64)),
        Float(it) => Ok(Float(*it)),
        Text(it) => match it.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Float(number)),
            _ => Err(Reason::Conversion),
        },
        _ => return None,
    })
}

fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// `*` stands for any characters, `?` for one. Tries every length for every star.
fn fits(text: &[char], pattern: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|skipped| fits(&text[skipped..], rest)),
        Some(('?', rest)) => !text.is_empty() && fits(&text[1..], rest),
        Some((char, rest)) => text.first() == Some(char) && fits(&text[1..], rest),
    }
}
