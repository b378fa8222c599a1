//! Lines that turn by next to nothing become straight.

use super::frame::Frame;
use super::net::{Net, Thing};
use super::plan::Link;

/// A line that turns by less does not turn. Less than half of what two lines are apart.
const NOTHING: f64 = 5.0;

/// Straightens all links where they turn by next to nothing. Labels move with their lines.
pub(super) fn snap(net: &mut Net, links: &[Link], frames: &[Frame], lines: &mut [Vec<f64>]) {
    for (link, line) in lines.iter_mut().enumerate() {
        let chain = net.chains[link].clone();
        let mut start = 0;
        while start < line.len() {
            let end = start + alike(&line[start..]);
            let fixed = chain[start..end].iter().map(|it| is_fixed(net, *it, frames, &links[link])).collect();
            straighten(net, &chain[start..end], &mut line[start..end], fixed);
            start = end;
        }
    }
}

/// How many of the first places are nearly the same.
fn alike(line: &[f64]) -> usize {
    let (mut low, mut high) = (line[0], line[0]);
    let turns = |it: &f64| {
        (low, high) = (low.min(*it), high.max(*it));
        high - low >= NOTHING
    };
    line.iter().position(turns).unwrap_or(line.len())
}

/// The line goes on inside the state, where it can be moved no more.
fn is_fixed(net: &Net, node: usize, frames: &[Frame], link: &Link) -> bool {
    matches!(net.nodes[node].thing, Thing::Child(state) if frames[state].ports.contains_key(&link.arrow))
}

/// Makes one upright line of these, where the part that is hardest to move stands.
fn straighten(net: &mut Net, chain: &[usize], line: &mut [f64], fixed: Vec<bool>) {
    let is_label = |at: &usize| matches!(net.nodes[chain[*at]].thing, Thing::Label(_));
    let all = || 0..line.len();
    let (first, mut others) = (all().find(|it| fixed[*it]), all().filter(|it| fixed[*it]).skip(1));
    if let Some(first) = first
        && others.any(|it| line[it] != line[first])
    {
        return;
    }
    let x = line[first.or_else(|| all().find(is_label)).unwrap_or(0)];
    for (at, node) in chain.iter().enumerate() {
        if !matches!(net.nodes[*node].thing, Thing::Child(_)) {
            net.nodes[*node].x += x - line[at];
        }
        line[at] = x;
    }
}
