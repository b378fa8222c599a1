//! What brings events elsewhere, from the node's side.

use super::status::moment;
use super::{Node, say};
use crate::delivery::{Carrier, Delivery, Figures, Notice, Site};
use crate::error::NodeError;
use serde_json::{Value as Json, json};
use std::io;
use std::time::SystemTime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Starts what there is to carry; without carriers there is no thread.
pub(super) fn start(
    carriers: Vec<Box<dyn Carrier>>,
    site: Option<Site>,
) -> Result<(Option<Delivery>, UnboundedReceiver<Notice>), NodeError> {
    let (notices, told) = unbounded_channel();
    check_names(&carriers)?;
    let delivery = match (carriers.first().map(|it| it.name().to_owned()), site) {
        (None, _) => None,
        (Some(carrier), None) => return Err(NodeError::Stateless { carrier }),
        (Some(_), Some(site)) => {
            let started = Delivery::start(carriers, site, &notices);
            Some(started.map_err(|source| NodeError::System { what: "start a thread for events", source })?)
        }
    };
    Ok((delivery, told))
}

/// The names of carriers are those of files, each of its own.
fn check_names(carriers: &[Box<dyn Carrier>]) -> Result<(), NodeError> {
    let is_fit = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    for (index, carrier) in carriers.iter().enumerate() {
        let name = carrier.name();
        let is_new = carriers.iter().take(index).all(|it| it.name() != name);
        if !is_new || !(1..=64).contains(&name.len()) || !name.bytes().all(is_fit) {
            return Err(NodeError::Carrier { carrier: name.to_owned() });
        }
    }
    Ok(())
}

impl Node {
    /// How far each carrier is: `behind` counts records, some of which have no event and some several.
    pub(super) fn delivery_status(&self) -> Vec<Json> {
        let durable = self.outbox.durable().0;
        let status = |it: Figures| {
            let trouble = it.trouble.map(|it| json!({"text": it.text, "since": moment(milliseconds(it.since))}));
            json!({
                "name": it.name,
                "delivered": it.delivered.lsn,
                "behind": durable.saturating_sub(it.delivered.lsn),
                "parcels": it.parcels,
                "trouble": trouble,
            })
        };
        self.delivery.iter().flat_map(Delivery::figures).map(status).collect()
    }

    /// A carrier has something to tell.
    pub(super) fn noticed(&mut self, notice: Notice) -> Result<(), NodeError> {
        match notice {
            Notice::Trouble { carrier, text: Some(text) } => {
                say(&io::Error::other(format!("events do not reach `{carrier}`: {text}")));
            }
            Notice::Trouble { carrier, text: None } => super::note(&format!("events reach `{carrier}` again")),
        }
        Ok(())
    }
}

/// Since 1970.
fn milliseconds(at: SystemTime) -> u64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
