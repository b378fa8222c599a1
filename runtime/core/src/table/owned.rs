//! Where the sections of verified bytes stand, so that the view of an owned table costs next to nothing.

use super::layout::{COUNTS, Counts, SECTIONS, Section, Width};
use super::places::Place;
use super::read::Reader;
use super::{Extra, Table, TableError, verify};
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

/// Where each section stands. Kept small, because a node keeps one for each machine: sections follow one another without
/// gaps, so each begins where the one before it ends.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sections {
    /// Where the first section begins.
    start: u32,
    /// Where each section ends; an empty one, where the one before it does.
    ends: [u32; SECTIONS],
}

impl Sections {
    /// No section yet; the first begins here.
    pub(crate) fn from(start: usize) -> Self {
        Self { start: start as u32, ends: [start as u32; SECTIONS] }
    }

    /// Notes where a section ends; to be called in the order of their numbers.
    pub(crate) fn set(&mut self, section: Section, end: usize) {
        self.ends.iter_mut().skip(section as usize - 1).for_each(|it| *it = end as u32);
    }

    /// Where a section stands that is not empty.
    pub(crate) fn range(&self, section: Section) -> Option<Range<usize>> {
        let index = section as usize - 1;
        let start = index.checked_sub(1).map_or(self.start, |before| self.ends[before]);
        (start < self.ends[index]).then_some(start as usize..self.ends[index] as usize)
    }

    /// There is anything but what every table may have, names and docs.
    fn has_extra(&self) -> bool {
        self.ends[Section::Docs as usize - 1] < self.ends[SECTIONS - 1]
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
    pub(crate) counts: [u16; COUNTS],
    pub(crate) sections: Sections,
    pub(crate) needs: Needs,
}

/// What an instance needs of memory for its code, found when the table is verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Beside their words, of data.
    pub(crate) data: Place,
    /// Beside their words, of data and facts.
    pub(crate) slots: Place,
    /// What calculations put together on the way.
    pub(crate) scratch: Place,
    /// One raised event: its fields, and what they need beside their words.
    pub(crate) words: u16,
    pub(crate) queued: Place,
    /// Some code raises events.
    pub(crate) raises: bool,
    /// Some code reads fields of events.
    pub(crate) reads_fields: bool,
}

impl Layout {
    pub(crate) fn view<'t>(&self, bytes: &'t [u8]) -> Table<'t> {
        let Self { width, sections, .. } = *self;
        let counts = Counts::from_array(self.counts.map(usize::from));
        let section = |it| sections.bytes(bytes, it);
        let optional = |it| sections.range(it).map(|_| section(it));
        let mut head = Reader::new(section(Section::Machine));
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
            outcomes: (counts.events - counts.timer_slots - counts.signals) as u16,
            extra: if self.sections.has_extra() { self.extra(bytes) } else { Extra::default() },
        }
    }
}

impl Layout {
    /// Kept apart: most machines have none of it, and their view is made at every step.
    #[inline(never)]
    fn extra<'t>(&self, bytes: &'t [u8]) -> Extra<'t> {
        let section = |it| self.sections.bytes(bytes, it);
        let slots = section(Section::Slots);
        let has = |it| self.sections.range(it).is_some();
        let is_lively = self.needs.raises || has(Section::Whens);
        let mut head = Reader::new(slots);
        let [data, facts] = [0; 2].map(|_: u8| usize::from(head.u16().unwrap_or(0)));
        Extra {
            alternatives: section(Section::Alternatives),
            slots,
            signals: section(Section::Signals),
            emits: section(Section::Emits),
            code: section(Section::Code),
            blocks: section(Section::Blocks),
            whens: section(Section::Whens),
            histories: section(Section::Histories),
            positions: section(Section::Positions),
            modifiers: section(Section::Modifiers),
            returns: section(Section::Returns),
            declarations: section(Section::Declarations),
            data,
            facts,
            needs: self.needs,
            has_rites: [Section::Blocks, Section::Histories, Section::Whens].into_iter().any(has),
            takes_steps: is_lively || has(Section::Blocks),
            is_lively,
        }
    }
}

fn split(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}
