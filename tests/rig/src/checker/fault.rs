//! What can be wrong with a stream.

use super::Whom;
use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fault {
    /// A message is no event of a node.
    Unreadable {
        /// Where in the stream.
        position: u64,
        /// Why.
        why: String,
    },
    /// Events are not there, and no other names them as dropped.
    Lost {
        /// Whose.
        whom: Whom,
        /// The number of the first.
        first: u64,
        /// The number of the last.
        last: u64,
        /// How it is known that there were any.
        proof: Proof,
    },
    /// An event is stored twice.
    Twice {
        /// Whose.
        whom: Whom,
        /// Its number.
        sequence: u64,
        /// Where.
        positions: (u64, u64),
    },
    /// An event stands behind a later one.
    Order {
        /// Whose.
        whom: Whom,
        /// Its number.
        sequence: u64,
        /// Where.
        position: u64,
        /// The number of the later one, and where that is.
        later: (u64, u64),
    },
    /// An event is not what the node wrote to its file.
    Altered {
        /// Whose.
        whom: Whom,
        /// Its number.
        sequence: u64,
        /// Where.
        position: u64,
    },
    /// The message is not named like its event, so the stream could store it twice.
    Misnamed {
        /// Where.
        position: u64,
        /// The id of the event.
        id: String,
        /// The name of the message.
        name: String,
    },
}

/// How it is known that there was an event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Proof {
    /// A later one is there.
    Later {
        /// Its number.
        sequence: u64,
        /// Where.
        position: u64,
    },
    /// A sign of life of the node names it.
    SignOfLife {
        /// The id of that.
        id: String,
    },
    /// The node wrote it to its file.
    File,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { position, why } => write!(f, "unreadable: at {position}: {why}"),
            Self::Lost { whom, first, last, proof } => {
                write!(f, "lost: {} of {whom}; {proof}", super::report::range((*first, *last)))
            }
            Self::Twice { whom, sequence, positions: (first, again) } => {
                write!(f, "twice: {sequence} of {whom}, at {first} and at {again}")
            }
            Self::Order { whom, sequence, position, later: (later, there) } => {
                write!(f, "order: {sequence} of {whom}, at {position}, stands behind {later}, at {there}")
            }
            Self::Altered { whom, sequence, position } => {
                write!(f, "altered: {sequence} of {whom}, at {position}, is not what the node's file has")
            }
            Self::Misnamed { position, id, name } => {
                write!(f, "misnamed: at {position}: the message of `{id}` is called `{name}`")
            }
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Later { sequence, position } => write!(f, "{sequence} is there, at {position}"),
            Self::SignOfLife { id } => write!(f, "the sign of life `{id}` names the last"),
            Self::File => write!(f, "the node's file has them"),
        }
    }
}
