//! Machines with one mistake each, to find out whether tests would notice it.

use super::run::{self, Options};
use super::subject::Subject;
use super::words;
use machine_compiler::model::test::Test;
use machine_compiler::model::{Expr, ExprKind, HandlerId, Machine, Origin, Response, StateId, Trigger, Type};
use machine_compiler::source::{FileId, SourceMap};
use machine_compiler::table::{self, Numbers};
use machine_grammar::Span;
use machine_sim::script::Limits;

/// A machine with a mistake.
struct Mutant {
    machine: Machine,
    change: Change,
}

/// What was changed, and where.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) span: Span,
    pub(super) what: String,
}

/// How many mistakes of a machine its tests notice.
#[derive(Debug, Default)]
pub(super) struct Score {
    pub(super) machine: String,
    pub(super) all: usize,
    /// Those that no test notices, with the source that they stand in.
    pub(super) survivors: Vec<(FileId, Change)>,
}

impl Score {
    pub(super) fn killed(&self) -> usize {
        self.all - self.survivors.len()
    }

    /// In hundredths, rounded down.
    pub(super) fn percent(&self) -> usize {
        (self.killed() * 100).checked_div(self.all).unwrap_or(100)
    }
}

/// Runs the tests of a machine on all its mutants. `steps` is how many the most that a test takes on the machine itself.
pub(super) fn score(
    tests: &[&Test],
    machine: &Machine,
    file: FileId,
    sources: &SourceMap,
    (options, steps): (Options, u64),
) -> Score {
    // One that goes round for ever is noticed.
    let limits = Limits { steps: steps.saturating_mul(10).saturating_add(10_000), coverage: false };
    let options = Options { limits, most_runs: 100, ..options };
    let mutants = mutants(machine);
    let survived = run::all(&mutants, &|mutant| {
        // What the compiler would not make a table of is no mistake that can happen.
        let bytes = table::flatten(&mutant.machine, sources, file).encode().ok()?;
        let subject = Subject::new(&mutant.machine, file, &bytes)?;
        Some(tests.iter().all(|it| run::passes(it, &subject, options)))
    });
    let possible = survived.iter().filter(|it| it.is_some()).count();
    let survivors = mutants.into_iter().zip(survived).filter(|it| it.1 == Some(true));
    let survivors = survivors.map(|(it, _)| (file, it.change)).collect();
    Score { machine: machine.name.clone(), all: possible, survivors }
}

/// All mutants of a machine, by handler.
fn mutants(machine: &Machine) -> Vec<Mutant> {
    let mut found = Vec::new();
    for id in (0..machine.handlers.len()).map(HandlerId) {
        let of_handler = [dropped(machine, id), retargeted(machine, id), halved(machine, id), negated(machine, id)];
        found.extend(of_handler.into_iter().flatten());
        found.extend(swapped(machine, id));
    }
    found
}

fn mutant(machine: &Machine, span: Span, what: impl Into<String>, change: impl FnOnce(&mut Machine)) -> Mutant {
    let mut machine = machine.clone();
    change(&mut machine);
    Mutant { machine, change: Change { span, what: what.into() } }
}

/// Without the handler. One that stays and does nothing makes a difference only where an outer one would not.
fn dropped(machine: &Machine, id: HandlerId) -> Option<Mutant> {
    let handler = machine.handler(id);
    let owner = handler.owner;
    let without =
        mutant(machine, handler.span, "this handler left out", |it| it.states[owner.0].handlers.retain(|it| *it != id));
    let is_idle = matches!(handler.response, Response::Stay(_)) && handler.actions.is_empty();
    (!is_idle || uncovers(machine, &without.machine, id)).then_some(without)
}

/// Whether other handlers answer what this one answered.
fn uncovers(machine: &Machine, without: &Machine, id: HandlerId) -> bool {
    let [before, after] = [machine, without].map(|it| Numbers::of(it).found);
    before.iter().filter(|it| it.handlers.contains(&id)).any(|found| {
        let others = found.handlers.iter().filter(|it| **it != id);
        let now = after.iter().find(|it| (it.leaf, it.event) == (found.leaf, found.event));
        !now.map_or(&[][..], |it| &it.handlers).iter().eq(others)
    })
}

/// To the next state beside its target.
fn retargeted(machine: &Machine, id: HandlerId) -> Option<Mutant> {
    let Response::Goto { target, span, .. } = machine.handler(id).response else { return None };
    let children = &machine.state(machine.state(target).parent?).children;
    let at = children.iter().position(|it| *it == target)?;
    let other = *children.iter().cycle().nth(at + 1).filter(|it| **it != target)?;
    let what = format!("`-> {}` here", machine.state(other).path);
    Some(mutant(machine, span, what, |it| {
        if let Response::Goto { target, last, .. } = &mut it.handlers[id.0].response {
            (*target, *last) = (other, *last && !machine.state(other).children.is_empty());
        }
    }))
}

/// After half the time.
fn halved(machine: &Machine, id: HandlerId) -> Option<Mutant> {
    let Trigger::After { ms, span } = machine.handler(id).trigger else { return None };
    let half = (ms / 2).max(10);
    (half < ms).then(|| {
        mutant(machine, span, format!("`after {}` here", words::duration(half)), |it| {
            it.handlers[id.0].trigger = Trigger::After { ms: half, span };
        })
    })
}

/// Taken when it should not be, and not when it should.
fn negated(machine: &Machine, id: HandlerId) -> Option<Mutant> {
    let guard = machine.handler(id).guard.as_ref()?;
    let span = guard.span;
    Some(mutant(machine, span, "this guard negated", |it| {
        let not = |guard: Box<Expr>| Box::new(Expr { kind: ExprKind::Not(guard), ty: Type::Bool, span });
        let guard = it.handlers[id.0].guard.take();
        it.handlers[id.0].guard = guard.map(not);
    }))
}

/// Does what the next handler of the same watcher does, and that one does what this one does.
fn swapped(machine: &Machine, id: HandlerId) -> Option<Mutant> {
    let handler = machine.handler(id);
    let watcher = watcher_of(machine, id)?;
    let siblings = &machine.state(handler.owner).handlers;
    let behind = siblings.iter().skip_while(|it| **it != id).skip(1);
    let other = *behind.into_iter().find(|it| watcher_of(machine, **it) == Some(watcher))?;
    let goal = |id: HandlerId| match machine.handler(id).response {
        Response::Goto { target, again, last, .. } => Some((target, again, last)),
        Response::Stay(_) => None,
    };
    let lead = |it: Option<(StateId, bool, bool)>| {
        it.map_or("stay".to_owned(), |it| format!("-> {}", machine.state(it.0).path))
    };
    let differ = goal(id) != goal(other);
    let what = format!("`{}` here and `{}` at the next handler", lead(goal(other)), lead(goal(id)));
    differ.then(|| {
        mutant(machine, handler.span, what, |it| {
            let response = it.handlers[id.0].response;
            it.handlers[id.0].response = std::mem::replace(&mut it.handlers[other.0].response, response);
        })
    })
}

/// The watcher of whose outcome a handler speaks first.
fn watcher_of(machine: &Machine, id: HandlerId) -> Option<machine_compiler::model::WatcherId> {
    let Trigger::On(events) = &machine.handler(id).trigger else { return None };
    events.iter().find_map(|it| match it.origin {
        Origin::Outcome(watcher, _) => Some(watcher),
        Origin::Signal(_) => None,
    })
}
