//! Kinds of watchers, read in place.

use super::Table;
use super::layout::{KIND_FIELDS, KIND_INTERRUPTIBLE, KIND_NOTIFIED, KIND_PROGRAM};
use super::read::Reader;
use super::types::Fields;
use crate::id::KindId;

/// One kind of watcher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kind<'t> {
    /// Its name.
    pub name: &'t str,
    /// CRC-32C of its signature.
    pub signature: u32,
    /// It is told of changes, and so keeps a pace of the source by itself: a watcher of it is asked once a visit.
    pub notified: bool,
    /// A `run` of it that was under way when the runtime died ends as its first fault.
    pub interruptible: bool,
    /// How many outcomes it has.
    pub outcomes: u8,
    /// Bit N is set when outcome N is a fault.
    pub faults: u32,
    /// Bit N is set when outcome N carries the fields of `returns` too.
    pub returns: u32,
    /// The fields of all outcomes, one list after the other.
    fields: &'t [u8],
    /// Program, then parameters.
    program: &'t [u8],
}

impl<'t> Table<'t> {
    /// All kinds of its watchers.
    pub fn kinds(&self) -> impl Iterator<Item = Kind<'t>> + use<'t> {
        let mut reader = Reader::new(self.kinds);
        (0..self.counts.kinds).map_while(move |_| read_kind(&mut reader))
    }

    /// One kind.
    #[must_use]
    pub fn kind(&self, kind: KindId) -> Kind<'t> {
        self.kinds().nth(kind.index()).unwrap_or_default()
    }
}

impl<'t> Kind<'t> {
    /// What an outcome carries of its own.
    #[must_use]
    pub fn fields(&self, outcome: u8) -> Option<Fields<'t>> {
        let mut reader = Reader::new(self.fields);
        (0..outcome).try_for_each(|_| Fields::read(&mut reader).map(drop))?;
        Fields::read(&mut reader).filter(|_| outcome < self.outcomes)
    }

    /// Program and arguments that implement it; empty for a standard kind.
    pub fn program(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let mut reader = Reader::new(self.program);
        let count = reader.length().unwrap_or(0);
        (0..count).map_while(move |_| reader.text())
    }

    /// The names of its parameters, in order; only for a kind that a program implements.
    pub fn params(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let mut reader = Reader::new(self.program);
        reader.texts();
        let count = reader.length().unwrap_or(0);
        (0..count).map_while(move |_| reader.text())
    }
}

/// The kind that begins here; the reader moves behind it.
pub(crate) fn read_kind<'t>(reader: &mut Reader<'t>) -> Option<Kind<'t>> {
    let flags = reader.u8()?;
    let outcomes = reader.u8()?;
    let faults = reader.u32()?;
    let signature = reader.u32()?;
    let name = reader.text()?;
    let returns = if flags & KIND_FIELDS != 0 { reader.u32()? } else { 0 };
    let start = *reader;
    if flags & KIND_FIELDS != 0 {
        (0..outcomes).try_for_each(|_| Fields::read(reader).map(drop))?;
    }
    let fields = start.until(reader);
    let start = *reader;
    if flags & KIND_PROGRAM != 0 {
        (0..2).try_for_each(|_| reader.texts().map(drop))?;
    }
    let program = start.until(reader);
    let (notified, interruptible) = (flags & KIND_NOTIFIED != 0, flags & KIND_INTERRUPTIBLE != 0);
    Some(Kind { name, signature, notified, interruptible, outcomes, faults, returns, fields, program })
}
