//! Whether the machine, once in a state, comes to others in the end: is there a way to go on for ever without?
//!
//! Nobody has to do anything, so the machine may stay wherever it is, but for what is fair: an outcome of an active
//! watcher, and a timer, that could happen all the time, happens in the end. What is begun anew on the way could not
//! happen all the time. Components of the part that has no goal in it are looked through for such a way.

use super::components::Part;
use super::event::Cause;
use super::graph::{Edge, Graph, START};
use super::run::Way;
use super::trace::{Found, Taken};
use crate::model::{SKIPPED, StateId};
use std::collections::BTreeMap;

/// The shortest way into one of the states, and on without ever coming to a goal.
pub(super) fn without_end(graph: &mut Graph<'_>, from: StateId, goals: &[StateId]) -> Option<Found> {
    let (is_start, is_goal) = (graph.space.inside(&[from]), graph.space.inside(goals));
    let part = Avoiding::of(graph, &is_start, &is_goal);
    let components = part.part.components();
    let mut fair: BTreeMap<u32, bool> = BTreeMap::new();
    let members = part.members(&components);
    let begin = (0..part.at.len() as u32).find(|node| {
        let of = components[*node as usize];
        *fair.entry(of).or_insert_with(|| part.lacks(graph, &members[of as usize], &components).is_empty())
    })?;
    let (target, round) = part.round(graph, begin, &components);
    let mut steps = graph.trace_to(part.root(target));
    steps.extend(part.way_to(target));
    Some(Found { round: Some(round), ..Found::at(steps) })
}

/// What can be come to from the states without a goal on the way.
struct Avoiding {
    part: Part<Edge>,
    /// By node, the position of its configuration.
    at: Vec<u32>,
    /// By node, the one before and the edge from there; nothing where it begins.
    came: Vec<Option<(u32, Edge)>>,
}

/// The position of a configuration, and where the way to it comes from.
type Planned = (u32, Option<(u32, Edge)>);

impl Avoiding {
    fn of(graph: &mut Graph<'_>, is_start: &[bool], is_goal: &[bool]) -> Self {
        let (mut node, mut out) =
            (vec![START; graph.configs.len()], Self { part: Part::new(), at: Vec::new(), came: Vec::new() });
        let depths = graph.depths();
        let mut levels: Vec<Vec<Planned>> = Vec::new();
        let plan = |depth: usize, it, levels: &mut Vec<Vec<_>>| {
            levels.resize_with(levels.len().max(depth + 1), Vec::new);
            levels[depth].push(it);
        };
        for (at, depth) in depths.into_iter().enumerate() {
            let leaf = graph.leaf_at(at);
            if is_start[leaf] && !is_goal[leaf] {
                plan(depth as usize, (at as u32, None), &mut levels);
            }
        }
        let mut depth = 0;
        while depth < levels.len() {
            for (at, came) in std::mem::take(&mut levels[depth]) {
                if node[at as usize] != START {
                    continue;
                }
                node[at as usize] = out.at.len() as u32;
                out.at.push(at);
                out.came.push(came);
                let here = out.at.len() as u32 - 1;
                for edge in graph.avoiding(at, is_goal) {
                    if node[edge.to as usize] == START {
                        plan(depth + 1, (edge.to, Some((here, edge))), &mut levels);
                    }
                }
            }
            depth += 1;
        }
        for at in out.at.clone() {
            let edges = graph.avoiding(at, is_goal);
            out.part.push(edges.into_iter().map(|it| (node[it.to as usize], it)));
        }
        out
    }

    fn members(&self, components: &[u32]) -> Vec<Vec<u32>> {
        let count = components.iter().max().map_or(0, |it| *it as usize + 1);
        let mut members = vec![Vec::new(); count];
        components.iter().enumerate().for_each(|(node, of)| members[*of as usize].push(node as u32));
        members
    }

    /// Where the way to a node begins, as the position of a configuration.
    fn root(&self, node: u32) -> u32 {
        let before = std::iter::successors(Some(node), |it| self.came[*it as usize].map(|it| it.0));
        before.last().map_or(0, |it| self.at[it as usize])
    }

