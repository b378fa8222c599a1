//! Whether there is a way to where the machine has to be able to come, from wherever it can be.
//!
//! A way counts only on what must be possible: who watches may answer whatever can be answered, operators and other
//! machines can send what they can send; but where it depends on what is not followed how a step goes, all that it can
//! come to have to be good.

use super::graph::Graph;
use super::run::Depends;
use super::trace::Found;
use crate::model::StateId;
use std::collections::VecDeque;

/// The shortest way to where none of these states can be reached any more.
pub(super) fn lost(graph: &mut Graph<'_>, goals: &[StateId]) -> Option<Found> {
    let is_goal = graph.space.inside(goals);
    let edges = Backwards::of(graph);
    let good = edges.good(graph, &is_goal);
    let bad = good.iter().position(|it| !it)?;
    let hope = hope(graph, bad, &is_goal);
    Some(Found { hope, ..Found::at(graph.trace_to(bad as u32)) })
}

/// For each configuration, what can lead to it.
struct Backwards {
    /// By configuration, where its edges begin.
    starts: Vec<u32>,
    /// Which choice each edge belongs to.
    edges: Vec<u32>,
    /// By choice, where it is taken.
    from: Vec<u32>,
    /// By choice, to how many configurations it may lead.
    open: Vec<u32>,
}

impl Backwards {
    /// All choices that can be counted on.
    fn of(graph: &mut Graph<'_>) -> Self {
        let (mut pairs, mut from, mut open): (Vec<(u32, u32)>, Vec<u32>, Vec<u32>) =
            (Vec::new(), Vec::new(), Vec::new());
        let counted = graph.counted_on();
        for at in 0..graph.configs.len() {
            let (leaf, mut last) = (graph.leaf_at(at), None);
            graph.edges(at, &mut |edge| {
                if !counted[leaf][edge.event as usize] {
                    return;
                }
                if last != Some((edge.event, edge.group)) {
                    last = Some((edge.event, edge.group));
                    from.push(at as u32);
                    open.push(0);
                }
                let choice = from.len() - 1;
                open[choice] += 1;
                pairs.push((edge.to, choice as u32));
            });
        }
        let mut starts = vec![0; graph.configs.len() + 1];
        pairs.iter().for_each(|it| starts[it.0 as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let (mut next, mut edges) = (starts.clone(), vec![0; pairs.len()]);
        for (to, choice) in pairs {
            edges[next[to as usize] as usize] = choice;
            next[to as usize] += 1;
        }
        Self { starts, edges, from, open }
    }

    /// Where some choice leads to a goal, or to where it is good, in any case.
    fn good(mut self, graph: &Graph<'_>, is_goal: &[bool]) -> Vec<bool> {
        let mut good: Vec<bool> = (0..graph.configs.len()).map(|at| is_goal[graph.leaf_at(at)]).collect();
        let mut queue: VecDeque<u32> = (0..good.len() as u32).filter(|at| good[*at as usize]).collect();
        while let Some(at) = queue.pop_front() {
            for edge in self.starts[at as usize]..self.starts[at as usize + 1] {
                let choice = self.edges[edge as usize] as usize;
                self.open[choice] -= 1;
                let from = self.from[choice];
                if self.open[choice] == 0 && !std::mem::replace(&mut good[from as usize], true) {
                    queue.push_back(from);
                }
            }
        }
        good
    }
}

/// What it depends on that there is a way all the same, if all goes well.
fn hope(graph: &mut Graph<'_>, start: usize, is_goal: &[bool]) -> Option<Depends> {
    let mut came = vec![None; graph.configs.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        if is_goal[graph.leaf_at(at)] {
            return first_guess(graph, &came, start, at);
        }
        let mut edges = Vec::new();
        graph.edges(at, &mut |edge| edges.push(edge));
        for edge in edges {
            let to = edge.to as usize;
            if came[to].is_none() && to != start {
                came[to] = Some((at, edge.way));
                queue.push_back(to);
            }
        }
    }
    None
}

fn first_guess(graph: &Graph<'_>, came: &[Option<(usize, u32)>], start: usize, goal: usize) -> Option<Depends> {
    let (mut at, mut guess) = (goal, None);
    while let Some((from, way)) = came[at].filter(|_| at != start) {
        guess = graph.table.ways[way as usize].depends.or(guess);
        at = from;
    }
    guess
}

impl Graph<'_> {
    /// By leaf and event, whether it can be counted on.
    fn counted_on(&self) -> Vec<Vec<bool>> {
        let of_row = |it: &super::table::Row<'_>| it.event.cause.can_be_counted_on(&self.space);
        self.table.rows.iter().map(|it| it.iter().map(of_row).collect()).collect()
    }
}
