//! What the node writes to its journal, and what can be gathered from it after a restart.
//!
//! Records are JSON, so that a journal can be read with nothing but eyes; the events in them are kept byte for byte as
//! they are published.

use crate::event::happening::Cause;
use machine_core::Instant;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// One record.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record<'e> {
    /// When, by the clock that counts from boot.
    pub(crate) at: u64,
    /// When, in nanoseconds since 1970.
    pub(crate) wall: u64,
    /// All events of records up to this one had been handed to the sinks.
    pub(crate) published: u64,
    pub(crate) entry: Entry,
    /// All that machines have told one another and that has not reached everybody yet, after what this record says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) mail: Vec<Mail>,
    /// The events that this record makes public.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) events: Vec<Cow<'e, RawValue>>,
}

/// What a record says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Entry {
    /// The node began to run.
    Run {
        /// Its name.
        node: String,
        /// When its numbers began, in milliseconds since 1970.
        epoch: u64,
        /// The boot that the clock counts from.
        boot: String,
        /// Version of the runtime; empty in journals of those that did not say it.
        #[serde(default)]
        version: String,
        /// Where the directory is: another one has another name there, even if it holds the same. Empty if that is not
        /// known.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        place: String,
        /// Somebody else has given out numbers of the epoch before, too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_forked: bool,
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

/// Something that a machine tells the others of its node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mail {
    /// The machine.
    pub(crate) from: String,
    /// What it tells.
    pub(crate) post: Post,
    /// So many machines have told one another things, each because of the one before, until it came to this.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub(crate) hops: u16,
    /// The last machine that was told, and how many of its signals. Machines are told in the order of their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reached: Option<(String, u16)>,
}

/// Most things are told by themselves.
fn is_none_yet(hops: &u16) -> bool {
    *hops == 0
}

/// What machines tell one another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Post {
    /// An event of the author's own.
    Emitted {
        /// Its name.
        event: String,
        /// What it carries.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        fields: Map<String, Value>,
    },
    /// States were entered: their paths.
    Entered(Vec<String>),
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
    /// The name of the file that the table came from, without the directory.
    pub(crate) file: String,
    /// Names this run of this table.
    pub(crate) id: String,
    /// The instance, hexadecimal.
    pub(crate) instance: String,
    /// When its state was entered, in milliseconds since 1970; 0 if that is not known.
    #[serde(default)]
    pub(crate) entered: u64,
    /// What led to the current visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<Cause>,
    /// What drivers remember, by watcher, hexadecimal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) memory: BTreeMap<u16, String>,
}

/// Everything that the journal knows, as a checkpoint keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
    /// The version of the runtime in the latest run; empty if it did not say it.
    #[serde(default)]
    pub(crate) version: String,
    /// Where the directory was in the latest run; empty if it did not say it.
    #[serde(default)]
    pub(crate) place: String,
    /// The epochs before this one, the oldest first.
    #[serde(default)]
    pub(crate) former: Vec<Former>,
    /// What machines have told one another and has not reached everybody yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) mail: Vec<Mail>,
    /// Events of later records than that, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unpublished: Vec<Unpublished>,
}

/// A machine and when it was written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) saved: Saved,
    pub(crate) at: u64,
    pub(crate) wall: u64,
    pub(crate) boot: String,
}

/// An epoch that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Former {
    pub(crate) epoch: u64,
    /// Somebody else has given out its numbers, too: they say nothing.
    pub(crate) is_forked: bool,
}

/// So many epochs that are over are remembered.
const FORMER: usize = 64;

/// An event that may not have been handed to the sinks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Unpublished {
    /// The number of the record that makes it public.
    pub(crate) lsn: u64,
    pub(crate) event: Box<RawValue>,
}

