//! What is known of a value before it is there: its type, and how large it can be.

use crate::data::Word;
use crate::definition::{Calculate, Function};
use crate::table::places::Place;
use crate::table::types::Type;

/// The type of a value on the stack, with the bounds that can be proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) word: Word,
    /// Of a list what is in it; otherwise the same as `word`.
    pub(super) item: Word,
    /// Bounds of a whole number, or of those in a list.
    pub(super) min: i64,
    pub(super) max: i64,
    /// Most bytes of a text, or of those in a list.
    pub(super) bytes: u32,
    /// Most items of a list.
    pub(super) items: u32,
    /// Of a list that is being put together, how many are in it.
    pub(super) filled: u32,
    /// Which enum.
    pub(super) of: u16,
}

/// Whether a value fits a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fits {
    /// It is of another kind.
    Never,
    /// It has to be looked at.
    Maybe,
    Always,
}

/// A result and whether getting it may fail; `None` if the operands do not fit the operator.
pub(super) type Result = Option<(Shape, bool)>;

impl Shape {
    pub(super) const fn new(word: Word) -> Self {
        Self { word, item: word, min: i64::MIN, max: i64::MAX, bytes: 0, items: 0, filled: 0, of: 0 }
    }

    pub(super) const BOOL: Self = Self::new(Word::Bool);

    pub(super) fn int(min: i64, max: i64) -> Self {
        Self { min, max, ..Self::new(Word::Int) }
    }

    pub(super) fn text(bytes: u32) -> Self {
        Self { bytes, ..Self::new(Word::Text) }
    }

    pub(super) fn of(ty: Type<'_>) -> Self {
        match ty {
            Type::Bool => Self::BOOL,
            Type::Int { min, max } => Self::int(min, max),
            Type::Float => Self::new(Word::Float),
            Type::Text { max } => Self::text(max.into()),
            Type::Duration => Self::new(Word::Duration),
            Type::Time => Self::new(Word::Time),
            Type::Enum(of) => Self { of, ..Self::new(Word::Enum) },
            Type::List { of, max } => Self { word: Word::List, items: max.into(), ..Self::of(of.ty()) },
        }
    }

    /// The shape of what is in a list.
    pub(super) fn element(self) -> Self {
        Self { word: self.item, items: 0, filled: 0, ..self }
    }

    pub(super) fn is_empty_list(self) -> bool {
        self.word == Word::List && self.items == 0
    }

    /// The same kind of value, whatever the bounds.
    pub(super) fn is_like(self, other: Self) -> bool {
        let items = self.is_empty_list() || other.is_empty_list() || self.item == other.item;
        self.word == other.word && items && (self.item != Word::Enum || other.item != Word::Enum || self.of == other.of)
    }

    pub(super) fn fits(self, wanted: Self) -> Fits {
        if !self.is_like(wanted) {
            return Fits::Never;
        }
        let ints = self.item != Word::Int || wanted.min <= self.min && self.max <= wanted.max;
        let texts = self.item != Word::Text || self.bytes <= wanted.bytes;
        let is_sure = self.items <= wanted.items && (self.is_empty_list() || ints && texts);
        if is_sure { Fits::Always } else { Fits::Maybe }
    }

    pub(super) fn calculate(self, how: Calculate, other: Self) -> Result {
        use Calculate::{Add, Divide, Multiply, Subtract};
        use Word::{Duration, Float, Int, Time};
        let result = match (self.word, how, other.word) {
            (Int, _, Int) => return Some(self.whole(how, other)),
            (Float, Add | Subtract | Multiply | Divide, Float) => Float,
            (Duration, Add | Subtract, Duration) | (Duration, Multiply | Divide, Int) => Duration,
            (Duration, Divide, Duration) => Int,
            (Time, Add | Subtract, Duration) => Time,
            (Time, Subtract, Time) => Duration,
            _ => return None,
        };
        Some((Self::new(result), true))
    }

