//! `machinec simulate`: machines to be tried out by hand.

use super::Verdict;
use super::graph::no_such_machine;
use super::test::calendar;
use crate::args::{Color, Format, Reporting, Simulate};
use crate::error::Error;
use crate::output;
use crate::report::Report;
use crate::simulate::{Session, prompt};
use crate::sources::{Loaded, is_stdin};
use machine_compiler::{Compiled, Options, graph};
use machine_core::OwnedTable;
use machine_sim::clock::BEGIN;
use std::io::{self, IsTerminal};

pub(super) fn run(it: &Simulate, color: Color) -> Result<Verdict, Error> {
    if it.files.iter().any(|it| is_stdin(it)) {
        return Err(Error::Said {
            what: "standard input holds what you type, so no source can come from there".to_owned(),
            help: "name a file".to_owned(),
        });
    }
    let loaded = Loaded::with_used(&it.files);
    let reporting = Reporting { format: Format::Rich, quiet: false };
    let mut report = Report::new(&reporting, color);
    report.files(&loaded)?;
    let output = machine_compiler::compile(&loaded.sources, Options::default());
    report.diagnostics(&loaded.sources, &output.diagnostics)?;
    if report.has_errors() {
        report.close("");
        return Ok(Verdict::Mistakes);
    }
    let machines = chosen(it, &loaded, output.machines)?;
    let begin = it.start.as_deref().map_or(Ok(BEGIN), begin)?;
    let is_terminal = io::stdin().is_terminal();
    let names = machines.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
    let session = start(&loaded, machines, begin)?;
    if is_terminal {
        output::print(&format!("{names}: type `help` for what you can do, `events` for what can happen\n"))?;
    }
    prompt::show(&session.1)?;
    let read = if is_terminal { prompt::terminal } else { prompt::pipe };
    read(session.0).map(|()| Verdict::Fine)
}

/// The machine that was named, or all.
fn chosen(it: &Simulate, loaded: &Loaded, machines: Vec<Compiled>) -> Result<Vec<Compiled>, Error> {
    let names: Vec<String> = machines.iter().map(|it| it.name.clone()).collect();
    let is_wanted = |machine: &Compiled| it.machine.as_ref().is_none_or(|name| *name == machine.name);
    let wanted: Vec<_> = machines.into_iter().filter(is_wanted).collect();
    match &it.machine {
        Some(name) if wanted.is_empty() => Err(no_such_machine(name, &names)),
        None if wanted.is_empty() => Err(Error::no_machine("try out", loaded)),
        _ => Ok(wanted),
    }
}

/// When it begins: what is written behind `start` in a test.
fn begin(text: &str) -> Result<i64, Error> {
    calendar::read(text).ok_or_else(|| Error::Said {
        what: format!("`{text}` is no time that it could begin at"),
        help: "write date, time and zone, as in `--start \"2026-03-29 01:55 in Europe/Berlin\"`".to_owned(),
    })
}

fn start(loaded: &Loaded, machines: Vec<Compiled>, begin: i64) -> Result<(Session, Vec<String>), Error> {
    let drawn = |machine: Compiled| {
        let table = OwnedTable::verify(machine.table.into())
            .map_err(|source| Error::Table { path: format!("{}.table", machine.name), source })?;
        let chart = graph::chart(&loaded.sources, &machine.name);
        Ok((table, chart.ok_or_else(|| no_such_machine(&machine.name, &[]))?))
    };
    let machines: Vec<_> = machines.into_iter().map(drawn).collect::<Result<_, Error>>()?;
    Ok(Session::start(machines, begin))
}
