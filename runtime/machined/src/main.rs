//! `machined`: runs compiled tables on a node, for ever. Here: from arguments to a node.

mod args;
mod ask;
mod config;
mod doctor;
mod report;
mod watch;

use args::{Arguments, Command, Output, Run};
use clap::{CommandFactory, Parser};
use config::{ConfigError, Settings};
use machine_host::control::ControlError;
use machine_host::delivery::Carrier;
use machine_host::delivery::jetstream::JetStream;
use machine_host::delivery::webhook::Webhook;
use machine_host::event::{Look, Zone};
use machine_host::sink::{JsonFile, Sink, StdoutJson, StdoutLines};
use machine_host::{Config, NodeError, Tables};
use machine_nats::Shared;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    // The same program, started a second time to end the commands of a runtime that was killed.
    machine_drivers::guard::main_if_asked();
    match Arguments::parse().command {
        Command::Run(run) => run_node(&run),
        Command::Fire(fire) => done(ask::fire(&fire)),
        Command::Status(status) => done(ask::status(&status)),
        Command::Watch(it) => watch::watch(it),
        Command::Resend(resend) => done(ask::resend(&resend)),
        Command::Config(it) => configuration(it.file.as_deref()),
        Command::Doctor(it) => match doctor::examine(&it) {
            Ok((text, code)) => done(Ok((text, code))),
            Err(error) => wrong(&error),
        },
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

/// The exit code for a command line or a configuration that is wrong: to start again would not mend it.
const WRONG: u8 = 2;

fn run_node(run: &Run) -> ExitCode {
    let result = match config::settings(run) {
        Ok(settings) => node(settings),
        Err(error) => return wrong(&error),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::say(&error);
            ExitCode::from(error.exit_status())
        }
    }
}

fn node(settings: Settings) -> Result<(), NodeError> {
    let sinks = sinks(&settings)?;
    let metrics = settings.metrics.places();
    let node = settings.node.clone().unwrap_or_else(machine_host::host_name);
    let nats = settings.nats.connection().map(|it| Shared::new(it.clone(), &node));
    let otlp = settings.otlp.settings(&node);
    let push = otlp.as_ref().map(machine_host::otlp::Settings::push).transpose()?.flatten();
    let carriers = carriers(&settings, &node, nats.as_ref(), otlp.as_ref())?;
    let keep = settings.journal.keep();
    let limits = settings.limits.fleet();
    machine_host::run(Config {
        node,
        state: settings.state,
        tables: Tables::Directory(settings.tables.unwrap_or_default()),
        sinks,
        carriers,
        keep,
        end_with_output: false,
        facts: settings.facts,
        lines: false,
        nats,
        limits,
        metrics,
        push,
    })
}

/// The annotated example, or whether a file is in order.
fn configuration(file: Option<&Path>) -> ExitCode {
    match file.map(config::read) {
        None => print(config::example().as_bytes()),
        Some(Ok(_)) => ExitCode::SUCCESS,
        Some(Err(error)) => wrong(&error),
    }
}

fn wrong(error: &ConfigError) -> ExitCode {
    report::say(error);
    ExitCode::from(WRONG)
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

fn sinks(settings: &Settings) -> Result<Vec<Box<dyn Sink>>, NodeError> {
    let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
    match settings.output {
        Output::Lines => {
            let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            sinks.push(Box::new(StdoutLines::new(Look { colour, width: None, zone: Zone::Local })?));
        }
        Output::Events => sinks.push(Box::new(StdoutJson::new()?)),
        Output::None => {}
    }
    if let Some(path) = &settings.events.file.path {
        let file = JsonFile::open(path)?;
        sinks.push(match settings.events.file.rotation() {
            Some(rotation) => Box::new(file.rotating(rotation)),
            None => Box::new(file),
        });
    }
    Ok(sinks)
}

/// What brings events elsewhere.
fn carriers(
    settings: &Settings,
    node: &str,
    nats: Option<&Shared>,
    otlp: Option<&machine_host::otlp::Settings>,
) -> Result<Vec<Box<dyn Carrier>>, NodeError> {
    let mut carriers: Vec<Box<dyn Carrier>> = Vec::new();
    if let Some(jetstream) = jetstream(settings, node, nats) {
        carriers.push(Box::new(jetstream));
    }
    if let Some(webhook) = settings.events.webhook.settings() {
        carriers.push(Box::new(Webhook::new(webhook)?));
    }
    if let Some(traces) = otlp.map(machine_host::otlp::Settings::carrier).transpose()?.flatten() {
        carriers.push(Box::new(traces));
    }
    Ok(carriers)
}

fn jetstream(settings: &Settings, node: &str, nats: Option<&Shared>) -> Option<JetStream> {
    let events = &settings.events.nats;
    Some(JetStream {
        connection: nats?.clone(),
        node: node.to_owned(),
        stream: events.stream.clone()?,
        layout: events.layout(),
        prefix: events.subject.clone(),
        mode: events.mode(),
        create: events.shape(),
    })
}

fn print(text: &[u8]) -> ExitCode {
    match io::stdout().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
