//! Promises: what is kept, what is broken and how that is told.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

mod capped;
mod commands;
mod decided;
mod told;

use machine_compiler::diagnostic::Severity;
use machine_compiler::diagnostic::render::{self, Form, Style};
use machine_compiler::prove::{Cap, Verdict, decide_within};
use machine_compiler::source::SourceMap;

/// A machine with one promise more.
fn promising(source: &str, promise: &str) -> SourceMap {
    let end = source.rfind('}').expect("a machine");
    let mut sources = SourceMap::default();
    sources.add("m.machine", format!("{}\n    require {promise}\n}}\n", source[..end].trim_end()));
    sources
}

/// What becomes of a promise of a machine.
fn verdict(source: &str, promise: &str) -> Verdict {
    verdict_within(Cap::default(), source, promise)
}

/// The same, looking through no more than that.
fn verdict_within(cap: Cap, source: &str, promise: &str) -> Verdict {
    let sources = promising(source, promise);
    let mut found = None;
    let mistakes = machine_compiler::examine(&sources, &mut |file, machine| {
        found = decide_within(cap, &sources, file, machine, &machine.requires).pop();
    });
    let shown = || render::to_string(Form::Rich, &sources, &mistakes, Style::PLAIN);
    assert!(mistakes.iter().all(|it| it.severity() == Severity::Warning), "{}", shown());
    found.expect("a machine with a promise")
}

/// What is said of it; nothing if it is kept.
fn said(source: &str, promise: &str) -> String {
    let sources = promising(source, promise);
    render::to_string(Form::Rich, &sources, &machine_compiler::check(&sources), Style::PLAIN)
}

#[track_caller]
fn kept(source: &str, promises: &[&str]) {
    for promise in promises {
        let verdict = verdict(source, promise);
        assert!(verdict == Verdict::Kept, "`{promise}`: {}", said(source, promise));
    }
}

/// Each is broken, and the way that breaks it was gone on the core.
#[track_caller]
fn broken(source: &str, promises: &[&str]) {
    for promise in promises {
        match verdict(source, promise) {
            Verdict::Broken(it) => assert!(it.test.is_some(), "`{promise}`: {it:#?}"),
            other => panic!("`{promise}`: {other:#?}"),
        }
    }
}
