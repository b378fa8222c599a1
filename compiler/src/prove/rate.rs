//! How often a machine can go from state to state in some time, and how many commands it can give.
//!
//! Counted is what it does by itself: what operators, other machines and facts bring about is theirs, and so is what is
//! reported by who watches for changes, its first answer excepted. For each number of transitions the least time is
//! looked for in which there can be so many, from wherever the machine can be: timers take what they take, watchers
//! keep their pace, and what is asked on entry waits when the machine goes round too fast. Of ways that meet, all are
//! kept that are ahead of the others in something, up to a few; beyond, the least of each time, so what is found is never
//! more than what it really takes.

use super::edges::{Edge, Edges};
use super::event::Cause;
use super::graph::Graph;
use super::run::{Move, Way};
use super::trace::{Found, Taken};
use crate::check::schedules::KIND as SCHEDULE;
use crate::model::{ActionKind, Constant, Counted, HandlerId, Machine, StateId, Trigger, WatcherId};
use machine_core::limits::{BURST, BURST_REFILL_NS};
use std::collections::VecDeque;

/// Configurations up to which it is looked at so closely.
pub(super) const MOST: usize = 1 << 11;
/// Work beyond which the answer is that nobody knows.
const WORK: usize = 40_000_000;
/// Ways that meet of which each is kept; where that is too much work, one.
const KEPT: [usize; 2] = [8, 1];
/// Transitions up to which commands are counted.
const COUNTED: u64 = 20_000;
/// Least time between two reports of a schedule with windows.
const WINDOWS_MS: i64 = 10;
/// The same for one with moments: a line names minutes.
const MOMENTS_MS: i64 = 60_000;
/// One more transition is earned in this time.
const EARNED_MS: i64 = (BURST_REFILL_NS / 1_000_000).cast_signed();
/// So much of it can be saved.
const SAVED_MS: i64 = BURST.cast_signed() * EARNED_MS;
/// Others have to bring it about.
const NEVER: i64 = i64::MAX / 4;

/// What is found.
pub(super) enum Rate {
    /// At most so many.
    AtMost(u64),
    /// There can be more than was asked for, on this way.
    More(Found),
    /// It is too much work.
    Unknown,
}

/// The most transitions in so many milliseconds, up to `enough`.
pub(super) fn transitions(graph: &Graph<'_>, enough: u64, per_ms: u64) -> Rate {
    let Some(edges) = &graph.edges else { return Rate::Unknown };
    let mut tries = KEPT.into_iter().map(|kept| Search::new(graph, edges, kept, per_ms).most(graph, enough));
    tries.find(|it| !matches!(it, Rate::Unknown)).unwrap_or(Rate::Unknown)
}

/// The most commands in so many milliseconds, which are the asks of its watchers and runs: those of states that are
/// entered, and those at a pace.
pub(super) fn commands(graph: &Graph<'_>, transitions: u64, per_ms: u64) -> u64 {
    let machine = graph.space.machine;
    let all = || (0..machine.watchers.len()).map(WatcherId);
    let active = |leaf: StateId| all().filter(move |it| graph.space.contains(machine.watcher(*it).owner, leaf));
    let begun = |it: &Move| {
        let entered = graph.space.below(it.kept, it.to);
        all().filter(|it| entered.contains(&machine.watcher(*it).owner)).count() as u64
    };
    let entered = graph.table.ways.iter().flat_map(|it| &it.moves).map(begun).max().unwrap_or(0);
    // What is told of changes is asked once a visit, whatever the pace at which it looks.
    let every = |it: WatcherId| machine.watcher(it).every_ms.filter(|_| !machine.kind_of(it).notified);
    let paced = |leaf: &StateId| -> u64 { active(*leaf).filter_map(every).map(|ms| per_ms / ms.max(1) + 1).sum() };
    let paced = graph.space.leaves.iter().map(paced).max().unwrap_or(0);
    let polls = super::relevant::actions(machine).any(|it| matches!(it.kind, ActionKind::Poll(_)));
    let polled = if polls { BURST + per_ms / EARNED_MS.cast_unsigned() } else { 0 };
    transitions.saturating_mul(entered).saturating_add(paced).saturating_add(polled)
}

/// Something that comes at its time.
#[derive(Clone, Copy)]
enum Source {
    Watcher(WatcherId),
    Timer(HandlerId, i64),
}

impl Source {
    fn owner(self, machine: &Machine) -> StateId {
        match self {
            Self::Watcher(it) => machine.watcher(it).owner,
            Self::Timer(it, _) => machine.handler(it).owner,
        }
    }

    /// Whether it is a schedule of moments: one that was told is not told again, whatever states are left and entered.
    fn has_moments(self, machine: &Machine) -> bool {
        match self {
            Self::Watcher(it) => machine.kind_of(it).name == SCHEDULE && pace(machine, it) == Some(MOMENTS_MS),
            Self::Timer(..) => false,
        }
    }
}

