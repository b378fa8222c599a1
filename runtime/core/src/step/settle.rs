//! What follows from an input by itself: raised events, and conditions of `when` that have become true.

use super::{Step, act};
use crate::data::Data;
use crate::effect::{Effects, Verdict};
use crate::limits::{FIELDS_MAX, REACTIONS_MAX};
use crate::run::{Failure, Reason, Record};
use crate::table::{Code, Cut, When};
use crate::{SignalId, StateId};

/// What comes next.
enum Next {
    Raised((usize, Record)),
    Became(SignalId),
    Failed(Failure),
}

impl<E: Effects, W: Cut> Step<'_, '_, E, W> {
    /// Handles what follows until nothing does. The verdict stays that of the input's own event, if there was one.
    #[inline(never)]
    pub(super) fn settle(&mut self, verdict: Verdict) -> Verdict {
        if self.instance.visit == 0 || matches!(verdict, Verdict::Late | Verdict::Misfit) {
            return verdict;
        }
        let mut told = verdict;
        for _ in 1..REACTIONS_MAX {
            let Some(next) = self.next() else {
                return told;
            };
            let became = self.follow(next);
            if told == Verdict::Quiet || (verdict == Verdict::Quiet && became == Verdict::Moved) {
                told = became;
            }
        }
        let waits = self.instance.memory.as_ref().is_some_and(|it| it.queue.length > 0);
        if waits || self.next_when().is_some() {
            self.failed(Failure { reason: Reason::Queue, at: None });
            self.instance.memory.iter_mut().for_each(|it| it.queue.clear());
        }
        told
    }

    fn next(&mut self) -> Option<Next> {
        self.next_raised().or_else(|| self.next_when())
    }

    fn next_raised(&mut self) -> Option<Next> {
        self.instance.memory.as_mut()?.queue.take().map(Next::Raised)
    }

    /// The first condition of an active state that is true and was not when it was looked at last.
    fn next_when(&mut self) -> Option<Next> {
        let table = self.table;
        let instance = &mut *self.instance;
        let (words, memory) = (&instance.words, instance.memory.as_mut()?);
        let (leaf, mut next) = (instance.leaf, None);
        let is_active = |it: StateId| it == table.machine() || table.path(leaf).iter().any(|state| state == it);
        for (index, When { signal, guard, .. }) in table.whens().enumerate().filter(|(_, it)| is_active(it.owner)) {
            let result = act::calculate(table, words, memory, Code(guard), &[]);
            // One that cannot be calculated is told once, not at every step.
            let is_true = !matches!(result, Ok(false));
            let was_true = core::mem::replace(&mut memory.whens[index], is_true);
            let comes = match result {
                Ok(true) if !was_true => Next::Became(signal),
                Err(failure) if !was_true => Next::Failed(failure),
                _ => continue,
            };
            // Later ones wait for their turn; those that are false now are noted all the same.
            if next.is_some() { memory.whens[index] = false } else { next = Some(comes) }
        }
        next
    }

    fn follow(&mut self, next: Next) -> Verdict {
        match next {
            Next::Became(signal) => self.react(self.table.signal_event(signal), &[]),
            Next::Failed(failure) => self.failed(failure),
            Next::Raised((at, mut record)) => {
                let signal = SignalId(record.signal);
                let mut values = [Data::Bool(false); FIELDS_MAX];
                let types = self.table.signal_fields(signal).into_iter().flatten().map(|it| it.1);
                let count = record.values(types, &mut values);
                let verdict = self.react(self.table.signal_event(signal), values.get(..count).unwrap_or(&[]));
                self.instance.memory.iter_mut().for_each(|it| it.queue.give_back((at, core::mem::take(&mut record))));
                verdict
            }
        }
    }

    /// A state is entered: its conditions count as false until they are looked at.
    #[inline(never)]
    pub(super) fn forget_whens(&mut self, state: StateId) {
        if let Some(memory) = &mut self.instance.memory {
            let whens = self.table.whens();
            memory.whens.iter_mut().zip(whens).filter(|it| it.1.owner == state).for_each(|it| *it.0 = false);
        }
    }
}
