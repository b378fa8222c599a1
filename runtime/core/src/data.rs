//! Values at run time, as they go in and come out of a machine.

use crate::table::Items;

/// A value of a machine, borrowed from wherever it lives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Data<'v> {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction; never infinite, never "not a number".
    Float(f64),
    /// Text.
    Text(&'v str),
    /// Milliseconds.
    Duration(i64),
    /// Milliseconds since 1970, UTC.
    Time(i64),
    /// The position of a word in its enum.
    Enum(u16),
    /// Values of one type, which is no list.
    List(DataList<'v>),
}

/// Values of one type, one after the other.
#[derive(Clone, Copy)]
pub struct DataList<'v>(Source<'v>);

/// Where the items are.
#[derive(Clone, Copy)]
enum Source<'v> {
    Slice(&'v [Data<'v>]),
    Stored(Stored<'v>),
    Constant(Items<'v>),
}

/// Items in the memory of an instance: a word each; of a text its length, and its bytes at each multiple of `stride`.
#[derive(Clone, Copy)]
pub(crate) struct Stored<'v> {
    pub(crate) of: Word,
    pub(crate) items: &'v [i64],
    pub(crate) bytes: &'v [u8],
    pub(crate) stride: usize,
}

/// What a word of an instance's memory stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Bool,
    Int,
    Float,
    /// The length of a text.
    Text,
    Duration,
    Time,
    Enum,
    /// How many items a list has.
    List,
}

impl Word {
    /// The value, unless it is a text or a list.
    #[inline]
    pub(crate) fn scalar(self, word: i64) -> Option<Data<'static>> {
        Some(match self {
            Self::Bool => Data::Bool(word != 0),
            Self::Int => Data::Int(word),
            Self::Float => Data::Float(f64::from_bits(word.cast_unsigned())),
            Self::Duration => Data::Duration(word),
            Self::Time => Data::Time(word),
            Self::Enum => Data::Enum(word as u16),
            Self::Text | Self::List => return None,
        })
    }
}

impl Data<'_> {
    /// The word that stands for it; of a text its length, of a list its count.
    #[inline]
    pub(crate) fn word(self) -> i64 {
        match self {
            Self::Bool(it) => i64::from(it),
            Self::Int(it) | Self::Duration(it) | Self::Time(it) => it,
            Self::Float(it) => it.to_bits().cast_signed(),
            Self::Enum(it) => i64::from(it),
            Self::Text(it) => it.len() as i64,
            Self::List(it) => it.len() as i64,
        }
    }
}

/// Text out of bytes that were text when they were written.
pub(crate) fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or("")
}

impl<'v> Stored<'v> {
    fn get(&self, index: usize) -> Option<Data<'v>> {
        let word = *self.items.get(index)?;
        let start = index * self.stride;
        let chars = || self.bytes.get(start..start.checked_add(usize::try_from(word).ok()?)?);
        if self.of == Word::Text { chars().map(|it| Data::Text(text(it))) } else { self.of.scalar(word) }
    }
}

impl<'v> DataList<'v> {
    /// The items of a slice.
    #[must_use]
    pub fn new(items: &'v [Data<'v>]) -> Self {
        Self(Source::Slice(items))
    }

    pub(crate) fn stored(stored: Stored<'v>) -> Self {
        Self(Source::Stored(stored))
    }

    pub(crate) fn constant(items: Items<'v>) -> Self {
        Self(Source::Constant(items))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.0 {
            Source::Slice(it) => it.len(),
            Source::Stored(it) => it.items.len(),
            Source::Constant(it) => it.len(),
        }
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at this position, from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Data<'v>> {
        match self.0 {
            Source::Slice(it) => it.get(index).copied(),
            Source::Stored(it) => it.get(index),
            Source::Constant(mut it) => it.nth(index).and_then(|it| it.data()),
        }
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = Data<'v>> + use<'v> {
        let list = *self;
        (0..self.len()).map_while(move |index| list.get(index))
    }
}

impl core::fmt::Debug for DataList<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for DataList<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}
