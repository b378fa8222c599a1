//! The results, for people and for programs.

mod human;
mod json;
mod junit;
mod tap;

use super::run::Outcome;
use super::select::{machine, title};
use crate::args::{Color, TestFormat};
use crate::error::Error;
use machine_compiler::Tests;
use machine_compiler::model::test::Test;
use machine_compiler::source::SourceMap;

/// A test with what came of it.
pub(super) type Result<'t> = (&'t Test, &'t Outcome);

/// Writes all results to standard output.
pub(super) fn write(
    format: TestFormat,
    results: &[Result<'_>],
    tests: &Tests,
    sources: &SourceMap,
    color: Color,
) -> std::result::Result<(), Error> {
    match format {
        TestFormat::Human => human::write(results, tests, sources, color),
        TestFormat::Json => json::write(results, tests, sources),
        TestFormat::Tap => tap::write(results, tests, sources),
        TestFormat::Junit => junit::write(results, tests, sources),
    }
}

/// All that is to be said of a failed test, without drawings.
fn said(outcome: &Outcome, sources: &SourceMap) -> String {
    use machine_compiler::diagnostic::render::{Form, Style, to_string};
    let mut text = to_string(Form::Rich, sources, &outcome.failures, Style::PLAIN);
    if let Some(found) = &outcome.found {
        text += &format!("{found}\n");
    }
    text
}
