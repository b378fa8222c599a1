//! Compiling sources, and panics as differences.

use machine_compiler::diagnostic::{Diagnostic, Diagnostics, Severity};
use machine_compiler::source::{FileId, SourceMap};
use machine_compiler::{Options, ast, compile};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// What differs.
pub type Divergence = String;

/// What the source is called.
pub const FILE: &str = "generated.machine";

/// A source that the compiler accepts.
pub struct Built {
    /// Its table.
    pub table: Vec<u8>,
    /// Its text.
    pub text: String,
}

/// Why there is no table.
pub enum Refused {
    /// What the compiler says against the source.
    Said(Vec<Diagnostic>),
    /// The compiler broke down over it.
    Broke(Divergence),
}

/// Compiles a source.
///
/// # Errors
/// What the compiler says against it, or that it broke down.
pub fn build(text: &str) -> Result<Built, Refused> {
    match build_all(text)?.pop() {
        Some(table) => Ok(Built { table, text: text.to_owned() }),
        None => Err(Refused::Said(Vec::new())),
    }
}

/// Compiles all machines of a source, in its order.
///
/// # Errors
/// As [`build`].
pub fn build_all(text: &str) -> Result<Vec<Vec<u8>>, Refused> {
    let mut sources = SourceMap::default();
    sources.add(FILE, text);
    let mut output = quietly(|| compile(&sources, Options::default())).map_err(Refused::Broke)?;
    output.diagnostics.retain(|it| it.severity() == Severity::Error);
    if !output.diagnostics.is_empty() {
        return Err(Refused::Said(output.diagnostics));
    }
    Ok(output.machines.into_iter().map(|it| it.table).collect())
}

thread_local! {
    /// Whether panics are differences just now, and where the last one was.
    static BROKE: RefCell<(bool, String)> = const { RefCell::new((false, String::new())) };
}

/// From here on, a panic in [`quietly`] says nothing by itself, only where it was.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_quiet = BROKE.with_borrow_mut(|broke| {
                broke.1 = panic.location().map(ToString::to_string).unwrap_or_default();
                broke.0
            });
            if !is_quiet {
                usual(panic);
            }
        }));
    });
}

/// Does something that may panic, which is then a difference like any other.
///
/// # Errors
/// What the panic said.
pub fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, Divergence> {
    BROKE.with_borrow_mut(|it| it.0 = true);
    let done = catch_unwind(AssertUnwindSafe(work));
    BROKE.with_borrow_mut(|it| it.0 = false);
    done.map_err(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()));
        let place = BROKE.with_borrow(|it| it.1.clone());
        format!("panic: {} at {place}", said.unwrap_or_default())
    })
}

/// The tree of a source without mistakes.
#[must_use]
pub fn tree(text: &str) -> ast::File<'_> {
    machine_compiler::lower::lower(FileId(0), text, &mut Diagnostics::default())
}
