//! The proof that bytes are a table: every check that `step` relies on, in the order that [`super::Table::verify`] names.
//!
//! Costs time in proportion to the size of the table, and memory only after the sizes have been checked.

use super::cycle::{Edge, has_cycle};
use super::encode::checksum;
use super::error::{Fault, TableError};
use super::layout::*;
use super::owned::{Layout, Sections};
use super::read::{Reader, id};
use super::{Arguments, Table, read_kind};
use crate::id::{EventId, PlanId, StateId, WatcherId};
use crate::limits::{DEPTH_MAX, DURATION_MAX_MS, DURATION_MIN_MS, OUTCOMES_MAX, TABLE_MAX, TEXT_MAX};
use alloc::{vec, vec::Vec};

type Checked<T = ()> = Result<T, TableError>;

/// Most pairs of a leaf and a transition that are looked at. Leaves may share rows, so there can be more of these than a
/// table has bytes; real machines stay far below.
const PAIRS_MAX: usize = 1 << 24;

pub(super) fn verify(bytes: &[u8]) -> Checked<(Table<'_>, Layout)> {
    let width = header(bytes)?;
    let sections = sections(bytes)?;
    let layout = layout(bytes, width, sections)?;
    let table = layout.view(bytes);
    let check = Check { table, sections: layout.sections };
    check.states()?;
    check.paths()?;
    check.plans()?;
    check.kinds()?;
    check.watchers()?;
    check.timers()?;
    let edges = check.transitions()?;
    check.arguments()?;
    check.names()?;
    check.no_cycle(&edges)?;
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

/// The directory as it stands in the bytes; ends early if it is broken.
pub(super) fn directory(bytes: &[u8]) -> impl Iterator<Item = (Section, usize, usize)> + '_ {
    let count = usize::from(bytes.get(11).copied().unwrap_or(0));
    let mut reader = Reader::new(bytes.get(HEADER..).unwrap_or(&[]));
    let mut offset = HEADER + count * ENTRY;
    (0..count).map_while(move |_| {
        let section = Section::from_number(reader.u8()?)?;
        let length = reader.u32()? as usize;
        let entry = (section, offset, length);
        offset = offset.checked_add(length)?;
        Some(entry)
    })
}

/// Known sections in ascending order, none missing, filling the table to its end.
fn sections(bytes: &[u8]) -> Checked<Sections> {
    let fail = |offset| TableError { section: None, offset, fault: Fault::Directory };
    let count = usize::from(bytes.get(11).copied().unwrap_or(0));
    let mut found = Sections::default();
    let (mut last, mut end, mut entries) = (None, HEADER + count * ENTRY, 0);
    for (section, offset, length) in directory(bytes) {
        let at = HEADER + entries * ENTRY;
        let is_inside = offset.checked_add(length).is_some_and(|end| end <= bytes.len());
        if !is_inside || last >= Some(section) || (section.is_optional() && length == 0) {
            return Err(fail(at));
        }
        found.set(section, offset + length);
        (last, end, entries) = (Some(section), offset + length, entries + 1);
    }
    let is_complete = Section::ALL.iter().all(|it| it.is_optional() || found.range(*it).is_some());
    if entries == count && is_complete && end == bytes.len() { Ok(found) } else { Err(fail(HEADER)) }
}

/// Counts, name and version, and each section at the size that the counts say.
fn layout(bytes: &[u8], width: Width, sections: Sections) -> Checked<Layout> {
    let fail = |section, offset, fault| at(&sections, section, offset, fault);
    let mut reader = Reader::new(sections.bytes(bytes, Section::Machine));
    let numbers = read_counts(&mut reader).ok_or(fail(Section::Machine, 0, Fault::Size))?;
    let counts = Counts::from_array(numbers.map(usize::from));
    let (Some(name), Some(_)) = (reader.text(), reader.text()) else {
        return Err(fail(Section::Machine, COUNTS, Fault::Text));
    };
    if !reader.is_at_end() || name.is_empty() {
        return Err(fail(Section::Machine, reader.position(), Fault::Size));
    }
    let layout = Layout { width, counts: numbers, sections };
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
    let ids = counts.to_array().into_iter().chain([pool / width.id()]).max().unwrap_or(0);
    let is_tree = counts.leaves >= 1 && counts.leaves < counts.states && counts.initial < counts.leaves;
    if !is_tree || width.wide != (ids >= 0xFF) || ids > crate::limits::IDS_MAX || counts.timer_slots > counts.events {
        return Err(fail(Section::Machine, 0, Fault::Value));
    }
    Ok(layout)
}

