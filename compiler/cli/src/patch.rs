//! What differs between two texts, short enough to be read on a terminal.

use machine_compiler::diagnostic::render::Style;
use machine_compiler::diagnostic::render::visible::visible_line;
use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// Lines that are shown of one file at most.
const MOST_LINES: usize = 40;

/// Unchanged lines that are shown around a change.
const CONTEXT: usize = 1;

/// After this time the difference is allowed to be longer than it has to be.
const PATIENCE: Duration = Duration::from_millis(500);

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const BOLD: &str = "\u{1b}[1m";
const RESET: &str = "\u{1b}[0m";

/// A unified diff of at most 40 lines with the name of the file above it.
pub(crate) fn short(name: &str, old: &str, new: &str, style: Style) -> String {
    let all = lines(old, new);
    let mut text = dressed(&format!("{name}:"), BOLD, style);
    for (tag, line) in all.iter().take(MOST_LINES) {
        text += &match tag {
            Some(ChangeTag::Delete) => dressed(line, RED, style),
            Some(ChangeTag::Insert) => dressed(line, GREEN, style),
            Some(ChangeTag::Equal) | None => format!("{line}\n"),
        };
    }
    match all.len().saturating_sub(MOST_LINES) {
        0 => text,
        more => text + &format!("and {more} more lines\n"),
    }
}

/// All lines of the diff, and what they are; none for the heads of its parts.
fn lines(old: &str, new: &str) -> Vec<(Option<ChangeTag>, String)> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let mut lines = Vec::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        lines.push((None, hunk.header().to_string()));
        for change in hunk.iter_changes() {
            let text = visible_line(change.value().trim_end_matches('\n')).into_owned();
            lines.push((Some(change.tag()), format!("{}{text}", change.tag())));
            if change.missing_newline() {
                lines.push((None, "\\ no line break at the end of the file".to_owned()));
            }
        }
    }
    lines
}

fn dressed(line: &str, colour: &str, style: Style) -> String {
    if style.colour { format!("{colour}{line}{RESET}\n") } else { format!("{line}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, shown: &str) {
        assert_eq!(short("a.machine", old, new, Style::PLAIN), shown);
    }

    #[test]
    fn changed_lines_stand_with_one_around_them() {
        check("1\n2\n3\n4\n5\n", "1\n2\nthree\n4\n5\n", "a.machine:\n@@ -2,3 +2,3 @@\n 2\n-3\n+three\n 4\n");
    }

    #[test]
    fn what_is_not_seen_is_shown() {
        check("a\r\n", "a\n", "a.machine:\n@@ -1 +1 @@\n-a\\u{d}\n+a\n");
        check("a", "a\n", "a.machine:\n@@ -1 +1 @@\n-a\n\\ no line break at the end of the file\n+a\n");
    }

    #[test]
    fn a_long_one_is_cut() {
        let shown = short("a.machine", "", &"x\n".repeat(100), Style::PLAIN);
        assert_eq!(shown.lines().count(), MOST_LINES + 2);
        assert!(shown.ends_with("+x\nand 61 more lines\n"), "{shown}");
    }

    #[test]
    fn colours_tell_old_from_new() {
        let shown = short("a.machine", "a\n", "b\n", Style { colour: true, ..Style::PLAIN });
        assert_eq!(shown, "\u{1b}[1ma.machine:\u{1b}[0m\n@@ -1 +1 @@\n\u{1b}[31m-a\u{1b}[0m\n\u{1b}[32m+b\u{1b}[0m\n");
    }
}
