//! Who speaks: the node, as every message names it.

use super::{SCOPE, Settings};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The node with its attributes; those of the settings win.
pub(super) fn resource(settings: &Settings) -> Resource {
    let host = crate::host_name();
    let ours = [
        ("service.name", SCOPE),
        ("service.version", VERSION),
        ("service.instance.id", &settings.node),
        ("host.name", &host),
    ];
    let is_ours = |name: &str| settings.resource.iter().all(|(other, _)| other != name);
    let mut attributes: Vec<_> = ours.into_iter().filter(|it| is_ours(it.0)).map(|(name, it)| text(name, it)).collect();
    attributes.extend(settings.resource.iter().map(|(name, value)| text(name, value)));
    Resource { attributes, ..Resource::default() }
}

pub(super) fn scope() -> InstrumentationScope {
    InstrumentationScope { name: SCOPE.to_owned(), version: VERSION.to_owned(), ..InstrumentationScope::default() }
}

pub(super) fn text(name: &str, value: impl Into<String>) -> KeyValue {
    attribute(name, Value::StringValue(value.into()))
}

pub(super) fn truth(name: &str, value: bool) -> KeyValue {
    attribute(name, Value::BoolValue(value))
}

pub(super) fn number(name: &str, value: i64) -> KeyValue {
    attribute(name, Value::IntValue(value))
}

fn attribute(name: &str, value: Value) -> KeyValue {
    KeyValue { key: name.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}
