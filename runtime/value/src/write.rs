//! Values as JSON: durations and times as texts, enums by their words.

use super::words::{duration_text, time_text};
use machine_core::table::Type;
use machine_core::{Data, Table};
use serde_json::{Map, Value as Json};

/// A value of this type as JSON.
pub fn json(table: &Table<'_>, ty: Type<'_>, data: Data<'_>) -> Json {
    match (data, ty) {
        (Data::Bool(it), _) => it.into(),
        (Data::Int(it), _) => it.into(),
        (Data::Float(it), _) => it.into(),
        (Data::Text(it), _) => it.into(),
        (Data::Duration(it), _) => duration_text(it).into(),
        (Data::Time(it), _) => time_text(it).into(),
        (Data::Enum(it), Type::Enum(id)) => table.word(id, it).into(),
        (Data::Enum(it), _) => it.into(),
        (Data::List(items), ty) => {
            let ty = if let Type::List { of, .. } = ty { of.ty() } else { ty };
            items.iter().map(|it| json(table, ty, it)).collect()
        }
    }
}

/// Values by the names of their fields.
pub fn json_fields<'t>(
    table: &Table<'t>,
    fields: impl Iterator<Item = (&'t str, Type<'t>)>,
    values: &[Data<'_>],
) -> Map<String, Json> {
    fields.zip(values).map(|((name, ty), value)| (name.to_owned(), json(table, ty, *value))).collect()
}
