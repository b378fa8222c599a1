//! Promises: what is kept, what is broken and how that is told.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

mod promise;
mod told;

use machine_compiler::check::{self, Setting};
use machine_compiler::diagnostic::Diagnostics;
use machine_compiler::lower::lower;
use machine_compiler::model::Machine;
use machine_compiler::prove::{Verdict, decide, prove};
use machine_compiler::source::{FileId, SourceMap};

/// A machine with a promise, and its source.
fn promising(source: &str, promise: &str) -> (SourceMap, FileId, Machine) {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", source);
    let mut sink = Diagnostics::default();
    let tree = lower(file, source, &mut sink);
    let machine = tree.machines.first().and_then(|it| check::machine(file, it, &Setting::alone(&[]), &mut sink));
    let mistakes = sink.sorted();
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    let mut machine = machine.expect("a machine");
    machine.requires = vec![promise::read(&machine, promise)];
    (sources, file, machine)
}

/// What becomes of a promise of a machine.
fn verdict(source: &str, promise: &str) -> Verdict {
    let (sources, file, machine) = promising(source, promise);
    decide(&sources, file, &machine, &machine.requires).pop().expect("a verdict")
}

/// What is said of it; nothing if it is kept.
fn said(source: &str, promise: &str) -> String {
    use machine_compiler::diagnostic::render::{self, Form, Style};
    let (sources, file, machine) = promising(source, promise);
    let mut sink = Diagnostics::default();
    prove(&sources, file, &machine, &mut sink);
    render::to_string(Form::Rich, &sources, &sink.sorted(), Style::PLAIN)
}
