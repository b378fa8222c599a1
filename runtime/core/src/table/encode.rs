//! A definition into the bytes of a table. The same definition gives the same bytes everywhere.

use super::comb::{Comb, comb};
use super::crc::crc32c;
use super::layout::*;
use crate::definition::{Definition, Value};
use crate::limits;
use alloc::{string::String, vec::Vec};

/// A definition that no table can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    /// What there is too much of, in the plural: `states`.
    pub what: &'static str,
    /// How much there is.
    pub given: usize,
    /// How much there may be.
    pub limit: usize,
}

impl core::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "a table holds at most {} {}, this machine needs {}", self.limit, self.what, self.given)
    }
}

impl core::error::Error for EncodeError {}

/// What is left out of a table to make it smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strip {
    /// Nothing.
    #[default]
    Nothing,
    /// Doc comments.
    Docs,
    /// Doc comments and names: events and status then call states and watchers by number.
    Names,
}

impl Definition {
    /// The table, with names and doc comments.
    ///
    /// # Errors
    /// When the machine is larger than a table can be.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        self.encode_stripped(Strip::Nothing)
    }

    /// The table without what `strip` names.
    ///
    /// # Errors
    /// When the machine is larger than a table can be.
    pub fn encode_stripped(&self, strip: Strip) -> Result<Vec<u8>, EncodeError> {
        let mut cells = self.cells.clone();
        cells.sort();
        let comb = comb(&cells, usize::from(self.leaves));
        let paths = self.paths();
        let counts = self.counts(&comb)?;
        let ids = counts.to_array().into_iter().chain([paths.pool.len()]).max().unwrap_or(0);
        let encoder = Encoder { definition: self, width: Width { wide: ids >= 0xFF }, counts };
        let sections = [
            encoder.machine(),
            encoder.states(),
            encoder.path_rows(&paths),
            encoder.transitions(&comb, &cells),
            encoder.plans(),
            encoder.kinds(),
            encoder.watchers(),
            encoder.timers(),
            encoder.arguments(),
            if strip == Strip::Names { Bytes::default() } else { encoder.names() },
            if strip == Strip::Nothing { encoder.docs() } else { Bytes::default() },
        ];
        assemble(encoder.width, &sections.map(|it| it.bytes))
    }

    fn counts(&self, comb: &Comb) -> Result<Counts, EncodeError> {
        let events = self.first_events().last().copied().unwrap_or(0) + usize::from(self.timer_slots);
        let counts = Counts {
            states: within("states", self.states.len())?,
            leaves: usize::from(self.leaves),
            initial: usize::from(self.initial),
            kinds: within("kinds of watchers", self.kinds.len())?,
            watchers: within("watchers", self.watchers.len())?,
            timers: within("`after` handlers", self.timers.len())?,
            timer_slots: usize::from(self.timer_slots),
            events: within("events", events)?,
            plans: within("kinds of transitions", self.plans.len())?,
            labels: within("labels", self.labels.len())?,
            slots: within("transitions", comb.slots.len())?,
        };
        Ok(counts)
    }

    /// The states around a leaf, outermost first, the machine left out, the leaf last.
    fn path(&self, leaf: usize) -> Vec<u16> {
        let up = |at: &u16| self.states.get(usize::from(*at)).and_then(|it| it.parent);
        let mut path: Vec<u16> =
            core::iter::successors(u16::try_from(leaf).ok(), up).take(limits::DEPTH_MAX + 2).collect();
        path.pop();
        path.reverse();
        path
    }

    fn paths(&self) -> Paths {
        let mut paths = Paths { pool: Vec::new(), starts: Vec::new() };
        for leaf in 0..usize::from(self.leaves) {
            let path = self.path(leaf);
            paths.starts.push((paths.pool.len(), path.len()));
            paths.pool.extend(path);
        }
        paths
    }
}

struct Paths {
    pool: Vec<u16>,
    starts: Vec<(usize, usize)>,
}

fn within(what: &'static str, given: usize) -> Result<usize, EncodeError> {
    let limit = limits::IDS_MAX;
    if given > limit { Err(EncodeError { what, given, limit }) } else { Ok(given) }
}

struct Encoder<'d> {
    definition: &'d Definition,
    width: Width,
    counts: Counts,
}