/// The times at which a configuration can be come to with so many transitions.
#[derive(Clone)]
struct Label {
    at: i64,
    /// What the transitions so far have cost.
    pace: i64,
    /// By source, when it can come next.
    due: Vec<i64>,
    /// The last step there; nothing at the beginning.
    came: Option<usize>,
}

impl Label {
    /// Whether nothing can come sooner from the other one.
    fn is_ahead_of(&self, other: &Self) -> bool {
        self.at <= other.at && self.pace <= other.pace && self.due.iter().zip(&other.due).all(|(a, b)| a <= b)
    }

    /// Becomes the least of both in everything.
    fn lower(&mut self, other: &Self) {
        if other.at < self.at {
            (self.at, self.came) = (other.at, other.came);
        }
        self.pace = self.pace.min(other.pace);
        self.due.iter_mut().zip(&other.due).for_each(|(a, b)| *a = (*a).min(*b));
    }
}

/// What a way does to times.
struct Doing {
    /// Its source; nothing if others bring it about.
    source: Option<usize>,
    moves: usize,
    /// Sources that begin anew.
    begun: Vec<usize>,
    /// Watchers that are asked besides.
    polled: Vec<usize>,
    /// Sources that do not count where it leads.
    idle: Vec<usize>,
}

struct Search<'g> {
    machine: &'g Machine,
    sources: Vec<Source>,
    edges: &'g Edges,
    /// By way.
    doings: Vec<Doing>,
    /// By number of transitions from the one at hand on, then configuration.
    layers: VecDeque<Vec<Vec<Label>>>,
    /// Steps, each with the one before it.
    steps: Vec<(Option<usize>, Taken)>,
    kept: usize,
    per_ms: i64,
    work: usize,
}

impl<'g> Search<'g> {
    fn new(graph: &'g Graph<'_>, edges: &'g Edges, kept: usize, per_ms: u64) -> Self {
        let machine = graph.space.machine;
        let sources = sources(machine);
        let ways = graph.table.ways.iter().enumerate();
        let doings = ways.map(|(at, way)| doing(graph, &sources, graph.cause_of(at as u32), way)).collect();
        let due = sources.iter().map(|it| match it {
            // Its phase is not known, so the first can come at once and the second right behind it.
            Source::Watcher(it) => -pace(machine, *it).unwrap_or(0),
            Source::Timer(..) => 0,
        });
        let start = Label { at: 0, pace: 0, due: due.collect(), came: None };
        let layers = VecDeque::from([vec![vec![start]; edges.nodes()]]);
        let per_ms = per_ms.min(NEVER.cast_unsigned()).cast_signed();
        Self { machine, sources, edges, doings, layers, steps: Vec::new(), kept, per_ms, work: 0 }
    }

    /// The most transitions, up to `enough`.
    fn most(mut self, graph: &Graph<'_>, enough: u64) -> Rate {
        let mut count = 0_u64;
        while self.work <= WORK {
            match self.soonest() {
                None => return Rate::AtMost(count.saturating_sub(1)),
                Some(soonest) if count > enough => return Rate::More(self.found(graph, soonest)),
                Some(_) => self.next_layer(),
            }
            count += 1;
        }
        Rate::Unknown
    }

    /// The last step, and the place, of the way with the transitions at hand that takes the least time.
    fn soonest(&self) -> Option<(Option<usize>, u32)> {
        let nodes = self.layers.front()?.iter().zip(0..);
        let labels = nodes.flat_map(|(labels, node)| labels.iter().map(move |it| (it.at, it.came, node)));
        labels.min().map(|(_, came, node)| (came, node))
    }

    fn found(&self, graph: &Graph<'_>, (mut last, mut first): (Option<usize>, u32)) -> Found {
        let mut counted = Vec::new();
        while let Some((before, taken)) = last.map(|it| self.steps[it]) {
            counted.push(taken);
            (last, first) = (before, taken.from);
        }
        counted.reverse();
        let there = graph.trace_to(first);
        Found { counted: Some(there.len()), ..Found::at([there, counted].concat()) }
    }

    /// All that can follow on the transitions at hand.
    fn next_layer(&mut self) {
        let here = self.layers.front().into_iter().flatten().zip(0..);
        let mut waiting: Vec<(u32, Label)> =
            here.flat_map(|(labels, node)| labels.iter().map(move |it| (node, it.clone()))).collect();
        waiting.reverse();
        while let Some((node, label)) = waiting.pop().filter(|_| self.work <= WORK) {
            for edge in self.edges.from(node) {
                self.work += self.sources.len() + 1;
                let Some(next) = self.follow(&label, *edge) else { continue };
                let moves = self.doings[edge.way as usize].moves;
                let came = self.steps.len();
                let next = Label { came: Some(came), ..next };
                if let Some(kept) = self.keep(moves, edge.to, next) {
                    self.steps.push((label.came, Taken::along(node, *edge)));
                    if moves == 0 {
                        waiting.push((edge.to, kept));
                    }
                }
            }
        }
        self.layers.pop_front();
    }

