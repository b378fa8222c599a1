//! `machinec simulate`: a machine to be tried out by hand.

use super::Verdict;
use super::graph::no_such_machine;
use crate::args::{Color, Format, Reporting, Simulate};
use crate::error::Error;
use crate::output;
use crate::report::Report;
use crate::simulate::{Session, prompt};
use crate::sources::{Loaded, is_stdin};
use machine_compiler::{Compiled, Options, graph};
use machine_core::OwnedTable;
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
    let machine = chosen(it, &loaded, output.machines)?;
    let is_terminal = io::stdin().is_terminal();
    let name = machine.name.clone();
    let session = start(&loaded, machine)?;
    if is_terminal {
        output::print(&format!("{name}: type `help` for what you can do, `events` for what can happen\n"))?;
    }
    prompt::show(&session.1)?;
    let read = if is_terminal { prompt::terminal } else { prompt::pipe };
    read(session.0).map(|()| Verdict::Fine)
}

/// The machine that was named, or the only one.
fn chosen(it: &Simulate, loaded: &Loaded, machines: Vec<Compiled>) -> Result<Compiled, Error> {
    let names: Vec<String> = machines.iter().map(|it| it.name.clone()).collect();
    let mut wanted =
        machines.into_iter().filter(|machine| it.machine.as_ref().is_none_or(|name| *name == machine.name));
    match (wanted.next(), wanted.next(), &it.machine) {
        (Some(only), None, _) | (Some(only), _, Some(_)) => Ok(only),
        (None, _, Some(name)) => Err(no_such_machine(name, &names)),
        (None, _, None) => Err(Error::no_machine("try out", loaded)),
        (Some(_), Some(_), None) => Err(Error::Said {
            what: format!("one machine is tried out at a time, and there are `{}`", names.join("`, `")),
            help: format!("name one of them: `--machine {}`", names[0]),
        }),
    }
}

fn start(loaded: &Loaded, machine: Compiled) -> Result<(Session, Vec<String>), Error> {
    let table = OwnedTable::verify(machine.table.into())
        .map_err(|source| Error::Table { path: format!("{}.table", machine.name), source })?;
    let chart = graph::chart(&loaded.sources, &machine.name);
    let chart = chart.ok_or_else(|| no_such_machine(&machine.name, &[]))?;
    Ok(Session::start(table, chart))
}
