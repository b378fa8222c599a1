//! Where everything in a picture is: layers from top to bottom, states as nodes of the states around them.
//!
//! What is inside a state is laid out before the state itself (`level`), which is then one box for the level around it. In a
//! level, states that lead to others stand above them (`rows`). Labels of arrows stand between the states like states of
//! their own, and lines that pass a row take a place in it (`net`); so nothing can lie on anything else. `order` lets few
//! lines cross, `place`, `attach` and `snap` make them short and straight, `tracks` keeps them apart where they turn, and
//! `arrange` tries all that in several ways and takes the best. Where there are so many arrows that nobody could follow them,
//! most are written instead (`crowd`).
//!
//! There is no chance and no font in it: the same machine gives the same places everywhere.

mod arrange;
mod attach;
mod content;
mod crowd;
mod frame;
mod level;
mod metrics;
mod net;
mod order;
mod place;
mod plan;
mod rows;
mod scene;
mod snap;
mod text;
mod tracks;

pub use scene::{Rect, Scene, Shape, Wire};
pub use text::{Block, Tone, Written};

use super::chart::Chart;
use super::marks::Marks;
use crowd::Crowd;
use frame::{Frame, PAD};
use level::Level;
use plan::Plan;
use std::collections::BTreeMap;

/// All that is needed to put the picture together.
struct Layout<'c> {
    chart: &'c Chart,
    plan: Plan,
    marks: &'c Marks,
    headers: Vec<Block>,
    /// By arrow; of those that are written in their states nothing.
    labels: Vec<Block>,
    /// By state, arrows that are written there.
    written: Vec<Vec<usize>>,
    /// By state, the rows of those inside, where not all arrows are drawn.
    rows: Vec<Option<BTreeMap<usize, usize>>>,
    frames: Vec<Frame>,
    levels: Vec<Level>,
}

/// Lays a picture out.
#[must_use]
pub fn lay_out(chart: &Chart, marks: &Marks) -> Scene {
    let count = chart.states.len();
    let mut layout = Layout {
        chart,
        plan: Plan::of(chart),
        marks,
        headers: (0..count).map(|it| content::header(chart, marks, it, &[])).collect(),
        labels: chart.arrows.iter().enumerate().map(|(index, it)| content::label(marks, index, it)).collect(),
        written: vec![Vec::new(); count],
        rows: vec![None; count],
        frames: vec![Frame::default(); count],
        levels: vec![Level::default(); count],
    };
    layout.measure(0);
    scene::scene(&layout)
}

impl Layout<'_> {
    /// The rows of what is inside.
    fn rows_of(&self, state: usize) -> BTreeMap<usize, usize> {
        let usual =
            || rows::rows(&self.chart.states[state].children, &self.plan.links[state], |it| self.frames[it].outer.0);
        self.rows[state].clone().unwrap_or_else(usual)
    }

    /// Where there are too many arrows inside a state, most are written in the boxes that they lead from. Whether that is so.
    fn thin_out(&mut self, state: usize) -> bool {
        let states = &self.chart.states;
        let mut children = states[state].children.clone();
        children.sort_by_key(|it| !states[*it].initial);
        let links = &self.plan.links[state];
        let crowd = match self.rows[state] {
            Some(_) => None,
            None => Crowd::of(links, &self.rows_of(state), &children, &self.frames),
        };
        let Some(Crowd { rows, drawn }) = crowd else { return false };
        let mut written: Vec<usize> = links.iter().map(|it| it.arrow).filter(|it| !drawn.contains(it)).collect();
        written.sort_unstable();
        written.dedup();
        self.plan.leave_out(&written);
        self.rows[state] = Some(rows);
        for arrow in written {
            self.labels[arrow] = Block::default();
            self.written[self.chart.arrows[arrow].from].push(arrow);
        }
        for it in (0..states.len()).filter(|it| !self.written[*it].is_empty()) {
            self.headers[it] = content::header(self.chart, self.marks, it, &self.written[it]);
        }
        true
    }

    /// The state and all that is inside. States are nested no deeper than the grammar allows.
    fn measure(&mut self, state: usize) {
        let children = &self.chart.states[state].children;
        children.iter().for_each(|it| self.measure(*it));
        if self.thin_out(state) {
            children.iter().for_each(|it| self.measure(*it));
        }
        let header = &self.headers[state];
        let mut level = match children.is_empty() {
            true => Level { size: (header.width + 2.0 * PAD, header.height + 2.0 * PAD - 4.0), ..Level::default() },
            false => Level::of(self.rows_of(state), &self.plan.links[state], header, &self.labels, &self.frames),
        };
        let loops: Vec<_> = self.plan.loops[state].iter().map(|it| (*it, &self.labels[*it])).collect();
        let mut frame = Frame::around(level.size, self.chart.states[state].initial, &loops);
        frame.ports = level.ports.iter().copied().collect();
        level.size.1 = frame.height;
        (self.frames[state], self.levels[state]) = (frame, level);
    }
}
