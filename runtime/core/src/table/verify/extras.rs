//! Data, signals, emitted events, modifiers and what watchers return.

use super::contents::are_fields;
use super::known::{enums, is_type, is_value};
use super::{Check, Checked, is_duration};
use crate::definition::{FAULT_AT_MAX, FAULT_REASONS};
use crate::id::StateId;
use crate::limits::FIELDS_MAX;
use crate::table::describe::{read_return, read_signal};
use crate::table::layout::*;
use crate::table::parts::{Modifiers, Signal, SignalSource};
use crate::table::places::Places;
use crate::table::read::Reader;
use crate::table::slots::Entry;
use crate::table::types::{Fields, Type};
use crate::table::{Fault, Section, Table};
use alloc::vec::Vec;

impl Check<'_> {
    /// Entries one after the other, each with room of its own and a first value of its type.
    pub(super) fn slots(&self) -> Checked {
        let (bytes, count) = (self.table.extra.slots, self.table.slot_count());
        let fail = |holds, offset, fault| self.ensure(holds, Section::Slots, offset, fault);
        let first = 4 + 4 * count;
        if bytes.is_empty() {
            return Ok(());
        }
        fail(count > 0 && count <= usize::from(u16::MAX / 2) && bytes.len() >= first, 0, Fault::Size)?;
        let (mut reader, mut places, enums) = (Reader::new(bytes), Places::default(), enums(&self.table));
        reader.take(first);
        for slot in 0..count {
            let offset = reader.position();
            let start = bytes.get(4 + 4 * slot..).and_then(|it| it.first_chunk()).map(|it| u32::from_le_bytes(*it));
            fail(start == Some(offset as u32), 4 + 4 * slot, Fault::Id)?;
            let Some(entry) = Entry::read(&mut reader) else {
                return fail(false, offset, Fault::Text);
            };
            fail(is_type(&enums, entry.ty) && !entry.name.is_empty(), offset, Fault::Value)?;
            fail(is_value(&enums, entry.value, entry.ty), offset, Fault::Value)?;
            fail(entry.place == expected(&mut places, entry.ty), offset, Fault::Id)?;
        }
        fail(reader.is_at_end(), reader.position(), Fault::Size)
    }

    /// Each can be read; `when` and faults carry what they have to; there is one fault at most.
    pub(super) fn signals(&self) -> Checked {
        let (mut reader, enums) = (Reader::new(self.table.extra.signals), enums(&self.table));
        let mut faults = 0;
        for _ in 0..self.table.counts.signals {
            let offset = reader.position();
            let fail = |holds, fault| self.ensure(holds, Section::Signals, offset, fault);
            let Some(signal) = read_signal(&mut reader) else {
                return fail(false, Fault::Text);
            };
            fail(are_fields(&enums, signal.fields) && !signal.name.is_empty(), Fault::Value)?;
            fail(carries_its_own(&self.table, signal), Fault::Value)?;
            faults += usize::from(signal.source == SignalSource::Fault);
            fail(faults <= 1, Fault::Value)?;
        }
        self.ensure(reader.is_at_end(), Section::Signals, reader.position(), Fault::Size)?;
        self.whens()
    }

    /// One row for each `when`, in order.
    fn whens(&self) -> Checked {
        let fail = |holds, offset, fault| self.ensure(holds, Section::Whens, offset, fault);
        fail(self.table.extra.whens.len().is_multiple_of(WHEN_ROW), 0, Fault::Size)?;
        let mut last = None;
        for (index, it) in self.table.whens().enumerate() {
            let here = Some((it.owner, it.signal));
            let is_there = it.owner.index() < self.table.counts.states && it.signal.index() < self.table.counts.signals;
            fail(is_there && here > last, index * WHEN_ROW, Fault::Id)?;
            last = here;
        }
        let mut rows: Vec<_> = self.table.whens().map(|it| it.signal).collect();
        rows.sort_unstable();
        let wanted = self.table.signals().filter(|it| it.source == SignalSource::When).map(|it| it.id);
        fail(rows.into_iter().eq(wanted), 0, Fault::Id)
    }

    pub(super) fn emits(&self) -> Checked {
        let (mut reader, enums) = (Reader::new(self.table.extra.emits), enums(&self.table));
        while !reader.is_at_end() {
            let offset = reader.position();
            let fail = |holds, fault| self.ensure(holds, Section::Emits, offset, fault);
            let Some((name, fields)) = reader.text().zip(Fields::read(&mut reader)) else {
                return fail(false, Fault::Text);
            };
            fail(!name.is_empty() && are_fields(&enums, fields), Fault::Value)?;
        }
        Ok(())
    }

    /// For each watcher that yields JSON at least one field, with defaults of its type; then the rest of the modifiers.
    pub(super) fn returns(&self) -> Checked {
        let (mut reader, enums) = (Reader::new(self.table.extra.returns), enums(&self.table));
        let returning = |it: &_| self.table.watcher(*it).flags & WATCHER_RETURNS != 0;
        for watcher in self.table.watchers().filter(returning) {
            let offset = reader.position();
            let fail = |holds, fault| self.ensure(holds, Section::Returns, offset, fault);
            let fields = reader.u8().unwrap_or(0);
            fail((1..=FIELDS_MAX).contains(&usize::from(fields)), Fault::Value)?;
            for _ in 0..fields {
                let Some((_, ty, default)) = read_return(&mut reader) else {
                    return fail(false, Fault::Text);
                };
                fail(is_type(&enums, ty), Fault::Value)?;
                fail(default.is_none_or(|it| crate::fit::fits(&self.table, it, ty)), Fault::Value)?;
            }
            let kind = self.table.kind(self.table.watcher(watcher).kind);
            let most = (0..kind.outcomes).map(|it| self.table.payload(watcher, it).count()).max();
            fail(most.is_none_or(|it| it <= FIELDS_MAX), Fault::Size)?;
        }
        self.ensure(reader.is_at_end(), Section::Returns, reader.position(), Fault::Size)?;
        self.modifiers()
    }

    /// A row for each watcher that says so, in order, and users for those that name one.
    fn modifiers(&self) -> Checked {
        let (rows, users) = self.table.modifier_rows();
        let fail = |holds, offset, fault| self.ensure(holds, Section::Modifiers, offset, fault);
        let modified = |it: &_| self.table.watcher(*it).flags & WATCHER_MODIFIED != 0;
        fail(rows.len() == self.table.watchers().filter(modified).count(), 0, Fault::Size)?;
        for (index, watcher) in self.table.watchers().filter(modified).enumerate() {
            let (offset, row) = (index * MODIFIER_ROW, &rows[index]);
            fail(u16::from_le_bytes([row[0], row[1]]) == watcher.0, offset, Fault::Id)?;
            fail(row[2] & !(MODIFIER_QUIET | MODIFIER_USER) == 0, offset, Fault::Flags)?;
            fail(has_only_what_it_says(row), offset, Fault::Value)?;
            let it = self.table.modifiers(watcher);
            fail(
                self.are_in_range(it) && flags_of(it) == self.table.watcher(watcher).flags & MODIFIED,
                offset,
                Fault::Value,
            )?;
        }
        let mut reader = Reader::new(users);
        let named = rows.iter().filter(|row| row[2] & MODIFIER_USER != 0).count();
        let are_read = (0..named).all(|_| reader.text().is_some_and(|it| !it.is_empty()));
        fail(are_read && reader.is_at_end(), rows.len() * MODIFIER_ROW, Fault::Text)?;
        self.unmodified()
    }

    fn unmodified(&self) -> Checked {
        for watcher in self.table.watchers() {
            let flags = self.table.watcher(watcher).flags;
            let row = watcher.index() * self.table.width().watcher_row();
            self.ensure(flags & WATCHER_MODIFIED != 0 || flags & MODIFIED == 0, Section::Watchers, row, Fault::Flags)?;
        }
        Ok(())
    }

    fn are_in_range(&self, it: Modifiers<'_>) -> bool {
        let times = [it.splay_ms, it.timeout_ms, it.announce_ms];
        let backoff = it.backoff.is_none_or(|it| (100..=100_000).contains(&it.percent) && is_duration(it.up_to_ms));
        let under = it.under.is_none_or(|it| {
            usize::from(it.limit) < self.table.limits().count() && it.wait_ms <= crate::limits::DURATION_MAX_MS
        });
        let condition = it.condition.is_none_or(|it| usize::from(it) < self.table.condition_count());
        times.into_iter().flatten().all(|ms| ms <= crate::limits::DURATION_MAX_MS) && backoff && under && condition
    }

    /// States that are there, each once, and the plans that go back to one in order.
    pub(super) fn histories(&self) -> Checked {
        let fail = |holds, fault| self.ensure(holds, Section::Histories, 0, fault);
        if self.table.extra.histories.is_empty() {
            return Ok(());
        }
        let mut states: Vec<StateId> = self.table.histories().collect();
        fail(!states.is_empty() && states.iter().all(|it| it.index() < self.table.counts.states), Fault::Id)?;
        let count = states.len();
        states.sort_unstable();
        fail(states.windows(2).all(|pair| pair[0] < pair[1]), Fault::Id)?;
        let (mut reader, mut last) = (self.table.history_plans(), None);
        while !reader.is_at_end() {
            let Some((plan, history)) = reader.u16().zip(reader.u16()) else {
                return fail(false, Fault::Size);
            };
            let plan = usize::from(plan);
            let is_there = plan < self.table.counts.plans && usize::from(history) < count;
            fail(is_there && Some(plan) > last && self.table.plan(crate::PlanId(plan as u16)).history, Fault::Id)?;
            last = Some(plan);
        }
        Ok(())
    }
}

