//! How much of the journal is kept for those who read it.

use std::time::Duration;

/// How much of the journal is kept, beyond what the node itself needs to go on: the events that are still to be delivered,
/// and those that were, so that they can be asked for again. The tighter limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// For so long.
    pub time: Duration,
    /// So many bytes.
    pub size: u64,
}

impl Default for Keep {
    fn default() -> Self {
        Self { time: Duration::from_secs(7 * 24 * 60 * 60), size: 256 << 20 }
    }
}
