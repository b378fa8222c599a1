//! Source text in, verified table bytes out, or diagnostics: a pure library.
//!
//! [`compile`] is the whole pipeline: `parse -> lower -> check -> analyse -> flatten -> encode`. Each stage has its own
//! module and its own type, and a tree of an earlier stage is never mended by a later one:
//!
//! | stage | module | takes | gives |
//! | --- | --- | --- | --- |
//! | parse, lower | [`lower`] | text | [`ast`] |
//! | files together | `program` | [`ast`] | what each machine is checked in |
//! | names, types | [`check`](mod@check) | [`ast`] | [`model`] |
//! | questions | [`analysis`] | [`model`] | [`diagnostic`]s |
//! | flatten, encode | [`table`] | [`model`] | bytes |
//! | for itself: the canonical form | [`format`](mod@format) | text | text |
//! | for itself: pictures | [`graph`](mod@graph) | [`ast`] | text |
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
pub mod graph;
pub mod lower;
mod memory;
pub mod model;
mod program;
pub mod repair;
pub mod source;
pub mod table;

use diagnostic::{Code, Diagnostic, Diagnostics};
use machine_core::Table;
use machine_core::table::Fault;
pub use machine_core::table::Strip;
use machine_grammar::Span;
use program::Found;
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
    /// One table a machine and an instance, in the order of the sources; none if there is any error.
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
    /// Where it comes from; of an instance, where that is written.
    pub file: FileId,
    /// Where its name stands there.
    pub span: Span,
    /// Its table; passes [`Table::verify`].
    pub table: Vec<u8>,
}

/// Compiles all machines of all sources that are not only used by others.
#[must_use]
pub fn compile(sources: &SourceMap, options: Options) -> Output {
    let mut sink = Diagnostics::default();
    let mut machines = Vec::new();
    program::understand(sources, &mut sink, &mut |found, sink| {
        if !sink.has_errors() {
            machines.extend(encode(sources, found, options, sink));
        }
    });
    if sink.has_errors() {
        machines.clear();
    }
    machines.sort_by_key(|it| (it.file, it.span));
    Output { machines, diagnostics: sink.sorted() }
}

/// Finds all mistakes of all sources without making tables.
#[must_use]
pub fn check(sources: &SourceMap) -> Vec<Diagnostic> {
    let mut sink = Diagnostics::default();
    program::understand(sources, &mut sink, &mut |found, sink| {
        if memory::is_large(found.machine) {
            encode(sources, found, Options::default(), sink);
        }
    });
    sink.sorted()
}

fn encode(sources: &SourceMap, found: &Found<'_>, options: Options, sink: &mut Diagnostics) -> Option<Compiled> {
    let Found { file, home, machine } = *found;
    let span = machine.instance.as_ref().map_or(machine.name_span, |it| it.span);
    let definition = table::flatten(machine, sources, file);
    let told = match definition.encode_stripped(options.strip) {
        Ok(table) => match Table::verify(&table).err().map(|it| it.fault) {
            Some(Fault::Memory) => memory::refuse(file, machine),
            refused => {
                debug_assert_eq!(refused, None, "the verifier accepts what the compiler writes");
                let (name, version) = (machine.name.clone(), machine.version.clone());
                return Some(Compiled { name, version, file: home, span, table });
            }
        },
        Err(error) => {
            let headline = format!("`{}` is too large: {error}", machine.name);
            let help = "split it into several machines";
            Diagnostic::new(Code::TOO_MANY, file, machine.name_span, headline).help(help)
        }
    };
    sink.push(told);
    None
}
