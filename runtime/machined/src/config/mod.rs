//! The node's configuration: one TOML file, in which each setting has a default. What is given on the command line wins.
//!
//! Each section has a file of its own with its settings, their checks and its part of the annotated example. A new one
//! is added here in three places: the module, a field of [`Settings`] or [`Events`], and its part of [`example`].

mod error;
mod events_nats;
mod file;
mod journal;
mod limits;
mod metrics;
mod nats;
mod otlp;
mod units;
mod webhook;

#[cfg(test)]
mod tests;

pub(crate) use error::ConfigError;
pub(crate) use events_nats::EventsNats;
pub(crate) use file::EventsFile;
pub(crate) use journal::Journal;
pub(crate) use limits::Limits;
pub(crate) use metrics::Metrics;
pub(crate) use nats::Nats;
pub(crate) use otlp::Otlp;
pub(crate) use webhook::Webhook;

use crate::args::{Output, Run};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// All that a node can be told.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Settings {
    pub(crate) tables: Option<PathBuf>,
    pub(crate) state: Option<PathBuf>,
    pub(crate) node: Option<String>,
    pub(crate) facts: Option<PathBuf>,
    pub(crate) output: Output,
    pub(crate) nats: Nats,
    pub(crate) events: Events,
    pub(crate) journal: Journal,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) otlp: Otlp,
}

/// Where events go.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Events {
    pub(crate) file: EventsFile,
    pub(crate) nats: EventsNats,
    pub(crate) webhook: Webhook,
}

const EXAMPLE: &str = r#"# The configuration of a node: `machined run --config FILE`.
#
# A setting without `#` shows its default. Relative paths begin in the directory of this file. Durations are written
# as in `1h30m` (units ms, s, m, h, d, w), sizes as in `64MiB`. Secrets are never in here: they have files of their own.

# The directory that tables are shipped to. It has no default: name it here or by `--tables`.
#tables = "tables"

# Where the node remembers; made if it is not there. It has no default: name it here or by `--state`.
#state = "/var/lib/machined"

# The node's name in events: letters, digits, `.`, `_` and `-`. The host's name if none is given.
#node = "n1"

# What this node knows: a file with one JSON object.
#facts = "facts.json"

# What is written to standard output: "lines" for people, "events" as JSON lines, or "none".
output = "lines"
"#;

/// A configuration with every setting, what each means, and its default.
pub(crate) fn example() -> String {
    let events = [file::EXAMPLE, events_nats::EXAMPLE, webhook::EXAMPLE].join("\n");
    [EXAMPLE, nats::EXAMPLE, &events, limits::EXAMPLE, journal::EXAMPLE, metrics::EXAMPLE, otlp::EXAMPLE].join("\n")
}

/// What the command line and its configuration file, if it names one, say together.
///
/// # Errors
/// When the file cannot be read or is not in order, or when a node cannot do without something that neither says.
pub(crate) fn settings(run: &Run) -> Result<Settings, ConfigError> {
    let mut settings = run.config.as_deref().map_or_else(|| Ok(Settings::default()), read)?;
    settings.overrule(run);
    settings.check()?;
    Ok(settings)
}

/// Reads a configuration file.
///
/// # Errors
/// When it cannot be read or is not in order.
pub(crate) fn read(file: &Path) -> Result<Settings, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { file: file.to_owned(), source };
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let mut settings = parse(file, &text)?;
    let directory = file.parent().unwrap_or(Path::new(""));
    settings.paths().for_each(|it| *it = directory.join(&*it));
    settings.events.webhook.check()?;
    Ok(settings)
}

fn parse(file: &Path, text: &str) -> Result<Settings, ConfigError> {
    toml::from_str(text).map_err(|error| error::wrong(file, text, &error))
}

impl Settings {
    /// Every path, to be taken from the directory of the file.
    fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let own = [&mut self.tables, &mut self.state, &mut self.facts].into_iter().flatten();
        own.chain(self.nats.paths())
            .chain(self.events.file.paths())
            .chain(self.events.webhook.paths())
            .chain(self.metrics.paths())
            .chain(self.otlp.paths())
    }

    /// Takes what the command line says.
    fn overrule(&mut self, run: &Run) {
        let take = |from: &Option<PathBuf>, into: &mut Option<PathBuf>| {
            if from.is_some() {
                into.clone_from(from);
            }
        };
        take(&run.tables, &mut self.tables);
        take(&run.state, &mut self.state);
        take(&run.facts, &mut self.facts);
        take(&run.events_file, &mut self.events.file.path);
        self.node = run.node.clone().or(self.node.take());
        self.output = run.output.unwrap_or(self.output);
    }

    fn check(&self) -> Result<(), ConfigError> {
        let required = [("tables", &self.tables), ("state", &self.state)];
        match required.into_iter().find(|(_, given)| given.is_none()) {
            Some((key, _)) => Err(ConfigError::Missing { key }),
            None if self.events.nats.stream.is_some() && self.nats.connection().is_none() => Err(ConfigError::NoServer),
            None if self.limits.bucket.is_some() && self.nats.connection().is_none() => {
                Err(ConfigError::NoServerForLimits)
            }
            None => Ok(()),
        }
    }
}
