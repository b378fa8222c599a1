//! An instance as bytes and back: what the journal keeps.
//!
//! Version `u8`, leaf `u16`, visit `u32`, pace `u64`, then the active watchers and the armed timers, each list with its
//! count as `u16`. Of machines that remember more follow the seed, data, facts, conditions of `when`, histories, and
//! where other machines are. Little-endian; what is not active takes no room. Version 1 ended with the timers.
//!
//! Each instance has one form: watchers stand in their order, timers in that of their slots, and what no step leads to is
//! refused, so that no bit is read over.

use crate::instance::{Armed, Instance, Watch};
use crate::memory::{Memory, NO_LEAF};
use crate::table::layout::{WATCHER_BACKOFF, WATCHER_NOTIFIED};
use crate::table::{Table, Type, Watcher};
use crate::{Data, DataList, Instant, StateId, TimerId, WatcherId};
use alloc::vec::Vec;

const VERSION: u8 = 2;
/// Ends with the timers.
const WITHOUT_DATA: u8 = 1;
const UNDER_WAY: u8 = 1;
const ASKED: u8 = 2;
const FAULTS: u8 = 4;

/// Bytes that are no snapshot of an instance of this table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotError {
    /// They end too early or too late.
    Length,
    /// They were written by a version that is not known here.
    Version(u8),
    /// They name a state, watcher or timer that is not active in this table's state.
    Foreign,
    /// They tell of what no step leads to, such as a timer that is armed and never fires.
    Impossible,
}

impl core::fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Length => f.write_str("the remembered state of the machine is cut off"),
            Self::Version(found) => write!(f, "the remembered state was written by a newer version ({found})"),
            Self::Foreign => f.write_str("the remembered state does not belong to this table"),
            Self::Impossible => f.write_str("the remembered state is one that no machine comes to"),
        }
    }
}

impl core::error::Error for SnapshotError {}

