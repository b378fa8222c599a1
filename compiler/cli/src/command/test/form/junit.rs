//! The XML that build servers read.

use super::{Result, machine, said, title};
use crate::error::Error;
use crate::output;
use machine_compiler::Tests;
use machine_compiler::source::SourceMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// A suite a machine.
pub(super) fn write(results: &[Result<'_>], tests: &Tests, sources: &SourceMap) -> std::result::Result<(), Error> {
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for (test, outcome) in results {
        let mut status = TestCaseStatus::success();
        if let Some(first) = outcome.failures.first() {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(first.headline.as_str()).set_description(said(outcome, sources));
        }
        let mut case = TestCase::new(title(test), status);
        let name = machine(test, tests);
        case.set_classname(name).set_time(outcome.took);
        suites.entry(name).or_insert_with(|| TestSuite::new(name)).add_test_case(case);
    }
    let mut report = Report::new("machinec test");
    report.add_test_suites(suites.into_values());
    let text = report.to_string().map_err(|it| Error::Output { source: std::io::Error::other(it) })?;
    output::print(&text)
}
