//! `machinec replay`: runs what nodes recorded through the same or a changed machine.

use super::Verdict;
use crate::args::{Color, Replay};
use crate::error::{self, Error};
use crate::output;
use crate::recording::{self, Recording, Who};
use crate::replay::{self, Cannot};
use crate::report::Report;
use crate::sources::Loaded;
use machine_compiler::{Compiled, Options};
use machine_core::OwnedTable;
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(it: &Replay, color: Color) -> Result<Verdict, Error> {
    let recording = read(&it.events)?;
    let loaded = Loaded::with_used(&it.with);
    let mut report = Report::new(&it.reporting, color);
    report.files(&loaded)?;
    let output = machine_compiler::compile(&loaded.sources, Options::default());
    report.diagnostics(&loaded.sources, &output.diagnostics)?;
    if report.has_errors() {
        report.close("");
        return Ok(Verdict::Mistakes);
    }
    if output.machines.is_empty() {
        return Err(Error::no_machine("replay", &loaded));
    }
    let facts = it.facts.as_deref().map(facts).transpose()?.unwrap_or_default();
    all(it, &recording, &output.machines, &facts)
}

/// Every machine that is in both.
fn all(
    it: &Replay,
    recording: &Recording,
    machines: &[Compiled],
    facts: &Map<String, Value>,
) -> Result<Verdict, Error> {
    let wanted = |who: &&Who| it.machine.as_ref().is_none_or(|name| *name == who.machine);
    let mut verdict = Verdict::Fine;
    let mut is_empty = true;
    for who in recording.machines.keys().filter(wanted) {
        let Some(machine) = machines.iter().find(|it| it.name == who.machine) else { continue };
        is_empty = false;
        if !one(it, who, recording, machine, facts)? {
            verdict = Verdict::Mistakes;
        }
    }
    if is_empty {
        return Err(no_machine_in_both(&it.events, recording, machines));
    }
    Ok(verdict)
}

/// Whether one machine goes the same way.
fn one(
    it: &Replay,
    who: &Who,
    recording: &Recording,
    machine: &Compiled,
    facts: &Map<String, Value>,
) -> Result<bool, Error> {
    let table = OwnedTable::verify(machine.table.as_slice().into());
    let table = table.map_err(|source| Error::Table { path: machine.name.clone(), source })?;
    let replay = replay::replay(who, recording, Arc::new(table), facts, u64::from(it.tolerance) * 1_000_000_000)
        .map_err(|source| cannot(it, source))?;
    if it.json {
        output::print(&format!("{}\n", replay::json(&replay)))?;
    } else {
        output::print(&replay::text(&replay))?;
    }
    Ok(replay.is_same())
}

fn cannot(it: &Replay, source: Cannot) -> Error {
    Error::Replay { path: error::shown(&it.events), source }
}

pub(super) fn no_machine_in_both(events: &Path, recording: &Recording, machines: &[Compiled]) -> Error {
    if recording.machines.is_empty() {
        return Error::EmptyRecording { path: error::shown(events) };
    }
    let list = |names: Vec<&str>| match names.as_slice() {
        [] => "none".to_owned(),
        names => names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", "),
    };
    Error::NothingRecorded {
        path: error::shown(events),
        recorded: list(recording.machines.keys().map(|it| it.machine.as_str()).collect()),
        machines: list(machines.iter().map(|it| it.name.as_str()).collect()),
    }
}

/// The recording in a file.
pub(super) fn read(path: &Path) -> Result<Recording, Error> {
    let text = std::fs::read_to_string(path).map_err(|it| Error::read(path, it))?;
    recording::read(&text).map_err(|source| Error::Recording { path: error::shown(path), source })
}

/// One JSON object, as a node reads it.
fn facts(path: &Path) -> Result<Map<String, Value>, Error> {
    let text = std::fs::read_to_string(path).map_err(|it| Error::read(path, it))?;
    serde_json::from_str(&text).map_err(|source| Error::Facts { path: error::shown(path), source })
}
