//! Machines with one mistake each, to find out whether tests would notice it.

use super::progress::Progress;
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
    /// Which sort of mistake: the same at the same place is the same, whatever the parameters of a template.
    sort: &'static str,
    pub(super) what: String,
}

/// Which mistakes of a machine its tests notice.
#[derive(Debug)]
pub(super) struct Score {
    pub(super) machine: String,
    /// The source that the machine stands in.
    pub(super) file: FileId,
    /// Each mistake, and whether no test notices it.
    tried: Vec<(Change, bool)>,
}

impl Score {
    pub(super) fn all(&self) -> usize {
        self.tried.len()
    }

    pub(super) fn noticed(&self) -> usize {
        self.tried.iter().filter(|it| !it.1).count()
    }

    /// In hundredths, rounded down.
    pub(super) fn percent(&self) -> usize {
        (self.noticed() * 100).checked_div(self.all()).unwrap_or(100)
    }

    /// Mistakes that no test notices, by place.
    pub(super) fn survivors(&self) -> impl Iterator<Item = &Change> {
        self.tried.iter().filter(|it| it.1).map(|it| &it.0)
    }

    /// The same machine with other parameters, or tested by another file: what one test notices is noticed.
    pub(super) fn add(&mut self, other: Self) {
        for (change, survives) in other.tried {
            let same = |it: &&mut (Change, bool)| (it.0.span, it.0.sort) == (change.span, change.sort);
            match self.tried.iter_mut().find(same) {
                Some(own) => own.1 &= survives,
                None => self.tried.push((change, survives)),
            }
        }
    }
}

/// Runs the tests of a machine on all its mutants. `steps` is how many the most that a test takes on the machine itself.
pub(super) fn score(
    tests: &[&Test],
    machine: &Machine,
    file: FileId,
    sources: &SourceMap,
    (options, steps): (Options, u64),
    progress: &Progress,
) -> Score {
    // One that goes round for ever is noticed.
    let limits = Limits { steps: steps.saturating_mul(10).saturating_add(10_000), coverage: false };
    let options = Options { limits, most_runs: 100, ..options };
    let mutants = mutants(machine);
    progress.expect(mutants.len());
    let survives = |mutant: &Mutant| {
        // What the compiler would not make a table of is no mistake that can happen.
        let bytes = table::flatten(&mutant.machine, sources, file).encode().ok()?;
        let subject = Subject::new(&mutant.machine, file, &bytes)?;
        Some(tests.iter().all(|it| run::passes(it, &subject, options)))
    };
    let survived = run::all(&mutants, &|mutant| {
        let survives = survives(mutant);
        progress.more(1, &machine.name);
        survives
    });
    let tried = mutants.into_iter().zip(survived).filter_map(|(it, survives)| Some((it.change, survives?)));
    Score { machine: machine.name.clone(), file, tried: tried.collect() }
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

fn mutant(
    machine: &Machine,
    (sort, span): (&'static str, Span),
    what: impl Into<String>,
    change: impl FnOnce(&mut Machine),
) -> Mutant {
    let mut machine = machine.clone();
    change(&mut machine);
    Mutant { machine, change: Change { span, sort, what: what.into() } }
}

/// Without the handler. One that stays and does nothing makes a difference only where an outer one would not.
fn dropped(machine: &Machine, id: HandlerId) -> Option<Mutant> {
    let handler = machine.handler(id);
    let owner = handler.owner;
    let without = mutant(machine, ("dropped", handler.span), "this handler left out", |it| {
        it.states[owner.0].handlers.retain(|it| *it != id)
    });
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
    Some(mutant(machine, ("retargeted", span), what, |it| {
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
        mutant(machine, ("halved", span), format!("`after {}` here", words::duration(half)), |it| {
            it.handlers[id.0].trigger = Trigger::After { ms: half, span };
        })
    })
}

/// Taken when it should not be, and not when it should.
fn negated(machine: &Machine, id: HandlerId) -> Option<Mutant> {
    let guard = machine.handler(id).guard.as_ref()?;
    let span = guard.span;
    Some(mutant(machine, ("negated", span), "this guard negated", |it| {
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
        mutant(machine, ("swapped", handler.span), what, |it| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff;
    use crate::sources::Loaded;
    use machine_core::OwnedTable;
    use std::path::{Path, PathBuf};

    /// Pairs of one machine and its mutant that are looked at.
    const MOST: usize = 200;

    /// The mistakes in a machine that `machinec diff` does not find, and how many there are.
    fn unnoticed(machine: &Machine, sources: &SourceMap, file: FileId) -> (Vec<String>, usize) {
        let table = |it: &Machine| {
            let bytes = table::flatten(it, sources, file).encode().ok()?;
            OwnedTable::verify(bytes.into()).ok()
        };
        let own = table(machine).unwrap();
        let mutants: Vec<_> = mutants(machine).into_iter().filter_map(|it| Some((table(&it.machine)?, it))).collect();
        let missed = mutants.iter().filter(|it| diff::between(&own.table(), &it.0.table(), MOST).is_none());
        let told = missed.map(|(_, it)| {
            let (line, _) = sources.line_column(file, it.change.span);
            format!("{}:{line}: {}", sources.get(file).name, it.change.what)
        });
        (told.collect(), mutants.len())
    }

    fn examples() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
    }

    #[test]
    fn each_mistake_in_the_examples_makes_a_difference_that_is_found() {
        let (mut missed, mut all) = (Vec::new(), 0);
        for name in
            ["container_manager/container_manager", "cron/cron", "hvac/hvac", "nested/rollout", "nightly/nightly"]
        {
            let loaded = Loaded::with_used(&[examples().join(format!("{name}.machine"))]);
            let _ = machine_compiler::examine(&loaded.sources, &mut |file, machine| {
                let (told, count) = unnoticed(machine, &loaded.sources, file);
                missed.extend(told);
                all += count;
            });
        }
        assert!(all > 50, "{all}");
        assert_eq!(missed, Vec::<String>::new());
    }
}
