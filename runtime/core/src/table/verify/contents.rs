//! Kinds, arguments, names, and what else is only read by the node.

use super::known::{enums, is_type};
use super::roles::{Code, Use};
use super::{Check, Checked};
use crate::limits::{FIELDS_MAX, OUTCOMES_MAX, TEXT_MAX};
use crate::table::layout::*;
use crate::table::read::Reader;
use crate::table::types::{Fields, Type};
use crate::table::{Arguments, Fault, Kind, Section, Value, declarations, read_kind};
use alloc::{collections::BTreeSet, vec::Vec};

impl Check<'_> {
    pub(super) fn kinds(&self) -> Checked {
        let mut reader = Reader::new(self.table.kinds);
        let enums = enums(&self.table);
        for _ in 0..self.table.counts.kinds {
            let row = reader.position();
            let fail = |holds, fault| self.ensure(holds, Section::Kinds, row, fault);
            let flags = self.table.kinds.get(row).copied().unwrap_or(0);
            let known = KIND_NOTIFIED | KIND_INTERRUPTIBLE | KIND_FIELDS | KIND_PROGRAM;
            fail(flags & !known == 0, Fault::Flags)?;
            let Some(kind) = read_kind(&mut reader) else {
                return fail(false, Fault::Text);
            };
            let outcomes = usize::from(kind.outcomes);
            fail((1..=OUTCOMES_MAX).contains(&outcomes), Fault::Value)?;
            fail([kind.faults, kind.returns].iter().all(|bits| u64::from(*bits) < 1 << outcomes), Fault::Value)?;
            fail(!kind.interruptible || kind.faults != 0, Fault::Value)?;
            fail(!kind.name.is_empty() && kind.name.len() <= TEXT_MAX, Fault::Text)?;
            fail(flags & KIND_FIELDS == 0 || carries_something(kind), Fault::Value)?;
            fail(flags & KIND_PROGRAM == 0 || kind.program().next().is_some(), Fault::Value)?;
            for outcome in 0..kind.outcomes {
                fail(kind.fields(outcome).is_none_or(|it| are_fields(&enums, it)), Fault::Value)?;
            }
        }
        self.ensure(reader.is_at_end(), Section::Kinds, reader.position(), Fault::Size)
    }

    /// Values that can be read; secrets that are there; calculations that cannot fail and need no event.
    pub(super) fn arguments(&self, code: &Code) -> Checked {
        let mut reader = Reader::new(self.table.arguments);
        let secrets = self.table.secrets().count();
        for _ in self.table.watchers() {
            let offset = reader.position();
            let fail = |holds, fault| self.ensure(holds, Section::Arguments, offset, fault);
            let Some(arguments) = Arguments::read(&mut reader) else {
                return fail(false, Fault::Value);
            };
            for value in arguments {
                fail(is_argument(value, secrets, code), Fault::Value)?;
            }
        }
        self.ensure(reader.is_at_end(), Section::Arguments, reader.position(), Fault::Size)
    }

    /// As many names and doc comments as there are things to name, if there are any.
    pub(super) fn names(&self) -> Checked {
        let counts = self.table.counts;
        let outcomes: usize = self.table.kinds().map(|it| usize::from(it.outcomes)).sum();
        let names = counts.states - 1 + counts.watchers + counts.labels + outcomes;
        self.texts(Section::Names, names, 1)?;
        let is_empty = self.table.docs.is_some_and(|docs| docs.iter().all(|length| *length == 0));
        self.ensure(!is_empty, Section::Docs, 0, Fault::Size)?;
        let emits = self.table.emits().count();
        let docs = counts.states + counts.watchers + self.table.slot_count() + counts.signals + emits;
        self.texts(Section::Docs, docs, 0)
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

    /// Five lists that fill the section; enums have words, limits let something through, states are there.
    pub(super) fn declarations(&self) -> Checked {
        let bytes = self.table.extra.declarations;
        if bytes.is_empty() {
            return Ok(());
        }
        let (mut reader, mut declared) = (Reader::new(bytes), false);
        for list in declarations::LISTS {
            let offset = reader.position();
            let fail = |holds, offset, fault| self.ensure(holds, Section::Declarations, offset, fault);
            let Some(count) = reader.u16() else {
                return fail(false, offset, Fault::Size);
            };
            declared |= count > 0;
            for _ in 0..count {
                let (offset, start) = (reader.position(), reader);
                fail(declarations::skip(list, &mut reader).is_some(), offset, Fault::Text)?;
                fail(self.is_declared(list, start), offset, Fault::Value)?;
            }
        }
        self.ensure(declared && reader.is_at_end(), Section::Declarations, reader.position(), Fault::Size)
    }

    fn is_declared(&self, list: declarations::List, mut reader: Reader<'_>) -> bool {
        match list {
            declarations::List::Enums => reader.u16().is_some_and(|words| words > 0),
            declarations::List::Limits => declarations::limit(&mut reader).is_some_and(|it| it.count > 0),
            declarations::List::Was => {
                declarations::was(&mut reader).is_some_and(|it| it.0.index() < self.table.counts.states)
            }
            declarations::List::Secrets | declarations::List::Conditions => true,
        }
    }
}

fn carries_something(kind: Kind<'_>) -> bool {
    kind.returns != 0 || (0..kind.outcomes).filter_map(|it| kind.fields(it)).any(|fields| fields.len() > 0)
}

/// Not too many, of types that are there.
pub(super) fn are_fields(enums: &[(u16, u32)], fields: Fields<'_>) -> bool {
    fields.len() <= FIELDS_MAX && fields.into_iter().all(|(_, ty)| is_type(enums, ty))
}

fn is_argument(value: Value<'_>, secrets: usize, code: &Code) -> bool {
    match value {
        Value::List(mut items) => items.all(|it| is_argument(it, secrets, code)),
        Value::Map(mut entries) => {
            let mut keys = BTreeSet::new();
            entries.all(|(key, it)| keys.insert(key) && is_argument(it, secrets, code))
        }
        Value::Float(it) => it.is_finite(),
        Value::Secret(it) => usize::from(it) < secrets,
        Value::Computed(it) => code.is_used(it.0, Use::Argument),
        Value::Time(_) | Value::Enum(..) => false,
        Value::Bool(_) | Value::Int(_) | Value::Duration(_) | Value::Text(_) => true,
    }
}

/// The numbers of all calculations in a value.
pub(super) fn calculations(value: Value<'_>, out: &mut Vec<u16>) {
    match value {
        Value::List(items) => items.for_each(|it| calculations(it, out)),
        Value::Map(entries) => entries.for_each(|(_, it)| calculations(it, out)),
        Value::Computed(it) => out.push(it.0),
        _ => {}
    }
}

/// The types of what an event carries, as a list.
pub(super) fn types<'t>(fields: impl Iterator<Item = (&'t str, Type<'t>)>) -> Vec<Type<'t>> {
    fields.map(|it| it.1).collect()
}
