//! Where the node's loop and the writing thread meet: records gather here while a sync is under way.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::batch::Batch;
use super::record;
use super::snapshot::Piece;
use super::{JournalError, Lsn};

/// See the module.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// There is work, or the end has come; the thread waits for it.
    work: Condvar,
    /// Something became durable, or there is room again; callers wait for it.
    progress: Condvar,
    /// The bytes that may gather.
    capacity: usize,
}

/// What the thread is to do next: the records first, then a piece of a checkpoint.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) group: Batch,
    pub(super) piece: Option<Piece>,
    pub(super) retain_from: Lsn,
    /// That is news: what is not needed any more may go at once.
    pub(super) is_trimming: bool,
}

#[derive(Debug)]
struct State {
    group: Batch,
    piece: Option<Piece>,
    /// The memory of a piece that was written.
    spent: Vec<u8>,
    retain_from: Lsn,
    is_trimming: bool,
    next: Lsn,
    durable: Lsn,
    /// The thread waits and nobody has woken it: spares a system call for each further record.
    asleep: bool,
    /// How many callers wait for progress.
    waiting: usize,
    closing: bool,
    failure: Option<JournalError>,
}

impl State {
    fn is_sound(&self) -> bool {
        self.failure.is_none()
    }

    /// A record that is larger than the whole queue goes alone.
    fn has_room(&self, size: usize, capacity: usize) -> bool {
        self.is_sound() && (self.group.is_empty() || self.group.len() + size <= capacity)
    }
}

impl Queue {
    /// A queue whose first record gets the LSN `next`.
    pub(super) fn new(next: Lsn, capacity: usize) -> Queue {
        let state = State {
            group: Batch::default(),
            piece: None,
            spent: Vec::new(),
            retain_from: Lsn(u64::MAX),
            is_trimming: false,
            next,
            durable: next.before(),
            asleep: false,
            waiting: 0,
            closing: false,
            failure: None,
        };
        Queue { state: Mutex::new(state), work: Condvar::new(), progress: Condvar::new(), capacity }
    }

    /// Adds a record; waits only while the queue is full.
    pub(super) fn append(&self, payload: &[u8]) -> Result<Lsn, JournalError> {
        let size = record::size(payload.len());
        let mut state = self.wait_until(|state| state.has_room(size, self.capacity))?;
        let lsn = state.next;
        state.next = lsn.next();
        state.group.push(lsn, payload);
        self.wake(&mut state);
        Ok(lsn)
    }

    /// The last record that was appended.
    pub(super) fn last(&self) -> Result<Lsn, JournalError> {
        self.wait_until(State::is_sound).map(|state| state.next.before())
    }

    /// Adds a piece of a checkpoint as soon as the one before is taken, and gives back the memory of one that was
    /// written. The first piece of a checkpoint takes the place of whatever waits of another.
    pub(super) fn hand_over(&self, piece: Piece) -> Result<Vec<u8>, JournalError> {
        let has_room = |state: &State| state.is_sound() && (piece.is_first || state.piece.is_none());
        let mut state = self.wait_until(has_room)?;
        let is_last = piece.is_last;
        state.piece = Some(piece);
        self.wake(&mut state);
        // What comes last leaves nothing behind: the next checkpoint may be a long time away.
        Ok(if is_last { Vec::new() } else { std::mem::take(&mut state.spent) })
    }

    /// For the thread: a piece is written.
    pub(super) fn give_back(&self, mut piece: Piece) {
        let mut state = self.lock();
        piece.bytes.clear();
        state.spent = if piece.is_last { Vec::new() } else { piece.bytes };
    }

    pub(super) fn retain_from(&self, lsn: Lsn) {
        let mut state = self.lock();
        state.is_trimming |= lsn != state.retain_from;
        state.retain_from = lsn;
        self.wake(&mut state);
    }

    pub(super) fn durable(&self) -> Lsn {
        self.lock().durable
    }

    /// Waits until a record is durable.
    pub(super) fn wait(&self, lsn: Lsn) -> Result<(), JournalError> {
        self.wait_until(|state| state.durable >= lsn).map(drop)
    }

    /// No more work will come. The thread ends when it has done what there is.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closing = true;
        self.wake(&mut state);
    }

    /// Why the journal failed, if it did.
    pub(super) fn failure(&self) -> Option<JournalError> {
        self.lock().failure.clone()
    }

    /// For the thread: waits for work, and gives back the memory of the last group. Nothing after the end.
    pub(super) fn take(&self, mut spent: Batch) -> Option<Work> {
        spent.clear();
        let mut state = self.lock();
        while state.group.is_empty() && state.piece.is_none() && !state.is_trimming {
            if state.closing {
                return None;
            }
            state.asleep = true;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.asleep = false;
        let work = Work {
            group: std::mem::replace(&mut state.group, spent),
            piece: state.piece.take(),
            retain_from: state.retain_from,
            is_trimming: std::mem::take(&mut state.is_trimming),
        };
        self.tell(&state);
        Some(work)
    }

    /// For the thread: everything up to `lsn` is durable.
    pub(super) fn set_durable(&self, lsn: Lsn) {
        let mut state = self.lock();
        state.durable = lsn;
        self.tell(&state);
    }

    /// For the thread: nothing will become durable any more.
    pub(super) fn fail(&self, failure: JournalError) {
        let mut state = self.lock();
        state.failure = Some(failure);
        self.tell(&state);
    }

    /// Waits for a condition, or for the failure after which it cannot come true any more.
    fn wait_until(&self, holds: impl Fn(&State) -> bool) -> Result<MutexGuard<'_, State>, JournalError> {
        let mut state = self.lock();
        state.waiting += 1;
        let mut state = self
            .progress
            .wait_while(state, |s| s.failure.is_none() && !holds(s))
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        match &state.failure {
            Some(failure) if !holds(&state) => Err(failure.clone()),
            _ => Ok(state),
        }
    }

    fn wake(&self, state: &mut State) {
        if std::mem::take(&mut state.asleep) {
            self.work.notify_one();
        }
    }

    fn tell(&self, state: &State) {
        if state.waiting > 0 {
            self.progress.notify_all();
        }
    }

    /// No panic can leave the state half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
