//! A picture in the language of Mermaid, which many sites draw wherever it stands in a page.
//!
//! Mermaid has no arrow from a state to one inside it; such arrows begin at a state `anywhere` that stands inside too.

use super::chart::{Arrow, Chart};
use super::marks::{Mark, Marks};
use std::collections::BTreeSet;
use std::fmt::Write;

const STYLES: &str = "    classDef way stroke:#bc4c00,stroke-width:2px
    classDef missing stroke-dasharray:5 4
    classDef anywhere stroke-dasharray:2 2
";

/// The picture of a machine for Mermaid.
#[must_use]
pub fn mermaid(chart: &Chart, marks: &Marks) -> String {
    let inwards = chart.arrows.iter().filter(|it| it.from != it.to && chart.is_within(it.to, it.from));
    let mut mermaid = Mermaid { chart, marks, anywhere: inwards.map(|it| it.from).collect(), out: String::new() };
    mermaid.out += "stateDiagram-v2\n";
    mermaid.state(0, 1);
    (0..chart.arrows.len()).for_each(|it| mermaid.arrow(it, &chart.arrows[it]));
    mermaid.out += STYLES;
    mermaid.classes();
    mermaid.out
}

struct Mermaid<'c> {
    chart: &'c Chart,
    marks: &'c Marks,
    /// States from which an arrow leads inwards.
    anywhere: BTreeSet<usize>,
    out: String,
}

impl Mermaid<'_> {
    fn state(&mut self, id: usize, depth: usize) {
        let it = &self.chart.states[id];
        let indent = "    ".repeat(depth);
        let label = self.label(id);
        if it.children.is_empty() {
            _ = writeln!(self.out, "{indent}state \"{label}\" as s{id}");
        } else {
            _ = writeln!(self.out, "{indent}state \"{label}\" as s{id} {{");
            if self.anywhere.contains(&id) {
                _ = writeln!(self.out, "{indent}    state \"anywhere in {}\" as a{id}", escaped(&it.name));
            }
            it.children.iter().for_each(|it| self.state(*it, depth + 1));
            _ = writeln!(self.out, "{indent}}}");
        }
        if it.initial {
            _ = writeln!(self.out, "{indent}[*] --> s{id}");
        }
        if it.is_final {
            _ = writeln!(self.out, "{indent}s{id} --> [*]");
        }
    }

    fn label(&self, id: usize) -> String {
        let it = &self.chart.states[id];
        let count = self.marks.state(id).map_or_else(String::new, Mark::behind);
        let name = if id == 0 { &self.chart.title } else { &it.name };
        let mut lines = vec![format!("{}{}{count}", escaped(name), if it.missing { " ?" } else { "" })];
        // A box around others has room for its name only.
        if it.children.is_empty() {
            lines.extend(it.rows.iter().map(|it| escaped(&format!("{} {}", it.word, it.text))));
        }
        lines.join("<br/>")
    }

    fn arrow(&mut self, index: usize, it: &Arrow) {
        let inwards = it.from != it.to && self.chart.is_within(it.to, it.from);
        let from = if inwards { "a" } else { "s" };
        let lines = it.lines.iter().enumerate().map(|(line, text)| {
            let mark = self.marks.line(index, line);
            let (before, behind) = mark.map_or_else(Default::default, |it| (it.before(), it.behind()));
            let last = if it.last { " (to the last)" } else { "" };
            escaped(&format!("{before}{}{last}{behind}", text.text))
        });
        let label = lines.collect::<Vec<_>>().join("<br/>");
        _ = writeln!(self.out, "    {from}{} --> s{} : {label}", it.from, it.to);
    }

    fn classes(&mut self) {
        for id in 1..self.chart.states.len() {
            if self.chart.states[id].missing {
                _ = writeln!(self.out, "    class s{id} missing");
            }
            if self.marks.reaches_state(id) == Some(true) && self.chart.states[id].children.is_empty() {
                _ = writeln!(self.out, "    class s{id} way");
            }
        }
        for id in &self.anywhere {
            _ = writeln!(self.out, "    class a{id} anywhere");
        }
    }
}

/// Marks that mean something to Mermaid are written by their numbers.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '#' | ';' | ':' | '<' | '>' | '{' | '}' | '\\' | '`' | '&' => {
                _ = write!(out, "#{};", u32::from(char))
            }
            _ if char.is_control() => out.push(' '),
            _ => out.push(char),
        }
    }
    out
}
