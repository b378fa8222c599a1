//! Whether there is a way to where the machine has to be able to come, from wherever it can be.
//!
//! A way counts only on what must be possible: who watches may answer whatever can be answered, operators and other
//! machines can send what they can send; but where it depends on what is not followed how a step goes, all that it can
//! come to have to be good.

use super::clocks::is_race;
use super::edges::{Edge, Edges};
use super::event::Cause;
use super::graph::Graph;
use super::run::Depends;
use super::trace::Found;
use crate::model::StateId;
use std::collections::VecDeque;

/// The shortest way to where none of these states can be reached any more.
pub(super) fn lost(graph: &Graph<'_>, edges: &Edges, goals: &[StateId]) -> Option<Found> {
    let is_goal = graph.space.inside(goals);
    let good = Backwards::of(graph, edges, &[]).good(graph, &is_goal);
    let bad = good.iter().position(|it| !it)?;
    let hope = hope(graph, edges, bad as u32, &is_goal);
    Some(Found { hope, ..Found::at(graph.trace_to(bad as u32)) })
}

/// Whether it takes timers that race to reach these states: nobody can count on which of them is first.
pub(super) fn hangs_on_time(graph: &Graph<'_>, edges: &Edges, goals: &[StateId]) -> bool {
    let races: Vec<bool> = graph.space.leaves.iter().map(|it| is_race(graph.space.machine, *it)).collect();
    let good = || Backwards::of(graph, edges, &races).good(graph, &graph.space.inside(goals));
    races.contains(&true) && good().contains(&false)
}

/// What a way is good for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Help {
    /// Nobody can count on what happens.
    No,
    /// It goes this way for certain.
    Certain,
    /// It goes this way or the next ones.
    First,
    /// It goes this way or those before.
    Further,
}

/// For each configuration, what can lead to it.
struct Backwards {
    /// By configuration, where its edges begin.
    starts: Vec<u32>,
    /// Where each edge comes from; with [`CHOICE`], which choice it belongs to.
    edges: Vec<u32>,
    choices: Vec<Choice>,
}

/// Something that can be brought about, of which nobody can say where it leads.
struct Choice {
    from: u32,
    /// How many configurations it may lead to that are not known to be good.
    open: u32,
}

/// Configurations have smaller numbers.
const CHOICE: u32 = 1 << 31;

impl Backwards {
    /// All that can be counted on.
    /// In these leaves, by their numbers, nobody can count on timers.
    fn of(graph: &Graph<'_>, edges: &Edges, races: &[bool]) -> Self {
        let help = graph.help(races);
        let leads_on = |at: u32, it: &Edge| match help[it.way as usize] {
            Help::No => false,
            Help::Certain => it.to != at,
            Help::First | Help::Further => true,
        };
        let is_time = |at: u32, it: &Edge| {
            let clocks = graph.space.clocks.as_ref();
            let config = graph.configs[at as usize];
            clocks.is_none_or(|clocks| clocks.is_time_for(config, graph.space.leaf_of(config), graph.cause_of(it.way)))
        };
        let of = |at: u32| edges.from(at).iter().filter(move |it| leads_on(at, it) && is_time(at, it));
        let nodes = 0..edges.nodes() as u32;
        let mut starts = vec![0; edges.nodes() + 1];
        nodes.clone().flat_map(of).for_each(|it| starts[it.to as usize + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let (mut next, mut choices) = (starts.clone(), Vec::new());
        let mut back = vec![0; starts.last().map_or(0, |it| *it as usize)];
        for at in nodes {
            for edge in of(at) {
                let place = &mut next[edge.to as usize];
                back[*place as usize] = choose(&mut choices, at, help[edge.way as usize]);
                *place += 1;
            }
        }
        Self { starts, edges: back, choices }
    }

    /// Where some choice leads to a goal, or to where it is good, in any case.
    fn good(mut self, graph: &Graph<'_>, is_goal: &[bool]) -> Vec<bool> {
        let mut good: Vec<bool> = (0..graph.configs.len()).map(|at| is_goal[graph.leaf_at(at)]).collect();
        let mut found: Vec<u32> = (0..good.len() as u32).filter(|at| good[*at as usize]).collect();
        while let Some(at) = found.pop() {
            for edge in self.starts[at as usize]..self.starts[at as usize + 1] {
                if let Some(from) = self.certain(edge as usize)
                    && !std::mem::replace(&mut good[from as usize], true)
                {
                    found.push(from);
                }
            }
        }
        good
    }

    /// Where an edge comes from, if by now all is good that its choice may lead to.
    fn certain(&mut self, edge: usize) -> Option<u32> {
        let from = self.edges[edge];
        if from < CHOICE {
            return Some(from);
        }
        let choice = &mut self.choices[(from - CHOICE) as usize];
        choice.open -= 1;
        (choice.open == 0).then_some(choice.from)
    }
}

/// Notes an edge from a configuration.
fn choose(choices: &mut Vec<Choice>, from: u32, help: Help) -> u32 {
    match (help, choices.last_mut()) {
        (Help::Further, Some(last)) => last.open += 1,
        (Help::First | Help::Further, _) => choices.push(Choice { from, open: 1 }),
        (Help::No | Help::Certain, _) => return from,
    }
    CHOICE + choices.len() as u32 - 1
}

/// What it depends on that there is a way all the same, if all goes well.
fn hope(graph: &Graph<'_>, edges: &Edges, start: u32, is_goal: &[bool]) -> Option<Depends> {
    let mut came = vec![None; edges.nodes()];
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        if is_goal[graph.leaf_at(at as usize)] {
            return first_guess(graph, &came, start, at);
        }
        for edge in edges.from(at) {
            let before = &mut came[edge.to as usize];
            if before.is_none() && edge.to != start {
                *before = Some((at, edge.way));
                queue.push_back(edge.to);
            }
        }
    }
    None
}

fn first_guess(graph: &Graph<'_>, came: &[Option<(u32, u32)>], start: u32, goal: u32) -> Option<Depends> {
    let (mut at, mut guess) = (goal, None);
    while let Some((from, way)) = came[at as usize].filter(|_| at != start) {
        guess = graph.table.ways[way as usize].depends.or(guess);
        at = from;
    }
    guess
}

impl Graph<'_> {
    /// By way, what it is good for.
    fn help(&self, races: &[bool]) -> Vec<Help> {
        let of = |way: u32| {
            let group = self.table.group_of(way);
            let (ways, is_race) = (&group.ways, races.get(group.leaf as usize) == Some(&true));
            match self.cause_of(way).can_be_counted_on(&self.space) {
                false => Help::No,
                true if is_race && matches!(self.cause_of(way), Cause::After(_)) => Help::No,
                true if ways.len() == 1 => Help::Certain,
                true if ways.start == way => Help::First,
                true => Help::Further,
            }
        };
        (0..self.table.ways.len() as u32).map(of).collect()
    }
}