impl Encoder<'_> {
    fn bytes(&self) -> Bytes {
        Bytes { bytes: Vec::new(), width: Some(self.width) }
    }

    fn machine(&self) -> Bytes {
        let mut out = self.bytes();
        self.counts.to_array().into_iter().for_each(|it| out.u16(it as u16));
        out.text(&self.definition.name);
        out.text(&self.definition.version);
        out
    }

    fn states(&self) -> Bytes {
        let mut out = self.bytes();
        let (mut watcher, mut timer) = (0, 0);
        for (index, state) in self.definition.states.iter().enumerate() {
            out.id(state.parent);
            out.id(Some(watcher as u16));
            out.id(Some(timer as u16));
            let owned = |it: &u16| usize::from(*it) == index;
            let watchers = self.definition.watchers.iter().skip(watcher).take_while(|it| owned(&it.owner)).count();
            let timers = self.definition.timers.iter().skip(timer).take_while(|it| owned(&it.owner)).count();
            let flag = |holds, flag| if holds { flag } else { 0 };
            out.u8(flag(state.is_final, STATE_FINAL)
                | flag(timers > 0, STATE_TIMERS)
                | flag(watchers > 0, STATE_WATCHERS));
            watcher += watchers;
            timer += timers;
        }
        out
    }

    fn path_rows(&self, paths: &Paths) -> Bytes {
        let mut out = self.bytes();
        for (start, length) in &paths.starts {
            out.id(Some(*start as u16));
            out.u8(*length as u8);
        }
        paths.pool.iter().for_each(|it| out.id(Some(*it)));
        out
    }

    fn transitions(&self, comb: &Comb, cells: &[crate::definition::Cell]) -> Bytes {
        let mut out = self.bytes();
        comb.bases.iter().for_each(|base| out.id(base.map(|it| it as u16)));
        for slot in &comb.slots {
            let cell = slot.and_then(|index| cells.get(index));
            out.id(cell.map(|it| it.event));
            out.id(cell.map(|it| it.target));
            out.id(cell.map(|it| it.plan));
        }
        out
    }

    fn plans(&self) -> Bytes {
        let mut out = self.bytes();
        for plan in &self.definition.plans {
            out.id(plan.label);
            out.id(None);
            out.u8(plan.depth);
            out.u8(if plan.stay { PLAN_STAY } else { 0 } | if plan.near { PLAN_NEAR } else { 0 });
            out.u16(NO_CODE);
            out.u16(NO_CODE);
        }
        out
    }

    fn kinds(&self) -> Bytes {
        let mut out = self.bytes();
        for kind in &self.definition.kinds {
            let faults = kind.outcomes.iter().rev().fold(0_u32, |bits, it| bits << 1 | u32::from(it.fault));
            let notified = if kind.notified { KIND_NOTIFIED } else { 0 };
            let interruptible = if kind.interruptible { KIND_INTERRUPTIBLE } else { 0 };
            out.u8(notified | interruptible);
            out.u8(kind.outcomes.len() as u8);
            out.u32(faults);
            out.u32(kind.signature);
            out.text(&kind.name);
        }
        out
    }

    fn watchers(&self) -> Bytes {
        let mut out = self.bytes();
        for (watcher, first) in self.definition.watchers.iter().zip(self.definition.first_events()) {
            let once = if watcher.once { WATCHER_ONCE } else { 0 };
            let paced = if watcher.every_ms.is_some() { WATCHER_PACED } else { 0 };
            out.id(Some(watcher.kind));
            out.id(Some(first as u16));
            out.duration(watcher.every_ms.unwrap_or(0));
            out.u8(once | paced);
        }
        out
    }

    fn timers(&self) -> Bytes {
        let mut out = self.bytes();
        for timer in &self.definition.timers {
            out.id(Some(timer.slot));
            out.duration(timer.ms);
        }
        out
    }

    fn arguments(&self) -> Bytes {
        let mut out = self.bytes();
        for watcher in &self.definition.watchers {
            out.u8(watcher.args.len() as u8);
            watcher.args.iter().for_each(|it| out.value(it));
        }
        out
    }

    fn names(&self) -> Bytes {
        let mut out = self.bytes();
        let it = self.definition;
        // The machine is the last state, and its name stands in the machine section.
        it.states.iter().take(it.states.len().saturating_sub(1)).for_each(|state| out.text(&state.name));
        it.watchers.iter().for_each(|watcher| out.text(&watcher.name));
        it.labels.iter().for_each(|label| out.text(label));
        it.kinds.iter().flat_map(|kind| &kind.outcomes).for_each(|outcome| out.text(&outcome.name));
        out
    }

    /// Left out altogether when there is no doc comment.
    fn docs(&self) -> Bytes {
        let it = self.definition;
        let states = it.states.iter().take(it.states.len().saturating_sub(1)).map(|state| &state.doc);
        let watchers = it.watchers.iter().map(|watcher| &watcher.doc);
        let docs: Vec<&String> = [&it.doc].into_iter().chain(states).chain(watchers).collect();
        let mut out = self.bytes();
        if docs.iter().any(|doc| !doc.is_empty()) {
            docs.into_iter().for_each(|doc| out.text(doc));
        }
        out
    }
}

