//! Whether a value has a type.

use crate::Data;
use crate::table::Table;
use crate::table::types::Type;

/// Whether a value at run time is one of a type.
pub(crate) fn fits(table: &Table<'_>, value: Data<'_>, ty: Type<'_>) -> bool {
    match (value, ty) {
        (Data::Bool(_), Type::Bool) | (Data::Duration(_), Type::Duration) | (Data::Time(_), Type::Time) => true,
        (Data::Int(it), Type::Int { min, max }) => min <= it && it <= max,
        (Data::Float(it), Type::Float) => it.is_finite(),
        (Data::Text(it), Type::Text { max }) => it.len() <= usize::from(max),
        (Data::Enum(word), Type::Enum(of)) => word < table.word_count(of),
        (Data::List(items), Type::List { of, max }) => {
            items.len() <= usize::from(max) && items.iter().all(|it| fits(table, it, of.ty()))
        }
        _ => false,
    }
}
