//! What the carriers, their thread and the node share: how far each carrier is, what troubles it, and the end.

use super::parcel::Position;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Notify, watch};

/// Something that the node is told, for events and status.
#[derive(Debug)]
pub(crate) enum Notice {
    /// A carrier cannot deliver, or can again.
    Trouble {
        /// The carrier.
        carrier: String,
        /// Why, and the way out; nothing when it is over.
        text: Option<String>,
    },
}

/// How a carrier is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The carrier.
    pub name: String,
    /// All up to this event has been delivered.
    pub delivered: Position,
    /// So many events were taken for it, since the start; those that are sent again count again.
    pub parcels: u64,
    /// What is in its way.
    pub trouble: Option<Trouble>,
}

/// What is in a carrier's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Why nothing is delivered, and the way out.
    pub text: String,
    /// Since when.
    pub since: SystemTime,
}

/// Tells a carrier that the node ends.
#[derive(Debug, Clone)]
pub struct End(pub(super) watch::Receiver<bool>);

impl End {
    /// Whether it has come.
    #[must_use]
    pub fn has_come(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for it.
    pub async fn come(&mut self) {
        // Whoever could tell is gone: the same.
        let _ = self.0.wait_for(|has_come| *has_come).await;
    }
}

/// One carrier's part of the desk.
#[derive(Debug)]
pub(super) struct Share {
    pub(super) name: String,
    state: Mutex<State>,
    /// There is something to write.
    pub(super) dirty: Arc<Notify>,
    /// Where notices go.
    notices: UnboundedSender<Notice>,
}

/// What a carrier has reached.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) delivered: Position,
    pub(super) parcels: u64,
    pub(super) notes: Value,
    pub(super) is_dirty: bool,
    trouble: Option<Trouble>,
}

impl Share {
    pub(super) fn new(
        name: String,
        delivered: Position,
        notes: Value,
        dirty: Arc<Notify>,
        notices: UnboundedSender<Notice>,
    ) -> Self {
        Self { name, state: Mutex::new(State { delivered, notes, ..State::default() }), dirty, notices }
    }

    /// No panic can leave the state half changed, so a poisoned lock is as good as any.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is written to the cursor.
    pub(super) fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        if !std::mem::replace(&mut state.is_dirty, true) {
            self.dirty.notify_one();
        }
    }

    /// Notes what is in the way; tells the node when that begins, and when it is another thing than before.
    pub(super) fn trouble(&self, text: &str) {
        let mut state = self.lock();
        if state.trouble.as_ref().is_some_and(|it| it.text == text) {
            return;
        }
        let since = state.trouble.take().map_or_else(SystemTime::now, |it| it.since);
        state.trouble = Some(Trouble { text: text.to_owned(), since });
        self.tell(Some(text.to_owned()));
    }

    /// Nothing is in the way any more.
    pub(super) fn fine(&self) {
        if self.lock().trouble.take().is_some() {
            self.tell(None);
        }
    }

    pub(super) fn figures(&self) -> Figures {
        let state = self.lock();
        Figures {
            name: self.name.clone(),
            delivered: state.delivered,
            parcels: state.parcels,
            trouble: state.trouble.clone(),
        }
    }

    fn tell(&self, text: Option<String>) {
        // A node that has ended has nobody to tell.
        let _ = self.notices.send(Notice::Trouble { carrier: self.name.clone(), text });
    }
}
