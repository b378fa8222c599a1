//! The checker finds each fault that is planted in a stream, and none where there is none.

#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use machine_rig::{Checker, Message, check};
use serde_json::{Value, json};

/// A stream, message by message.
#[derive(Default)]
struct Made(Vec<Message>);

impl Made {
    /// Ten events of the machine `lamp`.
    fn ten() -> Self {
        (1..=10).fold(Self::default(), |made, sequence| made.lamp(sequence))
    }

    fn lamp(self, sequence: u64) -> Self {
        self.event("lamp", sequence, "io.choria.machine.v1.transition", json!({ "number": sequence }))
    }

    fn event(mut self, machine: &str, sequence: u64, kind: &str, data: Value) -> Self {
        let json = json(machine, sequence, kind, &data);
        let id = json["id"].as_str().expect("an id").to_owned();
        self.push(&id, json.to_string().into_bytes());
        self
    }

    fn push(&mut self, name: &str, body: Vec<u8>) {
        let headers = vec![
            ("Nats-Msg-Id".to_owned(), name.to_owned()),
            ("Content-Type".to_owned(), "application/cloudevents+json".to_owned()),
        ];
        let position = self.0.last().map_or(1, |it| it.position + 1);
        self.0.push(Message { position, subject: "machines.n1.lamp".into(), headers, body });
    }

    /// Without the message there.
    fn without(mut self, positions: std::ops::RangeInclusive<u64>) -> Self {
        self.0.retain(|it| !positions.contains(&it.position));
        self
    }

    /// With the messages there in each other's place.
    fn swapped(mut self, a: usize, b: usize) -> Self {
        self.0.swap(a - 1, b - 1);
        for (index, message) in self.0.iter_mut().enumerate() {
            message.position = index as u64 + 1;
        }
        self
    }
}

fn json(machine: &str, sequence: u64, kind: &str, data: &Value) -> Value {
    json!({
        "specversion": "1.0", "id": format!("n1.example.net.{machine}.1767225600000.{sequence}"), "type": kind,
        "sequence": format!("{sequence:020}"), "data": data,
    })
}

fn said(made: &Made) -> String {
    check(&made.0).to_string()
}

