//! How the link is, what has passed, and what is to happen when.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// How a link is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Link {
    /// All passes.
    #[default]
    Open,
    /// Nobody listens; connections that there were are cut.
    Refused,
    /// Half-open: connections stay, and are taken, but nothing passes either way until it is open again.
    Stalled,
    /// So many bytes a second pass, each way of each connection.
    Slow(u32),
    /// What the server says is swallowed, what it is told is not. Connections that missed something are cut when this is over.
    Deaf,
    /// Acknowledgements of JetStream are lost, that share of them, and nothing else. Connections are cut first, so that each
    /// is followed from its beginning; not for encrypted ones.
    LosesAcks(f64),
}

/// What a script waits for.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// So many bytes have been passed on to the server since the script began, on all connections.
    ToServer(u64),
    /// The same for bytes to the client.
    ToClient(u64),
    /// So many connections have been taken since.
    Connections(u64),
}

/// What a script does.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// The link is like this from now on.
    Set(Link),
    /// All connections end.
    Cut,
}

/// What has passed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Seen {
    /// Connections that were taken.
    pub connections: u64,
    /// How many of them are open.
    pub open: u64,
    /// Bytes to the server.
    pub to_server: u64,
    /// Bytes to the client.
    pub to_client: u64,
    /// Acknowledgements that were lost.
    pub lost_acks: u64,
}

/// What the proxy's handle and its connections share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    link: watch::Sender<Link>,
    /// Counts the cuts.
    cut: watch::Sender<u64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    seen: Seen,
    script: VecDeque<(When, Deed)>,
    /// What had passed when the script began.
    begun: Seen,
}

impl Shared {
    pub(super) fn link(&self) -> watch::Receiver<Link> {
        self.link.subscribe()
    }

    pub(super) fn cuts(&self) -> watch::Receiver<u64> {
        self.cut.subscribe()
    }

    pub(super) fn perform(&self, deed: &Deed) {
        if let Deed::Set(link) = *deed {
            self.link.send_replace(link);
        }
        if matches!(deed, Deed::Cut | Deed::Set(Link::Refused | Link::LosesAcks(_))) {
            self.cut.send_modify(|it| *it += 1);
        }
    }

    pub(super) fn script(&self, steps: impl IntoIterator<Item = (When, Deed)>) {
        let mut state = self.state();
        state.begun = state.seen;
        state.script = steps.into_iter().collect();
    }

    pub(super) fn is_done(&self) -> bool {
        self.state().script.is_empty()
    }

    pub(super) fn seen(&self) -> Seen {
        self.state().seen
    }

    /// How many bytes may pass before the script has to look again.
    pub(super) fn room(&self, to_server: bool, wanted: usize) -> usize {
        let state = self.state();
        let left = match state.script.front() {
            Some((When::ToServer(bytes), _)) if to_server => bytes + state.begun.to_server - state.seen.to_server,
            Some((When::ToClient(bytes), _)) if !to_server => bytes + state.begun.to_client - state.seen.to_client,
            _ => return wanted,
        };
        wanted.min(usize::try_from(left).unwrap_or(wanted).max(1))
    }

    /// Something has passed: the script goes on as far as that leads.
    pub(super) fn count(&self, count: impl FnOnce(&mut Seen)) {
        let mut state = self.state();
        count(&mut state.seen);
        while let Some(deed) = state.due() {
            self.perform(&deed);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn due(&mut self) -> Option<Deed> {
        let (when, deed) = *self.script.front()?;
        let is_due = match when {
            When::ToServer(bytes) => self.seen.to_server >= self.begun.to_server + bytes,
            When::ToClient(bytes) => self.seen.to_client >= self.begun.to_client + bytes,
            When::Connections(count) => self.seen.connections >= self.begun.connections + count,
        };
        is_due.then(|| self.script.pop_front())?;
        Some(deed)
    }
}
