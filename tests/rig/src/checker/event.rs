//! An event as a message carries it, whichever the mode.

use super::{Whom, text};
use crate::Message;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// What the checker has to know of an event.
pub(super) struct Event {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) whom: Whom,
    pub(super) sequence: u64,
    pub(super) data: Value,
}

/// Whether the body is the event as a whole.
pub(super) fn is_structured(message: &Message) -> bool {
    let kind = message.header("Content-Type").unwrap_or_default().to_ascii_lowercase();
    kind.starts_with("application/cloudevents") || message.header("ce-specversion").is_none()
}

impl Event {
    pub(super) fn read(message: &Message) -> Result<Self, String> {
        if is_structured(message) { Self::read_json(&message.body) } else { Self::read_binary(message) }
    }

    pub(super) fn read_json(json: &[u8]) -> Result<Self, String> {
        let event: Value = serde_json::from_slice(json).map_err(|error| format!("no JSON: {error}"))?;
        Self::from_value(&event)
    }

    /// Attributes are headers, and `data` is the body.
    fn read_binary(message: &Message) -> Result<Self, String> {
        let mut event = Map::new();
        for (name, value) in &message.headers {
            if let Some(name) = name.to_ascii_lowercase().strip_prefix("ce-") {
                event
                    .insert(name.to_owned(), decode(value).ok_or_else(|| format!("`{name}` is badly encoded"))?.into());
            }
        }
        event
            .insert("data".into(), serde_json::from_slice(&message.body).map_err(|error| format!("no JSON: {error}"))?);
        Self::from_value(&event.into())
    }

    fn from_value(event: &Value) -> Result<Self, String> {
        let id = text(event, "id");
        let (whom, sequence) = parts(id).ok_or_else(|| format!("`{id}` is no id"))?;
        if text(event, "sequence").parse() != Ok(sequence) {
            return Err(format!("`sequence` of `{id}` is {}", event["sequence"]));
        }
        let kind = text(event, "type").to_owned();
        Ok(Self { id: id.to_owned(), kind, whom, sequence, data: event["data"].clone() })
    }

    /// Whether the message is one that was asked for again.
    pub(super) fn is_again(&self, message: &Message) -> bool {
        message.header("Nats-Msg-Id").and_then(|it| it.strip_prefix("again/")) == Some(&self.id)
    }

    /// Whether it says something about other events.
    pub(super) fn tells_of_others(&self) -> bool {
        let kind = self.kind.strip_prefix("machine.v1.").unwrap_or_default();
        ["dropped", "undeliverable", "resent", "sequences"].contains(&kind)
    }

    /// The numbers that the event is about.
    pub(super) fn range(&self) -> Option<RangeInclusive<u64>> {
        Some(self.data["first"].as_u64()?..=self.data["last"].as_u64()?)
    }

    /// Whether it says that this one was dropped, or that it cannot be delivered.
    pub(super) fn drops(&self, whom: &Whom, sink: &str, sequence: u64) -> bool {
        if self.whom != *whom || text(&self.data, "sink") != sink {
            return false;
        }
        match self.kind.as_str() {
            "machine.v1.dropped" => self.range().is_some_and(|it| it.contains(&sequence)),
            "machine.v1.undeliverable" => self.data["number"].as_u64() == Some(sequence),
            _ => false,
        }
    }
}

/// `NODE.MACHINE.EPOCH.SEQUENCE`; the node's name may have dots, too.
fn parts(id: &str) -> Option<(Whom, u64)> {
    let mut parts = id.rsplitn(4, '.');
    let sequence = parts.next()?.parse().ok()?;
    let epoch = parts.next()?.parse().ok()?;
    let machine = parts.next().filter(|it| !it.is_empty())?;
    let node = parts.next().filter(|it| !it.is_empty())?.to_owned();
    let machine = Some(machine.to_owned()).filter(|it| it != "@");
    Some((Whom { node, machine, epoch }, sequence))
}

/// A header's value, with what is percent-encoded in it.
fn decode(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}
