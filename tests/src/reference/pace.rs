//! The pace of watchers: a grid, and how faults in a row stretch it ([page 5](../../spec/05-watchers.md)).

use super::kinds::constant;
use super::machine::Machine;
use super::told::{Effect, Id};
use super::value::Value;
use machine_compiler::ast::ModifierKind;

impl Machine<'_> {
    /// Asks as the pace, or the beginning of the visit, wants it; that was due at `when`.
    pub(super) fn ask_by_pace(&mut self, id: &Id, when: u64) {
        self.ask(id);
        self.set_next(id, when);
    }

    pub(super) fn ask(&mut self, id: &Id) {
        let Some(it) = self.life.watching.get_mut(id) else { return };
        let is_first = !it.was_asked;
        (it.was_asked, it.is_under_way) = (true, true);
        self.life.effects.push(Effect::Ask(id.clone(), is_first));
    }

    /// The next time that its pace has for it.
    fn set_next(&mut self, id: &Id, when: u64) {
        let (pace, now) = (self.pace(id), self.time);
        if let Some(it) = self.life.watching.get_mut(id) {
            it.next = pace.map(|pace| when + pace * ((now - when) / pace + 1)).map(|it| (it, it));
        }
    }

    /// Its pace after so many faults in a row.
    pub(super) fn pace(&self, id: &Id) -> Option<u64> {
        // A kind that is told of changes keeps its pace itself.
        if self.notified.contains(id) {
            return None;
        }
        let every = self.modifier(id, |it| if let ModifierKind::Every(it) = it { Some(it) } else { None })?;
        let every = self.milliseconds(every);
        let backoff = self.modifier(id, |it| match it {
            ModifierKind::Backoff { factor, up_to } => Some((factor, up_to.as_ref()?)),
            _ => None,
        });
        let Some((factor, up_to)) = backoff else { return Some(every) };
        let factor = match constant(factor, &self.parameters) {
            Some(Value::Int(it)) => it as f64,
            Some(Value::Float(it)) => it,
            _ => 1.0,
        };
        let faults = self.life.watching.get(id).map_or(0, |it| it.faults);
        let most = self.milliseconds(up_to).max(every);
        // A part of a millisecond is cut off with each fault.
        let grown = |pace: u64, _| most.min((pace as f64 * factor) as u64);
        Some((0..faults.min(100)).fold(every, grown))
    }

    /// Time has come to here: turns of watchers that are under way are passed over.
    pub fn pass(&mut self, time: u64) {
        let under_way = self.life.watching.iter().filter(|it| it.1.is_under_way && it.1.next.is_some());
        for id in under_way.map(|it| it.0.clone()).collect::<Vec<_>>() {
            let Some(pace) = self.pace(&id) else { continue };
            if let Some(it) = self.life.watching.get_mut(&id)
                && let Some((from, to)) = it.next.filter(|it| it.0 <= time)
            {
                let next = from + pace * ((time - from) / pace + 1);
                it.next = Some(if from == to { (next, next) } else { (time, time + pace) });
            }
        }
    }

    /// What is due next moves as if the new pace had been there since the last turn.
    pub(super) fn shift(&mut self, id: &Id, before: Option<u64>) {
        let after = self.pace(id);
        if let (Some(it), Some(before), Some(after)) = (self.life.watching.get_mut(id), before, after)
            && let Some((from, to)) = it.next
        {
            let moved = |it: u64| (it + after).saturating_sub(before);
            it.next = Some((moved(from), moved(to)));
        }
    }

    /// When its splay ended is not known, so neither is when its next turn is.
    pub(super) fn forget_grid(&mut self, id: &Id) {
        let now = self.time;
        if let Some(it) = self.life.watching.get_mut(id) {
            it.next = it.next.map(|(_, to)| (now, to));
        }
    }
}
