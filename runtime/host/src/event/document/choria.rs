//! The documents of Choria Autonomous Agents, version 1, field by field: its clients, and what is built on its
//! streams, read our events as its own. Here those of machines; watchers and life cycles stand beside.
//!
//! Their fields are fixed, so what they have no field for goes into extension attributes of the event.

use super::field::Name;
use super::scene::{OfMachine, Scene};
use super::{Data, Document, nanoseconds};
use crate::event::happening::Turn;
use schemars::JsonSchema;
use serde::Serialize;
use std::time::Duration;

/// The machine went from one state to another.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Transition<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// Label of the transition, or the event that it answers: `deployer.ok`, `after 2h`.
    transition: Name<'a>,
    /// Path of the state before.
    from_state: Name<'a>,
    /// Path of the state after.
    to_state: Name<'a>,
}

/// An `after` was armed, or it fired or was cancelled.
#[derive(Serialize, JsonSchema)]
pub(in crate::event) struct Timer<'a> {
    #[serde(flatten)]
    of: OfMachine<'a>,
    /// The kind.
    r#type: TimerKind,
    /// The timer, as in the source.
    name: Name<'a>,
    /// Whether its time runs.
    state: TimerState,
    /// Its duration, in nanoseconds.
    timer: i64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum TimerKind {
    Timer,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum TimerState {
    /// It was armed.
    Running,
    /// It is over, or cancelled.
    Stopped,
}

/// A machine took a transition.
pub(super) fn transition<'a>(scene: Scene<'a>, event: &'a str, from: &'a str, to: &'a str) -> Document<'a> {
    Document::plain(Data::Transition(Transition {
        of: scene.of_machine::<Transition<'_>>(),
        transition: event.into(),
        from_state: from.into(),
        to_state: to.into(),
    }))
}

/// A timer was armed, or is over.
pub(super) fn timer<'a>(scene: Scene<'a>, name: &'a str, turn: Turn, duration: Duration) -> Document<'a> {
    Document::plain(Data::Timer(Timer {
        of: scene.of_machine::<Timer<'_>>(),
        r#type: TimerKind::Timer,
        name: name.into(),
        state: if turn == Turn::Armed { TimerState::Running } else { TimerState::Stopped },
        timer: nanoseconds(duration),
    }))
}
