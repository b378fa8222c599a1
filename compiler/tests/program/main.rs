//! What the compiler says of several files, of templates and instances, and of machines that listen to one another.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

mod bad_input;
mod book;
mod files;
mod kinds;
mod others;
mod standard;
mod templates;
mod tests;

use machine_compiler::diagnostic::render::{self, Form, Style};
use machine_compiler::source::SourceMap;
use machine_compiler::{Options, compile};

/// Sources with these names; the first is asked for, the others are only used.
fn sources(files: &[(&str, &str)]) -> SourceMap {
    let mut sources = SourceMap::default();
    for (at, (name, text)) in files.iter().enumerate() {
        _ = if at == 0 { sources.add(*name, *text) } else { sources.add_used(*name, *text) };
    }
    sources
}

/// All mistakes, as a terminal shows them; empty if there is none.
fn mistakes(files: &[(&str, &str)]) -> String {
    let sources = sources(files);
    render::to_string(Form::Rich, &sources, &machine_compiler::check(&sources), Style::PLAIN)
}

/// One line for each mistake.
fn short(files: &[(&str, &str)]) -> String {
    let sources = sources(files);
    render::to_string(Form::Short, &sources, &machine_compiler::check(&sources), Style::PLAIN)
}

/// The tables that are made, a line each.
fn tables(files: &[(&str, &str)]) -> String {
    let sources = sources(files);
    let output = compile(&sources, Options::default());
    let mistakes = render::to_string(Form::Rich, &sources, &output.diagnostics, Style::PLAIN);
    let line =
        |it: &machine_compiler::Compiled| format!("{} {} of {}\n", it.name, it.version, sources.get(it.file).name);
    mistakes + &output.machines.iter().map(line).collect::<String>()
}

/// A lamp that goes on by itself.
fn lamp(name: &str) -> String {
    format!(
        "machine {name} 1.0.0 {{\n    initial state dark {{ after 1m -> lit }}\n    state lit {{ after 1m -> dark }}\n}}\n"
    )
}

/// A template of a lamp.
const DIMMER: &str = "\
machine dimmer(lit_for: duration, room: string = \"hall\") 2.1.0 {
    initial state dark { after 1m -> lit }
    state lit { after 1h -> dark }
}
";
