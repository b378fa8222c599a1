//! The proof that bytes are a table: every check that `step` relies on, in the order that [`super::Table::verify`] names.
//!
//! Costs time in proportion to the size of the table, and memory only after the sizes have been checked.

mod blocks;
mod contents;
mod extras;
mod flow;
mod known;
mod roles;
mod shape;
mod structure;
mod transitions;

use super::Table;
use super::cycle::{Edge, has_cycle};
use super::encode::checksum;
use super::error::{Fault, TableError};
use super::layout::*;
use super::owned::{Layout, Needs, Sections};
use super::read::{Reader, id};
use crate::limits::{DURATION_MAX_MS, DURATION_MIN_MS, MEMORY_MAX, TABLE_MAX};
use known::Known;
pub(super) use roles::Raises;

type Checked<T = ()> = Result<T, TableError>;

pub(super) fn verify(bytes: &[u8]) -> Checked<(Table<'_>, Layout)> {
    let width = header(bytes)?;
    let sections = sections(bytes)?;
    let layout = layout(bytes, width, sections)?;
    let table = layout.view(bytes);
    let check = Check { table, sections: layout.sections };
    check.states()?;
    check.paths()?;
    check.declarations()?;
    check.kinds()?;
    check.watchers()?;
    check.timers()?;
    check.signals()?;
    check.emits()?;
    check.returns()?;
    check.slots()?;
    check.names()?;
    check.plans()?;
    let known = Known::of(&table);
    let code = check.code(&known)?;
    check.arguments(&code)?;
    let edges = check.transitions(&code)?;
    check.no_cycle(&edges, &code)?;
    let layout = Layout { needs: check.needs(&known, &code), ..layout };
    let table = layout.view(bytes);
    check.ensure(table.memory() <= MEMORY_MAX, Section::Slots, 0, Fault::Memory)?;
    Ok((table, layout))
}

/// Label, format, flags, length, checksum.
fn header(bytes: &[u8]) -> Checked<Width> {
    let fail = |offset, fault| Err(TableError { section: None, offset, fault });
    if bytes.is_empty() {
        return fail(0, Fault::Empty);
    }
    let mut reader = Reader::new(bytes);
    let Some((label, format, flags, _, length, crc)) = read_header(&mut reader) else {
        let is_cut = LABEL.starts_with(&bytes[..bytes.len().min(LABEL.len())]) || bytes.starts_with(LABEL);
        let cut = Fault::Length { found: bytes.len(), wanted: HEADER };
        return fail(0, if is_cut { cut } else { Fault::NotATable });
    };
    if label != *LABEL {
        return fail(0, Fault::NotATable);
    }
    if format != FORMAT {
        return fail(8, Fault::Format { found: format, known: FORMAT });
    }
    if flags & !WIDE != 0 {
        return fail(10, Fault::Flags);
    }
    if length as usize != bytes.len() || bytes.len() > TABLE_MAX {
        return fail(12, Fault::Length { found: bytes.len(), wanted: length as usize });
    }
    if crc != checksum(bytes) {
        return fail(CHECKSUM_AT, Fault::Checksum);
    }
    Ok(Width { wide: flags & WIDE != 0 })
}

type Header = ([u8; 8], u16, u8, u8, u32, u32);

fn read_header(reader: &mut Reader<'_>) -> Option<Header> {
    Some((reader.array()?, reader.u16()?, reader.u8()?, reader.u8()?, reader.u32()?, reader.u32()?))
}

/// The sections of verified bytes.
pub(super) fn sections_of(bytes: &[u8]) -> Sections {
    sections(bytes).unwrap_or_default()
}

/// The sections that are not empty, with offset and length, as the directory says; ends early if it is broken.
pub(super) fn directory(bytes: &[u8]) -> impl Iterator<Item = (Section, usize, usize)> + '_ {
    let found = sections_of(bytes);
    Section::ALL.into_iter().filter_map(move |it| found.range(it).map(|range| (it, range.start, range.len())))
}

