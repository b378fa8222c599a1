//! Where on the border of a state each line begins or ends.

use super::frame::Frame;
use super::net::{Net, Thing};
use super::place::level;
use super::plan::Link;

/// No line meets a border nearer to its corner.
const CORNER: f64 = 12.0;
/// How far apart lines meet a border, if there is room.
const APART: f64 = 16.0;
/// What holds a line that goes on inside where it is.
const FIXED: f64 = 1e6;

/// For each link how far to the right it is in each row that it passes.
pub(super) fn attach(net: &Net, links: &[Link], frames: &[Frame]) -> Vec<Vec<f64>> {
    let mut lines: Vec<Vec<f64>> =
        net.chains.iter().map(|chain| chain.iter().map(|it| net.line(*it)).collect()).collect();
    for (node, it) in net.nodes.iter().enumerate() {
        let Thing::Child(state) = it.thing else { continue };
        for at_top in [true, false] {
            let meets = |link: &usize| {
                let chain = &net.chains[*link];
                (if at_top { chain.last() } else { chain.first() }) == Some(&node)
            };
            let meeting: Vec<usize> = (0..links.len()).filter(meets).collect();
            for (link, x) in side(&meeting, &lines, links, it.x, &frames[state], at_top) {
                let end = if at_top { lines[link].len() - 1 } else { 0 };
                lines[link][end] = x;
            }
        }
    }
    lines
}

/// The places of the links that meet one side of a state whose room begins at `x`.
fn side(
    meeting: &[usize],
    lines: &[Vec<f64>],
    links: &[Link],
    x: f64,
    frame: &Frame,
    at_top: bool,
) -> Vec<(usize, f64)> {
    let (low, high) = (x + frame.left + CORNER, x + frame.left + frame.width - CORNER);
    let inside = |link: &usize| frame.ports.get(&links[*link].arrow).map(|it| x + frame.left + it);
    let next = |link: &usize| {
        let line = &lines[*link];
        line[if at_top { line.len().saturating_sub(2) } else { 1 }]
    };
    let mut ends: Vec<_> = meeting.iter().map(|it| (inside(it).unwrap_or_else(|| next(it)), inside(it), *it)).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let apart = if ends.len() > 1 { APART.min((high - low).max(0.0) / (ends.len() - 1) as f64) } else { 0.0 };
    let weight = |fixed: bool| if fixed { FIXED } else { 1.0 };
    let wanted = |(at, it): (usize, &(f64, Option<f64>, usize))| {
        (it.0.clamp(low, high.max(low)) - at as f64 * apart, weight(it.1.is_some()))
    };
    let wanted: Vec<_> = ends.iter().enumerate().map(wanted).collect();
    let last = ends.len().saturating_sub(1) as f64 * apart;
    let placed = level(&wanted)
        .into_iter()
        .enumerate()
        .map(|(at, it)| it.clamp(low, (high - last).max(low)) + at as f64 * apart);
    placed.zip(ends).map(|(x, (_, inside, link))| (link, inside.unwrap_or(x.round()))).collect()
}
