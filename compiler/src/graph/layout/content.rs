//! What is written in the box of a state and beside an arrow.

use super::text::{Block, Tone};
use crate::graph::chart::{Arrow, Chart, State};
use crate::graph::marks::{Mark, Marks};

/// No line in a box is wider, unless it is a single word.
const BOX_MOST: f64 = 240.0;
/// Nor beside an arrow.
const LABEL_MOST: f64 = 176.0;
/// What is told of the whole machine may take more room.
const DOC_MOST: f64 = 520.0;
const INDENT: f64 = 10.0;

/// Name and lines of a state, and the arrows that are written there instead of drawn.
pub(super) fn header(chart: &Chart, marks: &Marks, id: usize, written: &[usize]) -> Block {
    let it = &chart.states[id];
    let mut block = Block::default();
    if id == 0 {
        block.add(&[(Tone::Title, chart.title.as_str())], DOC_MOST, INDENT, &it.doc);
        block.space(1.0);
        block.add(&[(Tone::Doc, first_sentence(&it.doc).as_str())], DOC_MOST, 0.0, &it.doc);
    } else {
        let name = if it.missing { format!("{} ?", it.name) } else { it.name.clone() };
        let count = marks.state(id).map_or_else(String::new, Mark::behind);
        block.add(&[(Tone::Name, &name), (Tone::Mark, &count)], BOX_MOST, INDENT, &tip(it));
    }
    if !it.rows.is_empty() || !written.is_empty() {
        block.space(3.0);
    }
    for row in &it.rows {
        block.add(&[(Tone::Word, row.word), (Tone::Plain, &row.text)], BOX_MOST, INDENT, &row.tip);
    }
    for arrow in written {
        let it = &chart.arrows[*arrow];
        let goal = format!("\u{2192}\u{a0}{}", chart.states[it.to].path);
        lines(&mut block, marks, *arrow, it, BOX_MOST, &goal);
    }
    block
}

/// One line a handler.
pub(super) fn label(marks: &Marks, arrow: usize, it: &Arrow) -> Block {
    let mut block = Block::default();
    lines(&mut block, marks, arrow, it, LABEL_MOST, "");
    block
}

/// The handlers of an arrow, with where it leads unless that is seen.
fn lines(block: &mut Block, marks: &Marks, arrow: usize, it: &Arrow, most: f64, goal: &str) {
    for (index, line) in it.lines.iter().enumerate() {
        let mark = marks.line(arrow, index);
        let (before, behind) = mark.map_or_else(Default::default, |it| (it.before(), it.behind()));
        let suffix = line.label.as_ref().map_or_else(String::new, |it| format!(" / {it}"));
        let text = line.text.strip_suffix(&suffix).unwrap_or(&line.text);
        // The stroke stands on one line with the name behind it.
        let named = line.label.as_ref().map_or_else(String::new, |it| format!("/\u{a0}{it}"));
        let last = if it.last { "to the last" } else { "" };
        let parts = [
            (Tone::Mark, before.as_str()),
            (Tone::Plain, text),
            (Tone::Word, last),
            (Tone::Name, goal),
            (Tone::Label, named.as_str()),
            (Tone::Mark, behind.as_str()),
        ];
        block.add(&parts, most, INDENT, &line.tip);
    }
}

fn tip(it: &State) -> String {
    match (it.missing, it.doc.is_empty()) {
        (true, _) => format!("there is no state `{}`", it.name),
        (false, true) => it.path.clone(),
        (false, false) => it.doc.clone(),
    }
}

/// Up to the first full stop that ends a sentence, or the first paragraph.
fn first_sentence(doc: &str) -> String {
    let paragraph: Vec<_> = doc.lines().map(str::trim).take_while(|it| !it.is_empty()).collect();
    let text = paragraph.join(" ");
    text.find(". ").map_or(text.clone(), |end| text[..=end].to_owned())
}
