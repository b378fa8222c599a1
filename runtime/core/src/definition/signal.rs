//! Events beside outcomes and timers, and what a machine tells the world.

use super::Field;
use alloc::{string::String, vec::Vec};

/// An event of the author's own, told to the world and to the other machines of the node.
#[derive(Clone, Debug, PartialEq)]
pub struct Emit {
    /// Its name.
    pub name: String,
    /// Its doc comment, if it is declared with `event`.
    pub doc: String,
    /// What it carries.
    pub fields: Vec<Field>,
}

/// An event that is no outcome and no timer.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// What transitions on it are called: `maintenance`, `door.critical`, `door enters open`, `when co2 > co2_max`, `fault`.
    pub name: String,
    /// Its doc comment.
    pub doc: String,
    /// Where it comes from.
    pub source: SignalSource,
    /// What it carries.
    pub fields: Vec<Field>,
}

/// Where a signal comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalSource {
    /// `event NAME`: the machine raises it, and an operator may send it.
    Declared {
        /// Operators may send it.
        operator: bool,
    },
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
    /// A condition became true while its state is active.
    When {
        /// The state that it stands in.
        owner: u16,
        /// Index into the guards.
        guard: u16,
    },
    /// A calculation of the machine failed. Carries `reason`, an enum of [`FAULT_REASONS`], and `at`, a text of at most
    /// [`FAULT_AT_MAX`] bytes. At most one signal of a table has this source.
    Fault,
}

/// Why a calculation can fail, in the order of the enum that a fault carries.
pub const FAULT_REASONS: &[&str] = &["overflow", "division", "range", "length", "conversion", "queue"];

/// Longest place of a fault in bytes.
pub const FAULT_AT_MAX: u16 = 255;
