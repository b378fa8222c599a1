//! The canonical form: how it looks, and that it is the same program with the same comments, whatever is formatted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

mod generate;
mod look;
mod properties;

use machine_compiler::format::format;
use machine_compiler::source::FileId;

/// The canonical form of a source without mistakes in its syntax.
#[track_caller]
fn formatted(source: &str) -> String {
    format(FileId(0), source).unwrap_or_else(|mistakes| {
        let said: Vec<_> = mistakes.iter().map(|it| format!("{} {}", it.code, it.headline)).collect();
        panic!("{said:?} in:\n{source}")
    })
}
