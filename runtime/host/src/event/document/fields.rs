//! Fields that authors and drivers name themselves: kept within their room.

use crate::event::text::head;
use serde_json::{Map, Value};

/// Room for a text among them, in bytes of JSON.
const TEXT: usize = 8 * 1024;

/// Room for all of them together, in bytes of JSON.
const FIELDS: usize = 24 * 1024;

/// The fields, texts cut and the whole bounded; what has no room is counted under the name `…`.
pub(super) fn bounded(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::new();
    let mut used = 0;
    for (name, value) in fields {
        let value = cut(value);
        used += Value::from(name.as_str()).to_string().len() + value.to_string().len() + 2;
        if used > FIELDS {
            break;
        }
        kept.insert(name.clone(), value);
    }
    let left_out = fields.len() - kept.len();
    if left_out > 0 {
        kept.insert("…".to_owned(), left_out.into());
    }
    kept
}

fn cut(value: &Value) -> Value {
    match value {
        Value::String(text) => head(text, TEXT).into(),
        Value::Array(items) => items.iter().map(cut).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), cut(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn small_fields_stay_as_they_are() {
        let given = fields(json!({"status": 2, "perf": [{"label": "load", "value": 0.5}], "none": null, "up": true}));
        assert_eq!(bounded(&given), given);
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let given = fields(json!({"a": "x".repeat(9000), "b": "y".repeat(7000), "c": "z".repeat(9000), "d": 1}));
        let kept = bounded(&given);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert!(kept["a"].as_str().unwrap().ends_with("x…[+840 bytes]"), "{}", kept["a"]);

        let given = fields(json!({"a": vec![1; 20_000], "b": 1, "c": 2}));
        assert_eq!(Value::from(bounded(&given)), json!({"…": 3}));
    }
}
