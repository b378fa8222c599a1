//! `[events.file]`: a file that events are appended to.

use serde::Deserialize;
use std::path::PathBuf;

/// A file of events, one JSON object a line.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EventsFile {
    /// None: no file.
    pub(crate) path: Option<PathBuf>,
}

impl EventsFile {
    pub(super) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.path.iter_mut()
    }
}

pub(super) const EXAMPLE: &str = r#"# A file of events.
[events.file]
# CloudEvents are appended to it, one JSON object a line. No file without it.
#path = "/var/log/machined/events.jsonl"
"#;
