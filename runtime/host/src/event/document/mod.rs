//! One event's own part: its type, its `data`, and the extension attributes that only this kind of event has.
//!
//! Each document is a type. What is written, and the schema that says what is written, both come from it.

mod choria;
mod delivery;
mod extension;
mod field;
mod fields;
mod life;
mod node;
mod own;
mod scene;
mod watcher;

use super::happening::{Happening, What};
use super::identity::About;
use choria::{Timer, Transition};
use delivery::{Conflict, Dropped, Regressed, Resent, Sequences, Sink, Undeliverable};
pub(super) use extension::Extensions;
pub(super) use field::Attribute;
use life::{Alive, Governor, Provisioned, Shutdown, Startup, Upgraded};
use node::{Activated, Refused, Removed};
pub(super) use own::own_type;
use own::{Facts, Fault, Fired, Log, Neighbour, Slowed, Started, Stopped, Warning};
use scene::Scene;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::time::Duration;
use watcher::{Exec, File, Kv, Late, Rejected, Report, Schedule};

/// What a kind of event adds to what every event has.
pub(super) struct Document<'a> {
    /// The type of the event, which its `data` repeats as `protocol`.
    pub(super) ty: Cow<'static, str>,
    /// The `data` of the event.
    pub(super) data: Data<'a>,
    /// Extension attributes.
    pub(super) extensions: Extensions<'a>,
}

impl<'a> Document<'a> {
    /// A document without extension attributes.
    fn plain(data: Data<'a>) -> Self {
        Self::with(data, Extensions::default())
    }

    fn with(data: Data<'a>, extensions: Extensions<'a>) -> Self {
        Self { ty: Cow::Borrowed(data.ty()), data, extensions }
    }
}

/// A document that has a type of event to itself.
pub(super) trait Typed: JsonSchema {
    /// The type.
    const TYPE: &'static str;
}

/// Every document with its type, in the order of the catalogue.
macro_rules! documents {
    ($($document:ident = $ty:literal,)*) => {
        $(impl Typed for $document<'_> { const TYPE: &'static str = $ty; })*

        /// The `data` of an event.
        #[derive(Serialize)]
        #[serde(untagged)]
        pub(super) enum Data<'a> {
            $(#[doc = $ty] $document($document<'a>),)*
            /// What the author put in, nothing else.
            Own(Map<String, Value>),
        }

        impl Data<'_> {
            fn ty(&self) -> &'static str {
                match self {
                    $(Data::$document(_) => $ty,)*
                    Data::Own(_) => "machine.v1.event",
                }
            }
        }

        /// Every type of event, with what makes the schema of its `data`.
        pub(super) fn types() -> Vec<(&'static str, fn(&mut schemars::SchemaGenerator) -> schemars::Schema)> {
            vec![$(($ty, |generator| generator.root_schema_for::<$document<'static>>()),)*]
        }
    };
}

documents! {
    Transition = "io.choria.machine.v1.transition",
    Exec = "io.choria.machine.watcher.exec.v1.state",
    File = "io.choria.machine.watcher.file.v1.state",
    Schedule = "io.choria.machine.watcher.schedule.v1.state",
    Timer = "io.choria.machine.watcher.timer.v1.state",
    Kv = "io.choria.machine.watcher.kv.v1.state",
    Report = "machine.v1.outcome",
    Late = "machine.v1.late",
    Rejected = "machine.v1.rejected",
    Governor = "io.choria.lifecycle.v1.governor",
    Started = "machine.v1.started",
    Facts = "machine.v1.facts",
    Stopped = "machine.v1.stopped",
    Slowed = "machine.v1.slowed",
    Log = "machine.v1.log",
    Fault = "machine.v1.fault",
    Fired = "machine.v1.fired",
    Neighbour = "machine.v1.neighbour",
    Warning = "machine.v1.warning",
    Dropped = "machine.v1.dropped",
    Resent = "machine.v1.resent",
    Undeliverable = "machine.v1.undeliverable",
    Regressed = "machine.v1.stream.regressed",
    Conflict = "machine.v1.identity.conflict",
    Startup = "io.choria.lifecycle.v1.startup",
    Shutdown = "io.choria.lifecycle.v1.shutdown",
    Alive = "io.choria.lifecycle.v1.alive",
    Provisioned = "io.choria.lifecycle.v1.provisioned",
    Upgraded = "io.choria.lifecycle.v1.upgraded",
    Sequences = "machine.v1.sequences",
    Activated = "machine.v1.activated",
    Refused = "machine.v1.refused",
    Removed = "machine.v1.removed",
    Sink = "machine.v1.sink",
}

/// The document for what happened. `id` is the event's, which Choria's life cycle documents repeat.
pub(super) fn document<'a>(about: About<'a>, happening: &'a Happening, id: &'a str) -> Document<'a> {
    let to = Scene { about, id, seconds: happening.time_ns / 1_000_000_000 };
    match &happening.what {
        What::Transition { event, from, to: state } => choria::transition(to, event, from, state),
        What::Timer { name, turn, duration } => choria::timer(to, name, *turn, *duration),
        What::Outcome(outcome) => watcher::outcome(to, outcome),
        What::Rejected(outcome) => watcher::rejected(to, outcome),
        What::Slot { limit, watcher, turn, slot } => life::governor(to, limit, watcher, *turn, *slot),
        What::Started { state, resumed, table, facts } => own::started(to, state, *resumed, table, facts),
        What::Facts { facts } => own::facts(to, facts),
        What::Stopped { state, reason } => own::stopped(to, state, reason),
        What::Slowed { delay, state } => own::slowed(to, *delay, state),
        What::Emitted { event, fields } => own::emitted(to, event, fields),
        What::Log { text, state } => own::log(to, text, state),
        What::Faulted { reason, position, state, handled } => own::faulted(to, reason, position, state, *handled),
        What::Fired { event, fields, state, answered } => own::fired(to, event, fields, state, *answered),
        What::Neighbour { other, present } => own::neighbour(to, other, *present),
        What::Warning { about, text } | What::NodeWarning { about, text } => own::warning(to, about, text),
        What::Dropped { sink, range, since_ns, epoch } => delivery::dropped(to, sink, *range, *since_ns, *epoch),
        What::Resent { sink, range } => delivery::resent(to, sink, *range),
        What::Undeliverable { sink, event, kind, number, reason } => {
            delivery::undeliverable(to, sink, (event, kind, *number), reason)
        }
        What::StreamRegressed { sink, stream, acknowledged, held, text } => {
            delivery::regressed(to, sink, stream, (*acknowledged, *held), text)
        }
        What::IdentityConflict { sink, stream, event, text } => delivery::conflict(to, sink, stream, event, text),
        What::Sink { sink, degraded, text } => delivery::sink(to, sink, *degraded, text),
        What::Sequences { machines, part, parts } => delivery::sequences(to, machines, *part, *parts),
        What::Startup { version } => life::startup(to, version),
        What::Shutdown => life::shutdown(to),
        What::Alive { version } => life::alive(to, version),
        What::Provisioned => life::provisioned(to),
        What::Upgraded { from, to: version } => life::upgraded(to, from, version),
        What::TableActivated { machine, table } => node::activated(to, machine, table),
        What::TableRefused { file, reason } => node::refused(to, file, reason),
        What::TableRemoved { machine } => node::removed(to, machine),
    }
}

/// A duration as the documents write it: whole nanoseconds, and at most what a signed 64-bit number holds.
fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
