//! Values on the stack: numbers as they are, texts and lists as places where they are kept.

use crate::data::{Stored, Word, text};
use crate::table::Table;
use crate::table::types::Type;
use crate::{Data, DataList};

/// What a calculation can look at.
#[derive(Clone, Copy)]
pub(crate) struct View<'v> {
    pub(crate) table: &'v Table<'v>,
    /// Of data, then of facts.
    pub(crate) words: &'v [i64],
    pub(crate) items: &'v [i64],
    pub(crate) bytes: &'v [u8],
    pub(crate) conditions: &'v [bool],
    /// Milliseconds since 1970.
    pub(crate) wall: i64,
    /// The fields of the event that is being handled.
    pub(crate) payload: &'v [Data<'v>],
}

/// What has been put together so far.
#[derive(Clone, Copy)]
pub(crate) struct Made<'v> {
    pub(crate) items: &'v [i64],
    pub(crate) bytes: &'v [u8],
}

/// Where a text or a list is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// In the code.
    Code,
    /// In the data or facts.
    Store,
    /// In what was put together.
    Made,
    /// In this field of the event.
    Field(u8),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    Bool(bool),
    Int(i64),
    Float(f64),
    Duration(i64),
    Time(i64),
    /// Enum and word.
    Enum(u16, u16),
    Text(Span),
    List(List),
}

/// Bytes of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) keep: Keep,
    pub(crate) start: u32,
    pub(crate) length: u32,
}

/// A list; see [`Stored`] for how it is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct List {
    pub(crate) keep: Keep,
    pub(crate) of: Word,
    /// The enum that its items are of.
    pub(crate) words_of: u16,
    pub(crate) items: u32,
    pub(crate) count: u32,
    pub(crate) bytes: u32,
    pub(crate) stride: u32,
}

impl Value {
    /// Takes no room, and stands where nothing else does.
    pub(crate) const NONE: Self = Self::Bool(false);

    /// The value itself.
    pub(crate) fn data<'v>(self, view: &View<'v>, made: Made<'v>) -> Data<'v> {
        match self {
            Self::Bool(it) => Data::Bool(it),
            Self::Int(it) => Data::Int(it),
            Self::Float(it) => Data::Float(it),
            Self::Duration(it) => Data::Duration(it),
            Self::Time(it) => Data::Time(it),
            Self::Enum(_, word) => Data::Enum(word),
            Self::Text(span) => span.data(view, made),
            Self::List(list) => list.data(view, made),
        }
    }

    /// Data or a fact.
    pub(crate) fn load(view: &View<'_>, slot: u16) -> Option<Self> {
        let (ty, place) = view.table.slot_type(slot.into())?;
        let word = *view.words.get(usize::from(slot))?;
        let (start, length) = (place.bytes, word as u32);
        Some(match ty {
            Type::Text { .. } => Self::Text(Span { keep: Keep::Store, start, length }),
            Type::List { of, .. } => {
                let of = of.ty();
                let (items, bytes, count) = (place.items, place.bytes, length);
                let kept = List {
                    keep: Keep::Store,
                    of: of.word(),
                    words_of: of.words_of(),
                    items,
                    count,
                    bytes,
                    stride: of.room().bytes,
                };
                Self::List(kept)
            }
            other => Self::scalar(other, word),
        })
    }

    fn scalar(ty: Type<'_>, word: i64) -> Self {
        match ty {
            Type::Bool => Self::Bool(word != 0),
            Type::Float => Self::Float(f64::from_bits(word.cast_unsigned())),
            Type::Duration => Self::Duration(word),
            Type::Time => Self::Time(word),
            Type::Enum(of) => Self::Enum(of, word as u16),
            Type::Int { .. } | Type::Text { .. } | Type::List { .. } => Self::Int(word),
        }
    }

    /// A field of the event that is being handled. Which enum a word is of only its type knows, so `of` says it.
    pub(crate) fn field(view: &View<'_>, field: u8, words_of: u16) -> Option<Self> {
        let keep = Keep::Field(field);
        Some(match *view.payload.get(usize::from(field))? {
            Data::Bool(it) => Self::Bool(it),
            Data::Int(it) => Self::Int(it),
            Data::Float(it) => Self::Float(it),
            Data::Duration(it) => Self::Duration(it),
            Data::Time(it) => Self::Time(it),
            Data::Enum(word) => Self::Enum(words_of, word),
            Data::Text(it) => Self::Text(Span { keep, start: 0, length: it.len() as u32 }),
            Data::List(it) => {
                let of = it.get(0).map_or(Word::Bool, word_of);
                Self::List(List { keep, of, words_of, items: 0, count: it.len() as u32, bytes: 0, stride: 0 })
            }
        })
    }
}

fn word_of(item: Data<'_>) -> Word {
    match item {
        Data::Bool(_) => Word::Bool,
        Data::Int(_) => Word::Int,
        Data::Float(_) => Word::Float,
        Data::Text(_) => Word::Text,
        Data::Duration(_) => Word::Duration,
        Data::Time(_) => Word::Time,
        Data::Enum(_) => Word::Enum,
        Data::List(_) => Word::List,
    }
}

impl Type<'_> {
    /// What its word stands for.
    pub(crate) fn word(self) -> Word {
        match self {
            Self::Bool => Word::Bool,
            Self::Int { .. } => Word::Int,
            Self::Float => Word::Float,
            Self::Text { .. } => Word::Text,
            Self::Duration => Word::Duration,
            Self::Time => Word::Time,
            Self::Enum(_) => Word::Enum,
            Self::List { .. } => Word::List,
        }
    }

    /// The enum of its words, or of those in it.
    pub(crate) fn words_of(self) -> u16 {
        match self {
            Self::Enum(of) => of,
            Self::List { of, .. } => of.ty().words_of(),
            _ => 0,
        }
    }
}

/// So many from here on; nothing if they are not there.
pub(crate) fn part<T>(all: &[T], start: u32, count: u32) -> &[T] {
    let start = start as usize;
    all.get(start..start.saturating_add(count as usize)).unwrap_or(&[])
}

impl Span {
    fn data<'v>(self, view: &View<'v>, made: Made<'v>) -> Data<'v> {
        let bytes = match self.keep {
            Keep::Code => view.table.extra.code,
            Keep::Store => view.bytes,
            Keep::Made => made.bytes,
            Keep::Field(field) => return view.payload.get(usize::from(field)).copied().unwrap_or(Data::Text("")),
        };
        Data::Text(text(part(bytes, self.start, self.length)))
    }
}

impl List {
    fn data<'v>(self, view: &View<'v>, made: Made<'v>) -> Data<'v> {
        let (items, bytes) = match self.keep {
            Keep::Store => (view.items, view.bytes),
            Keep::Made => (made.items, made.bytes),
            Keep::Field(field) => {
                return view.payload.get(usize::from(field)).copied().unwrap_or(Data::List(DataList::new(&[])));
            }
            Keep::Code => (&[][..], &[][..]),
        };
        self.kept_in(items, bytes)
    }

    /// The list, if this is where it is kept.
    pub(crate) fn kept_in<'v>(self, items: &'v [i64], bytes: &'v [u8]) -> Data<'v> {
        let items = part(items, self.items, self.count);
        let bytes = part(bytes, self.bytes, self.count * self.stride);
        Data::List(DataList::stored(Stored { of: self.of, items, bytes, stride: self.stride as usize }))
    }
}
