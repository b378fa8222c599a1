//! Values in texts: what stands between the braces of `"{room}/limits.json"`.

use crate::error::{Problem, SyntaxError};
use crate::machine::{self, Context};
use crate::scan::{Finding, scan};
use crate::tree::Tree;
use crate::{Kind, Span};

/// Reads the stretch of a source between two braces of a text. The tree's root has one child, the value.
///
/// # Errors
///
/// When it is no value, or nests more than [`crate::MAX_DEPTH`] deep: why, and where.
pub fn value(source: &str, span: Span) -> Result<Tree<'_>, Box<SyntaxError<'_>>> {
    let text = source.get(span.range()).unwrap_or("");
    let start = span.range().start;
    if let Finding::TooDeep(at) = scan(text) {
        return Err(Box::new(SyntaxError::new(Problem::TooDeep, start + at..start + at + 1)));
    }
    match machine::value(text) {
        Some(converted) if converted.has_comments() => Err(Box::new(comment(source, span))),
        Some(converted) => Ok(converted.into_tree_at(source, span.start)),
        None => Err(Box::new(failure(source, span))),
    }
}

/// A `//` would hide the rest of the text.
fn comment(source: &str, span: Span) -> SyntaxError<'_> {
    let text = source.get(span.range()).unwrap_or("");
    let at = span.range().start + text.find("//").unwrap_or(0);
    SyntaxError::new(unexpected("//", Vec::new()), at..at + 2)
}

fn failure(source: &str, span: Span) -> SyntaxError<'_> {
    let text = source.get(span.range()).unwrap_or("");
    let failure = machine::probe(Context::Embedded, text);
    let (at, expected) = failure.map_or((0, Vec::new()), |it| (it.at, it.expected));
    let rest = text.get(at..).unwrap_or("").trim_start();
    let is_word = |it: char| it == '_' || it.is_alphanumeric();
    let word = rest.find(|it| !is_word(it)).unwrap_or(rest.len());
    let length = if word == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { word };
    let start = span.range().end - rest.len();
    SyntaxError::new(unexpected(rest.get(..length).unwrap_or(""), expected), start..start + length)
}

fn unexpected<'s>(found: &'s str, expected: Vec<Kind>) -> Problem<'s> {
    Problem::Unexpected { found, after: "", expected }
}
