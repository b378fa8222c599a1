//! Whether the machine, once in a state, comes to others in the end: is there a way to go on for ever without?
//!
//! Nobody has to do anything, so the machine may stay wherever it is, but for what is fair: an outcome of an active
//! watcher, and a timer, that could happen all the time, happens in the end. What is begun anew on the way could not
//! happen all the time. Components of the part that has no goal in it are looked through for such a way.

use super::components::NONE;
use super::edges::{Edge, Edges};
use super::event::Cause;
use super::graph::{Came, Graph, START};
use super::trace::{Found, Taken};
use crate::model::{SKIPPED, StateId};

/// The shortest way into one of the states, and on without ever coming to a goal.
pub(super) fn without_end(graph: &Graph<'_>, edges: &Edges, from: StateId, goals: &[StateId]) -> Option<Found> {
    let avoiding = Avoiding::of(graph, edges, &graph.space.inside(&[from]), &graph.space.inside(goals));
    let begin = avoiding.first_fair()?;
    let (target, round) = avoiding.round(begin);
    let mut steps = graph.trace_to(avoiding.root(target));
    steps.extend(avoiding.way_to(target));
    Some(Found { round: Some(round), ..Found::at(steps) })
}

/// What can be come to from the states without a goal on the way.
struct Avoiding<'g, 'm> {
    graph: &'g Graph<'m>,
    edges: &'g Edges,
    /// By way, whether no goal is on it, not even in passing.
    avoids: Vec<bool>,
    /// By configuration, how it was come to; that it is one of the first comes from [`START`].
    came: Vec<Option<Came>>,
    /// In the order in which they were come to.
    nodes: Vec<u32>,
    /// By configuration, which circles it lies on.
    components: Vec<u32>,
}

impl<'g, 'm> Avoiding<'g, 'm> {
    fn of(graph: &'g Graph<'m>, edges: &'g Edges, is_start: &[bool], is_goal: &[bool]) -> Self {
        let avoids = graph.avoiding(is_goal);
        let (came, nodes) = (vec![None; edges.nodes()], Vec::new());
        let mut out = Self { graph, edges, avoids, came, nodes, components: Vec::new() };
        let is_first = |at: usize| is_start[graph.leaf_at(at)] && !is_goal[graph.leaf_at(at)];
        let first: Vec<u32> = (0..edges.nodes()).filter(|it| is_first(*it)).map(|it| it as u32).collect();
        out.spread(&first);
        out.components = edges.components(first, |it| out.avoids[it.way as usize]);
        out
    }

    /// All that can be come to from the first ones, those first that take the fewest steps.
    fn spread(&mut self, first: &[u32]) {
        let depths = self.graph.depths();
        let (mut first, mut level, mut depth) = (first.iter().copied().peekable(), Vec::new(), 0);
        while first.peek().is_some() || !level.is_empty() {
            let mut here = Vec::new();
            while let Some(at) = first.next_if(|it| depths[*it as usize] <= depth) {
                if self.came[at as usize].is_none() {
                    self.came[at as usize] = Some(Came { from: START, way: 0 });
                    here.push(at);
                }
            }
            here.append(&mut level);
            level = here.iter().flat_map(|it| self.next(*it)).collect();
            self.nodes.append(&mut here);
            depth += 1;
        }
    }

    /// What a configuration leads to that has not been come to before.
    fn next(&mut self, from: u32) -> Vec<u32> {
        let mut next = Vec::new();
        for Edge { way, to } in self.edges.from(from).iter().filter(|it| self.avoids[it.way as usize]) {
            let came = &mut self.came[*to as usize];
            if came.is_none() {
                *came = Some(Came { from, way: *way });
                next.push(*to);
            }
        }
        next
    }

    /// The first configuration that can be gone round for ever in a fair way.
    fn first_fair(&self) -> Option<u32> {
        let members = Members::of(&self.components);
        let mut is_fair: Vec<Option<bool>> = vec![None; members.starts.len()];
        // By way, the last component in which it was met.
        let mut met = vec![NONE; self.avoids.len()];
        self.nodes.iter().copied().find(|node| {
            let of = self.components[*node as usize];
            *is_fair[of as usize].get_or_insert_with(|| self.lacks(of, members.of_component(of), &mut met).is_empty())
        })
    }

