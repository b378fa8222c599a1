//! Every event in every form of message, and back.

use super::{everything, json, samples};
use crate::event::binding::{Message, http, nats};

fn headers<'m>(message: &'m Message<'_>) -> Vec<(&'m str, &'m str)> {
    message.headers.iter().map(|(name, value)| (&**name, value.as_str())).collect()
}

fn by_http(message: &Message<'_>) -> Vec<String> {
    let read = http::read(headers(message), &message.body).unwrap();
    read.into_iter().map(|it| it.get().to_owned()).collect()
}

fn by_nats(message: &Message<'_>) -> String {
    nats::read(headers(message), &message.body).unwrap().get().to_owned()
}

fn all() -> Vec<(&'static str, String)> {
    everything::all().into_iter().map(|(name, what)| (name, json(&samples::caused(what)))).collect()
}

#[test]
fn an_event_comes_back_to_the_byte_in_either_mode() {
    for (name, event) in all() {
        let bytes = event.as_bytes();
        for sent in [http::structured(bytes), http::binary(bytes).unwrap()] {
            assert_eq!(by_http(&sent), [event.as_str()], "{name} by HTTP");
        }
        for sent in [nats::structured(bytes), nats::binary(bytes).unwrap()] {
            assert_eq!(by_nats(&sent), event, "{name} by NATS");
        }
    }
}

#[test]
fn a_batch_holds_all_in_order() {
    let events: Vec<_> = all().into_iter().map(|(_, event)| event).collect();
    let sent = http::batch(events.iter().map(|it| it.as_bytes()));
    assert_eq!(headers(&sent), [("content-type", "application/cloudevents-batch+json; charset=UTF-8")]);
    assert_eq!(by_http(&sent), events);
    let none: [&[u8]; 0] = [];
    assert_eq!(by_http(&http::batch(none)), [""; 0]);
}

#[test]
fn headers_hold_nothing_that_ends_them() {
    for (name, event) in all() {
        for sent in [http::binary(event.as_bytes()).unwrap(), nats::binary(event.as_bytes()).unwrap()] {
            for (header, value) in headers(&sent) {
                assert!(value.bytes().all(|it| (0x21..=0x7e).contains(&it)), "{name}: {header}: {value:?}");
            }
        }
    }
}

#[test]
fn this_is_what_goes_over_the_wire() {
    let show = |message: Message<'_>| {
        let headers: Vec<_> = message.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        format!("{}\n\n{}", headers.join("\n"), String::from_utf8_lossy(&message.body))
    };
    let failed = samples::caused(super::What::Outcome(samples::exec_failed()));
    insta::assert_snapshot!(show(http::binary(json(&failed).as_bytes()).unwrap()), @r#"
    ce-specversion: 1.0
    ce-id: n1.example.net.container_manager.1767225600000.42
    ce-source: /machines/n1.example.net/container_manager
    ce-type: io.choria.machine.watcher.exec.v1.state
    ce-subject: n1.example.net
    ce-dataschema: urn:machine:schema:io.choria.machine.watcher.exec.v1.state:1
    ce-time: 2026-01-02T03:04:05.678901234Z
    ce-cause: n1.example.net.container_manager.1767225600000.41
    ce-code: 1
    ce-fault: true
    ce-kind: exec
    ce-outcome: failed
    ce-reason: exit
    ce-recordedtime: 2026-01-02T03:04:05.680101234Z
    ce-runid: container_manager-12-3
    ce-sequence: 00000000000000000042
    ce-stderr: kill:%20(4711)\nno%20such%20process
    ce-traceparent: 00-0af7651916cd43dd8448eb211c80319c-8bcb0a6831207b70-01
    ce-why: exit%20status%201:%20no%20such%20process
    content-type: application/json

    {"protocol":"io.choria.machine.watcher.exec.v1.state","identity":"n1.example.net","id":"143c3487b6a8","version":"1.0.0","timestamp":1767323045,"machine":"container_manager","type":"exec","name":"running","command":"./check_running.sh","previous_outcome":"error","previous_run_time":12345000}
    "#);
    let changed = json(&samples::happening(super::What::Shutdown));
    insta::assert_snapshot!(show(nats::binary(changed.as_bytes()).unwrap()), @r#"
    ce-specversion: 1.0
    ce-id: n1.example.net.@.1767225600000.42
    ce-source: io.choria.lifecycle
    ce-type: io.choria.lifecycle.v1.shutdown
    ce-subject: n1.example.net
    ce-datacontenttype: application/json
    ce-dataschema: urn:machine:schema:io.choria.lifecycle.v1.shutdown:1
    ce-time: 2026-01-02T03:04:05.678901234Z
    ce-recordedtime: 2026-01-02T03:04:05.680101234Z
    ce-sequence: 00000000000000000042
    ce-traceparent: 00-eec0403445316a69c5615ff11f1380e6-45cac4cff02b99a9-01

    {"protocol":"io.choria.lifecycle.v1.shutdown","id":"n1.example.net.@.1767225600000.42","identity":"n1.example.net","component":"server","timestamp":1767323045}
    "#);
}

#[test]
fn messages_of_others_are_understood() {
    let minimal = r#"{"specversion":"1.0","id":"1","source":"/a","type":"b.c","data":{"x":1}}"#;
    let read = |headers: &[(&str, &str)], body: &[u8]| {
        nats::read(headers.iter().copied(), body).map(|it| it.get().to_owned()).map_err(|it| it.to_string())
    };
    assert_eq!(read(&[], minimal.as_bytes()).unwrap(), minimal);
    assert_eq!(read(&[("content-type", "APPLICATION/CloudEvents+JSON")], minimal.as_bytes()).unwrap(), minimal);
    let plain = [("CE-Id", "1"), ("Ce-Source", "/a"), ("ce-type", "b.c"), ("ce-specversion", "1.0")];
    let expected =
        r#"{"specversion":"1.0","id":"1","source":"/a","type":"b.c","datacontenttype":"text/plain","data":"hi"}"#;
    let with = |kind| [&plain[..], &[("ce-datacontenttype", kind)]].concat();
    assert_eq!(read(&with("text/plain"), b"hi").unwrap(), expected);
    let binary = expected.replace("text/plain", "image/png").replace(r#""data":"hi""#, r#""data_base64":"/w==""#);
    assert_eq!(read(&with("image/png"), &[0xff]).unwrap(), binary);
    assert_eq!(nats::binary(binary.as_bytes()).unwrap().body, &[0xff][..]);
    assert_eq!(
        read(&[("Content-Type", "application/cloudevents+avro")], b"").unwrap_err(),
        "events of the type `application/cloudevents+avro` cannot be read"
    );
    assert_eq!(read(&plain[1..], b"").unwrap_err(), "the attribute `id` of an event is missing");
    assert_eq!(read(&[], b"hello").unwrap_err(), "an event is a JSON object, and this is none");
}
