//! Types as JSON schemas: what `write` makes of their values.

use machine_core::Table;
use machine_core::table::Type;
use serde_json::{Map, Value as Json, json};

/// The schema of the values of a type.
#[must_use]
pub fn schema(table: &Table<'_>, ty: Type<'_>) -> Json {
    match ty {
        Type::Bool => json!({ "type": "boolean" }),
        Type::Int { min: i64::MIN, max: i64::MAX } => json!({ "type": "integer" }),
        Type::Int { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Type::Float => json!({ "type": "number" }),
        // A text has at most as many characters as bytes.
        Type::Text { max } => json!({ "type": "string", "maxLength": max }),
        Type::Duration => json!({
            "type": "string",
            "description": "a duration: `1m30s`",
            "pattern": "^-?([0-9]+(ms|s|m|h|d|w))+$",
        }),
        Type::Time => json!({ "type": "string", "format": "date-time" }),
        Type::Enum(id) => json!({ "enum": table.words(id).collect::<Vec<_>>() }),
        Type::List { of, max } => json!({ "type": "array", "items": schema(table, of.ty()), "maxItems": max }),
    }
}

/// The schema of an object with these fields, all of them and no others.
#[must_use]
pub fn schema_of_fields<'t>(table: &Table<'t>, fields: impl Iterator<Item = (&'t str, Type<'t>)>) -> Json {
    let properties: Map<String, Json> = fields.map(|(name, ty)| (name.to_owned(), schema(table, ty))).collect();
    let required: Vec<_> = properties.keys().cloned().collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