    /// What could happen all the time within a component, and never does.
    fn lacks(&self, of: u32, nodes: &[u32], met: &mut [u32]) -> Vec<Cause> {
        let Some(first) = nodes.first() else { return Vec::new() };
        let mut lacking: Vec<Cause> = self.graph.fair(*first).collect();
        let inside = |it: &&Edge| self.avoids[it.way as usize] && self.components[it.to as usize] == of;
        for edge in nodes.iter().flat_map(|it| self.edges.from(*it)).filter(inside) {
            if std::mem::replace(&mut met[edge.way as usize], of) != of {
                lacking.retain(|it| !self.graph.serves(edge.way, *it));
            }
        }
        for node in nodes {
            if lacking.is_empty() {
                break;
            }
            lacking.retain(|cause| self.graph.can_happen(*node, *cause));
        }
        lacking
    }

    /// Where a configuration leads without a goal on the way.
    fn from(&self, node: u32) -> impl Iterator<Item = &'g Edge> {
        self.edges.from(node).iter().filter(|it| self.avoids[it.way as usize])
    }

    /// Where the way to a configuration begins.
    fn root(&self, node: u32) -> u32 {
        let before = |at: &u32| self.came[*at as usize].map(|it| it.from).filter(|it| *it != START);
        std::iter::successors(Some(node), before).last().unwrap_or(node)
    }

    fn way_to(&self, node: u32) -> Vec<Taken> {
        let (mut steps, mut to) = (Vec::new(), node);
        while let Some(Came { from, way }) = self.came[to as usize].filter(|it| it.from != START) {
            steps.push(Taken { from, way, to, asked: None });
            to = from;
        }
        steps.reverse();
        steps
    }

    /// A fair way round near `begin`, and where it begins: best where the machine simply stays, else a circle.
    fn round(&self, begin: u32) -> (u32, Vec<Taken>) {
        let of = self.components[begin as usize];
        let near = self.ways(begin, &|node| self.components[node as usize] == of);
        for (node, _) in &near.0 {
            if let Some(round) = self.staying(*node) {
                return (*node, round);
            }
        }
        (begin, self.circle(begin))
    }

    /// What happens again and again in a configuration that is never left, if that is fair.
    fn staying(&self, node: u32) -> Option<Vec<Taken>> {
        let mut round: Vec<Taken> = Vec::new();
        for cause in self.graph.fair(node) {
            let edge = self.from(node).find(|edge| edge.to == node && self.graph.serves(edge.way, cause))?;
            let step = Taken::along(node, *edge);
            if !round.contains(&step) {
                round.push(step);
            }
        }
        Some(round)
    }

    /// A way round that leaves out nothing that could happen all the time.
    fn circle(&self, begin: u32) -> Vec<Taken> {
        let (graph, of) = (self.graph, self.components[begin as usize]);
        let inside = |node: u32| self.components[node as usize] == of;
        let (mut round, mut nodes): (Vec<Taken>, Vec<u32>) = (Vec::new(), vec![begin]);
        loop {
            let is_lacking = |cause: &Cause| {
                nodes.iter().all(|node| graph.can_happen(*node, *cause))
                    && !round.iter().any(|it| graph.serves(it.way, *cause))
            };
            let lacking = graph.fair(begin).find(is_lacking);
            if lacking.is_none() && !round.is_empty() {
                break;
            }
            let Some(more) = self.detour(begin, &inside, lacking) else { break };
            nodes.extend(more.iter().map(|it| it.from));
            round.extend(more);
        }
        round
    }

    /// From `begin` and back to it, by way of an edge on which `cause` happens or is cut off, or of a node where it is
    /// not possible.
    fn detour(&self, begin: u32, inside: &dyn Fn(u32) -> bool, cause: Option<Cause>) -> Option<Vec<Taken>> {
        let there = self.ways(begin, inside);
        for (place, (node, _)) in there.0.iter().enumerate() {
            if let Some(cause) = cause
                && !self.graph.can_happen(*node, cause)
            {
                return Some([there.to(place), self.way(*node, begin, inside)?].concat());
            }
            for edge in self.from(*node).filter(|it| inside(it.to)) {
                if cause.is_none_or(|it| self.graph.serves(edge.way, it)) {
                    let along = vec![Taken::along(*node, *edge)];
                    return Some([there.to(place), along, self.way(edge.to, begin, inside)?].concat());
                }
            }
        }
        None
    }

    fn way(&self, from: u32, to: u32, inside: &dyn Fn(u32) -> bool) -> Option<Vec<Taken>> {
        let ways = self.ways(from, inside);
        ways.0.iter().position(|it| it.0 == to).map(|it| ways.to(it))
    }

    /// Shortest ways from a node to others, the nearest first.
    fn ways(&self, from: u32, inside: &dyn Fn(u32) -> bool) -> Ways {
        let mut ways = Ways(vec![(from, None)]);
        let (mut at, mut seen) = (0, std::collections::HashSet::from([from]));
        while let Some((node, _)) = ways.0.get(at).copied() {
            for edge in self.from(node).filter(|it| inside(it.to)) {
                if seen.insert(edge.to) {
                    ways.0.push((edge.to, Some((at, *edge))));
                }
            }
            at += 1;
        }
        ways
    }
}

