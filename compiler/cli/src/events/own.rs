//! The author's own events: what `emit` sends.

use super::{Narrower, Told};
use crate::inspect::type_text;
use machine_core::Table;
use machine_core::table::{Emit, Type};
use machine_host::event::schema::own_name;
use machine_value::schema_of_fields;
use serde_json::{Value, json};

/// The fields of an event together have so much room, in bytes of JSON.
const ROOM: usize = 24 * 1024;

pub(super) fn emitted(table: &Table<'_>) -> Vec<Told> {
    table.emits().map(|emit| told(table, &emit)).collect()
}

fn told(table: &Table<'_>, emit: &Emit<'_>) -> Told {
    let (ty, dataschema) = own_name(table.name(), table.version(), emit.name);
    let fields: Vec<_> = emit.fields.map(|(name, ty)| format!("{name}: {}", type_text(table, ty))).collect();
    Told {
        name: emit.name.to_owned(),
        data: data(table, emit, (&ty, &dataschema)),
        about: if emit.doc.is_empty() { format!("`emit {}` in the source.", emit.name) } else { emit.doc.to_owned() },
        ty,
        carries: fields.join(", "),
        dataschema,
        is_general: false,
        narrower: Narrower {
            attributes: [
                ("event".to_owned(), json!({ "const": emit.name })),
                ("machine".to_owned(), json!({ "const": table.name() })),
                ("version".to_owned(), json!({ "const": table.version() })),
            ]
            .into_iter()
            .collect(),
            ..Narrower::default()
        },
    }
}

fn data(table: &Table<'_>, emit: &Emit<'_>, (ty, name): (&str, &str)) -> Value {
    let mut schema = schema_of_fields(table, emit.fields);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["$id"] = name.into();
    schema["title"] = ty.into();
    if !emit.doc.is_empty() {
        schema["description"] = emit.doc.into();
    }
    if emit.fields.map(|(name, ty)| name.len() + 4 + most(table, ty)).sum::<usize>() > ROOM {
        leave_out(&mut schema);
    }
    schema
}

/// What has no room is counted under `…`.
fn leave_out(schema: &mut Value) {
    let required = schema.as_object_mut().and_then(|it| it.remove("required")).unwrap_or_default();
    schema["anyOf"] = json!([{ "required": required }, { "required": ["…"] }]);
    schema["properties"]["…"] =
        json!({ "type": "integer", "minimum": 1, "description": "How many fields had no room." });
}

/// The most bytes of JSON that a value of a type takes, roughly and never too few.
fn most(table: &Table<'_>, ty: Type<'_>) -> usize {
    match ty {
        Type::Text { max } => 6 * usize::from(max) + 2,
        Type::Enum(id) => table.words(id).map(str::len).max().unwrap_or(0) + 2,
        Type::List { of, max } => usize::from(max) * (most(table, of.ty()) + 1) + 2,
        Type::Bool | Type::Int { .. } | Type::Float | Type::Duration | Type::Time => 48,
    }
}
