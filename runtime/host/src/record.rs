//! What the node writes to its journal, and what can be gathered from it after a restart.
//!
//! Records are JSON, so that a journal can be read with nothing but eyes; the events in them are kept byte for byte as
//! they are published.

use crate::event::happening::Cause;
use machine_core::Instant;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// One record.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// When, by the clock that counts from boot.
    pub(crate) at: u64,
    /// When, in nanoseconds since 1970.
    pub(crate) wall: u64,
    /// All events of records up to this one had been handed to the sinks.
    pub(crate) published: u64,
    pub(crate) entry: Entry,
    /// The events that this record makes public.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) events: Vec<Box<RawValue>>,
}

/// What a record says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Entry {
    /// The node began to run.
    Run {
        /// Its name.
        node: String,
        /// When its state directory was made, in milliseconds since 1970.
        epoch: u64,
        /// The boot that the clock counts from.
        boot: String,
    },
    /// A machine as it is after a step.
    Machine {
        /// Its name.
        name: String,
        /// All that is remembered of it.
        saved: Saved,
    },
    /// Events of the node itself.
    Node {
        /// The number of the last of them.
        sequence: u64,
    },
}

/// All that is remembered of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Saved {
    /// The number of its last event; outlives the machine, so that no number is used twice.
    pub(crate) sequence: u64,
    /// What runs; `None` once the machine is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) running: Option<Running>,
}

/// A machine that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Running {
    /// SHA-256 of its table, hexadecimal.
    pub(crate) table: String,
    /// Names this run of this table.
    pub(crate) id: String,
    /// The instance, hexadecimal.
    pub(crate) instance: String,
    /// What led to the current visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<Cause>,
    /// What drivers remember, by watcher, hexadecimal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) memory: BTreeMap<u16, String>,
}

/// Everything that the journal knows, as a checkpoint keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    pub(crate) node: String,
    pub(crate) epoch: u64,
    /// The number of the node's last event.
    pub(crate) sequence: u64,
    /// The last record whose events had all been handed to the sinks.
    pub(crate) published: u64,
    pub(crate) machines: BTreeMap<String, Kept>,
    /// The boot of the latest run.
    pub(crate) boot: String,
}

/// A machine and when it was written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) saved: Saved,
    pub(crate) at: u64,
    pub(crate) wall: u64,
    pub(crate) boot: String,
}

impl Remembered {
    /// Takes in the next record.
    pub(crate) fn take(&mut self, record: Record) {
        self.published = self.published.max(record.published);
        match record.entry {
            Entry::Run { node, epoch, boot } => {
                (self.node, self.epoch, self.boot) = (node, epoch, boot);
            }
            Entry::Machine { name, saved } => {
                let kept = Kept { saved, at: record.at, wall: record.wall, boot: self.boot.clone() };
                self.machines.insert(name, kept);
            }
            Entry::Node { sequence } => self.sequence = sequence,
        }
    }
}

impl Kept {
    /// How an instance that was written down then is carried over to now: nothing in the same boot, whose clock goes
    /// on; after another boot what the wall clock says has passed, and never less than nothing.
    pub(crate) fn elapsed(&self, boot: &str, wall_ns: u64) -> Option<(Instant, u64)> {
        let is_same_boot = !boot.is_empty() && self.boot == boot;
        (!is_same_boot).then(|| (Instant(self.at), wall_ns.saturating_sub(self.wall)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_a_line_of_json_with_its_events_untouched() {
        let event = RawValue::from_string(r#"{ "b":1,"a":2 }"#.into()).unwrap();
        let saved = Saved { sequence: 7, running: None };
        let entry = Entry::Machine { name: "lamp".into(), saved };
        let record = Record { at: 1, wall: 2, published: 3, entry, events: vec![event] };
        let text = serde_json::to_string(&record).unwrap();
        insta::assert_snapshot!(text, @"");
        let read: Record = serde_json::from_str(&text).unwrap();
        assert_eq!(read.events[0].get(), r#"{ "b":1,"a":2 }"#);
    }

    #[test]
    fn what_is_remembered_is_the_latest_of_each_machine() {
        let mut remembered = Remembered::default();
        let record = |wall, entry| Record { at: wall, wall, published: 0, entry, events: Vec::new() };
        let machine = |sequence| Entry::Machine { name: "lamp".into(), saved: Saved { sequence, running: None } };
        remembered.take(record(1, Entry::Run { node: "n1".into(), epoch: 5, boot: "first".into() }));
        remembered.take(record(2, machine(1)));
        remembered.take(record(3, machine(4)));
        remembered.take(record(4, Entry::Node { sequence: 9 }));
        let kept = &remembered.machines["lamp"];
        assert_eq!((kept.saved.sequence, kept.wall, remembered.sequence), (4, 3, 9));
        assert_eq!(kept.elapsed("first", 100), None);
        assert_eq!(kept.elapsed("second", 100), Some((Instant(3), 97)));
        assert_eq!(kept.elapsed("second", 1), Some((Instant(3), 0)), "a clock that was set back takes nothing away");
    }
}