impl Remembered {
    /// Takes in the next record and its number.
    pub(crate) fn take(&mut self, lsn: u64, record: Record<'_>) {
        let events = record.events.into_iter().map(Cow::into_owned);
        self.unpublished.extend(events.map(|event| Unpublished { lsn, event }));
        self.published = self.published.max(record.published);
        self.mail = record.mail;
        self.unpublished.retain(|it| it.lsn > self.published);
        match record.entry {
            Entry::Run { node, epoch, boot, version, place, is_forked } => {
                self.begin_anew(epoch, is_forked);
                (self.node, self.boot, self.version, self.place) = (node, boot, version, place);
            }
            Entry::Machine { name, saved } => {
                let kept = Kept { saved, at: record.at, wall: record.wall, boot: self.boot.clone() };
                self.machines.insert(name, kept);
            }
            Entry::Node { sequence } => self.sequence = sequence,
        }
    }

    /// In another epoch all numbers begin with 1.
    pub(crate) fn begin_anew(&mut self, epoch: u64, is_forked: bool) {
        let before = std::mem::replace(&mut self.epoch, epoch);
        if before == epoch || before == 0 {
            return;
        }
        Former::add(&mut self.former, before, is_forked);
        self.sequence = 0;
        self.machines.values_mut().for_each(|it| it.saved.begin_anew());
    }
}

impl Saved {
    /// The numbers of its events begin again. What led to its visit had a number of before.
    pub(crate) fn begin_anew(&mut self) {
        self.sequence = 0;
        self.running.iter_mut().for_each(|it| it.cause = None);
    }
}

impl Former {
    /// Adds the latest; the oldest are forgotten.
    pub(crate) fn add(all: &mut Vec<Former>, epoch: u64, is_forked: bool) {
        all.push(Former { epoch, is_forked });
        all.drain(..all.len().saturating_sub(FORMER));
    }
}

/// The epoch after this one: later, whatever the clock says.
pub(crate) fn epoch_after(epoch: u64, wall_ns: u64) -> u64 {
    (wall_ns / 1_000_000).max(epoch.saturating_add(1))
}

impl Kept {
    /// A machine that is gone.
    pub(crate) fn gone(sequence: u64) -> Self {
        Self { saved: Saved { sequence, running: None }, ..Self::default() }
    }

