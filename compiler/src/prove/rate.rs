//! How often a machine can go from state to state in some time, and how many commands it can give.
//!
//! Counted is what it does by itself: what operators, other machines and facts bring about is theirs. For each number of
//! transitions the least time is looked for in which there can be so many, from wherever the machine can be: timers
//! take what they take, watchers keep their pace, and what is asked on entry waits when the machine goes round too fast.
//! Of ways that meet, the least of each time is kept, so what is found is never more than what it really takes.

use super::edges::{Edge, Edges};
use super::event::Cause;
use super::graph::Graph;
use super::run::Move;
use super::trace::{Found, Taken};
use crate::model::{ActionKind, Counted, HandlerId, Machine, StateId, Trigger, WatcherId};
use machine_core::limits::{BURST, BURST_REFILL_NS};

/// Configurations up to which it is looked at so closely.
pub(super) const MOST: usize = 1 << 11;
/// Work beyond which the answer is that nobody knows.
const WORK: usize = 40_000_000;
/// Transitions up to which commands are counted.
const COUNTED: u64 = 20_000;
/// Least time between two reports of a watcher that is told of changes.
const CHANGES_MS: i64 = 10;
/// One more transition is earned in this time.
const EARNED_MS: i64 = (BURST_REFILL_NS / 1_000_000).cast_signed();
/// So much of it can be saved.
const SAVED_MS: i64 = BURST.cast_signed() * EARNED_MS;

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
    let mut search = Search::new(graph, edges, per_ms);
    let mut count = 0;
    while search.is_possible() {
        if count > enough {
            let way = search.way(count);
            let steps = graph.trace_to(way.first().map_or(0, |it| it.from));
            return Rate::More(Found::at([steps, way].concat()));
        }
        if search.work > WORK {
            return Rate::Unknown;
        }
        search.next_layer();
        count += 1;
    }
    Rate::AtMost(count.saturating_sub(1))
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

/// The least times at which a configuration can be come to with so many transitions.
#[derive(Clone)]
struct Label {
    at: i64,
    /// What the transitions so far have cost.
    pace: i64,
    /// By source, when it can come next.
    due: Vec<i64>,
    /// The layer, configuration and edge before.
    came: Option<(u32, u32, Edge)>,
}

struct Search<'g> {
    machine: &'g Machine,
    sources: Vec<Source>,
    edges: &'g Edges,
    /// By way: its transitions, and the sources that begin anew with it.
    moves: Vec<(usize, Vec<usize>)>,
    /// By way, its source.
    source_of: Vec<Option<usize>>,
    /// By number of transitions, then configuration.
    layers: Vec<Vec<Option<Label>>>,
    current: usize,
    per_ms: i64,
    work: usize,
}

impl<'g> Search<'g> {
    fn new(graph: &'g Graph<'_>, edges: &'g Edges, per_ms: u64) -> Self {
        let machine = graph.space.machine;
        let sources = sources(machine);
        let place = |cause: Cause| {
            sources.iter().position(|it| match (it, cause) {
                (Source::Watcher(a), Cause::Outcome(b, _)) => *a == b,
                (Source::Timer(a, _), Cause::After(b)) => *a == b,
                _ => false,
            })
        };
        let source_of = (0..graph.table.ways.len() as u32).map(|it| place(graph.cause_of(it))).collect();
        let begun = |moves: &[Move]| {
            let entered: Vec<_> = moves.iter().flat_map(|it| graph.space.below(it.kept, it.to)).collect();
            let owner = |it: &Source| match it {
                Source::Watcher(it) => machine.watcher(*it).owner,
                Source::Timer(it, _) => machine.handler(*it).owner,
            };
            (0..sources.len()).filter(|it| entered.contains(&owner(&sources[*it]))).collect()
        };
        let moves = graph.table.ways.iter().map(|it| (it.moves.len(), begun(&it.moves))).collect();
        let due = sources.iter().map(|it| match it {
            // Its phase is not known, so the first can come at once and the second right behind it.
            Source::Watcher(it) => -pace(machine, *it),
            Source::Timer(..) => 0,
        });
        let start = Label { at: 0, pace: 0, due: due.collect(), came: None };
        let layers = vec![vec![Some(start); edges.nodes()]];
        let per_ms = per_ms.min(i64::MAX as u64 / 4).cast_signed();
        Self { machine, sources, edges, moves, source_of, layers, current: 0, per_ms, work: 0 }
    }

