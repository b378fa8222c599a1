//! What can happen to a machine in each of its leaves.
//!
//! Every outcome of an active watcher, every timer, what operators and other machines send, facts that change. A timer
//! never fires before one of the same state, or of a state around it, that is due earlier.

use super::cells::Cells;
use super::relevant::{Held, actions, numbers};
use super::run::Fields;
use super::space::{Bits, Space};
use crate::model::bounds::Bounds;
use crate::model::{
    ActionKind, Expr, ExprKind, Field, Handler, HandlerId, Origin, Response, SKIPPED, SignalId, SignalSource, StateId,
    Trigger, WatcherId,
};

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A watcher reports.
    Outcome(WatcherId, usize),
    /// A watcher is asked at its pace, and has nothing to report.
    Ask(WatcherId),
    /// An `after` fires.
    After(HandlerId),
    /// An operator or another machine sends something.
    Signal(SignalId),
    /// A fact changes: the variable, and the piece that it is in then.
    Fact(usize, u64),
    /// Something changes that is not followed, and conditions are looked at.
    Look,
    /// Time passes, up to what is due next. It is no step of what is told.
    Pass,
    /// Time passes beyond what is due: the node is off, and then on again.
    Late,
}

/// Something that can happen in a leaf.
pub(super) struct Event<'m> {
    pub(super) cause: Cause,
    /// Those that are asked, in order.
    pub(super) handlers: Vec<(HandlerId, &'m Handler)>,
    /// Set when it has happened; it does not happen again while it is.
    pub(super) own: Option<Bits>,
    /// What has to have happened before.
    pub(super) behind: Vec<Bits>,
    /// What it can carry, each value in one of these.
    pub(super) cases: Vec<Fields<'m>>,
    /// The bits that decide where it leads.
    pub(super) reads: Vec<Bits>,
}

/// Values of a field's type up to which each is a case.
const FEW: u64 = 16;
/// Cases of what one event can carry.
const CASES: usize = 256;

