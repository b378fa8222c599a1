//! Values for what a way leaves open, and values as the core has them.

use super::cells::is_point;
use super::texts::Texts;
use crate::model::bounds::Bounds;
use crate::model::eval::Value;
use crate::model::{Constant, Expr, Type};
use compact_str::CompactString;
use machine_core::{Data, DataList};

/// Values that something within these bounds can have: the ends, what conditions compare it with, the texts of the machine.
pub(super) fn candidates(ty: &Type, bounds: Option<Bounds>, compared: &[&Expr], texts: &Texts) -> Vec<Constant> {
    let bounds = bounds.unwrap_or_else(|| Bounds::of(ty));
    let mut found: Vec<Constant> = match (ty, bounds) {
        (Type::Bool, Bounds::Bool { no, yes }) => {
            [no, yes].into_iter().zip([false, true]).filter(|it| it.0).map(|it| Constant::Bool(it.1)).collect()
        }
        (Type::Enum(words), Bounds::Words(bits)) => {
            let is_in = |at: &u16| bits[usize::from(*at) / 64] >> (at % 64) & 1 == 1;
            (0..words.len() as u16).filter(is_in).map(Constant::Enum).collect()
        }
        (Type::Int { .. }, Bounds::Number { min, max }) => {
            let mut numbers = vec![0.clamp(min, max), min, max];
            numbers.dedup();
            numbers.into_iter().map(Constant::Int).collect()
        }
        (Type::Duration, Bounds::Number { min, max }) => {
            let ends = [0.clamp(min.max(0), max.max(0)), min.max(0), max.max(0)];
            ends.into_iter().map(|it| Constant::Duration(it.unsigned_abs())).collect()
        }
        (Type::Time, Bounds::Number { min, max }) => {
            [0.clamp(min, max), min, max].into_iter().map(Constant::Time).collect()
        }
        (Type::Text { .. }, Bounds::Text { which, .. }) => {
            texts.within(ty, which).into_iter().map(Constant::Text).collect()
        }
        _ => vec![least(ty)],
    };
    if !is_point(bounds) {
        found.extend(constants(ty, bounds, compared));
    }
    found.dedup();
    found
}

/// The constants of a type within expressions, and values just beside them.
fn constants(ty: &Type, bounds: Bounds, exprs: &[&Expr]) -> Vec<Constant> {
    let mut found = Vec::new();
    for expr in exprs {
        expr.walk(&mut |it| match (it.constant(), ty) {
            (Some(Constant::Text(it)), Type::Text { .. }) if bounds == Bounds::of(ty) => {
                found.push(Constant::Text(it.clone()))
            }
            (Some(Constant::Float(it)), Type::Float) => found.extend([it - 1.0, *it, it + 1.0].map(Constant::Float)),
            (Some(Constant::Int(it)), Type::Int { .. }) => {
                let near = [it.saturating_sub(1), *it, it.saturating_add(1)];
                found.extend(near.into_iter().filter(|it| is_in(bounds, &Value::Int(*it))).map(Constant::Int));
            }
            _ => {}
        });
    }
    found
}

/// What a field is that does not matter.
pub(super) fn least(ty: &Type) -> Constant {
    match ty {
        Type::Bool => Constant::Bool(false),
        Type::Int { min, max } => Constant::Int(0.clamp(*min, *max)),
        Type::Float => Constant::Float(0.0),
        Type::Duration => Constant::Duration(0),
        Type::Time => Constant::Time(0),
        Type::Enum(_) => Constant::Enum(0),
        Type::List { .. } => Constant::List(Vec::new()),
        Type::Text { .. } | Type::Path | Type::Map(_) | Type::Secret => Constant::Text(CompactString::default()),
    }
}

/// As the core takes it.
pub(super) fn data(constant: &Constant) -> Data<'_> {
    match constant {
        Constant::Bool(it) => Data::Bool(*it),
        Constant::Int(it) => Data::Int(*it),
        Constant::Float(it) => Data::Float(*it),
        Constant::Duration(it) => Data::Duration(it.cast_signed()),
        Constant::Time(it) => Data::Time(*it),
        Constant::Enum(it) => Data::Enum(*it),
        Constant::Text(it) => Data::Text(it),
        Constant::List(_) | Constant::Map(_) | Constant::Secret(_) | Constant::Computed(_) => {
            Data::List(DataList::new(&[]))
        }
    }
}

/// As the model has it.
pub(super) fn value(data: Data<'_>) -> Value {
    match data {
        Data::Bool(it) => Value::Bool(it),
        Data::Int(it) => Value::Int(it),
        Data::Float(it) => Value::Float(it),
        Data::Text(it) => Value::Text(it.into()),
        Data::Duration(it) => Value::Duration(it),
        Data::Time(it) => Value::Time(it),
        Data::Enum(it) => Value::Enum(it),
        Data::List(items) => Value::List(items.iter().map(value).collect()),
    }
}

/// Whether a value is within bounds.
pub(super) fn is_in(bounds: Bounds, value: &Value) -> bool {
    !bounds.and(Bounds::exactly(value)).is_empty()
}
