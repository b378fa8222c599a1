//! One line a diagnostic, as compilers have always written them, so that editors and `grep` understand it.

use super::Style;
use super::visible::visible_line;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// `FILE:LINE:COLUMN: error[CODE]: HEADLINE`.
pub(super) fn text(sources: &SourceMap, diagnostic: &Diagnostic, style: Style) -> String {
    let place = place(sources, diagnostic);
    let severity = match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let (bold, reset) = if style.colour { (colour(diagnostic), "\u{1b}[0m") } else { ("", "") };
    let headline = visible_line(&diagnostic.headline);
    format!("{place}: {bold}{severity}[{}]{reset}: {headline}\n", diagnostic.code)
}

/// `FILE:LINE:COLUMN` of the primary label.
fn place(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let Some(label) = diagnostic.labels.first() else { return String::from("-") };
    let (line, column) = sources.line_column(label.file, label.span);
    format!("{}:{line}:{column}", visible_line(&sources.get(label.file).name))
}

fn colour(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity() {
        Severity::Error => "\u{1b}[1;31m",
        Severity::Warning => "\u{1b}[1;33m",
    }
}
