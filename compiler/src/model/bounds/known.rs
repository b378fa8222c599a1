//! What guards that hold, or do not hold, tell of the values that they look at.

use super::arithmetic::{mirrored, moved, opposite};
use super::{Bounds, Known, Place};
use crate::model::eval::Value;
use crate::model::{Calculate, Compare, Expr, ExprKind, Type};

impl<'e> Known<'e> {
    /// What is known of a place.
    #[must_use]
    pub fn of(&self, place: Place<'e>, ty: &Type) -> Bounds {
        self.0.iter().find(|it| it.0 == place).map_or_else(|| Bounds::of(ty), |it| it.1)
    }

    /// A place has a new value.
    pub fn set(&mut self, place: Place<'e>, bounds: Bounds) {
        match self.0.iter_mut().find(|it| it.0 == place) {
            Some(it) => it.1 = bounds,
            None => self.0.push((place, bounds)),
        }
    }

    /// What is known if `guard` holds, or if it does not; `None` if that cannot be.
    #[must_use]
    pub fn given(mut self, guard: &'e Expr, holds: bool) -> Option<Self> {
        match (&guard.kind, holds) {
            (ExprKind::Not(it), _) => return self.given(it, !holds),
            (ExprKind::And(a, b), true) => return self.given(a, true)?.given(b, true),
            (ExprKind::Or(a, b), false) => return self.given(a, false)?.given(b, false),
            (ExprKind::And(a, b), false) | (ExprKind::Or(a, b), true) => {
                let first = self.clone().given(a, holds);
                let second = self.given(a, !holds).and_then(|it| it.given(b, holds));
                return match (first, second) {
                    (Some(a), Some(b)) => Some(a.either(&b)),
                    (one, other) => one.or(other),
                };
            }
            (ExprKind::InRange(it, low, high), true) => {
                self.narrow(Compare::GreaterOrEqual, it, self.of_expr(low));
                self.narrow(Compare::LessOrEqual, it, self.of_expr(high));
            }
            (ExprKind::Compare(op, a, b), _) => {
                let op = if holds { *op } else { opposite(*op) };
                self.narrow(op, a, self.of_expr(b));
                self.narrow(mirrored(op), b, self.of_expr(a));
            }
            _ => {
                if let Some(place) = Place::of(guard) {
                    let bounds = self.of(place, &guard.ty).and(Bounds::Bool { no: !holds, yes: holds });
                    self.set(place, bounds);
                }
            }
        }
        let decided = self.of_expr(guard);
        let possible = match decided {
            Bounds::Bool { no, yes } => {
                if holds {
                    yes
                } else {
                    no
                }
            }
            _ => true,
        };
        (possible && self.0.iter().all(|it| !it.1.is_empty())).then_some(self)
    }

    /// What is known in both cases.
    fn either(self, other: &Self) -> Self {
        let both = self.0.iter().filter_map(|(place, bounds)| {
            let in_other = other.0.iter().find(|it| it.0 == *place)?;
            Some((*place, bounds.or(in_other.1)))
        });
        Self(both.collect())
    }

    /// `place op bound` holds; so does `place + 1 op bound`, which bounds the place by one less.
    fn narrow(&mut self, op: Compare, place: &'e Expr, bound: Bounds) {
        if let ExprKind::Calculate(sign @ (Calculate::Add | Calculate::Subtract), inner, by) = &place.kind
            && let Some(by) = by.constant().and_then(Value::of)
        {
            return self.narrow(op, inner, moved(bound, *sign, Bounds::exactly(&by)));
        }
        let Some(at) = Place::of(place) else { return };
        let now = self.of(at, &place.ty);
        let allowed = match (op, bound) {
            (Compare::Equal, it) => it,
            (Compare::NotEqual, it) => return self.without(at, now, it),
            (_, Bounds::Number { min, max }) => match op {
                Compare::Less => Bounds::Number { min: i64::MIN, max: max.saturating_sub(1) },
                Compare::LessOrEqual => Bounds::Number { min: i64::MIN, max },
                Compare::Greater => Bounds::Number { min: min.saturating_add(1), max: i64::MAX },
                _ => Bounds::Number { min, max: i64::MAX },
            },
            _ => return,
        };
        self.set(at, now.and(allowed));
    }

    /// The place is not the one value that `other` is.
    fn without(&mut self, at: Place<'e>, now: Bounds, other: Bounds) {
        let left = match (now, other) {
            (Bounds::Words(a), Bounds::Words(b)) if b.iter().map(|it| it.count_ones()).sum::<u32>() == 1 => {
                Bounds::Words(std::array::from_fn(|it| a[it] & !b[it]))
            }
            (Bounds::Number { min, max }, Bounds::Number { min: it, max: other }) if it == other => match it {
                _ if it == min => Bounds::Number { min: min.saturating_add(1), max },
                _ if it == max => Bounds::Number { min, max: max.saturating_sub(1) },
                _ => return,
            },
            (Bounds::Bool { no, yes }, Bounds::Bool { no: a, yes: b }) if a != b => {
                Bounds::Bool { no: no && !a, yes: yes && !b }
            }
            _ => return,
        };
        self.set(at, left);
    }
}
