//! The types of data and fields, read in place.

use super::layout::*;
use super::read::Reader;

/// The type of a value at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type<'t> {
    /// `true`, `false`.
    Bool,
    /// A whole number from `min` to `max`, both included.
    Int {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number with a fraction.
    Float,
    /// Text of at most so many bytes.
    Text {
        /// Most bytes.
        max: u16,
    },
    /// Milliseconds.
    Duration,
    /// Milliseconds since 1970, UTC.
    Time,
    /// A word of the enum with this index.
    Enum(u16),
    /// Values of one type, which is no list.
    List {
        /// What is in it.
        of: Element<'t>,
        /// Most items.
        max: u16,
    },
}

/// The type of a list's items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'t>(&'t [u8]);

impl<'t> Element<'t> {
    /// The type; never a list.
    #[must_use]
    pub fn ty(self) -> Type<'t> {
        Type::read(&mut Reader::new(self.0)).unwrap_or(Type::Bool)
    }
}

impl<'t> Type<'t> {
    /// The type that begins here; the reader moves behind it.
    pub(crate) fn read(reader: &mut Reader<'t>) -> Option<Self> {
        Some(match reader.u8()? {
            TYPE_BOOL => Self::Bool,
            TYPE_INT => Self::Int { min: i64::MIN, max: i64::MAX },
            TYPE_SMALL => {
                let [min, max] = [reader.u16()?, reader.u16()?].map(|it| i64::from(it.cast_signed()));
                Self::Int { min, max }
            }
            TYPE_RANGE => {
                let [min, max] = [reader.array()?, reader.array()?].map(i64::from_le_bytes);
                Self::Int { min, max }
            }
            TYPE_FLOAT => Self::Float,
            TYPE_TEXT => Self::Text { max: reader.u16()? },
            TYPE_DURATION => Self::Duration,
            TYPE_TIME => Self::Time,
            TYPE_ENUM => Self::Enum(reader.u16()?),
            TYPE_LIST => {
                let max = reader.u16()?;
                let start = *reader;
                let of = Self::read(reader).filter(|it| !matches!(it, Self::List { .. }))?;
                let _ = of;
                Self::List { of: Element(start.until(reader)), max }
            }
            _ => return None,
        })
    }
}

/// Names and types, in order.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'t> {
    left: usize,
    reader: Reader<'t>,
}

impl<'t> Fields<'t> {
    pub(crate) const NONE: Self = Self { left: 0, reader: Reader::new(&[]) };

    /// The fields that begin here; the reader moves behind them.
    pub(crate) fn read(reader: &mut Reader<'t>) -> Option<Self> {
        let left = usize::from(reader.u8()?);
        let fields = Self { left, reader: *reader };
        (0..left).try_for_each(|_| field(reader).map(drop))?;
        Some(fields)
    }
}

fn field<'t>(reader: &mut Reader<'t>) -> Option<(&'t str, Type<'t>)> {
    Some((reader.text()?, Type::read(reader)?))
}

impl<'t> Iterator for Fields<'t> {
    type Item = (&'t str, Type<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        field(&mut self.reader)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Fields<'_> {}
