//! `[events.file]`: a file that events are appended to.

use super::units;
use machine_host::sink::Rotation;
use serde::{Deserialize, Deserializer};
use std::path::PathBuf;
use std::time::Duration;

/// A file of events, one JSON object a line.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EventsFile {
    /// None: no file.
    pub(crate) path: Option<PathBuf>,
    /// Before it is larger, it makes way for a new one. None: it does not.
    #[serde(deserialize_with = "size")]
    pub(crate) rotate: Option<u64>,
    /// When it is older, it makes way for a new one. None: it does not.
    #[serde(deserialize_with = "age")]
    pub(crate) rotate_after: Option<Duration>,
    /// So many old ones are kept.
    #[serde(deserialize_with = "keep")]
    pub(crate) keep: u32,
}

/// Each time a file makes way, all that are kept are renamed.
const MOST_KEPT: u32 = 1_000;

impl Default for EventsFile {
    fn default() -> Self {
        Self { path: None, rotate: None, rotate_after: None, keep: 4 }
    }
}

impl EventsFile {
    /// When it makes way, if ever.
    pub(crate) fn rotation(&self) -> Option<Rotation> {
        let rotation = Rotation { size: self.rotate, age: self.rotate_after, keep: self.keep };
        (rotation.size.is_some() || rotation.age.is_some()).then_some(rotation)
    }

    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.path.iter_mut()
    }
}

pub(super) const EXAMPLE: &str = r#"# A file of events.
[events.file]
# CloudEvents are appended to it, one JSON object a line. No file without it.
#path = "/var/log/machined/events.jsonl"
# It makes way for a new one before it is larger than this: `events.jsonl` becomes `events.jsonl.1`, and so on. Without
# it, and without `rotate-after`, it grows until somebody moves it away.
#rotate = "64MiB"
# It makes way for a new one when it is older than this.
#rotate-after = "1d"
# So many old ones are kept.
keep = 4
"#;

fn size<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    units::size_from(from, 64 << 10).map(Some)
}

fn keep<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    units::whole_from(from, 0..=MOST_KEPT)
}

fn age<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    units::duration_from(from, Duration::from_secs(60)).map(Some)
}
