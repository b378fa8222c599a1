//! What a machine declares for itself, and the events that are no outcomes and no timers.

use super::{Constant, Expr, HandlerId, Type};
pub use machine_core::definition::{Offline, Reach, SecretSource};
use machine_grammar::Span;

/// A name with its type.
pub type Field = (String, Type);

/// Data of the machine, or a fact of the node.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum {
    /// Its name.
    pub name: String,
    /// Doc comment; empty if none.
    pub doc: String,
    /// Its type.
    pub ty: Type,
    /// What it is at first, or while the node does not know the fact.
    pub value: Constant,
    /// Where its name stands.
    pub span: Span,
}

/// A secret of the node.
#[derive(Clone, Debug, PartialEq)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// Where the node finds it.
    pub source: SecretSource,
    /// Where its name stands.
    pub span: Span,
}

/// How many watchers may work at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// Its name.
    pub name: String,
    /// How many.
    pub count: u32,
    /// Over which nodes.
    pub reach: Reach,
    /// Where its name stands.
    pub span: Span,
}

/// `event NAME(FIELDS)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// Doc comment; empty if none.
    pub doc: String,
    /// What it carries.
    pub fields: Vec<Field>,
    /// Operators may send it.
    pub operator: bool,
    /// Where its name stands.
    pub span: Span,
}

/// An event that the machine tells the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Emit {
    /// Its name.
    pub name: String,
    /// What it carries.
    pub fields: Vec<Field>,
    /// Position of the declaration with `event`, if it has one.
    pub declared: Option<usize>,
    /// Where its first emit stands.
    pub span: Span,
}

/// `MACHINE is STATE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Another machine of the node.
    pub machine: String,
    /// Path of the state.
    pub state: String,
}

/// An event that is no outcome and no timer.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// Where it comes from.
    pub source: SignalSource,
    /// What it carries.
    pub fields: Vec<Field>,
}

/// Where a signal comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum SignalSource {
    /// `event NAME`, by position.
    Declared(usize),
    /// Another machine emits it.
    Emitted {
        /// The machine.
        machine: String,
        /// What it emits.
        event: String,
    },
    /// Another machine enters a state.
    Enters {
        /// The machine.
        machine: String,
        /// Path of the state.
        state: String,
    },
    /// A condition of this handler became true.
    When(HandlerId, Expr),
    /// A calculation of the machine failed.
    Fault,
}
