//! Braces that do not match: which one is wrong is told by the indentation.
//!
//! A brace that is missing or too many shifts the depth of all that follows, so the parser alone would complain at the
//! end of the file. Authors indent what they nest; a `}` that begins a line belongs to the line above it that is
//! indented alike. This runs only when the braces do not match, so an odd layout never does harm by itself.

use crate::MAX_ERRORS;
use crate::error::{Problem, SyntaxError};
use crate::lex::{Look, Token};
use crate::mistakes::Repair;
use crate::patch::Edit;
use std::ops::Range;

/// How many lines above a `}` are searched for the line that lacks a `{`.
const MAX_LOOKBACK: usize = 2_000;

/// One repair for each brace that is missing or too many; after them all braces match, unless there are too many.
pub(crate) fn unbalanced<'s>(source: &str, tokens: &[Token]) -> Vec<Repair<'s>> {
    let lines = Lines::new(source, tokens);
    let mut matcher = Matcher::new(&lines, surplus(source, tokens));
    if matcher.surplus != 0 || !nests(source, tokens) {
        for token in tokens.iter().filter(|it| it.look == Look::Mark) {
            if matcher.repairs.len() >= MAX_ERRORS {
                return matcher.repairs;
            }
            match &source[token.span.clone()] {
                "{" => matcher.open(token.span.start),
                "}" => matcher.close(token.span.start),
                _ => {}
            }
        }
        matcher.end(source.len());
    }
    matcher.repairs
}

/// How many more braces open than close.
fn surplus(source: &str, tokens: &[Token]) -> isize {
    let value = |it: &Token| match &source[it.span.clone()] {
        "{" => 1,
        "}" => -1,
        _ => 0,
    };
    tokens.iter().map(value).sum()
}

/// Whether no brace closes before one has opened.
fn nests(source: &str, tokens: &[Token]) -> bool {
    let mut depth = 0_usize;
    tokens.iter().all(|it| match &source[it.span.clone()] {
        "{" => {
            depth += 1;
            true
        }
        "}" => match depth.checked_sub(1) {
            Some(less) => {
                depth = less;
                true
            }
            None => false,
        },
        _ => true,
    })
}

struct Matcher<'l, 's> {
    lines: &'l Lines,
    /// Places of braces that are open here.
    open: Vec<usize>,
    repairs: Vec<Repair<'s>>,
    /// How many more open than close, after the repairs so far.
    surplus: isize,
    last_close: Option<usize>,
}

impl<'l> Matcher<'l, '_> {
    fn new(lines: &'l Lines, surplus: isize) -> Self {
        Self { lines, open: Vec::new(), repairs: Vec::new(), surplus, last_close: None }
    }

    fn open(&mut self, at: usize) {
        let doubled = self.open.last().is_some_and(|it| self.lines.doubled(*it, at));
        if doubled {
            self.surplus -= 1;
            self.remove(at, Problem::DoubledBrace);
        } else {
            self.open.push(at);
        }
    }

    fn close(&mut self, at: usize) {
        let indent = self.lines.indent(at);
        let Some(top) = self.open.last().copied() else { return self.nothing_to_close(at) };
        if self.surplus < 0
            && !self.lines.same_line(top, at)
            && self.last_close.is_some_and(|it| self.lines.doubled(it, at))
        {
            self.surplus += 1;
            return self.remove(at, Problem::StrayBrace);
        }
        self.last_close = Some(at);
        if self.lines.same_line(top, at) || self.lines.indent(top) == indent {
            self.open.pop();
        } else if let Some(index) = self.open.iter().rposition(|it| self.lines.indent(*it) == indent) {
            self.close_inner(index + 1);
            self.open.truncate(index);
        } else if self.lines.indent(top) < indent && self.surplus < 0 {
            self.nothing_to_close(at);
        } else {
            self.open.pop();
        }
    }

    /// Closes the braces from this index on, which their own block left open.
    fn close_inner(&mut self, from: usize) {
        for opener in self.open.split_off(from).into_iter().rev() {
            let end = self.lines.end_of_block(opener);
            self.surplus -= 1;
            self.unclosed(opener, end, 0);
        }
    }

    /// A `}` for which nothing is open: a `{` is missing in the line above that is indented alike, or it is too many.
    fn nothing_to_close(&mut self, at: usize) {
        self.surplus += 1;
        let after = self.open.last().copied();
        if let Some(end) = self.lines.header_before(at, after) {
            let error = SyntaxError::new(Problem::StrayBrace, end..end).related(at..at + 1).fix(end..end, " {");
            self.repairs.push(Repair::guess(error, Edit::insert(end, " {")));
        } else {
            self.remove(at, Problem::StrayBrace);
        }
    }

    fn remove(&mut self, at: usize, problem: Problem<'static>) {
        let error = SyntaxError::new(problem, at..at + 1).fix(at..at + 1, "");
        self.repairs.push(Repair::guess(error, Edit::new(at..at + 1, " ")));
    }

    fn unclosed(&mut self, opener: usize, end: usize, others: usize) {
        let error = SyntaxError::new(Problem::UnclosedBrace { others }, opener..opener + 1).related(end..end);
        self.repairs.push(Repair::guess(error, Edit::insert(end, "}")));
    }

    /// What is open at the end of the file: closed where its block ends; if all run to the end, it is one mistake.
    fn end(&mut self, end: usize) {
        let open = std::mem::take(&mut self.open);
        let (to_the_end, inner): (Vec<_>, Vec<_>) = open.iter().partition(|it| self.lines.end_of_block(**it) >= end);
        for opener in inner.iter().rev() {
            self.unclosed(*opener, self.lines.end_of_block(*opener), 0);
        }
        let Some((innermost, outer)) = to_the_end.split_last() else { return };
        self.unclosed(*innermost, end, outer.len());
        if let Some(repair) = self.repairs.last_mut() {
            repair.edits.extend(outer.iter().map(|_| Edit::insert(end, "}")));
        }
    }
}

