//! From a promise to what becomes of it: the machine is looked through, asked, and what breaks the promise gone.

use super::graph::{Cap, Graph};
use super::rate::{self, Rate};
use super::relevant::Relevant;
use super::replay::{Replayed, replay, replay_free, replay_late};
use super::space::{Detail, Space};
use super::trace::Found;
use super::{Broken, Open, Verdict, lasso, never, reach, run, tell};
use crate::model::{Claim, Counted, Goal, Machine, Property};
use crate::source::{FileId, SourceMap};

/// Who decides promises of one machine, one after the other.
pub(super) struct Prover<'m> {
    cap: Cap,
    sources: &'m SourceMap,
    file: FileId,
    machine: &'m Machine,
    table: Option<Vec<u8>>,
    /// What was looked through last: promises to which the same matters ask the same graph.
    last: Option<Looked<'m>>,
}

/// A machine that was looked through.
struct Looked<'m> {
    relevant: Relevant,
    cap: Cap,
    detail: Detail,
    graph: Graph<'m>,
}

impl Looked<'_> {
    /// Whether enough was kept for a promise.
    fn serves(&self, promise: &Property) -> bool {
        self.graph.edges.is_some() || !needs_edges(promise)
    }
}

/// From the finest on.
const DETAILS: [Detail; 3] = [Detail::Fine, Detail::Coarse, Detail::States];

impl<'m> Prover<'m> {
    pub(super) fn new(cap: Cap, sources: &'m SourceMap, file: FileId, machine: &'m Machine) -> Self {
        Self { cap, sources, file, machine, table: None, last: None }
    }

    pub(super) fn verdict(&mut self, promise: &Property) -> Verdict {
        let relevant = Relevant::of(self.machine, &[&promise.claim]);
        let cap = self.cap_for(promise);
        let last = self.last.take().filter(|it| it.relevant == relevant && it.cap == cap && it.serves(promise));
        let Some(mut looked) = last.or_else(|| explore(self.machine, relevant, cap, promise)) else {
            return Verdict::Open(Open::TooLarge(Broken::default()));
        };
        let verdict = self.ask(&mut looked.graph, looked.detail, promise);
        self.last = Some(looked);
        verdict
    }

    /// Where it is counted how often something can happen, it is looked at more closely.
    fn cap_for(&self, promise: &Property) -> Cap {
        match promise.claim {
            Claim::AtMost { .. } => {
                let closely = Cap::of(rate::MOST.min(self.cap.configurations));
                Cap { edges: closely.edges.min(self.cap.edges), ..closely }
            }
            _ => self.cap,
        }
    }

    fn ask(&mut self, graph: &mut Graph<'m>, detail: Detail, promise: &Property) -> Verdict {
        if let Claim::AtMost { count, of, per_ms } = promise.claim {
            return self.ask_often(graph, promise, count, of, per_ms);
        }
        let Some(found) = ask(graph, &promise.claim) else { return Verdict::Kept };
        let replayed = replay(graph, self.table(), &found).filter(|it| shows(graph, &found, it, &promise.claim));
        let is_possible = replayed.is_some();
        let broken = self.broken(graph, &found, replayed, &promise.claim);
        let lacks = matches!(promise.claim, Claim::CanReach(_) | Claim::LeadsTo(..));
        match (detail, is_possible) {
            // On what is followed less closely there may be ways less than there are, and more.
            (Detail::Coarse | Detail::States, false) => Verdict::Open(Open::TooLarge(broken)),
            (Detail::Coarse | Detail::States, true) if lacks => Verdict::Open(Open::TooLarge(broken)),
            (Detail::Fine, false) if broken.depends.is_none() => Verdict::Open(Open::Untimed(broken)),
            _ => Verdict::Broken(broken),
        }
    }

    fn ask_often(&mut self, graph: &Graph<'m>, promise: &Property, count: u64, of: Counted, per_ms: u64) -> Verdict {
        let verdict = self.count(graph, promise, rate::beyond(graph, of, count, per_ms), count);
        if !matches!(verdict, Verdict::Open(Open::Untimed(_))) {
            return verdict;
        }
        // Some of what was counted may have been brought about by others: a way with so many more has enough.
        if self.machine.kinds.iter().any(|it| it.notified) {
            let enough = count.saturating_add(self.machine.watchers.len() as u64);
            let longer = self.count(graph, promise, rate::most(graph, of, enough, per_ms), count);
            return if matches!(longer, Verdict::Broken(_)) { longer } else { verdict };
        }
        verdict
    }