impl Instance {
    /// Appends the instance to `out`. `table` is its own.
    pub fn write(&self, table: &Table<'_>, out: &mut Vec<u8>) {
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
            let flag = |holds, flag| if holds { flag } else { 0 };
            out.push(flag(watch.under_way, UNDER_WAY) | flag(watch.asked, ASKED) | flag(watch.faults > 0, FAULTS));
            if watch.faults > 0 {
                out.extend_from_slice(&watch.faults.to_le_bytes());
            }
        }
        let timers = || self.timers.iter().filter(|it| it.deadline != Instant::NEVER);
        out.extend_from_slice(&(timers().count() as u16).to_le_bytes());
        for armed in timers() {
            out.extend_from_slice(&armed.timer.0.to_le_bytes());
            out.extend_from_slice(&armed.deadline.0.to_le_bytes());
        }
        if self.keeps_seed {
            out.extend_from_slice(&self.seed.to_le_bytes());
        }
        if let Some(memory) = &self.memory {
            self.write_memory(table, memory, out);
        }
    }

    fn write_memory(&self, table: &Table<'_>, memory: &Memory, out: &mut Vec<u8>) {
        for (slot, word) in self.words.iter().enumerate() {
            if let Some(ty) = table.slot_type(slot) {
                write_value(crate::run::read(ty, *word, &memory.items, &memory.bytes), out);
            }
        }
        out.extend(memory.whens.iter().map(|it| u8::from(*it)));
        out.extend(memory.histories.iter().flat_map(|it| it.to_le_bytes()));
        out.extend(memory.conditions.iter().map(|it| u8::from(*it)));
    }

    /// The instance that was written.
    ///
    /// # Errors
    /// When `bytes` are anything else than an instance of `table`.
    pub fn read(table: &Table<'_>, bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut instance = Self::new(table);
        let mut input = Input(bytes);
        let [version] = input.array()?;
        if version != VERSION && version != WITHOUT_DATA {
            return Err(SnapshotError::Version(version));
        }
        instance.leaf = StateId(u16::from_le_bytes(input.array()?));
        if !table.leaves().any(|it| it == instance.leaf) {
            return Err(SnapshotError::Foreign);
        }
        instance.visit = u32::from_le_bytes(input.array()?);
        instance.pace = Instant(u64::from_le_bytes(input.array()?));
        let mut last = None;
        for _ in 0..u16::from_le_bytes(input.array()?) {
            last = Some(input.watch(table, &mut instance, last)?);
        }
        instance.note_next_ask();
        let mut last = None;
        for _ in 0..u16::from_le_bytes(input.array()?) {
            last = Some(input.timer(table, &mut instance, last)?);
        }
        if instance.visit == 0 && !instance.is_idle() {
            return Err(SnapshotError::Impossible);
        }
        if version != WITHOUT_DATA {
            if instance.keeps_seed {
                instance.seed = u64::from_le_bytes(input.array()?);
            }
            input.memory(table, &mut instance)?;
        }
        if input.0.is_empty() { instance.belonging(table) } else { Err(SnapshotError::Length) }
    }

    /// Nothing is active, as before it has begun.
    fn is_idle(&self) -> bool {
        self.watches.iter().all(|it| *it == Watch::IDLE) && self.timers.iter().all(|it| *it == Armed::IDLE)
    }

    /// Exactly the watchers of the current states are active, and only their timers are armed.
    fn belonging(self, table: &Table<'_>) -> Result<Self, SnapshotError> {
        let is_active = |state: StateId| state == table.machine() || table.path(self.leaf).iter().any(|it| it == state);
        let fits = table.states().all(|state| {
            let active = is_active(state);
            let waits = |it| table.modifiers(it).condition.is_some_and(|it| !self.condition(it));
            let watches = table.watchers_of(state).all(|it| self.visit_of(it).is_some() == (active && !waits(it)));
            let is_armed = |it: TimerId| self.timers.iter().any(|armed| armed.timer == it);
            watches && (active || !table.timers_of(state).any(is_armed))
        });
        if fits { Ok(self) } else { Err(SnapshotError::Foreign) }
    }
}

struct Input<'b>(&'b [u8]);