#[test]
fn nothing_is_wrong_with_what_is_whole() {
    let made = Made::ten().event("@", 1, "io.choria.lifecycle.v1.startup", json!({})).lamp(11);
    assert!(check(&made.0).is_complete());
    assert_snapshot!(said(&made), @"
    complete: 12 events, each once and in order
      n1.example.net itself: 1 event of 1
      n1.example.net/lamp: 11 events of 1 to 11
    ");
}

#[test]
fn what_is_lost_in_the_middle() {
    assert_snapshot!(said(&Made::ten().without(4..=6).without(9..=9)), @"
    not complete: 6 events, and 2 faults
      n1.example.net/lamp: 6 events of 1 to 10
      lost: 4 to 6 of n1.example.net/lamp; 7 is there, at 7
      lost: 9 of n1.example.net/lamp; 10 is there, at 10
    ");
}

#[test]
fn what_is_lost_at_the_beginning() {
    assert_snapshot!(said(&Made::ten().without(1..=2)), @"
    not complete: 8 events, and 1 fault
      n1.example.net/lamp: 8 events of 1 to 10
      lost: 1 to 2 of n1.example.net/lamp; 3 is there, at 3
    ");
    let begun = Checker::default().begins_anywhere().check(&Made::ten().without(1..=2).0);
    assert!(begun.is_complete(), "{begun}");
}

#[test]
fn what_is_lost_at_the_end_is_known_by_a_sign_of_life() {
    let alive = |number| json!({ "machines": { "lamp": number, "fan": 2 }, "part": 1, "parts": 1 });
    let made = |number| Made::ten().event("@", 1, "machine.v1.sequences", alive(number));
    let whole = made(10).event("fan", 1, "t", json!({})).event("fan", 2, "t", json!({}));
    assert!(check(&whole.0).is_complete(), "{}", said(&whole));
    assert_snapshot!(said(&made(12)), @"
    not complete: 11 events, and 2 faults
      n1.example.net itself: 1 event of 1
      n1.example.net/fan: 0 events of 1 to 2
      n1.example.net/lamp: 10 events of 1 to 12
      lost: 1 to 2 of n1.example.net/fan; the sign of life `n1.example.net.@.1767225600000.1` names the last
      lost: 11 to 12 of n1.example.net/lamp; the sign of life `n1.example.net.@.1767225600000.1` names the last
    ");
}

#[test]
fn what_is_dropped_is_named() {
    let dropped = |sink: &str| json!({ "sink": sink, "first": 4, "last": 6, "count": 3 });
    let made = |sink| Made::ten().without(4..=6).event("lamp", 11, "machine.v1.dropped", dropped(sink));
    assert_snapshot!(said(&made("nats")), @"
    complete: 8 events, each once and in order
      n1.example.net/lamp: 8 events of 1 to 11, dropped as told: 4 to 6
    ");
    // What another sink did not get has nothing to do with this stream.
    assert_snapshot!(said(&made("webhook")), @"
    not complete: 8 events, and 1 fault
      n1.example.net/lamp: 8 events of 1 to 11
      lost: 4 to 6 of n1.example.net/lamp; 7 is there, at 7
    ");
    assert!(Checker::default().sink("webhook").check(&made("webhook").0).is_complete());
}

#[test]
fn what_is_put_aside_is_named() {
    let aside = json!({ "sink": "nats", "number": 4 });
    let made = Made::ten().without(4..=4).event("lamp", 11, "machine.v1.undeliverable", aside);
    assert!(check(&made.0).is_complete(), "{}", said(&made));
}

#[test]
fn what_is_stored_twice() {
    assert_snapshot!(said(&Made::ten().lamp(7)), @"
    not complete: 10 events, and 1 fault
      n1.example.net/lamp: 10 events of 1 to 10
      twice: 7 of n1.example.net/lamp, at 7 and at 11
    ");
}

#[test]
fn what_was_asked_for_again_may_be_there_twice() {
    let resent = json!({ "sink": "nats", "first": 6, "last": 7, "count": 2 });
    let mut made = Made::ten().lamp(6).lamp(7).event("lamp", 11, "machine.v1.resent", resent).lamp(8);
    for message in &mut made.0[10..] {
        let again = format!("again/{}", message.headers[0].1);
        message.headers[0].1 = again;
    }
    assert_snapshot!(said(&made), @"
    not complete: 11 events, and 1 fault
      n1.example.net/lamp: 11 events of 1 to 11
      twice: 8 of n1.example.net/lamp, at 8 and at 14
    ");
}

#[test]
fn what_is_not_in_order() {
    assert_snapshot!(said(&Made::ten().swapped(3, 4)), @"
    not complete: 10 events, and 1 fault
      n1.example.net/lamp: 10 events of 1 to 10
      order: 3 of n1.example.net/lamp, at 4, stands behind 4, at 3
    ");
}

#[test]
fn what_is_no_event() {
    let mut made = Made::ten();
    made.push("x", b"hello".to_vec());
    made.push("y", br#"{"id":"n1.lamp.7","sequence":"7"}"#.to_vec());
    made.push("z", br#"{"id":"n1.lamp.1.7","sequence":"8"}"#.to_vec());
    assert_snapshot!(said(&made), @r#"
    not complete: 10 events, and 3 faults
      n1.example.net/lamp: 10 events of 1 to 10
      unreadable: at 11: no JSON: expected value at line 1 column 1
      unreadable: at 12: `n1.lamp.7` is no id
      unreadable: at 13: `sequence` of `n1.lamp.1.7` is "8"
    "#);
}

#[test]
fn what_is_called_by_another_name() {
    let mut made = Made::ten();
    made.0[4].headers[0].1 = "n1.lamp.5.6".into();
    assert_snapshot!(said(&made), @"
    not complete: 10 events, and 1 fault
      n1.example.net/lamp: 10 events of 1 to 10
      misnamed: at 5: the message of `n1.example.net.lamp.1767225600000.5` is called `n1.lamp.5.6`
    ");
}

#[test]
fn a_state_directory_that_was_made_anew_counts_anew() {
    let mut made = Made::ten();
    let body = br#"{"id":"n1.example.net.lamp.1767225600001.1","sequence":"1"}"#;
    made.push("n1.example.net.lamp.1767225600001.1", body.to_vec());
    assert!(check(&made.0).is_complete(), "{}", said(&made));
}

#[test]
fn what_the_nodes_file_has_is_there_and_the_same() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("events");
    let line = |sequence| json("lamp", sequence, "io.choria.machine.v1.transition", &json!({ "number": sequence }));
    let text: String = (1..=12).map(|it| format!("{}\n", line(it))).collect();
    std::fs::write(&file, text.clone() + "{\"id\":\"half a li").expect("a file");
    let mut made = Made::ten().lamp(11).lamp(12);
    let checker = Checker::default().told(&file);
    assert!(checker.check(&made.0).is_complete(), "{}", checker.check(&made.0));
    let other = String::from_utf8(made.0[4].body.clone()).expect("text").replace("5}", "50}");
    made.0[4].body = other.into_bytes();
    assert_snapshot!(checker.check(&made.without(11..=12).0), @"
    not complete: 10 events, and 2 faults
      n1.example.net/lamp: 10 events of 1 to 12
      altered: 5 of n1.example.net/lamp, at 5, is not what the node's file has
      lost: 11 to 12 of n1.example.net/lamp; the node's file has them
    ");
}

#[test]
fn an_event_in_binary_mode_is_the_same() {
    let mut made = Made::ten();
    let message = &mut made.0[4];
    message.headers = [
        ("nats-msg-id", "n1.example.net.lamp.1767225600000.5"),
        ("CE-SpecVersion", "1.0"),
        ("ce-id", "n1.example.net.lamp.1767225600000%2E5"),
        ("ce-type", "t"),
        ("ce-sequence", "00000000000000000005"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    message.body = b"{}".to_vec();
    assert!(check(&made.0).is_complete(), "{}", said(&made));
    made.0[4].headers[2].1 = "n1%2".into();
    assert_snapshot!(said(&made), @"
    not complete: 9 events, and 2 faults
      n1.example.net/lamp: 9 events of 1 to 10
      unreadable: at 5: `id` is badly encoded
      lost: 5 of n1.example.net/lamp; 6 is there, at 6
    ");
}
