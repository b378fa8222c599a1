//! Events to a webhook: each by a POST, as the HTTP binding of CloudEvents wants it.
//!
//! At least once, and in order for each machine: the next event of a machine is sent when the one before was taken, and
//! some machines are served at a time. In batch mode one request after the other has many events, in the order of the
//! journal. What is not taken is sent again, after a wait that grows and is drawn by chance, or that the other end asks
//! for. What it will never take stops everything, or is put aside with an event that names it: as it was set.

mod answer;
mod client;
mod settings;
mod tls;

#[cfg(test)]
mod tests;

pub(crate) use answer::{Fate, judged, words};
pub(crate) use client::{Client, Reply};
pub use settings::{Mode, Refused, Settings, WebhookError};

use super::bring::{Brought, Left, WORTH_A_WORD, in_parts, put_aside, wait};
use super::{Backlog, Carrier, Carrying, End, Parcel};
use crate::event::binding::{Message, http};
use answer::Answer;
use futures_util::stream::{self, StreamExt};
use machine_nats::Backoff;
use std::cell::RefCell;
use std::time::Duration;

/// So many bytes of events are under way at once.
const UNDER_WAY: usize = 128 * 1024;
/// So many machines are served at a time.
const AT_A_TIME: usize = 8;
/// After something that only people can mend it is tried again this often; tests are no people.
const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 30_000 });

/// Brings events to a webhook.
#[derive(Debug)]
pub struct Webhook {
    settings: Settings,
    client: Client,
}

impl Webhook {
    /// Checks the settings; does not connect.
    ///
    /// # Errors
    /// When they are not in order.
    pub fn new(settings: Settings) -> Result<Self, WebhookError> {
        Ok(Self { client: Client::new(&settings)?, settings })
    }
}

impl Carrier for Webhook {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn carry(self: Box<Self>, backlog: Backlog, end: End) -> Carrying {
        let Self { settings, client } = *self;
        Box::pin(async move { Work { settings, client, end, pause: RefCell::default() }.carry(backlog).await })
    }
}

struct Work {
    settings: Settings,
    client: Client,
    end: End,
    pause: RefCell<Backoff>,
}

impl Work {
    async fn carry(self, mut backlog: Backlog) {
        while let Ok(parcels) = backlog.next(UNDER_WAY).await {
            let brought = match self.settings.mode {
                Mode::Batch => self.bring_together(&backlog, &parcels).await,
                Mode::Structured | Mode::Binary => self.bring_singly(&backlog, &parcels).await,
            };
            if brought.is_err() {
                return;
            }
            if let Some(last) = parcels.iter().rfind(|it| !it.again) {
                backlog.delivered(last.position);
            }
        }
    }

    /// Each in a request of its own; those of one machine one after the other.
    async fn bring_singly(&self, backlog: &Backlog, parcels: &[Parcel]) -> Result<(), Left> {
        let mut rows: Vec<Vec<&Parcel>> = Vec::new();
        for parcel in parcels {
            match rows.iter_mut().find(|row| row.first().is_some_and(|it| it.machine == parcel.machine)) {
                Some(row) => row.push(parcel),
                None => rows.push(vec![parcel]),
            }
        }
        let bring = |row: Vec<_>| async move {
            for parcel in row {
                self.bring(backlog, &[parcel]).await?;
            }
            Ok(())
        };
        let brought: Vec<_> = stream::iter(rows).map(bring).buffer_unordered(AT_A_TIME).collect().await;
        brought.into_iter().collect()
    }

    /// In as few requests as the other end takes.
    async fn bring_together(&self, backlog: &Backlog, parcels: &[Parcel]) -> Result<(), Left> {
        let parcels: Vec<_> = parcels.iter().collect();
        in_parts(&parcels, async |some| self.bring(backlog, some).await).await
    }

    /// Sends until it is taken or put aside.
    async fn bring(&self, backlog: &Backlog, parcels: &[&Parcel]) -> Result<Brought, Left> {
        for attempt in 1_u32.. {
            let answer = match self.message(parcels) {
                Ok(message) => self.client.post(message).await,
                Err(answer) => answer,
            };
            match answer.fate {
                Fate::Taken => {
                    self.pause.borrow_mut().worked();
                    backlog.fine();
                    return Ok(Brought::All);
                }
                Fate::Refused if parcels.len() > 1 => return Ok(Brought::TooMany),
                Fate::Refused if self.may_put_aside(parcels) => {
                    return put_aside(backlog, &self.settings.name, parcels.iter().copied(), &answer.text).await;
                }
                Fate::Refused => {
                    backlog.trouble(&stopped(parcels, &answer));
                    wait(&self.end, PATIENCE).await?;
                }
                Fate::Unfit => {
                    backlog.trouble(&answer.text);
                    wait(&self.end, PATIENCE).await?;
                }
                Fate::Later(when) => {
                    if attempt >= WORTH_A_WORD {
                        backlog.trouble(&answer.text);
                    }
                    let least = self.pause.borrow_mut().wait();
                    wait(&self.end, when.map_or(least, |when| when.max(least))).await?;
                }
            }
        }
        Err(Left)
    }

    fn message<'p>(&self, parcels: &[&'p Parcel]) -> Result<Message<'p>, Answer> {
        match (self.settings.mode, parcels) {
            (Mode::Structured, [one]) => Ok(http::structured(&one.json)),
            (Mode::Binary, [one]) => http::binary(&one.json).map_err(|error| Answer::unsendable(&error)),
            _ => Ok(http::batch(parcels.iter().map(|it| &*it.json))),
        }
    }

    /// An event that names what was put aside has to come: one about it would be refused as well, and so on for ever.
    fn may_put_aside(&self, parcels: &[&Parcel]) -> bool {
        self.settings.refused == Refused::PutAside && parcels.iter().all(|it| it.kind != UNDELIVERABLE)
    }
}

/// What stops everything, with the way out.
fn stopped(parcels: &[&Parcel], answer: &Answer) -> String {
    let Some(parcel) = parcels.first() else { return answer.text.clone() };
    let (said, id) = (&answer.text, &parcel.id);
    if parcel.kind == UNDELIVERABLE {
        return format!("{said} (event `{id}`, which names an event that was put aside): mend the other end");
    }
    format!("{said} (event `{id}`): mend the other end, or set `refused = \"put-aside\"` to go on without it")
}

/// The type of the events about events that were put aside.
const UNDELIVERABLE: &str = "machine.v1.undeliverable";