/// One line that has tokens.
struct Line {
    span: Range<usize>,
    indent: usize,
    /// Where its last token ends, comments left aside; its start if it has only comments.
    code_end: usize,
    has_brace: bool,
    /// Its last token goes on in the next line by itself.
    ends_open: bool,
}

/// The lines of a source that have tokens, in order.
struct Lines {
    lines: Vec<Line>,
    /// Starts of all tokens but comments, in order.
    token_starts: Vec<usize>,
    /// The length of the source.
    end: usize,
}

impl Lines {
    fn new(source: &str, tokens: &[Token]) -> Self {
        let mut all = Self { lines: Vec::new(), token_starts: Vec::new(), end: source.len() };
        for token in tokens {
            all.add(source, token);
        }
        all
    }

    fn add(&mut self, source: &str, token: &Token) {
        let text = &source[token.span.clone()];
        if self.lines.last().is_none_or(|it| token.span.start >= it.span.end) {
            self.lines.push(Line::new(source, token.span.start));
        }
        if let Some(line) = self.lines.last_mut().filter(|_| token.look != Look::Comment) {
            line.code_end = token.span.end;
            line.has_brace |= matches!(text, "{" | "}");
            line.ends_open = matches!(text, "(" | "[" | ",");
            self.token_starts.push(token.span.start);
        }
    }

    fn index(&self, at: usize) -> usize {
        self.lines.partition_point(|it| it.span.start <= at).saturating_sub(1)
    }

    fn indent(&self, at: usize) -> usize {
        self.lines.get(self.index(at)).map_or(0, |it| it.indent)
    }

    fn same_line(&self, a: usize, b: usize) -> bool {
        self.index(a) == self.index(b)
    }

    /// Whether `b` is the next token behind `a` and stands in the same line.
    fn doubled(&self, a: usize, b: usize) -> bool {
        let next = self.token_starts.partition_point(|it| *it <= a);
        self.token_starts.get(next) == Some(&b) && self.same_line(a, b)
    }

    /// The start of the first line below that is indented no deeper; the end of the file if there is none.
    fn end_of_block(&self, opener: usize) -> usize {
        let index = self.index(opener);
        let indent = self.indent(opener);
        let next = self.lines.iter().skip(index + 1).find(|it| it.indent <= indent);
        next.map_or(self.end, |it| it.span.start)
    }

    /// Where the code ends in the nearest line above, but behind `after`, that could have the missing brace: one
    /// without any, indented as the `}` is, before a line that is indented deeper.
    fn header_before(&self, at: usize, after: Option<usize>) -> Option<usize> {
        let indent = self.indent(at);
        let above = self.lines.get(..=self.index(at))?;
        let inside = |it: &&[Line]| it.iter().all(|line| after.is_none_or(|opener| line.span.start > opener));
        let mut pairs = above.windows(2).rev().take(MAX_LOOKBACK).take_while(inside);
        let header = pairs.find(|it| it[0].lacks_brace() && it[0].indent == indent && it[1].indent > indent)?;
        header.first().map(|it| it.code_end)
    }
}

impl Line {
    fn lacks_brace(&self) -> bool {
        !self.has_brace && !self.ends_open
    }

    fn new(source: &str, at: usize) -> Self {
        let start = source[..at].rfind('\n').map_or(0, |it| it + 1);
        let end = source[at..].find('\n').map_or(source.len(), |it| at + it);
        Self { span: start..end, indent: at - start, code_end: at, has_brace: false, ends_open: false }
    }
}
