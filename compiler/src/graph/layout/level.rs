//! What is inside one state: its states in rows, and the parts of arrows between them.

use super::arrange;
use super::frame::{Frame, PAD};
use super::net::{LABEL_GAP, Net, Sizes, Thing};
use super::plan::{End, Link};
use super::text::Block;
use super::tracks::{Shift, TRACK, tracks};
use std::collections::BTreeMap;

/// Room between a row of states and what is above or below it.
const ROOM: f64 = 12.0;
/// More of it where an arrow's head has to fit.
const ARROW: f64 = 6.0;

/// The inside of a state, from the left upper corner of its box.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    pub(super) size: (f64, f64),
    /// Where the line below its own text is.
    pub(super) separator: f64,
    /// Where the boxes of the states inside are.
    pub(super) children: Vec<(usize, f64, f64)>,
    /// Where the labels are.
    pub(super) labels: Vec<(usize, f64, f64)>,
    /// The parts of arrows: link, points from tail to head.
    pub(super) lines: Vec<(Link, Vec<(f64, f64)>)>,
    /// Where arrows cross the border.
    pub(super) ports: Vec<(usize, f64)>,
}

impl Level {
    pub(super) fn of(
        rows: BTreeMap<usize, usize>,
        links: &[Link],
        header: &Block,
        labels: &[Block],
        frames: &[Frame],
    ) -> Self {
        let middle = |it: &Frame| it.left + it.width / 2.0;
        let sizes = Sizes {
            header: (header.width + PAD, header.height + 2.0 * PAD - 4.0),
            child: &|it| (frames[it].outer.0, frames[it].outer.1, middle(&frames[it])),
            label: &|it| (labels[it].width, labels[it].height),
        };
        let net = Net::of(links, &rows, &sizes);
        let (net, lines) = arrange::best(&net, links, frames);
        Self::drawn(&net, links, &lines, sizes.header, frames)
    }

    fn drawn(net: &Net, links: &[Link], lines: &[Vec<f64>], header: (f64, f64), frames: &[Frame]) -> Self {
        let content = net.nodes.iter().map(|it| it.x + it.width).fold(0.0, f64::max);
        let left = PAD + ((header.0 - content) / 2.0).max(0.0).round();
        let gaps = gaps(net, lines);
        let tops = tops(net, &gaps, header.1);
        let mut level = Self { separator: tops[1], ..Self::default() };
        let bottom = tops[tops.len() - 1];
        let ends_here = net.rows[tops.len() - 1].is_empty();
        level.size = (2.0 * PAD + content.max(header.0), bottom + if ends_here { PAD - ROOM + 4.0 } else { 0.0 });
        for it in &net.nodes {
            let (x, y) = (left + it.x, tops[it.row]);
            match it.thing {
                Thing::Child(state) => level.children.push((state, x + frames[state].left, y)),
                Thing::Label(arrow) => level.labels.push((arrow, x + LABEL_GAP, y)),
                Thing::Port(_) | Thing::Header | Thing::Bend => {}
            }
        }
        for (index, link) in links.iter().enumerate() {
            let points = points(net, index, &lines[index], &tops, &gaps, frames);
            let points: Vec<_> = points.into_iter().map(|(x, y)| (x + left, y)).collect();
            if link.tail == (End::Border { own: false }) {
                level.ports.extend(points.first().map(|it| (link.arrow, it.0)));
            }
            if link.head == (End::Border { own: false }) {
                level.ports.extend(points.last().map(|it| (link.arrow, it.0)));
            }
            level.lines.push((*link, points));
        }
        level
    }
}

/// The room between two rows.
struct Gap {
    height: f64,
    /// How far below the upper row the first track is.
    first: f64,
    /// The track of each link that changes its place there.
    tracks: Vec<(usize, usize)>,
}

fn gaps(net: &Net, lines: &[Vec<f64>]) -> Vec<Gap> {
    (0..net.rows.len() - 1).map(|row| gap(net, lines, row)).collect()
}

fn gap(net: &Net, lines: &[Vec<f64>], row: usize) -> Gap {
    let mut shifts = Vec::new();
    let mut passes = false;
    for (link, chain) in net.chains.iter().enumerate() {
        let at = row.checked_sub(net.nodes[chain[0]].row).filter(|it| it + 1 < chain.len());
        let Some(at) = at else { continue };
        passes = true;
        let (from, to) = (lines[link][at], lines[link][at + 1]);
        if (from - to).abs() >= 1.0 {
            shifts.push(Shift { link, from, to });
        }
    }
    let (tracks, count) = tracks(&shifts);
    let is_child = |row: usize| net.rows[row].iter().any(|it| matches!(net.nodes[*it].thing, Thing::Child(_)));
    let room = |is_child: bool| match (is_child, passes) {
        (true, true) => ROOM + ARROW,
        (true, false) => ROOM,
        (false, _) if count > 0 => TRACK / 2.0,
        (false, _) => 0.0,
    };
    let (above, below) = (room(is_child(row)), room(is_child(row + 1)));
    // The lines that begin at the line below the header have to leave it first.
    let above = if row == 1 && passes { ROOM } else { above };
    let used = count.saturating_sub(1) as f64 * TRACK;
    Gap { height: above + used + below, first: above, tracks: shifts.iter().map(|it| it.link).zip(tracks).collect() }
}

/// Where each row begins.
fn tops(net: &Net, gaps: &[Gap], header: f64) -> Vec<f64> {
    let mut top = 0.0;
    let mut tops = Vec::with_capacity(net.rows.len());
    for row in 0..net.rows.len() {
        tops.push(top);
        top += height(net, row).max(if row == 0 { header } else { 0.0 });
        top += gaps.get(row).map_or(0.0, |it| it.height);
    }
    tops
}

fn height(net: &Net, row: usize) -> f64 {
    net.rows[row].iter().map(|it| net.nodes[*it].height).fold(0.0, f64::max)
}

/// A link from its tail to its head, without corners that are none.
fn points(net: &Net, link: usize, xs: &[f64], tops: &[f64], gaps: &[Gap], frames: &[Frame]) -> Vec<(f64, f64)> {
    let chain = &net.chains[link];
    let first = &net.nodes[chain[0]];
    let bottom = match first.thing {
        Thing::Child(state) => tops[first.row] + frames[state].height,
        _ => tops[first.row],
    };
    let mut points = vec![(xs[0], bottom)];
    for at in 0..chain.len() - 1 {
        let (row, from, to) = (first.row + at, xs[at], xs[at + 1]);
        if let Some((_, track)) = gaps[row].tracks.iter().find(|it| it.0 == link) {
            let top = tops[row + 1] - gaps[row].height;
            let y = top + gaps[row].first + *track as f64 * TRACK;
            points.extend([(from, y), (to, y)]);
        }
    }
    let last = xs.len() - 1;
    points.push((xs[last], tops[first.row + last]));
    points
}