fn read_counts(reader: &mut Reader<'_>) -> Option<[u16; COUNTS / 2]> {
    let mut counts = [0; COUNTS / 2];
    for count in &mut counts {
        *count = reader.u16()?;
    }
    Some(counts)
}

fn at(sections: &Sections, section: Section, offset: usize, fault: Fault) -> TableError {
    let start = sections.range(section).map_or(0, |range| range.start);
    TableError { section: Some(section), offset: start + offset, fault }
}

struct Check<'t> {
    table: Table<'t>,
    sections: Sections,
}

impl Check<'_> {
    fn ensure(&self, holds: bool, section: Section, offset: usize, fault: Fault) -> Checked {
        if holds { Ok(()) } else { Err(at(&self.sections, section, offset, fault)) }
    }

    /// Inner states before outer ones, the machine last: so the parents form one tree. Owned rows ascend.
    fn states(&self) -> Checked {
        let Table { width, counts, states, .. } = self.table;
        let mut owned = [0, 0];
        for state in self.table.states() {
            let row = state.index() * width.state_row();
            let fail = |holds, fault| self.ensure(holds, Section::States, row, fault);
            let is_machine = state == self.table.machine();
            let is_inside = |it: StateId| it > state && it.index() >= counts.leaves && it.index() < counts.states;
            let fits = self.table.parent(state).map_or(is_machine, |it| !is_machine && is_inside(it));
            fail(fits, Fault::Tree)?;
            let next = [1, 2].map(|column| usize::from(id(states, row + column * width.id(), width)));
            fail(owned[0] <= next[0] && owned[1] <= next[1], Fault::Id)?;
            fail(next[0] <= counts.watchers && next[1] <= counts.timers, Fault::Id)?;
            fail(state.index() > 0 || next == [0, 0], Fault::Id)?;
            let flags = states.get(row + 3 * width.id()).copied().unwrap_or(0);
            fail(flags & !STATE_FINAL == self.owned_flags(state), Fault::Flags)?;
            owned = next;
        }
        Ok(())
    }

    /// The flags that say whether a state has timers and watchers.
    fn owned_flags(&self, state: StateId) -> u8 {
        let timers = if self.table.timers_of(state).len() > 0 { STATE_TIMERS } else { 0 };
        let watchers = if self.table.watchers_of(state).len() > 0 { STATE_WATCHERS } else { 0 };
        timers | watchers
    }

    /// Each leaf's path is the way up its parents, and the paths fill the pool.
    fn paths(&self) -> Checked {
        let width = self.table.width;
        let mut used = 0;
        for leaf in self.table.leaves() {
            let row = leaf.index() * width.leaf_row();
            let start = usize::from(id(self.table.leaf_rows, row, width));
            let path = self.table.path(leaf);
            let mut up = core::iter::successors(Some(leaf), |it| self.table.parent(*it));
            let is_way_up =
                path.iter().rev().all(|it| up.next() == Some(it)) && up.next() == Some(self.table.machine());
            let fits = start == used && path.len() <= DEPTH_MAX && is_way_up;
            self.ensure(fits, Section::Paths, row, Fault::Path)?;
            used += path.len();
        }
        self.ensure(used * width.id() == self.table.path_pool.len(), Section::Paths, 0, Fault::Size)
    }

    /// Labels in range; the columns of later versions empty.
    fn plans(&self) -> Checked {
        let Table { width, counts, plans, .. } = self.table;
        for (index, row) in plans.chunks_exact(width.plan_row()).enumerate() {
            let fail = |holds, fault| self.ensure(holds, Section::Plans, index * width.plan_row(), fault);
            let label = id(row, 0, width);
            fail(label == u16::MAX || usize::from(label) < counts.labels, Fault::Id)?;
            let rest = row.get(2 * width.id()..).unwrap_or(&[]);
            fail(id(row, width.id(), width) == u16::MAX, Fault::Flags)?;
            fail(rest.get(1).is_some_and(|flags| flags & !(PLAN_STAY | PLAN_NEAR) == 0), Fault::Flags)?;
            fail(rest.get(2..).is_some_and(|code| code.iter().all(|byte| *byte == 0xFF)), Fault::Flags)?;
        }
        Ok(())
    }

    fn kinds(&self) -> Checked {
        let mut reader = Reader::new(self.table.kinds);
        for _ in 0..self.table.counts.kinds {
            let row = reader.position();
            let fail = |holds, fault| self.ensure(holds, Section::Kinds, row, fault);
            let flags = self.table.kinds.get(row).copied().unwrap_or(0);
            fail(flags & !(KIND_NOTIFIED | KIND_INTERRUPTIBLE) == 0, Fault::Flags)?;
            let Some(kind) = read_kind(&mut reader) else {
                return fail(false, Fault::Text);
            };
            let outcomes = usize::from(kind.outcomes);
            fail((1..=OUTCOMES_MAX).contains(&outcomes), Fault::Value)?;
            fail(u64::from(kind.faults) < 1 << outcomes, Fault::Value)?;
            fail(!kind.interruptible || kind.faults != 0, Fault::Value)?;
            fail(!kind.name.is_empty() && kind.name.len() <= TEXT_MAX, Fault::Text)?;
        }
        self.ensure(reader.is_at_end(), Section::Kinds, reader.position(), Fault::Size)
    }

    /// Kinds in range, events numbered without a gap, a pace where one is needed.
    fn watchers(&self) -> Checked {
        let counts = self.table.counts;
        let kinds: Vec<_> = self.table.kinds().collect();
        let mut event = 0;
        for watcher in self.table.watchers() {
            let row = watcher.index() * self.table.width.watcher_row();
            let fail = |holds, fault| self.ensure(holds, Section::Watchers, row, fault);
            let it = self.table.watcher(watcher);
            let Some(kind) = kinds.get(it.kind.index()) else {
                return fail(false, Fault::Id);
            };
            fail(it.first_event.index() == event, Fault::Id)?;
            fail(self.watcher_flags(row) & !(WATCHER_ONCE | WATCHER_PACED) == 0, Fault::Flags)?;
            fail(it.every_ms.is_none_or(is_duration), Fault::Value)?;
            let has_pace = it.every_ms.is_some();
            fail(if it.once { !has_pace } else { has_pace || kind.notified }, Fault::Value)?;
            event += usize::from(kind.outcomes);
        }
        self.ensure(event + counts.timer_slots == counts.events, Section::Machine, 0, Fault::Value)
    }

    fn watcher_flags(&self, row: usize) -> u8 {
        let end = row + self.table.width.watcher_row();
        self.table.watchers.get(end - 1).copied().unwrap_or(0)
    }

    /// Durations in range, and no slot twice on the way to any leaf.
    fn timers(&self) -> Checked {
        let slots = self.table.counts.timer_slots;
        for timer in self.table.timers() {
            let row = timer.index() * self.table.width.timer_row();
            let (slot, ms) = self.table.timer(timer);
            self.ensure(usize::from(slot) < slots, Section::Timers, row, Fault::Id)?;
            self.ensure(is_duration(ms), Section::Timers, row, Fault::Value)?;
        }
        let mut taken = vec![0; slots];
        for leaf in self.table.leaves() {
            let path = self.table.path(leaf);
            for timer in path.iter().chain([self.table.machine()]).flat_map(|it| self.table.timers_of(it)) {
                let row = timer.index() * self.table.width.timer_row();
                let slot = &mut taken[usize::from(self.table.timer(timer).0)];
                let is_free = *slot != leaf.index() + 1;
                self.ensure(is_free, Section::Timers, row, Fault::TimerSlot)?;
                *slot = leaf.index() + 1;
            }
        }
        Ok(())
    }

    /// Every slot belongs to a leaf and leads from it along its path; returns the edges that need no wait.
    fn transitions(&self) -> Checked<Vec<Edge>> {
        let Table { width, counts, bases, slots, .. } = self.table;
        let first_slot = bases.len();
        let mut owners: Vec<(u16, StateId)> =
            self.table.leaves().map(|leaf| (id(bases, leaf.index() * width.id(), width), leaf)).collect();
        owners.sort_unstable();
        let (mut edges, mut pairs) = (Vec::new(), 0);
        for (index, row) in slots.chunks_exact(width.slot_row()).enumerate() {
            let offset = first_slot + index * width.slot_row();
            let fail = |holds, fault| self.ensure(holds, Section::Transitions, offset, fault);
            let [event, target, plan] = [0, 1, 2].map(|column| id(row, column * width.id(), width));
            if event == u16::MAX {
                fail(target == u16::MAX && plan == u16::MAX, Fault::Value)?;
                continue;
            }
            let is_known = usize::from(event) < counts.events && usize::from(target) < counts.leaves;
            fail(is_known && usize::from(plan) < counts.plans, Fault::Id)?;
            let base = index.checked_sub(usize::from(event)).and_then(|it| u16::try_from(it).ok());
            let mine = owners_at(&owners, base.unwrap_or(u16::MAX));
            fail(base.is_some() && !mine.is_empty(), Fault::Overlap)?;
            pairs += mine.len();
            fail(pairs <= PAIRS_MAX, Fault::Size)?;
            for (_, leaf) in mine {
                fail(self.leads(*leaf, StateId(target), PlanId(plan)), Fault::Path)?;
                edges.extend(self.edge(*leaf, EventId(event), StateId(target), PlanId(plan)));
            }
        }
        Ok(edges)
    }

    /// Both paths begin with the states that the plan keeps, there is something to leave and to enter, and it is one
    /// state each exactly if the plan says so.
    fn leads(&self, from: StateId, to: StateId, plan: PlanId) -> bool {
        let plan = self.table.plan(plan);
        if plan.stay {
            return from == to && plan.depth == 0 && !plan.near;
        }
        let (out, into) = (self.table.path(from), self.table.path(to));
        let is_near = [out, into].iter().all(|path| path.len() == plan.depth + 1);
        plan.depth < out.len()
            && plan.depth < into.len()
            && plan.near == is_near
            && out.iter().zip(into.iter()).take(plan.depth).all(|(a, b)| a == b)
    }

    /// Taken on an outcome of a `run`, a transition needs no wait.
    fn edge(&self, from: StateId, event: EventId, to: StateId, plan: PlanId) -> Option<Edge> {
        let watcher = self.watcher_of(event)?;
        let plan = self.table.plan(plan);
        if plan.stay || !self.table.watcher(watcher).once {
            return None;
        }
        let stands_in = |it: StateId| self.table.watchers_of(it).any(|own| own == watcher);
        let run = self.table.path(from).iter().position(stands_in).map_or(0, |depth| depth + 1);
        Some(Edge { from, to, kept: plan.depth, run })
    }

    /// The watcher whose outcome an event is; by halving, because the events of watchers ascend.
    fn watcher_of(&self, event: EventId) -> Option<WatcherId> {
        if event >= self.table.timer_event(0) {
            return None;
        }
        let (mut low, mut high) = (0, self.table.counts.watchers);
        while low < high {
            let middle = low.midpoint(high);
            let is_before = self.table.watcher(WatcherId(middle as u16)).first_event <= event;
            if is_before { low = middle + 1 } else { high = middle }
        }
        Some(WatcherId(low.checked_sub(1)? as u16))
    }

    fn arguments(&self) -> Checked {
        let mut reader = Reader::new(self.table.arguments);
        for _ in self.table.watchers() {
            let offset = reader.position();
            let is_read = Arguments::read(&mut reader).is_some();
            self.ensure(is_read, Section::Arguments, offset, Fault::Value)?;
        }
        self.ensure(reader.is_at_end(), Section::Arguments, reader.position(), Fault::Size)
    }

    /// As many names and doc comments as there are things to name, if there are any.
    fn names(&self) -> Checked {
        let counts = self.table.counts;
        let outcomes: usize = self.table.kinds().map(|it| usize::from(it.outcomes)).sum();
        let names = counts.states - 1 + counts.watchers + counts.labels + outcomes;
        self.texts(Section::Names, names, 1)?;
        self.texts(Section::Docs, counts.states + counts.watchers, 0)
    }

    fn texts(&self, section: Section, count: usize, shortest: usize) -> Checked {
        if self.sections.range(section).is_none() {
            return Ok(());
        }
        let mut reader = Reader::new(self.sections.bytes(self.table.bytes, section));
        for _ in 0..count {
            let offset = reader.position();
            let fits = reader.text().is_some_and(|it| (shortest..=TEXT_MAX).contains(&it.len()));
            self.ensure(fits, section, offset, Fault::Text)?;
        }
        self.ensure(reader.is_at_end(), section, reader.position(), Fault::Size)
    }

    fn no_cycle(&self, edges: &[Edge]) -> Checked {
        self.ensure(!has_cycle(&self.table, edges), Section::Transitions, 0, Fault::Cycle)
    }
}

fn owners_at(owners: &[(u16, StateId)], base: u16) -> &[(u16, StateId)] {
    let start = owners.partition_point(|it| it.0 < base);
    let end = owners.partition_point(|it| it.0 <= base);
    owners.get(start..end).unwrap_or(&[])
}

fn is_duration(ms: u64) -> bool {
    (DURATION_MIN_MS..=DURATION_MAX_MS).contains(&ms)
}
