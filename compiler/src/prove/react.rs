//! What one event does to a machine: the reaction of the manual's page on one step, with pieces of values.
//!
//! Where a condition is over what is not followed, both ways are gone, and the run notes that it depends on that.

use super::act::{Failing, failing};
use super::run::{Depends, Fields, Move, Run, Seen};
use super::space::Space;
use crate::model::bounds::{Bounds, Known};
use crate::model::eval::Value;
use crate::model::{Handler, HandlerId, Origin, Response, StateId};

/// Handlers with their numbers.
pub(super) type Handlers<'m> = [(HandlerId, &'m Handler)];

impl<'m> Space<'m> {
    /// All that an event can lead to in a run, without what follows.
    pub(super) fn react(&self, run: Run<'m>, origin: Origin, fields: &Fields<'m>) -> Vec<Run<'m>> {
        let handlers = self.answers(run.leaf, origin);
        Reaction { space: self, fields, in_fault: false }.choose(run, &handlers)
    }

    /// The same for the handlers that are asked one after the other.
    pub(super) fn choose(&self, run: Run<'m>, handlers: &Handlers<'m>, fields: &Fields<'m>) -> Vec<Run<'m>> {
        Reaction { space: self, fields, in_fault: false }.choose(run, handlers)
    }

    /// The machine begins: all states down to its initial leaf are entered.
    pub(super) fn enter_all(&self, mut run: Run<'m>, leaf: StateId) -> Vec<Run<'m>> {
        let (before, mut known, mut out) = (run.clone(), run.known(self, &Vec::new()), Vec::new());
        let states: Vec<_> = self.machine.outwards(leaf).collect();
        for action in states.iter().rev().flat_map(|it| &self.machine.state(*it).enter) {
            for failing in self.act(&mut run, &mut known, action) {
                out.extend(self.fail(before.clone(), &failing));
                if failing.certain {
                    return out;
                }
                run = run.depending(Depends::Failure(failing.span));
            }
        }
        run.learn(self, &known);
        self.poll(&mut run);
        out.push(run);
        out
    }

    /// A calculation has failed; what it was part of is undone already.
    pub(super) fn fail(&self, run: Run<'m>, failing: &Failing) -> Vec<Run<'m>> {
        let Some(signal) = self.fault else { return vec![run] };
        let handlers = self.answers(run.leaf, Origin::Signal(signal));
        let fields = vec![("reason", Bounds::exactly(&Value::Enum(failing.reason)))];
        Reaction { space: self, fields: &fields, in_fault: true }.choose(run, &handlers)
    }

    /// The leaf that a handler leads to, and what stays active on the way; nothing if the machine stays.
    fn way(&self, run: &Run<'m>, id: HandlerId) -> Option<Move> {
        let Response::Goto { target, again, last, .. } = self.machine.handler(id).response else { return None };
        if !again && self.contains(target, run.leaf) {
            return None;
        }
        let remembered = || {
            let at = self.histories.iter().position(|it| it.0 == target)?;
            usize::try_from(run.histories[at]).ok()?.checked_sub(1).and_then(|it| self.leaves.get(it)).copied()
        };
        let to = last.then(remembered).flatten().unwrap_or_else(|| self.machine.initial_leaf(target));
        Some(Move { from: run.leaf, to, kept: self.kept(run.leaf, target), handler: id })
    }
}

/// One event that is handled.
struct Reaction<'r, 'm> {
    space: &'r Space<'m>,
    fields: &'r Fields<'m>,
    /// The event is `fault`: if that fails, too, the machine stays as it is.
    in_fault: bool,
}

impl<'m> Reaction<'_, 'm> {
    /// The first handler whose condition holds is taken.
    fn choose(&self, mut run: Run<'m>, handlers: &Handlers<'m>) -> Vec<Run<'m>> {
        let (mut out, mut known) = (Vec::new(), run.known(self.space, self.fields));
        for (id, handler) in handlers {
            let Some(guard) = handler.guard.as_deref() else {
                out.extend(self.carry_out(run, known, *id));
                return out;
            };
            let mut failures = Vec::new();
            let truth = known.look(guard, &mut failures);
            if let Some(failing) = failing(&known, guard, &failures) {
                out.extend(self.failed(&run, &failing));
                if failing.certain {
                    return out;
                }
                run = run.depending(Depends::Failure(failing.span));
            }
            match truth {
                Bounds::Bool { no: true, yes: false } => {}
                Bounds::Bool { no: false, yes: true } => {
                    out.extend(self.carry_out(run, known, *id));
                    return out;
                }
                _ => {
                    run = run.depending(Depends::Condition(guard.span));
                    if let Some(known) = known.clone().given(guard, true) {
                        out.extend(self.carry_out(run.clone(), known, *id));
                    }
                    let Some(otherwise) = known.given(guard, false) else { return out };
                    known = otherwise;
                }
            }
        }
        out.push(run);
        out
    }

    fn carry_out(&self, mut run: Run<'m>, mut known: Known<'m>, id: HandlerId) -> Vec<Run<'m>> {
        let (before, space, mut out) = (run.clone(), self.space, Vec::new());
        let way = space.way(&run, id);
        for actions in blocks(space, way.as_ref(), id) {
            for action in actions {
                let failing = space.act(&mut run, &mut known, action);
                for it in &failing {
                    out.extend(self.failed(&before, it));
                    if it.certain {
                        return out;
                    }
                    run = run.depending(Depends::Failure(it.span));
                }
            }
        }
        run.learn(space, &known);
        if let Some(way) = way {
            space.go(&mut run, way);
        }
        space.poll(&mut run);
        out.push(run);
        out
    }

    fn failed(&self, before: &Run<'m>, failing: &Failing) -> Vec<Run<'m>> {
        let before = before.clone();
        let before = if failing.certain { before } else { before.depending(Depends::Failure(failing.span)) };
        if self.in_fault { vec![before] } else { self.space.fail(before, failing) }
    }
}

