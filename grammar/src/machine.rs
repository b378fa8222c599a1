//! The only door to pest: a whole file to a tree, or one declaration to the place where it fails.

// pest derives the rules' enum without documentation; it never leaves this crate.
#![allow(missing_docs)]

use crate::Kind;
use crate::convert::{Builder, Converted};
use crate::pieces::{Piece, Pieces, in_shares};
use crate::role::expected;
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
    all(&Pieces::of(text, cuts))
}

fn all(pieces: &Pieces<'_>) -> Result<Converted, usize> {
    let mut shares = in_shares(pieces, neighbours).into_iter();
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

    use super::*;
    use crate::scan::{Finding, scan};

    /// All of the language, with something between the sources that belongs to none of their declarations.
    fn program() -> String {
        let sources = [
            (include_str!("../test_data/ok/container.machine"), "// } a comment {"),
            (include_str!("../test_data/ok/fan.machine"), "machine a = b(1) // machine c 1.0.0 {}"),
            (include_str!("../test_data/ok/hvac.machine"), "/// A doc comment."),
            (include_str!("../test_data/ok/several.machine"), ""),
            (include_str!("../test_data/ok/tests.machine"), "// }"),
            (include_str!("../test_data/ok/words.machine"), ""),
        ];
        sources.map(|(source, behind)| format!("{source}{behind}\n")).concat()
    }

    /// The tree of a text that is read by so many threads, if nothing is wrong with it.
    fn tree(text: &str, cuts: &[usize], threads: usize) -> Option<String> {
        let read = all(&Pieces::for_threads(text, cuts, threads)).ok().filter(|it| !it.damaged)?;
        let tree = read.into_tree(text);
        Some(format!("{tree:?}{:?}", tree.comments()))
    }

    #[test]
    fn a_text_in_pieces_is_the_same_text() {
        let text = program();
        let Finding::Clean(cuts) = scan(&text) else { panic!("the program has a mistake") };
        assert!(cuts.len() > 5, "{cuts:?}");
        let whole = tree(&text, &[], 1).unwrap();
        for threads in [2, 3, 7, 100] {
            assert_eq!(tree(&text, &cuts, threads).unwrap(), whole, "{threads} threads");
        }
    }

    #[test]
    fn no_mistake_is_overlooked_because_a_text_was_cut() {
        let text = program();
        let damages = ["", "{}", ")", "// ", "\n", "}\n{", "} machine {", "\" }\"", "` }`"];
        let mut looked_at = 0;
        for (at, damage) in (0..text.len()).step_by(41).zip(damages.iter().cycle()) {
            let (Some(before), Some(behind)) = (text.get(..at), text.get(at + 1..)) else { continue };
            let damaged = format!("{before}{damage}{behind}");
            let Finding::Clean(cuts) = scan(&damaged) else { continue };
            assert_eq!(tree(&damaged, &cuts, 100), tree(&damaged, &[], 1), "{damage:?} at {at}");
            looked_at += 1;
        }
        assert!(looked_at > 100, "{looked_at}");
    }
}
