//! Values of the core as values of the reference, and back.

use crate::reference::Value;
use machine_core::table::Type;
use machine_core::{Data, DataList, Table};

/// A value of the core.
pub(super) fn value(data: Data<'_>, ty: Type<'_>, table: &Table<'_>) -> Value {
    match data {
        Data::Bool(it) => Value::Bool(it),
        Data::Int(it) => Value::Int(it),
        Data::Float(it) => Value::Float(it),
        Data::Text(it) => Value::Text(it.to_owned()),
        Data::Duration(it) => Value::Duration(it),
        Data::Time(it) => Value::Time(it),
        Data::Enum(it) => match ty {
            Type::Enum(of) => Value::Word(table.word(of, it).to_owned()),
            _ => Value::Word(format!("word {it} of no enum")),
        },
        Data::List(items) => {
            let of = if let Type::List { of, .. } = ty { of.ty() } else { Type::Bool };
            Value::List(items.iter().map(|it| value(it, of, table)).collect())
        }
    }
}

/// A value that the core can take: the items of a list stand beside it.
pub(super) struct Given {
    value: Value,
    words: Vec<u16>,
}

impl Given {
    pub(super) fn new(value: &Value, ty: Type<'_>, table: &Table<'_>) -> Self {
        let number = |word: &str, ty: Type<'_>| match ty {
            Type::Enum(of) => table.words(of).position(|it| it == word).unwrap_or(0) as u16,
            _ => 0,
        };
        let words = match (value, ty) {
            (Value::Word(it), ty) => vec![number(it, ty)],
            (Value::List(items), Type::List { of, .. }) => {
                let word = |it: &Value| if let Value::Word(it) = it { number(it, of.ty()) } else { 0 };
                items.iter().map(word).collect()
            }
            _ => Vec::new(),
        };
        Self { value: value.clone(), words }
    }

    fn items(&self) -> Vec<Data<'_>> {
        let Value::List(items) = &self.value else { return Vec::new() };
        items.iter().zip(&self.words).map(|(item, word)| scalar(item, *word)).collect()
    }
}

fn scalar(value: &Value, word: u16) -> Data<'_> {
    match value {
        Value::Bool(it) => Data::Bool(*it),
        Value::Int(it) => Data::Int(*it),
        Value::Float(it) => Data::Float(*it),
        Value::Text(it) => Data::Text(it),
        Value::Duration(it) => Data::Duration(*it),
        Value::Time(it) => Data::Time(*it),
        Value::Word(_) => Data::Enum(word),
        Value::List(_) => Data::Bool(false),
    }
}

/// Hands values over as the core takes them.
pub(super) fn with_data<T>(values: &[Given], then: impl FnOnce(&[Data<'_>]) -> T) -> T {
    let items: Vec<Vec<Data<'_>>> = values.iter().map(Given::items).collect();
    let mut data: Vec<Data<'_>> = Vec::with_capacity(values.len());
    for (given, items) in values.iter().zip(&items) {
        data.push(match given.value {
            Value::List(_) => Data::List(DataList::new(items)),
            _ => scalar(&given.value, given.words.first().copied().unwrap_or(0)),
        });
    }
    then(&data)
}
