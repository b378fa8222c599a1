//! Where everything in a picture is: layers from top to bottom, states as nodes of the states around them.
//!
//! What is inside a state is laid out before the state itself (`level`), which is then one box for the level around it. In a
//! level, states that lead to others stand above them (`rows`). Labels of arrows stand between the states like states of
//! their own, and lines that pass a row take a place in it (`net`); so nothing can lie on anything else. `order` lets few
//! lines cross, `place`, `attach` and `snap` make them short and straight, `tracks` keeps them apart where they turn, and
//! `arrange` tries all that in several ways and takes the best.
//!
//! There is no chance and no font in it: the same machine gives the same places everywhere.

mod arrange;
mod attach;
mod content;
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
use frame::{Frame, PAD};
use level::Level;
use plan::Plan;

/// All that is needed to put the picture together.
struct Layout<'c> {
    chart: &'c Chart,
    plan: Plan,
    headers: Vec<Block>,
    labels: Vec<Block>,
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
        headers: (0..count).map(|it| content::header(chart, marks, it)).collect(),
        labels: chart.arrows.iter().enumerate().map(|(index, it)| content::label(marks, index, it)).collect(),
        frames: vec![Frame::default(); count],
        levels: vec![Level::default(); count],
    };
    layout.measure(0);
    scene::scene(&layout)
}

impl Layout<'_> {
    /// The state and all that is inside. States are nested no deeper than the grammar allows.
    fn measure(&mut self, state: usize) {
        let children = &self.chart.states[state].children;
        children.iter().for_each(|it| self.measure(*it));
        let header = &self.headers[state];
        let mut level = match children.is_empty() {
            true => Level { size: (header.width + 2.0 * PAD, header.height + 2.0 * PAD - 4.0), ..Level::default() },
            false => Level::of(children, &self.plan.links[state], header, &self.labels, &self.frames),
        };
        let loops: Vec<_> = self.plan.loops[state].iter().map(|it| (*it, &self.labels[*it])).collect();
        let mut frame = Frame::around(level.size, self.chart.states[state].initial, &loops);
        frame.ports = level.ports.iter().copied().collect();
        level.size.1 = frame.height;
        (self.frames[state], self.levels[state]) = (frame, level);
    }
}
