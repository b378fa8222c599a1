//! A picture in the language of Graphviz.

use super::chart::{Arrow, Chart, State};
use super::marks::{Mark, Marks};
use std::fmt::Write;

const HEAD: &str = "    compound=true
    fontname=\"Helvetica\"
    style=\"rounded\"
    node [shape=box, style=\"rounded\", fontname=\"Helvetica\", fontsize=12]
    edge [fontname=\"Helvetica\", fontsize=10]
";

/// The picture of a machine for `dot`.
#[must_use]
pub fn dot(chart: &Chart, marks: &Marks) -> String {
    let mut dot = Dot { chart, marks, out: String::new() };
    _ = writeln!(dot.out, "digraph {} {{", quoted(&chart.name));
    dot.out += HEAD;
    dot.state(0, 1);
    (0..chart.arrows.len()).for_each(|it| dot.arrow(it, &chart.arrows[it]));
    dot.out += "}\n";
    dot.out
}

struct Dot<'c> {
    chart: &'c Chart,
    marks: &'c Marks,
    out: String,
}

impl Dot<'_> {
    fn state(&mut self, id: usize, depth: usize) {
        let it = &self.chart.states[id];
        let indent = "    ".repeat(depth);
        if it.initial {
            _ = writeln!(self.out, "{indent}i{id} [shape=point, width=0.12]");
        }
        match it.children.is_empty() {
            true => self.leaf(id, it, &indent),
            false => self.compound(id, it, depth, &indent),
        }
        if it.initial {
            let head = if it.children.is_empty() { String::new() } else { format!(" [lhead=cluster{id}]") };
            _ = writeln!(self.out, "{indent}i{id} -> s{id}{head}");
        }
    }

    fn leaf(&mut self, id: usize, it: &State, indent: &str) {
        let style = if it.missing { ", style=\"rounded,dashed\"" } else { "" };
        let borders = if it.is_final { ", peripheries=2" } else { "" };
        let (label, tip, colour) = (self.label(id, it), quoted(tip(it)), self.colour(self.marks.reaches_state(id)));
        _ = writeln!(self.out, "{indent}s{id} [label={label}, tooltip={tip}{borders}{style}{colour}]");
    }

    /// A box around others, with a point inside that arrows can begin at.
    fn compound(&mut self, id: usize, it: &State, depth: usize, indent: &str) {
        let (label, tip, borders) =
            (self.label(id, it), quoted(tip(it)), if it.is_final { "; peripheries=2" } else { "" });
        let colour = self.colour(self.marks.reaches_state(id).filter(|_| id != 0)).replacen(", ", "; ", 1);
        _ = writeln!(self.out, "{indent}subgraph cluster{id} {{");
        _ = writeln!(
            self.out,
            "{indent}    label={label}; labeljust=l; tooltip={tip}{borders}{}",
            colour.replace(", ", "; ")
        );
        if it.initial || self.chart.arrows.iter().any(|it| it.from == id || it.to == id) {
            _ = writeln!(self.out, "{indent}    s{id} [shape=point, width=0.04, tooltip={tip}]");
        }
        it.children.iter().for_each(|it| self.state(*it, depth + 1));
        _ = writeln!(self.out, "{indent}}}");
    }

    fn arrow(&mut self, index: usize, it: &Arrow) {
        let lines = it.lines.iter().enumerate().map(|(line, text)| {
            let mark = self.marks.line(index, line);
            let (before, behind) = mark.map_or_else(Default::default, |it| (it.before(), it.behind()));
            let last = if it.last { " (to the last)" } else { "" };
            format!("{before}{}{last}{behind}", text.text)
        });
        let label = left_aligned(lines);
        let tip = quoted(&it.lines.iter().map(|it| it.tip.as_str()).collect::<Vec<_>>().join("\n"));
        let end = |word, state: usize, other| {
            let is_border = !self.chart.states[state].children.is_empty() && !self.chart.is_within(other, state);
            if is_border { format!(", {word}=cluster{state}") } else { String::new() }
        };
        let (tail, head) = (end("ltail", it.from, it.to), end("lhead", it.to, it.from));
        let colour = self.colour(self.marks.reaches_arrow(index));
        _ = writeln!(self.out, "    s{} -> s{} [label={label}, tooltip={tip}{tail}{head}{colour}]", it.from, it.to);
    }

    fn label(&self, id: usize, it: &State) -> String {
        let count = self.marks.state(id).map_or_else(String::new, Mark::behind);
        let name = match (id, it.missing) {
            (0, _) => self.chart.title.clone(),
            (_, true) => format!("{} ?", it.name),
            (_, false) => format!("{}{count}", it.name),
        };
        let rows = it.rows.iter().map(|it| format!("{} {}", it.word, it.text));
        if it.rows.is_empty() { quoted(&name) } else { left_aligned(std::iter::once(name).chain(rows)) }
    }

    fn colour(&self, reached: Option<bool>) -> &'static str {
        match reached {
            None => "",
            Some(true) => ", color=\"#bc4c00\", penwidth=2",
            Some(false) => ", color=\"#8b949e\"",
        }
    }
}

fn tip(it: &State) -> &str {
    if it.doc.is_empty() { &it.name } else { &it.doc }
}

/// Lines that each end with the mark that puts them to the left.
fn left_aligned(lines: impl Iterator<Item = String>) -> String {
    format!("\"{}\"", lines.map(|it| escaped(&it) + "\\l").collect::<String>())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}
