//! Columns: the responses of handlers below each other, and the comments behind lines.

use super::MAX_WIDTH;
use super::layout::Line;

/// Puts the responses of handlers on lines one below the other into one column. Comments between them do not matter;
/// an empty line, another declaration or another level ends such a run.
pub(super) fn responses(lines: &mut [Line<'_>]) {
    let mut run: Vec<&mut Line<'_>> = Vec::new();
    for line in lines {
        let apart = line.blank_before || run.last().is_some_and(|it| it.indent != line.indent);
        if apart || !(line.stop.is_some() || line.is_comment()) {
            align(&mut run);
        }
        if line.stop.is_some() {
            run.push(line);
        }
    }
    align(&mut run);
}

/// Aligns a run and empties it; leaves the lines as they are if one of them would become too long.
fn align(run: &mut Vec<&mut Line<'_>>) {
    let column = run.iter().filter_map(|it| it.stop).map(|it| it.1).max().unwrap_or(0);
    let missing = |line: &Line<'_>| line.stop.map_or((0, 0), |(at, width)| (at, column - width));
    let fits = run.iter().all(|it| it.width + missing(it).1 <= MAX_WIDTH);
    for line in run.drain(..).filter(|_| fits) {
        let (at, blanks) = missing(line);
        line.text.insert_str(at, &" ".repeat(blanks));
        line.width += blanks;
    }
}

/// The lines as one text.
pub(super) fn text(lines: &[Line<'_>]) -> String {
    let mut out = String::with_capacity(lines.iter().map(|it| it.width + 1).sum());
    let mut rest = lines;
    while !rest.is_empty() {
        let (section, behind) = rest.split_at(section(rest));
        let column = section.iter().filter(|it| it.comment.is_some()).map(|it| it.width + 1).max().unwrap_or(0);
        section.iter().for_each(|it| write(&mut out, it, column));
        rest = behind;
    }
    out
}

/// How many lines, at least one, have their comments in one column: those of one level up to an empty line. A line
/// that opens or closes a bracket stands for itself, with the comments that go on below it.
fn section(lines: &[Line<'_>]) -> usize {
    let Some(first) = lines.first() else { return 0 };
    let alone = first.is_bracket();
    let belongs = |it: &&Line<'_>| {
        let goes_on = it.text.is_empty();
        !it.blank_before && it.indent == first.indent && (goes_on || !alone && !it.is_bracket())
    };
    1 + lines.iter().skip(1).take_while(belongs).count()
}

fn write(out: &mut String, line: &Line<'_>, column: usize) {
    if line.blank_before {
        out.push('\n');
    }
    out.extend(std::iter::repeat_n(' ', line.indent));
    out.push_str(&line.text);
    if let Some(comment) = line.comment {
        out.extend(std::iter::repeat_n(' ', column.saturating_sub(line.width)));
        out.push_str(comment);
    }
    out.push('\n');
}
