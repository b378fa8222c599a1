//! The picture of every event, and what makes it the same each time.

use super::{everything, json, samples, value};
use crate::event::event;
use crate::event::happening::{Happening, What};
use cloudevents::Event;
use cloudevents::event::AttributesReader;
use serde_json::Value;

/// One a line, as the file of events has them; each is an example in `docs/events.md`.
#[test]
fn every_event_has_its_picture() {
    let mut all = String::new();
    for (name, what) in everything::all() {
        all.push_str(&format!("{name}\n{}\n\n", json(&samples::caused(what))));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn an_event_is_the_same_each_time() {
    for (name, what) in everything::all() {
        let happening = samples::caused(what);
        let first = json(&happening);
        assert!((0..20).all(|_| json(&happening) == first), "{name}");
    }
}

/// An event as the SDK of CloudEvents reads it.
fn read(happening: &Happening) -> Event {
    serde_json::from_str(&json(happening)).unwrap()
}

#[test]
fn an_event_can_be_read_by_the_sdk() {
    for (name, what) in everything::all() {
        let happening = samples::caused(what);
        let made = event(&samples::origin_of(&happening.what), &happening).unwrap();
        let read = read(&happening);
        assert_eq!((read.id(), read.ty()), (made.id.as_str(), &*made.ty), "{name}");
        let again: Value = serde_json::to_value(&read).unwrap();
        assert_eq!(again, serde_json::from_str::<Value>(made.json.get()).unwrap(), "{name}");
    }
}

#[test]
fn a_following_event_names_its_cause_and_goes_on_with_its_trace() {
    let first = samples::happening(What::Outcome(samples::exec_ok()));
    let cause = event(&samples::origin_of(&first.what), &first).unwrap().as_cause();
    let second = Happening { sequence: 43, cause: Some(cause), ..samples::happening(samples::transition()) };
    let (first, second) = (read(&first), read(&second));
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
        read(&happening).extension("sequence").unwrap().to_string()
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
    let real: Vec<Value> = everything::all().into_iter().map(|(_, what)| value(what)).collect();
    for example in &shown {
        assert!(real.contains(example), "no event looks like this: {example}");
    }
    for event in &real {
        let found = shown.iter().any(|example| example["type"] == event["type"]);
        assert!(found, "docs/events.md has no example of {}", event["type"]);
    }
}
