//! What two versions of a machine do differently.
//!
//! | | |
//! | --- | --- |
//! | `shape` | what a running machine would meet when the new table takes over, and what it is allowed and told |
//! | `inputs` | what can happen to both, by name, so that the numbers of their tables do not matter |
//! | `side` | one of the two, and how it reacts |
//! | `walk` | both side by side through all that can happen, the shortest ways first |
//! | `tell` | the answer, for people and as JSON |

mod inputs;
mod shape;
mod side;
mod tell;
mod walk;

pub(crate) use tell::{json, text};

use machine_core::Table;

/// The answer for one machine.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) machine: String,
    /// What differs in what stands in the tables.
    pub(crate) shape: Vec<shape::Change>,
    pub(crate) behaviour: walk::Behaviour,
}

impl Difference {
    /// Nothing was found that differs.
    pub(crate) fn is_none(&self) -> bool {
        self.shape.is_empty() && matches!(self.behaviour, walk::Behaviour::Same { .. })
    }
}

/// Two versions of a machine side by side, through at most so many pairs of what both can be.
pub(crate) fn between(old: &Table<'_>, new: &Table<'_>, most: usize) -> Difference {
    Difference {
        machine: new.name().to_owned(),
        shape: shape::changes(old, new),
        behaviour: walk::both(old, new, most),
    }
}

/// Whether states can be told by name in both.
pub(crate) fn has_names(table: &Table<'_>) -> bool {
    table.state_name(table.initial()).is_some()
}
