//! The best that can be made of what a driver of this runtime reports: what it says fits its declaration, but for length.

use super::Value;
use super::read::read;
use machine_core::Table;
use machine_core::table::Type;
use serde_json::Value as Json;

/// A value of this type: what was given, a text cut to its bound; or else the least that the type has.
pub fn given(table: &Table<'_>, ty: Type<'_>, value: Option<&Json>) -> Value {
    let value = value.and_then(|value| match (ty, value) {
        (Type::Text { max }, Json::String(text)) => Some(Value::Text(cut(text, max.into()).to_owned())),
        (Type::Text { max }, Json::Number(_) | Json::Bool(_)) => {
            Some(Value::Text(cut(&value.to_string(), max.into()).into()))
        }
        (Type::Int { min, max }, Json::Number(number)) => number.as_i64().map(|it| Value::Int(it.clamp(min, max))),
        _ => read(table, ty, value, "").ok(),
    });
    value.unwrap_or_else(|| least(ty))
}

/// Zero, or what comes nearest to it; nothing, for what can be empty.
pub fn least(ty: Type<'_>) -> Value {
    match ty {
        Type::Bool => Value::Bool(false),
        Type::Int { min, max } => Value::Int(0.clamp(min, max)),
        Type::Float => Value::Float(0.0),
        Type::Text { .. } => Value::Text(String::new()),
        Type::Duration => Value::Duration(0),
        Type::Time => Value::Time(0),
        Type::Enum(_) => Value::Enum(0),
        Type::List { .. } => Value::List(Vec::new()),
    }
}

/// The beginning of a text, of at most so many bytes, whole characters only.
fn cut(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or_default()
}