/// Nodes by component.
struct Members {
    /// By component, where its nodes begin.
    starts: Vec<u32>,
    nodes: Vec<u32>,
}

impl Members {
    fn of(components: &[u32]) -> Self {
        let known = || components.iter().enumerate().filter(|it| *it.1 != NONE);
        let count = known().map(|it| *it.1 as usize + 1).max().unwrap_or(0);
        let mut starts = vec![0; count + 1];
        known().for_each(|it| starts[*it.1 as usize + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let (mut next, mut nodes) = (starts.clone(), vec![0; known().count()]);
        for (node, of) in known() {
            nodes[next[*of as usize] as usize] = node as u32;
            next[*of as usize] += 1;
        }
        Self { starts, nodes }
    }

    fn of_component(&self, of: u32) -> &[u32] {
        &self.nodes[self.starts[of as usize] as usize..self.starts[of as usize + 1] as usize]
    }
}

/// Nodes with where the shortest way to each comes from: its position here, and the edge.
struct Ways(Vec<(u32, Option<(usize, Edge)>)>);

impl Ways {
    /// The way to the node at a position.
    fn to(&self, at: usize) -> Vec<Taken> {
        let (mut way, mut at) = (Vec::new(), at);
        while let Some((before, edge)) = self.0[at].1 {
            way.push(Taken::along(self.0[before].0, edge));
            at = before;
        }
        way.reverse();
        way
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

    /// By way, whether it does not come to a goal, not even in passing.
    fn avoiding(&self, is_goal: &[bool]) -> Vec<bool> {
        let leads = self.leads_into(is_goal);
        let passes = self.table.ways.iter().map(|it| it.moves.iter().any(|it| is_goal[self.space.number_of(it.to)]));
        leads.iter().zip(passes).map(|(leads, passes)| !leads && !passes).collect()
    }

    /// What has to happen in the end if it is possible all the time.
    fn fair(&self, at: u32) -> impl Iterator<Item = Cause> {
        let config = self.configs[at as usize];
        let rows = self.table.rows[self.leaf_at(at as usize)].iter();
        let possible = rows.filter(move |it| it.event.is_possible(config)).map(|it| it.event.cause);
        possible.filter(|it| self.is_fair(*it))
    }

    fn can_happen(&self, at: u32, cause: Cause) -> bool {
        let config = self.configs[at as usize];
        let mut rows = self.table.rows[self.leaf_at(at as usize)].iter();
        rows.any(|it| it.event.cause == cause && it.event.is_possible(config))
    }

    fn is_fair(&self, cause: Cause) -> bool {
        let machine = self.space.machine;
        match cause {
            Cause::Outcome(watcher, outcome) => {
                let name = machine.outcomes(watcher).nth(outcome).map(|it| it.name);
                machine.watcher(watcher).modifiers.condition.is_none() && name != Some(SKIPPED)
            }
            Cause::After(_) => true,
            _ => false,
        }
    }

    /// Whether it happens on this way, or what it hangs on begins anew.
    fn serves(&self, way: u32, cause: Cause) -> bool {
        let machine = self.space.machine;
        let owner = match cause {
            Cause::Outcome(watcher, _) => machine.watcher(watcher).owner,
            Cause::After(handler) => machine.handler(handler).owner,
            _ => return false,
        };
        let moves = &self.table.ways[way as usize].moves;
        self.cause_of(way) == cause || moves.iter().any(|it| self.space.below(it.kept, it.to).contains(&owner))
    }
}
