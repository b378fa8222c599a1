//! Values of a table as JSON and as they are written in a source.

use machine_core::table::Value;
use serde_json::{Map, Value as Json};

/// The same value in JSON. A duration becomes `{"ms": 1000}`, a number that JSON does not know `null`.
pub(super) fn json(value: Value<'_>) -> Json {
    match value {
        Value::Bool(it) => Json::from(it),
        Value::Int(it) => Json::from(it),
        Value::Float(it) => Json::from(it),
        Value::Duration(ms) => Json::Object(Map::from_iter([("ms".to_owned(), Json::from(ms))])),
        Value::Text(it) => Json::from(it),
        Value::List(items) => Json::Array(items.map(json).collect()),
        Value::Map(entries) => Json::Object(entries.map(|(key, it)| (key.to_owned(), json(it))).collect::<Map<_, _>>()),
        Value::Time(it) => Json::from(it),
        Value::Enum(_, word) => Json::from(word),
        Value::Secret(it) => Json::Object(Map::from_iter([("secret".to_owned(), Json::from(it))])),
        Value::Computed(_) => Json::Object(Map::from_iter([("computed".to_owned(), Json::from(true))])),
    }
}

/// The same value as a source would say it, on one line and fit for a terminal.
pub(super) fn source(value: Value<'_>) -> String {
    match value {
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Float(it) => format!("{it:?}"),
        Value::Duration(ms) => duration(ms),
        Value::Text(it) => format!("{it:?}"),
        Value::List(items) => format!("[{}]", joined(items.map(source))),
        Value::Map(entries) => format!("{{{}}}", joined(entries.map(|(key, it)| format!("{key:?}: {}", source(it))))),
        Value::Time(it) => it.to_string(),
        Value::Enum(_, word) => format!("#{word}"),
        Value::Secret(it) => format!("secret #{it}"),
        Value::Computed(_) => "…".to_owned(),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// A duration as a source would say it, in the largest unit that divides it: `90s`, `2h`, `10ms`.
pub(super) fn duration(ms: u64) -> String {
    const UNITS: [(&str, u64); 4] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let fits = |it: &&(&str, u64)| ms > 0 && ms.is_multiple_of(it.1);
    match UNITS.iter().find(fits) {
        Some((unit, size)) => format!("{}{unit}", ms / size),
        None => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_take_the_largest_unit_that_fits() {
        let shown = [0, 10, 1_000, 90_000, 60_000, 7_200_000, 86_400_000].map(duration);
        assert_eq!(shown, ["0ms", "10ms", "1s", "90s", "1m", "2h", "1d"]);
    }
}
