//! A checkpoint on its way from the node to the disk: in pieces, so that neither the node nor the journal's thread ever
//! holds a whole one. A node with many machines has many megabytes of it.

use std::io;

use super::queue::Queue;
use super::{JournalError, Lsn};

/// The bytes of a piece; two are under way at most.
const PIECE: usize = 32 * 1024;

/// A part of a checkpoint's state.
#[derive(Debug)]
pub(super) struct Piece {
    /// The last record that the checkpoint covers.
    pub(super) lsn: Lsn,
    pub(super) bytes: Vec<u8>,
    /// It is the first piece: what there was of a checkpoint before is void.
    pub(super) is_first: bool,
    pub(super) is_last: bool,
}

/// Takes the state of a checkpoint, see [`Journal::checkpoint`](super::Journal::checkpoint). What is dropped before
/// [`finish`](Self::finish) never becomes a checkpoint.
#[derive(Debug)]
pub struct Snapshot<'q> {
    queue: &'q Queue,
    next: Piece,
    failure: Option<JournalError>,
}

impl<'q> Snapshot<'q> {
    /// Begins one that covers all records so far.
    pub(super) fn new(queue: &'q Queue) -> Result<Self, JournalError> {
        let next = Piece { lsn: queue.last()?, bytes: Vec::new(), is_first: true, is_last: false };
        Ok(Self { queue, next, failure: None })
    }

    /// The state is complete. The journal's thread reports when it is durable.
    ///
    /// # Errors
    /// The error that ended the journal, now or while the state was written.
    pub fn finish(mut self) -> Result<Lsn, JournalError> {
        self.next.is_last = true;
        self.hand_over();
        self.failure.map_or(Ok(self.next.lsn), Err)
    }

    /// Waits until the journal's thread has taken the piece before.
    fn hand_over(&mut self) {
        let rest = Piece { lsn: self.next.lsn, bytes: Vec::new(), is_first: false, is_last: false };
        let piece = std::mem::replace(&mut self.next, rest);
        if self.failure.is_none() {
            match self.queue.hand_over(piece) {
                Ok(spent) => self.next.bytes = spent,
                Err(failure) => self.failure = Some(failure),
            }
        }
    }
}

/// Never fails: [`Snapshot::finish`] tells what went wrong.
impl io::Write for Snapshot<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PIECE.saturating_sub(self.next.bytes.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.next.bytes.extend_from_slice(taken);
        if taken.len() == room {
            self.hand_over();
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