impl<'m> Space<'m> {
    /// Everything that can happen in a leaf and that matters there: watchers first, then timers, then what others send.
    pub(super) fn events(&self, leaf: StateId) -> Vec<Event<'m>> {
        let mut events = self.outcomes(leaf);
        events.extend(self.timers_of(leaf));
        for (id, signal) in self.machine.signals.iter().enumerate() {
            let is_sent = match signal.source {
                SignalSource::Declared(it) => self.machine.events[it].operator,
                SignalSource::Emitted { .. } | SignalSource::Enters { .. } => true,
                SignalSource::When(..) | SignalSource::Fault => false,
            };
            let handlers = self.answers(leaf, Origin::Signal(SignalId(id)));
            if is_sent && !handlers.is_empty() {
                events.push(self.event(leaf, Cause::Signal(SignalId(id)), &handlers, &signal.fields));
            }
        }
        events.extend(self.facts(leaf));
        if self.whens.iter().any(|it| self.contains(it.owner, leaf)) {
            events.push(self.event(leaf, Cause::Look, &[], &[]));
        }
        if let Some(clocks) = &self.clocks {
            let passing = clocks.passing().iter().map(|it| self.event(leaf, *it, &[], &[]));
            events.extend(passing.map(|it| Event { reads: clocks.bits(leaf), ..it }));
        }
        events
    }

    fn outcomes(&self, leaf: StateId) -> Vec<Event<'m>> {
        let machine = self.machine;
        let active = (0..machine.watchers.len()).map(WatcherId);
        let active = active.filter(|it| self.contains(machine.watcher(*it).owner, leaf));
        let mut events = Vec::new();
        for watcher in active {
            let own = self.runs.iter().find(|it| it.0 == watcher).map(|it| it.1);
            for outcome in 0..machine.outcomes(watcher).count() {
                let origin = Origin::Outcome(watcher, outcome);
                let handlers = self.answers(leaf, origin);
                if !handlers.is_empty() || own.is_some() {
                    let event = self.event(leaf, Cause::Outcome(watcher, outcome), &handlers, &machine.payload(origin));
                    events.push(Event { own, ..event });
                }
            }
        }
        events
    }

    fn timers_of(&self, leaf: StateId) -> Vec<Event<'m>> {
        let all: Vec<_> = self.machine.outwards(leaf).flat_map(|it| &self.machine.state(it).handlers).collect();
        let due = |id: HandlerId| match self.machine.handler(id).trigger {
            Trigger::After { ms, .. } => Some((ms, self.machine.handler(id).owner, id)),
            _ => None,
        };
        let armed: Vec<_> = all.into_iter().filter_map(|it| due(*it)).collect();
        let bit = |id: HandlerId| self.timers.iter().find(|it| it.0 == id).map(|it| it.1);
        let mut events = Vec::new();
        for (ms, owner, id) in &armed {
            let is_earlier = |it: &&(u64, StateId, HandlerId)| {
                let is_around = self.contains(it.1, *owner);
                is_around && (it.0 < *ms || it.0 == *ms && (it.1 != *owner || it.2 < *id)) && it.2 != *id
            };
            // One that always ends the visit leaves nothing to those behind it.
            let behind: Option<Vec<_>> = armed.iter().filter(is_earlier).map(|it| bit(it.2)).collect();
            if let Some(behind) = behind {
                let event = self.event(leaf, Cause::After(*id), &[(*id, self.machine.handler(*id))], &[]);
                events.push(Event { own: bit(*id), behind, ..event });
            }
        }
        events
    }

    fn facts(&self, leaf: StateId) -> Vec<Event<'m>> {
        let facts = self.variables.iter().enumerate().filter(|it| matches!(it.1.held, Held::Fact(_)));
        let all = facts.flat_map(|(at, it)| (0..it.cells.count()).map(move |piece| Cause::Fact(at, piece)));
        all.map(|cause| self.event(leaf, cause, &[], &[])).collect()
    }

    fn event(&self, leaf: StateId, cause: Cause, handlers: &[(HandlerId, &'m Handler)], fields: &[Field]) -> Event<'m> {
        let exprs: Vec<&'m Expr> = handlers.iter().flat_map(|it| exprs(it.1)).collect();
        let cases = self.cases(&exprs, handlers, fields);
        let reads = self.reads(leaf, cause, handlers, exprs);
        Event { cause, handlers: handlers.to_vec(), own: None, behind: Vec::new(), cases, reads }
    }

    /// The bits that decide where an event leads: all that its handlers read, and the states on their way; if more can
    /// follow from it, all that the machine ever reads.
    fn reads(
        &self,
        leaf: StateId,
        cause: Cause,
        handlers: &[(HandlerId, &'m Handler)],
        mut exprs: Vec<&'m Expr>,
    ) -> Vec<Bits> {
        let machine = self.machine;
        let mut goes_back = handlers.iter().any(|it| matches!(it.1.response, Response::Goto { last: true, .. }));
        if self.is_lively {
            exprs.extend(actions(machine).flat_map(|it| it.exprs()));
            exprs.extend(super::relevant::conditions(machine));
            goes_back = true;
        } else {
            let targets = handlers.iter().filter_map(|it| match it.1.response {
                Response::Goto { target, .. } => Some(target),
                Response::Stay(_) => None,
            });
            let entered: Vec<_> = targets.collect();
            let on_way = |it: &StateId| entered.iter().any(|to| self.contains(*it, *to) || self.contains(*to, *it));
            let states = (0..machine.states.len()).map(StateId);
            let enter = states.filter(on_way).flat_map(|it| &machine.state(it).enter);
            let exit = machine.outwards(leaf).flat_map(|it| &machine.state(it).exit);
            exprs.extend(enter.chain(exit).flat_map(|it| it.exprs()));
        }
        let mut held: Vec<Held> = Vec::new();
        exprs.iter().for_each(|it| it.walk(&mut |it| held.extend(Held::of(it))));
        let changed = if let Cause::Fact(at, _) = cause { Some(at) } else { None };
        let read = self.variables.iter().enumerate();
        let read = read.filter(|(at, it)| held.contains(&it.held) || changed == Some(*at)).map(|it| it.1.bits);
        let histories = self.histories.iter().filter(|_| goes_back).map(|it| it.1);
        read.chain(histories).collect()
    }

    /// What an event can carry, as far as some handler reads it.
    fn cases(&self, exprs: &[&'m Expr], handlers: &[(HandlerId, &'m Handler)], fields: &[Field]) -> Vec<Fields<'m>> {
        let mut split: Vec<(&'m str, Cells)> = Vec::new();
        for (name, ty) in fields {
            let reading: Vec<_> = exprs.iter().filter(|it| reads_field(it, name).is_some()).collect();
            let Some(found) = reading.iter().find_map(|it| reads_field(it, name)) else { continue };
            let mut begins: Vec<_> = reading.iter().flat_map(|it| numbers(it)).collect();
            for it in &self.variables {
                if reading.iter().any(|expr| expr.any(|part| Held::of(part) == Some(it.held)))
                    || is_assigned(handlers, it.held, name)
                {
                    begins.extend(it.cells.begins().into_iter().flat_map(|it| [it, it.saturating_add(1)]));
                }
            }
            for (held, value) in &self.fixed {
                if let Bounds::Number { min, .. } = value
                    && reading.iter().any(|expr| expr.any(|part| Held::of(part) == Some(*held)))
                {
                    begins.extend([*min, min.saturating_add(1)]);
                }
            }
            if let Bounds::Number { min, max } = Bounds::of(ty) {
                begins.extend([min.saturating_add(1), max]);
            }
            let numbers = || Cells::between(ty, begins);
            let texts =
                || Cells::of_texts(ty, self.texts.names()).filter(|_| self.tells_texts(&reading, handlers, name));
            let cells = Cells::of_values(ty, FEW).or_else(numbers).or_else(texts);
            split.extend(cells.map(|it| (found, it)));
        }
        while split.iter().map(|it| it.1.count() as usize).product::<usize>() > CASES {
            split.sort_by_key(|it| it.1.count());
            split.pop();
        }
        let mut cases = vec![Vec::new()];
        for (name, cells) in &split {
            let with = |case: &Fields<'m>, at: u64| [case.as_slice(), &[(*name, cells.bounds(at))]].concat();
            cases = cases.iter().flat_map(|case| (0..cells.count()).map(move |at| with(case, at))).collect();
        }
        cases
    }

    /// Whether it matters which text a field is: it is compared with one, or kept.
    fn tells_texts(&self, reading: &[&&'m Expr], handlers: &[(HandlerId, &'m Handler)], name: &str) -> bool {
        let compares = |it: &Expr| matches!(it.kind, ExprKind::Compare(..)) && reads_field(it, name).is_some();
        reading.iter().any(|it| it.any(compares))
            || self.variables.iter().any(|it| is_assigned(handlers, it.held, name))
    }
}

/// All calculations of a handler.
pub(super) fn exprs(handler: &Handler) -> impl Iterator<Item = &Expr> {
    handler.guard.as_deref().into_iter().chain(handler.actions.iter().flat_map(|it| it.exprs()))
}

/// The name as the expression has it, if it reads this field.
pub(super) fn reads_field<'m>(expr: &'m Expr, name: &str) -> Option<&'m str> {
    let mut found = None;
    expr.walk(&mut |it| {
        if let ExprKind::Field(_, field) = &it.kind
            && field == name
        {
            found = Some(field.as_str());
        }
    });
    found
}

/// Whether something becomes what is made of this field.
fn is_assigned(handlers: &[(HandlerId, &Handler)], held: Held, name: &str) -> bool {
    handlers.iter().flat_map(|it| &it.1.actions).any(|it| match &it.kind {
        ActionKind::Assign { data, value } => Held::Data(*data) == held && reads_field(value, name).is_some(),
        _ => false,
    })
}

impl Cause {
    /// Whether who promises that something can be reached may count on it.
    pub(super) fn can_be_counted_on(self, space: &Space<'_>) -> bool {
        match self {
            Self::Outcome(watcher, outcome) => {
                let name = space.machine.outcomes(watcher).nth(outcome).map(|it| it.name);
                name != Some(SKIPPED)
            }
            Self::After(_) | Self::Signal(_) | Self::Pass => true,
            Self::Fact(..) | Self::Look | Self::Ask(_) | Self::Late => false,
        }
    }
}
