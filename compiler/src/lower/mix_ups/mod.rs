//! What is meant by a word or mark at the wrong place, where a line shows it: by somebody who knows the words of the
//! language, and not yet what goes where.

mod actions;
mod declarations;
mod handlers;
mod watchers;

use super::syntax_error::At;
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::Kind;
use watchers::{call, call_of, is_call, some_pace};

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
        let (headline, help) = line.of_action().or_else(|| match line.first() {
            "" => line.of_nothing_before(),
            "watch" | "run" => line.of_watcher().or_else(|| line.of_returns()),
            "returns" => line.of_returns(),
            "every" => line.of_pace(),
            "on" | "after" => line.of_handler().or_else(|| line.of_target()),
            "initial" | "final" | "state" | "machine" => line.of_frame(),
            _ => line.of_declaration(),
        })?;
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

    // ---- Lines that begin with something else than a keyword

    fn of_nothing_before(&self) -> Option<Meant> {
        let Self { found, rest, .. } = *self;
        if !self.expects(Kind::State) || !self.expects(Kind::On) {
            return None;
        }
        if found == "->" {
            let headline = "a transition has to say what it waits for".to_owned();
            return Some((headline, format!("write `on WATCHER.OUTCOME -> {rest}`, or `after 1m -> {rest}`")));
        }
        if found == "version" {
            let version = rest.trim_start_matches(['=', ':']).trim().trim_matches(['"', ',']);
            let headline = "the version of a machine stands behind its name".to_owned();
            return Some((headline, format!("write `machine NAME {version} {{`")));
        }
        if found == "--" || found == "-" && rest.starts_with('-') {
            let headline = "a comment begins with `//`, not with `--`".to_owned();
            return Some((headline, format!("write `// {}`", rest.trim_start_matches('-').trim_start())));
        }
        if found.starts_with('-') {
            let headline = "declarations follow one another without `-`".to_owned();
            return Some((headline, "write each on a line of its own, such as `on check.ok -> STATE`".to_owned()));
        }
        if found.starts_with('"') && rest.starts_with(':') {
            let headline = format!("keywords and names stand without quotes, unlike `{found}`");
            return Some((headline, "a declaration is written like `on check.ok -> STATE`".to_owned()));
        }
        if let Some(call) = call_of(found, rest) {
            let headline = format!("`{found}` needs a name, and how often it is asked");
            let pace = some_pace(rest);
            return Some((
                headline,
                format!("write `watch NAME = {call}{pace}`, or `run NAME = {call}` to do it once"),
            ));
        }
        self.of_keyword_left_out().or_else(|| self.of_value(found, rest.strip_prefix('=')?.trim_start()))
    }

    /// `w = exec("./w.sh")`, `x = 5`.
    fn of_value(&self, name: &str, value: &str) -> Option<Meant> {
        let value = ["watch ", "run "].into_iter().find_map(|it| value.strip_prefix(it)).unwrap_or(value);
        if is_call(value) {
            let (call, pace) = (call(value), some_pace(value));
            let headline = format!("`watch` or `run` is missing before `{name}`");
            return Some((
                headline,
                format!("write `watch {name} = {call}{pace}`, or `run {name} = {call}` to do it once"),
            ));
        }
        let headline = format!("`{name}` is given a value outside of a handler");
        let help = format!(
            "write `data {name} = {value}` in the machine to begin with, and `{{ {name} = {value} }}` behind a handler"
        );
        Some((headline, help))
    }

    // ---- States and machines

    /// What stands behind `machine` cannot go on here, because a part of the name was taken for the version.
    fn is_cut_name(&self, found: &str) -> bool {
        let is_version = found.starts_with(|it: char| it.is_ascii_digit());
        found == "(" || is_version || is_word(found) && self.expects(Kind::Version)
    }

    fn of_frame(&self) -> Option<Meant> {
        let Self { before, found, rest, .. } = *self;
        match (before, found) {
            (_, found) if self.first() == "machine" && self.is_cut_name(found) => self.of_version(),
            ("state", ":") => Some(("there is no `:` behind `state`".to_owned(), format!("write `state {rest}`"))),
            ("state", name) if name.starts_with('"') => {
                let headline = format!("a name stands without quotes, unlike `{name}`");
                Some((headline, format!("write `state {} {{`", name.trim_matches('"'))))
            }
            ("state", "initial" | "final") => {
                Some((format!("`{found}` stands before `state`"), format!("write `{found} state {rest}`")))
            }
            ("initial" | "final", ":") => {
                Some((format!("there is no `:` behind `{before}`"), format!("write `{before} state {rest}`")))
            }
            ("machine", ":") => {
                Some(("there is no `:` behind `machine`".to_owned(), format!("write `machine {rest} 1.0.0 {{ … }}`")))
            }
            (_, ":" | "=") if self.first() == "machine" || rest.starts_with('{') => {
                Some((format!("there is no `{found}` behind `{before}`"), format!("write `{before} {rest}`")))
            }
            (_, ",") => Some((format!("there is no `,` behind `{before}`"), "remove it".to_owned())),
            (_, "begin" | "do" | "then") => Some((
                format!("a block begins with `{{`, not with `{found}`"),
                format!("write `{before} {{`, and `}}` at its end"),
            )),
            _ => None,
        }
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
