//! Values of a type, drawn.

use super::Taste;
use crate::value::{Payload, Value};
use fastrand::Rng;
use machine_core::Table;
use machine_core::table::Type;

/// Most characters of a text and items of a list that are drawn.
const MOST: u16 = 3;

/// A value for each field.
pub(super) fn payload<'t>(
    table: &Table<'_>,
    fields: impl Iterator<Item = (&'t str, Type<'t>)>,
    taste: &Taste,
    rng: &mut Rng,
) -> Payload {
    fields.map(|(_, ty)| value(table, ty, taste, rng)).collect()
}

pub(super) fn value(table: &Table<'_>, ty: Type<'_>, taste: &Taste, rng: &mut Rng) -> Value {
    match ty {
        Type::Bool => Value::Bool(rng.bool()),
        Type::Int { min, max } => Value::Int(number(min, max, taste, rng)),
        Type::Float => Value::Float(number(-1_000, 1_000, taste, rng) as f64 / f64::from(1 << rng.u8(0..3))),
        Type::Text { max } => Value::Text(text(usize::from(max), taste, rng)),
        Type::Duration => Value::Duration(number(0, 86_400_000, taste, rng)),
        Type::Time => Value::Time(number(0, crate::clock::BEGIN * 2, taste, rng)),
        Type::Enum(of) => Value::Enum(rng.u16(0..(table.words(of).count() as u16).max(1))),
        Type::List { of, max } => {
            let count = rng.u16(0..=max.min(MOST));
            Value::List((0..count).map(|_| value(table, of.ty(), taste, rng)).collect())
        }
    }
}

/// Ends of the range, what the machine compares with and what is beside that, and anything.
fn number(min: i64, max: i64, taste: &Taste, rng: &mut Rng) -> i64 {
    let usual = [min, max, 0, 1];
    let near = |rng: &mut Rng| {
        let known = rng.choice(&taste.numbers).copied().unwrap_or(0);
        known.saturating_add(rng.i64(-1..=1))
    };
    let drawn = match rng.u8(0..4) {
        0 => rng.choice(usual).unwrap_or(0),
        1 if !taste.numbers.is_empty() => near(rng),
        2 => rng.i64(0..=1_000),
        _ => rng.i64(min..=max),
    };
    drawn.clamp(min, max)
}

fn text(max: usize, taste: &Taste, rng: &mut Rng) -> String {
    let known = rng.choice(&taste.texts).filter(|it| it.len() <= max && rng.bool());
    let made = |rng: &mut Rng| (0..rng.usize(0..=max.min(MOST.into()))).map(|_| rng.lowercase()).collect();
    known.cloned().unwrap_or_else(|| made(rng))
}
