//! The cases of CloudEvents' own conformance vectors (their JSON format and HTTP binding), by the names that they have
//! there: what has to be read, and what has to be refused.

use crate::event::binding::{check, http};
use serde_json::{Value, json};

/// The event that most of the cases change something of.
fn event(id: &str) -> Value {
    json!({"specversion": "1.0", "id": id, "type": "io.cloudevents.test", "source": "https://cloudevents.io"})
}

/// That event with one member changed; without it if the value is null.
fn with(member: &str, value: Value) -> Value {
    let mut event = event("invalid");
    event[member] = value;
    if event[member].is_null() {
        event.as_object_mut().unwrap().remove(member);
    }
    event
}

fn is_valid(event: &Value) -> bool {
    check(event.to_string().as_bytes()).is_ok()
}

#[test]
fn valid_events() {
    let mut all_null = event("minimal");
    for member in ["datacontenttype", "dataschema", "subject", "time"] {
        all_null[member] = Value::Null;
    }
    let mut all_core = event("allCore");
    all_core["datacontenttype"] = "text/plain".into();
    all_core["dataschema"] = "https://cloudevents.io/dataschema".into();
    all_core["subject"] = "tests".into();
    all_core["time"] = "2018-04-05T17:31:00Z".into();
    let mut text = with("datacontenttype", "text/plain".into());
    text["data"] = "Simple text".into();
    let mut extensions = event("allExtensionTypes");
    extensions["extinteger"] = 10.into();
    extensions["extboolean"] = true.into();
    for (name, value) in [
        ("extstring", "text"),
        ("exturi", "https://cloudevents.io"),
        ("exturiref", "//authority/path"),
        ("exttimestamp", "2023-03-31T15:12:00Z"),
        ("extbinary", "TWE="),
    ] {
        extensions[name] = value.into();
    }
    for (name, event) in [
        ("validMinimal", event("minimal")),
        ("validMinimalWithNullForOptional", all_null),
        ("validAllCoreAttributes", all_core),
        ("validMinimalWithTimeUtc", with("time", "2018-04-05T17:31:00Z".into())),
        ("validMinimalWithTimeToNanosecondsUtc", with("time", "2018-04-05T17:31:00.000000000Z".into())),
        ("validMinimalWithTimeUsingPositiveOffset", with("time", "2018-04-05T18:31:00+01:00".into())),
        ("validMinimalWithTimeUsingNegativeOffset", with("time", "2018-04-05T16:31:00-01:00".into())),
        ("validRelativeSource", with("source", "#fragment".into())),
        ("validSimpleTextData", text),
        ("validAllExtensionTypes", extensions),
    ] {
        assert!(is_valid(&event), "{name}: {event}");
    }
}

#[test]
fn invalid_events() {
    let mut both = with("data", "text".into());
    both["data_base64"] = "eyAieHl6IjogMTIzIH0=".into();
    for (name, event) in [
        ("invalidNoSpecVersion", with("specversion", Value::Null)),
        ("invalidNoId", with("id", Value::Null)),
        ("invalidNoType", with("type", Value::Null)),
        ("invalidNoSource", with("source", Value::Null)),
        ("invalidTimeGarbage", with("time", "lunchtime".into())),
        ("invalidTimeToMinute", with("time", "2018-04-05T18:31Z".into())),
        ("invalidTimeOffsetX", with("time", "2018-04-05T18:31:00X".into())),
        ("invalidTimeOffsetOutOfRange", with("time", "2018-04-05T18:31:00+25:00".into())),
        ("invalidTimeOffsetNonInteger", with("time", "2018-04-05T18:31:00+xx:00".into())),
        ("invalidTimeOffsetHourOnly", with("time", "2018-04-05T18:31:00+05".into())),
        ("invalidEmptyId", with("id", "".into())),
        ("invalidEmptyType", with("type", "".into())),
        ("invalidEmptySource", with("source", "".into())),
        ("invalidEmptySpecVersion", with("specversion", "".into())),
        ("invalidUnknownSpecVersion", with("specversion", "0.9".into())),
        ("invalidNonRfc2046DataContentType", with("datacontenttype", "xyz".into())),
        ("invalidEmptyDataContentType", with("datacontenttype", "".into())),
        ("invalidEmptyDataSchema", with("dataschema", "".into())),
        ("invalidEmptySubject", with("subject", "".into())),
        ("invalidNumericId", with("id", 25.into())),
        ("invalidObjectId", with("id", json!({"xyz": "abc"}))),
        ("invalidCapitalizedExtension", with("MyExtension", "bad".into())),
        ("invalidPunctuatedExtension", with("my.extension", "bad".into())),
        ("invalidNonIntegerExtensionValue", with("myextension", 1.5.into())),
        ("invalidBothDataAndDataBase64", both),
    ] {
        assert!(!is_valid(&event), "{name}: {event}");
    }
}

#[test]
fn batches() {
    let read = |batch: Value| {
        let body = batch.to_string();
        http::read([("Content-Type", "application/cloudevents-batch+json")], body.as_bytes()).map(|it| it.len()).ok()
    };
    let minimal = || event("minimal");
    assert_eq!(read(json!([])), Some(0), "validBatchEmpty");
    assert_eq!(read(json!([minimal()])), Some(1), "validBatchMinimal");
    assert_eq!(read(json!([minimal(), minimal()])), Some(2), "validBatchMinimal2");
    let old = with("specversion", "0.9".into());
    assert_eq!(read(json!([minimal(), old])), None, "invalidBatchMixedSpecVersions");
    let nameless = with("id", Value::Null);
    assert_eq!(read(json!([nameless])), None, "invalidBatchContainingInvalidCloudEvent");
    assert_eq!(read(json!(["not an object", minimal()])), None, "invalidBatchContainingNonObject");
}

/// What the feature file of the HTTP binding asks: both modes, each type of content.
#[test]
fn the_http_protocol_binding() {
    let attributes = [
        ("ce-specversion", "1.0"),
        ("ce-type", "com.example.someevent"),
        ("ce-time", "2018-04-05T03:56:24Z"),
        ("ce-id", "1234-1234-1234"),
        ("ce-source", "/mycontext/subcontext"),
    ];
    let expected = |content: &str| {
        json!({
            "specversion": "1.0",
            "type": "com.example.someevent",
            "time": "2018-04-05T03:56:24Z",
            "id": "1234-1234-1234",
            "source": "/mycontext/subcontext",
            "datacontenttype": content,
            "data": {"message": "Hello World!"},
        })
    };
    let read = |headers: &[(&str, &str)], body: &str| -> Value {
        let events = http::read(headers.iter().copied(), body.as_bytes()).unwrap();
        serde_json::from_str(events[0].get()).unwrap()
    };
    for content in ["application/json", "application/json; charset=utf-8"] {
        let headers = [&attributes[..], &[("Content-Type", content)]].concat();
        assert_eq!(read(&headers, r#"{ "message": "Hello World!" }"#), expected(content));
    }
    for content in ["application/cloudevents+json", "application/cloudevents+json; charset=utf-8"] {
        let sent = expected("application/json");
        assert_eq!(read(&[("Content-Type", content)], &sent.to_string()), sent);
    }
}
