//! The syntax of the `.machine` language and nothing else: text in; a tree, and what is wrong with the text, out.
//!
//! [`parse`] always yields a tree, whatever it is given. What could not be read stands in it as bad nodes, with the
//! name of the declaration where that could be read; every mistake is one [`SyntaxError`], without wording. This crate
//! is the only one that knows pest; the grammar is `machine.pest`.
//!
//! A correct source is looked at twice: by a scan over its bytes (`scan`) and by pest. Only when one of them finds
//! something wrong does the slow way begin (`recover`).

// What the parser's derive writes names it so; without `std`, pest does not look at each rule how much of the thread's stack is left:
// nothing nests deeper than [`MAX_DEPTH`] where it begins.
extern crate alloc;

mod braces;
mod characters;
mod convert;
mod embedded;
mod error;
mod form;
mod guess;
mod habit;
mod keywords;
mod kind;
mod lex;
mod machine;
mod mark;
mod mistakes;
mod patch;
mod pieces;
mod recover;
mod role;
mod scan;
mod scripted;
mod slip;
mod span;
mod stretch;
mod tree;

pub use embedded::value;
pub use error::{Fix, NotText, Problem, SyntaxError, decode};
pub use keywords::{RESERVED, begins_test_line, is_plain_unit, unit};
pub use kind::Kind;
pub use slip::operator;
pub use span::Span;
pub use tree::{Children, Node, Tree};

use scan::Finding;

/// How deep brackets of all sorts may nest.
pub const MAX_DEPTH: usize = 64;

/// How long a source may be, in bytes.
pub const MAX_SOURCE: usize = 16 << 20;

/// How many errors are told at most; a source with more of them is no program with mistakes.
pub const MAX_ERRORS: usize = 200;

/// What [`parse`] made of a source.
#[derive(Debug)]
pub struct Parse<'s> {
    /// The tree; it has bad nodes only if there are errors.
    pub tree: Tree<'s>,
    /// What is wrong, in the order of the source, at most [`MAX_ERRORS`].
    pub errors: Vec<SyntaxError<'s>>,
}

/// Reads a source. Never fails and never panics, however broken the source; time and space are linear in its length.
#[must_use]
pub fn parse(source: &str) -> Parse<'_> {
    if source.len() > MAX_SOURCE {
        return unread(source, Problem::TooLarge, source.len());
    }
    match scan::scan(source) {
        Finding::TooDeep(at) => unread(source, Problem::TooDeep, at),
        Finding::Suspicious => recover::recover(source),
        Finding::Clean(cuts) => match machine::file(source, &cuts) {
            Ok(converted) if !converted.damaged => Parse { tree: converted.into_tree(source), errors: Vec::new() },
            _ => recover::recover(source),
        },
    }
}

/// All that a tree can hold of a source without mistakes, each once: the constructs of the language, as far as the grammar
/// tells them apart.
#[must_use]
pub fn constructs() -> Vec<Kind> {
    let mut kinds = role::kinds();
    kinds.retain(|it| !it.is_bad() && *it != Kind::UnknownModifier);
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Whether pest reads the source, and nothing else: the limit that benchmarks compare with.
#[doc(hidden)]
#[must_use]
pub fn pest_alone(source: &str) -> bool {
    machine::recognise(source)
}

/// A source that is not read at all.
fn unread<'s>(source: &'s str, problem: Problem<'static>, at: usize) -> Parse<'s> {
    let end = source.get(at..).and_then(|it| it.chars().next()).map_or(at, |it| at + it.len_utf8());
    Parse { tree: Tree::unread(source), errors: vec![SyntaxError::new(problem, at..end)] }
}
