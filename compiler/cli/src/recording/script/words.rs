//! Values, names and times as the language writes them.

use chrono::DateTime;
use machine_core::table::Type;
use serde_json::Value;

/// A value as the language writes it; nothing for what it has no literal for.
pub(super) fn written(ty: Type<'_>, value: &Value) -> Option<String> {
    Some(match (ty, value) {
        (Type::Text { .. }, Value::String(text)) => quoted(text),
        (Type::Enum(_), Value::String(text)) => word(text),
        (Type::Duration, Value::String(text)) => text.clone(),
        (Type::Bool | Type::Int { .. } | Type::Float, value) => value.to_string(),
        (Type::List { of, .. }, Value::Array(items)) => {
            let items: Option<Vec<_>> = items.iter().map(|it| written(of.ty(), it)).collect();
            format!("[{}]", items?.join(", "))
        }
        _ => return None,
    })
}

/// A name as the language writes it.
pub(super) fn name(text: &str) -> String {
    let start = |it: char| it.is_ascii_alphabetic() || it == '_';
    let is_plain = text.starts_with(start) && text.chars().all(|it| start(it) || it.is_ascii_digit());
    if is_plain && !machine_grammar::RESERVED.contains(&text) { text.to_owned() } else { format!("`{text}`") }
}

/// A word of an enum: two of them are reserved elsewhere only.
fn word(text: &str) -> String {
    if matches!(text, "exit" | "enter") { text.to_owned() } else { name(text) }
}

/// The path of a state, its names as the language writes them.
pub(super) fn path(path: &str) -> String {
    path.split('.').map(name).collect::<Vec<_>>().join(".")
}

/// A text as the language writes it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '{' | '}' => quoted.extend(['\\', c]),
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

pub(super) fn minute(ns: u64) -> String {
    let time = DateTime::from_timestamp_nanos(i64::try_from(ns).unwrap_or(i64::MAX));
    time.format("%Y-%m-%d %H:%M").to_string()
}
