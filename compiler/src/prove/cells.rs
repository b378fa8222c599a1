//! What data is followed as: its type in pieces, of which it is in exactly one at any time.

use crate::model::bounds::{Bounds, Name, Which};
use crate::model::eval::Value;
use crate::model::{Constant, Type};

/// The pieces of a type, numbered from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// False, true.
    Truth,
    /// One for each word.
    Words(usize),
    /// One for each number from here to there.
    Each(i64, i64),
    /// Numbers that conditions do not tell apart, least first; both ends included.
    Ranges(Vec<(i64, i64)>),
    /// One for each of these texts, and one for all others.
    Texts {
        names: Vec<Name>,
        /// Bytes, at most.
        most: usize,
    },
}

impl Cells {
    /// One for each value, if there are at most so many.
    pub(super) fn of_values(ty: &Type, most: u64) -> Option<Self> {
        match ty {
            Type::Bool => Some(Self::Truth),
            Type::Enum(words) => Some(Self::Words(words.len())),
            Type::Int { min, max } if max.abs_diff(*min) < most => Some(Self::Each(*min, *max)),
            _ => None,
        }
    }

    /// Ranges that begin at these numbers; nothing if the type is not one of numbers.
    pub(super) fn between(ty: &Type, mut begins: Vec<i64>) -> Option<Self> {
        let Bounds::Number { min, max } = Bounds::of(ty) else { return None };
        begins.retain(|it| *it > min && *it <= max);
        begins.sort_unstable();
        begins.dedup();
        let ends = begins.iter().map(|it| it - 1).chain([max]);
        Some(Self::Ranges(std::iter::once(min).chain(begins.iter().copied()).zip(ends).collect()))
    }

    /// One for each of these texts, if there are any; nothing if the type is none of texts.
    pub(super) fn of_texts(ty: &Type, names: Vec<Name>) -> Option<Self> {
        let Type::Text { max } = ty else { return None };
        (!names.is_empty()).then_some(Self::Texts { names, most: usize::from(*max) })
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Truth => 2,
            Self::Words(it) => *it as u64,
            Self::Each(min, max) => max.abs_diff(*min) + 1,
            Self::Ranges(it) => it.len() as u64,
            Self::Texts { names, .. } => names.len() as u64 + 1,
        }
    }

    /// The values of one piece.
    pub(super) fn bounds(&self, at: u64) -> Bounds {
        match self {
            Self::Truth => Bounds::Bool { no: at == 0, yes: at == 1 },
            Self::Words(_) => Bounds::exactly(&Value::Enum(u16::try_from(at).unwrap_or(u16::MAX))),
            Self::Each(min, _) => Bounds::exactly(&Value::Int(min.saturating_add_unsigned(at))),
            Self::Ranges(it) => {
                let (min, max) = usize::try_from(at).ok().and_then(|at| it.get(at)).copied().unwrap_or((1, 0));
                Bounds::Number { min, max }
            }
            Self::Texts { names, most } => {
                let name = usize::try_from(at).ok().and_then(|at| names.get(at));
                Bounds::Text { most: *most, which: name.map_or(Which::Other, |it| Which::One(*it)) }
            }
        }
    }

    /// The pieces that have values within these bounds.
    pub(super) fn within(&self, bounds: Bounds) -> Vec<u64> {
        match (self, bounds) {
            (Self::Truth, Bounds::Bool { no, yes }) => {
                [no, yes].iter().zip(0..).filter(|it| *it.0).map(|it| it.1).collect()
            }
            (Self::Words(count), Bounds::Words(bits)) => {
                let is_in = |at: &u64| bits[(at / 64) as usize] >> (at % 64) & 1 == 1;
                (0..*count as u64).filter(is_in).collect()
            }
            (Self::Each(least, greatest), Bounds::Number { min, max }) => {
                let (from, to) = (min.max(*least), max.min(*greatest));
                (from..=to).map(|it| it.abs_diff(*least)).collect()
            }
            (Self::Ranges(all), Bounds::Number { min, max }) => {
                let meets = |(it, _): &((i64, i64), u64)| it.0 <= max && it.1 >= min;
                all.iter().copied().zip(0..).filter(meets).map(|it| it.1).collect()
            }
            (Self::Texts { names, .. }, Bounds::Text { which: Which::One(name), .. }) => {
                vec![names.iter().position(|it| *it == name).unwrap_or(names.len()) as u64]
            }
            (Self::Texts { names, .. }, Bounds::Text { which: Which::Other, .. }) => vec![names.len() as u64],
            _ => (0..self.count()).collect(),
        }
    }

    /// Whether a piece has this value.
    pub(super) fn has(&self, at: u64, value: &Value) -> bool {
        self.within(Bounds::exactly(value)).contains(&at)
    }

    /// The piece that a constant is in.
    pub(super) fn of_constant(&self, constant: &Constant) -> u64 {
        let bounds = Value::of(constant).map_or(Bounds::Any, |it| Bounds::exactly(&it));
        self.within(bounds).first().copied().unwrap_or(0)
    }

    /// Where a new piece begins, for those that are numbers.
    pub(super) fn begins(&self) -> Vec<i64> {
        match self {
            Self::Truth | Self::Words(_) | Self::Texts { .. } => Vec::new(),
            Self::Each(min, max) => (*min..=*max).collect(),
            Self::Ranges(it) => it.iter().map(|it| it.0).collect(),
        }
    }
}

/// Nothing but one value.
pub(super) fn is_point(bounds: Bounds) -> bool {
    match bounds {
        Bounds::Bool { no, yes } => no != yes,
        Bounds::Number { min, max } => min == max,
        Bounds::Words(bits) => bits.iter().map(|it| it.count_ones()).sum::<u32>() == 1,
        // Of one that is known, what is made of it need not be.
        Bounds::Text { .. } | Bounds::Length(_) | Bounds::Any => false,
    }
}
