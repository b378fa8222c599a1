//! What is dropped before a carrier had it, as it is told: by machine, with the numbers.

use super::desk::Missed;
use super::epochs::Number;
use super::label::Label;
use super::parcel::{Page, Parcel};
use crate::event::read;
use chrono::DateTime;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The type of the events that tell it.
const DROPPED: &str = "machine.v1.dropped";

/// All that a carrier misses.
#[derive(Debug)]
pub(super) struct Drops<'c> {
    carrier: &'c str,
    /// By machine (nothing for the node itself) and epoch.
    all: BTreeMap<(Option<String>, u64), Missed>,
}

/// An event that told of drops before.
#[derive(Deserialize)]
struct Told<'e> {
    #[serde(borrow)]
    data: Named<'e>,
}

#[derive(Deserialize)]
struct Named<'e> {
    #[serde(borrow)]
    sink: Cow<'e, str>,
    epoch: Option<u64>,
    first: u64,
    last: u64,
    count: u64,
    since: Cow<'e, str>,
}

impl<'c> Drops<'c> {
    pub(super) fn new(carrier: &'c str) -> Self {
        Self { carrier, all: BTreeMap::new() }
    }

    /// Adds the events of a record from a place on.
    pub(super) fn add(&mut self, page: &Page<'_>, from: u32) {
        for (_, event) in page.events(from) {
            self.add_event(page.machine(), event, page.wall);
        }
    }

    /// Adds an event, of a machine or of the node itself, that was written down then.
    pub(super) fn add_event(&mut self, machine: Option<&str>, event: &RawValue, since_ns: u64) {
        let Some(label) = Label::read(event) else { return };
        let Some((_, Number { epoch, sequence })) = Number::of(&label.id) else { return };
        let (carrier, machine) = (self.carrier.to_owned(), machine.map(str::to_owned));
        let missed = Missed { carrier, machine, epoch, first: sequence, last: sequence, count: 1, since_ns };
        // What the event told is told again by the one that names it: its readers never got it.
        let told = (label.kind == DROPPED).then(|| self.told(&missed, event)).flatten();
        self.put(missed);
        told.into_iter().for_each(|it| self.put(it));
    }

    /// Adds an event that was on its way.
    pub(super) fn add_parcel(&mut self, parcel: &Parcel) {
        let since_ns = read(&parcel.json).map_or(0, |it| it.happening.recorded_ns);
        if let Ok(event) = serde_json::from_slice::<&RawValue>(&parcel.json) {
            self.add_event(parcel.machine.as_deref(), event, since_ns);
        }
    }

    fn told(&self, by: &Missed, event: &RawValue) -> Option<Missed> {
        let Named { sink, epoch, first, last, count, since } =
            serde_json::from_str(event.get()).map(|it: Told<'_>| it.data).ok()?;
        let since = DateTime::parse_from_rfc3339(&since).ok().and_then(|it| it.timestamp_nanos_opt());
        let since_ns = since.and_then(|it| u64::try_from(it).ok()).unwrap_or(by.since_ns);
        let epoch = epoch.unwrap_or(by.epoch);
        (sink == self.carrier).then(|| Missed { epoch, first, last, count, since_ns, ..by.clone() })
    }

    fn put(&mut self, missed: Missed) {
        let key = (missed.machine.clone(), missed.epoch);
        let all = self.all.entry(key).or_insert_with(|| Missed { count: 0, ..missed.clone() });
        all.first = all.first.min(missed.first);
        all.last = all.last.max(missed.last);
        all.count += missed.count;
        all.since_ns = all.since_ns.min(missed.since_ns);
    }

    pub(super) fn all(self) -> Vec<Missed> {
        self.all.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(machine: &str, wall: u64, events: &[&str]) -> String {
        let events = events.join(",");
        format!(
            r#"{{"at":1,"wall":{wall},"published":0,"entry":{{"machine":{{"name":"{machine}","saved":{{}}}}}},"events":[{events}]}}"#
        )
    }

    fn event(sequence: u64) -> String {
        format!(r#"{{"id":"n.m.1.{sequence}","type":"t","sequence":"{sequence:020}","data":{{}}}}"#)
    }

    fn told(records: &[String], from: u32) -> Vec<(Option<String>, u64, u64, u64, u64)> {
        let mut drops = Drops::new("webhook");
        for record in records {
            drops.add(&Page::read(record.as_bytes()).unwrap(), from);
        }
        drops.all().into_iter().map(|it| (it.machine, it.first, it.last, it.count, it.since_ns)).collect()
    }

    #[test]
    fn each_machine_has_its_numbers() {
        let records = [
            record("lamp", 10, &[&event(4), &event(5)]),
            record("fan", 11, &[&event(1)]),
            record("lamp", 12, &[&event(6)]),
        ];
        let lamp = Some("lamp".to_owned());
        assert_eq!(told(&records, 0), [(Some("fan".to_owned()), 1, 1, 1, 11), (lamp.clone(), 4, 6, 3, 10)]);
        assert_eq!(told(&records[..1], 1), [(lamp, 5, 5, 1, 10)]);
    }

    #[test]
    fn what_was_told_and_is_dropped_itself_is_told_again() {
        let of = |sink: &str| {
            format!(
                r#"{{"id":"n.m.1.20","type":"{DROPPED}","sequence":"00000000000000000020","data":{{"sink":"{sink}","first":3,"last":9,"count":7,"since":"1970-01-01T00:00:00.000000005Z"}}}}"#
            )
        };
        let lamp = Some("lamp".to_owned());
        let records = |sink| [record("lamp", 30, &[&event(19), &of(sink)])];
        assert_eq!(told(&records("webhook"), 0), [(lamp.clone(), 3, 20, 9, 5)]);
        assert_eq!(told(&records("nats"), 0), [(lamp, 19, 20, 2, 30)], "another one's drops are not ours");
    }

    #[test]
    fn numbers_of_two_epochs_are_told_apart() {
        let later = event(2).replace("n.m.1.2", "n.m.5.2");
        let records = [record("lamp", 10, &[&event(4), &event(5), &later])];
        let lamp = Some("lamp".to_owned());
        assert_eq!(told(&records, 0), [(lamp.clone(), 4, 5, 2, 10), (lamp, 2, 2, 1, 10)]);
    }
}
