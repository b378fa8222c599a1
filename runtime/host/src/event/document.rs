//! One event's own part: its type, its `data`, and the extension attributes that only this kind of event has.

use super::attribute::Attributes;
use super::happening::{Happening, Outcome, Turn, What};
use super::identity::About;
use super::text::head;
use super::{choria, own};
use serde_json::{Map, Value};
use std::time::Duration;

/// What a kind of event adds to what every event has.
pub(super) struct Document {
    /// The type of the event, which its `data` repeats as `protocol`.
    pub(super) protocol: String,
    /// The `data` of the event.
    pub(super) data: Map<String, Value>,
    /// Extension attributes.
    pub(super) attributes: Attributes,
}

/// The document for what happened. `id` is the event's, which Choria's life cycle documents repeat.
pub(super) fn document(about: About<'_>, happening: &Happening, id: &str) -> Document {
    let to = Scene { about, id, seconds: happening.time_ns / 1_000_000_000 };
    match &happening.what {
        What::Transition { event, from, to: state } => choria::transition(to, event, from, state),
        What::Outcome(outcome) => of_watcher(to, outcome),
        What::Timer { name, turn, duration } => choria::timer(to, name, *turn == Turn::Armed, *duration),
        What::Startup { version } => choria::startup(to, version),
        What::Shutdown => choria::shutdown(to),
        What::Alive { version } => choria::alive(to, version),
        What::Started { state, resumed, table } => own::started(to, state, *resumed, table),
        What::Stopped { state, reason } => own::stopped(to, state, reason),
        What::Slowed { delay, state } => own::slowed(to, *delay, state),
        What::Emitted { event, fields } => own::emitted(to, event, fields),
        What::Log { text, state } => own::log(to, text, state),
        What::Faulted { reason, position, state, handled } => own::faulted(to, reason, position, state, *handled),
        What::Fired { event, fields, state, answered } => own::fired(to, event, fields, state, *answered),
        What::Neighbour { other, present } => own::neighbour(to, other, *present),
        What::Warning { about, text } | What::NodeWarning { about, text } => own::warning(to, about, text),
        What::TableActivated { machine, table } => own::activated(to, machine, table),
        What::TableRefused { file, reason } => own::refused(to, file, reason),
        What::TableRemoved { machine } => own::removed(to, machine),
    }
}

/// A late outcome changes nothing, so it must not look like one that does to whoever reads Choria's documents.
fn of_watcher(scene: Scene<'_>, outcome: &Outcome) -> Document {
    match outcome.kind.as_str() {
        _ if outcome.late => own::late(scene, outcome),
        "exec" | "shell" => choria::exec(scene, outcome),
        "file" => choria::file(scene, outcome),
        "schedule" => choria::schedule(scene, outcome),
        _ => own::outcome(scene, outcome),
    }
}

/// Where and when something happened; what every document begins with.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    /// Whom it is about.
    pub(super) about: About<'a>,
    /// The event's id.
    pub(super) id: &'a str,
    /// When, in seconds since 1970.
    pub(super) seconds: u64,
}

impl Scene<'_> {
    /// `protocol`, `identity` and `timestamp`; for a machine also `machine`, `version` and `id`, which is its instance.
    pub(super) fn begin(self, protocol: &str) -> Document {
        let mut document =
            Document { protocol: protocol.to_owned(), data: Map::new(), attributes: Attributes::default() };
        document.put("protocol", protocol);
        document.text("identity", self.about.node(), NAME);
        document.put("timestamp", self.seconds);
        if let About::Machine(_, machine) = self.about {
            document.text("id", &machine.instance, NAME);
            document.text("version", &machine.version, NAME);
            document.text("machine", &machine.name, NAME);
        }
        document
    }
}

/// Room for a name, in bytes of JSON.
pub(super) const NAME: usize = 2 * 1024;

/// Room for a path, a command or a reason, in bytes of JSON.
pub(super) const TEXT: usize = 8 * 1024;

impl Document {
    /// Adds a field to the `data`.
    pub(super) fn put(&mut self, field: &str, value: impl Into<Value>) {
        self.data.insert(field.to_owned(), value.into());
    }

    /// Adds a text to the `data`, cut to `limit` bytes of JSON.
    pub(super) fn text(&mut self, field: &str, text: &str, limit: usize) {
        self.put(field, head(text, limit));
    }
}

/// A duration as the documents write it: whole nanoseconds, and at most what a signed 64-bit number holds.
pub(super) fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
