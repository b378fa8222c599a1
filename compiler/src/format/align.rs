//! Columns: the responses of handlers below each other, and the comments behind lines.

use super::MAX_WIDTH;
use super::layout::Line;

/// Puts the responses of handlers on lines one below the other into one column. Comments between do not matter; an
/// empty line or anything else does. Left alone where a line would become too long by it.
pub(super) fn responses(lines: &mut [Line<'_>]) {
    let mut run: Vec<usize> = Vec::new();
    for index in 0..lines.len() {
        let Some(line) = lines.get(index) else { break };
        let (responds, only_comment) = (line.stop.is_some(), line.is_comment || line.text.is_empty());
        let apart = line.blank_before || run.last().and_then(|it| lines.get(*it)).is_some_and(|it| it.indent != line.indent);
        if apart || !(responds || only_comment) {
            align(lines, &run);
            run.clear();
        }
        if responds {
            run.push(index);
        }
    }
    align(lines, &run);
}
