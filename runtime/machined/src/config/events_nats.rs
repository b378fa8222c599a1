//! `[events.nats]`: a JetStream stream that events go to.

use super::units::{self, Mistake};
use machine_host::delivery::jetstream::{Layout, Mode};
use machine_nats::stream::Shape;
use machine_nats::subject;
use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// JetStream keeps no stream on more servers.
const MOST_REPLICAS: u32 = 5;

/// Where events go on NATS; nowhere without a stream.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EventsNats {
    /// The stream.
    #[serde(deserialize_with = "stream")]
    pub(crate) stream: Option<String>,
    /// How subjects are laid out.
    layout: LayoutWord,
    /// What subjects begin with.
    #[serde(deserialize_with = "prefix")]
    pub(crate) subject: String,
    /// How an event stands in a message.
    mode: ModeWord,
    /// What the stream is made like if it is not there.
    create: Option<Create>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LayoutWord {
    #[default]
    Machine,
    Choria,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ModeWord {
    #[default]
    Structured,
    Binary,
}

/// What a stream is made like.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Create {
    #[serde(deserialize_with = "duration")]
    max_age: Duration,
    #[serde(deserialize_with = "size")]
    max_bytes: Option<u64>,
    #[serde(deserialize_with = "replicas")]
    replicas: usize,
    #[serde(deserialize_with = "duration")]
    duplicate_window: Duration,
}

impl Default for Create {
    fn default() -> Self {
        let day = Duration::from_secs(24 * 60 * 60);
        Self { max_age: 30 * day, max_bytes: None, replicas: 1, duplicate_window: Duration::from_secs(120) }
    }
}

impl Default for EventsNats {
    fn default() -> Self {
        let (layout, mode) = (LayoutWord::default(), ModeWord::default());
        Self { stream: None, layout, subject: "machines".to_owned(), mode, create: None }
    }
}

impl EventsNats {
    /// How subjects are laid out.
    pub(crate) fn layout(&self) -> Layout {
        match self.layout {
            LayoutWord::Machine => Layout::Machine,
            LayoutWord::Choria => Layout::Choria,
        }
    }

    /// How an event stands in a message.
    pub(crate) fn mode(&self) -> Mode {
        match self.mode {
            ModeWord::Structured => Mode::Structured,
            ModeWord::Binary => Mode::Binary,
        }
    }

    /// All subjects that the stream has to take, for whatever node.
    pub(crate) fn subjects(&self) -> Vec<String> {
        let own = format!("{}.>", self.subject);
        match self.layout {
            LayoutWord::Machine => vec![own],
            LayoutWord::Choria => vec!["choria.machine.>".to_owned(), "choria.lifecycle.>".to_owned(), own],
        }
    }

    /// What the stream is made like if it is not there.
    pub(crate) fn shape(&self) -> Option<Shape> {
        let (create, name) = (self.create.as_ref()?, self.stream.clone()?);
        Some(Shape {
            name,
            subjects: self.subjects(),
            max_age: create.max_age,
            max_bytes: create.max_bytes,
            replicas: create.replicas,
            duplicate_window: create.duplicate_window,
        })
    }
}

/// The server takes more, and tools stumble over it.
fn stream<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let fit = |text: &str| text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it));
    let read = |text: &str| match !text.is_empty() && fit(text) {
        true => Ok(Some(text.to_owned())),
        false => Err(Mistake::new(
            format!("`{text}` is no name of a stream"),
            "write letters, digits, `-` and `_`: \"MACHINES\"",
        )),
    };
    units::text(from, "a name", read)
}

fn prefix<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let read = |text: &str| match subject::is_prefix(text) {
        true => Ok(text.to_owned()),
        false => Err(Mistake::new(
            format!("subjects cannot begin with `{text}`"),
            "write words of letters, digits, `-` and `_`, with dots between them: \"site.machines\"",
        )),
    };
    units::text(from, "the beginning of a subject", read)
}

fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    units::duration_from(from, Duration::from_secs(1))
}

fn replicas<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    units::whole_from(from, 1..=MOST_REPLICAS)
}

fn size<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    units::size_from(from, 1 << 20).map(Some)
}

pub(super) const EXAMPLE: &str = r#"# Events to a JetStream stream of `[nats]`: at least once, stored once, each machine's in their order. docs/nats.md.
[events.nats]
# The stream. Events go to none without it.
#stream = "MACHINES"
# "machine": one subject a machine, `machines.NODE.MACHINE`, and `machines.NODE.@` for the node itself. "choria": the
# subjects that Choria's tools read.
layout = "machine"
# What the subjects begin with.
subject = "machines"
# "structured": the whole event in the body. "binary": its attributes in headers.
mode = "structured"
# The stream is made if it is not there; never without this. How long and how many bytes of messages it keeps, on how
# many servers, and for how long it knows an id again.
#create = { max-age = "30d", max-bytes = "10GiB", replicas = 1, duplicate-window = "2m" }
"#;
