//! Values that own what is in them: what scripts give to machines, and what machines tell.

use machine_core::limits::FIELDS_MAX;
use machine_core::table::Type;
use machine_core::{Data, DataList};
use std::sync::Arc;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// Milliseconds.
    Duration(i64),
    /// Milliseconds since 1970.
    Time(i64),
    /// The position of a word in its enum.
    Enum(u16),
    /// Values of one type, which is no list.
    List(Vec<Value>),
}

/// What an event carries: a value for each field. Shared, because the same is given again and again.
pub type Payload = Arc<[Value]>;

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

    /// What a field is that nobody writes: nothing, or as near to nothing as its type allows.
    #[must_use]
    pub fn least(ty: Type<'_>) -> Self {
        match ty {
            Type::Bool => Self::Bool(false),
            Type::Int { min, max } => Self::Int(0.clamp(min, max)),
            Type::Float => Self::Float(0.0),
            Type::Text { .. } => Self::Text(String::new()),
            Type::Duration => Self::Duration(0),
            Type::Time => Self::Time(0),
            Type::Enum(_) => Self::Enum(0),
            Type::List { .. } => Self::List(Vec::new()),
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

    /// The items of a list, which holds no lists.
    fn items(&self) -> Vec<Data<'_>> {
        match self {
            Self::List(items) => items.iter().map(|it| it.lent(&[])).collect(),
            _ => Vec::new(),
        }
    }
}

/// Lends values to somebody who takes them as the core does.
pub fn lend<R>(values: &[Value], to: impl FnOnce(&[Data<'_>]) -> R) -> R {
    let is_plain = values.len() <= FIELDS_MAX && !values.iter().any(|it| matches!(it, Value::List(_)));
    if is_plain {
        // The way of nearly all of them, and of each step of a long run.
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
        for values in [vec![], vec![Value::Text("a".into()), Value::Bool(true)], vec![list, Value::Enum(3)]] {
            let back = lend(&values, |data| data.iter().map(|it| Value::of(*it)).collect::<Vec<_>>());
            assert_eq!(back, values);
        }
    }

    #[test]
    fn the_least_is_within_bounds() {
        assert_eq!(Value::least(Type::Int { min: 3, max: 9 }), Value::Int(3));
        assert_eq!(Value::least(Type::Int { min: -9, max: -3 }), Value::Int(-3));
    }
}
