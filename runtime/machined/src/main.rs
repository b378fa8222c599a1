//! `machined`: runs compiled tables on a node, for ever. Here: from arguments to a node.

mod args;
mod ask;
mod report;

use args::{Arguments, Command, Output, Run};
use clap::{CommandFactory, Parser};
use machine_host::control::ControlError;
use machine_host::event::{Look, Zone};
use machine_host::sink::{JsonFile, Sink, StdoutJson, StdoutLines};
use machine_host::{Config, NodeError, Tables};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    // The same program, started a second time to end the commands of a runtime that was killed.
    machine_drivers::guard::main_if_asked();
    match Arguments::parse().command {
        Command::Run(run) => run_node(run),
        Command::Fire(fire) => done(ask::fire(&fire)),
        Command::Status(status) => done(ask::status(&status)),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "machined", &mut text);
            print(&text)
        }
        Command::Man => {
            let mut text = Vec::new();
            let page = clap_mangen::Man::new(Arguments::command()).render(&mut text);
            if page.is_ok() { print(&text) } else { ExitCode::FAILURE }
        }
    }
}

fn run_node(run: Run) -> ExitCode {
    let result = sinks(&run).and_then(|sinks| {
        machine_host::run(Config {
            node: run.node.unwrap_or_else(machine_host::host_name),
            state: Some(run.state),
            tables: Tables::Directory(run.tables),
            sinks,
            carriers: Vec::new(),
            keep: None,
            end_with_output: false,
            facts: run.facts,
            lines: false,
        })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::say(&error);
            ExitCode::from(error.exit_status())
        }
    }
}

/// What there is to say, and the exit code, or why it was not done.
fn done(result: Result<(String, u8), ControlError>) -> ExitCode {
    match result {
        Ok((text, code)) => {
            let printed = print(text.as_bytes());
            if code == 0 { printed } else { ExitCode::from(code) }
        }
        Err(error) => {
            report::say(&error);
            ExitCode::FAILURE
        }
    }
}

fn sinks(run: &Run) -> Result<Vec<Box<dyn Sink>>, NodeError> {
    let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
    match run.output {
        Output::Lines => {
            let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            sinks.push(Box::new(StdoutLines::new(Look { colour, width: None, zone: Zone::Local })?));
        }
        Output::Events => sinks.push(Box::new(StdoutJson::new()?)),
        Output::None => {}
    }
    if let Some(path) = &run.events_file {
        sinks.push(Box::new(JsonFile::open(path)?));
    }
    Ok(sinks)
}

fn print(text: &[u8]) -> ExitCode {
    match io::stdout().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
