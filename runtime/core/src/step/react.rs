//! Transitions with code on their way, and what happens when that fails.

use super::act::Blocks;
use super::{Change, Step, Way};
use crate::data::Data;
use crate::definition::FAULT_AT_MAX;
use crate::effect::{Effect, Effects, Verdict};
use crate::fit;
use crate::memory::NO_LEAF;
use crate::run::Failure;
use crate::table::{Cut, SignalSource, Table};
use crate::{EventId, SignalId, StateId, WatcherId};
use core::fmt::Write;

impl<E: Effects, W: Cut> Step<'_, '_, E, W> {
    /// Carries out a transition whose way has code, or leads back to where the machine was last.
    #[inline(never)]
    pub(super) fn travel(&mut self, way: Way<'_, W>, event: EventId, payload: &[Data<'_>]) -> Verdict {
        self.try_to_travel(way, event, payload).unwrap_or_else(|failure| self.failed(failure))
    }

    /// Actions that failed, or have to be calculated.
    #[inline(never)]
    pub(super) fn act_in_full(
        &mut self,
        change: Change,
        way: Way<'_, W>,
        event: EventId,
        payload: &[Data<'_>],
    ) -> Verdict {
        match way.plan.actions().and_then(|actions| change.failure(actions)) {
            Some(failure) => self.failed(failure),
            None => self.travel(way, event, payload),
        }
    }

    fn try_to_travel(&mut self, way: Way<'_, W>, event: EventId, payload: &[Data<'_>]) -> Result<Verdict, Failure> {
        let (from, plan) = (self.instance.leaf, way.plan);
        if plan.is_stay() {
            // Nothing is left or entered: the paths end where they would begin.
            let alone = Blocks { from: Some(from), to: from, depth: usize::MAX, actions: plan.actions() };
            self.attempt(&alone, payload)?;
            self.perform(&alone, payload);
            self.ask_polled();
            return Ok(Verdict::Stayed);
        }
        let to = if plan.is_history() { self.last_leaf(way) } else { way.target };
        let blocks = Blocks { from: Some(from), to, depth: plan.depth(), actions: plan.actions() };
        self.attempt(&blocks, payload)?;
        self.effects.push(Effect::Moved { from, to, event, label: plan.label() });
        self.leave_below(from, plan.depth());
        self.instance.leaf = to;
        self.perform(&blocks, payload);
        let first_ask = self.begin_visit();
        self.enter_below(to, plan.depth(), first_ask);
        self.ask_polled();
        Ok(Verdict::Moved)
    }

    /// The leaf that was active last in the state that is gone back to.
    fn last_leaf(&self, way: Way<'_, W>) -> StateId {
        let history = self.table.history(self.rows.number_of(way.plan));
        let remembered = self.instance.memory.as_ref().zip(history);
        let leaf = remembered.and_then(|(memory, at)| memory.histories.get(usize::from(at)).copied());
        leaf.filter(|it| *it != NO_LEAF).map_or(way.target, StateId)
    }

    /// Notes the leaf that was active when a state was left, if the machine ever goes back to it.
    #[inline(never)]
    pub(super) fn remember(&mut self, state: StateId, leaf: StateId) {
        let histories = self.table.histories();
        if let Some(memory) = &mut self.instance.memory {
            memory.histories.iter_mut().zip(histories).filter(|it| it.1 == state).for_each(|it| *it.0 = leaf.0);
        }
    }

    /// Undone already; tells it, and lets the machine handle it if it can.
    #[inline(never)]
    pub(super) fn failed(&mut self, failure: Failure) -> Verdict {
        let mut place = Place::default();
        let position = failure.at.map(|at| self.table.position(at)).unwrap_or_default();
        let file = self.table.sources().nth(position.source.into()).unwrap_or("");
        // What does not fit is cut off.
        let _ = write!(place, "{file}:{}:{}", position.line, position.column);
        let payload = [Data::Enum(failure.reason as u16), Data::Text(place.text())];
        let event = self.fault_event();
        let first = event.and_then(|it| self.rows.transition(self.instance.leaf, it)).and_then(|it| self.way(it));
        let way = event.zip(first).and_then(|(event, it)| self.choose(it, event, &payload).ok().flatten());
        let told = |handled| Effect::Faulted {
            reason: failure.reason as u8,
            source: position.source,
            line: position.line,
            column: position.column,
            handled,
        };
        self.effects.push(told(way.is_some()));
        let Some((event, way)) = event.zip(way) else {
            return Verdict::Faulted;
        };
        self.try_to_travel(way, event, &payload).unwrap_or_else(|second| {
            let position = second.at.map(|at| self.table.position(at)).unwrap_or_default();
            let (reason, handled) = (second.reason as u8, false);
            let (source, line, column) = (position.source, position.line, position.column);
            self.effects.push(Effect::Faulted { reason, source, line, column, handled });
            Verdict::Faulted
        })
    }

    fn fault_event(&self) -> Option<EventId> {
        let signal = self.table.signals().find(|it| it.source == SignalSource::Fault)?;
        Some(self.table.signal_event(signal.id))
    }

    /// The event of a signal from outside.
    #[inline(never)]
    pub(super) fn signalled<'p>(
        &mut self,
        signal: SignalId,
        payload: &'p [Data<'p>],
    ) -> Result<(EventId, &'p [Data<'p>]), Verdict> {
        let known = self.table.signals().nth(signal.index()).ok_or(Verdict::Misfit)?;
        let is_from_outside = match known.source {
            SignalSource::Declared { operator } => operator,
            SignalSource::Emitted { .. } | SignalSource::Enters { .. } => true,
            SignalSource::When | SignalSource::Fault => false,
        };
        let has_fields = payload.len() == known.fields.len();
        let fit = has_fields && known.fields.zip(payload).all(|((_, ty), value)| fit::fits(self.table, *value, ty));
        match (is_from_outside && fit, self.instance.visit) {
            (false, _) => Err(Verdict::Misfit),
            (true, 0) => Err(Verdict::Unanswered),
            (true, _) => Ok((self.table.signal_event(signal), payload)),
        }
    }

    /// The node knows a fact, or knows it anew.
    #[inline(never)]
    pub(super) fn learn(&mut self, fact: u16, value: Data<'_>) -> Verdict {
        let extra = &self.table.extra;
        let slot = extra.data + usize::from(fact);
        let known = self.table.slot_type(slot).filter(|(ty, _)| fit::fits(self.table, value, *ty));
        let (Some(ty), Some(memory), true) = (known, &mut self.instance.memory, usize::from(fact) < extra.facts) else {
            return Verdict::Misfit;
        };
        memory.store(&mut self.instance.words).put(slot as u16, ty, value);
        Verdict::Quiet
    }
}

/// Whether an outcome carries what it has to.
#[inline(never)]
pub(super) fn fits(table: &Table<'_>, watcher: WatcherId, outcome: u8, payload: &[Data<'_>]) -> bool {
    let mut values = payload.iter();
    let mut fields = table.payload(watcher, outcome);
    let fit = fields.all(|(_, ty)| values.next().is_some_and(|value| fit::fits(table, *value, ty)));
    fit && values.next().is_none()
}

/// Where a fault comes from, as `file:line:column`.
struct Place {
    bytes: [u8; FAULT_AT_MAX as usize],
    length: usize,
}

impl Default for Place {
    fn default() -> Self {
        Self { bytes: [0; FAULT_AT_MAX as usize], length: 0 }
    }
}

impl Place {
    fn text(&self) -> &str {
        crate::data::text(self.bytes.get(..self.length).unwrap_or(&[]))
    }
}

impl Write for Place {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let room = self.bytes.len() - self.length;
        let end = (0..=room.min(text.len())).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
        self.bytes[self.length..self.length + end].copy_from_slice(&text.as_bytes()[..end]);
        self.length += end;
        Ok(())
    }
}
