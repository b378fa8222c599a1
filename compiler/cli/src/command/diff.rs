//! `machinec diff`: what two versions of machines do differently.

use super::Verdict;
use super::graph::no_such_machine;
use crate::args::{Color, Diff, Format, Reporting};
use crate::diff;
use crate::error::{self, Error};
use crate::output;
use crate::report::Report;
use crate::sources::Loaded;
use machine_compiler::Options;
use machine_core::{OwnedTable, limits};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The machines of one side, by name.
type Machines = BTreeMap<String, OwnedTable>;

pub(super) fn run(it: &Diff, color: Color) -> Result<Verdict, Error> {
    match sides(it, color) {
        Ok(Some((old, new))) => both(it, &old, &new),
        // Neither the same nor another: that could not be said.
        Ok(None) => Ok(Verdict::Trouble),
        Err(error) => {
            output::error(&error, color);
            Ok(Verdict::Trouble)
        }
    }
}

/// Both sides; nothing if there is a mistake in a source, which is then told.
fn sides(it: &Diff, color: Color) -> Result<Option<(Machines, Machines)>, Error> {
    let (old, new) = (machines(&it.old, color)?, machines(&it.new, color)?);
    let (Some(mut old), Some(mut new)) = (old, new) else { return Ok(None) };
    if let Some(name) = &it.machine {
        let names: Vec<String> = old.keys().chain(new.keys()).cloned().collect();
        [&mut old, &mut new].into_iter().for_each(|it| it.retain(|other, _| other == name));
        if old.is_empty() && new.is_empty() {
            return Err(no_such_machine(name, &names));
        }
    }
    Ok(Some((old, new)))
}

/// Each machine that is in both, and those that are not.
fn both(it: &Diff, old: &Machines, new: &Machines) -> Result<Verdict, Error> {
    let mut verdict = Verdict::Fine;
    for (name, table) in old {
        match (new.get(name), old.len() + new.len()) {
            (Some(other), _) => one(it, table, other, &mut verdict)?,
            // The only one on each side, under another name.
            (None, 2) if new.len() == 1 => {
                return new.values().try_for_each(|other| one(it, table, other, &mut verdict)).map(|()| verdict);
            }
            (None, _) => alone(it, name, "gone", &mut verdict)?,
        }
    }
    new.keys().filter(|it| !old.contains_key(*it)).try_for_each(|name| alone(it, name, "new", &mut verdict))?;
    Ok(verdict)
}

fn one(it: &Diff, old: &OwnedTable, new: &OwnedTable, verdict: &mut Verdict) -> Result<(), Error> {
    let found = diff::between(&old.table(), &new.table(), it.most as usize);
    if !found.is_none() {
        *verdict = Verdict::Mistakes;
    }
    output::print(&if it.json { format!("{}\n", diff::json(&found)) } else { diff::text(&found) })
}

fn alone(it: &Diff, name: &str, what: &str, verdict: &mut Verdict) -> Result<(), Error> {
    *verdict = Verdict::Mistakes;
    let json = serde_json::json!({"machine": name, "same": false, "only": what});
    output::print(&if it.json { format!("{json}\n") } else { format!("{name}\n  the machine is {what}\n") })
}

/// All machines that a path leads to: tables, or sources that are compiled; nothing if there is a mistake in them.
fn machines(path: &Path, color: Color) -> Result<Option<Machines>, Error> {
    let tables = tables(path)?;
    if !tables.is_empty() {
        return tables.iter().map(|it| table(it)).collect::<Result<_, _>>().map(Some);
    }
    let loaded = Loaded::with_used(&[path.to_owned()]);
    let reporting = Reporting { format: Format::Rich, quiet: true };
    let mut report = Report::new(&reporting, color);
    report.files(&loaded)?;
    let output = machine_compiler::compile(&loaded.sources, Options::default());
    // Warnings are for `machinec check`.
    if !loaded.errors.is_empty() || output.machines.is_empty() {
        report.diagnostics(&loaded.sources, &output.diagnostics)?;
        return if report.has_errors() { Ok(None) } else { Err(Error::no_machine("compare", &loaded)) };
    }
    let verified = output.machines.into_iter().map(|it| {
        let table = OwnedTable::verify(it.table.into());
        let table = table.map_err(|source| Error::Table { path: it.name.clone(), source })?;
        Ok((it.name, table))
    });
    verified.collect::<Result<_, _>>().map(Some)
}

/// The table that a path is, or those of a folder that has no sources.
fn tables(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let has = |path: &Path, wanted: &str| path.extension().is_some_and(|it| it == wanted);
    if !path.is_dir() {
        return Ok(if has(path, "table") { vec![path.to_owned()] } else { Vec::new() });
    }
    let entries = fs::read_dir(path).map_err(|it| Error::read(path, it))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
    if paths.iter().any(|it| has(it, "machine") || it.is_dir()) {
        return Ok(Vec::new());
    }
    paths.retain(|it| has(it, "table"));
    paths.sort();
    Ok(paths)
}

fn table(path: &Path) -> Result<(String, OwnedTable), Error> {
    let mut bytes = Vec::new();
    let mut read = || File::open(path)?.take(limits::TABLE_MAX as u64 + 1).read_to_end(&mut bytes);
    read().map_err(|it| Error::read(path, it))?;
    let table = OwnedTable::verify(bytes.into());
    let table = table.map_err(|source| Error::Table { path: error::shown(path), source })?;
    if !diff::has_names(&table.table()) {
        return Err(Error::Said {
            what: format!("`{}` carries no names, by which states and events are compared", error::shown(path)),
            help: "build it without `--strip names`".to_owned(),
        });
    }
    let name = table.table().name().to_owned();
    Ok((name, table))
}
