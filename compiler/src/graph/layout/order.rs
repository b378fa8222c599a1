//! Who stands left of whom in a row, so that few lines cross.

use super::net::{Net, Thing};

/// Rounds are gone up to this number, and as many as this work allows where there are very many nodes; two at the least.
const ROUNDS: usize = 12;
const WORK: usize = 200_000;

/// Puts each row in order by where the lines of its nodes lead in the row before, downwards and upwards by turns, and
/// keeps the best of all; so many lines cross then.
///
/// Upwards first, lines from the text at the top begin in the order of the states.
pub(super) fn order(net: &mut Net, upwards_first: bool) -> usize {
    let (mut upper, mut lower) = (vec![Vec::new(); net.nodes.len()], vec![Vec::new(); net.nodes.len()]);
    for (from, to) in net.pieces() {
        upper[to].push(from);
        lower[from].push(to);
    }
    let mut places = vec![0; net.nodes.len()];
    net.rows.iter().for_each(|it| note(it, &mut places));
    let mut best = (crossings(net, &lower, &places), net.rows.clone());
    for round in 0..(WORK / net.nodes.len().max(1)).clamp(2, ROUNDS) {
        let downwards = (round % 2 == 1) == upwards_first;
        let count = net.rows.len();
        for step in 1..count {
            let row = if downwards { step } else { count - 1 - step };
            sort(net, row, if downwards { &upper } else { &lower }, &places);
            note(&net.rows[row], &mut places);
        }
        let now = crossings(net, &lower, &places);
        if now < best.0 {
            best = (now, net.rows.clone());
        }
    }
    net.rows = best.1;
    best.0
}

/// Where the nodes of a row stand in it.
fn note(row: &[usize], places: &mut [usize]) {
    row.iter().enumerate().for_each(|(at, it)| places[*it] = at);
}

fn sort(net: &mut Net, row: usize, neighbours: &[Vec<usize>], places: &[usize]) {
    let key = |node: usize| match (net.nodes[node].thing, neighbours[node].as_slice()) {
        (Thing::Header, _) => -1.0,
        (_, []) => places[node] as f64,
        (_, near) => near.iter().map(|it| places[*it]).sum::<usize>() as f64 / near.len() as f64,
    };
    let mut keyed: Vec<_> = net.rows[row].iter().map(|it| (key(*it), *it)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    net.rows[row] = keyed.into_iter().map(|it| it.1).collect();
}

/// How many pieces of line cross between all rows.
fn crossings(net: &Net, lower: &[Vec<usize>], places: &[usize]) -> usize {
    let in_row = |row: &Vec<usize>| {
        let mut ends: Vec<usize> = Vec::new();
        let mut count = 0;
        for node in row {
            let mut own: Vec<_> = lower[*node].iter().map(|it| places[*it]).collect();
            own.sort_unstable();
            // Those before it that end further right, among all in order.
            count += own.iter().map(|end| ends.len() - ends.partition_point(|it| it <= end)).sum::<usize>();
            for end in own {
                ends.insert(ends.partition_point(|it| *it <= end), end);
            }
        }
        count
    };
    net.rows.iter().map(in_row).sum()
}
