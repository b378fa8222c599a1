//! What the carriers, their thread and the node share: how far each carrier is, what troubles it, and the end.

use super::again::Held;
use super::parcel::Position;
use crate::event::happening::What;
use crate::journal::Lsn;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Notify, oneshot, watch};

/// Something that the node is told, for events and status.
#[derive(Debug)]
pub(crate) enum Notice {
    /// A carrier cannot deliver.
    Trouble {
        /// The carrier.
        carrier: String,
        /// Why, and the way out.
        text: String,
        /// It could until now.
        is_first: bool,
    },
    /// Something that whoever started the node should read at once.
    Word(String),
    /// A carrier can deliver again.
    Fine {
        /// The carrier.
        carrier: String,
        /// Since when it could not.
        since: SystemTime,
    },
    /// Something happened to events on their way.
    Happened {
        /// Those of this machine; of the node itself without one.
        machine: Option<String>,
        /// What.
        what: Box<What>,
        /// Answered once that is durable.
        told: Option<oneshot::Sender<Value>>,
    },
    /// These events go before they were delivered.
    Dropped {
        /// Which.
        drops: Vec<Missed>,
        /// Answered once that is durable.
        told: oneshot::Sender<Value>,
    },
    /// Somebody else has given out numbers of this epoch: another one is to begin.
    Forked {
        /// Answered with that once it is durable.
        told: oneshot::Sender<Value>,
    },
    /// The journal is not needed any more before this record.
    LetGo(Lsn),
    /// Somebody should look at this.
    Warning {
        /// What it is about.
        about: String,
        /// What is wrong, and what follows from that.
        text: String,
    },
}

/// Events of one machine, or of the node itself, that a carrier will not get any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missed {
    /// The carrier.
    pub(crate) carrier: String,
    /// The machine; nothing for the node itself.
    pub(crate) machine: Option<String>,
    /// The epoch of their numbers.
    pub(crate) epoch: u64,
    /// The number of the first.
    pub(crate) first: u64,
    /// The number of the last.
    pub(crate) last: u64,
    /// How many they are.
    pub(crate) count: u64,
    /// When the first was written down: nanoseconds since 1970.
    pub(crate) since_ns: u64,
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
    /// Nothing is tried any more before the node is started again.
    pub is_final: bool,
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
    /// Something was asked for again.
    pub(super) asked: Notify,
    /// Where notices go.
    notices: UnboundedSender<Notice>,
}

/// What a carrier has reached.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) delivered: Position,
    pub(super) parcels: u64,
    /// What is before this record is told to be dropped, and is not handed out any more.
    pub(super) floor: Lsn,
    pub(super) notes: Value,
    pub(super) is_dirty: bool,
    /// What was asked for again and has not begun yet.
    pub(super) again: VecDeque<Held>,
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
        Self {
            name,
            state: Mutex::new(State { delivered, notes, ..State::default() }),
            dirty,
            asked: Notify::new(),
            notices,
        }
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
        let is_first = state.trouble.is_none();
        let since = state.trouble.take().map_or_else(SystemTime::now, |it| it.since);
        state.trouble = Some(Trouble { text: text.to_owned(), since, is_final: false });
        self.tell(Notice::Trouble { carrier: self.name.clone(), text: text.to_owned(), is_first });
    }

    /// Nothing is tried any more before the node is started again.
    pub(super) fn give_up(&self, text: &str) {
        self.trouble(text);
        self.lock().trouble.iter_mut().for_each(|it| it.is_final = true);
    }

    /// Nothing is in the way any more.
    pub(super) fn fine(&self) {
        if let Some(Trouble { since, .. }) = self.lock().trouble.take() {
            self.tell(Notice::Fine { carrier: self.name.clone(), since });
        }
    }

    /// Has a range sent again, as far as it was delivered.
    pub(super) fn ask_again(&self, held: Held) {
        let mut state = self.lock();
        let to = held.to.min(state.delivered);
        state.again.push_back(Held { to, ..held });
        self.asked.notify_one();
    }

    /// What is before this record has been told to be dropped.
    pub(super) fn raise(&self, first: Lsn) {
        self.change(|state| {
            state.floor = first;
            state.delivered = state.delivered.max(Position::end_of(first.before()));
        });
    }

    /// Tells the node that something happened to events on their way.
    pub(super) fn happened(&self, machine: Option<&str>, what: What, told: Option<oneshot::Sender<Value>>) {
        self.tell(Notice::Happened { machine: machine.map(str::to_owned), what: Box::new(what), told });
    }

    /// Tells the node that somebody should look at something.
    pub(super) fn warn(&self, text: String) {
        self.tell(Notice::Warning { about: format!("sink `{}`", self.name), text });
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

    /// Tells the node.
    pub(super) fn tell(&self, notice: Notice) {
        // A node that has ended has nobody to tell.
        let _ = self.notices.send(notice);
    }
}
