//! `machinec schedule`: when the schedules of each machine come next.

use super::Verdict;
use crate::args::{Color, Schedule};
use crate::error::Error;
use crate::output;
use crate::report::Report;
use crate::schedules::{Listed, json, text};
use crate::sources::Loaded;
use machine_compiler::Options;
use machine_core::Table;
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) fn run(it: &Schedule, color: Color) -> Result<Verdict, Error> {
    let loaded = Loaded::with_used(&it.files);
    let mut report = Report::new(&it.reporting, color);
    report.files(&loaded)?;
    let compiled = machine_compiler::compile(&loaded.sources, Options::default());
    report.diagnostics(&loaded.sources, &compiled.diagnostics)?;
    if report.has_errors() {
        report.close("");
        return Ok(Verdict::Mistakes);
    }
    let (from, count) = (it.from.unwrap_or_else(now), usize::from(it.count));
    let tables = compiled.machines.iter().filter_map(|it| Table::verify(&it.table).ok());
    let schedules: Vec<_> = tables.flat_map(|it| Listed::all(&it, from, count)).collect();
    output::print(&if it.json { json(&schedules) } else { text(&schedules) })?;
    if schedules.is_empty() {
        report.close("no machine here has a schedule");
    }
    Ok(Verdict::Fine)
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
