//! One machine, prepared for the questions: intervals instead of subtrees, handlers by event, what can be reached.
//!
//! States are numbered depth first, so a state and all that is inside it are one interval of numbers. Whatever a
//! handler of an outer state means for the many states inside is said in terms of intervals and never state by state:
//! that keeps every question linear.

use crate::check::setting::InstanceOf;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Handler, HandlerId, Machine, Response, StateId, Trigger, WatcherId};
use crate::source::FileId;
use machine_grammar::Span;
use std::ops::Range;

/// A machine and what all questions need to know of it.
pub(super) struct Subject<'m> {
    /// The source that it stands in.
    pub(super) file: FileId,
    /// The machine.
    pub(super) machine: &'m Machine,
    ends: Vec<usize>,
    leaves_before: Vec<usize>,
    reached: Vec<bool>,
    answers: Vec<Answer>,
    answers_end: Vec<usize>,
}

/// One handler of one outcome of one watcher.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    /// Which outcome.
    pub(super) outcome: usize,
    /// The state that the handler stands in.
    pub(super) owner: StateId,
    /// The handler.
    pub(super) handler: HandlerId,
    /// Where it names the event.
    pub(super) span: Span,
}

impl<'m> Subject<'m> {
    pub(super) fn new(file: FileId, machine: &'m Machine) -> Self {
        let (answers, answers_end) = answers(machine);
        Self {
            file,
            machine,
            ends: ends(machine),
            leaves_before: leaves_before(machine),
            reached: flood(machine, vec![false; machine.states.len()], StateId(0)),
            answers,
            answers_end,
        }
    }

    /// A message about this machine.
    pub(super) fn diagnostic(&self, code: Code, span: Span, headline: impl Into<String>) -> Diagnostic {
        let told = Diagnostic::new(code, self.file, span, headline);
        InstanceOf::noted(self.machine.instance.as_ref(), told)
    }

    /// The numbers of a state and all states inside it.
    pub(super) fn interval(&self, state: StateId) -> Range<usize> {
        state.0..self.ends[state.0]
    }

    /// Whether `inner` is `outer` or inside it.
    pub(super) fn contains(&self, outer: StateId, inner: StateId) -> bool {
        self.interval(outer).contains(&inner.0)
    }

    /// How many leaves are inside; 1 for a leaf.
    pub(super) fn leaves_in(&self, state: StateId) -> usize {
        let Range { start, end } = self.interval(state);
        self.leaves_before[end] - self.leaves_before[start]
    }

    /// Whether the state has no states inside.
    pub(super) fn is_leaf(&self, state: StateId) -> bool {
        self.machine.state(state).children.is_empty()
    }

    /// Whether some transition, or the start, leads to the state.
    pub(super) fn is_reached(&self, state: StateId) -> bool {
        self.reached[state.0]
    }

    /// All leaves in an interval that can be reached, in order.
    pub(super) fn reached_leaves(&self, interval: Range<usize>) -> impl Iterator<Item = StateId> + '_ {
        interval.map(StateId).filter(|it| self.is_reached(*it) && self.is_leaf(*it))
    }

    /// What else could be reached if `from` were.
    pub(super) fn reached_from(&self, from: StateId, reached: Vec<bool>) -> Vec<bool> {
        flood(self.machine, reached, from)
    }

    /// What could be reached at the start.
    pub(super) fn reached(&self) -> &[bool] {
        &self.reached
    }

    /// The handlers of a watcher's outcomes, sorted by outcome, then state, then order of the source.
    pub(super) fn answers_to(&self, watcher: WatcherId) -> &[Answer] {
        let start = watcher.0.checked_sub(1).map_or(0, |it| self.answers_end[it]);
        &self.answers[start..self.answers_end[watcher.0]]
    }

    /// The handlers of every event that some handler names, event by event, sorted by state.
    pub(super) fn events(&self) -> impl Iterator<Item = (WatcherId, &[Answer])> {
        let watchers = (0..self.machine.watchers.len()).map(WatcherId);
        watchers.flat_map(|id| {
            let events = self.answers_to(id).chunk_by(|a, b| a.outcome == b.outcome);
            events.map(move |it| (id, it))
        })
    }

    /// The outermost states inside `answers[at].owner` that answer the same event themselves, in order.
    pub(super) fn overriding<'s>(&'s self, answers: &'s [Answer], at: usize) -> Outermost<'s> {
        let owner = answers[at].owner;
        let inside = answers[at + 1..].iter().position(|it| it.owner != owner);
        let rest = inside.map_or(&[][..], |it| &answers[at + 1 + it..]);
        Outermost { subject: self, rest, end: self.ends[owner.0] }
    }

    /// Whether an earlier handler of the same state answers the same event.
    pub(super) fn is_repeated(answers: &[Answer], at: usize) -> bool {
        at > 0 && answers[at - 1].owner == answers[at].owner
    }

    /// `W.outcome`, as it is written.
    pub(super) fn event_name(&self, watcher: WatcherId, outcome: usize) -> String {
        let name = crate::check::wording::name(&self.machine.watcher(watcher).name);
        format!("{name}.{}", self.machine.kind_of(watcher).outcomes[outcome].name)
    }

    /// What a message calls a state: its path, or the machine's name.
    pub(super) fn state_name(&self, id: StateId) -> &'m str {
        let state = self.machine.state(id);
        if state.path.is_empty() { &state.name } else { &state.path }
    }
}

