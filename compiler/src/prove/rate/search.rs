//! The least time for each number, one number after the other.

use super::doing::Doing;
use super::follow::Going;
use super::label::{Due, Label};
use super::source::{Source, What};
use super::{NEVER, Rate, SAVED_MS};
use crate::model::{ActionKind, Counted, StateId};
use crate::prove::edges::{Edge, Edges};
use crate::prove::graph::{Graph, START};
use crate::prove::relevant::actions;
use crate::prove::trace::{Found, Taken};
use machine_core::limits::BURST;
use std::collections::VecDeque;

/// Work beyond which the answer is that nobody knows.
const WORK: usize = 40_000_000;

pub(super) struct Search<'g, 'm> {
    graph: &'g Graph<'m>,
    edges: &'g Edges,
    of: Counted,
    sources: Vec<Source>,
    /// By way.
    doings: Vec<Doing>,
    /// By leaf, sources that are active there: watchers, timers.
    active: Vec<[Vec<usize>; 2]>,
    /// Times are what they really are, not only the least that they can be.
    exact: bool,
    /// By number from the one at hand on, then configuration.
    layers: VecDeque<Vec<Vec<Label>>>,
    /// Steps, each with the one before it.
    steps: Vec<(Option<usize>, Taken)>,
    kept: usize,
    per_ms: i64,
    work: usize,
}

impl<'g, 'm> Search<'g, 'm> {
    pub(super) fn new(graph: &'g Graph<'m>, edges: &'g Edges, of: Counted, kept: usize, per_ms: u64) -> Self {
        let sources = Source::all(graph.space.machine);
        let ways = graph.table.ways.iter().enumerate();
        let doings = ways.map(|(at, way)| Doing::of(graph, &sources, graph.cause_of(at as u32), way)).collect();
        let active = graph.space.leaves.iter().map(|it| active(graph, &sources, *it)).collect();
        let per_ms = per_ms.min(NEVER.cast_unsigned()).cast_signed();
        let (layers, steps) = (VecDeque::new(), Vec::new());
        Self { graph, edges, of, sources, doings, active, exact: false, layers, steps, kept, per_ms, work: 0 }
    }

    /// The machine may be anywhere; or, where commands are counted, it begins, which gives the first of them.
    pub(super) fn beginning_anywhere(mut self) -> Self {
        let dues = self.at_first();
        for node in 0..self.edges.nodes() as u32 {
            self.keep(0, node, Label { at: 0, pace: 0, dues: dues.clone(), came: None });
        }
        if self.of == Counted::Commands { self.with_start() } else { self }
    }

    /// It begins, so that all times are known: nothing comes before a timer that is due earlier.
    pub(super) fn beginning_at_start(self) -> Self {
        Self { exact: true, ..self.with_start() }
    }

    fn with_start(mut self) -> Self {
        for (way, start) in self.graph.starts.iter().enumerate() {
            let mut going = Going::at_start(&self.sources, self.of);
            going.carry_out(&Doing::of_start(self.graph, &self.sources, start));
            let (asks, label) = (if self.of == Counted::Commands { going.asks } else { 0 }, going.label);
            if let Some(node) = self.graph.position(start.1.from(start.0)) {
                self.arrive(asks, None, Taken::start(way as u32, node), label);
            }
        }
        self
    }

    /// The most, up to `enough`.
    pub(super) fn most(mut self, enough: u64) -> Rate {
        let (mut count, mut most) = (0, 0);
        while self.work <= WORK {
            if self.layers.is_empty() {
                return Rate::AtMost(most);
            }
            if count > enough {
                return self.soonest().map_or(Rate::Unknown, |it| Rate::More(vec![it]));
            }
            if self.layers.front().is_some_and(|it| it.iter().any(|it| !it.is_empty())) {
                most = count;
            }
            self.next_layer();
            count += 1;
        }
        Rate::Unknown
    }

    /// What a machine that goes round too fast has not asked yet, it can ask at any time.
    fn at_first(&self) -> Vec<Due> {
        let is_pending = self.of == Counted::Commands && self.can_be_slowed();
        let pending = |it: &Source| match it.what {
            What::Told(..) => Due { at: it.at_first().at, open: false },
            _ => Due { at: 0, open: true },
        };
        let first = |it: &Source| match (it.what, self.of) {
            (What::Asked(_, pace), Counted::Transitions) => {
                Due { at: if pace < NEVER { -pace } else { 0 }, open: false }
            }
            _ if is_pending => pending(it),
            _ => it.at_first(),
        };
        self.sources.iter().map(first).collect()
    }

    /// Whether it can go round so fast by itself that watchers have to wait.
    fn can_be_slowed(&self) -> bool {
        let polls = actions(self.graph.space.machine).any(|it| matches!(it.kind, ActionKind::Poll(_)));
        polls
            || !matches!(
                super::most(self.graph, Counted::Transitions, BURST, SAVED_MS.cast_unsigned()),
                Rate::AtMost(_)
            )
    }

    /// The way that takes the least time of those with the number at hand or more; of these the one with the fewest steps.
    fn soonest(&self) -> Option<Found> {
        let labels = || {
            self.layers.iter().flat_map(|it| it.iter().zip(0..)).flat_map(|(it, at)| it.iter().map(move |it| (it, at)))
        };
        let least = labels().map(|it| it.0.at).min()?;
        let ways = labels().filter(|it| it.0.at == least).map(|(label, node)| self.found(label.came, node));
        ways.min_by_key(|it| it.steps.len())
    }

