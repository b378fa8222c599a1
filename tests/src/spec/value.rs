//! Values as pages write them, and as a machine takes them.

use chrono::{DateTime, SecondsFormat};
use machine_core::table::Type;
use machine_core::{Data, Milliseconds, Table};
use machine_sim::Value;

/// What `text` means where a value of this type is wanted.
pub(super) fn parse(text: &str, ty: Type<'_>, table: &Table<'_>) -> Result<Value, String> {
    let parsed = match ty {
        Type::Bool => text.parse().ok().map(Value::Bool),
        Type::Int { .. } => text.parse().ok().map(Value::Int),
        Type::Float => text.parse().ok().map(Value::Float),
        Type::Text { .. } => quoted(text).map(Value::Text),
        Type::Duration => duration(text).map(Value::Duration),
        Type::Time => DateTime::parse_from_rfc3339(text).ok().map(|it| Value::Time(it.timestamp_millis())),
        Type::Enum(of) => table.words(of).position(|it| it == text).map(|it| Value::Enum(it as u16)),
        Type::List { of, .. } => {
            let inner = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).ok_or("a list stands in []")?;
            let items = split(inner, ',').into_iter().filter(|it| !it.is_empty());
            Some(Value::List(items.map(|it| parse(it, of.ty(), table)).collect::<Result<_, _>>()?))
        }
    };
    parsed.ok_or_else(|| format!("`{text}` is no {ty:?}"))
}

/// A value as the language writes it.
pub(super) fn show(data: Data<'_>, ty: Type<'_>, table: &Table<'_>) -> String {
    match (data, ty) {
        (Data::Bool(it), _) => it.to_string(),
        (Data::Int(it), _) => it.to_string(),
        (Data::Float(it), _) => format!("{it:?}"),
        (Data::Text(it), _) => format!("{it:?}"),
        (Data::Duration(it), _) => {
            format!("{}{}", if it < 0 { "-" } else { "" }, Milliseconds(it.unsigned_abs()))
        }
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

/// The parts of a line between `mark`s, where that stands neither between quotes nor in brackets.
pub(super) fn split(line: &str, mark: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut is_text) = (Vec::new(), 0, 0_u32, false);
    for (at, char) in line.char_indices() {
        match char {
            '"' => is_text = !is_text,
            '[' if !is_text => depth += 1,
            ']' if !is_text => depth = depth.saturating_sub(1),
            _ if char == mark && !is_text && depth == 0 => {
                parts.push(line[start..at].trim());
                start = at + char.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(line[start..].trim());
    parts
}

fn quoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    Some(inner.replace("\\n", "\n").replace("\\\\", "\\"))
}

/// A duration as the language writes it, in milliseconds; a minus may stand before it.
pub(super) fn duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = text.strip_prefix('-').map_or((1, text), |it| (-1, it));
    let mut total = 0;
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        let behind = &rest[digits..];
        let end = behind.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(behind.len());
        total += number * unit(&behind[..end])?;
        rest = &behind[end..];
    }
    Some(sign * total)
}

fn unit(name: &str) -> Option<i64> {
    const UNITS: [(&str, i64); 6] =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];
    UNITS.iter().find(|it| it.0 == name).map(|it| it.1)
}
