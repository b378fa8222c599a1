//! Verified bytes as a table: where their sections stand, read from the bytes themselves whenever they are looked at. A
//! node keeps one for each of thousands of machines, so nothing is kept that is in the bytes already.

use super::layout::{Counts, FLAGS_AT, SECTIONS, Section, WIDE, Width};
use super::places::Place;
use super::read::Reader;
use super::rows::{AnyRows, Uncut};
use super::{Extra, Table, TableError, verify};
use alloc::boxed::Box;
use core::ops::Range;

/// A verified table that owns its bytes.
#[derive(Clone, Debug)]
pub struct OwnedTable {
    bytes: Box<[u8]>,
    /// `None` if there are none, as in most machines that calculate nothing.
    needs: Option<Box<Needs>>,
}

impl OwnedTable {
    /// Verifies bytes and keeps them.
    ///
    /// # Errors
    /// As [`Table::verify`].
    pub fn verify(bytes: Box<[u8]>) -> Result<Self, TableError> {
        let (_, Layout { needs, .. }) = verify::verify(&bytes)?;
        Ok(Self { bytes, needs: (needs != Needs::default()).then(|| Box::new(needs)) })
    }

    /// The table, borrowed.
    #[must_use]
    pub fn table(&self) -> Table<'_> {
        let needs = self.needs.as_deref().copied().unwrap_or_default();
        Layout::of(&self.bytes, needs).view(&self.bytes)
    }

    /// The machine's name, for less than the whole view costs.
    #[must_use]
    pub fn name(&self) -> &str {
        Reader::new(verify::sections_of(&self.bytes).bytes(&self.bytes, Section::Machine)).text().unwrap_or("")
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Where each section stands. They follow one another without gaps, so each begins where the one before it ends.
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
    pub(crate) counts: Counts,
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
    /// That of verified bytes.
    fn of(bytes: &[u8], needs: Needs) -> Self {
        let wide = bytes.get(FLAGS_AT).is_some_and(|flags| flags & WIDE != 0);
        let sections = verify::sections_of(bytes);
        let mut head = Reader::new(sections.bytes(bytes, Section::Machine));
        let (_name, _version) = (head.text(), head.text());
        let counts = Counts::read(&mut head).unwrap_or_default();
        Self { width: Width { wide }, counts, sections, needs }
    }

    pub(crate) fn view<'t>(&self, bytes: &'t [u8]) -> Table<'t> {
        let Self { width, counts, ref sections, .. } = *self;
        let section = |it| sections.bytes(bytes, it);
        let optional = |it| sections.range(it).map(|_| section(it));
        let mut head = Reader::new(section(Section::Machine));
        let uncut = Uncut {
            leaves: counts.leaves,
            outcomes: (counts.events - counts.timer_slots - counts.signals) as u16,
            states: section(Section::States),
            paths: section(Section::Paths),
            transitions: section(Section::Transitions),
            plans: section(Section::Plans),
            watchers: section(Section::Watchers),
            timers: section(Section::Timers),
            alternatives: section(Section::Alternatives),
        };
        let extra = if self.sections.has_extra() { self.extra(bytes) } else { Extra::default() };
        Table {
            bytes,
            counts,
            name: head.text().unwrap_or(""),
            version: head.text().unwrap_or(""),
            rows: AnyRows::cut(width, extra.is_plain(), &uncut),
            kinds: section(Section::Kinds),
            arguments: section(Section::Arguments),
            names: optional(Section::Names),
            docs: optional(Section::Docs),
            extra,
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
            slots,
            signals: section(Section::Signals),
            emits: section(Section::Emits),
            code: section(Section::Code),
            entries: section(Section::Code).as_chunks().0,
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
