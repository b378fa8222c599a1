//! Values of a table as JSON, and durations as they are written in a source.

use machine_core::table::{Listing, Value};
use serde_json::{Map, Value as Json};

/// The same value in JSON. A duration becomes `{"ms": 1000}`, what a node puts in `{"secret": "NAME"}` or
/// `{"computed": "a + b"}`, a number that JSON does not know `null`.
pub(super) fn json<'t>(code: &Listing<'t>, value: Value<'t>) -> Json {
    let tagged = |tag: &str, it: Json| Json::Object(Map::from_iter([(tag.to_owned(), it)]));
    match value {
        Value::Bool(it) => Json::from(it),
        Value::Int(it) | Value::Time(it) => Json::from(it),
        Value::Float(it) => Json::from(it),
        Value::Duration(ms) => tagged("ms", Json::from(ms)),
        Value::Text(it) => Json::from(it),
        Value::List(items) => Json::Array(items.map(|it| json(code, it)).collect()),
        Value::Map(entries) => {
            Json::Object(entries.map(|(key, it)| (key.to_owned(), json(code, it))).collect::<Map<_, _>>())
        }
        Value::Enum(..) => Json::from(code.value(value)),
        Value::Secret(it) => tagged("secret", Json::from(code.secret(it))),
        Value::Computed(it) => tagged("computed", Json::from(code.calculation(it, None))),
    }
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
