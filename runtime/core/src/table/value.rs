//! The arguments of watchers, read in place.

use super::layout::*;
use super::read::Reader;
use crate::limits::VALUE_DEPTH_MAX;
use crate::{Data, DataList};

/// A value that is known when the machine is compiled, borrowed from the table.
#[derive(Clone, Copy, Debug)]
pub enum Value<'t> {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Milliseconds.
    Duration(u64),
    /// Text.
    Text(&'t str),
    /// Values in order.
    List(Items<'t>),
    /// Entries in order, keys unique.
    Map(Entries<'t>),
    /// Milliseconds since 1970; never in an argument.
    Time(i64),
    /// The position of a word in the enum with this number; never in an argument.
    Enum(u16, u16),
    /// A secret, by its index.
    Secret(u16),
    /// To be calculated when the watcher is asked: [`crate::Instance::compute`].
    Computed(Code),
}

/// A calculation of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub(crate) u16);

impl<'t> Value<'t> {
    /// As a value at run time; `None` for what can only be an argument.
    pub(crate) fn data(self) -> Option<Data<'t>> {
        Some(match self {
            Self::Bool(it) => Data::Bool(it),
            Self::Int(it) => Data::Int(it),
            Self::Float(it) => Data::Float(it),
            Self::Duration(it) => Data::Duration(it.cast_signed()),
            Self::Text(it) => Data::Text(it),
            Self::Time(it) => Data::Time(it),
            Self::Enum(_, word) => Data::Enum(word),
            Self::List(items) => Data::List(DataList::constant(items)),
            Self::Map(_) | Self::Secret(_) | Self::Computed(_) => return None,
        })
    }
}

/// The arguments of one watcher, in the order of its kind's parameters.
pub type Arguments<'t> = Items<'t>;

/// Values one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Items<'t> {
    left: usize,
    reader: Reader<'t>,
}

/// Keys and values one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Entries<'t> {
    left: usize,
    reader: Reader<'t>,
}

impl<'t> Items<'t> {
    /// The one value that begins here.
    pub(crate) fn one(reader: &mut Reader<'t>) -> Option<Value<'t>> {
        value(reader, 0)
    }

    /// The arguments that begin here; the reader moves behind them.
    pub(crate) fn read(reader: &mut Reader<'t>) -> Option<Self> {
        let left = usize::from(reader.u8()?);
        let items = Self { left, reader: *reader };
        (0..left).try_for_each(|_| value(reader, 0).map(drop))?;
        Some(items)
    }

    /// How many are left.
    #[must_use]
    pub fn len(&self) -> usize {
        self.left
    }

    /// None are left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }
}

impl<'t> Iterator for Items<'t> {
    type Item = Value<'t>;

    fn next(&mut self) -> Option<Value<'t>> {
        self.left = self.left.checked_sub(1)?;
        value(&mut self.reader, 0)
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = (&'t str, Value<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some((self.reader.text()?, value(&mut self.reader, 0)?))
    }
}

/// The value that begins here; the reader moves behind it. `None` if it is not one, or too deep.
fn value<'t>(reader: &mut Reader<'t>, depth: usize) -> Option<Value<'t>> {
    if depth > VALUE_DEPTH_MAX {
        return None;
    }
    match reader.u8()? {
        tag @ (0 | 1) => Some(Value::Bool(tag == 1)),
        VALUE_SMALL => reader.u8().map(|it| Value::Int(i64::from(it.cast_signed()))),
        VALUE_INT => {
            // What fits one byte is written as one.
            let number = reader.array().map(i64::from_le_bytes)?;
            i8::try_from(number).is_err().then_some(Value::Int(number))
        }
        VALUE_FLOAT => reader.array().map(f64::from_le_bytes).map(Value::Float),
        VALUE_DURATION => reader.take(VALUE_DURATION_BYTES).map(|it| Value::Duration(super::read::duration(it))),
        tag @ VALUE_SHORT.. => reader.text_of(usize::from(tag - VALUE_SHORT)).map(Value::Text),
        // A short text is written as one.
        VALUE_TEXT => reader.text().filter(|it| it.len() >= usize::from(VALUE_SHORT)).map(Value::Text),
        VALUE_TIME => reader.array().map(i64::from_le_bytes).map(Value::Time),
        VALUE_ENUM => Some(Value::Enum(reader.u16()?, reader.u16()?)),
        VALUE_SECRET => reader.u16().map(Value::Secret),
        VALUE_COMPUTED => reader.u16().map(|it| Value::Computed(Code(it))),
        VALUE_LIST => {
            let left = reader.length()?;
            let items = Items { left, reader: *reader };
            (0..left).try_for_each(|_| value(reader, depth + 1).map(drop))?;
            Some(Value::List(items))
        }
        VALUE_MAP => {
            let left = reader.length()?;
            let entries = Entries { left, reader: *reader };
            (0..left).try_for_each(|_| reader.text().and_then(|_| value(reader, depth + 1)).map(drop))?;
            Some(Value::Map(entries))
        }
        _ => None,
    }
}