    fn found(&self, mut last: Option<usize>, mut first: u32) -> Found {
        let mut counted = Vec::new();
        while let Some((before, taken)) = last.map(|it| self.steps[it]) {
            counted.push(taken);
            (last, first) = (before, taken.from);
        }
        counted.reverse();
        let there = if first == START { Vec::new() } else { self.graph.trace_to(first) };
        Found { counted: Some((there.len(), self.of)), ..Found::at([there, counted].concat()) }
    }

    /// All that can follow on the number at hand.
    fn next_layer(&mut self) {
        let here = self.layers.front().into_iter().flatten().zip(0..);
        let mut waiting: Vec<(u32, Label)> =
            here.flat_map(|(labels, node)| labels.iter().map(move |it| (node, it.clone()))).collect();
        waiting.reverse();
        while let Some((node, label)) = waiting.pop().filter(|_| self.work <= WORK) {
            // First, so that what answers and changes nothing is not part of the way.
            if self.of == Counted::Commands {
                self.ask_any(node, &label);
            }
            for edge in self.edges.from(node) {
                let next = self.follow(node, &label, *edge).and_then(|(weight, next)| {
                    let kept = self.arrive(weight, label.came, Taken::along(node, *edge), next)?;
                    (weight == 0).then_some((edge.to, kept))
                });
                waiting.extend(next);
            }
        }
        self.layers.pop_front();
    }

    /// The times after a step, and what is counted on it.
    fn follow(&mut self, node: u32, label: &Label, edge: Edge) -> Option<(usize, Label)> {
        self.work += self.sources.len() + 1;
        let doing = &self.doings[edge.way as usize];
        let mut going = Going::from(&self.sources, label, self.of);
        let source = doing.source?;
        going.occur(source);
        let is_timer = matches!(self.sources[source].what, What::Timer(..));
        let has_waited = going.label.at > label.at && !is_timer;
        if going.label.at >= self.per_ms || self.is_overtaken(node, &going.label, has_waited) {
            return None;
        }
        going.carry_out(doing);
        let weight = match self.of {
            Counted::Transitions => doing.moves.len(),
            Counted::Commands => going.asks,
        };
        Some((weight, going.label))
    }

    /// A watcher is asked, and nothing comes of it. Where times are only the least that they can be, any may be due first.
    fn ask_any(&mut self, node: u32, label: &Label) {
        let can_be_asked = |it: &usize| match self.sources[*it].what {
            What::Asked(..) => label.dues[*it].at < NEVER,
            What::Told(..) => !label.dues[*it].open,
            What::Timer(..) => false,
        };
        let [watchers, _] = &self.active[self.graph.leaf_at(node as usize)];
        let watchers: Vec<usize> = watchers.iter().copied().filter(can_be_asked).collect();
        let first = watchers.iter().map(|it| label.dues[*it].at).min();
        for watcher in watchers {
            if !self.exact || Some(label.dues[watcher].at) == first {
                self.ask(node, label, watcher);
            }
        }
    }

    fn ask(&mut self, node: u32, label: &Label, source: usize) {
        self.work += self.sources.len() + 1;
        let mut going = Going::from(&self.sources, label, self.of);
        going.ask(source);
        let next = going.label;
        let (What::Asked(watcher, _) | What::Told(watcher, _)) = self.sources[source].what else { return };
        if next.at < self.per_ms && !self.is_overtaken(node, &next, true) {
            self.arrive(1, label.came, Taken::asked(node, watcher), next);
        }
    }

    /// Whether a timer has been due before, or was just then: timers come before watchers.
    fn is_overtaken(&self, node: u32, label: &Label, or_just_then: bool) -> bool {
        let [_, timers] = &self.active[self.graph.leaf_at(node as usize)];
        let latest = label.at - i64::from(!or_just_then);
        self.exact && timers.iter().any(|it| label.dues[*it].at <= latest)
    }

    /// Notes a step and where it leads, if nothing that is known is ahead of that.
    fn arrive(&mut self, weight: usize, came: Option<usize>, taken: Taken, label: Label) -> Option<Label> {
        let kept = self.keep(weight, taken.to, Label { came: Some(self.steps.len()), ..label })?;
        self.steps.push((came, taken));
        Some(kept)
    }

    /// Keeps a label if nothing that is known is ahead of it.
    fn keep(&mut self, layer: usize, node: u32, mut label: Label) -> Option<Label> {
        if self.of == Counted::Transitions {
            label.forget_asks();
        }
        while self.layers.len() <= layer {
            self.layers.push_back(vec![Vec::new(); self.edges.nodes()]);
        }
        let known = &mut self.layers[layer][node as usize];
        self.work += known.len() * self.sources.len();
        if known.iter().any(|it| it.is_ahead_of(&label)) {
            return None;
        }
        known.retain(|it| !label.is_ahead_of(it));
        match known.len() < self.kept {
            true => known.push(label.clone()),
            // Not all ways need be found where it only matters that what is found is one.
            false if self.exact => {
                let latest = known.iter_mut().max_by_key(|it| it.at).filter(|it| it.at > label.at)?;
                *latest = label.clone();
            }
            false => {
                let last = known.last_mut()?;
                last.lower(&label);
                return Some(last.clone());
            }
        }
        Some(label)
    }
}

/// Watchers and timers that are active in a leaf.
fn active(graph: &Graph<'_>, sources: &[Source], leaf: StateId) -> [Vec<usize>; 2] {
    let there = (0..sources.len()).filter(|it| graph.space.contains(sources[*it].owner, leaf));
    let (timers, watchers) = there.partition(|it| matches!(sources[*it].what, What::Timer(..)));
    [watchers, timers]
}
