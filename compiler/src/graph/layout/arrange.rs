//! Order and places of all nodes of a level: several ways are tried, and the best is taken.

use super::attach::attach;
use super::frame::Frame;
use super::net::Net;
use super::plan::Link;
use super::snap::snap;
use super::{order, place};

/// With more nodes less is tried: nobody follows such lines with the eye, but somebody waits for the picture.
pub(super) const LARGE: usize = 20_000;
/// How often lines are made straighter.
const ROUNDS: usize = 4;
/// What a crossing counts, in pixels of line to the side.
const CROSSING: f64 = 90.0;
/// What it counts that a line turns.
const TURN: f64 = 30.0;

/// The nodes in their places, and where each link is in each row.
pub(super) fn best(net: &Net, links: &[Link], frames: &[Frame]) -> (Net, Vec<Vec<f64>>) {
    let first = arranged(net, links, frames, true);
    if net.nodes.len() > LARGE {
        return (first.0, first.1);
    }
    let second = arranged(net, links, frames, false);
    let best = if second.2 < first.2 { second } else { first };
    (best.0, best.1)
}

/// One way, and what it costs.
fn arranged(net: &Net, links: &[Link], frames: &[Frame], upwards_first: bool) -> (Net, Vec<Vec<f64>>, f64) {
    let mut net = net.clone();
    let crossings = order::order(&mut net, upwards_first);
    place::place(&mut net);
    let mut lines = attach(&net, links, frames);
    let mut best = (cost(&lines), net.clone(), lines.clone());
    for _ in 0..if net.nodes.len() > LARGE { 1 } else { ROUNDS } {
        let ends = ends(&net, &lines);
        place::straighten(&mut net, &ends);
        lines = attach(&net, links, frames);
        let now = cost(&lines);
        if now < best.0 {
            best = (now, net.clone(), lines.clone());
        }
    }
    let (_, mut net, mut lines) = best;
    snap(&mut net, links, frames, &mut lines);
    let cost = cost(&lines) + CROSSING * crossings as f64;
    (net, lines, cost)
}

/// How often lines turn, and how far they run to the side.
fn cost(lines: &[Vec<f64>]) -> f64 {
    let shifts = lines.iter().flat_map(|line| line.windows(2).map(|it| (it[0] - it[1]).abs()));
    shifts.map(|it| if it < 1.0 { 0.0 } else { TURN + it }).sum()
}

/// Where the links meet their tails and heads, from the left side of these.
fn ends(net: &Net, lines: &[Vec<f64>]) -> place::Ends {
    let from_left = |node: Option<&usize>, x: Option<&f64>| match (node, x) {
        (Some(node), Some(x)) => x - net.nodes[*node].x,
        _ => 0.0,
    };
    let ends = |(chain, line): (&Vec<usize>, &Vec<f64>)| {
        (from_left(chain.first(), line.first()), from_left(chain.last(), line.last()))
    };
    net.chains.iter().zip(lines).map(ends).collect()
}
