//! The sections of machines that calculate, or use more than states, watchers and timers.

use super::Encoder;
use super::bytes::Bytes;
use super::code::Coder;
use super::parts::{Encoded, flag, is_modified};
use crate::definition::{Datum, SecretSource, SignalSource, Type, Value};
use crate::table::layout::*;
use crate::table::places::{Place, Places};
use alloc::vec::Vec;

impl Encoder<'_> {
    /// Two counts, where each entry begins, and the entries.
    pub(super) fn slots(&mut self) -> Encoded<Bytes> {
        let it = self.definition;
        let mut out = self.bytes();
        if it.data.is_empty() && it.facts.is_empty() {
            return Ok(out);
        }
        let (mut entries, mut places) = (self.bytes(), Places::default());
        out.count(it.data.len());
        out.count(it.facts.len());
        let first = out.bytes.len() + 4 * (it.data.len() + it.facts.len());
        for slot in it.data.iter().chain(&it.facts) {
            out.u32((first + entries.bytes.len()) as u32);
            slot_into(slot, &mut places, &mut self.coder, &mut entries)?;
        }
        out.bytes.extend(entries.bytes);
        Ok(out)
    }

    pub(super) fn signals(&self) -> Bytes {
        let mut out = self.bytes();
        for signal in &self.definition.signals {
            match &signal.source {
                SignalSource::Declared { operator } => out.u8(u8::from(*operator)),
                SignalSource::Emitted { machine, event: name } => named(&mut out, SIGNAL_EMITTED, machine, name),
                SignalSource::Enters { machine, state: name } => named(&mut out, SIGNAL_ENTERS, machine, name),
                SignalSource::When { .. } => out.u8(SIGNAL_WHEN),
                SignalSource::Fault => out.u8(SIGNAL_FAULT),
            }
            out.text(&signal.name);
            out.fields(&signal.fields);
        }
        out
    }

    pub(super) fn emits(&self) -> Bytes {
        let mut out = self.bytes();
        for emit in &self.definition.emits {
            out.text(&emit.name);
            out.fields(&emit.fields);
        }
        out
    }

    pub(super) fn blocks(&mut self) -> Encoded<Bytes> {
        let mut out = self.bytes();
        for (index, state) in self.definition.states.iter().enumerate() {
            let (enter, exit) = (self.coder.block(state.enter)?, self.coder.block(state.exit)?);
            if enter != NO_CODE || exit != NO_CODE {
                out.count(index);
                out.u16(enter);
                out.u16(exit);
            }
        }
        Ok(out)
    }

    /// Inner states first, because they have the lower numbers.
    pub(super) fn whens(&mut self) -> Encoded<Bytes> {
        let mut rows = Vec::new();
        for (index, signal) in self.definition.signals.iter().enumerate() {
            if let SignalSource::When { owner, guard } = signal.source {
                rows.push([owner, index as u16, self.coder.guard(Some(guard))?]);
            }
        }
        rows.sort_unstable();
        let mut out = self.bytes();
        rows.into_iter().flatten().for_each(|it| out.u16(it));
        Ok(out)
    }

    /// Count and states, then for each plan that goes back to one the plan and the number of the state in this list.
    pub(super) fn histories(&self) -> Bytes {
        let it = self.definition;
        let mut out = self.bytes();
        if !it.histories.is_empty() {
            out.count(it.histories.len());
            it.histories.iter().for_each(|state| out.u16(*state));
        }
        for (index, history) in it.plans.iter().enumerate().filter_map(|(index, it)| Some((index, it.history?))) {
            out.count(index);
            out.u16(history);
        }
        out
    }

    /// Sources, then places: distance from the last one in the code, source, distance in lines, column.
    pub(super) fn positions(&mut self) -> Bytes {
        let mut out = self.bytes();
        if self.coder.positions.is_empty() {
            return out;
        }
        out.length(self.definition.sources.len());
        self.definition.sources.iter().for_each(|it| out.text(it));
        let (mut last, mut line) = (0, 0);
        for (at, position) in &self.coder.positions {
            let here = i64::from(position.line.min(LINE_MAX));
            out.length(at - last);
            out.length(usize::from(position.source));
            out.signed(here - line);
            out.length(usize::from(position.column));
            (last, line) = (*at, here);
        }
        out
    }

    pub(super) fn modifiers(&self) -> Bytes {
        let mut out = self.bytes();
        let modified = || self.definition.watchers.iter().enumerate().filter(|(_, it)| is_modified(it));
        for (index, it) in modified() {
            out.count(index);
            out.u8(flag(it.quiet, MODIFIER_QUIET) | flag(it.user.is_some(), MODIFIER_USER));
            out.u16(it.condition.unwrap_or(NO_CODE));
            out.u16(it.under.map_or(NO_CODE, |it| it.limit));
            [it.splay_ms, it.timeout_ms, it.announce_ms, it.under.map(|it| it.wait_ms)]
                .into_iter()
                .for_each(|ms| out.duration(ms.unwrap_or(0)));
            out.u32(it.backoff.map_or(0, |it| it.percent));
            out.duration(it.backoff.map_or(0, |it| it.up_to_ms));
        }
        modified().filter_map(|(_, it)| it.user.as_ref()).for_each(|user| out.text(user));
        out
    }

    pub(super) fn returns(&mut self) -> Encoded<Bytes> {
        let mut out = self.bytes();
        for watcher in self.definition.watchers.iter().filter(|it| !it.returns.is_empty()) {
            out.u8(watcher.returns.len() as u8);
            for it in &watcher.returns {
                out.text(&it.field.name);
                out.ty(&it.field.ty);
                out.u8(u8::from(it.default.is_some()));
                it.default.iter().try_for_each(|it| out.value(it, &mut |expr| self.coder.calculation(expr)))?;
            }
        }
        Ok(out)
    }

    /// Five lists, each with its count; left out when all are empty.
    pub(super) fn declarations(&self) -> Bytes {
        let it = self.definition;
        let mut out = self.bytes();
        let was: Vec<_> =
            it.states.iter().enumerate().flat_map(|(at, it)| it.was.iter().map(move |was| (at, was))).collect();
        if [it.enums.len(), it.secrets.len(), it.limits.len(), it.conditions.len(), was.len()] == [0; 5] {
            return out;
        }
        out.count(it.enums.len());
        for words in it.enums.iter().map(|it| &it.words) {
            out.count(words.len());
            words.iter().for_each(|word| out.text(word));
        }
        out.count(it.secrets.len());
        for secret in &it.secrets {
            match &secret.source {
                SecretSource::Env(place) => named(&mut out, SECRET_ENV, &secret.name, place),
                SecretSource::File(place) => named(&mut out, SECRET_FILE, &secret.name, place),
            }
        }
        out.count(it.limits.len());
        for limit in &it.limits {
            out.u8(limit.reach.byte());
            out.u32(limit.count);
            out.text(&limit.name);
        }
        out.count(it.conditions.len());
        for condition in &it.conditions {
            out.text(&condition.machine);
            out.text(&condition.state);
        }
        out.count(was.len());
        for (state, path) in was {
            out.count(state);
            out.text(path);
        }
        out
    }
}

