//! Traces and metrics against a collector on real sockets, which does what collectors do to their clients.

mod figures;
mod push;
mod span;
mod traces;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;

/// `machine.name=lamp machine.resumed=true`.
fn shown(attributes: &[KeyValue]) -> String {
    let value = |it: &KeyValue| match it.value.clone().and_then(|it| it.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::BoolValue(it)) => it.to_string(),
        Some(Value::IntValue(it)) => it.to_string(),
        other => format!("{other:?}"),
    };
    attributes.iter().map(|it| format!("{}={}", it.key, value(it))).collect::<Vec<_>>().join(" ")
}
