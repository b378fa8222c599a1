//! The Test Anything Protocol, version 14.

use super::{Result, machine, said, title};
use crate::error::Error;
use crate::output;
use machine_compiler::Tests;
use machine_compiler::source::SourceMap;

pub(super) fn write(results: &[Result<'_>], tests: &Tests, sources: &SourceMap) -> std::result::Result<(), Error> {
    let mut text = format!("TAP version 14\n1..{}\n", results.len());
    for (index, (test, outcome)) in results.iter().enumerate() {
        let name = escaped(&format!("{}: {}", machine(test, tests), title(test)));
        let sign = if outcome.has_passed() { "ok" } else { "not ok" };
        text += &format!("{sign} {} - {name}\n", index + 1);
        if !outcome.has_passed() {
            text += "  ---\n  message: |\n";
            for it in said(outcome, sources).lines() {
                text += format!("    {it}").trim_end();
                text.push('\n');
            }
            text += "  ...\n";
        }
    }
    output::print(&text)
}

/// A `#` would begin a directive.
fn escaped(name: &str) -> String {
    name.replace('\\', "\\\\").replace('#', "\\#").replace('\n', " ")
}
