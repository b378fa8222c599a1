//! Documents of our own about the way of events to their readers: what was dropped, sent again or put aside, what
//! became of streams and sinks, and which numbers there are.

use super::field::{Name, Text};
use super::scene::{OfEither, OfNode, Scene};
use super::{Data, Document};
use crate::event::envelope::rfc3339_ns;
use crate::event::happening::Range;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Events were dropped before a sink had them: the journal had no more room for them, or they became too old.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Dropped<'a> {
    #[serde(flatten)]
    of: OfEither<'a>,
    /// The sink that does not get them any more.
    sink: Name<'a>,
    #[serde(flatten)]
    range: Numbers,
    /// When the first of them happened.
    since: String,
    /// The epoch in their ids, if it is not that of this event.
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<u64>,
}

/// Events that a sink had already were sent to it again, because somebody asked for them.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Resent<'a> {
    #[serde(flatten)]
    of: OfEither<'a>,
    /// The sink.
    sink: Name<'a>,
    #[serde(flatten)]
    range: Numbers,
}

/// Events of the machine, or of the node itself, by their numbers.
#[derive(Serialize, JsonSchema)]
struct Numbers {
    /// Number of the first of them.
    first: u64,
    /// Number of the last of them.
    last: u64,
    /// How many they are.
    count: u64,
}

/// An event that a sink will never take was put aside.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Undeliverable<'a> {
    #[serde(flatten)]
    of: OfEither<'a>,
    /// The sink.
    sink: Name<'a>,
    /// Id of the event.
    event: Name<'a>,
    /// Its type.
    kind: Name<'a>,
    /// Its number.
    number: u64,
    /// What the sink said.
    reason: Text<'a>,
}

/// A stream does not hold any more what it acknowledged: it was wiped, or restored from an old copy.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Regressed<'a> {
    #[serde(flatten)]
    of: OfEither<'a>,
    /// The sink.
    sink: Name<'a>,
    /// The stream.
    stream: Name<'a>,
    /// The last number that it acknowledged.
    acknowledged: u64,
    /// The last number that it holds; 0 if none.
    held: u64,
    /// What is done about it.
    text: Text<'a>,
}

/// Somebody else writes events under the name of this node.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Conflict<'a> {
    #[serde(flatten)]
    of: OfEither<'a>,
    /// The sink.
    sink: Name<'a>,
    /// The stream.
    stream: Name<'a>,
    /// Id of the event that is not ours.
    event: Name<'a>,
    /// What is done about it, and the way out.
    text: Text<'a>,
}

/// A sink does not take events any more, or takes them again. What waits for it is kept in the journal.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Sink<'a> {
    #[serde(flatten)]
    of: OfNode<'a>,
    /// The sink.
    sink: Name<'a>,
    /// Which of the two.
    state: SinkState,
    /// Why, and the way out; or how long it lasted.
    text: Text<'a>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum SinkState {
    /// It takes none.
    Degraded,
    /// It takes them again.
    Restored,
}

/// The number of the last event of each machine, so that a reader sees when the tail is lost.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Sequences<'a> {
    #[serde(flatten)]
    of: OfNode<'a>,
    /// The number of the last event, by machine.
    machines: &'a BTreeMap<String, u64>,
    /// Which part of the list this is, from 1.
    part: u32,
    /// How many parts it has.
    parts: u32,
}

impl From<Range> for Numbers {
    fn from(Range { first, last, count }: Range) -> Self {
        Self { first, last, count }
    }
}

/// Events were dropped.
pub(super) fn dropped<'a>(
    scene: Scene<'a>,
    sink: &'a str,
    range: Range,
    since_ns: u64,
    epoch: Option<u64>,
) -> Document<'a> {
    let (of, since) = (scene.of_either::<Dropped<'_>>(), rfc3339_ns(since_ns));
    Document::plain(Data::Dropped(Dropped { of, sink: sink.into(), range: range.into(), since, epoch }))
}

/// Events were sent again.
pub(super) fn resent<'a>(scene: Scene<'a>, sink: &'a str, range: Range) -> Document<'a> {
    let of = scene.of_either::<Resent<'_>>();
    Document::plain(Data::Resent(Resent { of, sink: sink.into(), range: range.into() }))
}

/// An event was put aside.
pub(super) fn undeliverable<'a>(
    scene: Scene<'a>,
    sink: &'a str,
    (event, kind, number): (&'a str, &'a str, u64),
    reason: &'a str,
) -> Document<'a> {
    let of = scene.of_either::<Undeliverable<'_>>();
    let (event, kind, reason) = (event.into(), kind.into(), reason.into());
    Document::plain(Data::Undeliverable(Undeliverable { of, sink: sink.into(), event, kind, number, reason }))
}

/// A stream lost events.
pub(super) fn regressed<'a>(
    scene: Scene<'a>,
    sink: &'a str,
    stream: &'a str,
    (acknowledged, held): (u64, u64),
    text: &'a str,
) -> Document<'a> {
    let of = scene.of_either::<Regressed<'_>>();
    let (sink, stream, text) = (sink.into(), stream.into(), text.into());
    Document::plain(Data::Regressed(Regressed { of, sink, stream, acknowledged, held, text }))
}

/// Somebody else writes under this name.
pub(super) fn conflict<'a>(
    scene: Scene<'a>,
    sink: &'a str,
    stream: &'a str,
    event: &'a str,
    text: &'a str,
) -> Document<'a> {
    let of = scene.of_either::<Conflict<'_>>();
    let (sink, stream, event, text) = (sink.into(), stream.into(), event.into(), text.into());
    Document::plain(Data::Conflict(Conflict { of, sink, stream, event, text }))
}

/// A sink takes no events, or takes them again.
pub(super) fn sink<'a>(scene: Scene<'a>, sink: &'a str, degraded: bool, text: &'a str) -> Document<'a> {
    let state = if degraded { SinkState::Degraded } else { SinkState::Restored };
    let of = scene.of_node::<Sink<'_>>();
    Document::plain(Data::Sink(Sink { of, sink: sink.into(), state, text: text.into() }))
}

/// The last numbers of machines.
pub(super) fn sequences<'a>(
    scene: Scene<'a>,
    machines: &'a BTreeMap<String, u64>,
    part: u32,
    parts: u32,
) -> Document<'a> {
    Document::plain(Data::Sequences(Sequences { of: scene.of_node::<Sequences<'_>>(), machines, part, parts }))
}
