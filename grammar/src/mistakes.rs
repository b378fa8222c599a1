//! Mistakes in single tokens, each with the edit after which the rest can be read as it was meant.

use crate::characters::all_forbidden;
use crate::error::{Problem, SyntaxError};
use crate::lex::{Look, Token};
use crate::patch::Edit;
use std::ops::Range;

/// A mistake that was found before parsing, and how the text is made readable.
pub(crate) struct Repair<'s> {
    pub(crate) error: SyntaxError<'s>,
    pub(crate) edits: Vec<Edit>,
    /// The edit is a guess, so whatever else is wrong in the same line comes of it.
    pub(crate) guess: bool,
}

impl<'s> Repair<'s> {
    pub(crate) fn sure(error: SyntaxError<'s>, edit: Edit) -> Self {
        Self { error, edits: vec![edit], guess: false }
    }

    pub(crate) fn guess(error: SyntaxError<'s>, edit: Edit) -> Self {
        Self { error, edits: vec![edit], guess: true }
    }
}

/// All of them, by sort.
pub(crate) fn mistakes<'s>(source: &'s str, tokens: &[Token]) -> Vec<Repair<'s>> {
    let mut repairs: Vec<_> = all_forbidden(source).map(|(at, it, name)| forbidden(at, it, name)).collect();
    repairs.extend(tokens.iter().filter_map(|it| token_mistake(source, it)));
    repairs.extend(repeated(foreign_comments(source, tokens)));
    repairs.extend(repeated(semicolons(source, tokens)));
    repairs
}

fn forbidden<'s>(at: usize, character: char, name: &'static str) -> Repair<'s> {
    let span = at..at + character.len_utf8();
    let error = SyntaxError::new(Problem::Forbidden { character, name }, span.clone()).fix(span.clone(), "");
    Repair::sure(error, Edit::new(span, if character.is_control() { " " } else { "" }))
}

fn token_mistake<'s>(source: &'s str, token: &Token) -> Option<Repair<'s>> {
    match token.look {
        Look::UnclosedText => Some(unclosed_text(source, token.span.clone())),
        Look::UnclosedQuoted => Some(unclosed_name(source, token.span.clone())),
        Look::ForeignText => Some(foreign_text(source, token.span.clone())),
        Look::WrongArrow => Some(wrong_arrow(source, token.span.clone())),
        _ => None,
    }
}

/// The token ends where the text most likely does.
fn unclosed_text(source: &str, span: Range<usize>) -> Repair<'_> {
    let end = span.end;
    let escape = usize::from(source[span.clone()].ends_with('\\'));
    let error = SyntaxError::new(Problem::UnclosedText, span).fix(end..end, "\"");
    Repair::guess(error, Edit::new(end - escape..end, "\""))
}

/// A name between backticks most likely ends where a name without them would.
fn unclosed_name(source: &str, span: Range<usize>) -> Repair<'_> {
    let rest = &source[span.end..];
    let stop = |it: char| it.is_whitespace() || "{}()[]=,.:\"`".contains(it);
    let end = span.end + rest.find(stop).unwrap_or(rest.len());
    let error = SyntaxError::new(Problem::UnclosedName, span.start..end).fix(end..end, "`");
    let edit = if end == span.end { Edit::new(span, "") } else { Edit::insert(end, "`") };
    Repair::guess(error, edit)
}

fn foreign_text(source: &str, span: Range<usize>) -> Repair<'_> {
    let found = &source[span.clone()];
    let width = |it: Option<char>| it.map_or(0, char::len_utf8);
    let inner = &found[width(found.chars().next())..found.len() - width(found.chars().next_back())];
    let right = format!("\"{}\"", inner.replace('"', "\\\""));
    let error = SyntaxError::new(Problem::WrongQuotes(found), span.clone()).fix(span.clone(), right.clone());
    Repair::sure(error, Edit::new(span, right))
}

fn wrong_arrow(source: &str, span: Range<usize>) -> Repair<'_> {
    let error = SyntaxError::new(Problem::WrongArrow(&source[span.clone()]), span.clone()).fix(span.clone(), "->");
    Repair::sure(error, Edit::new(span, "->"))
}

/// The same mistake made all over a file is told once, with a count.
fn repeated<'s>(all: impl Iterator<Item = Repair<'s>>) -> Option<Repair<'s>> {
    let mut all = all.collect::<Vec<_>>().into_iter();
    let mut first = all.next()?;
    let count = all.len();
    if let Problem::ForeignComment { others, .. } | Problem::Semicolon { others } = &mut first.error.problem {
        *others = count;
    }
    first.edits.extend(all.flat_map(|it| it.edits));
    Some(first)
}

fn foreign_comments<'s>(source: &'s str, tokens: &[Token]) -> impl Iterator<Item = Repair<'s>> {
    tokens.iter().filter(|it| it.look == Look::ForeignComment).map(|it| {
        let hash = source[it.span.clone()].starts_with('#');
        let problem = Problem::ForeignComment { mark: if hash { "#" } else { "/*" }, others: 0 };
        let mut error = SyntaxError::new(problem, it.span.clone());
        if hash {
            error = error.fix(it.span.start..it.span.start + 1, "//");
        }
        Repair::sure(error, Edit::new(it.span.clone(), " "))
    })
}

fn semicolons<'s>(source: &'s str, tokens: &[Token]) -> impl Iterator<Item = Repair<'s>> {
    tokens.iter().filter(|it| &source[it.span.clone()] == ";").map(|it| {
        let error = SyntaxError::new(Problem::Semicolon { others: 0 }, it.span.clone()).fix(it.span.clone(), "");
        Repair::sure(error, Edit::new(it.span.clone(), " "))
    })
}
