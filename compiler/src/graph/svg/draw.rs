//! The parts of a picture, one by one.

use super::escaped;
use crate::graph::chart::Chart;
use crate::graph::layout::{Block, Rect, Shape, Tone, Wire, Written};
use crate::graph::marks::{Mark, Marks};
use std::fmt::Write;

/// How round the corners of lines are.
const ROUND: f64 = 5.0;
/// Between the two borders of a final state.
const DOUBLE: f64 = 3.0;

/// The box of a state with its text.
pub(super) fn shape(out: &mut String, chart: &Chart, marks: &Marks, it: &Shape) {
    let state = &chart.states[it.state];
    let is_odd = chart.outwards(it.state).count().is_multiple_of(2);
    let classes = [
        (state.children.is_empty(), "leaf"),
        (!state.children.is_empty() && is_odd, "odd"),
        (state.missing, "missing"),
    ];
    let mut class: Vec<_> = classes.iter().filter(|it| it.0).map(|it| it.1).collect();
    class.extend(reached(marks.reaches_state(it.state).filter(|_| it.state != 0), marks.state(it.state)));
    _ = writeln!(out, "<g class=\"{}\">", class.join(" "));
    rect(out, it.rect, 6.0);
    if state.is_final {
        let inner = Rect {
            x: it.rect.x + DOUBLE,
            y: it.rect.y + DOUBLE,
            width: it.rect.width - 2.0 * DOUBLE,
            height: it.rect.height - 2.0 * DOUBLE,
        };
        rect(out, inner, 4.0);
    }
    if let Some(y) = it.separator {
        let (x, end) = (it.rect.x, it.rect.x + it.rect.width);
        _ = writeln!(out, "<path class=\"rule\" d=\"M{} {}H{}\"/>", of(x), of(y), of(end));
    }
    if state.initial {
        dot(out, it.rect);
    }
    block(out, it.text_at, &it.text);
    *out += "</g>\n";
}

/// What stands for the beginning: a dot, and an arrow from it to the box.
fn dot(out: &mut String, it: Rect) {
    let (x, y) = (it.x - 18.0, it.y + 15.0);
    _ = writeln!(out, "<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"4\"/>", of(x), of(y));
    _ = writeln!(out, "<path class=\"line\" d=\"M{} {}H{}\"/>", of(x), of(y), of(it.x - 5.0));
    tip(out, (x, y), (it.x, y));
}

fn rect(out: &mut String, it: Rect, round: f64) {
    _ = writeln!(
        out,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        of(it.x),
        of(it.y),
        of(it.width),
        of(it.height),
        of(round)
    );
}

/// The line of an arrow, with its head.
pub(super) fn wire(out: &mut String, marks: &Marks, arrow: usize, it: &Wire) {
    let [.., before, end] = it.points.as_slice() else { return };
    _ = writeln!(out, "<g class=\"{}\">", class(marks, arrow));
    _ = writeln!(out, "<path class=\"line\" d=\"{}\"/>", path(&it.points));
    tip(out, *before, *end);
    *out += "</g>\n";
}

/// What stands beside an arrow.
pub(super) fn label(out: &mut String, marks: &Marks, arrow: usize, it: &Wire) {
    if it.label.lines.is_empty() {
        return;
    }
    _ = writeln!(out, "<g class=\"{}\">", class(marks, arrow));
    block(out, it.label_at, &it.label);
    *out += "</g>\n";
}

fn class(marks: &Marks, arrow: usize) -> String {
    let count = (marks.reaches_arrow(arrow) == Some(false) && marks.line(arrow, 0).is_some()).then_some(Mark::Count(0));
    let class: Vec<_> = std::iter::once("arrow").chain(reached(marks.reaches_arrow(arrow), count.as_ref())).collect();
    class.join(" ")
}

/// How a part looks when something is drawn in.
fn reached(is_reached: Option<bool>, mark: Option<&Mark>) -> Option<&'static str> {
    Some(match (is_reached?, mark) {
        (true, _) => "way",
        (false, Some(Mark::Count(_))) => "never",
        (false, _) => "faint",
    })
}

/// A line through these points, with round corners, that ends where the head begins.
fn path(points: &[(f64, f64)]) -> String {
    let mut path = format!("M{} {}", of(points[0].0), of(points[0].1));
    for corner in points.windows(3) {
        let [before, at, behind] = [corner[0], corner[1], corner[2]];
        let round = ROUND.min(length(before, at) / 2.0).min(length(at, behind) / 2.0);
        let (a, b) = (towards(at, before, round), towards(at, behind, round));
        path += &format!("L{} {}Q{} {} {} {}", of(a.0), of(a.1), of(at.0), of(at.1), of(b.0), of(b.1));
    }
    if let [.., before, end] = points {
        let end = towards(*end, *before, 5.0);
        path += &format!("L{} {}", of(end.0), of(end.1));
    }
    path
}

/// The head of an arrow that comes from `before`.
fn tip(out: &mut String, before: (f64, f64), end: (f64, f64)) {
    let base = towards(end, before, 8.0);
    let (dx, dy) = ((end.1 - base.1) / 8.0 * 3.5, (end.0 - base.0) / 8.0 * 3.5);
    _ = writeln!(
        out,
        "<path class=\"tip\" d=\"M{} {}L{} {}L{} {}Z\"/>",
        of(end.0),
        of(end.1),
        of(base.0 + dx),
        of(base.1 + dy),
        of(base.0 - dx),
        of(base.1 - dy)
    );
}

/// So far from `from` on the way to `to`; lines are level or upright.
fn towards(from: (f64, f64), to: (f64, f64), distance: f64) -> (f64, f64) {
    let step = |a: f64, b: f64| if (b - a).abs() < 0.01 { 0.0 } else { (b - a).signum() * distance };
    (from.0 + step(from.0, to.0), from.1 + step(from.1, to.1))
}

fn length(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).abs() + (a.1 - b.1).abs()
}

fn block(out: &mut String, at: (f64, f64), it: &Block) {
    it.lines.iter().for_each(|it| line(out, at, it));
}

fn line(out: &mut String, (x, y): (f64, f64), it: &Written) {
    _ = write!(out, "<text x=\"{}\" y=\"{}\">", of(x + it.x), of(y + it.y));
    if !it.tip.is_empty() {
        _ = write!(out, "<title>{}</title>", escaped(&it.tip));
    }
    for (tone, text) in &it.parts {
        let class = match tone {
            Tone::Title => "title",
            Tone::Name => "name",
            Tone::Doc => "doc",
            Tone::Word => "word",
            Tone::Label => "label",
            Tone::Mark => "mark",
            Tone::Plain => {
                *out += &escaped(text);
                continue;
            }
        };
        _ = write!(out, "<tspan class=\"{class}\">{}</tspan>", escaped(text));
    }
    *out += "</text>\n";
}

/// A number with at most one digit behind the point.
fn of(number: f64) -> String {
    let text = format!("{number:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
