//! Source text in, verified table bytes out, or diagnostics: a pure library.
//!
//! [`compile`] is the whole pipeline: `parse -> lower -> check -> analyse -> flatten -> encode`. Each stage has its own
//! module and its own type, and a tree of an earlier stage is never mended by a later one:
//!
//! | stage | module | takes | gives |
//! | --- | --- | --- | --- |
//! | parse, lower | [`lower`] | text | [`ast`] |
//! | names, types | [`check`](mod@check) | [`ast`] | [`model`] |
//! | questions | [`analysis`] | [`model`] | [`diagnostic`]s |
//! | flatten, encode | [`table`] | [`model`] | bytes |
//! | for itself: the canonical form | [`format`](mod@format) | text | text |
//! | for itself: edits that need no asking | [`repair`](mod@repair) | sources | sources |
//!
//! ```
//! use machine_compiler::{Options, compile, source::SourceMap};
//!
//! let mut sources = SourceMap::default();
//! sources.add("lamp.machine", r#"
//!     machine lamp 1.0.0 {
//!         initial state dark {
//!             watch switch = exec("./switch.sh") every 10s
//!             on switch.ok     -> lit
//!             on switch.failed stay
//!         }
//!         state lit { after 1m -> dark }
//!     }
//! "#);
//! let output = compile(&sources, Options::default());
//! assert!(output.diagnostics.is_empty());
//! assert_eq!(output.machines[0].name, "lamp");
//! ```

pub mod analysis;
pub mod ast;
pub mod check;
pub mod diagnostic;
pub mod format;
pub mod lower;
pub mod model;
pub mod repair;
pub mod source;
pub mod table;

use diagnostic::{Code, Diagnostic, Diagnostics};
use machine_core::Table;
pub use machine_core::table::Strip;
use model::Machine;
use source::{FileId, SourceMap};

/// How to compile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What to leave out of the tables.
    pub strip: Strip,
}

/// What came of it.
#[derive(Debug)]
pub struct Output {
    /// One table a machine, in the order of the sources; none if there is any error.
    pub machines: Vec<Compiled>,
    /// All mistakes of all sources, by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// One compiled machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it comes from.
    pub file: FileId,
    /// Its table; passes [`Table::verify`].
    pub table: Vec<u8>,
}

/// Compiles all machines of all sources.
#[must_use]
pub fn compile(sources: &SourceMap, options: Options) -> Output {
    let mut sink = Diagnostics::default();
    let mut machines = Vec::new();
    understand(sources, &mut sink, |file, machine, sink| {
        if !sink.has_errors() {
            machines.extend(encode(sources, file, machine, options, sink));
        }
    });
    if sink.has_errors() {
        machines.clear();
    }
    Output { machines, diagnostics: sink.sorted() }
}

/// Finds all mistakes of all sources without making tables.
#[must_use]
pub fn check(sources: &SourceMap) -> Vec<Diagnostic> {
    let mut sink = Diagnostics::default();
    understand(sources, &mut sink, |_, _, _| {});
    sink.sorted()
}

/// Everything up to the model, machine by machine, so that no more than one of them is held at a time. Machines that
/// make sense are analysed even when others do not, and then handed to `then`.
fn understand(sources: &SourceMap, sink: &mut Diagnostics, mut then: impl FnMut(FileId, &Machine, &mut Diagnostics)) {
    let mut names = check::Names::default();
    for (id, source) in sources.iter() {
        let file = lower::lower_each(id, &source.text, sink, |ast, kinds, sink| {
            names.add(id, &ast, sink);
            if let Some(machine) = check::machine(id, &ast, &check::Setting::alone(kinds), sink) {
                analysis::analyse(id, &machine, sink);
                then(id, &machine, sink);
            }
        });
        check::file(id, &file, sink);
    }
}

fn encode(
    sources: &SourceMap,
    file: FileId,
    machine: &Machine,
    options: Options,
    sink: &mut Diagnostics,
) -> Option<Compiled> {
    let definition = table::flatten(machine, sources, file);
    match definition.encode_stripped(options.strip) {
        Ok(table) => {
            debug_assert!(Table::verify(&table).is_ok(), "the verifier accepts what the compiler writes");
            Some(Compiled { name: machine.name.clone(), version: machine.version.clone(), file, table })
        }
        Err(error) => {
            let headline = format!("`{}` is too large: {error}", machine.name);
            let help = "split it into several machines";
            sink.push(Diagnostic::new(Code::TOO_MANY, file, machine.name_span, headline).help(help));
            None
        }
    }
}
