//! The room that a state takes: its box, and what stands beside it.

use super::text::Block;
use std::collections::BTreeMap;

/// The room for the dot beside the state that is entered first.
pub(super) const DOT: f64 = 24.0;
/// From the box to the outermost point of an arrow that leads back to it.
pub(super) const LOOP: f64 = 14.0;
const LOOP_GAP: f64 = 6.0;
/// From the border of a box to its text.
pub(super) const PAD: f64 = 10.0;

/// The room of one state, from the left upper corner of all that belongs to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    /// Where its box begins.
    pub(super) left: f64,
    /// The width of its box.
    pub(super) width: f64,
    /// The height of its box.
    pub(super) height: f64,
    /// All of it.
    pub(super) outer: (f64, f64),
    /// Where arrows cross its border, from the left of its box.
    pub(super) ports: BTreeMap<usize, f64>,
    /// Labels of arrows that lead back to it: arrow, place from the left upper corner of its box.
    pub(super) loops: Vec<(usize, f64, f64)>,
}

impl Frame {
    /// Around a box of this size, with the labels of the arrows that lead back to it.
    pub(super) fn around((width, height): (f64, f64), initial: bool, loops: &[(usize, &Block)]) -> Self {
        let left = if initial { DOT } else { 0.0 };
        let mut frame = Self { left, width, height, ..Self::default() };
        let (mut right, mut bottom) = (0.0_f64, 2.0);
        for (arrow, label) in loops {
            frame.loops.push((*arrow, width + LOOP + LOOP_GAP, bottom));
            right = right.max(LOOP + LOOP_GAP + label.width);
            bottom += label.height.max(20.0) + 4.0;
        }
        frame.height = frame.height.max(if loops.is_empty() { 0.0 } else { 12.0 + 20.0 * loops.len() as f64 });
        frame.outer = (left + width + right, frame.height.max(bottom));
        frame
    }
}
