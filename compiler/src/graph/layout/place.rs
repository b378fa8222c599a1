//! How far to the right each node of a row stands: near what it is connected with, and clear of its neighbours.

use super::arrange::LARGE;
use super::net::{Net, Thing};

/// Rounds of each placing; with more nodes than `arrange` counts as many, fewer, as there somebody waits for the picture.
const ROUNDS: usize = 16;
const FEWER: usize = 6;

/// Where a link meets its tail and its head, from the left side of these.
pub(super) type Ends = Vec<(f64, f64)>;

/// A line to a node in the row before or behind.
#[derive(Clone, Copy)]
struct Pull {
    to: usize,
    /// How much further right than the other node this one should be.
    offset: f64,
    weight: f64,
}

/// What draws each node up- and downwards.
struct Pulls {
    upper: Vec<Vec<Pull>>,
    lower: Vec<Vec<Pull>>,
}

/// Places all nodes, the leftmost at 0.
pub(super) fn place(net: &mut Net) {
    let pulls = Pulls::of(net, &middles(net));
    for row in 0..net.rows.len() {
        pack(net, row);
    }
    for round in 0..rounds(net) {
        let (first, second) = if round % 2 == 0 { (&pulls.upper, &pulls.lower) } else { (&pulls.lower, &pulls.upper) };
        let nearest = |node: usize| [if first[node].is_empty() { &second[node] } else { &first[node] }, &[][..]];
        sweep(net, round % 2 == 0, nearest, None);
    }
    settle(net, &pulls);
}

/// Places all nodes once more, now that it is known where lines meet the borders.
pub(super) fn straighten(net: &mut Net, ends: &Ends) {
    let pulls = Pulls::of(net, ends);
    settle(net, &pulls);
}

fn rounds(net: &Net) -> usize {
    if net.nodes.len() > LARGE { FEWER } else { ROUNDS }
}

fn settle(net: &mut Net, pulls: &Pulls) {
    for round in 0..rounds(net) {
        let all = |node: usize| [&pulls.upper[node][..], &pulls.lower[node]];
        // At first gently, so that much can still move.
        sweep(net, round % 2 == 0, all, Some(1.0 + 60.0 / (1 + round * round) as f64));
    }
    let left = net.nodes.iter().map(|it| it.x).fold(f64::INFINITY, f64::min);
    net.nodes.iter_mut().for_each(|it| it.x = (it.x - left).round());
}

fn middles(net: &Net) -> Ends {
    let line = |it: Option<&usize>| it.map_or(0.0, |it| net.nodes[*it].line);
    net.chains.iter().map(|it| (line(it.first()), line(it.last()))).collect()
}

impl Pulls {
    fn of(net: &Net, ends: &Ends) -> Self {
        let mut pulls = Self { upper: vec![Vec::new(); net.nodes.len()], lower: vec![Vec::new(); net.nodes.len()] };
        for (chain, (tail, head)) in net.chains.iter().zip(ends) {
            let last = chain.len() - 1;
            let line = |at: usize| match at {
                0 => *tail,
                _ if at == last => *head,
                _ => net.nodes[chain[at]].line,
            };
            for at in 0..last {
                let (from, to) = (chain[at], chain[at + 1]);
                let (offset, weight) = (line(at) - line(at + 1), weight(net, from) * weight(net, to));
                pulls.upper[to].push(Pull { to: from, offset, weight });
                pulls.lower[from].push(Pull { to, offset: -offset, weight });
            }
        }
        pulls
    }
}

/// Lines that pass should be straight before all else.
fn weight(net: &Net, node: usize) -> f64 {
    match net.nodes[node].thing {
        Thing::Bend | Thing::Port(_) => 3.0,
        Thing::Label(_) => 2.0,
        Thing::Child(_) | Thing::Header => 1.0,
    }
}

/// Side by side, as near as they may be.
fn pack(net: &mut Net, row: usize) {
    let mut x = 0.0;
    let nodes = net.rows[row].clone();
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            x += gap(net, nodes[at - 1], *node);
        }
        net.nodes[*node].x = x;
        x += net.nodes[*node].width;
    }
}

/// How far apart two neighbours have to be.
fn gap(net: &Net, left: usize, right: usize) -> f64 {
    match (net.nodes[left].thing, net.nodes[right].thing) {
        (Thing::Child(_), Thing::Child(_)) => 26.0,
        (Thing::Label(_) | Thing::Header, _) => 16.0,
        (Thing::Child(_), _) | (_, Thing::Child(_)) => 14.0,
        _ => 12.0,
    }
}

/// All rows once. With `near`, what is near already pulls more than what is far, the more so the less `near` is: lines then
/// become straight in most places and turn in few.
fn sweep<'p>(net: &mut Net, downwards: bool, pulls: impl Fn(usize) -> [&'p [Pull]; 2], near: Option<f64>) {
    let count = net.rows.len();
    for step in 0..count {
        let row = if downwards { step } else { count - 1 - step };
        let offsets = offsets(net, row);
        let nodes = net.rows[row].clone();
        let wanted = |(node, offset): (&usize, &f64)| {
            let (x, weight) = pulled(net, *node, pulls(*node), near);
            (x - offset, weight)
        };
        let wanted: Vec<_> = nodes.iter().zip(&offsets).map(wanted).collect();
        for ((node, offset), x) in nodes.iter().zip(&offsets).zip(level(&wanted)) {
            net.nodes[*node].x = x + offset;
        }
    }
}

/// How far right each node of a row is when all are as near as they may be.
fn offsets(net: &Net, row: usize) -> Vec<f64> {
    let nodes = &net.rows[row];
    let mut offset = 0.0;
    let mut offsets = Vec::with_capacity(nodes.len());
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            offset += net.nodes[nodes[at - 1]].width + gap(net, nodes[at - 1], *node);
        }
        offsets.push(offset);
    }
    offsets
}

/// Where a node is drawn to, and how much.
fn pulled(net: &Net, node: usize, pulls: [&[Pull]; 2], near: Option<f64>) -> (f64, f64) {
    let x = net.nodes[node].x;
    let (mut sum, mut total) = (0.01 * x, 0.01);
    for it in pulls.into_iter().flatten() {
        let target = net.nodes[it.to].x + it.offset;
        let weight = near.map_or(it.weight, |near| it.weight / ((target - x).abs() + near));
        sum += target * weight;
        total += weight;
    }
    (sum / total, total)
}

/// The values nearest to the wanted ones, by their weights, of which none is less than the one before it.
pub(super) fn level(wanted: &[(f64, f64)]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (value, weight) in wanted {
        pools.push((*value, *weight, 1));
        while let [.., (a, x, m), (b, y, n)] = pools.as_slice() {
            if a <= b {
                break;
            }
            let joined = ((a * x + b * y) / (x + y), x + y, m + n);
            pools.truncate(pools.len() - 2);
            pools.push(joined);
        }
    }
    pools.iter().flat_map(|(value, _, count)| std::iter::repeat_n(*value, *count)).collect()
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn what_would_change_places_meets_in_the_middle() {
        assert_eq!(level(&[(1.0, 1.0), (5.0, 1.0), (3.0, 1.0)]), [1.0, 4.0, 4.0]);
        assert_eq!(level(&[(9.0, 3.0), (1.0, 1.0), (2.0, 1.0)]), [6.0, 6.0, 6.0]);
    }
}
