//! One JSON object a line: each test, then the sum.

use super::{Result, machine};
use crate::error::Error;
use crate::output;
use machine_compiler::Tests;
use machine_compiler::source::SourceMap;
use serde_json::{Value, json};

pub(super) fn write(results: &[Result<'_>], tests: &Tests, sources: &SourceMap) -> std::result::Result<(), Error> {
    let passed = results.iter().filter(|it| it.1.has_passed()).count();
    let mut text: String = results.iter().map(|it| format!("{}\n", one(it, tests, sources))).collect();
    text += &format!("{}\n", json!({ "tests": results.len(), "passed": passed, "failed": results.len() - passed }));
    output::print(&text)
}

fn one((test, outcome): &Result<'_>, tests: &Tests, sources: &SourceMap) -> Value {
    let failures = outcome.failures.iter().map(|it| {
        let label = it.labels.first();
        let (line, column) = label.map_or((0, 0), |it| sources.line_column(it.file, it.span));
        json!({
            "line": line,
            "column": column,
            "message": it.headline,
            "why": label.map(|it| &it.text).filter(|it| !it.is_empty()),
            "notes": it.notes,
            "help": it.help,
        })
    });
    json!({
        "test": test.name,
        "case": test.case,
        "machine": machine(test, tests),
        "file": sources.get(test.file).name,
        "passed": outcome.has_passed(),
        "seed": outcome.seed,
        "steps": outcome.steps,
        "microseconds": u64::try_from(outcome.took.as_micros()).unwrap_or(u64::MAX),
        "failures": failures.collect::<Vec<_>>(),
        "found": outcome.found,
    })
}
