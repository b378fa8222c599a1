//! Values, types, and what fits where ([page 7 of the manual](../../spec/07-data.md)).

use std::fmt;

/// A value; what a machine remembers, and what its events carry.
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
    /// Milliseconds since 1970, UTC.
    Time(i64),
    /// A word of an enum.
    Word(String),
    /// Values of one type.
    List(Vec<Value>),
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `bool`
    Bool,
    /// `int`, or `int in A..B`.
    Int(i64, i64),
    /// `float`
    Float,
    /// `string`, or `string up to N`: so many bytes.
    Text(usize),
    /// `duration`
    Duration,
    /// `time`
    Time,
    /// `a | b | c`
    Words(Vec<String>),
    /// `list of T`, `list of T up to N`: so many items.
    List(Box<Type>, usize),
}

/// Why a calculation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Too large for 64 bits, or infinite.
    Overflow,
    /// Division by zero.
    Division,
    /// A number that does not fit its type.
    Range,
    /// A text or list that does not fit its type.
    Length,
    /// No number.
    Conversion,
    /// Too many raised events.
    Queue,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overflow => "overflow",
            Self::Division => "division",
            Self::Range => "range",
            Self::Length => "length",
            Self::Conversion => "conversion",
            Self::Queue => "queue",
        })
    }
}

impl Type {
    /// A whole number without bounds.
    pub const INT: Self = Self::Int(i64::MIN, i64::MAX);
    /// A text without a bound of its own.
    pub const TEXT: Self = Self::Text(1_024);
    /// Items of a list without a bound of its own.
    pub const ITEMS: usize = 64;
}

impl Value {
    /// The value as one of this type, or why it is none. A whole number is a float where one is wanted.
    pub(super) fn fit(self, ty: &Type) -> Result<Self, Reason> {
        match (self, ty) {
            (Self::Int(it), Type::Int(low, high)) if it < *low || it > *high => Err(Reason::Range),
            (Self::Int(it), Type::Float) => Ok(Self::Float(it as f64)),
            (Self::Text(it), Type::Text(most)) if it.len() > *most => Err(Reason::Length),
            (Self::List(items), Type::List(_, most)) if items.len() > *most => Err(Reason::Length),
            (Self::List(items), Type::List(of, _)) => {
                Ok(Self::List(items.into_iter().map(|it| it.fit(of)).collect::<Result<_, _>>()?))
            }
            (other, _) => Ok(other),
        }
    }

    /// Whether two values are equal; a whole number that is written out may stand for a float.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Float(b)) | (Self::Float(b), Self::Int(a)) => *a as f64 == *b,
            (Self::List(a), Self::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b)),
            (a, b) => a == b,
        }
    }
}
