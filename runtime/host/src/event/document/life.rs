//! Choria's life cycle documents: of the node, and of the slots that its machines' watchers hold.

use super::extension::Extensions;
use super::field::{Attribute, Name};
use super::scene::{OfLife, Scene};
use super::{Data, Document};
use crate::event::happening::SlotTurn;
use schemars::JsonSchema;
use serde::Serialize;

/// The node starts.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Startup<'a> {
    #[serde(flatten)]
    of: OfLife<'a>,
    /// Version of the runtime.
    version: Name<'a>,
}

/// The node ends in order; one that crashed does not say so.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Shutdown<'a> {
    #[serde(flatten)]
    of: OfLife<'a>,
}

/// The node is alive; said from time to time.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Alive<'a> {
    #[serde(flatten)]
    of: OfLife<'a>,
    /// Version of the runtime.
    version: Name<'a>,
}

/// The node runs on a state directory that was just made: all its numbers begin anew.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Provisioned<'a> {
    #[serde(flatten)]
    of: OfLife<'a>,
}

/// The node runs with another version of the runtime than before, on the same state.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Upgraded<'a> {
    #[serde(flatten)]
    of: OfLife<'a>,
    /// Version of the runtime before.
    version: Name<'a>,
    /// Version of the runtime now.
    new_version: Name<'a>,
}

/// A watcher took a slot of a limit or gave it back, waited for one in vain, or lost its own.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Governor<'a> {
    #[serde(flatten)]
    of: OfLife<'a>,
    /// The limit.
    governor: Name<'a>,
    /// Which slot, from 1; 0 if it got none, or if the limit does not number them.
    sequence: u64,
    /// Which of the four.
    event_type: SlotWord,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum SlotWord {
    /// It was taken.
    Enter,
    /// It was given back.
    Exit,
    /// There was none in time.
    Timeouts,
    /// It was lost: its lease could not be renewed.
    Eviction,
}

/// The node began to run.
pub(super) fn startup<'a>(scene: Scene<'a>, version: &'a str) -> Document<'a> {
    let of = scene.of_life::<Startup<'_>>();
    Document::plain(Data::Startup(Startup { of, version: version.into() }))
}

/// The node ends in order.
pub(super) fn shutdown(scene: Scene<'_>) -> Document<'_> {
    Document::plain(Data::Shutdown(Shutdown { of: scene.of_life::<Shutdown<'_>>() }))
}

/// The node is alive.
pub(super) fn alive<'a>(scene: Scene<'a>, version: &'a str) -> Document<'a> {
    let of = scene.of_life::<Alive<'_>>();
    Document::plain(Data::Alive(Alive { of, version: version.into() }))
}

/// The node's state was just made.
pub(super) fn provisioned(scene: Scene<'_>) -> Document<'_> {
    Document::plain(Data::Provisioned(Provisioned { of: scene.of_life::<Provisioned<'_>>() }))
}

/// The node runs with another version.
pub(super) fn upgraded<'a>(scene: Scene<'a>, from: &'a str, to: &'a str) -> Document<'a> {
    let of = scene.of_life::<Upgraded<'_>>();
    Document::plain(Data::Upgraded(Upgraded { of, version: from.into(), new_version: to.into() }))
}

/// A watcher took a slot, or gave it back.
pub(super) fn governor<'a>(
    scene: Scene<'a>,
    limit: &'a str,
    watcher: &'a str,
    turn: SlotTurn,
    slot: u64,
) -> Document<'a> {
    let event_type = match turn {
        SlotTurn::Entered => SlotWord::Enter,
        SlotTurn::Left => SlotWord::Exit,
        SlotTurn::TimedOut => SlotWord::Timeouts,
        SlotTurn::Evicted => SlotWord::Eviction,
    };
    let of = scene.of_life::<Governor<'_>>();
    let data = Governor { of, governor: limit.into(), sequence: slot, event_type };
    let machine = scene.machine().and_then(|it| Attribute::of(&it.name));
    let extensions = Extensions { machine, watcher: Attribute::of(watcher), ..Extensions::default() };
    Document::with(Data::Governor(data), extensions)
}
