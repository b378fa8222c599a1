//! `[journal]`: how much of the node's memory is kept for those who read its events.

use super::units;
use machine_host::delivery::Keep;
use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// The limits of the journal; the tighter one counts.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Journal {
    /// None: the default.
    #[serde(deserialize_with = "time")]
    pub(crate) keep_for: Option<Duration>,
    /// None: the default.
    #[serde(deserialize_with = "size")]
    pub(crate) keep_size: Option<u64>,
}

impl Journal {
    /// How long an event waits to be delivered.
    pub(crate) fn keep_for(&self) -> Duration {
        self.keep_for.unwrap_or(Keep::default().time)
    }

    /// What was set; nothing if that is nothing, for then a node that delivers no events keeps only what it needs itself.
    pub(crate) fn keep(&self) -> Option<Keep> {
        let Keep { time, size } = Keep::default();
        let keep = Keep { time: self.keep_for.unwrap_or(time), size: self.keep_size.unwrap_or(size) };
        (self.keep_for.is_some() || self.keep_size.is_some()).then_some(keep)
    }
}

pub(super) const EXAMPLE: &str = r#"# The journal in the state directory: events wait in it until they are delivered, and can be asked for again.
[journal]
# So long, and so much. Events that are not delivered by then are dropped, and an event names them. "7d" and "256MiB" where
# events are delivered by `[events.nats]` or `[events.webhook]`, or as traces by `[otlp]`; without these, nothing is kept
# that the node does not need itself, unless one of the two is set.
#keep-for = "7d"
#keep-size = "256MiB"
"#;

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    units::duration_from(from, Duration::from_secs(60)).map(Some)
}

/// Some segments, or nothing could ever wait.
fn size<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    units::size_from(from, 32 << 20).map(Some)
}
