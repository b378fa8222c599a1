//! The picture of every event, and what makes it the same each time.

use super::{json, samples, value};
use crate::event::happening::{Happening, What};
use crate::event::{cause, event, to_json};
use cloudevents::Event;
use cloudevents::event::AttributesReader;
use serde_json::Value;

/// One a line, as the file of events has them; each is an example in `docs/events.md`.
#[test]
fn every_event_has_its_picture() {
    let mut all = String::new();
    for (name, what) in samples::all() {
        all.push_str(&format!("{name}\n{}\n\n", json(&samples::caused(what))));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn an_event_is_the_same_each_time() {
    for (name, what) in samples::all() {
        let happening = samples::caused(what);
        let first = json(&happening);
        assert!((0..20).all(|_| json(&happening) == first), "{name}");
    }
}

#[test]
fn an_event_can_be_read_back() {
    for (name, what) in samples::all() {
        let happening = samples::caused(what);
        let made = event(&samples::origin_of(&happening.what), &happening).unwrap();
        let read: Event = serde_json::from_slice(&to_json(&made)).unwrap();
        assert_eq!(read, made, "{name}");
    }
}

#[test]
fn a_following_event_names_its_cause_and_goes_on_with_its_trace() {
    let origin = samples::origin("n1", Some("hvac"));
    let first = event(&origin, &samples::happening(What::Outcome(samples::exec_ok()))).unwrap();
    let second = Happening { cause: Some(cause(&first)), ..samples::happening(samples::transition()) };
    let second = event(&origin, &Happening { sequence: 43, ..second }).unwrap();
    let text = |event: &Event, name| event.extension(name).unwrap().to_string();

    assert_eq!(text(&second, "cause"), first.id());
    assert_eq!(first.extension("cause"), None);
    let (parent, child) = (text(&first, "traceparent"), text(&second, "traceparent"));
    assert_eq!(parent[..35], child[..35]);
    assert_ne!(parent, child);
}

#[test]
fn numbers_sort_as_they_count() {
    let sequence = |number| {
        let happening = Happening { sequence: number, ..samples::happening(samples::transition()) };
        let made = event(&samples::origin_of(&happening.what), &happening).unwrap();
        made.extension("sequence").unwrap().to_string()
    };
    let texts = [1, 9, 10, 99, 100, u64::MAX].map(sequence);
    assert!(texts.is_sorted());
    assert_eq!(texts.last().unwrap(), "18446744073709551615");
}

#[test]
fn every_moment_has_a_time() {
    for (time_ns, shown) in [
        (0, "1970-01-01T00:00:00.000000000Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (samples::TIME, "2026-01-02T03:04:05.678901234Z"),
        (u64::MAX, "2554-07-21T23:34:33.709551615Z"),
    ] {
        let happening = Happening { time_ns, ..samples::happening(What::Shutdown) };
        assert!(json(&happening).contains(&format!(r#""time":"{shown}""#)), "{}", json(&happening));
    }
}

/// The catalogue for users has an example of each type, and no example that is not real.
#[test]
fn the_catalogue_shows_every_type_as_it_is() {
    let catalogue = include_str!("../../../../../docs/events.md");
    let blocks = catalogue.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let shown: Vec<Value> = blocks.map(|block| serde_json::from_str(block).unwrap()).collect();
    let real: Vec<Value> = samples::all().into_iter().map(|(_, what)| value(what)).collect();
    for example in &shown {
        assert!(real.contains(example), "no event looks like this: {example}");
    }
    for event in &real {
        let found = shown.iter().any(|example| example["type"] == event["type"]);
        assert!(found, "docs/events.md has no example of {}", event["type"]);
    }
}