    /// Of whole numbers, with bounds.
    fn whole(self, how: Calculate, other: Self) -> (Self, bool) {
        let [a, b, c, d] = [self.min, self.max, other.min, other.max].map(i128::from);
        let most = |low: i128, high: i128| low.abs().max(high.abs());
        let has_zero = c <= 0 && d >= 0;
        let (low, high, by_zero) = match how {
            Calculate::Add => (a + c, b + d, false),
            Calculate::Subtract => (a - d, b - c, false),
            Calculate::Multiply => {
                let corners = [a * c, a * d, b * c, b * d];
                (corners.into_iter().min().unwrap_or(0), corners.into_iter().max().unwrap_or(0), false)
            }
            Calculate::Divide if c > 0 => (a.min(0), b.max(0), false),
            Calculate::Divide => (-most(a, b), most(a, b), has_zero),
            Calculate::Remainder => {
                let limit = most(a, b).min(most(c, d) - 1).max(0);
                (if a < 0 { -limit } else { 0 }, if b > 0 { limit } else { 0 }, has_zero)
            }
        };
        let overflows = low < i128::from(i64::MIN) || high > i128::from(i64::MAX);
        let clamp = |it: i128| it.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        (Self::int(clamp(low), clamp(high)), overflows || by_zero)
    }

    pub(super) fn minus(self) -> Result {
        match self.word {
            Word::Int => Some(Self::int(0, 0).whole(Calculate::Subtract, self)),
            Word::Float => Some((self, false)),
            Word::Duration => Some((self, true)),
            _ => None,
        }
    }

    /// One function of one value.
    pub(super) fn call(self, function: Function) -> Result {
        let int = Self::int(i64::MIN, i64::MAX);
        Some(match (function, self.word) {
            (Function::Abs, Word::Int) => {
                let most = i128::from(self.min).abs().max(i128::from(self.max).abs());
                let least = if self.min > 0 { self.min } else { 0 };
                let max = i64::try_from(most).unwrap_or(i64::MAX);
                (Self::int(least, max), self.min == i64::MIN)
            }
            (Function::Abs, Word::Float) => (self, false),
            (Function::Abs, Word::Duration) => (self, true),
            (Function::Len, Word::Text) => (Self::int(0, self.bytes.into()), false),
            (Function::Len, Word::List) => (Self::int(0, self.items.into()), false),
            (Function::Lower | Function::Upper, Word::Text) => (self, false),
            (Function::ToInt, Word::Float | Word::Text) => (int, true),
            (Function::ToFloat, Word::Int) => (Self::new(Word::Float), false),
            (Function::ToFloat, Word::Text) => (Self::new(Word::Float), true),
            _ => return None,
        })
    }

    /// One function of two values.
    pub(super) fn call_with(self, function: Function, other: Self) -> Result {
        let shape = match (function, self.word) {
            (Function::Min, Word::Int) if other.word == Word::Int => {
                Self::int(self.min.min(other.min), self.max.min(other.max))
            }
            (Function::Max, Word::Int) if other.word == Word::Int => {
                Self::int(self.min.max(other.min), self.max.max(other.max))
            }
            (Function::Min | Function::Max, Word::Float | Word::Duration | Word::Time) if other.word == self.word => {
                self
            }
            (Function::Contains, Word::List) if self.is_empty_list() || self.element().is_like(other) => Self::BOOL,
            (Function::Contains | Function::StartsWith | Function::EndsWith | Function::Matches, Word::Text)
                if other.word == Word::Text =>
            {
                Self::BOOL
            }
            _ => return None,
        };
        Some((shape, false))
    }

    /// Most bytes of it as text.
    pub(super) fn written(self, longest_word: &dyn Fn(u16) -> u32) -> u32 {
        match self.word {
            Word::Bool => 5,
            Word::Int => digits(self.min).max(digits(self.max)),
            Word::Float | Word::Duration | Word::Time => crate::text::WRITTEN_MAX as u32,
            Word::Text => self.bytes,
            Word::Enum => longest_word(self.of),
            Word::List => {
                let item = self.element();
                let written = if item.word == Word::Enum { longest_word(self.of) } else { item.written(&|_| 0) };
                self.items.saturating_mul(written.saturating_add(1))
            }
        }
    }

    /// Room for a list of this shape.
    pub(super) fn room(self) -> Place {
        Place {
            items: self.items,
            bytes: self.items.saturating_mul(if self.item == Word::Text { self.bytes } else { 0 }),
        }
    }
}

fn digits(it: i64) -> u32 {
    it.unsigned_abs().checked_ilog10().map_or(1, |it| it + 1) + u32::from(it < 0)
}
