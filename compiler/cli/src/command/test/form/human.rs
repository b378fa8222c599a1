//! For people: a line a test, what was not as expected below it, and how it all ended.

use super::{Result, machine, title};
use crate::args::Color;
use crate::error::Error;
use crate::output;
use crate::report::counted;
use anstyle::{AnsiColor, Style as Colour};
use machine_compiler::Tests;
use machine_compiler::diagnostic::render::visible::visible_line;
use machine_compiler::diagnostic::render::{Form, Style, to_string};
use machine_compiler::source::SourceMap;

pub(super) fn write(
    results: &[Result<'_>],
    tests: &Tests,
    sources: &SourceMap,
    color: Color,
) -> std::result::Result<(), Error> {
    let style = output::stdout_style(color);
    for (test, outcome) in results {
        let name = format!("{}: {}", machine(test, tests), visible_line(&title(test)));
        let seed = outcome.seed.map_or_else(String::new, |it| format!(" (seed {it})"));
        output::print(&format!("{} {name}{seed}\n", sign(outcome.has_passed(), style)))?;
        if !outcome.has_passed() {
            output::print(&to_string(Form::Rich, sources, &outcome.failures, style))?;
        }
        if let Some(found) = &outcome.found {
            output::print(&format!("this test does it again:\n\n{found}\n\n"))?;
        }
    }
    output::print(&summary(results))
}

fn sign(passed: bool, style: Style) -> String {
    let (sign, colour) = match (passed, style.unicode) {
        (true, true) => ("✓", AnsiColor::Green),
        (true, false) => ("ok  ", AnsiColor::Green),
        (false, true) => ("✗", AnsiColor::Red),
        (false, false) => ("FAIL", AnsiColor::Red),
    };
    let colour = Colour::new().fg_color(Some(colour.into())).bold();
    if style.colour { format!("{colour}{sign}{colour:#}") } else { sign.to_owned() }
}

/// `3 tests passed, 1 failed`.
fn summary(results: &[Result<'_>]) -> String {
    let passed = results.iter().filter(|it| it.1.has_passed()).count();
    match results.len() - passed {
        0 => format!("{} passed\n", counted(passed, "test")),
        failed => format!("{} passed, {failed} failed\n", counted(passed, "test")),
    }
}
