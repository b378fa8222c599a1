//! Why a node cannot run.

use crate::journal::JournalError;
use miette::Diagnostic;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a node does not start, or ended before it was told to.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum NodeError {
    /// The tables' directory cannot be read.
    #[error("cannot read the tables in `{}`", dir.display())]
    #[diagnostic(help(
        "`--tables` names a directory with the files that `machinec build` makes; make it with `mkdir -p`"
    ))]
    Tables {
        /// The directory.
        dir: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A directory or file of the state cannot be made or written.
    #[error("cannot write to the state directory `{}`", path.display())]
    #[diagnostic(help("`--state` names a directory that this user may write to, on a disk with room"))]
    State {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The journal.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Journal(#[from] JournalError),
    /// The journal holds something that this version did not write.
    #[error("the journal in `{}` holds a record that cannot be understood", dir.display())]
    #[diagnostic(help(
        "a newer version may have written it: run that one, or begin anew with another state directory"
    ))]
    Record {
        /// The state directory.
        dir: PathBuf,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// The state directory belongs to another node.
    #[error("the state directory `{}` belongs to the node `{found}`, and this one is called `{node}`", dir.display())]
    #[diagnostic(help("give this node its own state directory, or the old name with `--node {found}`"))]
    Identity {
        /// The state directory.
        dir: PathBuf,
        /// Whose it is.
        found: String,
        /// The name of this node.
        node: String,
    },
    /// The node's name cannot be part of event ids.
    #[error("`{name}` cannot be a node's name")]
    #[diagnostic(help("use 1 to {longest} letters, digits, `.`, `_` and `-`; `--node` sets it"))]
    Name {
        /// The name.
        name: String,
        /// How many bytes it may have.
        longest: usize,
    },
    /// A machine that was to be run alone cannot be.
    #[error("cannot run this machine: {reason}")]
    Refused {
        /// Why not, and the way out.
        reason: String,
    },
    /// The facts of the node are not in order.
    #[error("cannot use the facts in `{}`: {reason}", file.display())]
    #[diagnostic(help("`--facts` names a file with one JSON object: `{{\"location\": \"lab\"}}`"))]
    Facts {
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// What happened cannot be told.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Event(#[from] crate::event::EventError),
    /// What happened cannot be written down.
    #[error("what happened cannot be written to the journal")]
    #[diagnostic(help("this is a mistake of the runtime: please report it with this message"))]
    Unwritable(#[source] serde_json::Error),
    /// A sink cannot be opened.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Sink(#[from] crate::sink::SinkError),
    /// A webhook cannot be set up.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Webhook(#[from] crate::delivery::webhook::WebhookError),
    /// Events are to be carried elsewhere, and nothing keeps them until they are there.
    #[error("`{carrier}` needs a state directory: what has not been delivered yet waits in its journal")]
    #[diagnostic(help("name one with `--state`"))]
    Stateless {
        /// The carrier.
        carrier: String,
    },
    /// Two carriers of one name, or one whose name cannot be that of a file.
    #[error("`{carrier}` cannot be the name of a way for events to go")]
    #[diagnostic(help("each has a name of its own, of lower-case letters, digits and `-`"))]
    Carrier {
        /// The name.
        carrier: String,
    },
    /// Something of the operating system that a node cannot do without.
    #[error("cannot {what}")]
    System {
        /// What: `set an alarm`.
        what: &'static str,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl NodeError {
    /// The exit status of a process that ends for this reason: 100 when another runtime has the state directory, 74
    /// when a disk failed, otherwise 1.
    #[must_use]
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Journal(JournalError::InUse { .. }) => 100,
            Self::Journal(JournalError::Io { .. } | JournalError::Full { .. }) => 74,
            _ => 1,
        }
    }
}
