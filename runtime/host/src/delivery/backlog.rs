//! A carrier's end of the journal.

mod reading;

use super::again::Again;
use super::desk::{End, Missed, Notice, Share};
use super::epochs::Epochs;
use super::find::find;
use super::parcel::{Parcel, Position};
use crate::event::happening::What;
use crate::journal::{JournalError, Lsn, Reader};
use miette::Diagnostic;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{oneshot, watch};

/// So long after a journal could not be read it is tried again.
const REST: Duration = Duration::from_secs(10);

/// Why there is nothing to carry.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum BacklogError {
    /// The node ends, and everything has been handed out.
    #[error("the node has ended")]
    Ended,
    /// The journal cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Journal(#[from] JournalError),
}

/// A carrier's end: what is durable and has not been delivered yet, in order. One a carrier.
#[derive(Debug)]
pub struct Backlog {
    dir: PathBuf,
    reader: Reader,
    /// What is handed out next is here or later.
    next: Position,
    /// What is sent again before that.
    again: Option<Again>,
    durable: watch::Receiver<Lsn>,
    end: End,
    share: Arc<Share>,
    epochs: Epochs,
}

impl Backlog {
    pub(super) fn new(
        dir: PathBuf,
        durable: watch::Receiver<Lsn>,
        end: End,
        share: Arc<Share>,
        epochs: Epochs,
    ) -> Self {
        let next = share.lock().delivered.after();
        Self { reader: Reader::new(&dir), dir, next, again: None, durable, end, share, epochs }
    }

    /// The next events, in order: at least one, and no more of them than have so many bytes of JSON together. Waits until
    /// there is one. May be dropped while it waits, and loses nothing.
    ///
    /// # Errors
    /// [`BacklogError::Ended`] when the node ends and nothing is left. A journal that cannot be read is trouble, and is
    /// tried again; what is damaged for good is told and passed over as soon as there is something whole behind it.
    pub async fn next(&mut self, most_bytes: usize) -> Result<Vec<Parcel>, BacklogError> {
        loop {
            let again = self.read_again(most_bytes);
            if !again.is_empty() {
                return Ok(again);
            }
            let durable = *self.durable.borrow_and_update();
            let parcels = match self.read(most_bytes, durable) {
                Ok(parcels) => parcels,
                Err(error) => {
                    self.trouble(&format!("the journal cannot be read: {error}"));
                    self.rest().await?;
                    continue;
                }
            };
            if !parcels.is_empty() {
                self.share.lock().parcels += parcels.len() as u64;
                return Ok(parcels);
            }
            if self.reader.place() <= durable {
                tokio::task::yield_now().await;
            } else {
                self.reader.rest();
                self.wait().await?;
            }
        }
    }

    /// All up to this event has been delivered. Never goes back by itself: see [`go_to`](Self::go_to).
    pub fn delivered(&mut self, up_to: Position) {
        self.share.change(|state| {
            state.delivered = state.delivered.max(up_to);
        });
    }

    /// The last event that was delivered with all before it.
    #[must_use]
    pub fn delivered_to(&self) -> Position {
        self.share.lock().delivered
    }

    /// What is handed out next is the event at this position, or the first after it. Whoever goes back behind what was
    /// delivered takes that back: it counts as not delivered until it is again.
    pub fn go_to(&mut self, position: Position) {
        self.next = position;
        if self.delivered_to() >= position {
            self.share.change(|state| state.delivered = position.before());
        }
    }

    /// Where an event is, by its machine (`None` for the node itself) and number; nothing if the journal does not hold
    /// it (any more), or it is not durable yet.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn find(&mut self, machine: Option<&str>, sequence: u64) -> Result<Option<Position>, BacklogError> {
        let durable = *self.durable.borrow();
        Ok(find(&self.dir, durable, machine, sequence).await?)
    }

    /// Remembers something beside the mark: it comes back as [`notes`](Self::notes) after a start, unless it was lost with
    /// the cursor.
    pub fn note(&self, notes: Value) {
        self.share.change(|state| state.notes = notes);
    }

    /// What was remembered last; null if that is nothing.
    #[must_use]
    pub fn notes(&self) -> Value {
        self.share.lock().notes.clone()
    }

    /// Something is in the way: why, and what helps. Said once on standard error and as an event, however often it is
    /// called with the same text.
    pub fn trouble(&self, text: &str) {
        self.share.trouble(text);
    }

    /// The same, and nothing is tried any more before the node is started again.
    pub(super) fn give_up(&self, text: &str) {
        self.share.give_up(text);
    }

    /// Says something on the node's standard error.
    pub(super) fn say(&self, text: &str) {
        self.share.tell(Notice::Word(text.to_owned()));
    }

    /// Nothing is in the way (any more).
    pub fn fine(&self) {
        self.share.fine();
    }

    /// Tells, as an event, that something happened to events on their way: of this machine, or of the node itself.
    pub fn tell(&self, machine: Option<&str>, what: What) {
        self.share.happened(machine, what, None);
    }

    /// The same, and waits for it: true once that is durable, false if the node ends before.
    pub async fn told(&self, machine: Option<&str>, what: What) -> bool {
        let (told, is_told) = oneshot::channel();
        self.share.happened(machine, what, Some(told));
        self.answer(is_told).await.is_some()
    }

    /// Tells which events the other end will never get; true once that is durable, false if the node ends before.
    pub(super) async fn dropped(&self, drops: Vec<Missed>) -> bool {
        let (told, is_told) = oneshot::channel();
        self.share.tell(Notice::Dropped { drops, told });
        self.answer(is_told).await.is_some()
    }

    /// Which numbers this node has given out.
    pub(super) fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    /// Somebody else has given out numbers of the present epoch: another one begins. False if the node ends before that
    /// is durable.
    pub(super) async fn fork(&mut self) -> bool {
        let (told, is_told) = oneshot::channel();
        self.share.tell(Notice::Forked { told });
        let next = self.answer(is_told).await.and_then(|it| it.as_u64());
        next.into_iter().for_each(|it| self.epochs.fork(it));
        next.is_some()
    }

    /// Whether all that is durable has been handed out.
    pub(super) fn is_drained(&self) -> bool {
        self.next.lsn > self.durable.borrow().0
    }

    /// The node's answer; nothing if it ends before.
    async fn answer(&self, answer: oneshot::Receiver<Value>) -> Option<Value> {
        let mut end = self.end.clone();
        tokio::select! {
            biased;
            answer = answer => answer.ok(),
            () = end.come() => None,
        }
    }

    /// Waits before the journal is tried again.
    async fn rest(&mut self) -> Result<(), BacklogError> {
        self.reader.rest();
        tokio::select! {
            () = tokio::time::sleep(REST) => Ok(()),
            () = self.end.come() => Err(BacklogError::Ended),
        }
    }

    async fn wait(&mut self) -> Result<(), BacklogError> {
        if self.end.has_come() {
            return Err(BacklogError::Ended);
        }
        tokio::select! {
            () = self.share.asked.notified() => Ok(()),
            changed = self.durable.changed() => changed.map_err(|_| BacklogError::Ended),
            () = self.end.come() => Ok(()),
        }
    }
}
