//! What is dropped before a carrier had it, as it is told: by machine, with the numbers.

use super::desk::Missed;
use super::parcel::{Label, Page};
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
    /// By machine; nothing for the node itself.
    all: BTreeMap<Option<String>, Missed>,
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
    first: u64,
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
            let Some(label) = Label::read(event) else { continue };
            let Some(sequence) = label.sequence() else { continue };
            let mut missed = Missed {
                carrier: self.carrier.to_owned(),
                machine: page.machine().map(str::to_owned),
                first: sequence,
                last: sequence,
                count: 1,
                since_ns: page.wall,
            };
            if label.kind == DROPPED {
                self.widen(&mut missed, event);
            }
            self.put(missed);
        }
    }

    /// What the event told is told again by the one that names it: its readers never got it.
    fn widen(&self, missed: &mut Missed, event: &RawValue) {
        let told = serde_json::from_str(event.get()).map(|it: Told<'_>| it.data);
        let Some(told) = told.ok().filter(|it| it.sink == self.carrier) else { return };
        missed.first = missed.first.min(told.first);
        missed.count += told.count;
        let since = DateTime::parse_from_rfc3339(&told.since).ok().and_then(|it| it.timestamp_nanos_opt());
        missed.since_ns = since.and_then(|it| u64::try_from(it).ok()).unwrap_or(missed.since_ns);
    }

    fn put(&mut self, missed: Missed) {
        match self.all.get_mut(&missed.machine) {
            Some(all) => {
                all.first = all.first.min(missed.first);
                all.last = all.last.max(missed.last);
                all.count += missed.count;
                all.since_ns = all.since_ns.min(missed.since_ns);
            }
            None => {
                self.all.insert(missed.machine.clone(), missed);
            }
        }
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
        format!(r#"{{"id":"i","type":"t","sequence":"{sequence:020}","data":{{}}}}"#)
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
                r#"{{"id":"i","type":"{DROPPED}","sequence":"00000000000000000020","data":{{"sink":"{sink}","first":3,"last":9,"count":7,"since":"1970-01-01T00:00:00.000000005Z"}}}}"#
            )
        };
        let lamp = Some("lamp".to_owned());
        let records = |sink| [record("lamp", 30, &[&event(19), &of(sink)])];
        assert_eq!(told(&records("webhook"), 0), [(lamp.clone(), 3, 20, 9, 5)]);
        assert_eq!(told(&records("nats"), 0), [(lamp, 19, 20, 2, 30)], "another one's drops are not ours");
    }
}
