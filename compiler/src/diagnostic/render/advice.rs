//! The way out of a mistake in words: the help, and the line as the fix would leave it.

use crate::diagnostic::{Diagnostic, Fix};
use crate::source::SourceMap;

/// A line longer than this is not worth quoting.
const LONGEST: usize = 100;

/// The help, with the edited line below it where the help does not show the edit; `None` when there is nothing to say.
pub(super) fn help(sources: &SourceMap, diagnostic: &Diagnostic) -> Option<String> {
    let edited = diagnostic.fix.as_ref().and_then(|fix| Some((fix, edited_line(sources, fix)?)));
    match (&diagnostic.help, edited) {
        (Some(help), Some((fix, line))) if !shows(help, fix, &line) => {
            Some(format!("{help}\n{}", said("the line then reads", &line)))
        }
        (None, Some((_, line))) => Some(said("write", &line)),
        (help, _) => help.clone(),
    }
}

fn shows(help: &str, fix: &Fix, line: &str) -> bool {
    let edit = fix.text.trim();
    help.contains(line) || (!edit.is_empty() && help.contains(edit))
}

/// The line that holds the fix, after it; `None` unless it is one line before and after, and short enough.
fn edited_line(sources: &SourceMap, fix: &Fix) -> Option<String> {
    let text = &sources.get(fix.file).text;
    let before = text.get(..fix.span.range().start)?;
    let after = text.get(fix.span.range().end..)?;
    let replaced = text.get(fix.span.range())?;
    if replaced.contains('\n') || fix.text.contains('\n') {
        return None;
    }
    let head = before.rsplit('\n').next()?;
    let tail = after.split('\n').next()?;
    if head.len() + fix.text.len() + tail.len() > 2 * LONGEST {
        return None;
    }
    let line = without_alignment(format!("{head}{}{tail}", fix.text).trim());
    // A line of a single `}` would tell nothing.
    (line.len() <= LONGEST && line.contains(char::is_alphanumeric)).then_some(line)
}

/// The line between backticks, unless that would be hard to read because it has some itself.
fn said(words: &str, line: &str) -> String {
    if line.contains('`') { format!("{words}: {line}") } else { format!("{words} `{line}`") }
}

/// Single spaces where the author lined things up, unless they may belong to a text.
fn without_alignment(line: &str) -> String {
    if line.contains(['"', '`']) {
        return line.to_owned();
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
