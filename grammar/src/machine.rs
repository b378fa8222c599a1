//! The only door to pest: a whole file to a tree, or one declaration to the place where it fails.

// pest derives the rules' enum without documentation; it never leaves this crate.
#![allow(missing_docs)]

use crate::Kind;
use crate::convert::{Builder, Converted};
use crate::role::expected;
use crate::pieces::{Piece, Pieces, in_shares};
use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};

#[derive(pest_derive::Parser)]
#[grammar = "machine.pest"]
struct MachineParser;

/// Reads a whole text, which can be cut at `cuts`. What cannot be read becomes bad nodes, so this fails only when pest
/// itself gives up.
///
/// # Errors
///
/// The place where pest gave up.
pub(crate) fn file(text: &str, cuts: &[usize]) -> Result<Converted, usize> {
    let mut shares = in_shares(&Pieces::of(text, cuts), neighbours).into_iter();
    let mut file = shares.next().unwrap_or_else(|| Ok(Builder::of_file()))?;
    for behind in shares {
        file.append(behind?);
    }
    Ok(file.finish())
}

/// What stands in pieces that follow one another; the first piece of all begins the file.
fn neighbours(pieces: &[Piece<'_>]) -> Result<Builder, usize> {
    let is_first = pieces.first().is_some_and(|it| it.start == 0);
    let mut read = if is_first { Builder::of_file() } else { Builder::default() };
    for Piece { text, start } in pieces {
        let pairs = MachineParser::parse(Rule::piece, text).map_err(|error| start + place(&error.location))?;
        read.add(pairs, *start);
    }
    Ok(read)
}

/// Reads a text that is one value.
pub(crate) fn value(text: &str) -> Option<Converted> {
    MachineParser::parse(Rule::embedded, text).map(Converted::new).ok()
}

/// Parses a whole text and drops what comes of it.
pub(crate) fn recognise(text: &str) -> bool {
    MachineParser::parse(Rule::file, text).is_ok()
}

/// What may stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// A declaration between machines.
    File,
    /// A declaration in a machine or a state.
    Body,
    /// A declaration in a kind of watcher.
    Watcher,
    /// A declaration in a machine that is in no source.
    Extern,
    /// A parameter of a machine.
    Param,
    /// Modifiers behind a watcher's call.
    Modifier,
    /// Actions between braces.
    Action,
    /// A line of a test.
    Line,
    /// A value between the braces of a text.
    Embedded,
}

/// Where reading a declaration came to its end, and what would have let it go on.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Offset in the text that was tried.
    pub(crate) at: usize,
    pub(crate) expected: Vec<Kind>,
}

/// Tries to read `text` as exactly one declaration; `None` if it is one.
pub(crate) fn probe(context: Context, text: &str) -> Option<Failure> {
    let rule = match context {
        Context::File => Rule::one_item,
        Context::Body => Rule::one_part,
        Context::Watcher => Rule::one_kind_part,
        Context::Extern => Rule::one_extern_part,
        Context::Param => Rule::one_param,
        Context::Modifier => Rule::one_modifier,
        Context::Action => Rule::one_action,
        Context::Line => Rule::one_line,
        Context::Embedded => Rule::embedded,
    };
    let error = MachineParser::parse(rule, text).err()?;
    let mut kinds: Vec<Kind> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.iter().copied().filter_map(expected).collect(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    kinds.sort_unstable();
    kinds.dedup();
    Some(Failure { at: place(&error.location), expected: kinds })
}

fn place(location: &InputLocation) -> usize {
    match location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => *at,
    }
}