/// Header, directory and sections; empty optional sections are left out.
fn assemble(width: Width, sections: &[Vec<u8>; 11]) -> Result<Vec<u8>, EncodeError> {
    let kept: Vec<(Section, &Vec<u8>)> = Section::ALL
        .into_iter()
        .zip(sections)
        .filter(|(section, bytes)| !(section.is_optional() && bytes.is_empty()))
        .collect();
    let length = HEADER + ENTRY * kept.len() + kept.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    if length > limits::TABLE_MAX {
        return Err(EncodeError { what: "bytes", given: length, limit: limits::TABLE_MAX });
    }
    let mut out = Bytes { bytes: Vec::with_capacity(length), width: Some(width) };
    out.bytes.extend_from_slice(LABEL);
    out.u16(FORMAT);
    out.u8(if width.wide { WIDE } else { 0 });
    out.u8(kept.len() as u8);
    out.u32(length as u32);
    out.u32(0);
    for (section, bytes) in &kept {
        out.u8(*section as u8);
        out.u32(bytes.len() as u32);
    }
    kept.iter().for_each(|(_, bytes)| out.bytes.extend_from_slice(bytes));
    let crc = checksum(&out.bytes);
    out.bytes[CHECKSUM_AT..CHECKSUM_AT + 4].copy_from_slice(&crc.to_le_bytes());
    Ok(out.bytes)
}

/// The checksum of a table: over all bytes but those of the checksum itself.
pub(crate) fn checksum(table: &[u8]) -> u32 {
    let (before, rest) = table.split_at(CHECKSUM_AT.min(table.len()));
    crc32c(&[before, rest.get(4..).unwrap_or(&[])])
}

/// A section while it grows.
#[derive(Default)]
struct Bytes {
    bytes: Vec<u8>,
    width: Option<Width>,
}

impl Bytes {
    fn u8(&mut self, it: u8) {
        self.bytes.push(it);
    }

    fn u16(&mut self, it: u16) {
        self.bytes.extend_from_slice(&it.to_le_bytes());
    }

    fn u32(&mut self, it: u32) {
        self.bytes.extend_from_slice(&it.to_le_bytes());
    }

    fn id(&mut self, it: Option<u16>) {
        let wide = self.width.is_some_and(|width| width.wide);
        let it = it.unwrap_or(u16::MAX).to_le_bytes();
        self.bytes.extend_from_slice(&it[..if wide { 2 } else { 1 }]);
    }

    fn duration(&mut self, ms: u64) {
        self.bytes.extend_from_slice(&ms.to_le_bytes()[..DURATION]);
    }

    /// Length as LEB128, then the bytes.
    fn text(&mut self, it: &str) {
        self.length(it.len());
        self.bytes.extend_from_slice(it.as_bytes());
    }

    fn length(&mut self, mut it: usize) {
        while it >= 0x80 {
            self.u8(it as u8 | 0x80);
            it >>= 7;
        }
        self.u8(it as u8);
    }

    fn value(&mut self, it: &Value) {
        match it {
            Value::Bool(it) => self.tagged(if *it { 1 } else { 0 }, &[]),
            Value::Int(it) => self.tagged(2, &it.to_le_bytes()),
            Value::Float(it) => self.tagged(3, &it.to_le_bytes()),
            Value::Duration(it) => self.tagged(4, &it.to_le_bytes()[..DURATION]),
            Value::Text(it) => {
                self.u8(5);
                self.text(it);
            }
            Value::List(items) => {
                self.u8(6);
                self.length(items.len());
                items.iter().for_each(|it| self.value(it));
            }
            Value::Map(entries) => {
                self.u8(7);
                self.length(entries.len());
                entries.iter().for_each(|(key, it)| {
                    self.text(key);
                    self.value(it);
                });
            }
            Value::Time(it) => self.tagged(8, &it.to_le_bytes()),
            Value::Enum(kind, word) => {
                self.tagged(9, &kind.to_le_bytes());
                self.u16(*word);
            }
            Value::Secret(it) => self.tagged(10, &it.to_le_bytes()),
            Value::Computed(_) => self.u8(11),
        }
    }

    fn tagged(&mut self, tag: u8, bytes: &[u8]) {
        self.u8(tag);
        self.bytes.extend_from_slice(bytes);
    }
}
