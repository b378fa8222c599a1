//! From a promise to what becomes of it: the machine is looked through, asked, and what breaks the promise gone.

use super::graph::{Cap, Graph};
use super::rate::{self, Rate};
use super::relevant::Relevant;
use super::replay::{Replayed, replay, replay_free, replay_late};
use super::space::{Detail, Space};
use super::trace::{Found, Taken};
use super::{Broken, Open, Verdict, lasso, never, reach, run, tell};
use crate::model::{Claim, Counted, Goal, Machine, Property, StateId};
use crate::source::{FileId, SourceMap};
use machine_grammar::Span;

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

/// Configurations up to which what timers have left is followed.
const TIMED: usize = 1 << 19;

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
        let verdict = match hangs_on_time(&looked, promise, &verdict) {
            true => self.by_clock(&looked.relevant, promise, verdict),
            false => verdict,
        };
        self.last = Some(looked);
        verdict
    }

    /// Where it is counted how often something can happen, it is looked at more closely.
    fn cap_for(&self, promise: &Property) -> Cap {
        match promise.claim {
            Claim::AtMost { .. } => self.cap.within(Cap::of(rate::MOST)),
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

    /// A verdict that took no heed of what timers have left, and what becomes of it if that is followed.
    fn by_clock(&mut self, relevant: &Relevant, promise: &Property, verdict: Verdict) -> Verdict {
        let (machine, cap) = (self.machine, self.cap.within(Cap::of(TIMED)));
        let timed = |late| {
            let space = Space::new(machine, relevant, Detail::Fine)?.with_clocks(late)?;
            Graph::explore(space, cap).filter(|it| it.edges.is_some())
        };
        let on_time = timed(false).map(|mut graph| (ask(&mut graph, &promise.claim), graph));
        if let Some((Some(found), graph)) = &on_time
            && let Some(it) = replay(graph, self.table(), found).filter(|it| shows(graph, found, it, &promise.claim))
        {
            return Verdict::Broken(self.broken(graph, found, Some(it), &promise.claim));
        }
        let late = timed(true).map(|mut graph| (ask(&mut graph, &promise.claim), graph));
        match (late, on_time) {
            (Some((None, _)), _) => Verdict::Kept,
            (Some((Some(found), graph)), Some((None, _))) => {
                let replayed =
                    replay(&graph, self.table(), &found).filter(|it| shows(&graph, &found, it, &promise.claim));
                Verdict::Open(Open::Late(self.broken(&graph, &found, replayed, &promise.claim)))
            }
            (Some((Some(found), graph)), _) if verdict == Verdict::Kept => {
                Verdict::Open(Open::Untimed(self.broken(&graph, &found, None, &promise.claim)))
            }
            (None, _) if verdict == Verdict::Kept => Verdict::Open(Open::TooLarge(Broken::default())),
            _ => verdict,
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
        let depends = guessed(graph, found, replayed.is_some(), claim);
        let told = |steps: &[Taken]| graph.told(steps).len();
        let round = found.round.as_ref().map(|_| told(&found.steps));
        let test = replayed.as_ref().and_then(|it| tell::test(self.machine, claim, found, it));
        let mut steps = replayed.map_or_else(|| graph.untimed(found), |it| it.seen);
        if let Some(it) = &found.round {
            steps.truncate(told(&found.steps) + told(it));
        }
        Broken { steps, round, test, depends }
    }

    /// The table that the runtime would get.
    fn table(&mut self) -> &[u8] {
        let (machine, sources, file) = (self.machine, self.sources, self.file);
        self.table.get_or_insert_with(|| crate::table::flatten(machine, sources, file).encode().unwrap_or_default())
    }
}

/// Whether a verdict may be another one if it is followed what timers have left.
fn hangs_on_time(looked: &Looked<'_>, promise: &Property, verdict: &Verdict) -> bool {
    match (&promise.claim, verdict) {
        (Claim::CanReach(goals), Verdict::Kept) => {
            let edges = looked.graph.edges.as_ref();
            edges.is_some_and(|edges| reach::hangs_on_time(&looked.graph, edges, &states(goals)))
        }
        (Claim::AtMost { .. }, _) => false,
        (_, verdict) => matches!(verdict, Verdict::Open(Open::Untimed(_))),
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

/// What the way depends on that is not followed; nothing if what must never be has come about.
fn guessed(graph: &Graph<'_>, found: &Found, has_come_about: bool, claim: &Claim) -> Option<Span> {
    if has_come_about && !matches!(claim, Claim::CanReach(_) | Claim::LeadsTo(..)) {
        return None;
    }
    let promised = match claim {
        Claim::Never(it) if found.depends_on_promise => Some(it.span),
        _ => None,
    };
    graph.depends(found).or(found.hope).map(run::Depends::span).or(promised)
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

fn states(goals: &[Goal]) -> Vec<StateId> {
    goals.iter().map(|it| it.state).collect()
}

fn ask(graph: &mut Graph<'_>, claim: &Claim) -> Option<Found> {
    match claim {
        Claim::CanReach(goals) => reach::lost(graph, graph.edges.as_ref()?, &states(goals)),
        Claim::LeadsTo(from, goals) => lasso::without_end(graph, graph.edges.as_ref()?, from.state, &states(goals)),
        Claim::NeverFollows(from, to) => never::follows(graph, from.state, to.state),
        Claim::Never(condition) => never::holds(graph, condition),
        Claim::AtMost { .. } => None,
    }
}