/// A length for each section up to the last that is not empty; together they fill the table to its end.
fn sections(bytes: &[u8]) -> Checked<Sections> {
    let fail = |offset| Err(TableError { section: None, offset, fault: Fault::Directory });
    let last = usize::from(bytes.get(SECTIONS_AT).copied().unwrap_or(0));
    let mut reader = Reader::new(bytes.get(HEADER..).unwrap_or(&[]));
    let mut lengths = [0; SECTIONS];
    for length in lengths.get_mut(..last).unwrap_or(&mut []) {
        let at = HEADER + reader.position();
        let Some(it) = reader.number(LENGTH_MAX) else { return fail(at) };
        *length = it;
    }
    let mut end = HEADER + reader.position();
    let mut found = Sections::from(end);
    for (section, length) in Section::ALL.into_iter().zip(lengths) {
        end += length;
        found.set(section, end);
    }
    let is_last = last.checked_sub(1).and_then(|it| lengths.get(it)).is_some_and(|it| *it > 0);
    if is_last && end == bytes.len() { Ok(found) } else { fail(HEADER) }
}

/// Name, version and counts, and each section at the size that the counts say.
fn layout(bytes: &[u8], width: Width, sections: Sections) -> Checked<Layout> {
    let fail = |section, offset, fault| at(&sections, section, offset, fault);
    let mut reader = Reader::new(sections.bytes(bytes, Section::Machine));
    let (Some(name), Some(_)) = (reader.text(), reader.text()) else {
        return Err(fail(Section::Machine, 0, Fault::Text));
    };
    let counts = Counts::read(&mut reader).ok_or(fail(Section::Machine, reader.position(), Fault::Size))?;
    if !reader.is_at_end() || name.is_empty() {
        return Err(fail(Section::Machine, reader.position(), Fault::Size));
    }
    let layout = Layout { width, counts, sections, needs: Needs::default() };
    let fits = |(section, rows): &(Section, usize)| sections.bytes(bytes, *section).len() == *rows;
    let rows = [
        (Section::States, counts.states * width.state_row()),
        (Section::Transitions, counts.leaves * width.id() + counts.slots * width.slot_row()),
        (Section::Plans, counts.plans * width.plan_row()),
        (Section::Watchers, counts.watchers * width.watcher_row()),
        (Section::Timers, counts.timers * width.timer_row()),
    ];
    if let Some((section, _)) = rows.iter().find(|row| !fits(row)) {
        return Err(fail(*section, 0, Fault::Size));
    }
    let pool = sections.bytes(bytes, Section::Paths).len().checked_sub(counts.leaves * width.leaf_row());
    let Some(pool) = pool.filter(|it| it % width.id() == 0) else {
        return Err(fail(Section::Paths, 0, Fault::Size));
    };
    let alternatives = sections.bytes(bytes, Section::Alternatives).len() / width.alternative_row();
    if !sections.bytes(bytes, Section::Alternatives).len().is_multiple_of(width.alternative_row()) {
        return Err(fail(Section::Alternatives, 0, Fault::Size));
    }
    let ids = counts.to_array().into_iter().chain([pool / width.id(), alternatives]).max().unwrap_or(0);
    let is_tree = counts.leaves >= 1 && counts.leaves < counts.states && counts.initial < counts.leaves;
    if !is_tree
        || width.wide != (ids >= 0xFF)
        || ids > crate::limits::IDS_MAX
        || counts.timer_slots + counts.signals > counts.events
    {
        return Err(fail(Section::Machine, 0, Fault::Value));
    }
    Ok(layout)
}

fn at(sections: &Sections, section: Section, offset: usize, fault: Fault) -> TableError {
    let start = sections.range(section).map_or(0, |range| range.start);
    TableError { section: Some(section), offset: start + offset, fault }
}

struct Check<'t> {
    table: Table<'t>,
    sections: Sections,
}

impl<'t> Check<'t> {
    fn ensure(&self, holds: bool, section: Section, offset: usize, fault: Fault) -> Checked {
        if holds { Ok(()) } else { Err(at(&self.sections, section, offset, fault)) }
    }

    fn bytes(&self, section: Section) -> &'t [u8] {
        self.sections.bytes(self.table.bytes, section)
    }

    /// Bases, then slots.
    fn comb(&self) -> (&'t [u8], &'t [u8]) {
        let transitions = self.bytes(Section::Transitions);
        transitions.split_at_checked(self.table.counts.leaves * self.table.width().id()).unwrap_or((transitions, &[]))
    }

    fn no_cycle(&self, edges: &[Edge], code: &roles::Code) -> Checked {
        self.ensure(!has_cycle(&self.table, edges, &code.raises), Section::Transitions, 0, Fault::Cycle)
    }
}

fn is_duration(ms: u64) -> bool {
    (DURATION_MIN_MS..=DURATION_MAX_MS).contains(&ms)
}
