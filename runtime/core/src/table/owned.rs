//! Where the sections of verified bytes stand, so that the view of an owned table costs next to nothing.

use super::layout::{COUNTS, Counts, ENTRY, HEADER, Section, Width};
use super::read::Reader;
use super::{Table, TableError, verify};
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

/// Where each section that is there stands. Kept small, because a node keeps one for each machine: sections follow one
/// another without gaps, so each begins where the one before it ends.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sections {
    /// Bit N is set when section N + 1 is there.
    present: u16,
    /// Where each section ends; one that is not there, where the one before it does.
    ends: [u32; 11],
}

impl Sections {
    /// Notes a section; to be called in the order of their numbers.
    pub(crate) fn set(&mut self, section: Section, end: usize) {
        let index = section as usize - 1;
        self.present |= 1 << index;
        self.ends.iter_mut().skip(index).for_each(|it| *it = end as u32);
    }

    pub(crate) fn range(&self, section: Section) -> Option<Range<usize>> {
        let index = section as usize - 1;
        let first = || HEADER + ENTRY * self.present.count_ones() as usize;
        let start = index.checked_sub(1).map_or_else(first, |before| self.ends[before] as usize);
        (self.present >> index & 1 == 1).then(|| start..self.ends[index] as usize)
    }

    pub(crate) fn bytes<'t>(&self, table: &'t [u8], section: Section) -> &'t [u8] {
        self.range(section).and_then(|range| table.get(range)).unwrap_or(&[])
    }
}

/// All that is needed to look at verified bytes as a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) width: Width,
    /// In the order of [`Counts::to_array`].
    pub(crate) counts: [u16; COUNTS / 2],
    pub(crate) sections: Sections,
}

impl Layout {
    pub(crate) fn view<'t>(&self, bytes: &'t [u8]) -> Table<'t> {
        let Self { width, sections, .. } = *self;
        let counts = Counts::from_array(self.counts.map(usize::from));
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
