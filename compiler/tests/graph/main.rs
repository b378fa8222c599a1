//! Pictures: what they show, and that nothing in them lies on anything else.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

mod forms;
mod generate;
mod places;
mod shipped;
mod ways;

use machine_compiler::graph::{self, Chart};
use machine_compiler::source::SourceMap;

/// What is drawn of the machines of a source.
fn charts(source: &str) -> Vec<Chart> {
    let mut sources = SourceMap::default();
    sources.add("m.machine", source);
    graph::charts(&sources)
}

/// The only machine of a source.
#[track_caller]
fn chart(source: &str) -> Chart {
    let mut charts = charts(source);
    assert_eq!(charts.len(), 1, "one machine in:\n{source}");
    charts.remove(0)
}