    /// How an instance that was written down then is carried over to `now`: nothing in the same boot, whose clock goes
    /// on; otherwise what the wall clock says has passed, and never less than nothing. A clock that is behind what was
    /// written by it counts from somewhere else, as in a container that was moved.
    pub(crate) fn elapsed(&self, boot: &str, wall_ns: u64, now: Instant) -> Option<(Instant, u64)> {
        let is_same_clock = !boot.is_empty() && self.boot == boot && self.at <= now.0;
        (!is_same_clock).then(|| (Instant(self.at), wall_ns.saturating_sub(self.wall)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(wall: u64, published: u64, entry: Entry) -> Record<'static> {
        Record { at: wall, wall, published, entry, mail: Vec::new(), events: Vec::new() }
    }

    fn run(boot: &str, version: &str) -> Entry {
        run_in(5, boot, version)
    }

    fn run_in(epoch: u64, boot: &str, version: &str) -> Entry {
        let (boot, version, place) = (boot.into(), version.into(), "7".into());
        Entry::Run { node: "n1".into(), epoch, boot, version, place, is_forked: epoch == 6 }
    }

    fn machine(sequence: u64) -> Entry {
        Entry::Machine { name: "lamp".into(), saved: Saved { sequence, running: None } }
    }

    #[test]
    fn a_record_is_a_line_of_json_with_its_events_untouched() {
        let event = RawValue::from_string(r#"{ "b":1,"a":2 }"#.into()).unwrap();
        let record = Record { events: vec![Cow::Borrowed(&event)], ..record(2, 3, machine(7)) };
        let text = serde_json::to_string(&record).unwrap();
        insta::assert_snapshot!(text, @r#"{"at":2,"wall":2,"published":3,"entry":{"machine":{"name":"lamp","saved":{"sequence":7}}},"events":[{ "b":1,"a":2 }]}"#);
        let read: Record<'_> = serde_json::from_str(&text).unwrap();
        assert_eq!(read.events[0].get(), r#"{ "b":1,"a":2 }"#);
    }

    #[test]
    fn what_is_remembered_is_the_latest_of_each_machine() {
        let mut remembered = Remembered::default();
        remembered.take(1, record(1, 0, run("first", "0.1.0")));
        remembered.take(2, record(2, 0, machine(1)));
        remembered.take(3, record(3, 0, machine(4)));
        remembered.take(4, record(4, 0, Entry::Node { sequence: 9 }));
        let kept = &remembered.machines["lamp"];
        assert_eq!((kept.saved.sequence, kept.wall, kept.boot.as_str()), (4, 3, "first"));
        assert_eq!((remembered.sequence, remembered.epoch, remembered.node.as_str()), (9, 5, "n1"));
        assert_eq!(remembered.version, "0.1.0");
    }

    #[test]
    fn in_another_epoch_numbers_begin_again() {
        let mut remembered = Remembered::default();
        remembered.take(1, record(1, 0, run("first", "0.1.0")));
        remembered.take(2, record(2, 0, machine(7)));
        remembered.take(3, record(3, 0, Entry::Node { sequence: 9 }));
        remembered.take(4, record(4, 0, run("second", "0.1.0")));
        assert_eq!((remembered.sequence, remembered.machines["lamp"].saved.sequence), (9, 7), "a start is none");
        remembered.take(5, record(5, 0, run_in(6, "second", "0.1.0")));
        assert_eq!((remembered.sequence, remembered.machines["lamp"].saved.sequence), (0, 0));
        assert_eq!((remembered.epoch, &*remembered.former), (6, &[Former { epoch: 5, is_forked: true }][..]));
        assert_eq!((epoch_after(5, 7_000_000), epoch_after(9, 7_000_000)), (7, 10));
    }

    #[test]
    fn a_journal_that_does_not_say_its_version_is_read() {
        let text = r#"{"run":{"node":"n1","epoch":5,"boot":"first"}}"#;
        let entry: Entry = serde_json::from_str(text).unwrap();
        assert!(matches!(entry, Entry::Run { version, .. } if version.is_empty()));
    }

    #[test]
    fn events_are_kept_until_a_later_record_says_that_they_were_handed_on() {
        let mut remembered = Remembered::default();
        let event = |text: &str| Cow::Owned(RawValue::from_string(text.into()).unwrap());
        let with = |published, text| Record { events: vec![event(text)], ..record(1, published, machine(1)) };
        let left = |it: &Remembered| it.unpublished.iter().map(|it| it.event.get().to_owned()).collect::<Vec<_>>();
        remembered.take(1, with(0, "1"));
        remembered.take(2, with(0, "2"));
        assert_eq!(left(&remembered), ["1", "2"]);
        remembered.take(3, with(1, "3"));
        assert_eq!(left(&remembered), ["2", "3"]);
        // A checkpoint in between changes nothing.
        let text = serde_json::to_vec(&remembered).unwrap();
        let mut remembered: Remembered = serde_json::from_slice(&text).unwrap();
        remembered.take(4, with(2, "4"));
        assert_eq!(left(&remembered), ["3", "4"]);
    }

    #[test]
    fn time_that_passed_is_taken_from_the_clock_that_went_on() {
        let kept = Kept { at: 50, wall: 1_000, boot: "first".into(), ..Kept::default() };
        let elapsed = |boot, wall, now| kept.elapsed(boot, wall, Instant(now));
        assert_eq!(elapsed("first", 1_100, 150), None, "the same boot: deadlines stand as they are");
        assert_eq!(elapsed("second", 1_100, 3), Some((Instant(50), 100)));
        assert_eq!(elapsed("second", 900, 3), Some((Instant(50), 0)), "a clock that was set back takes nothing away");
        assert_eq!(elapsed("first", 1_100, 3), Some((Instant(50), 100)), "no clock of one boot goes back");
        assert_eq!(elapsed("", 1_100, 150), Some((Instant(50), 100)), "the system does not tell the boot");
    }
}
