//! Mistakes in single tokens, each with the edit after which the rest can be read as it was meant.

use crate::MAX_ERRORS;
use crate::characters::all_forbidden;
use crate::error::{Problem, SyntaxError};
use crate::lex::{Look, Token};
use crate::patch::Edit;
use crate::slip;
use std::collections::BTreeSet;
use std::ops::Range;

/// How many tokens of a sort are taken out at most; a file with more of them is none of ours.
const MAX_BLANKED: usize = 10_000;

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
    // What comes behind as many mistakes is not told anyway.
    let forbidden = all_forbidden(source).map(|(at, it, name)| forbidden(at, it, name)).take(MAX_ERRORS);
    let mut repairs: Vec<_> = forbidden.collect();
    repairs.extend(tokens.iter().filter_map(|it| token_mistake(source, it)).take(MAX_ERRORS));
    repairs.extend(foreign_comments(source, tokens));
    repairs.extend(semicolons(source, tokens));
    repairs.extend(separators(source, tokens).into_iter().take(MAX_ERRORS).map(|at| separator(source, at)));
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
        Look::WrongArrow if is_compared(source, &token.span) => Some(at_least(source, token.span.clone())),
        Look::WrongArrow => Some(wrong_arrow(source, token.span.clone())),
        Look::Mark => foreign_blank(source, token.span.clone()).or_else(|| foreign_sign(source, token.span.clone())),
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
    let plain = !inner.contains(['"', '\\', '{', '}']);
    let error = SyntaxError::new(Problem::WrongQuotes(found), span.clone());
    let error = error.fix(span.clone(), right.clone()).certain_if(plain);
    Repair::sure(error, Edit::new(span, right))
}

/// A blank that is none of the language, such as a word processor leaves behind.
fn foreign_blank(source: &str, span: Range<usize>) -> Option<Repair<'_>> {
    let character = source[span.clone()].chars().next().filter(|it| it.is_whitespace() && !it.is_control())?;
    let name = if character == '\u{A0}' { "a no-break space" } else { "a blank other than the space bar's" };
    let error = SyntaxError::new(Problem::Forbidden { character, name }, span.clone()).fix(span.clone(), " ").certain();
    Some(Repair::sure(error, Edit::new(span, " ")))
}

/// `&&` and the like, which stand for a word or another sign wherever they stand.
fn foreign_sign(source: &str, span: Range<usize>) -> Option<Repair<'_>> {
    let found = &source[span.clone()];
    let right = slip::foreign_sign(found)?;
    let is_word = right.starts_with(|it: char| it.is_ascii_alphabetic());
    let tight = |it: Option<char>| it.is_some_and(|it| !it.is_whitespace());
    let before = if is_word && found != "!" && tight(source[..span.start].chars().next_back()) { " " } else { "" };
    let behind = if is_word && tight(source[span.end..].chars().next()) { " " } else { "" };
    let text = [before, right, behind].concat();
    let error = SyntaxError::new(Problem::WrongSign { found, right }, span.clone());
    let error = error.fix(span.clone(), text.clone()).certain();
    Some(Repair::sure(error, Edit::new(span, text)))
}

/// `when n => 5 -> idle`: an arrow follows, so this one is to compare.
fn is_compared(source: &str, span: &Range<usize>) -> bool {
    let before = source[..span.start].rsplit('\n').next().unwrap_or("");
    let behind = source[span.end..].lines().next().unwrap_or("");
    &source[span.clone()] == "=>" && before.contains("when ") && !before.contains("->") && behind.contains("->")
}

fn at_least(source: &str, span: Range<usize>) -> Repair<'_> {
    let error = SyntaxError::new(Problem::WrongSign { found: &source[span.clone()], right: ">=" }, span.clone());
    Repair::sure(error.fix(span.clone(), ">=").certain(), Edit::new(span, ">="))
}

fn wrong_arrow(source: &str, span: Range<usize>) -> Repair<'_> {
    let error = SyntaxError::new(Problem::WrongArrow(&source[span.clone()]), span.clone());
    let error = error.fix(span.clone(), "->").certain();
    Repair::sure(error, Edit::new(span, "->"))
}

// ---- Mistakes that are made all over a file: told once, with a count

fn foreign_comments<'s>(source: &'s str, tokens: &[Token]) -> Option<Repair<'s>> {
    let all = || tokens.iter().filter(|it| it.look == Look::ForeignComment);
    let first = all().next()?.span.clone();
    let hash = source[first.clone()].starts_with('#');
    let problem = Problem::ForeignComment { mark: if hash { "#" } else { "/*" }, others: all().count() - 1 };
    let error = SyntaxError::new(problem, first.clone());
    let error = if hash { error.fix(first.start..first.start + 1, "//").certain() } else { error };
    Some(Repair { error, edits: blanked(all()), guess: false })
}

fn semicolons<'s>(source: &'s str, tokens: &[Token]) -> Option<Repair<'s>> {
    let separators = separators(source, tokens);
    let all = || tokens.iter().filter(|it| &source[it.span.clone()] == ";" && !separators.contains(&it.span.start));
    let first = all().next()?.span.clone();
    let problem = Problem::Semicolon { others: all().count() - 1 };
    let error = SyntaxError::new(problem, first.clone()).fix(first, "").certain();
    Some(Repair { error, edits: blanked(all()), guess: false })
}

/// Where a `;` stands between round brackets, and separates what belongs there.
fn separators(source: &str, tokens: &[Token]) -> BTreeSet<usize> {
    let mut depth = 0_usize;
    let mut found = BTreeSet::new();
    for token in tokens {
        match &source[token.span.clone()] {
            "(" => depth += 1,
            ")" | "{" | "}" => depth = depth.saturating_sub(1),
            ";" if depth > 0 => _ = found.insert(token.span.start),
            _ => {}
        }
    }
    found
}

fn separator(source: &str, at: usize) -> Repair<'_> {
    let span = at..at + 1;
    let error = SyntaxError::new(Problem::WrongSign { found: &source[span.clone()], right: "," }, span.clone());
    Repair::sure(error.fix(span.clone(), ",").certain(), Edit::new(span, ","))
}

fn blanked<'t>(tokens: impl Iterator<Item = &'t Token>) -> Vec<Edit> {
    tokens.take(MAX_BLANKED).map(|it| Edit::new(it.span.clone(), " ")).collect()
}
