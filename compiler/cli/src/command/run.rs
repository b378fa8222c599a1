//! `machinec run`: compiles in memory and runs, here and now, on the node's own runtime.

use super::Verdict;
use crate::args::{Color, Run};
use crate::error::Error;
use crate::output;
use crate::report::Report;
use crate::sources::Loaded;
use machine_compiler::{Options, Output};
use machine_host::event::{Look, Zone};
use machine_host::sink::{JsonFile, Sink, StdoutJson, StdoutLines};
use machine_host::{Config, Tables};
use std::path::{Path, PathBuf};

pub(super) fn run(it: &Run, color: Color) -> Result<Verdict, Error> {
    let loaded = Loaded::with_used(&it.files);
    let mut report = Report::new(&it.reporting, color);
    report.files(&loaded)?;
    let output = machine_compiler::compile(&loaded.sources, Options::default());
    report.diagnostics(&loaded.sources, &output.diagnostics)?;
    if report.has_errors() {
        report.close("");
        return Ok(Verdict::Mistakes);
    }
    if output.machines.is_empty() {
        return Err(Error::no_machine("run", &loaded));
    }
    let config = Config {
        node: it.node.clone().unwrap_or_else(machine_host::host_name),
        state: it.state.clone(),
        tables: Tables::Given(tables(&loaded, output)?),
        sinks: sinks(it, color).map_err(|error| Error::Node(Box::new(error.into())))?,
        carriers: Vec::new(),
        keep: None,
        end_with_output: true,
        facts: it.facts.clone(),
        lines: true,
        nats: None,
        limits: None,
        metrics: None,
        push: None,
    };
    machine_host::run(config).map_err(|error| Error::Node(Box::new(error)))?;
    Ok(Verdict::Fine)
}

/// Each machine's commands run in the folder that its source is in.
fn tables(loaded: &Loaded, output: Output) -> Result<Vec<(Vec<u8>, PathBuf)>, Error> {
    let table = |machine: machine_compiler::Compiled| {
        let source = Path::new(&loaded.sources.get(machine.file).name);
        let folder = source.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().map_err(|it| Error::read(folder, it))?;
        Ok((machine.table, folder))
    };
    output.machines.into_iter().map(table).collect()
}

fn sinks(it: &Run, color: Color) -> Result<Vec<Box<dyn Sink>>, machine_host::sink::SinkError> {
    let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
    if it.events {
        sinks.push(Box::new(StdoutJson::new()?));
    } else {
        let style = output::stdout_style(color);
        let width = std::io::IsTerminal::is_terminal(&std::io::stdout()).then_some(style.width);
        sinks.push(Box::new(StdoutLines::new(Look { colour: style.colour, width, zone: Zone::Local })?));
    }
    if let Some(path) = &it.events_file {
        sinks.push(Box::new(JsonFile::open(path)?));
    }
    Ok(sinks)
}
