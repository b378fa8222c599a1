//! `machinec build`: one table a machine, all of them or none.

use super::Verdict;
use crate::args::{Build, Color, Strip};
use crate::error::{self, Error};
use crate::inspect::hash;
use crate::output;
use crate::report::Report;
use crate::sources::Loaded;
use machine_compiler::{Compiled, Options};
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::NamedTempFile;

/// Hexadecimal digits of the hash that tell two tables apart well enough for people.
const SHORT_HASH: usize = 12;

pub(super) fn run(it: &Build, color: Color) -> Result<Verdict, Error> {
    let loaded = Loaded::with_used(&it.files);
    let mut report = Report::new(&it.reporting, color);
    report.files(&loaded)?;
    let output = machine_compiler::compile(&loaded.sources, Options { strip: strip(it.strip) });
    report.diagnostics(&loaded.sources, &output.diagnostics)?;
    if report.has_errors() {
        report.close("");
        return Ok(Verdict::Mistakes);
    }
    if output.machines.is_empty() {
        return Err(Error::no_machine("build", &loaded));
    }
    write_all(&it.output, &output.machines)?;
    if !it.reporting.quiet {
        output.machines.iter().try_for_each(|machine| output::print(&line(&it.output, machine)))?;
    }
    Ok(Verdict::Fine)
}

fn strip(strip: Option<Strip>) -> machine_compiler::Strip {
    match strip {
        None => machine_compiler::Strip::Nothing,
        Some(Strip::Docs) => machine_compiler::Strip::Docs,
        Some(Strip::Names) => machine_compiler::Strip::Names,
    }
}

/// Writes all tables beside their final names first, so that a full disk leaves the old ones as they were. A node that
/// watches the folder never sees half a table.
fn write_all(folder: &Path, machines: &[Compiled]) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|it| Error::write(folder, it))?;
    let written: Vec<_> = machines.iter().map(|it| write(folder, it)).collect::<Result<_, _>>()?;
    for (machine, file) in machines.iter().zip(written) {
        let path = folder.join(file_name(machine));
        file.persist(&path).map_err(|it| Error::write(&path, it.error))?;
    }
    Ok(())
}

fn write(folder: &Path, machine: &Compiled) -> Result<NamedTempFile, Error> {
    let failed = |it| Error::write(&folder.join(file_name(machine)), it);
    // As any new file: the user's mask takes away what others may not do.
    let mut file =
        tempfile::Builder::new().permissions(Permissions::from_mode(0o666)).tempfile_in(folder).map_err(failed)?;
    file.write_all(&machine.table).and_then(|()| file.as_file().sync_data()).map_err(failed)?;
    Ok(file)
}

fn file_name(machine: &Compiled) -> String {
    format!("{}.table", machine.name)
}

/// `tables/lamp.table  lamp 1.0.0  312 bytes  sha256:0f3a5c0d9e21`.
fn line(folder: &Path, machine: &Compiled) -> String {
    let path = error::shown(&folder.join(file_name(machine)));
    let hash: String = hash(&machine.table).chars().take(SHORT_HASH).collect();
    format!("{path}  {} {}  {} bytes  sha256:{hash}\n", machine.name, machine.version, machine.table.len())
}
