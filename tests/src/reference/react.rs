//! One reaction: done as a whole ([pages 3](../../spec/03-transitions.md) [and 10](../../spec/10-actions.md)).

use super::calculate::Values;
use super::machine::Machine;
use super::select::{Failed, Taken};
use super::told::{Effect, Event, Verdict};
use super::tree::{MACHINE, Target};
use super::value::{Reason, Type, Value};
use machine_compiler::ast::{Action, ActionKind, Arg, BinaryOp, Trigger};

/// Raised events that may wait.
const QUEUE: usize = 16;

/// What the actions of a block may use.
struct Act<'e> {
    /// The state that they stand in.
    place: &'e str,
    binding: Option<&'e str>,
    payload: &'e Values,
}

impl<'a> Machine<'a> {
    /// Handles an event. When it fails, the caller undoes what was done.
    pub(super) fn react(&mut self, event: &Event, payload: &Values) -> Result<Verdict, Failed> {
        let Some(taken) = self.select(event, payload)? else { return Ok(Verdict::Unanswered) };
        let here = self.life.leaf.clone();
        let target = taken.handler.response.as_ref().and_then(|it| self.tree.target(&taken.place, it));
        let Some((around, leaf)) = self.way(&here, target.unwrap_or(Target::Stay)) else {
            self.all(&taken.handler.actions, &Act { place: &taken.place, binding: taken.binding, payload })?;
            return Ok(Verdict::Stayed);
        };
        let start = self.life.effects.len();
        self.go(&taken, payload, &around, &leaf)?;
        // The transition is told first, then what was stopped, what the actions told, and what was asked.
        let told = self.life.effects.split_off(start);
        let label = taken.handler.label.map(|it| it.text.to_owned());
        self.life.effects.push(Effect::Moved(here.clone(), leaf.clone(), event.clone(), label));
        self.leave_all(&here, &around);
        self.life.effects.extend(told);
        self.enter_all(&self.between(&leaf, &around), &leaf);
        Ok(Verdict::Moved)
    }

    /// The state that is neither left nor entered, and the leaf; `None` if nothing is left.
    fn way(&self, here: &str, target: Target) -> Option<(String, String)> {
        let (path, again) = match &target {
            Target::Stay => return None,
            Target::State { path, again } | Target::Last { path, again } => (path, *again),
        };
        let is_there = self.tree.is_inside(here, path);
        if is_there && !again {
            return None;
        }
        let leaf = match &target {
            // What is left now is what was active last.
            Target::Last { .. } if is_there => here.to_owned(),
            Target::Last { .. } => self.life.history.get(path).cloned().unwrap_or_else(|| self.tree.leaf(path)),
            _ => self.tree.leaf(path),
        };
        let from = if is_there { path.clone() } else { here.to_owned() };
        let outside = self.tree.outwards(&from).into_iter().skip(usize::from(is_there));
        let around = outside.into_iter().find(|it| self.tree.is_inside(path, it));
        Some((around.unwrap_or_else(|| MACHINE.to_owned()), leaf))
    }

    /// Leaves, acts, enters, as far as data goes.
    fn go(&mut self, taken: &Taken<'a>, payload: &Values, around: &str, leaf: &str) -> Result<(), Failed> {
        for state in self.between(&self.life.leaf, around) {
            self.block(&state, false)?;
        }
        self.all(&taken.handler.actions, &Act { place: &taken.place, binding: taken.binding, payload })?;
        for state in self.between(leaf, around).into_iter().rev() {
            self.block(&state, true)?;
        }
        Ok(())
    }

    /// From a leaf outwards, without `around` and what is around that.
    pub(super) fn between(&self, leaf: &str, around: &str) -> Vec<String> {
        self.tree.outwards(leaf).into_iter().take_while(|it| it != around).collect()
    }

    /// The `enter` or `exit` of a state.
    pub(super) fn block(&mut self, state: &str, on_enter: bool) -> Result<(), Failed> {
        let block = self.tree.place(state).body.blocks.iter().find(|it| it.on_enter == on_enter);
        let payload = Values::new();
        block.map_or(Ok(()), |it| self.all(&it.actions, &Act { place: state, binding: None, payload: &payload }))
    }

    fn all(&mut self, actions: &[Action<'_>], of: &Act<'_>) -> Result<(), Failed> {
        for action in actions {
            self.act(action, of).map_err(|reason| (reason, action.span.start as usize))?;
        }
        Ok(())
    }

    fn act(&mut self, action: &Action<'_>, of: &Act<'_>) -> Result<(), Reason> {
        match &action.kind {
            ActionKind::Assign { name, op, value } => {
                let mut new = self.scope(of.binding, of.payload).value(value)?;
                if let Some(op) = op {
                    new = self.changed(name.text, *op, new)?;
                }
                let new = self.data_types.get(name.text).map_or(Ok(new.clone()), |ty| new.fit(ty))?;
                self.life.data.insert(name.text.to_owned(), new);
            }
            ActionKind::Emit { name, fields } => {
                let declared = self.event_types.get(name.text).cloned();
                let values = self.fields(fields, declared.as_deref(), of)?;
                self.life.effects.push(Effect::Emit(name.text.to_owned(), values));
            }
            ActionKind::Raise { name, fields } => {
                let declared = self.event_types.get(name.text).cloned();
                let values = self.fields(fields, declared.as_deref(), of)?;
                if self.life.queue.len() >= QUEUE {
                    return Err(Reason::Queue);
                }
                self.life.queue.push_back((Event::Declared(name.text.to_owned()), values));
            }
            ActionKind::Log(value) => {
                let line = super::text::shown(&self.scope(of.binding, of.payload).value(value)?);
                self.life.effects.push(Effect::Log(line));
            }
            ActionKind::Poll(name) => {
                let found = self.tree.watcher(of.place, name.text).map(|it| (it.0, name.text.to_owned()));
                self.life.polled.extend(found);
            }
            ActionKind::Faulty => {}
        }
        Ok(())
    }

    /// `x += e` is `x = x + e`.
    fn changed(&self, name: &str, op: BinaryOp, by: Value) -> Result<Value, Reason> {
        let old = self.life.data.get(name).cloned().unwrap_or(Value::Bool(false));
        super::calculate::combine(op, &old, &by)
    }

    fn fields(&self, written: &[Arg<'_>], declared: Option<&[(String, Type)]>, of: &Act<'_>) -> Result<Values, Reason> {
        let mut calculated = Vec::new();
        for field in written {
            let value = self.scope(of.binding, of.payload).value(&field.value)?;
            calculated.push((field.name.map_or("", |it| it.text), value));
        }
        // Only when all are calculated, each has to fit.
        let fit = |(name, value): (&str, Value)| {
            let ty = declared.and_then(|it| it.iter().find(|it| it.0 == name)).map(|it| &it.1);
            Ok((name.to_owned(), ty.map_or(Ok(value.clone()), |ty| value.fit(ty))?))
        };
        calculated.into_iter().map(fit).collect()
    }

    /// Whether a handler waits for time.
    pub(super) fn is_after(trigger: &Trigger<'_>) -> bool {
        matches!(trigger, Trigger::After { .. })
    }

    /// Whether a handler waits for a condition.
    pub(super) fn is_when(trigger: &Trigger<'_>) -> bool {
        matches!(trigger, Trigger::When { .. })
    }
}
