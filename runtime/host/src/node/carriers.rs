//! What brings events elsewhere, from the node's side.

use super::Node;
use super::operator::Refused;
use super::outbox::Out;
use super::status::moment;
use crate::delivery::{Carrier, Delivery, Figures, Keep, Notice, Order, Site};
use crate::error::NodeError;
use crate::journal::Lsn;
use serde_json::{Value as Json, json};
use std::time::SystemTime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

/// Starts what there is to carry; without carriers there is no thread.
pub(super) fn start(
    carriers: Vec<Box<dyn Carrier>>,
    keep: Option<Keep>,
    site: Option<Site>,
) -> Result<(Option<Delivery>, UnboundedReceiver<Notice>), NodeError> {
    let (notices, told) = unbounded_channel();
    check_names(&carriers)?;
    let is_idle = carriers.is_empty() && keep.is_none();
    let site = match (site, carriers.first()) {
        (Some(site), _) if !is_idle => site,
        (None, Some(carrier)) => return Err(NodeError::Stateless { carrier: carrier.name().to_owned() }),
        _ => return Ok((None, told)),
    };
    let started = Delivery::start(carriers, keep.unwrap_or_default(), site, notices);
    let delivery = started.map_err(|source| NodeError::System { what: "start a thread for events", source })?;
    Ok((Some(delivery), told))
}

/// How much of a journal may be written before somebody looks whether it is too large.
pub(super) const LOOK_EVERY: usize = 1 << 20;

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
    /// Until it is known what others need of the journal, all of it stays. To be said before the first checkpoint.
    pub(super) fn keep_for_others(&mut self) {
        if self.delivery.is_some() {
            self.journal.iter().for_each(|it| it.retain_from(Lsn::FIRST));
            self.look_at_journal();
        }
    }

    /// The journal may have become too large, or too old.
    pub(super) fn look_at_journal(&mut self) {
        self.bytes_since_look = 0;
        self.delivery.iter().for_each(Delivery::look);
    }

    /// Has events sent again: `{"machine": "hvac", "first": 5, "last": 9}`, with `@` for the node itself.
    pub(super) fn resend(&mut self, what: &Json, reply: oneshot::Sender<Json>) -> Result<(), NodeError> {
        let number = |name: &str| what.get(name).and_then(Json::as_u64);
        let machine = what.get("machine").and_then(Json::as_str);
        let refusal = match (machine, number("first"), number("last"), &self.delivery) {
            (Some(machine), Some(first), Some(last), Some(delivery)) if (1..=last).contains(&first) => {
                let machine = (machine != "@").then(|| machine.to_owned());
                delivery.order(Order { machine, first, last, reply });
                return Ok(());
            }
            (_, _, _, None) => Refused::new(
                "nothing brings events of this node elsewhere",
                "`[events.nats]` or `[events.webhook]` in the configuration sets one up",
            ),
            _ => Refused::new("the range is none", "`resend` needs `machine`, `first` and `last`, from 1"),
        };
        self.outbox.put(self.appended, Out::Reply { to: reply, reply: refusal.reply() });
        Ok(())
    }

    /// How far each carrier is: `behind` counts records, some of which have no event and some several.
    pub(super) fn delivery_status(&self) -> Vec<Json> {
        let durable = self.outbox.durable().0;
        let status = |it: Figures| {
            let trouble = it
                .trouble
                .map(|it| json!({"text": it.text, "since": moment(milliseconds(it.since)), "final": it.is_final}));
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
}

/// Since 1970.
pub(super) fn milliseconds(at: SystemTime) -> u64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
