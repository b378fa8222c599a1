//! What the checks of code ask for again and again, looked up once.

use super::shape::Shape;
use crate::table::parts::SignalSource;
use crate::table::types::Type;
use crate::table::{Table, Value};
use alloc::vec::Vec;

pub(super) struct Known<'t> {
    /// Of each enum how many words it has, and how many bytes the longest.
    pub(super) enums: Vec<(u16, u32)>,
    /// The types of data and facts.
    pub(super) slots: Vec<Type<'t>>,
    /// How many of them are data.
    pub(super) data: usize,
    /// What each emitted event carries.
    pub(super) emits: Vec<Vec<Type<'t>>>,
    /// What each signal carries, and whether the machine may raise it.
    pub(super) signals: Vec<(bool, Vec<Type<'t>>)>,
    pub(super) conditions: usize,
    pub(super) watchers: usize,
}

impl<'t> Known<'t> {
    pub(super) fn of(table: &Table<'t>) -> Self {
        let is_raisable = |it: SignalSource<'_>| matches!(it, SignalSource::Declared { .. });
        Self {
            enums: enums(table),
            slots: table.slots().map(|it| it.ty).collect(),
            data: table.extra.data,
            emits: table.emits().map(|it| it.fields.map(|it| it.1).collect()).collect(),
            signals: table.signals().map(|it| (is_raisable(it.source), it.fields.map(|it| it.1).collect())).collect(),
            conditions: table.condition_count(),
            watchers: table.watchers().count(),
        }
    }

    /// Most bytes of a value as text.
    pub(super) fn written(&self, shape: Shape) -> u32 {
        shape.written(&|of| self.enums.get(usize::from(of)).map_or(0, |it| it.1))
    }
}

pub(super) fn enums(table: &Table<'_>) -> Vec<(u16, u32)> {
    let mut reader = table.list(crate::table::declarations::List::Enums).1;
    let one = |_| {
        let words = reader.u16()?;
        let longest = (0..words).filter_map(|_| reader.text().map(|it| it.len() as u32)).max();
        Some((words, longest.unwrap_or(0)))
    };
    (0..table.enums()).map_while(one).collect()
}

/// Bounds in order, no empty list, an enum that is there.
pub(super) fn is_type(enums: &[(u16, u32)], ty: Type<'_>) -> bool {
    match ty {
        Type::Int { min, max } => min <= max,
        Type::Enum(of) => usize::from(of) < enums.len(),
        Type::List { of, max } => max > 0 && is_type(enums, of.ty()),
        _ => true,
    }
}

/// Whether a constant is a value of a type.
pub(super) fn is_value(enums: &[(u16, u32)], value: Value<'_>, ty: Type<'_>) -> bool {
    match (value, ty) {
        (Value::Bool(_), Type::Bool) | (Value::Duration(_), Type::Duration) | (Value::Time(_), Type::Time) => true,
        (Value::Int(it), Type::Int { min, max }) => min <= it && it <= max,
        (Value::Float(it), Type::Float) => it.is_finite(),
        (Value::Text(it), Type::Text { max }) => it.len() <= usize::from(max),
        (Value::Enum(of, word), Type::Enum(wanted)) => {
            of == wanted && enums.get(usize::from(of)).is_some_and(|it| word < it.0)
        }
        (Value::List(mut items), Type::List { of, max }) => {
            items.len() <= usize::from(max) && items.all(|it| is_value(enums, it, of.ty()))
        }
        _ => false,
    }
}
