//! The sections, one by one.

use super::bytes::Bytes;
use super::code::Coder;
use super::{Comb, EncodeError, Encoder, Paths, Sections};
use crate::definition::{Cell, Datum, Kind, SecretSource, SignalSource, Type, Value, Watcher};
use crate::table::layout::*;
use crate::table::places::{Place, Places};
use alloc::{vec, vec::Vec};

type Encoded<T = ()> = Result<T, EncodeError>;

impl<'d> Encoder<'d> {
    /// All of them. Plans come before what else has code, so that theirs has the lowest numbers.
    pub(super) fn sections(&mut self, comb: &Comb, cells: &[Cell], paths: &Paths) -> Encoded<Sections> {
        let mut sections = vec![
            (Section::Machine, self.machine()),
            (Section::States, self.states()),
            (Section::Paths, self.path_rows(paths)),
            (Section::Transitions, self.transitions(comb, cells)),
            (Section::Plans, self.plans()?),
            (Section::Kinds, self.kinds()),
            (Section::Watchers, self.watchers()),
            (Section::Timers, self.timers()),
            (Section::Arguments, self.arguments()?),
            (Section::Names, self.names()),
            (Section::Docs, self.docs()),
            (Section::Alternatives, self.alternatives()),
            (Section::Slots, self.slots()?),
            (Section::Signals, self.signals()),
            (Section::Emits, self.emits()),
            (Section::Blocks, self.blocks()?),
            (Section::Whens, self.whens()?),
            (Section::Histories, self.histories()),
            (Section::Modifiers, self.modifiers()),
            (Section::Returns, self.returns()?),
            (Section::Declarations, self.declarations()),
        ];
        sections.push((Section::Positions, self.positions()));
        let code = Bytes { bytes: core::mem::take(&mut self.coder.bytes), ..Bytes::default() };
        sections.push((Section::Code, code));
        Ok(Sections(sections.into_iter().map(|(section, bytes)| (section, bytes.bytes)).collect()))
    }

    fn bytes(&self) -> Bytes {
        Bytes { bytes: Vec::new(), width: Some(self.width) }
    }

    fn machine(&self) -> Bytes {
        let mut out = self.bytes();
        out.text(&self.definition.name);
        out.text(&self.definition.version);
        self.counts.to_array().into_iter().for_each(|it| out.length(it));
        out
    }

    fn states(&self) -> Bytes {
        let mut out = self.bytes();
        let (mut watcher, mut timer) = (0, 0);
        for (index, state) in self.definition.states.iter().enumerate() {
            out.id(state.parent);
            out.id(Some(watcher as u16));
            out.id(Some(timer as u16));
            let owned = |it: &u16| usize::from(*it) == index;
            let watchers = self.definition.watchers.iter().skip(watcher).take_while(|it| owned(&it.owner)).count();
            let timers = self.definition.timers.iter().skip(timer).take_while(|it| owned(&it.owner)).count();
            out.u8(flag(state.is_final, STATE_FINAL)
                | flag(timers > 0, STATE_TIMERS)
                | flag(watchers > 0, STATE_WATCHERS));
            watcher += watchers;
            timer += timers;
        }
        out
    }

    fn path_rows(&self, paths: &Paths) -> Bytes {
        let mut out = self.bytes();
        for (start, length) in &paths.starts {
            out.id(Some(*start as u16));
            out.u8(*length as u8);
        }
        paths.pool.iter().for_each(|it| out.id(Some(*it)));
        out
    }

    fn transitions(&self, comb: &Comb, cells: &[Cell]) -> Bytes {
        let mut out = self.bytes();
        comb.bases.iter().for_each(|base| out.id(base.map(|it| it as u16)));
        for slot in &comb.slots {
            let cell = slot.and_then(|index| cells.get(index));
            out.id(cell.map(|it| it.event));
            out.id(cell.map(|it| it.target));
            out.id(cell.map(|it| it.plan));
        }
        out
    }

    fn plans(&mut self) -> Encoded<Bytes> {
        let mut out = self.bytes();
        for plan in &self.definition.plans {
            let (guard, actions) = (self.coder.guard(plan.guard)?, self.coder.block(plan.actions)?);
            out.id(plan.label);
            out.id(plan.otherwise);
            out.u8(plan.depth);
            out.u8(flag(plan.stay, PLAN_STAY)
                | flag(plan.near, PLAN_NEAR)
                | flag(guard != NO_CODE, PLAN_GUARD)
                | flag(actions != NO_CODE, PLAN_ACTS)
                | flag(plan.history.is_some(), PLAN_HISTORY));
            out.u16(guard);
            out.u16(actions);
        }
        Ok(out)
    }

    fn alternatives(&self) -> Bytes {
        let mut out = self.bytes();
        for it in &self.definition.alternatives {
            out.id(Some(it.target));
            out.id(Some(it.plan));
        }
        out
    }

    fn kinds(&self) -> Bytes {
        let mut out = self.bytes();
        self.definition.kinds.iter().for_each(|kind| kind_into(kind, &mut out));
        out
    }

