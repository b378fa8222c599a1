//! What machines want done: watchers are asked, and what was interrupted is told.

use super::agenda::Coming;
use super::answers::Silent;
use super::recorder::Act;
use super::slots::Claim;
use super::{Answering, Trouble, World};
use crate::trace::Given;
use crate::value::{Payload, Value, least};
use machine_core::table::Type;
use machine_core::{Table, WatcherId};

impl World {
    /// Does what a step wants done.
    pub(super) fn act(&mut self, machine: u16, table: &Table<'_>) {
        if self.acts.is_empty() {
            return;
        }
        let mut acts = std::mem::take(&mut self.acts);
        for act in acts.drain(..) {
            match act {
                Act::Ask { watcher, visit, first } => self.ask(machine, table, (watcher, visit), first),
                Act::Interrupted { watcher, visit } if self.answering != Answering::Nobody => {
                    if let Some((outcome, payload)) = interrupted(table, watcher) {
                        self.step(machine, table, Given::Outcome { watcher, visit, outcome, payload });
                    }
                }
                Act::Interrupted { .. } => {}
            }
        }
        // Its memory serves the next step.
        if self.acts.is_empty() {
            self.acts = acts;
        }
    }

    /// A watcher is asked, unless its visit is over by now; as soon as it has a slot, if it needs one.
    fn ask(&mut self, machine: u16, table: &Table<'_>, (watcher, visit): (WatcherId, u32), first: bool) {
        let Some(actor) = self.actors.get_mut(usize::from(machine)) else { return };
        if actor.machine.instance().visit_of(watcher) != Some(visit) {
            return;
        }
        actor.asked.iter_mut().skip(watcher.index()).take(1).for_each(|it| it.visit = visit);
        let claim = Claim { machine, watcher, visit, first };
        if !self.waits(table, claim) {
            self.question(table, claim);
        }
    }

    /// A watcher begins to do what it was asked.
    pub(super) fn question(&mut self, table: &Table<'_>, claim: Claim) {
        let Claim { machine, watcher, visit, first } = claim;
        let now = self.clock.now();
        let Some(actor) = self.actors.get_mut(usize::from(machine)) else { return };
        actor.asked.iter_mut().skip(watcher.index()).take(1).for_each(|it| it.times += 1);
        actor.asks.push(now);
        let Some(answers) = actor.answers_of(watcher).filter(|_| self.answering != Answering::Nobody) else {
            return;
        };
        match answers.ask(table, watcher, now, first) {
            Ok(reply) => {
                let series = answers.number;
                self.agenda.put(reply, Coming { machine, watcher, visit, series });
            }
            Err(_) if self.answering == Answering::Calendar => {}
            Err(Silent::Unscripted) => _ = self.trouble.get_or_insert(Trouble::Unscripted(machine, watcher)),
            Err(Silent::UsedUp) => _ = self.trouble.get_or_insert(Trouble::UsedUp(machine, watcher)),
        }
    }
}

/// What a `run` reports that was under way when the power went: the first fault that says a `reason`, or the first.
fn interrupted(table: &Table<'_>, watcher: WatcherId) -> Option<(u8, Payload)> {
    let kind = table.kind(table.watcher(watcher).kind);
    let mut faults = (0..kind.outcomes).filter(|it| table.is_fault(watcher, *it));
    let has_reason = |it: &u8| table.payload(watcher, *it).any(|(name, _)| name == "reason");
    let outcome = faults.clone().find(has_reason).or_else(|| faults.next())?;
    let value = |(name, ty): (&str, Type<'_>)| match (name, ty) {
        ("reason", Type::Enum(of)) => {
            let word = table.words(of).position(|it| it == "interrupted");
            Value::Enum(word.map_or(0, |it| it as u16))
        }
        ("code", Type::Int { min, max }) => Value::Int((-1).clamp(min, max)),
        (_, ty) => least(ty),
    };
    Some((outcome, table.payload(watcher, outcome).map(value).collect()))
}
