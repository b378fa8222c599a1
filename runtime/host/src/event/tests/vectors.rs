//! The cases of CloudEvents' own conformance vectors (cloudevents/conformance, `format/json` and `features`), by the names
//! and with the values that they have there: what has to be read, and what has to be refused; over HTTP and NATS, in every
//! mode.

use crate::event::binding::{Message, check, http, nats};
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

/// The valid events, each by the name of its case.
fn valid() -> Vec<(&'static str, Value)> {
    let base = |id: &str, more: Value| {
        let mut event = event(id);
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let null = json!({"datacontenttype": null, "dataschema": null, "subject": null, "time": null});
    let core = json!({
        "datacontenttype": "text/plain",
        "dataschema": "https://cloudevents.io/dataschema",
        "subject": "tests",
        "time": "2018-04-05T17:31:00Z",
    });
    let extensions = json!({
        "extinteger": 10,
        "extboolean": true,
        "extstring": "text",
        "exturi": "https://cloudevents.io",
        "exturiref": "//authority/path",
        "exttimestamp": "2023-03-31T15:12:00Z",
        "extbinary": "TWE=",
    });
    let at = |time: &str| base("minimalWithTime", json!({ "time": time }));
    let text = json!({"datacontenttype": "text/plain", "data": "Simple text"});
    vec![
        ("validMinimal", event("minimal")),
        ("validMinimalWithNullForOptional", base("minimal", null)),
        ("validAllCoreAttributes", base("allCore", core)),
        ("validMinimalWithTimeUtc", at("2018-04-05T17:31:00Z")),
        ("validMinimalWithTimeToNanosecondsUtc", at("2018-04-05T17:31:00.000000000Z")),
        ("validMinimalWithTimeUsingPositiveOffset", at("2018-04-05T18:31:00+01:00")),
        ("validMinimalWithTimeUsingNegativeOffset", at("2018-04-05T16:31:00-01:00")),
        ("validRelativeSource", base("minimalWithRelativeSource", json!({"source": "#fragment"}))),
        ("validSimpleTextData", base("simpleTextData", text)),
        ("validAllExtensionTypes", base("allExtensionTypes", extensions)),
    ]
}

/// What an event says as a message in binary mode: absent is the same as null, and headers have no types.
fn in_headers(event: &Value) -> Value {
    let members = event.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    members.map(|(name, value)| (name.clone(), text(value).into())).collect::<serde_json::Map<_, _>>().into()
}

fn headers<'m>(message: &'m Message<'_>) -> Vec<(&'m str, &'m str)> {
    message.headers.iter().map(|(name, value)| (&**name, value.as_str())).collect()
}

/// As HTTP reads a message, which has one event.
fn by_http(message: &Message<'_>) -> Option<Value> {
    let events = http::read(headers(message), &message.body).ok()?;
    assert_eq!(events.len(), 1);
    serde_json::from_str(events[0].get()).ok()
}

fn by_nats(message: &Message<'_>) -> Option<Value> {
    serde_json::from_str(nats::read(headers(message), &message.body).ok()?.get()).ok()
}

#[test]
fn valid_events() {
    for (name, event) in valid() {
        let json = event.to_string();
        let json = json.as_bytes();
        assert!(is_valid(&event), "{name}: {event}");
        assert_eq!(by_http(&http::structured(json)).as_ref(), Some(&event), "{name}, HTTP");
        assert_eq!(by_nats(&nats::structured(json)).as_ref(), Some(&event), "{name}, NATS");
        assert_eq!(by_http(&http::binary(json).unwrap()), Some(in_headers(&event)), "{name}, HTTP, binary");
        assert_eq!(by_nats(&nats::binary(json).unwrap()), Some(in_headers(&event)), "{name}, NATS, binary");
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
        ("invalidNonIntegerExtensionValue", with("my.extension", 1.5.into())),
        ("the same, with nothing else amiss", with("myextension", 1.5.into())),
        ("invalidBothDataAndDataBase64", both),
    ] {
        let json = event.to_string();
        assert!(!is_valid(&event), "{name}: {event}");
        assert_eq!(by_http(&http::structured(json.as_bytes())), None, "{name}, HTTP");
        assert_eq!(by_nats(&nats::structured(json.as_bytes())), None, "{name}, NATS");
    }
}

#[test]
fn batches() {
    let read = |batch: Value| -> Option<Value> {
        let body = batch.to_string();
        let events = http::read([("Content-Type", "application/cloudevents-batch+json")], body.as_bytes()).ok()?;
        Some(events.iter().map(|it| serde_json::from_str::<Value>(it.get()).unwrap()).collect())
    };
    let minimal = || event("minimal");
    let case = |name: &str| valid().into_iter().find(|(it, _)| *it == name).unwrap().1;
    for (name, batch) in [
        ("validBatchEmpty", json!([])),
        ("validBatchMinimal", json!([minimal()])),
        ("validBatchMinimal2", json!([minimal(), minimal()])),
        ("validBatchMinimalAndAllCore", json!([minimal(), case("validAllCoreAttributes")])),
        ("validBatchMinimalAndAllExtensionTypes", json!([minimal(), case("validAllExtensionTypes")])),
    ] {
        assert_eq!(read(batch.clone()), Some(batch), "{name}");
    }
    let mut old = event("minimal2");
    old["specversion"] = "0.9".into();
    assert_eq!(read(json!([event("minimal1"), old])), None, "invalidBatchMixedSpecVersions");
    let nameless = with("id", Value::Null);
    assert_eq!(read(json!([nameless])), None, "invalidBatchContainingInvalidCloudEvent");
    assert_eq!(read(json!(["not an object", event("minimal1")])), None, "invalidBatchContainingNonObject");
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
        assert_eq!(read(&headers, "{\n    \"message\": \"Hello World!\"\n}"), expected(content));
    }
    for content in ["application/cloudevents+json", "application/cloudevents+json; charset=utf-8"] {
        let sent = expected("application/json");
        assert_eq!(read(&[("Content-Type", content)], &sent.to_string()), sent);
    }
}