/// The flags of a watcher that say what is in its row of modifiers.
const MODIFIED: u8 = WATCHER_UNDER | WATCHER_CONDITION | WATCHER_SPLAY | WATCHER_BACKOFF;

fn flags_of(it: Modifiers<'_>) -> u8 {
    let flag = |holds, flag| if holds { flag } else { 0 };
    flag(it.under.is_some(), WATCHER_UNDER)
        | flag(it.condition.is_some(), WATCHER_CONDITION)
        | flag(it.splay_ms.is_some(), WATCHER_SPLAY)
        | flag(it.backoff.is_some(), WATCHER_BACKOFF)
}

/// No wait without a limit, no longest pace without a growth.
fn has_only_what_it_says(row: &[u8; MODIFIER_ROW]) -> bool {
    let [.., w0, w1, w2, w3, w4, g0, g1, g2, g3, p0, p1, p2, p3, p4] = *row;
    let has_limit = row[5..7] != NO_CODE.to_le_bytes();
    (has_limit || [w0, w1, w2, w3, w4] == [0; 5]) && ([g0, g1, g2, g3] != [0; 4] || [p0, p1, p2, p3, p4] == [0; 5])
}

/// Where a value of this type is kept, if it is kept anywhere beside its word.
fn expected(places: &mut Places, ty: Type<'_>) -> crate::table::places::Place {
    let place = places.next(ty.room());
    let is_list = matches!(ty, Type::List { .. });
    let has_bytes = is_list || matches!(ty, Type::Text { .. });
    crate::table::places::Place {
        items: if is_list { place.items } else { 0 },
        bytes: if has_bytes { place.bytes } else { 0 },
    }
}

/// A `when` carries nothing, a fault its reason and place.
fn carries_its_own(table: &Table<'_>, signal: Signal<'_>) -> bool {
    match signal.source {
        SignalSource::When => signal.fields.len() == 0,
        SignalSource::Fault => {
            let types: Vec<Type<'_>> = signal.fields.map(|it| it.1).collect();
            let [Type::Enum(reasons), Type::Text { max: FAULT_AT_MAX }] = types[..] else {
                return false;
            };
            table.words(reasons).eq(FAULT_REASONS.iter().copied())
        }
        _ => true,
    }
}
