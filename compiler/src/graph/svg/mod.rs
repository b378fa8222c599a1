//! A picture as SVG: one file that any browser shows, in light and dark, with no font or script of its own.

mod draw;
mod style;
mod tell;

use super::chart::Chart;
use super::layout::{Scene, lay_out};
use super::marks::Marks;
use std::fmt::Write;

/// The picture of a machine as SVG. The same machine and marks give the same bytes everywhere.
#[must_use]
pub fn svg(chart: &Chart, marks: &Marks) -> String {
    let scene = lay_out(chart, marks);
    let mut out = String::new();
    head(&mut out, chart, &scene);
    scene.shapes.iter().for_each(|it| draw::shape(&mut out, chart, marks, it));
    scene.wires.iter().enumerate().for_each(|(arrow, it)| draw::wire(&mut out, marks, arrow, it));
    scene.wires.iter().enumerate().for_each(|(arrow, it)| draw::label(&mut out, marks, arrow, it));
    out += "</svg>\n";
    out
}

fn head(out: &mut String, chart: &Chart, scene: &Scene) {
    let (width, height) = (scene.size.0.ceil(), scene.size.1.ceil());
    let id: String = chart.name.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect();
    _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">"
    );
    _ = writeln!(out, "<title id=\"{id}-title\">{}</title>", escaped(&chart.title));
    _ = writeln!(out, "<desc id=\"{id}-desc\">{}</desc>", escaped(&tell::tell(chart)));
    _ = writeln!(out, "<style>\n{}</style>", style::STYLE);
}

/// Text as XML wants it. What XML cannot hold at all becomes a replacement character.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\n' | '\t' => out.push(char),
            _ if char.is_control() || matches!(char, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            _ => out.push(char),
        }
    }
    out
}
