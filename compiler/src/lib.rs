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
//! | promises | [`prove`](mod@prove) | [`model`] | [`diagnostic`]s |
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
pub mod few;
pub mod format;
pub mod graph;
pub mod lower;
mod memory;
pub mod model;
mod program;
pub mod prove;
pub mod repair;
pub mod source;
pub mod table;

use diagnostic::{Code, Diagnostic, Diagnostics};
use machine_core::Table;
use machine_core::table::Fault;
pub use machine_core::table::Strip;
use machine_grammar::Span;
use program::{Found, See};
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
        prove::prove(sources, found.file, found.machine, sink);
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
        prove::prove(sources, found.file, found.machine, sink);
        if memory::is_large(found.machine) {
            encode(sources, found, Options::default(), sink);
        }
    });
    sink.sorted()
}

/// Finds all mistakes of all sources, and shows each machine and instance that makes sense, with the source that its
/// declaration stands in. They come in the order in which they are checked, one at a time.
#[must_use]
pub fn examine(sources: &SourceMap, see: &mut dyn FnMut(FileId, &model::Machine)) -> Vec<Diagnostic> {
    let mut sink = Diagnostics::default();
    program::understand(sources, &mut sink, &mut |found, _| see(found.file, found.machine));
    sink.sorted()
}

/// All tests of all sources.
#[derive(Debug, Default)]
pub struct Tests {
    /// The machines that are tested, each once for each file with tests of it; a template once for all parameters.
    pub machines: Vec<Tested>,
    /// The tests in the order of the sources, each with the position of its machine; none if there is any error.
    pub tests: Vec<model::test::Test>,
}

/// A machine that tests drive.
#[derive(Debug)]
pub struct Tested {
    /// Its table.
    pub compiled: Compiled,
    /// The same machine before it became a table.
    pub machine: model::Machine,
    /// The source that its declaration stands in; of an instance, that of its template.
    pub file: FileId,
}

/// Compiles all tests of all sources that are not only used by others, and the machines that they drive.
#[must_use]
pub fn compile_tests(sources: &SourceMap, options: Options) -> (Tests, Vec<Diagnostic>) {
    let mut sink = Diagnostics::default();
    let mut found = Vec::new();
    let mut seen = See { machine: &mut |_, _| {}, tests: &mut |it| found.push(it) };
    program::understand_all(sources, &mut sink, &mut seen);
    let mut machines = Vec::new();
    let mut tests = Vec::new();
    for it in found.into_iter().filter(|it| !it.tests.is_empty()) {
        let (tested, its) = tested(sources, it, options, machines.len(), &mut sink);
        machines.extend(tested);
        tests.extend(its);
    }
    if sink.has_errors() {
        return (Tests::default(), sink.sorted());
    }
    tests.sort_by_key(|(at, it)| (it.file, *at));
    let tests = tests.into_iter().map(|it| it.1).collect();
    (Tests { machines, tests }, sink.sorted())
}

/// A machine that is tested, and its tests with its position and their places.
fn tested(
    sources: &SourceMap,
    found: program::Tested,
    options: Options,
    position: usize,
    sink: &mut Diagnostics,
) -> (Option<Tested>, Vec<(usize, model::test::Test)>) {
    let program::Tested { file, home, machine, tests } = found;
    let Some(compiled) = encode(sources, &Found { file, home, machine: &machine }, options, sink) else {
        return (None, Vec::new());
    };
    let tests = tests.into_iter().map(|(at, it)| (at, model::test::Test { machine: position, ..it })).collect();
    (Some(Tested { compiled, machine, file }), tests)
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
