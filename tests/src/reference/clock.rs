//! Timers, and when watchers are asked ([pages 4](../../spec/04-time.md) [and 5](../../spec/05-watchers.md)).

use super::kinds::{Report, constant};
use super::machine::{Machine, Watching};
use super::told::{Effect, Event, Id};
use super::value::{Type, Value};
use machine_compiler::ast::{Expr, Mode, ModifierKind, Trigger, Watcher};

/// Transitions that a machine may take in one go, and in how many milliseconds it earns another one.
const BURST: u64 = 20;
const EARNED_IN: u64 = 1_000;

impl<'a> Machine<'a> {
    /// Ends what belongs to the states that are left, the innermost first.
    pub(super) fn leave_all(&mut self, here: &str, around: &str) {
        for state in self.between(here, around) {
            self.life.history.insert(state.clone(), here.to_owned());
            self.leave(&state);
        }
    }

    fn leave(&mut self, state: &str) {
        for id in self.numbers(state, Self::is_after) {
            if self.life.armed.remove(&id).is_some() {
                self.life.effects.push(Effect::Disarmed(id, false));
            }
        }
        for watcher in &self.tree.place(state).body.watchers {
            let id = (state.to_owned(), watcher.name.text.to_owned());
            if self.life.watching.remove(&id).is_some_and(|it| it.is_under_way) {
                self.life.effects.push(Effect::Stop(id));
            }
        }
        self.life.held.retain(|id, _| id.0 != state);
    }

    /// Begins a visit of these states, which stand here from the inside out; the outermost is the first.
    pub(super) fn enter_all(&mut self, states: &[String], leaf: &str) {
        leaf.clone_into(&mut self.life.leaf);
        self.life.visit += 1;
        let slowed = self.pay();
        self.life.effects.extend(slowed.map(Effect::Slowed));
        for state in states.iter().rev() {
            for id in self.numbers(state, Self::is_after) {
                let deadline = self.time + self.delay(&id);
                self.life.armed.insert(id.clone(), deadline);
                self.life.effects.push(Effect::Armed(id, deadline));
            }
            for watcher in &self.tree.place(state).body.watchers {
                self.begin_visit((state.clone(), watcher.name.text.to_owned()), slowed);
            }
        }
    }

    /// Pays for a transition; if it has not been earned yet, until when its watchers wait.
    fn pay(&mut self) -> Option<u64> {
        self.life.paid_until = self.life.paid_until.max(self.time) + EARNED_IN;
        let until = self.life.paid_until.saturating_sub(BURST * EARNED_IN);
        (until > self.time).then_some(until)
    }

    fn delay(&self, id: &Id) -> u64 {
        match self.by_number(id).map(|it| &it.trigger) {
            Some(Trigger::After { delay, .. }) => self.milliseconds(delay),
            _ => 0,
        }
    }

    pub(super) fn milliseconds(&self, expr: &Expr<'_>) -> u64 {
        match constant(expr, &self.parameters) {
            Some(Value::Duration(it)) => it.unsigned_abs(),
            _ => 0,
        }
    }

    pub(super) fn written(&self, id: &Id) -> Option<&'a Watcher<'a>> {
        self.tree.place(&id.0).body.watchers.iter().find(|it| it.name.text == id.1)
    }

    pub(super) fn modifier<T>(&self, id: &Id, meant: impl Fn(&'a ModifierKind<'a>) -> Option<T>) -> Option<T> {
        self.written(id)?.modifiers.iter().find_map(|it| meant(&it.kind))
    }

    pub(super) fn is_run(&self, id: &Id) -> bool {
        self.written(id).is_some_and(|it| it.mode == Mode::Run)
    }

    /// Whether the other machine is where it has to be.
    pub(super) fn may_work(&self, id: &Id) -> bool {
        let condition = self.modifier(id, |it| match it {
            ModifierKind::While { machine, state } => {
                let state: Vec<_> = state.names.iter().map(|it| it.text).collect();
                Some((machine.text.to_owned(), state.join(".")))
            }
            _ => None,
        });
        condition.is_none_or(|it| self.life.conditions.get(&it) == Some(&true))
    }

    fn begin_visit(&mut self, id: Id, slowed: Option<u64>) {
        let visit = self.life.visit;
        let new = Watching { visit, is_under_way: false, was_asked: false, next: None, faults: 0 };
        self.life.watching.insert(id.clone(), new);
        if self.may_work(&id) {
            self.ask_first(&id, slowed);
        }
    }

    /// Now, or when that has been earned, or somewhere in the splay.
    fn ask_first(&mut self, id: &Id, slowed: Option<u64>) {
        let splay = self.modifier(id, |it| if let ModifierKind::Splay(it) = it { Some(it) } else { None });
        let splay = splay.map_or(0, |it| self.milliseconds(it));
        let from = slowed.unwrap_or(self.time);
        if from == self.time && splay == 0 {
            self.ask_by_pace(id, self.time);
        } else if let Some(it) = self.life.watching.get_mut(id) {
            it.next = Some((from, from + splay));
        }
    }

    /// A watcher reports. `false`: its visit is over, or it may not work.
    pub(super) fn answered(&mut self, id: &Id, visit: u64, outcome: &str) -> bool {
        let is_fault = self.reports.get(id).and_then(|it| it.get(outcome)).is_some_and(|it| it.is_fault);
        let may_work = self.may_work(id);
        let before = self.pace(id);
        let Some(it) = self.life.watching.get_mut(id).filter(|it| it.visit == visit && may_work) else { return false };
        it.is_under_way = false;
        // `skipped` changes nothing.
        match outcome {
            _ if is_fault => it.faults += 1,
            "skipped" => {}
            _ => it.faults = 0,
        }
        self.shift(id, before);
        true
    }

