//! What nodes have recorded of machines: lines of CloudEvents, put in order, as far as they say what moved a machine on.

mod read;
pub(crate) mod script;

pub(crate) use read::{ReadError, read};

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// All that a file tells of machines, by node and name.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    /// What each machine did, in its order.
    pub(crate) machines: BTreeMap<Who, Vec<Recorded>>,
}

/// A machine of a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Who {
    pub(crate) node: String,
    pub(crate) machine: String,
}

/// One thing that was recorded of a machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recorded {
    /// Its number among the events of its machine, from 1.
    pub(crate) sequence: u64,
    /// When it happened, in nanoseconds since 1970.
    pub(crate) time_ns: u64,
    pub(crate) what: What,
}

/// What can move a machine on, or tells where it went.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    Started {
        state: String,
        resumed: bool,
        /// SHA-256 of its table.
        table: String,
        /// What it knew of its node.
        facts: Map<String, Value>,
    },
    /// The node told it facts anew.
    Facts {
        facts: Map<String, Value>,
    },
    Stopped,
    Moved {
        event: String,
        from: String,
        to: String,
    },
    Reported {
        watcher: String,
        outcome: String,
        /// How long it took, in nanoseconds.
        took_ns: u64,
        /// What it carried, as far as that was recorded.
        fields: Map<String, Value>,
    },
    /// An operator's event.
    Fired {
        event: String,
        fields: Map<String, Value>,
    },
    /// The machine told the world something.
    Emitted {
        event: String,
        fields: Map<String, Value>,
    },
    /// Nothing that moves a machine.
    Other,
}

impl What {
    /// Whether its machine is in a state behind it; nothing if it does not tell where the machine is.
    pub(crate) fn is_in(&self, state: &str) -> Option<bool> {
        match self {
            Self::Moved { to: here, .. } | Self::Started { state: here, .. } => Some(is_in(here, state)),
            Self::Stopped => Some(false),
            _ => None,
        }
    }

    /// Whether its machine enters a state by it. Who goes to the state where it is, enters that one anew.
    pub(crate) fn enters(&self, state: &str) -> bool {
        match self {
            Self::Moved { from, to, .. } => is_in(to, state) && (!is_in(from, state) || from == to && to == state),
            _ => false,
        }
    }
}

/// When a machine began, in nanoseconds since 1970.
pub(crate) fn begin_ns(events: &[Recorded]) -> u64 {
    events.iter().find(|it| !matches!(it.what, What::Other)).map_or(0, |it| it.time_ns)
}

/// Whether a path is a state, or inside it.
fn is_in(path: &str, state: &str) -> bool {
    path.strip_prefix(state).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Recording {
    /// What happened to the other machines of the same node, each with its name, in the order of time.
    pub(crate) fn neighbours(&self, who: &Who) -> Vec<(&str, &Recorded)> {
        let others = self.machines.iter().filter(|(it, _)| it.node == who.node && it.machine != who.machine);
        let mut all: Vec<_> =
            others.flat_map(|(it, events)| events.iter().map(|event| (it.machine.as_str(), event))).collect();
        all.sort_by_key(|(_, event)| event.time_ns);
        all
    }
}
