//! An event read back from its JSON, for those who show events: what [`event`](fn@super::event) writes, as far as its
//! documents hold it, and the same documents of Choria's.
//!
//! What no document holds cannot come back: whether a timer fired or was cancelled, how long a look at a file took. An
//! event of a type that is not known here comes back as one of somebody's own, with all of its data.

use super::happening::{Cause, Happening, MachineOrigin, Origin, Outcome, Range, SlotTurn, Turn, What};
use chrono::DateTime;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::time::Duration;

/// An event that was read.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// Its type.
    pub ty: String,
    /// Whom it is about. An event of Choria's has no epoch, 0.
    pub origin: Origin,
    /// What happened. An event of Choria's has no number, 0.
    pub happening: Happening,
}

/// Reads an event; nothing if it is none.
#[must_use]
pub fn read(json: &[u8]) -> Option<Told> {
    let event: Value = serde_json::from_slice(json).ok()?;
    let page = Page { event: &event, data: &event["data"] };
    let (id, ty) = (page.attribute("id"), page.attribute("type"));
    if id.is_empty() || ty.is_empty() {
        return None;
    }
    let what = page.what(&ty).unwrap_or_else(|| page.unknown(&ty));
    let origin = page.origin(&id);
    let happening = page.happening(what);
    Some(Told { id, ty, origin, happening })
}

/// An event, and what is in it.
struct Page<'e> {
    event: &'e Value,
    data: &'e Value,
}

