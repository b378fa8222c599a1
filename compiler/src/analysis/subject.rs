//! One machine, prepared for the questions: intervals instead of subtrees, handlers by event, what can be reached.
//!
//! States are numbered depth first, so a state and all that is inside it are one interval of numbers. Whatever a
//! handler of an outer state means for the many states inside is said in terms of intervals and never state by state:
//! that keeps every question linear.

use crate::check::setting::InstanceOf;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Handler, HandlerId, Machine, Origin, Response, SignalId, SignalSource, StateId, Trigger, WatcherId,
};
use crate::source::FileId;
use machine_grammar::Span;
use smallvec::SmallVec;
use std::ops::Range;

/// A machine and what all questions need to know of it.
pub(super) struct Subject<'m> {
    /// The source that it stands in.
    pub(super) file: FileId,
    /// The machine.
    pub(super) machine: &'m Machine,
    ends: Row<usize>,
    leaves_before: Row<usize>,
    reached: Row<bool>,
    answers: Row<Answer>,
    answers_end: Row<usize>,
    /// Every event that some handler names, and where its answers end.
    events: Row<(Origin, usize)>,
}

/// Something of each state, handler or event: a machine hardly ever has more of them, and most of a large program is made of
/// small machines.
pub(super) type Row<T> = SmallVec<[T; 12]>;

/// One handler of one event.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    /// Which outcome of its watcher; 0 for all other events.
    pub(super) outcome: usize,
    /// The state that the handler stands in.
    pub(super) owner: StateId,
    /// The handler.
    pub(super) handler: HandlerId,
    /// Where it names the event.
    pub(super) span: Span,
    /// It is taken whatever holds.
    pub(super) certain: bool,
    /// One of the handlers of this event in its state is certain to be taken.
    pub(super) covers: bool,
}

