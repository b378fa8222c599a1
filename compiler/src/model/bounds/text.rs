//! Which text something is, as far as that is known.

use std::hash::{DefaultHasher, Hash, Hasher};

/// What is known of a text besides its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Nothing.
    Any,
    /// It is the text of this name.
    One(Name),
    /// It is none of those that the machine compares texts with or makes them of.
    Other,
    /// It is no text at all.
    None,
}

/// Stands for a text: its hash, as what is known of values has to be small. Who tells texts apart by it looks first whether two
/// of the machine share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(u64);

impl Name {
    /// The name of a text, the same within one run of the compiler.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl Which {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any, it) | (it, Self::Any) => it,
            (a, b) if a == b => a,
            _ => Self::None,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, it) | (it, Self::None) => it,
            (a, b) if a == b => a,
            _ => Self::Any,
        }
    }

    /// Whether both can be the same text, and whether they can differ.
    pub(super) fn can_be_same_and_differ(self, other: Self) -> (bool, bool) {
        match (self, other) {
            (Self::One(a), Self::One(b)) => (a == b, a != b),
            (Self::One(_), Self::Other) | (Self::Other, Self::One(_)) => (false, true),
            (Self::None, _) | (_, Self::None) => (false, false),
            _ => (true, true),
        }
    }
}
