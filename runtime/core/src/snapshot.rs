//! An instance as bytes and back: what the journal keeps.
//!
//! Version `u8`, leaf `u16`, visit `u32`, pace `u64`, then the active watchers and the armed timers, each list with its
//! count as `u16`. Little-endian; what is not active takes no room.

use crate::instance::{Armed, Instance, Watch};
use crate::table::Table;
use crate::{Instant, StateId, TimerId, WatcherId};
use alloc::vec::Vec;

const VERSION: u8 = 1;
const UNDER_WAY: u8 = 1;
const ASKED: u8 = 2;

/// Bytes that are no snapshot of an instance of this table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotError {
    /// They end too early or too late.
    Length,
    /// They were written by a version that is not known here.
    Version(u8),
    /// They name a state, watcher or timer that is not active in this table's state.
    Foreign,
}

impl core::fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Length => f.write_str("the remembered state of the machine is cut off"),
            Self::Version(found) => write!(f, "the remembered state was written by a newer version ({found})"),
            Self::Foreign => f.write_str("the remembered state does not belong to this table"),
        }
    }
}

impl core::error::Error for SnapshotError {}

impl Instance {
    /// Appends the instance to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(VERSION);
        out.extend_from_slice(&self.leaf.0.to_le_bytes());
        out.extend_from_slice(&self.visit.to_le_bytes());
        out.extend_from_slice(&self.pace.0.to_le_bytes());
        let watches = || self.watches.iter().enumerate().filter(|(_, it)| it.visit != 0);
        out.extend_from_slice(&(watches().count() as u16).to_le_bytes());
        for (index, watch) in watches() {
            out.extend_from_slice(&(index as u16).to_le_bytes());
            out.extend_from_slice(&watch.visit.to_le_bytes());
            out.extend_from_slice(&watch.due.0.to_le_bytes());
            out.push(if watch.under_way { UNDER_WAY } else { 0 } | if watch.asked { ASKED } else { 0 });
        }
        let timers = || self.timers.iter().filter(|it| it.deadline != Instant::NEVER);
        out.extend_from_slice(&(timers().count() as u16).to_le_bytes());
        for armed in timers() {
            out.extend_from_slice(&armed.timer.0.to_le_bytes());
            out.extend_from_slice(&armed.deadline.0.to_le_bytes());
        }
    }

    /// The instance that was written.
    ///
    /// # Errors
    /// When `bytes` are anything else than an instance of `table`.
    pub fn read(table: &Table<'_>, bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut instance = Self::new(table);
        let mut input = Input(bytes);
        match input.array::<1>()? {
            [VERSION] => {}
            [other] => return Err(SnapshotError::Version(other)),
        }
        instance.leaf = StateId(u16::from_le_bytes(input.array()?));
        if !table.leaves().any(|it| it == instance.leaf) {
            return Err(SnapshotError::Foreign);
        }
        instance.visit = u32::from_le_bytes(input.array()?);
        instance.pace = Instant(u64::from_le_bytes(input.array()?));
        for _ in 0..u16::from_le_bytes(input.array()?) {
            input.watch(&mut instance)?;
        }
        instance.note_next_ask();
        for _ in 0..u16::from_le_bytes(input.array()?) {
            input.timer(table, &mut instance)?;
        }
        if input.0.is_empty() { instance.belonging(table) } else { Err(SnapshotError::Length) }
    }

    /// Exactly the watchers of the current states are active, and only their timers are armed.
    fn belonging(self, table: &Table<'_>) -> Result<Self, SnapshotError> {
        let is_active = |state: StateId| state == table.machine() || table.path(self.leaf).iter().any(|it| it == state);
        let fits = table.states().all(|state| {
            let active = is_active(state);
            let watches = table.watchers_of(state).all(|it| self.visit_of(it).is_some() == active);
            let is_armed = |it: TimerId| self.timers.iter().any(|armed| armed.timer == it);
            watches && (active || !table.timers_of(state).any(is_armed))
        });
        if fits { Ok(self) } else { Err(SnapshotError::Foreign) }
    }
}

struct Input<'b>(&'b [u8]);

impl Input<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(SnapshotError::Length)?;
        self.0 = rest;
        Ok(*array)
    }

    fn watch(&mut self, instance: &mut Instance) -> Result<(), SnapshotError> {
        let watcher = WatcherId(u16::from_le_bytes(self.array()?));
        let visit = u32::from_le_bytes(self.array()?);
        let due = Instant(u64::from_le_bytes(self.array()?));
        let [flags] = self.array()?;
        let watch = instance.watches.get_mut(watcher.index()).ok_or(SnapshotError::Foreign)?;
        *watch = Watch { due, visit, under_way: flags & UNDER_WAY != 0, asked: flags & ASKED != 0, faults: 0 };
        Ok(())
    }

    fn timer(&mut self, table: &Table<'_>, instance: &mut Instance) -> Result<(), SnapshotError> {
        let timer = TimerId(u16::from_le_bytes(self.array()?));
        let deadline = Instant(u64::from_le_bytes(self.array()?));
        if !table.timers().any(|it| it == timer) {
            return Err(SnapshotError::Foreign);
        }
        let slot = usize::from(table.timer(timer).0);
        *instance.timers.get_mut(slot).ok_or(SnapshotError::Foreign)? = Armed { deadline, timer };
        Ok(())
    }
}
