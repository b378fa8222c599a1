//! Documents of our own about machines, for what Choria has no event for. Their types begin with `machine.v1.`, and they
//! stay off Choria's subjects.

use super::extension::Extensions;
use super::field::{Attribute, Name, Text};
use super::fields::bounded;
use super::scene::{OfEither, OfMachine, Scene};
use super::{Data, Document, nanoseconds};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::time::Duration;

/// The machine runs: in its initial state, or where it was when the node ended.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Started<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// Path of the state that it is in.
    state: Name<'a>,
    /// Whether it goes on from the journal.
    resumed: bool,
    /// SHA-256 of its table, hexadecimal.
    table: Name<'a>,
    /// What it knows of its node: all facts that it asks for, by name.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schemars(default)]
    facts: Map<String, Value>,
}

/// The node knows something anew that the machine asks for, and has told it.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Facts<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// What the machine knows from now on, by name.
    facts: Map<String, Value>,
}

/// The machine does not run any more, until the next start.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Stopped<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// Path of the state that it was in.
    state: Name<'a>,
    /// Why, in a few words.
    reason: Text<'a>,
}

/// The machine goes round so fast that the watchers of the state it just entered have to wait.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Slowed<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// Path of the state.
    state: Name<'a>,
    /// How long they wait, in nanoseconds.
    delay: i64,
}

/// The machine has a line for people: `log` in the source.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Log<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// Path of the state that the machine is in when the step is done.
    state: Name<'a>,
    /// The line.
    text: Text<'a>,
}

/// A calculation failed: all that had been done for the event was undone.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Fault<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// `overflow`, `division`, `range`, `length`, `conversion`, or `queue` (it raised more events than one step takes).
    reason: Name<'a>,
    /// Where: `FILE:LINE:COLUMN` in the source.
    position: Name<'a>,
    /// Path of the state that the machine is in when the step is done.
    state: Name<'a>,
    /// Whether the machine answers the fault; otherwise it stays as it was.
    handled: bool,
}

/// An operator sent an event.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Fired<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// Its name.
    event: Name<'a>,
    /// What it carries.
    fields: Map<String, Value>,
    /// Path of the state that the machine was in.
    state: Name<'a>,
    /// Whether the machine answers it there; otherwise it is recorded, and nothing comes of it.
    answered: bool,
}

/// Another machine that this one listens to is not on the node, or has come.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Neighbour<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// The other machine.
    other: Name<'a>,
    /// Whether it is there.
    present: bool,
}

/// Something that somebody should look at; the machine, or the node, goes on.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Warning<'a> {
    #[serde(flatten)]
    of: OfEither<'a>,
    /// What it is about: a fact, a limit, a watcher.
    about: Name<'a>,
    /// What is wrong, and what follows from that.
    text: Text<'a>,
}

/// A machine began to run.
pub(super) fn started<'a>(
    scene: Scene<'a>,
    state: &'a str,
    resumed: bool,
    table: &'a str,
    facts: &Map<String, Value>,
) -> Document<'a> {
    let of = scene.of_machine::<Started<'_>>();
    let data = Started { of, state: state.into(), resumed, table: table.into(), facts: bounded(facts) };
    Document::with(Data::Started(data), Extensions { table: Attribute::of(table), ..Extensions::default() })
}

/// A machine was told facts.
pub(super) fn facts<'a>(scene: Scene<'a>, facts: &Map<String, Value>) -> Document<'a> {
    Document::plain(Data::Facts(Facts { of: scene.of_machine::<Facts<'_>>(), facts: bounded(facts) }))
}

/// A machine stopped.
pub(super) fn stopped<'a>(scene: Scene<'a>, state: &'a str, reason: &'a str) -> Document<'a> {
    let of = scene.of_machine::<Stopped<'_>>();
    Document::plain(Data::Stopped(Stopped { of, state: state.into(), reason: reason.into() }))
}

/// A machine is slowed down.
pub(super) fn slowed<'a>(scene: Scene<'a>, delay: Duration, state: &'a str) -> Document<'a> {
    let of = scene.of_machine::<Slowed<'_>>();
    Document::plain(Data::Slowed(Slowed { of, state: state.into(), delay: nanoseconds(delay) }))
}

/// An event of the author's own: its type names machine and event, and its `data` is what the author put in.
pub(super) fn emitted<'a>(scene: Scene<'a>, event: &'a str, fields: &Map<String, Value>) -> Document<'a> {
    let (machine, version) = scene.machine().map_or(("", ""), |it| (&it.name, &it.version));
    Document {
        ty: Cow::Owned(own_type(machine, event)),
        data: Data::Own(bounded(fields)),
        extensions: Extensions {
            machine: Attribute::of(machine),
            version: Attribute::of(version),
            event: Attribute::of(event),
            ..Extensions::default()
        },
    }
}

/// The type of an event of the author's own.
pub(in crate::event) fn own_type(machine: &str, event: &str) -> String {
    format!("machine.v1.event.{}.{}", type_part(machine), type_part(event))
}

/// A name as a part of a type: without dots, which separate the parts.
fn type_part(name: &str) -> String {
    let fit = |it: char| if it.is_ascii_alphanumeric() || it == '_' || it == '-' { it } else { '-' };
    name.chars().map(fit).collect()
}

/// A line for people.
pub(super) fn log<'a>(scene: Scene<'a>, text: &'a str, state: &'a str) -> Document<'a> {
    let of = scene.of_machine::<Log<'_>>();
    Document::plain(Data::Log(Log { of, state: state.into(), text: text.into() }))
}

/// A calculation failed.
pub(super) fn faulted<'a>(
    scene: Scene<'a>,
    reason: &'a str,
    position: &'a str,
    state: &'a str,
    handled: bool,
) -> Document<'a> {
    let of = scene.of_machine::<Fault<'_>>();
    let data = Fault { of, reason: reason.into(), position: position.into(), state: state.into(), handled };
    Document::with(Data::Fault(data), Extensions { reason: Attribute::of(reason), ..Extensions::default() })
}

/// An operator sent an event.
pub(super) fn fired<'a>(
    scene: Scene<'a>,
    event: &'a str,
    fields: &Map<String, Value>,
    state: &'a str,
    answered: bool,
) -> Document<'a> {
    let of = scene.of_machine::<Fired<'_>>();
    let data = Fired { of, event: event.into(), fields: bounded(fields), state: state.into(), answered };
    Document::plain(Data::Fired(data))
}

/// Another machine came or is missing.
pub(super) fn neighbour<'a>(scene: Scene<'a>, other: &'a str, present: bool) -> Document<'a> {
    Document::plain(Data::Neighbour(Neighbour {
        of: scene.of_machine::<Neighbour<'_>>(),
        other: other.into(),
        present,
    }))
}

/// Something that somebody should look at.
pub(super) fn warning<'a>(scene: Scene<'a>, about: &'a str, text: &'a str) -> Document<'a> {
    let of = scene.of_either::<Warning<'_>>();
    Document::plain(Data::Warning(Warning { of, about: about.into(), text: text.into() }))
}