impl Page<'_> {
    fn attribute(&self, name: &str) -> String {
        text_of(&self.event[name])
    }

    fn text(&self, name: &str) -> String {
        text_of(&self.data[name])
    }

    fn number(&self, name: &str) -> u64 {
        self.data[name].as_u64().unwrap_or_default()
    }

    fn truth(&self, name: &str) -> bool {
        self.data[name].as_bool().unwrap_or_default()
    }

    fn nanoseconds(&self, name: &str) -> Duration {
        Duration::from_nanos(self.number(name))
    }

    fn fields(&self, name: &str) -> Map<String, Value> {
        self.data[name].as_object().cloned().unwrap_or_default()
    }

    fn happening(&self, what: What) -> Happening {
        let at = |name: &str| nanoseconds_of(&self.attribute(name));
        let seconds = self.number("timestamp").saturating_mul(1_000_000_000);
        let time_ns = at("time").unwrap_or(seconds);
        let cause = Cause { id: self.attribute("cause"), trace: self.attribute("traceparent") };
        Happening {
            sequence: self.attribute("sequence").parse().unwrap_or_default(),
            time_ns,
            recorded_ns: at("recordedtime").unwrap_or(time_ns),
            cause: Some(cause).filter(|it| !it.id.is_empty()),
            what,
        }
    }

    fn origin(&self, id: &str) -> Origin {
        let source = self.attribute("source");
        let mut places = source.strip_prefix("/machines/").unwrap_or_default().split('/').map(decoded);
        let node = places.next().filter(|it| !it.is_empty()).unwrap_or_else(|| self.text("identity"));
        // The documents of life cycles are about a part of a node, and our own name the machine beside.
        let named = [self.text("machine"), self.attribute("machine")].into_iter().find(|it| !it.is_empty());
        let is_about_machine = |_: &String| !self.is_about_node();
        let machine = places.next().or(named).filter(is_about_machine).map(|name| MachineOrigin {
            name,
            version: self.text("version"),
            instance: self.text("id"),
        });
        let epoch = id.rsplit('.').nth(1).and_then(|it| it.parse().ok()).unwrap_or_default();
        Origin { node, machine, epoch }
    }

    /// Documents of a node that name a machine which is not theirs.
    fn is_about_node(&self) -> bool {
        matches!(self.attribute("type").as_str(), "machine.v1.activated" | "machine.v1.removed")
    }

    fn what(&self, ty: &str) -> Option<What> {
        self.machine_what(ty).or_else(|| self.node_what(ty)).or_else(|| self.delivery_what(ty))
    }

    fn machine_what(&self, ty: &str) -> Option<What> {
        let text = |name: &str| self.text(name);
        Some(match ty {
            "io.choria.machine.v1.transition" => {
                What::Transition { event: text("transition"), from: text("from_state"), to: text("to_state") }
            }
            "io.choria.machine.watcher.timer.v1.state" => self.timer(),
            "machine.v1.rejected" => What::Rejected(self.outcome(ty)),
            "machine.v1.outcome" | "machine.v1.late" => What::Outcome(self.outcome(ty)),
            watcher if watcher.starts_with("io.choria.machine.watcher.") => What::Outcome(self.outcome(ty)),
            "machine.v1.started" => {
                let facts = self.fields("facts");
                What::Started { state: text("state"), resumed: self.truth("resumed"), table: text("table"), facts }
            }
            "machine.v1.facts" => What::Facts { facts: self.fields("facts") },
            "machine.v1.stopped" => What::Stopped { state: text("state"), reason: text("reason") },
            "machine.v1.slowed" => What::Slowed { delay: self.nanoseconds("delay"), state: text("state") },
            "machine.v1.log" => What::Log { text: text("text"), state: text("state") },
            "machine.v1.fault" => What::Faulted {
                reason: text("reason"),
                position: text("position"),
                state: text("state"),
                handled: self.truth("handled"),
            },
            "machine.v1.fired" => What::Fired {
                event: text("event"),
                fields: self.fields("fields"),
                state: text("state"),
                answered: self.truth("answered"),
            },
            "machine.v1.neighbour" => What::Neighbour { other: text("other"), present: self.truth("present") },
            "io.choria.lifecycle.v1.governor" => self.slot(),
            own if own.starts_with("machine.v1.event.") => {
                What::Emitted { event: self.attribute("event"), fields: object(self.data) }
            }
            _ => return None,
        })
    }

    fn node_what(&self, ty: &str) -> Option<What> {
        let text = |name: &str| self.text(name);
        Some(match ty {
            "io.choria.lifecycle.v1.startup" => What::Startup { version: text("version") },
            "io.choria.lifecycle.v1.shutdown" => What::Shutdown,
            "io.choria.lifecycle.v1.alive" => What::Alive { version: text("version") },
            "io.choria.lifecycle.v1.provisioned" => What::Provisioned,
            "io.choria.lifecycle.v1.upgraded" => What::Upgraded { from: text("version"), to: text("new_version") },
            "machine.v1.activated" => What::TableActivated { machine: text("machine"), table: text("table") },
            "machine.v1.refused" => What::TableRefused { file: text("file"), reason: text("reason") },
            "machine.v1.removed" => What::TableRemoved { machine: text("machine") },
            "machine.v1.sink" => {
                What::Sink { sink: text("sink"), degraded: text("state") == "degraded", text: text("text") }
            }
            "machine.v1.sequences" => What::Sequences {
                machines: self.fields("machines").into_iter().map(|(name, it)| (name, count(&it))).collect(),
                part: u32::try_from(self.number("part")).unwrap_or_default(),
                parts: u32::try_from(self.number("parts")).unwrap_or_default(),
            },
            _ => return None,
        })
    }

    fn delivery_what(&self, ty: &str) -> Option<What> {
        let (text, sink) = (|name: &str| self.text(name), self.text("sink"));
        Some(match ty {
            "machine.v1.warning" if self.data["machine"].is_null() => {
                What::NodeWarning { about: text("about"), text: text("text") }
            }
            "machine.v1.warning" => What::Warning { about: text("about"), text: text("text") },
            "machine.v1.dropped" => {
                let since_ns = nanoseconds_of(&text("since")).unwrap_or_default();
                What::Dropped { sink, range: self.range(), since_ns, epoch: self.data["epoch"].as_u64() }
            }
            "machine.v1.resent" => What::Resent { sink, range: self.range() },
            "machine.v1.undeliverable" => What::Undeliverable {
                sink,
                event: text("event"),
                kind: text("kind"),
                number: self.number("number"),
                reason: text("reason"),
            },
            "machine.v1.stream.regressed" => What::StreamRegressed {
                sink,
                stream: text("stream"),
                acknowledged: self.number("acknowledged"),
                held: self.number("held"),
                text: text("text"),
            },
            "machine.v1.identity.conflict" => {
                What::IdentityConflict { sink, stream: text("stream"), event: text("event"), text: text("text") }
            }
            _ => return None,
        })
    }

    /// Somebody's own, whoever that is.
    fn unknown(&self, ty: &str) -> What {
        What::Emitted { event: ty.to_owned(), fields: object(self.data) }
    }

    fn timer(&self) -> What {
        let turn = if self.text("state") == "running" { Turn::Armed } else { Turn::Fired };
        What::Timer { name: self.text("name"), turn, duration: self.nanoseconds("timer") }
    }

    fn slot(&self) -> What {
        let turn = match self.text("event_type").as_str() {
            "enter" => SlotTurn::Entered,
            "exit" => SlotTurn::Left,
            "timeouts" => SlotTurn::TimedOut,
            _ => SlotTurn::Evicted,
        };
        let (limit, watcher) = (self.text("governor"), self.attribute("watcher"));
        What::Slot { limit, watcher, turn, slot: self.number("sequence") }
    }

    /// Ours names the outcome beside Choria's document, or in a document of its own; Choria itself has one word for it.
    fn outcome(&self, ty: &str) -> Outcome {
        let first = |names: [String; 4]| names.into_iter().find(|it| !it.is_empty()).unwrap_or_default();
        let outcome =
            first([self.attribute("outcome"), self.text("outcome"), self.text("previous_outcome"), self.text("state")]);
        let fault = self.event["fault"].as_bool().or_else(|| self.data["fault"].as_bool());
        Outcome {
            watcher: self.text("name"),
            kind: first([self.attribute("kind"), self.text("type"), String::new(), String::new()]),
            fault: fault.unwrap_or(outcome == "error"),
            outcome,
            took: self.nanoseconds("previous_run_time").max(self.nanoseconds("run_time")),
            late: ty == "machine.v1.late",
            run_id: self.attribute("runid"),
            choria: Some(self.text("previous_outcome")).filter(|it| !it.is_empty()),
            fields: self.fields("fields"),
            returned: serde_json::from_str(&self.attribute("returned")).unwrap_or_default(),
            why: self.attribute("why"),
        }
    }

    fn range(&self) -> Range {
        Range { first: self.number("first"), last: self.number("last"), count: self.number("count") }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

/// Nanoseconds since 1970 of a moment in RFC 3339.
fn nanoseconds_of(text: &str) -> Option<u64> {
    u64::try_from(DateTime::parse_from_rfc3339(text).ok()?.timestamp_nanos_opt()?).ok()
}
