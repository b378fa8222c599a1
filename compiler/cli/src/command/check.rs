//! `machinec check`: all mistakes of all files in one run.

use super::Verdict;
use crate::args::{Check, Color};
use crate::error::Error;
use crate::report::{Report, counted};
use crate::sources::Loaded;

pub(super) fn run(it: &Check, color: Color) -> Result<Verdict, Error> {
    let loaded = Loaded::from_paths(&it.files);
    let mut report = Report::new(&it.reporting, color);
    report.files(&loaded)?;
    report.diagnostics(&loaded.sources, &machine_compiler::check(&loaded.sources))?;
    let files = loaded.sources.iter().count();
    report.close(&format!("checked {}: no mistakes", counted(files, "file")));
    Ok(if report.has_errors() { Verdict::Mistakes } else { Verdict::Fine })
}
