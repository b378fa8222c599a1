//! Texts: what stands between two quotes, with escapes resolved and values between braces.

use super::Lower;
use super::escape::escape;
use crate::ast::{Expr, ExprKind, Piece};
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{self as grammar, Node, Span};
use std::borrow::Cow;

/// What is between the quotes of a text, and where that begins.
#[derive(Clone, Copy)]
struct Inner<'s> {
    text: &'s str,
    start: usize,
}

impl<'s> Inner<'s> {
    fn new(node: Node<'_, 's>) -> Self {
        let written = node.text();
        let text = written.get(1..written.len().saturating_sub(1)).unwrap_or("");
        Self { text, start: node.span().start as usize + 1 }
    }

    fn from(self, at: usize) -> &'s str {
        self.text.get(at..).unwrap_or("")
    }

    fn span(self, at: usize, length: usize) -> Span {
        Span::new(self.start + at, self.start + at + length)
    }

    /// Where the first character stands that is more than itself.
    fn first_special(self) -> Option<usize> {
        self.text.bytes().position(|it| matches!(it, b'\\' | b'{' | b'}'))
    }
}

impl<'s> Lower<'_, 's> {
    /// A text; `None` if it has a mistake, which is then reported.
    pub(super) fn text(&mut self, node: Node<'_, 's>) -> Option<ExprKind<'s>> {
        let inner = Inner::new(node);
        match inner.first_special() {
            None => Some(ExprKind::Text(Cow::Borrowed(inner.text))),
            Some(first) => self.special(inner, first, true).map(joined),
        }
    }

    /// A text that cannot hold values; `None` if it has a mistake, which is then reported.
    pub(super) fn plain_text(&mut self, node: Node<'_, 's>) -> Option<Cow<'s, str>> {
        let inner = Inner::new(node);
        let Some(first) = inner.first_special() else { return Some(Cow::Borrowed(inner.text)) };
        match joined(self.special(inner, first, false)?) {
            ExprKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The pieces of a text; no two of them are text one behind the other.
    fn special(&mut self, inner: Inner<'s>, first: usize, values: bool) -> Option<Vec<Piece<'s>>> {
        let mut pieces = Vec::new();
        let mut text = inner.text.get(..first).unwrap_or("").to_owned();
        let mut at = first;
        while let Some(character) = inner.from(at).chars().next() {
            at += match character {
                '\\' => self.escape(inner, at, &mut text)?,
                '{' if values => {
                    let (value, length) = self.embedded(inner, at)?;
                    pieces.extend((!text.is_empty()).then(|| Piece::Text(std::mem::take(&mut text))));
                    pieces.push(Piece::Expr(value));
                    length
                }
                '{' | '}' => return self.refuse(self.bare_brace(inner.span(at, 1), character, values)),
                _ => {
                    text.push(character);
                    character.len_utf8()
                }
            };
        }
        pieces.extend((!text.is_empty()).then_some(Piece::Text(text)));
        Some(pieces)
    }

    fn escape(&mut self, inner: Inner<'s>, at: usize, text: &mut String) -> Option<usize> {
        match escape(inner.from(at), text) {
            Ok(length) => Some(length),
            Err((length, mistake)) => {
                let found = inner.text.get(at..at + length).unwrap_or("");
                self.refuse(self.escape_mistake(inner.span(at, length), found, &mistake))
            }
        }
    }

    /// The value between the braces at `at`, and how long it is with them.
    fn embedded(&mut self, inner: Inner<'s>, at: usize) -> Option<(Expr<'s>, usize)> {
        let Some(length) = closed(inner.from(at)) else {
            return self.refuse(self.open_brace(inner.span(at, 1)));
        };
        let span = inner.span(at + 1, length - 2);
        if inner.text.get(at + 1..at + length - 1).unwrap_or("").trim().is_empty() {
            return self.refuse(self.empty_braces(inner.span(at, length)));
        }
        if inner.text.get(..at).unwrap_or("").ends_with('$') {
            return self.refuse(self.shell_value(inner.span(at - 1, length + 1), self.source.get(span.range())));
        }
        match grammar::value(self.source, span) {
            Ok(tree) => tree.root().children().next().map(|it| (self.value(it), length)),
            Err(error) => self.refuse(self.no_value(span, &error)),
        }
    }

    fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.report(diagnostic);
        None
    }

    // ---- Mistakes

    fn brace(&self, span: Span, headline: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Code::BRACE_IN_STRING, self.file, span, headline)
    }

    fn bare_brace(&self, span: Span, brace: char, values: bool) -> Diagnostic {
        let label = if values { "no `{` is open here" } else { "this text is the same whatever the values are" };
        self.brace(span, format!("this text cannot hold a bare `{brace}`"))
            .label(label)
            .help(format!(r"write `\{brace}` for the character itself"))
            .fix(self.file, span, format!(r"\{brace}"))
    }

    fn open_brace(&self, span: Span) -> Diagnostic {
        self.brace(span, "this `{` is not closed in its text")
            .label("a value begins here")
            .help(r"write `{NAME}` for a value, without quotes or backslashes in it, and `\{` for the character itself")
            .fix(self.file, span, r"\{")
    }

    fn empty_braces(&self, span: Span) -> Diagnostic {
        self.brace(span, "there is no value between these braces")
            .label("a value belongs here")
            .help(r"write `{NAME}` for a value, and `\{\}` for the characters themselves")
            .fix(self.file, span, r"\{\}")
    }

    fn shell_value(&self, span: Span, value: Option<&str>) -> Diagnostic {
        let right = format!("{{{}}}", value.unwrap_or("NAME"));
        self.brace(span, "a value in a text has no `$`")
            .label("written as in a shell")
            .help(format!(r"write `{right}` for the value, `$\{{` for a shell's own, and `\u{{24}}{right}` for both"))
            .fix(self.file, span, right)
    }

    fn no_value(&self, span: Span, error: &grammar::SyntaxError<'_>) -> Diagnostic {
        let found = self.source.get(span.range()).unwrap_or("");
        let place = if error.span.is_empty() { span } else { error.span };
        self.brace(place, format!("`{{{found}}}` in a text stands for no value"))
            .label(super::expected::told(error))
            .help(
                r"write a name or a calculation between the braces, as in `{room}`, and `\{` for the character itself",
            )
    }
}

/// How long the braces at the start are with all that is in them; `None` if nothing closes them.
fn closed(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quoted = false;
    for (at, character) in rest.char_indices() {
        match character {
            '`' => quoted = !quoted,
            _ if quoted => {}
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at + 1),
            '}' => depth -= 1,
            '\\' => return None,
            _ => {}
        }
    }
    None
}

/// One text if no piece is a value.
fn joined(pieces: Vec<Piece<'_>>) -> ExprKind<'_> {
    match <[Piece<'_>; 1]>::try_from(pieces) {
        Ok([Piece::Text(text)]) => ExprKind::Text(Cow::Owned(text)),
        Ok(pieces) => ExprKind::Interpolated(pieces.into()),
        Err(pieces) if pieces.is_empty() => ExprKind::Text(Cow::Borrowed("")),
        Err(pieces) => ExprKind::Interpolated(pieces),
    }
}

#[cfg(test)]
mod tests {
    use super::closed;

    #[test]
    fn braces_are_closed_by_their_counterpart() {
        for (text, length) in [("{a}b", Some(3)), ("{`}`}", Some(5)), ("{{a}}", Some(5)), ("{a", None), (r"{\}", None)]
        {
            assert_eq!(closed(text), length, "{text}");
        }
    }
}
