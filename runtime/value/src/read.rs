//! JSON as values of declared types. Nothing is bent to fit: a whole number is no `5.0`, a text no longer than declared.

use super::Value;
use super::words::{duration, found, time, wanted};
use machine_core::Table;
use machine_core::table::Type;
use serde_json::{Map, Value as Json};
use std::fmt;

/// Where and why something does not have the type that was declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// `co2`, `rooms[3]`; empty for the whole.
    pub path: String,
    /// What its type wants, in words.
    pub wanted: String,
    /// What is there, in short.
    pub found: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path)?;
        }
        write!(f, "wanted {}, found {}", self.wanted, self.found)
    }
}

/// A value of this type, found at `path`.
///
/// # Errors
///
/// Fails if the JSON does not have the type.
pub fn read(table: &Table<'_>, ty: Type<'_>, value: &Json, path: &str) -> Result<Value, Misfit> {
    let misfit = || Misfit { path: path.to_owned(), wanted: wanted(table, ty), found: found(value) };
    let text = value.as_str();
    let value = match ty {
        Type::Bool => value.as_bool().map(Value::Bool),
        Type::Int { min, max } => value.as_i64().filter(|it| (min..=max).contains(it)).map(Value::Int),
        Type::Float => value.as_f64().filter(|it| it.is_finite()).map(Value::Float),
        Type::Text { max } => text.filter(|it| it.len() <= usize::from(max)).map(|it| Value::Text(it.to_owned())),
        Type::Duration => text.and_then(duration).map(Value::Duration),
        Type::Time => text.and_then(time).map(Value::Time),
        Type::Enum(id) => text.and_then(|text| word(table, id, text)).map(Value::Enum),
        Type::List { of, max } => match value.as_array().filter(|it| it.len() <= usize::from(max)) {
            Some(items) => Some(Value::List(self::items(table, of.ty(), items, path)?)),
            None => None,
        },
    };
    value.ok_or_else(misfit)
}

fn items(table: &Table<'_>, ty: Type<'_>, items: &[Json], path: &str) -> Result<Vec<Value>, Misfit> {
    let item = |(index, it): (usize, &Json)| read(table, ty, it, &format!("{path}[{index}]"));
    items.iter().enumerate().map(item).collect()
}

/// The position of a word.
pub(crate) fn word(table: &Table<'_>, id: u16, text: &str) -> Option<u16> {
    table.words(id).position(|it| it == text).and_then(|it| u16::try_from(it).ok())
}

/// What a text on a command line means where this type is wanted.
///
/// # Errors
///
/// Fails if it means nothing of the type.
pub fn text(table: &Table<'_>, ty: Type<'_>, text: &str, path: &str) -> Result<Value, Misfit> {
    let as_json = || serde_json::from_str(text).unwrap_or_else(|_| Json::from(text));
    let value = match ty {
        Type::Text { .. } | Type::Duration | Type::Time | Type::Enum(_) => Json::from(text),
        Type::Bool | Type::Int { .. } | Type::Float | Type::List { .. } => as_json(),
    };
    read(table, ty, &value, path)
}

/// The values of fields in an object; what else is in it does not matter. A field that is not there is its default.
///
/// # Errors
///
/// Fails at the first field that does not have its type, or is missing without a default.
pub fn fields<'t>(
    table: &Table<'t>,
    wanted_fields: impl Iterator<Item = (&'t str, Type<'t>, Option<Value>)>,
    object: &Map<String, Json>,
) -> Result<Vec<Value>, Misfit> {
    let field = |(name, ty, default): (&str, Type<'_>, Option<Value>)| match (object.get(name), default) {
        (Some(value), _) => read(table, ty, value, name),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(Misfit { path: name.to_owned(), wanted: wanted(table, ty), found: "nothing".to_owned() }),
    };
    wanted_fields.map(field).collect()
}
