//! Values on their way between a machine and the world: JSON outside, typed inside.
//!
//! | | |
//! | --- | --- |
//! | `read` | JSON as a value of a declared type, or where and why it is none |
//! | `give` | the best value of a declared type that can be made of something |
//! | `write` | a value as JSON |
//! | `schema` | what values of a type are as JSON |
//! | `words` | types in the language's words; durations, times and counts as text |

mod give;
mod read;
mod schema;
mod words;
mod write;

pub use give::{given, least};
pub use read::{Misfit, fields, read, text};
pub use schema::{schema, schema_of_fields};
pub use words::{counted, duration, duration_text, found, wanted};
pub use write::{json, json_fields};

use machine_core::limits::FIELDS_MAX;
use machine_core::{Data, DataList};

/// A value that owns what is in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// Milliseconds, also negative.
    Duration(i64),
    /// Milliseconds since 1970, UTC.
    Time(i64),
    /// Position of a word in its enum.
    Enum(u16),
    /// Values in order; no lists.
    List(Vec<Value>),
}

impl Value {
    /// A copy.
    #[must_use]
    pub fn of(data: Data<'_>) -> Self {
        match data {
            Data::Bool(it) => Self::Bool(it),
            Data::Int(it) => Self::Int(it),
            Data::Float(it) => Self::Float(it),
            Data::Text(it) => Self::Text(it.to_owned()),
            Data::Duration(it) => Self::Duration(it),
            Data::Time(it) => Self::Time(it),
            Data::Enum(it) => Self::Enum(it),
            Data::List(items) => Self::List(items.iter().map(Self::of).collect()),
        }
    }

    /// The items of a list.
    fn items(&self) -> Vec<Data<'_>> {
        match self {
            // A list holds no lists.
            Self::List(items) => items.iter().map(|it| it.lent(&[])).collect(),
            _ => Vec::new(),
        }
    }

    fn lent<'v>(&'v self, items: &'v [Data<'v>]) -> Data<'v> {
        match self {
            Self::Bool(it) => Data::Bool(*it),
            Self::Int(it) => Data::Int(*it),
            Self::Float(it) => Data::Float(*it),
            Self::Text(it) => Data::Text(it),
            Self::Duration(it) => Data::Duration(*it),
            Self::Time(it) => Data::Time(*it),
            Self::Enum(it) => Data::Enum(*it),
            Self::List(_) => Data::List(DataList::new(items)),
        }
    }
}

/// Lends values to somebody who takes them as the core does.
pub fn lend<R>(values: &[Value], to: impl FnOnce(&[Data<'_>]) -> R) -> R {
    let is_plain = values.len() <= FIELDS_MAX && !values.iter().any(|it| matches!(it, Value::List(_)));
    if is_plain {
        // The way of nearly all of them, without memory of its own.
        let mut data = [Data::Bool(false); FIELDS_MAX];
        data.iter_mut().zip(values).for_each(|(data, value)| *data = value.lent(&[]));
        return to(data.get(..values.len()).unwrap_or(&[]));
    }
    let items: Vec<_> = values.iter().map(Value::items).collect();
    let data: Vec<_> = values.iter().zip(&items).map(|(it, items)| it.lent(items)).collect();
    to(&data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lent_is_what_it_was() {
        let list = Value::List(vec![Value::Int(1), Value::Int(2)]);
        let plain = vec![Value::Text("a".into()), Value::Bool(true)];
        let many = vec![Value::Int(7); FIELDS_MAX + 1];
        for values in [vec![], plain.clone(), [plain, vec![list]].concat(), many] {
            lend(&values, |data| {
                assert_eq!(data.iter().map(|it| Value::of(*it)).collect::<Vec<_>>(), values);
            });
        }
    }
}
