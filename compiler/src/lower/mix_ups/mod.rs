//! What is meant by a word or mark at the wrong place, where a line shows it: by somebody who knows the words of the
//! language, and not yet what goes where.

mod actions;
mod declarations;
mod frames;
mod handlers;
mod keywordless;
mod watchers;

use super::syntax_error::At;
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::Kind;

/// A line that something is wrong with.
struct Line<'l> {
    /// What stands before the place, without the indentation.
    before: &'l str,
    /// What is wrong there.
    found: &'l str,
    /// What stands behind it, without a comment.
    rest: &'l str,
    expected: &'l [Kind],
}

/// The headline, and what to write instead.
type Meant = (String, String);

impl At {
    /// What is meant, if the line shows it.
    pub(super) fn mixed_up(self, source: &str, found: &str, expected: &[Kind]) -> Option<Diagnostic> {
        let range = self.span.range();
        let before = source.get(..range.start)?.rsplit('\n').next()?.trim();
        let rest = without_comment(source.get(range.end..)?.lines().next().unwrap_or(""));
        let line = Line { before, found, rest, expected };
        let of_line = || match line.first() {
            "" => line.of_nothing_before(),
            "watch" | "run" => line.of_watcher().or_else(|| line.of_returns()),
            "returns" => line.of_returns(),
            "every" => line.of_pace(),
            "on" | "after" => line.of_handler().or_else(|| line.of_target()),
            "initial" | "final" | "state" | "machine" | "enter" | "exit" => line.of_frame(),
            _ => line.of_declaration(),
        };
        let meant = line.of_percent().or_else(|| line.of_action()).or_else(of_line).or_else(|| line.of_field());
        let (headline, help) = meant?;
        Some(self.says(Code::UNEXPECTED, headline).label("not at this place").help(help))
    }
}

impl<'l> Line<'l> {
    fn first(&self) -> &'l str {
        self.before.split_whitespace().next().unwrap_or("")
    }

    fn expects(&self, kind: Kind) -> bool {
        self.expected.contains(&kind)
    }

    /// What is between the keyword and the `=`.
    fn name(&self) -> &'l str {
        self.before.split(['=', ':']).next().and_then(|it| it.split_whitespace().nth(1)).unwrap_or("NAME")
    }
}

/// A line without the comment at its end.
fn without_comment(line: &str) -> &str {
    let is_outside = |at: usize| line.get(..at).is_some_and(|it| it.matches('"').count() % 2 == 0);
    let comment = line.match_indices("//").map(|it| it.0).find(|it| is_outside(*it));
    line.get(..comment.unwrap_or(line.len())).unwrap_or(line).trim()
}

/// Whether a text is a name and nothing else.
fn is_word(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}
