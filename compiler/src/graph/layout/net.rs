//! A level as rows of things side by side: states, labels, and the places where lines pass between them.

use super::plan::{End, Link};
use std::collections::BTreeMap;

/// What stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    /// What is written at the top of the state around; only there to keep lines away from it.
    Header,
    /// A state.
    Child(usize),
    /// The label of an arrow, with its line at the left.
    Label(usize),
    /// A line that passes.
    Bend,
    /// A line that begins or ends at the border.
    Port(usize),
}

/// A thing and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) thing: Thing,
    pub(super) row: usize,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Its left side.
    pub(super) x: f64,
    /// Where lines go through it, or to it if nothing else is better: from its left side.
    pub(super) line: f64,
}

/// All rows of a level. Row 0 is that of the text at the top, row 1 the line below it; then labels and states by turns;
/// the last is the lower border.
#[derive(Clone)]
pub(super) struct Net {
    pub(super) nodes: Vec<Node>,
    /// The nodes of each row from left to right.
    pub(super) rows: Vec<Vec<usize>>,
    /// The nodes of each link, from its tail to its head: one in each row.
    pub(super) chains: Vec<Vec<usize>>,
}

/// Sizes of what stands in the rows.
pub(super) struct Sizes<'a> {
    pub(super) header: (f64, f64),
    /// With what stands beside the state; at last the middle of its box.
    pub(super) child: &'a dyn Fn(usize) -> (f64, f64, f64),
    pub(super) label: &'a dyn Fn(usize) -> (f64, f64),
}

/// From the line to the text of a label.
pub(super) const LABEL_GAP: f64 = 6.0;
const LINE: f64 = 1.0;

impl Net {
    pub(super) fn of(links: &[Link], rows: &BTreeMap<usize, usize>, sizes: &Sizes<'_>) -> Self {
        let last = rows.values().max().map_or(0, |it| it + 1);
        let mut net = Self { nodes: Vec::new(), rows: vec![Vec::new(); 4 + 2 * last], chains: Vec::new() };
        if links.iter().any(|it| it.tail == (End::Border { own: false })) {
            net.add(Thing::Header, 0, sizes.header, sizes.header.0 / 2.0);
        }
        let mut places = BTreeMap::new();
        for (state, row) in rows {
            let (width, height, middle) = (sizes.child)(*state);
            places.insert(*state, net.add(Thing::Child(*state), 3 + 2 * row, (width, height), middle));
        }
        for link in links {
            net.add_chain(link, &places, sizes);
        }
        net
    }

    fn add(&mut self, thing: Thing, row: usize, (width, height): (f64, f64), line: f64) -> usize {
        self.nodes.push(Node { thing, row, width, height, x: 0.0, line });
        self.rows[row].push(self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    fn add_chain(&mut self, link: &Link, places: &BTreeMap<usize, usize>, sizes: &Sizes<'_>) {
        let bottom = self.rows.len() - 1;
        let port = |net: &mut Self, row| net.add(Thing::Port(link.arrow), row, (LINE, 0.0), 0.0);
        let tail = match link.tail {
            End::Child(it) => places[&it],
            End::Border { own } => port(self, usize::from(own)),
        };
        let head = match link.head {
            End::Child(it) => places[&it],
            End::Border { .. } => port(self, bottom),
        };
        let (first, last) = (self.nodes[tail].row, self.nodes[head].row);
        let label = link.labelled.then(|| self.label_row(first, last, link.flipped));
        let mut chain = vec![tail];
        for row in first + 1..last {
            let (width, height) = (sizes.label)(link.arrow);
            chain.push(match Some(row) == label {
                true => self.add(Thing::Label(link.arrow), row, (width + LABEL_GAP, height), 0.0),
                false => self.add(Thing::Bend, row, (LINE, 0.0), 0.0),
            });
        }
        chain.push(head);
        self.chains.push(chain);
    }

    /// Of the rows for labels that a link passes, the one with most room; of several, the one next to where it comes from.
    fn label_row(&self, first: usize, last: usize, upwards: bool) -> usize {
        let room = |row: usize| {
            let is_label = |it: &&usize| matches!(self.nodes[**it].thing, Thing::Label(_));
            self.rows[row].iter().filter(is_label).count()
        };
        let mut rows: Vec<_> = (first + 1..last).filter(|it| it % 2 == 0).collect();
        if upwards {
            rows.reverse();
        }
        rows.into_iter().min_by_key(|it| room(*it)).unwrap_or(first + 1)
    }

    /// The two nodes of each piece of line between a row and the next one.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.chains.iter().flat_map(|chain| chain.windows(2).map(|it| (it[0], it[1])))
    }

    /// Where the line of a node is.
    pub(super) fn line(&self, node: usize) -> f64 {
        self.nodes[node].x + self.nodes[node].line
    }
}
