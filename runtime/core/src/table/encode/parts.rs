//! The sections of all machines, one by one; those of some stand in [`extras`](super::extras).

use super::bytes::Bytes;
use super::{Comb, EncodeError, Encoder, Paths, Sections};
use crate::definition::{Cell, Kind, Watcher};
use crate::table::layout::*;
use alloc::{vec, vec::Vec};

pub(super) type Encoded<T = ()> = Result<T, EncodeError>;

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

    pub(super) fn bytes(&self) -> Bytes {
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
}

pub(super) fn flag(holds: bool, flag: u8) -> u8 {
    if holds { flag } else { 0 }
}

pub(super) fn is_modified(it: &Watcher) -> bool {
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
