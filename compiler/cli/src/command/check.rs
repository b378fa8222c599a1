//! `machinec check`: all mistakes of all files in one run; with `--fix`, the plain ones are put right first.

use super::Verdict;
use crate::args::{Check, Color, Format};
use crate::error::Error;
use crate::report::{Report, counted};
use crate::sources::{Loaded, is_stdin};
use crate::{fix, output};
use machine_compiler::model::Machine;
use machine_compiler::prove::Figures;

pub(super) fn run(it: &Check, color: Color) -> Result<Verdict, Error> {
    if it.fix && it.files.iter().any(|it| is_stdin(it)) {
        return Err(Error::FixInput);
    }
    let mut loaded = Loaded::with_used(&it.files);
    let fixed = if it.fix { fix::all(&mut loaded, !it.reporting.is_silent())? } else { 0 };
    let mut report = Report::new(&it.reporting, color);
    report.files(&loaded)?;
    report.diagnostics(&loaded.sources, &machine_compiler::check(&loaded.sources))?;
    if it.report {
        output::print(&figures(&loaded, it.reporting.format == Format::Json))?;
    }
    let files = counted(loaded.named().count(), "file");
    report.close(&match fixed {
        0 => format!("checked {files}: no mistakes"),
        _ => format!("checked {files}: no mistakes left"),
    });
    Ok(if report.has_errors() { Verdict::Mistakes } else { Verdict::Fine })
}

/// What each machine takes at most.
fn figures(loaded: &Loaded, json: bool) -> String {
    let mut text = String::new();
    let mut see = |file, machine: &Machine| {
        let figures = Figures::of(&loaded.sources, file, machine);
        match json {
            true => text.extend(serde_json::to_string(&figures).map(|it| it + "\n")),
            false => text += &figures.to_string(),
        }
    };
    // What is wrong with them has been told.
    let _ = machine_compiler::examine(&loaded.sources, &mut see);
    text
}
