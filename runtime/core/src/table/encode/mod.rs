//! A definition into the bytes of a table. The same definition gives the same bytes everywhere.

mod bytes;
mod code;
mod emitter;
mod extras;
mod parts;

use super::comb::{Comb, comb};
use super::crc::crc32c;
use super::layout::*;
use crate::definition::Definition;
use crate::limits;
use alloc::vec::Vec;
use bytes::Bytes;
use code::Coder;

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
        let width = Width { wide: ids >= 0xFF };
        let mut encoder = Encoder { definition: self, width, counts, coder: Coder::new(self) };
        let mut sections = encoder.sections(&comb, &cells, &paths)?;
        match strip {
            Strip::Nothing => {}
            Strip::Docs => sections.remove(Section::Docs),
            Strip::Names => {
                sections.remove(Section::Names);
                sections.remove(Section::Docs);
            }
        }
        sections.assemble(width)
    }

    fn counts(&self, comb: &Comb) -> Result<Counts, EncodeError> {
        let outcomes = self.first_events().last().copied().unwrap_or(0);
        let events = outcomes + usize::from(self.timer_slots) + self.signals.len();
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
            signals: self.signals.len(),
        };
        within("alternatives", self.alternatives.len())?;
        within("data and facts", self.data.len() + self.facts.len())?;
        within("events of its own", self.emits.len())?;
        within("conditions", self.conditions.len())?;
        within("enums", self.enums.len())?;
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

/// Sections by their numbers.
struct Sections(Vec<(Section, Vec<u8>)>);

impl Sections {
    fn remove(&mut self, section: Section) {
        self.0.retain(|(it, _)| *it != section);
    }

    fn length_of(&self, section: Section) -> usize {
        self.0.iter().find(|it| it.0 == section).map_or(0, |it| it.1.len())
    }

    /// Header, directory and sections.
    fn assemble(mut self, width: Width) -> Result<Vec<u8>, EncodeError> {
        self.0.retain(|(_, bytes)| !bytes.is_empty());
        self.0.sort_by_key(|(section, _)| *section);
        let last = self.0.last().map_or(0, |(section, _)| *section as usize);
        let mut directory = Bytes::default();
        Section::ALL.into_iter().take(last).for_each(|section| directory.length(self.length_of(section)));
        let length = HEADER + directory.bytes.len() + self.0.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        if length > limits::TABLE_MAX {
            return Err(EncodeError { what: "bytes", given: length, limit: limits::TABLE_MAX });
        }
        let mut out = Bytes { bytes: Vec::with_capacity(length), width: Some(width) };
        out.bytes.extend_from_slice(LABEL);
        out.u16(FORMAT);
        out.u8(if width.wide { WIDE } else { 0 });
        out.u8(last as u8);
        out.u32(length as u32);
        out.u32(0);
        out.bytes.extend(directory.bytes);
        self.0.iter().for_each(|(_, bytes)| out.bytes.extend_from_slice(bytes));
        let crc = checksum(&out.bytes);
        out.bytes[CHECKSUM_AT..CHECKSUM_AT + 4].copy_from_slice(&crc.to_le_bytes());
        Ok(out.bytes)
    }
}

struct Encoder<'d> {
    definition: &'d Definition,
    width: Width,
    counts: Counts,
    coder: Coder<'d>,
}

/// The checksum of a table: over all bytes but those of the checksum itself.
pub(crate) fn checksum(table: &[u8]) -> u32 {
    let (before, rest) = table.split_at(CHECKSUM_AT.min(table.len()));
    crc32c(&[before, rest.get(4..).unwrap_or(&[])])
}
