//! The journal against crashes, damage, refusing disks, and the real one.
//!
//! All tests write the same story: record `n` holds [`payload`]`(n)`, a checkpoint of record `n` holds [`state`]`(n)`.
//! So whatever is recovered can be judged by itself: [`judge`].

mod crash;
mod damage;
mod fault;
mod format;
mod gather;
mod messages;
mod reader;
mod real;
mod sim;
mod spare;

use super::batch::Batch;
use super::recover::{Recovered, recover};
use super::snapshot::Piece;
use super::writer::Writer;
use super::{Journal, JournalError, Lsn};
use sim::SimDisk;
use std::io::Write;

const SEGMENT: u32 = 512;
const KEEP_NOTHING: Lsn = Lsn(u64::MAX);

/// Every length from 0 to 40.
fn payload(lsn: u64) -> Vec<u8> {
    let text = format!("record {lsn} of the story, {lsn:>16}");
    text.into_bytes().into_iter().take((lsn as usize * 7) % 41).collect()
}

fn state(lsn: u64) -> Vec<u8> {
    format!("all that happened up to {lsn}").into_bytes()
}

/// Appends the next `records` of the story as one group.
fn commit(writer: &mut Writer, records: u64, disk: &SimDisk) -> Result<(), JournalError> {
    let mut group = Batch::default();
    let first = writer.next().0;
    for lsn in first..first + records {
        group.push(Lsn(lsn), &payload(lsn));
    }
    writer.commit(&mut group, &mut |lsn| disk.acknowledge(lsn))
}

fn checkpoint(writer: &mut Writer) -> Result<(), JournalError> {
    let lsn = writer.next().before();
    let state = state(lsn.0);
    write_checkpoint(writer, lsn, &state, KEEP_NOTHING)
}

/// A checkpoint in three pieces.
fn write_checkpoint(writer: &mut Writer, lsn: Lsn, state: &[u8], retain_from: Lsn) -> Result<(), JournalError> {
    let (first, rest) = state.split_at(state.len() / 3);
    let (second, third) = rest.split_at(rest.len() / 2);
    for (index, bytes) in [first, second, third].into_iter().enumerate() {
        let (is_first, is_last) = (index == 0, index == 2);
        let covered = writer.checkpoint(&Piece { lsn, bytes: bytes.to_vec(), is_first, is_last }, retain_from)?;
        assert_eq!(covered, is_last.then_some(lsn));
    }
    Ok(())
}

impl Journal {
    /// A whole checkpoint at once.
    pub(crate) fn checkpoint_of(&self, state: &[u8]) -> Result<Lsn, JournalError> {
        let mut snapshot = self.checkpoint()?;
        snapshot.write_all(state).unwrap();
        snapshot.finish()
    }
}

/// Groups of one to four records over many segments, with three checkpoints on the way and records after the last.
fn story(disk: &SimDisk) -> Result<Lsn, JournalError> {
    let (mut writer, _) = recover(Box::new(disk.clone()), SEGMENT)?;
    for (turn, records) in [1, 3, 2, 1, 4].into_iter().cycle().take(24).enumerate() {
        commit(&mut writer, records, disk)?;
        if turn % 7 == 6 {
            checkpoint(&mut writer)?;
        }
    }
    Ok(writer.next().before())
}

/// The last record that was recovered, after a look at whether all of it is true: the checkpoint's state, and each record
/// after it in its place.
#[track_caller]
fn judge(recovered: &Recovered) -> Lsn {
    let mut last = Lsn::ZERO;
    if let Some(checkpoint) = &recovered.checkpoint {
        last = checkpoint.lsn;
        assert_eq!(checkpoint.state, state(last.0));
    }
    for (lsn, bytes) in &recovered.records {
        assert_eq!(*lsn, last.next());
        assert_eq!(*bytes, payload(lsn.0), "record {lsn}");
        last = *lsn;
    }
    last
}

fn reopen(disk: &SimDisk) -> Result<(Writer, Recovered), JournalError> {
    recover(Box::new(disk.clone()), SEGMENT)
}
