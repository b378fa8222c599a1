//! In which row a state stands, among those inside the same state.

use super::plan::{End, Link};
use std::collections::BTreeMap;

/// A row is no wider, unless a single state is.
const ROW_MOST: f64 = 720.0;

/// The row of each of the states, from 0: below all from which links lead to it, and in the first such that has room.
pub(super) fn rows(children: &[usize], links: &[Link], width: impl Fn(usize) -> f64) -> BTreeMap<usize, usize> {
    let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
    let mut used: Vec<f64> = Vec::new();
    let mut open: BTreeMap<usize, usize> = children.iter().map(|it| (*it, 0)).collect();
    let pairs: Vec<_> = links.iter().filter_map(pair).collect();
    pairs.iter().for_each(|it| *open.entry(it.1).or_default() += 1);
    let mut ready: Vec<usize> = children.iter().rev().copied().filter(|it| open[it] == 0).collect();
    while let Some(state) = ready.pop() {
        let above = pairs.iter().filter(|it| it.1 == state).filter_map(|it| rows.get(&it.0));
        let mut row = above.max().map_or(0, |it| it + 1);
        let wanted = width(state);
        while used.get(row).is_some_and(|it| *it > 0.0 && it + wanted > ROW_MOST) {
            row += 1;
        }
        used.resize(used.len().max(row + 1), 0.0);
        used[row] += wanted;
        rows.insert(state, row);
        for (_, to) in pairs.iter().filter(|it| it.0 == state) {
            let left = open.entry(*to).or_default();
            *left = left.saturating_sub(1);
            if *left == 0 && !ready.contains(to) && !rows.contains_key(to) {
                ready.insert(0, *to);
            }
        }
    }
    rows
}

fn pair(link: &Link) -> Option<(usize, usize)> {
    match (link.tail, link.head) {
        (End::Child(from), End::Child(to)) => Some((from, to)),
        _ => None,
    }
}
