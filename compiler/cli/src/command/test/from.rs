//! `machinec test --from`: what a node recorded, as tests that can be kept.

use crate::args::{Color, Test};
use crate::command::Verdict;
use crate::command::replay::{no_machine_in_both, read};
use crate::error::{self, Error};
use crate::output;
use crate::recording::script;
use crate::report::Report;
use crate::sources::Loaded;
use machine_compiler::Options;
use machine_core::OwnedTable;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Writes a test for each machine that is both in the recording and in the sources: a whole file, which brings them.
pub(super) fn run(it: &Test, events: &Path, color: Color) -> Result<Verdict, Error> {
    let recording = read(events)?;
    let loaded = Loaded::with_used(&it.files);
    let reporting = it.reporting();
    let mut report = Report::new(&reporting, color);
    report.files(&loaded)?;
    let output = machine_compiler::compile(&loaded.sources, Options::default());
    report.diagnostics(&loaded.sources, &output.diagnostics)?;
    if report.has_errors() {
        report.close("");
        return Ok(Verdict::Mistakes);
    }
    let (mut blocks, mut uses) = (Vec::new(), BTreeSet::new());
    for (who, recorded) in &recording.machines {
        let is_wanted = it.machines.is_empty() || it.machines.contains(&who.machine);
        let Some(machine) = output.machines.iter().find(|it| is_wanted && it.name == who.machine) else { continue };
        let path = error::shown(events);
        crate::replay::begins(who, recorded).map_err(|source| Error::Replay { path, source })?;
        let table = OwnedTable::verify(machine.table.as_slice().into());
        let table = table.map_err(|source| Error::Table { path: machine.name.clone(), source })?;
        blocks.push(script::test(who, &recording, &Arc::new(table)));
        uses.insert(loaded.sources.get(machine.file).name.as_str());
    }
    if blocks.is_empty() {
        return Err(no_machine_in_both(events, &recording, &output.machines));
    }
    output::print(&format!("{}\n{}", used(&uses), blocks.join("\n")))?;
    Ok(Verdict::Fine)
}

/// Brings the machines into a file of this folder; what came from standard input has no name.
fn used(sources: &BTreeSet<&str>) -> String {
    let named = sources.iter().filter(|it| !it.starts_with('<'));
    named.map(|it| format!("use {}\n", script::quoted(it))).collect()
}