/// The actions on a way, in order: of the states that are left, of the handler, of the states that are entered.
fn blocks<'m>(space: &Space<'m>, way: Option<&Move>, id: HandlerId) -> Vec<&'m [crate::model::Action]> {
    let machine = space.machine;
    let mut blocks = vec![machine.handler(id).actions.as_slice()];
    if let Some(way) = way {
        let left = space.below(way.kept, way.from).into_iter().rev();
        blocks.splice(0..0, left.map(|it| &*machine.state(it).exit));
        let entered = space.below(way.kept, way.to).into_iter();
        blocks.extend(entered.map(|it| &*machine.state(it).enter));
    }
    blocks
}

impl Space<'_> {
    /// The states from below `kept` down to a leaf, outermost first.
    pub(super) fn below(&self, kept: StateId, leaf: StateId) -> Vec<StateId> {
        let mut states: Vec<_> = self.machine.outwards(leaf).take_while(|it| *it != kept).collect();
        states.reverse();
        states
    }

    /// Leaves and enters states.
    fn go(&self, run: &mut Run<'_>, way: Move) {
        let left = self.below(way.kept, way.from);
        for (at, (state, _)) in self.histories.iter().enumerate() {
            if left.contains(state) {
                run.histories[at] = self.number_of(way.from) as u64 + 1;
                run.remembered |= 1 << at;
            }
        }
        let entered = self.below(way.kept, way.to);
        self.forget(run, &left);
        self.forget(run, &entered);
        if let Some(clocks) = &self.clocks {
            run.bits.extend(clocks.over(&left).chain(clocks.begun(&entered)));
        }
        run.leaf = way.to;
        run.moves.push(way);
    }

    /// The timers, runs and conditions of these states begin anew, or are over.
    fn forget(&self, run: &mut Run<'_>, states: &[StateId]) {
        let timers = self.timers.iter().filter(|it| states.contains(&self.machine.handler(it.0).owner));
        let runs = self.runs.iter().filter(|it| states.contains(&self.machine.watcher(it.0).owner));
        let bits = timers.map(|it| it.1).chain(runs.map(|it| it.1));
        run.bits.extend(bits.map(|it| (it, 0)));
        for (at, _) in self.whens.iter().enumerate().filter(|it| states.contains(&it.1.owner)) {
            (run.whens[at], run.looked[at]) = (Seen::No, false);
        }
    }

    /// What was polled and is active is asked; runs are done once more.
    fn poll(&self, run: &mut Run<'_>) {
        for watcher in std::mem::take(&mut run.polled) {
            if self.contains(self.machine.watcher(watcher).owner, run.leaf) {
                let bits = self.runs.iter().find(|it| it.0 == watcher);
                run.bits.extend(bits.map(|it| (it.1, 0)));
                run.asked.push(watcher);
            }
        }
    }
}
