//! Whom something can happen to, and what messages call it.

use super::What;

/// Whom something can happen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A machine.
    Machine,
    /// The node itself.
    Node,
    /// A machine or the node itself: it is about the events of whichever its origin names.
    Either,
}

impl What {
    /// Whom this can happen to. The origin of the event has to agree.
    pub fn whom(&self) -> Whom {
        match self {
            What::Started { .. }
            | What::Facts { .. }
            | What::Stopped { .. }
            | What::Transition { .. }
            | What::Outcome(_)
            | What::Rejected(_)
            | What::Slot { .. }
            | What::Timer { .. }
            | What::Emitted { .. }
            | What::Log { .. }
            | What::Faulted { .. }
            | What::Fired { .. }
            | What::Neighbour { .. }
            | What::Warning { .. }
            | What::Slowed { .. } => Whom::Machine,
            What::Dropped { .. }
            | What::Resent { .. }
            | What::Undeliverable { .. }
            | What::StreamRegressed { .. }
            | What::IdentityConflict { .. } => Whom::Either,
            What::NodeWarning { .. }
            | What::Sink { .. }
            | What::Sequences { .. }
            | What::Provisioned
            | What::Upgraded { .. }
            | What::Startup { .. }
            | What::Shutdown
            | What::Alive { .. }
            | What::TableActivated { .. }
            | What::TableRefused { .. }
            | What::TableRemoved { .. } => Whom::Node,
        }
    }

    /// One or two words for messages: `transition`.
    pub fn name(&self) -> &'static str {
        match self {
            What::Started { .. } => "start",
            What::Facts { .. } => "facts",
            What::Stopped { .. } => "stop",
            What::Transition { .. } => "transition",
            What::Outcome(_) => "watcher outcome",
            What::Rejected(_) => "rejected outcome",
            What::Slot { .. } => "slot of a limit",
            What::Timer { .. } => "timer",
            What::Slowed { .. } => "slowdown",
            What::Emitted { .. } => "event of its own",
            What::Log { .. } => "log line",
            What::Faulted { .. } => "fault",
            What::Fired { .. } => "operator event",
            What::Neighbour { .. } => "neighbour",
            What::Warning { .. } | What::NodeWarning { .. } => "warning",
            What::Dropped { .. } => "drop",
            What::Resent { .. } => "repetition",
            What::Undeliverable { .. } => "undeliverable event",
            What::StreamRegressed { .. } => "loss of a stream",
            What::IdentityConflict { .. } => "conflict of names",
            What::Sink { .. } => "state of a sink",
            What::Sequences { .. } => "list of numbers",
            What::Provisioned => "first start",
            What::Upgraded { .. } => "upgrade",
            What::Startup { .. } => "startup",
            What::Shutdown => "shutdown",
            What::Alive { .. } => "sign of life",
            What::TableActivated { .. } => "table activation",
            What::TableRefused { .. } => "table refusal",
            What::TableRemoved { .. } => "table removal",
        }
    }
}