    fn way_to(&self, node: u32) -> Vec<Taken> {
        let (mut steps, mut node) = (Vec::new(), node);
        while let Some((before, edge)) = self.came[node as usize] {
            steps.push(Taken::along(self.at[before as usize], edge));
            node = before;
        }
        steps.reverse();
        steps
    }

    /// What could happen all the time among these nodes, and never does.
    fn lacks(&self, graph: &Graph<'_>, nodes: &[u32], components: &[u32]) -> Vec<Cause> {
        let mut possible: BTreeMap<(usize, usize), (Cause, usize)> = BTreeMap::new();
        for node in nodes {
            for cause in graph.fair(self.at[*node as usize]) {
                possible.entry(rank(cause)).or_insert((cause, 0)).1 += 1;
            }
        }
        let lacking = possible.into_values().filter(|it| it.1 == nodes.len()).map(|it| it.0);
        let mut lacking: Vec<_> = lacking.collect();
        for node in nodes {
            for (to, edge) in self.part.from(*node) {
                if components[*to as usize] == components[*node as usize] && !lacking.is_empty() {
                    let at = self.at[*node as usize];
                    lacking.retain(|it| !graph.serves(at, edge, *it));
                }
            }
        }
        lacking
    }

    /// A fair way round near `begin`, and where it begins: best where the machine simply stays, else a circle.
    fn round(&self, graph: &Graph<'_>, begin: u32, components: &[u32]) -> (u32, Vec<Taken>) {
        let of = components[begin as usize];
        let near = self.ways(begin, |node| components[node as usize] == of);
        for (node, _) in &near.0 {
            if let Some(round) = self.staying(graph, *node) {
                return (*node, round);
            }
        }
        (begin, self.circle(graph, begin, components))
    }

    /// What happens again and again in a configuration that is never left, if that is fair.
    fn staying(&self, graph: &Graph<'_>, node: u32) -> Option<Vec<Taken>> {
        let at = self.at[node as usize];
        let loops: Vec<_> = self.part.from(node).iter().filter(|it| it.0 == node).map(|it| it.1).collect();
        let mut round: Vec<Taken> = Vec::new();
        for cause in graph.fair(at) {
            let edge = loops.iter().find(|edge| graph.serves(at, edge, cause))?;
            let step = Taken::along(at, *edge);
            if !round.contains(&step) {
                round.push(step);
            }
        }
        Some(round)
    }

    /// A way round that leaves out nothing that could happen all the time.
    fn circle(&self, graph: &Graph<'_>, begin: u32, components: &[u32]) -> Vec<Taken> {
        let of = components[begin as usize];
        let inside = |node: u32| components[node as usize] == of;
        let (mut round, mut nodes): (Vec<(u32, Edge)>, Vec<u32>) = (Vec::new(), vec![begin]);
        loop {
            let steps = |node: &u32, edge: &Edge, cause| graph.serves(self.at[*node as usize], edge, cause);
            let fair = graph.fair(self.at[begin as usize]);
            let is_lacking = |cause: &Cause| {
                nodes.iter().all(|it| graph.fair(self.at[*it as usize]).contains(cause))
                    && !round.iter().any(|(node, edge)| steps(node, edge, *cause))
            };
            let lacking = fair.into_iter().find(is_lacking);
            if lacking.is_none() && !round.is_empty() {
                break;
            }
            let Some(more) = self.detour(graph, begin, &inside, lacking) else { break };
            nodes.extend(more.iter().map(|it| it.0));
            round.extend(more);
        }
        round.into_iter().map(|(node, edge)| Taken::along(self.at[node as usize], edge)).collect()
    }

    /// From `begin` and back to it, by way of an edge on which `cause` happens or is cut off, or of a node where it is
    /// not possible.
    fn detour(
        &self,
        graph: &Graph<'_>,
        begin: u32,
        inside: &dyn Fn(u32) -> bool,
        cause: Option<Cause>,
    ) -> Option<Vec<(u32, Edge)>> {
        let there = self.ways(begin, inside);
        for (place, (node, _)) in there.0.iter().enumerate() {
            let at = self.at[*node as usize];
            if let Some(cause) = cause
                && !graph.fair(at).contains(&cause)
            {
                return Some([there.to(place), self.way(*node, begin, inside)?].concat());
            }
            for (to, edge) in self.part.from(*node).iter().filter(|it| inside(it.0)) {
                if cause.is_none_or(|it| graph.serves(at, edge, it)) {
                    return Some([there.to(place), vec![(*node, *edge)], self.way(*to, begin, inside)?].concat());
                }
            }
        }
        None
    }

