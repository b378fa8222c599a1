//! The levels put together: every place counted from the left upper corner of the picture.

use super::Layout;
use super::frame::{LOOP, PAD};
use super::text::Block;

/// Room around the whole picture.
const MARGIN: f64 = 8.0;

/// A picture.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Its width and height.
    pub size: (f64, f64),
    /// All states, those around others before them.
    pub shapes: Vec<Shape>,
    /// All arrows, in the order of the chart.
    pub wires: Vec<Wire>,
}

/// A part of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Its left side.
    pub x: f64,
    /// Its upper side.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// The box of a state.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The state.
    pub state: usize,
    /// Its box.
    pub rect: Rect,
    /// Where the line below its own text is, if states are inside.
    pub separator: Option<f64>,
    /// Where its text begins.
    pub text_at: (f64, f64),
    /// Its text.
    pub text: Block,
}

/// An arrow.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    /// Its corners, from where it begins; none if the arrow is written in the box of the state that it leads from.
    pub points: Vec<(f64, f64)>,
    /// Where its label is.
    pub label_at: (f64, f64),
    /// Its label.
    pub label: Block,
}

impl Rect {
    /// Whether two have some of the picture in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    /// Whether the other one is wholly in it.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.x + other.width <= self.x + self.width
            && other.y + other.height <= self.y + self.height
    }
}

impl Shape {
    /// Where its text is.
    #[must_use]
    pub fn text_rect(&self) -> Rect {
        rect(self.text_at, &self.text)
    }
}

impl Wire {
    /// Where its label is.
    #[must_use]
    pub fn label_rect(&self) -> Rect {
        rect(self.label_at, &self.label)
    }
}

fn rect((x, y): (f64, f64), text: &Block) -> Rect {
    Rect { x, y, width: text.width, height: text.height }
}

/// A piece of an arrow: where it comes among all of them, and its corners.
type Part = (isize, Vec<(f64, f64)>);

pub(super) fn scene(layout: &Layout<'_>) -> Scene {
    let frame = &layout.frames[0];
    let size = (frame.outer.0 + 2.0 * MARGIN, frame.outer.1 + 2.0 * MARGIN);
    let mut parts = vec![Vec::new(); layout.chart.arrows.len()];
    let mut scene = Scene { size, shapes: Vec::new(), wires: Vec::new() };
    scene.wires.extend(layout.labels.iter().map(|it| Wire { label: it.clone(), ..Wire::default() }));
    add(layout, 0, (MARGIN + frame.left, MARGIN), &mut scene, &mut parts);
    for (wire, mut parts) in scene.wires.iter_mut().zip(parts) {
        parts.sort_by_key(|it: &Part| it.0);
        wire.points = without_idle_corners(parts.into_iter().flat_map(|it| it.1));
    }
    scene
}

/// The state whose box begins at `at`, and all that is inside.
fn add(layout: &Layout<'_>, state: usize, at: (f64, f64), scene: &mut Scene, parts: &mut [Vec<Part>]) {
    let (frame, level) = (&layout.frames[state], &layout.levels[state]);
    let moved = |x: f64, y: f64| (at.0 + x, at.1 + y);
    scene.shapes.push(Shape {
        state,
        rect: Rect { x: at.0, y: at.1, width: frame.width, height: frame.height },
        separator: (!level.children.is_empty()).then_some(at.1 + level.separator),
        text_at: moved(PAD, PAD - 2.0),
        text: layout.headers[state].clone(),
    });
    for (arrow, x, y) in &level.labels {
        scene.wires[*arrow].label_at = moved(*x, *y);
    }
    for (arrow, x, y) in &frame.loops {
        scene.wires[*arrow].label_at = moved(*x, *y);
        parts[*arrow].push((0, loop_at(moved(frame.width, y + 4.0))));
    }
    for (link, points) in &level.lines {
        let mut points: Vec<_> = points.iter().map(|it| moved(it.0, it.1)).collect();
        if link.flipped {
            points.reverse();
        }
        parts[link.arrow].push((link.order, points));
    }
    for (child, x, y) in &level.children {
        add(layout, *child, moved(*x, *y), scene, parts);
    }
}

/// From the right side of a box to the same side a little below.
fn loop_at((x, y): (f64, f64)) -> Vec<(f64, f64)> {
    vec![(x, y), (x + LOOP, y), (x + LOOP, y + 14.0), (x, y + 14.0)]
}

fn without_idle_corners(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for it in points {
        if kept.last() == Some(&it) {
            continue;
        }
        if let [.., a, b] = kept.as_slice()
            && ((a.0 == b.0 && b.0 == it.0) || (a.1 == b.1 && b.1 == it.1))
        {
            kept.pop();
        }
        kept.push(it);
    }
    kept
}
