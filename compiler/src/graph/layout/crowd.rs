//! States with so many arrows inside that nobody could follow the lines: most of them are written in the box that they lead
//! from.
//!
//! The states then stand in rows of which the whole is about as wide as high. In a row are those that the row above leads
//! to, as far as there is room, and of what leads to each of them one arrow is drawn.

use super::frame::Frame;
use super::plan::{End, Link};
use std::collections::{BTreeMap, BTreeSet};

/// Rows that lines pass, all of them together, up to which all lines are drawn.
const PASSED: usize = 5_000;
/// Rows up to which they all stand below each other.
const ROWS_HIGH: usize = 300;
/// No row is narrower, unless there is nothing more to stand in it.
const ROW_LEAST: f64 = 720.0;
/// Rows of which there are no more if all are equally long.
const ROWS_MOST: usize = 60;
/// Room beside a box and below it.
const ROOM: (f64, f64) = (60.0, 160.0);

/// A level of which not all arrows are drawn.
pub(super) struct Crowd {
    /// The row of each state.
    pub(super) rows: BTreeMap<usize, usize>,
    /// Arrows that are drawn.
    pub(super) drawn: BTreeSet<usize>,
}

impl Crowd {
    /// Nothing if the lines, with the states in these rows, are few enough.
    pub(super) fn of(
        links: &[Link],
        rows: &BTreeMap<usize, usize>,
        children: &[usize],
        frames: &[Frame],
    ) -> Option<Self> {
        let last = rows.values().max().copied().unwrap_or(0);
        let row = |end: End, border: usize| if let End::Child(it) = end { rows[&it] } else { border };
        let passed: usize = links.iter().map(|it| row(it.head, last).abs_diff(row(it.tail, 0))).sum();
        (passed > PASSED || last >= ROWS_HIGH).then(|| Wave::new(links, children, frames).rows(children))
    }
}

/// Row after row.
struct Wave<'l> {
    frames: &'l [Frame],
    /// By state, what links lead down to.
    below: BTreeMap<usize, Vec<(usize, usize)>>,
    /// No row is wider.
    width: f64,
    /// States of a row at least.
    least: usize,
    crowd: Crowd,
}

impl<'l> Wave<'l> {
    fn new(links: &[Link], children: &[usize], frames: &'l [Frame]) -> Self {
        let mut below: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for it in links {
            if let (End::Child(tail), End::Child(head)) = (it.tail, it.head) {
                below.entry(tail).or_default().push((it.arrow, head));
            }
        }
        let area: f64 = children.iter().map(|it| (frames[*it].outer.0 + ROOM.0) * (frames[*it].outer.1 + ROOM.1)).sum();
        let crowd = Crowd { rows: BTreeMap::new(), drawn: BTreeSet::new() };
        Self { frames, below, width: area.sqrt().max(ROW_LEAST), least: children.len().div_ceil(ROWS_MOST), crowd }
    }

    fn rows(mut self, children: &[usize]) -> Crowd {
        let (mut above, mut left) = (Vec::new(), children.iter().copied().peekable());
        for row in 0.. {
            let mut here = Vec::new();
            for (arrow, state) in self.led_to(&above) {
                if self.put(state, row, &mut here) {
                    self.crowd.drawn.insert(arrow);
                }
            }
            // A row that nearly nothing leads to is filled with what follows in it, and then with what comes next.
            let mut at = 0;
            while here.len() < self.least {
                let following = here.get(at).map(|it| self.led_to(&[*it])).unwrap_or_default();
                at += 1;
                following.into_iter().for_each(|it| _ = self.put(it.1, row, &mut here));
                if at >= here.len() {
                    while left.next_if(|it| self.crowd.rows.contains_key(it)).is_some() {}
                    if left.next_if(|it| self.put(*it, row, &mut here)).is_none() {
                        break;
                    }
                }
            }
            if here.is_empty() {
                break;
            }
            above = here;
        }
        self.crowd
    }

    fn led_to(&self, states: &[usize]) -> Vec<(usize, usize)> {
        states.iter().flat_map(|it| self.below.get(it).into_iter().flatten().copied()).collect()
    }

    /// Puts a state into a row if it stands in none and there is room.
    fn put(&mut self, state: usize, row: usize, here: &mut Vec<usize>) -> bool {
        let room = |it: &usize| self.frames[*it].outer.0 + ROOM.0;
        let used: f64 = here.iter().map(room).sum();
        let has_room = here.is_empty() || used + room(&state) <= self.width;
        if !has_room || self.crowd.rows.contains_key(&state) {
            return false;
        }
        self.crowd.rows.insert(state, row);
        here.push(state);
        true
    }
}