    fn way(&self, from: u32, to: u32, inside: &dyn Fn(u32) -> bool) -> Option<Vec<(u32, Edge)>> {
        let ways = self.ways(from, inside);
        ways.0.iter().position(|it| it.0 == to).map(|it| ways.to(it))
    }

    /// Shortest ways from a node to others, the nearest first.
    fn ways(&self, from: u32, inside: impl Fn(u32) -> bool) -> Ways {
        let mut ways = Ways(vec![(from, None)]);
        let (mut at, mut seen) = (0, std::collections::HashSet::from([from]));
        while let Some((node, _)) = ways.0.get(at).copied() {
            for (to, edge) in self.part.from(node).iter().filter(|it| inside(it.0)) {
                if seen.insert(*to) {
                    ways.0.push((*to, Some((at, *edge))));
                }
            }
            at += 1;
        }
        ways
    }
}

/// Nodes with where the shortest way to each comes from: its position here, and the edge.
struct Ways(Vec<(u32, Option<(usize, Edge)>)>);

impl Ways {
    /// The way to the node at a position.
    fn to(&self, at: usize) -> Vec<(u32, Edge)> {
        let (mut way, mut at) = (Vec::new(), at);
        while let Some((before, edge)) = self.0[at].1 {
            way.push((self.0[before].0, edge));
            at = before;
        }
        way.reverse();
        way
    }
}

fn rank(cause: Cause) -> (usize, usize) {
    match cause {
        Cause::Outcome(watcher, outcome) => (watcher.0, outcome),
        Cause::After(handler) => (usize::MAX, handler.0),
        _ => (usize::MAX, usize::MAX),
    }
}

impl Graph<'_> {
    /// By configuration, how many steps it takes to come to it.
    fn depths(&self) -> Vec<u32> {
        let mut depths: Vec<u32> = Vec::with_capacity(self.came.len());
        for it in &self.came {
            depths.push(if it.from == START { 0 } else { depths[it.from as usize] + 1 });
        }
        depths
    }

    /// What can happen in a configuration without coming to a goal, not even in passing.
    fn avoiding(&mut self, at: u32, is_goal: &[bool]) -> Vec<Edge> {
        let mut edges = Vec::new();
        self.edges(at as usize, &mut |edge| edges.push(edge));
        edges.retain(|edge| {
            let passes = |way: &Way| way.moves.iter().any(|it| is_goal[self.space.number_of(it.to)]);
            !is_goal[self.leaf_at(edge.to as usize)] && !passes(&self.table.ways[edge.way as usize])
        });
        edges
    }

    /// What has to happen in the end if it is possible all the time.
    fn fair(&self, at: u32) -> Vec<Cause> {
        let machine = self.space.machine;
        let config = self.configs[at as usize];
        let rows = self.table.rows[self.leaf_at(at as usize)].iter();
        let possible = rows.filter(|it| it.event.is_possible(config)).map(|it| it.event.cause);
        let is_fair = |it: &Cause| match it {
            Cause::Outcome(watcher, outcome) => {
                let name = machine.outcomes(*watcher).nth(*outcome).map(|it| it.name);
                machine.watcher(*watcher).modifiers.condition.is_none() && name != Some(SKIPPED)
            }
            Cause::After(_) => true,
            _ => false,
        };
        possible.filter(is_fair).collect()
    }

    /// Whether it happens on this edge, or what it hangs on begins anew.
    fn serves(&self, at: u32, edge: &Edge, cause: Cause) -> bool {
        let machine = self.space.machine;
        let leaf = self.leaf_at(at as usize);
        let owner = match cause {
            Cause::Outcome(watcher, _) => machine.watcher(watcher).owner,
            Cause::After(handler) => machine.handler(handler).owner,
            _ => return false,
        };
        let begins_anew = |way: &Way| way.moves.iter().any(|it| self.space.below(it.kept, it.to).contains(&owner));
        self.table.rows[leaf][edge.event as usize].event.cause == cause
            || begins_anew(&self.table.ways[edge.way as usize])
    }
}