    /// Keeps a label if nothing that is known is ahead of it.
    fn keep(&mut self, layer: usize, node: u32, label: Label) -> Option<Label> {
        while self.layers.len() <= layer {
            self.layers.push_back(vec![Vec::new(); self.edges.nodes()]);
        }
        let known = &mut self.layers[layer][node as usize];
        self.work += known.len() * self.sources.len();
        if known.iter().any(|it| it.is_ahead_of(&label)) {
            return None;
        }
        known.retain(|it| !label.is_ahead_of(it));
        if let Some(last) = known.get_mut(self.kept - 1) {
            last.lower(&label);
            return Some(last.clone());
        }
        known.push(label.clone());
        Some(label)
    }

    /// The times after a step.
    fn follow(&self, label: &Label, edge: Edge) -> Option<Label> {
        let doing = &self.doings[edge.way as usize];
        let source = doing.source?;
        let at = label.at.max(label.due[source]);
        if at >= self.per_ms {
            return None;
        }
        let mut next = Label { at, ..label.clone() };
        if let Source::Watcher(it) = self.sources[source] {
            next.due[source] = pace(self.machine, it).map_or(NEVER, |it| (label.due[source] + it).max(at));
        }
        for _ in 0..doing.moves {
            next.pace = next.pace.max(at) + EARNED_MS;
        }
        let asked = at.max(next.pace - SAVED_MS);
        for it in &doing.begun {
            next.due[*it] = match self.sources[*it] {
                Source::Watcher(_) => asked,
                Source::Timer(_, ms) => at + ms,
            };
        }
        for it in &doing.polled {
            next.due[*it] = next.due[*it].min(at.max(next.pace - SAVED_MS));
            next.pace = next.pace.max(at) + EARNED_MS;
        }
        doing.idle.iter().for_each(|it| next.due[*it] = 0);
        Some(next)
    }
}

fn doing(graph: &Graph<'_>, sources: &[Source], cause: Cause, way: &Way) -> Doing {
    let (space, machine) = (&graph.space, graph.space.machine);
    let is_it = |it: &Source| match (it, cause) {
        (Source::Watcher(a), Cause::Outcome(b, _)) => *a == b,
        (Source::Timer(a, _), Cause::After(b)) => *a == b,
        _ => false,
    };
    let entered: Vec<_> = way.moves.iter().flat_map(|it| space.below(it.kept, it.to)).collect();
    let leaf = space.leaf_of(way.set);
    let those = |wanted: &dyn Fn(&Source) -> bool| (0..sources.len()).filter(|it| wanted(&sources[*it])).collect();
    Doing {
        source: sources.iter().position(is_it),
        moves: way.moves.len(),
        begun: those(&|it| entered.contains(&it.owner(machine)) && !it.has_moments(machine)),
        polled: those(&|it| matches!(it, Source::Watcher(it) if way.polled.contains(it))),
        idle: those(&|it| !space.contains(it.owner(machine), leaf) && !it.has_moments(machine)),
    }
}

fn sources(machine: &Machine) -> Vec<Source> {
    let watchers = (0..machine.watchers.len()).map(|it| Source::Watcher(WatcherId(it)));
    let timers = machine.handlers.iter().enumerate().filter_map(|(id, it)| match it.trigger {
        Trigger::After { ms, .. } => Some(Source::Timer(HandlerId(id), ms.min(1 << 50).cast_signed())),
        _ => None,
    });
    watchers.chain(timers).collect()
}

/// The least time between two reports of a visit; nothing if others bring about all but the first.
fn pace(machine: &Machine, id: WatcherId) -> Option<i64> {
    let (watcher, kind) = (machine.watcher(id), machine.kind_of(id));
    match kind.notified {
        true if kind.name == SCHEDULE => Some(pace_of_schedule(&watcher.args)),
        true => None,
        false => Some(watcher.every_ms.map_or(0, |it| it.min(1 << 50).cast_signed())),
    }
}

/// Windows, several moments that were missed, and moments that are spread can come close together.
fn pace_of_schedule(args: &[Constant]) -> i64 {
    let is_plain = |at: usize| matches!(args.get(at), Some(Constant::Duration(0)));
    match args.get(4) {
        Some(Constant::Text(missed)) if missed != "all" && is_plain(2) && is_plain(3) => MOMENTS_MS,
        _ => WINDOWS_MS,
    }
}

/// The promise that there are at most so many.
pub(super) fn beyond(graph: &Graph<'_>, count: u64, of: Counted, per_ms: u64) -> Rate {
    match of {
        Counted::Transitions => transitions(graph, count, per_ms),
        Counted::Commands => match transitions(graph, COUNTED, per_ms) {
            Rate::AtMost(moves) => Rate::AtMost(commands(graph, moves, per_ms)),
            // Each of them may give a command, or none: there is no telling.
            _ => Rate::Unknown,
        },
    }
}