/// See [`Subject::overriding`].
pub(super) struct Outermost<'s> {
    subject: &'s Subject<'s>,
    rest: &'s [Answer],
    end: usize,
}

impl Iterator for Outermost<'_> {
    type Item = StateId;

    fn next(&mut self) -> Option<StateId> {
        let found = self.rest.first().map(|it| it.owner).filter(|it| it.0 < self.end)?;
        let behind = self.subject.ends[found.0];
        let skipped = self.rest.iter().position(|it| it.owner.0 >= behind);
        self.rest = skipped.map_or(&[], |it| &self.rest[it..]);
        Some(found)
    }
}

/// The handler can do nothing: it leads to where the machine is whenever it is looked at. `idle` tells it.
pub(super) fn is_idle(subject: &Subject<'_>, handler: &Handler) -> bool {
    match handler.response {
        Response::Goto { target, again: false, .. } => subject.contains(target, handler.owner),
        _ => false,
    }
}

fn ends(machine: &Machine) -> Vec<usize> {
    let mut ends: Vec<usize> = (1..=machine.states.len()).collect();
    for id in (1..ends.len()).rev() {
        if let Some(outer) = machine.states[id].parent {
            ends[outer.0] = ends[outer.0].max(ends[id]);
        }
    }
    ends
}

fn leaves_before(machine: &Machine) -> Vec<usize> {
    let mut count = 0;
    let mut before = vec![0];
    for state in &machine.states {
        count += usize::from(state.children.is_empty());
        before.push(count);
    }
    before
}

/// Sorted by watcher by counting, then each watcher's by outcome: handlers come in the order of their states already.
fn answers(machine: &Machine) -> (Vec<Answer>, Vec<usize>) {
    let mut ends = vec![0; machine.watchers.len()];
    for (watcher, _) in all_answers(machine) {
        ends[watcher.0] += 1;
    }
    let mut total = 0;
    for end in &mut ends {
        total += std::mem::replace(end, total);
    }
    let nothing = Answer { outcome: 0, owner: StateId(0), handler: HandlerId(0), span: Span::default() };
    let mut answers = vec![nothing; total];
    for (watcher, answer) in all_answers(machine) {
        answers[ends[watcher.0]] = answer;
        ends[watcher.0] += 1;
    }
    let mut start = 0;
    for end in &ends {
        answers[start..*end].sort_by_key(|it| it.outcome);
        start = *end;
    }
    (answers, ends)
}

fn all_answers(machine: &Machine) -> impl Iterator<Item = (WatcherId, Answer)> + '_ {
    machine.handlers.iter().enumerate().flat_map(|(id, handler)| {
        let events = match &handler.trigger {
            Trigger::On(events) => events.as_slice(),
            Trigger::After { .. } => &[],
        };
        events.iter().map(move |it| {
            let handler_id = HandlerId(id);
            (it.watcher, Answer { outcome: it.outcome, owner: handler.owner, handler: handler_id, span: it.span })
        })
    })
}

/// Marks what can be reached once `from` is: the states around it, its initial states, and the targets of all
/// handlers in those. A handler counts even where an inner one hides it: `shadowed` tells that, and once is enough.
fn flood(machine: &Machine, mut reached: Vec<bool>, from: StateId) -> Vec<bool> {
    let mut entered = vec![from];
    while let Some(target) = entered.pop() {
        let inwards = std::iter::successors(machine.state(target).initial, |it| machine.state(*it).initial);
        for id in machine.outwards(target).chain(inwards) {
            if std::mem::replace(&mut reached[id.0], true) {
                continue;
            }
            for handler in &machine.state(id).handlers {
                if let Response::Goto { target, .. } = machine.handler(*handler).response {
                    entered.push(target);
                }
            }
        }
    }
    reached
}