    /// Whether there can be more than `count`.
    fn count(&mut self, graph: &Graph<'m>, promise: &Property, rate: Rate, count: u64) -> Verdict {
        match rate {
            Rate::AtMost(it) if it <= count => Verdict::Kept,
            Rate::AtMost(it) => Verdict::Open(Open::UpTo(it)),
            Rate::Unknown => Verdict::Open(Open::Uncounted),
            Rate::More(found) => {
                let seen = found.iter().find_map(|it| Some((it, self.too_often(graph, it, &promise.claim)?)));
                if let Some((found, replayed)) = seen {
                    return Verdict::Broken(self.broken(graph, found, Some(replayed), &promise.claim));
                }
                let first = found.first().cloned().unwrap_or_default();
                let replayed = replay(graph, self.table(), &first);
                Verdict::Open(Open::Untimed(self.broken(graph, &first, replayed, &promise.claim)))
            }
        }
    }

    /// The way as it came about with more than was promised.
    fn too_often(&mut self, graph: &Graph<'m>, found: &Found, claim: &Claim) -> Option<Replayed> {
        let table = self.table();
        let early = replay(graph, table, found).filter(|it| it.exceeds(claim));
        let late = || replay_late(graph, table, found).filter(|it| it.exceeds(claim));
        early.or_else(late).or_else(|| replay_free(graph, table, found, claim).filter(|it| it.exceeds(claim)))
    }

    fn broken(&self, graph: &Graph<'m>, found: &Found, replayed: Option<Replayed>, claim: &Claim) -> Broken {
        let depends = graph.depends(found).or(found.hope).map(run::Depends::span);
        let depends = depends.or(match claim {
            Claim::Never(it) if found.depends_on_promise => Some(it.span),
            _ => None,
        });
        let round = found.round.as_ref().map(|_| found.steps.len());
        let test = replayed.as_ref().and_then(|it| tell::test(self.machine, claim, found, it));
        let mut steps = replayed.map_or_else(|| graph.untimed(found), |it| it.seen);
        if let Some(it) = &found.round {
            steps.truncate(found.steps.len() + it.len());
        }
        Broken { steps, round, test, depends }
    }

    /// The table that the runtime would get.
    fn table(&mut self) -> &[u8] {
        let (machine, sources, file) = (self.machine, self.sources, self.file);
        self.table.get_or_insert_with(|| crate::table::flatten(machine, sources, file).encode().unwrap_or_default())
    }
}

/// As finely as there is room for.
fn explore<'m>(machine: &'m Machine, relevant: Relevant, cap: Cap, promise: &Property) -> Option<Looked<'m>> {
    let found = DETAILS.into_iter().find_map(|detail| {
        let space = Space::new(machine, &relevant, detail)?;
        let graph = Graph::explore(space, cap)?;
        (graph.edges.is_some() || !needs_edges(promise)).then_some((detail, graph))
    });
    found.map(|(detail, graph)| Looked { relevant, cap, detail, graph })
}

/// Whether it takes more than the ways to places to decide it.
fn needs_edges(promise: &Property) -> bool {
    !matches!(promise.claim, Claim::Never(_) | Claim::NeverFollows(..))
}

/// Whether what came about on the core is what the promise forbids: a condition over what is not followed need not hold.
fn shows(graph: &Graph<'_>, found: &Found, replayed: &Replayed, claim: &Claim) -> bool {
    match (claim, replayed.seen.last()) {
        (Claim::Never(condition), Some(last)) if found.depends_on_promise => {
            never::is_shown(&graph.space, last.after, &replayed.data, condition)
        }
        _ => true,
    }
}

fn ask(graph: &mut Graph<'_>, claim: &Claim) -> Option<Found> {
    let states = |goals: &[Goal]| goals.iter().map(|it| it.state).collect::<Vec<_>>();
    match claim {
        Claim::CanReach(goals) => reach::lost(graph, graph.edges.as_ref()?, &states(goals)),
        Claim::LeadsTo(from, goals) => lasso::without_end(graph, graph.edges.as_ref()?, from.state, &states(goals)),
        Claim::NeverFollows(from, to) => never::follows(graph, from.state, to.state),
        Claim::Never(condition) => never::holds(graph, condition),
        Claim::AtMost { .. } => None,
    }
}
