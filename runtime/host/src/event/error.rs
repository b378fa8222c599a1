//! Why a happening could not be made into an event.

use miette::Diagnostic;
use thiserror::Error;

/// Why a happening could not be made into an event.
///
/// None of these depends on what a watched command or file did, only on how the node and its machines are named and
/// on how the runtime numbers and addresses what happens.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum EventError {
    /// A name that every event needs is empty.
    #[error("an event cannot be made: the {what} is empty")]
    #[diagnostic(help("give the {what} at least one character"))]
    Empty {
        /// Which name: `node name`.
        what: &'static str,
    },
    /// A name is so long that the id made of it would not be accepted elsewhere.
    #[error("an event cannot be made: the {what} has {length} bytes, and {limit} are allowed")]
    #[diagnostic(help("choose a shorter {what}"))]
    TooLong {
        /// Which name: `node name`.
        what: &'static str,
        /// Its bytes.
        length: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// Only a machine can do this, and the origin names none.
    #[error("an event cannot be made: only a machine has a `{what}`, and none is named")]
    #[diagnostic(help("name the machine in the origin of the event"))]
    NeedsMachine {
        /// What happened: `transition`.
        what: &'static str,
    },
    /// Only the node can do this, and the origin names a machine.
    #[error("an event cannot be made: only a node has a `{what}`, and it is said of the machine `{machine}`")]
    #[diagnostic(help("leave the machine out of the origin of the event"))]
    NeedsNode {
        /// What happened: `startup`.
        what: &'static str,
        /// The machine that the origin names.
        machine: String,
    },
    /// Writing it failed, which memory does not do.
    #[error("an event cannot be made")]
    #[diagnostic(help("this is a mistake of the runtime: please report it with this message"))]
    Unwritable(#[source] serde_json::Error),
}
