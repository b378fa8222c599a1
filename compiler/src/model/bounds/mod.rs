//! What a calculation can give at least and at most, and whether it can fail.
//!
//! Types bound every value from the start; guards that hold, and data that was just assigned, bound it more. Whole
//! numbers, durations and times are intervals, words and truth values sets, lists a length, texts a length and one text.

mod arithmetic;
mod example;
mod known;
mod look;
mod text;

use super::eval::Value;
use super::{Expr, ExprKind, Type};
use crate::few::Few;
pub use text::{Name, Which};

/// What a value can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// Which truth values.
    Bool {
        /// It can be false.
        no: bool,
        /// It can be true.
        yes: bool,
    },
    /// A whole number, a duration or a time.
    Number {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A text.
    Text {
        /// Bytes, at most.
        most: usize,
        /// Which one it is.
        which: Which,
    },
    /// Items of a list, at most.
    Length(usize),
    /// One of these words, a bit each.
    Words([u64; 4]),
    /// Anything.
    Any,
}

/// What is known beyond the types.
#[derive(Clone, Debug, Default)]
pub struct Known<'e>(Few<(Place<'e>, Bounds), 3>);

/// Something that has a value for the time of a reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place<'e> {
    /// Data, by position.
    Data(usize),
    /// A fact, by position.
    Fact(usize),
    /// A field of the event that is handled.
    Field(&'e str),
    /// A parameter of a template that is checked without an instance.
    Param(&'e str),
    /// The time.
    Now,
}

impl<'e> Place<'e> {
    /// The place that an expression names, if it is nothing but a name.
    #[must_use]
    pub fn of(expr: &'e Expr) -> Option<Self> {
        Some(match &expr.kind {
            ExprKind::Data(it) => Self::Data(*it),
            ExprKind::Fact(it) => Self::Fact(*it),
            ExprKind::Field(_, it) => Self::Field(it),
            ExprKind::Param(it) => Self::Param(it),
            ExprKind::Now => Self::Now,
            _ => return None,
        })
    }
}

/// Milliseconds: 36 million years.
const LONGEST: i64 = 1 << 60;
const UNKNOWN: Bounds = Bounds::Bool { no: true, yes: true };

impl Bounds {
    /// What a type allows.
    #[must_use]
    pub fn of(ty: &Type) -> Self {
        match ty {
            Type::Bool => UNKNOWN,
            Type::Int { min, max } => Self::Number { min: *min, max: *max },
            // No machine lives so long that a sum of two of them could leave 64 bits.
            Type::Duration | Type::Time => Self::Number { min: -LONGEST, max: LONGEST },
            Type::Text { max } => Self::any_text(usize::from(*max)),
            Type::List { max, .. } => Self::Length(usize::from(*max)),
            Type::Enum(words) => Self::Words(std::array::from_fn(|at| mask(words.len(), at))),
            _ => Self::Any,
        }
    }

    /// What a value is.
    #[must_use]
    pub fn exactly(value: &Value) -> Self {
        match value {
            Value::Bool(it) => Self::Bool { no: !it, yes: *it },
            Value::Int(it) | Value::Duration(it) | Value::Time(it) => Self::Number { min: *it, max: *it },
            Value::Text(it) => Self::Text { most: it.len(), which: Which::One(Name::of(it)) },
            Value::List(it) => Self::Length(it.len()),
            Value::Enum(it) => {
                let at = usize::from(*it);
                Self::Words(std::array::from_fn(|word| if word == at / 64 { 1 << (at % 64) } else { 0 }))
            }
            Value::Float(_) => Self::Any,
        }
    }

    /// Any text of so many bytes at most.
    fn any_text(most: usize) -> Self {
        Self::Text { most, which: Which::Any }
    }

    /// What is in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bool { no: a, yes: b }, Self::Bool { no: c, yes: d }) => Self::Bool { no: a && c, yes: b && d },
            (Self::Number { min: a, max: b }, Self::Number { min: c, max: d }) => {
                Self::Number { min: a.max(c), max: b.min(d) }
            }
            (Self::Text { most: a, which: b }, Self::Text { most: c, which: d }) => {
                Self::Text { most: a.min(c), which: b.and(d) }
            }
            (Self::Length(a), Self::Length(b)) => Self::Length(a.min(b)),
            (Self::Words(a), Self::Words(b)) => Self::Words(std::array::from_fn(|at| a[at] & b[at])),
            (Self::Any, it) | (it, _) => it,
        }
    }

    /// What is in one of them.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bool { no: a, yes: b }, Self::Bool { no: c, yes: d }) => Self::Bool { no: a || c, yes: b || d },
            (Self::Number { min: a, max: b }, Self::Number { min: c, max: d }) => {
                Self::Number { min: a.min(c), max: b.max(d) }
            }
            (Self::Text { most: a, which: b }, Self::Text { most: c, which: d }) => {
                Self::Text { most: a.max(c), which: b.or(d) }
            }
            (Self::Length(a), Self::Length(b)) => Self::Length(a.max(b)),
            (Self::Words(a), Self::Words(b)) => Self::Words(std::array::from_fn(|at| a[at] | b[at])),
            _ => Self::Any,
        }
    }

    /// Nothing can be that.
    #[must_use]
    pub fn is_empty(self) -> bool {
        match self {
            Self::Bool { no, yes } => !no && !yes,
            Self::Number { min, max } => min > max,
            Self::Words(it) => it == [0; 4],
            Self::Text { which, .. } => which == Which::None,
            Self::Length(_) | Self::Any => false,
        }
    }
}

fn mask(words: usize, at: usize) -> u64 {
    match words.saturating_sub(at * 64) {
        0 => 0,
        bits @ 1..=63 => (1 << bits) - 1,
        _ => u64::MAX,
    }
}
