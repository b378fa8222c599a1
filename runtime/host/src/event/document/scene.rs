//! Where and when something happened: what documents begin with.

use super::Typed;
use super::field::Name;
use crate::event::happening::MachineOrigin;
use crate::event::identity::About;
use schemars::JsonSchema;
use serde::Serialize;

/// Where and when something happened.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    /// Whom it is about.
    pub(super) about: About<'a>,
    /// The event's id.
    pub(super) id: &'a str,
    /// When, in seconds since 1970.
    pub(super) seconds: u64,
}

/// What the documents of machines begin with.
#[derive(Serialize, JsonSchema)]
pub(super) struct OfMachine<'a> {
    /// The type of the event.
    protocol: &'static str,
    /// The node.
    identity: Name<'a>,
    /// Names this run of this table on this node; new whenever another table takes over.
    id: Name<'a>,
    /// Version of the machine.
    version: Name<'a>,
    /// When it happened, in seconds since 1970.
    timestamp: u64,
    /// The machine.
    machine: Name<'a>,
}

/// What the documents of the node begin with.
#[derive(Serialize, JsonSchema)]
pub(super) struct OfNode<'a> {
    /// The type of the event.
    protocol: &'static str,
    /// The node.
    identity: Name<'a>,
    /// When it happened, in seconds since 1970.
    timestamp: u64,
}

/// What documents begin with that are about a machine, or about the node itself.
#[derive(Serialize, JsonSchema)]
pub(super) struct OfEither<'a> {
    /// The type of the event.
    protocol: &'static str,
    /// The node.
    identity: Name<'a>,
    /// Names this run of this table on this node; absent if it is about the node itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Name<'a>>,
    /// Version of the machine; absent if it is about the node itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Name<'a>>,
    /// When it happened, in seconds since 1970.
    timestamp: u64,
    /// The machine; absent if it is about the node itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    machine: Option<Name<'a>>,
}

/// What Choria's life cycle documents begin with.
#[derive(Serialize, JsonSchema)]
pub(super) struct OfLife<'a> {
    /// The type of the event.
    protocol: &'static str,
    /// The id of the event.
    id: &'a str,
    /// The node.
    identity: Name<'a>,
    /// `server` for the node, as Choria's tools count them; the name of the machine for a slot of a limit.
    component: Name<'a>,
    /// When it happened, in seconds since 1970.
    timestamp: u64,
}

/// The part of a node that its life cycle events are about. Choria's tools count nodes by the servers that are alive.
const SERVER: &str = "server";

impl<'a> Scene<'a> {
    /// The machine; the node has none.
    pub(super) fn machine(self) -> Option<&'a MachineOrigin> {
        match self.about {
            About::Machine(_, machine) => Some(machine),
            About::Node(_) => None,
        }
    }

    pub(super) fn of_machine<D: Typed>(self) -> OfMachine<'a> {
        let text = |text: fn(&MachineOrigin) -> &str| self.machine().map_or("", text).into();
        OfMachine {
            protocol: D::TYPE,
            identity: self.about.node().into(),
            id: text(|it| &it.instance),
            version: text(|it| &it.version),
            timestamp: self.seconds,
            machine: text(|it| &it.name),
        }
    }

    pub(super) fn of_node<D: Typed>(self) -> OfNode<'a> {
        OfNode { protocol: D::TYPE, identity: self.about.node().into(), timestamp: self.seconds }
    }

    pub(super) fn of_either<D: Typed>(self) -> OfEither<'a> {
        let text = |text: fn(&MachineOrigin) -> &str| self.machine().map(|it| text(it).into());
        OfEither {
            protocol: D::TYPE,
            identity: self.about.node().into(),
            id: text(|it| &it.instance),
            version: text(|it| &it.version),
            timestamp: self.seconds,
            machine: text(|it| &it.name),
        }
    }

    pub(super) fn of_life<D: Typed>(self) -> OfLife<'a> {
        let component = self.machine().map_or(SERVER, |it| &it.name);
        OfLife {
            protocol: D::TYPE,
            id: self.id,
            identity: self.about.node().into(),
            component: component.into(),
            timestamp: self.seconds,
        }
    }
}