    fn watchers(&self) -> Bytes {
        let mut out = self.bytes();
        for (watcher, first) in self.definition.watchers.iter().zip(self.definition.first_events()) {
            out.id(Some(watcher.kind));
            out.id(Some(first as u16));
            out.duration(watcher.every_ms.unwrap_or(0));
            let kind = self.definition.kinds.get(usize::from(watcher.kind));
            let is_notified = kind.is_some_and(|it| it.notified);
            out.u8(flag(is_notified, WATCHER_NOTIFIED) | watcher_flags(watcher));
        }
        out
    }

    fn timers(&self) -> Bytes {
        let mut out = self.bytes();
        for timer in &self.definition.timers {
            out.id(Some(timer.slot));
            out.duration(timer.ms);
        }
        out
    }

    fn arguments(&mut self) -> Encoded<Bytes> {
        let mut out = self.bytes();
        for watcher in &self.definition.watchers {
            out.u8(watcher.args.len() as u8);
            watcher.args.iter().try_for_each(|it| out.value(it, &mut |expr| self.coder.calculation(expr)))?;
        }
        Ok(out)
    }

    fn names(&self) -> Bytes {
        let mut out = self.bytes();
        let it = self.definition;
        // The machine is the last state, and its name stands in the machine section.
        it.states.iter().take(it.states.len().saturating_sub(1)).for_each(|state| out.text(&state.name));
        it.watchers.iter().for_each(|watcher| out.text(&watcher.name));
        it.labels.iter().for_each(|label| out.text(label));
        it.kinds.iter().flat_map(|kind| &kind.outcomes).for_each(|outcome| out.text(&outcome.name));
        out
    }

    /// Left out altogether when there is no doc comment.
    fn docs(&self) -> Bytes {
        let it = self.definition;
        let states = it.states.iter().take(it.states.len().saturating_sub(1)).map(|state| &state.doc);
        let watchers = it.watchers.iter().map(|watcher| &watcher.doc);
        let slots = it.data.iter().chain(&it.facts).map(|slot| &slot.doc);
        let signals = it.signals.iter().map(|signal| &signal.doc);
        let emits = it.emits.iter().map(|emit| &emit.doc);
        let docs: Vec<_> =
            [&it.doc].into_iter().chain(states).chain(watchers).chain(slots).chain(signals).chain(emits).collect();
        let mut out = self.bytes();
        if docs.iter().any(|doc| !doc.is_empty()) {
            docs.into_iter().for_each(|doc| out.text(doc));
        }
        out
    }

    /// Two counts, where each entry begins, and the entries.
    fn slots(&mut self) -> Encoded<Bytes> {
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

    fn signals(&self) -> Bytes {
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

    fn emits(&self) -> Bytes {
        let mut out = self.bytes();
        for emit in &self.definition.emits {
            out.text(&emit.name);
            out.fields(&emit.fields);
        }
        out
    }

    fn blocks(&mut self) -> Encoded<Bytes> {
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
    fn whens(&mut self) -> Encoded<Bytes> {
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
    fn histories(&self) -> Bytes {
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
    fn positions(&mut self) -> Bytes {
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

    fn modifiers(&self) -> Bytes {
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

    fn returns(&mut self) -> Encoded<Bytes> {
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
    fn declarations(&self) -> Bytes {
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

fn flag(holds: bool, flag: u8) -> u8 {
    if holds { flag } else { 0 }
}

fn named(out: &mut Bytes, tag: u8, first: &str, second: &str) {
    out.u8(tag);
    out.text(first);
    out.text(second);
}

fn is_modified(it: &Watcher) -> bool {
    let times = [it.splay_ms, it.timeout_ms, it.announce_ms].iter().any(Option::is_some);
    times || it.quiet || it.backoff.is_some() || it.under.is_some() || it.condition.is_some() || it.user.is_some()
}

fn watcher_flags(it: &Watcher) -> u8 {
    flag(it.once, WATCHER_ONCE)
        | flag(is_modified(it), WATCHER_MODIFIED)
        | flag(!it.returns.is_empty(), WATCHER_RETURNS)
        | flag(it.under.is_some(), WATCHER_UNDER)
        | flag(it.condition.is_some(), WATCHER_CONDITION)
        | flag(it.splay_ms.is_some(), WATCHER_SPLAY)
        | flag(it.backoff.is_some(), WATCHER_BACKOFF)
}

fn kind_into(kind: &Kind, out: &mut Bytes) {
    let bits = |is_set: fn(&crate::definition::Outcome) -> bool| {
        kind.outcomes.iter().rev().fold(0_u32, |bits, it| bits << 1 | u32::from(is_set(it)))
    };
    let has_fields = kind.outcomes.iter().any(|it| it.returns || !it.fields.is_empty());
    let has_program = !kind.program.is_empty();
    out.u8(flag(kind.notified, KIND_NOTIFIED)
        | flag(kind.interruptible, KIND_INTERRUPTIBLE)
        | flag(has_fields, KIND_FIELDS)
        | flag(has_program, KIND_PROGRAM));
    out.u8(kind.outcomes.len() as u8);
    out.u32(bits(|it| it.fault));
    out.u32(kind.signature);
    out.text(&kind.name);
    if has_fields {
        out.u32(bits(|it| it.returns));
        kind.outcomes.iter().for_each(|it| out.fields(&it.fields));
    }
    if has_program {
        for texts in [&kind.program, &kind.params] {
            out.length(texts.len());
            texts.iter().for_each(|it| out.text(it));
        }
    }
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