    /// Asks an active watcher besides its pace. That counts as a transition; one that has not been earned is put off.
    pub(super) fn ask_now(&mut self, id: &Id) {
        let is_free = self.life.watching.get(id).is_some_and(|it| !it.is_under_way);
        if !is_free || !self.may_work(id) {
            return;
        }
        let slowed = self.pay();
        let Some(it) = self.life.watching.get_mut(id) else { return };
        match slowed {
            Some(until) => it.next = Some(it.next.map_or((until, until), |it| (it.0.min(until), it.1.min(until)))),
            // What was to be its first ask has been made now.
            None if !it.was_asked => self.ask_by_pace(id, self.time),
            None => self.ask(id),
        }
    }

    /// Another machine is somewhere now, or no more.
    pub(super) fn condition(&mut self, machine: &str, state: &str, holds: bool) {
        let ids: Vec<Id> = self.life.watching.keys().cloned().collect();
        let could: Vec<bool> = ids.iter().map(|it| self.may_work(it)).collect();
        self.life.conditions.insert((machine.to_owned(), state.to_owned()), holds);
        for (id, could) in ids.iter().zip(could) {
            match (could, self.may_work(id)) {
                (false, true) => self.works_again(id),
                (true, false) => self.rests(id),
                _ => {}
            }
        }
    }

    fn works_again(&mut self, id: &Id) {
        if let Some(it) = self.life.watching.get_mut(id) {
            // It begins to work anew, so this counts as its first ask.
            (it.was_asked, it.faults) = (false, 0);
        }
        self.ask_first(id, None);
    }

    fn rests(&mut self, id: &Id) {
        let Some(it) = self.life.watching.get_mut(id) else { return };
        it.next = None;
        if std::mem::take(&mut it.is_under_way) {
            self.life.effects.push(Effect::Stop(id.clone()));
        }
    }

    /// Looks at everything again.
    pub(super) fn resume(&mut self) {
        let ids: Vec<Id> = self.life.watching.keys().cloned().collect();
        for id in ids.iter().filter(|it| self.may_work(it)).cloned().collect::<Vec<_>>() {
            let is_under_way = self.life.watching.get(&id).is_some_and(|it| it.is_under_way);
            let is_waiting = self.life.watching.get(&id).is_some_and(|it| !it.was_asked && it.next.is_some());
            if is_waiting {
                continue;
            }
            if !self.is_run(&id) {
                self.ask_by_pace(&id, self.time);
            } else if is_under_way && self.is_interruptible(&id) {
                self.life.effects.push(Effect::Interrupted(id));
            } else if is_under_way {
                self.ask(&id);
            }
        }
    }

    /// A run of a kind that does more than to look: it has a fault that tells that it was `interrupted`.
    fn is_interruptible(&self, id: &Id) -> bool {
        let tells = |it: &Report| {
            let says = |(name, ty): &(String, Type)| {
                name == "reason" && matches!(ty, Type::Words(words) if words.iter().any(|it| it == "interrupted"))
            };
            it.is_fault && it.fields.iter().any(says)
        };
        self.reports.get(id).is_some_and(|it| it.values().any(tells))
    }

    /// What is due first. An `after` fires; a watcher is asked, and nothing more happens. A splay leaves open when that
    /// is; so it is said which is meant, and whether this is the very moment.
    pub(super) fn due(&mut self, meant: Option<&Id>, is_on_time: bool) -> Option<Event> {
        let timer = self.life.armed.iter().filter(|it| *it.1 <= self.time);
        let timer = timer.min_by_key(|(id, deadline)| (**deadline, self.order(id))).map(|(id, at)| (id.clone(), *at));
        let waiting = self.life.watching.iter().filter(|it| !it.1.is_under_way);
        let mut waiting = waiting.filter_map(|(id, it)| Some((id.clone(), it.next.filter(|it| it.0 <= self.time)?)));
        let watcher = match meant {
            Some(meant) => waiting.find(|it| it.0 == *meant),
            None => waiting.min_by_key(|it| it.1),
        };
        let is_later = |it: &(Id, (u64, u64)), at: u64| at <= if meant.is_some() { it.1.0 } else { it.1.1 };
        match (timer, watcher) {
            (Some((id, at)), watcher) if watcher.as_ref().is_none_or(|it| is_later(it, at)) => {
                self.life.armed.remove(&id);
                self.life.effects.push(Effect::Disarmed(id.clone(), true));
                Some(Event::Timer(id))
            }
            (_, Some((id, (from, to)))) if from == to => {
                self.ask_by_pace(&id, from);
                None
            }
            (_, Some((id, _))) => {
                self.ask_by_pace(&id, self.time);
                if !is_on_time {
                    self.forget_grid(&id);
                }
                None
            }
            _ => None,
        }
    }

    /// Timers of outer states first, then the order of the source.
    fn order(&self, id: &Id) -> (usize, usize) {
        (self.tree.outwards(&id.0).len(), id.1.parse().unwrap_or(usize::MAX))
    }

    /// Whether something has to be done now at the latest.
    #[must_use]
    pub fn is_due(&self, time: u64) -> bool {
        let waits = |it: &Watching| !it.is_under_way && it.next.is_some_and(|it| it.1 <= time);
        self.life.armed.values().any(|it| *it <= time) || self.life.watching.values().any(waits)
    }
}
