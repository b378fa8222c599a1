//! Where the sections of verified bytes stand, so that the view of an owned table costs next to nothing.

use super::layout::{Counts, Section, Width};
use super::read::Reader;
use super::{Table, TableError, verify};
use crate::table::layout::COUNTS;
use alloc::boxed::Box;
use core::ops::Range;

/// A verified table that owns its bytes.
#[derive(Clone, Debug)]
pub struct OwnedTable {
    bytes: Box<[u8]>,
    layout: Layout,
}

impl OwnedTable {
    /// Verifies bytes and keeps them.
    ///
    /// # Errors
    /// As [`Table::verify`].
    pub fn verify(bytes: Box<[u8]>) -> Result<Self, TableError> {
        let (_, layout) = verify::verify(&bytes)?;
        Ok(Self { bytes, layout })
    }

    /// The table, borrowed.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        self.layout.view(&self.bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Offset and length of each section that is there.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sections([Option<(u32, u32)>; 11]);

impl Sections {
    pub(crate) fn set(&mut self, section: Section, offset: usize, length: usize) {
        self.0[section as usize - 1] = Some((offset as u32, length as u32));
    }

    pub(crate) fn range(&self, section: Section) -> Option<Range<usize>> {
        self.0[section as usize - 1].map(|(offset, length)| offset as usize..offset as usize + length as usize)
    }

    pub(crate) fn bytes<'t>(&self, table: &'t [u8], section: Section) -> &'t [u8] {
        self.range(section).and_then(|range| table.get(range)).unwrap_or(&[])
    }
}

/// All that is needed to look at verified bytes as a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) width: Width,
    pub(crate) counts: Counts,
    pub(crate) sections: Sections,
}

impl Layout {
    pub(crate) fn view<'t>(&self, bytes: &'t [u8]) -> Table<'t> {
        let Self { width, counts, sections } = *self;
        let section = |it| sections.bytes(bytes, it);
        let optional = |it| sections.range(it).map(|_| section(it));
        let mut head = Reader::new(section(Section::Machine).get(COUNTS..).unwrap_or(&[]));
        let (leaf_rows, path_pool) = split(section(Section::Paths), counts.leaves * width.leaf_row());
        let (bases, slots) = split(section(Section::Transitions), counts.leaves * width.id());
        Table {
            bytes,
            width,
            counts,
            name: head.text().unwrap_or(""),
            version: head.text().unwrap_or(""),
            states: section(Section::States),
            leaf_rows,
            path_pool,
            bases,
            slots,
            plans: section(Section::Plans),
            kinds: section(Section::Kinds),
            watchers: section(Section::Watchers),
            timers: section(Section::Timers),
            arguments: section(Section::Arguments),
            names: optional(Section::Names),
            docs: optional(Section::Docs),
        }
    }
}

fn split(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}