impl<'m> Subject<'m> {
    pub(super) fn new(file: FileId, machine: &'m Machine) -> Self {
        let (mut answers, answers_end) = answers(machine);
        super::guards::cover(machine, &mut answers, &answers_end);
        Self {
            file,
            machine,
            ends: ends(machine),
            leaves_before: leaves_before(machine),
            reached: flood(machine, SmallVec::from_elem(false, machine.states.len()), StateId(0)),
            events: events(machine, &answers, &answers_end),
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
    pub(super) fn reached_from(&self, from: StateId, reached: Row<bool>) -> Row<bool> {
        flood(self.machine, reached, from)
    }

    /// What could be reached at the start.
    pub(super) fn reached(&self) -> &[bool] {
        &self.reached
    }

    /// The handlers of a watcher's outcomes, sorted by outcome, then state, then order of the source.
    pub(super) fn answers_to(&self, watcher: WatcherId) -> &[Answer] {
        self.answers_of(watcher.0)
    }

    fn answers_of(&self, source: usize) -> &[Answer] {
        let start = source.checked_sub(1).map_or(0, |it| self.answers_end[it]);
        &self.answers[start..self.answers_end[source]]
    }

    /// The handlers of every event that some handler names, event by event, sorted by state.
    pub(super) fn events(&self) -> impl Iterator<Item = (Origin, &[Answer])> {
        let mut start = 0;
        self.events.iter().map(move |(origin, end)| (*origin, &self.answers[std::mem::replace(&mut start, *end)..*end]))
    }

    /// The outermost states inside `answers[at].owner` that are certain to answer the same event themselves, in order.
    pub(super) fn overriding<'s>(&'s self, answers: &'s [Answer], at: usize) -> Outermost<'s> {
        let owner = answers[at].owner;
        let inside = answers[at + 1..].iter().position(|it| it.owner != owner);
        let rest = inside.map_or(&[][..], |it| &answers[at + 1 + it..]);
        Outermost { subject: self, rest, end: self.ends[owner.0] }
    }

    /// Whether an earlier handler of the same state is certain to answer the same event.
    pub(super) fn is_repeated(answers: &[Answer], at: usize) -> bool {
        Self::earlier_certain(answers, at).is_some()
    }

    /// The handler before this one in the same state that is certain to be taken.
    pub(super) fn earlier_certain(answers: &[Answer], at: usize) -> Option<&Answer> {
        let before = answers[..at].iter().rev().take_while(|it| it.owner == answers[at].owner);
        before.filter(|it| it.certain).last()
    }

    /// The event, as it is written.
    pub(super) fn event_name(&self, event: Origin) -> String {
        event_name(self.machine, event)
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
        let found = self.rest.iter().find(|it| it.covers).map(|it| it.owner).filter(|it| it.0 < self.end)?;
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

fn ends(machine: &Machine) -> Row<usize> {
    let mut ends: Row<usize> = (1..=machine.states.len()).collect();
    for id in (1..ends.len()).rev() {
        if let Some(outer) = machine.states[id].parent {
            ends[outer.0] = ends[outer.0].max(ends[id]);
        }
    }
    ends
}

fn leaves_before(machine: &Machine) -> Row<usize> {
    let mut count = 0;
    let mut before = Row::with_capacity(machine.states.len() + 1);
    before.push(0);
    for state in &machine.states {
        count += usize::from(state.children.is_empty());
        before.push(count);
    }
    before
}

/// The events of all answers, each with where its own end.
fn events(machine: &Machine, answers: &[Answer], ends: &[usize]) -> Row<(Origin, usize)> {
    let mut events = Row::with_capacity(answers.len());
    let mut start = 0;
    for (source, end) in ends.iter().enumerate() {
        for of_event in answers[start..*end].chunk_by(|a, b| a.outcome == b.outcome) {
            start += of_event.len();
            events.push((origin(machine, source, of_event), start));
        }
    }
    events
}

/// The event of these answers: watchers come first, then signals.
fn origin(machine: &Machine, source: usize, answers: &[Answer]) -> Origin {
    match source.checked_sub(machine.watchers.len()) {
        None => Origin::Outcome(WatcherId(source), answers.first().map_or(0, |it| it.outcome)),
        Some(signal) => Origin::Signal(SignalId(signal)),
    }
}

/// Sorted by watcher or signal by counting, then each watcher's by outcome: handlers come in the order of their states
/// already.
fn answers(machine: &Machine) -> (Row<Answer>, Row<usize>) {
    let mut ends: Row<usize> = SmallVec::from_elem(0, machine.watchers.len() + machine.signals.len());
    all_answers(machine).for_each(|(source, _)| ends[source] += 1);
    let mut total = 0;
    for end in &mut ends {
        total += std::mem::replace(end, total);
    }
    let (owner, handler, span) = (StateId(0), HandlerId(0), Span::default());
    let nothing = Answer { outcome: 0, owner, handler, span, certain: true, covers: true };
    let mut answers: Row<Answer> = SmallVec::from_elem(nothing, total);
    all_answers(machine).for_each(|(source, answer)| {
        answers[ends[source]] = answer;
        ends[source] += 1;
    });
    let mut start = 0;
    for end in &ends {
        answers[start..*end].sort_by_key(|it| it.outcome);
        start = *end;
    }
    (answers, ends)
}

fn all_answers(machine: &Machine) -> impl Iterator<Item = (usize, Answer)> + '_ {
    machine.handlers.iter().enumerate().flat_map(move |(id, handler)| {
        let certain = handler.guard.is_none();
        let answer = move |outcome, span| Answer {
            outcome,
            owner: handler.owner,
            handler: HandlerId(id),
            span,
            certain,
            covers: certain,
        };
        let (events, when) = match &handler.trigger {
            Trigger::On(events) => (events.as_slice(), None),
            Trigger::After { .. } => (&[][..], None),
            Trigger::When(signal) => (&[][..], Some(*signal)),
        };
        let watchers = machine.watchers.len();
        let named = events.iter().map(move |it| match it.origin {
            Origin::Outcome(watcher, outcome) => (watcher.0, answer(outcome, it.span)),
            Origin::Signal(signal) => (watchers + signal.0, answer(0, it.span)),
        });
        named.chain(when.map(|it| (watchers + it.0, answer(0, handler.span))))
    })
}

/// An event, as it is written.
pub(crate) fn event_name(machine: &Machine, event: Origin) -> String {
    use crate::check::wording::name;
    match event {
        Origin::Outcome(watcher, outcome) => {
            let it = machine.outcomes(watcher).nth(outcome).map_or("", |it| it.name);
            format!("{}.{it}", name(&machine.watcher(watcher).name))
        }
        Origin::Signal(SignalId(id)) => match &machine.signals[id].source {
            SignalSource::Declared(it) => name(&machine.events[*it].name),
            SignalSource::Emitted { machine, event } => format!("{}.{}", name(machine), name(event)),
            SignalSource::Enters { machine, state } => format!("{} enters {state}", name(machine)),
            SignalSource::When(_, condition) => format!("when {}", machine.written(condition)),
            SignalSource::Fault => "fault".to_owned(),
        },
    }
}

/// Marks what can be reached once `from` is: the states around it, its initial states, and the targets of all
/// handlers in those. A handler counts even where an inner one hides it: `shadowed` tells that, and once is enough.
fn flood(machine: &Machine, mut reached: Row<bool>, from: StateId) -> Row<bool> {
    let mut entered: Row<StateId> = Row::with_capacity(machine.states.len());
    entered.push(from);
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