fn named(out: &mut Bytes, tag: u8, first: &str, second: &str) {
    out.u8(tag);
    out.text(first);
    out.text(second);
}

/// Type, where its content is kept, name, first value.
fn slot_into(slot: &Datum, places: &mut Places, coder: &mut Coder<'_>, out: &mut Bytes) -> Encoded {
    out.ty(&slot.field.ty);
    let place = places.next(room(&slot.field.ty));
    let is_list = matches!(slot.field.ty, Type::List { .. });
    if is_list {
        out.u32(place.items);
    }
    if is_list || matches!(slot.field.ty, Type::Text { .. }) {
        out.u32(place.bytes);
    }
    out.text(&slot.field.name);
    let value = match (&slot.value, &slot.field.ty) {
        // The value of a data of floats may be written as a whole number nowhere: the compiler converts.
        (Value::Computed(_) | Value::Secret(_) | Value::Map(_), _) => &Value::Bool(false),
        (value, _) => value,
    };
    out.value(value, &mut |expr| coder.calculation(expr))
}

/// Items and bytes that a value of this type takes beside its word.
fn room(ty: &Type) -> Place {
    let bytes = |ty: &Type| if let Type::Text { max } = ty { u32::from(*max) } else { 0 };
    match ty {
        Type::List { of, max } => Place { items: u32::from(*max), bytes: u32::from(*max).saturating_mul(bytes(of)) },
        other => Place { items: 0, bytes: bytes(other) },
    }
}
