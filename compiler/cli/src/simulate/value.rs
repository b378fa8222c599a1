//! Values as they are typed, and as they are shown.

use chrono::{DateTime, SecondsFormat};
use machine_core::table::Type;
use machine_core::{Data, Milliseconds, Table};
use machine_sim::Value;

/// What `text` means where a value of this type is wanted; nothing if it means none.
pub(super) fn parse(text: &str, ty: Type<'_>, table: &Table<'_>) -> Option<Value> {
    match ty {
        Type::Bool => text.parse().ok().map(Value::Bool),
        Type::Int { min, max } => text.parse().ok().filter(|it| (min..=max).contains(it)).map(Value::Int),
        Type::Float => text.parse().ok().filter(|it: &f64| it.is_finite()).map(Value::Float),
        Type::Text { max } => Some(text).filter(|it| it.len() <= usize::from(max)).map(|it| Value::Text(it.to_owned())),
        Type::Duration => duration(text).map(Value::Duration),
        Type::Time => DateTime::parse_from_rfc3339(text).ok().map(|it| Value::Time(it.timestamp_millis())),
        Type::Enum(of) => table.words(of).position(|it| it == text).map(|it| Value::Enum(it as u16)),
        Type::List { of, max } => {
            let inner = text.strip_prefix('[')?.strip_suffix(']')?;
            let items = inner.split(',').map(str::trim).filter(|it| !it.is_empty());
            let items: Option<Vec<_>> = items.map(|it| parse(it, of.ty(), table)).collect();
            items.filter(|it| it.len() <= usize::from(max)).map(Value::List)
        }
    }
}

/// A value as the language writes it.
pub(super) fn show(data: Data<'_>, ty: Type<'_>, table: &Table<'_>) -> String {
    match (data, ty) {
        (Data::Bool(it), _) => it.to_string(),
        (Data::Int(it), _) => it.to_string(),
        (Data::Float(it), _) => format!("{it:?}"),
        (Data::Text(it), _) => format!("{it:?}"),
        (Data::Duration(it), _) => format!("{}{}", if it < 0 { "-" } else { "" }, Milliseconds(it.unsigned_abs())),
        (Data::Time(it), _) => DateTime::from_timestamp_millis(it)
            .map_or_else(|| it.to_string(), |time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        (Data::Enum(it), Type::Enum(of)) => table.word(of, it).to_owned(),
        (Data::Enum(it), _) => it.to_string(),
        (Data::List(list), Type::List { of, .. }) => {
            let items: Vec<_> = list.iter().map(|it| show(it, of.ty(), table)).collect();
            format!("[{}]", items.join(", "))
        }
        (Data::List(_), _) => "[…]".to_owned(),
    }
}

/// A type, and how a value of it is typed.
pub(super) fn described(ty: Type<'_>, table: &Table<'_>) -> String {
    match ty {
        Type::Bool => "`true` or `false`".to_owned(),
        Type::Int { min: i64::MIN, max: i64::MAX } => "a whole number".to_owned(),
        Type::Int { min, max } => format!("a whole number in {min}..{max}"),
        Type::Float => "a number".to_owned(),
        Type::Text { max } => format!("a text of at most {max} bytes"),
        Type::Duration => "a duration like `1m30s`".to_owned(),
        Type::Time => "a point in time like `2026-01-31T08:00:00Z`".to_owned(),
        Type::Enum(of) => {
            let words: Vec<_> = table.words(of).map(|it| format!("`{it}`")).collect();
            format!("one of {}", words.join(", "))
        }
        Type::List { of, max } => format!("a list like `[a,b]` of at most {max}, each {}", described(of.ty(), table)),
    }
}

/// A type in a word or two, for lists of events.
pub(super) fn short(ty: Type<'_>, table: &Table<'_>) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Int { min: i64::MIN, max: i64::MAX } => "int".to_owned(),
        Type::Int { min, max } => format!("int in {min}..{max}"),
        Type::Float => "float".to_owned(),
        Type::Text { .. } => "string".to_owned(),
        Type::Duration => "duration".to_owned(),
        Type::Time => "time".to_owned(),
        Type::Enum(of) => table.words(of).collect::<Vec<_>>().join(" | "),
        Type::List { of, .. } => format!("list of {}", short(of.ty(), table)),
    }
}

/// A duration as the language writes it, in milliseconds; a minus may stand before it.
pub(super) fn duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = text.strip_prefix('-').map_or((1, text), |it| (-1, it));
    let mut total: Option<i64> = None;
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        let behind = &rest[digits..];
        let end = behind.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(behind.len());
        total = Some(total.unwrap_or(0).checked_add(number.checked_mul(unit(&behind[..end])?)?)?);
        rest = &behind[end..];
    }
    total.map(|it| sign * it)
}

fn unit(name: &str) -> Option<i64> {
    const UNITS: [(&str, i64); 6] =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];
    UNITS.iter().find(|it| it.0 == name).map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_typed_as_in_a_source() {
        let read = ["1m30s", "0s", "-2h", "5", "", "s", "1x", "99999999999999999w"].map(duration);
        assert_eq!(read, [Some(90_000), Some(0), Some(-7_200_000), None, None, None, None, None]);
    }
}