impl<'b> Input<'b> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(SnapshotError::Length)?;
        self.0 = rest;
        Ok(*array)
    }

    /// One watcher, which comes after the last one; its place.
    fn watch(
        &mut self,
        table: &Table<'_>,
        instance: &mut Instance,
        last: Option<usize>,
    ) -> Result<usize, SnapshotError> {
        let watcher = WatcherId(u16::from_le_bytes(self.array()?));
        let visit = u32::from_le_bytes(self.array()?);
        let due = Instant(u64::from_le_bytes(self.array()?));
        let [flags] = self.array()?;
        let watch = instance.watches.get_mut(watcher.index()).ok_or(SnapshotError::Foreign)?;
        let faults = if flags & FAULTS != 0 { u16::from_le_bytes(self.array()?) } else { 0 };
        *watch = Watch { due, visit, under_way: flags & UNDER_WAY != 0, asked: flags & ASKED != 0, faults };
        let is_known = flags & !(UNDER_WAY | ASKED | FAULTS) == 0 && (flags & FAULTS != 0) == (faults > 0);
        if !is_known || Some(watcher.index()) <= last || !can_be(watch, table.watcher(watcher)) {
            return Err(SnapshotError::Impossible);
        }
        Ok(watcher.index())
    }

    fn memory(&mut self, table: &Table<'_>, instance: &mut Instance) -> Result<(), SnapshotError> {
        let Instance { words, memory: Some(memory), .. } = instance else {
            return Ok(());
        };
        for slot in 0..words.len() {
            let (ty, place) = table.slot_type(slot).ok_or(SnapshotError::Foreign)?;
            let mut items = Vec::new();
            let value = self.value(ty, &mut items)?;
            if !crate::fit::fits(table, value, ty) {
                return Err(SnapshotError::Foreign);
            }
            memory.store(words).put(slot as u16, (ty, place), value);
        }
        for it in memory.whens.iter_mut() {
            *it = self.flag()?;
        }
        for (leaf, state) in memory.histories.iter_mut().zip(table.histories()) {
            *leaf = u16::from_le_bytes(self.array()?);
            if *leaf != NO_LEAF && !table.leaves_in(state).any(|it| it.0 == *leaf) {
                return Err(SnapshotError::Foreign);
            }
        }
        for it in memory.conditions.iter_mut() {
            *it = self.flag()?;
        }
        Ok(())
    }

    fn flag(&mut self) -> Result<bool, SnapshotError> {
        match self.array()? {
            [it @ (0 | 1)] => Ok(it == 1),
            _ => Err(SnapshotError::Foreign),
        }
    }

    /// A value of a type; those of a list into `items`.
    fn value<'v>(&mut self, ty: Type<'_>, items: &'v mut Vec<Data<'b>>) -> Result<Data<'v>, SnapshotError>
    where
        'b: 'v,
    {
        let Type::List { of, max } = ty else {
            return self.scalar(ty);
        };
        let count = u32::from_le_bytes(self.array()?);
        if count > u32::from(max) {
            return Err(SnapshotError::Foreign);
        }
        for _ in 0..count {
            items.push(self.scalar(of.ty())?);
        }
        Ok(Data::List(DataList::new(items)))
    }

    fn scalar(&mut self, ty: Type<'_>) -> Result<Data<'b>, SnapshotError> {
        if let Type::Text { .. } = ty {
            let length = u32::from_le_bytes(self.array()?) as usize;
            let (text, rest) = self.0.split_at_checked(length).ok_or(SnapshotError::Length)?;
            self.0 = rest;
            return core::str::from_utf8(text).map(Data::Text).map_err(|_| SnapshotError::Foreign);
        }
        let word = i64::from_le_bytes(self.array()?);
        let value = ty.word().scalar(word).filter(|it| it.word() == word);
        value.ok_or(SnapshotError::Foreign)
    }

    /// One timer, whose slot comes after the last one; its slot.
    fn timer(
        &mut self,
        table: &Table<'_>,
        instance: &mut Instance,
        last: Option<usize>,
    ) -> Result<usize, SnapshotError> {
        let timer = TimerId(u16::from_le_bytes(self.array()?));
        let deadline = Instant(u64::from_le_bytes(self.array()?));
        if !table.timers().any(|it| it == timer) {
            return Err(SnapshotError::Foreign);
        }
        let slot = usize::from(table.timer(timer).0);
        if deadline == Instant::NEVER || Some(slot) <= last {
            return Err(SnapshotError::Impossible);
        }
        *instance.timers.get_mut(slot).ok_or(SnapshotError::Foreign)? = Armed { deadline, timer };
        Ok(slot)
    }
}

/// An active watcher was asked, or will be; one with a pace will be asked again; only `backoff` counts faults.
fn can_be(watch: &Watch, row: Watcher) -> bool {
    let has_pace = row.every_ms.is_some() && row.flags & WATCHER_NOTIFIED == 0;
    let is_over = watch.due == Instant::NEVER;
    watch.visit != 0
        && (watch.asked || !watch.under_way)
        && !(is_over && (has_pace || !watch.asked))
        && (watch.faults == 0 || row.flags & WATCHER_BACKOFF != 0)
}

fn write_value(value: Data<'_>, out: &mut Vec<u8>) {
    match value {
        Data::Text(it) => {
            out.extend_from_slice(&(it.len() as u32).to_le_bytes());
            out.extend_from_slice(it.as_bytes());
        }
        Data::List(items) => {
            out.extend_from_slice(&(items.len() as u32).to_le_bytes());
            items.iter().for_each(|it| write_value(it, out));
        }
        other => out.extend_from_slice(&other.word().to_le_bytes()),
    }
}

#[cfg(test)]
mod tests;
