//! What a table tells of the data, facts, signals and the rest of its machine.

use super::types::{Fields, Type};
use crate::definition::Reach;
use crate::id::SignalId;

/// Data of the machine or a fact of the node.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'t> {
    /// Its name.
    pub name: &'t str,
    /// Its type.
    pub ty: Type<'t>,
    /// Its doc comment; empty when there is none or it was stripped.
    pub doc: &'t str,
}

/// A secret and where the node finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secret<'t> {
    /// Its name.
    pub name: &'t str,
    /// Where it is.
    pub source: SecretSource<'t>,
}

/// Where a node finds a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretSource<'t> {
    /// In this variable of the runtime's own environment.
    Env(&'t str),
    /// In this file, without the line break at its end.
    File(&'t str),
}

/// How many watchers may work at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<'t> {
    /// Its name; machines of a node that name the same limit share it.
    pub name: &'t str,
    /// How many; at least 1.
    pub count: u32,
    /// Over which nodes.
    pub reach: Reach,
}

/// `MACHINE is STATE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition<'t> {
    /// Another machine of the node.
    pub machine: &'t str,
    /// Path of the state that it has to be in, or inside.
    pub state: &'t str,
}

/// An event of the author's own.
#[derive(Clone, Copy, Debug)]
pub struct Emit<'t> {
    /// Its name.
    pub name: &'t str,
    /// Its doc comment; empty when there is none or it was stripped.
    pub doc: &'t str,
    /// Names and types of what it carries.
    pub fields: Fields<'t>,
}

/// An event that is neither an outcome nor a timer.
#[derive(Clone, Copy, Debug)]
pub struct Signal<'t> {
    /// Its number.
    pub id: SignalId,
    /// What transitions on it are called.
    pub name: &'t str,
    /// Its doc comment; empty when there is none or it was stripped.
    pub doc: &'t str,
    /// Where it comes from.
    pub source: SignalSource<'t>,
    /// Names and types of what it carries.
    pub fields: Fields<'t>,
}

/// Where a signal comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalSource<'t> {
    /// The machine raises it.
    Declared {
        /// Operators may send it.
        operator: bool,
    },
    /// Another machine emits it.
    Emitted {
        /// The machine.
        machine: &'t str,
        /// What it emits.
        event: &'t str,
    },
    /// Another machine enters a state.
    Enters {
        /// The machine.
        machine: &'t str,
        /// Path of the state.
        state: &'t str,
    },
    /// A condition of `when` became true.
    When,
    /// A calculation of the machine failed.
    Fault,
}

/// How a watcher works, beside its pace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers<'t> {
    /// The first ask of a visit comes up to so many milliseconds later; the step sees to it.
    pub splay_ms: Option<u64>,
    /// It has to answer within so many milliseconds.
    pub timeout_ms: Option<u64>,
    /// How its pace grows with each fault in a row; the step sees to it.
    pub backoff: Option<crate::definition::Backoff>,
    /// An event at least so often (milliseconds), even when nothing changes.
    pub announce_ms: Option<u64>,
    /// No event for a repeated success.
    pub quiet: bool,
    /// The limit that it works under (index into the limits).
    pub under: Option<crate::definition::Under>,
    /// It works only while this condition holds (index into the conditions); the step sees to it.
    pub condition: Option<u16>,
    /// The user that its command runs as.
    pub user: Option<&'t str>,
}