    /// Whether there can be as many transitions as the layer at hand has.
    fn is_possible(&self) -> bool {
        self.layers.get(self.current).is_some_and(|it| it.iter().any(Option::is_some))
    }

    /// All that can follow on the transitions of the layer at hand.
    fn next_layer(&mut self) {
        let mut waiting: Vec<u32> = (0..self.edges.nodes() as u32).rev().collect();
        while let Some(node) = waiting.pop() {
            let Some(label) = self.layers[self.current][node as usize].clone() else { continue };
            for edge in self.edges.from(node) {
                self.work += self.sources.len() + 1;
                let count = self.moves[edge.way as usize].0;
                let Some(next) = self.follow(&label, node, *edge) else { continue };
                let layer = self.current + count;
                while self.layers.len() <= layer {
                    self.layers.push(vec![None; self.edges.nodes()]);
                }
                if lower(&mut self.layers[layer][edge.to as usize], next) && count == 0 {
                    waiting.push(edge.to);
                }
            }
        }
        self.current += 1;
    }

    fn follow(&self, label: &Label, node: u32, edge: Edge) -> Option<Label> {
        let source = self.source_of[edge.way as usize]?;
        let at = label.at.max(label.due[source]);
        if at >= self.per_ms {
            return None;
        }
        let mut next = Label { at, came: Some((self.current as u32, node, edge)), ..label.clone() };
        if let Source::Watcher(it) = self.sources[source] {
            next.due[source] = (label.due[source] + pace(self.machine, it)).max(at);
        }
        let (count, begun) = &self.moves[edge.way as usize];
        for _ in 0..*count {
            next.pace = next.pace.max(at) + EARNED_MS;
        }
        let asked = if next.pace - at > SAVED_MS { next.pace - SAVED_MS } else { at };
        for it in begun {
            next.due[*it] = match self.sources[*it] {
                Source::Watcher(_) => asked,
                Source::Timer(_, ms) => at + ms,
            };
        }
        Some(next)
    }

    /// The steps of a way with so many transitions that takes the least time.
    fn way(&self, count: u64) -> Vec<Taken> {
        let mut layer = usize::try_from(count).unwrap_or(usize::MAX);
        let nodes = self.layers.get(layer).map_or(&[][..], Vec::as_slice).iter().enumerate();
        let first = nodes.filter_map(|(node, it)| Some((it.as_ref()?.at, node))).min();
        let (mut node, mut steps) = (first.map_or(0, |it| it.1), Vec::new());
        while let Some((before, from, edge)) = self.layers[layer][node].as_ref().and_then(|it| it.came) {
            steps.push(Taken::along(from, edge));
            (layer, node) = (before as usize, from as usize);
            if steps.len() > self.work {
                break;
            }
        }
        steps.reverse();
        steps
    }
}

/// Keeps the least of everything; whether that is less than before.
fn lower(place: &mut Option<Label>, label: Label) -> bool {
    let Some(known) = place else {
        *place = Some(label);
        return true;
    };
    let mut is_less = label.pace < known.pace;
    known.pace = known.pace.min(label.pace);
    for (known, new) in known.due.iter_mut().zip(&label.due) {
        is_less |= new < known;
        *known = (*known).min(*new);
    }
    if label.at < known.at {
        (known.at, known.came, is_less) = (label.at, label.came, true);
    }
    is_less
}

fn sources(machine: &Machine) -> Vec<Source> {
    let watchers = (0..machine.watchers.len()).map(|it| Source::Watcher(WatcherId(it)));
    let timers = machine.handlers.iter().enumerate().filter_map(|(id, it)| match it.trigger {
        Trigger::After { ms, .. } => Some(Source::Timer(HandlerId(id), ms.min(1 << 50).cast_signed())),
        _ => None,
    });
    watchers.chain(timers).collect()
}

/// The least time between two reports of a visit.
fn pace(machine: &Machine, id: WatcherId) -> i64 {
    let every = machine.watcher(id).every_ms.map(|it| it.min(1 << 50).cast_signed());
    if machine.kind_of(id).notified { CHANGES_MS } else { every.unwrap_or(0) }
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
