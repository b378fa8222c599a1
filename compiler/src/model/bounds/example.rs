//! Examples from the ends of what is known: mostly one of the first shows what conditions can be.

use super::{Bounds, Known, Place};
use crate::few::Few;
use crate::model::Expr;

/// Which places take their greatest value, a bit each; the others take their least.
const ENDS: [u64; 4] = [0, u64::MAX, 0x5555_5555_5555_5555, 0xAAAA_AAAA_AAAA_AAAA];

impl<'e> Known<'e> {
    /// Whether an example shows that each of these conditions can be what is wanted of it, all at the same time. If none
    /// does, there may still be one.
    #[must_use]
    pub fn shows(&self, wanted: &[(&'e Expr, bool)]) -> bool {
        let mut places: Few<(Place<'e>, Bounds), 3> = Few::default();
        for (condition, _) in wanted {
            condition.walk(&mut |it| {
                if let Some(place) = Place::of(it)
                    && places.iter().all(|it| it.0 != place)
                {
                    places.push((place, self.of(place, &it.ty)));
                }
            });
        }
        let mut example = Self(places.clone());
        ENDS.iter().any(|ends| {
            for (at, (chosen, (_, bounds))) in example.0.iter_mut().zip(&places).enumerate() {
                chosen.1 = bounds.end(ends >> (at % 64) & 1 == 1);
            }
            wanted.iter().all(|(condition, holds)| example.decides(condition) == Some(*holds))
        })
    }

    /// Whether a condition holds, as far as what is known decides it.
    fn decides(&self, condition: &'e Expr) -> Option<bool> {
        use crate::model::ExprKind::{And, Not, Or};
        match &condition.kind {
            Not(it) => Some(!self.decides(it)?),
            And(a, b) => Some(self.decides(a)? && self.decides(b)?),
            Or(a, b) => Some(self.decides(a)? || self.decides(b)?),
            _ => match self.of_expr(condition) {
                Bounds::Bool { no: false, yes: true } => Some(true),
                Bounds::Bool { no: true, yes: false } => Some(false),
                _ => None,
            },
        }
    }
}

impl Bounds {
    /// The least or the greatest value of these, if they have one.
    fn end(self, greatest: bool) -> Self {
        match self {
            Self::Bool { no: true, yes: true } => Self::Bool { no: !greatest, yes: greatest },
            Self::Number { min, max } => {
                let it = if greatest { max } else { min };
                Self::Number { min: it, max: it }
            }
            Self::Words(words) => Self::Words(one_word(words, greatest)),
            it => it,
        }
    }
}

/// The first or the last of some words.
fn one_word(words: [u64; 4], last: bool) -> [u64; 4] {
    let mut one = [0; 4];
    let found = if last { words.iter().rposition(|it| *it != 0) } else { words.iter().position(|it| *it != 0) };
    if let Some(at) = found {
        let bit = if last { 63 - words[at].leading_zeros() } else { words[at].trailing_zeros() };
        one[at] = 1 << bit;
    }
    one
}
