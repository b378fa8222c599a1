//! A broken source cut into tokens, for the repairs that come before parsing and for saying what was found.
//!
//! Intact sources never come here. Everything is a token of some sort, blanks excepted; texts, names in backticks and
//! comments end with their line at the latest.

use std::ops::Range;

/// What a token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Letters, digits and `_`; also letters outside ASCII, which make no name.
    Word,
    /// A digit and all that hangs on it.
    Number,
    /// `"…"`
    Text,
    /// `"…` up to where it most likely ends: the bracket that closes its arguments, else the end of the line.
    UnclosedText,
    /// `` `…` ``
    Quoted,
    /// A backtick without its counterpart; only the backtick.
    UnclosedQuoted,
    /// `'…'` or `“…”`
    ForeignText,
    /// `//…` and `///…`
    Comment,
    /// `#…` or `/*…*/`
    ForeignComment,
    /// `->`
    Arrow,
    /// `=>`, `→`, `-->`, `==>`
    WrongArrow,
    /// Any other single character, and operators of two or three.
    Mark,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) look: Look,
    pub(crate) span: Range<usize>,
}

/// All tokens of a source.
pub(crate) fn lex(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = if source.starts_with('\u{FEFF}') { 3 } else { 0 };
    // Looked for once, so that many `/*` that nothing closes do not each search the whole source.
    let last_block_end = source.rfind("*/").unwrap_or(0);
    while let Some(rest) = source.get(at..).filter(|it| !it.is_empty()) {
        let (look, length) = next(rest, at < last_block_end);
        if let Some(look) = look {
            tokens.push(Token { look, span: at..at + length });
        }
        at += length;
    }
    tokens
}

/// The token at the start and its length in bytes, at least 1; no look for blanks.
fn next(rest: &str, block_ends: bool) -> (Option<Look>, usize) {
    let Some(first) = rest.chars().next() else { return (None, 1) };
    let (look, length) = match first {
        ' ' | '\t' | '\n' | '\r' => return (None, 1),
        '"' => text(rest),
        '`' => quoted(rest),
        '\'' => foreign_text(rest, '\''),
        '“' | '”' | '„' | '‘' | '’' => foreign_text(rest, first),
        '#' => (Look::ForeignComment, line(rest)),
        '/' if rest.starts_with("//") => (Look::Comment, line(rest)),
        '/' if rest.starts_with("/*") => (Look::ForeignComment, block(rest, block_ends)),
        '0'..='9' => (Look::Number, number(rest)),
        first if is_word(first) => (Look::Word, run(rest, is_word)),
        _ => mark(rest, first),
    };
    (Some(look), length)
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// How many bytes at the start satisfy `test`.
fn run(rest: &str, test: impl Fn(char) -> bool) -> usize {
    rest.find(|it| !test(it)).unwrap_or(rest.len())
}

/// Up to the end of the line.
fn line(rest: &str) -> usize {
    run(rest, |it| it != '\n' && it != '\r')
}

/// Up to `*/`, or to the end of the line if there is none.
fn block(rest: &str, ends: bool) -> usize {
    let end = if ends { rest.get(2..).and_then(|it| it.find("*/")) } else { None };
    end.map_or_else(|| line(rest), |at| at + 4)
}

/// A number takes a dot only between digits and letters.
fn number(rest: &str) -> usize {
    let mut length = run(rest, is_word);
    while let Some(tail) = rest.get(length..).and_then(|it| it.strip_prefix('.')).filter(|it| it.starts_with(is_word)) {
        length += 1 + run(tail, is_word);
    }
    length
}

fn text(rest: &str) -> (Look, usize) {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '\n' => break,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return (Look::Text, at + 1),
            _ => {}
        }
    }
    let whole = rest.get(..line(rest)).unwrap_or(rest);
    (Look::UnclosedText, whole.find([')', ']', '}']).unwrap_or(whole.trim_end().len()))
}

fn quoted(rest: &str) -> (Look, usize) {
    match closer(rest, 1, &['`']) {
        Some((1, _)) => (Look::Mark, 2),
        Some((_, end)) => (Look::Quoted, end),
        None => (Look::UnclosedQuoted, 1),
    }
}

/// A text in other quotes; without a counterpart only the quote.
fn foreign_text(rest: &str, quote: char) -> (Look, usize) {
    let closers: &[char] = if quote == '\'' { &['\''] } else { &['“', '”', '‘', '’', '"'] };
    let width = quote.len_utf8();
    closer(rest, width, closers).map_or((Look::Mark, width), |(_, end)| (Look::ForeignText, end))
}

/// Where the first of the closers begins and ends that stands behind `from` in the same line.
fn closer(rest: &str, from: usize, closers: &[char]) -> Option<(usize, usize)> {
    let inner = rest.get(from..)?;
    let at = inner.find(|it| it == '\n' || closers.contains(&it))?;
    let found = inner.get(at..)?.chars().next().filter(|it| *it != '\n')?;
    Some((from + at, from + at + found.len_utf8()))
}

fn mark(rest: &str, first: char) -> (Look, usize) {
    const ARROWS: [(&str, Look); 8] = [
        ("-->", Look::WrongArrow),
        ("==>", Look::WrongArrow),
        ("->>", Look::WrongArrow),
        ("=>", Look::WrongArrow),
        ("→", Look::WrongArrow),
        ("⇒", Look::WrongArrow),
        ("–>", Look::WrongArrow),
        ("->", Look::Arrow),
    ];
    const SIGNS: [&str; 17] =
        ["===", "!==", "...", "==", "!=", "<=", ">=", "=<", "<>", ":=", "+=", "-=", "++", "--", "&&", "||", ".."];
    let sign = || SIGNS.iter().find(|it| rest.starts_with(**it));
    if let Some((text, look)) = ARROWS.iter().find(|(text, _)| rest.starts_with(text)) {
        return (*look, text.len());
    }
    (Look::Mark, sign().map_or(first.len_utf8(), |it| it.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &[(Look, &str)]) {
        let found: Vec<_> = lex(source).into_iter().map(|it| (it.look, &source[it.span])).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn tokens_of_an_ordinary_line() {
        use Look::{Arrow, Comment, Mark, Number, Text, Word};
        check(
            "on a.ok -> b // c",
            &[(Word, "on"), (Word, "a"), (Mark, "."), (Word, "ok"), (Arrow, "->"), (Word, "b"), (Comment, "// c")],
        );
        check(
            "f(\"a\\\"b\", 1.5h)",
            &[(Word, "f"), (Mark, "("), (Text, "\"a\\\"b\""), (Mark, ","), (Number, "1.5h"), (Mark, ")")],
        );
    }

    #[test]
    fn mistakes_have_looks_of_their_own() {
        check("\"a\r\nb", &[(Look::UnclosedText, "\"a"), (Look::Word, "b")]);
        check("'a' “ü” '", &[(Look::ForeignText, "'a'"), (Look::ForeignText, "“ü”"), (Look::Mark, "'")]);
        check(
            "f(\"a) b",
            &[(Look::Word, "f"), (Look::Mark, "("), (Look::UnclosedText, "\"a"), (Look::Mark, ")"), (Look::Word, "b")],
        );
        check(
            "`a b` `c\n`",
            &[(Look::Quoted, "`a b`"), (Look::UnclosedQuoted, "`"), (Look::Word, "c"), (Look::UnclosedQuoted, "`")],
        );
        check("/* a\n */ # b", &[(Look::ForeignComment, "/* a\n */"), (Look::ForeignComment, "# b")]);
        check("=> →", &[(Look::WrongArrow, "=>"), (Look::WrongArrow, "→")]);
    }
}
