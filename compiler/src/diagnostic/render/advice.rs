//! The way out of a mistake in words: the help, and the line as the fix would leave it.

use crate::diagnostic::{Diagnostic, Fix};
use crate::source::SourceMap;

/// A line longer than this is not worth quoting.
const LONGEST: usize = 100;

/// The help, with the edited line where the help does not show the edit itself; `None` when there is nothing to say.
pub(super) fn help(sources: &SourceMap, diagnostic: &Diagnostic) -> Option<String> {
    let edited = diagnostic.fix.as_ref().and_then(|fix| edited_line(sources, fix));
    let shown = |help: &str, fix: &Fix| !fix.text.trim().is_empty() && help.contains(fix.text.trim());
    match (&diagnostic.help, edited, &diagnostic.fix) {
        (Some(help), Some(line), Some(fix)) if !shown(help, fix) && !help.contains(&line) => {
            Some(format!("{help}: `{line}`"))
        }
        (Some(help), _, _) => Some(help.clone()),
        (None, Some(line), _) => Some(format!("write `{line}`")),
        (None, None, _) => None,
    }
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
    (!line.is_empty() && line.len() <= LONGEST).then_some(line)
}

/// Single spaces where the author lined things up, unless they may belong to a text.
fn without_alignment(line: &str) -> String {
    if line.contains(['"', '`']) {
        return line.to_owned();
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
